"""What rules and journeys can do: a message is put down in their transaction, once, and leaves after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import uuid_utils

from metadata.fields.times import read_duration
from metadata.flows.terms import expression_of
from metadata.rules.values import SendAction
from server.automation import Performer, RuleStep
from server.events.timers import TimerDraft, set_timer
from server.outreach import sql

__all__ = ["SEND", "send_performers", "set_sending"]

SEND = "outreach.send"
"""Kind of the timers at which messages leave."""


async def set_sending(connection: Any, tenant_id: str, message: str, record: str, due: Any) -> None:
    """Have a message looked at; those of one record one after the other, so that caps are exact."""
    draft = TimerDraft(tenant_id, SEND, message, due, {"message": message}, f"outreach {record}")
    await set_timer(connection, draft)


async def _send(step: RuleStep) -> Mapping[str, Any]:
    settings: SendAction = step.settings
    text = expression_of(settings.key)
    named = (await step.known([text]))[text] if text else settings.key
    occasion = f"{step.record_id}:{named}" if settings.key else step.occasion or str(uuid_utils.uuid7())
    instance, node = step.place
    expires_at = step.now + timedelta(seconds=read_duration(settings.expires))
    message: str | None = await step.connection.fetchval(
        sql.ADD, step.context.model.tenant_id, str(uuid_utils.uuid7()), f"{step.by}:{occasion}"[:250],
        step.object_type.table, step.record_id, settings.template, list(settings.channels), step.rule, node,
        instance or None, step.now, expires_at, step.number,
    )  # fmt: skip
    if message is not None:
        await set_sending(step.connection, step.context.model.tenant_id, message, step.record_id, step.now)
    return {"template": settings.template, "channels": list(settings.channels), "new": message is not None}


def send_performers() -> Sequence[Performer]:
    """The performer of the action that tells customers."""
    return (Performer("send", _send),)
