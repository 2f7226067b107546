"""What a mutation answers is the state after it, whatever is selected."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.fixtures.tenants import Tenants

SELECTION = (
    "name points title orderCount orderTotal lastOrder isBig storeCity regionName"
    " store { name customerCount customers { totalCount nodes { name } } region { name stores { totalCount } } }"
    " orders(orderBy: {quantity: ASC}) { totalCount nodes { quantity lineTotal customerLevel customer { name } } }"
    " referrals { totalCount } history { kind changes { field before after } }"
)
READ = f"query ($id: ID!) {{ customer(id: $id) {{ {SELECTION} }} }}"


async def test_every_kind_of_selection_is_right_after_every_kind_of_write(tenants: Tenants) -> None:
    east = tenants.east
    store = await east.create("Store", name="s", city="上海", region={"create": {"name": "华东"}})
    create = f"mutation ($i: CreateCustomerInput!) {{ made: createCustomer(input: $i) {{ id {SELECTION} }} }}"
    order = {"quantity": 2, "unitPrice": "3.5", "amount": {"amount": "900"}, "orderedAt": "2026-01-01T00:00:00Z"}
    for given in (
        {"name": "plain"},
        {"name": "in store", "storeId": store},
        {"name": "nested", "storeId": store, "orders": {"create": [order, {**order, "quantity": 1}]}},
    ):
        made = (await east.data(create, {"i": given}))["made"]
        id = made.pop("id")
        assert made == (await east.data(READ, {"id": id}))["customer"]
        assert made["history"][0]["kind"] == "create"
        assert made["title"] == f"{given['name']} (0)"
    assert made["orderCount"] == 2
    assert made["orderTotal"] == "1800.00"
    assert made["isBig"] is True
    assert made["storeCity"] == "上海"
    assert made["store"]["customerCount"] == 2
    update = (
        "mutation ($id: ID!, $i: UpdateCustomerInput!)"
        f" {{ made: updateCustomer(id: $id, input: $i) {{ {SELECTION} }} }}"
    )
    changes: tuple[Any, ...] = (
        {"points": 8},
        {"storeId": None},
        {"level": "GOLD", "referrerId": id},
        {"orders": {"create": [{}]}},
    )
    for change in changes:
        made = (await east.data(update, {"id": id, "i": change}))["made"]
        assert made == (await east.data(READ, {"id": id}))["customer"]
    assert made["title"] == "nested (8)"
    assert made["referrals"]["totalCount"] == 1
    assert {node["customerLevel"] for node in made["orders"]["nodes"]} == {"GOLD"}
    upsert = (
        f"mutation ($i: [CreateCustomerInput!]!) {{ made: upsertCustomers(by: [ID], inputs: $i) {{ id {SELECTION} }} }}"
    )
    for many in (await east.data(upsert, {"i": [{"id": id, "name": "up"}, {"name": "new", "id": store}]}))["made"]:
        assert many == {"id": many["id"], **(await east.data(READ, {"id": many["id"]}))["customer"]}
    gone = await east.data(f"mutation ($id: ID!) {{ made: deleteCustomer(id: $id) {{ {SELECTION} }} }}", {"id": id})
    assert gone["made"]["name"] == "up"
    back = await east.data(f"mutation ($id: ID!) {{ made: restoreCustomer(id: $id) {{ {SELECTION} }} }}", {"id": id})
    assert back["made"] == (await east.data(READ, {"id": id}))["customer"]


async def test_secrets_and_aliases_and_fragments_are_answered(tenants: Tenants) -> None:
    data = await tenants.east.data(
        "mutation ($i: [CreateCustomerInput!]!) { many: createCustomers(inputs: $i)"
        " { __typename ...parts secret: idCard friends { nodes { idCard } } } }"
        " fragment parts on Customer { idCard one: name two: name }",
        {"i": [{"name": "a", "idCard": "s1", "friends": {"create": [{"name": "f", "idCard": "s2"}]}}, {"name": "b"}]},
    )
    assert data["many"] == [
        {
            "__typename": "Customer",
            "idCard": "s1",
            "one": "a",
            "two": "a",
            "secret": "s1",
            "friends": {"nodes": [{"idCard": "s2"}]},
        },
        {"__typename": "Customer", "idCard": None, "one": "b", "two": "b", "secret": None, "friends": {"nodes": []}},
    ]


async def test_fields_of_a_mutation_see_each_other_and_stand_or_fall_together(tenants: Tenants) -> None:
    east = tenants.east
    data = await east.data(
        'mutation { a: createCustomer(input: {name: "a", id: "01990000-0000-7000-8000-000000000001"}) { name }'
        ' b: createOrder(input: {customerId: "01990000-0000-7000-8000-000000000001"})'
        " { customer { name orderCount } }"
        ' c: updateCustomer(id: "01990000-0000-7000-8000-000000000001", input: {points: 1}) { orderCount }'
        " __typename }"
    )
    assert data == {
        "a": {"name": "a"},
        "b": {"customer": {"name": "a", "orderCount": 1}},
        "c": {"orderCount": 1},
        "__typename": "Mutation",
    }
    reply = await east.graphql(
        'mutation { a: createCustomer(input: {name: "x"}) { name } b: createCustomer(input: {name: "#"}) { name }'
        ' c: createCustomer(input: {name: "y"}) { name } }'
    )
    assert reply.body["data"] is None
    assert reply.faults == [("BAD_USER_INPUT", "validation", ("input", "name"))]
    assert reply.errors[0]["path"] == ["b"]
    assert (await east.data("{ customers { totalCount } }"))["customers"]["totalCount"] == 1


async def test_mutations_side_by_side_do_not_mix_their_answers(tenants: Tenants) -> None:
    create = f"mutation ($i: CreateCustomerInput!) {{ made: createCustomer(input: $i) {{ {SELECTION} idCard }} }}"
    replies = await asyncio.gather(
        *(
            tenant.graphql(create, {"i": {"name": f"{tenant.slug}{n}", "idCard": f"{n}"}})
            for n in range(10)
            for tenant in tenants.both
        )
    )
    answered = [(reply.data["made"]["name"], reply.data["made"]["idCard"]) for reply in replies]
    assert answered == [(f"{slug}{n}", f"{n}") for n in range(10) for slug in ("east", "west")]
