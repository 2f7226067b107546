"""Backlogs that are too deep or too old: which levels are crossed, with what ends them, so that they do not flutter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from metadata.fields.times import read_duration
from metadata.routing.values import QueueLevel

__all__ = ["Backlog", "crossed", "next_crossing", "with_standby"]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a queue.

    Attributes:
        depth: How many pieces of work.
        oldest: When the oldest of them entered; None when nothing waits.
    """

    depth: int
    oldest: datetime | None = None


def crossed(levels: Sequence[QueueLevel], backlog: Backlog, before: Collection[str], now: datetime) -> list[str]:
    """Names of the levels that the backlog is above, in order.

    A depth is crossed by more than so many, and over again with no more than `clear`. An age is crossed when the
    oldest has waited longer, and over when no more than `clear` wait, or none that is as old.
    """
    return [level.name for level in levels if _is_crossed(level, backlog, level.name in before, now)]


def _is_crossed(level: QueueLevel, backlog: Backlog, was: bool, now: datetime) -> bool:
    if level.depth is not None:
        limit = level.clear if was and level.clear is not None else level.depth
        return backlog.depth > limit
    if backlog.oldest is None:
        return False
    if was and level.clear is not None:
        return backlog.depth > level.clear
    return now > backlog.oldest + timedelta(seconds=read_duration(level.age))


def next_crossing(
    levels: Sequence[QueueLevel], backlog: Backlog, before: Collection[str], now: datetime
) -> datetime | None:
    """When the next level is crossed by the clock alone; None when none will be."""
    if backlog.oldest is None:
        return None
    # An age is crossed after so long, not with it.
    found = [
        backlog.oldest + timedelta(seconds=read_duration(level.age), microseconds=1)
        for level in levels
        if level.age and level.name not in before
    ]
    return min((at for at in found if at > now), default=None)


def with_standby(levels: Sequence[QueueLevel], lit: Collection[str]) -> bool:
    """Whether those who stand by work as well."""
    return any(level.standby and level.name in lit for level in levels)
