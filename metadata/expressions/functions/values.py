"""Functions of any value: nulls, lists, and from one type to another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from metadata.expressions.environment import Env
from metadata.expressions.functions.base import LIST_OF_T, Argument, Function, Signature, T
from metadata.expressions.functions.calendar import local
from metadata.expressions.literals import decimal_text
from metadata.expressions.types import (
    ANY_LIST,
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    ID,
    INTEGER,
    TEXT,
    TIME,
    ValueType,
)

__all__ = ["TEXT_OF", "VALUE_FUNCTIONS", "text_of"]

_DECIMAL_TEXT = r"^[+-]?[0-9]{1,100}(?:[.][0-9]{1,100})?$"
_INTEGER_TEXT = r"^[+-]?[0-9]{1,18}$"
_DECIMAL = re.compile(_DECIMAL_TEXT[1:-1])
_INTEGER = re.compile(_INTEGER_TEXT[1:-1])


def text_of(env: Env, value: Any) -> str:
    """A value as text: numbers without closing zeros, dates in ISO form, instants in the tenant's zone."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return decimal_text(value)
        case datetime():
            return local(value, env.timezone).isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("seconds")
        case _:
            return str(value)


def _concat(env: Env, *values: Any) -> str:
    return "".join(text_of(env, value) for value in values if value is not None)


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, str):
        return Decimal(value) if _DECIMAL.fullmatch(value) else None
    return Decimal(value)


def _integer(value: Any) -> int | None:
    if isinstance(value, str):
        return int(value) if _INTEGER.fullmatch(value) else None
    return int(value)


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _has(items: Sequence[Any] | None, wanted: Any) -> bool | None:
    if items is None:
        return None
    if wanted is None:
        return None if items else False
    if wanted in items:
        return True
    return None if None in items else False


def _has_any(items: Sequence[Any], wanted: Sequence[Any]) -> bool:
    return any(value is not None and value in items for value in wanted)


def _has_all(items: Sequence[Any], wanted: Sequence[Any]) -> bool:
    return all(value is not None and value in items for value in wanted)


_ANY = Argument("x", T)
_LIST = Argument("list", LIST_OF_T)
_WANTED = Argument("wanted", LIST_OF_T)

_TEXT_SQL: tuple[tuple[ValueType, str], ...] = (
    (TEXT, "{0}"),
    (INTEGER, "{0}::text"),
    (DECIMAL, "trim_scale({0}::numeric)::text"),
    (BOOLEAN, "{0}::text"),
    (DATE, "to_char({0}, 'YYYY-MM-DD')"),
    (DATETIME, "to_char({0} at time zone {zone}, 'YYYY-MM-DD HH24:MI:SS')"),
    (TIME, "to_char({0}, 'HH24:MI:SS')"),
    (DURATION, "trim_scale({0}::numeric)::text"),
    (ID, "{0}::text"),
)

TEXT_OF = Function(
    "text",
    "Conversion",
    "A value as text: numbers without closing zeros, dates as 2026-01-31, instants as 2026-01-31 08:00:00 in the "
    "tenant's zone, times as 08:00:00, durations as their seconds.",
    tuple(Signature((Argument("x", kind),), TEXT, text_of, sql, clock=True) for kind, sql in _TEXT_SQL),
)

VALUE_FUNCTIONS = (
    Function(
        "coalesce",
        "Nulls",
        "The first value that is not null.",
        (Signature((_ANY, _ANY), T, _first, lambda call: f"coalesce({', '.join(call.arguments)})", False, True),),
    ),
    Function(
        "ifNull",
        "Nulls",
        "A value, or another one when it is null.",
        (Signature((_ANY, Argument("otherwise", T)), T, _first, "coalesce({0}, {1})", strict=False),),
    ),
    Function(
        "isNull",
        "Nulls",
        "Whether there is no value; the same as `x == null`.",
        (Signature((_ANY,), BOOLEAN, lambda value: value is None, "({0} is null)", strict=False),),
    ),
    Function(
        "isEmpty",
        "Nulls",
        "Whether there is no value, or an empty text or list.",
        (
            Signature(
                (Argument("x", TEXT),), BOOLEAN, lambda value: not value, "(coalesce({0}, '') = '')", strict=False
            ),
            Signature(
                (Argument("x", ANY_LIST),),
                BOOLEAN,
                lambda value: not value,
                "(coalesce(cardinality({0}), 0) = 0)",
                strict=False,
            ),
        ),
    ),
    Function(
        "size",
        "Lists",
        "Number of items of a list.",
        (Signature((Argument("list", ANY_LIST),), INTEGER, len, "cardinality({0})"),),
    ),
    Function(
        "has",
        "Lists",
        "Whether a list holds a value, as `value in list`; with one argument, whether there is a value at all.",
        (
            Signature((_ANY,), BOOLEAN, lambda value: value is not None, "({0} is not null)", strict=False),
            Signature((_LIST, Argument("value", T)), BOOLEAN, _has, "({1} = any({0}))", strict=False),
        ),
    ),
    Function(
        "hasAny",
        "Lists",
        "Whether a list holds at least one of the values of another.",
        (Signature((_LIST, _WANTED), BOOLEAN, _has_any, "({0} && {1})"),),
    ),
    Function(
        "hasAll",
        "Lists",
        "Whether a list holds all values of another.",
        (Signature((_LIST, _WANTED), BOOLEAN, _has_all, "({0} @> {1})"),),
    ),
    TEXT_OF,
    Function(
        "concat",
        "Conversion",
        "Values of any types as one text, as `text` writes them; nulls are left out.",
        (
            Signature(
                (Argument("x", T), Argument("x", T)),
                TEXT,
                _concat,
                lambda call: f"concat({', '.join(call.texts)})",
                strict=False,
                repeats=True,
                clock=True,
            ),
        ),
    ),
    Function(
        "decimal",
        "Conversion",
        "A text or number as a decimal; null when the text is no number.",
        (
            Signature((Argument("x", DECIMAL),), DECIMAL, _decimal, "{0}::numeric"),
            Signature(
                (Argument("x", TEXT),),
                DECIMAL,
                _decimal,
                lambda call: f"substring({call.arguments[0]} from {call.text(_DECIMAL_TEXT)})::numeric",
            ),
        ),
    ),
    Function(
        "integer",
        "Conversion",
        "A text or number as a whole number, without the digits after the point; null when the text is none.",
        (
            Signature((Argument("x", DECIMAL),), INTEGER, _integer, "trunc({0}::numeric)"),
            Signature(
                (Argument("x", TEXT),),
                INTEGER,
                _integer,
                lambda call: f"substring({call.arguments[0]} from {call.text(_INTEGER_TEXT)})::bigint",
            ),
        ),
    ),
)
