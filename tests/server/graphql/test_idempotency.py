"""Mutations with an Idempotency-Key: performed once, answered the same."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from metadata.changes.state import State
from server.graphql.idempotency import KEPT_FOR, forget_old, request_hash
from server.rotation.places import sealed_columns
from server.rotation.recrypting import count_left, recrypt_batch
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


async def test_a_kept_answer_shows_nobody_what_is_encrypted(tenants: Tenants) -> None:
    """Neither the answer nor the hash of the request: short numbers could be guessed and compared."""
    east = tenants.east
    create = 'mutation ($card: String) { createCustomer(input: {name: "a", idCard: $card}) { id idCard } }'
    first = await east.data(create, {"card": "110101199003071234"}, idempotency_key="k")
    assert first["createCustomer"]["idCard"] == "110101199003071234"
    assert await east.data(create, {"card": "110101199003071234"}, idempotency_key="k") == first
    async with east.services.connections.acquire() as connection:
        row = await connection.fetchrow("select answer, request_hash from tangram.idempotent_answer")
    assert row["answer"].startswith("v1.1.")
    assert "110101" not in row["answer"]
    assert row["request_hash"] != request_hash(create, None, {"card": "110101199003071234"}, secret="")


async def test_a_kept_answer_is_given_after_keys_were_rotated(tenants: Tenants) -> None:
    east = tenants.east
    first = await east.data(CREATE, {"name": "a"}, idempotency_key="k")
    vault = tenants.services.vault
    await vault.rotate(east.id)
    cipher = await vault.fresh(east.id)
    (column,) = [
        one for one in sealed_columns(await _state(east), east.schema) if one.table == "tangram.idempotent_answer"
    ]
    async with east.services.connections.transaction(east.id) as connection:
        assert await count_left(connection, cipher, column) == 1
        assert (await recrypt_batch(connection, cipher, column)).written == 1
        assert await count_left(connection, cipher, column) == 0
        await vault.remove_keys_below(connection, east.id, cipher.current)
    vault.forget(east.id)
    assert await east.data(CREATE, {"name": "a"}, idempotency_key="k") == first


async def _state(tenant: Tenant) -> State:
    state, _model = await tenant.services.configuration.state(tenant.id)
    return state
