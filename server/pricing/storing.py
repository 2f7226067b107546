"""The ledger in PostgreSQL: one statement locks, one reads what is known, one writes what is booked.

Whoever books holds the plan's lock for sharing and the parties' locks alone, so that running totals are read and
written in one order. A run over many parties, and closing a month, hold the plan's lock alone: nothing is on its way
into a month while it is being closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import uuid_utils

from server.actions import ActionRun
from server.audit import log as audit
from server.audit.entries import AuditKind, NewEntry
from server.context import Context
from server.pricing import closing_sql, sql
from server.pricing.definition import Definition
from server.pricing.ledger import Entry, booking_digest
from server.pricing.values import Holder, PriceEvent, Tally, TallyKey
from server.pricing.windows import day_of, next_window, window_of

__all__ = [
    "Asker",
    "Known",
    "NewBooking",
    "booked_row",
    "event_from",
    "hold",
    "hold_again",
    "hold_plan",
    "kinds_of",
    "known_of",
    "locked_periods",
    "new_id",
    "open_month",
    "store",
    "tallies_of",
]


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom something is booked, and when: what the booking, its entry in the audit log and its events say.

    Attributes:
        context: Who asks.
        instant: Of the request.
        logged: Of the request, for the audit log: actor, kind, name, address, agent, id.
    """

    context: Context
    instant: datetime
    logged: tuple[Any, ...]

    @classmethod
    def of(cls, context: Context, instant: datetime) -> Asker:
        """Whoever sends the request that is being answered."""
        entry = NewEntry(tenant_id=context.model.tenant_id, kind=AuditKind.LEDGER_BOOKED, object=_LOGGED)
        logged = audit.append_arguments(entry)
        return cls(context, instant, (*logged[2:5], *logged[8:11]))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBooking:
    """A booking to be made.

    Attributes:
        asker: Who has it booked; whoever the run is of, unless given.
        key: Names it within the plan.
        sides: What is booked, by component, window and payee.
        outcome: How it came about, JSON-ready.
        holders: Whom it is attributed to.
        id: Where it is known already.
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
    holders: Sequence[Holder] = ()
    id: str = ""
    asker: Asker | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows before something is booked.

    Attributes:
        payloads: Hash of what was sent, by key that was booked.
        latest: Last sale of each party, in the one order of events.
        tallies: Running totals.
        closed: Months.
    """

    payloads: Mapping[str, bytes]
    latest: Mapping[str, tuple[datetime, str]]
    tallies: Mapping[TallyKey, Tally]
    closed: frozenset[date]


# ── locks ────────────────────────────────────────────────────────────────────────────────────────────


async def hold(run: ActionRun, plan: str, *what: str) -> None:
    """Wait until nobody else books these keys and parties, and no run or close is under way; to the transaction's end.

    Args:
        run: Of the request.
        plan: Its name.
        what: `key …` and `party …`: all of a transaction at once, since they are taken in one order.
    """
    await run.connection.execute(sql.HOLD, f"{run.tenant_id} {plan}", [f"{run.tenant_id} {plan} {one}" for one in what])


async def hold_plan(run: ActionRun, plan: str) -> None:
    """Wait until nobody else books for the plan at all; to the transaction's end."""
    await run.connection.execute(sql.HOLD_PLAN, f"{run.tenant_id} {plan}")


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────


async def booked_row(run: ActionRun, plan: str, key: str) -> Any:
    """What was booked with a key; None when nothing was."""
    return await run.connection.fetchrow(sql.BY_KEYS, run.tenant_id, plan, [key])


async def known_of(run: ActionRun, plan: str, keys: Sequence[str], totals: Iterable[TallyKey]) -> Known:
    """What is known of keys that are to be booked, of the parties of these totals, and of closed months."""
    wanted = set(totals)
    parties = sorted({key.party for key in wanted})
    row = await run.connection.fetchrow(
        sql.KNOWN, run.tenant_id, plan, list(keys), parties, sorted({key.window for key in wanted})
    )
    return Known(
        {key: bytes.fromhex(payload) for key, payload in msgspec.json.decode(row["payloads"])},
        {party: (at, key) for party, at, key in zip(row["parties"], row["ats"], row["keys"], strict=True)},
        _tallies(msgspec.json.decode(row["tallies"]), wanted),
        frozenset(row["closed"]),
    )


async def tallies_of(run: ActionRun, plan: str, keys: Sequence[TallyKey]) -> dict[TallyKey, Tally]:
    """Running totals as they are."""
    wanted = set(keys)
    rows = await run.connection.fetch(
        sql.TALLIES, run.tenant_id, plan, sorted({key.party for key in wanted}), sorted({key.window for key in wanted})
    )
    return _tallies(map(tuple, rows), wanted)


