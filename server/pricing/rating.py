"""What an event adds to a running total: exact parts, one rounding, limits.

An amount is the rounded total after the event less the rounded total before it, so that lines sum to the rounded
total whatever their order. A step that is reached counts for what is above it (`marginal`), for everything in the
window (`retroactive_period`: what was rated before is taken back and rated again), or from this event on
(`step_forward`).

Source:
    `docs/pricing.md`; the tables of models are those that billing systems share (graduated, volume, package …).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from metadata.pricing.numbers import EXACT, exact, percent_of, rounded, times, to_minor
from metadata.pricing.values import FlatSettings, MatrixSettings, PackageSettings, PercentageSettings, UnitSettings
from server.pricing.definition import Component, Definition, Ladder, Tariff, unit_rate
from server.pricing.values import NOTHING, Part, PriceEvent, Tally, Transition

__all__ = ["counted", "rate_event", "true_up"]


def counted(tariff: Tariff, event: PriceEvent, base: int) -> Decimal:
    """What an event adds to what a rate counts."""
    return Decimal(base) if tariff.measure == "base" else event.quantity


def rate_event(
    definition: Definition, component: Component, tariff: Tariff, event: PriceEvent, base: int, before: Tally
) -> tuple[Tally, tuple[Part, ...], int, Transition | None]:
    """Rate one event.

    Args:
        definition: The plan.
        component: Of the plan.
        tariff: The rate that counts.
        event: What happened.
        base: Minor units that per cents are of.
        before: The running total before it.

    Returns:
        The running total after it, parts that sum to the amount, the amount, and the tier that was reached.
    """
    measured = counted(tariff, event, base)
    at, recent = event.clocks.get(component.clock), before.recent
    if component.declared.days is not None and at is not None:
        recent = [one for one in recent if one[0] >= at - timedelta(days=component.declared.days)]
        before = replace(before, total=_total(recent), count=len(recent))
        recent.append((at, measured))
    sums = dict(before.sums)
    if tariff.switch == "retroactive_period":
        key = f"{tariff.name}@{definition.number}"
        sums[key] = EXACT.add(sums.get(key, NOTHING), measured)
    total = EXACT.add(before.total, measured)
    if tariff.switch == "retroactive_period":
        parts = [*_again(definition, component, before.sums, before.total, sums, total)]
    else:
        parts = [*_parts(definition, tariff, event, measured, before)]
        parts += _limited(component, _sum(parts))
    gained = _sum(parts)
    after = Tally(total, before.count + 1, EXACT.add(before.exact, gained), sums, before.booked, recent)
    plain = rounded(after.exact) - rounded(before.exact)
    if plain != gained:
        parts.append(Part("rounding", tariff.name, None, None, EXACT.subtract(Decimal(plain), gained)))
    amount = _within(component, after.exact) - _within(component, before.exact)
    if amount != plain:
        parts.append(Part("max_period", component.name, None, None, Decimal(amount - plain)))
    transition = _transition(tariff, before, after, amount)
    return replace(after, booked=before.booked + amount), tuple(parts), amount, transition


def true_up(component: Component, tally: Tally) -> int:
    """What a closed period is made up by: to its least amount, then to what was promised."""
    wanted = max(component.min_period or 0, component.commitment or 0)
    return max(0, wanted - tally.booked)


def _total(counted_then: Iterable[tuple[datetime, Decimal]]) -> Decimal:
    total = NOTHING
    for _, measured in counted_then:
        total = EXACT.add(total, measured)
    return total


def _sum(parts: Iterable[Part]) -> Decimal:
    total = NOTHING
    for part in parts:
        total = EXACT.add(total, part.amount)
    return total


def _within(component: Component, total: Decimal) -> int:
    amount = rounded(total)
    return amount if component.max_period is None else min(amount, component.max_period)


def _limited(component: Component, amount: Decimal) -> Iterator[Part]:
    if component.min_event is not None and amount < component.min_event:
        yield Part("min_event", component.name, None, None, EXACT.subtract(component.min_event, amount))
    elif component.max_event is not None and amount > component.max_event:
        yield Part("max_event", component.name, None, None, EXACT.subtract(component.max_event, amount))


def _transition(tariff: Tariff, before: Tally, after: Tally, amount: int) -> Transition | None:
    if tariff.ladder is None:
        return None
    one, two = tariff.ladder.place(before.total), tariff.ladder.place(after.total)
    return None if one == two else Transition(tariff.name, one, two, tariff.switch, amount)


# ── what is added, model by model ────────────────────────────────────────────────────────────────────


def _parts(
    definition: Definition, tariff: Tariff, event: PriceEvent, measured: Decimal, before: Tally
) -> Iterator[Part]:
    settings, name, currency = tariff.settings, tariff.name, definition.currency
    if tariff.ladder is not None and tariff.switch == "step_forward":
        yield from _stepping(tariff, tariff.ladder, measured, before)
    elif tariff.ladder is not None:
        yield from _inside(tariff, tariff.ladder, measured, before)
    elif isinstance(settings, UnitSettings):
        price = to_minor(exact(settings.price), currency)
        yield Part("unit", name, measured, price, times(measured, price))
    elif isinstance(settings, FlatSettings):
        if settings.per == "event" or not before.count:
            yield Part("flat", name, None, None, to_minor(exact(settings.amount), currency))
    elif isinstance(settings, PackageSettings):
        after = EXACT.add(before.total, measured)
        packages = EXACT.subtract(_packages(settings, after), _packages(settings, before.total))
        price = to_minor(exact(settings.price), currency)
        yield Part("package", name, packages, price, times(packages, price))
    elif isinstance(settings, PercentageSettings):
        yield from _percentage(definition, tariff, settings, measured, before)
    elif isinstance(settings, MatrixSettings):
        values = [event.dimensions.get(dimension) for dimension in settings.dimensions]
        for cell in settings.cells:
            if all(wanted in ("*", value) for wanted, value in zip(cell.values, values, strict=True)):
                rate = unit_rate(cell, currency)
                yield Part("cell", f"{name}:{','.join(cell.values)}", measured, rate, times(measured, rate))
                return
    else:
        yield Part("external", name, None, None, Decimal(event.amounts.get(name, 0)))


def _packages(settings: PackageSettings, total: Decimal) -> Decimal:
    over = max(NOTHING, EXACT.subtract(total, exact(settings.free)))
    size = exact(settings.size)
    whole = EXACT.divide_int(over, size)
    return EXACT.add(whole, Decimal(1)) if EXACT.remainder(over, size) else whole


def _percentage(
    definition: Definition, tariff: Tariff, settings: PercentageSettings, measured: Decimal, before: Tally
) -> Iterator[Part]:
    if before.count < settings.free_count:
        return
    free = to_minor(exact(settings.free_amount), definition.currency)
    after = EXACT.add(before.total, measured)
    over, under = (max(NOTHING, EXACT.subtract(total, free)) for total in (after, before.total))
    charged = EXACT.subtract(over, under)
    rate = percent_of(Decimal(1), exact(settings.percent))
    yield Part("percent", tariff.name, charged, rate, times(charged, rate))
    fixed = to_minor(exact(settings.fixed), definition.currency)
    if fixed:
        yield Part("fixed", tariff.name, None, None, fixed)


def _inside(tariff: Tariff, ladder: Ladder, measured: Decimal, before: Tally) -> Iterator[Part]:
    """Each tier's rate for what lies in it, and what comes with the tiers that are entered."""
    after = EXACT.add(before.total, measured)
    for place, step in enumerate(ladder.steps):
        upper = ladder.steps[place + 1].lower if place + 1 < len(ladder.steps) else None
        top = after if upper is None else min(after, upper)
        inside = EXACT.subtract(top, max(before.total, step.lower))
        of = f"{tariff.name}:{place}"
        if inside > 0:
            yield Part("tier", of, inside, step.rate, times(inside, step.rate))
        if step.flat and _entered(ladder, place, after) and not _entered(ladder, place, before.total):
            yield Part("flat", of, None, None, step.flat)


