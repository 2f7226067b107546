"""A worker process for tests: `python -m tests.server.events.worker_under_test DATABASE_URL REDIS_URL`.

Its handlers write a row for each event, slowly enough to be killed in the middle: of updates, one whose job is removed
with its effects.
"""

from __future__ import annotations

import asyncio
import signal
import sys

from redis.asyncio import Redis

from metadata.model.tenant import TenantModel
from server.database.connections import Connections
from server.events.bus import Bus
from server.events.channels import Channels
from server.events.clock import SystemClock
from server.events.handlers import Handler, Retries, Run
from server.events.log import Event
from server.events.worker import EventWorker, WorkerLimits
from tests.server.events.conftest import model_of

EFFECT = "insert into public.effect (event_id) values ($1)"


def is_update(event: Event, _model: TenantModel) -> bool:
    return event.kind == "update"


def is_other(event: Event, model: TenantModel) -> bool:
    return not is_update(event, model)


async def effect(run: Run) -> None:
    async with run.once() as connection:
        if connection is not None:
            await connection.execute(EFFECT, run.event.id)
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.005)


RETRIES = Retries((0.01,) * 20)
HANDLERS = (
    Handler("effect", effect, is_other, retries=RETRIES),
    Handler("effect of updates", effect, is_update, retries=RETRIES, atomic=True),
)
LIMITS = WorkerLimits(jobs=4, tenant_share=4, lease_s=1, shutdown_s=2, look_every_s=0.1)


async def work(database_url: str, redis_url: str, stop: asyncio.Event) -> None:
    async with (
        Connections(database_url) as connections,
        Redis.from_url(redis_url) as redis,
        Channels(redis) as channels,
    ):
        worker = EventWorker(
            connections=connections,
            redis=redis,
            redis_url=redis_url,
            channels=channels,
            bus=Bus(redis, channels),
            models=model_of,
            handlers=HANDLERS,
            clock=SystemClock(),
            limits=LIMITS,
        )
        await worker.run(stop)


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await work(sys.argv[1], sys.argv[2], stop)


if __name__ == "__main__":
    asyncio.run(main())
