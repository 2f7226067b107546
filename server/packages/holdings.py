"""How much data the parts of a template hold: up to a thousand of each are counted, which is enough to keep them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from metadata.changes.state import Item, State
from metadata.fields import FIELD_TYPES
from metadata.fields.relations import RelationKind, relation_of
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field
from metadata.packages.removing import Holdings
from server.database.sql import quote_identifier
from server.records.layout import Layout

__all__ = ["count_holdings"]

_ENOUGH = 1_000


async def count_holdings(connection: Any, state: State, model: TenantModel, candidates: Iterable[Item]) -> Holdings:
    """Count the data that items hold.

    Args:
        connection: Any connection.
        state: The tenant's declarations.
        model: The same, resolved.
        candidates: Items of `state`; those that hold no data by nature are passed over.
    """
    layout = Layout(model)
    records: dict[str, int] = {}
    values: dict[tuple[str, str], int] = {}
    for object_name, names in _by_object(state, candidates).items():
        object_type = model.object(object_name)
        table = layout.table(object_name)
        counts = {"": f"select 1 from {table}"}
        for name in names:
            found = field_of(object_type, name)
            rows = _rows_with(found, table, layout) if found is not None else ""
            if rows:
                counts[name] = rows
        columns = ", ".join(f"(select count(*) from ({text} limit {_ENOUGH}) as held)" for text in counts.values())
        row = await connection.fetchrow(f"select {columns}")
        for name, count in zip(counts, row.values(), strict=True):
            if name:
                values[object_name, name] = count
            else:
                records[object_name] = count
    return Holdings(records, values)


def _by_object(state: State, candidates: Iterable[Item]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in candidates:
        if item.kind == "object":
            found.setdefault(item.name, [])
        elif item.kind == "field":
            found.setdefault(state.parent_path(item), []).append(item.name)
    return found


def _rows_with(found: Field, table: str, layout: Layout) -> str:
    """Rows that have a value of a field; empty for computed ones."""
    relation = relation_of(found)
    if relation is not None and relation.kind is RelationKind.MANY_TO_MANY:
        return f"select 1 from {layout.join_table(found)}"
    columns = FIELD_TYPES[found.type].columns(found)
    if not columns or not found.column:
        return ""
    first = f"{found.column}_{columns[0].suffix}" if columns[0].suffix else found.column
    return f"select 1 from {table} where {quote_identifier(first)} is not null"
