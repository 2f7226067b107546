"""Exact arithmetic of the Python back end. Every function takes values that are not null.

Division gives twelve digits after the point, halves away from zero; a division by zero has no answer.
Remainders take the sign of what is divided. Durations are whole seconds, cut towards zero.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from metadata.expressions.functions.base import EXACT
from metadata.expressions.functions.calendar import add_seconds
from metadata.expressions.tree import Operator
from metadata.expressions.types import Kind, ValueType

__all__ = ["DIVISION_DIGITS", "Number", "average", "binary", "divide"]

DIVISION_DIGITS = 12
"""Digits after the point that a division gives."""

Number: TypeAlias = "int | Decimal"

_QUOTIENT = Decimal(1).scaleb(-DIVISION_DIGITS)
_SECOND = timedelta(seconds=1)


def binary(symbol: Operator, left: ValueType, right: ValueType, result: ValueType) -> Callable[[Any, Any], Any]:
    """The function behind an arithmetic operator between two types."""
    match symbol, left.kind, right.kind:
        case Operator.ADD, Kind.DATETIME, _:
            return add_seconds
        case Operator.ADD, _, Kind.DATETIME:
            return lambda seconds, instant: add_seconds(instant, seconds)
        case Operator.SUBTRACT, Kind.DATETIME, Kind.DURATION:
            return lambda instant, seconds: add_seconds(instant, -seconds)
        case Operator.SUBTRACT, Kind.DATETIME, _:
            return _seconds_between
        case Operator.SUBTRACT, Kind.DATE, _:
            return lambda end, start: (end - start).days * 86_400
        case Operator.DIVIDE, Kind.DURATION, kind if kind is not Kind.DURATION:
            return _cut_quotient
        case Operator.DIVIDE, _, _:
            return divide
        case Operator.MULTIPLY, _, _ if result.kind is Kind.DURATION:
            return lambda a, b: int(EXACT.multiply(a, b))
        case Operator.MODULO, _, _:
            return _remainder
    if result.kind in (Kind.INTEGER, Kind.DURATION, Kind.TEXT):
        return _PLAIN[symbol]
    return _EXACT[symbol]


def divide(a: Number, b: Number) -> Decimal | None:
    """A quotient to twelve digits: the thirteenth, cut exactly, decides how the twelfth is rounded."""
    if b == 0:
        return None
    cut = EXACT.divide_int(EXACT.scaleb(Decimal(a), DIVISION_DIGITS + 1), b)
    return EXACT.quantize(EXACT.scaleb(cut, -DIVISION_DIGITS - 1), _QUOTIENT)


def average(total: Number, count: int, kind: Kind) -> Number | None:
    """The mean of `count` values, in whole seconds for durations."""
    return _cut_quotient(total, count) if kind is Kind.DURATION else divide(total, count)


def _cut_quotient(a: Number, b: Number) -> int | None:
    return None if b == 0 else int(EXACT.divide_int(Decimal(a), b))


def _remainder(a: Number, b: Number) -> Number | None:
    if b == 0:
        return None
    if isinstance(a, int) and isinstance(b, int):
        rest = abs(a) % abs(b)
        return -rest if a < 0 else rest
    return EXACT.remainder(a, b)


def _seconds_between(end: datetime, start: datetime) -> int:
    apart = end - start
    return apart // _SECOND if apart >= timedelta() else -(-apart // _SECOND)


_PLAIN: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.ADD: operator.add,
    Operator.SUBTRACT: operator.sub,
    Operator.MULTIPLY: operator.mul,
}
_EXACT: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.ADD: EXACT.add,
    Operator.SUBTRACT: EXACT.subtract,
    Operator.MULTIPLY: EXACT.multiply,
}
