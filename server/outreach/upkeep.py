"""Messages to customers are removed when their time is over."""

from __future__ import annotations

from datetime import timedelta

from server.database.connections import Connections
from server.events.clock import Clock
from server.outreach import sql

__all__ = ["prune_outreach"]

_BATCH = 5_000


async def prune_outreach(connections: Connections, clock: Clock, *, days: int) -> int:
    """Remove messages that were put down longer ago and wait for nothing; returns how many. 0 days keeps all."""
    total, removed = 0, 1
    while days and removed:
        async with connections.acquire() as connection:
            tag: str = await connection.execute(sql.PRUNE, clock.now() - timedelta(days=days), _BATCH)
        removed = int(tag.removeprefix("DELETE "))
        total += removed
    return total
