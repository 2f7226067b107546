"""What a run of an expression is given besides its record: the one clock, the tenant's zone, the actor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from metadata.expressions.tree import Parameter
from metadata.expressions.types import DATE, DATETIME, TEXT

__all__ = ["NOW", "TIMEZONE", "TODAY", "Env", "Row"]

Row: TypeAlias = Mapping[str, Any]
"""A record's values by field name.

Numbers are int or Decimal, texts, options and ids str, instants aware datetimes, durations timedelta (or whole
seconds), money a mapping with `amount` and `currency` (or its amount alone), other composite values mappings of their
parts. A to-one relation is a mapping, or the id alone when nothing behind it is asked for; a to-many relation is an
iterable of mappings. Every field that the expression names must be there; None stands for no value.
"""

NOW = Parameter("now", DATETIME)
"""The instant of the run."""

TODAY = Parameter("today", DATE)
"""The day of that instant in the tenant's zone."""

TIMEZONE = Parameter("timezone", TEXT)
"""IANA name of the tenant's zone."""


class Env:
    """One run. Make one for each record or batch that shares a clock.

    Attributes:
        now: The instant, aware.
        timezone: The tenant's zone.
        actor: Values of `actor.…`.
        old: The record before the change, for `old.…`.
        parameters: Values of other parameters by name.
        record: The outermost record, inside a quantifier or aggregate.
        parent: The record outside it.
    """

    __slots__ = ("_today", "actor", "now", "old", "parameters", "parent", "record", "timezone")

    def __init__(
        self,
        now: datetime,
        timezone: ZoneInfo | str,
        *,
        actor: Row | None = None,
        old: Row | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        self.now = now.astimezone(UTC)
        self.timezone = _zone(timezone) if isinstance(timezone, str) else timezone
        self.actor: Row = {} if actor is None else actor
        self.old = old
        self.parameters: Mapping[str, Any] = {} if parameters is None else parameters
        self.record: Row | None = None
        self.parent: Row | None = None
        self._today: date | None = None

    @property
    def today(self) -> date:
        """The day of `now` in the tenant's zone."""
        if self._today is None:
            self._today = self.now.astimezone(self.timezone).date()
        return self._today

    def inside(self, parent: Row) -> Env:
        """The environment of an expression over records related to `parent`."""
        inner = Env.__new__(Env)
        inner.now = self.now
        inner.timezone = self.timezone
        inner.actor = self.actor
        inner.old = self.old
        inner.parameters = self.parameters
        inner.record = parent if self.record is None else self.record
        inner.parent = parent
        inner._today = self._today
        return inner


@lru_cache(maxsize=1_024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
