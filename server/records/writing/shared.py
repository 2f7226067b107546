"""Writes of several requests in one statement, as `server.database.together` does it.

Each is checked, logged and answered by itself, as if they had been sent at the same instant. Only requests that would
run the very same statement with the same rights, for the same actor, are put together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import asyncpg
import orjson

from server.database.together import Together
from server.records.statements import Statement
from server.records.writing.running import WriteRun, input_rows

__all__ = ["Lending", "SharedWrites"]

_OF_EACH = {"input": None, "now": None}
"""Parameters that differ from request to request of one kind."""


class Lending(Protocol):
    """The pool."""

    async def take(self, tenant: str) -> Any:
        """Borrow a slot."""

    def give_back(self, slot: Any) -> None:
        """Return it."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the requests of a lane have in common.

    Attributes:
        tenant_id: Whose they are.
        statement: What all of them run.
        arguments: Of the statement; those of `_OF_EACH` are of one request.
    """

    tenant_id: str
    statement: Statement
    arguments: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Row:
    """One request's row, and its instant."""

    row: Mapping[str, Any]
    now: datetime


@dataclass(eq=False)
class SharedWrites:
    """Runs statements that each write one record."""

    connections: Lending
    _together: Together[_Row, Any] = field(default_factory=Together, init=False, repr=False)

    async def write(self, run: WriteRun, statement: Statement, row: Mapping[str, Any]) -> Any:
        """Write one record in a transaction of its own, or of several requests.

        Args:
            run: The write.
            statement: Over rows of `input`, each written by itself.
            row: The record's.

        Returns:
            The statement's row for this record; None when nothing was written of it.
        """
        (own,) = input_rows(run, [row])
        arguments = run.arguments(statement, _OF_EACH)
        key = (id(statement), *[tuple(value) if isinstance(value, list) else value for value in arguments])
        shared = _Shared(run.context.model.tenant_id, statement, arguments)
        return await self._together.do(key, own["id"], _Row(own, run.now), partial(self._write, shared))

    async def _write(self, shared: _Shared, rows: Sequence[_Row]) -> dict[str, Any]:
        given = {
            "input": orjson.dumps([one.row for one in rows]),
            "now": max(one.now for one in rows).isoformat(),
        }
        arguments = [
            given.get(name, value) for name, value in zip(shared.statement.parameters, shared.arguments, strict=True)
        ]
        slot = await self.connections.take(shared.tenant_id)
        try:
            return {row["id"]: row for row in await slot.connection.fetch(shared.statement.sql, *arguments)}
        except asyncpg.InternalClientError:  # the protocol is out of step; nobody may use the connection again
            slot.connection.terminate()
            raise
        finally:
            self.connections.give_back(slot)
