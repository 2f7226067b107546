"""Removes old lines of the log of rules."""

from __future__ import annotations

from datetime import timedelta

from server.database.connections import Connections
from server.events.clock import Clock
from server.rules import sql

__all__ = ["forget_runs"]

_DONE = timedelta(days=400)
"""How long it is kept what a rule did, which guards such as `once` go by."""
_CONSIDERED = timedelta(days=30)
"""How long it is kept why a rule did nothing."""
_BATCH = 10_000


async def forget_runs(connections: Connections, clock: Clock) -> int:
    """Remove what is old; returns how many lines."""
    total, now = 0, clock.now()
    while True:
        async with connections.acquire() as connection:
            done = await connection.execute(sql.FORGET_RUNS, now - _DONE, now - _CONSIDERED)
        removed = int(done.split()[-1])
        total += removed
        if removed < _BATCH:
            return total
