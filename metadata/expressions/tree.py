"""The expression tree: what text, filters and access rules are turned into, and what both back ends read.

A tree is a frozen, hashable value without types; `check` gives a typed one or faults.
Roots say whose field a path starts at, so that one language serves formulas (RECORD), rules (OLD),
access rules (ACTOR) and conditions inside quantifiers (ITEM).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from metadata.expressions.types import BOOLEAN, ValueType

__all__ = [
    "Aggregate",
    "AggregateFunction",
    "Binary",
    "Call",
    "Conditional",
    "Expression",
    "FieldPath",
    "ListOf",
    "Literal",
    "LiteralValue",
    "Operator",
    "Parameter",
    "Quantified",
    "Quantifier",
    "Root",
    "Unary",
    "UnaryOperator",
    "all_of",
    "any_of",
    "children",
]

LiteralValue: TypeAlias = "str | int | bool | None"
"""Decimals, dates, datetimes, times and durations are written as canonical text beside their type."""


class Root(enum.Enum):
    """Where a field path starts."""

    RECORD = "record"
    """The record the expression belongs to; written without a prefix."""
    OLD = "old"
    """The same record before the change; `old.status`."""
    ACTOR = "actor"
    """Who asks; `actor.department`."""
    ITEM = "item"
    """The related record of the innermost quantifier or aggregate; written without a prefix inside it."""
    PARENT = "parent"
    """From inside a quantifier, the record outside it; `parent.amount`."""


class UnaryOperator(enum.Enum):
    """Operators with one operand."""

    NOT = "!"
    NEGATE = "-"


class Operator(enum.Enum):
    """Operators with two operands, by their spelling in text."""

    OR = "||"
    AND = "&&"
    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IN = "in"
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    MODULO = "%"


class Quantifier(enum.Enum):
    """How many related records must meet a condition."""

    SOME = "some"
    NONE = "none"
    EVERY = "every"


class AggregateFunction(enum.Enum):
    """Figures over related records."""

    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. `value` is None for null."""

    value: LiteralValue
    type: ValueType


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value given when the expression is run: a filter's operand, the clock, the actor's id."""

    name: str
    type: ValueType


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A field, reached over to-one relations: `customer.store.region`."""

    steps: tuple[str, ...]
    root: Root = Root.RECORD


@dataclass(frozen=True, slots=True)
class Unary:
    """`!a`, `-a`."""

    operator: UnaryOperator
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """`a + b`, `a && b`, `a in b`."""

    operator: Operator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Conditional:
    """`test ? then : otherwise`; an unknown test takes `otherwise`."""

    test: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the library, `lower(name)`; method style `name.lower()` reads the same."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """`[1, 2, 3]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Quantified:
    """`items.some(price > 5)`: over a to-many relation reached by `path`."""

    quantifier: Quantifier
    path: FieldPath
    condition: Expression


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`items.sum(price * quantity, status == "open")`: a figure over a to-many relation."""

    function: AggregateFunction
    path: FieldPath
    value: Expression | None = None
    condition: Expression | None = None


Expression: TypeAlias = (
    "Literal | Parameter | FieldPath | Unary | Binary | Conditional | Call | ListOf | Quantified | Aggregate"
)


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside another one, in the order they are written; a relation's path first."""
    match node:
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Conditional():
            return (node.test, node.then, node.otherwise)
        case Call():
            return node.arguments
        case ListOf():
            return node.items
        case Quantified():
            return (node.path, node.condition)
        case Aggregate():
            return (node.path, *(part for part in (node.value, node.condition) if part is not None))
        case _:
            return ()


def all_of(conditions: Sequence[Expression]) -> Expression:
    """Conditions joined with `&&`, balanced, so that many of them nest few levels; `true` for none."""
    return _joined(Operator.AND, conditions) if conditions else Literal(True, BOOLEAN)


def any_of(conditions: Sequence[Expression]) -> Expression:
    """Conditions joined with `||`, balanced; `false` for none."""
    return _joined(Operator.OR, conditions) if conditions else Literal(False, BOOLEAN)


def _joined(operator: Operator, conditions: Sequence[Expression]) -> Expression:
    if len(conditions) == 1:
        return conditions[0]
    middle = (len(conditions) + 1) // 2
    return Binary(operator, _joined(operator, conditions[:middle]), _joined(operator, conditions[middle:]))
