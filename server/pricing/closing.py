"""Closing a month: what keeps it open, what is made up at its end, and the lock."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from metadata.problems import BadInputError, NotFoundError
from server.actions import ActionRun
from server.database.connections import Connections
from server.pricing import again, closing_sql, sql, statement_sql, storing
from server.pricing.beside import FOR_MANY, MANY, in_parts, together
from server.pricing.definition import Component, Definition
from server.pricing.explaining import money
from server.pricing.ledger import Entry, Side, digest, entries_of, in_proportion
from server.pricing.rating import true_up
from server.pricing.setwise import Difference, differences_of, is_set_based
from server.pricing.storing import NewBooking, kinds_of
from server.pricing.values import PriceEvent, Tally
from server.pricing.windows import next_window, window_of

__all__ = [
    "Blocker",
    "balances_of",
    "booked_differences",
    "closed_at",
    "ending_windows",
    "make_up",
    "month_of",
    "unassigned",
]


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that keeps a month open.

    Attributes:
        reason: `unassigned`, `unsettled`, `differences`, `open_statements`; `waiting`, `failed` or `frozen`.
        about: What it is about: an attribution, a reason why records cannot be booked, a statement, a flow, a rule.
        count: How often.
        records: Some of the records.
    """

    reason: str
    about: str
    count: int
    records: tuple[str, ...] = ()


def month_of(value: Any) -> date:
    """A month, named by its first day.

    Raises:
        BadInputError: `not_a_month`.
    """
    period = date.fromisoformat(str(value))
    if period.day != 1:
        raise BadInputError.single(
            "not_a_month", f"{period} is no first day of a month.", path=("period",), hint="Name a month by its first."
        )
    return period


async def closed_at(run: ActionRun, plan: str, period: date | None, revision: int) -> Any:
    """When a revision of a month was closed: what was booked until then is what it came to.

    Raises:
        BadInputError: `missing`: a revision is of a month.
        NotFoundError: `unknown_revision`.
    """
    if period is None:
        raise BadInputError.single("missing", "A revision is of a month.", path=("period",), hint="Name the month.")
    rows = await run.connection.fetch(closing_sql.CLOSINGS, run.tenant_id, plan, period)
    found = next((row["locked_at"] for row in rows if row["revision"] == revision), None)
    if found is None:
        raise NotFoundError.single(
            "unknown_revision",
            f"{period} of price plan '{plan}' has no revision {revision}.",
            path=("revision",),
            hint="Ask periodClosings.",
        )
    return found


async def balances_of(
    run: ActionRun, plan: str, period: date | None, payee: str | None, until: datetime | None
) -> list[dict[str, Any]]:
    """What accounts come to: of a month or of all, of one payee or of all, by what was booked until an instant."""
    rows = await run.connection.fetch(sql.BALANCES, run.tenant_id, plan, period, payee, until)
    return [
        {
            "account": row["account"],
            "payee": row["payee"] or None,
            "component": row["component"],
            "currency": row["currency"],
            "amount": money(int(row["amount"]), row["currency"]),
            "entries": row["entries"],
        }
        for row in rows
    ]


async def unassigned(run: ActionRun, plan: str, period: date) -> list[Blocker]:
    """Sales of a month that belong to nobody yet."""
    rows = await run.connection.fetch(statement_sql.BLOCKERS, run.tenant_id, plan, period)
    return [Blocker("unassigned", row["attribution"], row["count"]) for row in rows]


async def booked_differences(
    run: ActionRun,
    definitions: Collection[Definition],
    party: str | None,
    zone: ZoneInfo,
    connections: Connections | None = None,
) -> list[Difference]:
    """Where the ledger of a plan is not what its sales come to: set-based where that can be.

    Args:
        run: Of the request.
        definitions: Every version of the plan.
        party: Narrows to one.
        zone: The tenant's.
        connections: Where another connection for half of the parties is from, where many are compared.
    """
    if not all(map(is_set_based, definitions)):
        return await again.folded_differences(run, next(iter(definitions)), party, zone)
    plan = next(iter(definitions)).plan.name
    if party is not None:
        return await differences_of(run.connection, run.tenant_id, definitions, zone, party)
    await run.connection.execute(FOR_MANY)
    count = await run.connection.fetchval(closing_sql.COUNT, run.tenant_id, plan, MANY)
    async with in_parts(connections, run, count=count) as parts:
        found = await together(
            *(differences_of(one.connection, run.tenant_id, definitions, zone, slots=slots) for one, slots in parts)
        )
    return sorted(itertools.chain(*found), key=lambda one: (one.component, one.party, one.window, one.payee))


