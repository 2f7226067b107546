"""That a form was filled in: a row of its own, and an event that flows begin with and webhooks are told of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metadata.model.values import ObjectType
from server.context import Context
from server.events.log import append, draft_for
from server.forms import sql
from server.records.writing.drafts import new_id

__all__ = ["EVENT_OBJECT", "Submission", "note_submission"]

EVENT_OBJECT = "form__submission"
"""Object of the event `form_submitted`; its record is the submission."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One form, filled in.

    Attributes:
        key: What it counts once by; empty for none.
    """

    form: str
    number: int
    object_type: ObjectType
    record_id: str
    link_id: str | None = None
    task_id: str | None = None
    key: str = ""


async def note_submission(connection: Any, context: Context, now: datetime, done: Submission) -> str:
    """Keep a submission in the connection's transaction, with its event; gives its id."""
    submission_id = new_id()
    table, actor = done.object_type.table, context.actor
    await connection.execute(
        sql.INSERT_SUBMISSION,
        context.model.tenant_id,
        submission_id,
        done.form,
        done.number,
        table,
        done.record_id,
        done.link_id,
        done.task_id,
        done.key or None,
        now,
        actor.id or None,
    )
    told = {"form": done.form, "version": done.number, "object": table, "record": done.record_id}
    if done.link_id:
        told["link"] = done.link_id
    await append(connection, draft_for(context, "form_submitted", EVENT_OBJECT, submission_id, told))
    return submission_id
