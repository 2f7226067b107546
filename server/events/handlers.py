"""What a handler is: a declared value that says which events it wants and what it does with them.

Engines declare handlers; the worker is given all of them. A handler is called at least once for each job. Effects in
PostgreSQL belong inside `Run.once()`, where they happen exactly once; effects outside carry `Run.idempotency_key`.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from metadata.model.tenant import TenantModel
from server.context import Cause
from server.database.connections import Connections
from server.events import sql
from server.events.clock import Clock
from server.events.log import Event

__all__ = ["GiveUpError", "Handler", "Progress", "Retries", "RetryLaterError", "Run"]


class GiveUpError(Exception):
    """Raised by a handler: trying again cannot help; the job becomes a dead letter. The text is kept as its error."""


class RetryLaterError(Exception):
    """Raised by a handler: try again after `delay_s`, whatever the handler's own back-off says."""

    def __init__(self, reason: str, delay_s: float) -> None:
        super().__init__(reason)
        self.delay_s = delay_s


@dataclass(frozen=True, slots=True)
class Retries:
    """When a failed job is tried again.

    Attributes:
        delays_s: Seconds to wait after the first failure, the second …; after as many retries the job is dead.
        jitter: Part of a delay that is added at random, so that jobs that failed together do not return together.
    """

    delays_s: tuple[float, ...] = (1, 5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400)
    jitter: float = 0.2

    def delay_s(self, attempt: int) -> float | None:
        """Seconds to wait after attempt number `attempt` (from 1) failed; None when it was the last."""
        if attempt > len(self.delays_s):
            return None
        return self.delays_s[attempt - 1] * (1 + self.jitter * random.random())


@dataclass(slots=True)
class Progress:
    """How far a run is.

    Attributes:
        is_finished: Whether its job was removed with its effects.
    """

    is_finished: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job, as its handler sees it.

    Attributes:
        handler: The handler's name.
        key: Names the work; with the handler it exists once.
        events: What it is about, in order: one event, several for batched handlers, none for timers.
        payload: What was stored with the job or timer, decoded; None for jobs of events.
        model: The tenant's model as it is now, which may be newer than the events.
        attempt: 1 at the first try.
        is_last_attempt: Whether a failure now makes a dead letter.
        sends: Which sending of the job this is.
        atomic: Whether the job is removed by the transaction of its effects.
        progress: How far it is.
    """

    job_id: int
    handler: str
    key: str
    tenant_id: str
    events: tuple[Event, ...]
    payload: Any
    model: TenantModel
    attempt: int
    is_last_attempt: bool
    connections: Connections = field(repr=False)
    clock: Clock = field(repr=False)
    sends: int = 0
    atomic: bool = False
    progress: Progress = field(default_factory=Progress, repr=False)

    @property
    def event(self) -> Event:
        """The event of a handler that is not batched."""
        (only,) = self.events
        return only

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of this work, for effects outside PostgreSQL."""
        return f"{self.tenant_id}:{self.handler}:{self.key}"

    @property
    def cause(self) -> Cause:
        """What to hand to writes, so that their events name this run's first event and its own causes."""
        chain = (*self.events[0].cause, self.events[0].id) if self.events else ()
        return Cause(f"job-{self.job_id}", chain)

    @asynccontextmanager
    async def once(self) -> AsyncIterator[Any]:
        """A transaction whose effects happen once, however often the job is run.

        Yields:
            An asyncpg connection in a transaction that also records that this work is done; None when an earlier
            run had committed it, and nothing is left to do.
        """
        mark = (self.tenant_id, self.handler, self.key)
        async with self.connections.transaction(self.tenant_id) as connection:
            if self.atomic:
                marked = await connection.fetchval(sql.FINISH_AND_MARK, *mark, self.job_id, self.sends)
            else:
                marked = await connection.fetchval(sql.ADD_MARK, *mark)
            yield connection if marked is not None else None
        self.progress.is_finished = self.atomic


def _never(_event: Event, _model: TenantModel) -> bool:
    return False


def _no_stream(_event: Event) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Handler:
    """A piece of work that follows from events or timers.

    Attributes:
        name: Unique; stored with every job, so it outlives releases: `webhooks.match`.
        handle: Does the work. Raise to have it tried again; see GiveUpError and RetryLaterError.
        interest: Whether an event makes a job. Cheap and pure; a failure counts as interest, so that it is seen.
        refine: Asked once for a batch of interesting events, in the relay's transaction: which of them really make
            jobs. For handlers whose interest is in the database. May be left out.
        stream: Jobs of one tenant with the same non-empty stream run one at a time, in the order of their events.
        batched: One job for all interesting events of a relay's batch, instead of one for each; needs a stream.
        atomic: All it does is inside one `Run.once()`, whose transaction removes the job as well; a worker takes
            several such jobs at a time, since none of them waits for the world outside.
        always: Timers of its kind fire in a tenant whose trial is over too: what it does moves nothing there. Others
            rest until the tenant goes on.
        retries: When a failed job is tried again.
        timeout_s: Seconds one run may take; None for the worker's setting.
    """

    name: str
    handle: Callable[[Run], Awaitable[None]]
    interest: Callable[[Event, TenantModel], bool] = _never
    refine: Callable[[Any, TenantModel, Sequence[Event]], Awaitable[Sequence[Event]]] | None = None
    stream: Callable[[Event], str] = _no_stream
    batched: bool = False
    atomic: bool = False
    always: bool = False
    retries: Retries = field(default_factory=Retries)
    timeout_s: float | None = None

    @property
    def listens(self) -> bool:
        """Whether events may make jobs of it; others are of timers alone."""
        return self.interest is not _never


def decode_payload(text: str | None) -> Any:
    """A job's payload as Python values."""
    return None if text is None else msgspec.json.decode(text)
