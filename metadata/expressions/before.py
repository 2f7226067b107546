"""Conditions over a change: `old.field` becomes the value before it, so that the record alone answers the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from metadata.expressions.tree import (
    Aggregate,
    Binary,
    Call,
    Conditional,
    Expression,
    FieldPath,
    ListOf,
    Literal,
    Quantified,
    Root,
    Unary,
)
from metadata.expressions.types import BOOLEAN, DECIMAL, INTEGER, NULL, TEXT
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType

__all__ = ["with_old_values"]


def with_old_values(
    tree: Expression, object_type: ObjectType, before: Mapping[str, Any], *, created: bool
) -> Expression:
    """The tree without `old`.

    Args:
        tree: A condition.
        object_type: Of the record.
        before: Values before the change, by column; a column that is absent has not changed.
        created: Whether there was no record before, so that every old value is null.
    """

    def value(node: FieldPath) -> Expression:
        field = field_of(object_type, node.steps[0])
        if field is None or (field.column not in before and not created):
            return FieldPath(node.steps)
        return _literal(before.get(field.column))

    return _replaced(tree, value)


def _replaced(node: Expression, value: Callable[[FieldPath], Expression]) -> Expression:
    def walk(part: Expression) -> Expression:
        return _replaced(part, value)

    match node:
        case FieldPath():
            return value(node) if node.root is Root.OLD else node
        case Unary():
            return Unary(node.operator, walk(node.operand))
        case Binary():
            return Binary(node.operator, walk(node.left), walk(node.right))
        case Conditional():
            return Conditional(walk(node.test), walk(node.then), walk(node.otherwise))
        case Call():
            return Call(node.function, tuple(map(walk, node.arguments)))
        case ListOf():
            return ListOf(tuple(map(walk, node.items)))
        case Quantified():
            return Quantified(node.quantifier, node.path, walk(node.condition))
        case Aggregate():
            inner = [None if part is None else walk(part) for part in (node.value, node.condition)]
            return Aggregate(node.function, node.path, inner[0], inner[1])
        case _:
            return node


def _literal(value: Any) -> Literal:
    match value:
        case None:
            return Literal(None, NULL)
        case bool():
            return Literal(value, BOOLEAN)
        case int():
            return Literal(value, INTEGER)
        case Decimal():
            return Literal(f"{value:f}", DECIMAL)
    return Literal(str(value), TEXT)
