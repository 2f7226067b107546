"""Messages whose time is over are removed, with what is known of their deliveries."""

from __future__ import annotations

from datetime import timedelta

from server.database.connections import Connections
from server.events.clock import Clock
from server.notifications import sql

__all__ = ["prune_messages"]

_KEPT = timedelta(days=30)
_BATCH = 2_000


async def prune_messages(connections: Connections, clock: Clock) -> int:
    """Remove messages a month after they expired; returns how many."""
    before = clock.now() - _KEPT
    total = 0
    removed = _BATCH
    while removed == _BATCH:
        async with connections.transaction() as connection:
            await connection.execute(sql.PRUNE_DELIVERIES, before, _BATCH)
            tag: str = await connection.execute(sql.PRUNE, before, _BATCH)
        removed = int(tag.removeprefix("DELETE "))
        total += removed
    return total
