"""Numbers: whole, exact decimal, money, per cent, stars, and yes or no."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any

from babel.numbers import get_currency_precision, is_currency

from metadata.expressions.types import BOOLEAN, DECIMAL, INTEGER, MONEY
from metadata.fields.base import Column, FieldType, InputError, Output, Problem, Reading, Settings, Subfield
from metadata.fields.inputs import (
    BIGINT_MAX,
    INT_MAX,
    Bound,
    check_range,
    fixed_point,
    read_decimal,
    read_integer,
    shown,
)
from metadata.model.tenant import TenantModel
from metadata.model.values import About, Field, ObjectType

__all__ = [
    "BIG_INTEGER",
    "BOOLEAN_TYPE",
    "DECIMAL_TYPE",
    "INTEGER_TYPE",
    "MONEY_TYPE",
    "PERCENT",
    "RATING",
    "BigIntegerSettings",
    "DecimalSettings",
    "IntegerSettings",
    "MoneySettings",
    "PercentSettings",
    "RatingSettings",
    "currency_scale",
]

_MONEY_PRECISION = 20
_MAX_PRECISION = 38
_MAX_STARS = 10


class IntegerSettings(Settings, frozen=True):
    """Settings of `integer`."""

    min: Annotated[int | None, About("Least value")] = None
    max: Annotated[int | None, About("Greatest value")] = None


class BigIntegerSettings(Settings, frozen=True):
    """Settings of `big_integer`."""

    min: Annotated[int | None, About("Least value")] = None
    max: Annotated[int | None, About("Greatest value")] = None


class DecimalSettings(Settings, frozen=True):
    """Settings of `decimal`."""

    precision: Annotated[int, About("Digits in all, up to 38")] = 20
    scale: Annotated[int, About("Digits after the point")] = 2
    min: Annotated[str | int | float | None, About("Least value")] = None
    max: Annotated[str | int | float | None, About("Greatest value")] = None


class PercentSettings(Settings, frozen=True):
    """Settings of `percent`."""

    scale: Annotated[int, About("Digits after the point")] = 2
    min: Annotated[str | int | float | None, About("Least value")] = None
    max: Annotated[str | int | float | None, About("Greatest value")] = None


class MoneySettings(Settings, frozen=True):
    """Settings of `money`."""

    currencies: Annotated[tuple[str, ...], About("ISO 4217 codes allowed; empty for any")] = ()
    scale: Annotated[int | None, About("Digits after the point; the currency's own when absent")] = None
    min: Annotated[str | int | float | None, About("Least amount")] = None
    max: Annotated[str | int | float | None, About("Greatest amount")] = None


class RatingSettings(Settings, frozen=True):
    """Settings of `rating`."""

    max: Annotated[int, About("Number of stars, up to 10")] = 5


def currency_scale(currency: str) -> int:
    """Digits after the point of an ISO 4217 currency: 2 for CNY, 0 for JPY, 3 for KWD (CLDR)."""
    return int(get_currency_precision(currency))


def _bounds(field: Field, limit: int) -> tuple[int, int]:
    least, most = field.settings.min, field.settings.max
    return (-limit - 1 if least is None else least), (limit if most is None else most)


def _read_integer(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    least, most = _bounds(field, INT_MAX)
    return (read_integer(value, least=least, most=most),)


def _read_big_integer(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    least, most = _bounds(field, BIGINT_MAX)
    return (read_integer(value, least=least, most=most),)


def _check_integer(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    return _check_bounds(field, INT_MAX, " Use the type `big_integer` for greater ones.")


def _check_big_integer(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    return _check_bounds(field, BIGINT_MAX, "")


def _check_bounds(field: Field, limit: int, hint: str) -> Iterable[Problem]:
    least, most = _bounds(field, limit)
    for attribute, bound in (("min", least), ("max", most)):
        if not -limit - 1 <= bound <= limit:
            text = f"{attribute} is from {-limit - 1} to {limit}, not {bound}."
            yield Problem(f"settings.{attribute}", text, hint.strip())
    if least > most:
        yield Problem("settings.min", f"min ({least}) is above max ({most}).")


def _integer_constraint(limit: int) -> Any:
    def constraint(field: Field) -> str:
        least, most = _bounds(field, limit)
        return "" if (least, most) == (-BIGINT_MAX - 1, BIGINT_MAX) else f"{{0}} between {least} and {most}"

    return constraint


def _read_decimal(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    settings: DecimalSettings = field.settings
    number = read_decimal(value)
    check_range(number, settings.min, settings.max)
    return (fixed_point(number, scale=settings.scale, precision=settings.precision),)


def _read_percent(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    settings: PercentSettings = field.settings
    text = value.strip().removesuffix("%") if isinstance(value, str) else value
    number = read_decimal(text)
    check_range(number, settings.min, settings.max)
    return (fixed_point(number, scale=settings.scale, precision=_MONEY_PRECISION),)


def _check_decimal(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    settings: DecimalSettings = field.settings
    if not 1 <= settings.precision <= _MAX_PRECISION:
        text = f"precision is from 1 to {_MAX_PRECISION}, not {settings.precision}."
        yield Problem("settings.precision", text)
    yield from _check_scale(settings.scale, settings.precision)
    yield from _check_decimal_bounds(settings.min, settings.max)


def _check_percent(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    yield from _check_scale(field.settings.scale, 10)
    yield from _check_decimal_bounds(field.settings.min, field.settings.max)


def _check_scale(scale: int, most: int) -> Iterable[Problem]:
    if not 0 <= scale <= most:
        yield Problem("settings.scale", f"scale is from 0 to {most}, not {scale}.")


def _check_decimal_bounds(least: Bound, most: Bound) -> Iterable[Problem]:
    bounds: list[Decimal] = []
    for attribute, bound in (("min", least), ("max", most)):
        try:
            bounds += [] if bound is None else [read_decimal(bound)]
        except InputError as error:
            yield Problem(f"settings.{attribute}", f"{attribute}: {error}.")
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        yield Problem("settings.min", f"min ({least}) is above max ({most}).")


def _decimal_constraint(field: Field) -> str:
    settings = field.settings
    precision = getattr(settings, "precision", _MONEY_PRECISION)
    parts = []
    if settings.scale is not None:
        parts.append(f"{{0}} = round({{0}}, {settings.scale})")
        parts.append(f"abs({{0}}) < 1e{precision - settings.scale}::numeric")
    if settings.min is not None:
        parts.append(f"{{0}} >= {Decimal(str(settings.min)):f}")
    if settings.max is not None:
        parts.append(f"{{0}} <= {Decimal(str(settings.max)):f}")
    return " and ".join(parts)


def _read_money(value: Any, field: Field, reading: Reading) -> tuple[Any, ...]:
    settings: MoneySettings = field.settings
    amount, currency = _money_parts(value, reading)
    if settings.currencies and currency not in settings.currencies:
        raise InputError(f"expected a currency of {', '.join(settings.currencies)}, got {shown(currency)}")
    number = read_decimal(amount)
    check_range(number, settings.min, settings.max)
    scale = currency_scale(currency) if settings.scale is None else settings.scale
    return (fixed_point(number, scale=scale, precision=_MONEY_PRECISION), currency)


def _money_parts(value: Any, reading: Reading) -> tuple[Any, str]:
    if not isinstance(value, dict):
        return value, reading.model.settings.currency
    unknown = [str(name) for name in value if name not in ("amount", "currency")]
    if unknown or value.get("amount") is None:
        raise InputError(f'expected money such as {{amount: "12.50", currency: "CNY"}}, got {shown(value)}')
    currency = value.get("currency")
    if currency is None:
        return value["amount"], reading.model.settings.currency
    if not isinstance(currency, str) or not is_currency(currency.upper()):
        raise InputError(f"expected an ISO 4217 currency such as CNY, got {shown(currency)}")
    return value["amount"], currency.upper()


def _check_money(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    settings: MoneySettings = field.settings
    for currency in settings.currencies:
        if not is_currency(currency):
            text = f"'{currency}' is not an ISO 4217 currency."
            yield Problem("settings.currencies", text, "Write codes in upper case, such as CNY.")
    if settings.scale is not None:
        yield from _check_scale(settings.scale, 10)
    yield from _check_decimal_bounds(settings.min, settings.max)


def _read_rating(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    return (read_integer(value, least=1, most=field.settings.max),)


def _check_rating(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    if not 1 <= field.settings.max <= _MAX_STARS:
        yield Problem("settings.max", f"max is from 1 to {_MAX_STARS}, not {field.settings.max}.")


def _read_boolean(value: Any, _field: Field, _reading: Reading) -> tuple[Any, ...]:
    if not isinstance(value, bool):
        raise InputError(f"expected true or false, got {shown(value)}")
    return (value,)


INTEGER_TYPE = FieldType(
    key="integer",
    help="Whole number of up to 32 bits",
    columns=lambda _field: (Column("", "bigint"),),
    value_type=lambda _field, _model: INTEGER,
    scalar="Int",
    settings=IntegerSettings,
    read=_read_integer,
    check=_check_integer,
    constraint=_integer_constraint(INT_MAX),
    aggregates=("sum", "avg", "min", "max"),
)

BIG_INTEGER = FieldType(
    key="big_integer",
    help="Whole number of up to 64 bits, text on the wire",
    columns=lambda _field: (Column("", "bigint"),),
    value_type=lambda _field, _model: INTEGER,
    output=Output.TEXT,
    scalar="BigInt",
    settings=BigIntegerSettings,
    read=_read_big_integer,
    check=_check_big_integer,
    constraint=_integer_constraint(BIGINT_MAX),
    aggregates=("sum", "avg", "min", "max"),
)

DECIMAL_TYPE = FieldType(
    key="decimal",
    help="Exact decimal number, text on the wire",
    columns=lambda _field: (Column("", "numeric"),),
    value_type=lambda _field, _model: DECIMAL,
    output=Output.TEXT,
    scalar="Decimal",
    settings=DecimalSettings,
    read=_read_decimal,
    check=_check_decimal,
    constraint=_decimal_constraint,
    aggregates=("sum", "avg", "min", "max"),
)

PERCENT = FieldType(
    key="percent",
    help="Per cent: 12.5 means 12.5 %",
    columns=lambda _field: (Column("", "numeric"),),
    value_type=lambda _field, _model: DECIMAL,
    output=Output.TEXT,
    scalar="Decimal",
    settings=PercentSettings,
    read=_read_percent,
    check=_check_percent,
    constraint=_decimal_constraint,
    aggregates=("sum", "avg", "min", "max"),
)

MONEY_TYPE = FieldType(
    key="money",
    help="Amount with its currency; filters, sorting and figures take the amount",
    columns=lambda _field: (Column("", "numeric"), Column("currency", "text")),
    value_type=lambda _field, _model: MONEY,
    output=Output.OBJECT,
    scalar="Money",
    input_scalar="MoneyInput",
    subfields=(Subfield("amount", "Decimal", "{0}", DECIMAL), Subfield("currency", "String", "{1}", None)),
    input_parts={"amount": "Decimal!", "currency": "String"},
    settings=MoneySettings,
    read=_read_money,
    check=_check_money,
    constraint=_decimal_constraint,
    uniqueable=False,
    aggregates=("sum", "avg", "min", "max"),
)

RATING = FieldType(
    key="rating",
    help="Stars, from 1 to a maximum",
    columns=lambda _field: (Column("", "bigint"),),
    value_type=lambda _field, _model: INTEGER,
    scalar="Int",
    settings=RatingSettings,
    read=_read_rating,
    check=_check_rating,
    constraint=lambda field: f"{{0}} between 1 and {field.settings.max}",
    uniqueable=False,
    aggregates=("sum", "avg", "min", "max"),
)

BOOLEAN_TYPE = FieldType(
    key="boolean",
    help="Yes or no",
    columns=lambda _field: (Column("", "boolean"),),
    value_type=lambda _field, _model: BOOLEAN,
    scalar="Boolean",
    read=_read_boolean,
    uniqueable=False,
)
