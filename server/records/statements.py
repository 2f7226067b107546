"""A compiled statement and its parameters: what is known when compiling, and what each request fills in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from metadata.expressions.tree import LiteralValue, Parameter
from metadata.expressions.types import ID, Kind, ValueType
from server.database.sql import quote_literal

__all__ = ["TENANT_PARAMETER", "ParameterList", "Statement", "Transform", "cast_of"]

TENANT_PARAMETER = Parameter("tenant.id", ID)
"""Filled with the tenant's id in every statement."""

_CASTS = {
    Kind.BOOLEAN: "::boolean",
    Kind.INTEGER: "::bigint",
    Kind.DECIMAL: "::numeric",
    Kind.MONEY: "::numeric",
    Kind.TEXT: "::text",
    Kind.OPTION: "::text",
    Kind.DATE: "::text::date",
    Kind.DATETIME: "::text::timestamptz",
    Kind.TIME: "::text::time",
    Kind.DURATION: "::bigint",
    Kind.ID: "::uuid",
    Kind.JSON: "::text::jsonb",
    Kind.NULL: "::text",
}
"""How a placeholder is cast: dates and times travel as text, so that no value is built in Python to be sent."""

_LIST_CASTS = {
    Kind.BOOLEAN: "::boolean[]",
    Kind.INTEGER: "::bigint[]",
    Kind.DECIMAL: "::numeric[]",
    Kind.MONEY: "::numeric[]",
    Kind.DATE: "::text[]::date[]",
    Kind.DATETIME: "::text[]::timestamptz[]",
    Kind.TIME: "::text[]::time[]",
    Kind.DURATION: "::bigint[]",
    Kind.ID: "::uuid[]",
}

_TYPED_LITERALS = {
    Kind.DECIMAL: "numeric",
    Kind.MONEY: "numeric",
    Kind.DATE: "date",
    Kind.DATETIME: "timestamptz",
    Kind.TIME: "time",
    Kind.ID: "uuid",
    Kind.JSON: "jsonb",
}


def cast_of(value_type: ValueType) -> str:
    """The cast written after a placeholder of a type."""
    if value_type.kind is Kind.LIST:
        return _LIST_CASTS.get(value_type.item.kind, "::text[]") if value_type.item else "::text[]"
    return _CASTS.get(value_type.kind, "::text")


SEEN: Final = "seen"
"""The step that notes who saw a value of a record."""

FIGURE: Final = "figure"
"""The step that notes who saw a figure or a key over values."""

CURSOR: Final = "cursor"
"""The step that notes what a cursor holds of a record; its detail ends with the place of the value
among the terms, and whether it is the record's own."""

HIT: Final = "hit"
"""The step that notes what a hit of a search shows of a record."""


@dataclass(frozen=True, slots=True)
class Transform:
    """A step applied in Python to values of the answer.

    Attributes:
        path: Response keys from the root field down; `None` stands for every item of a list.
        name: Which step: `decrypt`, `file_url`, `history`, `seen`, `figure`, `cursor`, `hit`.
        detail: What the step needs to know: the object type's and the field's name.
        entries: What the request selected, for steps that build their answer.
    """

    path: tuple[str | None, ...]
    name: str
    detail: tuple[str, ...] = ()
    entries: Any = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with the names of what fills its placeholders, `$1` first."""

    sql: str
    parameters: tuple[str, ...]
    transforms: tuple[Transform, ...] = ()

    def arguments(self, value_of: Callable[[str], Any]) -> list[Any]:
        """The values of one request, in order of the placeholders."""
        return [value_of(name) for name in self.parameters]


class ParameterList:
    """Numbers placeholders while a statement is composed; implements the expression back end's `Params`."""

    __slots__ = ("_numbers", "constants", "written")

    def __init__(self) -> None:
        self.written: Mapping[str, Callable[[], str]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self.constants: dict[str, Any] = {}

    def placeholder(self, name: str, cast: str) -> str:
        """The placeholder for a named value; the same name and cast share one."""
        number = self._numbers.setdefault((name, cast), len(self._numbers) + 1)
        return f"${number}{cast}"

    def parameter(self, parameter: Parameter) -> str:
        """The placeholder of an expression's parameter, or the SQL that is written in its place."""
        write = self.written.get(parameter.name)
        if write is not None:
            return write()
        return self.placeholder(parameter.name, cast_of(parameter.type))

    def constant(self, value: Any, cast: str) -> str:
        """A placeholder for a value that is the same for every request."""
        name = f"constant {len(self.constants)}"
        self.constants[name] = value
        return self.placeholder(name, cast)

    def literal(self, value: LiteralValue, value_type: ValueType) -> str:
        """A constant of an expression, written inline so that the planner sees it."""
        if value is None:
            return f"null{_null_cast(value_type)}"
        if isinstance(value, bool):
            return "true" if value else "false"
        if value_type.kind in (Kind.INTEGER, Kind.DURATION):
            return f"{int(value)}::bigint" if abs(int(value)) > 2**31 - 1 else str(int(value))
        name = _TYPED_LITERALS.get(value_type.kind)
        text = quote_literal(str(value))
        return f"{text}::{name}" if name else f"{text}::text"

    def names(self) -> tuple[str, ...]:
        """The names in order of the placeholders."""
        return tuple(name for name, _cast in self._numbers)

    def fixed(self) -> Mapping[str, Any]:
        """Values of the constants by name."""
        return self.constants


def _null_cast(value_type: ValueType) -> str:
    cast = cast_of(value_type)
    return "" if value_type.kind is Kind.NULL else cast.replace("::text::", "::").replace("::text[]::", "::")
