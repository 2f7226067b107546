"""Settlement of many records: a real purchase history under three ladders, and sales, refunds and kills at once."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import gzip
import os
import random
from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from server.audit.sealing import Sealer
from server.pricing.settling import Settling
from server.pricing.verifying import LedgerVerifier
from tests.conformance.serving import REPOSITORY
from tests.fixtures.tenants import Tenants
from tests.scenarios.conftest import Founding
from tests.scenarios.settlement import Books, books_of, ladder

BESIDE = REPOSITORY.parent / "shared" / "data" / "cdnow_purchases.csv.gz"
PURCHASES = int(os.environ.get("TANGRAM_PURCHASES_COUNT", "600"))
"""How many of the history are settled; 69,659 are there."""

ROUNDS = int(os.environ.get("TANGRAM_LEDGER_SOAK_ROUNDS", "15"))
"""How often eight things are done to the ledger at once, and something of it is killed."""

WORK_ORDERS = int(os.environ.get("TANGRAM_WORK_ORDERS", "210"))
"""How many work orders are settled in one go; 6,000 is what was asked for."""

LOWER, RATES = (0, 20, 60), (Decimal(3), Decimal(5), Decimal(8))
CENT = Decimal("0.01")


def read_purchases() -> list[dict[str, str]]:
    file = Path(os.environ.get("TANGRAM_PURCHASES") or BESIDE)
    if not file.exists():
        pytest.skip(f"{file} is not there; TANGRAM_PURCHASES names another")
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        return [row for row, _ in zip(csv.DictReader(lines), range(PURCHASES), strict=False)]


def _tier(total: Decimal) -> int:
    return max(place for place, lower in enumerate(LOWER) if total >= lower)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def marginal(amounts: Iterable[Decimal]) -> Decimal:
    total = sum(amounts, Decimal(0))
    earned = Decimal(0)
    for place, (lower, rate) in enumerate(zip(LOWER, RATES, strict=True)):
        upper = min(total, Decimal(LOWER[place + 1])) if place + 1 < len(LOWER) else total
        earned += max(Decimal(0), upper - lower) * rate / 100
    return _rounded(earned)


def retroactive(amounts: Iterable[Decimal]) -> Decimal:
    total = sum(amounts, Decimal(0))
    return _rounded(total * RATES[_tier(total)] / 100)


def step_forward(amounts: Iterable[Decimal]) -> Decimal:
    total = earned = Decimal(0)
    for amount in amounts:
        total += amount
        earned += amount * RATES[_tier(total)] / 100
    return _rounded(earned)


async def test_the_purchase_history_settles_under_three_ladders_as_plain_python_says(tenants: Tenants) -> None:
    rows = read_purchases()
    books = await books_of(tenants.east)
    tiers: list[dict[str, Any]] = [
        {"lower": lower, "percent": str(rate)} for lower, rate in zip(LOWER, RATES, strict=True)
    ]
    switches = {"marginal": marginal, "retroactive_period": retroactive, "step_forward": step_forward}
    for switch in switches:
        component = {"name": "back", "kind": "rebate", "window": "year", "switch": switch}
        await books.declare(name=switch, party="dealer", components=[component], rates=[ladder("back", *tiers)])
    await books.deals(
        [
            {
                "dealNo": str(place),
                "dealer": row["customer_no"],
                "amount": row["amount"],
                "closedAt": f"{row['date']}T{place // 3600 % 24:02}:{place // 60 % 60:02}:{place % 60:02}+08:00",
            }
            for place, row in enumerate(rows)
        ]
    )
    by_window: dict[tuple[str, str], list[tuple[str, int, Decimal]]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_window[row["customer_no"], row["date"][:4]].append((row["date"], place % 86_400, Decimal(row["amount"])))
    for switch, expected in switches.items():
        run = await books.run(switch, "1997-01-01", "1999-01-01")
        assert (run["settled"], run["refused"], run["left"]) == (len(rows), {}, 0)
        wanted: dict[str, Decimal] = defaultdict(Decimal)
        for (customer, _), purchases in by_window.items():
            wanted[customer] += expected(amount for _, _, amount in sorted(purchases))
        assert await books.due(switch) == {customer: amount for customer, amount in wanted.items() if amount}
        lines = await books.pools(switch, "component", "back")
        assert lines["back"] == sum(wanted.values()), "the lines sum to the total"
        assert await books.differences(switch) == []
    assert await books.run("marginal", "1997-01-01", "1999-01-01") == {
        "settled": 0, "known": len(rows), "refused": {}, "left": 0
    }  # fmt: skip


async def _some(books: Books, chance: random.Random, records: list[str], number: int) -> None:
    """One thing that is done at once with others, and may be cut off in the middle."""
    match number % 6:
        case 5:
            await books.tenant.graphql(
                """mutation { settlePeriod(
                    plan: "soak", from: "2020-01-01T00:00:00+08:00", to: "2021-01-01T00:00:00+08:00", first: 5
                ) { settled } }"""
            )
        case 3:
            day = 'mutation { closePeriod(plan: "soak", period: "%s", reason: "r", despite: "soak") { period } }'
            await books.tenant.graphql(day % f"2020-{1 + chance.randrange(12):02}-01")
        case 4:
            await books.tenant.graphql(
                """mutation($of: String!, $key: String!, $amount: Decimal) {
                    refundSettlement(plan: "soak", of: $of, key: $key, amount: $amount) { key } }""",
                {"of": chance.choice(records), "key": f"r{number}", "amount": chance.choice([None, "1.11", "700.00"])},
            )
        case _:
            await books.tenant.graphql(
                'mutation($r: ID!) { settle(plan: "soak", record: $r) { key } }', {"r": chance.choice(records)}
            )


async def _kill(books: Books) -> None:
    """End whatever PostgreSQL is doing for the tenants just now."""
    async with books.tenant.services.connections.definer.acquire() as connection:
        await connection.execute(
            """select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and usename <> current_user
                and xact_start is not null"""
        )


async def test_the_ledger_holds_under_sales_runs_refunds_closes_and_kills_at_once(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settling, "few", 2)
    books = await books_of(tenants.east)
    shares = [{"payee": "dealer", "percent": "66.7"}, {"payee": "doctor", "percent": "33.3"}]
    component = {"name": "back", "kind": "rebate", "window": "year", "switch": "retroactive_period", "shares": shares}
    tiers: list[dict[str, Any]] = [{"percent": "1.5"}, {"lower": 3000, "percent": 4}]
    await books.declare(name="soak", party="dealer", components=[component], rates=[ladder("back", *tiers)])
    chance = random.Random(3)
    records = [
        await books.deal(
            f"{chance.randrange(1, 900)}.33", f"2020-{1 + place % 12:02}-07", dealer=f"d{place % 3}", doctor="x"
        )
        for place in range(24)
    ]
    for start in range(0, 8 * ROUNDS, 8):
        tasks = [asyncio.create_task(_some(books, chance, records, start + place)) for place in range(8)]
        await asyncio.sleep(chance.random() / 50)
        if start % 16:
            await _kill(books)
        else:
            chance.choice(tasks).cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
    run = await books.run("soak", "2020-01-01", "2021-01-01")
    assert (run["settled"] + run["known"], run["left"]) == (len(records), 0), "each once"
    assert await books.differences("soak") == []
    services = tenants.east.services
    await Sealer(services.connections, services.keys, services.clock).seal(tenants.east.id)
    report = await LedgerVerifier(services.connections, services.keys).verify(tenants.east.id)
    assert report.is_whole
    assert report.count >= len(records)


async def test_many_work_orders_settle_in_one_go_with_totals_equal_to_the_sum_of_lines(
    company_of: Founding,
) -> None:
    company, chance = await company_of("equipment_service"), random.Random(6)
    create, data = company.tenant.create, company.tenant.data
    customer = await create("Customer", name="华东医院")
    engineers = [await create("Engineer", employeeNo=f"E{place}", name=f"工程师{place}") for place in range(7)]
    fees = [Decimal(chance.randrange(1, 500_000)) / 100 for _ in range(WORK_ORDERS)]
    alone: dict[str, Decimal] = defaultdict(Decimal)
    orders = []
    for place, fee in enumerate(fees):
        order = {
            "title": "保养",
            "kind": "MAINTENANCE",
            "customerId": customer,
            "engineerId": engineers[place % 7],
            "status": "COMPLETED",
            "solution": "已保养",
            "serviceFee": {"amount": str(fee), "currency": "CNY"},
            "completedAt": f"2027-05-{1 + place % 31:02}T09:{place // 60 % 60:02}:{place % 60:02}+08:00",
        }
        alone[engineers[place % 7]] += fee
        orders.append(order)
    for place in range(0, len(orders), 100):
        await data(
            "mutation($i: [CreateWorkOrderInput!]!) { createWorkOrders(inputs: $i) { id } }",
            {"i": orders[place : place + 100]},
        )
    span = 'plan: "engineer_commission", from: "2027-05-01T00:00:00+08:00", to: "2027-06-01T00:00:00+08:00"'
    run = f"mutation {{ made: settlePeriod({span}, first: 10000) {{ settled known refused left }} }}"
    made = (await data(run))["made"]
    assert made == {"settled": WORK_ORDERS, "known": 0, "refused": {}, "left": 0}
    # A tenth of each engineer's fees, to the fen: rounded once, however many orders it is made of.
    balances = '{ found: settlementBalances(plan: "engineer_commission") { account payee amount } }'
    due = {
        one["payee"]: -Decimal(one["amount"]) for one in (await data(balances))["found"] if one["account"] == "payable"
    }
    assert due == {engineer: _rounded(total / 10) for engineer, total in alone.items()}
    ask = """query($holder: String!) { found: settlementStatement(
        plan: "engineer_commission", by: "payee", holder: $holder, period: "2027-05-01", first: 20000
    ) { totals { component amount } lines { component amount } } }"""
    for engineer, total in due.items():
        statement = (await data(ask, {"holder": engineer}))["found"]
        lines = [Decimal(one["amount"]) for one in statement["lines"] if one["component"] == "commission"]
        assert len(lines) == sum(1 for order in orders if order["engineerId"] == engineer)
        assert sum(lines) == total == sum(Decimal(one["amount"]) for one in statement["totals"])
    assert (await data(run))["made"] == {"settled": 0, "known": WORK_ORDERS, "refused": {}, "left": 0}
