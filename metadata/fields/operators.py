"""Filter operators, as data: what may be asked of a value of each type, and the expression it becomes.

NULL follows SQL and Hasura: a record without a value matches no operator but `isNull`, also not `ne` and `notIn`.
Ask `or: [{level: {ne: VIP}}, {level: {isNull: true}}]` to include them. `not: {…}` of an unknown answer is unknown.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from metadata.expressions.functions.times import UNITS
from metadata.expressions.tree import Binary, Call, Expression, Literal, Operator, Unary, UnaryOperator
from metadata.expressions.types import BOOLEAN, DECIMAL, INTEGER, TEXT, Kind, ValueType, list_of
from metadata.fields.base import InputError
from metadata.fields.inputs import (
    BIGINT_MAX,
    read_decimal,
    read_integer,
    read_text,
    read_uuid,
    shown,
)
from metadata.fields.things import read_geo_point
from metadata.fields.times import read_date, read_datetime, read_duration, read_time

__all__ = [
    "SCALARS",
    "WITHIN_UNITS",
    "FilterOperator",
    "Operand",
    "OperandShape",
    "operators_for",
    "read_operand",
    "read_place",
    "read_window",
    "scalar_for",
]

WITHIN_UNITS = UNITS
"""Units of `within`, in metadata spelling; upper case in GraphQL."""

_MAX_ITEMS = 1_000
_MAX_WINDOW = 10_000
_HALF_AROUND_KM = 20_040
"""Half the Earth's circumference: no two places are farther apart."""


class OperandShape(enum.Enum):
    """How an operand is written in GraphQL."""

    ONE = "one"
    """One value: `eq: "x"`."""
    LIST = "list"
    """Any number of values, passed on as one list: `in: ["x", "y"]`."""
    PAIR = "pair"
    """Exactly two values, passed on as two: `between: ["1", "5"]`, both ends included."""
    WINDOW = "window"
    """Exactly one of `last` and `next`, and `unit`: `within: {last: 7, unit: DAY}`."""
    PLACE = "place"
    """A place and a distance: `near: {lat: 31.2, lng: 121.5, km: 3}`."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One value that an operator takes.

    Attributes:
        name: Its name within the operand; empty where the operand is the value itself.
        scalar: GraphQL type; `Option` stands for the enum of the field's options.
        type: Type of the parameter it becomes.
    """

    name: str
    scalar: str
    type: ValueType


@dataclass(frozen=True, slots=True)
class FilterOperator:
    """One operator for one type of value.

    Attributes:
        name: As written in a filter.
        help: One line for introspection.
        shape: How the operand is written.
        input_type: GraphQL type of the operand as a whole.
        operands: The values it takes, in the order `build` takes them.
        build: (value, operand, …) → condition. A WINDOW has two operands: the count, negative for `next`, and the
            unit, a text literal; see `read_window`.
    """

    name: str
    help: str
    shape: OperandShape
    input_type: str
    operands: tuple[Operand, ...]
    build: Callable[..., Expression]


SCALARS = {
    Kind.BOOLEAN: "Boolean",
    Kind.INTEGER: "BigInt",
    Kind.DECIMAL: "Decimal",
    Kind.MONEY: "Decimal",
    Kind.TEXT: "String",
    Kind.OPTION: "Option",
    Kind.DATE: "Date",
    Kind.DATETIME: "DateTime",
    Kind.TIME: "Time",
    Kind.DURATION: "Duration",
    Kind.ID: "ID",
    Kind.JSON: "JSON",
}
"""GraphQL scalar of each kind of value; `Option` stands for the enum of a field's options."""


def scalar_for(value_type: ValueType) -> str:
    """GraphQL type of an operand of that type; empty where there is none."""
    if value_type.kind is Kind.LIST and value_type.item is not None:
        item = scalar_for(value_type.item)
        return f"[{item}!]" if item else ""
    return SCALARS.get(value_type.kind, "")


def _compare(operator: Operator) -> Callable[..., Expression]:
    return lambda value, operand: Binary(operator, value, operand)


def _call(function: str) -> Callable[..., Expression]:
    return lambda value, *operands: Call(function, (value, *operands))


def _not_in(value: Expression, operand: Expression) -> Expression:
    return Unary(UnaryOperator.NOT, Binary(Operator.IN, value, operand))


def _between(value: Expression, least: Expression, most: Expression) -> Expression:
    return Binary(Operator.AND, Binary(Operator.GE, value, least), Binary(Operator.LE, value, most))


