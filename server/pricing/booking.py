"""Booking what was calculated: sales, refunds, adjustments. At most once by key, in any order.

An event that comes in order adds to the running totals. One that comes late, or a refund, rates the party's windows
again and books the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from metadata.problems import BadInputError, ConflictError, TangramError
from server.actions import ActionRun
from server.events.log import append_all
from server.pricing import again, sql, storing
from server.pricing.definition import Definition
from server.pricing.explaining import quote_shown
from server.pricing.ledger import Booked, Side, digest, entries_of, part_of, recorded, remaining, sides_of, taken_back
from server.pricing.pricing import price, sort_key, tally_keys
from server.pricing.storing import Asker, Known, NewBooking, event_from, kinds_of
from server.pricing.telling import sale_told
from server.pricing.values import Holder, PriceEvent, Quote, Tally, TallyKey

__all__ = ["Sale", "Settled", "adjust", "booked_by_key", "refund", "settle", "settle_all", "settle_some"]


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale that is to be booked, under a version; for whoever the run is of, unless it says for whom."""

    definition: Definition
    event: PriceEvent
    record_id: str | None
    holders: Sequence[Holder] = ()
    asker: Asker | None = None


async def booked_by_key(run: ActionRun, plan: str, key: str, payload: bytes | None) -> Any:
    """What was booked with a key; None when nothing was.

    Raises:
        ConflictError: `other_payload`.
    """
    row = await storing.booked_row(run, plan, key)
    if row is not None and payload is not None and row["payload_hash"] != payload:
        raise _other_payload(plan, key)
    return row


