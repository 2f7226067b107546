"""Rewriting the field paths of an expression: for renamed fields, and for columns in place of fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

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
)
from metadata.fields.relations import RelationKind, relation_of
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field

__all__ = ["NewName", "rewrite_paths"]

NewName: TypeAlias = Callable[[str, Field], str]
"""Gives the name to write for a field of an object type."""


def rewrite_paths(model: TenantModel, object_name: str, expression: Expression, new_name: NewName) -> Expression:
    """An expression over records of `object_name` with other names in its paths; unknown names stay."""
    return _Rewriter(model, new_name).node(expression, _Places(object_name, object_name, object_name))


@dataclass(frozen=True, slots=True)
class _Places:
    """Object types that paths may start at: the record, the item of the innermost quantifier, and what is outside."""

    record: str
    item: str
    outer: str

    def start(self, root: Root) -> str:
        return {
            Root.RECORD: self.record,
            Root.OLD: self.record,
            Root.ITEM: self.item,
            Root.PARENT: self.outer,
            Root.ACTOR: "user",
        }[root]


@dataclass(frozen=True, slots=True)
class _Rewriter:
    model: TenantModel
    new_name: NewName

    def node(self, node: Expression, places: _Places) -> Expression:
        match node:
            case FieldPath():
                return self._path(node, places)[0]
            case Unary():
                return replace(node, operand=self.node(node.operand, places))
            case Binary():
                return replace(node, left=self.node(node.left, places), right=self.node(node.right, places))
            case Conditional():
                return Conditional(
                    self.node(node.test, places), self.node(node.then, places), self.node(node.otherwise, places)
                )
            case Call():
                return replace(node, arguments=tuple(self.node(part, places) for part in node.arguments))
            case ListOf():
                return ListOf(tuple(self.node(part, places) for part in node.items))
            case Quantified():
                path, inside = self._relation(node.path, places)
                return replace(node, path=path, condition=self.node(node.condition, inside))
            case Aggregate():
                path, inside = self._relation(node.path, places)
                value = None if node.value is None else self.node(node.value, inside)
                condition = None if node.condition is None else self.node(node.condition, inside)
                return replace(node, path=path, value=value, condition=condition)
            case _:
                return node

    def _relation(self, path: FieldPath, places: _Places) -> tuple[FieldPath, _Places]:
        changed, target = self._path(path, places)
        return changed, _Places(places.record, target, places.item)

    def _path(self, path: FieldPath, places: _Places) -> tuple[FieldPath, str]:
        """The path with new names, and the object type that it leads to."""
        here, steps = places.start(path.root), list(path.steps)
        for index, step in enumerate(path.steps):
            object_type = self.model.objects.get(here)
            field = None if object_type is None else field_of(object_type, step)
            if field is None:
                break
            steps[index] = self.new_name(here, field)
            relation = relation_of(field)
            here = "" if relation is None or relation.kind is RelationKind.POLYMORPHIC else relation.to
        return replace(path, steps=tuple(steps)), here
