"""Schema steps as SQL.

Neighbouring steps on one table become one ALTER TABLE, so that it is locked and rewritten once. What takes long on a
big table is left to a job: foreign keys and demands come as NOT VALID constraints, which hold for new rows at once and
are validated later without holding anybody up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, TypeAlias

import msgspec

from metadata.changes import names, steps
from metadata.changes.catalogue import Column, ForeignKey, Index, Table, TableKind
from metadata.changes.names import SEARCH_COLUMN
from metadata.naming import physical
from server.database.sql import qualified, quote_identifier, quote_literal
from server.records.search import shown_text

__all__ = [
    "WhereSql",
    "constant",
    "create_index",
    "create_schema",
    "drop_schema",
    "script",
    "set_not_null",
    "statements",
    "validate_constraint",
]

WhereSql: TypeAlias = Callable[[Index], str]
"""Gives the SQL condition of an index whose `where` is set, over bare column names."""

FILLFACTOR = 90
"""Share of a page filled by inserts: leaves room for an update beside its row, which then touches no index (HOT)."""


def create_schema(schema: str) -> str:
    """The statement that makes a tenant's schema."""
    return f"CREATE SCHEMA {quote_identifier(schema)}"


def drop_schema(schema: str) -> str:
    """The statement that drops a tenant's schema and everything in it."""
    return f"DROP SCHEMA IF EXISTS {quote_identifier(schema)} CASCADE"


def statements(schema: str, planned: Iterable[steps.SchemaStep], where_sql: WhereSql) -> list[str]:
    """The steps as SQL statements, in order.

    Args:
        schema: Schema of the tenant.
        planned: The steps.
        where_sql: Gives the condition of a partial index.
    """
    result: list[str] = []
    for table, group in groupby(planned, key=_altered_table):
        if table:
            altering = list(group)
            # PostgreSQL drops defaults before it adds columns, whatever their order within one statement.
            for actions in (
                [action for step in altering for action in _actions(schema, step)],
                [action for step in altering for action in _actions_afterwards(step)],
            ):
                if actions:
                    result.append(f"ALTER TABLE {qualified(schema, table)}\n    " + ",\n    ".join(actions))
        else:
            result += (_statement(schema, step, where_sql) for step in group)
    return result


def script(schema: str, planned: Iterable[steps.SchemaStep], where_sql: WhereSql) -> str:
    """The steps as one text of several statements."""
    return ";\n".join(statements(schema, planned, where_sql))


def create_index(schema: str, table: str, index: Index, where_sql: WhereSql, *, concurrently: bool = False) -> str:
    """The statement that makes an index."""
    columns = ", ".join(quote_identifier(c.name) + (" DESC" if c.descending else "") for c in index.columns)
    conditions = []
    if index.living:
        conditions.append("deleted_at IS NULL")
    if index.filled:
        conditions.append(f"{quote_identifier(index.columns[0].name)} IS NOT NULL")
    if index.where:
        conditions.append(f"({where_sql(index)})")
    return (
        f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {'CONCURRENTLY ' if concurrently else ''}"
        f"{quote_identifier(index.name)} ON {qualified(schema, table)}"
        f"{' USING ' + index.method if index.method != 'btree' else ''} ({columns})"
        f"{' WHERE ' + ' AND '.join(conditions) if conditions else ''}"
    )


def validate_constraint(schema: str, table: str, name: str) -> str:
    """The statement that checks existing rows against a constraint that was added NOT VALID."""
    return f"ALTER TABLE {qualified(schema, table)} VALIDATE CONSTRAINT {quote_identifier(name)}"


def set_not_null(schema: str, table: str, column: str) -> str:
    """The statement that turns a validated check into NOT NULL, without another look at the rows."""
    check = names.not_null(table, column)
    return (
        f"ALTER TABLE {qualified(schema, table)} ALTER COLUMN {quote_identifier(column)} SET NOT NULL, "
        f"DROP CONSTRAINT {quote_identifier(check)}"
    )


def constant(value: Any, sql_type: str) -> str:
    """A JSON-ready value as a typed SQL constant, for DDL, where no parameter may stand."""
    if sql_type == "jsonb":
        text = msgspec.json.encode(value).decode()
    elif isinstance(value, list):
        return f"ARRAY[{', '.join(quote_literal(str(item)) for item in value)}]::{sql_type}"
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{quote_literal(text)}::{sql_type}"


def _altered_table(step: steps.SchemaStep) -> str:
    """The table that a step alters; empty for steps that are statements of their own."""
    match step:
        case steps.CreateTable() | steps.CreateIndex() | steps.DropIndex() | steps.DropTable() | steps.FillColumn():
            return ""
        case steps.KeepInStep():
            return ""
        case _:
            return step.table


def _actions_afterwards(step: steps.SchemaStep) -> Iterator[str]:
    """What has to wait until the actions of a table are done."""
    match step:
        case steps.AddColumn(_, column, fill) if fill is not None:
            # Existing rows keep the constant; new ones get theirs from the write path.
            yield f"ALTER COLUMN {quote_identifier(column.name)} DROP DEFAULT"
        case steps.SetSearch(_, columns, markup):
            # It reads columns whose types may have changed just now.
            vector = quote_identifier(SEARCH_COLUMN)
            yield f"ADD COLUMN {vector} tsvector GENERATED ALWAYS AS ({_vector(columns, markup)}) STORED"


