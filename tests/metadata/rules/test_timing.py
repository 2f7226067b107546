"""When rules by the clock are due: pure cases."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from metadata.calendars.hours import compile_calendar
from metadata.calendars.values import Calendar, WorkWindow
from metadata.rules.timing import absence_due, date_due
from metadata.rules.values import AbsenceTrigger, DateTrigger

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("settings", "born", "after", "due"),
    [
        ({}, "2000-02-29", "2027-01-01", "2027-02-28T09:00"),
        ({"leap": "after"}, "2000-02-29", "2027-01-01", "2027-03-01T09:00"),
        ({"leap": "after"}, "2000-02-29", "2028-01-01", "2028-02-29T09:00"),
        ({"offset": "-P3D"}, "2000-01-02", "2026-12-01", "2026-12-30T09:00"),
        ({"offset": "-P3D"}, "2000-01-02", "2026-12-30T09:00", "2027-12-30T09:00"),
        ({"lunar": True}, "1990-10-03", "2026-01-01", "2026-09-25T09:00"),
        ({"lunar": True}, "2023-03-22", "2026-01-01", "2026-03-19T09:00"),
        ({"lunar": True}, "2024-02-09", "2025-01-01", "2025-01-28T09:00"),
        ({"lunar": True, "leap": "after"}, "2024-02-09", "2025-01-01", "2025-01-29T09:00"),
        ({"lunar": True, "offset": "-P3D"}, "1990-10-03", "2026-09-22T09:00", "2027-09-12T09:00"),
    ],
)
def test_a_day_comes_round_every_year(settings: dict[str, str | bool], born: str, after: str, due: str) -> None:
    trigger = DateTrigger(of="birthday", at="09:00", yearly=True, **settings)  # type: ignore[arg-type]
    assert date_due(trigger, date.fromisoformat(born), at(after), SHANGHAI, None) == at(due)


OFFICE = compile_calendar(
    Calendar(name="office", windows=(WorkWindow(days=(1, 2, 3, 4, 5), begins="09:00", ends="17:00"),)), "Asia/Shanghai"
)


@pytest.mark.parametrize(
    ("settings", "of", "due"),
    [
        ({"offset": "PT2H"}, at("2027-01-08T16:00"), "2027-01-11T09:00"),  # Friday evening is Monday morning
        ({"offset": "PT2H"}, at("2027-01-08T14:59"), "2027-01-08T16:59"),
        ({"offset": "-P3D", "at": "08:00"}, date(2027, 1, 13), "2027-01-11T09:00"),  # Sunday at eight
        ({"offset": "-P3D", "at": "10:00"}, date(2027, 1, 14), "2027-01-11T10:00"),
    ],
)
def test_what_falls_outside_of_a_calendar_waits_for_its_next_working_time(
    settings: dict[str, str], of: date | datetime, due: str
) -> None:
    trigger = DateTrigger(of="starts_at", **settings)  # type: ignore[arg-type]
    assert date_due(trigger, of, at("2027-01-01"), SHANGHAI, OFFICE) == at(due)


def test_silence_is_counted_in_the_working_time_of_a_calendar() -> None:
    settings = AbsenceTrigger(within="PT2H")
    friday = at("2027-01-08T16:00")
    assert absence_due(settings, friday, OFFICE) == at("2027-01-11T10:00")
    assert absence_due(settings, friday, None) == at("2027-01-08T18:00")
