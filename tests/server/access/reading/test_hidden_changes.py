"""Whoever may not see a value cannot tell that it changed: every answer stays equal, byte by byte."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.access.reading.oracle import answers
from tests.server.access.reading.world import Company

HIDDEN: dict[str, tuple[tuple[str, tuple[Any, ...]], ...]] = {
    "owner": (
        ("update {schema}.customer set points = points + 100", ()),
        ("update {schema}.customer set remark = 'tea, changed' where level <> 'vip'", ()),
        (
            "update {schema}.customer set name = name || ' changed', remark = 'tea' where name = any($1)",
            (["Emil", "Dora"],),
        ),
        ("update {schema}.\"order\" set quantity = 99 where status = 'cancelled'", ()),
        ("update {schema}.store set code = code || 'x', opened = null", ()),
    ),
    "north": (
        ("update {schema}.customer set phone = overlay(phone placing '77' from 8)", ()),
        ("update {schema}.customer set balance = balance + 1000", ()),
        ("update {schema}.customer set name = name || ' changed', points = 1 where name = any($1)", (["Fay", "Dora"],)),
        ('update {schema}."order" set quantity = 98 where quantity in (3, 5)', ()),
    ),
    "finance": (
        ("update {schema}.customer set points = 3, remark = 'tea', phone = null, balance = 1 where level <> 'vip'", ()),
        ('update {schema}."order" set quantity = 97', ()),
    ),
}


@pytest.mark.parametrize("who", HIDDEN)
async def test_a_hidden_value_changes_no_answer(company: Company, who: str) -> None:
    before = await answers(company, who)
    tenant = company.tenant
    async with tenant.services.connections.acquire(tenant.id) as connection:
        for statement, arguments in HIDDEN[who]:
            changed = await connection.execute(statement.format(schema=tenant.schema), *arguments)
            assert not changed.endswith(" 0"), statement
    assert await answers(company, who) == before


async def test_an_update_of_hidden_fields_alone_is_no_entry_of_history(company: Company) -> None:
    tenant = company.tenant
    customer = next(one for one in company.customers if one["name"] == "Anna")
    query = "query($id: ID!) { customer(id: $id) { history { kind changes { field } } } }"
    one, owner = {"id": customer["id"]}, company.people["owner"]
    before = await tenant.data(query, one, person=owner)
    change = "mutation($id: ID!, $input: UpdateCustomerInput!) { updateCustomer(id: $id, input: $input) { id } }"
    await tenant.data(change, {"id": customer["id"], "input": {"points": 4242}})
    assert await tenant.data(query, one, person=owner) == before
    await tenant.data(change, {"id": customer["id"], "input": {"points": 4243, "level": "GOLD"}})
    entries = (await tenant.data(query, one, person=owner))["customer"]["history"]
    assert entries[0] == {"kind": "update", "changes": [{"field": "level"}]}
