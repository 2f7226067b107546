"""Job rows: work that is owed, kept in PostgreSQL until it is done or dead.

    ready ──sent to the queue──▶ sent ──claimed──▶ running ──▶ row removed
      ▲                           │                  │ │
      └──── message was lost ─────┴─ failed, released┘ └──── attempts used up ──▶ dead ──retried──▶ ready

The queue only says which row to run; emptying it loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from server.database.connections import Connections
from server.events import sql
from server.events.clock import Clock

__all__ = [
    "DeadLetterFilter",
    "Job",
    "JobDraft",
    "add_jobs",
    "claim",
    "claim_next_due",
    "claim_next_in_stream",
    "count_jobs",
    "dead_letters",
    "fail",
    "finish",
    "release",
    "retry_dead",
    "retry_dead_letters",
]

MAX_ERROR_LENGTH = 2_000
"""Characters of a job's error that are kept."""


class JobDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A job to add.

    Attributes:
        handler: Name of the handler.
        key: Names the work; a job with the same handler and key is not added twice.
        stream: Jobs of one stream run one at a time, in the order they were added; empty for no order.
        payload: JSON-ready; small.
        next_at: Not before.
    """

    handler: str
    key: str
    next_at: datetime
    stream: str = ""
    event_ids: tuple[int, ...] = ()
    payload: Any = None


@dataclass(frozen=True, slots=True)
class Job:
    """One job row.

    Attributes:
        sends: Which sending of the job this is; statements about a run compare it.
        last_error: Of the latest failed attempt; empty before.
    """

    id: int
    tenant_id: str
    handler: str
    key: str
    stream: str
    event_ids: tuple[int, ...]
    payload: str | None
    state: str
    attempts: int
    sends: int
    next_at: datetime
    last_error: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetterFilter:
    """Which dead letters of a tenant; what is None or empty does not narrow."""

    handler: str | None = None
    ids: tuple[int, ...] | None = None
    since: datetime | None = None


async def add_jobs(connection: Any, tenant_id: str, drafts: Iterable[JobDraft]) -> None:
    """Record jobs of one tenant in the connection's transaction; nudge the dispatcher after the commit."""
    encoded = msgspec.json.encode(list(drafts)).decode()
    if encoded != "[]":
        await connection.execute(sql.ADD_JOBS, tenant_id, encoded)


async def claim(connection: Any, job_id: int, sends: int, *, worker: str, lease_s: float) -> Job | None:
    """Start the run that a message asks for; None when the message is stale."""
    row = await connection.fetchrow(sql.CLAIM_JOB, job_id, sends, worker, lease_s)
    return _job(row) if row else None


async def claim_next_in_stream(connection: Any, job: Job, *, worker: str, lease_s: float, now: datetime) -> Job | None:
    """After a job is done, start the next one of its stream without asking the queue; None when none is due."""
    row = await connection.fetchrow(sql.CLAIM_NEXT_IN_STREAM, job.tenant_id, job.stream, worker, lease_s, now)
    return _job(row) if row else None


async def claim_next_due(
    connection: Any,
    tenant_id: str,
    *,
    worker: str,
    lease_s: float,
    now: datetime,
    at_most: int = 1,
    handlers: Sequence[str] | None = None,
) -> list[Job]:
    """Start what is due first of a tenant without asking the queue, in that order.

    Args:
        connection: Of the tenant.
        tenant_id: The tenant.
        worker: Name of this process.
        lease_s: Seconds without heartbeat after which the runs count as lost.
        now: The instant.
        at_most: How many.
        handlers: Of these handlers alone, and no job that was run before: what has brought a worker down is run by
            itself. None for any job.
    """
    rows = await connection.fetch(
        sql.CLAIM_NEXT_DUE, tenant_id, worker, lease_s, now, at_most, None if handlers is None else list(handlers)
    )
    return sorted(map(_job, rows), key=lambda job: (job.next_at, job.id))


async def finish(connection: Any, job: Job) -> None:
    """The run succeeded: nothing is owed any more."""
    await connection.execute(sql.FINISH_JOB, job.id, job.sends)


async def fail(
    connection: Any, job_id: int, sends: int, *, error: str, retry_at: datetime | None, now: datetime
) -> None:
    """The run failed: try again at `retry_at`, or never when it is None."""
    state = "dead" if retry_at is None else "ready"
    text = error.replace("\0", "")[:MAX_ERROR_LENGTH]
    await connection.execute(sql.FAIL_JOB, job_id, sends, state, retry_at or now, text)


async def release(connection: Any, jobs: Sequence[Job]) -> None:
    """The runs were called off; they do not count as attempts."""
    await connection.execute(sql.RELEASE_JOBS, [job.id for job in jobs], [job.sends for job in jobs])


async def count_jobs(connection: Any, tenant_id: str) -> Mapping[str, int]:
    """How many jobs of a tenant are in which state."""
    return {row["state"]: row["jobs"] for row in await connection.fetch(sql.COUNT_JOBS, tenant_id)}


async def dead_letters(
    connection: Any, tenant_id: str, *, handler: str | None = None, first: int = 20, before: int | None = None
) -> list[Job]:
    """The dead letters of a tenant, newest first, below the job id `before`."""
    return [_job(row) for row in await connection.fetch(sql.DEAD_JOBS, tenant_id, handler, before, first)]


async def retry_dead_letters(
    connections: Connections, tenant_id: str, which: DeadLetterFilter, clock: Clock
) -> Sequence[int]:
    """Give dead letters of a tenant all their attempts again; nudge the dispatcher afterwards.

    Returns:
        The ids of the jobs that are owed again.
    """
    async with connections.acquire() as connection:
        return await retry_dead(connection, tenant_id, which, clock.now())


async def retry_dead(connection: Any, tenant_id: str, which: DeadLetterFilter, now: datetime) -> Sequence[int]:
    """The same in the connection's transaction."""
    ids = None if which.ids is None else list(which.ids)
    rows = await connection.fetch(sql.RETRY_DEAD_JOBS, tenant_id, now, which.handler, ids, which.since)
    return sorted(row["id"] for row in rows)


def _job(row: Mapping[str, Any]) -> Job:
    return Job(
        id=row["id"],
        tenant_id=row["tenant_id"],
        handler=row["handler"],
        key=row["key"],
        stream=row["stream"],
        event_ids=tuple(row["event_ids"]),
        payload=row["payload"],
        state=row["state"],
        attempts=row["attempts"],
        sends=row["sends"],
        next_at=row["next_at"],
        last_error=row["last_error"],
        created_at=row["created_at"],
    )
