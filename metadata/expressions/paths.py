"""Paths followed from field to field, and the records around a place that they start at."""

from __future__ import annotations

from metadata.expressions.checked import Checked
from metadata.expressions.fitting import is_records
from metadata.expressions.scope import Scope, ScopeField
from metadata.expressions.text import unparse
from metadata.expressions.tree import Aggregate, FieldPath, Quantified, Root
from metadata.expressions.types import Kind, ValueType
from metadata.expressions.unifying import closest
from metadata.problems import Faults

__all__ = ["Paths"]

_SHOWN_NAMES = 30


class Paths:
    """Follows the paths of one expression.

    Attributes:
        objects: Object types of the records around the place, the outermost first.
    """

    __slots__ = ("_faults", "_scope", "objects")

    def __init__(self, scope: Scope, faults: Faults) -> None:
        self.objects: list[str | None] = [scope.start(Root.RECORD)]
        self._scope = scope
        self._faults = faults

    def follow(self, node: FieldPath) -> Checked | None:
        """A path with the type of each step, or None after a fault was noted."""
        object_name = self._start(node)
        if object_name is None:
            return None
        trail: list[ValueType] = []
        for position, step in enumerate(node.steps):
            found = self._scope.field(object_name, step)
            if found is None:
                self._unknown_field(node, object_name, step)
                return None
            trail.append(found.type)
            rest = node.steps[position + 1 :]
            if not rest:
                break
            if len(rest) == 1 and rest[0] in found.parts:
                trail.append(found.parts[rest[0]])
                break
            if found.type.kind is not Kind.RECORD or not found.type.object:
                self._no_way_on(node, position, found)
                return None
            object_name = found.type.object
        return Checked(node, trail[-1], trail=tuple(trail))

    def _start(self, node: FieldPath) -> str | None:
        match node.root:
            case Root.ITEM if len(self.objects) > 1:
                return self.objects[-1]
            case Root.PARENT if len(self.objects) > 1:
                return self.objects[-2]
            case Root.RECORD:
                start = self.objects[0]
            case Root.OLD | Root.ACTOR:
                start = self._scope.start(node.root)
            case _:
                start = None
        if start is None:
            inside = node.root in (Root.ITEM, Root.PARENT)
            place = "stands only inside a condition over related records" if inside else "is not offered here"
            self._faults.add("unknown_root", f"'{node.root.value}.' {place}: '{_shown(node)}'.")
        return start

    def _unknown_field(self, node: FieldPath, object_name: str, step: str) -> None:
        names = list(self._scope.names(object_name))
        known = ", ".join(names[:_SHOWN_NAMES]) + (", …" if len(names) > _SHOWN_NAMES else "")
        where = f" (in '{_shown(node)}')" if len(node.steps) > 1 else ""
        self._faults.add(
            "unknown_field",
            f"Object type '{object_name}' has no field '{step}'{where}.",
            hint=closest(step, names) or f"Known fields: {known}.",
        )

    def _no_way_on(self, node: FieldPath, position: int, found: ScopeField) -> None:
        reached = ".".join(node.steps[: position + 1])
        step = node.steps[position + 1]
        if is_records(found.type):
            self._faults.add(
                "list_of_records",
                f"'{reached}' is a list of records, so '{_shown(node)}' is no single value.",
                hint=f"Use {reached}.sum({step}), {reached}.some(…) or another function over the list.",
            )
        elif found.parts:
            self._faults.add(
                "unknown_field",
                f"'{reached}' has no part '{step}'.",
                hint=closest(step, list(found.parts)) or f"Known parts: {', '.join(found.parts)}.",
            )
        else:
            self._faults.add(
                "wrong_type",
                f"'{reached}' is of type {found.type} and has no fields, so '{_shown(node)}' leads nowhere.",
                hint="Only to-one relations can be followed with a dot.",
            )

    def records(self, node: Quantified | Aggregate, *, to_one: bool) -> Checked | None:
        """The relation a quantifier or aggregate is about."""
        path = self.follow(node.path)
        if path is None:
            return None
        if is_records(path.type) or (to_one and path.type.kind is Kind.RECORD):
            return path
        cure = f"Write {_shown(node.path)}.field for its value." if path.type.kind is Kind.RECORD else ""
        if path.type.kind is Kind.LIST:
            cure = f"Use size({_shown(node.path)}), has(…), hasAny(…) or hasAll(…)."
        self._faults.add(
            "not_a_list",
            f"'{_shown(node.path)}' is of type {path.type}, but '{unparse(node)}' asks for a to-many relation.",
            hint=cure,
        )
        return None


def _shown(path: FieldPath) -> str:
    prefix = "" if path.root in (Root.RECORD, Root.ITEM) else f"{path.root.value}."
    return prefix + ".".join(path.steps)
