"""A change of what is declared, between planning and writing, is noticed: the write is planned anew."""

from __future__ import annotations

import asyncio

import pytest

from tests.fixtures.tenants import Tenant, Tenants

WRITES: dict[str, str] = {
    "create": 'mutation ($id: ID!) { createNote(input: {body: "n", targetType: "customer", targetId: $id}) { id } }',
    "update": 'mutation ($id: ID!) { updateCustomer(id: $id, input: {remark: "r"}) { id } }',
    "nested": (
        "mutation ($id: ID!) { updateCustomer(id: $id, input: {orders: {create: [{}]}, favourites: {create: "
        '[{name: "s"}]}, store: {create: {name: "t"}}}) { id orders { totalCount } } }'
    ),
    "update many": 'mutation { updateCustomers(filter: {name: {eq: "nobody"}}, input: {remark: "r"}) { count } }',
    "delete": "mutation ($id: ID!) { deleteCustomer(id: $id) { id } restoreCustomer(id: $id) { id } }",
    "delete many": 'mutation { deleteCustomers(filter: {name: {eq: "nobody"}}) { count } }',
    "restore many": 'mutation { restoreCustomers(filter: {name: {eq: "nobody"}}) { count } }',
    "upsert": 'mutation { upsertRegions(by: [NAME], inputs: [{name: "r"}]) { id } }',
    "merge": (
        'mutation ($id: ID!) { createCustomer(input: {name: "m", id: "01990000-0000-7000-8000-000000000001"}) { id }'
        ' mergeCustomers(into: $id, ids: ["01990000-0000-7000-8000-000000000001"]) { id }'
        ' destroyCustomer(id: "01990000-0000-7000-8000-000000000001") }'
    ),
}


async def bump(tenants: Tenants, tenant: Tenant) -> None:
    """Change the epoch behind the server's back, as another process would before its notice arrives."""
    async with tenants.services.connections.acquire() as connection:
        await connection.execute("update tangram.tenant set epoch = epoch + 1 where id = $1", tenant.id)


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_planned_for_an_older_epoch_is_planned_anew(tenants: Tenants, name: str) -> None:
    east = tenants.east
    customer = await east.create("Customer", name="a")
    variables = {"id": customer} if "$id" in WRITES[name] else None
    for _ in range(2):  # with a new plan, and with one that was kept
        before = (await tenants.services.tenants.get(east.id)).epoch
        await bump(tenants, east)
        await east.data(WRITES[name], variables)
        assert (await tenants.services.tenants.get(east.id)).epoch == before + 1


async def test_fields_come_and_go_while_records_are_written(tenants: Tenants) -> None:
    east = tenants.east
    customer = await east.create("Customer", name="a")
    done = asyncio.Event()

    async def write() -> list[str]:
        codes = []
        while not done.is_set():
            for query in (WRITES["update"], WRITES["nested"], WRITES["create"]):
                reply = await east.graphql(query, {"id": customer})
                codes += [error["extensions"]["code"] for error in reply.body.get("errors", ())]
        return codes

    writers = [asyncio.create_task(write()) for _ in range(2)]
    for number in range(4):
        for query, variables in (
            (
                'mutation ($f: FieldInput!) { createField(object: "customer", field: $f) { version } }',
                {"f": {"name": f"extra{number}", "type": "TEXT"}},
            ),
            (
                'mutation ($n: String!) { removeField(object: "customer", name: $n) { version } }',
                {"n": f"extra{number}"},
            ),
        ):
            reply = await east.graphql(query, variables, path="/metadata")
            assert "errors" not in reply.body, reply.body
    done.set()
    found = [code for codes in await asyncio.gather(*writers) for code in codes]
    assert "INTERNAL" not in found
    assert set(found) <= {"CONFLICT", "UNAVAILABLE", "BAD_USER_INPUT"}, found
