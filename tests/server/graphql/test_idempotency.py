"""Mutations with an Idempotency-Key: performed once, answered the same."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from server.graphql.idempotency import KEPT_FOR, forget_old
from tests.fixtures.tenants import Tenant, Tenants

CREATE = "mutation ($name: String!) { createCustomer(input: {name: $name}) { id name } __typename }"


async def total(tenant: Tenant) -> int:
    found: int = (await tenant.data("{ customers { totalCount } }"))["customers"]["totalCount"]
    return found


async def test_a_repeat_gets_the_first_answer_and_writes_nothing(tenants: Tenants) -> None:
    east = tenants.east
    first = await east.data(CREATE, {"name": "a"}, idempotency_key="k1")
    assert await east.data(CREATE, {"name": "a"}, idempotency_key="k1") == first
    assert await total(east) == 1
    assert await east.data(CREATE, {"name": "a"}, idempotency_key="k2") != first
    assert await total(east) == 2


async def test_concurrent_repeats_are_performed_once(tenants: Tenants) -> None:
    east = tenants.east
    replies = await asyncio.gather(*(east.graphql(CREATE, {"name": "a"}, idempotency_key="k") for _ in range(5)))
    assert len({reply.data["createCustomer"]["id"] for reply in replies}) == 1
    assert await total(east) == 1


async def test_the_same_key_for_another_request_is_refused(tenants: Tenants) -> None:
    east = tenants.east
    await east.data(CREATE, {"name": "a"}, idempotency_key="k")
    reply = await east.graphql(CREATE, {"name": "b"}, idempotency_key="k")
    assert [fault[:2] for fault in reply.faults] == [("BAD_USER_INPUT", "idempotency_mismatch")]
    assert reply.errors[0]["extensions"]["hint"]
    assert await total(east) == 1


async def test_a_failed_request_is_not_kept(tenants: Tenants) -> None:
    east = tenants.east
    for _ in range(2):
        faults = await east.faults(CREATE, {"name": "#"}, idempotency_key="k")
        assert faults == [("BAD_USER_INPUT", "validation", ("input", "name"))]
    assert (await east.data(CREATE, {"name": "a"}, idempotency_key="k"))["createCustomer"]["name"] == "a"


async def test_keys_belong_to_a_tenant_and_an_actor(tenants: Tenants) -> None:
    east, west = tenants.both
    mine = await east.data(CREATE, {"name": "a"}, idempotency_key="k")
    theirs = await west.data(CREATE, {"name": "a"}, idempotency_key="k")
    assert mine != theirs
    assert (await total(east), await total(west)) == (1, 1)


async def test_an_overlong_key_is_refused(tenants: Tenants) -> None:
    faults = await tenants.east.faults(CREATE, {"name": "a"}, idempotency_key="k" * 201)
    assert [fault[:2] for fault in faults] == [("BAD_USER_INPUT", "bad_idempotency_key")]
    assert await total(tenants.east) == 0


async def test_a_query_may_carry_a_key(tenants: Tenants) -> None:
    for _ in range(2):
        assert await tenants.east.data("{ customers { totalCount } }", idempotency_key="k")
        await tenants.east.create("Customer", name="a")
    assert await total(tenants.east) == 2


async def test_old_keys_are_forgotten(tenants: Tenants) -> None:
    east, services = tenants.east, tenants.services
    await east.data(CREATE, {"name": "a"}, idempotency_key="k")
    now = services.clock.now()
    assert await forget_old(services.connections, now) == 0
    assert await forget_old(services.connections, now + KEPT_FOR + timedelta(minutes=1)) == 1
    await east.data(CREATE, {"name": "a"}, idempotency_key="k")
    assert await total(east) == 2
