"""Working time: the instant when so much of it has passed, and how much of it lies between two instants.

Instants go in and come out aware; the arithmetic is in whole seconds. What is due exactly at the end of a window is due
then, not when the next one begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from metadata.calendars.hours import Hours

__all__ = ["HORIZON_DAYS", "due_after", "first_working", "paused_due", "working_day", "working_seconds"]

HORIZON_DAYS = 3_660
"""Days that are searched for working time: ten years."""


def due_after(hours: Hours, begin: datetime, seconds: int) -> datetime | None:
    """When `seconds` of working time have passed since `begin`; None when ten years do not hold them."""
    if hours.always or seconds <= 0:
        return begin + timedelta(seconds=max(seconds, 0))
    start, left = _seconds(begin), seconds
    day = hours.day_of(start) - timedelta(days=1)
    for _ in range(HORIZON_DAYS):
        for opens, closes in hours.spans(day):
            if closes <= start:
                continue
            available = closes - max(opens, start)
            if available >= left:
                return _instant(max(opens, start) + left)
            left -= available
        day += timedelta(days=1)
    return None


def working_day(hours: Hours, day: date, count: int) -> date | None:
    """The last of so many working days, `day` being the first if it is one; None when ten years do not hold them."""
    for _ in range(HORIZON_DAYS):
        count -= bool(hours.spans(day))
        if count <= 0:
            return day
        day += timedelta(days=1)
    return None


def working_seconds(hours: Hours, begin: datetime, end: datetime) -> int:
    """Seconds of working time from `begin` to `end`; 0 when it is not later."""
    start, stop = _seconds(begin), _seconds(end)
    if stop <= start:
        return 0
    if hours.always:
        return stop - start
    total = 0
    day, last = hours.day_of(start) - timedelta(days=1), hours.day_of(stop)
    while day <= last:
        for opens, closes in hours.spans(day):
            total += max(0, min(closes, stop) - max(opens, start))
        day += timedelta(days=1)
    return total


def first_working(hours: Hours, instant: datetime) -> datetime | None:
    """The instant itself where it is working time, else the next one that is; None when there is none."""
    if hours.always:
        return instant
    start = _seconds(instant)
    day = hours.day_of(start) - timedelta(days=1)
    for _ in range(HORIZON_DAYS):
        for opens, closes in hours.spans(day):
            if closes > start:
                return instant if opens <= start else _instant(opens)
        day += timedelta(days=1)
    return None


def paused_due(
    hours: Hours, begin: datetime, seconds: int, pauses: Iterable[tuple[datetime, datetime]]
) -> datetime | None:
    """When `seconds` of working time outside of pauses have passed since `begin`.

    Args:
        hours: Which hours count.
        begin: From when.
        seconds: How much.
        pauses: Ended pauses, sorted, apart from each other.
    """
    left, here = seconds, begin
    for start, end in pauses:
        if end <= here:
            continue
        due = due_after(hours, here, left)
        if due is None or due <= start:
            return due
        left -= working_seconds(hours, here, start)
        here = max(end, here)
    return due_after(hours, here, left)


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
