"""Versions, concurrent changes, changes of many records, upserts, unique values."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.fixtures.tenants import Tenant, Tenants

UPDATE = (
    "mutation ($id: ID!, $i: UpdateCustomerInput!, $v: Int)"
    " { updateCustomer(id: $id, input: $i, expectedVersion: $v) { name points version } }"
)
UPSERTS = (
    "mutation ($by: [CustomerUniqueKey!]!, $i: [CreateCustomerInput!]!)"
    " { upsertCustomers(by: $by, inputs: $i) { id name phone version } }"
)


async def named(tenant: Tenant, **filters: Any) -> list[str]:
    data = await tenant.data(
        "query ($f: CustomerFilter) { customers(filter: $f, orderBy: {name: ASC}, first: 100) { nodes { name } } }",
        {"f": filters or None},
    )
    return [node["name"] for node in data["customers"]["nodes"]]


async def test_an_expected_version_that_passed_is_a_conflict_and_changes_nothing(tenants: Tenants) -> None:
    east, west = tenants.both
    customer = await east.create("Customer", name="a")
    data = await east.data(UPDATE, {"id": customer, "i": {"name": "b"}, "v": 1})
    assert data["updateCustomer"]["version"] == 2
    reply = await east.graphql(UPDATE, {"id": customer, "i": {"name": "c"}, "v": 1})
    assert reply.faults == [("CONFLICT", "version_conflict", ("expectedVersion",))]
    assert reply.errors[0]["extensions"]["version"] == 2
    assert reply.errors[0]["extensions"]["hint"]
    assert reply.body["data"] is None
    assert await named(east) == ["b"]
    for version in (None, 1, 2):
        faults = await west.faults(UPDATE, {"id": customer, "i": {"name": "c"}, "v": version})
        assert faults == [("NOT_FOUND", "unknown_record", ("id",))]
    delete = "mutation ($id: ID!, $v: Int) { deleteCustomer(id: $id, expectedVersion: $v) { name } }"
    assert await east.faults(delete, {"id": customer, "v": 1}) == [
        ("CONFLICT", "version_conflict", ("expectedVersion",))
    ]
    assert (await east.data(delete, {"id": customer, "v": 2}))["deleteCustomer"] == {"name": "b"}


async def test_of_two_that_expect_the_same_version_one_wins(tenants: Tenants) -> None:
    east = tenants.east
    customer = await east.create("Customer", name="a")
    for version in range(1, 6):
        replies = await asyncio.gather(
            *(east.graphql(UPDATE, {"id": customer, "i": {"name": f"n{n}"}, "v": version}) for n in range(4))
        )
        won = [reply for reply in replies if "errors" not in reply.body]
        assert len(won) == 1
        assert all(
            r.faults == [("CONFLICT", "version_conflict", ("expectedVersion",))] for r in replies if r not in won
        )


async def test_concurrent_changes_without_a_version_are_all_made(tenants: Tenants) -> None:
    east = tenants.east
    customer = await east.create("Customer", name="a")
    fields = [{"name": "b"}, {"points": 7}, {"remark": "r"}, {"email": "a@b.cn"}] * 3
    await asyncio.gather(*(east.data(UPDATE, {"id": customer, "i": given}) for given in fields))
    data = await east.data(
        "query ($id: ID!) { customer(id: $id) { name points remark email version history(first: 100) { kind } } }",
        {"id": customer},
    )
    history = data["customer"].pop("history")
    assert data["customer"] == {"name": "b", "points": 7, "remark": "r", "email": "a@b.cn", "version": 13}
    assert len(history) == 13


async def test_many_are_changed_by_a_filter_all_or_none(tenants: Tenants) -> None:
    east, west = tenants.both
    for tenant in tenants.both:
        for name in "abc":
            await tenant.create("Customer", name=name)
    change = (
        "mutation ($f: CustomerFilter!, $i: UpdateCustomerInput!)"
        " { updateCustomers(filter: $f, input: $i) { count ids __typename } }"
    )
    data = await east.data(change, {"f": {"name": {"in": ["a", "b"]}}, "i": {"points": 5}})
    assert data["updateCustomers"]["count"] == len(data["updateCustomers"]["ids"]) == 2
    assert await named(east, points={"eq": 5}) == ["a", "b"]
    assert await named(west, points={"eq": 5}) == []
    data = await east.data(change, {"f": {"name": {"eq": "nobody"}}, "i": {"points": 5}})
    assert data["updateCustomers"] == {"count": 0, "ids": [], "__typename": "BulkResult"}
    faults = await east.faults(change, {"f": {"points": {"gte": 0}}, "i": {"level": "VIP"}})
    assert faults == [("BAD_USER_INPUT", "validation", ("input", "phone"))]
    assert await named(east, level={"eq": "VIP"}) == []
    faults = await east.faults(change, {"f": {"points": {"gte": 0}}, "i": {"points": -1}})
    assert faults == [("BAD_USER_INPUT", "bad_value", ("input", "points"))]
    faults = await east.faults(change, {"f": {"name": {"eq": "a"}}, "i": {"orders": {"create": [{}]}}})
    assert faults == [("BAD_USER_INPUT", "nested_in_bulk", ("input",))]
    store = await east.create("Store", name="s", code="s1")
    data = await east.data(change, {"f": {"name": {"eq": "a"}}, "i": {"store": {"connect": {"code": "s1"}}}})
    assert data["updateCustomers"]["count"] == 1
    assert await named(east, storeId={"eq": store}) == ["a"]


@pytest.mark.parametrize("verb", ["update", "delete", "restore", "destroy"])
async def test_an_empty_filter_is_refused(tenants: Tenants, verb: str) -> None:
    east = tenants.east
    await east.create("Customer", name="a")
    more = ", input: {points: 1}" if verb == "update" else ""
    empty: tuple[dict[str, Any], ...] = ({}, {"and": []}, {"name": {}})
    for given in empty:
        faults = await east.faults(
            f"mutation ($f: CustomerFilter!) {{ {verb}Customers(filter: $f{more}) {{ count }} }}", {"f": given}
        )
        assert faults == [("BAD_USER_INPUT", "empty_filter", ("filter",))]
    assert await named(east) == ["a"]


async def test_bulk_change_encrypts_for_each_record(tenants: Tenants) -> None:
    east = tenants.east
    for name in "ab":
        await east.create("Customer", name=name, idCard="old")
    data = await east.data(
        'mutation { updateCustomers(filter: {name: {ne: "x"}}, input: {idCard: "secret-1", points: 3}) { count } }'
    )
    assert data["updateCustomers"] == {"count": 2}
    data = await east.data("{ customers { nodes { idCard points } } }")
    assert data["customers"]["nodes"] == [{"idCard": "secret-1", "points": 3}] * 2


async def test_upsert_changes_what_is_there_and_creates_the_rest_in_order(tenants: Tenants) -> None:
    east, west = tenants.both
    await west.create("Customer", name="theirs", phone="+8613900000001")
    await east.create("Customer", name="mine", phone="+8613900000001")
    given = [
        {"phone": "+8613900000002", "name": "new"},
        {"phone": "13900000001", "name": "changed"},
        {"phone": "+8613900000003", "name": "newer"},
    ]
    data = await east.data(UPSERTS, {"by": ["PHONE"], "i": given})
    assert [(item["name"], item["version"]) for item in data["upsertCustomers"]] == [
        ("new", 1),
        ("changed", 2),
        ("newer", 1),
    ]
    assert await named(west) == ["theirs"]
    again = await east.data(UPSERTS, {"by": ["PHONE"], "i": given})
    assert [item["id"] for item in again["upsertCustomers"]] == [item["id"] for item in data["upsertCustomers"]]


async def test_upsert_by_id_and_by_a_composite_key(tenants: Tenants) -> None:
    east = tenants.east
    store = await east.create("Store", name="s")
    upsert = (
        "mutation ($by: [CustomerUniqueKey!]!, $i: CreateCustomerInput!)"
        " { upsertCustomer(by: $by, input: $i) { id name version } }"
    )
    given = {"email": "a@example.com", "storeId": store, "name": "a"}
    first = (await east.data(upsert, {"by": ["EMAIL_IN_STORE"], "i": given}))["upsertCustomer"]
    second = (await east.data(upsert, {"by": ["EMAIL_IN_STORE"], "i": {**given, "name": "b"}}))["upsertCustomer"]
    assert second == {"id": first["id"], "name": "b", "version": 2}
    third = (await east.data(upsert, {"by": ["ID"], "i": {"id": first["id"], "name": "c"}}))["upsertCustomer"]
    assert third == {"id": first["id"], "name": "c", "version": 3}
    new = "01990000-0000-7000-8000-00000000abcd"
    fourth = (await east.data(upsert, {"by": ["ID"], "i": {"id": new, "name": "d"}}))["upsertCustomer"]
    assert fourth == {"id": new, "name": "d", "version": 1}
    faults = await east.faults(
        upsert,
        {"by": ["EMAIL_IN_STORE"], "i": {**given, "storeId": None, "store": {"create": {"name": "x"}}}},
    )
    assert faults == [("BAD_USER_INPUT", "bad_key", ("input", "store"))]


async def test_upsert_needs_its_key_once_and_whole(tenants: Tenants) -> None:
    east = tenants.east
    same = {"phone": "+8613900000002", "name": "a"}
    assert await east.faults(UPSERTS, {"by": ["PHONE"], "i": [same, same]}) == [
        ("BAD_USER_INPUT", "repeated_key", ("inputs", 1))
    ]
    assert await east.faults(UPSERTS, {"by": ["PHONE"], "i": [{"name": "a", "points": -1}]}) == [
        ("BAD_USER_INPUT", "missing_value", ("inputs", 0, "phone")),
        ("BAD_USER_INPUT", "bad_value", ("inputs", 0, "points")),
    ]
    assert await east.faults(UPSERTS, {"by": [], "i": [same]}) == [("BAD_USER_INPUT", "no_key", ("by",))]
    assert await named(east) == []


async def test_concurrent_upserts_of_a_key_make_one_record(tenants: Tenants) -> None:
    east = tenants.east
    replies = await asyncio.gather(
        *(
            east.graphql(UPSERTS, {"by": ["PHONE"], "i": [{"phone": "+8613900000002", "name": f"n{n}"}]})
            for n in range(8)
        )
    )
    ids = {reply.data["upsertCustomers"][0]["id"] for reply in replies}
    assert len(ids) == 1
    assert sorted(reply.data["upsertCustomers"][0]["version"] for reply in replies) == list(range(1, 9))


async def test_unique_values_are_unique_among_living_records_of_a_tenant(tenants: Tenants) -> None:
    east, west = tenants.both
    store = await east.create("Store", name="s")
    first = await east.create("Customer", name="a", phone="+8613900000002", email="a@x.cn", storeId=store)
    await west.create("Customer", name="a", phone="+8613900000002")
    create = "mutation ($i: [CreateCustomerInput!]!) { createCustomers(inputs: $i) { id } }"
    conflict = ("CONFLICT", "not_unique")
    faults = await east.faults(create, {"i": [{"name": "b"}, {"name": "c", "phone": "+8613900000002"}]})
    assert faults == [(*conflict, ("inputs", 1, "phone"))]
    faults = await east.faults(create, {"i": [{"name": "b"}, {"name": "c", "email": "a@x.cn", "storeId": store}]})
    assert faults == [(*conflict, ("inputs", 1, "email"))]
    await east.create("Customer", name="other store", email="a@x.cn")
    await east.create("Customer", name="v", level="VIP", phone="+8613900000009")
    await east.create("Customer", name="v")  # the partial constraint is for VIPs alone
    faults = await east.faults(create, {"i": [{"name": "v", "level": "VIP", "phone": "+8613900000008"}]})
    assert faults == [(*conflict, ("inputs", 0, "name"))]
    delete = "mutation ($id: ID!) { deleteCustomer(id: $id) { id } }"
    await east.data(delete, {"id": first})
    await east.create("Customer", name="again", phone="+8613900000002")
    reply = await east.graphql("mutation ($id: ID!) { restoreCustomer(id: $id) { id } }", {"id": first})
    assert [fault[:2] for fault in reply.faults] == [conflict]
    assert reply.errors[0]["message"] == "There is a customer with this phone already."


async def test_thousands_are_created_at_once_and_answered_in_order(tenants: Tenants) -> None:
    east = tenants.east
    given = [{"name": f"n{n:04}", "points": n} for n in range(3_000)]
    data = await east.data(
        "mutation ($i: [CreateCustomerInput!]!) { createCustomers(inputs: $i) { name points } }", {"i": given}
    )
    assert data["createCustomers"] == given
    data = await east.data("{ customers { totalCount } }")
    assert data["customers"]["totalCount"] == 3_000
    faults = await east.faults(
        "mutation ($i: [CreateCustomerInput!]!) { createCustomers(inputs: $i) { name } }",
        {"i": [{"name": "x"}] * 5_001},
    )
    assert faults == [("BAD_USER_INPUT", "list_too_long", ("i",))]


async def test_answers_of_upserts_and_nested_creates_are_in_order_too(tenants: Tenants) -> None:
    east = tenants.east
    given = [
        {"name": f"n{n}", "phone": f"+86139000000{n:02}", **({"orders": {"create": [{}] * (n % 3)}} if n % 2 else {})}
        for n in range(20)
    ]
    data = await east.data(
        "mutation ($i: [CreateCustomerInput!]!) { createCustomers(inputs: $i) { name orders { totalCount } } }",
        {"i": given},
    )
    assert data["createCustomers"] == [
        {"name": f"n{n}", "orders": {"totalCount": n % 3 if n % 2 else 0}} for n in range(20)
    ]


async def test_all_broken_rules_are_told_together_with_their_messages(tenants: Tenants) -> None:
    east = tenants.east
    reply = await east.graphql(
        "mutation ($i: [CreateCustomerInput!]!) { createCustomers(inputs: $i) { id } }",
        {"i": [{"name": "#1", "level": "VIP"}, {"name": "fine"}, {"name": "#2", "storeId": await _no_store(east)}]},
    )
    assert sorted(reply.faults, key=str) == sorted(
        [
            ("BAD_USER_INPUT", "validation", ("inputs", 0, "phone")),
            ("BAD_USER_INPUT", "validation", ("inputs", 0, "name")),
            ("BAD_USER_INPUT", "unknown_record", ("inputs", 2, "storeId")),
            ("BAD_USER_INPUT", "validation", ("inputs", 2, "name")),
        ],
        key=str,
    )
    messages = {error["message"] for error in reply.errors}
    assert "A VIP needs a phone · 贵宾须有手机" in messages
    assert all(error["extensions"]["hint"] for error in reply.errors)


async def _no_store(tenant: Tenant) -> str:
    store = await tenant.create("Store", name="gone")
    await tenant.data("mutation ($id: ID!) { deleteStore(id: $id) { id } }", {"id": store})
    return store


async def test_a_rule_over_a_list_counts_the_records_nested_in_the_write(tenants: Tenants) -> None:
    east = tenants.east
    create = "mutation ($i: CreateCustomerInput!) { createCustomer(input: $i) { id orders { totalCount } } }"
    data = await east.data(create, {"i": {"name": "a", "orders": {"create": [{}] * 50}}})
    assert data["createCustomer"]["orders"]["totalCount"] == 50
    faults = await east.faults(create, {"i": {"name": "b", "orders": {"create": [{}] * 51}}})
    assert faults == [("BAD_USER_INPUT", "validation", ("input",))]
    customer = data["createCustomer"]["id"]
    faults = await east.faults(UPDATE, {"id": customer, "i": {"orders": {"create": [{}]}}})
    assert faults == [("BAD_USER_INPUT", "validation", ("input",))]
    assert await named(east) == ["a"]


async def test_numbers_are_distinct_and_gapless_ones_have_no_gap(tenants: Tenants) -> None:
    east, west = tenants.both
    create = "mutation ($s: String!) { createLimited(input: {short: $s}) { counter gapless } }"
    replies = await asyncio.gather(*(east.graphql(create, {"s": "abc"}) for _ in range(10)))
    assert sorted(reply.data["createLimited"]["counter"] for reply in replies) == [str(n) for n in range(100, 110)]
    assert sorted(int(r.data["createLimited"]["gapless"][1:]) for r in replies) == list(range(1, 11))
    await east.faults(
        'mutation { createLimited(input: {short: "abc"}) { id } x: createCustomer(input: {name: "#"}) { id } }'
    )
    data = await east.data('mutation { createLimiteds(inputs: [{short: "abc"}, {short: "abd"}]) { gapless } }')
    assert [item["gapless"] for item in data["createLimiteds"]] == ["G11", "G12"]
    assert (await west.data(create, {"s": "abc"}))["createLimited"] == {"counter": "100", "gapless": "G1"}


async def test_a_number_given_at_creation_is_kept_and_cannot_be_changed(tenants: Tenants) -> None:
    data = await tenants.east.data('mutation { createLimited(input: {short: "abc", counter: "OLD-7"}) { counter } }')
    assert data["createLimited"]["counter"] == "OLD-7"
    faults = await tenants.east.faults(
        "mutation ($id: ID!, $i: UpdateLimitedInput!) { updateLimited(id: $id, input: $i) { id } }",
        {"id": "01990000-0000-7000-8000-00000000abcd", "i": {"counter": "1"}},
    )
    assert faults == [("BAD_USER_INPUT", "unknown_field", ("i", "counter"))]
