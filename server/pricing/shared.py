"""Sales of several requests booked in one transaction, as `server.database.together` does it.

Those of one plan share: their order in the transaction is the one order of events, so that sales of one party that
arrive at the same time are not late to each other. Each is booked, logged and told for whoever asks, and refused by
itself. What is booked is there when it is answered, whatever becomes of the request afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from metadata.problems import TangramError
from server.actions import ActionRun
from server.context import Context
from server.database.together import Together
from server.pricing import booking
from server.pricing.booking import Sale
from server.pricing.storing import Asker

__all__ = ["SharedBookings", "Transactions"]


class Transactions(Protocol):
    """The pool."""

    def transaction(self, tenant: str | None = None) -> AbstractAsyncContextManager[Any]:
        """Lend a connection inside a transaction."""


@dataclass(eq=False)
class SharedBookings:
    """Books sales, each in a transaction of its own or of several requests."""

    connections: Transactions
    _together: Together[Sale, None] = field(default_factory=Together, init=False, repr=False)

    async def book(self, context: Context, instant: datetime, sale: Sale) -> None:
        """Book a sale that is not booked yet; whoever waits holds no connection.

        Args:
            context: Who asks.
            instant: Of the request.
            sale: Under the version that was in force when it happened.

        Raises:
            BadInputError: `guard_blocked`, `not_happened`.
            ConflictError: `other_payload`.
        """
        plan = sale.definition.plan.name
        lane = (context.model.tenant_id, plan, context.epoch)
        asked = replace(sale, asker=Asker.of(context, instant))
        work = partial(self._book, context, plan)
        await self._together.do(lane, sale.event.key, asked, work, place=f"party {sale.event.party}")

    async def _book(self, context: Context, plan: str, sales: Sequence[Sale]) -> Mapping[str, TangramError]:
        """Book sales of one tenant and model; gives why some are refused."""
        instant = max(one.asker.instant for one in sales if one.asker is not None)
        async with self.connections.transaction(context.model.tenant_id) as connection:
            found = await booking.settle_some(ActionRun(context, connection, instant), plan, sales)
        return found.refused
