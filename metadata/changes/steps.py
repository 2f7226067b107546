"""Schema steps: what is done to a tenant's schema to take it from one catalogue to another.

    release      drop what depends on columns that change: indexes, keys, search vectors, demands
    build        tables, columns, type changes
    demand       NOT NULL, foreign keys, search vectors, indexes

`steps_between` gives them in that order; `server.records.ddl` writes them as SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec

from metadata.changes.catalogue import Catalogue, Column, ForeignKey, Index, Table, TableKind
from metadata.changes.names import SEARCH_COLUMN

__all__ = [
    "AddColumn",
    "AddForeignKey",
    "AlterType",
    "Conversions",
    "CreateIndex",
    "CreateTable",
    "DropColumn",
    "DropForeignKey",
    "DropIndex",
    "DropNotNull",
    "DropSearch",
    "DropTable",
    "FillColumn",
    "KeepInStep",
    "SchemaStep",
    "SetNotNull",
    "SetSearch",
    "steps_between",
    "table_of",
]


class CreateTable(msgspec.Struct, frozen=True, tag=True):
    """Make a table with its columns and primary key; keys and indexes follow as steps of their own."""

    table: Table


class AddColumn(msgspec.Struct, frozen=True, tag=True):
    """Add a column. `fill` is the value that existing rows get, JSON-ready; None for NULL."""

    table: str
    column: Column
    fill: Any = None


class AlterType(msgspec.Struct, frozen=True, tag=True):
    """Change a column's type; `using` gives the new value from the old column."""

    table: str
    column: Column
    using: str


class FillColumn(msgspec.Struct, frozen=True, tag=True):
    """Give rows without a value this one, JSON-ready."""

    table: str
    column: Column
    value: Any


class SetNotNull(msgspec.Struct, frozen=True, tag=True):
    """Demand a value; `checked` is False where existing rows are validated later."""

    table: str
    column: str
    checked: bool = True


class DropNotNull(msgspec.Struct, frozen=True, tag=True):
    """Demand no value any more."""

    table: str
    column: str


class AddForeignKey(msgspec.Struct, frozen=True, tag=True):
    """Add a foreign key; `checked` is False where existing rows are validated later."""

    table: str
    key: ForeignKey
    checked: bool = True


class DropForeignKey(msgspec.Struct, frozen=True, tag=True):
    """Drop a foreign key."""

    table: str
    name: str


class SetSearch(msgspec.Struct, frozen=True, tag=True):
    """Add the generated search vector; of columns in `markup` it reads what their HTML shows."""

    table: str
    columns: tuple[Column, ...]
    markup: tuple[str, ...] = ()


class DropSearch(msgspec.Struct, frozen=True, tag=True):
    """Drop the generated search vector with its index."""

    table: str


class KeepInStep(msgspec.Struct, frozen=True, tag=True):
    """Make the triggers that keep something in step with the records of a table; see `Table.keeps`."""

    table: str
    kept: str
    column: str
    links: bool = False


class CreateIndex(msgspec.Struct, frozen=True, tag=True):
    """Make an index."""

    table: str
    index: Index


class DropIndex(msgspec.Struct, frozen=True, tag=True):
    """Drop an index, if it has been made yet."""

    name: str


class DropColumn(msgspec.Struct, frozen=True, tag=True):
    """Drop a column and its data for good."""

    table: str
    column: str


class DropTable(msgspec.Struct, frozen=True, tag=True):
    """Drop a table and its data for good."""

    table: str


SchemaStep: TypeAlias = (
    CreateTable
    | AddColumn
    | AlterType
    | FillColumn
    | SetNotNull
    | DropNotNull
    | AddForeignKey
    | DropForeignKey
    | SetSearch
    | DropSearch
    | KeepInStep
    | CreateIndex
    | DropIndex
    | DropColumn
    | DropTable
)


@dataclass(frozen=True, slots=True)
class Conversions:
    """How existing values get into their new place.

    Attributes:
        using: SQL of the new value over the old column, by (table, column) whose type changes.
        fill: JSON-ready value for rows without one, by (table, column).
    """

    using: Mapping[tuple[str, str], str] = field(default_factory=dict)
    fill: Mapping[tuple[str, str], Any] = field(default_factory=dict)


def table_of(step: SchemaStep) -> str:
    """The existing table that a step works on; empty where there is none."""
    match step:
        case CreateTable() | DropIndex():
            return ""
        case _:
            return step.table


