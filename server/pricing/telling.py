"""What the ledger says, as events: rules, flows, webhooks and messages hear of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from server.actions import ActionRun
from server.context import Context
from server.events.log import EventDraft, draft_for
from server.pricing.definition import Definition
from server.pricing.values import Quote

__all__ = ["BOOKING", "MONTH", "Reached", "limits_told", "month_told", "sale_told", "tier_told"]

BOOKING = "price_booking"
"""What events of sales are about, in the event log."""

MONTH = "ledger_lock"
"""What events of months are about."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A tier that a sale has reached; places count from 0, the difference is in minor units."""

    component: str
    party: str
    window: str
    rate: str
    before: int
    after: int
    switch: str
    difference: int


def sale_told(
    context: Context, definition: Definition, booking_id: str, record_id: str | None, quote: Quote
) -> Iterator[EventDraft]:
    """Tiers that a sale has reached, and limits that it passes, which ask for an approval."""
    for line in quote.lines:
        if line.transition is not None and line.key is not None:
            tier = line.transition
            places = (tier.rate, tier.before, tier.after, tier.switch, tier.difference)
            reached = Reached(line.component, line.key.party, line.key.window, *places)
            yield tier_told(context, definition, booking_id, record_id, reached)
    yield from limits_told(context, definition, booking_id, record_id, quote.breaches)


def limits_told(
    context: Context, definition: Definition, booking_id: str, record_id: str | None, breaches: Sequence[str]
) -> Iterator[EventDraft]:
    """Limits that a sale passes, which ask for an approval."""
    flagged = _flagged(breaches)
    if flagged:
        changes = {**_about(context, definition, record_id), "limits": flagged}
        yield draft_for(context, "limit_passed", BOOKING, booking_id, changes)


def tier_told(
    context: Context, definition: Definition, booking_id: str, record_id: str | None, reached: Reached
) -> EventDraft:
    """A tier that a sale has reached."""
    places = {"before": reached.before + 1, "after": reached.after + 1}
    changes = {**_about(context, definition, record_id), **asdict(reached), **places}
    return draft_for(context, "tier_reached", BOOKING, booking_id, changes)


def month_told(run: ActionRun, kind: str, plan: str, period: date, revision: int) -> EventDraft:
    """A month was closed (`period_closed`) or opened again (`period_reopened`)."""
    changes = {"plan": plan, "period": period.isoformat(), "revision": revision}
    month = uuid.uuid5(uuid.UUID(run.tenant_id), f"{plan} {period}")  # one id for all its revisions: told in order
    return draft_for(run.context, kind, MONTH, str(month), changes)


def _flagged(breaches: Sequence[str]) -> list[str]:
    found = (breach.partition(":") for breach in breaches)
    return [guard for guard, _, outcome in found if outcome == "flag_for_approval"]


def _about(context: Context, definition: Definition, record_id: str | None) -> dict[str, object]:
    found = context.model.objects.get(definition.plan.object)
    return {"plan": definition.plan.name, "object": "" if found is None else found.table, "record": record_id}
