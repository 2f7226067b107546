"""What rules and journeys can do: a message is put down in their transaction, once, and leaves after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import uuid_utils

from metadata.fields.times import read_duration
from metadata.flows.terms import expression_of
from metadata.rules.values import SendAction
from server.automation import Performer, RuleStep
from server.events.timers import TimerDraft, set_timers
from server.outreach import sql

__all__ = ["SEND", "send_performers", "sending_timer"]

SEND = "outreach.send"
"""Kind of the timers at which messages leave."""


def sending_timer(tenant_id: str, message: str, record: str, due: datetime) -> TimerDraft:
    """The timer that has a message looked at; those of one record one after the other, so that caps are exact."""
    return TimerDraft(tenant_id, SEND, message, due, {"message": message}, f"outreach {record}")


async def _send(steps: Sequence[RuleStep]) -> Sequence[Mapping[str, Any]]:
    first = steps[0]
    settings: SendAction = first.settings
    tenant_id = first.context.model.tenant_id
    keys = [f"{step.by}:{await _occasion(step, settings)}"[:250] for step in steps]
    places = [step.place for step in steps]
    rows = await first.connection.fetch(
        sql.ADD, tenant_id, first.object_type.table, settings.template, list(settings.channels), first.rule,
        first.now, first.now + timedelta(seconds=read_duration(settings.expires)), first.number,
        [str(uuid_utils.uuid7()) for _ in steps], keys, [step.record_id for step in steps],
        [node for _, node in places], [instance or None for instance, _ in places],
    )  # fmt: skip
    added = {row["key"]: row["id"] for row in rows}
    record_of = dict(zip(keys, (step.record_id for step in steps), strict=True))
    await set_timers(
        first.connection,
        [sending_timer(tenant_id, message, record_of[key], first.now) for key, message in added.items()],
    )
    told = {"template": settings.template, "channels": list(settings.channels)}
    return [{**told, "new": key in added} for key in keys]


async def _occasion(step: RuleStep, settings: SendAction) -> str:
    """What a message is sent for: once for each."""
    text = expression_of(settings.key)
    named = (await step.known([text]))[text] if text else settings.key
    return f"{step.record_id}:{named}" if settings.key else step.occasion or str(uuid_utils.uuid7())


def send_performers() -> Sequence[Performer]:
    """The performer of the action that tells customers."""
    return (Performer.of_many("send", _send),)
