"""Steps applied to an answer in Python, where SQL cannot give the value: decrypting, signing, telling history.

Most answers have none and are passed on as bytes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import orjson

from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.naming import camel
from server.access.plan import AccessPlan, FieldRight
from server.graphql.operations.plans import RunValues
from server.records.layout import Layout
from server.records.statements import Transform

__all__ = ["Step", "apply_transforms", "history_step"]

Step: TypeAlias = Callable[[Any, Transform, RunValues], Awaitable[Any]]
"""(value, its transform, run) → value to answer."""


async def apply_transforms(
    data: bytes, transforms: tuple[Transform, ...], run: RunValues, steps: Mapping[str, Step]
) -> bytes:
    """The JSON of a root field with every step applied."""
    answer = orjson.loads(data)
    for transform in transforms:
        answer = await _apply(answer, transform.path, transform, run, steps[transform.name])
    return orjson.dumps(answer)


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
    return [_entry(entry, transform.entries, names) for entry in value]


def _entry(entry: Mapping[str, Any], selected: Any, names: Mapping[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for key, name in selected:
        if isinstance(name, tuple):
            answer[key] = [_pick(change, name) for change in _changes(entry, names)]
        else:
            answer[key] = "HistoryEntry" if name == "__typename" else entry[name]
    return answer


def _changes(entry: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for column, value in (entry["changes"] or {}).items():
        name = names.get(column)
        if name is None:
            continue
        if entry["kind"] == "create":
            before, after = None, value
        elif entry["kind"] == "destroy":
            before, after = value, None
        else:
            before, after = value if isinstance(value, list) and len(value) == 2 else (None, value)
        found.append({"field": name, "before": before, "after": after, "__typename": "FieldChange"})
    return found


def _pick(change: Mapping[str, Any], selected: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {key: change[name] for key, name in selected}


def _names_of_columns(object_type: ObjectType, model: TenantModel, access: AccessPlan) -> dict[str, str]:
    """GraphQL name by column, of the fields that may be read in full. Encrypted ones are not shown."""
    layout = Layout(model)
    names: dict[str, str] = {}
    for field in object_type.fields:
        if access.field_right(object_type.name, field.name) is not FieldRight.FULL or field.type == "encrypted_text":
            continue
        columns = layout.columns(object_type, field) or ((field.column,) if field.column else ())
        for place, column in enumerate(columns):
            name = camel(field.name)
            names[column] = name if place == 0 else f"{name}.{column.removeprefix(columns[0]).strip('_')}"
    return names
