"""Settlement: sales booked one by one and in one go, a period rated by one statement, what-if.

The plan has 2,000 rates, each for a store, under a monthly ladder, and splits its commission between four payees.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import uvloop

from bench.installation import POOL_SIZE, Installation, signed_in, tangram_processes
from server.access.plan import ADMINISTRATOR
from server.actions import ActionRun
from server.app import Services, open_services
from server.context import Actor, ActorKind, Context
from server.pricing import booking, set_sql, statement_sql
from server.pricing.definition import Definition
from server.pricing.pricing import price_all
from server.pricing.publishing import versions
from server.pricing.setwise import parameters, rated, statement_of
from server.pricing.values import PriceEvent
from server.tenants import LoadedTenant

__all__ = ["SettlementFigures", "measure"]

_Found = TypeVar("_Found")
_RATES = 2_000
_CLIENTS = 8
_PARTIES = 1_000
_BATCH = 50_000
_START = datetime(2026, 6, 1, 4, tzinfo=UTC)
_ZONE = "Asia/Shanghai"
_PAYEES = [("agent", 40), ("store", 30), ("city", 20), ("note", 10)]
_COUNT = "select count(*), sum(amount)::text, sum(cardinality(shares)) from shared"
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
    plan = {
        "name": "commission",
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
    return {"objects": [{"name": "sale", "plural": "sales", "fields": fields}], "price_plans": [plan]}


@dataclass(frozen=True, slots=True)
class SettlementFigures:
    """What one run found.

    Attributes:
        many_per_s: Sales booked in a second, each in its transaction, for many parties.
        one_per_s: The same, for one party.
        at_once_per_s: The same, a thousand in a transaction.
        lines: How many were rated by the statement.
        rated_s_per_million: Seconds that a million of them take.
        statement_ms: What is due to somebody, from the entries.
        what_if_s: Seconds that the calculator takes for 100,000 sales under two plans.
    """

    many_per_s: float
    one_per_s: float
    at_once_per_s: float
    lines: int
    rated_s_per_million: float
    statement_ms: float
    what_if_s: float

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "booked, many parties, per s": f"{self.many_per_s:,.0f}",
            "booked, one party, per s": f"{self.one_per_s:,.0f}",
            "booked, 1,000 at once, per s": f"{self.at_once_per_s:,.0f}",
            "lines rated by one statement": f"{self.lines:,}",
            "s per million": f"{self.rated_s_per_million:.1f}",
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
        say("rating a period by one statement")
        rated_s = await till.rate(definition, lines)
        statement = await till.statement()
    say("trying a plan over the past")
    sample = min(lines, 5_000)
    began = time.perf_counter()
    for _ in range(2):
        price_all(definition, (_sale(number, _PARTIES) for number in range(sample)), ZoneInfo(_ZONE))
    what_if = (time.perf_counter() - began) * 100_000 / sample
    return SettlementFigures(many, one, at_once, lines, rated_s * 1_000_000 / lines, statement, what_if)


class _Till:
    """The engine as requests have it."""

    def __init__(self, services: Services, loaded: LoadedTenant) -> None:
        self._services, self._loaded = services, loaded
        self._tenant_id = loaded.model.tenant_id

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
        """Book sales from several connections, each in its transaction; how many in a second."""
        until, numbers, booked = time.perf_counter() + seconds, iter(range(first, 10**9)), 0

        async def client(number: int) -> None:
            nonlocal booked
            while time.perf_counter() < until:
                event = _sale(next(numbers), parties)
                async with self._services.connections.transaction(self._tenant_id) as connection:
                    await booking.settle(self._run(connection), booking.Sale(definition, event, None))
                booked += 1

        await asyncio.gather(*(client(number) for number in range(_CLIENTS)))
        return booked / seconds

    async def book_at_once(self, definition: Definition, first: int) -> float:
        """Book a thousand sales in a transaction; how many in a second."""
        sales = [booking.Sale(definition, _sale(first + number, _PARTIES), None) for number in range(1_000)]
        began = time.perf_counter()
        async with self._services.connections.transaction(self._tenant_id) as connection:
            await booking.settle_all(self._run(connection), "commission", sales, len(sales))
        return len(sales) / (time.perf_counter() - began)

    async def rate(self, definition: Definition, lines: int) -> float:
        """Rate sales by the statement, whole parties at a time; seconds that the statements took."""
        sql = statement_of([definition], set_sql.FROM_VALUES, _COUNT, "$7")
        known, taken = parameters([definition]), 0.0
        for batch in _batches(lines):
            async with self._services.connections.acquire(self._tenant_id) as connection:
                began = time.perf_counter()
                (row,) = await rated(connection, sql, *known, batch, [definition.number] * len(batch), _ZONE)
                taken += time.perf_counter() - began
                assert row[0] == len(batch), "every sale has its line"
        return taken

    async def statement(self) -> float:
        """What is due to somebody; milliseconds."""
        async with self._services.connections.acquire(self._tenant_id) as connection:
            began = time.perf_counter()
            await connection.fetchval(statement_sql.DUE, self._tenant_id, "commission", "agent7", "CNY")
            return (time.perf_counter() - began) * 1_000


def _batches(lines: int) -> Iterator[Sequence[str]]:
    """Events as JSON; those of a party are in one batch."""
    for first in range(0, lines, _BATCH):
        numbers = range(first, min(first + _BATCH, lines))
        yield [
            msgspec.json.encode(replace(_sale(number, _PARTIES), party=f"p{first}_{number % _PARTIES}")).decode()
            for number in numbers
        ]