def ending_windows(component: Component, period: date) -> Iterator[str]:
    """Windows of a component whose last day is in a month."""
    window = component.declared.window
    if window in ("contract", "rolling"):
        return
    after = next_window("month", period)
    first = window_of(window, period)
    while (following := next_window(window, date.fromisoformat(first))) <= after:
        yield first
        first = following.isoformat()


async def make_up(run: ActionRun, definition: Definition, period: date, zone: ZoneInfo, revision: int) -> int:
    """Book what windows that end with a month are short of their least amount, or of what was promised.

    It goes to the payees in proportion to what they have of the window, to the party where nobody has any. What was
    made up before, when the month was closed for the first time, is taken off. Gives how many bookings were made.
    """
    plan = definition.plan.name
    components = {one.name: one for one in definition.components if (one.min_period or one.commitment)}
    ends = datetime.combine(next_window("month", period), time(), zone) - timedelta(microseconds=1)
    found: list[NewBooking] = []
    for name, component in components.items():
        rows = await run.connection.fetch(
            statement_sql.UNDER_MINIMUM, run.tenant_id, plan, [name], [*ending_windows(component, period)]
        )
        before = await _made_up_before(run, plan, name, [row["party"] for row in rows])
        for row in rows:
            missing = true_up(component, Tally(booked=int(row["booked"])))
            weights = dict(zip(row["payees"], map(int, row["amounts"]), strict=True)) or {row["party"]: 1}
            wanted = Counter(in_proportion(missing, weights))
            wanted.subtract(before.get((row["party"], row["window"]), {}))
            if any(wanted.values()):
                found.append(_made_up(definition, component, row, wanted, ends, revision))
    known = await run.connection.fetch(sql.KEYS, run.tenant_id, plan, [one.key for one in found])
    booked = {row["key"] for row in known}
    new = [one for one in found if one.key not in booked]
    await storing.store(run, new, {}, frozenset(), zone)
    return len(new)


async def _made_up_before(
    run: ActionRun, plan: str, component: str, parties: Collection[str]
) -> Mapping[tuple[str, str], Counter[str]]:
    """What was made up of a component, by party and window: amounts by payee."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in await run.connection.fetch(closing_sql.MADE_UP, run.tenant_id, plan, [*parties]):
        outcome = msgspec.json.decode(row["outcome"])
        for name, _, payee, amount in outcome["sides"]:
            if name == component:
                found.setdefault((row["party"], outcome["window"]), Counter())[payee] += amount
    return found


def _made_up(
    definition: Definition,
    component: Component,
    row: Mapping[str, str],
    parts: Mapping[str, int],
    at: datetime,
    revision: int,
) -> NewBooking:
    again = f" revision {revision}" if revision > 1 else ""
    key = f"true_up {component.name} {row['window']} {row['party']}{again}"
    if len(key) > _MAX_KEY:
        key = f"true_up {digest({'key': key}).hex()}"
    sides = {Side(component.name, "true_up", payee): amount for payee, amount in parts.items()}
    entries: list[Entry] = entries_of(sides, kinds_of(definition))
    return NewBooking(
        plan=definition.plan.name,
        key=key,
        payload_hash=digest({"true_up": key}),
        kind="true_up",
        version=definition.number,
        currency=definition.currency,
        event=PriceEvent(key, party=row["party"]),
        effective_at=at,
        entries=entries,
        outcome={"window": row["window"], "sides": [[*side, amount] for side, amount in sorted(sides.items())]},
    )


_MAX_KEY = 200
