"""The three clocks of a record that somebody holds: protection, extension by effective work, maximum. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from metadata.calendars.arithmetic import due_after, working_day
from metadata.calendars.hours import Hours
from metadata.fields.times import read_duration
from metadata.pools.values import Pool, PoolSegment

__all__ = ["Holding", "Terms", "extended", "postponed", "started", "strictest", "terms_of"]


@dataclass(frozen=True, slots=True)
class Terms:
    """Lengths of time that count for a record, and how they are counted."""

    protection: str
    extension: str
    maximum: str
    first_contact: str
    unit: str
    zone: ZoneInfo
    hours: Hours | None


@dataclass(frozen=True, slots=True)
class Holding:
    """When a record was claimed, when it is due, and when it is due whatever happens (None for never)."""

    since: datetime
    due_at: datetime
    max_at: datetime | None


def terms_of(pool: Pool, segment: PoolSegment | None, zone: ZoneInfo, hours: Hours | None) -> Terms:
    """The lengths of a pool, or of the segment that a record belongs to."""
    source = segment or pool
    return Terms(source.protection, source.extension, source.maximum, pool.first_contact, pool.unit, zone, hours)


def started(terms: Terms, now: datetime) -> Holding:
    """A claim: protection begins, or the time for the first contact, where that is shorter."""
    max_at = _after(terms, now, terms.maximum) if terms.maximum else None
    due = _after(terms, now, terms.protection)
    if terms.first_contact:
        due = min(due, _after(terms, now, terms.first_contact))
    return Holding(now, due if max_at is None else min(due, max_at), max_at)


def extended(holding: Holding, terms: Terms, at: datetime) -> Holding:
    """Effective work moves the due time, only if later, and never past the maximum."""
    due = holding.due_at
    if terms.first_contact:  # it was made in time, so that protection counts from now on
        due = max(due, _after(terms, holding.since, terms.protection))
    if terms.extension:
        due = max(due, _after(terms, at, terms.extension))
    return replace(holding, due_at=due if holding.max_at is None else min(due, holding.max_at))


def postponed(holding: Holding, by: str, now: datetime) -> Holding:
    """A manager has refused to take it back: the due time moves, the maximum with it."""
    due = now + timedelta(seconds=read_duration(by))
    max_at = None if holding.max_at is None else max(holding.max_at, due)
    return replace(holding, due_at=due, max_at=max_at)


def strictest(clocks: Sequence[Holding]) -> Holding:
    """Of several clocks, what was begun first and ends first."""
    latest = [one.max_at for one in clocks if one.max_at is not None]
    return Holding(min(one.since for one in clocks), min(one.due_at for one in clocks), min(latest) if latest else None)


def _after(terms: Terms, at: datetime, length: str) -> datetime:
    """When a length of time is over: in hours, or at the midnight that ends the last of so many days."""
    seconds = read_duration(length)
    days, rest = divmod(seconds, 86_400)
    if terms.unit == "days" and days and not rest:
        return _end_of_days(terms, at, days)
    if terms.hours is None:
        return at + timedelta(seconds=seconds)
    due = due_after(terms.hours, at, seconds)
    assert due is not None  # calendars have working time in the years ahead
    return due


def _end_of_days(terms: Terms, at: datetime, days: int) -> datetime:
    """Days of the calendar, or working days; the day of `at` is the first of them."""
    first = at.astimezone(terms.zone).date()
    last: date | None = first + timedelta(days=days - 1)
    if terms.hours is not None:
        last = working_day(terms.hours, first, days)
    assert last is not None  # as above
    return datetime.combine(last + timedelta(days=1), time(), terms.zone)
