"""Laws of the ledger over random sales, orders of arrival, repetitions, closes and refunds, through the public API."""

from __future__ import annotations

import asyncio
import itertools
import os
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fixtures.tenants import Tenants
from tests.scenarios.settlement import Books, books_of, ladder

EXAMPLES = int(os.environ.get("PRICE_EXAMPLES", "3"))

SETTLE = 'mutation($r: ID!) { made: settle(plan: "laws", record: $r) { hash period originalPeriod } }'
CLOSE = """mutation($period: Date!) {
    done: closePeriod(plan: "laws", period: $period, reason: "r", despite: "test") { revision } }"""
BALANCES = """query($period: Date) {
    found: settlementBalances(plan: "laws", period: $period) { account payee component amount } }"""


class Sold(NamedTuple):
    """A deal, and when it arrives."""

    month: int
    day: int
    dealer: int
    amount: Decimal


class Happening(NamedTuple):
    """Deals in their order of arrival, what is sent twice, and when a month is closed."""

    sold: list[Sold]
    again: list[int]
    closed: int
    after: int


@st.composite
def happenings(draw: st.DrawFn) -> Happening:
    amounts = st.decimals("0.01", 4_000, places=2)
    one = st.builds(Sold, st.integers(1, 3), st.integers(1, 28), st.integers(0, 1), amounts)
    sold = draw(st.lists(one, min_size=1, max_size=6))
    places = st.integers(0, len(sold) - 1)
    return Happening(sold, draw(st.lists(places, max_size=2)), draw(st.integers(1, 3)), draw(places))


async def _hold(books: Books, year: int, what: Happening) -> None:
    """In a year that nothing else happens in."""
    tenant, closed = books.tenant, f"{year}-{what.closed:02}-01"

    async def month() -> Any:
        return (await tenant.data(BALANCES, {"period": closed}))["found"]

    async def due() -> dict[str, Decimal]:
        return {payee: amount for payee, amount in (await books.due("laws")).items() if payee.startswith(f"{year}.")}

    records, bookings, as_closed = [], [], None
    for place, one in enumerate(what.sold):
        day = f"{year}-{one.month:02}-{one.day:02}"
        dealer = f"{year}.{one.dealer}"
        records.append(await books.deal(str(one.amount), day, dealer=dealer, doctor=f"{year}.x"))
        bookings.append((await tenant.data(SETTLE, {"r": records[-1]}))["made"])
        is_late = as_closed is not None and one.month == what.closed
        assert (bookings[-1]["period"] != bookings[-1]["originalPeriod"]) is is_late
        if place == what.after:
            await tenant.data(CLOSE, {"period": closed})
            as_closed = await month()

    # Twice is once, to the hash; what is closed is as it was; all of it is what it comes to when it is rated anew.
    before = await due()
    for place in what.again:
        assert (await tenant.data(SETTLE, {"r": records[place]}))["made"] == bookings[place]
    assert await due() == before
    assert await month() == as_closed
    assert await books.differences("laws") == []
    everything = (await tenant.data(BALANCES))["found"]
    assert sum(Decimal(one["amount"]) for one in everything) == 0

    # What came back altogether leaves nothing with anybody, in whatever order it comes.
    for place, record in sorted(enumerate(records), key=lambda one: one[1][-4:]):
        await books.refund("laws", record, f"{year} {place}")
    assert {payee: amount for payee, amount in (await due()).items() if amount} == {}
    assert await month() == as_closed
    assert await books.differences("laws") == []


async def test_twice_is_once_closed_stays_and_what_came_back_leaves_nothing(tenants: Tenants) -> None:
    books, loop, years = await books_of(tenants.east), asyncio.get_running_loop(), itertools.count(1990)
    shares = [{"payee": "dealer", "percent": "66.7"}, {"payee": "doctor", "percent": "33.3"}]
    component = {
        "name": "back",
        "kind": "rebate",
        "window": "quarter",
        "switch": "retroactive_period",
        "shares": shares,
    }
    tiers: list[dict[str, Any]] = [{"percent": "1.5"}, {"lower": 3000, "percent": 4}]
    await books.declare(name="laws", party="dealer", components=[component], rates=[ladder("back", *tiers)])

    @settings(
        max_examples=EXAMPLES,
        phases=[phase for phase in Phase if phase is not Phase.explain],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(happenings())
    def each(what: Happening) -> None:
        asyncio.run_coroutine_threadsafe(_hold(books, next(years), what), loop).result()

    await asyncio.to_thread(each)
