"""Plans and events for the calculator, written short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from metadata.model.reading import read_item
from server.pricing.definition import Definition, definition_of
from server.pricing.pricing import price_all
from server.pricing.values import PriceEvent, Quote

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 6, 1, 4, tzinfo=UTC)

YUAN = [{"percent": 3}, {"lower": 100000, "percent": 5}, {"lower": 500000, "percent": 8}]


def plan(rates: Sequence[dict[str, Any]], components: Sequence[dict[str, Any]] = (), **more: Any) -> Definition:
    """A plan; rates without a component are of the only one, `it`."""
    body = {
        "name": "plan",
        "object": "order",
        "bases": [{"name": "gross", "value": "total"}],
        "clocks": [{"name": "paid_at", "value": "paid_at"}],
        "components": list(components) or [{"name": "it", "kind": "rebate"}],
        "rates": [{"name": f"r{place}", "component": "it", **rate} for place, rate in enumerate(rates)],
        **more,
    }
    read, faults = read_item("price_plan", body)
    assert not faults, list(faults)
    return definition_of(read, "CNY", 1)


def tiered(model: str, *tiers: dict[str, Any], component: dict[str, Any] | None = None, **settings: Any) -> Definition:
    """A plan of one ladder."""
    chosen = {"name": "it", "kind": "rebate", **(component or {})}
    return plan([{"model": model, "settings": {"tiers": list(tiers), **settings}}], [chosen])


def sale(
    place: int,
    quantity: int | str = 1,
    gross: int = 0,
    *,
    components: Sequence[str] = ("it",),
    party: str = "",
    at: datetime | None = None,
    **more: Any,
) -> PriceEvent:
    """An event of so many units, or so many fen."""
    return PriceEvent(
        key=f"e{place:06}",
        party=party,
        quantity=Decimal(quantity),
        bases={"gross": gross, **more.pop("bases", {})},
        clocks={"paid_at": at or START + timedelta(seconds=place)},
        fires=frozenset(components),
        **more,
    )


def quotes(definition: Definition, *events: PriceEvent) -> list[Quote]:
    """Each event priced on what those before it leave."""
    return [quote for _, quote in price_all(definition, events, ZONE)[0]]


def total(definition: Definition, *events: PriceEvent) -> int:
    """What events come to."""
    return sum(line.amount for quote in quotes(definition, *events) for line in quote.lines)
