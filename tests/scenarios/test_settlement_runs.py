"""A run that books many sales together comes to what booking them one by one comes to, and explains each as well."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import os
import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.audit.booked import BookedReport
from server.audit.sealing import Sealer
from server.pricing.settling import Settling
from server.pricing.values import Tally
from server.pricing.verifying import LedgerVerifier
from tests.fixtures.tenants import Tenant, Tenants
from tests.scenarios.settlement import APPLY, HEAD, Books, books_of, ladder

EXAMPLES = int(os.environ.get("PRICE_EXAMPLES", "5"))

SHARES = [
    {"payee": "dealer", "percent": "33.34"},
    {"payee": "doctor", "percent": "33.33"},
    {"payee": "city", "percent": "33.33"},
]
TIERS: list[dict[str, Any]] = [{"percent": "1.5"}, {"lower": 900, "percent": 4}, {"lower": 2500, "percent": "7.25"}]
LADDER = [ladder("back", *TIERS)]
MATRIX = {
    "name": "back_rate",
    "component": "back",
    "model": "matrix",
    "settings": {
        "dimensions": ["city"],
        "cells": [{"values": ["x"], "percent": "3.3"}, {"values": ["*"], "percent": "1"}],
    },
}
FIXED = {"name": "fee_rate", "component": "fee", "model": "flat", "settings": {"amount": 9, "per": "period"}}
HOLDERS = [
    {
        "name": "town",
        "rules": [
            {"name": "both", "when": "campaign == true", "to": [{"value": "city", "percent": 30, "role": "signer"},
                                                                {"value": "doctor", "percent": 70}]},
            {"name": "plain", "to": [{"value": "doctor"}]},
        ],
    }
]  # fmt: skip


def back(**more: Any) -> dict[str, Any]:
    return {"name": "back", "kind": "rebate", "window": "month", "shares": SHARES, **more}


PLANS: Mapping[str, Mapping[str, Any]] = {
    "marginal": {
        "guards": [{"limit": "max_payout", "percent": "7.3", "breach": "flag_for_approval"}],
        "components": [back(switch="marginal", min_event=7)],
        "rates": LADDER,
    },
    "stepping": {"components": [back(switch="step_forward", window="quarter")], "rates": LADDER},
    "anew": {"components": [back(switch="retroactive_period", window="year", max_period=60)], "rates": LADDER},
    "rolling": {"components": [back(switch="marginal", window="rolling", days=20)], "rates": LADDER},
    "table": {
        "components": [back(kind="discount", when="minutes > 5"), {"name": "fee", "kind": "price", "window": "week"}],
        "rates": [MATRIX, FIXED],
        "attributions": HOLDERS,
    },
    "first": {
        "groups": [{"name": "one", "policy": "exclusive"}],
        "components": [back(group="one", when="minutes > 5"), {"name": "fee", "kind": "base_fee", "group": "one"}],
        "rates": [*LADDER, FIXED],
    },
}


async def _declare(books: Books, plans: Mapping[str, Mapping[str, Any]]) -> None:
    """Plans by name, all at once."""
    marks = [{"name": "city", "value": "city"}, {"name": "channel", "value": "channel"}]
    found = [{**HEAD, "name": name, "party": "dealer", "dimensions": marks, **plan} for name, plan in plans.items()]
    await books.tenant.data(APPLY, {"document": {"price_plans": found}}, path="/metadata")


async def _deals(books: Books, chance: random.Random, count: int, days: int) -> None:
    await books.deals(
        [
            {
                "dealNo": f"n{place}",
                "dealer": f"经销\"商{chance.randrange(3)}" if chance.random() < 0.9 else None,
                "doctor": f"d{chance.randrange(3)}",
                "city": chance.choice(["x", "y", None]),
                "channel": chance.choice(["web", "shop"]),
                "campaign": chance.random() < 0.4,
                "minutes": chance.randrange(12),
                "amount": f"{chance.randrange(1, 40_000)}.{chance.randrange(100):02}",
                "closedAt": f"2020-{chance.randrange(4, 7):02}-{chance.randrange(1, days + 1):02}T09:00:{place:02}Z",
            }
            for place in range(count)
        ]
    )  # fmt: skip


EVENTS = """
select kind, (changes - 'plan')::text as changes from tangram.event
where tenant_id = $1 and changes ->> 'plan' = $2 and kind in ('tier_reached', 'limit_passed') order by 1, 2
"""


async def _totals(books: Books, plan: str) -> dict[str, Any]:
    """Running totals, and what is due to whom."""
    tallies = 'select component, party, "window", state from tangram.price_tally where tenant_id = $1 and plan = $2'
    async with books.tenant.services.connections.acquire(books.tenant.id) as connection:
        rows = await connection.fetch(tallies, books.tenant.id, plan)
    found: dict[str, Any] = {str(tuple(row)[:3]): msgspec.json.decode(row["state"], type=Tally) for row in rows}
    return found | {"due": {name: amount for name, amount in (await books.due(plan)).items() if amount}}


async def _told(books: Books, plan: str, *, late: bool = False) -> dict[str, Any]:
    """What is asked of a ledger; of late sales not by which of them what they change of others was booked."""
    figures = """query($plan: String!, $by: [String!]!) { found: settlementFigures(plan: $plan, by: $by) {
        keys { by value } charged due bookings } }"""
    found = await _totals(books, plan)
    async with books.tenant.services.connections.acquire(books.tenant.id) as connection:
        heard = await connection.fetch(EVENTS, books.tenant.id, plan)
    found["heard"] = [] if late else [tuple(row) for row in heard]
    by_sale = () if late else ("channel", "town") if plan.startswith("table") else ("channel",)
    for by in ("party", "payee", "component", *by_sale):
        for component in ("back", "fee", None):
            found[f"{by} {component}"] = await books.pools(plan, by, component)
    for by in ("payee", "party", *(() if late else ("month", "rate", "city"))):
        data = (await books.tenant.data(figures, {"plan": plan, "by": [by]}))["found"]
        data = [one | ({"bookings": 0} if late else {}) for one in data]
        found[f"figures {by}"] = [one for one in data if Decimal(one["charged"]) or Decimal(one["due"])]
    return found


EXPLAIN = """
query($plan: String!, $r: ID!) { found: explainSettlement(plan: $plan, record: $r) {
    kind period originalPeriod entries { component window account payee amount }
    quote { revenue payout lines { component rate amount lost totalBefore totalAfter
        parts { label of quantity rate amount } shares { payee amount } candidates { rate lost }
        transition { rate before after difference } } } } }
