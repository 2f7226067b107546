"""Calendars through the API: days read from lists, and calendars that cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.tenants import Tenants

READ = 'query($text: String!, $until: Date!) { readIcal(text: $text, from: "2026-01-01", until: $until) }'
APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
ICAL = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//shop//days//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20260501
DTEND;VALUE=DATE:20260504
SUMMARY:Labour Day
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20260509
SUMMARY:Make-up day
CATEGORIES:WORKDAY
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:20251224
RRULE:FREQ=YEARLY
SUMMARY:Stocktaking
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


async def test_days_of_an_ical_file_are_read_and_applied(tenants: Tenants) -> None:
    days = (await tenants.east.data(READ, {"text": ICAL, "until": "2027-12-31"}))["readIcal"]
    assert [(one["day"], one.get("until"), one["kind"]) for one in days] == [
        ("2026-05-01", "2026-05-03", "holiday"),
        ("2026-05-09", None, "workday"),
        ("2026-12-24", None, "holiday"),
        ("2027-12-24", None, "holiday"),
    ]
    windows = [{"days": [1, 2, 3, 4, 5], "begins": "09:00", "ends": "18:00"}]
    document = {"calendars": [{"name": "office", "windows": windows, "days": days}]}
    await tenants.east.data(APPLY, {"document": document}, path="/metadata")


async def test_a_text_that_is_no_calendar_is_refused(tenants: Tenants) -> None:
    refused = await tenants.east.faults(READ, {"text": "hello", "until": "2026-12-31"})
    assert [fault[:2] for fault in refused] == [("BAD_USER_INPUT", "bad_ical")]
    refused = await tenants.east.faults(READ, {"text": ICAL, "until": "2025-12-31"})
    assert refused == [("BAD_USER_INPUT", "out_of_range", ("until",))]


async def test_chinas_list_has_holidays_and_make_up_workdays(tenants: Tenants) -> None:
    ask = "query($year: Int!) { publishedHolidays(year: $year) }"
    days = (await tenants.east.data(ask, {"year": 2026}))["publishedHolidays"]
    made_up = [one["day"] for one in days if one["kind"] == "workday"]
    assert made_up == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    assert await tenants.east.faults(ask, {"year": 2199}) == [("NOT_FOUND", "holidays_unknown", ("year",))]


@pytest.mark.parametrize(
    ("calendar", "reason"),
    [
        ({"name": "mars", "timezone": "Mars/Olympus"}, "unknown_timezone"),
        (
            {
                "name": "closed",
                "windows": [{"days": [1], "begins": "09:00", "ends": "10:00"}],
                "days": [{"day": f"{year}-01-01", "until": f"{year + 1}-01-01"} for year in range(2025, 2040)],
            },
            "no_working_time",
        ),
    ],
)
async def test_a_calendar_that_cannot_be_is_refused(tenants: Tenants, calendar: dict[str, Any], reason: str) -> None:
    refused = await tenants.east.faults(APPLY, {"document": {"calendars": [calendar]}}, path="/metadata")
    assert [fault[:2] for fault in refused] == [("BAD_USER_INPUT", reason)]
