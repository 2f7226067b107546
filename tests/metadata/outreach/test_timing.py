"""When a message may go."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from metadata.outreach.timing import next_allowed
from metadata.outreach.values import ContactChannel

CHANNEL = ContactChannel(
    name="mail", object="customer", via="email", address="email", consent="true", quiet_begins="21:00",
    quiet_ends="09:00", cap=2, cap_within="P1D",
)  # fmt: skip


@pytest.mark.parametrize(
    ("now", "sent", "due"),
    [
        pytest.param("02T12:00", [], None, id="at once"),
        pytest.param("02T21:00", [], "03T09:00", id="quiet hours begin"),
        pytest.param("02T20:59", [], None, id="just before"),
        pytest.param("03T09:00", [], None, id="and have ended"),
        pytest.param("02T12:00", ["01T11:59", "02T10:00"], None, id="one is too long ago to count"),
        pytest.param("02T12:00", ["01T12:01", "02T10:00"], "02T12:01", id="two count"),
        pytest.param("02T12:00", ["01T13:00", "01T14:00", "02T10:00"], "02T14:00", id="more than the cap were sent"),
        pytest.param("02T12:00", ["01T22:00", "02T10:00"], "03T09:00", id="free again in quiet hours"),
    ],
)
def test_the_next_instant_that_quiet_hours_and_caps_allow(now: str, sent: list[str], due: str | None) -> None:
    def instant(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-03-{text}:00+08:00")

    found = next_allowed(CHANNEL, instant(now), list(map(instant, sent)), ZoneInfo("Asia/Shanghai"))
    assert found == (None if due is None else instant(due))
