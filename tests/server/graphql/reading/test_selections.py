"""Selections: aliases, fragments, directives, merged fields, type names, unions, connections in records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests import servers
from tests.fixtures.tenants import Tenant, tenants_opened


@pytest.fixture(scope="module")
async def shop(test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tenant]:
    """A store with two customers, of whom one has three orders; a note on each kind of target, and on none."""
    async with tenants_opened(test_servers, tmp_path_factory.mktemp("files")) as tenants:
        tenant = tenants.east
        store = await tenant.create("Store", name="S")
        anna = await tenant.create("Customer", name="Anna", storeId=store, points=1)
        await tenant.create("Customer", name="Ben", storeId=store, points=2, referrerId=anna)
        for quantity in (1, 2, 3):
            order = await tenant.create("Order", customerId=anna, quantity=quantity)
        await tenant.create("Note", body="on Anna", targetType="customer", targetId=anna)
        await tenant.create("Note", body="on order", targetType="order", targetId=order)
        await tenant.create("Note", body="on nothing")
        await tenants.west.create("Customer", name="Other")
        yield tenant


async def test_aliases_answer_the_same_field_with_other_arguments(shop: Tenant) -> None:
    long = "a" * 200
    data = await shop.data(
        f"{{ {long}: customers(first: 1, orderBy: [{{name: ASC}}]) {{ nodes {{ x: name y: name }} }}"
        f' b: customers(filter: {{name: {{eq: "Ben"}}}}) {{ count: totalCount nodes {{ __typename n: name }} }}'
        f' c: customers(filter: {{name: {{eq: "Anna"}}}}) {{ nodes {{'
        f"   few: orders(first: 1, orderBy: [{{quantity: ASC}}]) {{"
        f"     nodes {{ quantity }} pageInfo {{ more: hasNextPage }} }}"
        f"   last: orders(last: 1, orderBy: [{{quantity: ASC}}]) {{ nodes {{ quantity }} }}"
        f"   some: orders(filter: {{quantity: {{gte: 2}}}}) {{ totalCount }} }} }} }}"
    )
    assert data == {
        long: {"nodes": [{"x": "Anna", "y": "Anna"}]},
        "b": {"count": 1, "nodes": [{"__typename": "Customer", "n": "Ben"}]},
        "c": {
            "nodes": [
                {
                    "few": {"nodes": [{"quantity": 1}], "pageInfo": {"more": True}},
                    "last": {"nodes": [{"quantity": 3}]},
                    "some": {"totalCount": 2},
                }
            ]
        },
    }


async def test_fragments_are_opened_wherever_they_stand(shop: Tenant) -> None:
    data = await shop.data(
        """
        query { ...Root }
        fragment Root on Query {
            customers(orderBy: [{name: ASC}]) { ...Page ... on CustomerConnection { totalCount } }
        }
        fragment Page on CustomerConnection { nodes { ...Name ... { points } } }
        fragment Name on Customer { name store { ...Place } }
        fragment Place on Store { name customers(orderBy: [{name: DESC}], first: 1) { nodes { name } } }
        """
    )
    store = {"name": "S", "customers": {"nodes": [{"name": "Ben"}]}}
    assert data == {
        "customers": {
            "nodes": [{"name": "Anna", "store": store, "points": 1}, {"name": "Ben", "store": store, "points": 2}],
            "totalCount": 2,
        }
    }


async def test_the_same_field_merges_its_selections(shop: Tenant) -> None:
    data = await shop.data(
        """{ customers(orderBy: [{name: ASC}], first: 1) { nodes { store { name } } }
             customers(orderBy: [{name: ASC}], first: 1) { nodes { name store { id_: name } } totalCount } }"""
    )
    assert data == {"customers": {"nodes": [{"store": {"name": "S", "id_": "S"}, "name": "Anna"}], "totalCount": 2}}


@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("include", [True, False])
async def test_skip_and_include_follow_variables(shop: Tenant, skip: bool, include: bool) -> None:
    query = """query($skip: Boolean!, $include: Boolean = true) {
        customers(first: 1, orderBy: [{name: ASC}]) {
            nodes { name @skip(if: $skip) points @include(if: $include) ...F @include(if: $include) @skip(if: $skip) }
            totalCount @skip(if: true)
        }
        search(text: "Anna", objects: "customer") @skip(if: $skip) { title }
    }
    fragment F on Customer { level }"""
    node: dict[str, Any] = {} if skip else {"name": "Anna"}
    node |= {"points": 1} if include else {}
    node |= {"level": "NORMAL"} if include and not skip else {}
    expected: dict[str, Any] = {"customers": {"nodes": [node]}}
    expected |= {} if skip else {"search": [{"title": "Anna"}]}
    for _again in range(2):
        assert await shop.data(query, {"skip": skip, "include": include}) == expected


async def test_type_names_are_told_everywhere(shop: Tenant) -> None:
    data = await shop.data(
        """{ __typename customers(first: 1, orderBy: [{name: ASC}]) {
            __typename pageInfo { __typename } edges { __typename node { __typename balance { __typename }
            store { __typename } orders { __typename } history { __typename changes { __typename } } } } }
            customersAggregate(groupBy: [{level: VALUE}]) { __typename key { __typename } sum { __typename } }
            search(text: "Anna") { __typename } }"""
    )
    node = data["customers"]["edges"][0]["node"]
    history = node.pop("history")
    assert {entry["__typename"] for entry in history} == {"HistoryEntry"}
    assert {change["__typename"] for entry in history for change in entry["changes"]} == {"FieldChange"}
    assert data == {
        "__typename": "Query",
        "customers": {
            "__typename": "CustomerConnection",
            "pageInfo": {"__typename": "PageInfo"},
            "edges": [
                {
                    "__typename": "CustomerEdge",
                    "node": {
                        "__typename": "Customer",
                        "balance": None,
                        "store": {"__typename": "Store"},
                        "orders": {"__typename": "OrderConnection"},
                    },
                }
            ],
        },
        "customersAggregate": [
            {
                "__typename": "CustomerAggregate",
                "key": {"__typename": "CustomerAggregateKey"},
                "sum": {"__typename": "CustomerAggregateSum"},
            }
        ],
        "search": [{"__typename": "SearchHit"}] * 2,
    }


async def test_a_polymorphic_relation_answers_by_the_type_it_leads_to(shop: Tenant) -> None:
    data = await shop.data(
        """{ notes(orderBy: [{body: ASC}]) { nodes { body targetType target {
            __typename ... on Customer { name } ...OnOrder } } } }
        fragment OnOrder on Order { quantity customer { name notes { nodes { body } } } }"""
    )
    assert data["notes"]["nodes"] == [
        {"body": "on Anna", "targetType": "customer", "target": {"__typename": "Customer", "name": "Anna"}},
        {"body": "on nothing", "targetType": None, "target": None},
        {
            "body": "on order",
            "targetType": "order",
            "target": {
                "__typename": "Order",
                "quantity": 3,
                "customer": {"name": "Anna", "notes": {"nodes": [{"body": "on Anna"}]}},
            },
        },
    ]


async def test_a_polymorphic_relation_is_filtered_by_type_and_id(shop: Tenant) -> None:
    query = "query($f: NoteFilter) { notes(filter: $f) { nodes { body targetId } } }"
    (found,) = (await shop.data(query, {"f": {"targetType": {"eq": "customer"}}}))["notes"]["nodes"]
    assert found["body"] == "on Anna"
    by_id = await shop.data(query, {"f": {"targetId": {"in": [found["targetId"]]}}})
    assert [node["body"] for node in by_id["notes"]["nodes"]] == ["on Anna"]
    missing = await shop.data(query, {"f": {"targetId": {"isNull": True}}})
    assert [node["body"] for node in missing["notes"]["nodes"]] == ["on nothing"]


async def test_a_record_leads_to_others_of_its_own_type(shop: Tenant) -> None:
    data = await shop.data(
        """{ customers(filter: {referrer: {name: {eq: "Anna"}}}) { nodes {
            name referrer { name referrals { totalCount nodes { name referrer { name } } } } } } }"""
    )
    referrer = {
        "name": "Anna",
        "referrals": {"totalCount": 1, "nodes": [{"name": "Ben", "referrer": {"name": "Anna"}}]},
    }
    assert data["customers"]["nodes"] == [{"name": "Ben", "referrer": referrer}]


async def test_limits_of_nested_lists_hold_for_each_parent(shop: Tenant) -> None:
    data = await shop.data(
        "{ customers(orderBy: [{name: ASC}]) { nodes { name orders(first: 2) { totalCount nodes { id } } } } }"
    )
    nodes = data["customers"]["nodes"]
    assert [(n["name"], n["orders"]["totalCount"], len(n["orders"]["nodes"])) for n in nodes] == [
        ("Anna", 3, 2),
        ("Ben", 0, 0),
    ]


async def test_a_nested_list_is_paged_by_its_cursors(shop: Tenant) -> None:
    query = """query($after: String) { customers(filter: {name: {eq: "Anna"}}) { nodes {
        orders(first: 2, after: $after, orderBy: [{quantity: DESC}]) {
            nodes { quantity } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }"""

    async def page(after: str | None) -> Any:
        return (await shop.data(query, {"after": after}))["customers"]["nodes"][0]["orders"]

    first = await page(None)
    second = await page(first["pageInfo"]["endCursor"])
    assert [one["quantity"] for one in first["nodes"]] == [3, 2]
    assert [one["quantity"] for one in second["nodes"]] == [1]
    assert first["pageInfo"]["hasNextPage"] is True
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)


async def test_an_unknown_record_is_null_and_another_tenants_too(shop: Tenant) -> None:
    query = "query($id: ID!) { customer(id: $id) { name } }"
    assert await shop.data(query, {"id": "01890000-0000-7000-8000-000000000001"}) == {"customer": None}
    assert await shop.faults(query, {"id": "x"}) == [("BAD_USER_INPUT", "wrong_type", ("id",))]


async def test_several_operations_are_told_apart_by_name(shop: Tenant) -> None:
    text = "query A { customers { totalCount } } query B { stores { totalCount } }"
    assert await shop.data(text, operation="B") == {"stores": {"totalCount": 1}}
    assert await shop.faults(text) == [("BAD_USER_INPUT", "unnamed_operation", ())]
    assert await shop.faults(text, operation="C") == [("BAD_USER_INPUT", "unknown_operation", ())]
