"""A plan over past records beside another version of it: what would have come out, and who would lose most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from metadata.problems import LimitError, TangramError
from server.actions import ActionRun
from server.pricing.definition import Definition
from server.pricing.facts import asked_of, event_of, holders_of
from server.pricing.pricing import price_all
from server.pricing.values import Holder, PriceEvent, Quote
from server.records.facts import Facts

__all__ = ["MAX_EVENTS", "Compared", "Simulation", "compare", "figures", "past_events"]

MAX_EVENTS = 200_000
"""Most records of one simulation."""

_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Compared:
    """One record under both; None where a plan does not know it."""

    key: str
    before: Quote | None
    after: Quote | None

    @property
    def difference(self) -> int:
        """What the company has more, in minor units."""
        return (self.after.margin if self.after else 0) - (self.before.margin if self.before else 0)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came out.

    Attributes:
        compared: Every record, in their one order.
        skipped: Records whose facts are not sound, by the reason.
        payees: What each payee gets more, in minor units.
        breaches: How often each limit was passed under the new one.
        loss: What is missing below zero margin under the new one, in minor units, over all records.
    """

    compared: Sequence[Compared]
    skipped: Mapping[str, int]
    payees: Mapping[str, int]
    breaches: Mapping[str, int]
    loss: int


class Past(NamedTuple):
    """Records of a span of time as events; `skipped` counts those without sound facts, by the reason.

    `holders` says whom each is attributed to.
    """

    events: Sequence[PriceEvent]
    skipped: Mapping[str, int]
    holders: Mapping[str, Sequence[Holder]]


async def past_events(
    run: ActionRun, facts: Facts, definition: Definition, begins: datetime, ends: datetime, zone: ZoneInfo
) -> Past:
    """Records of a plan whose first clock lies in a span of time, as its events.

    Raises:
        LimitError: `too_many_events`.
    """
    model = run.context.model
    asked, plan = asked_of(definition, model), definition.plan
    found: list[PriceEvent] = []
    holders: dict[str, Sequence[Holder]] = {}
    skipped: Counter[str] = Counter()
    after = ""
    while True:
        page = await facts.page(
            run.connection,
            run.context,
            plan.object,
            plan.when,
            asked.expressions,
            instant=run.instant,
            after=after,
            first=_PAGE,
        )
        for key, values in page:
            try:
                event = event_of(definition, asked, values, key, zone)
            except TangramError as error:
                skipped.update({fault.reason for fault in error.faults})
                continue
            at = event.clocks[plan.clocks[0].name]
            if at is not None and begins <= at < ends:
                found.append(event)
                holders[key] = holders_of(plan, values)
        if len(found) > MAX_EVENTS:
            raise LimitError.single(
                "too_many_events", f"A simulation goes over {MAX_EVENTS} records at most.", hint="Narrow the time."
            )
        if len(page) < _PAGE:
            return Past(found, skipped, holders)
        after = page[-1][0]


def compare(
    old: tuple[Definition, Sequence[PriceEvent]] | None,
    new: tuple[Definition, Sequence[PriceEvent]],
    skipped: Mapping[str, int],
    zone: ZoneInfo,
) -> Simulation:
    """Price the same past under both, from nothing."""
    before = {event.key: quote for event, quote in price_all(*old, zone)[0]} if old is not None else {}
    after = {event.key: quote for event, quote in price_all(*new, zone)[0]}
    keys = dict.fromkeys([*after, *before])
    compared = [Compared(key, before.get(key), after.get(key)) for key in keys]
    payees: Counter[str] = Counter()
    for sign, quotes in ((-1, before), (1, after)):
        for quote in quotes.values():
            for line in quote.lines:
                for share in line.shares:
                    payees[share.payee] += sign * share.amount
    breaches = Counter(breach for quote in after.values() for breach in quote.breaches)
    loss = sum(-quote.margin for quote in after.values() if quote.margin < 0)
    return Simulation(compared, dict(skipped), payees, breaches, loss)


def figures(simulation: Simulation) -> Mapping[str, Any]:
    """Totals of both sides, in minor units."""
    sides: dict[str, Counter[str]] = {"before": Counter(), "after": Counter()}
    for one in simulation.compared:
        for name, quote in (("before", one.before), ("after", one.after)):
            if quote is not None:
                sides[name].update(
                    revenue=quote.revenue,
                    discount=quote.discount,
                    payout=quote.payout,
                    cost=quote.cost,
                    margin=quote.margin,
                )
    return sides
