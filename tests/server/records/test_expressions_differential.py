"""The two back ends of the expression language have one meaning: random expressions over random rows give the same.

Quick by default. For a long hunt: EXPRESSION_EXAMPLES=5000 pytest tests/server/records/test_expressions_differential.py
"""

from __future__ import annotations

import asyncio
import json
import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from metadata.expressions.check import Checked, check
from metadata.expressions.evaluate import Env, compile_python
from metadata.expressions.functions.text import lower, upper
from metadata.expressions.text import parse, unparse
from metadata.expressions.tokens import quote
from metadata.expressions.tree import Expression, FieldPath
from metadata.expressions.types import Kind
from server.records.expressions import Names, to_sql
from server.records.statements import ParameterList
from tests.metadata.expressions.deals import ACTOR, FIELDS, INSTANTS, NOW, TEXTS, ZONES, DealScope, make_deals
from tests.metadata.expressions.strategies import expressions

EXAMPLES = int(os.environ.get("EXPRESSION_EXAMPLES", "0"))
BATCH = 10
SCOPE = DealScope()
NEWER = "ƛɤ"
"""Got upper-case letters in Unicode 16, which PostgreSQL 18 knows and Python 3.11 does not."""

_COLUMNS = {
    Kind.ID: "uuid",
    Kind.TEXT: "text",
    Kind.OPTION: "text",
    Kind.DECIMAL: "numeric",
    Kind.MONEY: "numeric",
    Kind.INTEGER: "bigint",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DATETIME: "timestamptz",
    Kind.TIME: "time",
    Kind.DURATION: "bigint",
    Kind.LIST: "text[]",
    Kind.RECORD: "uuid",
    Kind.JSON: "jsonb",
}
_TABLES = ("customer", "deal", "line")
_VIA = {"lines": ("line", "deal"), "deals": ("deal", "customer")}


class TableNames:
    """Names over the test's tables."""

    def __init__(self, alias: str, object_name: str, used: list[str]) -> None:
        self.alias = alias
        self.object_name = object_name
        self.used = used

    def column(self, path: FieldPath) -> str:
        first, *rest = path.steps
        type = FIELDS[self.object_name][first]
        if type.kind is Kind.RECORD and rest:
            inner = TableNames(self._alias(), type.object, self.used)
            value = inner.column(FieldPath(tuple(rest)))
            return f"(select {value} from {type.object} {inner.alias} where {inner.alias}.id = {self.alias}.{first})"
        column = f"{first}_{rest[0]}" if rest and rest[0] != "amount" else first
        return f'{self.alias}."{column}"'

    def related(self, path: FieldPath) -> tuple[str, Names]:
        *first, last = path.steps
        own = self.column(FieldPath((*first, "id")))
        table, via = _VIA[last]
        inner = TableNames(self._alias(), table, self.used)
        return f"from {table} {inner.alias} where {inner.alias}.{via} = {own}", inner

    def _alias(self) -> str:
        self.used.append("")
        return f"t{len(self.used)}"


@dataclass
class Database:
    """Tables filled with deals."""

    runner: asyncio.Runner
    connection: Any
    deals: list[dict[str, Any]]

    def answers(self, batch: Sequence[Checked], zone: str, now: datetime) -> list[list[Any]]:
        """One row a deal, one value an expression."""
        parameters = ParameterList()
        names = TableNames("r", "deal", [])
        columns = [_comparable(to_sql(checked, names, parameters), checked) for checked in batch]
        sql = f"select {', '.join(columns)} from deal r order by r.place_in_list"
        today = now.astimezone(ZoneInfo(zone)).date().isoformat()
        values = {"now": now.isoformat(), "today": today, "timezone": zone, "actor.id": ACTOR["id"]}
        arguments = [values[name] for name in parameters.names()]
        rows = self.runner.run(self.connection.fetch(sql, *arguments))
        return [list(row) for row in rows]


def _comparable(sql: str, checked: Checked) -> str:
    kind = checked.type.kind
    if kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DURATION, Kind.DATE, Kind.TIME, Kind.ID):
        return f"({sql})::text"
    return sql


def _wanted(value: Any, checked: Checked) -> Any:
    """The Python back end's answer in the form in which the statement gives it."""
    return None if value is None else str(value) if checked.type.kind in (Kind.DATE, Kind.TIME, Kind.ID) else value


def _found(value: Any, checked: Checked) -> Any:
    match checked.type.kind:
        case Kind.INTEGER if value is not None:
            return int(value)
        case Kind.DECIMAL if value is not None:
            return Decimal(value)
        case Kind.DURATION if value is not None:
            return timedelta(seconds=int(value)) if abs(int(value)) < 86_400 * 999_999_999 else None
        case _:
            return value


