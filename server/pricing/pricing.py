"""One event under one plan: rates chosen, rated, stacked, guarded and shared. Pure.

Order of the steps: components in the order of their stack groups; in each the condition, the rate, the rating, the
policy of the group; then the guards in their order; then the shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from metadata.pricing.numbers import exact, percent_of, rounded, split
from metadata.pricing.values import Guard
from server.pricing.choosing import choose
from server.pricing.definition import Component, Definition
from server.pricing.rating import rate_event
from server.pricing.values import Clipped, Line, PriceEvent, Quote, ShareOf, Tally, TallyKey
from server.pricing.windows import day_of, window_of

__all__ = ["PAYOUTS", "exceeded", "price", "price_all", "sort_key", "tally_keys"]

PAYOUTS = ("base_fee", "commission", "subsidy", "rebate")
"""Kinds of components that are paid out."""

Tallies = Mapping[TallyKey, Tally]


def sort_key(definition: Definition, event: PriceEvent) -> tuple[str, str]:
    """The one order of events: by the first clock of the plan that has happened, then by key."""
    found = (event.clocks.get(clock.name) for clock in definition.plan.clocks)
    first = next((at for at in found if at is not None), None)
    return ("" if first is None else first.astimezone(UTC).isoformat(timespec="microseconds"), event.key)


def price_all(
    definition: Definition, events: Iterable[PriceEvent], zone: ZoneInfo, tallies: Tallies | None = None
) -> tuple[list[tuple[PriceEvent, Quote]], Tallies]:
    """Price events in their one order, each on the totals that those before it leave."""
    known = dict(tallies or {})
    found = []
    for event in sorted(events, key=partial(sort_key, definition)):
        quote = price(definition, event, known, zone)
        if not quote.is_blocked:
            known |= quote.tallies
        found.append((event, quote))
    return found, known


def tally_keys(definition: Definition, event: PriceEvent, zone: ZoneInfo) -> list[TallyKey]:
    """The totals that an event may count into."""
    found = (_key(component, event, zone) for component in definition.components)
    return [key for key in found if key is not None]


def price(definition: Definition, event: PriceEvent, tallies: Tallies, zone: ZoneInfo) -> Quote:
    """What an event comes to.

    Args:
        definition: A sound plan.
        event: What happened.
        tallies: Running totals; what is absent is nothing yet.
        zone: The tenant's, for windows and days.
    """
    lines: list[Line] = []
    for group, components in definition.groups:
        found = _stacked(definition, group.policy, components, event, tallies, zone)
        lines += found
    order = {component.name: place for place, component in enumerate(definition.components)}
    lines, breaches = _guarded(definition, lines, event)
    components_by_name = {component.name: component for component in definition.components}
    lines = [_shared(components_by_name[line.component], line, event) for line in lines]
    lines.sort(key=lambda line: order[line.component])
    revenue, discount, payout, cost = _figures(definition, lines, event)
    after = {line.key: line.after for line in lines if line.key is not None and not line.lost}
    return Quote(tuple(lines), revenue, discount, payout, cost, tuple(breaches), after)


# ── components ───────────────────────────────────────────────────────────────────────────────────────


def _key(component: Component, event: PriceEvent, zone: ZoneInfo) -> TallyKey | None:
    at = event.clocks.get(component.clock)
    if at is None:
        return None
    declared = component.declared
    if declared.window == "rolling":  # one of another length begins anew
        return TallyKey(component.name, event.party, f"rolling {declared.days}")
    return TallyKey(component.name, event.party, window_of(declared.window, day_of(at, zone), event.contract))


def _line(
    definition: Definition, component: Component, event: PriceEvent, tallies: Tallies, zone: ZoneInfo, taken: int
) -> Line:
    """A component by itself; `taken` is what components before it have left its base short of."""
    line = Line(component.name, component.declared.kind, version=definition.number)
    if component.name not in event.fires:
        return replace(line, lost="not_met")
    at, key = event.clocks.get(component.clock), _key(component, event, zone)
    if at is None or key is None:
        return replace(line, lost="not_yet")
    tariff, candidates = choose(component, event, day_of(at, zone))
    if tariff is None:
        return replace(line, lost="no_rate", candidates=candidates)
    before = tallies.get(key, Tally())
    base = max(0, event.bases.get(component.base, 0) - taken)
    after, parts, amount, transition = rate_event(definition, component, tariff, event, base, before)
    return replace(
        line,
        rate=tariff.name,
        candidates=candidates,
        key=key,
        before=before,
        after=after,
        base=base,
        parts=parts,
        amount=amount,
        transition=transition,
    )


def _stacked(
    definition: Definition,
    policy: str,
    components: Sequence[Component],
    event: PriceEvent,
    tallies: Tallies,
    zone: ZoneInfo,
) -> list[Line]:
    lines: list[Line] = []
    taken = 0
    for component in components:
        line = _line(definition, component, event, tallies, zone, taken if policy == "sequential" else 0)
        taken += line.amount
        lines.append(line)
    counting = [place for place, line in enumerate(lines) if not line.lost]
    if policy in ("sum", "sequential") or not counting:
        return lines
    if policy == "exclusive":
        winner = counting[0]
    else:
        sign = -1 if policy == "best_for_payee" else 1
        winner = min(counting, key=lambda place: (sign * lines[place].amount, place))
    return [
        line if place == winner or line.lost else replace(line, lost=policy, amount=0, after=line.before)
        for place, line in enumerate(lines)
    ]


# ── guards ───────────────────────────────────────────────────────────────────────────────────────────


def _figures(definition: Definition, lines: Iterable[Line], event: PriceEvent) -> tuple[int, int, int, int]:
    """Revenue, discounts, payouts, costs."""
    by_kind: dict[str, int] = {}
    for line in lines:
        if not line.lost:
            by_kind[line.kind] = by_kind.get(line.kind, 0) + line.amount
    plan = definition.plan
    revenue = by_kind["price"] if "price" in by_kind else (event.bases.get(plan.bases[0].name, 0) if plan.bases else 0)
    payout = sum(by_kind.get(kind, 0) for kind in PAYOUTS)
    return revenue, by_kind.get("discount", 0), payout, event.cost + by_kind.get("cost", 0)


def exceeded(guard: Guard, figures: tuple[int, int, int, int]) -> int:
    """By how much a guard's limit is passed, in minor units."""
    revenue, discount, payout, cost = figures
    percent = exact(guard.percent)
    net = revenue - discount
    match guard.limit:
        case "max_discount":
            return discount - _down(revenue, percent)
        case "max_payout":
            return payout - _down(net, percent)
    return max(0, rounded(percent_of(Decimal(net), percent))) - (net - payout - cost)


