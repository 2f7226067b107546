"""What settlement is sent wrongly, too large, too late or twice: a coded error or the right result."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from server.pricing.settling import Settling
from tests.fixtures.tenants import Tenants
from tests.scenarios.settlement import APPLY, HEAD, Books, books_of, percent

GREATEST = Decimal("92233720368547758.07")
"""Yuan: the greatest amount of fen that is stored, 2 ** 63 - 1."""

SETTLE = "mutation($plan: String!, $r: ID!) { made: settle(plan: $plan, record: $r) { period originalPeriod } }"
PUBLISH = """mutation($plan: String!, $from: DateTime) {
    made: publishPricePlan(plan: $plan, validFrom: $from) { number } }"""
CLOSE = """mutation($plan: String!) {
    done: closePeriod(plan: $plan, period: "2020-06-01", reason: "r", despite: "test") { madeUp } }"""


class Ledger:
    """What is asked of one plan's ledger."""

    def __init__(self, books: Books, plan: str) -> None:
        self.books, self.tenant, self.plan = books, books.tenant, plan

    async def ask(self, query: str, **given: Any) -> Any:
        return await self.tenant.data(query, {"plan": self.plan, **given})

    async def refused(self, query: str, **given: Any) -> list[tuple[str, str]]:
        found = await self.tenant.faults(query, {"plan": self.plan, **given})
        return [(code, reason) for code, reason, _ in found]

    async def run(self, monkeypatch: pytest.MonkeyPatch, *, few: int) -> Any:
        """A period's run: set-based with `few` 1, one by one with very many."""
        monkeypatch.setattr(Settling, "few", few)
        monkeypatch.setattr("server.pricing.beside.MANY", few)
        return await self.books.run(self.plan, "2020-01-01", "2021-01-01")


