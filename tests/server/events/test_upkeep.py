from __future__ import annotations

from datetime import timedelta

import pytest

from server.database.connections import Connections
from server.events.clock import MovedClock
from server.events.handlers import GiveUpError, Handler, Run
from server.events.upkeep import Retention, prune
from tests.server.events.conftest import OpenEngine, write
from tests.server.events.test_relay import always


async def count(connections: Connections, table: str) -> int:
    async with connections.acquire() as connection:
        found: int = await connection.fetchval(f"select count(*) from tangram.{table}")
    return found


@pytest.mark.parametrize(("events_days", "kept"), [(0, 3), (30, 2)])
async def test_only_what_is_old_and_no_longer_needed_is_removed(
    connections: Connections, open_engine: OpenEngine, events_days: int, kept: int
) -> None:
    """Of three events one is done, one has a dead letter, and one is not handled."""

    async def effect(run: Run) -> None:
        if run.event.kind == "delete":
            raise GiveUpError("keep me")
        async with run.once():
            pass

    await write(connections)
    await write(connections, kind="delete")
    async with open_engine(Handler("effect", effect, always)) as engine:
        await engine.work()
    await write(connections)
    clock = MovedClock()
    assert await prune(connections, Retention(events_days=events_days), clock) == 0
    clock.advance(timedelta(days=60))
    await prune(connections, Retention(events_days=events_days), clock)

    assert await count(connections, "handler_mark") == 0
    assert await count(connections, "event") == kept
    assert await count(connections, "job") == 1
