"""One message of the queue: claim the job row, call its handler, record the outcome; then go on with what follows."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import asyncpg
import structlog

from metadata.problems import UnavailableError
from server.database.connections import Connections
from server.events import jobs, sql
from server.events.clock import Clock
from server.events.handlers import GiveUpError, Handler, Progress, RetryLaterError, Run, decode_payload
from server.events.log import Event
from server.events.relay import ModelSource

__all__ = ["Runner"]

_CUT = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, UnavailableError, OSError)
_NOTE_ATTEMPTS = 5
_NOTE_PAUSE_S = 0.2
_MAX_RUNS_S = 1.0
"""Seconds a message may go on for; then other tenants get their turn."""

_MAX_TAKEN = 25
_TAKEN_S = 0.2
"""Jobs that are taken at a time at most, and seconds they may take: they wait for each other meanwhile."""

_log = structlog.get_logger("tangram.events")


class Runner:
    """Runs jobs.

    Args:
        worker: Name of this process, unique among workers.
        timeout_s: Seconds a run may take where the handler does not say.
        lease_s: Seconds without heartbeat after which this worker's runs count as lost.
    """

    def __init__(
        self,
        connections: Connections,
        models: ModelSource,
        handlers: Sequence[Handler],
        clock: Clock,
        *,
        worker: str,
        timeout_s: float,
        lease_s: float,
    ) -> None:
        self._connections = connections
        self._models = models
        self._handlers = {handler.name: handler for handler in handlers}
        self._clock = clock
        self._atomic = [handler.name for handler in handlers if handler.atomic]
        self._worker = worker
        self._timeout_s = timeout_s
        self._lease_s = lease_s
        self._held: set[int] = set()

    async def run(self, job_id: int, sends: int) -> str | None:
        """Run the job that a message names and those that follow it, which saves them the way through the queue.

        Returns:
            The tenant whose share may have become free; None when the message was stale.
        """
        async with self._connections.acquire() as connection:
            job = await jobs.claim(connection, job_id, sends, worker=self._worker, lease_s=self._lease_s)
        if job is None:
            return None
        self._held.add(job.id)
        claimed = deque([job])
        try:
            await self._run_on(claimed)
        finally:
            if claimed:
                await asyncio.shield(self._release(claimed))
        return job.tenant_id

    async def _run_on(self, claimed: deque[jobs.Job]) -> None:
        """Run what is claimed and what follows, until nothing does or the time is over; leaves what was not begun."""
        started, runs = time.monotonic(), 0
        while claimed:
            job = claimed.popleft()
            await self._run_claimed(job)
            runs += 1
            left_s = _MAX_RUNS_S - (time.monotonic() - started)
            if left_s < 0:
                return
            if job.stream or not claimed:
                mean_s = (_MAX_RUNS_S - left_s) / runs
                await self._claim_more(job, claimed, max(1, min(_MAX_TAKEN, int(min(left_s, _TAKEN_S) / mean_s))))

    async def _claim_more(self, job: jobs.Job, claimed: deque[jobs.Job], at_most: int) -> None:
        """Claim what follows a job: the next of its stream, or else what is due first of the tenant's other work."""
        async with self._connections.acquire(job.tenant_id) as connection:
            following = None
            if job.stream:
                following = await jobs.claim_next_in_stream(
                    connection, job, worker=self._worker, lease_s=self._lease_s, now=self._clock.now()
                )
            if following is not None:
                claimed.appendleft(following)
            elif not claimed:
                claimed += await self._due(connection, job, at_most)
            self._held |= {one.id for one in claimed}

    async def _due(self, connection: object, job: jobs.Job, at_most: int) -> list[jobs.Job]:
        """Several that are quick, where the job was; else one of any kind."""
        for count, handlers in ((at_most, self._atomic), (1, None)):
            if handlers is not None and (count < 2 or job.handler not in handlers):
                continue
            found = await jobs.claim_next_due(
                connection, job.tenant_id, worker=self._worker, lease_s=self._lease_s, now=self._clock.now(),
                at_most=count, handlers=handlers,
            )  # fmt: skip
            if found:
                return found
        return []

    async def renew_leases(self) -> None:
        """Tell the database which jobs this worker is at work on; those it lost track of are swept up in time."""
        async with self._connections.acquire() as connection:
            await connection.execute(sql.RENEW_LEASES, self._worker, self._lease_s, list(self._held))

    async def take_back_expired(self) -> None:
        """Give up the runs of workers that are gone: tried again, or dead letters when attempts are used up."""
        async with self._connections.acquire() as connection:
            for row in await connection.fetch(sql.EXPIRED_JOBS, 1_000):
                _log.warning("worker of a job is gone", job=row["id"], handler=row["handler"])
                await self._record_failure(
                    connection,
                    row["id"],
                    row["sends"],
                    row["handler"],
                    row["attempts"],
                    "The worker stopped answering.",
                )

    async def _run_claimed(self, job: jobs.Job) -> None:
        try:
            await self._run_held(job)
        finally:
            self._held.discard(job.id)

    async def _run_held(self, job: jobs.Job) -> None:
        error: BaseException
        progress = Progress()
        try:
            await self._call_handler(job, progress)
        except asyncio.CancelledError:
            await asyncio.shield(self._release([job]))
            raise
        except Exception as caught:  # whatever a handler raises is its outcome
            error = caught
        else:
            if not progress.is_finished:
                await self._settle(job, lambda connection: jobs.finish(connection, job))
            return
        _log.warning(
            "job failed", job=job.id, tenant=job.tenant_id, handler=job.handler, attempt=job.attempts,
            error=_describe(error), exc_info=None if isinstance(error, GiveUpError | RetryLaterError) else error,
        )  # fmt: skip
        text = _describe(error)
        await self._settle(
            job,
            lambda connection: self._record_failure(
                connection, job.id, job.sends, job.handler, job.attempts, text, error
            ),
        )

    async def _settle(self, job: jobs.Job, note: Callable[[object], Awaitable[None]]) -> None:
        """Note a run's outcome, on another connection when this one is cut; noting it twice changes nothing."""
        for attempt in range(_NOTE_ATTEMPTS):
            try:
                async with self._connections.acquire(job.tenant_id) as connection:
                    await note(connection)
                return
            except _CUT:
                if attempt == _NOTE_ATTEMPTS - 1:
                    raise
                await asyncio.sleep(_NOTE_PAUSE_S)

    async def _call_handler(self, job: jobs.Job, progress: Progress) -> None:
        handler = self._handlers.get(job.handler)
        if handler is None:
            raise GiveUpError(
                f"There is no handler '{job.handler}'; it was removed or belongs to a plugin that is off."
            )
        events = await self._events(job)
        model = await self._models(job.tenant_id, max((event.version for event in events), default=0))
        if model is None:
            raise GiveUpError("The tenant is gone.")
        run = Run(
            job_id=job.id,
            handler=job.handler,
            key=job.key,
            tenant_id=job.tenant_id,
            events=events,
            payload=decode_payload(job.payload),
            model=model,
            attempt=job.attempts,
            is_last_attempt=handler.retries.delay_s(job.attempts) is None,
            connections=self._connections,
            clock=self._clock,
            sends=job.sends,
            atomic=handler.atomic,
            progress=progress,
        )
        async with asyncio.timeout(handler.timeout_s or self._timeout_s):
            await handler.handle(run)

    async def _events(self, job: jobs.Job) -> tuple[Event, ...]:
        if not job.event_ids:
            return ()
        async with self._connections.acquire(job.tenant_id) as connection:
            rows = await connection.fetch(sql.EVENTS_BY_ID, job.tenant_id, list(job.event_ids))
        if len(rows) != len(job.event_ids):
            raise GiveUpError("The event is no longer in the log.")
        return tuple(Event.from_row(row) for row in rows)

    async def _record_failure(
        self, connection: object, job_id: int, sends: int, handler_name: str, attempt: int, text: str,
        error: BaseException | None = None,
    ) -> None:  # fmt: skip
        handler = self._handlers.get(handler_name)
        delay_s = handler.retries.delay_s(attempt) if handler is not None else None
        if isinstance(error, GiveUpError):
            delay_s = None
        elif isinstance(error, RetryLaterError) and delay_s is not None:
            delay_s = error.delay_s
        now = self._clock.now()
        retry_at = None if delay_s is None else now + timedelta(seconds=delay_s)
        await jobs.fail(connection, job_id, sends, error=text, retry_at=retry_at, now=now)

    async def _release(self, given_back: Sequence[jobs.Job]) -> None:
        self._held -= {job.id for job in given_back}
        async with self._connections.acquire() as connection:
            await jobs.release(connection, list(given_back))


def _describe(error: BaseException) -> str:
    if isinstance(error, TimeoutError) and not str(error):
        return "The run took too long."
    if isinstance(error, GiveUpError | RetryLaterError):
        return str(error)
    return f"{type(error).__name__}: {error}"
