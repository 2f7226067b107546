"""Finished periods, and what becomes of somebody in them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.model.promotions import Promotion
from server.promotions.deciding import Decision, Finding, Outcome, decide, outranks
from server.promotions.periods import after, finished

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
WINDOWS = st.sampled_from(["day", "week", "month", "quarter"])
RULE = Promotion(name="r", role="x", object="o", threshold="1", window="month", consecutive=3, grace=1)


@given(WINDOWS, DAYS, st.integers(1, 24))
def test_finished_periods_join_and_are_over(window: str, today: date, count: int) -> None:
    found = finished(window, today, count)
    assert len(found) == count
    assert found[0].end <= today < after(window, found[0].end, 1)
    for newer, older in pairwise(found):
        assert older.end == newer.start
    assert all(period.start < period.end for period in found)
    assert len({period.label for period in found}) == count


def test_periods_are_named() -> None:
    today = date(2026, 1, 1)
    labels = [finished(window, today, 1)[0].label for window in ("day", "week", "month", "quarter")]
    assert labels == ["2025-12-31", "2025-W52", "2025-12", "2025-Q4"]


def findings(*met: bool) -> list[Finding]:
    periods = finished("month", date(2026, 7, 5), len(met))
    return [Finding(period, Decimal(1), one) for period, one in zip(periods, met, strict=True)]


CASES = {
    "three in a row": ((True, True, True), None, Decision(Outcome.PROMOTED, date(2026, 11, 1))),
    "two of three": ((True, True, False), None, Decision(Outcome.NOT_EARNED)),
    "held and reached again": ((True, False, False), date(2026, 8, 1), Decision(Outcome.EXTENDED, date(2026, 11, 1))),
    "held and missed": ((False, True, True), date(2026, 10, 1), Decision(Outcome.HELD, date(2026, 10, 1))),
    "held and missed thrice": ((False, False, False), date(2026, 8, 1), Decision(Outcome.HELD, date(2026, 8, 1))),
}


@pytest.mark.parametrize(("met", "held", "expected"), CASES.values(), ids=CASES)
def test_what_becomes_of_somebody(met: tuple[bool, ...], held: date | None, expected: Decision) -> None:
    assert decide(RULE, findings(*met), held, excluded=False, above=False) == expected


def test_nobody_is_given_what_excludes_or_is_above() -> None:
    earned = findings(True, True, True)
    assert decide(RULE, earned, None, excluded=True, above=False).outcome is Outcome.EXCLUDED
    assert decide(RULE, earned, None, excluded=True, above=True).outcome is Outcome.ABOVE_AUTHOR


@given(st.lists(st.booleans(), min_size=3, max_size=3), st.integers(0, 400))
def test_a_role_never_ends_earlier_than_it_was_given_for(met: list[bool], days: int) -> None:
    held = date(2026, 7, 6) + timedelta(days=days)
    decision = decide(RULE, findings(*met), held, excluded=False, above=False)
    assert decision.until is not None
    assert decision.until >= held


def test_layers_are_ordered_and_none_is_above_everybody() -> None:
    assert not outranks("manage", ["operate", "manage"])
    assert outranks("decide", ["manage"])
    assert outranks("operate", [])
    assert outranks("", ["decide"])
