"""A calendar → its working windows as instants, worked out day by day and kept.

Windows belong to the local day that they begin on. What two windows share counts once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from metadata.calendars.holidays import china_day
from metadata.calendars.values import Calendar

__all__ = ["Hours", "Span", "clock_minutes", "compile_calendar", "hours_of"]

Span = tuple[int, int]
"""Two instants in seconds since 1970, the first before the second."""

_DAY_MIN = 1_440
_MAX_DAYS_KEPT = 4_000
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_CLOSED: tuple[tuple[int, int], ...] = ()

DayWindows = Callable[[date], tuple[tuple[int, int], ...]]
"""A local day → windows in minutes from its midnight, sorted; they may end on the next day."""


def clock_minutes(text: str) -> int | None:
    """Minutes since midnight of `HH:MM`, 1440 for `24:00`; None for anything else."""
    if _TIME.fullmatch(text) is None:
        return None
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


class Hours:
    """A calendar made ready: windows of each local day as instants.

    Attributes:
        always: Whether all hours count.
    """

    __slots__ = ("_days", "_kept", "_zone", "always")

    def __init__(self, zone: ZoneInfo, days: DayWindows | None) -> None:
        self._zone = zone
        self._days = days
        self._kept: dict[date, tuple[Span, ...]] = {}
        self.always = days is None

    def day_of(self, instant: int) -> date:
        """The local day of an instant."""
        return datetime.fromtimestamp(instant, self._zone).date()

    def spans(self, day: date) -> tuple[Span, ...]:
        """The windows that begin on a local day, as instants, sorted, apart from each other."""
        found = self._kept.get(day)
        if found is None:
            if len(self._kept) >= _MAX_DAYS_KEPT:
                self._kept.clear()
            found = self._kept[day] = self._instants(day)
        return found

    def _instants(self, day: date) -> tuple[Span, ...]:
        assert self._days is not None
        # What the evening before reaches into this day has been counted with that evening.
        overlap = max((end for _, end in self._windows(day - timedelta(days=1))), default=0)
        spans = [(self._instant(day, begin), self._instant(day, end)) for begin, end in self._windows(day)]
        reached = self._instant(day, overlap - _DAY_MIN) if overlap > _DAY_MIN else 0
        return tuple((max(begin, reached), end) for begin, end in spans if end > max(begin, reached))

    def _windows(self, day: date) -> tuple[tuple[int, int], ...]:
        assert self._days is not None
        return self._days(day)

    def _instant(self, day: date, minutes: int) -> int:
        """The instant of a wall-clock time; one that a clock skips is taken after the gap."""
        days, rest = divmod(minutes, _DAY_MIN)
        wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), self._zone)
        return int(wall.astimezone(UTC).timestamp())


def compile_calendar(calendar: Calendar | None, timezone: str) -> Hours:
    """Make a checked calendar ready.

    Args:
        calendar: None for all hours.
        timezone: The tenant's, for a calendar without one of its own.
    """
    zone = ZoneInfo(calendar.timezone if calendar is not None and calendar.timezone else timezone)
    if calendar is None or not (calendar.windows or calendar.holidays or calendar.days):
        return Hours(zone, None)
    return Hours(zone, _day_windows(calendar))


@lru_cache(maxsize=1_024)
def _compiled(packed: bytes, timezone: str) -> Hours:
    import msgspec

    return compile_calendar(msgspec.msgpack.decode(packed, type=Calendar), timezone)


def hours_of(calendars: Mapping[str, Calendar], name: str, timezone: str) -> Hours:
    """The hours of a declared calendar, kept by content; all hours for no name or one that is gone."""
    import msgspec

    calendar = calendars.get(name) if name else None
    return _all_hours(timezone) if calendar is None else _compiled(msgspec.msgpack.encode(calendar), timezone)


@lru_cache(maxsize=512)
def _all_hours(timezone: str) -> Hours:
    return compile_calendar(None, timezone)


def _day_windows(calendar: Calendar) -> DayWindows:
    week = [_merged(_of_weekday(calendar, weekday)) for weekday in range(1, 8)]
    usual = next((windows for windows in week if windows), _CLOSED)
    rules: dict[date, tuple[tuple[int, int], ...]] = {}
    for rule in calendar.days:
        day = date.fromisoformat(rule.day)
        last = date.fromisoformat(rule.until) if rule.until else day
        while day <= last:
            own = week[day.isoweekday() - 1] or usual
            other = own if rule.kind == "workday" else _merged(map(_hours, rule.windows))
            rules[day] = _CLOSED if rule.kind == "holiday" else other
            day += timedelta(days=1)
    is_china = calendar.holidays == "china"

    def windows(day: date) -> tuple[tuple[int, int], ...]:
        known = rules.get(day)
        if known is not None:
            return known
        own = week[day.isoweekday() - 1]
        if is_china:
            kind = china_day(day)
            return _CLOSED if kind == "holiday" else (own or usual) if kind == "workday" else own
        return own

    return windows


def _of_weekday(calendar: Calendar, weekday: int) -> Iterable[tuple[int, int]]:
    if not calendar.windows:
        yield (0, _DAY_MIN)
    for window in calendar.windows:
        if weekday in window.days:
            yield _pair(window.begins, window.ends)


def _hours(text: str) -> tuple[int, int]:
    begins, _, ends = text.partition("-")
    return _pair(begins, ends)


def _pair(begins: str, ends: str) -> tuple[int, int]:
    first, last = clock_minutes(begins), clock_minutes(ends)
    assert first is not None
    assert last is not None
    return (first, last) if last > first else (first, last + _DAY_MIN)


def _merged(windows: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(windows):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)
