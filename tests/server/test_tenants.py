from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from metadata.changes.requests import Create
from metadata.problems import NotFoundError
from server.configuration.configure import Configuration
from server.configuration.requests import Applied, Request
from server.configuration.tenancy import create_tenant, drop_tenant
from server.database.connections import Connections
from server.tenants import LoadedTenant, Tenants
from tests.server.configuration.shops import ANNA, document


@pytest.fixture
async def tenants(connections: Connections) -> AsyncIterator[Tenants]:
    async with Tenants(connections) as opened:
        yield opened


async def made(connections: Connections, slug: str) -> Applied:
    return await create_tenant(connections, slug=slug, name=slug.title(), author=ANNA, document=document())


async def add_field(connections: Connections, tenant_id: str, name: str) -> Applied:
    change = Create(kind="field", parent="customer", name=name, body={"type": "text"})
    return await Configuration(connections).apply(tenant_id, Request(changes=(change,)), author=ANNA)


async def seen(tenants: Tenants, tenant_id: str, epoch: int) -> LoadedTenant:
    """Wait until this process has been told of an epoch."""
    for _ in range(2_000):
        loaded = await tenants.get(tenant_id)
        if loaded.epoch >= epoch:
            return loaded
        await asyncio.sleep(0.005)
    raise AssertionError("it was never told")


class Counting:
    """A pool that counts how often it is asked for a connection."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.url = connections.url
        self.count = 0

    def acquire(self, tenant: str | None = None) -> Any:
        self.count += 1
        return self._connections.acquire(tenant)


async def test_a_tenant_is_found_by_slug_and_by_id(tenants: Tenants) -> None:
    east = await made(tenants.connections, "east")
    await made(tenants.connections, "west")

    by_slug, by_id = await tenants.get("east"), await tenants.get(east.tenant_id)

    assert by_slug is by_id
    assert (by_slug.name, by_slug.epoch, by_slug.model.version) == ("East", 1, 1)
    assert "customers" in by_slug.model.object_by_plural
    with pytest.raises(NotFoundError):
        await tenants.get("south")


async def test_requests_that_come_together_load_once(connections: Connections) -> None:
    await made(connections, "east")
    counting = Counting(connections)
    async with Tenants(counting) as tenants:  # type: ignore[arg-type]
        loaded = await asyncio.gather(*(tenants.get("east") for _ in range(20)))
        assert len({id(one) for one in loaded}) == 1
        assert counting.count == 1


async def test_every_process_is_told_of_a_change(tenants: Tenants) -> None:
    east = await made(tenants.connections, "east")
    west = await made(tenants.connections, "west")
    async with Tenants(tenants.connections) as other_process:
        for process in (tenants, other_process):
            await process.get("east")
            await process.get("west")

        await add_field(tenants.connections, east.tenant_id, "size")

        for process in (tenants, other_process):
            await seen(process, east.tenant_id, 2)
            assert "size" in {field.name for field in (await process.get("east")).model.object("customer").fields}
            assert (await process.get(west.tenant_id)).model.version == 1


async def test_refresh_gives_the_newest_even_to_a_process_that_was_not_told(connections: Connections) -> None:
    east = await made(connections, "east")
    deaf = Tenants(connections)
    assert (await deaf.get("east")).model.version == 1
    await add_field(connections, east.tenant_id, "size")
    assert (await deaf.get("east")).model.version == 1

    assert (await deaf.refresh(east.tenant_id)).model.version == 2


async def test_a_change_of_rights_keeps_the_model(tenants: Tenants) -> None:
    east = await made(tenants.connections, "east")
    before = await tenants.get("east")
    async with tenants.connections.transaction() as connection:
        await connection.execute("update tangram.tenant set epoch = epoch + 1 where id = $1", east.tenant_id)
        await connection.execute("select pg_notify('tangram_tenant', $1)", f"{east.tenant_id}:2")

    assert (await seen(tenants, east.tenant_id, 2)).model is before.model


async def test_the_tenant_used_least_lately_is_dropped_when_memory_is_short(connections: Connections) -> None:
    for slug in ("east", "west", "south"):
        await made(connections, slug)
    tenants = Tenants(connections)
    await tenants.get("east")
    tenants.max_bytes = tenants.held_bytes * 2 + 100
    await tenants.get("west")
    await tenants.get("east")
    await tenants.get("south")

    assert len(tenants) == 2
    assert tenants.cached("east") is not None
    assert tenants.cached("west") is None
    assert (await tenants.get("west")).model.slug == "west"


async def test_a_lost_listener_comes_back_and_trusts_nothing_it_held(
    tenants: Tenants, connections: Connections
) -> None:
    east = await made(connections, "east")
    await tenants.get("east")
    async with connections.acquire() as connection:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where query ilike 'listen%' and datname = current_database()"
        )
    await add_field(connections, east.tenant_id, "size")

    await seen(tenants, east.tenant_id, 2)


async def test_a_dropped_tenant_is_not_found_any_more(tenants: Tenants) -> None:
    east = await made(tenants.connections, "east")
    await tenants.get("east")
    await drop_tenant(tenants.connections, east.tenant_id)

    with pytest.raises(NotFoundError):
        await seen(tenants, east.tenant_id, 2)
