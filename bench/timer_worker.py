"""A worker process whose only handler notes in a table that a timer has fired: `python -m bench.timer_worker`.

Its settings are those of the environment, as the worker's are.
"""

from __future__ import annotations

import asyncio

import uvloop

from server.app import open_services
from server.config import load_config
from server.events.handlers import Handler, Run
from server.events.worker import EventWorker, WorkerLimits
from server.logs import configure_logging

KIND = "bench.timer"
"""Kind of the timers."""


async def note(run: Run) -> None:
    """Write down that it fired, once."""
    async with run.once() as connection:
        if connection is not None:
            await connection.execute("insert into bench.fired (key) values ($1)", run.key.partition("@")[0])


async def work() -> None:
    """Work until killed."""
    config = load_config()
    configure_logging(config)
    async with open_services(config) as services:
        worker = EventWorker(
            connections=services.connections,
            redis=services.redis,
            redis_url=config.redis_url,
            channels=services.channels,
            bus=services.bus,
            models=services.tenants.model_of,
            handlers=[Handler(KIND, note, atomic=True)],
            clock=services.clock,
            limits=WorkerLimits(jobs=config.jobs, tenant_share=config.jobs, lease_s=3),
        )
        await worker.run(asyncio.Event())


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())
