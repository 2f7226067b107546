"""From job rows to the queue: each tenant has a share of messages under way, so that none can fill the queue."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import orjson
import structlog
from arq.connections import ArqRedis
from arq.constants import job_key_prefix
from redis.exceptions import RedisError

from server.database.connections import Connections
from server.events import sql
from server.events.clock import Clock
from server.events.wake import Wake

__all__ = ["QUEUE", "RUN_FUNCTION", "Dispatcher", "open_queue"]

QUEUE = "tangram:jobs"
"""The arq queue. One installation needs a Redis database of its own, since arq's other keys have fixed names."""

RUN_FUNCTION = "run"
"""The one function that arq knows: run the job row with this id."""

_MESSAGE_LIFETIME = timedelta(hours=1)
_SWEEP_LIMIT = 1_000
_log = structlog.get_logger("tangram.events")


def open_queue(redis_url: str) -> ArqRedis:
    """A client of the queue; close it with `aclose()`. Messages are JSON, never pickles."""
    queue: ArqRedis = ArqRedis.from_url(redis_url)
    queue.default_queue_name = QUEUE
    queue.job_serializer = orjson.dumps
    queue.job_deserializer = orjson.loads
    return queue


class Dispatcher:
    """Sends due jobs to the queue.

    Args:
        share: Jobs of one tenant that may be sent or running at a time, on all workers together.
    """

    def __init__(
        self, connections: Connections, queue: ArqRedis, wake_workers: Wake, clock: Clock, *, share: int
    ) -> None:
        self._connections = connections
        self._queue = queue
        self._wake_workers = wake_workers
        self._clock = clock
        self._share = share

    async def dispatch(self, tenant_id: str) -> int:
        """Send as many due jobs of one tenant as its share allows.

        A message that cannot be sent is left to `sweep`. Returns the number of jobs taken.
        """
        async with self._connections.acquire() as connection:
            rows = await connection.fetch(sql.TAKE_READY_JOBS, tenant_id, self._clock.now(), self._share)
        if rows:
            await self._send([(row["id"], row["sends"]) for row in rows])
        return len(rows)

    async def sweep(self, *, sent_before_s: float = 1.0) -> None:
        """Send what is due by now, and again what the queue has lost."""
        await self._take_back_lost(sent_before_s)
        async with self._connections.acquire() as connection:
            tenants = await connection.fetch(sql.DUE_TENANTS, self._clock.now(), _SWEEP_LIMIT)
        for row in tenants:
            await self.dispatch(row["tenant_id"])

    async def _send(self, jobs: list[tuple[int, int]]) -> None:
        try:
            async with asyncio.timeout(5):
                for job_id, sends in jobs:
                    await self._queue.enqueue_job(
                        RUN_FUNCTION, job_id, sends, _job_id=_message_id(job_id, sends), _expires=_MESSAGE_LIFETIME
                    )
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("queue does not answer, jobs are sent later", error=type(error).__name__, jobs=len(jobs))
        self._wake_workers.nudge()

    async def _take_back_lost(self, sent_before_s: float) -> None:
        async with self._connections.acquire() as connection:
            rows = await connection.fetch(sql.JOBS_SENT, sent_before_s, _SWEEP_LIMIT)
        if not rows:
            return
        try:
            async with asyncio.timeout(5), self._queue.pipeline(transaction=False) as pipe:
                for row in rows:
                    pipe.exists(job_key_prefix + _message_id(row["id"], row["sends"]))
                found: list[Any] = await pipe.execute()
        except (RedisError, OSError, TimeoutError):
            return
        lost = [row for row, is_there in zip(rows, found, strict=True) if not is_there]
        if lost:
            _log.warning("messages lost by the queue are sent again", jobs=len(lost))
            async with self._connections.acquire() as connection:
                await connection.executemany(sql.UNSEND_JOB, [(row["id"], row["sends"]) for row in lost])


def _message_id(job_id: int, sends: int) -> str:
    return f"{job_id}.{sends}"