def _near(value: Expression, lat: Expression, lng: Expression, km: Expression) -> Expression:
    return Binary(Operator.LE, Call("distanceKm", (value, Call("geoPoint", (lat, lng)))), km)


def _is(function: str) -> Callable[..., Expression]:
    def build(value: Expression, wanted: Expression) -> Expression:
        called = Call(function, (value,))
        if isinstance(wanted, Literal):
            return called if wanted.value else Unary(UnaryOperator.NOT, called)
        return Binary(Operator.EQ, called, wanted)

    return build


def _one(name: str, help_text: str, build: Callable[..., Expression], of: ValueType) -> FilterOperator:
    scalar = scalar_for(of)
    return FilterOperator(name, help_text, OperandShape.ONE, scalar, (Operand("", scalar, of),), build)


def _many(name: str, help_text: str, build: Callable[..., Expression], of: ValueType) -> FilterOperator:
    scalar = f"[{scalar_for(of)}!]"
    operand = Operand("", scalar, list_of(of))
    return FilterOperator(name, help_text, OperandShape.LIST, scalar, (operand,), build)


def _equality(of: ValueType) -> tuple[FilterOperator, ...]:
    return (
        _one("eq", "Equal", _compare(Operator.EQ), of),
        _one("ne", "Has another value; records without one do not match", _compare(Operator.NE), of),
        _many("in", "Equal to one of these", _compare(Operator.IN), of),
        _many("notIn", "Has a value that is none of these", _not_in, of),
    )


def _order(of: ValueType) -> tuple[FilterOperator, ...]:
    scalar = scalar_for(of)
    pair = (Operand("0", scalar, of), Operand("1", scalar, of))
    return (
        _one("lt", "Less, or earlier", _compare(Operator.LT), of),
        _one("lte", "Less, earlier, or equal", _compare(Operator.LE), of),
        _one("gt", "Greater, or later", _compare(Operator.GT), of),
        _one("gte", "Greater, later, or equal", _compare(Operator.GE), of),
        FilterOperator(
            "between",
            "From the first value to the second, both included",
            OperandShape.PAIR,
            f"[{scalar}!]",
            pair,
            _between,
        ),
    )


def _flag(name: str, help_text: str) -> FilterOperator:
    operand = Operand("", "Boolean", BOOLEAN)
    return FilterOperator(name, help_text, OperandShape.ONE, "Boolean", (operand,), _is(name))


_TEXT_HELP = {
    "contains": "Holds this text",
    "startsWith": "Starts with this text",
    "endsWith": "Ends with this text",
    "icontains": "Holds this text, upper or lower case",
    "istartsWith": "Starts with this text, upper or lower case",
    "iendsWith": "Ends with this text, upper or lower case",
    "like": "Matches a pattern of % (any text) and _ (any character)",
    "ilike": "Matches such a pattern, upper or lower case",
}

_IS_NULL = _flag("isNull", "Whether there is no value")
_TEXT_MATCHES = tuple(_one(name, text, _call(name), TEXT) for name, text in _TEXT_HELP.items())
_WITHIN = FilterOperator(
    "within",
    "In the last or next so many units, counted from now; the present unit is included",
    OperandShape.WINDOW,
    "WithinInput",
    (Operand("last", "Int", INTEGER), Operand("unit", "TimeUnit", TEXT)),
    _call("within"),
)
_NEAR = FilterOperator(
    "near",
    "At most so many kilometres away, as the crow flies",
    OperandShape.PLACE,
    "NearInput",
    (Operand("lat", "Float", DECIMAL), Operand("lng", "Float", DECIMAL), Operand("km", "Float", DECIMAL)),
    _near,
)


def operators_for(value_type: ValueType) -> tuple[FilterOperator, ...]:
    """The operators that a value of this type offers, in order of display."""
    compared = DECIMAL if value_type.kind is Kind.MONEY else value_type
    match value_type.kind:
        case Kind.BOOLEAN | Kind.OPTION | Kind.ID:
            return (*_equality(compared), _IS_NULL)
        case Kind.TEXT:
            return (*_equality(compared), *_order(compared), *_TEXT_MATCHES, _IS_NULL)
        case Kind.INTEGER | Kind.DECIMAL | Kind.MONEY | Kind.TIME | Kind.DURATION:
            return (*_equality(compared), *_order(compared), _IS_NULL)
        case Kind.DATE | Kind.DATETIME:
            return (*_equality(compared), *_order(compared), _WITHIN, _IS_NULL)
        case Kind.LIST if value_type.item is not None and scalar_for(value_type.item):
            return _list_operators(value_type.item)
        case Kind.GEO_POINT:
            return (_NEAR, _IS_NULL)
        case Kind.JSON | Kind.RECORD:
            return (_IS_NULL,)
    return ()


