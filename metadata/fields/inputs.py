"""The first look at an input value, shared by all field types: right JSON type, storable, in range."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from metadata.fields.base import InputError

__all__ = [
    "BIGINT_MAX",
    "INT_MAX",
    "Bound",
    "check_range",
    "fixed_point",
    "read_decimal",
    "read_integer",
    "read_text",
    "read_uuid",
    "shown",
    "sql_text",
]

INT_MAX = 2**31 - 1
"""Largest GraphQL `Int`."""

BIGINT_MAX = 2**63 - 1
"""Largest PostgreSQL `bigint`."""

Bound: TypeAlias = "str | int | float | None"
"""A limit of a decimal field as it is declared; None for no limit."""

_EXACT_FLOAT_DIGITS = 15
"""Decimal digits that always survive a trip through an IEEE 754 double (DBL_DIG)."""

_MAX_DECIMAL_DIGITS = 100
_SHOWN_LENGTH = 60
_CANONICAL_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def shown(value: Any) -> str:
    """A value as it may stand in a message: quoted, cut, on one line."""
    text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[: _SHOWN_LENGTH - 1]}…"


def read_text(value: Any, *, what: str = "text") -> str:
    """A string that PostgreSQL can store.

    Raises:
        InputError: It is no string, or holds NUL or half a surrogate pair.
    """
    if not isinstance(value, str):
        raise InputError(f"expected {what}, got {shown(value)}")
    if "\x00" in value:
        raise InputError(f"expected {what} without the character NUL")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InputError(f"expected {what} in valid Unicode, got half a surrogate pair") from None
    return value


def read_integer(value: Any, *, least: int = -BIGINT_MAX - 1, most: int = BIGINT_MAX) -> int:
    """A whole number from a JSON number or its text.

    Raises:
        InputError: It is something else, or out of range.
    """
    if isinstance(value, bool) or not isinstance(value, (int, str, float)):
        raise InputError(f"expected a whole number, got {shown(value)}")
    if isinstance(value, str) and len(value) > 20:
        raise InputError(f"expected a whole number from {least} to {most}, got {shown(value)}")
    try:
        number = int(value)
    except (ValueError, OverflowError):
        raise InputError(f"expected a whole number, got {shown(value)}") from None
    if isinstance(value, float) and number != value:
        raise InputError(f"expected a whole number, got {shown(value)}")
    if not least <= number <= most:
        raise InputError(f"expected a whole number from {least} to {most}, got {shown(value)}")
    return number


def read_decimal(value: Any) -> Decimal:
    """An exact number from text, a whole number, or a float short enough to be exact.

    Raises:
        InputError: It is something else, not finite, or a float whose digits may have been rounded on the way.
    """
    if isinstance(value, bool) or not isinstance(value, (int, str, float, Decimal)):
        raise InputError(f"expected a decimal number as text, got {shown(value)}")
    text = repr(value) if isinstance(value, float) else str(value)
    try:
        number = Decimal(text.strip()) if "_" not in text else Decimal("NaN")
    except InvalidOperation:
        raise InputError(f'expected a decimal number such as "12.50", got {shown(value)}') from None
    if not number.is_finite():
        raise InputError(f'expected a finite decimal number such as "12.50", got {shown(value)}')
    if number.adjusted() > _MAX_DECIMAL_DIGITS or _places(number) > _MAX_DECIMAL_DIGITS:
        raise InputError(f"expected at most {_MAX_DECIMAL_DIGITS} digits on either side of the point")
    if isinstance(value, float) and len(number.normalize().as_tuple().digits) > _EXACT_FLOAT_DIGITS:
        raise InputError(f"expected the exact number as text; {shown(value)} may have been rounded on the way")
    return number


def fixed_point(number: Decimal, *, scale: int, precision: int) -> str:
    """Canonical text with exactly `scale` decimal places.

    Raises:
        InputError: There are more decimal places than `scale`, or more digits than `precision`.
    """
    if _places(number.normalize()) > scale:
        raise InputError(f"expected at most {scale} decimal places, got {shown(f'{number:f}')}")
    if number and number.adjusted() >= precision - scale:
        raise InputError(f"expected at most {precision - scale} digits before the point, got {shown(f'{number:f}')}")
    text = f"{number:.{scale}f}"
    return text.removeprefix("-") if not number else text


def check_range(number: Decimal, least: Bound, most: Bound) -> None:
    """Compare with a field's bounds.

    Raises:
        InputError: The number is out of bounds.
    """
    if least is not None and number < Decimal(str(least)):
        raise InputError(f"expected at least {least}, got {number:f}")
    if most is not None and number > Decimal(str(most)):
        raise InputError(f"expected at most {most}, got {number:f}")


def read_uuid(value: Any, *, what: str) -> str:
    """Canonical UUID text.

    Raises:
        InputError: It is not the text of a UUID.
    """
    if isinstance(value, str) and len(value) <= 45:
        if _CANONICAL_UUID.fullmatch(value):  # nearly always; the parser takes ten times as long
            return value
        try:
            return str(uuid.UUID(value))
        except ValueError:
            pass
    raise InputError(f"expected {what}, got {shown(value)}")


def sql_text(value: str) -> str:
    """A string literal for the few SQL fragments that hold a setting."""
    quoted = value.replace("'", "''")
    return "E'" + quoted.replace("\\", "\\\\") + "'" if "\\" in quoted else f"'{quoted}'"


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
