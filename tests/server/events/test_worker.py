from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from server.database.connections import Connections
from tests.server.events.conftest import OTHER_TENANT, TENANT, write
from tests.server.events.worker_under_test import work

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def effects(connections: Connections) -> Connections:
    async with connections.acquire() as connection:
        await connection.execute("create table public.effect (event_id bigint)")
    return connections


@contextlib.asynccontextmanager
async def worker_process(database_url: str, redis_url: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.server.events.worker_under_test", database_url, redis_url, cwd=ROOT
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def worker_task(database_url: str, redis_url: str) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(work(database_url, redis_url, stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def value(connections: Connections, statement: str) -> Any:
    async with connections.acquire() as connection:
        return await connection.fetchval(statement)


async def until(connections: Connections, statement: str) -> None:
    async with asyncio.timeout(60):
        while not await value(connections, statement):  # noqa: ASYNC110 - what is waited for is in the database
            await asyncio.sleep(0.01)


async def test_every_effect_happens_once_though_the_worker_is_killed_and_the_queue_emptied(
    effects: Connections, database_url: str, redis: Redis, redis_url: str
) -> None:
    ids = [
        await write(effects, tenant=TENANT if n % 2 else OTHER_TENANT, kind="update" if n % 4 < 2 else "create")
        for n in range(120)
    ]

    async with worker_process(database_url, redis_url) as first:
        await until(effects, "select count(*) >= 20 from public.effect")
        first.send_signal(signal.SIGKILL)
        await first.wait()
    await redis.flushdb()
    assert await value(effects, "select count(*) < 120 from public.effect")

    async with worker_process(database_url, redis_url):
        await until(effects, "select count(*) >= 40 from public.effect")
        await redis.flushdb()
        await until(effects, "select not exists (select from tangram.job) and count(*) >= 120 from public.effect")

    async with effects.acquire() as connection:
        rows = await connection.fetch("select event_id from public.effect order by event_id")
    assert [row["event_id"] for row in rows] == ids


async def test_worker_told_to_stop_leaves_no_job_running(
    effects: Connections, database_url: str, redis_url: str
) -> None:
    for _ in range(60):
        await write(effects)
    async with worker_process(database_url, redis_url) as process:
        await until(effects, "select count(*) >= 5 from public.effect")
        process.terminate()
        async with asyncio.timeout(20):
            assert await process.wait() == 0

    assert await value(effects, "select count(*) from tangram.job where state = 'running'") == 0


async def test_worker_goes_on_when_its_database_connections_are_cut(
    effects: Connections, database_url: str, redis_url: str
) -> None:
    async with worker_task(database_url, redis_url):
        first = await write(effects)
        await until(effects, "select count(*) = 1 from public.effect")
        async with effects.acquire() as connection:
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        second = await write(effects)
        await until(effects, "select count(*) = 2 from public.effect")

    async with effects.acquire() as connection:
        rows = await connection.fetch("select event_id from public.effect order by event_id")
    assert [row["event_id"] for row in rows] == [first, second]


async def test_worker_goes_on_when_its_valkey_connections_are_cut(
    effects: Connections, database_url: str, redis: Redis, redis_url: str
) -> None:
    async with worker_task(database_url, redis_url):
        await write(effects)
        await until(effects, "select count(*) = 1 from public.effect")
        database = int(redis_url.rsplit("/", 1)[1])
        for client in await redis.client_list():
            if client["db"] == str(database):
                with contextlib.suppress(Exception):
                    await redis.client_kill_filter(_id=client["id"], skipme=True)
        await write(effects)
        await until(effects, "select count(*) = 2 from public.effect")


async def test_slow_tenant_does_not_hold_up_another(effects: Connections, database_url: str, redis_url: str) -> None:
    for _ in range(600):
        await write(effects, tenant=TENANT)
    other = await write(effects, tenant=OTHER_TENANT)
    async with worker_task(database_url, redis_url):
        await until(effects, f"select exists (select from public.effect where event_id = {other})")
        assert await value(effects, "select count(*) < 550 from public.effect")
