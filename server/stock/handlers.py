"""Lines that are deleted let go what they were promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metadata.model.tenant import TenantModel
from server.context import Context, Standing
from server.events.acting import Acting
from server.events.handlers import Handler, Run
from server.events.log import Event
from server.stock.keeping import Keeping

__all__ = ["stock_handlers"]


def stock_handlers(keeping: Keeping, acting: Acting) -> Sequence[Handler]:
    """The handlers of stock."""

    async def deleted(run: Run) -> None:
        event = run.event

        async def let_go(connection: Any, context: Context) -> None:
            for stock in context.model.stocks.values():
                if context.model.object(stock.lines).table == event.object:
                    await keeping.let_go(Standing(connection, context, event.at), stock, event.record_id)

        await acting.once(run, let_go, name="stock")

    return [
        Handler(
            "stock.events", deleted, interest=_interest, stream=lambda event: f"stock:{event.record_id}", atomic=True
        )
    ]


def _interest(event: Event, model: TenantModel) -> bool:
    if not model.stocks or event.kind != "delete":
        return False
    return any(
        stock.lines in model.objects and model.objects[stock.lines].table == event.object
        for stock in model.stocks.values()
    )
