"""Cursors: the values that a row is sorted by and its id, as opaque text; the compiler writes them, this reads them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from datetime import date, datetime, time
from typing import Any

from metadata.expressions.types import Kind, ValueType
from metadata.fields.base import InputError
from metadata.fields.inputs import BIGINT_MAX, read_uuid
from metadata.model.values import ObjectType
from metadata.problems import BadInputError, Path
from server.records.plans import OrderTerm

__all__ = ["opened_cursor", "order_fingerprint", "read_cursor"]

_MAX_TEXT = 200_000


def order_fingerprint(object_type: ObjectType, order: tuple[OrderTerm, ...]) -> str:
    """Distinguishes orders, so that a cursor of one is refused by another."""
    text = repr((object_type.name, [(term.value, term.direction, *term.type.options) for term in order]))
    return hashlib.blake2s(text.encode(), digest_size=6).hexdigest()


def read_cursor(text: Any, fingerprint: str, types: tuple[ValueType, ...], *, path: Path) -> list[Any]:
    """The values inside a cursor, as text that PostgreSQL reads as the types of the order, and the id.

    Raises:
        BadInputError: `bad_cursor`: it is damaged. `other_cursor`: it was given out for another order.
    """
    values = opened_cursor(text)
    if values is None or not isinstance(values[0], str):
        raise _bad_cursor(path)
    if values[0] != fingerprint:
        raise BadInputError.single(
            "other_cursor",
            "The cursor belongs to a list with another order.",
            path=path,
            hint="Start again without a cursor.",
        )
    given, record_id = values[1:-1], values[-1]
    if len(values) != len(types) + 2 or not all(map(_fits, given, types)):
        raise _bad_cursor(path)
    try:
        return [*given, read_uuid(record_id, what="the id of a record")]
    except InputError:
        raise _bad_cursor(path) from None


def opened_cursor(text: Any) -> list[Any] | None:
    """What stands in a cursor: the order's fingerprint, the values of its terms, the id; None where it is damaged."""
    if not isinstance(text, str) or len(text) > _MAX_TEXT:
        return None
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return values if isinstance(values, list) and values else None


def _bad_cursor(path: Path) -> BadInputError:
    return BadInputError.single(
        "bad_cursor",
        "The cursor is not one that this server gave out.",
        path=path,
        hint="Pass `endCursor` or `cursor` unchanged.",
    )


def _fits(value: Any, value_type: ValueType) -> bool:
    """Whether a value reads as the type, so that a forged cursor never fails in PostgreSQL."""
    if value is None:
        return True
    if not isinstance(value, str) or "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        return False
    try:
        return _reads(value, value_type.kind)
    except ValueError:
        return False


def _reads(value: str, kind: Kind) -> bool:
    match kind:
        case Kind.INTEGER | Kind.DURATION:
            return _INTEGER.fullmatch(value) is not None and abs(int(value)) <= BIGINT_MAX
        case Kind.DECIMAL | Kind.MONEY:
            return _DECIMAL.fullmatch(value) is not None
        case Kind.BOOLEAN:
            return value in ("true", "false")
        case Kind.DATE:
            return bool(date.fromisoformat(value))
        case Kind.TIME:
            return isinstance(time.fromisoformat(value), time)
        case Kind.DATETIME:
            return datetime.fromisoformat(value).tzinfo is not None
        case Kind.ID:
            return _UUID.fullmatch(value) is not None
    return True


_INTEGER = re.compile(r"-?[0-9]{1,19}")
_DECIMAL = re.compile(r"-?[0-9]{1,1000}(?:\.[0-9]{1,1000})?")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
