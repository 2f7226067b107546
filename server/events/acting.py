"""How handlers act in a tenant: as the system, once, by the model as it is now."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog

from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.events.handlers import GiveUpError, RetryLaterError, Run
from server.events.jobs import JobDraft, add_jobs
from server.events.log import Event
from server.records.problems import StaleModelError
from server.tenants import Tenants

__all__ = ["Acting", "Step", "Work"]

Work = Callable[[Any, Context], Awaitable[None]]
"""What is done in a transaction, by whom and in which tenant."""
Step = Callable[[Any, Context], Awaitable[bool]]
"""The same for a part of something long: whether there is more to do."""

_SOON_S = 0.1
_log = structlog.get_logger("tangram.events")


@dataclass(frozen=True, slots=True)
class Acting:
    """Runs the work of handlers, with the tenants of one process."""

    tenants: Tenants

    async def once(self, run: Run, work: Work, *, name: str = "", actor: Actor | None = None) -> None:
        """Do it in one transaction, once, with all rights.

        Args:
            run: The run whose work it is.
            work: Given a connection in the transaction, and who acts.
            name: Who acts, in history; the handler's own name unless given.
            actor: Instead of the server itself.

        Raises:
            RetryLaterError: The tenant has changed meanwhile; nothing stands.
        """
        try:
            async with run.once() as connection:
                if connection is None:
                    return
                loaded = await self.tenants.get(run.tenant_id)
                who = actor or Actor("", ActorKind.SYSTEM, name or run.handler, ())
                await work(connection, Context(loaded.model, who, ADMINISTRATOR, loaded.epoch, run.cause))
        except StaleModelError as error:
            await self.tenants.refresh(run.tenant_id)
            raise RetryLaterError("The tenant's configuration has changed.", _SOON_S) from error

    async def once_together(
        self, run: Run, work: Work, *, alone: str, stream: Callable[[Event], str], name: str = ""
    ) -> None:
        """The same for the events of a batch; where that fails, each is gone through by itself.

        So one that cannot be handled holds up no other.

        Args:
            run: The run of a batched handler.
            work: Does it for all events of the run.
            alone: Handler of one such event.
            stream: Of the jobs of single events.
            name: Who acts, in history; the handler's own name unless given.
        """
        try:
            await self.once(run, work, name=name)
        except (RetryLaterError, GiveUpError):
            raise
        except Exception as error:
            if len(run.events) == 1:
                raise
            _log.warning("events are gone through one by one", tenant=run.tenant_id, job=run.job_id, exc_info=error)
            now = run.clock.now()
            drafts = [
                JobDraft(handler=alone, key=str(event.id), stream=stream(event), event_ids=(event.id,), next_at=now)
                for event in run.events
            ]
            async with run.once() as connection:
                if connection is not None:
                    await add_jobs(connection, run.tenant_id, drafts)

    async def in_steps(self, run: Run, step: Step, *, at_most_s: float, actor: Actor | None = None) -> bool:
        """Do something long in transactions of their own, one after the other, until it is done or the time is over.

        Args:
            run: The run whose work it is.
            step: One transaction's part. It finds by what is stored where it has to go on, so that nothing is done
                twice when the run is cut short and begun anew.
            at_most_s: Seconds after which no further one is begun.
            actor: Instead of the server itself.

        Returns:
            Whether all of it is done.

        Raises:
            RetryLaterError: The tenant has changed meanwhile; the steps before stand.
        """
        until = time.monotonic() + at_most_s
        who = actor or Actor("", ActorKind.SYSTEM, run.handler, ())
        try:
            while time.monotonic() < until:
                loaded = await self.tenants.get(run.tenant_id)
                async with run.connections.transaction(run.tenant_id) as connection:
                    context = Context(loaded.model, who, ADMINISTRATOR, loaded.epoch, run.cause)
                    has_more = await step(connection, context)
                if not has_more:
                    return True
        except StaleModelError as error:
            await self.tenants.refresh(run.tenant_id)
            raise RetryLaterError("The tenant's configuration has changed.", _SOON_S) from error
        return False
