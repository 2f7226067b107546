"""Timers: rows that fall due. A due timer becomes a job of the handler it names, once, late rather than never."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import structlog

from server.database.connections import Connections
from server.events import sql
from server.events.clock import Clock
from server.events.dispatch import Dispatcher
from server.events.jobs import JobDraft, add_jobs

__all__ = ["TimerDraft", "Timers", "set_timer", "stop_timer"]

_BATCH = 200
_log = structlog.get_logger("tangram.events")


@dataclass(frozen=True, slots=True)
class TimerDraft:
    """A timer to set.

    Attributes:
        kind: Name of the handler that is called.
        key: Names the timer within its kind; setting it again moves it.
        payload: JSON-ready; handed to the handler.
        stream: Stream of its job; empty for no order.
    """

    tenant_id: str
    kind: str
    key: str
    due_at: datetime
    payload: Any = None
    stream: str = ""


async def set_timer(connection: Any, draft: TimerDraft) -> None:
    """Set or move a timer in the connection's transaction."""
    payload = None if draft.payload is None else msgspec.json.encode(draft.payload).decode()
    await connection.execute(sql.SET_TIMER, draft.tenant_id, draft.kind, draft.key, draft.stream, draft.due_at, payload)


async def stop_timer(connection: Any, tenant_id: str, kind: str, key: str) -> bool:
    """Take a timer back in the connection's transaction; False when it fired before or was never set."""
    return await connection.fetchval(sql.STOP_TIMER, tenant_id, kind, key) is not None


class Timers:
    """Fires due timers, one process at a time, in the order they fall due."""

    def __init__(self, connections: Connections, dispatcher: Dispatcher, clock: Clock) -> None:
        self._connections = connections
        self._dispatcher = dispatcher
        self._clock = clock

    async def fire_due(self) -> int:
        """Fire every timer that is due by now; returns how many."""
        total = 0
        while True:
            fired, tenants = await self._fire_batch()
            for tenant_id in tenants:
                await self._dispatcher.dispatch(tenant_id)
            total += fired
            if fired < _BATCH:
                return total

    async def seconds_to_next(self, at_most: float) -> float:
        """Seconds until the next timer is due, not more than `at_most`."""
        async with self._connections.acquire() as connection:
            due_at: datetime | None = await connection.fetchval(sql.NEXT_TIMER)
        if due_at is None:
            return at_most
        return min(at_most, max(0.0, (due_at - self._clock.now()).total_seconds()))

    async def step(self, wake: asyncio.Event, *, every_s: float = 1.0) -> None:
        """Fire what is due, then wait until something is, or for a wake-up, or `every_s`."""
        wake.clear()
        await self.fire_due()
        try:
            async with asyncio.timeout(max(0.005, await self.seconds_to_next(every_s))):
                await wake.wait()
        except TimeoutError:
            pass

    async def _fire_batch(self) -> tuple[int, list[str]]:
        async with self._connections.transaction() as connection:
            if not await connection.fetchval(sql.LOCK_TIMERS):
                return 0, []
            rows = await connection.fetch(sql.FIRE_TIMERS, self._clock.now(), _BATCH)
            by_tenant: dict[str, list[JobDraft]] = {}
            for row in rows:
                draft = JobDraft(
                    handler=row["kind"],
                    key=f"{row['key']}@{row['due_at'].isoformat()}",
                    stream=row["stream"],
                    payload=None if row["payload"] is None else msgspec.Raw(row["payload"].encode()),
                    next_at=row["due_at"],
                )
                by_tenant.setdefault(row["tenant_id"], []).append(draft)
            for tenant_id, drafts in by_tenant.items():
                await add_jobs(connection, tenant_id, drafts)
        return len(rows), list(by_tenant)
