"""The set-based run against the calculator: one statement and Python come to the same lines, for random plans."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.pricing.definition import Definition, definition_of
from server.pricing.ledger import Booked, fold
from server.pricing.setwise import SetLine, is_set_based, lines_of
from server.pricing.values import PriceEvent
from tests.server.pricing.ladders import ZONE, plan, sale

WINDOWS = ("day", "week", "month", "quarter", "year", "contract", "rolling")
LEVELS = ("l0", "l1", None)
NAMES = ("one", "two", "three")
SHARES: tuple[list[dict[str, Any]], ...] = (
    [],
    [{"payee": "a", "percent": "33.3"}, {"payee": "b", "percent": "66.7"}],
    [{"payee": "a", "percent": 80}, {"payee": "b", "percent": 8}, {"payee": "c", "percent": 12, "residue": True}],
    [{"payee": "a", "percent": "33.34"}, {"payee": "b", "percent": "33.33"}, {"payee": "c", "percent": "33.33"}],
)

EXAMPLES = int(os.environ.get("PRICE_EXAMPLES", "60"))

_number = st.decimals(0, 100, places=3).map(str)


def _steps(draw: st.DrawFn, part: str) -> list[dict[str, Any]]:
    bounds = [0, *sorted(draw(st.sets(st.integers(1, 40), max_size=3)))]
    rate = {} if part == "flat" else {part: _number}
    flat = st.integers(0, 50) if part == "flat" else st.one_of(st.none(), st.integers(0, 50))
    return [draw(st.fixed_dictionaries({**rate, "flat": flat, "lower": st.just(bound)})) for bound in bounds]


def _rate(draw: st.DrawFn, switch: str, measure: str) -> dict[str, Any]:
    ladders = {"quantity": ["graduated", "volume", "stair_step"], "base": ["graduated_percentage"]}[measure]
    fitting = [
        one
        for one in ladders
        if not (one == "volume" and switch == "marginal")
        and not (one == "stair_step" and switch != "retroactive_period")
    ]
    simple = ["per_unit", "flat", "package", "percentage", "matrix", "external"]
    model = draw(st.sampled_from(fitting * 3 + simple))
    match model:
        case "per_unit":
            chosen: Any = {"price": draw(_number)}
        case "flat":
            chosen = {"amount": draw(_number), "per": draw(st.sampled_from(["event", "period"]))}
        case "package":
            chosen = {"size": draw(st.sampled_from(["2.5", "3", "0.7"])), "price": draw(_number), "free": draw(_number)}
        case "percentage":
            chosen = {"percent": draw(_number), "fixed": draw(st.integers(0, 3)), "free_count": draw(st.integers(0, 2))}
            chosen["free_amount"] = draw(_number)
        case "matrix":
            part = draw(st.sampled_from(["price", "percent"]))
            cells = [(["l0", "x"]), (["l0", "*"]), (["*", "x"]), (["*", "*"])]
            kept = [cell for cell in cells if draw(st.booleans())] or cells[:1]
            chosen = {"dimensions": ["level", "city"], "cells": [{"values": one, part: draw(_number)} for one in kept]}
        case "external":
            chosen = {"amount": "total"}
        case _:
            part = {"stair_step": "flat", "graduated_percentage": "percent"}.get(model, "price")
            chosen = {"tiers": _steps(draw, part)}
    return {"model": model, "settings": chosen}


@st.composite
def definitions(draw: st.DrawFn, number: int) -> Definition:
    """A sound plan of up to three components, of any models, windows, switches, limits, groups and shares."""
    components, rates = [], []
    for name in NAMES[: draw(st.integers(1, 3))]:
        window = draw(st.sampled_from(WINDOWS))
        switches = ["marginal", "step_forward"] + ["retroactive_period"] * (window != "rolling")
        switch, measure = draw(st.sampled_from(switches)), draw(st.sampled_from(["quantity", "base"]))
        component: dict[str, Any] = {
            "name": name,
            "kind": draw(st.sampled_from(["price", "discount", "rebate", "cost"])),
            "window": window,
            "switch": switch,
            "bound_rule": draw(st.sampled_from(["at_least", "more_than"])),
            "group": draw(st.sampled_from(["", "all", "first", "chain"])),
            "shares": draw(st.sampled_from(SHARES)),
            "clock": "paid_at" if window == "rolling" else draw(st.sampled_from(["", "done_at"])),
        }
        if window == "rolling":
            component["days"] = draw(st.integers(1, 40))
        elif draw(st.booleans()):
            component["max_period"] = draw(st.integers(1, 200))
        if switch != "retroactive_period" and draw(st.booleans()):
            component |= {"min_event": draw(st.integers(0, 5)), "max_event": draw(st.integers(6, 60))}
        components.append(component)
        for place in range(draw(st.integers(1, 3))):
            rate = _rate(draw, switch, measure) | {"component": name, "name": f"{name}{place}", "priority": place}
            if place:
                rate["scope"] = [{"dimension": "level", "values": draw(st.sampled_from([["l0"], ["l0", "l1"]]))}]
            if draw(st.integers(0, 3)) == 0:
                rate |= {"starts": "2026-06-03", "ends": draw(st.sampled_from(["", "2026-06-20"]))}
            rates.append(rate)
    made = plan(
        rates,
        components,
        clocks=[{"name": "paid_at", "value": "paid_at"}, {"name": "done_at", "value": "done_at"}],
        dimensions=[{"name": "level", "value": "level"}, {"name": "city", "value": "city"}],
        groups=[{"name": "all"}, {"name": "first", "policy": "exclusive"}, {"name": "chain", "policy": "sequential"}],
    )
    return definition_of(made.plan, "CNY", number)


def _event(drawn: tuple[Any, ...], place: int) -> PriceEvent:
    quantity, gross, level, hours, waits, fires, unpaid = drawn
    at = datetime(2026, 5, 30, 4, tzinfo=UTC) + timedelta(hours=hours)
    event = sale(
        place,
        quantity,
        gross,
        party=f"p{place % 2}",
        at=at,
        components=fires,
        contract=f"c{place % 3}",
        dimensions={"level": level, "city": "x" if place % 2 else "y"},
        payees={"a": "A", "b": "B"},
        amounts={f"{name}{number}": gross // 7 for name in NAMES for number in range(3)},
    )
    event.clocks["done_at"] = at + timedelta(hours=waits) if waits else None  # type: ignore[index]
    if unpaid:
        event.clocks["paid_at"] = None  # type: ignore[index]
    return event


@st.composite
def sales(draw: st.DrawFn) -> list[PriceEvent]:
    one = st.tuples(
        st.one_of(st.integers(0, 20), st.decimals(0, 9, places=2)),
        st.integers(0, 5_000),
        st.sampled_from(LEVELS),
        st.integers(0, 1_500).map(lambda hours: hours // 7 * 7),
        st.sampled_from([0, 5, 40, 900]),
        st.sets(st.sampled_from(NAMES)).map(lambda absent: tuple(set(NAMES) - absent) or NAMES),
        st.sampled_from([False] * 9 + [True]),
    )
    return [_event(drawn, place) for place, drawn in enumerate(draw(st.lists(one, max_size=14)))]


class Database:
    """A connection, and the loop that it belongs to."""

    def __init__(self, runner: asyncio.Runner, connection: Any) -> None:
        self.runner, self.connection = runner, connection

    def lines(self, events: Sequence[tuple[PriceEvent, Definition]]) -> list[SetLine]:
        return self.runner.run(lines_of(self.connection, events, ZONE))


@pytest.fixture(scope="module")
def database(test_servers: Any) -> Iterator[Database]:
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(test_servers.owner_url))
        yield Database(runner, connection)
        runner.run(connection.close())


def _calculated(events: Sequence[tuple[PriceEvent, Definition]]) -> list[SetLine]:
    quotes, _ = fold([Booked(event, definition) for event, definition in events], ZONE)
    return [
        SetLine(
            key,
            line.version,
            line.component,
            line.rate,
            line.key.party,
            line.key.window,
            line.after.total,
            line.after.exact,
            line.amount,
            tuple((share.payee, share.amount) for share in line.shares),
        )
        for key, quote in quotes.items()
        for line in quote.lines
        if line.key is not None and not line.lost
    ]


def test_the_statement_and_the_calculator_come_to_the_same_lines(database: Database) -> None:
    lines = 0

    @settings(
        max_examples=EXAMPLES,
        phases=[phase for phase in Phase if phase is not Phase.explain],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(definitions(1), definitions(2), sales(), st.integers(0, 14))
    def agree(first: Definition, second: Definition, events: list[PriceEvent], changed: int) -> None:
        nonlocal lines
        assert is_set_based(first)
        pairs = [(event, first if place < changed else second) for place, event in enumerate(events)]
        found = database.lines(pairs)
        assert found == _calculated(pairs)
        lines += len(found)

    agree()
    assert lines > EXAMPLES, "random plans rate something"
