"""The pool: bounded, fair between tenants, with affinity, and never leaking a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from metadata.problems import UnavailableError
from server.database.connections import Connections, PoolLimits


@pytest.fixture
async def small(database_url: str) -> AsyncIterator[Connections]:
    async with Connections(database_url, PoolLimits(size=3, tenant_share=2, wait_s=0.4)) as pool:
        yield pool


async def test_a_connection_comes_back_to_the_tenant_that_used_it_last(small: Connections) -> None:
    async with small.acquire("acme") as first:
        pass
    async with small.acquire("globex") as other:
        pass

    async with small.acquire("acme") as again:
        assert again is first
        assert again is not other


async def test_one_tenant_cannot_take_every_connection(small: Connections) -> None:
    async with small.acquire("acme"), small.acquire("acme"):
        waiting = asyncio.ensure_future(small.take("acme"))
        async with asyncio.timeout(2), small.acquire("globex") as connection:
            assert await connection.fetchval("select 1") == 1
        assert not waiting.done()
    small.give_back(await waiting)


async def test_whoever_waits_gets_the_first_connection_that_comes_back(small: Connections) -> None:
    held = await small.take("acme")
    other = await small.take("acme")
    waiting = asyncio.ensure_future(small.take("acme"))
    await asyncio.sleep(0)

    small.give_back(held)

    slot = await waiting
    assert slot.connection is held.connection
    small.give_back(slot)
    small.give_back(other)


async def test_a_wait_ends_with_a_kind_refusal(small: Connections) -> None:
    async with small.acquire("acme"), small.acquire("acme"):
        with pytest.raises(UnavailableError) as refused:
            await small.take("acme")

    assert refused.value.faults[0].reason == "busy"
    async with small.acquire("acme") as connection:
        assert await connection.fetchval("select 1") == 1


async def test_a_waiter_that_is_cancelled_leaves_nothing_behind(small: Connections) -> None:
    async with small.acquire("acme"), small.acquire("acme"):
        waiting = asyncio.ensure_future(small.take("acme"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    async with small.acquire("acme"), small.acquire("acme") as connection:
        assert await connection.fetchval("select 1") == 1


async def test_a_broken_connection_is_replaced(small: Connections) -> None:
    async with small.acquire("acme") as connection:
        connection.terminate()

    async with small.acquire("acme") as fresh:
        assert await fresh.fetchval("select 1") == 1


async def test_many_requests_of_many_tenants_share_three_connections(small: Connections) -> None:
    async def ask(place: int) -> int:
        async with small.acquire(f"tenant{place % 5}") as connection:
            number: int = await connection.fetchval("select $1::int", place)
            return number

    assert await asyncio.gather(*(ask(place) for place in range(60))) == list(range(60))


async def test_a_spare_connection_is_lent_at_once_or_not_at_all(small: Connections) -> None:
    async with small.acquire("east") as first, small.spare("east") as second:
        assert second is not None
        assert second is not first
        async with small.spare("east") as beyond_its_share:
            assert beyond_its_share is None
        async with small.acquire("west"), small.spare("north") as beyond_the_pool:
            assert beyond_the_pool is None
    async with small.spare("north") as free_again:
        assert free_again is not None


async def test_an_old_connection_is_replaced_when_it_comes_back(database_url: str) -> None:
    async with Connections(database_url, PoolLimits(size=1, lifetime_s=0.0)) as pool:
        async with pool.acquire() as first:
            pass
        async with pool.acquire() as second:
            assert second is not first


async def test_values_travel_as_text_and_json_as_bytes(small: Connections) -> None:
    async with small.acquire() as connection:
        row = await connection.fetchrow(
            "select $1::uuid as id, $2::numeric as number, json_build_object('a', 1) as json",
            "01900000-0000-7000-8000-000000000001",
            "12.3400",
        )

    assert tuple(row) == ("01900000-0000-7000-8000-000000000001", "12.3400", b'{"a" : 1}')