def _list_operators(item: ValueType) -> tuple[FilterOperator, ...]:
    return (
        _one("has", "Holds this value", _call("has"), item),
        _many("hasAny", "Holds one of these values at least", _call("hasAny"), item),
        _many("hasAll", "Holds all of these values", _call("hasAll"), item),
        _flag("isEmpty", "Whether it holds nothing"),
        _IS_NULL,
    )


def read_operand(value_type: ValueType, value: Any) -> Any:
    """An operand as a JSON-ready parameter: whole numbers as int, durations as seconds, everything else as text.

    Args:
        value_type: Type of the operand; a LIST takes a list, or one value as GraphQL allows.
        value: What the request holds; never None.

    Raises:
        InputError: It is not of that type.
    """
    match value_type.kind:
        case Kind.LIST if value_type.item is not None:
            items = value if isinstance(value, list) else [value]
            if len(items) > _MAX_ITEMS:
                raise InputError(f"expected at most {_MAX_ITEMS} values, got {len(items)}")
            return [read_operand(value_type.item, _present(item)) for item in items]
        case Kind.BOOLEAN:
            if not isinstance(value, bool):
                raise InputError(f"expected true or false, got {shown(value)}")
            return value
        case Kind.INTEGER:
            return read_integer(value, least=-BIGINT_MAX - 1)
        case Kind.DECIMAL | Kind.MONEY:
            return f"{read_decimal(value):f}"
        case Kind.OPTION:
            return _read_key(value, value_type.options)
        case Kind.DATE:
            return read_date(value)
        case Kind.DATETIME:
            return read_datetime(value)
        case Kind.TIME:
            return read_time(value)
        case Kind.DURATION:
            return read_duration(value)
        case Kind.ID:
            return read_uuid(value, what="an id")
    return read_text(value)


def read_window(value: Any, value_type: ValueType) -> tuple[int, str]:
    """The operand of `within`, as the two operands of its `build`.

    Args:
        value: `{last: 7, unit: DAY}` or `{next: …}`; a count of 0 holds nothing but this instant or day.
        value_type: Type of the value that is filtered; a DATE has no minutes and hours.

    Returns:
        The count, negative for `next`, and the unit in lower case.

    Raises:
        InputError: It has not exactly one direction, or another unit.
    """
    units = UNITS if value_type.kind is Kind.DATETIME else UNITS[2:]
    given = {name: part for name, part in value.items() if part is not None} if isinstance(value, dict) else {}
    unit = str(given.get("unit", "")).lower()
    directions = [name for name in ("last", "next") if name in given]
    if len(directions) != 1 or unit not in units or set(given) != {*directions, "unit"}:
        known = ", ".join(unit.upper() for unit in units)
        raise InputError(f"expected {{last: 7, unit: DAY}} or {{next: …}}, with a unit of {known}; got {shown(value)}")
    count = read_integer(given[directions[0]], least=1, most=_MAX_WINDOW)
    return (count if directions[0] == "last" else -count), unit


def read_place(value: Any) -> tuple[str, str, str]:
    """The operand of `near`, as the three operands of its `build`: latitude, longitude and kilometres, as text.

    Raises:
        InputError: A part is missing or out of range.
    """
    if not isinstance(value, dict) or set(value) != {"lat", "lng", "km"}:
        raise InputError(f"expected {{lat: 31.23, lng: 121.47, km: 5}}, got {shown(value)}")
    lat, lng = read_geo_point({"lat": value["lat"], "lng": value["lng"]})
    km = value["km"]
    if isinstance(km, bool) or not isinstance(km, (int, float)) or not 0 <= km <= _HALF_AROUND_KM:
        raise InputError(f"expected km from 0 to {_HALF_AROUND_KM}, got {shown(km)}")
    return f"{lat:.9f}", f"{lng:.9f}", f"{float(km):.6f}"


def _present(item: Any) -> Any:
    if item is None:
        raise InputError("expected values in the list, got null; ask for missing values with isNull")
    return item


def _read_key(value: Any, options: tuple[str, ...]) -> str:
    key = read_text(value, what="an option").lower()
    if options and key not in options:
        raise InputError(f"expected one of {', '.join(options)}; got {shown(value)}")
    return key