def _actions(schema: str, step: steps.SchemaStep) -> Iterator[str]:
    """What a step does to its table, as actions of ALTER TABLE."""
    match step:
        case steps.AddColumn(_, column, fill):
            yield f"ADD COLUMN {_column(column, '' if fill is None else constant(fill, column.sql_type))}"
        case steps.AlterType(_, column, using):
            name = quote_identifier(column.name)
            collate = f" COLLATE {quote_identifier(column.collation)}" if column.collation else ""
            new_value = using.replace("{0}", name)
            yield f"ALTER COLUMN {name} TYPE {column.sql_type}{collate} USING {new_value}"
        case steps.SetNotNull(table, name, checked):
            if checked:
                yield f"ALTER COLUMN {quote_identifier(name)} SET NOT NULL"
            else:
                check = quote_identifier(names.not_null(table, name))
                yield f"ADD CONSTRAINT {check} CHECK ({quote_identifier(name)} IS NOT NULL) NOT VALID"
        case steps.DropNotNull(table, name):
            yield f"ALTER COLUMN {quote_identifier(name)} DROP NOT NULL"
            yield f"DROP CONSTRAINT IF EXISTS {quote_identifier(names.not_null(table, name))}"
        case steps.AddForeignKey(_, key, checked):
            yield f"ADD {_foreign_key(schema, key)}{'' if checked else ' NOT VALID'}"
        case steps.DropForeignKey(_, name):
            yield f"DROP CONSTRAINT {quote_identifier(name)}"
        case steps.SetSearch():
            return
        case steps.DropSearch():
            yield f"DROP COLUMN {quote_identifier(SEARCH_COLUMN)}"
        case steps.DropColumn(_, name):
            yield f"DROP COLUMN {quote_identifier(name)}"
        case _:
            raise TypeError(f"{type(step).__name__} alters no table")


def _statement(schema: str, step: steps.SchemaStep, where_sql: WhereSql) -> str:
    match step:
        case steps.CreateTable(table):
            return _create_table(schema, table)
        case steps.DropTable(table):
            return f"DROP TABLE {qualified(schema, table)}"
        case steps.FillColumn(table, column, value):
            name = quote_identifier(column.name)
            new_value = constant(value, column.sql_type)
            return f"UPDATE {qualified(schema, table)} SET {name} = {new_value} WHERE {name} IS NULL"
        case steps.CreateIndex(table, index):
            return create_index(schema, table, index, where_sql)
        case steps.KeepInStep(table, kept, column, links):
            return ";\n".join(_triggers(schema, table, kept, column, links=links))
        case steps.DropIndex(name):
            return f"DROP INDEX IF EXISTS {qualified(schema, name)}"
        case _:
            raise TypeError(f"{type(step).__name__} is no statement of its own")


def _create_table(schema: str, table: Table) -> str:
    key = "source_id, target_id" if table.kind is TableKind.LINKS else "id"
    lines = [*(_column(column) for column in table.columns.values()), f"PRIMARY KEY ({key})"]
    fill = f" WITH (fillfactor = {FILLFACTOR})" if table.kind is TableKind.RECORDS else ""
    return f"CREATE TABLE {qualified(schema, table.name)} (\n    " + ",\n    ".join(lines) + f"\n){fill}"


def _triggers(schema: str, table: str, kept: str, column: str, *, links: bool) -> Iterator[str]:
    """The triggers that keep something in step with a table; their functions are in `server/database/functions.sql`."""
    on = qualified(schema, table)
    if kept == "paths" and not links:
        run = f"FOR EACH STATEMENT EXECUTE FUNCTION tangram.keep_paths({quote_literal(column)})"
        yield f"{_trigger(table, 'placed')} AFTER INSERT ON {on} REFERENCING NEW TABLE AS changed {run}"
        moved = "REFERENCING OLD TABLE AS former NEW TABLE AS changed"
        yield f"{_trigger(table, 'moved')} AFTER UPDATE ON {on} {moved} {run}"
    elif kept == "held_roles":
        # At the end of the transaction: the statements of one request compare the epoch that this moves.
        run = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION"
        if links:
            event, function = "INSERT OR DELETE", "tangram.holder_changed()"
        elif table == "post":
            event, function = "INSERT OR UPDATE OF roles, deleted_at", "tangram.post_changed()"
        else:
            event, function = "UPDATE OF department_id, deleted_at", "tangram.place_changed()"
        trigger = _trigger(table, "held_roles").replace("TRIGGER", "CONSTRAINT TRIGGER", 1)
        yield f"{trigger} AFTER {event} ON {on} {run} {function}"


def _trigger(table: str, what: str) -> str:
    return f"CREATE TRIGGER {quote_identifier(physical(table, '', what))}"


def _column(column: Column, fill: str = "") -> str:
    parts = [quote_identifier(column.name), column.sql_type]
    if column.collation:
        parts.append(f"COLLATE {quote_identifier(column.collation)}")
    if fill or column.default:
        parts.append(f"DEFAULT {fill or column.default}")
    if column.not_null:
        parts.append("NOT NULL")
    return " ".join(parts)


def _foreign_key(schema: str, key: ForeignKey) -> str:
    return (
        f"CONSTRAINT {quote_identifier(key.name)} FOREIGN KEY ({quote_identifier(key.column)}) "
        f"REFERENCES {qualified(schema, key.target)} (id) ON DELETE {key.on_delete.value}"
    )


def _vector(columns: tuple[Column, ...], markup: tuple[str, ...]) -> str:
    """The search vector; the function takes text and lists of text."""
    texts = (shown_text(quote_identifier(column.name), is_markup=column.name in markup) for column in columns)
    return " || ".join(f"tangram.search_vector({text})" for text in texts)
