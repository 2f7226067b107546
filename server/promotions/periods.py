"""Finished periods of a length."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

__all__ = ["Period", "after", "finished"]

_LENGTHS = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` up to, not including, `end`."""

    label: str
    start: date
    end: date

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins and ends in a zone."""
        return datetime.combine(self.start, time(), zone), datetime.combine(self.end, time(), zone)


def finished(window: str, today: date, count: int) -> list[Period]:
    """The last periods that are over, newest first."""
    length, start = _LENGTHS[window], _start(window, today)
    starts = [start - length * number for number in range(1, count + 1)]
    return [Period(_label(window, begin), begin, begin + length) for begin in starts]


def after(window: str, day: date, count: int) -> date:
    """The day so many periods after the first day of one."""
    return day + _LENGTHS[window] * count


def _start(window: str, day: date) -> date:
    if window == "week":
        return day - timedelta(days=day.weekday())
    if window == "month":
        return day.replace(day=1)
    if window == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day


def _label(window: str, start: date) -> str:
    if window == "week":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    if window == "month":
        return f"{start:%Y-%m}"
    if window == "quarter":
        return f"{start.year}-Q{(start.month + 2) // 3}"
    return start.isoformat()
