"""Names of what is derived from tables and columns in a tenant's schema.

A double underscore stands in all of them and in no metadata name, so they never clash with a table, nor with each
other: index, constraint and table names share one space in a PostgreSQL schema.
"""

from __future__ import annotations

from metadata import naming

__all__ = [
    "SEARCH_COLUMN",
    "field_index",
    "foreign_key",
    "newest_index",
    "not_null",
    "owner_index",
    "search_index",
    "unique_index",
]

SEARCH_COLUMN = "search_vector"
"""Generated column of a table whose object has `search` fields."""


def unique_index(table: str, column: str) -> str:
    """The unique index of a field that is `unique` by itself."""
    return naming.physical(table, "", column, "", "key")


def field_index(table: str, column: str) -> str:
    """The index of a field that is `indexed`, or of a column with a foreign key."""
    return naming.physical(table, "", column, "", "idx")


def newest_index(table: str) -> str:
    """The index for the default order, newest first."""
    return naming.physical(table, "", "", "newest")


def owner_index(table: str) -> str:
    """The index for records by their owner."""
    return naming.physical(table, "", "", "owner")


def search_index(table: str) -> str:
    """The index of the search vector."""
    return naming.physical(table, "", "", "search")


def foreign_key(table: str, column: str) -> str:
    """The foreign key of a column."""
    return naming.physical(table, "", column, "", "fkey")


def not_null(table: str, column: str) -> str:
    """The check that keeps a required column of a big table filled until it has been validated."""
    return naming.physical(table, "", column, "", "filled")
