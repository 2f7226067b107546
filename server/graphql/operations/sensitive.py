"""Where an answer shows sensitive fields plainly, and how many records it shows them of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from metadata.model.tenant import TenantModel
from metadata.model.values import Field
from server.access.plan import AccessPlan, Action, FieldRight
from server.access.sensitivity import is_sensitive
from server.records.figures import shown_of
from server.records.pages import sensitive_terms
from server.records.plans import (
    AggregatePlan,
    EdgesSelection,
    HistorySelection,
    ListPlan,
    ListSelection,
    NodePlan,
    NodesSelection,
    PartSelection,
    PolymorphicSelection,
    RecordSelection,
    ValueSelection,
)

__all__ = ["Shown", "Watched", "count_records", "watched_in"]

Watched: TypeAlias = tuple[str, tuple[str | None, ...]]
"""An object type, and the keys that lead to its records in an answer; None stands for every item of a list."""

Shown: TypeAlias = ListPlan | NodePlan | AggregatePlan
"""What a read shows."""


def watched_in(plan: Shown, model: TenantModel, access: AccessPlan) -> tuple[Watched, ...]:
    """Records whose reading is counted: with sensitive fields, of object types that the actor may not export.

    Of groups, each counts as a record of the object types whose sensitive values it shows.
    """
    if access.rights is None:
        return ()
    watch = _Watch(model, access)
    match plan:
        case NodePlan():
            found = watch.of_node(plan, ())
        case ListPlan():
            found = watch.of_list(plan, ())
        case AggregatePlan():
            found = watch.of_groups(plan)
    return tuple(dict.fromkeys(found))


def count_records(data: bytes, watched: Sequence[Watched]) -> Counter[str]:
    """How many records of each watched object type an answer shows."""
    answer = orjson.loads(data)
    found: Counter[str] = Counter()
    for object_name, path in watched:
        found[object_name] += _count(answer, path)
    return found


@dataclass(frozen=True, slots=True)
class _Watch:
    model: TenantModel
    access: AccessPlan

    def of_list(self, plan: ListPlan, path: tuple[str | None, ...]) -> Iterator[Watched]:
        for selection in plan.selections:
            if isinstance(selection, NodesSelection):
                yield from self.of_node(selection.node, (*path, selection.key, None))
            elif isinstance(selection, EdgesSelection):
                for key, entry in selection.entries:
                    if isinstance(entry, NodePlan):
                        yield from self.of_node(entry, (*path, selection.key, None, key))
                    elif entry is None:  # cursors
                        for _place, owner, field in sensitive_terms(plan, self.model):
                            if self._counts(owner, (field,)):
                                yield owner, (*path, selection.key, None)

    def of_node(self, plan: NodePlan, path: tuple[str | None, ...]) -> Iterator[Watched]:
        name = plan.object_type.name
        for selection in plan.selections:
            match selection:
                case ValueSelection() | PartSelection():
                    if self._counts(name, (selection.field,)):
                        yield name, path
                case HistorySelection():
                    if self._counts(name, plan.object_type.fields):
                        yield name, path
                case RecordSelection():
                    yield from self.of_node(selection.node, (*path, selection.key))
                case PolymorphicSelection():
                    for node in selection.nodes:
                        yield from self.of_node(node, (*path, selection.key))
                case ListSelection():
                    yield from self.of_list(selection.list, (*path, selection.key))

    def of_groups(self, plan: AggregatePlan) -> Iterator[Watched]:
        for object_type, field in shown_of(plan):
            if self._counts(object_type.name, (field,)):
                yield object_type.name, (None,)

    def _counts(self, object_name: str, fields: Iterable[Field]) -> bool:
        """Whether one of some fields is sensitive, this actor sees it plainly, and may not export it."""
        return self.access.rows(object_name, Action.EXPORT) is None and any(
            is_sensitive(self.model, object_name, field)
            and self.access.field_right(object_name, field.name) is FieldRight.FULL
            for field in fields
        )


def _count(value: Any, path: Sequence[str | None]) -> int:
    if value is None:
        return 0
    if not path:
        return 1
    if path[0] is None:
        return sum(_count(item, path[1:]) for item in value)
    return _count(value.get(path[0]), path[1:])
