"""Append to the audit log, and read it.

Who and where from are those of the request that is being answered, unless the entry names an actor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from server.audit import sql
from server.audit.entries import MAX_DETAIL_BYTES, MAX_RECORDS, AuditEntry, NewEntry
from server.context import Actor, ActorKind
from server.request_notes import current_notes

__all__ = ["AuditFilter", "append", "append_arguments", "page"]

_SYSTEM = Actor("", ActorKind.SYSTEM, "system", ())
_MAX_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries; what is None does not narrow.

    Attributes:
        kinds: Any of these.
        object: Physical table or platform's name.
        record: An id the entry names.
        field: A field the entry names.
        since: At this time or later.
        until: Before this time.
    """

    kinds: tuple[str, ...] | None = None
    actor_id: str | None = None
    object: str | None = None
    record: str | None = None
    field: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    address: str | None = None


async def append(connection: Any, entry: NewEntry) -> int:
    """Append an entry in the connection's transaction; it is chained within seconds after the commit.

    Returns:
        The entry's id.
    """
    number: int = await connection.fetchval(sql.APPEND, *append_arguments(entry))
    return number


def append_arguments(entry: NewEntry) -> tuple[Any, ...]:
    """The arguments of the SQL function `tangram.audit`, in order, for a statement that calls it itself.

    Raises:
        ValueError: It names more than MAX_RECORDS records.
    """
    if len(entry.records) > MAX_RECORDS:
        raise ValueError(f"an audit entry names at most {MAX_RECORDS} records, not {len(entry.records)}")
    notes = current_notes()
    actor = entry.actor or (notes.who if notes is not None else None) or _SYSTEM
    detail = msgspec.json.encode(entry.detail)
    if len(detail) > MAX_DETAIL_BYTES:
        detail = msgspec.json.encode({"omittedBytes": len(detail)})
    return (
        entry.tenant_id,
        entry.kind.value,
        actor.id or None,
        actor.kind.value,
        actor.name,
        entry.object,
        list(entry.records),
        list(entry.fields),
        notes.address if notes is not None else "",
        notes.agent.replace("\0", "") if notes is not None else "",
        notes.request_id if notes is not None else "",
        detail.decode().replace("\\u0000", ""),
    )


async def page(
    connection: Any, tenant_id: str, which: AuditFilter, *, first: int = 50, before: int | None = None
) -> list[AuditEntry]:
    """Entries of a tenant, newest first, below the entry id `before`; 200 at most."""
    rows = await connection.fetch(
        sql.PAGE,
        tenant_id,
        before,
        None if which.kinds is None else list(which.kinds),
        which.actor_id,
        which.object,
        which.record,
        which.field,
        which.since,
        which.until,
        which.address,
        min(max(first, 1), _MAX_PAGE),
    )
    return [AuditEntry.from_row(row) for row in rows]
