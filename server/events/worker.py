"""A worker process: relay, timers, queue and sweeper, side by side, until it is told to stop.

Any number of workers may run. Each loop outlives faults of PostgreSQL and Valkey: it logs, waits and goes on.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any

import structlog

from server.database.connections import Connections
from server.events.bus import Bus
from server.events.channels import Channels
from server.events.clock import Clock
from server.events.dispatch import Dispatcher, open_queue
from server.events.handlers import Handler
from server.events.queue import QueueWorker
from server.events.relay import ModelSource, Relay
from server.events.running import Runner
from server.events.timers import Timers
from server.events.upkeep import Retention, prune
from server.events.wake import DUE_CHANNEL, EVENTS_CHANNEL, JOBS_CHANNEL, Wake

__all__ = ["Chore", "EventWorker", "WorkerLimits"]

_log = structlog.get_logger("tangram.events")


@dataclass(frozen=True, slots=True)
class Chore:
    """Something every worker does from time to time; it must not mind being done twice at once."""

    name: str
    every_s: float
    run: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Bounds of one worker.

    Attributes:
        jobs: Jobs it runs at the same time.
        tenant_share: Jobs of one tenant that may be under way at a time, on all workers together.
        job_timeout_s: Seconds a run may take where its handler does not say.
        lease_s: Seconds without a sign of life after which its jobs are given to others.
        shutdown_s: Seconds running jobs are given to finish at shutdown.
        look_every_s: Seconds after which it looks for work without having been woken.
    """

    jobs: int = 10
    tenant_share: int = 5
    job_timeout_s: float = 300
    lease_s: float = 15
    shutdown_s: float = 10
    look_every_s: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class EventWorker:
    """One worker; `run` it.

    Attributes:
        redis: A client for channels; the queue has one of its own, made from `redis_url`.
        channels: This process's subscription.
        models: Gives tenants' models.
        handlers: Every handler of every engine; names are unique.
    """

    connections: Connections
    redis: Any
    redis_url: str = field(repr=False)
    channels: Channels
    bus: Bus
    models: ModelSource
    handlers: Sequence[Handler]
    clock: Clock
    limits: WorkerLimits = field(default_factory=WorkerLimits)
    retention: Retention = field(default_factory=Retention)
    chores: Sequence[Chore] = ()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set or this is cancelled; running jobs finish or are released."""
        async with AsyncExitStack() as stack:
            queue = await stack.enter_async_context(aclosing(open_queue(self.redis_url)))
            wake_workers = await stack.enter_async_context(Wake(self.redis, JOBS_CHANNEL))
            dispatcher = Dispatcher(self.connections, queue, wake_workers, self.clock, share=self.limits.tenant_share)
            relay = Relay(self.connections, self.models, self.handlers, self.bus, dispatcher, self.clock)
            always = [handler.name for handler in self.handlers if handler.always]
            timers = Timers(self.connections, dispatcher, self.clock, always=always)
            runner = Runner(
                self.connections,
                self.models,
                self.handlers,
                self.clock,
                worker=_worker_name(),
                timeout_s=self.limits.job_timeout_s,
                lease_s=self.limits.lease_s,
            )
            events = await self._listening(stack, EVENTS_CHANNEL)
            due_jobs = await self._listening(stack, DUE_CHANNEL)
            due_timers = await self._listening(stack, DUE_CHANNEL)
            messages = await self._listening(stack, JOBS_CHANNEL)
            worker = QueueWorker(queue, runner, dispatcher, messages, jobs=self.limits.jobs)

            async def sweep() -> None:
                due_jobs.clear()
                await runner.take_back_expired()
                await dispatcher.sweep()
                await _wait(due_jobs, self.limits.look_every_s)

            every_s = self.limits.look_every_s
            feeding = [
                relay.run(events, every_s=every_s),
                _forever("timers", lambda: timers.step(due_timers, every_s=every_s)),
                _forever("sweep", sweep),
                _forever("prune", lambda: prune(self.connections, self.retention, self.clock), 3_600),
                *(_forever(chore.name, chore.run, chore.every_s) for chore in self.chores),
            ]
            working = [
                worker.serve(),
                _forever("heartbeat", runner.renew_leases, self.limits.lease_s / 3),
            ]
            await self._supervise(stop, feeding, working, worker)

    async def _supervise(
        self, stop: asyncio.Event, feeding: Sequence[Any], working: Sequence[Any], worker: QueueWorker
    ) -> None:
        loop = asyncio.get_running_loop()
        feeders = [loop.create_task(step) for step in feeding]
        workers = [loop.create_task(step) for step in working]
        stopping = loop.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait([stopping, *feeders, *workers], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()  # a loop never ends by itself: raise what broke it
        finally:
            stopping.cancel()
            await _cancel([*feeders, workers[0]])
            await worker.drain(self.limits.shutdown_s)
            await _cancel(workers[1:])

    async def _listening(self, stack: AsyncExitStack, channel: str) -> asyncio.Event:
        event = asyncio.Event()

        def wake(_message: bytes) -> None:
            event.set()

        await self.channels.add(channel, wake)
        stack.push_async_callback(self.channels.remove, channel, wake)
        return event


async def _forever(name: str, step: Callable[[], Awaitable[object]], every_s: float = 0.0) -> None:
    """Repeat a step; a failed one is logged and repeated after a growing pause."""
    pause_s = 0.2
    while True:
        try:
            await step()
            pause_s = 0.2
        except Exception as error:  # a worker must outlive whatever happens to one of its loops
            _log.warning("loop failed, going on", loop=name, error=type(error).__name__, exc_info=error)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, 5.0)
        else:
            if every_s:
                await asyncio.sleep(every_s)


async def _wait(event: asyncio.Event, at_most_s: float) -> None:
    try:
        async with asyncio.timeout(at_most_s):
            await event.wait()
    except TimeoutError:
        pass


async def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _worker_name() -> str:
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
