"""Conditions over a change: `old.field` becomes the value before it, so that the record alone answers the rest."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from metadata.expressions.replacing import with_paths
from metadata.expressions.tree import Expression, FieldPath, Literal, Root
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

    def value(node: FieldPath, _depth: int) -> Expression:
        if node.root is not Root.OLD:
            return node
        field = field_of(object_type, node.steps[0])
        if field is None or (field.column not in before and not created):
            return FieldPath(node.steps)
        return _literal(before.get(field.column))

    return with_paths(tree, value)


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
