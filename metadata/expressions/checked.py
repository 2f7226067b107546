"""The typed tree: what `check` gives and both back ends read."""

from __future__ import annotations

from dataclasses import dataclass

from metadata.expressions.functions.base import Signature
from metadata.expressions.tree import Aggregate, Expression, FieldPath, Literal, Quantified
from metadata.expressions.types import ValueType

__all__ = ["Checked", "is_null_constant"]


@dataclass(frozen=True, slots=True)
class Checked:
    """One node with its type.

    Attributes:
        node: The node; constants have been given their final type and canonical text. Its own children may still be
            the unchecked ones: read `parts`.
        type: Type of its value. NULL for the constant `null` and for what could not be told.
        parts: The typed children, in the order of `tree.children`; of a chain of `&&` or `||`, all its operands.
        signature: For a call, the signature that fits.
        trail: For a path, the type after each step.
    """

    node: Expression
    type: ValueType
    parts: tuple[Checked, ...] = ()
    signature: Signature | None = None
    trail: tuple[ValueType, ...] = ()

    @property
    def path(self) -> FieldPath:
        """The path of a path, quantifier or aggregate."""
        node = self.node
        assert isinstance(node, FieldPath | Quantified | Aggregate)
        return node if isinstance(node, FieldPath) else node.path

    @property
    def value(self) -> Checked | None:
        """The value an aggregate is taken of."""
        return self.parts[1] if isinstance(self.node, Aggregate) and self.node.value is not None else None

    @property
    def condition(self) -> Checked | None:
        """The condition of a quantifier or aggregate."""
        node = self.node
        has_one = isinstance(node, Quantified) or (isinstance(node, Aggregate) and node.condition is not None)
        return self.parts[-1] if has_one else None


def is_null_constant(checked: Checked) -> bool:
    """Whether it is the constant `null`."""
    return isinstance(checked.node, Literal) and checked.node.value is None
