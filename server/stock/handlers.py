"""Lines that are deleted let go what they were promised."""

from __future__ import annotations

from collections.abc import Sequence

from metadata.model.tenant import TenantModel
from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.events.handlers import Handler, RetryLaterError, Run
from server.events.log import Event
from server.records.problems import StaleModelError
from server.stock.keeping import Keeping, Standing
from server.tenants import TenantOf

__all__ = ["stock_handlers"]


def stock_handlers(keeping: Keeping, tenant_of: TenantOf, refresh: TenantOf) -> Sequence[Handler]:
    """The handlers of stock."""

    async def deleted(run: Run) -> None:
        event = run.event
        try:
            async with run.once() as connection:
                if connection is None:
                    return
                loaded = await tenant_of(run.tenant_id)
                actor = Actor("", ActorKind.SYSTEM, "stock", ())
                context = Context(loaded.model, actor, ADMINISTRATOR, loaded.epoch, run.cause)
                for stock in loaded.model.stocks.values():
                    if loaded.model.object(stock.lines).table == event.object:
                        await keeping.let_go(Standing(connection, context, event.at), stock, event.record_id)
        except StaleModelError as error:
            await refresh(run.tenant_id)
            raise RetryLaterError("The tenant's configuration has changed.", 0.1) from error

    return [Handler("stock.events", deleted, interest=_interest, stream=lambda event: f"stock:{event.record_id}")]


def _interest(event: Event, model: TenantModel) -> bool:
    if not model.stocks or event.kind != "delete":
        return False
    return any(
        stock.lines in model.objects and model.objects[stock.lines].table == event.object
        for stock in model.stocks.values()
    )
