"""Lists of holidays: China's, from `chinesecalendar`, and iCal files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

import chinese_calendar
from dateutil.rrule import rrulestr
from icalendar import Calendar as ICalendar

from metadata.calendars.values import DayRule
from metadata.problems import BadInputError

__all__ = ["china_day", "china_years", "days_from_ical"]

_MAX_DAYS = 2_000


@lru_cache(maxsize=1)
def china_years() -> tuple[int, int]:
    """First and last year whose holidays have been published and are known here."""
    days = [*chinese_calendar.holidays, *chinese_calendar.workdays]
    return min(days).year, max(days).year


def china_day(day: date) -> Literal["holiday", "workday", ""]:
    """What China's published list says of a day: a holiday, a make-up workday (调休), or nothing.

    Years whose list has not been published yet have neither; `china_years` says which are known.
    """
    if day in chinese_calendar.holidays:
        return "holiday"
    return "workday" if day in chinese_calendar.workdays and day.isoweekday() > 5 else ""


def days_from_ical(text: str, first: date, last: date) -> tuple[DayRule, ...]:
    """The all-day events of an iCal file, as holidays; an event with category `WORKDAY` makes a workday.

    Args:
        text: RFC 5545.
        first: Days before it are left out.
        last: Days after it are left out; recurring events are followed up to here.

    Raises:
        BadInputError: It is no iCal file, or holds too many days.
    """
    try:
        parsed = ICalendar.from_ical(text)
        rules = [rule for event in parsed.walk("VEVENT") for rule in _rules(event, first, last)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise BadInputError.single(
            "bad_ical", "The text is no iCal calendar.", hint="Send the content of an .ics file (RFC 5545)."
        ) from error
    if len(rules) > _MAX_DAYS:
        raise BadInputError.single(
            "too_many_items", f"The calendar holds {len(rules)} days; {_MAX_DAYS} are read.", hint="Narrow the years."
        )
    return tuple(sorted(rules, key=lambda rule: rule.day))


def _rules(event: Any, first: date, last: date) -> Iterator[DayRule]:
    begins = event.decoded("DTSTART")
    if isinstance(begins, datetime):
        return  # an appointment is no holiday
    ends = event.decoded("DTEND") if "DTEND" in event else begins + timedelta(days=1)
    length = max((ends - begins).days, 1)
    categories = {str(one).upper() for one in getattr(event.get("CATEGORIES"), "cats", ())}
    kind: Literal["holiday", "workday"] = "workday" if "WORKDAY" in categories else "holiday"
    for day in _occurrences(event, begins, last):
        until = day + timedelta(days=length - 1)
        if until >= first and day <= last:
            yield DayRule(
                day=day.isoformat(),
                until=until.isoformat() if length > 1 else "",
                name=str(event.get("SUMMARY", ""))[:200],
                kind=kind,
            )


def _occurrences(event: Any, begins: date, last: date) -> Iterator[date]:
    if "RRULE" not in event:
        yield begins
        return
    start = datetime.combine(begins, datetime.min.time())
    rule = rrulestr(event["RRULE"].to_ical().decode().replace("Z", ""), dtstart=start)
    for count, moment in enumerate(rule):
        if moment.date() > last or count >= _MAX_DAYS:
            return
        yield moment.date()
