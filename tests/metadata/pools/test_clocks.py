"""The three clocks of a record that somebody holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.calendars.hours import compile_calendar
from metadata.calendars.values import Calendar, WorkWindow
from metadata.pools.clocks import Terms, extended, postponed, started, strictest

SHANGHAI = ZoneInfo("Asia/Shanghai")
TERMS = Terms("P10D", "P3D", "P20D", "", "hours", SHANGHAI, None)


def day(month: int, number: int) -> datetime:
    return datetime(2019, month, number, 9, tzinfo=SHANGHAI)


def test_the_golden_case() -> None:
    holding = started(TERMS, day(3, 25))
    assert (holding.due_at, holding.max_at) == (day(4, 4), day(4, 14))
    due = []
    for active in (day(3, 28), day(4, 2), day(4, 5), day(4, 7), day(4, 10), day(4, 12), day(4, 13)):
        holding = extended(holding, TERMS, active)
        due.append(holding.due_at)
    assert due == [day(4, 4), day(4, 5), day(4, 8), day(4, 10), day(4, 13), day(4, 14), day(4, 14)]


@given(st.lists(st.integers(0, 40 * 24)))
def test_work_never_moves_the_due_time_back_nor_past_the_maximum(hours: list[int]) -> None:
    holding = started(TERMS, day(3, 25))
    for hour in sorted(hours):
        before = holding
        holding = extended(holding, TERMS, day(3, 25) + timedelta(hours=hour))
        assert before.due_at <= holding.due_at <= day(4, 14)


def test_days_of_the_calendar_end_at_midnight_of_the_tenants_zone() -> None:
    terms = Terms("P7D", "", "", "", "days", SHANGHAI, None)
    late = datetime(2019, 3, 25, 15, 30, tzinfo=UTC)
    assert started(terms, late).due_at == datetime(2019, 4, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("claimed", "unit", "due"),
    [
        ("2019-03-22T17:00", "days", "2019-03-27T00:00"),  # Friday, Monday, Tuesday
        ("2019-03-23T10:00", "days", "2019-03-28T00:00"),  # a Saturday is none of them
        ("2019-03-22T17:00", "hours", "2019-04-04T17:00"),  # seventy-two hours of eight a day
    ],
)
def test_working_days_are_those_of_the_calendar_and_working_hours_its_hours(claimed: str, unit: str, due: str) -> None:
    week = WorkWindow(days=(1, 2, 3, 4, 5), begins="09:00", ends="17:00")
    hours = compile_calendar(Calendar(name="office", windows=(week,)), "Asia/Shanghai")
    terms = Terms("P3D", "", "", "", unit, SHANGHAI, hours)
    begun = datetime.fromisoformat(claimed).replace(tzinfo=SHANGHAI)
    found = started(terms, begun).due_at
    assert found.astimezone(SHANGHAI) == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)


def test_a_refusal_moves_the_maximum_too() -> None:
    holding = postponed(started(TERMS, day(3, 25)), "P7D", day(4, 14))
    assert (holding.due_at, holding.max_at) == (day(4, 21), day(4, 21))


def test_the_first_contact_is_due_sooner_and_what_is_in_time_gives_protection() -> None:
    terms = Terms("P10D", "P3D", "P20D", "PT72H", "hours", SHANGHAI, None)
    holding = started(terms, day(3, 25))
    assert (holding.due_at, holding.max_at) == (day(3, 28), day(4, 14))
    in_time = day(3, 28) - timedelta(minutes=1)
    assert extended(holding, terms, in_time).due_at == day(4, 4)
    assert extended(extended(holding, terms, in_time), terms, day(4, 3)).due_at == day(4, 6)


def test_of_several_clocks_the_strictest_counts() -> None:
    first, second = started(TERMS, day(3, 25)), extended(started(TERMS, day(3, 20)), TERMS, day(3, 29))
    assert strictest([first, second]) == strictest([second, first])
    assert strictest([first, second]).since == day(3, 20)
    assert strictest([first, second]).due_at == min(first.due_at, second.due_at)
    assert strictest([first, second]).max_at == second.max_at
