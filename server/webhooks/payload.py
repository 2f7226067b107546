"""What a message says: an event's columns under the names of the API, as JSON text.

    {"type": "customer.updated", "timestamp": "…", "data": {"object": "customer", "id": "…", "version": 3,
     "changes": {"level": {"before": "NEW", "after": "VIP"}}, "actor": {…}, "record": {…}}}

Fields that the tenant has removed since are left out; values of encrypted fields never leave the server.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import structs

from metadata import naming
from metadata.expressions.literals import duration_text
from metadata.fields import FIELD_TYPES
from metadata.fields.base import FieldType, Output
from metadata.fields.relations import RelationKind, relation_of
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from server.events.log import Event
from server.records.layout import Layout
from server.webhooks.definitions import event_type

__all__ = ["changes_of", "message", "narrowed", "object_of_table", "record_of", "stored_fields", "test_message"]

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_ONE_COLUMN = re.compile(r"\{(\d+)\}")


def message(
    event: Event,
    object_type: ObjectType,
    model: TenantModel,
    *,
    row: Mapping[str, Any] | None = None,
    fields: Container[str] | None = None,
) -> tuple[str, str]:
    """The type and the body of the message about one event.

    Args:
        event: What happened.
        object_type: The object it happened to, as it is called now.
        model: The tenant's model.
        row: The record's columns as they are now, to be sent along; None to leave the record out.
        fields: Names of the fields that may be sent; None for every one.
    """
    pairs = event.pairs
    if fields is not None:
        object_type = narrowed(object_type, fields)
    data: dict[str, Any] = {
        "object": object_type.name,
        "id": event.record_id,
        "version": pairs.get("version", (None, None))[1],
        "changes": changes_of(pairs, object_type, model),
        "actor": {"id": event.actor_id, "kind": event.actor_kind, "name": event.actor_name},
    }
    if row is not None:
        data["record"] = record_of(row, object_type, model)
    kind = event_type(object_type.name, event.kind)
    return kind, _body(kind, event.at, data)


def test_message(at: datetime, endpoint_id: str) -> tuple[str, str]:
    """The type and the body of a message that only shows that an endpoint works."""
    return "webhook.test", _body("webhook.test", at, {"endpoint": endpoint_id})


def changes_of(
    pairs: Mapping[str, tuple[Any, Any]], object_type: ObjectType, model: TenantModel
) -> dict[str, dict[str, Any]]:
    """Changed columns with their values before and after → changed fields, under the API's names."""
    changes = {}
    for field, field_type, columns in stored_fields(object_type, model):
        changed = [column for column in columns if column in pairs]
        if not changed:
            continue
        if field_type.transform:
            changes[naming.camel(field.name)] = {"before": None, "after": None, "hidden": True}
            continue
        before, after = ({column: pairs[column][side] for column in changed} for side in (0, 1))
        changes[naming.camel(field.name)] = {
            "before": _value(before, field, field_type, columns, model),
            "after": _value(after, field, field_type, columns, model),
        }
    return changes


def record_of(row: Mapping[str, Any], object_type: ObjectType, model: TenantModel) -> dict[str, Any]:
    """A row's columns → the record under the API's names; computed and encrypted fields are not part of it."""
    return {
        naming.camel(field.name): _value(row, field, field_type, columns, model)
        for field, field_type, columns in stored_fields(object_type, model)
        if not field_type.transform
    }


def narrowed(object_type: ObjectType, fields: Container[str]) -> ObjectType:
    """An object type with some of its fields only."""
    return structs.replace(object_type, fields=tuple(field for field in object_type.fields if field.name in fields))


def stored_fields(object_type: ObjectType, model: TenantModel) -> Iterator[tuple[Field, FieldType, tuple[str, ...]]]:
    """The fields of an object that have columns in its table, with their columns."""
    layout = Layout(model)
    for field in object_type.fields:
        columns = layout.columns(object_type, field)
        if columns:
            yield field, FIELD_TYPES[field.type], columns


def object_of_table(model: TenantModel, table: str) -> ObjectType | None:
    """The object type whose records are in a table; most are named like it, which saves unpacking the others."""
    if table in model.objects and model.objects[table].table == table:
        return model.objects[table]
    return next((found for found in model if found.table == table), None)


def _body(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    timestamp = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return _ENCODER.encode({"type": kind, "timestamp": timestamp, "data": data}).decode()


def _value(
    row: Mapping[str, Any], field: Field, field_type: FieldType, columns: tuple[str, ...], model: TenantModel
) -> Any:
    """One field's value as the API would write it, from those of its columns that `row` has."""
    values = [row.get(column) for column in columns]
    if all(value is None for value in values):
        return None
    relation = relation_of(field)
    if relation is not None:
        return _link(relation.kind, values, model)
    if field_type.output is Output.OBJECT:
        return _parts(row, field_type, columns)
    return _plain(values[0], field_type)


def _link(kind: RelationKind | None, values: list[Any], model: TenantModel) -> Any:
    if kind is not RelationKind.POLYMORPHIC:
        return {"id": values[0]}
    table, record_id = values
    target = object_of_table(model, table) if table else None
    return {"type": naming.pascal(target.name) if target else None, "id": record_id}


def _parts(row: Mapping[str, Any], field_type: FieldType, columns: tuple[str, ...]) -> Any:
    if len(columns) == 1:
        value = row[columns[0]]
        return value if isinstance(value, dict) else {"id": value}
    parts = {}
    for subfield in field_type.subfields:
        place = _ONE_COLUMN.fullmatch(subfield.value)
        column = columns[int(place[1])] if place else ""
        if column in row:
            parts[subfield.name] = _scalar(row[column], subfield.scalar)
    return parts


def _plain(value: Any, field_type: FieldType) -> Any:
    if field_type.scalar == "Duration" and isinstance(value, int):
        return duration_text(value)
    if field_type.output is Output.OPTION:
        return naming.enum_value(value)
    if field_type.output is Output.OPTIONS:
        return [naming.enum_value(item) for item in value]
    return _scalar(value, field_type.scalar)


def _scalar(value: Any, scalar: str) -> Any:
    """A number as its GraphQL scalar is written: exact ones as text, so that no client rounds them."""
    if scalar in ("Decimal", "BigInt") and isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return value
