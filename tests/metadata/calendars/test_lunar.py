"""Days of the lunar calendar, by published dates of the festivals and of leap months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.calendars.lunar import LunarDay, lunar_anniversary, lunar_day


@pytest.mark.parametrize(
    ("solar", "lunar"),
    [
        (date(2026, 2, 17), LunarDay(2026, 1, 1, leap=False)),
        (date(2027, 2, 6), LunarDay(2027, 1, 1, leap=False)),
        (date(2025, 10, 6), LunarDay(2025, 8, 15, leap=False)),
        (date(2026, 9, 25), LunarDay(2026, 8, 15, leap=False)),
        (date(2023, 3, 22), LunarDay(2023, 2, 1, leap=True)),
        (date(1976, 10, 1), LunarDay(1976, 8, 8, leap=True)),
        (date(2025, 1, 28), LunarDay(2024, 12, 29, leap=False)),
        (date(2033, 12, 22), LunarDay(2033, 11, 1, leap=True)),
    ],
    ids=["spring 2026", "spring 2027", "autumn 2025", "autumn 2026", "leap 2", "leap 8", "new year's eve", "leap 11"],
)
def test_published_days(solar: date, lunar: LunarDay) -> None:
    assert lunar_day(solar) == lunar
    assert lunar_anniversary(lunar, lunar.year, late=False) == solar


def test_a_birthday_in_a_leap_month_comes_in_the_ordinary_month_of_other_years() -> None:
    born = LunarDay(2023, 2, 1, leap=True)
    assert lunar_anniversary(born, 2026, late=False) == date(2026, 3, 19)  # the first of the second month
    assert lunar_anniversary(born, 2042, late=False) == date(2042, 3, 22)  # the next leap second month


def test_the_thirtieth_of_a_short_month_is_its_last_day_or_the_day_after() -> None:
    eve = LunarDay(2023, 12, 30, leap=False)
    assert lunar_anniversary(eve, 2024, late=False) == date(2025, 1, 28)
    assert lunar_anniversary(eve, 2024, late=True) == date(2025, 1, 29)


def test_beyond_the_years_that_are_known_nothing_is_claimed() -> None:
    assert lunar_day(date(1850, 1, 1)) is None
    assert lunar_anniversary(LunarDay(2023, 1, 1, leap=False), 2400, late=False) is None


@given(st.dates(date(1950, 1, 1), date(2060, 12, 31)))
def test_every_day_has_one_lunar_day_and_the_next_follows_it(day: date) -> None:
    today, tomorrow = lunar_day(day), lunar_day(day + timedelta(days=1))
    assert today is not None
    assert tomorrow is not None
    assert lunar_anniversary(today, today.year, late=False) == day
    assert tomorrow.day in (1, today.day + 1)
