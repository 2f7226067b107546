"""Removing what is old: marks, fired timers, dead letters and, when the settings say so, handled events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from server.database.connections import Connections
from server.events import sql
from server.events.clock import Clock

__all__ = ["Retention", "prune"]

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept.

    Attributes:
        marks_days: Marks of effects, after their jobs are gone; only for people who look.
        timers_days: Timers that fired.
        dead_jobs_days: Jobs that were given up and that nobody retried; 0 keeps them for ever.
        events_days: Handled events, and history with them; 0 keeps them for ever.
    """

    marks_days: int = 7
    timers_days: int = 7
    dead_jobs_days: int = 90
    events_days: int = 0


async def prune(connections: Connections, retention: Retention, clock: Clock) -> int:
    """Remove what is older than its time, in small transactions; returns the number of rows."""
    rules = [(sql.PRUNE_MARKS, retention.marks_days), (sql.PRUNE_TIMERS, retention.timers_days)]
    if retention.dead_jobs_days:
        rules.append((sql.PRUNE_DEAD_JOBS, retention.dead_jobs_days))
    if retention.events_days:
        rules.append((sql.PRUNE_EVENTS, retention.events_days))
    total = 0
    for statement, days in rules:
        before = clock.now() - timedelta(days=days)
        removed = 1
        while removed:
            async with connections.acquire() as connection:
                removed = int((await connection.execute(statement, before, _BATCH)).removeprefix("DELETE "))
            total += removed
    return total
