"""Work of several requests done together, while PostgreSQL is busy with that before it: a group commit one level up.

The first goes at once; what arrives meanwhile waits and goes together, so that much small work shares a statement and
a commit. More starts while the first is under way once as many wait as it does work for: a crowd parts into halves, of
which one is in PostgreSQL while the other is read and answered. It is as if all had been asked for at the same
instant: each is answered by itself, and work that PostgreSQL refuses is done again in halves until whoever is at fault
is alone, so that nobody is told of another's fault.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

import asyncpg

__all__ = ["Together"]

_MOST = 64
"""Requests whose work is done together at most: they wait for each other."""

_UNDER_WAY = 2
"""Batches of a lane that are under way at a time at most: one at work, one in its commit."""

_UNDECIDED = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
"""Errors that do not tell whether anything was written."""

Given = TypeVar("Given")
Found = TypeVar("Found")
Work: TypeAlias = Callable[[Sequence[Given]], Awaitable[Mapping[str, Found | Exception]]]
"""Does the work of several requests in one transaction; what became of each, by name, or why it was refused."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Given, Found]):
    """One request's work, and who waits for what became of it.

    Attributes:
        name: Of the work.
        place: What it locks.
        given: What it is told.
    """

    name: str
    place: str
    given: Given
    done: asyncio.Future[Found | None]


@dataclass(slots=True, eq=False)
class _Lane(Generic[Given, Found]):
    """The requests whose work may be done together.

    Attributes:
        work: Does it.
        waiting: Requests in order of arrival.
        batches: How many are under way.
        doing: Requests whose work these do.
        held: What that work locks: others of the same place would only wait for it, in no order.
    """

    work: Work[Given, Found]
    waiting: deque[_Waiting[Given, Found]] = field(default_factory=deque)
    batches: int = 0
    doing: int = 0
    held: set[str] = field(default_factory=set)

    def next(self) -> list[_Waiting[Given, Found]]:
        """Those who should go now, beside what is under way, in a batch that has begun; nobody when it is not time."""
        if self.batches == _UNDER_WAY or len(self.waiting) < self.doing:
            return []
        batch = self._taken()
        if batch:
            self.begin([one.place for one in batch])
        return batch

    def _taken(self) -> list[_Waiting[Given, Found]]:
        """The next batch, by name, so that batches lock in the same order: a name is in it once, the rest wait on."""
        batch: dict[str, _Waiting[Given, Found]] = {}
        left = []
        while self.waiting and len(batch) < _MOST:
            one = self.waiting.popleft()
            if one.done.done():  # who asked has gone
                continue
            if one.name in batch or one.place in self.held:
                left.append(one)
            else:
                batch[one.name] = one
        self.waiting.extendleft(reversed(left))
        return [batch[name] for name in sorted(batch)]

    def begin(self, places: Sequence[str]) -> None:
        """Count a batch."""
        self.batches += 1
        self.doing += len(places)
        self.held.update(places)

    def end(self, places: Sequence[str]) -> None:
        """Forget a batch that has ended."""
        self.batches -= 1
        self.doing -= len(places)
        self.held.difference_update(places)


class Together(Generic[Given, Found]):
    """Does work of requests together; those of one lane, which is named by whatever they have to have in common."""

    def __init__(self) -> None:
        self._lanes: dict[Hashable, _Lane[Given, Found]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def do(
        self, key: Hashable, name: str, given: Given, work: Work[Given, Found], place: str = ""
    ) -> Found | None:
        """Have work done, by itself or with that of other requests.

        Args:
            key: Of the lane.
            name: Of the work; a batch has it once.
            given: What the work is told.
            work: That of any request of the lane.
            place: What it locks, which one batch works at at a time; its name, unless given.

        Returns:
            What became of it; None when nothing did.
        """
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane(work)
        places = [place or name]
        if not lane.batches:
            lane.begin(places)
            try:
                return _answer((await lane.work([given])).get(name))
            finally:
                lane.end(places)
                self._go_on(key, lane)
        done: asyncio.Future[Found | None] = asyncio.get_running_loop().create_future()
        lane.waiting.append(_Waiting(name, places[0], given, done))
        self._go_on(key, lane)
        return await done

    def _go_on(self, key: Hashable, lane: _Lane[Given, Found]) -> None:
        """Let those go whose time has come, in a task of their own; close a lane that nobody needs."""
        batch = lane.next()
        if batch:
            task = asyncio.create_task(self._drain(key, lane, batch), name="database: together")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif not lane.batches:
            self._lanes.pop(key, None)

    async def _drain(self, key: Hashable, lane: _Lane[Given, Found], batch: list[_Waiting[Given, Found]]) -> None:
        while batch:
            try:
                await self._together(lane, batch)
            finally:
                lane.end([one.place for one in batch])
            batch = lane.next()
        if not lane.batches:
            self._lanes.pop(key, None)

    async def _together(self, lane: _Lane[Given, Found], batch: Sequence[_Waiting[Given, Found]]) -> None:
        try:
            found = await lane.work([one.given for one in batch])
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
            _tell(one, found.get(one.name))


def _answer(found: Found | Exception | None) -> Found | None:
    if isinstance(found, Exception):
        raise found
    return found


def _tell(one: _Waiting[Given, Found], found: Found | BaseException | None) -> None:
    if one.done.done():
        return
    if isinstance(found, BaseException):
        one.done.set_exception(found)
    else:
        one.done.set_result(found)


def _fail(batch: Sequence[_Waiting[Given, Found]], error: BaseException) -> None:
    for one in batch:
        _tell(one, error if isinstance(error, Exception) else asyncio.CancelledError())
