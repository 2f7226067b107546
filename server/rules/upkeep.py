"""Removes old lines of the log of rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.database.connections import Connections
from server.events.clock import Clock
from server.rules import sql

__all__ = ["LogRetention", "forget_runs"]

_BATCH = 10_000
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LogRetention:
    """How long lines of the log are kept; 0 keeps them for ever.

    Attributes:
        done_days: What a rule did, which guards go by. What a rule did that acts `once` for a record is kept as long
            as that rule counts, since it would act again.
        considered_days: Why a rule did nothing.
    """

    done_days: int
    considered_days: int


async def forget_runs(connections: Connections, clock: Clock, retention: LogRetention) -> int:
    """Remove what is old; returns how many lines."""
    total, now = 0, clock.now()
    done, considered = (
        now - timedelta(days=days) if days else _EVER for days in (retention.done_days, retention.considered_days)
    )
    while True:
        async with connections.acquire() as connection:
            tag = await connection.execute(sql.FORGET_RUNS, done, considered)
        removed = int(tag.split()[-1])
        total += removed
        if removed < _BATCH:
            return total