"""


TRY = """
query($plan: String!) { found: simulatePlan(
    plan: $plan, version: 1, from: "2020-04-10T00:00:00+08:00", to: "2020-08-01T00:00:00+08:00", first: 5
) {
    events skipped loss before { revenue discount payout cost margin } after { revenue discount payout cost margin }
    breaches { guard outcome count } payees { payee difference } records { record difference before after
        quote { payout lines { component rate amount lost totalBefore totalAfter parts { label of quantity amount }
            shares { payee amount } transition { rate before after difference } } } } } }
"""


async def _try(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan over the past comes to the same in SQL and by the calculator."""
    await _declare(
        books,
        {
            f"{name}_one": {
                **plan,
                "components": [*plan["components"][:-1], {**plan["components"][-1], "min_event": 3}],
            }
            for name, plan in PLANS.items()
            if name != "anew"
        },
    )
    told = []
    for by_hand in (False, True):
        if by_hand:
            monkeypatch.setattr("server.pricing.service.try_over", _never)
        told.append([(await books.tenant.data(TRY, {"plan": f"{name}_one"}))["found"] for name in PLANS])
    assert told[0] == told[1]
    assert all(one["events"] and one["records"][0]["quote"]["lines"] for one in told[0])


async def _never(*asked: Any) -> None:
    """Leave it to the calculator."""


