"""A published version of a plan, made ready to rate with; kept by content, since it never changes.

Amounts become minor units and every rate an amount for one of what is counted, so that rating knows neither prices
nor per cents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import Any

import msgspec

from metadata.pricing.models import measure_of, settings_of, switch_of
from metadata.pricing.numbers import exact, percent_of, to_minor
from metadata.pricing.scopes import order_key
from metadata.pricing.values import (
    Guard,
    MatrixCell,
    PriceComponent,
    PricePlan,
    PriceRate,
    StackGroup,
    Tier,
    TieredSettings,
)

__all__ = ["Component", "Definition", "Ladder", "Share", "Step", "Tariff", "definition_of", "unpacked"]

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Step:
    """A tier.

    Attributes:
        lower: Where it begins, in what is counted.
        rate: Minor units for one of what is counted.
        flat: Minor units that come with it.
    """

    lower: Decimal
    rate: Decimal
    flat: Decimal


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps, lowest first."""

    steps: tuple[Step, ...]
    reached_at: bool

    def place(self, total: Decimal) -> int:
        """The step that a total has reached."""
        found = 0
        for place, step in enumerate(self.steps):
            if total >= step.lower if self.reached_at else total > step.lower:
                found = place
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Tariff:
    """A rate table.

    Attributes:
        rate: As published.
        settings: Of its model's class.
        measure: What it counts: quantity or base; empty for nothing.
        switch: How a step that is reached counts; empty without steps.
        ladder: Its steps; None without.
        scope: Values by dimension.
        starts, ends: Days.
    """

    rate: PriceRate
    settings: Any
    measure: str
    switch: str
    ladder: Ladder | None
    scope: Mapping[str, frozenset[str]]
    starts: date | None
    ends: date | None

    @property
    def name(self) -> str:
        """Of the rate."""
        return self.rate.name


@dataclass(frozen=True, slots=True)
class Share:
    """Who gets a part of an amount."""

    payee: str
    percent: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """One thing that is computed.

    Attributes:
        declared: As published.
        base, clock: Names, filled in where the plan's first are meant.
        tariffs: Its rates, the one that counts first first.
        shares: Who gets what; none for the party alone.
        residue: Place of the share that takes what rounding leaves.
        min_event, max_event, min_period, max_period, commitment: Minor units, or None.
        index: Places of rates by the dimensions that narrow them, and by values of these.
    """

    declared: PriceComponent
    base: str
    clock: str
    tariffs: tuple[Tariff, ...]
    shares: tuple[Share, ...]
    residue: int | None
    min_event: Decimal | None
    max_event: Decimal | None
    min_period: int | None
    max_period: int | None
    commitment: int | None

    index: Mapping[tuple[str, ...], Mapping[tuple[str | None, ...], tuple[int, ...]]]

    @property
    def name(self) -> str:
        """Of the component."""
        return self.declared.name

    def fitting(self, dimensions: Mapping[str, str | None]) -> list[Tariff]:
        """The rates that are for these values of dimensions, the one that counts first first."""
        places = [
            place
            for names, by_values in self.index.items()
            for place in by_values.get(tuple(dimensions.get(name) for name in names), ())
        ]
        return [self.tariffs[place] for place in sorted(places)]


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A sound plan at one version.

    Attributes:
        plan: As published.
        number: The version's; 0 for a draft.
        currency: Of all its amounts.
        groups: Stack groups in order; what is in none stands in one of its own, first.
        tariffs: All rates by name.
    """

    plan: PricePlan
    number: int
    currency: str
    components: tuple[Component, ...]
    groups: tuple[tuple[StackGroup, tuple[Component, ...]], ...]
    guards: tuple[Guard, ...]
    tariffs: Mapping[str, Tariff]


def definition_of(plan: PricePlan, currency: str, number: int = 0) -> Definition:
    """Make a sound plan ready.

    Args:
        plan: Without faults.
        currency: The tenant's, where the plan names none.
        number: The version's.
    """
    currency = plan.currency or currency
    components = tuple(_component(plan, one, currency) for one in plan.components)
    groups = [StackGroup(name=""), *plan.groups]
    stacked = tuple((group, tuple(one for one in components if one.declared.group == group.name)) for group in groups)
    tariffs = {tariff.name: tariff for one in components for tariff in one.tariffs}
    return Definition(plan, number, currency, components, stacked, plan.guards, tariffs)


@lru_cache(maxsize=1_024)
def unpacked(text: str, currency: str, number: int) -> Definition:
    """A definition from its JSON text, as versions hold it."""
    return definition_of(msgspec.json.decode(text, type=PricePlan), currency, number)


def _component(plan: PricePlan, one: PriceComponent, currency: str) -> Component:
    rates = sorted((rate for rate in plan.rates if rate.component == one.name), key=order_key, reverse=True)
    tariffs = tuple(_tariff(one, rate, currency) for rate in rates)
    residue = next((place for place, share in enumerate(one.shares) if share.residue), None)

    def minor(value: str | int | None) -> int | None:
        return None if value is None else int(to_minor(exact(value), currency))

    return Component(
        declared=one,
        base=one.base or (plan.bases[0].name if plan.bases else ""),
        clock=one.clock or plan.clocks[0].name,
        tariffs=tariffs,
        shares=tuple(Share(share.payee, exact(share.percent)) for share in one.shares),
        residue=residue,
        min_event=None if one.min_event is None else to_minor(exact(one.min_event), currency),
        max_event=None if one.max_event is None else to_minor(exact(one.max_event), currency),
        min_period=minor(one.min_period),
        max_period=minor(one.max_period),
        commitment=minor(one.commitment),
        index=_index(tariffs),
    )


def _index(tariffs: Sequence[Tariff]) -> Mapping[tuple[str, ...], Mapping[tuple[str | None, ...], tuple[int, ...]]]:
    found: dict[tuple[str, ...], dict[tuple[str | None, ...], tuple[int, ...]]] = {}
    for place, tariff in enumerate(tariffs):
        names = tuple(sorted(tariff.scope))
        by_values = found.setdefault(names, {})
        for values in product(*(sorted(tariff.scope[name]) for name in names)):
            by_values[values] = (*by_values.get(values, ()), place)
    return found


def _tariff(component: PriceComponent, rate: PriceRate, currency: str) -> Tariff:
    settings, measure = settings_of(rate), measure_of(rate)
    ladder = None
    if isinstance(settings, TieredSettings):
        steps = tuple(_step(tier, measure, currency) for tier in settings.tiers)
        ladder = Ladder(steps, component.bound_rule == "at_least")
    return Tariff(
        rate=rate,
        settings=settings,
        measure=measure,
        switch=switch_of(rate, component.switch),
        ladder=ladder,
        scope={term.dimension: frozenset(term.values) for term in rate.scope},
        starts=date.fromisoformat(rate.starts) if rate.starts else None,
        ends=date.fromisoformat(rate.ends) if rate.ends else None,
    )


def _step(tier: Tier, measure: str, currency: str) -> Step:
    lower = exact(tier.lower) if measure == "quantity" else to_minor(exact(tier.lower), currency)
    return Step(lower, unit_rate(tier, currency), to_minor(exact(tier.flat), currency))


def unit_rate(holder: Tier | MatrixCell, currency: str) -> Decimal:
    """Minor units for one of what is counted: one unit, or one minor unit of the base."""
    if holder.percent is not None:
        return percent_of(_ONE, exact(holder.percent))
    return to_minor(exact(holder.price), currency)
