"""The Chinese lunar calendar: days of it, and when they come round, by the tables of one library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from lunar_python import LunarYear, Solar

__all__ = ["LunarDay", "lunar_anniversary", "lunar_day"]

_YEARS = range(1900, 2200)
"""Lunar years that are known well enough; birthdays and plans lie within them."""


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunar calendar.

    Attributes:
        year: The lunar year, by the solar year that it begins in.
        month: 1 to 12.
        day: 1 to 30.
        leap: Whether the month is the leap month, which follows the ordinary one of its number.
    """

    year: int
    month: int
    day: int
    leap: bool


@dataclass(frozen=True, slots=True)
class _Month:
    begins: date
    days: int


def lunar_day(day: date) -> LunarDay | None:
    """The lunar day of a solar one; None beyond the years that are known."""
    for year in (day.year, day.year - 1):
        if year not in _YEARS:
            continue
        for (month, leap), found in _months(year).items():
            passed = (day - found.begins).days
            if 0 <= passed < found.days:
                return LunarDay(year, month, passed + 1, leap)
    return None


def lunar_anniversary(day: LunarDay, year: int, *, late: bool) -> date | None:
    """When a lunar day comes round in a lunar year.

    A year without its leap month has it in the ordinary month of the same number, as people keep such birthdays. In a
    month of 29 days the 30th is its last day or, `late`, the day after.

    Returns:
        The solar day; None beyond the years that are known.
    """
    if year not in _YEARS:
        return None
    months = _months(year)
    month = (months.get((day.month, True)) if day.leap else None) or months[day.month, False]
    passed = day.day - 1 if late else min(day.day, month.days) - 1
    return month.begins + timedelta(days=passed)


@lru_cache(maxsize=len(_YEARS))
def _months(year: int) -> Mapping[tuple[int, bool], _Month]:
    """The months of a lunar year by number and whether they are leap; the library works them out from the moon."""
    found = {}
    for month in LunarYear.fromYear(year).getMonthsInYear():
        first = Solar.fromJulianDay(month.getFirstJulianDay())
        begins = date(first.getYear(), first.getMonth(), first.getDay())
        found[abs(month.getMonth()), month.getMonth() < 0] = _Month(begins, month.getDayCount())
    return found
