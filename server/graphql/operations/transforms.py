"""Steps applied to an answer in Python, where SQL cannot give the value: decrypting, signing, telling history.

Most answers have none and are passed on as bytes.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import orjson

from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.naming import camel, enum_value
from server.access.plan import EVERY_ROW, AccessPlan, FieldRight
from server.access.sensitivity import is_sensitive
from server.graphql.operations.plans import RunValues
from server.graphql.operations.seen import note_seen
from server.records.layout import Layout
from server.records.statements import Transform

__all__ = ["Step", "apply_transforms", "event_changes", "history_step"]

Step: TypeAlias = Callable[[Any, Transform, RunValues], Awaitable[Any]]
"""(value, its transform, run) → value to answer."""

Names: TypeAlias = "Mapping[str, tuple[str, Callable[[Any], Any]]]"
"""By column: name of the field in the API, and how a stored value is shown."""


async def apply_transforms(
    data: bytes, transforms: tuple[Transform, ...], run: RunValues, steps: Mapping[str, Step]
) -> bytes:
    """The JSON of a root field with every step applied."""
    answer = orjson.loads(data)
    for transform in transforms:
        answer = await _apply(answer, transform.path, transform, run, steps[transform.name])
    return orjson.dumps(answer, default=float)


async def _apply(value: Any, path: tuple[str | None, ...], transform: Transform, run: RunValues, step: Step) -> Any:
    if value is None:
        return None
    if not path:
        return await step(value, transform, run)
    first, rest = path[0], path[1:]
    if first is None:
        return [await _apply(item, rest, transform, run, step) for item in value]
    if first in value:
        value[first] = await _apply(value[first], rest, transform, run, step)
    return value


async def history_step(value: Any, transform: Transform, run: RunValues) -> Any:
    """Entries as the request selected them, with field names for columns; fields that may not be read are left out."""
    object_type = run.context.model.object(transform.detail[0])
    names = _names_of_columns(object_type, run.context.model, run.context.access)
    note = _Notes(object_type, run)
    return [_entry(entry, transform.entries, names, note) for entry in value]


@dataclass(frozen=True, slots=True)
class _Notes:
    """Notes what changes of sensitive fields are told, where values are."""

    object_type: ObjectType
    run: RunValues

    def told(self, changes: Iterable[Mapping[str, Any]], selected: tuple[tuple[str, str], ...], record_id: str) -> None:
        if not {"before", "after"} & {name for _, name in selected}:
            return
        names = {change["field"].partition(".")[0] for change in changes}
        for field in self.object_type.fields:
            if camel(field.name) in names and is_sensitive(self.run.context.model, self.object_type.name, field):
                note_seen(self.run, (self.object_type.name, field.name), record_id, through="history")


def _entry(entry: Mapping[str, Any], selected: Any, names: Names, notes: _Notes) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for key, name, inside in selected:
        if name == "changes":
            changes = _changes(entry, names)
            notes.told(changes, inside, entry["record"])
            answer[key] = [_pick(change, inside) for change in changes]
        elif name == "actor":
            answer[key] = _pick({**entry["actor"], "__typename": "HistoryActor"}, inside)
        else:
            answer[key] = "HistoryEntry" if name == "__typename" else entry[name]
    return answer


def event_changes(
    entry: Mapping[str, Any], selected: tuple[tuple[str, str], ...], object_type: ObjectType, run: RunValues
) -> list[dict[str, Any]]:
    """The changes of one event (`kind`, `record_id`, `changes`), as the request selected them.

    There is no record left to ask, so only fields are told that may be read in every record.
    """
    access = run.context.access
    names = _names_of_columns(object_type, run.context.model, access, in_every_record=True)
    changes = _changes(entry, names)
    _Notes(object_type, run).told(changes, selected, entry["record_id"])
    return [_pick(change, selected) for change in changes]


def _changes(entry: Mapping[str, Any], names: Names) -> list[dict[str, Any]]:
    found = []
    changes = json.loads(entry["changes"] or "{}", parse_float=Decimal)
    for column, value in changes.items():
        if column not in names:
            continue
        name, shown = names[column]
        if entry["kind"] == "create":
            before, after = None, value
        elif entry["kind"] == "destroy":
            before, after = value, None
        else:
            before, after = value if isinstance(value, list) and len(value) == 2 else (None, value)
        found.append({"field": name, "before": shown(before), "after": shown(after), "__typename": "FieldChange"})
    return found


def _as_it_is(value: Any) -> Any:
    return value


def _option(value: Any) -> Any:
    """Options' keys as the enum values that the API has."""
    if isinstance(value, list):
        return [_option(item) for item in value]
    return enum_value(value) if isinstance(value, str) else value


def _exact(value: Any) -> Any:
    """A number as the text that the API has for decimals and big integers."""
    return f"{value:f}" if isinstance(value, Decimal) else None if value is None else str(value)


def _pick(change: Mapping[str, Any], selected: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {key: change[name] for key, name in selected}


def _names_of_columns(
    object_type: ObjectType, model: TenantModel, access: AccessPlan, *, in_every_record: bool = False
) -> Names:
    """By column of the fields that may be read in full: GraphQL name, and how a value is shown.

    Encrypted fields are not shown.
    """
    layout = Layout(model)
    names: dict[str, tuple[str, Callable[[Any], Any]]] = {}
    for field in object_type.fields:
        if access.field_right(object_type.name, field.name) is not FieldRight.FULL or field.type == "encrypted_text":
            continue
        if in_every_record and access.field_condition(object_type.name, field.name) != EVERY_ROW:
            continue
        field_type = FIELD_TYPES[field.type]
        columns = layout.columns(object_type, field) or ((field.column,) if field.column else ())
        types = [column.sql_type for column in field_type.columns(field)] or [""]
        for place, (column, sql_type) in enumerate(zip(columns, types, strict=False)):
            name = camel(field.name)
            if place:
                name = f"{name}.{column.removeprefix(columns[0]).strip('_')}"
            is_exact = sql_type == "numeric" or field_type.scalar == "BigInt"
            is_option = field_type.output in (Output.OPTION, Output.OPTIONS)
            names[column] = (name, _exact if is_exact else _option if is_option else _as_it_is)
    return names