def steps_between(old: Catalogue, new: Catalogue, conversions: Conversions | None = None) -> tuple[SchemaStep, ...]:
    """The steps from one catalogue to another, in an order in which each can be done."""
    conversions = conversions or Conversions()
    pairs = [(old.tables[name], table) for name, table in new.tables.items() if name in old.tables]
    fresh = [table for name, table in new.tables.items() if name not in old.tables]
    gone = [table for name, table in old.tables.items() if name not in new.tables]
    steps: list[SchemaStep] = []
    for before, after in pairs:
        steps += _release(before, after, conversions)
    for table in gone:
        steps += (DropForeignKey(table.name, name) for name in table.foreign_keys)
    steps += (CreateTable(table) for table in fresh)
    for before, after in pairs:
        steps += _build(before, after, conversions)
    steps += (DropTable(table.name) for table in gone)
    for before, after in pairs:
        steps += _demand(before, after, conversions)
    for table in fresh:
        steps += (AddForeignKey(table.name, key) for key in table.foreign_keys.values())
        if table.search:
            steps.append(_search(table))
        steps += _kept(table, {})
        steps += (CreateIndex(table.name, index) for index in table.indexes.values())
    return tuple(steps)


def _release(before: Table, after: Table, conversions: Conversions) -> Iterator[SchemaStep]:
    retyped = _retyped(before, after, conversions)
    for name, index in before.indexes.items():
        if not _keeps(index, after.indexes.get(name), retyped):
            yield DropIndex(name)
    for name, key in before.foreign_keys.items():
        if after.foreign_keys.get(name) != key:
            yield DropForeignKey(before.name, name)
    if before.search and not _keeps_search(before, after, retyped):
        yield DropSearch(before.name)
    for name, column in before.columns.items():
        kept = after.columns.get(name)
        if column.not_null and kept is not None and not kept.not_null:
            yield DropNotNull(before.name, name)


def _build(before: Table, after: Table, conversions: Conversions) -> Iterator[SchemaStep]:
    for name in before.columns:
        if name not in after.columns:
            yield DropColumn(before.name, name)
    for name, column in after.columns.items():
        place = (after.name, name)
        if name not in before.columns:
            yield AddColumn(after.name, column, conversions.fill.get(place))
        elif _changes_type(before.columns[name], column) or place in conversions.using:
            yield AlterType(after.name, column, conversions.using.get(place, "{0}"))


def _demand(before: Table, after: Table, conversions: Conversions) -> Iterator[SchemaStep]:
    retyped = _retyped(before, after, conversions)
    for name, column in after.columns.items():
        known = before.columns.get(name)
        if known is not None and (after.name, name) in conversions.fill:
            yield FillColumn(after.name, column, conversions.fill[after.name, name])
        if known is not None and column.not_null and not known.not_null:
            yield SetNotNull(after.name, name)
    for name, key in after.foreign_keys.items():
        if before.foreign_keys.get(name) != key:
            yield AddForeignKey(after.name, key)
    if after.search and not _keeps_search(before, after, retyped):
        yield _search(after)
    yield from _kept(after, before.keeps)
    for name, index in after.indexes.items():
        if not _keeps(before.indexes.get(name), index, retyped):
            yield CreateIndex(after.name, index)


def _retyped(before: Table, after: Table, conversions: Conversions) -> frozenset[str]:
    """Columns whose values are rewritten, with the search vector when it is generated anew."""
    changed = frozenset(
        name
        for name, column in after.columns.items()
        if name in before.columns
        and (_changes_type(before.columns[name], column) or (after.name, name) in conversions.using)
    )
    return changed if _keeps_search(before, after, changed) else changed | {SEARCH_COLUMN}


def _changes_type(before: Column, after: Column) -> bool:
    return (before.sql_type, before.collation) != (after.sql_type, after.collation)


def _keeps(before: Index | None, after: Index | None, retyped: frozenset[str]) -> bool:
    """Whether an index can stay. One with a condition is made again when any column of its table is rewritten."""
    if before is None or after is None or not before.is_same(after):
        return False
    return not retyped or not (after.where or retyped.intersection(column.name for column in after.columns))


def _keeps_search(before: Table, after: Table, retyped: frozenset[str]) -> bool:
    is_same = (before.search, before.markup) == (after.search, after.markup)
    return is_same and not retyped.intersection(after.search)


def _kept(table: Table, known: Mapping[str, str]) -> Iterator[KeepInStep]:
    is_links = table.kind is TableKind.LINKS
    for kept, column in table.keeps.items():
        if known.get(kept) != column:
            yield KeepInStep(table.name, kept, column, is_links)


def _search(table: Table) -> SetSearch:
    return SetSearch(table.name, tuple(table.columns[name] for name in table.search), table.markup)
