"""Working time: the vectors of the design, and a naive count minute by minute that must agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.calendars.arithmetic import due_after, first_working, paused_due, working_seconds
from metadata.calendars.holidays import china_day, china_years, days_from_ical
from metadata.calendars.hours import compile_calendar
from metadata.calendars.values import Calendar, DayRule, WorkWindow
from metadata.problems import BadInputError

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = WorkWindow(days=(1, 2, 3, 4, 5), begins="10:00", ends="18:00")
OFFICE = compile_calendar(Calendar(name="office", windows=(WEEK,)), "Asia/Shanghai")
DAYS = {name: place for place, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))}
MONDAY = datetime(2026, 6, 1, tzinfo=SHANGHAI)
HOUR = 3_600


def at(text: str) -> datetime:
    """`Mon 08:00`, `+Thu 18:00` a week later."""
    week = len(text) - len(text.lstrip("+"))
    day, clock = text.lstrip("+").split()
    hour, minute = map(int, clock.split(":"))
    return MONDAY + timedelta(days=DAYS[day] + 7 * week, hours=hour, minutes=minute)


VECTORS = [
    ("Mon 08:00", 1 * HOUR, "Mon 11:00"),
    ("Mon 08:00", 4 * HOUR, "Mon 14:00"),
    ("Mon 20:00", HOUR // 2, "Tue 10:30"),
    ("Mon 20:00", 2 * HOUR, "Tue 12:00"),
    ("Sat 15:00", 24 * HOUR, "+Wed 18:00"),
    ("Sat 15:00", 72 * HOUR, "++Thu 18:00"),
    ("Fri 17:00", HOUR // 2, "Fri 17:30"),
    ("Fri 17:00", 2 * HOUR, "+Mon 11:00"),
    ("Mon 10:00", 1 * HOUR, "Mon 11:00"),
    ("Mon 10:00", 4 * HOUR, "Mon 14:00"),
    ("Mon 10:00", 8 * HOUR, "Mon 18:00"),
]


@pytest.mark.parametrize(("created", "seconds", "due"), VECTORS)
def test_targets_are_due_in_working_time(created: str, seconds: int, due: str) -> None:
    assert due_after(OFFICE, at(created), seconds) == at(due)


def test_a_pause_moves_the_due_time_by_what_it_took() -> None:
    always = compile_calendar(None, "UTC")
    zero = datetime(2026, 1, 1, tzinfo=UTC)

    def minute(count: int) -> datetime:
        return zero + timedelta(minutes=count)

    assert paused_due(always, minute(75), 30 * 60, [(minute(90), minute(120))]) == minute(135)


def test_make_up_workdays_of_china_work_and_holidays_do_not() -> None:
    calendar = compile_calendar(Calendar(name="china", windows=(WEEK,), holidays="china"), "Asia/Shanghai")
    for month, day in ((2, 14), (2, 28), (1, 4), (5, 9), (9, 20), (10, 10)):
        morning = datetime(2026, month, day, 9, tzinfo=SHANGHAI)
        assert morning.isoweekday() > 5
        assert due_after(calendar, morning, HOUR) == morning + timedelta(hours=2)
    new_year = datetime(2026, 1, 1, 12, tzinfo=SHANGHAI)
    assert first_working(calendar, new_year) == datetime(2026, 1, 4, 10, tzinfo=SHANGHAI)


def test_a_year_without_published_holidays_goes_on_as_plain_weeks() -> None:
    _, last = china_years()
    assert china_day(date(last + 5, 10, 1)) == ""


def test_a_window_may_reach_over_midnight() -> None:
    night = Calendar(name="night", windows=(WorkWindow(days=(5,), begins="22:00", ends="06:00"),))
    hours = compile_calendar(night, "Asia/Shanghai")
    assert due_after(hours, at("Fri 20:00"), 3 * HOUR) == at("Sat 01:00")
    assert working_seconds(hours, at("Sat 05:00"), at("Sat 09:00")) == HOUR


def test_a_day_rule_closes_opens_or_changes_a_day() -> None:
    rules = (
        DayRule(day="2026-06-02"),
        DayRule(day="2026-06-06", kind="workday"),
        DayRule(day="2026-06-03", kind="hours", windows=("08:00-09:00", "13:00-14:00")),
    )
    hours = compile_calendar(Calendar(name="office", windows=(WEEK,), days=rules), "Asia/Shanghai")
    assert working_seconds(hours, at("Tue 00:00"), at("Wed 00:00")) == 0
    assert working_seconds(hours, at("Wed 00:00"), at("Thu 00:00")) == 2 * HOUR
    assert working_seconds(hours, at("Sat 00:00"), at("Sun 00:00")) == 8 * HOUR


def test_hours_that_never_come_are_never_due() -> None:
    rule = DayRule(day="2026-06-01", kind="hours", windows=("08:00-09:00",))
    hours = compile_calendar(
        Calendar(name="once", windows=(WorkWindow(days=(1,), begins="10:00", ends="10:01"),), days=(rule,)), "UTC"
    )
    assert due_after(hours, at("Mon 00:00"), 2_000 * HOUR) is None


ICAL = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20261001
DTEND;VALUE=DATE:20261004
SUMMARY:National Day
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20200101
RRULE:FREQ=YEARLY
SUMMARY:New Year
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:20261010
CATEGORIES:WORKDAY
SUMMARY:Make-up day
END:VEVENT
END:VCALENDAR
"""


