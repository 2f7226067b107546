"""When and by which channel a message goes on, as a table of rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.notifications.deciding import Go, Hold, Over, Wait, held_until, quiet_until, step
from server.notifications.definitions import Preference

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)  # in Shanghai
MINUTE = timedelta(minutes=1)
LI = Preference(("inbox", "email", "chat"), 15, None, ZoneInfo("Asia/Shanghai"), "zh", per_hour=3)
NIGHT = (22 * 60, 8 * 60)


def ago(*minutes: int) -> list[datetime]:
    return [NOON - minute * MINUTE for minute in minutes]


@pytest.mark.parametrize(
    ("preference", "place", "urgent", "sent", "wanted"),
    [
        (LI, 0, False, (), Wait(NOON + 15 * MINUTE)),
        (LI, 1, False, (), Go("email")),
        (LI, 2, False, (), Go("chat")),
        (LI, 3, False, (), Over()),
        (replace(LI, channels=()), 0, False, (), Over()),
        (replace(LI, channels=("inbox",)), 0, False, (), Over()),
        (LI, 1, False, (50, 40), Go("email")),
        (LI, 1, False, (50, 40, 30), Hold("email", NOON + 10 * MINUTE)),
        (LI, 1, True, (50, 40, 30), Go("email")),
        (replace(LI, digest_minutes=20), 1, False, (), Go("email")),
        (replace(LI, digest_minutes=20), 1, False, (5,), Hold("email", NOON + 15 * MINUTE)),
        (replace(LI, digest_minutes=20), 1, False, (25,), Go("email")),
        (replace(LI, quiet=(11 * 60, 13 * 60)), 1, False, (), Hold("email", NOON + 60 * MINUTE)),
        (replace(LI, quiet=(11 * 60, 13 * 60)), 1, True, (), Go("email")),
        (replace(LI, quiet=(12 * 60 + 5, 13 * 60)), 1, False, (50, 40, 30), Hold("email", NOON + 60 * MINUTE)),
    ],
)
def test_a_message_goes_on(
    preference: Preference, place: int, urgent: bool, sent: tuple[int, ...], wanted: object
) -> None:
    assert step(preference, place, urgent=urgent, now=NOON, sent=ago(*sent)) == wanted


@pytest.mark.parametrize(
    ("hour", "ends"),
    [(21, 21), (22, 32), (23, 32), (24, 32), (31, 32), (32, 32)],
)
def test_quiet_hours_may_pass_midnight_in_the_receivers_zone(hour: int, ends: int) -> None:
    midnight = NOON - timedelta(hours=12)
    quiet = replace(LI, quiet=NIGHT)
    assert quiet_until(quiet, midnight + timedelta(hours=hour)) == midnight + timedelta(hours=ends)


quiet_hours = st.tuples(st.integers(0, 1_439), st.integers(0, 1_439)).filter(lambda pair: pair[0] != pair[1])


@given(quiet_hours, st.integers(0, 60 * 24 * 400), st.sampled_from(["Asia/Shanghai", "America/New_York", "UTC"]))
def test_quiet_hours_end_within_a_day_and_outside_of_themselves(quiet: tuple[int, int], minute: int, zone: str) -> None:
    preference = replace(LI, quiet=quiet, zone=ZoneInfo(zone))
    at = datetime(2026, 1, 1, tzinfo=UTC) + minute * MINUTE
    until = quiet_until(preference, at)
    assert at <= until <= at + timedelta(hours=26)
    assert until == at or quiet_until(preference, until) == until


@given(st.lists(st.integers(0, 59), max_size=8), st.integers(0, 60))
def test_what_is_held_is_never_in_the_past_nor_beyond_an_hour(minutes: list[int], digest: int) -> None:
    preference = replace(LI, digest_minutes=digest)
    sent = ago(*sorted(minutes, reverse=True))
    assert NOON <= held_until(preference, NOON, sent) <= NOON + 60 * MINUTE
