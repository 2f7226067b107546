"""Delete, restore, destroy and merge, with what hangs on the records."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.tenants import Tenant, Tenants

UNKNOWN = ("NOT_FOUND", "unknown_record", ("id",))


def act(verb: str, object_type: str = "Customer", selection: str = " { id }") -> str:
    return f"mutation ($id: ID!) {{ {verb}{object_type}(id: $id){selection} }}"


async def count(tenant: Tenant, plural: str, **filters: Any) -> int:
    type_name = plural[:-1].capitalize()
    data = await tenant.data(
        f"query ($f: {type_name}Filter) {{ {plural}(filter: $f) {{ totalCount }} }}", {"f": filters or None}
    )
    found: int = data[plural]["totalCount"]
    return found


async def test_a_deleted_record_is_gone_until_it_is_restored(tenants: Tenants) -> None:
    east, west = tenants.both
    customer = await east.create("Customer", name="a")
    assert await west.faults(act("delete"), {"id": customer}) == [UNKNOWN]
    data = await east.data(act("delete", selection=" { name version deletedAt }"), {"id": customer})
    assert data["deleteCustomer"]["name"] == "a"
    assert data["deleteCustomer"]["version"] == 2
    assert data["deleteCustomer"]["deletedAt"] is not None
    read = "query ($id: ID!) { customer(id: $id) { name version deletedAt } }"
    assert (await east.data(read, {"id": customer}))["customer"] is None
    assert await east.faults(act("delete"), {"id": customer}) == [UNKNOWN]
    update = 'mutation ($id: ID!) { updateCustomer(id: $id, input: {name: "b"}) { id } }'
    assert await east.faults(update, {"id": customer}) == [UNKNOWN]
    assert await west.faults(act("restore"), {"id": customer}) == [UNKNOWN]
    restored = await east.data(act("restore", selection=" { name version deletedAt }"), {"id": customer})
    assert restored["restoreCustomer"] == {"name": "a", "version": 3, "deletedAt": None}
    assert await east.faults(act("restore"), {"id": customer}) == [UNKNOWN]
    assert (await east.data(read, {"id": customer}))["customer"]["version"] == 3


async def test_ids_that_are_none_are_refused(tenants: Tenants) -> None:
    for verb in ("delete", "restore", "destroy"):
        selection = "" if verb == "destroy" else " { id }"
        faults = await tenants.east.faults(act(verb, selection=selection), {"id": "x"})
        assert faults == [("BAD_USER_INPUT", "wrong_type", ("id",))]


async def test_what_cascades_is_deleted_and_comes_back_together(tenants: Tenants) -> None:
    east = tenants.east
    data = await east.data(
        "mutation ($i: CreateCustomerInput!) { createCustomer(input: $i) { id orders { nodes { id } } } }",
        {
            "i": {
                "name": "a",
                "orders": {"create": [{"notes": {"create": [{"body": "x"}]}}, {}, {}]},
                "notes": {"create": [{"body": "y"}]},
            }
        },
    )
    customer = data["createCustomer"]["id"]
    early = data["createCustomer"]["orders"]["nodes"][-1]["id"]
    await east.data(act("delete", "Order"), {"id": early})
    orders = await count(east, "orders")
    notes = await count(east, "notes")
    await east.data(act("delete"), {"id": customer})
    assert (await count(east, "orders"), await count(east, "notes")) == (0, 0)
    await east.data(act("restore"), {"id": customer})
    assert (await count(east, "orders"), await count(east, "notes")) == (orders, notes)
    assert await count(east, "orders", id={"eq": early}) == 0  # it was deleted on its own


async def test_what_restricts_refuses_and_what_clears_is_cleared(tenants: Tenants) -> None:
    east = tenants.east
    store = await east.create("Store", name="s")
    branch = await east.create("Store", name="b", parentStoreId=store)
    customer = await east.create("Customer", name="a", storeId=store)
    reply = await east.graphql(act("delete", "Store"), {"id": store})
    assert [fault[:2] for fault in reply.faults] == [("CONFLICT", "in_use")]
    assert reply.errors[0]["extensions"]["hint"]
    assert "customers" in reply.errors[0]["message"]
    await east.data(act("delete"), {"id": customer})
    await east.data(act("delete", "Store"), {"id": store})
    data = await east.data(
        "query ($id: ID!) { store(id: $id) { parentStoreId version history { kind changes { field before after } } } }",
        {"id": branch},
    )
    assert data["store"]["parentStoreId"] is None
    assert data["store"]["version"] == 2
    assert data["store"]["history"][0] == {
        "kind": "update",
        "changes": [{"field": "parentStore", "before": store, "after": None}],
    }


async def test_many_are_deleted_restored_and_destroyed_by_a_filter(tenants: Tenants) -> None:
    east, west = tenants.both
    for tenant in tenants.both:
        for name in "abc":
            await tenant.create("Customer", name=name)
    by = "mutation ($f: CustomerFilter!) { done: %sCustomers(filter: $f) { count ids } }"
    some = {"f": {"name": {"in": ["a", "b"]}}}
    assert (await east.data(by % "destroy", some))["done"]["count"] == 0  # only deleted ones are destroyed
    assert (await east.data(by % "delete", some))["done"]["count"] == 2
    assert await count(east, "customers") == 1
    assert (await east.data(by % "restore", {"f": {"name": {"eq": "a"}}}))["done"]["count"] == 1
    assert (await east.data(by % "destroy", some))["done"]["count"] == 1
    assert (await east.data(by % "restore", some))["done"]["count"] == 0
    assert (await count(east, "customers"), await count(west, "customers")) == (2, 3)


async def test_destroying_removes_a_deleted_record_and_its_links_for_good(tenants: Tenants) -> None:
    east, west = tenants.both
    store = await east.create("Store", name="s")
    customer = await east.create(
        "Customer", name="a", idCard="plain secret", favourites={"connect": [{"id": store}]}, orders={"create": [{}]}
    )
    assert await east.faults(act("destroy", selection=""), {"id": customer}) == [UNKNOWN]
    await east.data(act("delete"), {"id": customer})
    assert await west.faults(act("destroy", selection=""), {"id": customer}) == [UNKNOWN]
    assert (await east.data(act("destroy", selection=""), {"id": customer})) == {"destroyCustomer": customer}
    assert await east.faults(act("restore"), {"id": customer}) == [UNKNOWN]
    async with tenants.services.connections.acquire() as connection:
        assert await connection.fetchval(f'select count(*) from "{east.schema}".customer') == 0
        event = await connection.fetchrow(
            "select kind, changes from tangram.event where record_id = $1 order by id desc limit 1", customer
        )
    assert event["kind"] == "destroy"
    assert "plain secret" not in event["changes"]


async def test_destroying_what_living_records_still_need_is_a_conflict(tenants: Tenants) -> None:
    east = tenants.east
    store = await east.create("Store", name="s")
    customer = await east.create("Customer", name="a", storeId=store)
    await east.data(act("delete"), {"id": customer})
    await east.data(act("delete", "Store"), {"id": store})
    faults = await east.faults(act("destroy", "Store", ""), {"id": store})
    assert [fault[:2] for fault in faults] == [("CONFLICT", "in_use")]
    await east.data(act("destroy", selection=""), {"id": customer})
    assert (await east.data(act("destroy", "Store", ""), {"id": store})) == {"destroyStore": store}


MERGE = (
    "mutation ($into: ID!, $ids: [ID!]!, $dry: Boolean)"
    " { mergeCustomers(into: $into, ids: $ids, dryRun: $dry) { id merged moved filled dryRun } }"
)


async def test_a_merge_fills_gaps_and_moves_what_leads_to_the_others(tenants: Tenants) -> None:
    east = tenants.east
    one, two = await east.create("Store", name="one"), await east.create("Store", name="two")
    kept = await east.create("Customer", name="kept", favourites={"connect": [{"id": one}]}, points=None)
    first = await east.create(
        "Customer",
        name="first",
        phone="+8613900000001",
        favourites={"connect": [{"id": one}, {"id": two}]},
        orders={"create": [{}, {}]},
        notes={"create": [{"body": "n"}]},
        referrerId=kept,
    )
    second = await east.create(
        "Customer",
        name="second",
        remark="r",
        balance={"amount": "5"},
        friends={"connect": [{"id": first}, {"id": kept}]},
    )
    await east.data(
        "mutation ($k: ID!, $f: ID) { updateCustomer(id: $k, input: {referrerId: $f}) { id } }", {"k": kept, "f": first}
    )
    given = {"into": kept, "ids": [first, second], "dry": True}
    tried = (await east.data(MERGE, given))["mergeCustomers"]
    assert tried["dryRun"] is True
    assert await count(east, "customers") == 3
    done = (await east.data(MERGE, {**given, "dry": False}))["mergeCustomers"]
    assert done == {**tried, "dryRun": False}
    assert done["merged"] == [first, second]
    assert done["moved"] == {"order.customer": 2, "note.target": 1, "customer.favourites": 1}
    assert done["filled"] == {"phone": first, "points": first, "remark": second, "balance": second}
    data = await east.data(
        "query ($id: ID!) { customer(id: $id) { name phone remark points balance { amount currency } referrerId"
        " orders { totalCount } notes { totalCount } favourites { totalCount } friends { totalCount }"
        " friendOf { totalCount } history { kind } } customers { totalCount } }",
        {"id": kept},
    )
    customer = data["customer"]
    assert data["customers"]["totalCount"] == 1
    assert customer.pop("history")[0]["kind"] == "update"
    assert customer == {
        "name": "kept",
        "phone": "+8613900000001",
        "remark": "r",
        "points": 0,
        "balance": {"amount": "5.00", "currency": "CNY"},
        "referrerId": None,
        "orders": {"totalCount": 2},
        "notes": {"totalCount": 1},
        "favourites": {"totalCount": 2},
        "friends": {"totalCount": 0},
        "friendOf": {"totalCount": 0},
    }


async def test_a_merge_that_would_break_a_rule_or_a_unique_value_changes_nothing(tenants: Tenants) -> None:
    east = tenants.east
    store = await east.create("Store", name="s")
    stores = [await east.create("Store", name=name, code=name) for name in "ab"]
    for place, target in enumerate(stores):
        await east.create("Customer", name=f"c{place}", email="same@x.cn", storeId=target)
    faults = await east.faults(
        "mutation ($into: ID!, $ids: [ID!]!) { mergeStores(into: $into, ids: $ids) { id } }",
        {"into": store, "ids": stores},
    )
    assert [fault[:2] for fault in faults] == [("CONFLICT", "not_unique")]
    assert await count(east, "stores") == 3


async def test_a_merge_needs_other_records_of_its_own_tenant(tenants: Tenants) -> None:
    east, west = tenants.both
    mine, theirs = await east.create("Customer", name="a"), await west.create("Customer", name="b")
    assert await east.faults(MERGE, {"into": mine, "ids": [mine]}) == [("BAD_USER_INPUT", "bad_merge", ("ids",))]
    assert await east.faults(MERGE, {"into": mine, "ids": []}) == [("BAD_USER_INPUT", "bad_merge", ("ids",))]
    assert await east.faults(MERGE, {"into": mine, "ids": [theirs]}) == [("NOT_FOUND", "unknown_record", ("ids", 0))]
    assert await east.faults(MERGE, {"into": theirs, "ids": [mine]}) == [("NOT_FOUND", "unknown_record", ("into",))]
    assert await east.faults(MERGE, {"into": mine, "ids": ["x"]}) == [("BAD_USER_INPUT", "wrong_type", ("ids", 0))]
    assert (await count(east, "customers"), await count(west, "customers")) == (1, 1)


@pytest.mark.parametrize("rounds", [4])
async def test_a_record_that_is_being_deleted_gets_no_new_children(tenants: Tenants, rounds: int) -> None:
    import asyncio

    east = tenants.east
    for _ in range(rounds):
        customer = await east.create("Customer", name="a")
        create = "mutation ($id: ID) { createOrder(input: {customerId: $id}) { id } }"
        await asyncio.gather(
            *(east.graphql(create, {"id": customer}) for _ in range(4)), east.graphql(act("delete"), {"id": customer})
        )
        data = await east.data("{ orders(first: 50) { nodes { customer { id } } } }")
        assert all(node["customer"] is not None for node in data["orders"]["nodes"])