async def _verified(tenant: Tenant) -> BookedReport:
    await Sealer(tenant.services.connections, tenant.services.keys, tenant.services.clock).seal(tenant.id)
    return await LedgerVerifier(tenant.services.connections, tenant.services.keys).verify(tenant.id)


def _counting(monkeypatch: pytest.MonkeyPatch, place: str) -> list[str]:
    """Tells how often the work at a place is done."""
    found: list[str] = []
    module, _, name = place.rpartition(".")
    work = getattr(importlib.import_module(module), name)

    async def counted(*given: Any) -> Any:
        found.append(place)
        return await work(*given)

    monkeypatch.setattr(place, counted)
    return found


async def test_a_run_comes_to_what_booking_one_by_one_comes_to(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    books, chance = await books_of(tenants.east), random.Random(7)
    await _declare(books, {f"{name}_{way}": plan for name, plan in PLANS.items() for way in ("run", "one")})
    received = _counting(monkeypatch, "server.pricing.running._receive")
    for name, value in (("MANY", 0), ("_CHUNK_BYTES", 300), ("_BATCH_BYTES", 1_000)):
        monkeypatch.setattr(f"server.pricing.beside.{name}", value)

    async def settle(until: str) -> None:
        for name in PLANS:
            found = []
            for way, few in (("run", 1), ("one", 10**9)):
                monkeypatch.setattr(Settling, "few", few)
                monkeypatch.setattr("server.pricing.beside.MANY", few)
                found.append(await books.run(f"{name}_{way}", "2020-01-01", until))
            assert found[0] == found[1]
            assert found[0]["left"] == 0

    async def compare(*, late: bool = False) -> None:
        for name in PLANS:
            assert await _told(books, f"{name}_run", late=late) == await _told(books, f"{name}_one", late=late), name
            assert await books.differences(f"{name}_run") == []

    await _deals(books, chance, 40, 20)
    await settle("2020-06-15")
    assert len(received) == len(PLANS) - 1, "a second connection rates a part, but where limits are told sale by sale"
    await compare()
    records = await books.tenant.data("{ deals(first: 40) { nodes { id } } }")
    some = [one["id"] for one in records["deals"]["nodes"]][::9]
    for name in PLANS:
        for record in some:
            told = [
                (await books.tenant.graphql(EXPLAIN, {"plan": f"{name}_{way}", "r": record})) for way in ("run", "one")
            ]
            assert told[0].body["data"] == told[1].body["data"], told[0].body

    # Refunds take back what the run recorded; what comes late changes what others come to; a run again changes nothing.
    for place, record in enumerate(some[:3]):
        for plan in (f"{name}_{way}" for name in PLANS for way in ("run", "one")):
            await _give_back(books, plan, record, f"back {place}", "0.07" if place else None)
    await _deals(books, chance, 25, 28)
    await settle("2020-08-01")
    await compare(late=True)
    before = await _told(books, "anew_run")
    assert (await books.run("anew_run", "2020-01-01", "2020-08-01"))["known"] == 65
    assert await _told(books, "anew_run") == before
    await _try(books, monkeypatch)
    report = await _verified(tenants.east)
    assert report.is_whole, report.findings
    assert report.count >= 2 * len(PLANS) * 65


async def _give_back(books: Books, plan: str, record: str, key: str, yuan: str | None) -> list[str]:
    """Why it could not be taken back."""
    reply = await books.tenant.graphql(
        """mutation($plan: String!, $of: String!, $key: String!, $amount: Decimal) {
            refundSettlement(plan: $plan, of: $of, key: $key, amount: $amount) { key } }""",
        {"plan": plan, "of": record, "key": key, **({} if yuan is None else {"amount": yuan})},
    )
    return [error["extensions"]["reason"] for error in reply.body.get("errors", ())]


@st.composite
def _sold(draw: st.DrawFn, most: int) -> list[dict[str, Any]]:
    """Deals, whose dealers are numbers."""
    day = st.tuples(st.integers(1, 6), st.integers(1, 28), st.integers(0, 23))
    one = st.fixed_dictionaries(
        {
            "dealer": st.integers(0, 2),
            "doctor": st.sampled_from(["d", "e", None]),
            "city": st.sampled_from(["x", "y", None]),
            "channel": st.sampled_from(["web", "shop"]),
            "campaign": st.booleans(),
            "minutes": st.integers(0, 12),
            "amount": st.decimals(0, 40_000, places=2).map(str),
            "closedAt": day.map(lambda it: f"2020-{it[0]:02}-{it[1]:02}T{it[2]:02}:00:00Z"),
        }
    )
    return draw(st.lists(one, max_size=most))


async def test_whatever_is_sold_given_back_or_late_is_posted_together_as_it_is_one_by_one(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    books, loop, numbers = await books_of(tenants.east), asyncio.get_running_loop(), itertools.count()
    monkeypatch.setattr("server.pricing.beside.MANY", 0)
    plans = {name: plan for name, plan in PLANS.items() if not plan.get("guards")}
    await _declare(books, {f"{name}_{way}": plan for name, plan in plans.items() for way in ("run", "one")})
    some = """query($d: [String!]!) {
        deals(filter: {dealer: {in: $d}}, orderBy: [{dealNo: ASC}], first: 20) { nodes { id } } }"""

    async def both(name: str) -> None:
        found = []
        for way, few in (("run", 1), ("one", 10**9)):
            monkeypatch.setattr(Settling, "few", few)
            monkeypatch.setattr("server.pricing.beside.MANY", few)
            found.append(await books.run(f"{name}_{way}", "2019-12-01", "2020-08-01"))
        assert found[0] == found[1]

    async def sell(number: int, deals: Sequence[Mapping[str, Any]], what: str) -> None:
        """To dealers that only this example has."""
        named = [{**one, "dealer": f"{number}.{one['dealer']}", "dealNo": f"{what}{place:02}"}
                 for place, one in enumerate(deals)]  # fmt: skip
        await books.deals(named)

    async def agree(name: str, first: list[Any], late: list[Any], backs: list[tuple[int, str | None]]) -> None:
        number = next(numbers)
        await sell(number, first, "first")
        await both(name)
        found = await books.tenant.data(some, {"d": [f"{number}.{dealer}" for dealer in range(3)]})
        records = [one["id"] for one in found["deals"]["nodes"]]
        for place, (which, yuan) in enumerate(backs if records else ()):
            told = [await _give_back(books, f"{name}_{way}", records[which % len(records)], f"{number} {place}", yuan)
                    for way in ("run", "one")]  # fmt: skip
            assert told[0] == told[1]
        await sell(number, late, "late")
        await both(name)
        assert await _totals(books, f"{name}_run") == await _totals(books, f"{name}_one")
        assert await books.differences(f"{name}_run") == []

    @settings(
        max_examples=EXAMPLES,
        phases=[phase for phase in Phase if phase is not Phase.explain],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.sampled_from(sorted(plans)),
        _sold(10),
        _sold(5),
        st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, "0.07", "12.5"])), max_size=2),
    )
    def each(name: str, first: list[Any], late: list[Any], backs: list[tuple[int, str | None]]) -> None:
        asyncio.run_coroutine_threadsafe(agree(name, first, late, backs), loop).result()

    await asyncio.to_thread(each)
    assert (await _verified(tenants.east)).is_whole


