"""The event log: append in a transaction, read a record's history.

Statements of the write path insert their events themselves, in the same statement as the write; everybody else
appends here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from server.context import Actor, Cause, Context
from server.events import sql

__all__ = ["Event", "EventDraft", "append", "append_all", "draft_for", "history"]

_CHANGES = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log.

    Attributes:
        id: Grows within a tenant in the order in which writes to one record were accepted.
        object: The object's physical table name.
        changes_json: As stored; read it through `changes`.
        cause: Ids of the events that led here, oldest first.
        version: Version of the tenant's model at the write.
    """

    id: int
    tenant_id: str
    at: datetime
    kind: str
    object: str
    record_id: str
    actor_id: str | None
    actor_kind: str
    actor_name: str
    changes_json: str
    cause: tuple[int, ...]
    request_id: str
    version: int

    @property
    def changes(self) -> dict[str, Any]:
        """As stored: `{column: [before, after]}`, of creations and destructions `{column: value}`; decimals exact."""
        return _CHANGES.decode(self.changes_json)

    @property
    def pairs(self) -> dict[str, tuple[Any, Any]]:
        """Every changed column with its value before and after, whatever the kind of event."""
        if self.kind == "create":
            return {column: (None, value) for column, value in self.changes.items()}
        if self.kind == "destroy":
            return {column: (value, None) for column, value in self.changes.items()}
        return {column: _pair(value) for column, value in self.changes.items()}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Event:
        """An event from a row of the statements in `events.sql`."""
        return cls(
            id=row["id"],
            tenant_id=row["tenant_id"],
            at=row["at"],
            kind=row["kind"],
            object=row["object"],
            record_id=row["record_id"],
            actor_id=row["actor_id"],
            actor_kind=row["actor_kind"],
            actor_name=row["actor_name"],
            changes_json=row["changes"],
            cause=tuple(row["cause"]),
            request_id=row["request_id"],
            version=row["version"],
        )


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event to append.

    Attributes:
        object: Physical table name of the object, or a name of the platform's own (`webhook__endpoint`).
        changes: `{column: [before, after]}`, of creations `{column: after}`; JSON-ready, decimals as Decimal.
    """

    tenant_id: str
    kind: str
    object: str
    record_id: str
    actor: Actor
    changes: Mapping[str, Any] = field(default_factory=dict)
    cause: Cause = field(default_factory=Cause)
    version: int = 0


def draft_for(
    context: Context, kind: str, object: str, record_id: str, changes: Mapping[str, Any] | None = None
) -> EventDraft:
    """A draft with everything that the context knows."""
    return EventDraft(
        context.model.tenant_id,
        kind,
        object,
        record_id,
        context.actor,
        changes or {},
        context.cause,
        context.model.version,
    )


async def append(connection: Any, draft: EventDraft) -> int:
    """Append one event in the connection's transaction; nudge the relay after the commit.

    Returns:
        The event's id.
    """
    number: int = await connection.fetchval(
        sql.APPEND_EVENT,
        draft.tenant_id,
        draft.kind,
        draft.object,
        draft.record_id,
        draft.actor.id or None,
        draft.actor.kind.value,
        draft.actor.name,
        _ENCODER.encode(draft.changes).decode(),
        list(draft.cause.chain),
        draft.cause.request_id,
        draft.version,
    )
    return number


async def append_all(connection: Any, drafts: Sequence[EventDraft]) -> None:
    """Append events of one tenant, in their order, by one statement."""
    if not drafts:
        return
    await connection.execute(
        sql.APPEND_EVENTS,
        drafts[0].tenant_id,
        [draft.kind for draft in drafts],
        [draft.object for draft in drafts],
        [draft.record_id for draft in drafts],
        [draft.actor.id or None for draft in drafts],
        [draft.actor.kind.value for draft in drafts],
        [draft.actor.name for draft in drafts],
        [_ENCODER.encode(draft.changes).decode() for draft in drafts],
        [f"{{{','.join(map(str, draft.cause.chain))}}}" for draft in drafts],
        [draft.cause.request_id for draft in drafts],
        [draft.version for draft in drafts],
    )


async def history(
    connection: Any, tenant_id: str, table: str, record_id: str, *, first: int = 20, before: int | None = None
) -> list[Event]:
    """The events of one record, newest first.

    Args:
        connection: Any asyncpg connection.
        tenant_id: The tenant.
        table: Physical table name of its object.
        record_id: The record.
        first: How many at most.
        before: Continue below this event id.
    """
    if before is None:
        rows = await connection.fetch(sql.EVENT_HISTORY, tenant_id, table, record_id, first)
    else:
        rows = await connection.fetch(sql.EVENT_HISTORY_BEFORE, tenant_id, table, record_id, first, before)
    return [Event.from_row(row) for row in rows]


def _pair(value: Any) -> tuple[Any, Any]:
    if isinstance(value, list) and len(value) == 2:
        return value[0], value[1]
    return None, value
