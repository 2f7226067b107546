"""The scenarios that policies have to serve, through the public API alone, in a tenant beside another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, deny, field_rights, govern, hire, mask

ORDERS = "{ orders { totalCount } ordersAggregate { count sum { quantity } } }"
NAMES = "{ customers(orderBy: [{name: ASC}]) { nodes { name } } }"
PHONES = "{ customers(orderBy: [{name: ASC}]) { nodes { name phone maskedFields } } }"
EXPLAIN = """
query($object: String! = "customer", $action: String! = "read", $record: ID, $field: String! = "", $user: ID) {
  explainAccess(object: $object, action: $action, record: $record, field: $field, user: $user) {
    verdict recordFound matched { policy because } unmatched { policy reason scope } needed { kind policy detail }
  }
}
"""


async def department(tenant: Tenant, name: str, parent: str | None = None) -> str:
    return await tenant.create("Department", name=name, parentId=parent)


async def work_in(tenant: Tenant, person: Person, department_id: str) -> None:
    change = "mutation($id: ID!, $to: ID!) { updateAccount(id: $id, account: {departmentId: $to}) { id } }"
    await tenant.data(change, {"id": person.id, "to": department_id}, path="/metadata")


async def staff(tenant: Tenant, name: str, role: str, department_id: str) -> Person:
    person = await hire(tenant, name, role)
    await work_in(tenant, person, department_id)
    return person


async def names(tenant: Tenant, person: Person) -> list[str]:
    return [node["name"] for node in (await tenant.data(NAMES, person=person))["customers"]["nodes"]]


async def explained(tenant: Tenant, person: Person | None = None, **asked: Any) -> Any:
    return (await tenant.data(EXPLAIN, asked, person=person, path="/metadata"))["explainAccess"]


ROLES: Sequence[str | Mapping[str, Any]] = ("seller", "manager", "finance", "headquarters", "marketing")


async def test_one_query_gives_seller_manager_and_finance_three_results(tenants: Tenants) -> None:
    east = tenants.east
    policies = [
        allow("seller", "customer", scope="own"),
        allow("seller", "order", scope="own"),
        allow("manager", "customer", scope="department_subtree"),
        allow("manager", "order", scope="department_subtree"),
        allow("finance", "order"),
    ]
    await govern(east, roles=ROLES, policies=policies)
    sales = await department(east, "Sales")
    team = await department(east, "Team 1", sales)
    seller, manager = await staff(east, "Li", "seller", team), await staff(east, "Wei", "manager", sales)
    finance = await hire(east, "Fang", "finance")
    for owner, place, quantity in ((seller.id, team, 1), (None, team, 2), (None, sales, 4), (None, None, 8)):
        placed = {"ownerId": owner, "departmentId": place}
        customer = await east.create("Customer", name=f"c{quantity}", **placed)
        await east.create("Order", customerId=customer, quantity=quantity, **placed)
    answers = {}
    for person in (seller, manager, finance):
        data = await east.data(ORDERS, person=person)
        answers[person.name] = (data["orders"]["totalCount"], data["ordersAggregate"][0]["sum"]["quantity"])
    assert answers == {"Li": (1, "1"), "Wei": (3, "7"), "Fang": (4, "15")} or answers == {
        "Li": (1, 1),
        "Wei": (3, 7),
        "Fang": (4, 15),
    }
    assert await names(east, seller) == ["c1"]
    assert await names(east, manager) == ["c1", "c2", "c4"]
    refused = await east.faults(NAMES, person=finance)
    assert refused == [("BAD_USER_INPUT", "invalid_operation", ())]


async def test_agents_of_a_region_and_the_direct_team_do_not_see_each_other(tenants: Tenants) -> None:
    east = tenants.east
    south = await department(east, "South China")
    agents, direct = await department(east, "Agents", south), await department(east, "Direct", south)
    policies = [allow(role, "order", scope="department_subtree") for role in ("seller", "manager")]
    await govern(east, roles=ROLES, policies=policies)
    agent, own = await staff(east, "Agent", "seller", agents), await staff(east, "Own", "seller", direct)
    head = await staff(east, "Head", "manager", south)
    customer = await east.create("Customer", name="Anna")
    for place, quantity in ((agents, 1), (direct, 2)):
        await east.create("Order", customerId=customer, quantity=quantity, departmentId=place)
    query = "{ orders(orderBy: [{quantity: ASC}]) { nodes { quantity } } }"
    seen = {}
    for person in (agent, own, head):
        nodes = (await east.data(query, person=person))["orders"]["nodes"]
        seen[person.name] = [node["quantity"] for node in nodes]
    assert seen == {"Agent": [1], "Own": [2], "Head": [1, 2]}


async def test_onion_own_in_full_region_masked_headquarters_in_full(tenants: Tenants) -> None:
    east = tenants.east
    region = await department(east, "East")
    team = await department(east, "Team", region)
    policies = [
        allow("seller", "customer", scope="own"),
        allow("manager", "customer", scope="department_subtree"),
        mask("manager", "customer", "phone", "phone"),
        allow("headquarters", "customer"),
    ]
    await govern(east, roles=ROLES, policies=policies)
    seller, manager = await staff(east, "Li", "seller", team), await staff(east, "Wei", "manager", region)
    boss = await hire(east, "Boss", "headquarters")
    await east.create("Customer", name="Anna", phone="13800001111", ownerId=seller.id, departmentId=team)
    await east.create("Customer", name="Ben", phone="13800002222", departmentId=team)
    seen = {}
    for person in (seller, manager, boss):
        nodes = (await east.data(PHONES, person=person))["customers"]["nodes"]
        seen[person.name] = [(node["name"], node["phone"], node["maskedFields"]) for node in nodes]
    assert seen == {
        "Li": [("Anna", "+8613800001111", [])],
        "Wei": [("Anna", "138****1111", ["phone"]), ("Ben", "138****2222", ["phone"])],
        "Boss": [("Anna", "+8613800001111", []), ("Ben", "+8613800002222", [])],
    }


async def test_a_store_managers_totals_cover_their_store_only(tenants: Tenants) -> None:
    east = tenants.east
    policies = [
        allow("manager", "order", scope="department"),
        allow("manager", "customer", scope="department"),
        allow("*", "store"),
    ]
    await govern(east, roles=ROLES, policies=policies)
    ours, theirs = await department(east, "Store 1"), await department(east, "Store 2")
    manager = await staff(east, "Wei", "manager", ours)
    for place, name, quantity in ((ours, "S1", 3), (theirs, "S2", 50)):
        store = await east.create("Store", name=name)
        customer = await east.create("Customer", name=name, departmentId=place, storeId=store)
        await east.create("Order", customerId=customer, storeId=store, quantity=quantity, departmentId=place)
    query = """{
      ordersAggregate(groupBy: [{store: {name: VALUE}}]) { key { store { name } } sum { quantity } }
      stores(orderBy: [{name: ASC}]) { nodes { name customerCount } }
    }"""
    everything = await east.data(query)
    assert len(everything["ordersAggregate"]) == 2
    mine = await east.data(query, person=manager)
    assert [row["key"]["store"]["name"] for row in mine["ordersAggregate"]] == ["S1"]
    assert [node["customerCount"] for node in mine["stores"]["nodes"]] == [1, 0]


async def test_whoever_moves_to_marketing_loses_sales_data_on_the_next_request(tenants: Tenants) -> None:
    east = tenants.east
    policies = [allow("seller", "customer"), allow("marketing", "store")]
    await govern(east, roles=ROLES, policies=policies)
    person = await hire(east, "Li", "seller")
    await east.create("Customer", name="Anna")
    for _again in range(2):  # the second is answered from memory
        assert await names(east, person) == ["Anna"]
    move = 'mutation($id: ID!) { updateAccount(id: $id, account: {roles: ["marketing"]}) { roles } }'
    await east.data(move, {"id": person.id}, path="/metadata")
    assert await east.faults(NAMES, person=person) == [("BAD_USER_INPUT", "invalid_operation", ())]
    assert await east.data("{ stores { totalCount } }", person=person) == {"stores": {"totalCount": 0}}


async def test_whoever_changes_department_sees_the_new_one_on_the_next_request(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=ROLES, policies=[allow("seller", "customer", scope="department")])
    first, second = await department(east, "First"), await department(east, "Second")
    person = await staff(east, "Li", "seller", first)
    await east.create("Customer", name="Anna", departmentId=first)
    await east.create("Customer", name="Ben", departmentId=second)
    for _again in range(2):
        assert await names(east, person) == ["Anna"]
    await work_in(east, person, second)
    assert await names(east, person) == ["Ben"]


async def test_an_applicant_does_not_approve_their_own_settlement(tenants: Tenants) -> None:
    east = tenants.east
    own = {
        "name": "not_ones_own",
        **deny("*", "order", "update", condition='created_by.id == actor.id && status == "paid"'),
        "reason": "Nobody approves what they asked for.",
    }
    policies = [*(allow("finance", name) for name in ("customer", "user")), own]
    policies.append(allow("finance", "order", "read", "create", "update"))
    await govern(east, roles=ROLES, policies=policies)
    applicant, colleague = await hire(east, "Fang", "finance"), await hire(east, "Gao", "finance")
    customer = await east.create("Customer", name="Anna")
    create = "mutation($c: ID!) { createOrder(input: {customerId: $c, quantity: 1}) { id } }"
    made = (await east.data(create, {"c": customer}, person=applicant))["createOrder"]["id"]
    change = "mutation($id: ID!, $input: UpdateOrderInput!) { updateOrder(id: $id, input: $input) { status quantity } }"
    edited = await east.data(change, {"id": made, "input": {"quantity": 2}}, person=applicant)
    assert edited["updateOrder"]["quantity"] == 2
    approve = {"id": made, "input": {"status": "PAID"}}
    ((code, _reason, _path),) = await east.faults(change, approve, person=applicant)
    assert code in ("FORBIDDEN", "NOT_FOUND")
    approved = await east.data(change, approve, person=colleague)
    assert approved["updateOrder"]["status"] == "PAID"
    found = await explained(east, applicant, object="order", action="update", record=made)
    assert (found["verdict"], found["needed"][-1]["kind"]) == ("REFUSED", "lifting")
    assert {"policy": "not_ones_own", "because": "Nobody approves what they asked for."} in found["matched"]


async def test_explain_says_why_a_row_is_missing(tenants: Tenants) -> None:
    east = tenants.east
    policies = [{"name": "own_customers", **allow("seller", "customer", scope="own")}]
    await govern(east, roles=ROLES, policies=policies)
    seller = await hire(east, "Li", "seller")
    record = await east.create("Customer", name="Anna")
    assert await names(east, seller) == []
    found = await explained(east, user=seller.id, record=record)
    assert (found["verdict"], found["recordFound"]) == ("REFUSED", True)
    assert found["unmatched"] == [{"policy": "own_customers", "reason": "CONDITION_NOT_MET", "scope": "own"}]
    assert found["needed"] == [{"kind": "record", "policy": "own_customers", "detail": "owner.id == actor.id"}]
    await east.data(
        "mutation($id: ID!, $to: ID!) { updateCustomer(id: $id, input: {ownerId: $to}) { id } }",
        {"id": record, "to": seller.id},
    )
    assert await names(east, seller) == ["Anna"]
    assert (await explained(east, user=seller.id, record=record))["verdict"] == "ALLOWED"


async def test_finance_fields_are_kept_to_those_who_settle(tenants: Tenants) -> None:
    east = tenants.east
    policies = [
        allow("seller", "order"),
        field_rights("seller", "order", "amount", "unit_price", read="none"),
        allow("finance", "order"),
    ]
    await govern(east, roles=ROLES, policies=policies)
    seller, finance = await hire(east, "Li", "seller"), await hire(east, "Fang", "finance")
    query = "{ orders { nodes { amount { amount } } } }"
    assert await east.data(query, person=finance) == {"orders": {"nodes": []}}
    assert await east.faults(query, person=seller) == [("BAD_USER_INPUT", "invalid_operation", ())]
    found = await explained(east, seller, object="order", field="amount")
    assert found["verdict"] == "REFUSED"


@pytest.mark.parametrize("action", ["read", "update"])
async def test_another_tenants_policies_and_people_play_no_part(tenants: Tenants, action: str) -> None:
    east, west = tenants.both
    await govern(east, roles=ROLES, policies=[allow("seller", "customer", "read", "update", scope="own")])
    await govern(west, roles=ROLES, policies=[allow("seller", "customer", "read", "update")])
    seller, theirs = await hire(east, "Li", "seller"), await hire(west, "Li", "seller")
    record = await east.create("Customer", name="Anna", ownerId=seller.id)
    assert (await explained(east, user=seller.id, record=record, action=action))["verdict"] == "ALLOWED"
    found = await explained(west, user=theirs.id, record=record, action=action)
    assert found["recordFound"] is False
    assert await east.faults(EXPLAIN, {"user": theirs.id}, path="/metadata") == [
        ("NOT_FOUND", "unknown_account", ("user",))
    ]


async def test_a_list_of_the_actors_is_theirs_and_not_the_records(tenants: Tenants) -> None:
    east = tenants.east
    field = {"name": "home_store", "type": "relation", "settings": {"to": "store"}}
    users = {"objects": [{"name": "user", "plural": "users", "fields": [field]}]}
    apply = "mutation($document: JSON) { applyMetadata(document: $document) { version } }"
    await east.data(apply, {"document": users}, path="/metadata")
    shared = "actor.home_store.orders.some(customer == record.customer)"
    await govern(east, roles=["clerk"], policies=[allow("clerk", "order", condition=shared)])
    north, south = [await east.create("Store", name=name) for name in ("North", "South")]
    both, one = [await east.create("Customer", name=name) for name in ("Both", "One")]
    for customer, store in ((both, north), (both, south), (one, south), (one, None)):
        await east.create("Order", customerId=customer, storeId=store)
    clerks = [await hire(east, name, "clerk") for name in ("Nora", "Sue", "Nowhere")]
    home = "mutation($id: ID!, $store: ID) { updateUser(id: $id, input: {homeStoreId: $store}) { id } }"
    for clerk, home_store in zip(clerks, (north, south, None), strict=True):
        await east.data(home, {"id": clerk.id, "store": home_store})
    seen = {
        clerk.name: (await east.data("{ orders { totalCount } }", person=clerk))["orders"]["totalCount"]
        for clerk in clerks
    }
    assert seen == {"Nora": 2, "Sue": 4, "Nowhere": 0}, "orders of whoever has bought in their shop, wherever"
