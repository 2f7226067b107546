"""Conditions judged on records by SQL, with the values of one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from metadata.expressions.environment import NOW, TIMEZONE, TODAY
from metadata.expressions.tree import Expression
from metadata.model.tenant import TenantModel
from metadata.problems import LimitError
from server.access.explain import Holder
from server.access.grants import GrantShape
from server.access.simulation import Shift
from server.records.judging import CANDIDATES, LIMIT, RECORD, compile_difference, compile_judgement
from server.records.statements import TENANT_PARAMETER, Statement

__all__ = ["Counts", "Judge", "Lender", "Outcomes"]


class Lender(Protocol):
    """Lends connections, as the pool does."""

    def acquire(self, tenant: str | None = None, /) -> AbstractAsyncContextManager[Any]:
        """One for work of a tenant."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How conditions come out on one record.

    Attributes:
        found: Whether there is such a record.
        by_person: Outcome of each condition, by account id.
    """

    found: bool
    by_person: Mapping[str, Mapping[Expression, bool | None]]

    def of(self, holder: Holder, condition: Expression) -> bool | None:
        """How a condition comes out for somebody; nothing is true of a record that is not there."""
        return self.by_person.get(holder.user, {}).get(condition, False)

    def fits(self, holder: Holder) -> Callable[[Expression], bool | None]:
        """As explanations ask."""
        return partial(self.of, holder)


@dataclass(frozen=True, slots=True)
class Counts:
    """On how many records a right changes, for one person.

    Attributes:
        examined: Records that were looked at.
        held: Records that the right reaches now.
        gained: Records it would reach besides.
        lost: Records it would no longer reach.
    """

    examined: int
    held: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges on records of one tenant at one instant.

    Attributes:
        connections: The pool, or the connection at hand.
        model: The tenant's model.
        now: The instant.
        timeout_s: Seconds that one statement may take.
        grants: What the conditions name of rights that were given for a time, by digest.
    """

    connections: Lender
    model: TenantModel
    now: datetime
    timeout_s: float = 20.0
    grants: Mapping[str, GrantShape] = field(default_factory=dict)

    async def outcomes(
        self, object_name: str, record_id: str, asked: Mapping[Holder, Sequence[Expression]]
    ) -> Outcomes:
        """How conditions come out on one record, for each person the conditions that concern them."""
        conditions = tuple(dict.fromkeys(one for held in asked.values() for one in held))
        statement = compile_judgement(self.model, object_name, conditions, self.grants)
        rows = await self._rows(statement, asked, {RECORD: record_id})
        by_person = {row["id"]: dict(zip(conditions, row["outcomes"], strict=True)) for row in rows}
        return Outcomes(bool(rows), by_person)

    async def counts(self, shift: Shift, holders: Iterable[Holder], limit: int) -> Mapping[str, Counts]:
        """On how many of the newest `limit` records a right changes, by account id."""
        statement = compile_difference(self.model, shift.object, shift.before, shift.after, self.grants)
        rows = await self._rows(statement, holders, {LIMIT: limit})
        return {row["id"]: Counts(row["examined"], row["held"], row["gained"], row["lost"]) for row in rows}

    async def _rows(self, statement: Statement, holders: Iterable[Holder], more: Mapping[str, Any]) -> list[Any]:
        candidates = [{"id": holder.user, "roles": list(holder.roles)} for holder in holders]
        today = self.now.astimezone(ZoneInfo(self.model.settings.timezone)).date()
        values = {
            CANDIDATES: msgspec.json.encode(candidates).decode(),
            TENANT_PARAMETER.name: self.model.tenant_id,
            NOW.name: self.now.isoformat(),
            TODAY.name: today.isoformat(),
            TIMEZONE.name: self.model.settings.timezone,
            **more,
        }
        try:
            async with self.connections.acquire(self.model.tenant_id) as connection:
                rows: list[Any] = await connection.fetch(
                    statement.sql, *statement.arguments(values.__getitem__), timeout=self.timeout_s
                )
        except (TimeoutError, asyncpg.QueryCanceledError) as error:
            raise LimitError.single(
                "statement_timeout",
                "Looking at the records took longer than a statement may take.",
                hint="Ask about fewer people, object types or records.",
            ) from error
        return rows
