"""Types of the expression language: what a value can be, before any database or Python type."""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = [
    "ANY_LIST",
    "BOOLEAN",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "DURATION",
    "GEO_POINT",
    "ID",
    "INTEGER",
    "JSON",
    "MONEY",
    "NULL",
    "TEXT",
    "TIME",
    "Kind",
    "ValueType",
    "list_of",
    "option",
    "record",
]


class Kind(enum.Enum):
    """The kinds of values an expression can have."""

    NULL = "null"
    """The literal `null`; fits every type."""
    BOOLEAN = "boolean"
    INTEGER = "integer"
    """64-bit signed."""
    DECIMAL = "decimal"
    """Exact, `numeric` in SQL and `Decimal` in Python."""
    MONEY = "money"
    """An amount with a currency; in arithmetic its amount counts, as DECIMAL."""
    TEXT = "text"
    OPTION = "option"
    """One of a select field's keys; compared with text literals that must be known keys."""
    DATE = "date"
    DATETIME = "datetime"
    """An instant, UTC inside; parts and days are taken in the tenant's zone."""
    TIME = "time"
    """Time of day without zone."""
    DURATION = "duration"
    """Whole seconds, as a 64-bit integer in storage."""
    ID = "id"
    """A record's id, as text."""
    GEO_POINT = "geo_point"
    JSON = "json"
    LIST = "list"
    RECORD = "record"
    """A related record; its fields are reached with a dot."""


@dataclass(frozen=True, slots=True)
class ValueType:
    """A kind with its parameters.

    Attributes:
        kind: What it is.
        item: For LIST, the type of its items.
        object: For RECORD, the object type's name.
        options: For OPTION, the known keys; empty when they are not fixed.
    """

    kind: Kind
    item: ValueType | None = None
    object: str = ""
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.kind is Kind.LIST:
            return "list" if self.item is None else f"list of {self.item}"
        if self.kind is Kind.RECORD:
            return f"{self.object} record"
        return str(self.kind.value)

    @property
    def is_number(self) -> bool:
        """Whether arithmetic applies."""
        return self.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY)


NULL = ValueType(Kind.NULL)
BOOLEAN = ValueType(Kind.BOOLEAN)
INTEGER = ValueType(Kind.INTEGER)
DECIMAL = ValueType(Kind.DECIMAL)
MONEY = ValueType(Kind.MONEY)
TEXT = ValueType(Kind.TEXT)
DATE = ValueType(Kind.DATE)
DATETIME = ValueType(Kind.DATETIME)
TIME = ValueType(Kind.TIME)
DURATION = ValueType(Kind.DURATION)
ID = ValueType(Kind.ID)
GEO_POINT = ValueType(Kind.GEO_POINT)
JSON = ValueType(Kind.JSON)
ANY_LIST = ValueType(Kind.LIST)


def list_of(item: ValueType) -> ValueType:
    """A list of `item`."""
    return ValueType(Kind.LIST, item=item)


def record(object_name: str) -> ValueType:
    """A record of the object type `object_name`."""
    return ValueType(Kind.RECORD, object=object_name)


def option(*keys: str) -> ValueType:
    """One of a select field's keys."""
    return ValueType(Kind.OPTION, options=keys)
