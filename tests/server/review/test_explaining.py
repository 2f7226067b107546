"""`explainAccess`, `whoCan` and `permissionMap`, asked over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, deny, govern, hire, mask

EXPLAIN = """
query($object: String! = "customer", $action: String! = "read", $record: ID, $field: String! = "", $user: ID) {
  explainAccess(object: $object, action: $action, record: $record, field: $field, user: $user) {
    verdict recordFound person { email roles }
    matched { policy kind subject via reason scope condition because }
    unmatched { policy reason condition }
    needed { kind policy detail }
  }
}
"""
WHO = """
query($object: String! = "customer", $action: String! = "read", $record: ID, $field: String! = "") {
  whoCan(object: $object, action: $action, record: $record, field: $field) { person { email } verdict }
}
"""
NOWHERE = "0190a0a0-0000-7000-8000-00000000dead"


async def explained(tenant: Tenant, person: Person | None = None, **asked: Any) -> dict[str, Any]:
    data = await tenant.data(EXPLAIN, asked, person=person, path="/metadata")
    found: dict[str, Any] = data["explainAccess"]
    return found


def reasons(found: dict[str, Any]) -> dict[str, str]:
    return {rule["policy"]: rule["reason"] for rule in (*found["matched"], *found["unmatched"])}


async def who(tenant: Tenant, **asked: Any) -> dict[str, str]:
    data = await tenant.data(WHO, asked, path="/metadata")
    return {one["person"]["email"]: one["verdict"] for one in data["whoCan"]}


SALES = [
    {"name": "own", **allow("seller", "customer", "read", "update", scope="own", reason="Sellers work on their own.")},
    {"name": "every", **allow("finance", "customer")},
    {"name": "phones", **mask("finance", "customer", "phone", "phone")},
    {"name": "no_big", **deny("manager", "customer", "update", condition="balance.amount > 1000")},
]
ROLES: list[str | dict[str, Any]] = ["seller", {"name": "manager", "inherits": ["seller"]}, "finance"]


async def governed(tenant: Tenant) -> tuple[Person, Person]:
    await govern(tenant, roles=ROLES, policies=SALES)
    return await hire(tenant, "Li", "seller"), await hire(tenant, "Fang", "finance")


async def test_a_record_that_is_missing_for_somebody_is_explained_by_its_scope(tenants: Tenants) -> None:
    east = tenants.east
    seller, _ = await governed(east)
    mine = await east.create("Customer", name="Anna", ownerId=seller.id)
    others = await east.create("Customer", name="Ben")
    found = await explained(east, record=mine, user=seller.id)
    assert (found["verdict"], found["recordFound"]) == ("ALLOWED", True)
    assert found["matched"] == [
        {
            "policy": "own",
            "kind": "allow",
            "subject": "role:seller",
            "via": "",
            "reason": "APPLIES",
            "scope": "own",
            "condition": "owner.id == actor.id",
            "because": "Sellers work on their own.",
        }
    ]
    found = await explained(east, record=others, user=seller.id)
    assert (found["verdict"], found["recordFound"]) == ("REFUSED", True)
    assert reasons(found)["own"] == "CONDITION_NOT_MET"
    assert found["needed"] == [
        {"kind": "record", "policy": "own", "detail": "owner.id == actor.id"},
        {"kind": "role", "policy": "every", "detail": "finance"},
    ]


async def test_explanations_agree_with_what_requests_answer(tenants: Tenants) -> None:
    east = tenants.east
    seller, finance = await governed(east)
    records = [
        await east.create("Customer", name="Anna", ownerId=seller.id, phone="+8613800001111"),
        await east.create("Customer", name="Ben", phone="+8613800002222"),
    ]
    for person in (seller, finance):
        for record in records:
            answer = await east.data(f'{{ customer(id: "{record}") {{ id }} }}', person=person)
            found = await explained(east, record=record, user=person.id)
            assert (found["verdict"] == "ALLOWED") == (answer["customer"] is not None)
    assert (await explained(east, record=records[0], user=finance.id, field="phone"))["verdict"] == "MASKED"


async def test_denial_and_inheritance_are_named(tenants: Tenants) -> None:
    east = tenants.east
    await governed(east)
    manager = await hire(east, "Wei", "manager")
    balance = {"amount": "5000", "currency": "CNY"}
    record = await east.create("Customer", name="Anna", ownerId=manager.id, balance=balance)
    found = await explained(east, record=record, user=manager.id, action="update")
    assert found["verdict"] == "REFUSED"
    assert [(rule["policy"], rule["via"]) for rule in found["matched"]] == [("own", "manager"), ("no_big", "")]
    assert found["needed"] == [{"kind": "lifting", "policy": "no_big", "detail": "balance.amount > 1000"}]


async def test_people_explain_themselves_and_are_not_told_of_others(tenants: Tenants) -> None:
    east = tenants.east
    seller, finance = await governed(east)
    found = await explained(east, person=seller)
    assert (found["verdict"], found["person"]["roles"]) == ("DEPENDS", ["seller"])
    assert list(reasons(found)) == ["own"]
    refused = await east.faults(EXPLAIN, {"user": finance.id}, person=seller, path="/metadata")
    assert refused == [("FORBIDDEN", "kind_not_allowed", ())]
    assert await east.faults(WHO, {}, person=seller, path="/metadata") == [("FORBIDDEN", "kind_not_allowed", ())]


async def test_a_record_that_is_not_seen_is_explained_like_one_that_is_not_there(tenants: Tenants) -> None:
    east = tenants.east
    seller, _ = await governed(east)
    hidden = await east.create("Customer", name="Ben")
    theirs = await tenants.west.create("Customer", name="Chen")
    answers = [await explained(east, person=seller, record=record) for record in (hidden, theirs, NOWHERE)]
    assert answers[0] == answers[1] == answers[2]
    assert (answers[0]["verdict"], answers[0]["recordFound"]) == ("REFUSED", False)
    assert answers[0]["needed"][0] == {"kind": "record", "policy": "own", "detail": "own"}


async def test_conditions_over_fields_that_are_not_read_are_kept_back(tenants: Tenants) -> None:
    east = tenants.east
    policies = [
        {"name": "all", **allow("seller", "customer", "read", "update")},
        {"name": "big", **deny("seller", "customer", "update", condition="points > 100")},
        {"name": "vip", **deny("seller", "customer", "update", condition='level == "vip"')},
        {
            "name": "points",
            "kind": "field",
            "role": "seller",
            "object": "customer",
            "fields": ["points"],
            "read": "none",
        },
    ]
    await govern(east, roles=["seller"], policies=policies)
    seller = await hire(east, "Li", "seller")
    record = await east.create("Customer", name="Anna", points=500)
    found = await explained(east, person=seller, record=record, action="update")
    told = {rule["policy"]: (rule["reason"], rule["condition"]) for rule in (*found["matched"], *found["unmatched"])}
    assert told["big"] == ("DEPENDS", "")
    assert told["vip"] == ("CONDITION_NOT_MET", 'level == "vip"')
    exact = await explained(east, user=seller.id, record=record, action="update")
    assert reasons(exact)["big"] == "APPLIES"


async def test_who_can_lists_people_exactly_for_a_record(tenants: Tenants) -> None:
    east = tenants.east
    seller, _ = await governed(east)
    record = await east.create("Customer", name="Anna", ownerId=seller.id)
    assert await who(east) == {
        "admin@example.com": "ALLOWED",
        "li@example.com": "DEPENDS",
        "fang@example.com": "ALLOWED",
    }
    assert await who(east, record=record, action="update") == {
        "admin@example.com": "ALLOWED",
        "li@example.com": "ALLOWED",
    }
    assert (await who(east, record=record, field="phone"))["fang@example.com"] == "MASKED"
    refused = await east.faults(WHO, {"record": NOWHERE}, path="/metadata")
    assert refused == [("NOT_FOUND", "unknown_record", ("record",))]


async def test_roles_held_for_a_time_count_while_they_hold(tenants: Tenants) -> None:
    from server.access.assignments import NewAssignment, assign_role

    east = tenants.east
    await governed(east)
    async with east.services.connections.transaction() as connection:
        await assign_role(connection, east.id, NewAssignment(east.member.id, "finance"), by=None)
    assert (await who(east))[east.member.email] == "ALLOWED"


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"object": "custmer"}, ("unknown_object", ("object",))),
        ({"action": "raed"}, ("unknown_action", ("action",))),
        ({"field": "fone"}, ("unknown_field", ("field",))),
        ({"action": "delete", "field": "phone"}, ("not_applicable", ("field",))),
        ({"record": "12"}, ("bad_id", ("record",))),
        ({"object": "customer", "action": "configure"}, ("not_applicable", ("action",))),
    ],
)
async def test_questions_that_cannot_be_answered_are_told(
    tenants: Tenants, asked: dict[str, str], fault: tuple[str, tuple[str, ...]]
) -> None:
    assert await tenants.east.faults(EXPLAIN, asked, path="/metadata") == [("BAD_USER_INPUT", *fault)]


async def test_map_shows_roles_to_configurers_and_people_their_own(tenants: Tenants) -> None:
    east = tenants.east
    seller, _ = await governed(east)
    query = """query($user: ID, $roles: [String!]) {
      permissionMap(user: $user, roles: $roles, objects: ["customer"], actions: ["read", "update"]) {
        roles cells { role object action verdict scopes policies } markdown
      }
    }"""
    found = (await east.data(query, {"roles": ["seller"]}, path="/metadata"))["permissionMap"]
    assert found["roles"] == ["seller"]
    assert found["cells"] == [
        {
            "role": "seller",
            "object": "customer",
            "action": action,
            "verdict": "DEPENDS",
            "scopes": ["own"],
            "policies": ["own"],
        }
        for action in ("read", "update")
    ]
    mine = (await east.data(query, {"user": seller.id}, person=seller, path="/metadata"))["permissionMap"]
    assert "| customer | own | own |" in mine["markdown"]
    assert await east.faults(query, {}, person=seller, path="/metadata") == [("FORBIDDEN", "kind_not_allowed", ())]
    assert await east.faults(query, {"roles": ["boss"]}, path="/metadata") == [
        ("BAD_USER_INPUT", "unknown_role", ("roles", 0))
    ]


async def test_people_at_work_ask_beside_their_records(tenants: Tenants) -> None:
    east = tenants.east
    seller, finance = await governed(east)
    hidden = await east.create("Customer", name="Ben")
    query = """query($record: ID, $user: ID) {
      customers { totalCount }
      explainAccess(object: "customer", record: $record, user: $user) {
        verdict recordFound person { roles } unmatched { policy reason scope } needed { kind detail }
      }
    }"""
    found = await east.data(query, {"record": hidden}, person=seller)
    assert found == {
        "customers": {"totalCount": 0},
        "explainAccess": {
            "verdict": "REFUSED",
            "recordFound": False,
            "person": {"roles": ["seller"]},
            "unmatched": [{"policy": "own", "reason": "CONDITION_NOT_MET", "scope": "own"}],
            "needed": [{"kind": "record", "detail": "own"}, {"kind": "role", "detail": "finance"}],
        },
    }
    assert await east.faults(query, {"user": finance.id}, person=seller) == [
        ("FORBIDDEN", "kind_not_allowed", ("user",))
    ]
    told = await east.data(query, {"user": finance.id})
    assert told["explainAccess"]["verdict"] == "ALLOWED"
