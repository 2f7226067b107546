"""Answers a plan's questions about the data of a tenant, with SQL. Nothing is locked but for reading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import asyncpg

from metadata.changes.facts import Answer, Duplicates, Empty, Facts, Filled, Misfits, Question, Rows
from server.configuration.statements import BIG_TABLES
from server.database.sql import qualified, quote_identifier
from server.records.ddl import WhereSql

__all__ = ["BIG_ROWS", "answer"]

BIG_ROWS = 100_000
"""From this many rows on, long steps on a table are left to a job."""

_EXAMPLES = 3
_EXAMPLE_LENGTH = 80
_SOME = (
    f"(select array_agg(value) from (select left(value::text, {_EXAMPLE_LENGTH}) as value "
    f"from found limit {_EXAMPLES}) as sample)"
)


async def answer(
    connection: Any,
    schema: str,
    questions: Iterable[Question],
    tables: frozenset[str],
    where_sql: WhereSql,
    *,
    big_rows: int = BIG_ROWS,
) -> Facts:
    """Look the facts up.

    Args:
        connection: A connection within the transaction that will apply the plan, or any other for a mere plan.
        schema: Schema of the tenant.
        questions: What to find out.
        tables: Tables whose size matters.
        where_sql: Gives the condition of a partial index.
        big_rows: Rows from which on a table counts as big.
    """
    big: frozenset[str] = frozenset()
    if tables:
        rows = await connection.fetch(BIG_TABLES, schema, sorted(tables), big_rows)
        big = frozenset(row["relname"] for row in rows)
    return Facts({question: await _answer(connection, schema, question, where_sql) for question in questions}, big)


async def _answer(connection: Any, schema: str, question: Question, where_sql: WhereSql) -> Answer:
    try:
        async with connection.transaction():
            row = await connection.fetchrow(_sql(schema, question, where_sql), timeout=120)
    except asyncpg.UndefinedColumnError:
        # The question is about a column that the same plan adds: no row has a value there yet.
        return Answer(0)
    return Answer(row["count"], tuple(row["examples"] or ()))


def _sql(schema: str, question: Question, where_sql: WhereSql) -> str:
    table = qualified(schema, question.table)
    match question:
        case Rows():
            return f"select count(*) as count, null::text[] as examples from {table}"
        case Filled(_, column):
            return _counted(table, quote_identifier(column), f"{quote_identifier(column)} is not null")
        case Empty(_, column):
            return _counted(table, "id", f"{quote_identifier(column)} is null")
        case Misfits(_, column, fits):
            name = quote_identifier(column)
            return _counted(table, name, f"{name} is not null and not ({fits.replace('{0}', name)})")
        case Duplicates(_, index):
            return _duplicates(table, question, where_sql(index) if index.where else "")


def _counted(table: str, shown: str, condition: str) -> str:
    return f"""
with found as (select {shown} as value from {table} where {condition})
select (select count(*) from found) as count,
    {_SOME} as examples
"""


def _duplicates(table: str, question: Duplicates, where: str) -> str:
    columns = [quote_identifier(column.name) for column in question.index.columns]
    conditions = [f"{column} is not null" for column in columns]
    conditions += ["deleted_at is null"] * question.index.living + [f"({where})"] * bool(where)
    shown = " || ' / ' || ".join(f"{column}::text" for column in columns)
    return f"""
with found as (
    select min({shown}) as value from {table}
    where {" and ".join(conditions)}
    group by {", ".join(columns)}
    having count(*) > 1
)
select (select count(*) from found) as count,
    {_SOME} as examples
"""
