"""Whether somebody may still read the place where a link found its file."""

from __future__ import annotations

from typing import Any

from metadata.fields import FIELD_TYPES
from metadata.model.tenant import field_of
from server.database.sql import quote_identifier
from server.files.links import Holder
from server.records.layout import Layout
from server.records.sight import Sight

__all__ = ["holds"]


async def holds(connection: Any, sight: Sight, holder: Holder, file_id: str) -> bool:
    """Whether the record is there, holds the file in that field, and the actor reads both plainly.

    Args:
        connection: Of the tenant's schema.
        sight: The actor's.
        holder: The place.
        file_id: The file.
    """
    model = sight.context.model
    object_type = model.objects.get(holder.object_name)
    field = field_of(object_type, holder.field_name) if object_type is not None else None
    if object_type is None or field is None or FIELD_TYPES[field.type].write_transform != "file":
        return False
    seen = await sight.fields(connection, object_type, holder.record_id)
    if seen is None or field.name not in seen:
        return False
    layout = Layout(model)
    column = quote_identifier(layout.columns(object_type, field)[0])
    held = await connection.fetchval(
        f"select true from {layout.table_of(object_type)} where id = $1 and {column} = $2", holder.record_id, file_id
    )
    return bool(held)
