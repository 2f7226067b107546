"""Booking what was calculated: sales, refunds, adjustments. One transaction each, at most once by key.

What is booked for a party is under one lock, so that running totals are read and written in one order. An event that
comes late, or a refund, rates the party's windows again and books the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import uuid_utils

from metadata.problems import BadInputError, ConflictError
from server.actions import ActionRun
from server.audit import log as audit
from server.audit.entries import AuditKind, NewEntry
from server.events.log import append, draft_for
from server.pricing import sql
from server.pricing.definition import Definition, unpacked
from server.pricing.explaining import quote_shown
from server.pricing.ledger import (
    Booked,
    Entry,
    Side,
    booking_digest,
    differences,
    digest,
    entries_of,
    fold,
    part_of,
    remaining,
    sides_of,
    taken_back,
)
from server.pricing.pricing import price, tally_keys
from server.pricing.values import Line, PriceEvent, Quote, Tally, TallyKey
from server.pricing.windows import day_of, next_window, window_of

__all__ = ["NewBooking", "adjust", "booked_by_key", "locked_periods", "refund", "settle", "tallies_of"]

_EVER = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBooking:
    """A booking to be made.

    Attributes:
        key: Names it within the plan.
        sides: What is booked, by component, window and payee.
        outcome: How it came about, JSON-ready.
    """

    plan: str
    key: str
    payload_hash: bytes
    kind: str
    version: int
    currency: str
    event: PriceEvent
    effective_at: datetime
    entries: Sequence[Entry]
    outcome: Mapping[str, Any]
    reverses: str | None = None
    record_id: str | None = None
    note: str = ""


async def booked_by_key(run: ActionRun, plan: str, key: str, payload: bytes | None) -> Any:
    """What was booked with a key; None when nothing was.

    Raises:
        ConflictError: `other_payload`.
    """
    row = await run.connection.fetchrow(sql.BY_KEY, run.tenant_id, plan, key)
    if row is not None and payload is not None and row["payload_hash"] != payload:
        raise ConflictError.single(
            "other_payload",
            f"'{key}' was booked by price plan '{plan}' with other facts.",
            path=("key",),
            hint="What was booked is never changed: book a refund, and what is right with another key.",
        )
    return row


async def settle(run: ActionRun, definition: Definition, event: PriceEvent, record_id: str | None) -> str:
    """Book a sale; gives its key.

    Raises:
        BadInputError: `guard_blocked`, `not_happened`.
        ConflictError: `other_payload`.
    """
    plan, zone = definition.plan.name, ZoneInfo(run.context.model.settings.timezone)
    payload = digest({"plan": plan, "event": msgspec.to_builtins(event)})
    await _lock(run, plan, f"key {event.key}")
    if await booked_by_key(run, plan, event.key, payload) is not None:
        return event.key
    at = event.clocks[definition.plan.clocks[0].name]
    if at is None:
        raise BadInputError.single(
            "not_happened",
            f"'{definition.plan.clocks[0].value}' has no value, so it has not happened yet.",
            hint="Book it when it has.",
        )
    await _lock(run, plan, f"party {event.party}")
    keys = tally_keys(definition, event, zone)
    if await run.connection.fetchval(sql.IS_LATE, run.tenant_id, plan, event.party, at, event.key):
        quote, sides, tallies = await _late(run, definition, event, keys, zone)
    else:
        quote = price(definition, event, await tallies_of(run, plan, event.party, keys), zone)
        sides, tallies = sides_of(quote.lines), quote.tallies
    if quote.is_blocked:
        raise BadInputError.single(
            "guard_blocked",
            f"Price plan '{plan}' refuses the event: {', '.join(quote.breaches)}.",
            hint="Ask priceOf for the lines that pass the limit.",
        )
    await _save(run, plan, tallies)
    own = [[*side, amount] for side, amount in sorted(sides_of(quote.lines).items())]
    new = NewBooking(
        plan=plan,
        key=event.key,
        payload_hash=payload,
        kind="sale",
        version=definition.number,
        currency=definition.currency,
        event=event,
        effective_at=at,
        entries=entries_of(sides, _kinds(definition)),
        outcome={"quote": quote_shown(definition, quote, event.key), "sides": own},
        record_id=record_id,
    )
    booking_id = await _book(run, new, zone)
    await _tell(run, plan, booking_id, quote.lines)
    return event.key


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
    await _lock(run, plan, f"key {key}")
    if await booked_by_key(run, plan, key, payload) is not None:
        return
    await _lock(run, plan, f"party {sale['party']}")
    rows = await run.connection.fetch(sql.REFUNDS, run.tenant_id, sale["id"])
    event = _event(sale["event"])
    booked = Booked(event, definition, tuple(_event(row["event"]) for row in rows))
    left = remaining(booked)
    taken = part_of(definition, event, left, part)
    after = replace(booked, refunded=(*booked.refunded, taken))
    whole, by_now, last = _progress(definition, event, remaining(after))
    before: dict[Side, int] = {}
    for row in rows:
        for component, window, payee, amount in msgspec.json.decode(row["outcome"])["sides"]:
            side = Side(component, window, payee)
            before[side] = before.get(side, 0) + amount
    recorded = {Side(*names): amount for *names, amount in msgspec.json.decode(sale["outcome"])["sides"]}
    back = taken_back(recorded, by_now, whole, before, last=last)
    again = await _rated_again(run, definition, after, event, back, zone)
    sides = {side: back.get(side, 0) + again.get(side, 0) for side in (*back, *again)}
    new = NewBooking(
        plan=plan,
        key=key,
        payload_hash=payload,
        kind="refund",
        version=definition.number,
        currency=definition.currency,
        event=replace(taken, key=key),
        effective_at=run.instant,
        entries=entries_of(sides, _kinds(definition)),
        outcome={
            "sides": [[*side, amount] for side, amount in sorted(back.items())],
            "again": [[*side, amount] for side, amount in sorted(again.items())],
        },
        reverses=str(sale["id"]),
        record_id=sale["record_id"],
        note=note,
    )
    await _book(run, new, zone)


async def adjust(run: ActionRun, definition: Definition, given: Mapping[str, Any], amount: int) -> None:
    """Book an amount by hand, for a payee and a component, with its reason."""
    zone, plan = ZoneInfo(run.context.model.settings.timezone), definition.plan.name
    payload = digest({name: given.get(name) for name in ("plan", "component", "payee", "amount", "reason")})
    await _lock(run, plan, f"key {given['key']}")
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
        entries=entries_of({side: amount}, _kinds(definition)),
        outcome={"sides": [[*side, amount]]},
        note=given["reason"],
    )
    await _book(run, new, zone)


# ── rating again ─────────────────────────────────────────────────────────────────────────────────────


async def _late(
    run: ActionRun, definition: Definition, event: PriceEvent, keys: Sequence[TallyKey], zone: ZoneInfo
) -> tuple[Quote, Mapping[Side, int], Mapping[TallyKey, Tally]]:
    """A sale that happened before others that are booked: its windows are rated again."""
    sales = [*await _sales(run, definition, event, zone), Booked(event, definition)]
    quotes, tallies = fold(sales, zone)
    touched = {(key.component, key.window) for key in keys}
    wanted = _within(quotes.values(), touched)
    booked = await _booked(run, definition, event.party, touched)
    kept = {key: tally for key, tally in tallies.items() if (key.component, key.window) in touched}
    return quotes[event.key], differences(wanted, booked), kept


async def _rated_again(
    run: ActionRun,
    definition: Definition,
    refunded: Booked,
    event: PriceEvent,
    back: Mapping[Side, int],
    zone: ZoneInfo,
) -> dict[Side, int]:
    """What other events of the windows differ by after a refund; components that keep their highest tier do not."""
    keys = tally_keys(definition, event, zone)
    closed = await locked_periods(run, definition.plan.name)
    components = {one.name: one.declared for one in definition.components}

    def keeps(key: TallyKey) -> bool:
        falling = components[key.component].falling
        if falling == "recompute_until_close":
            at = event.clocks[definition.plan.clocks[0].name]
            return at is not None and date.fromisoformat(window_of("month", day_of(at, zone))) in closed
        return falling == "keep_highest"

    touched = {(key.component, key.window) for key in keys if not keeps(key)}
    sales = [one for one in await _sales(run, definition, event, zone) if one.event.key != event.key]
    quotes, tallies = fold([*sales, refunded], zone)
    wanted = _within(quotes.values(), touched)
    booked = dict(await _booked(run, definition, event.party, touched))
    for side, amount in back.items():
        if (side.component, side.window) in touched:
            booked[side] = booked.get(side, 0) + amount
    known = await tallies_of(run, definition.plan.name, event.party, keys)
    saved = {}
    for key in keys:
        if (key.component, key.window) in touched:
            saved[key] = tallies.get(key, Tally())
        elif key in known:
            gone = sum(
                amount for side, amount in back.items() if (side.component, side.window) == (key.component, key.window)
            )
            saved[key] = replace(known[key], booked=known[key].booked + gone)
    await _save(run, definition.plan.name, saved)
    return differences(wanted, booked)


def _within(quotes: Any, touched: set[tuple[str, str]]) -> dict[Side, int]:
    found: dict[Side, int] = {}
    for quote in quotes:
        for side, amount in sides_of(quote.lines).items() if not quote.is_blocked else ():
            if (side.component, side.window) in touched:
                found[side] = found.get(side, 0) + amount
    return found


async def _sales(run: ActionRun, definition: Definition, event: PriceEvent, zone: ZoneInfo) -> list[Booked]:
    """What the party has booked since its longest window began."""
    since = _EVER
    if all(one.declared.window != "contract" for one in definition.components):
        starts = [key.window for key in tally_keys(definition, event, zone)]
        since = datetime.combine(date.fromisoformat(min(starts)), time(), zone) if starts else _EVER
    rows = await run.connection.fetch(sql.SALES, run.tenant_id, definition.plan.name, event.party, since)
    return [
        Booked(
            _event(row["event"]),
            unpacked(row["definition"], row["currency"], row["version"]),
            tuple(map(_event, row["refunds"])),
        )
        for row in rows
    ]


async def _booked(
    run: ActionRun, definition: Definition, party: str, touched: set[tuple[str, str]]
) -> Mapping[Side, int]:
    windows = sorted({window for _, window in touched})
    rows = await run.connection.fetch(sql.BOOKED, run.tenant_id, definition.plan.name, party, windows)
    kinds = _kinds(definition)
    return {
        Side(row["component"], row["window"], row["payee"]): int(row["amount"])
        * (1 if kinds[row["component"]] == "price" else -1)
        for row in rows
        if (row["component"], row["window"]) in touched
    }


# ── storing ──────────────────────────────────────────────────────────────────────────────────────────


async def _lock(run: ActionRun, plan: str, what: str) -> None:
    await run.connection.execute(sql.LOCK, f"{run.tenant_id} {plan} {what}")


async def tallies_of(run: ActionRun, plan: str, party: str, keys: Sequence[TallyKey]) -> dict[TallyKey, Tally]:
    """Running totals as they are."""
    windows = sorted({key.window for key in keys})
    rows = await run.connection.fetch(sql.TALLIES, run.tenant_id, plan, party, windows)
    return {
        TallyKey(row["component"], party, row["window"]): msgspec.json.decode(row["state"], type=Tally) for row in rows
    }


async def _save(run: ActionRun, plan: str, tallies: Mapping[TallyKey, Tally]) -> None:
    if not tallies:
        return
    found = sorted(tallies.items(), key=lambda item: (item[0].component, item[0].window))
    await run.connection.execute(
        sql.SAVE_TALLIES,
        run.tenant_id,
        plan,
        found[0][0].party,
        [key.component for key, _ in found],
        [key.window for key, _ in found],
        [msgspec.json.encode(tally).decode() for _, tally in found],
    )


async def locked_periods(run: ActionRun, plan: str) -> set[date]:
    """The months of a plan that are closed."""
    return {row["period"] for row in await run.connection.fetch(sql.LOCKED_PERIODS, run.tenant_id, plan)}


async def _book(run: ActionRun, new: NewBooking, zone: ZoneInfo) -> str:
    """Store a booking with its entries; into an open month, where its own is closed."""
    original = date.fromisoformat(window_of("month", day_of(new.effective_at, zone)))
    closed = await locked_periods(run, new.plan)
    period = original
    if period in closed:
        period = date.fromisoformat(window_of("month", day_of(run.instant, zone)))
        while period in closed:
            period = next_window("month", period)
    booking_id = str(uuid_utils.uuid7())
    body = {
        "id": booking_id,
        "plan": new.plan,
        "key": new.key,
        "payload_hash": new.payload_hash,
        "kind": new.kind,
        "reverses": new.reverses,
        "record_id": new.record_id,
        "party": new.event.party,
        "version": new.version,
        "currency": new.currency,
        "effective_at": new.effective_at,
        "period": period,
        "original_period": original,
        "event": msgspec.json.encode(new.event, order="deterministic").decode(),
        "outcome": msgspec.json.encode(new.outcome, order="deterministic").decode(),
        "note": new.note[:500],
    }
    hashed = booking_digest(body, new.entries)
    values = list(body.values())
    await run.connection.execute(
        sql.ADD_BOOKING, values[0], run.tenant_id, *values[1:], hashed, run.instant, run.user_id or None
    )
    if new.entries:
        await run.connection.execute(
            sql.ADD_ENTRIES,
            run.tenant_id,
            booking_id,
            new.plan,
            new.event.party,
            new.currency,
            period,
            [entry.component for entry in new.entries],
            [entry.window for entry in new.entries],
            [entry.account for entry in new.entries],
            [entry.payee for entry in new.entries],
            [entry.amount for entry in new.entries],
        )
    entry = NewEntry(
        tenant_id=run.tenant_id,
        kind=AuditKind.LEDGER_BOOKED,
        object="price_booking",
        records=[booking_id],
        detail={"hash": hashed.hex(), "plan": new.plan, "key": new.key},
    )
    await audit.append(run.connection, entry)
    return booking_id


async def _tell(run: ActionRun, plan: str, booking_id: str, lines: Sequence[Line]) -> None:
    """A tier that was reached is an event, for flows, rules and webhooks."""
    for line in lines:
        if line.transition is None or line.key is None:
            continue
        changes = {
            "plan": plan,
            "component": line.component,
            "party": line.key.party,
            "window": line.key.window,
            "rate": line.transition.rate,
            "before": line.transition.before + 1,
            "after": line.transition.after + 1,
            "switch": line.transition.switch,
            "difference": line.transition.difference,
        }
        await append(run.connection, draft_for(run.context, "tier_reached", "price_booking", booking_id, changes))


def _kinds(definition: Definition) -> Mapping[str, str]:
    return {one.name: one.declared.kind for one in definition.components}


def _event(text: str) -> PriceEvent:
    return msgspec.json.decode(text, type=PriceEvent)


def _progress(definition: Definition, event: PriceEvent, left: PriceEvent) -> tuple[Decimal, Decimal, bool]:
    """What there was, what is taken back by now, and whether that is all."""
    if definition.plan.bases:
        name = definition.plan.bases[0].name
        whole, rest = Decimal(event.bases.get(name, 0)), Decimal(left.bases.get(name, 0))
    else:
        whole, rest = event.quantity, left.quantity
    return whole, whole - rest, not rest