async def settle(run: ActionRun, sale: Sale) -> str:
    """Book a sale; gives its key.

    Raises:
        BadInputError: `guard_blocked`, `not_happened`.
        ConflictError: `other_payload`.
    """
    key = sale.event.key
    found = await settle_some(run, sale.definition.plan.name, [sale])
    if key in found.refused:
        raise found.refused[key]
    return key


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of sales.

    Attributes:
        settled: How many were booked now.
        known: How many were booked before.
        left: How many are still to be booked.
        refused: Why others cannot be, by key.
    """

    settled: int
    known: int
    left: int
    refused: Mapping[str, TangramError]


async def settle_some(run: ActionRun, plan: str, sales: Sequence[Sale]) -> Settled:
    """Book sales of one plan that are not booked yet, each that can be; others book for other parties meanwhile."""
    held = {what for one in sales for what in (f"key {one.event.key}", f"party {one.event.party}")}
    await storing.hold(run, plan, *held)
    return await _settle(run, plan, sales, len(sales))


async def settle_all(run: ActionRun, plan: str, sales: Sequence[Sale], first: int) -> Settled:
    """Book the first sales of one plan that are not booked yet, all that can be. Nobody else books for it meanwhile."""
    await storing.hold_plan(run, plan)
    return await _settle(run, plan, sales, first)


async def _settle(run: ActionRun, plan: str, sales: Sequence[Sale], first: int) -> Settled:
    """Those that come before something that their party has booked one by one; the others at once."""
    zone = ZoneInfo(run.context.model.settings.timezone)
    keys = {key for one in sales for key in tally_keys(one.definition, one.event, zone)}
    keys |= {TallyKey("", one.event.party, "") for one in sales}
    known = await storing.known_of(run, plan, [one.event.key for one in sales], keys)
    refused: dict[str, TangramError] = {}
    new: list[Sale] = []
    for one in sorted(sales, key=lambda one: sort_key(one.definition, one.event)):
        try:
            if _is_new(plan, known, one):
                new.append(one)
        except TangramError as error:
            refused[one.event.key] = error
    waiting, new = new, new[:first]
    tallies = dict(known.tallies)
    for one in new:
        if _is_late(known, one):
            quote, sides, left = await again.late(run, one.definition, one.event, zone)
            batch = _Batch(run, plan, zone, {})
            batch.add(one, quote, sides, left, refused)
            await batch.store(known)
            tallies |= batch.tallies
    batch = _Batch(run, plan, zone, tallies)
    for one in new:
        if not _is_late(known, one):
            quote = price(one.definition, one.event, batch.tallies, zone)
            batch.add(one, quote, sides_of(quote.lines), quote.tallies, refused)
    await batch.store(known)
    blocked = sum(one.event.key in refused for one in new)
    kept = len(sales) - len(waiting) - (len(refused) - blocked)
    return Settled(len(new) - blocked, kept, len(waiting) - len(new), refused)


def _is_new(plan: str, known: Known, sale: Sale) -> bool:
    """Whether it is to be booked.

    Raises:
        BadInputError: `not_happened`.
        ConflictError: `other_payload`.
    """
    payload = known.payloads.get(sale.event.key)
    if payload is not None:
        if payload != _payload(plan, sale.event):
            raise _other_payload(plan, sale.event.key)
        return False
    clock = sale.definition.plan.clocks[0]
    if sale.event.clocks[clock.name] is None:
        raise BadInputError.single(
            "not_happened",
            f"'{clock.value}' has no value, so it has not happened yet.",
            hint="Book it when it has.",
        )
    return True


def _is_late(known: Known, sale: Sale) -> bool:
    at = sale.event.clocks[sale.definition.plan.clocks[0].name]
    assert at is not None
    latest = known.latest.get(sale.event.party)
    return latest is not None and (at, sale.event.key) < latest


def _payload(plan: str, event: PriceEvent) -> bytes:
    return digest({"event": event, "plan": plan})


class _Batch:
    """Sales that are written together."""

    def __init__(self, run: ActionRun, plan: str, zone: ZoneInfo, tallies: dict[TallyKey, Tally]) -> None:
        self.run, self.plan, self.zone, self.tallies = run, plan, zone, tallies
        self._changed: dict[TallyKey, Tally] = {}
        self._new: list[NewBooking] = []
        self._quotes: list[tuple[Sale, Quote]] = []

    def add(
        self,
        sale: Sale,
        quote: Quote,
        sides: Mapping[Side, int],
        tallies: Mapping[TallyKey, Tally],
        refused: dict[str, TangramError],
    ) -> None:
        """A sale as it was priced: `sides` is what is booked now, `tallies` what it leaves."""
        definition, event = sale.definition, sale.event
        if quote.is_blocked:
            refused[event.key] = BadInputError.single(
                "guard_blocked",
                f"Price plan '{self.plan}' refuses the event: {', '.join(quote.breaches)}.",
                hint="Ask priceOf for the lines that pass the limit.",
            )
            return
        try:
            entries = entries_of(sides, kinds_of(definition))
        except BadInputError as error:
            refused[event.key] = error
            return
        at = event.clocks[definition.plan.clocks[0].name]
        assert at is not None
        own = [[*side, amount] for side, amount in sorted(sides_of(quote.lines).items())]
        self.tallies |= tallies
        self._changed |= tallies
        self._quotes.append((sale, quote))
        self._new.append(
            NewBooking(
                plan=self.plan,
                key=event.key,
                payload_hash=_payload(self.plan, event),
                kind="sale",
                version=definition.number,
                currency=definition.currency,
                event=event,
                effective_at=at,
                entries=entries,
                outcome={"quote": quote_shown(definition, quote, event.key), "sides": own},
                record_id=sale.record_id,
                holders=sale.holders,
                asker=sale.asker,
            )
        )

    async def store(self, known: Known) -> None:
        """Write them; a tier that was reached, or a limit that was passed, is an event that rules and webhooks hear."""
        ids = await storing.store(self.run, self._new, self._changed, known.closed, self.zone)
        drafts = [
            draft
            for booking_id, (sale, quote) in zip(ids, self._quotes, strict=True)
            for draft in sale_told(
                sale.asker.context if sale.asker is not None else self.run.context,
                sale.definition,
                booking_id,
                sale.record_id,
                quote,
            )
        ]
        await append_all(self.run.connection, drafts)


async def refund(run: ActionRun, sale: Any, key: str, part: Decimal | None, note: str, definition: Definition) -> None:
    """Take back a sale, or a part of its revenue, as it was recorded.

    Args:
        run: Of the request.
        sale: Row of the sale.
        key: Names the refund.
        part: Minor units of the first base, or units where the plan has no base; None for all that remains.
        note: Why.
        definition: The version of the sale.

    Raises:
        BadInputError: `refund_too_large`.
        ConflictError: `other_payload`.
    """
    plan, zone = sale["plan"], ZoneInfo(run.context.model.settings.timezone)
    payload = digest({"refunds": str(sale["id"]), "part": None if part is None else str(part)})
    await storing.hold(run, plan, f"key {key}", f"party {sale['party']}")
    if await booked_by_key(run, plan, key, payload) is not None:
        return
    closed = await storing.locked_periods(run, plan)
    rows = await run.connection.fetch(sql.REFUNDS, run.tenant_id, sale["id"])
    event = event_from(sale["event"])
    booked = Booked(event, definition, tuple(event_from(row["event"]) for row in rows))
    left = remaining(booked)
    taken = part_of(definition, event, left, part)
    after = replace(booked, refunded=(*booked.refunded, taken))
    whole, by_now, last = _progress(definition, event, remaining(after))
    before: dict[Side, int] = {}
    for row in rows:
        for side, amount in recorded(row["outcome"]).items():
            before[side] = before.get(side, 0) + amount
    back = taken_back(recorded(sale["outcome"]), by_now, whole, before, last=last)
    rated, tallies = await again.rated_again(run, definition, after, event, back, zone, closed)
    sides = {side: back.get(side, 0) + rated.get(side, 0) for side in (*back, *rated)}
    new = NewBooking(
        plan=plan,
        key=key,
        payload_hash=payload,
        kind="refund",
        version=definition.number,
        currency=definition.currency,
        event=replace(taken, key=key),
        effective_at=run.instant,
        entries=entries_of(sides, kinds_of(definition)),
        outcome={
            "sides": [[*side, amount] for side, amount in sorted(back.items())],
            "again": [[*side, amount] for side, amount in sorted(rated.items())],
        },
        reverses=str(sale["id"]),
        record_id=sale["record_id"],
        note=note,
    )
    await storing.store(run, [new], tallies, closed, zone)


async def adjust(run: ActionRun, definition: Definition, given: Mapping[str, Any], amount: int) -> None:
    """Book an amount by hand, for a payee and a component, with its reason."""
    zone, plan = ZoneInfo(run.context.model.settings.timezone), definition.plan.name
    payload = digest({name: given.get(name) for name in ("plan", "component", "payee", "amount", "reason")})
    await storing.hold(run, plan, f"key {given['key']}")
    if await booked_by_key(run, plan, given["key"], payload) is not None:
        return
    side = Side(given["component"], "adjustment", given["payee"])
    new = NewBooking(
        plan=plan,
        key=given["key"],
        payload_hash=payload,
        kind="adjustment",
        version=definition.number,
        currency=definition.currency,
        event=PriceEvent(given["key"], party=given["payee"]),
        effective_at=run.instant,
        entries=entries_of({side: amount}, kinds_of(definition)),
        outcome={"sides": [[*side, amount]]},
        note=given["reason"],
    )
    await storing.store(run, [new], {}, await storing.locked_periods(run, plan), zone)


def _other_payload(plan: str, key: str) -> ConflictError:
    return ConflictError.single(
        "other_payload",
        f"'{key}' was booked by price plan '{plan}' with other facts.",
        path=("key",),
        hint="What was booked is never changed: book a refund, and what is right with another key.",
    )


def _progress(definition: Definition, event: PriceEvent, left: PriceEvent) -> tuple[Decimal, Decimal, bool]:
    """What there was, what is taken back by now, and whether that is all."""
    if definition.plan.bases:
        name = definition.plan.bases[0].name
        whole, rest = Decimal(event.bases.get(name, 0)), Decimal(left.bases.get(name, 0))
    else:
        whole, rest = event.quantity, left.quantity
    return whole, whole - rest, not rest
