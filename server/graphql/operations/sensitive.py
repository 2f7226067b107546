"""Where an answer shows sensitive fields plainly, and how many records it shows them of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import orjson

from metadata.fields import FIELD_TYPES
from metadata.model.values import Field
from server.access.plan import AccessPlan, Action, FieldRight
from server.records.plans import (
    EdgesSelection,
    ListPlan,
    ListSelection,
    NodePlan,
    NodesSelection,
    PartSelection,
    PolymorphicSelection,
    RecordSelection,
    ValueSelection,
)

__all__ = ["Watched", "count_records", "watched_in"]

Watched: TypeAlias = tuple[str, tuple[str | None, ...]]
"""An object type, and the keys that lead to its records in an answer; None stands for every item of a list."""


def watched_in(plan: ListPlan | NodePlan, access: AccessPlan) -> tuple[Watched, ...]:
    """Records whose reading is counted: with sensitive fields, of object types that the actor may not export."""
    if access.rights is None:
        return ()
    found = _of_node(plan, access, ()) if isinstance(plan, NodePlan) else _of_list(plan, access, ())
    return tuple(dict.fromkeys(found))


def count_records(data: bytes, watched: Sequence[Watched]) -> Counter[str]:
    """How many records of each watched object type an answer shows."""
    answer = orjson.loads(data)
    found: Counter[str] = Counter()
    for object_name, path in watched:
        found[object_name] += _count(answer, path)
    return found


def _of_list(plan: ListPlan, access: AccessPlan, path: tuple[str | None, ...]) -> Iterator[Watched]:
    for selection in plan.selections:
        if isinstance(selection, NodesSelection):
            yield from _of_node(selection.node, access, (*path, selection.key, None))
        elif isinstance(selection, EdgesSelection):
            for key, entry in selection.entries:
                if isinstance(entry, NodePlan):
                    yield from _of_node(entry, access, (*path, selection.key, None, key))


def _of_node(plan: NodePlan, access: AccessPlan, path: tuple[str | None, ...]) -> Iterator[Watched]:
    name = plan.object_type.name
    for selection in plan.selections:
        match selection:
            case ValueSelection() | PartSelection():
                if _is_sensitive(access, name, selection.field) and access.rows(name, Action.EXPORT) is None:
                    yield name, path
            case RecordSelection():
                yield from _of_node(selection.node, access, (*path, selection.key))
            case PolymorphicSelection():
                for node in selection.nodes:
                    yield from _of_node(node, access, (*path, selection.key))
            case ListSelection():
                yield from _of_list(selection.list, access, (*path, selection.key))


def _is_sensitive(access: AccessPlan, object_name: str, field: Field) -> bool:
    """Whether a field is masked for somebody, or encrypted, and this actor sees it plainly."""
    assert access.rights is not None
    return access.field_right(object_name, field.name) is FieldRight.FULL and (
        field.sensitive
        or FIELD_TYPES[field.type].transform == "decrypt"
        or access.rights.is_sensitive(object_name, field.name)
    )


def _count(value: Any, path: Sequence[str | None]) -> int:
    if value is None:
        return 0
    if not path:
        return 1
    if path[0] is None:
        return sum(_count(item, path[1:]) for item in value)
    return _count(value.get(path[0]), path[1:])
