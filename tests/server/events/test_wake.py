from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from server.events.channels import Channels
from server.events.wake import Wake


async def test_many_nudges_are_one_wake_up(redis: Redis, channels: Channels) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await channels.add("test:wake", heard.put_nowait)
    async with Wake(redis, "test:wake") as wake:
        for _ in range(1_000):
            wake.nudge()
        async with asyncio.timeout(10):
            await heard.get()

    assert heard.empty()


async def test_last_nudge_before_the_end_is_sent(redis: Redis, channels: Channels) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await channels.add("test:last", heard.put_nowait)
    async with Wake(redis, "test:last") as wake:
        wake.nudge()
    async with asyncio.timeout(10):
        assert await heard.get() == b""


async def test_nudge_does_not_fail_when_valkey_is_away() -> None:
    async with Redis.from_url("redis://127.0.0.1:1/0") as nobody, Wake(nobody, "test:away") as wake:
        wake.nudge()
