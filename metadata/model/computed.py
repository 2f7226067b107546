"""Types of the results of formulas, rollups and lookups, found in the order in which they depend on each other."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import msgspec

from metadata.expressions.check import check
from metadata.expressions.scope import FORMULA_ROOTS, ModelScope
from metadata.expressions.tree import Aggregate, Expression, FieldPath, Quantified, Root, children
from metadata.expressions.types import BOOLEAN, DATE, DATETIME, DECIMAL, DURATION, INTEGER, TEXT, TIME, ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.computed import ComputedSettings, computed_expression
from metadata.fields.relations import RelationKind, relation_of
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.problems import TangramError

__all__ = ["RESULT_TYPES", "cycles", "derive_types", "fields_used", "secrets_used"]

RESULT_TYPES: Mapping[str, ValueType] = {
    "boolean": BOOLEAN,
    "integer": INTEGER,
    "big_integer": INTEGER,
    "decimal": DECIMAL,
    "text": TEXT,
    "date": DATE,
    "datetime": DATETIME,
    "time": TIME,
    "duration": DURATION,
}
"""What a formula's `result` may say, as types of expressions."""

_Node = tuple[str, str]


def derive_types(model: TenantModel, only: Collection[str] | None = None) -> dict[str, ObjectType]:
    """Object types with the result type of every computed field in its settings.

    A field whose expression has faults, or that depends on itself, keeps none; `check_model` says why.

    Args:
        model: Resolved but for these types.
        only: Object types to do it for, where the others have theirs; None for all.
    """
    objects = dict(model.objects) if only is None else {name: model.objects[name] for name in only}
    draft = replace(model, objects=objects if only is None else ChainMap(objects, model.objects))  # type: ignore[arg-type]
    for object_name, field_name in _in_order(draft, objects):
        found = objects[object_name]
        field = field_of(found, field_name)
        if field is not None:
            typed = msgspec.structs.replace(field, settings=_typed(draft, found, field))
            fields = tuple(typed if other is field else other for other in found.fields)
            objects[object_name] = msgspec.structs.replace(found, fields=fields)
    return objects


def fields_used(model: TenantModel, object_name: str, expression: Expression) -> Iterator[tuple[str, str]]:
    """Each field that an expression over records of `object_name` goes through or ends at, as (object, field)."""
    yield from _used(model, expression, object_name, object_name, object_name)


def secrets_used(model: TenantModel, object_name: str, expression: Expression) -> list[str]:
    """Fields among `fields_used` whose stored form is not their value, which no expression may see."""
    found = []
    for owner, name in fields_used(model, object_name, expression):
        field = field_of(model.objects[owner], name)
        if field is not None and FIELD_TYPES[field.type].transform:
            found.append(f"{owner}.{name}")
    return found


def cycles(model: TenantModel) -> list[tuple[tuple[str, str], ...]]:
    """Computed fields that depend on each other in a circle; each circle once, from its first field."""
    uses = {node: list(_computed_used(model, node)) for node in _computed_fields(model.objects)}
    found: dict[frozenset[_Node], tuple[_Node, ...]] = {}
    done: set[_Node] = set()
    for start in uses:
        trail: list[_Node] = []
        pending = [iter([start])]
        while pending:
            node = next(pending[-1], None)
            if node is None:
                pending.pop()
                if trail:
                    done.add(trail.pop())
            elif node in trail:
                circle = tuple(trail[trail.index(node) :])
                found.setdefault(frozenset(circle), circle)
            elif node not in done:
                trail.append(node)
                pending.append(iter(uses.get(node, ())))
    return list(found.values())


def _typed(model: TenantModel, found: ObjectType, field: Field) -> ComputedSettings:
    settings: ComputedSettings = field.settings
    declared = RESULT_TYPES.get(getattr(settings, "result", ""))
    if declared is not None:
        return msgspec.structs.replace(settings, type=declared)
    try:
        expression = computed_expression(found, field, model)
        checked = check(expression, ModelScope(model, found.name, FORMULA_ROOTS))
    except (TangramError, ValueError):
        return msgspec.structs.replace(settings, type=None)
    return msgspec.structs.replace(settings, type=checked.type)


def _in_order(model: TenantModel, objects: Mapping[str, ObjectType]) -> Iterator[_Node]:
    """Computed fields of some object types, those that others use before them."""
    done: set[_Node] = set()
    for start in _computed_fields(objects):
        pending = [(start, _computed_used(model, start))] if start not in done else []
        done.add(start)
        while pending:
            node, uses = pending[-1]
            following = next((used for used in uses if used not in done and used[0] in objects), None)
            if following is None:
                pending.pop()
                yield node
            else:
                done.add(following)
                pending.append((following, _computed_used(model, following)))


def _computed_fields(objects: Mapping[str, ObjectType]) -> list[_Node]:
    return [
        (found.name, field.name)
        for found in objects.values()
        for field in found.fields
        if isinstance(field.settings, ComputedSettings)
    ]


def _computed_used(model: TenantModel, node: _Node) -> Iterator[_Node]:
    """The computed fields that one uses itself."""
    found = model.objects[node[0]]
    field = field_of(found, node[1])
    if field is None or not isinstance(field.settings, ComputedSettings):
        return
    try:
        expression = computed_expression(found, field, model)
    except (TangramError, ValueError):
        return
    for object_name, field_name in fields_used(model, found.name, expression):
        used = field_of(model.objects[object_name], field_name)
        if used is not None and isinstance(used.settings, ComputedSettings):
            yield object_name, field_name


def _used(model: TenantModel, node: Expression, record: str, here: str, outer: str) -> Iterator[_Node]:
    if isinstance(node, FieldPath):
        start = {Root.RECORD: record, Root.OLD: record, Root.ITEM: here, Root.PARENT: outer}.get(node.root, "")
        yield from _along(model, start, node.steps)
        return
    inside = children(node)
    if isinstance(node, (Quantified, Aggregate)):
        path, *inside_related = inside
        yield from _used(model, path, record, here, outer)
        start = {Root.RECORD: record, Root.ITEM: here, Root.PARENT: outer}.get(node.path.root, "")
        related = _target(model, start, node.path.steps)
        for part in inside_related:
            yield from _used(model, part, record, related, here)
        return
    for part in inside:
        yield from _used(model, part, record, here, outer)


def _along(model: TenantModel, object_name: str, steps: tuple[str, ...]) -> Iterator[_Node]:
    for step in steps:
        found = model.objects.get(object_name)
        field = None if found is None else field_of(found, step)
        if field is None:
            return
        yield object_name, step
        relation = relation_of(field)
        if relation is None or relation.kind is RelationKind.POLYMORPHIC:
            return
        object_name = relation.to


def _target(model: TenantModel, object_name: str, steps: tuple[str, ...]) -> str:
    for step in steps:
        found = model.objects.get(object_name)
        field = None if found is None else field_of(found, step)
        relation = None if field is None else relation_of(field)
        if relation is None:
            return ""
        object_name = relation.to
    return object_name
