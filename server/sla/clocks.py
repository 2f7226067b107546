"""One clock: what starts, pauses and stops it, and when it is due; computed from its intervals, never from a counter.

Stop beats pause, and pause beats start: a record that meets several conditions at once is treated so.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from metadata.calendars.arithmetic import due_after, paused_due, working_seconds
from metadata.calendars.hours import Hours

__all__ = ["Clock", "ClockState", "Truths", "advance", "due_of", "used_seconds"]


class ClockState(enum.Enum):
    """What a clock is doing."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Truths:
    """Which of a metric's conditions the record meets."""

    start: bool
    stop: bool
    pause: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock by its intervals.

    Attributes:
        state: What it is doing.
        started_at: When it began.
        stopped_at: When it ended; None while it has not.
        pauses: (from, to), in order; the last one is open while it is paused.
        round: 1 for the first; grows each time it starts again.
    """

    state: ClockState
    started_at: datetime
    stopped_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    round: int = 1

    @property
    def ended_pauses(self) -> tuple[tuple[datetime, datetime], ...]:
        """The pauses that are over."""
        return tuple((begins, ends) for begins, ends in self.pauses if ends is not None)


def advance(clock: Clock | None, truths: Truths, now: datetime, *, again: bool = False) -> Clock | None:
    """The clock after its record was written.

    Args:
        clock: The latest one; None where none has started.
        truths: What the record meets now.
        now: When it was written.
        again: Whether a clock that has stopped may start again.
    """
    if clock is None or (clock.state is ClockState.STOPPED and again):
        if truths.stop or not truths.start:
            return clock
        pauses = ((now, None),) if truths.pause else ()
        state = ClockState.PAUSED if truths.pause else ClockState.RUNNING
        return Clock(state, now, None, pauses, 1 if clock is None else clock.round + 1)
    if clock.state is ClockState.STOPPED:
        return clock
    if truths.stop:
        return replace(clock, state=ClockState.STOPPED, stopped_at=now, pauses=_closed(clock.pauses, now))
    if truths.pause and clock.state is ClockState.RUNNING:
        return replace(clock, state=ClockState.PAUSED, pauses=(*clock.pauses, (now, None)))
    if not truths.pause and clock.state is ClockState.PAUSED:
        return replace(clock, state=ClockState.RUNNING, pauses=_closed(clock.pauses, now))
    return clock


def due_of(clock: Clock, hours: Hours, seconds: int, *, extend: bool) -> datetime | None:
    """When so much working time is used up; None while a pause that extends it is open, and when it never is.

    Args:
        clock: By its intervals.
        hours: Which hours count.
        seconds: Working time that it may take.
        extend: Whether pauses move it.
    """
    if not extend:
        return due_after(hours, clock.started_at, seconds)
    due = paused_due(hours, clock.started_at, seconds, clock.ended_pauses)
    begun = next((begins for begins, ends in clock.pauses if ends is None), None)
    return due if begun is None or (due is not None and due <= begun) else None


def used_seconds(clock: Clock, hours: Hours, now: datetime, *, extend: bool) -> int:
    """Working time that has passed, until it stopped or until now."""
    end = clock.stopped_at or now
    used = working_seconds(hours, clock.started_at, end)
    if extend:
        for begins, ends in clock.pauses:
            used -= working_seconds(hours, begins, min(ends or end, end))
    return max(used, 0)


def _closed(
    pauses: Sequence[tuple[datetime, datetime | None]], now: datetime
) -> tuple[tuple[datetime, datetime | None], ...]:
    return tuple((begins, ends or now) for begins, ends in pauses)
