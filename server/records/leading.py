"""The record that another one leads to by a relation, as engines ask for it."""

from __future__ import annotations

from typing import Any

from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from server.database.sql import quote_identifier
from server.records.layout import Layout

__all__ = ["leading_column", "led_to"]


def leading_column(model: TenantModel, object_type: ObjectType, relation: str) -> str | None:
    """The column, quoted, that holds ids of a to-one or polymorphic relation; None where there is none."""
    field = field_of(object_type, relation)
    columns = () if field is None else Layout(model).columns(object_type, field)
    return quote_identifier(columns[-1]) if columns else None


async def led_to(
    connection: Any, model: TenantModel, object_type: ObjectType, relation: str, record_id: str, target: ObjectType
) -> str | None:
    """The id of the record of one object type that a relation leads to; None where it leads elsewhere or nowhere."""
    column = leading_column(model, object_type, relation)
    if column is None:
        return None
    layout = Layout(model)
    found: str | None = await connection.fetchval(
        f"select target.id::text from {layout.table_of(object_type)} as source"
        f" join {layout.table_of(target)} as target on target.id = source.{column} where source.id = $1",
        record_id,
    )
    return found