def _entered(ladder: Ladder, place: int, total: Decimal) -> bool:
    return total > 0 and ladder.place(total) >= place


def _stepping(tariff: Tariff, ladder: Ladder, measured: Decimal, before: Tally) -> Iterator[Part]:
    """The rate of the tier that is reached with this event, for this event."""
    after = EXACT.add(before.total, measured)
    place = ladder.place(after)
    step, of = ladder.steps[place], f"{tariff.name}:{place}"
    yield Part("tier", of, measured, step.rate, times(measured, step.rate))
    if step.flat and _entered(ladder, place, after) and not _entered(ladder, place, before.total):
        yield Part("flat", of, None, None, step.flat)


def _again(
    definition: Definition,
    component: Component,
    sums_before: Mapping[str, Decimal],
    total_before: Decimal,
    sums: Mapping[str, Decimal],
    total: Decimal,
) -> Iterator[Part]:
    """What was rated before is taken back where its tier changes, and everything is rated as the total is now."""
    for tariff in component.tariffs:
        key, ladder = f"{tariff.name}@{definition.number}", tariff.ladder
        if ladder is None or not sums.get(key):
            continue
        old, new = sums_before.get(key, NOTHING), sums[key]
        one, two = ladder.place(total_before), ladder.place(total)
        step = ladder.steps[two]
        if one == two:
            more = EXACT.subtract(new, old)
            if more:
                yield Part("tier", f"{tariff.name}:{two}", more, step.rate, times(more, step.rate))
            if step.flat and not old:
                yield Part("flat", f"{tariff.name}:{two}", None, None, step.flat)
            continue
        left = ladder.steps[one]
        if old:
            taken = EXACT.add(times(old, left.rate), left.flat)
            yield Part("reversed", f"{tariff.name}:{one}", old, left.rate, EXACT.minus(taken))
        given = EXACT.add(times(new, step.rate), step.flat)
        yield Part("again", f"{tariff.name}:{two}", new, step.rate, given)
