"""Changes of the configuration: a segment that says otherwise is worked out anew, one that is gone forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from metadata.changes.plan import Plan
from metadata.model.tenant import TenantModel
from metadata.segments.values import Segment
from metadata.segments.watching import next_sweep, watch_of
from server.events.clock import Clock
from server.events.timers import TimerDraft, set_timer, stop_timer
from server.segments import sql

__all__ = ["CLOCK", "FORGET", "SWEEP", "follow_segments", "set_clock", "set_sweep"]

SWEEP = "segments.sweep"
"""Kind of the timers that work a segment out as a whole."""
CLOCK = "segments.clock"
"""Kind of the timers that do so from time to time."""
FORGET = "segments.forget"
"""Kind of the timers that remove the members of segments that are gone."""


async def set_sweep(
    connection: Any, tenant_id: str, segment: str, due: datetime, payload: dict[str, Any], key: str
) -> None:
    """Have a segment worked out as a whole.

    Args:
        connection: In a transaction.
        tenant_id: The tenant.
        segment: Its name.
        due: When.
        payload: How far it is, and whether it is told.
        key: Names the sweep; one that is set again before it is due moves.
    """
    draft = TimerDraft(tenant_id, SWEEP, f"{segment}:{key}", due, {"segment": segment, **payload}, f"segment {segment}")
    await set_timer(connection, draft)


async def set_clock(connection: Any, model: TenantModel, segment: Segment, now: datetime) -> None:
    """Have a segment worked out when its time comes; never where time alone moves nothing."""
    due = next_sweep(segment, watch_of(model, segment), now, model.settings.timezone)
    if due is None:
        await stop_timer(connection, model.tenant_id, CLOCK, segment.name)
    else:
        draft = TimerDraft(model.tenant_id, CLOCK, segment.name, due, {"segment": segment.name})
        await set_timer(connection, draft)


def follow_segments(clock: Clock) -> Callable[[Any, Plan], Awaitable[None]]:
    """What has every change of the configuration work the segments out anew that it changes."""

    async def follow(connection: Any, plan: Plan) -> None:
        model, now = plan.model, clock.now()
        rows = {row["segment"]: row for row in await connection.fetch(sql.STATES, model.tenant_id)}
        gone = sorted(rows.keys() - model.segments.keys())
        for name in gone:
            await stop_timer(connection, model.tenant_id, CLOCK, name)
            draft = TimerDraft(model.tenant_id, FORGET, name, now, {"segment": name}, f"segment {name}")
            await set_timer(connection, draft)
        if gone:
            await connection.execute(sql.UNDECLARE, model.tenant_id, gone)
        for segment in model.segments.values():
            await set_clock(connection, model, segment, now)
            row, table = rows.get(segment.name), model.object(segment.object).table
            if row is not None and (row["object"], row["condition"]) == (table, segment.when):
                continue
            number = await connection.fetchval(sql.DECLARE, model.tenant_id, segment.name, table, segment.when)
            payload = {"round": number, "tell": segment.announce}
            await set_sweep(connection, model.tenant_id, segment.name, now, payload, f"round {number}")

    return follow