async def _filled(url: str, deals: list[dict[str, Any]]) -> Any:
    connection = await asyncpg.connect(url)
    for table in _TABLES:
        columns = ["place_in_list int"]
        for name, type in FIELDS[table].items():
            if type.kind is Kind.GEO_POINT:
                columns += [f"{name}_lat float8", f"{name}_lng float8"]
            elif type.item is None or type.item.kind is not Kind.RECORD:
                columns.append(f'"{name}" {_COLUMNS[type.kind]}')
        await connection.execute(f"create table {table} ({', '.join([*columns, 'price_currency text'])})")
    customers = {deal["customer"]["id"]: deal["customer"] for deal in deals if deal["customer"]}
    lines = [line for deal in deals for line in deal["lines"]]
    for table, records in zip(_TABLES, (list(customers.values()), deals, lines), strict=True):
        for place, record in enumerate(records):
            await _insert(connection, table, {"place_in_list": place, **_stored(table, record)})
    return connection


async def _insert(connection: Any, table: str, values: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(
        f"${number}{'::text::date' if type(value) is date else ''}" for number, value in enumerate(values.values(), 1)
    )  # asyncpg takes the last day of its calendar for infinity
    values = {name: value.isoformat() if type(value) is date else value for name, value in values.items()}
    await connection.execute(f"insert into {table} ({names}) values ({places})", *values.values())


def _stored(table: str, record: dict[str, Any]) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    for name, type in FIELDS[table].items():
        value = record[name]
        match type.kind:
            case Kind.GEO_POINT:
                stored |= {f"{name}_{part}": None if value is None else float(value[part]) for part in ("lat", "lng")}
            case Kind.MONEY:
                stored |= {name: value and value["amount"], "price_currency": value and value["currency"]}
            case Kind.RECORD:
                stored[name] = value and value["id"]
            case Kind.DURATION:
                stored[name] = None if value is None else value // timedelta(seconds=1)
            case Kind.JSON:
                stored[name] = value and json.dumps(value)
            case Kind.LIST if type.item is not None and type.item.kind is Kind.RECORD:
                pass
            case _:
                stored[name] = value
    return stored


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with asyncio.Runner() as runner:
        deals = make_deals(seed=7, count=30)
        connection = runner.run(_filled(database_url, deals))
        yield Database(runner, connection, deals)
        runner.run(connection.close())


def test_sql_and_python_agree(database: Database) -> None:
    @settings(
        max_examples=EXAMPLES or 100,
        phases=[phase for phase in Phase if phase is not Phase.explain],
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(
        st.lists(expressions(), min_size=1, max_size=BATCH), st.sampled_from(ZONES), st.sampled_from([NOW, *INSTANTS])
    )
    def agree(batch: list[Expression], zone: str, now: datetime) -> None:
        typed = [check(expression, SCOPE) for expression in batch]
        env = Env(now, zone, actor=ACTOR)
        functions = [compile_python(checked) for checked in typed]
        for deal, row in zip(database.deals, database.answers(typed, zone, now), strict=True):
            for expression, checked, function, answer in zip(batch, typed, functions, row, strict=True):
                expected = _wanted(function(deal, env), checked)
                found = _found(answer, checked)
                assert found == expected, f"{unparse(expression)} is {found!r} in SQL, {expected!r} in Python"

    agree()


def test_case_is_mapped_alike_for_every_character_python_knows(database: Database) -> None:
    known = [
        chr(code)
        for code in range(1, 0x110000)
        if unicodedata.category(chr(code)) not in ("Cs", "Cn", "Co") and chr(code) not in NEWER
    ]
    rows = database.runner.run(
        database.connection.fetch("select c, lower(c) as small, upper(c) as large from unnest($1::text[]) as c", known)
    )
    assert [(row["c"], row["small"], row["large"]) for row in rows] == [(c, lower(c), upper(c)) for c in known]


@pytest.mark.parametrize("function", ["like", "ilike", "contains", "icontains", "startsWith", "iendsWith"])
def test_patterns_agree_between_all_awkward_texts(database: Database, function: str) -> None:
    texts = [f"{function}({quote(text)}, {quote(part)})" for text in TEXTS for part in TEXTS]
    env = Env(NOW, "UTC")
    for start in range(0, len(texts), 400):
        part = texts[start : start + 400]
        typed = [check(parse(text), SCOPE) for text in part]
        (answers, *_) = database.answers(typed, "UTC", NOW)
        assert dict(zip(part, answers, strict=True)) == {
            text: compile_python(checked)({}, env) for text, checked in zip(part, typed, strict=True)
        }
