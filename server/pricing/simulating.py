"""A plan over past records beside another version of it: what would have come out, and who would lose most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from metadata.problems import LimitError, TangramError
from server.actions import ActionRun
from server.pricing.definition import Definition
from server.pricing.facts import asked_of, event_of, holders_of
from server.pricing.values import Holder, PriceEvent, Quote
from server.records.facts import Facts

__all__ = ["MAX_EVENTS", "Compared", "Outcome", "Side", "Simulation", "compare", "figures", "past_events", "side_of"]

MAX_EVENTS = 200_000
"""Most records of one simulation."""

_PAGE = 5_000


class Outcome(NamedTuple):
    """What a record comes to for the company, in minor units."""

    revenue: int
    discount: int
    payout: int
    cost: int

    @property
    def margin(self) -> int:
        """What remains."""
        return self.revenue - self.discount - self.payout - self.cost


@dataclass(frozen=True, slots=True)
class Compared:
    """One record under both; None where a plan does not know it."""

    key: str
    before: Outcome | None
    after: Outcome | None

    @property
    def difference(self) -> int:
        """What the company has more, in minor units."""
        return (self.after.margin if self.after else 0) - (self.before.margin if self.before else 0)


@dataclass(frozen=True, slots=True)
class Side:
    """A plan over the past: what each record comes to, and what payees get."""

    outcomes: Mapping[str, Outcome]
    payees: Mapping[str, int]
    breaches: Mapping[str, int]


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

    def worst(self, first: int) -> list[Compared]:
        """The records that lose most."""
        return nsmallest(first, self.compared, key=lambda one: (one.difference, one.key))


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


def side_of(priced: Iterable[tuple[PriceEvent, Quote]]) -> Side:
    """A side from quotes."""
    outcomes: dict[str, Outcome] = {}
    payees: Counter[str] = Counter()
    breaches: Counter[str] = Counter()
    for event, quote in priced:
        outcomes[event.key] = Outcome(quote.revenue, quote.discount, quote.payout, quote.cost)
        breaches.update(quote.breaches)
        for share in (share for line in quote.lines for share in line.shares):
            payees[share.payee] += share.amount
    return Side(outcomes, payees, breaches)


def compare(old: Side | None, new: Side, skipped: Mapping[str, int]) -> Simulation:
    """The same past under both."""
    before = old.outcomes if old is not None else {}
    keys = dict.fromkeys([*new.outcomes, *before])
    compared = [Compared(key, before.get(key), new.outcomes.get(key)) for key in keys]
    payees = Counter(new.payees)
    if old is not None:
        payees.subtract(old.payees)
    loss = sum(-one.margin for one in new.outcomes.values() if one.margin < 0)
    return Simulation(compared, dict(skipped), payees, new.breaches, loss)


def figures(simulation: Simulation) -> Mapping[str, Mapping[str, int]]:
    """Totals of both sides, in minor units."""
    sides = {
        "before": [one.before for one in simulation.compared if one.before is not None],
        "after": [one.after for one in simulation.compared if one.after is not None],
    }
    found = {}
    for name, outcomes in sides.items():
        total = Outcome(*(sum(map(itemgetter(place), outcomes)) for place in range(len(Outcome._fields))))
        found[name] = {**total._asdict(), "margin": total.margin}
    return found
