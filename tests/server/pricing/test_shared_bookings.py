"""Sales that arrive together are booked together: as they would be one by one, each for whoever asks, refused alone."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metadata.problems import TangramError, UnavailableError
from server.access.plan import ADMINISTRATOR
from server.actions import ActionRun
from server.audit.sealing import Sealer
from server.context import Actor, ActorKind, Cause, Context
from server.pricing import booking
from server.pricing.booking import Sale
from server.pricing.definition import Definition
from server.pricing.publishing import versions
from server.pricing.shared import SharedBookings
from server.pricing.values import PriceEvent, Tally
from server.pricing.verifying import LedgerVerifier
from server.request_notes import RequestNotes
from tests.fixtures.tenants import Tenant, Tenants
from tests.server.pricing.test_prices_through_the_api import HEAD, declare

PLAN = f"""
{HEAD}
live: true
components:
  - {{name: rebate, kind: rebate, switch: retroactive_period, shares: [
      {{payee: customer.name, percent: "66.6"}}, {{payee: store.name, percent: "33.4", residue: true}}]}}
  - {{name: fee, kind: commission, window: day}}
rates:
  - name: ladder
    component: rebate
    model: graduated_percentage
    settings: {{tiers: [{{percent: 3}}, {{lower: 100, percent: 5}}, {{lower: 400, percent: 8}}]}}
  - {{name: fee, component: fee, model: percentage, settings: {{percent: 10}}}}
"""
GUARDED: dict[str, Any] = {
    "components": [{"name": "rebate", "kind": "rebate"}, {"name": "fee", "kind": "commission", "window": "day"}],
    "guards": [{"limit": "margin_floor", "percent": 10, "breach": "block"}],
}
_START = datetime(2030, 6, 5, 1, tzinfo=UTC)
_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Till:
    """A tenant's plan, with a till that requests share."""

    tenant: Tenant
    definition: Definition
    shared: SharedBookings
    context: Context

    @classmethod
    async def of(cls, tenant: Tenant, **changes: Any) -> Till:
        await declare(tenant, "till", PLAN, **changes)
        services, loaded = tenant.services, await tenant.services.tenants.get(tenant.id)
        async with services.connections.acquire(tenant.id) as connection:
            definition = (await versions(connection, tenant.id, "till"))[0].definition
        actor = Actor("", ActorKind.SYSTEM, "tests", ())
        context = Context(loaded.model, actor, ADMINISTRATOR, loaded.epoch)
        return cls(tenant, definition, SharedBookings(services.connections), context)

    def sale(self, key: str, fen: int, at: datetime = _START, party: str = "王", **more: Any) -> Sale:
        event = PriceEvent(
            key=key,
            party=party,
            bases={"gross": fen},
            clocks={"ordered_at": at},
            dimensions={"level": None, "city": None},
            fires=frozenset({"rebate", "fee"}),
            payees={"customer.name": party, "store.name": "朝阳"},
        )
        return Sale(self.definition, replace(event, **more), None)

    async def book(self, sale: Sale, context: Context | None = None) -> str:
        """Have a sale booked; "booked", or why it is not."""
        try:
            await self.shared.book(context or self.context, _START, sale)
        except TangramError as error:
            return error.faults[0].reason
        except asyncpg.PostgresError as error:
            return type(error).__name__
        return "booked"

    async def at_once(self, sales: Sequence[Sale]) -> list[str]:
        return [*await asyncio.gather(*map(self.book, sales))]

    async def rows(self, sql: str) -> list[Any]:
        async with self.tenant.services.connections.acquire(self.tenant.id) as connection:
            return [*await connection.fetch(sql, self.tenant.id)]

    async def books(self, connection: Any, parties: Sequence[str]) -> Any:
        """What is booked for parties, whatever the order in which it was."""
        args = (self.tenant.id, list(parties))
        payloads = await connection.fetch(
            """select key, encode(payload_hash, 'hex') as payload from tangram.price_booking
            where tenant_id = $1 and party = any($2) order by key""",
            *args,
        )
        sums = await connection.fetch(
            """select component, party, "window", account, payee, sum(amount)::text as amount from tangram.ledger_entry
            where tenant_id = $1 and party = any($2) group by 1, 2, 3, 4, 5
            having sum(amount) <> 0 order by 1, 2, 3, 4, 5""",
            *args,
        )
        tallies = await connection.fetch(
            """select component, party, "window", state from tangram.price_tally
            where tenant_id = $1 and party = any($2) order by component, party, "window" """,
            *args,
        )
        states = [(*row[:3], msgspec.json.decode(row[3], type=Tally)) for row in map(tuple, tallies)]
        return [*map(tuple, payloads)], [*map(tuple, sums)], states


