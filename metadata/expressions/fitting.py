"""Which types go together, and how a value becomes one of another type.

A value of type NULL that is no constant could not be told, and fits everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from metadata.expressions.checked import Checked, is_null_constant
from metadata.expressions.functions import FUNCTIONS, Signature
from metadata.expressions.functions.base import is_variable
from metadata.expressions.literals import LiteralError, canonical
from metadata.expressions.tree import Call, ListOf, Literal, Operator, Parameter
from metadata.expressions.types import (
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    ID,
    INTEGER,
    NULL,
    TEXT,
    Kind,
    ValueType,
    list_of,
)

__all__ = [
    "OPAQUE",
    "READ_FROM_TEXT",
    "arithmetic_hint",
    "arithmetic_type",
    "common_type",
    "fits",
    "fitted",
    "is_records",
    "mixture_hint",
    "null_beside",
    "null_of",
    "plain_type",
    "text_kind",
    "value_of",
    "variable_type",
]

OPAQUE = frozenset({Kind.JSON, Kind.GEO_POINT})
"""Values that are only tested for null."""

READ_FROM_TEXT = frozenset({Kind.OPTION, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.DURATION, Kind.ID, Kind.RECORD})
"""What a text constant beside such a value is read as."""


def fits(checked: Checked, type: ValueType) -> bool:
    """Whether a value may stand where `type` is expected."""
    have, want = checked.type.kind, type.kind
    if have is Kind.NULL or want is Kind.NULL:
        return True
    if want is Kind.DECIMAL or want is Kind.MONEY:
        return checked.type.is_number
    if have is Kind.LIST and want is Kind.LIST:
        if isinstance(checked.node, ListOf):
            return type.item is None or all(fits(part, type.item) for part in checked.parts)
        if checked.type.item is None or type.item is None:
            return not is_records(checked.type)
        return common_type((value_of(checked.type.item), value_of(type.item)), dates=False) is not None
    if have is Kind.TEXT and want in READ_FROM_TEXT and isinstance(checked.node, Literal):
        return _reads_as(str(checked.node.value), type)
    if want is Kind.OPTION:
        return have is Kind.OPTION
    if have is Kind.RECORD and want is Kind.RECORD:
        return _same_record(checked.type, type)
    return have is want or (have, want) in (
        (Kind.OPTION, Kind.TEXT),
        (Kind.DATE, Kind.DATETIME),
        (Kind.RECORD, Kind.ID),
        (Kind.ID, Kind.RECORD),
    )


def fitted(checked: Checked, type: ValueType) -> Checked:
    """The value as one of `type`; constants are rewritten, a date becomes its first instant."""
    node, have = checked.node, checked.type
    if is_null_constant(checked):
        return Checked(Literal(None, type), type)
    if isinstance(node, ListOf) and type.kind is Kind.LIST:
        item = type.item or common_type(checked.parts, dates=False) or NULL
        return Checked(node, list_of(item), tuple(fitted(part, item) for part in checked.parts))
    if isinstance(node, Literal) and have.kind is Kind.TEXT and type.kind in READ_FROM_TEXT:
        kind = text_kind(type)
        as_type = type if type.kind is Kind.OPTION else ValueType(kind)
        return Checked(Literal(canonical(str(node.value), kind), as_type), as_type)
    if have == DATE and type == DATETIME:
        return Checked(Call("datetime", (node,)), DATETIME, (checked,), FUNCTIONS["datetime"].signatures[0])
    if have.kind is Kind.RECORD and type.kind is Kind.ID:
        return replace(checked, type=ID)
    return checked


def common_type(parts: Sequence[Checked], *, dates: bool) -> ValueType | None:
    """The type several values have in common; text constants give way to what they can be read as."""
    strong = [part.type for part in parts if part.type.kind is not Kind.NULL and not _is_weak(part)]
    weak = [part for part in parts if _is_weak(part)]
    if not strong:
        return TEXT if weak else NULL
    merged: ValueType | None = strong[0]
    for type in strong[1:]:
        merged = None if merged is None else _merge(merged, type, dates)
    if merged is None or not weak:
        return merged
    return merged if merged.kind in READ_FROM_TEXT or merged.kind is Kind.TEXT else None


def _merge(left: ValueType, right: ValueType, dates: bool) -> ValueType | None:
    if left.is_number and right.is_number:
        return INTEGER if left.kind is right.kind is Kind.INTEGER else DECIMAL
    kinds = {left.kind, right.kind}
    if kinds == {Kind.OPTION}:
        return left if left.options == right.options else TEXT
    if kinds == {Kind.OPTION, Kind.TEXT}:
        return TEXT
    if kinds == {Kind.DATE, Kind.DATETIME}:
        return DATETIME if dates else None
    if kinds == {Kind.RECORD}:
        return ID if _same_record(left, right) else None
    if kinds == {Kind.RECORD, Kind.ID}:
        return ID
    if kinds == {Kind.LIST} and left.item is not None and right.item is not None:
        item = common_type((value_of(left.item), value_of(right.item)), dates=False)
        return None if item is None else list_of(item)
    return left if len(kinds) == 1 else None


def variable_type(signature: Signature, parts: Sequence[Checked], expected: Sequence[ValueType]) -> ValueType | None:
    """The type that T stands for; None when its arguments have none in common or it cannot be."""
    bound: list[Checked] = []
    for part, type in zip(parts, expected, strict=True):
        if type.object == "T":
            bound.append(part)
        elif is_variable(type) and isinstance(part.node, ListOf):
            bound.extend(part.parts)
        elif is_variable(type) and part.type.kind is Kind.LIST:
            bound.append(value_of(part.type.item or NULL))
        elif is_variable(type) and part.type.kind is not Kind.NULL:
            return None
    mixed = signature.result == TEXT and signature.repeats  # concat takes values of any types
    if mixed:
        return NULL if all(_is_plain(part.type) for part in bound) else None
    common = common_type(bound, dates=False)
    return common if common is not None and _is_plain(common) and all(fits(part, common) for part in bound) else None


def _is_plain(type: ValueType) -> bool:
    return type.kind not in OPAQUE and type.kind is not Kind.LIST


def _is_weak(part: Checked) -> bool:
    return isinstance(part.node, Literal) and part.type.kind is Kind.TEXT and part.node.value is not None


def value_of(type: ValueType) -> Checked:
    """A value of a type that nothing else is known of."""
    return Checked(Parameter("", type), type)


def null_of(type: ValueType) -> Checked:
    """The constant null as a value of a type."""
    return Checked(Literal(None, type), type)


def plain_type(type: ValueType) -> ValueType:
    """The type of a figure: money counts as its amount."""
    return DECIMAL if type.kind is Kind.MONEY else type


def is_records(type: ValueType) -> bool:
    """Whether it is a to-many relation."""
    return type.kind is Kind.LIST and type.item is not None and type.item.kind is Kind.RECORD


def _same_record(left: ValueType, right: ValueType) -> bool:
    return left.object == right.object or not left.object or not right.object


def text_kind(type: ValueType) -> Kind:
    """As what a text constant is read: a record by its id."""
    return Kind.ID if type.kind is Kind.RECORD else type.kind


def _reads_as(text: str, type: ValueType) -> bool:
    if type.kind is Kind.OPTION:
        return not type.options or text in type.options
    try:
        canonical(text, text_kind(type))
    except LiteralError:
        return False
    return True


def null_beside(operator: Operator, other: ValueType) -> ValueType:
    """A type for null that the operator takes beside `other`."""
    if other.kind is Kind.DATETIME and operator is Operator.ADD:
        return DURATION
    if other.kind is Kind.DURATION and operator is Operator.MULTIPLY:
        return DECIMAL
    return other


def arithmetic_type(operator: Operator, left: ValueType, right: ValueType) -> ValueType | None:
    """Type of the result of an arithmetic operator; None when it does not take these types."""
    if left.kind is Kind.NULL or right.kind is Kind.NULL:
        return DECIMAL if operator is Operator.DIVIDE else NULL
    if left.is_number and right.is_number:
        whole = left.kind is right.kind is Kind.INTEGER and operator is not Operator.DIVIDE
        return INTEGER if whole else DECIMAL
    kinds = (left.kind, right.kind)
    texts = (Kind.TEXT, Kind.OPTION)
    days = (Kind.DATE, Kind.DATETIME)
    match operator:
        case Operator.ADD if left.kind in texts and right.kind in texts:
            return TEXT
        case Operator.ADD if kinds in ((Kind.DATETIME, Kind.DURATION), (Kind.DURATION, Kind.DATETIME)):
            return DATETIME
        case Operator.SUBTRACT if left.kind in days and right.kind in days:
            return DURATION
        case Operator.SUBTRACT if kinds == (Kind.DATETIME, Kind.DURATION):
            return DATETIME
        case Operator.ADD | Operator.SUBTRACT if kinds == (Kind.DURATION, Kind.DURATION):
            return DURATION
        case Operator.MULTIPLY if Kind.DURATION in kinds and (left.is_number or right.is_number):
            return DURATION
        case Operator.DIVIDE if left.kind is Kind.DURATION and right.is_number:
            return DURATION
        case Operator.DIVIDE if kinds == (Kind.DURATION, Kind.DURATION):
            return DECIMAL
    return None


def arithmetic_hint(operator: Operator, left: ValueType, right: ValueType) -> str:
    """The cure for operands that an arithmetic operator does not take; empty when there is no obvious one."""
    kinds = {left.kind, right.kind}
    if Kind.TEXT in kinds and operator is Operator.ADD:
        return "Turn the other side into text with text(x), or use concat(…)."
    if kinds & {Kind.DATE} and kinds & {Kind.INTEGER, Kind.DURATION}:
        return "Use addDays(date, n) or addMonths(date, n)."
    if kinds & {Kind.DATETIME} and kinds & {Kind.INTEGER, Kind.DECIMAL}:
        return 'Add a duration such as duration("2h"), or use addDays(x, n).'
    return ""


def mixture_hint(parts: Sequence[Checked]) -> str:
    """The cure for values that have no type in common; empty when there is no obvious one."""
    kinds = {part.type.kind for part in parts}
    if {Kind.DATE, Kind.DATETIME} <= kinds:
        return "Take the day of the instant: date(x)."
    if Kind.TEXT in kinds and kinds & {Kind.INTEGER, Kind.DECIMAL, Kind.MONEY}:
        return "Write numbers without quotes, or convert with text(x), decimal(x) or integer(x)."
    if Kind.TEXT in kinds and kinds & {Kind.ID, Kind.RECORD}:
        return "Convert the id with text(x)."
    return ""
