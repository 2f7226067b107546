"""Sensitive fields that an answer shows plainly: noted while it is shaped, logged before it is sent.

Values come with their record's id (`[id, value]`) where they are shown plainly, and without where they are masked.
"""

from __future__ import annotations

from typing import Any

from server.audit.entries import MAX_RECORDS, AuditKind, NewEntry
from server.audit.log import append
from server.graphql.operations.cursors import opened_cursor
from server.graphql.operations.plans import RunValues
from server.records.statements import CURSOR, FIGURE, HIT, Transform

__all__ = ["cursor_step", "figure_step", "hit_step", "log_seen", "note_seen", "seen_step"]


async def seen_step(value: Any, transform: Transform, run: RunValues) -> Any:
    """The value alone; that it was shown plainly is noted."""
    if not isinstance(value, list):
        return value
    record_id, plain = value
    note_seen(run, transform.detail, record_id)
    return plain


async def figure_step(value: Any, transform: Transform, run: RunValues) -> Any:
    """A figure or key over a sensitive field: whoever is told one has seen some value, of no record in particular."""
    object_name, field_name = transform.detail
    run.seen.setdefault((object_name, field_name, FIGURE), {})
    return value


async def cursor_step(value: Any, transform: Transform, run: RunValues) -> Any:
    """A cursor, which holds what its record is sorted by; of a related record's value no record is named."""
    object_name, field_name, place, is_own = transform.detail
    held = opened_cursor(value)
    if held is not None and held[int(place) + 1] is not None:
        if is_own:
            note_seen(run, (object_name, field_name), held[-1], through=CURSOR)
        else:
            run.seen.setdefault((object_name, field_name, CURSOR), {})
    return value


async def hit_step(value: Any, transform: Transform, run: RunValues) -> Any:
    """A hit of a search alone; which sensitive fields its title or snippet showed is noted."""
    if not isinstance(value, list):
        return value
    hit, (object_name, record_id, fields) = value
    for name in fields:
        note_seen(run, (object_name, name), record_id, through=HIT)
    return hit


def note_seen(run: RunValues, field: tuple[str, ...], record_id: str, *, through: str = "") -> None:
    """Note that a field of a record is shown plainly.

    Args:
        run: The run.
        field: Names of the object type and of the field.
        record_id: The record.
        through: The way, where it is not the record itself.
    """
    object_name, field_name = field
    run.seen.setdefault((object_name, field_name, through), {})[record_id] = None


async def log_seen(connection: Any, run: RunValues) -> None:
    """Write what was noted into the audit log, and forget it; fields seen of the same records share an entry."""
    seen, run.seen = run.seen, {}
    together: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (object_name, field_name, through), records in seen.items():
        together.setdefault((object_name, through, tuple(records)), []).append(field_name)
    context = run.context
    for (object_name, through, ids), fields in together.items():
        for start in range(0, max(1, len(ids)), MAX_RECORDS):
            entry = NewEntry(
                tenant_id=context.model.tenant_id,
                kind=AuditKind.FIELDS_READ,
                object=context.model.object(object_name).table,
                records=ids[start : start + MAX_RECORDS],
                fields=sorted(fields),
                detail={"through": through} if through else {},
                actor=context.actor,
            )
            await append(connection, entry)
