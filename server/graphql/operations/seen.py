"""Sensitive fields that an answer shows plainly: noted while it is shaped, logged before it is sent.

Values come with their record's id (`[id, value]`) where they are shown plainly, and without where they are masked.
"""

from __future__ import annotations

from typing import Any

from server.audit.entries import MAX_RECORDS, AuditKind, NewEntry
from server.audit.log import append
from server.graphql.operations.plans import RunValues
from server.records.statements import Transform

__all__ = ["log_seen", "note_seen", "seen_step"]


async def seen_step(value: Any, transform: Transform, run: RunValues) -> Any:
    """The value alone; that it was shown plainly is noted."""
    if not isinstance(value, list):
        return value
    record_id, plain = value
    note_seen(run, transform, record_id)
    return plain


def note_seen(run: RunValues, transform: Transform, record_id: str) -> None:
    """Note that a field of a record is shown plainly."""
    object_name, field_name = transform.detail
    run.seen.setdefault((object_name, field_name), {})[record_id] = None


async def log_seen(connection: Any, run: RunValues) -> None:
    """Write what was noted into the audit log, and forget it; fields seen of the same records share an entry."""
    seen, run.seen = run.seen, {}
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (object_name, field_name), records in seen.items():
        together.setdefault((object_name, tuple(records)), []).append(field_name)
    context = run.context
    for (object_name, ids), fields in together.items():
        for start in range(0, len(ids), MAX_RECORDS):
            entry = NewEntry(
                tenant_id=context.model.tenant_id,
                kind=AuditKind.FIELDS_READ,
                object=context.model.object(object_name).table,
                records=ids[start : start + MAX_RECORDS],
                fields=sorted(fields),
                actor=context.actor,
            )
            await append(connection, entry)
