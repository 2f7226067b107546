from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from metadata.problems import LimitError
from server.database.connections import Connections
from server.events.bus import Bus, Notice
from server.events.channels import Channels
from tests.server.events.conftest import OTHER_TENANT, TENANT, OpenEngine, new_id, write


async def test_subscriber_is_told_of_its_tenants_changes_only(
    connections: Connections, open_engine: OpenEngine, redis: Redis, channels: Channels
) -> None:
    record = new_id()
    bus = Bus(redis, channels)
    async with bus.subscribe(TENANT, "customer") as notices, open_engine() as engine:
        await write(connections, tenant=OTHER_TENANT, name="Eve")
        event_id = await write(connections, record=record, kind="update", name=["Ann", "Anna"], level=["a", "b"])
        await engine.relay.relay_all()
        async with asyncio.timeout(10):
            notice = await anext(notices)

    assert notice == Notice(event_id, "update", "customer", record, ("name", "level"), 0)


async def test_subscribers_of_a_process_share_one_connection(
    connections: Connections, open_engine: OpenEngine, redis: Redis, channels: Channels
) -> None:
    bus = Bus(redis, channels)
    async with open_engine() as engine:
        one = await bus.subscribe(TENANT, "customer").start()
        two = await bus.subscribe(TENANT, "customer").start()
        counts = dict(await redis.pubsub_numsub(f"tangram:changes:{TENANT}:customer"))
        assert list(counts.values()) == [1]

        await write(connections)
        await engine.relay.relay_all()
        async with asyncio.timeout(10):
            assert await anext(one) == await anext(two)
        await one.aclose()
        await write(connections)
        await engine.relay.relay_all()
        async with asyncio.timeout(10):
            await anext(two)
        await two.aclose()


async def test_slow_subscriber_is_dropped_with_an_error(
    connections: Connections, open_engine: OpenEngine, redis: Redis, channels: Channels
) -> None:
    slow = await Bus(redis, channels, queue_size=3).subscribe(TENANT, "customer").start()
    quick = await Bus(redis, channels).subscribe(TENANT, "customer").start()
    async with open_engine() as engine:
        for _ in range(5):
            await write(connections)
        await engine.relay.relay_all()
        async with asyncio.timeout(10):
            assert len([await anext(quick) for _ in range(5)]) == 5
            for _ in range(3):
                await anext(slow)
            with pytest.raises(LimitError, match="3 changes behind") as caught:
                await anext(slow)
            with pytest.raises(StopAsyncIteration):
                await anext(slow)

    assert caught.value.faults[0].reason == "slow_subscriber"
    await quick.aclose()


async def test_closing_ends_whoever_waits(redis: Redis, channels: Channels) -> None:
    subscription = await Bus(redis, channels).subscribe(TENANT, "customer").start()

    async def read() -> list[Notice]:
        return [notice async for notice in subscription]

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    await subscription.aclose()
    async with asyncio.timeout(10):
        assert await reading == []


async def test_subscription_outlives_a_cut_connection(
    connections: Connections, open_engine: OpenEngine, redis: Redis, channels: Channels
) -> None:
    subscription = await Bus(redis, channels).subscribe(TENANT, "customer").start()
    for client in await redis.client_list():
        if client["sub"] == "2" and client["db"] == str(redis.connection_pool.connection_kwargs["db"]):
            await redis.client_kill_filter(_id=client["id"])
    async with open_engine() as engine, asyncio.timeout(10):
        waiting = asyncio.ensure_future(anext(subscription))
        while not waiting.done():  # what is published before it has reconnected is lost
            await write(connections)
            await engine.relay.relay_all()
            await asyncio.wait([waiting], timeout=0.05)
        assert waiting.result().kind == "create"
    await subscription.aclose()
