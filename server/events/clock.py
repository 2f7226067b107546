"""The one clock: handed to whatever asks for the time, so that tests and sandboxes can move it.

Leases and heartbeats between processes do not use it: they run on the database's clock, which is one for all.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "MovedClock", "SystemClock"]


class Clock(Protocol):
    """Gives the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The time of this machine."""

    __slots__ = ()

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class MovedClock:
    """A clock that runs beside another one at a distance that can be changed."""

    __slots__ = ("_base", "_offset")

    def __init__(self, base: Clock | None = None, offset: timedelta = timedelta()) -> None:
        self._base = base or SystemClock()
        self._offset = offset

    def now(self) -> datetime:
        """The present instant of the moved clock, aware, in UTC."""
        return self._base.now() + self._offset

    def advance(self, by: timedelta) -> None:
        """Move on by `by`; everything that falls due in between is overdue at once."""
        self._offset += by
