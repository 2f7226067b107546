"""Orders that a plan would lose money on: looked for before it is published, and shown as an example.

What can come together is tried on amounts at and around the bounds of tiers, for every combination of values that
rates are narrowed by, with every component's condition met. Guards that cut what is too much lose nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice, product
from zoneinfo import ZoneInfo

from metadata.pricing.numbers import from_minor, to_minor
from metadata.problems import Fault
from server.pricing.definition import Definition
from server.pricing.pricing import price
from server.pricing.values import PriceEvent, Quote

__all__ = ["example_events", "loss_faults"]

_MAX_EXAMPLES = 2_000
_ZONE = ZoneInfo("UTC")


def loss_faults(definition: Definition) -> list[Fault]:
    """Guards that a sound plan passes by itself, each with the order that passes it furthest."""
    watched = {f"{guard.limit}:{guard.breach}": place for place, guard in enumerate(definition.guards)}
    worst: dict[int, tuple[PriceEvent, Quote]] = {}
    for event in islice(example_events(definition), _MAX_EXAMPLES):
        quote = price(definition, event, {}, _ZONE)
        for breach in quote.breaches:
            place = watched.get(breach)
            if place is None or breach.endswith(":cap"):
                continue
            known = worst.get(place)
            if known is None or _left(quote) < _left(known[1]):
                worst[place] = event, quote
    return [_fault(definition, place, *found) for place, found in sorted(worst.items())]


def _left(quote: Quote) -> tuple[bool, Decimal]:
    """What remains of the revenue: the least is the worst."""
    return (quote.margin >= 0, Decimal(quote.margin) / max(1, quote.revenue))


def example_events(definition: Definition) -> Iterator[PriceEvent]:
    """Events at the bounds of everything, over all values that rates are narrowed by."""
    plan, days = definition.plan, _days(definition)
    values: dict[str, dict[str | None, None]] = {one.name: {None: None} for one in plan.dimensions}
    for tariff in definition.tariffs.values():
        for name, known in tariff.scope.items():
            values[name] |= dict.fromkeys(sorted(known))
    fires = frozenset(one.name for one in definition.components)
    payees = {share.payee: share.payee for one in definition.components for share in one.shares}
    for amount, quantity, day in product(_amounts(definition), _quantities(definition), days):
        event = PriceEvent(
            key="example",
            quantity=quantity,
            bases={one.name: amount for one in plan.bases},
            clocks={one.name: day for one in plan.clocks},
            fires=fires,
            payees=payees,
        )
        for chosen in product(*values.values()):
            dimensions: Mapping[str, str | None] = dict(zip(values, chosen, strict=True))
            yield replace(event, dimensions=dimensions)


def _amounts(definition: Definition) -> list[int]:
    bounds = {int(to_minor(Decimal(1_000), definition.currency))}
    bounds |= {int(lower) for measure, lower in _bounds(definition) if measure == "base" and lower}
    return sorted(bounds)


def _quantities(definition: Definition) -> list[Decimal]:
    return sorted({Decimal(1)} | {lower for measure, lower in _bounds(definition) if measure == "quantity" and lower})


def _bounds(definition: Definition) -> Iterator[tuple[str, Decimal]]:
    for tariff in definition.tariffs.values():
        for step in tariff.ladder.steps if tariff.ladder else ():
            yield tariff.measure, step.lower


def _days(definition: Definition) -> list[datetime]:
    """A day within each span of validity."""
    days = {tariff.starts for tariff in definition.tariffs.values() if tariff.starts}
    days |= {tariff.ends for tariff in definition.tariffs.values() if tariff.ends}
    return [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in sorted(days)] or [
        datetime(2026, 1, 1, 12, tzinfo=UTC)
    ]


def _fault(definition: Definition, place: int, event: PriceEvent, quote: Quote) -> Fault:
    guard = definition.guards[place]

    def shown(minor: int) -> str:
        return f"{from_minor(minor, definition.currency):f}"

    chosen = ", ".join(f"{name} {value}" for name, value in event.dimensions.items() if value is not None)
    lines = ", ".join(f"{line.component} {shown(line.amount)}" for line in quote.lines if not line.lost)
    message = (
        f"Price plan '{definition.plan.name}' passes its {guard.limit} of {guard.percent} %: an order of "
        f"{shown(quote.revenue)} {definition.currency}{f' ({chosen})' if chosen else ''} comes to {lines}, "
        f"and {shown(quote.margin)} are left."
    )
    hint = "Make components exclusive, lower their rates, let the guard cap, or publish with the reason in `override`."
    return Fault("may_lose_money", message, ("guards", place), hint)
