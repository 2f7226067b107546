"""Who leads to records of an object type: what deleting and merging have to look after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metadata.fields.relations import RelationKind, relation_kind, relation_of, targets_of
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from metadata.problems import ForbiddenError
from server.access.plan import Action
from server.context import Context
from server.database.sql import quote_identifier, quote_literal
from server.records.layout import Layout
from server.records.writing.running import WriteRun, change_ids

__all__ = ["LinkTable", "Referrer", "change_all", "links_of", "referrers_of", "referring_ids"]


@dataclass(frozen=True, slots=True)
class Referrer:
    """A stored relation that leads to an object type.

    Attributes:
        object_type: Whose records store it.
        field: The relation.
        columns: Its columns: the id, or type and id of a polymorphic one.
    """

    object_type: ObjectType
    field: Field
    columns: tuple[str, ...]

    @property
    def id_column(self) -> str:
        """The column that holds the id."""
        return self.columns[-1]

    @property
    def on_delete(self) -> str:
        """`restrict`, `clear` or `cascade`."""
        relation = relation_of(self.field)
        assert relation is not None
        return "clear" if self.field.system else relation.on_delete

    def condition(self, alias: str, target: ObjectType) -> str:
        """SQL that a record leads to one of the ids in `$1`."""
        condition = f"{alias}.{quote_identifier(self.id_column)} = any($1::uuid[])"
        if len(self.columns) == 2:
            condition += f" and {alias}.{quote_identifier(self.columns[0])} = {quote_literal(target.table)}"
        return condition


def referrers_of(model: TenantModel, object_type: ObjectType) -> list[Referrer]:
    """Every stored relation that leads to an object type."""
    layout = Layout(model)
    found = []
    for other in model:
        if layout.tenant_condition(other):
            continue
        for field in other.fields:
            relation = relation_of(field)
            if relation is None or object_type.name not in targets_of(relation):
                continue
            if relation_kind(relation) in (RelationKind.TO_ONE, RelationKind.POLYMORPHIC):
                found.append(Referrer(other, field, layout.columns(other, field)))
    return found


@dataclass(frozen=True, slots=True)
class LinkTable:
    """A join table, seen from an object type whose records it holds.

    Attributes:
        table: Its name, quoted and schema-qualified.
        near: The column with the object type's records.
        far: The column with the records they are linked to.
        field: The many-to-many relation.
    """

    table: str
    near: str
    far: str
    field: Field


def links_of(model: TenantModel, object_type: ObjectType) -> list[LinkTable]:
    """Join tables that hold an object type's records; one that links an object type to itself comes twice."""
    layout = Layout(model)
    found = []
    for field in object_type.fields:
        relation = relation_of(field)
        if relation is not None and relation_kind(relation) is RelationKind.MANY_TO_MANY:
            near, far = ("target_id", "source_id") if relation.reversed else ("source_id", "target_id")
            found.append(LinkTable(layout.join_table(field), near, far, field))
    return found


async def referring_ids(
    connection: Any,
    context: Context,
    referrer: Referrer,
    target: ObjectType,
    ids: Sequence[str],
    *,
    limit: int,
    deleted_at: Any = None,
) -> list[str]:
    """Ids of records that lead to `ids`, locked; living ones, or with `deleted_at` those deleted at that instant."""
    table = Layout(context.model).table_of(referrer.object_type)
    state = "c.deleted_at is null" if deleted_at is None else "c.deleted_at = $2"
    conditions = f"{referrer.condition('c', target)} and {state}"
    sql = f"select c.id from {table} as c where {conditions} limit {limit} for update of c"
    arguments = [list(ids)] if deleted_at is None else [list(ids), deleted_at]
    return [row["id"] for row in await connection.fetch(sql, *arguments)]


async def change_all(
    connection: Any, run: WriteRun, referrer: Referrer, rows: Sequence[Mapping[str, Any]], action: Action, kind: str
) -> bool:
    """Set the same columns of records that lead to others; False when the actor may not change every one of them.

    The actor did not name these records, so a refusal does not say which they are.
    """
    try:
        found = await change_ids(connection, run, referrer.object_type, rows, action, kind)
    except ForbiddenError:
        return False
    return len(found) == len(rows)
