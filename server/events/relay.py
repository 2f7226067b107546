"""The relay: unhandled events become notices on the bus and job rows, tenant by tenant, each in its order.

One relay works on a tenant at a time (an advisory lock); tenants take turns, one batch each. Recording the job rows and
taking the events out of the queue are one transaction: an event is either unhandled or all its jobs are recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import asyncpg
import structlog

from metadata.model.tenant import TenantModel
from metadata.problems import UnavailableError
from server.database.connections import Connections
from server.events import sql
from server.events.bus import Bus
from server.events.clock import Clock
from server.events.dispatch import Dispatcher
from server.events.handlers import Handler
from server.events.jobs import JobDraft, add_jobs
from server.events.log import Event

__all__ = ["ModelSource", "Relay", "plan_jobs"]


class ModelSource(Protocol):
    """Where handlers' models come from."""

    async def __call__(self, tenant_id: str, at_least: int = 0) -> TenantModel | None:
        """A tenant's model as it is now, at version `at_least` or later; None when the tenant is gone."""


_MAX_TENANTS = 1_000
_PACE_S = 0.02
"""Pause between small batches of one tenant: the first event is relayed at once, a stream in fewer, larger batches."""

_log = structlog.get_logger("tangram.events")


class Relay:
    """Turns events into jobs.

    Args:
        batch: Events of a tenant handled in one transaction.
        parallel: Tenants worked on at the same time.
    """

    def __init__(
        self,
        connections: Connections,
        models: ModelSource,
        handlers: Sequence[Handler],
        bus: Bus,
        dispatcher: Dispatcher,
        clock: Clock,
        *,
        batch: int = 500,
        parallel: int = 3,
    ) -> None:
        self._connections = connections
        self._models = models
        self._handlers = tuple(handler for handler in handlers if handler.listens)
        self._bus = bus
        self._dispatcher = dispatcher
        self._clock = clock
        self._batch = batch
        self._slots = asyncio.Semaphore(parallel)
        self._active: dict[str, asyncio.Task[None]] = {}

    async def run(self, wake: asyncio.Event, *, every_s: float = 1.0) -> None:
        """Relay until cancelled: when woken, and every `every_s` in any case."""
        try:
            while True:
                wake.clear()
                try:
                    await self._start_work(wake)
                except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, UnavailableError) as error:
                    _log.warning("relay cannot read events", error=type(error).__name__)
                try:
                    async with asyncio.timeout(every_s):
                        await wake.wait()
                except TimeoutError:
                    pass
        finally:
            await self._stop_work()

    async def relay_all(self) -> int:
        """Relay until nothing is left that this relay may take; returns the number of events."""
        total = 0
        while True:
            handled = [await self.relay_tenant(tenant_id) for tenant_id in await self._pending()]
            if not any(handled):
                return total
            total += sum(filter(None, handled))

    async def relay_tenant(self, tenant_id: str) -> int | None:
        """Relay one batch of a tenant.

        Returns:
            The number of events handled; None when another relay is at work on this tenant.
        """
        async with self._connections.transaction() as connection:
            if not await connection.fetchval(sql.LOCK_TENANT_STREAM, tenant_id):
                return None
            rows = await connection.fetch(sql.UNHANDLED_EVENTS, tenant_id, self._batch)
            if not rows:
                return 0
            events = [Event.from_row(row) for row in rows]
            await self._bus.publish(events)
            model = await self._models(tenant_id, max(event.version for event in events))
            drafts = [] if model is None else await self._plan(connection, model, events)
            await add_jobs(connection, tenant_id, drafts)
            await connection.execute(sql.MARK_HANDLED, [event.id for event in events])
        if drafts:
            await self._dispatcher.dispatch(tenant_id)
        return len(events)

    async def _plan(self, connection: Any, model: TenantModel, events: Sequence[Event]) -> list[JobDraft]:
        drafts: list[JobDraft] = []
        for handler in self._handlers:
            wanted: Sequence[Event] = [event for event in events if _is_interested(handler, event, model)]
            if wanted and handler.refine is not None:
                wanted = await handler.refine(connection, model, wanted)
            drafts.extend(plan_jobs(handler, wanted, self._clock.now()))
        return drafts

    async def _pending(self) -> list[str]:
        async with self._connections.acquire() as connection:
            rows = await connection.fetch(sql.PENDING_TENANTS, _MAX_TENANTS)
        return [row["tenant_id"] for row in rows]

    async def _start_work(self, wake: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        for tenant_id in await self._pending():
            if tenant_id not in self._active:
                self._active[tenant_id] = loop.create_task(self._work(tenant_id, wake), name=f"relay {tenant_id}")

    async def _work(self, tenant_id: str, wake: asyncio.Event) -> None:
        try:
            async with self._slots:
                handled = await self.relay_tenant(tenant_id)
            if handled:
                if handled < self._batch:
                    await asyncio.sleep(_PACE_S)
                wake.set()
        except Exception as error:  # one tenant's trouble must not stop the others; it is tried again in a second
            _log.warning("relay failed", tenant=tenant_id, error=type(error).__name__, exc_info=error)
        finally:
            del self._active[tenant_id]

    async def _stop_work(self) -> None:
        tasks = list(self._active.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def plan_jobs(handler: Handler, events: Sequence[Event], now: datetime) -> list[JobDraft]:
    """The jobs that a handler's interesting events make: one each, or one per stream when it is batched."""
    if not handler.batched:
        return [
            JobDraft(
                handler=handler.name,
                key=str(event.id),
                stream=handler.stream(event),
                event_ids=(event.id,),
                next_at=now,
            )
            for event in events
        ]
    streams: dict[str, list[int]] = {}
    for event in events:
        streams.setdefault(handler.stream(event), []).append(event.id)
    return [
        JobDraft(handler=handler.name, key=str(ids[0]), stream=stream, event_ids=tuple(ids), next_at=now)
        for stream, ids in streams.items()
    ]


def _is_interested(handler: Handler, event: Event, model: TenantModel) -> bool:
    try:
        return handler.interest(event, model)
    except Exception as error:  # a fault in a handler must show as its failed job, not as a stopped stream
        _log.error("interest failed", handler=handler.name, error=type(error).__name__, exc_info=error)
        return True
