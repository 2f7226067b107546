"""Jobs that send, and goals of journeys that messages have led to."""

from __future__ import annotations

from collections.abc import Sequence

from metadata.model.tenant import TenantModel
from server.events.handlers import Handler, Run
from server.events.log import Event
from server.outreach import sql
from server.outreach.queueing import SEND
from server.outreach.sending import Sending

__all__ = ["outreach_handlers"]


def _reached(event: Event, _model: TenantModel) -> bool:
    return event.object == "journey__entry" and event.kind == "goal"


async def _convert(run: Run) -> None:
    """The last message of a run before its goal has led to it."""
    async with run.once() as connection:
        if connection is not None:
            await connection.execute(sql.CONVERT, run.tenant_id, run.event.changes["instance"], run.event.at)


def outreach_handlers(sending: Sending) -> Sequence[Handler]:
    """The handlers of messages to customers."""
    return [Handler(SEND, sending.send), Handler("outreach.convert", _convert, interest=_reached)]