async def test_what_is_changed_in_a_run_behind_the_servers_back_is_found(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settling, "few", 1)
    east = tenants.east
    books = await books_of(east)
    await books.declare(name="anew", party="dealer", **PLANS["anew"])
    await _deals(books, random.Random(1), 5, 20)
    assert (await books.run("anew", "2020-01-01", "2021-01-01"))["settled"] == 5
    assert (await _verified(east)).is_whole
    assert (await _verified(tenants.west)).is_whole

    async def after(statement: str) -> set[str]:
        async with east.services.connections.definer.acquire(east.id) as connection, connection.transaction():
            await connection.execute(statement, east.id)
        found = {problem for _, problem in (await _verified(east)).findings}
        return found

    one = "(select id from tangram.price_booking where tenant_id = $1 and run_id is not null order by id limit 1)"
    assert await after(f"update tangram.price_booking set party = 'me' where tenant_id = $1 and id = {one}") == {
        "it is not what was booked",
        "its entries are not what its sales come to",
    }
    assert await after(f"delete from tangram.price_booking where tenant_id = $1 and id = {one}") >= {
        "its sales are not those that were booked"
    }
    changed = "update tangram.ledger_entry set amount = amount + 1 where tenant_id = $1 and account = 'payable'"
    assert await after(changed) >= {"an entry of it is not what was booked", "its entries do not sum to zero"}
    found = await books.differences("anew")
    monkeypatch.setattr("server.pricing.beside.MANY", 0)
    assert len(found) > 2, "amounts of several parties"
    assert await books.differences("anew") == found, "two connections compare half of the parties each"


