"""The arq worker with a run loop of its own: woken instead of polling, and it outlives restarts of Valkey."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import structlog
from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.exceptions import RedisError

from metadata.problems import UnavailableError
from server.events.dispatch import QUEUE, RUN_FUNCTION, Dispatcher
from server.events.running import Runner

__all__ = ["QueueWorker"]

_ONE_DAY_S = 86_400
_CANCEL_S = 5.0
_PICKED_UP_S = 15
"""Seconds for which a message that was picked up is not delivered again: to claim its job takes far less."""

_log = structlog.get_logger("tangram.events")


class QueueWorker(Worker):
    """Takes messages from the queue and runs the jobs they name.

    arq keeps nothing: attempts, delays, timeouts and results are the job row's. A message names one sending of a job,
    so one that arq delivers twice is stale the second time. arq would keep a message from being delivered again for as
    long as a job may take: one that a killed worker has picked up would then hold its job, and its place in the queue,
    for a day.
    """

    def __init__(
        self, queue: ArqRedis, runner: Runner, dispatcher: Dispatcher, wake: asyncio.Event, *, jobs: int
    ) -> None:
        async def run(_ctx: dict[Any, Any], job_id: int, sends: int) -> None:
            await self._run(job_id, sends)

        super().__init__(
            functions=[func(cast(Any, run), name=RUN_FUNCTION, max_tries=100, keep_result=0)],
            queue_name=QUEUE,
            redis_pool=queue,
            handle_signals=False,
            max_jobs=jobs,
            job_timeout=_ONE_DAY_S,
            keep_result=0,
            log_results=False,
            job_serializer=queue.job_serializer,
            job_deserializer=queue.job_deserializer,
        )
        self.in_progress_timeout_s = _PICKED_UP_S
        self._runner = runner
        self._dispatcher = dispatcher
        self._wake = wake

    async def serve(self, *, every_s: float = 0.5) -> None:
        """Run jobs until cancelled: when woken, and every `every_s` in any case."""
        pause_s = 0.1
        while True:
            self._wake.clear()
            try:
                await self._poll_iteration()
                pause_s = 0.1
            except (RedisError, OSError) as error:
                _log.warning("queue does not answer", error=type(error).__name__)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, 2.0)
            try:
                async with asyncio.timeout(every_s):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Start messages one by one, so that a lost connection in between does not lose a place for a job.

        arq takes a place before it asks Redis, and does not give it back when Redis fails.
        """
        for job_id in job_ids:
            if self.job_counter >= self.max_jobs:
                return
            under_way = self.tasks.get(job_id.decode())
            if under_way is not None and not under_way.done():
                continue  # a long run of ours, whose message is delivered again
            try:
                await super().start_jobs([job_id])
            except (RedisError, OSError):
                self._release_sem_dec_counter_on_complete()
                raise
            task = self.tasks.get(job_id.decode())
            if task is not None:
                task.add_done_callback(lambda _: self._wake.set())

    async def drain(self, grace_s: float) -> None:
        """Let running jobs finish within `grace_s`, then call them off: their rows are released for other workers."""
        self.allow_pick_jobs = False
        runs = [task for task in self.tasks.values() if not task.done()]
        if runs:
            await asyncio.wait(runs, timeout=grace_s)
        for task in list(self.job_tasks.values()):
            task.cancel()
        if runs:
            await asyncio.wait(runs, timeout=_CANCEL_S)
            await asyncio.gather(*(task for task in runs if task.done()), return_exceptions=True)

    async def _run(self, job_id: int, sends: int) -> None:
        try:
            tenant_id = await self._runner.run(job_id, sends)
            if tenant_id is not None:
                await self._dispatcher.dispatch(tenant_id)
        except UnavailableError as error:
            _log.warning("job left to the sweeper, the database does not answer", job=job_id, error=str(error))
        except Exception as error:  # the row's lease runs out and the sweeper takes it back
            _log.error("job left to the sweeper", job=job_id, error=type(error).__name__, exc_info=error)