def _tallies(rows: Iterable[Sequence[str]], wanted: Collection[TallyKey]) -> dict[TallyKey, Tally]:
    found = {TallyKey(component, party, window): state for component, party, window, state in rows}
    return {key: msgspec.json.decode(found[key], type=Tally) for key in wanted if key in found}


async def locked_periods(run: ActionRun, plan: str) -> set[date]:
    """The months of a plan that are closed."""
    return {row["period"] for row in await run.connection.fetch(closing_sql.LOCKED_PERIODS, run.tenant_id, plan)}


def kinds_of(definition: Definition) -> Mapping[str, str]:
    """Kinds of components by name."""
    return {one.name: one.declared.kind for one in definition.components}


def event_from(text: str) -> PriceEvent:
    """An event as it was booked."""
    return msgspec.json.decode(text, type=PriceEvent)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────

_COLUMNS = (
    "id", "key", "payload_hash", "kind", "reverses", "record_id", "party", "version", "currency",
    "effective_at", "period", "original_period", "event", "outcome", "note", "hash", "booked_at", "booked_by",
)  # fmt: skip

_LOGGED = "price_booking"
"""What entries of the audit log are about."""


async def store(
    run: ActionRun,
    bookings: Sequence[NewBooking],
    tallies: Mapping[TallyKey, Tally],
    closed: Collection[date],
    zone: ZoneInfo,
) -> list[str]:
    """Book all of these, into open months where theirs are closed, and save the totals that they leave: one statement.

    Args:
        run: Of the request.
        bookings: Of one plan.
        tallies: As they are afterwards.
        closed: Months.
        zone: The tenant's.

    Returns:
        The bookings' ids.
    """
    if not bookings:
        return []
    own = Asker.of(run.context, run.instant)
    bodies, entries, held = [], [], []
    for new in bookings:
        body = _body(new, new.asker or own, closed, zone)
        bodies.append(body)
        entries += [(body, entry) for entry in new.entries]
        held += [(body["id"], place, holder) for place, holder in enumerate(new.holders)]
    details = [{"hash": body["hash"].hex(), "plan": body["plan"], "key": body["key"]} for body in bodies]
    saved = sorted(tallies.items(), key=lambda item: (item[0].component, item[0].party, item[0].window))
    await run.connection.fetchval(
        sql.BOOK,
        run.tenant_id,
        bookings[0].plan,
        *([body[name] for body in bodies] for name in _COLUMNS),
        [body["id"] for body, _ in entries],
        [one.component for _, one in entries],
        [one.window for _, one in entries],
        [one.account for _, one in entries],
        [one.payee for _, one in entries],
        [one.amount for _, one in entries],
        [key.component for key, _ in saved],
        [key.party for key, _ in saved],
        [key.window for key, _ in saved],
        [msgspec.json.encode(tally).decode() for _, tally in saved],
        *_held(held),
        AuditKind.LEDGER_BOOKED.value,
        _LOGGED,
        *map(list, zip(*((new.asker or own).logged for new in bookings), strict=True)),
        [msgspec.json.encode(detail).decode() for detail in details],
    )
    return [body["id"] for body in bodies]


def _held(held: Sequence[tuple[str, int, Holder]]) -> tuple[list[Any], ...]:
    return (
        [booking_id for booking_id, _, _ in held],
        [one.attribution for _, _, one in held],
        [place for _, place, _ in held],
        [one.holder for _, _, one in held],
        [one.role for _, _, one in held],
        [str(one.percent) for _, _, one in held],
        [one.rule for _, _, one in held],
    )


async def hold_again(run: ActionRun, held: Mapping[str, Sequence[Holder]]) -> int:
    """Attribute bookings anew, where that differs: a revision of theirs. Gives how many."""
    rows = [(booking_id, place, one) for booking_id, holders in held.items() for place, one in enumerate(holders)]
    count: int = await run.connection.fetchval(sql.HOLD_AGAIN, run.tenant_id, *_held(rows), run.instant)
    return count


def open_month(closed: Collection[date], now: datetime, zone: ZoneInfo) -> date:
    """The month that is booked into where another one is closed: the first open one from now on."""
    period = date.fromisoformat(window_of("month", day_of(now, zone)))
    while period in closed:
        period = next_window("month", period)
    return period


def new_id() -> str:
    """A UUID of version 7: sorted by time of creation."""
    return str(uuid_utils.uuid7())


def _body(new: NewBooking, asker: Asker, closed: Collection[date], zone: ZoneInfo) -> dict[str, Any]:
    original = date.fromisoformat(window_of("month", day_of(new.effective_at, zone)))
    period = original
    if period in closed:
        period = open_month(closed, asker.instant, zone)
    body = {
        "id": new.id or new_id(),
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
        "booked_at": asker.instant,
        "booked_by": asker.context.actor.id or None,
    }
    return body | {"hash": booking_digest(body, new.entries)}