async def test_a_kill_in_the_middle_of_a_run_or_a_close_leaves_nothing_of_it(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settling, "few", 1)
    monkeypatch.setattr("server.pricing.beside.MANY", 0)
    east = tenants.east
    books = await books_of(east)
    plan = {"components": [back(min_period=900)], "rates": LADDER}
    await _declare(books, {"killed": plan, "whole": plan})
    await _deals(books, random.Random(2), 12, 20)
    run = """mutation { made: settlePeriod(
        plan: "killed", from: "2020-01-01T00:00:00+08:00", to: "2021-01-01T00:00:00+08:00", first: 100) { settled } }"""
    close = """mutation { made: closePeriod(
        plan: "killed", period: "2020-05-01", reason: "month end", despite: "test") { madeUp } }"""

    async def killed(ask: str, place: str) -> None:
        """The database connection is lost once the work at a place is done, before it is committed."""
        module, _, name = place.rpartition(".")
        work = getattr(importlib.import_module(module), name)

        async def and_die(run: Any, *given: Any) -> Any:
            await work(run, *given)
            await run.connection.execute("select pg_terminate_backend(pg_backend_pid())")

        with monkeypatch.context() as patch:
            patch.setattr(place, and_die)
            reply = await east.graphql(ask)
        assert reply.errors

    bookings = "select count(*) from tangram.price_booking where tenant_id = $1 and plan = 'killed'"

    async def booked() -> int:
        async with east.services.connections.acquire(east.id) as connection:
            count: int = await connection.fetchval(bookings, east.id)
            return count

    for place in ("_take_booked", "rate", "_hold", "_receive"):
        await killed(run, f"server.pricing.running.{place}")
        assert await booked() == 0
    assert (await east.data(run))["made"] == {"settled": 12}
    count = await booked()
    await killed(close, "server.pricing.months.make_up")
    assert await booked() == count, "nothing was made up"
    made_up = (await east.data(close))["made"]["madeUp"]
    assert made_up > 0
    assert await booked() == count + made_up
    await books.run("whole", "2020-01-01", "2021-01-01")
    await east.data(close.replace("killed", "whole"))
    assert await books.due("killed") == await books.due("whole")
    assert await books.differences("killed") == []
    assert (await _verified(east)).is_whole


async def test_a_run_counts_what_is_not_sound_and_books_the_rest_to_the_fen(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settling, "few", 1)
    books = await books_of(tenants.east)
    whole = {"components": [{"name": "back", "kind": "rebate"}], "rates": [ladder("back", {"percent": 100})]}
    await _declare(books, {"whole": whole})
    for yuan, currency in (("-5.00", "CNY"), ("5.00", "USD"), ("90071992547409.93", "CNY"), ("0.01", "CNY")):
        amount = {"amount": yuan, "currency": currency}
        await books.tenant.create("Deal", dealer="d", amount=amount, closedAt="2020-06-05T09:00:00+08:00")
    made = await books.run("whole", "2020-06-01", "2020-07-01")
    assert made == {"settled": 2, "known": 0, "refused": {"negative_amount": 1, "currency_mix": 1}, "left": 0}
    assert await books.due("whole") == {"d": Decimal("90071992547409.94")}, "2 ** 53 + 2 fen"
