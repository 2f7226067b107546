"""The eight questions: rotating variables, one document per server, and one form to compare answers in.

`<server>.graphql` beside this module holds a server's documents, one operation a question.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from bench import data

__all__ = ["QUESTIONS", "Question", "Variable", "documents", "normal"]

_BODIES = 512
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_START = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a question.

    Attributes:
        values: Its value for a random number from 1 to `count`.
        sql: The same value as an SQL expression of type text over pgbench's `:n`.
        count: How many values there are, by scale.
    """

    values: Callable[[int], str]
    sql: str
    count: Callable[[data.Scale], int]


@dataclass(frozen=True, slots=True)
class Question:
    """One of Q1 to Q8.

    Attributes:
        name: `Q1` …
        about: What it asks.
        variables: By GraphQL variable.
        writes: The table it writes to; empty for a query.
        unordered: Whether the order of the answer is free.
        volatile: Keys whose values differ from answer to answer.
    """

    name: str
    about: str
    variables: Mapping[str, Variable]
    writes: str = ""
    unordered: bool = False
    volatile: frozenset[str] = frozenset()

    def samples(self, scale: data.Scale, count: int = _BODIES) -> list[dict[str, str]]:
        """Variables of `count` requests, the same in every run."""
        chance = random.Random(self.name)
        return [
            {
                name: variable.values(chance.randint(1, variable.count(scale)))
                for name, variable in self.variables.items()
            }
            for _ in range(count)
        ]


def _id_sql(kind: int) -> str:
    return f"'01900000-0000-7000-8{kind:03x}-' || lpad(to_hex(:n::integer), 12, '0')"


def _one_of(values: tuple[str, ...]) -> Variable:
    array = "array[" + ", ".join(f"'{value}'" for value in values) + "]"
    return Variable(lambda n: values[n - 1], f"({array})[:n::integer]", lambda _: len(values))


def _after(n: int) -> str:
    return (_START + dt.timedelta(hours=n)).strftime("%Y-%m-%dT%H:%M:%SZ")


_CUSTOMER = Variable(lambda n: str(data.customer_id(n)), _id_sql(2), lambda scale: scale.customers)
_STORE = Variable(lambda n: str(data.store_id(n)), _id_sql(1), lambda scale: scale.stores)
_AMOUNT = Variable(lambda n: f"{n * 10}.00", "(:n::integer * 10)::text || '.00'", lambda _: 900)
_AFTER = Variable(
    _after,
    f"(timestamp '{_START:%Y-%m-%d}' + :n::integer * interval '1 hour')::text || 'Z'",
    lambda scale: scale.customers // 60 - 48,
)
_POINTS = Variable(lambda n: str(n), "(:n::integer)::text", lambda _: 20_000)
_CODE = Variable(lambda n: f"NEW-{n:07d}", "'NEW-' || lpad((:n::integer)::text, 7, '0')", lambda _: 1_000_000)
_SEARCH = data.SEARCH_TERMS[:: len(data.SEARCH_TERMS) // 32]

QUESTIONS: Mapping[str, Question] = {
    question.name: question
    for question in (
        Question("Q1", "one customer by id", {"id": _CUSTOMER}),
        Question(
            "Q2",
            "20 customers by level, newest first, with store and 3 latest work orders",
            {"level": _one_of(data.LEVELS)},
        ),
        Question(
            "Q3",
            "50 work orders by status and amount, with customer name",
            {"status": _one_of(data.STATUSES), "amount": _AMOUNT},
        ),
        Question("Q4", "500 customers, 8 fields", {"after": _AFTER}),
        Question("Q5", "count and sum by status", {}, unordered=True),
        Question("Q6", "substring search, first 20", {"text": _one_of(_SEARCH)}),
        Question(
            "Q7",
            "create a work order",
            {"code": _CODE, "customer": _CUSTOMER, "store": _STORE},
            writes="work_order",
            volatile=frozenset({"id"}),
        ),
        Question("Q8", "update a customer", {"id": _CUSTOMER, "points": _POINTS}, writes="customer"),
    )
}


def documents(server: str) -> dict[str, str]:
    """The documents of a server by question name."""
    text = (Path(__file__).parent / f"{server}.graphql").read_text(encoding="utf-8")
    operations = re.split(r"\n\n(?=query|mutation)", text.strip())
    return {re.match(r"\w+ (\w+)", operation)[1]: operation for operation in operations}  # type: ignore[index]


def normal(question: Question, answer: Mapping[str, Any]) -> Any:
    """An answer's `data` in the form all servers share: wrappers gone, values as plain text."""
    (root,) = answer.values()
    value = _normal(question, root)
    if question.writes and isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    return sorted(value, key=repr) if question.unordered else value


def _normal(question: Question, value: Any) -> Any:
    if isinstance(value, list):
        return [_normal(question, item) for item in value]
    if not isinstance(value, dict):
        return _plain(value)
    if value.keys() == {"nodes"}:
        return _normal(question, value["nodes"])
    if value.keys() == {"key", "count", "sum"}:
        value = {"status": value["key"]["status"], "count": value["count"], "sumAmount": value["sum"]["amount"]}
    return {key: _normal(question, item) for key, item in value.items() if key not in question.volatile}


def _plain(value: Any) -> str | None:
    """Option keys without case, numbers without their form, moments in UTC."""
    if value is None:
        return None
    text = str(value)
    if _MOMENT.match(text):
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC).isoformat()
    try:
        return format(Decimal(text).normalize(), "f")
    except InvalidOperation:
        return text.casefold()
