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


@pytest.mark.parametrize(
    ("retention", "jobs", "events"),
    [
        (Retention(dead_jobs_days=0), 1, 3),
        (Retention(dead_jobs_days=0, events_days=30), 1, 2),
        (Retention(dead_jobs_days=90, events_days=30), 1, 2),
        (Retention(dead_jobs_days=30), 0, 3),
        (Retention(dead_jobs_days=30, events_days=30), 0, 1),
    ],
    ids=["dead letters and events stay", "events go", "young dead letters stay", "old dead letters go", "both go"],
)
async def test_only_what_is_old_and_no_longer_needed_is_removed(
    connections: Connections, open_engine: OpenEngine, retention: Retention, jobs: int, events: int
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
    assert await prune(connections, retention, clock) == 0
    clock.advance(timedelta(days=60))
    await prune(connections, retention, clock)

    assert await count(connections, "handler_mark") == 0
    assert await count(connections, "event") == events
    assert await count(connections, "job") == jobs