def test_an_ical_file_gives_holidays_and_workdays() -> None:
    found = days_from_ical(ICAL, date(2026, 1, 1), date(2026, 12, 31))
    assert [(rule.day, rule.until, rule.name, rule.kind) for rule in found] == [
        ("2026-01-01", "", "New Year", "holiday"),
        ("2026-10-01", "2026-10-03", "National Day", "holiday"),
        ("2026-10-10", "", "Make-up day", "workday"),
    ]


def test_a_text_that_is_no_ical_is_refused() -> None:
    with pytest.raises(BadInputError) as caught:
        days_from_ical("hello", date(2026, 1, 1), date(2026, 12, 31))
    assert caught.value.faults[0].reason == "bad_ical"


# ── the oracle: counting minute by minute ────────────────────────────────────────────────────────────

clock = st.integers(0, 23).flatmap(lambda hour: st.sampled_from([f"{hour:02}:00", f"{hour:02}:30"]))
windows = st.builds(
    WorkWindow,
    days=st.lists(st.integers(1, 7), min_size=1, max_size=5, unique=True).map(tuple),
    begins=clock,
    ends=clock | st.just("24:00"),
)
rules = st.builds(
    DayRule,
    day=st.dates(date(2026, 3, 20), date(2026, 4, 10)).map(date.isoformat),
    kind=st.sampled_from(["holiday", "workday"]),
)
zones = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
calendars = st.builds(
    Calendar,
    name=st.just("any"),
    windows=st.lists(windows, min_size=1, max_size=3).map(tuple),
    days=st.lists(rules, max_size=2).map(tuple),
)
instants = st.integers(0, 14 * 24 * 60).map(
    lambda minutes: datetime(2026, 3, 24, tzinfo=UTC) + timedelta(minutes=minutes)
)


def counts(calendar: Calendar, zone: ZoneInfo, instant: datetime) -> bool:
    """Whether the minute that begins at an instant is working time: looked up on the wall clock."""
    wall = instant.astimezone(zone)
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        minute = wall.hour * 60 + wall.minute + back * 1_440
        for begin, end in _windows(calendar, day):
            if begin <= minute < end:
                return True
    return False


def _windows(calendar: Calendar, day: date) -> list[tuple[int, int]]:
    def of(weekday: int) -> list[tuple[int, int]]:
        found = []
        for window in calendar.windows:
            if weekday in window.days:
                begin, end = (int(text[:2]) * 60 + int(text[3:]) for text in (window.begins, window.ends))
                found.append((begin, end if end > begin else end + 1_440))
        return found

    weekday = day.isoweekday()
    rule = next((rule for rule in reversed(calendar.days) if rule.day == day.isoformat()), None)
    if rule is None:
        return of(weekday)
    if rule.kind == "holiday":
        return []
    return of(weekday) or next((of(other) for other in range(1, 8) if of(other)), [])


@given(calendars, zones, instants, st.integers(0, 3 * 24 * 60))
def test_working_time_agrees_with_a_count_of_minutes(
    calendar: Calendar, zone: str, begin: datetime, minutes: int
) -> None:
    hours = compile_calendar(calendar, zone)
    end = begin + timedelta(minutes=minutes)
    counted = sum(counts(calendar, ZoneInfo(zone), begin + timedelta(minutes=n)) for n in range(minutes))
    assert working_seconds(hours, begin, end) == counted * 60


@given(calendars, zones, instants, st.integers(1, 2 * 24 * 60))
def test_due_times_undo_working_time(calendar: Calendar, zone: str, begin: datetime, minutes: int) -> None:
    hours = compile_calendar(calendar, zone)
    due = due_after(hours, begin, minutes * 60)
    assert due is not None
    assert working_seconds(hours, begin, due) == minutes * 60
    assert counts(calendar, ZoneInfo(zone), due - timedelta(minutes=1))
