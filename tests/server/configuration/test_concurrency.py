from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from metadata.changes.requests import Create, Remove
from metadata.problems import ConflictError, UnavailableError
from server.configuration.configure import Configuration, Limits
from server.configuration.requests import Applied, Request
from tests.server.configuration.shops import ANNA, BEN, Shop, live_tables

REPOSITORY = Path(__file__).parents[3]


def new_field(name: str) -> Create:
    return Create(kind="field", parent="customer", name=name, body={"type": "text"})


async def test_of_two_changes_of_one_version_exactly_one_is_made(shop: Shop) -> None:
    second = Configuration(shop.configuration.connections)
    results = await asyncio.gather(
        shop.configuration.apply(shop.id, Request(changes=(new_field("a"),)), author=ANNA, expected_version=1),
        second.apply(shop.id, Request(changes=(new_field("b"),)), author=BEN, expected_version=1),
        return_exceptions=True,
    )

    made = [result for result in results if isinstance(result, Applied)]
    refused = [result for result in results if isinstance(result, ConflictError)]
    assert (len(made), len(refused)) == (1, 1)
    assert refused[0].extra["changes"][0]["version"] == 2
    columns = await shop.columns("customer")
    assert ("a" in columns) != ("b" in columns)


async def test_changes_without_an_expected_version_queue_up(shop: Shop) -> None:
    configurations = [Configuration(shop.configuration.connections) for _ in range(4)]
    await asyncio.gather(
        *(
            one.apply(shop.id, Request(changes=(new_field(f"f{number}"),)), author=ANNA)
            for number, one in enumerate(configurations)
        )
    )

    assert {"f0", "f1", "f2", "f3"} <= set(await shop.columns("customer"))
    assert (await shop.configuration.state(shop.id))[0].version == 5


async def test_a_long_read_delays_a_change_and_nobody_else(shop: Shop, database_url: str) -> None:
    reader = await asyncpg.connect(database_url)
    try:
        reading = reader.transaction()
        await reading.start()
        await reader.fetch(f"select * from {shop.schema}.customer")
        quick = Configuration(shop.configuration.connections, Limits(lock_timeout_ms=50))
        change = asyncio.create_task(
            quick.apply(shop.id, Request(changes=(new_field("a"),)), author=ANNA), name="change"
        )
        for _ in range(5):
            assert await shop.values("customer", "name") == []
            await asyncio.sleep(0.02)
        assert not change.done()
        await reading.rollback()
        assert (await change).version == 2
    finally:
        await reader.close()


async def test_a_change_that_never_gets_its_lock_leaves_nothing(shop: Shop, database_url: str) -> None:
    reader = await asyncpg.connect(database_url)
    try:
        async with reader.transaction():
            await reader.fetch(f"select * from {shop.schema}.customer")
            hasty = Configuration(
                shop.configuration.connections, Limits(lock_timeout_ms=20, attempts=2, first_pause_s=0.01)
            )
            with pytest.raises(UnavailableError) as refused:
                await hasty.apply(shop.id, Request(changes=(new_field("a"),)), author=ANNA)
            assert refused.value.faults[0].reason == "busy"
    finally:
        await reader.close()
    assert "a" not in await shop.columns("customer")
    assert (await shop.configuration.state(shop.id))[0].version == 1


async def test_a_change_stays_cut_off_from_the_other_tenant(shop: Shop, other_shop: Shop, database_url: str) -> None:
    reader = await asyncpg.connect(database_url)
    try:
        async with reader.transaction():
            await reader.fetch(f"select * from {shop.schema}.customer")
            assert (await other_shop.apply(new_field("a"))).version == 2
    finally:
        await reader.close()


_STOPPED = """
import asyncio, sys
from metadata.changes.requests import Create
from server.configuration.configure import Configuration
from server.configuration.requests import Author, Request
from server.database.connections import Connections

async def main(url, tenant_id):
    async def wait_forever(connection, plan):
        print("written", flush=True)
        await asyncio.sleep(600)

    changes = (Create(kind="object", name="visit", body={"plural": "visits"}),
               Create(kind="field", parent="customer", name="half", body={"type": "text"}))
    async with Connections(url) as connections:
        await Configuration(connections).apply(
            tenant_id, Request(changes=changes), author=Author(None, "x"), within=wait_forever)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_process_killed_in_the_middle_leaves_what_was_there_before(shop: Shop, database_url: str) -> None:
    before = await live_tables(shop.configuration.connections, shop.schema)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _STOPPED, database_url, shop.id, stdout=subprocess.PIPE, cwd=REPOSITORY
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"written\n"
    finally:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()

    applied = await shop.apply(new_field("after"))

    assert applied.version == 2
    tables = await live_tables(shop.configuration.connections, shop.schema)
    assert tables.pop("customer") == {**before.pop("customer"), "after": ("text", True)}
    assert tables == before


async def test_a_connection_killed_in_the_middle_leaves_what_was_there_before(shop: Shop) -> None:
    async def kill(connection: asyncpg.Connection[asyncpg.Record], plan: object) -> None:
        pid = await connection.fetchval("select pg_backend_pid()")
        async with shop.configuration.connections.acquire() as other:
            await other.execute("select pg_terminate_backend($1)", pid)
        await connection.fetchval("select 1")

    before = await live_tables(shop.configuration.connections, shop.schema)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await shop.configuration.apply(
            shop.id,
            Request(changes=(new_field("a"), Remove(kind="view", parent="customer", name="vips"))),
            author=ANNA,
            within=kill,
        )

    assert await live_tables(shop.configuration.connections, shop.schema) == before
    assert (await shop.configuration.state(shop.id))[0].version == 1
