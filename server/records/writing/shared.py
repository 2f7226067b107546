"""Writes of several requests in one statement, while PostgreSQL is busy with those before them.

A group commit one level up. The first write goes at once; what arrives meanwhile waits and goes together, so that many
small writes share the work of a statement and of a commit. A second statement starts while the first is at work once
as many wait as it writes: a crowd parts into halves, of which one is written while the other is read and answered. It
is as if they had been sent at the same instant: each is checked, logged and answered by itself, and a statement that
is refused is run again in halves until whoever is at fault is alone, so that nobody is told of another's fault.

Only requests that would run the very same statement with the same rights, for the same actor, are put together.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import asyncpg
import orjson

from server.records.statements import Statement
from server.records.writing.running import WriteRun, input_rows

__all__ = ["Lending", "SharedWrites"]

_MAX_ROWS = 64
"""Requests that share a statement at most: they wait for each other."""

_RUNNING = 2
"""Statements of one kind that run at a time at most: one at work, one in its commit."""

_OF_EACH = {"input": None, "now": None}
"""Parameters that differ from request to request of one kind."""

_UNDECIDED = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
"""Errors that do not tell whether anything was written."""


class Lending(Protocol):
    """The pool."""

    async def take(self, tenant: str) -> Any:
        """Borrow a slot."""

    def give_back(self, slot: Any) -> None:
        """Return it."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """One request's row, and who waits for what was written of it."""

    row: Mapping[str, Any]
    now: datetime
    done: asyncio.Future[Any]


@dataclass(slots=True, eq=False)
class _Lane:
    """The requests that may share a statement.

    Attributes:
        run: The write that opened the lane.
        statement: What all of them run.
        arguments: Of the statement; those of `_OF_EACH` are of one request.
        waiting: Requests in order of arrival.
        running: Statements at work.
        writing: Records that these write.
    """

    run: WriteRun
    statement: Statement
    arguments: Sequence[Any]
    waiting: deque[_Waiting] = field(default_factory=deque)
    running: int = 0
    writing: int = 0

    def next(self) -> list[_Waiting]:
        """Those who should go now, by a statement beside those at work, which has begun; nobody when it is not time."""
        if self.running == _RUNNING or len(self.waiting) < self.writing:
            return []
        batch = _taken(self.waiting)
        self.begin(len(batch))
        return batch

    def begin(self, records: int) -> None:
        """Count a statement, if it writes anything."""
        self.running += records > 0
        self.writing += records

    def end(self, records: int) -> None:
        """Forget a statement that has ended."""
        self.running -= 1
        self.writing -= records


@dataclass(eq=False)
class SharedWrites:
    """Runs statements that each write one record."""

    connections: Lending
    _lanes: dict[Hashable, _Lane] = field(default_factory=dict, init=False, repr=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)

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
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane(run, statement, arguments)
        if not lane.running:
            lane.begin(1)
            try:
                return (await self._run(lane, [own], run.now)).get(own["id"])
            finally:
                lane.end(1)
                self._go_on(key, lane)
        waiting = _Waiting(own, run.now, asyncio.get_running_loop().create_future())
        lane.waiting.append(waiting)
        self._go_on(key, lane)
        return await waiting.done

    def _go_on(self, key: Hashable, lane: _Lane) -> None:
        """Let those go whose time has come, in a task of their own; close a lane that nobody needs."""
        batch = lane.next()
        if batch:
            task = asyncio.create_task(self._drain(key, lane, batch), name="records: shared writes")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif not lane.running:
            self._lanes.pop(key, None)

    async def _drain(self, key: Hashable, lane: _Lane, batch: list[_Waiting]) -> None:
        while batch:
            try:
                await self._together(lane, batch)
            finally:
                lane.end(len(batch))
            batch = lane.next()
        if not lane.running:
            self._lanes.pop(key, None)

    async def _together(self, lane: _Lane, batch: Sequence[_Waiting]) -> None:
        try:
            found = await self._run(lane, [one.row for one in batch], max(one.now for one in batch))
        except asyncpg.PostgresError as error:
            if len(batch) == 1 or isinstance(error, _UNDECIDED):
                _fail(batch, error)
                return
            middle = len(batch) // 2
            await self._together(lane, batch[:middle])
            await self._together(lane, batch[middle:])
            return
        except BaseException as error:
            _fail(batch, error)
            if isinstance(error, Exception):
                return
            raise
        for one in batch:
            if not one.done.done():
                one.done.set_result(found.get(one.row["id"]))

    async def _run(self, lane: _Lane, rows: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
        given = {"input": orjson.dumps(rows), "now": now.isoformat()}
        arguments = [
            given.get(name, value) for name, value in zip(lane.statement.parameters, lane.arguments, strict=True)
        ]
        slot = await self.connections.take(lane.run.context.model.tenant_id)
        try:
            return {row["id"]: row for row in await slot.connection.fetch(lane.statement.sql, *arguments)}
        except asyncpg.InternalClientError:  # the protocol is out of step; nobody may use the connection again
            slot.connection.terminate()
            raise
        finally:
            self.connections.give_back(slot)


def _taken(waiting: deque[_Waiting]) -> list[_Waiting]:
    """The next batch, by id, so that batches lock in the same order: a record is in it once, the rest stay waiting."""
    batch: dict[str, _Waiting] = {}
    left = []
    while waiting and len(batch) < _MAX_ROWS:
        one = waiting.popleft()
        if one.done.done():  # who asked has gone
            continue
        if one.row["id"] in batch:
            left.append(one)
        else:
            batch[one.row["id"]] = one
    waiting.extendleft(reversed(left))
    return [batch[id] for id in sorted(batch)]


def _fail(batch: Sequence[_Waiting], error: BaseException) -> None:
    for one in batch:
        if not one.done.done():
            one.done.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
