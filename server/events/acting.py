"""How handlers act in a tenant: as the system, once, by the model as it is now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.events.handlers import RetryLaterError, Run
from server.records.problems import StaleModelError
from server.tenants import Tenants

__all__ = ["Acting", "Work"]

Work = Callable[[Any, Context], Awaitable[None]]
"""What is done in a transaction, by whom and in which tenant."""

_SOON_S = 0.1


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
