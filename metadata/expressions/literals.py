"""Constants: the one canonical text of each, and the Python value behind it.

A `Literal` holds decimals, dates, times and durations as canonical text, so that trees compare and hash by value.
Everything that reads such text (the parser, the checker, both back ends) goes through this module.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from metadata.expressions.tree import Literal, LiteralValue
from metadata.expressions.types import Kind, ValueType

__all__ = [
    "EARLIEST",
    "LATEST",
    "MAX_DIGITS",
    "MAX_INTEGER",
    "LiteralError",
    "canonical",
    "decimal_text",
    "duration_seconds",
    "duration_text",
    "literal_of",
    "python_value",
]

MAX_INTEGER = 2**63 - 1
"""Largest integer constant, in either direction."""

MAX_DIGITS = 60
"""Most digits a decimal constant may have."""

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
"""First instant of the language: a day inside Python's range, so that it has a local time in every zone."""

LATEST = datetime(9999, 12, 30, tzinfo=UTC)
"""Instants from here on do not exist; a result that would be there is null."""

_UNIT_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SHORT_DURATION = re.compile(
    r"(?P<sign>-?)(?:(?P<w>\d{1,9})w)?(?:(?P<d>\d{1,9})d)?(?:(?P<h>\d{1,9})h)?(?:(?P<m>\d{1,9})m)?(?:(?P<s>\d{1,12})s)?",
    re.ASCII,
)
_ISO_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<w>\d{1,9})W)?(?:(?P<d>\d{1,9})D)?"
    r"(?:T(?:(?P<h>\d{1,9})H)?(?:(?P<m>\d{1,9})M)?(?:(?P<s>\d{1,12})S)?)?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


class LiteralError(ValueError):
    """A text is no constant of the type asked for; the message says what was expected."""


def canonical(text: str, kind: Kind) -> str:
    """The canonical text of a constant of a kind that is kept as text.

    Raises:
        LiteralError: `text` is no such constant.
    """
    match kind:
        case Kind.DECIMAL | Kind.MONEY:
            return _canonical_decimal(text)
        case Kind.DATE:
            return _read_date(text).isoformat()
        case Kind.DATETIME:
            return _read_datetime(text).isoformat().replace("+00:00", "Z")
        case Kind.TIME:
            return _read_time(text).isoformat()
        case Kind.DURATION:
            return duration_text(duration_seconds(text))
        case Kind.ID:
            return _canonical_id(text)
        case _:
            return text


def python_value(literal: Literal) -> Any:
    """The value the Python back end computes with; durations are whole seconds."""
    value = literal.value
    if value is None or not isinstance(value, str):
        return value
    match literal.type.kind:
        case Kind.DECIMAL | Kind.MONEY:
            return Decimal(value)
        case Kind.DATE:
            return date.fromisoformat(value)
        case Kind.DATETIME:
            return datetime.fromisoformat(value)
        case Kind.TIME:
            return time.fromisoformat(value)
        case Kind.DURATION:
            return duration_seconds(value)
        case _:
            return value


def literal_of(value: Any, type: ValueType) -> Literal:
    """A constant from a Python value of the right type: Decimal, date, datetime, time, timedelta, str, int, bool."""
    kept: LiteralValue
    if isinstance(value, Decimal):
        kept = decimal_text(value)
    elif isinstance(value, datetime):
        kept = canonical(value.isoformat(), Kind.DATETIME)
    elif isinstance(value, date | time):
        kept = value.isoformat()
    elif isinstance(value, timedelta):
        kept = duration_text(value // timedelta(seconds=1))
    else:
        kept = value
    return Literal(kept, type)


def decimal_text(value: Decimal | int) -> str:
    """A number without exponent, closing zeros or a negative zero: `1.50` → `1.5`, `1E+2` → `100`."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def duration_seconds(text: str) -> int:
    """Seconds of `2h30m`, `3d`, `-90s` or ISO 8601 `PT2H30M`.

    Raises:
        LiteralError: It is neither.
    """
    found = _SHORT_DURATION.fullmatch(text) or _ISO_DURATION.fullmatch(text)
    parts = {} if found is None else {unit: found[unit] for unit in _UNIT_SECONDS if found[unit] is not None}
    if found is None or not parts:
        raise LiteralError("a duration such as 2h30m, 3d or PT2H30M")
    seconds = sum(int(amount) * _UNIT_SECONDS[unit] for unit, amount in parts.items())
    return -seconds if found["sign"] else seconds


def duration_text(seconds: int) -> str:
    """Seconds in the canonical form: `9000` → `2h30m`."""
    if seconds == 0:
        return "0s"
    parts: list[str] = ["-"] if seconds < 0 else []
    rest = abs(seconds)
    for unit in "dhms":
        amount, rest = divmod(rest, _UNIT_SECONDS[unit])
        if amount:
            parts.append(f"{amount}{unit}")
    return "".join(parts)


def _canonical_decimal(text: str) -> str:
    if _DECIMAL.fullmatch(text) is None:
        raise LiteralError("a decimal number such as 12.5")
    if len(text) > MAX_DIGITS:
        raise LiteralError(f"a decimal number of at most {MAX_DIGITS} digits")
    return decimal_text(Decimal(text))


def _read_date(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise LiteralError("a date of the calendar such as 2026-01-31")


def _read_datetime(text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is None:
        raise LiteralError("an instant with its offset such as 2026-01-31T08:00:00+08:00 or 2026-01-31T00:00:00Z")
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        instant = LATEST
    if not EARLIEST <= instant < LATEST:
        raise LiteralError("an instant between the years 1 and 9999")
    return instant


def _read_time(text: str) -> time:
    try:
        if _TIME.fullmatch(text):
            return time.fromisoformat(text)
    except ValueError:
        pass
    raise LiteralError("a time of day such as 08:30 or 08:30:15")


def _canonical_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise LiteralError("a record's id (a UUID)") from None
