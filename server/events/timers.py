"""Timers: rows that fall due. A due timer becomes a job of the handler it names, once, late rather than never.

In a tenant whose trial is over nothing moves by itself: what falls due there rests until the tenant is told to go on,
and is made up for then. Only kinds that are `always` fire all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from server.database.connections import Connections
from server.events import sql
from server.events.clock import Clock
from server.events.dispatch import Dispatcher

__all__ = [
    "TimerDraft",
    "Timers",
    "set_no_later",
    "set_timer",
    "set_timers",
    "stop_timer",
    "stop_timers",
    "wake_timers",
]

_BATCH = 500
_TURN = 100
"""Timers of each tenant that are fired at a time when more are due than a batch holds."""


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
    await set_timers(connection, [draft])


async def set_timers(connection: Any, drafts: Sequence[TimerDraft]) -> None:
    """Set or move timers of one tenant, in their order; of those with the same kind and key the last counts."""
    if drafts:
        given = list({(one.kind, one.key): one for one in drafts}.values())
        payloads = [None if one.payload is None else msgspec.json.encode(one.payload).decode() for one in given]
        await connection.execute(
            sql.SET_TIMERS, given[0].tenant_id, [one.kind for one in given], [one.key for one in given],
            [one.stream for one in given], [one.due_at for one in given], payloads,
        )  # fmt: skip


async def set_no_later(connection: Any, drafts: Sequence[TimerDraft]) -> None:
    """Have timers of one kind fire at their instants at the latest: one that is set for sooner stays, and unlocked.

    Args:
        connection: In a transaction.
        drafts: In the order of their keys, so that two transactions do not wait for each other.
    """
    if drafts:
        first = drafts[0]
        payloads = [None if one.payload is None else msgspec.json.encode(one.payload).decode() for one in drafts]
        await connection.execute(
            sql.SET_NO_LATER, first.tenant_id, first.kind, [one.key for one in drafts],
            [one.stream for one in drafts], [one.due_at for one in drafts], payloads,
        )  # fmt: skip


async def stop_timer(connection: Any, tenant_id: str, kind: str, key: str) -> bool:
    """Take a timer back in the connection's transaction; False when it fired before or was never set."""
    return await stop_timers(connection, tenant_id, kind, [key]) == 1


async def stop_timers(connection: Any, tenant_id: str, kind: str, keys: Sequence[str]) -> int:
    """Take several back; how many of them were set and had not fired."""
    return len(await connection.fetch(sql.STOP_TIMERS, tenant_id, kind, list(keys)))


async def wake_timers(connection: Any, tenant_id: str) -> None:
    """Have a tenant go on whose trial was over: what has rested fires soon, in the order it was due."""
    await connection.execute(sql.WAKE_TIMERS, tenant_id)


class Timers:
    """Fires due timers, one process at a time, in the order they fall due.

    Args:
        always: Kinds that fire in tenants whose trial is over too.
    """

    def __init__(
        self, connections: Connections, dispatcher: Dispatcher, clock: Clock, *, always: Sequence[str] = ()
    ) -> None:
        self._connections = connections
        self._always = list(always)
        self._dispatcher = dispatcher
        self._clock = clock

    async def fire_due(self) -> int:
        """Fire every timer that is due by now; returns how many.

        A tenant with many of them makes no other one wait for all of them: when they are more than a batch, one batch
        holds those that fell due first, and the next one some of every tenant.
        """
        total = 0
        while True:
            first = await self._fire(sql.FIRE_TIMERS, _BATCH)
            total += first
            if first < _BATCH:
                return total
            total += await self._fire(sql.FIRE_TIMERS_BY_TURNS, _TURN)

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

    async def _fire(self, statement: str, limit: int) -> int:
        async with self._connections.transaction() as connection:
            if not await connection.fetchval(sql.LOCK_TIMERS):
                return 0
            fired = await connection.fetch(statement, self._clock.now(), limit, self._always)
        for row in fired:
            await self._dispatcher.dispatch(row["tenant_id"])
        return sum(row["timers"] for row in fired)
