"""Calendar arithmetic behind the date functions: local time of a zone, months that end early, whole units between.

Where a local time does not exist (clocks go forward), the offset before the change counts; where it exists twice
(clocks go back), the later instant is meant: PostgreSQL's rule for `timestamp AT TIME ZONE`.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from metadata.expressions.literals import EARLIEST, LATEST

__all__ = [
    "MAX_AMOUNT",
    "MAX_SECONDS",
    "add_days",
    "add_months",
    "add_seconds",
    "at_midnight",
    "bounded",
    "checked_instant",
    "instant",
    "local",
    "months_between",
    "start_of",
]

MAX_AMOUNT = {
    "minute": 2_400_000_000,
    "hour": 40_000_000,
    "day": 1_700_000,
    "week": 240_000,
    "month": 55_000,
    "quarter": 18_000,
    "year": 4_500,
}
"""The most of each unit that can be added; beyond it (some 4,500 years) the result is null."""

MAX_SECONDS = 144_000_000_000
"""The longest duration that can be added to an instant: some 4,500 years."""


def local(value: datetime, zone: tzinfo) -> datetime:
    """The wall clock's reading at an instant, without its zone."""
    return value.astimezone(zone).replace(tzinfo=None, fold=0)


def instant(reading: datetime, zone: tzinfo) -> datetime:
    """The instant of a wall clock's reading, within the years of the language.

    Raises:
        OverflowError: It lies outside them.
    """
    aware = reading.replace(tzinfo=zone)
    before, after = aware.utcoffset(), aware.replace(fold=1).utcoffset()
    assert before is not None
    assert after is not None
    return checked_instant((reading - min(before, after)).replace(tzinfo=UTC))


def checked_instant(value: datetime) -> datetime:
    """An instant, if it is within the years of the language.

    Raises:
        OverflowError: It is not.
    """
    if not EARLIEST <= value < LATEST:
        raise OverflowError
    return value


def bounded(amount: int, unit: str) -> int:
    """An amount of a unit that may be added.

    Raises:
        OverflowError: It is more than MAX_AMOUNT.
    """
    if abs(amount) > MAX_AMOUNT[unit]:
        raise OverflowError
    return amount


def add_days(value: date, days: int) -> date:
    """A date, or a local reading, some days later."""
    return value + timedelta(days=days)


def add_months(value: date, months: int) -> date:
    """A date, or a local reading, some months later; the 31st becomes the last day of a shorter month."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return value.replace(year=year, month=month + 1, day=min(value.day, monthrange(year, month + 1)[1]))


def add_seconds(value: datetime, seconds: int) -> datetime:
    """An instant some seconds later."""
    if abs(seconds) > MAX_SECONDS:
        raise OverflowError
    return checked_instant(value.astimezone(UTC) + timedelta(seconds=seconds))


def months_between(start: date, end: date) -> int:
    """Whole months from one date to another: the most that can be added to the earlier without passing the later."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    reached = min(start.day, monthrange(end.year, end.month)[1])
    return months - (reached > end.day)


def start_of(unit: str, value: date) -> date:
    """First day of the week (Monday), month, quarter or year that holds a day."""
    match unit:
        case "week":
            return value - timedelta(days=value.weekday())
        case "month":
            return value.replace(day=1)
        case "quarter":
            return value.replace(month=(value.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return value.replace(month=1, day=1)
        case _:
            return value


def at_midnight(day: date) -> datetime:
    """The reading of a clock as a day begins."""
    return datetime.combine(day, time())
