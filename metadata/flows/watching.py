"""Whose changes can make a condition true: the ways from a record to the related records that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from metadata.expressions.tree import Aggregate, Expression, FieldPath, Quantified, Root, children
from metadata.fields.computed import ComputedSettings, computed_expression
from metadata.fields.relations import relation_of
from metadata.model.tenant import TenantModel, field_of

__all__ = ["Way", "ways_of"]

Way: TypeAlias = tuple[str, ...]
"""Fields that lead from a record to related ones: `("lead", "follow_ups")`."""

_MAX_DEPTH = 20
"""Computed fields within each other: more is a circle, which the checks of the model refuse."""

_Place: TypeAlias = tuple[str, Way]
"""An object type, and the way that leads to its records."""


def ways_of(model: TenantModel, object_name: str, condition: Expression) -> frozenset[tuple[str, Way]]:
    """The related records that a condition over a record looks at, also behind computed fields.

    Args:
        model: Where its names are looked up; what is not known is left out.
        object_name: Object type of the record.
        condition: As parsed.

    Returns:
        (object type of the related records, way to them), with every station of each way.
    """
    return frozenset(_ways(model, condition, ((object_name, ()),), 0))


def _ways(model: TenantModel, node: Expression, places: tuple[_Place, ...], depth: int) -> Iterator[tuple[str, Way]]:
    if isinstance(node, FieldPath):
        yield from _along(model, node, places, depth)[0]
        return
    inside = children(node)
    if isinstance(node, Quantified | Aggregate):
        passed, end = _along(model, node.path, places, depth)
        yield from passed
        if end is None:
            return
        places, inside = (*places, end), inside[1:]
    for part in inside:
        yield from _ways(model, part, places, depth)


def _along(
    model: TenantModel, path: FieldPath, places: tuple[_Place, ...], depth: int
) -> tuple[list[tuple[str, Way]], _Place | None]:
    """The stations of a path, and where it ends where that is a record."""
    place = _start(path.root, places)
    found: list[tuple[str, Way]] = []
    for step in path.steps:
        object_type = None if place is None else model.objects.get(place[0])
        field = None if object_type is None else field_of(object_type, step)
        if place is None or object_type is None or field is None:
            return found, None
        relation = relation_of(field)
        if relation is not None and relation.to:
            place = (relation.to, (*place[1], step))
            found.append(place)
            continue
        if isinstance(field.settings, ComputedSettings) and depth < _MAX_DEPTH:
            found += _ways(model, computed_expression(object_type, field, model), (place,), depth + 1)
        place = None
    return found, place


def _start(root: Root, places: tuple[_Place, ...]) -> _Place | None:
    match root:
        case Root.RECORD:
            return places[0]
        case Root.ITEM:
            return places[-1]
        case Root.PARENT:
            return places[-2] if len(places) > 1 else None
        case Root.OLD | Root.ACTOR:
            return None
