"""When a rule by the clock is due, what a window holds, when quiet hours end: pure, in the tenant's zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from metadata.calendars.arithmetic import due_after, first_working
from metadata.calendars.hours import Hours, clock_minutes
from metadata.calendars.lunar import lunar_anniversary, lunar_day
from metadata.fields.times import read_duration
from metadata.rules.values import AbsenceTrigger, CountTrigger, DateTrigger, RuleGuard, ScheduleTrigger

__all__ = ["absence_due", "counted", "date_due", "next_schedule", "quiet_until", "target_of"]

_YEARS_AHEAD = 9
"""29 February comes within them, whichever years lie between."""


def target_of(settings: DateTrigger, value: date | datetime, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment that a date trigger counts from: the instant itself, or its day at the trigger's time of day.

    Args:
        settings: The trigger's.
        value: What the record holds.
        after: For yearly ones, the first moment that is due after this counts.
        zone: The tenant's.
    """
    offset = _offset(settings)
    if not settings.yearly:
        return value if isinstance(value, datetime) else _at(value, settings.at, zone)
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    first = (after - offset).astimezone(zone).year - 1
    for year in range(first, first + _YEARS_AHEAD):
        comes = _anniversary(day, year, settings)
        if comes is not None and _at(comes, settings.at, zone) + offset > after:
            return _at(comes, settings.at, zone)
    return None


def date_due(
    settings: DateTrigger, value: date | datetime, after: datetime, zone: ZoneInfo, hours: Hours | None
) -> datetime | None:
    """When a date trigger is due; of yearly ones the first time after `after`, of others also in the past."""
    target = target_of(settings, value, after, zone)
    if target is None:
        return None
    due = target + _offset(settings)
    return due if hours is None else first_working(hours, due)


def absence_due(settings: AbsenceTrigger, since: datetime, hours: Hours | None) -> datetime | None:
    """When it has been quiet for long enough, counted from `since`."""
    seconds = read_duration(settings.within)
    return since + timedelta(seconds=seconds) if hours is None else due_after(hours, since, seconds)


def counted(settings: CountTrigger, instants: Iterable[datetime], now: datetime, zone: ZoneInfo) -> bool:
    """Whether a window that ends now holds enough.

    A night is named by the day that it begins on, so that 23:30 and 01:00 of the next day are the same night.
    """
    begins = now - timedelta(seconds=read_duration(settings.within))
    inside = [one.astimezone(zone) for one in instants if begins < one <= now]
    if settings.by == "each":
        return len(inside) >= settings.times
    days = sorted({day for one in inside if (day := _day(settings, one)) is not None})
    if not settings.in_a_row:
        return len(days) >= settings.times
    run = 0
    for place, day in enumerate(days):
        run = run + 1 if place and day - days[place - 1] == timedelta(days=1) else 1
    return run >= settings.times


def next_schedule(settings: ScheduleTrigger, now: datetime, zone: ZoneInfo, hours: Hours | None) -> datetime | None:
    """The next time after `now`; None when there is none within two years."""
    day = now.astimezone(zone).date()
    for _ in range(731):
        due = _at(day, settings.at, zone)
        fits = not settings.days or day.isoweekday() in settings.days
        if due > now and fits and _of_month(settings.month_days, day) and (hours is None or hours.spans(day)):
            return due
        day += timedelta(days=1)
    return None


def quiet_until(guard: RuleGuard, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The end of the quiet hours that it is in now; None outside of them."""
    if not guard.quiet_begins:
        return None
    here = now.astimezone(zone)
    begins, ends = _minutes(guard.quiet_begins), _minutes(guard.quiet_ends)
    minute = here.hour * 60 + here.minute
    inside = begins <= minute < ends if begins < ends else minute >= begins or minute < ends
    if not inside:
        return None
    day = here.date() + timedelta(days=1 if begins >= ends and minute >= begins else 0)
    return datetime.combine(day, time(ends // 60 % 24, ends % 60), zone)


def _offset(settings: DateTrigger) -> timedelta:
    return timedelta(seconds=read_duration(settings.offset) if settings.offset else 0)


def _at(day: date, at: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), zone)


def _anniversary(day: date, year: int, settings: DateTrigger) -> date | None:
    """The day in a year, or in the lunar year that begins in it."""
    late = settings.leap == "after"
    if settings.lunar:
        lunar = lunar_day(day)
        return None if lunar is None else lunar_anniversary(lunar, year, late=late)
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1) if late else date(year, 2, 28)


def _day(settings: CountTrigger, local: datetime) -> date | None:
    if settings.by == "day":
        return local.date()
    begins, ends = _minutes(settings.night_begins), _minutes(settings.night_ends)
    minute = local.hour * 60 + local.minute
    if begins < ends:
        return local.date() if begins <= minute < ends else None
    if minute >= begins:
        return local.date()
    return local.date() - timedelta(days=1) if minute < ends else None


def _of_month(days: Sequence[int], day: date) -> bool:
    last = (day + timedelta(days=1)).day == 1
    return not days or day.day in days or (last and -1 in days)


def _minutes(text: str) -> int:
    found = clock_minutes(text)
    assert found is not None
    return found
