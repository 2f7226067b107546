"""Clocks by themselves: stop beats pause, pause beats start, and the figure is made up of intervals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.calendars.hours import compile_calendar
from metadata.calendars.values import Calendar, WorkWindow
from server.sla.clocks import Clock, ClockState, Truths, advance, due_of, used_seconds

ALWAYS = compile_calendar(None, "UTC")
OFFICE = compile_calendar(
    Calendar(name="office", windows=(WorkWindow(days=(1, 2, 3, 4, 5), begins="10:00", ends="18:00"),)), "UTC"
)
ZERO = datetime(2026, 6, 1, 10, tzinfo=UTC)  # a Monday


def minute(count: int) -> datetime:
    return ZERO + timedelta(minutes=count)


def course(*steps: tuple[int, str], again: bool = False) -> Clock | None:
    """A clock after writes: (minute, which of `start`, `stop`, `pause` were met)."""
    clock: Clock | None = None
    for at, met in steps:
        clock = advance(clock, Truths("start" in met, "stop" in met, "pause" in met), minute(at), again=again)
    return clock


@pytest.mark.parametrize(
    ("met", "state"),
    [
        ("", None),
        ("start", ClockState.RUNNING),
        ("start pause", ClockState.PAUSED),
        ("start stop", None),
        ("start pause stop", None),
        ("pause", None),
    ],
)
def test_stop_beats_pause_and_pause_beats_start(met: str, state: ClockState | None) -> None:
    clock = course((0, met))
    assert (None if clock is None else clock.state) is state


def test_a_pause_moves_the_due_time_and_shows_in_the_figure() -> None:
    clock = course((75, "start"), (90, "start pause"), (120, "start"))
    assert clock is not None
    assert due_of(clock, ALWAYS, 30 * 60, extend=True) == minute(135)
    assert due_of(clock, ALWAYS, 30 * 60, extend=False) == minute(105)
    assert used_seconds(clock, ALWAYS, minute(130), extend=True) == 25 * 60


def test_a_clock_that_rests_is_not_due_unless_it_was_before() -> None:
    clock = course((0, "start"), (20, "start pause"))
    assert clock is not None
    assert due_of(clock, ALWAYS, 30 * 60, extend=True) is None
    assert due_of(clock, ALWAYS, 10 * 60, extend=True) == minute(10)


def test_a_pause_over_night_adds_only_working_time() -> None:
    clock = course((7 * 60, "start"), (7 * 60 + 30, "start pause"), (24 * 60 + 30, "start"))
    assert clock is not None
    assert due_of(clock, OFFICE, 3_600, extend=True) == minute(24 * 60 + 60)


def test_a_stopped_clock_stays_stopped_unless_it_may_start_again() -> None:
    once = course((0, "start"), (5, "stop"), (9, "start"))
    assert once is not None
    assert (once.state, once.stopped_at, once.round) == (ClockState.STOPPED, minute(5), 1)
    anew = course((0, "start"), (5, "stop"), (9, "start"), again=True)
    assert anew is not None
    assert (anew.state, anew.started_at, anew.round) == (ClockState.RUNNING, minute(9), 2)


writes = st.lists(st.sampled_from(["start", "start pause"]), min_size=1, max_size=12)


@given(writes, st.integers(1, 600))
def test_used_time_reaches_the_target_exactly_when_it_is_due(course_of: list[str], target: int) -> None:
    clock = course(*[(place * 7, met) for place, met in enumerate(course_of)])
    assert clock is not None
    due = due_of(clock, ALWAYS, target, extend=True)
    if due is not None:
        assert used_seconds(clock, ALWAYS, due, extend=True) == target
