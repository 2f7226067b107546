"""A look at everything that waits, from time to time.

Events tell when capacity is freed; that a role was given, a skill added, a calendar changed or a queue removed is seen
by this look.
"""

from __future__ import annotations

from typing import Any

from server.database.connections import Connections
from server.events.clock import Clock
from server.events.timers import TimerDraft, set_timer
from server.routing import sql
from server.routing.handlers import WAKE

__all__ = ["look_at_waiting"]


async def look_at_waiting(connections: Connections, clock: Clock) -> int:
    """Have every queue looked at in which something waits, of every tenant; how many."""
    async with connections.transaction() as connection:
        rows: list[Any] = await connection.fetch(sql.WAITING_QUEUES)
        for row in rows:
            draft = TimerDraft(row["tenant_id"], WAKE, row["queue"], clock.now(), {"queue": row["queue"]})
            await set_timer(connection, draft)
    return len(rows)
