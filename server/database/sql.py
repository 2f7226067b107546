"""Names and constants in SQL text. Every identifier goes through `quote_identifier`; values are parameters."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["qualified", "quote_identifier", "quote_literal"]

_MAX_BYTES = 63


@lru_cache(maxsize=65_536)
def quote_identifier(name: str) -> str:
    """Quote one identifier.

    Raises:
        ValueError: Empty, longer than PostgreSQL's 63 bytes (it would be cut silently), or with a NUL.
    """
    if not name or "\0" in name or len(name.encode()) > _MAX_BYTES:
        raise ValueError(f"not a PostgreSQL name: {name!r}")
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: str, name: str) -> str:
    """A schema-qualified identifier."""
    return f"{quote_identifier(schema)}.{quote_identifier(name)}"


def quote_literal(value: str) -> str:
    """A text constant, for places where no parameter may stand (DDL) or where a constant helps the planner.

    Raises:
        ValueError: The text holds a NUL, which PostgreSQL cannot store.
    """
    if "\0" in value:
        raise ValueError("text with a NUL character")
    quoted = value.replace("'", "''")
    if "\\" in quoted:
        return " E'" + quoted.replace("\\", "\\\\") + "'"
    return f"'{quoted}'"
