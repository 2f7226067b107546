"""Clauses of a statement as text."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["sortable", "where_clause"]


def where_clause(conditions: Sequence[str]) -> str:
    """WHERE, each condition on a line of its own; nothing for none."""
    return "where " + "\n  and ".join(f"({condition})" for condition in conditions) if conditions else ""


def sortable(sql: str) -> str:
    """A value as ORDER BY and GROUP BY take it: a constant there would be read as the place of a column."""
    return sql if "." in sql or "(" in sql.lstrip("(") else f"coalesce({sql})"
