from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uuid_utils
from redis.asyncio import Redis

from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from server.context import Actor, ActorKind
from server.database.connections import Connections
from server.events.bus import Bus
from server.events.channels import Channels
from server.events.clock import MovedClock
from server.events.dispatch import Dispatcher, open_queue
from server.events.handlers import Handler
from server.events.log import EventDraft, append
from server.events.relay import ModelSource, Relay
from server.events.running import Runner
from server.events.wake import EVENTS_CHANNEL, JOBS_CHANNEL, Wake

TENANT = "00000000-0000-7000-8000-000000000001"
OTHER_TENANT = "00000000-0000-7000-8000-000000000002"
SLUGS = {TENANT: "one", OTHER_TENANT: "two"}
ACTOR = Actor("00000000-0000-7000-8000-0000000000aa", ActorKind.USER, "ann@example.com", ())


def new_id() -> str:
    return str(uuid_utils.uuid7())


def empty_model(tenant_id: str, slug: str) -> TenantModel:
    return TenantModel(tenant_id, slug, 1, TenantSettings(), {}, {}, {})


async def model_of(tenant_id: str, at_least: int = 0) -> TenantModel | None:
    slug = SLUGS.get(tenant_id)
    return empty_model(tenant_id, slug) if slug else None


async def write(
    connections: Connections, *, tenant: str = TENANT, kind: str = "create", record: str | None = None, **changes: Any
) -> int:
    draft = EventDraft(tenant, kind, "customer", record or new_id(), ACTOR, changes)
    async with connections.transaction() as connection:
        return await append(connection, draft)


@dataclass(frozen=True)
class Engine:
    """The parts of a worker, driven by hand."""

    relay: Relay
    runner: Runner
    dispatcher: Dispatcher
    queue: Any
    clock: MovedClock

    async def work(self) -> int:
        """Relay and run whatever is in the queue until nothing moves; returns the number of runs."""
        runs = 0
        while True:
            await self.relay.relay_all()
            await self.dispatcher.sweep()
            messages = await self.queue.queued_jobs()
            await self.queue.flushdb()
            if not messages:
                return runs
            for message in sorted(messages, key=lambda message: message.score):
                tenant_id = await self.runner.run(*message.args)
                runs += 1
                if tenant_id:
                    await self.dispatcher.dispatch(tenant_id)


OpenEngine = Callable[..., AbstractAsyncContextManager[Engine]]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def channels(redis: Redis) -> AsyncIterator[Channels]:
    async with Channels(redis) as opened:
        yield opened


@pytest.fixture
async def wake(redis: Redis) -> AsyncIterator[Wake]:
    async with Wake(redis, EVENTS_CHANNEL) as opened:
        yield opened


@pytest.fixture
def open_engine(connections: Connections, redis: Redis, redis_url: str, channels: Channels) -> OpenEngine:
    @asynccontextmanager
    async def opened(
        *handlers: Handler, share: int = 5, batch: int = 200, lease_s: float = 15, models: ModelSource = model_of
    ) -> AsyncIterator[Engine]:
        async with AsyncExitStack() as stack:
            queue = open_queue(redis_url)
            stack.push_async_callback(queue.aclose)
            clock = MovedClock()
            workers = await stack.enter_async_context(Wake(redis, JOBS_CHANNEL))
            dispatcher = Dispatcher(connections, queue, workers, clock, share=share)
            relay = Relay(connections, models, handlers, Bus(redis, channels), dispatcher, clock, batch=batch)
            runner = Runner(connections, models, handlers, clock, worker=new_id(), timeout_s=10, lease_s=lease_s)
            yield Engine(relay, runner, dispatcher, queue, clock)

    return opened
