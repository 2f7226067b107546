"""Each record written has exactly one event, in the same transaction; history tells it in the tenant's words."""

from __future__ import annotations

import json
from typing import Any

from tests.fixtures.tenants import Tenants


async def events(tenants: Tenants, tenant: Any) -> list[dict[str, Any]]:
    async with tenants.services.connections.acquire() as connection:
        rows = await connection.fetch(
            "select kind, object, record_id, actor_id, actor_kind, actor_name, changes, cause, request_id, version"
            " from tangram.event where tenant_id = $1 and object not like 'identity__%' order by id",
            tenant.id,
        )
    return [{**dict(row), "changes": json.loads(row["changes"])} for row in rows]


async def test_each_write_has_one_event_with_actor_changes_and_version(tenants: Tenants) -> None:
    east, west = tenants.both
    customer = await east.create("Customer", name="a", points=1, joined=None, level=None)
    update = "mutation ($id: ID!, $i: UpdateCustomerInput!) { updateCustomer(id: $id, input: $i) { id } }"
    await east.data(update, {"id": customer, "i": {"name": "b", "points": 1, "remark": None}})
    await east.data("mutation ($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": customer})
    await east.data("mutation ($id: ID!) { restoreCustomer(id: $id) { id } }", {"id": customer})
    await east.data("mutation ($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": customer})
    await east.data("mutation ($id: ID!) { destroyCustomer(id: $id) }", {"id": customer})
    found = await events(tenants, east)
    assert [event["kind"] for event in found] == ["create", "update", "delete", "restore", "delete", "destroy"]
    assert found[0]["changes"] == {"name": "a", "points": 1, "owner_id": east.admin.id}
    assert found[1]["changes"] == {"name": ["a", "b"]}
    assert list(found[2]["changes"]) == ["deleted_at"]
    for event in found:
        assert event["record_id"] == customer
        assert event["object"] == "customer"
        assert (event["actor_id"], event["actor_kind"]) == (east.admin.id, "user")
        assert event["actor_name"]
        assert event["request_id"]
        assert event["version"] == 1
        assert event["cause"] == []
    assert await events(tenants, west) == []


async def test_nested_writes_have_one_event_for_each_record(tenants: Tenants) -> None:
    east = tenants.east
    store = await east.create("Store", name="s")
    customer = await east.create(
        "Customer",
        name="a",
        store={"create": {"name": "t"}},
        favourites={"connect": [{"id": store}]},
        orders={"create": [{}, {}]},
    )
    found = await events(tenants, east)
    assert sorted((event["kind"], event["object"]) for event in found) == [
        ("create", "customer"),
        ("create", "order"),
        ("create", "order"),
        ("create", "store"),
        ("create", "store"),
    ]
    await east.data(
        "mutation ($id: ID!, $s: ID) { updateCustomer(id: $id, input: {favourites: {disconnect: [{id: $s}]}}) { id } }",
        {"id": customer, "s": store},
    )
    added = await events(tenants, east)
    assert [(event["kind"], event["object"]) for event in added[len(found) :]] == [("update", "customer")]
    data = await east.data(
        "query ($id: ID!) { customer(id: $id) { history { kind changes { field before after } } } }", {"id": customer}
    )
    newest, oldest = data["customer"]["history"]
    assert newest["changes"] == [{"field": "favourites", "before": [store], "after": None}]
    assert {"field": "favourites", "before": None, "after": [store]} in oldest["changes"]


async def test_bulk_writes_have_one_event_for_each_record(tenants: Tenants) -> None:
    east = tenants.east
    await east.data(
        "mutation ($i: [CreateCustomerInput!]!) { createCustomers(inputs: $i) { id } }",
        {"i": [{"name": f"n{n}"} for n in range(20)]},
    )
    await east.data('mutation { updateCustomers(filter: {name: {ne: "n0"}}, input: {points: 2}) { count } }')
    await east.data('mutation { deleteCustomers(filter: {name: {ne: "n0"}}) { count } }')
    kinds = [event["kind"] for event in await events(tenants, east)]
    assert kinds == ["create"] * 20 + ["update"] * 19 + ["delete"] * 19
    records = [event["record_id"] for event in await events(tenants, east)]
    assert len(set(records)) == 20


