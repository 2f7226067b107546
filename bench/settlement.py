"""Settlement: sales booked alone, for many clients and in one go, a month booked set-based and closed, what-if.

The plan has 2,000 rates, each for a store, under a monthly ladder, and splits its commission between four payees.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import uvloop

from bench.installation import POOL_SIZE, Installation, signed_in, tangram_processes
from server.access.plan import ADMINISTRATOR
from server.actions import ActionRun
from server.app import Services, open_services
from server.context import Actor, ActorKind, Context
from server.pricing import booking
from server.pricing.definition import Definition
from server.pricing.months import Months
from server.pricing.publishing import versions
from server.pricing.service import Pricing
from server.pricing.settling import Settling
from server.pricing.shared import SharedBookings
from server.pricing.statement_records import StatementRecords
from server.pricing.values import PriceEvent
from server.records.writing.saving import RecordWriter
from server.tenants import LoadedTenant

__all__ = ["SettlementFigures", "measure"]

_Found = TypeVar("_Found")
_RATES = 2_000
_CLIENTS = 64
_PARTIES = 1_000
_START = datetime(2026, 6, 1, 4, tzinfo=UTC)
_PAYEES = [("agent", 40), ("store", 30), ("city", 20), ("note", 10)]
_SPAN = timedelta(days=29)
_FILL = """
insert into {schema}.sale (id, created_at, updated_at, version, agent, store, city, note, amount, paid_at)
select ('01900000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid, now(), now(), 1, 'p' || n % $2, 's' || n % $3,
    'city' || n % 50, 'note' || n % 50, (1000 + n * 37 % 90000) / 100.0, $4::timestamptz + n * ($5::interval / $1)
from generate_series(0, $1::int - 1) as n
"""
_APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"


def _document() -> dict[str, Any]:
    texts = [{"name": name, "type": "text"} for name, _ in _PAYEES]
    fields = [*texts, {"name": "amount", "type": "money"}, {"name": "paid_at", "type": "datetime"}]
    rates = [
        {
            "name": f"of_{place}",
            "component": "commission",
            "model": "graduated_percentage",
            "scope": [{"dimension": "store", "values": [f"s{place}"]}],
            "settings": {"tiers": [{"percent": 3}, {"lower": 1000, "percent": 5}, {"lower": 5000, "percent": 8}]},
        }
        for place in range(_RATES)
    ]
    plan: dict[str, Any] = {
        "object": "sale",
        "live": True,
        "party": "agent",
        "bases": [{"name": "gross", "value": "amount"}],
        "clocks": [{"name": "paid_at", "value": "paid_at"}],
        "dimensions": [{"name": "store", "value": "store"}],
        "components": [
            {
                "name": "commission",
                "kind": "commission",
                "shares": [{"payee": name, "percent": percent} for name, percent in _PAYEES],
            }
        ],
        "rates": rates,
    }
    plans = [{"name": name, **plan} for name in ("commission", "monthly")]
    return {"objects": [{"name": "sale", "plural": "sales", "fields": fields}], "price_plans": plans}


@dataclass(frozen=True, slots=True)
class SettlementFigures:
    """What one run found.

    Attributes:
        many_per_s: Sales booked in a second for many parties, each client waiting for its own.
        one_per_s: The same, for one party.
        at_once_per_s: The same, a thousand in a transaction.
        lines: How many records a month has.
        posted_s: Seconds until they are read, rated, split, booked and posted.
        closed_s: Seconds until the month is closed, with the ledger compared to what all of it comes to.
        statement_ms: What is due to somebody, from the balances.
        what_if_s: Seconds that 100,000 records take under the plan and a draft of it.
    """

    many_per_s: float
    one_per_s: float
    at_once_per_s: float
    lines: int
    posted_s: float
    closed_s: float
    statement_ms: float
    what_if_s: float

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "clients": _CLIENTS,
            "booked, many parties, per s": f"{self.many_per_s:,.0f}",
            "booked, one party, per s": f"{self.one_per_s:,.0f}",
            "booked, 1,000 at once, per s": f"{self.at_once_per_s:,.0f}",
            "records of a month": f"{self.lines:,}",
            "settled and posted, s": f"{self.posted_s:.1f}",
            "then compared and closed, s": f"{self.closed_s:.1f}",
            "statement, ms": f"{self.statement_ms:.1f}",
            "what-if, s per 100,000": f"{self.what_if_s:.1f}",
        }


async def measure(
    place: Installation, tenant: str, email: str, *, lines: int, seconds: int, say: Callable[[str], None]
) -> SettlementFigures:
    """Measure on an empty tenant.

    Args:
        place: The installation.
        tenant: Its slug.
        email: Of its administrator.
        lines: How many sales are rated by the statement.
        seconds: How long sales are booked for.
        say: Told what is being done.
    """
    with tangram_processes(place) as process:
        async with signed_in(process.url, tenant, email) as client:
            await client.ask("/metadata", _APPLY, {"document": _document()})
    return await asyncio.to_thread(_on_uvloop, lambda: _engine(place, tenant, lines, seconds, say))


def _on_uvloop(work: Callable[[], Coroutine[Any, Any, _Found]]) -> _Found:
    """Run it on the loop that the server's own processes have."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work())


def _sale(number: int, parties: int) -> PriceEvent:
    return PriceEvent(
        key=f"e{number:09}",
        party=f"p{number % parties}",
        bases={"gross": 1_000 + number * 37 % 90_000},
        clocks={"paid_at": _START + timedelta(milliseconds=number)},
        dimensions={"store": f"s{number % _RATES}"},
        fires=frozenset({"commission"}),
        payees={name: f"{name}{number % 50}" for name, _ in _PAYEES},
    )


async def _engine(
    place: Installation, tenant: str, lines: int, seconds: int, say: Callable[[str], None]
) -> SettlementFigures:
    async with open_services(replace(place.config, pool_size=POOL_SIZE)) as services:
        till = _Till(services, await services.tenants.get(tenant))
        definition = await till.definition()
        say("booking sales for many parties")
        many = await till.book(definition, 0, _PARTIES, seconds)
        say("booking sales for one party")
        one = await till.book(definition, 1_000_000, 1, seconds)
        say("booking a thousand sales at once")
        at_once = await till.book_at_once(definition, 2_000_000)
        say(f"creating {lines:,} records")
        await till.fill(lines)
        say("settling their month")
        posted = await till.settle(lines)
        say("closing it")
        closed = await till.close()
        statement = await till.statement()
        say("trying a plan over the past")
        tried = min(lines, 100_000)
        what_if = await till.try_over(tried, lines) * 100_000 / tried
    return SettlementFigures(many, one, at_once, lines, posted, closed, statement, what_if)


class _Till:
    """The engine as requests have it."""

    def __init__(self, services: Services, loaded: LoadedTenant) -> None:
        self._services, self._loaded = services, loaded
        self._tenant_id = loaded.model.tenant_id
        self._pricing = Pricing(connections=services.connections)
        writer = RecordWriter(services.vault, services.connections)
        self._settling = Settling(self._pricing)
        self._shared = SharedBookings(services.connections)
        self._months = Months(self._settling, StatementRecords(self._pricing.facts, writer))

    def _run(self, connection: Any) -> ActionRun:
        context = Context(
            self._loaded.model, Actor("", ActorKind.SYSTEM, "bench", ()), ADMINISTRATOR, self._loaded.epoch
        )
        return ActionRun(context, connection, datetime.now(UTC))

    async def definition(self) -> Definition:
        """The plan as it was published."""
        async with self._services.connections.acquire(self._tenant_id) as connection:
            return (await versions(connection, self._tenant_id, "commission"))[0].definition

    async def book(self, definition: Definition, first: int, parties: int, seconds: int) -> float:
        """Have sales booked by several clients, each waiting for its own; how many in a second."""
        context, began = self._run(None).context, time.perf_counter()
        numbers, booked = iter(range(first, 10**9)), 0

        async def client() -> None:
            nonlocal booked
            while time.perf_counter() < began + seconds:
                sale = booking.Sale(definition, _sale(next(numbers), parties), None)
                await self._shared.book(context, datetime.now(UTC), sale)
                booked += 1

        await asyncio.gather(*(client() for _ in range(_CLIENTS)))
        return booked / (time.perf_counter() - began)

    async def book_at_once(self, definition: Definition, first: int) -> float:
        """Book a thousand sales in a transaction; how many in a second."""
        sales = [booking.Sale(definition, _sale(first + number, _PARTIES), None) for number in range(1_000)]
        began = time.perf_counter()
        async with self._services.connections.transaction(self._tenant_id) as connection:
            await booking.settle_all(self._run(connection), "commission", sales, len(sales))
        return len(sales) / (time.perf_counter() - began)

    async def fill(self, lines: int) -> None:
        """Records of a month, of many parties and stores."""
        async with self._services.connections.definer.acquire(self._tenant_id) as connection:
            await connection.execute("set statement_timeout = 0")
            sql = _FILL.format(schema=self._loaded.model.schema)
            await connection.execute(sql, lines, _PARTIES, _RATES, _START, _SPAN, timeout=600)
            await connection.execute(f"analyze {self._loaded.model.schema}.sale", timeout=600)
            await connection.execute("reset statement_timeout")

    async def settle(self, lines: int) -> float:
        """Book the month; seconds."""
        began = time.perf_counter()
        async with self._services.connections.transaction(self._tenant_id) as connection:
            found = await self._settling.settle_period(self._run(connection), _month(lines, _SPAN))
        assert (found["settled"], found["left"]) == (lines, 0), found
        return time.perf_counter() - began

    async def close(self) -> float:
        """Close the month, which asks what would keep it open; seconds."""
        given = {"plan": "monthly", "period": _START.date().replace(day=1).isoformat(), "reason": "bench"}
        began = time.perf_counter()
        async with self._services.connections.transaction(self._tenant_id) as connection:
            await self._months.close(self._run(connection), given)
        return time.perf_counter() - began

    async def statement(self) -> float:
        """What is due to somebody; milliseconds."""
        async with self._services.connections.acquire(self._tenant_id) as connection:
            began = time.perf_counter()
            run = self._run(connection)
            found = await self._settling.balances(run, {"plan": "monthly", "payee": "p7"})
            assert found, "something is due"
            return (time.perf_counter() - began) * 1_000

    async def try_over(self, tried: int, lines: int) -> float:
        """Try a draft over some of the records; seconds."""
        began = time.perf_counter()
        async with self._services.connections.acquire(self._tenant_id) as connection, connection.transaction():
            found = await self._pricing.simulate(self._run(connection), _month(20, _SPAN * tried / lines))
        assert found["events"] == tried, found["events"]
        return time.perf_counter() - began


def _month(first: int, span: timedelta) -> Mapping[str, Any]:
    return {"plan": "monthly", "from": _START.isoformat(), "to": (_START + span).isoformat(), "first": first}