def _down(amount: int, percent: Decimal) -> int:
    return max(0, int(percent_of(Decimal(amount), percent)))


_CUT = {"max_discount": ("discount",), "max_payout": PAYOUTS, "margin_floor": (*PAYOUTS, "discount")}


def _guarded(definition: Definition, lines: list[Line], event: PriceEvent) -> tuple[list[Line], list[str]]:
    breaches = []
    for guard in definition.guards:
        excess = exceeded(guard, _figures(definition, lines, event))
        if excess <= 0:
            continue
        breaches.append(f"{guard.limit}:{guard.breach}")
        while guard.breach == "cap" and excess > 0:  # a smaller discount also raises what a margin is asked of
            lines = _cut(lines, guard.limit, excess)
            left = exceeded(guard, _figures(definition, lines, event))
            if left >= excess:
                breaches.append(f"{guard.limit}:short")
                break
            excess = left
    return lines, breaches


def _cut(lines: list[Line], limit: str, excess: int) -> list[Line]:
    """Take what is too much from the last lines first."""
    found = list(lines)
    for place in range(len(found) - 1, -1, -1):
        line = found[place]
        if line.lost or line.kind not in _CUT[limit] or line.amount <= 0 or excess <= 0:
            continue
        taken = min(line.amount, excess)
        excess -= taken
        after = replace(line.after, booked=line.after.booked - taken)
        found[place] = replace(line, amount=line.amount - taken, after=after, cuts=(*line.cuts, Clipped(limit, taken)))
    return found


# ── shares ───────────────────────────────────────────────────────────────────────────────────────────


def _shared(component: Component, line: Line, event: PriceEvent) -> Line:
    if line.lost:
        return line
    if not component.shares:
        return replace(line, shares=(ShareOf(event.party, Decimal(100), line.amount),))
    amounts = split(line.amount, [share.percent for share in component.shares], component.residue)
    shares = tuple(
        ShareOf(event.payees.get(share.payee, ""), share.percent, amount)
        for share, amount in zip(component.shares, amounts, strict=True)
    )
    return replace(line, shares=shares)