_AMOUNTS = st.lists(
    st.tuples(st.integers(0, 30_000), st.integers(0, 1), st.integers(0, 3 * 86_400)), min_size=1, max_size=14
)


async def test_sales_at_once_come_to_what_they_come_to_one_by_one(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = await Till.of(tenants.east)
    connections, loop = tenants.services.connections, asyncio.get_running_loop()

    async def compare(given: list[tuple[int, int, int]], chance: random.Random) -> None:
        number = next(_NUMBERS)
        parties = [f"{number} {one}" for one in "王李"]
        sales = [
            till.sale(f"{number} {place}", fen, _START + timedelta(seconds=second), parties[who])
            for place, (fen, who, second) in enumerate(given)
        ]
        async with connections.acquire(till.tenant.id) as connection:
            transaction = connection.transaction()
            await transaction.start()
            run = ActionRun(till.context, connection, _START)
            with monkeypatch.context() as patched:
                patched.setattr("server.pricing.again._FEW", -1)  # what comes late rates all anew
                for sale in chance.sample(sales, len(sales)):
                    await booking.settle(run, sale)
            wanted = await till.books(connection, parties)
            await transaction.rollback()
        asked = [*sales, *chance.sample(sales, len(sales) // 3)]  # some are asked twice
        chance.shuffle(asked)
        assert set(await till.at_once(asked)) == {"booked"}
        async with connections.acquire(till.tenant.id) as connection:
            assert await till.books(connection, parties) == wanted

    @given(_AMOUNTS, st.randoms(use_true_random=False))
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def law(given: list[tuple[int, int, int]], chance: random.Random) -> None:
        asyncio.run_coroutine_threadsafe(compare(given, chance), loop).result(60)

    await asyncio.to_thread(law)
    await Sealer(connections, tenants.services.keys, tenants.services.clock).seal(till.tenant.id)
    assert (await LedgerVerifier(connections, tenants.services.keys).verify(till.tenant.id)).is_whole


async def test_each_is_refused_alone_and_booked_for_whoever_asks(tenants: Tenants) -> None:
    till = await Till.of(tenants.east, **GUARDED)
    assert await till.book(till.sale("known", 100)) == "booked"
    bad = {
        "known": till.sale("known", 101),
        "blocked": till.sale("blocked", 100, cost=99),
        "waits": till.sale("waits", 5, clocks={"ordered_at": None}),
        "broken": till.sale("broken", 5, party="a\0b"),
    }
    good = [till.sale(f"k{place:02}", 1_000 + place) for place in range(20)]
    told = await till.at_once([*good[:10], *bad.values(), *good[10:]])
    assert told[10:14] == ["other_payload", "guard_blocked", "not_happened", "CharacterNotInRepertoireError"]
    assert {*told[:10], *told[14:]} == {"booked"}
    people = [tenants.east.admin, tenants.east.member]

    async def ask(place: int) -> str:
        person = people[place % 2]
        actor = Actor(person.id, ActorKind.USER, person.email, ())
        notes = RequestNotes(f"r{place}", address="192.0.2.7")
        notes.attach({"type": "http"})
        notes.who, notes.address = actor, f"192.0.2.{place}"
        own = replace(till.context, actor=actor, cause=Cause(f"r{place}"))
        return await till.book(till.sale(f"p{place}", 60_000, party=f"p{place}"), own)

    assert await asyncio.gather(*map(ask, range(12))) == ["booked"] * 12
    booked = await till.rows(
        """select b.key, b.booked_by, a.actor_name, a.address, a.request_id, e.actor_id, e.request_id as cause
        from tangram.price_booking as b
        join tangram.audit_entry as a on a.tenant_id = b.tenant_id and a.records = array[b.id::text]
        join tangram.event as e on e.tenant_id = b.tenant_id and e.record_id = b.id and e.kind = 'tier_reached'
        where b.tenant_id = $1 and b.key like 'p%' order by length(b.key), b.key"""
    )
    assert [tuple(row) for row in booked] == [
        (f"p{n}", people[n % 2].id, people[n % 2].email, f"192.0.2.{n}", f"r{n}", people[n % 2].id, f"r{n}")
        for n in range(12)
    ]


async def test_nothing_is_lost_or_doubled_by_who_leaves_and_what_is_killed(tenants: Tenants) -> None:
    east, west = await Till.of(tenants.east), await Till.of(tenants.west)
    sales = [east.sale(f"k{place:03}", 1_000 + place, party=f"p{place % 3}") for place in range(90)]

    async def killer() -> None:
        async with tenants.services.connections.definer.acquire() as connection:
            for _ in range(4):
                await asyncio.sleep(0.004)
                await connection.execute(
                    """select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and usename <> current_user and xact_start is not null"""
                )

    tasks = [asyncio.create_task(till.book(sale)) for sale in sales for till in (east, west)]
    killing = asyncio.create_task(killer())
    await asyncio.sleep(0.002)
    for gone in tasks[1::20]:
        gone.cancel()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    await killing
    unexpected = [
        one for one in told
        if isinstance(one, BaseException)
        and not isinstance(one, asyncio.CancelledError | asyncpg.InterfaceError | UnavailableError | OSError)
    ]  # fmt: skip
    assert unexpected == []
    for till in (east, west):
        assert set(await till.at_once(sales)) == {"booked"}, "who is told nothing certain asks again"
        counted = await till.rows(
            "select count(*), count(distinct key) from tangram.price_booking where tenant_id = $1"
        )
        assert tuple(counted[0]) == (90, 90)
        totals = await till.rows(
            """select sum((state::jsonb ->> 'total')::numeric)::bigint as total from tangram.price_tally
            where tenant_id = $1 and component = 'fee'"""
        )
        assert totals[0]["total"] == sum(sale.event.bases["gross"] for sale in sales)
        services = tenants.services
        await Sealer(services.connections, services.keys, services.clock).seal(till.tenant.id)
        report = await LedgerVerifier(services.connections, services.keys).verify(till.tenant.id)
        assert (report.is_whole, report.count) == (True, 90)
        differences = '{ found: settlementDifferences(plan: "till") { party wanted booked } }'
        assert (await till.tenant.data(differences))["found"] == []


_SETTLE = 'mutation($r: ID!) { made: settle(plan: "till", record: $r) { key entries { amount } } }'


async def test_requests_share_and_mutations_of_several_fields_do_not(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    east, sizes, some = tenants.east, list[int](), booking.settle_some

    async def counted(run: ActionRun, plan: str, sales: Sequence[Sale]) -> Any:
        sizes.append(len(sales))
        return await some(run, plan, sales)

    await declare(east, "till", PLAN, party="store.name")
    monkeypatch.setattr(booking, "settle_some", counted)
    store, customer = await east.create("Store", name="朝阳"), await east.create("Customer", name="王")
    values = {"storeId": store, "customerId": customer, "amount": {"amount": "100.00", "currency": "CNY"}}
    records = [
        await east.create("Order", **values, orderedAt=f"2030-06-05T09:00:{place:02}+08:00") for place in range(14)
    ]
    told = await asyncio.gather(*(east.data(_SETTLE, {"r": record}) for record in records[:10]))
    assert [one["made"]["key"] for one in told] == records[:10]
    assert all(one["made"]["entries"] for one in told)
    assert sum(sizes) == 10 > len(sizes), "some went together"

    async def booked() -> set[str]:
        found = await asyncio.gather(
            *(
                east.graphql('query($r: ID!) { explainSettlement(plan: "till", record: $r) { key } }', {"r": record})
                for record in records[10:]
            )
        )
        return {record for record, one in zip(records[10:], found, strict=True) if "errors" not in one.body}

    both = """mutation($a: ID!, $b: ID!) {
        a: settle(plan: "till", record: $a) { key } b: settle(plan: "till", record: $b) { key } }"""
    missing = "01900000-0000-7000-8000-000000000000"
    assert await east.faults(both, {"a": records[10], "b": missing}) == [("NOT_FOUND", "unknown_record", ("record",))]
    assert await booked() == set(), "all or none"
    await east.data(both, {"a": records[10], "b": records[11]})
    keyed = [await east.data(_SETTLE, {"r": records[12]}, idempotency_key="once") for _ in range(2)]
    assert keyed[0] == keyed[1]
    assert await booked() == set(records[10:13])
