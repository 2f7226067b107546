"""Writes that arrive together share a statement, and nobody notices but PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from typing import Any

from tests.fixtures.tenants import Person, Reply, Tenant, Tenants

CREATE = "mutation ($i: CreateCustomerInput!) { createCustomer(input: $i) { id name } }"
UPDATE = "mutation ($id: ID!, $i: UpdateCustomerInput!) { updateCustomer(id: $id, input: $i) { name points version } }"
MANY = 40


async def together(*requests: Any) -> list[Reply]:
    return list(await asyncio.gather(*requests))


async def rows(tenants: Tenants, sql: str, *arguments: Any) -> list[Any]:
    async with tenants.services.connections.acquire() as connection:
        return list(await connection.fetch(sql, *arguments))


async def transactions(tenants: Tenants, tenant: Tenant) -> list[int]:
    """How many records each transaction has written."""
    found = await rows(tenants, f'select xmin::text as xid from "{tenant.schema}".customer')
    return sorted(Counter(row["xid"] for row in found).values())


async def test_creations_share_transactions_and_each_is_answered_and_logged_by_itself(tenants: Tenants) -> None:
    east, west = tenants.both
    await together(*(tenant.graphql(CREATE, {"i": {"name": "warm"}}) for tenant in (east, west) for _ in range(2)))
    names = [f"{n}" for n in range(MANY)]
    replies = await together(
        *(tenant.graphql(CREATE, {"i": {"name": name}}) for name in names for tenant in (east, west))
    )
    assert [reply.data["createCustomer"]["name"] for reply in replies] == [name for name in names for _ in "ew"]
    for tenant in (east, west):
        written = await transactions(tenants, tenant)
        assert sum(written) == MANY + 2
        assert max(written) > 1
        events = await rows(
            tenants,
            "select record_id, request_id from tangram.event where tenant_id = $1 and object = 'customer'",
            tenant.id,
        )
        assert len({event["record_id"] for event in events}) == len(events) == MANY + 2
        assert len({event["request_id"] for event in events}) == MANY + 2


async def test_one_that_is_refused_does_not_touch_those_beside_it(tenants: Tenants) -> None:
    east = tenants.east
    await east.create("Customer", name="first", phone="+8613800138000")
    inputs = [{"name": f"{n}", "phone": "+8613800138000" if n % 10 == 5 else None} for n in range(MANY)]
    replies = await together(*(east.graphql(CREATE, {"i": given}) for given in inputs))
    for given, reply in zip(inputs, replies, strict=True):
        if given["phone"]:
            assert reply.faults == [("CONFLICT", "not_unique", ("input", "phone"))]
        else:
            assert reply.data["createCustomer"]["name"] == given["name"]
    assert sum(await transactions(tenants, east)) == 1 + MANY - 4


async def test_changes_of_one_record_that_arrive_together_are_made_one_after_another(tenants: Tenants) -> None:
    east = tenants.east
    customer = await east.create("Customer", name="a", points=0)
    other = await east.create("Customer", name="b", points=0)
    await together(
        *(east.graphql(UPDATE, {"id": id, "i": {"points": n}}) for n in range(1, MANY + 1) for id in (customer, other))
    )
    query = "query ($id: ID!) { customer(id: $id) { version history(first: 100) { changes { field before after } } } }"
    for id in (customer, other):
        read = (await east.data(query, {"id": id}))["customer"]
        changes = [
            (change["before"], change["after"])
            for entry in reversed(read["history"])
            for change in entry["changes"]
            if change["field"] == "points"
        ]
        assert read["version"] == 1 + MANY
        assert all(before[1] == after[0] for before, after in itertools.pairwise(changes))


async def test_events_name_the_person_who_wrote(tenants: Tenants) -> None:
    east = tenants.east
    people: tuple[Person, Person] = (east.admin, east.member)
    replies = await together(
        *(east.graphql(CREATE, {"i": {"name": person.email}}, person=person) for _ in range(MANY) for person in people)
    )
    assert all("errors" not in reply.body for reply in replies)
    events = await rows(
        tenants,
        "select actor_id, changes ->> 'name' as name from tangram.event where tenant_id = $1 and object = 'customer'",
        east.id,
    )
    assert Counter((event["actor_id"], event["name"]) for event in events) == {
        (person.id, person.email): MANY for person in people
    }


async def test_writes_go_on_while_the_tenant_changes(tenants: Tenants) -> None:
    east = tenants.east
    change = 'mutation { createField(object: "customer", field: {name: "extra", type: TEXT}) { version } }'
    requests = [east.graphql(CREATE, {"i": {"name": f"{n}"}}) for n in range(MANY)]
    replies = await together(*requests[:20], east.graphql(change, path="/metadata"), *requests[20:])
    assert all("errors" not in reply.body for reply in replies)
    assert sum(await transactions(tenants, east)) == MANY
