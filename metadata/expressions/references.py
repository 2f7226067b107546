"""Which fields an expression uses, and the same expression after one of them got another name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from metadata.expressions.scope import Scope
from metadata.expressions.tree import (
    Aggregate,
    Binary,
    Call,
    Conditional,
    Expression,
    FieldPath,
    ListOf,
    Quantified,
    Root,
    Unary,
    children,
)
from metadata.expressions.types import Kind

__all__ = ["references", "rename"]


def references(expression: Expression, scope: Scope) -> set[tuple[str, str]]:
    """Every field that an expression goes through or ends at, as (object type, field).

    Names that are not known are left out. Fields of the actor belong to the object type `user`.
    """
    return set(_used(expression, scope, (scope.start(Root.RECORD),)))


def rename(expression: Expression, scope: Scope, object_name: str, field_name: str, new_name: str) -> Expression:
    """The expression with one field of one object type under a new name.

    Args:
        expression: As it was checked in `scope`.
        scope: Knows the field by its old name.
        object_name: Object type the field belongs to.
        field_name: Its old name.
        new_name: Its new name.
    """
    return _Renaming(scope, (object_name, field_name), new_name).apply(expression, (scope.start(Root.RECORD),))


_Objects = tuple[str | None, ...]
"""Object types of the records around a place, the outermost first."""


def _used(node: Expression, scope: Scope, objects: _Objects) -> Iterator[tuple[str, str]]:
    if isinstance(node, FieldPath):
        yield from _along(node, scope, objects)
        return
    inside = children(node)
    if isinstance(node, Quantified | Aggregate):
        yield from _along(node.path, scope, objects)
        objects, inside = (*objects, _related(node.path, scope, objects)), inside[1:]
    for part in inside:
        yield from _used(part, scope, objects)


def _along(path: FieldPath, scope: Scope, objects: _Objects) -> Iterator[tuple[str, str]]:
    """Each step of a path that is a field, with the object type it belongs to."""
    here = _start(path.root, scope, objects)
    for step in path.steps:
        found = None if here is None else scope.field(here, step)
        if found is None or here is None:
            return
        yield ("user" if here == "actor" and path.root is Root.ACTOR else here), step
        here = _object_behind(scope, here, step)


def _related(path: FieldPath, scope: Scope, objects: _Objects) -> str | None:
    """The object type that a relation leads to."""
    here = _start(path.root, scope, objects)
    for step in path.steps:
        here = None if here is None else _object_behind(scope, here, step)
    return here


def _object_behind(scope: Scope, object_name: str, field_name: str) -> str | None:
    found = scope.field(object_name, field_name)
    if found is None:
        return None
    type = found.type.item if found.type.kind is Kind.LIST and found.type.item is not None else found.type
    return type.object if type.kind is Kind.RECORD and type.object else None


def _start(root: Root, scope: Scope, objects: _Objects) -> str | None:
    match root:
        case Root.RECORD:
            return objects[0]
        case Root.ITEM:
            return objects[-1]
        case Root.PARENT:
            return objects[-2] if len(objects) > 1 else None
        case Root.OLD | Root.ACTOR:
            return scope.start(root)


class _Renaming:
    """One renaming of a field."""

    __slots__ = ("_new_name", "_scope", "_target")

    def __init__(self, scope: Scope, target: tuple[str, str], new_name: str) -> None:
        self._scope = scope
        self._target = target
        self._new_name = new_name

    def apply(self, node: Expression, objects: _Objects) -> Expression:
        match node:
            case FieldPath():
                return self._path(node, objects)
            case Unary():
                return replace(node, operand=self.apply(node.operand, objects))
            case Binary():
                return replace(node, left=self.apply(node.left, objects), right=self.apply(node.right, objects))
            case Conditional():
                return Conditional(*(self.apply(part, objects) for part in children(node)))
            case Call():
                return replace(node, arguments=self._all(node.arguments, objects))
            case ListOf():
                return ListOf(self._all(node.items, objects))
            case Quantified():
                condition = self.apply(node.condition, self._inside(node.path, objects))
                return replace(node, path=self._path(node.path, objects), condition=condition)
            case Aggregate():
                inner = self._inside(node.path, objects)
                value = None if node.value is None else self.apply(node.value, inner)
                condition_ = None if node.condition is None else self.apply(node.condition, inner)
                return Aggregate(node.function, self._path(node.path, objects), value, condition_)
            case _:
                return node

    def _all(self, nodes: tuple[Expression, ...], objects: _Objects) -> tuple[Expression, ...]:
        return tuple(self.apply(node, objects) for node in nodes)

    def _inside(self, path: FieldPath, objects: _Objects) -> _Objects:
        return (*objects, _related(path, self._scope, objects))

    def _path(self, path: FieldPath, objects: _Objects) -> FieldPath:
        found = list(_along(path, self._scope, objects))
        steps = list(path.steps)
        for position, target in enumerate(found):
            if target == self._target:
                steps[position] = self._new_name
        return replace(path, steps=tuple(steps))
