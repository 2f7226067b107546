"""Clauses of a statement as text."""

from __future__ import annotations

from collections.abc import Sequence

from metadata.expressions.types import ValueType
from server.database.sql import quote_literal

__all__ = ["in_order", "sortable", "where_clause"]


def where_clause(conditions: Sequence[str]) -> str:
    """WHERE, each condition on a line of its own; nothing for none."""
    return "where " + "\n  and ".join(f"({condition})" for condition in conditions) if conditions else ""


def in_order(sql: str, value_type: ValueType) -> str:
    """What a value is compared by: options stand in the order they are declared in, not in that of their keys."""
    if not value_type.options:
        return sql
    return f"array_position({quote_literal('{' + ','.join(value_type.options) + '}')}::text[], {sql})"


def sortable(sql: str) -> str:
    """A value as ORDER BY and GROUP BY take it: a constant there would be read as the place of a column."""
    return sql if "." in sql or "(" in sql.lstrip("(") else f"coalesce({sql})"