async def test_a_refused_write_leaves_no_event(tenants: Tenants) -> None:
    east = tenants.east
    await east.faults('mutation { createCustomer(input: {name: "#"}) { id } }')
    await east.faults(
        'mutation { a: createCustomer(input: {name: "a"}) { id } b: createCustomer(input: {name: "#"}) { id } }'
    )
    assert await events(tenants, east) == []


async def test_history_shows_field_names_and_no_secrets(tenants: Tenants) -> None:
    east = tenants.east
    data = await east.data(
        'mutation { createCustomer(input: {name: "a", idCard: "110101199001011234", balance: {amount: "1"}})'
        " { id idCard } }"
    )
    customer = data["createCustomer"]["id"]
    await east.data(
        'mutation ($id: ID!) { updateCustomer(id: $id, input: {idCard: "other", balance: {amount: "2"}}) { id } }',
        {"id": customer},
    )
    async with tenants.services.connections.acquire() as connection:
        stored = await connection.fetchval(f'select id_card from "{east.schema}".customer')
        logged = await connection.fetchval("select string_agg(changes::text, ' ') from tangram.event")
    assert "other" not in stored
    assert "110101199001011234" not in logged
    assert "other" not in logged
    data = await east.data(
        "query ($id: ID!) { customer(id: $id) { idCard history { changes { field before after } } } }",
        {"id": customer},
    )
    assert data["customer"]["idCard"] == "other"
    fields = {change["field"] for entry in data["customer"]["history"] for change in entry["changes"]}
    assert fields == {"name", "balance", "balance.currency", "level", "points", "joined", "owner"}
    assert data["customer"]["history"][0]["changes"] == [{"field": "balance", "before": "1.00", "after": "2.00"}]


async def test_history_keeps_nulls_inside_json(tenants: Tenants) -> None:
    east = tenants.east
    value = {"a": None, "b": [None, {"c": None}]}
    sample = await east.create("Sample", jsonField=value)
    data = await east.data(
        "mutation ($id: ID!) { updateSample(id: $id, input: {jsonField: {x: null}})"
        " { history { changes { field before after } } } }",
        {"id": sample},
    )
    newest, oldest = data["updateSample"]["history"]
    assert newest["changes"] == [{"field": "jsonField", "before": value, "after": {"x": None}}]
    assert {"field": "jsonField", "before": None, "after": value} in oldest["changes"]


async def test_history_is_paged_by_the_id_of_an_entry_and_says_who_and_why(tenants: Tenants) -> None:
    east = tenants.east
    customer = await east.create("Customer", name="one")
    for name in ("two", "three"):
        await east.data(
            "mutation ($id: ID!, $name: String!) { updateCustomer(id: $id, input: {name: $name}) { id } }",
            {"id": customer, "name": name},
        )
    query = """query ($id: ID!, $after: ID) {
        customer(id: $id) { history(first: 2, after: $after) { id kind actor { kind name } cause requestId } }
    }"""

    newest = (await east.data(query, {"id": customer}))["customer"]["history"]
    older = (await east.data(query, {"id": customer, "after": newest[-1]["id"]}))["customer"]["history"]

    assert [entry["kind"] for entry in (*newest, *older)] == ["update", "update", "create"]
    assert {entry["actor"]["kind"] for entry in newest} == {"user"}
    assert all(entry["cause"] == [] and entry["requestId"] for entry in newest)


async def test_a_history_entry_that_is_no_number_is_refused(tenants: Tenants) -> None:
    await tenants.east.create("Customer", name="one")

    faults = await tenants.east.faults('{ customers(first: 1) { nodes { history(after: "x") { id } } } }')

    assert [fault[:2] for fault in faults] == [("BAD_USER_INPUT", "wrong_type")]
