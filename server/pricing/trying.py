"""A plan over past records, rated set-based in a scratch run: nothing is booked, and the answer is the calculator's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from metadata.problems import LimitError
from server.actions import ActionRun
from server.pricing import run_sql, tally_sql
from server.pricing.beside import LONG_S, Part, together
from server.pricing.definition import Definition
from server.pricing.loading import Span, Waiting, count_records, load, refusals
from server.pricing.pricing import PAYOUTS, exceeded, price, tally_keys
from server.pricing.publishing import Published
from server.pricing.record_sql import records_statement
from server.pricing.running import rate, rolling_days, share_sums
from server.pricing.setwise import is_set_based
from server.pricing.simulating import MAX_EVENTS, Outcome, Side
from server.pricing.storing import event_from
from server.pricing.values import Quote, Tally, TallyKey
from server.records.facts import Facts

__all__ = ["Tried", "quotes_of", "try_over"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a plan comes to over the past, and records that it does not know.

    Attributes:
        definition: The plan.
        waiting: What was before the scratch run.
    """

    definition: Definition
    waiting: Waiting
    side: Side
    skipped: Mapping[str, int]


async def count_past(run: ActionRun, definition: Definition, begins: datetime, ends: datetime) -> int:
    """How many records a trial goes over; 0 where only the calculator can."""
    return await count_records(run, _span(definition, run.instant, begins, ends)) if is_set_based(definition) else 0


async def try_over(
    parts: Sequence[Part], facts: Facts, definition: Definition, begins: datetime, ends: datetime, before: Tried | None
) -> Tried | None:
    """Rate the records of a span under a plan; None where only the calculator can.

    Args:
        parts: In a transaction each.
        facts: Of records.
        definition: The plan.
        begins: Of the span.
        ends: Of the span.
        before: What was tried just before over the same span: a plan that asks the same finds its records there.

    Raises:
        LimitError: `too_many_events`.
    """
    if not is_set_based(definition):
        return None
    run = parts[0].run
    span = _span(definition, run.instant, begins, ends)
    if before is not None and _asks_the_same(run, before.definition, definition):
        waiting = before.waiting
        for part in parts:
            await part.run.connection.execute(run_sql.UNDER, definition.number)
            await part.run.connection.execute(run_sql.NO_LINES)
    else:
        loaded = await together(*(load(one, span, (), only_new=False, slots=slots) for one, slots in parts))
        if None in loaded:
            return None
        waiting = sum(loaded[1:], loaded[0])
    if waiting.count > MAX_EVENTS:
        raise LimitError.single(
            "too_many_events", f"A simulation goes over {MAX_EVENTS} records at most.", hint="Narrow the time."
        )
    skipped = await refusals(run, facts, span, waiting)
    outcomes: dict[str, Outcome] = {}
    payees: Counter[str] = Counter()
    for found, paid in await together(*(_come_to(part.run, definition) for part in parts)):
        outcomes |= found
        payees.update(paid)
    breaches: Counter[str] = Counter()
    for guard in definition.guards:
        count = sum(exceeded(guard, one) > 0 for one in outcomes.values())
        breaches.update({f"{guard.limit}:{guard.breach}": count} if count else {})
    return Tried(definition, waiting, Side(outcomes, payees, breaches), skipped)


async def _come_to(run: ActionRun, definition: Definition) -> tuple[dict[str, Outcome], dict[str, int]]:
    """What the records of a part come to, and what of it is whose."""
    connection = run.connection
    await rate(run, [definition], ZoneInfo(run.context.model.settings.timezone))
    await connection.execute(run_sql.ANALYZE_LINES)
    base = definition.plan.bases[0].name if definition.plan.bases else ""
    rows = await connection.fetch(run_sql.FIGURES, base, list(PAYOUTS), definition.number, timeout=LONG_S)
    paid = await connection.fetch(run_sql.PAYEES.replace("{sums}", share_sums([definition])), timeout=LONG_S)
    return {row[0]: Outcome(*row[1:]) for row in map(tuple, rows)}, {row["payee"]: int(row["amount"]) for row in paid}


async def quotes_of(parts: Sequence[Part], definition: Definition, keys: Sequence[str]) -> Mapping[str, Quote]:
    """How some of the records that were tried last come about."""
    found: dict[str, Quote] = {}
    for part in parts if keys else ():
        found |= await _quotes_of(part.run, definition, keys)
    return found


async def _quotes_of(run: ActionRun, definition: Definition, keys: Sequence[str]) -> Mapping[str, Quote]:
    zone = ZoneInfo(run.context.model.settings.timezone)
    rows = await run.connection.fetch(run_sql.CHOSEN, list(keys))
    events = [event_from(row["event"]) for row in rows]
    wanted = [
        (place, row["no"], key)
        for place, (row, event) in enumerate(zip(rows, events, strict=True))
        for key in tally_keys(definition, event, zone)
        if row["no"] is not None
    ]
    rolling = rolling_days([definition])
    states = await run.connection.fetch(
        tally_sql.TALLIES_BEFORE,
        [*rolling],
        [*rolling.values()],
        [place for place, _, _ in wanted],
        [no for _, no, _ in wanted],
        [key.component for _, _, key in wanted],
        [key.party for _, _, key in wanted],
        [key.window for _, _, key in wanted],
    )
    tallies: dict[int, dict[TallyKey, Tally]] = {}
    for state in states:
        key = TallyKey(state["component"], state["party"], state["window"])
        tallies.setdefault(state["place"], {})[key] = msgspec.json.decode(state["state"], type=Tally)
    return {event.key: price(definition, event, tallies.get(place, {}), zone) for place, event in enumerate(events)}


def _asks_the_same(run: ActionRun, one: Definition, other: Definition) -> bool:
    model = run.context.model
    return one.currency == other.currency and records_statement(model, one, one) == records_statement(
        model, other, other
    )


def _span(definition: Definition, now: Any, begins: datetime, ends: datetime) -> Span:
    """A span that is under one definition from its beginning."""
    plan = definition.plan.name
    return Span(plan, [Published(plan, definition.number, "", begins, now, None, definition)], begins, ends)