async def test_sums_beyond_what_an_entry_holds_are_exact_and_an_amount_beyond_it_is_refused(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = await books_of(tenants.east)
    towns = {"name": "town", "rules": [{"name": "both", "to": [{"value": "city", "percent": "33.3"},
                                                               {"value": "doctor", "percent": "66.7"}]}]}  # fmt: skip
    shares = [{"payee": "dealer", "percent": "33.34"}, {"payee": "city", "percent": "66.66"}]
    whole = {"party": "dealer", "attributions": [towns], "rates": [percent("back", "100")]}
    back = {"name": "back", "kind": "rebate", "min_period": "1", "shares": shares}
    for name in ("one", "many"):
        await books.declare(name=name, components=[back], **whole)
    price = {"name": "each", "component": "back", "model": "per_unit", "settings": {"price": str(GREATEST)}}
    plain = {"name": "back", "kind": "rebate"}
    await books.declare(name="times", party="dealer", quantity="minutes", components=[plain], rates=[price])
    where = {"dealer": "d", "city": "c", "doctor": "e", "minutes": 3}
    deals = [await books.deal(str(GREATEST), "2020-06-05", **where) for _ in range(3)]
    small = await books.deal("0.01", "2020-06-05", **where | {"minutes": 0})
    beyond = await books.deal(str(GREATEST + Decimal("0.01")), "2020-06-05", **where)
    one, many, times = (Ledger(books, name) for name in ("one", "many", "times"))

    # A base, or what it comes to at the rate, that is beyond: a coded error for one, counted by a run.
    assert await one.refused(SETTLE, r=beyond) == [("BAD_USER_INPUT", "amount_too_large")]
    assert await times.refused(SETTLE, r=deals[0]) == [("BAD_USER_INPUT", "amount_too_large")]
    counted = {"settled": 1, "known": 0, "refused": {"amount_too_large": 4}, "left": 0}
    assert await times.run(monkeypatch, few=10**9) == counted

    assert await times.run(monkeypatch, few=1) == counted | {"settled": 0, "known": 1}

    # Sums that no single entry could hold: the same by a run as one by one, and exact wherever they are told.
    made = {"settled": 4, "known": 0, "refused": {"amount_too_large": 1}, "left": 0}
    assert await one.run(monkeypatch, few=10**9) == await many.run(monkeypatch, few=1) == made
    total = 3 * GREATEST + Decimal("0.01")
    due = await books.due("one")
    assert due == await books.due("many")
    assert sum(due.values()) == total
    for ledger in (one, many):
        pools = await books.pools(ledger.plan, "town", "back")
        assert sum(pools.values()) == total == sum((await books.pools(ledger.plan, "town", None)).values())
        assert abs(pools["c"] - total * Decimal("0.333")) < 1, "to the yuan; the fen by largest remainders of each"
        statement = 'query($plan: String!) { found: settlementStatement(plan: $plan, by: "town", holder: "c") { %s } }'
        lines = (await ledger.ask(statement % "lines { component amount }"))["found"]["lines"]
        assert sum(Decimal(line["amount"]) for line in lines if line["component"]) == pools["c"]
        assert await books.differences(ledger.plan) == []
        assert (await ledger.ask(CLOSE))["done"] == {"madeUp": 0}
    figures = 'query($plan: String!) { found: settlementFigures(plan: $plan, by: ["component"]) { due } }'
    assert (await one.ask(figures))["found"] == (await many.ask(figures))["found"] == [{"due": str(total)}]

    # Paid in parts that an entry holds; what a platform says of an order is held to the same.
    pay = 'mutation($plan: String!, $key: String!) { paid: payOut(plan: $plan, payee: "c", key: $key) { paid left } }'
    paid = [(await one.ask(pay, key=key))["paid"] for key in ("first", "second")]
    assert [one["paid"] for one in paid] == [str(GREATEST), str(due["c"] - GREATEST)]
    assert paid[1]["left"] == "0.00"
    take = """mutation($plan: String!, $lines: [PlatformOrder!]!) {
        importPlatformStatement(plan: $plan, source: "s", period: "2020-06-01", lines: $lines) }"""
    said = [{"order": "1", "amount": str(GREATEST)}, {"order": "1", "amount": "0.01"}]
    assert await one.refused(take, lines=said) == [("BAD_USER_INPUT", "amount_too_large")]
    assert small


async def test_what_is_negative_or_of_another_currency_is_refused_online_and_counted_by_a_run(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = await books_of(tenants.east)
    for name in ("one", "many"):
        rate = {"name": "each", "component": "fee", "model": "per_unit", "settings": {"price": "2"}}
        await books.declare(
            name=name, quantity="minutes - 10", components=[{"name": "fee", "kind": "base_fee"}], rates=[rate]
        )
    made: dict[str, str] = {}
    cases: dict[str, dict[str, Any]] = {
        "negative_quantity": {"minutes": 9},
        "negative_amount": {"amount": {"amount": "-0.01", "currency": "CNY"}},
        "currency_mix": {"amount": {"amount": "1.00", "currency": "USD"}},
        "": {"amount": {"amount": "1.00", "currency": "CNY"}},
    }
    for reason, values in cases.items():
        given = {"amount": {"amount": "1.00", "currency": "CNY"}, "minutes": 12, **values}
        made[reason] = await tenants.east.create("Deal", closedAt="2020-06-05T09:00:00+08:00", **given)
    one, many = Ledger(books, "one"), Ledger(books, "many")
    for reason, deal in made.items():
        assert await one.refused(SETTLE, r=deal) == [("BAD_USER_INPUT", reason)] if reason else True
    counted = {"settled": 1, "known": 0, "left": 0, "refused": dict.fromkeys([one for one in made if one], 1)}
    assert await one.run(monkeypatch, few=10**9) == await many.run(monkeypatch, few=1) == counted
    assert await books.due("one") == await books.due("many") == {None: Decimal("4.00")}


async def test_versions_and_rates_are_never_two_for_one_event(tenants: Tenants) -> None:
    books = await books_of(tenants.east)
    ledger = Ledger(books, "plan")
    commission = [{"name": "commission", "kind": "commission"}]
    tied = [percent("commission", "5", "usual"), percent("commission", "6", "better")]
    declared = {**HEAD, "name": "plan", "live": False, "components": commission, "rates": tied}
    declared["dimensions"] = [{"name": "channel", "value": "channel"}]
    apart = percent("commission", "5", "usual", scope=[{"dimension": "channel", "values": ["web"]}])
    await tenants.east.data(APPLY, {"document": {"price_plans": [declared]}}, path="/metadata")
    assert await tenants.east.faults(PUBLISH, {"plan": "plan"}) == [("BAD_USER_INPUT", "price_tie", ("rates", 1))]
    live = {"price_plans": [{**declared, "live": True}]}
    found = await tenants.east.faults(APPLY, {"document": live}, path="/metadata")
    assert [(code, reason) for code, reason, _ in found] == [("BAD_USER_INPUT", "price_tie")]

    # Published by two at once, from the same day on: two versions, one after the other, and the last counts.
    for rate in ("6", "7"):
        change = {**declared, "rates": [apart, percent("commission", rate, "better")]}
        await tenants.east.data(APPLY, {"document": {"price_plans": [change]}}, path="/metadata")
        began = {"plan": "plan", "from": "2020-01-01T00:00:00+08:00"}
        made = await asyncio.gather(*(tenants.east.data(PUBLISH, began) for _ in range(2)))
        assert len({one["made"]["number"] for one in made}) == 2
    versions = (await ledger.ask("query($plan: String!) { found: pricePlanVersions(plan: $plan) { number } }"))["found"]
    assert [one["number"] for one in versions] == [4, 3, 2, 1]
    deal = await books.deal("100.00", "2020-06-05", dealer="d")
    booked = await books.settle("plan", deal)
    assert [line["amount"] for line in booked["quote"]["lines"]] == ["7.00"]


async def test_a_key_names_what_was_booked_with_it_and_a_closed_month_takes_nothing(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    east = tenants.east
    books = await books_of(east)
    await books.declare(
        name="plan", party="dealer", components=[{"name": "back", "kind": "rebate"}], rates=[percent("back", "10")]
    )
    ledger = Ledger(books, "plan")
    early, late, later = [await books.deal("100.00", f"2020-06-{day:02}", dealer="d") for day in (5, 6, 7)]
    await books.settle("plan", early)
    adjust = """mutation($plan: String!, $key: String!, $amount: Decimal!, $why: String!) {
        adjustSettlement(plan: $plan, component: "back", payee: "d", amount: $amount, reason: $why, key: $key) { key }
    }"""
    pay = """mutation($plan: String!, $key: String!, $amount: Decimal) {
        payOut(plan: $plan, payee: "d", key: $key, amount: $amount) { paid } }"""
    taken = [("CONFLICT", "other_payload")]
    await ledger.ask(adjust, key="a", amount="5", why="goodwill")
    await ledger.ask(pay, key="p", amount="3")
    await books.refund("plan", early, "r", "50.00")
    for query, given in (
        (adjust, {"key": "a", "amount": "6", "why": "goodwill"}),
        (adjust, {"key": early, "amount": "5", "why": "goodwill"}),
        (pay, {"key": "p", "amount": "4"}),
        (pay, {"key": "a", "amount": "3"}),
    ):
        assert await ledger.refused(query, **given) == taken
    again = """mutation($plan: String!, $of: String!, $key: String!, $amount: Decimal) {
        refundSettlement(plan: $plan, of: $of, key: $key, amount: $amount) { key } }"""
    assert await ledger.refused(again, of=early, key="r", amount="49.99") == taken
    assert await ledger.refused(again, of=early, key="p", amount="50.00") == taken
    assert await books.due("plan") == {"d": Decimal("7.00")}, "10 - 5 + 5 - 3"

    # What comes for June once it is closed is booked in an open month, by one request or a run; June stays.
    await ledger.ask(CLOSE)
    balances = (
        'query($plan: String!) { found: settlementBalances(plan: $plan, period: "2020-06-01") { account amount } }'
    )
    june = await ledger.ask(balances)
    booked = (await ledger.ask(SETTLE, r=late))["made"]
    assert (booked["originalPeriod"], booked["period"] > "2020-06-30") == ("2020-06-01", True)
    assert (await ledger.run(monkeypatch, few=1))["settled"] == 1
    explain = """query($plan: String!, $r: ID!) {
        found: explainSettlement(plan: $plan, record: $r) { period originalPeriod } }"""
    assert (await ledger.ask(explain, r=later))["found"] == [booked]
    assert await ledger.ask(balances) == june

    # Whoever reaches the tables themselves is refused by the database: nothing more, nothing else, nothing less.
    entries = "select * from tangram.ledger_entry where tenant_id = $1 and period = '2020-06-01'"
    copied = f"""insert into tangram.ledger_entry (tenant_id, booking_id, plan, component, "window", party, account,
        payee, amount, currency, period) select tenant_id, booking_id, plan, component, "window", party, account, payee,
        amount, currency, period from ({entries}) as it"""
    for statement, problem in (
        (copied, "period_closed"),
        ("update tangram.ledger_entry set amount = 0 where tenant_id = $1", "permission denied"),
        ("delete from tangram.price_booking where tenant_id = $1", "permission denied"),
    ):
        async with east.services.connections.acquire(east.id) as connection:
            with pytest.raises(asyncpg.PostgresError, match=problem):
                await connection.execute(statement, east.id)
    assert await ledger.ask(balances) == june
