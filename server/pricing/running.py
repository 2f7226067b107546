"""A run: sales of a span of time booked at once, set-based, each once.

Records become events, events lines, and lines entries without leaving PostgreSQL. Each sale is a booking that holds its
facts, its lines and its hash; what they come to is posted together, so that an account that many sales go to has one
entry of a run, by party, component and window. Sales that came late change what others come to: that is rated again for
their parties, and posted with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from metadata.problems import BadInputError, TangramError
from server.actions import ActionRun
from server.events.log import EventDraft, append_all
from server.pricing import post_sql, run_sql, source_sql, storing, tally_sql
from server.pricing.booking import Sale
from server.pricing.definition import Definition
from server.pricing.facts import asked_of, event_of
from server.pricing.ledger import digest
from server.pricing.pricing import PAYOUTS, exceeded
from server.pricing.publishing import Published
from server.pricing.record_sql import held_by, records_statement, targets_of
from server.pricing.setwise import is_set_based, parameters, statement_of
from server.pricing.storing import NewBooking, event_from
from server.pricing.telling import Reached, limits_told, tier_told
from server.pricing.values import PriceEvent
from server.pricing.windows import day_of, window_of
from server.records.facts import Facts
from server.records.run_values import values_for

__all__ = [
    "FEW",
    "Span",
    "Waiting",
    "falling_parties",
    "is_for_runs",
    "keep_first",
    "load",
    "post",
    "rate",
    "refusals",
    "rolling_days",
    "share_sums",
    "waiting_sales",
]

FEW = 200
"""Fewer sales than this are booked one by one, each with its explanation."""

_AT_ONCE = 5_000
_BATCH = 100_000
"""Sales that are rated at once; those of a party are always together."""

_LONG_S = 3_600
_NAMELESS = -1
_MEMORY = "set local work_mem = '192MB'; set local hash_mem_multiplier = 2; set local jit = off"


@dataclass(frozen=True, slots=True)
class Span:
    """What a run goes over: records whose first clock lies in it, by the versions that are in force."""

    plan: str
    versions: Sequence[Published]
    begins: datetime
    ends: datetime

    @property
    def newest(self) -> Definition:
        """The newest version."""
        return self.versions[0].definition


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is before a run, in `settlement_sale`.

    Attributes:
        count: Sales that are not booked yet.
        known: How many are.
        other: How many are, with other facts.
        unsound: Records whose facts are not sound.
        nameless: How many happened before any version was in force.
    """

    nameless: int

    count: int
    known: int
    other: int
    unsound: Sequence[str]


async def load(run: ActionRun, span: Span, closed: Sequence[date], *, only_new: bool = True) -> Waiting | None:
    """Have the sales of a span before the run; None where records are not read by SQL alone.

    Args:
        run: In a transaction.
        span: What it goes over.
        closed: Months that are closed.
        only_new: Leave out what is booked.
    """
    zone = ZoneInfo(run.context.model.settings.timezone)
    statements = []
    for begins, ends, version in _in_force(span):
        definition = span.newest if version is None else version.definition
        statement = records_statement(run.context.model, span.newest, definition)
        if statement is None:
            return None
        statements.append((statement, begins, ends, _NAMELESS if version is None else version.number))
    connection = run.connection
    await connection.execute(f"set local statement_timeout = '{_LONG_S}s'; {_MEMORY}")
    await connection.execute(run_sql.TABLES)
    for statement, begins, ends, number in statements:
        named = {"run.from": begins.isoformat(), "run.to": ends.isoformat(), "run.base": storing.new_id()}
        value_of = values_for(run.context, run.instant, named)
        values = list(map(value_of, statement.parameters))
        more = {name: f"${len(values) + place}" for place, name in enumerate(_LOADED, start=1)}
        opened = storing.open_month(closed, run.instant, zone)
        sql = run_sql.LOAD.format(records=statement.sql, **more)
        await connection.execute(sql, *values, number, span.plan, list(closed), opened, str(zone), timeout=_LONG_S)
    await connection.execute(run_sql.ANALYZE)
    unsound = [row["id"] for row in await connection.fetch(run_sql.UNSOUND)]
    nameless = await connection.fetchval(run_sql.NAMELESS)
    known = other = 0
    if only_new:
        booked = await connection.fetchrow(run_sql.KNOWN, run.tenant_id, span.plan, timeout=_LONG_S)
        known, other = booked["known"], booked["other"]
    count = await connection.fetchval(run_sql.COUNT)
    return Waiting(nameless, count, known, other, unsound)


async def refusals(run: ActionRun, facts: Facts, span: Span, waiting: Waiting) -> Counter[str]:
    """Why records of a span cannot be booked, with how many."""
    found = Counter({"other_payload": waiting.other, "unknown_version": waiting.nameless})
    zone, definition = ZoneInfo(run.context.model.settings.timezone), span.newest
    asked = asked_of(definition, run.context.model)
    for place in range(0, len(waiting.unsound), _AT_ONCE):
        records = waiting.unsound[place : place + _AT_ONCE]
        values = await facts.many(
            run.connection, run.context, definition.plan.object, records, asked.expressions, instant=run.instant
        )
        for record in records:
            try:
                event_of(definition, asked, values.get(record, {}), record, zone)
                found["not_happened"] += 1
            except TangramError as error:
                found.update({fault.reason for fault in error.faults})
    return +found


_LOADED = ("version", "plan", "closed", "open", "zone")


def _in_force(span: Span) -> list[tuple[datetime, datetime, Published | None]]:
    """The span in parts, each under one version: of those that have begun, the last published; None before any."""
    between = (one.valid_from for one in span.versions if span.begins < one.valid_from < span.ends)
    cuts = sorted({span.begins, span.ends, *between})
    found: list[tuple[datetime, datetime, Published | None]] = []
    for begins, ends in pairwise(cuts):
        version = next((one for one in span.versions if one.valid_from <= begins), None)
        if found and found[-1][2] is version:
            begins = found.pop()[0]
        found.append((begins, ends, version))
    return found


async def waiting_sales(run: ActionRun, span: Span, parties: Sequence[str] | None = None) -> list[Sale]:
    """Sales that are before the run, to be booked one by one; those of some parties are taken out of it."""
    if parties is None:
        rows = await run.connection.fetch(run_sql.SALES)
    else:
        rows = await run.connection.fetch(run_sql.TAKE_OUT, list(parties))
    definitions = {one.number: one.definition for one in span.versions}
    return [
        Sale(
            definitions[row["version"]],
            event_from(row["event"]),
            row["record_id"],
            held_by(definitions[row["version"]].plan, row["held"], row["who"]),
        )
        for row in rows
    ]


async def keep_first(run: ActionRun, count: int) -> None:
    """Leave all but the first sales for another run."""
    await run.connection.execute(run_sql.KEEP_FIRST, count, timeout=_LONG_S)


async def falling_parties(run: ActionRun, span: Span) -> list[str]:
    """Parties whose tiers stay after a refund: what rating anew comes to is not what is booked for them."""
    if all(one.declared.falling == "recompute" for one in span.newest.components):
        return []
    rows = await run.connection.fetch(run_sql.FALLING, run.tenant_id, span.plan)
    return [row["party"] for row in rows]


def is_for_runs(span: Span) -> bool:
    """Whether its versions can be rated set-based; limits that ask for an approval are told sale by sale."""
    return all(is_set_based(one.definition) and not one.definition.guards for one in span.versions)


async def post(run: ActionRun, span: Span) -> int:
    """Book what is before the run; nobody else books for the plan meanwhile. Gives how many sales.

    Raises:
        BadInputError: `amount_too_large`.
    """
    try:
        return await _post(run, span)
    except asyncpg.NumericValueOutOfRangeError as error:
        raise BadInputError.single(
            "amount_too_large",
            f"An amount of price plan '{span.plan}' is more than can be booked.",
            hint="Look at the records of the time, and at the rates.",
        ) from error


async def _post(run: ActionRun, span: Span) -> int:
    connection, zone = run.connection, ZoneInfo(run.context.model.settings.timezone)
    periods = await connection.fetch(post_sql.PERIODS)
    if not periods:
        return 0
    definitions = [one.definition for one in span.versions]
    await _take_booked(run, span, zone)
    await rate(run, definitions, zone)
    await connection.execute(run_sql.ANALYZE_LINES)
    await connection.execute(post_sql.REST, run.tenant_id, span.plan, timeout=_LONG_S)
    runs = {row["period"]: storing.new_id() for row in periods}
    months, ids, currency = [*runs], [*runs.values()], span.newest.currency
    booked = await connection.fetch(
        post_sql.BOOK_SALES.replace("{hash}", post_sql.SALE_HASH),
        run.tenant_id, span.plan, run.instant, run.user_id or None, str(zone), months, ids, currency,
        timeout=_LONG_S,
    )  # fmt: skip
    sales = {row["run_id"]: row for row in booked}
    entered = await connection.fetch(
        post_sql.ENTER.replace("{hash}", post_sql.ENTRIES_HASH).replace("{sums}", share_sums(definitions)),
        run.tenant_id, span.plan, months, ids, currency,
        timeout=_LONG_S,
    )  # fmt: skip
    entries = {row["run_id"]: row for row in entered}
    rolling = rolling_days(definitions)
    await connection.execute(
        tally_sql.SAVE_TALLIES, run.tenant_id, span.plan, [*rolling], [*rolling.values()], timeout=_LONG_S
    )
    await _hold(run, span)
    closed = await storing.locked_periods(run, span.plan)
    await storing.store(
        run,
        [_run_booking(span, row, runs[row["period"]], sales, entries) for row in periods],
        {},
        closed,
        zone,
    )
    tiers = map(tuple, await connection.fetch(post_sql.TIERS))
    await append_all(
        connection, [tier_told(run.context, span.newest, sale, record, Reached(*tier)) for sale, record, *tier in tiers]
    )
    for definition in definitions:
        await append_all(connection, [draft async for draft in _limits(run, definition)])
    return sum(row["sales"] for row in booked)


async def _limits(run: ActionRun, definition: Definition) -> AsyncIterator[EventDraft]:
    """Limits that sales of a version pass."""
    guards, bases = definition.guards, definition.plan.bases
    if not guards:
        return
    rows = await run.connection.fetch(
        run_sql.FIGURES, bases[0].name if bases else "", list(PAYOUTS), definition.number, timeout=_LONG_S
    )
    for row in rows:
        figures = (row["revenue"], row["discount"], row["payout"], row["cost"])
        breaches = [f"{guard.limit}:{guard.breach}" for guard in guards if exceeded(guard, figures) > 0]
        for draft in limits_told(run.context, definition, row["id"], row["record_id"], breaches):
            yield draft


async def _take_booked(run: ActionRun, span: Span, zone: ZoneInfo) -> None:
    """What the parties have booked since the first window of what is new began."""
    components = [one for version in span.versions for one in version.definition.components]
    clock = span.newest.plan.clocks[0].name
    since = None
    if all(one.clock == clock and one.declared.window not in ("contract", "rolling") for one in components):
        day = day_of(await run.connection.fetchval(run_sql.SPAN), zone)
        first = min(date.fromisoformat(window_of(one.declared.window, day)) for one in components)
        since = datetime.combine(first, time(), zone)
    sql = run_sql.TAKE_BOOKED.format(source=source_sql.BOOKED_BEFORE)
    await run.connection.execute(
        _renumbered(sql), run.tenant_id, span.plan, None, since, None, None, None, timeout=_LONG_S
    )


def _renumbered(sql: str) -> str:
    """The source without the four parameters that a plan's statement has before it."""
    for number in range(5, 12):
        sql = sql.replace(f"${number}", f"${number - 4}")
    return sql


def rolling_days(definitions: Sequence[Definition]) -> dict[str, int]:
    """Lengths of rolling windows by component, the newest version's first."""
    found = {one.name: one.declared.days for each in reversed(definitions) for one in each.components}
    return {name: days for name, days in found.items() if days is not None}


def share_sums(definitions: Sequence[Definition]) -> str:
    """SQL that sums shares of lines by their places."""
    most = max([1, *(len(one.shares) for each in definitions for one in each.components)])
    return ", ".join(f"sum(shares[{place}])" for place in range(1, most + 1))


async def rate(run: ActionRun, definitions: Sequence[Definition], zone: ZoneInfo) -> None:
    """Rate what is before the run, some parties at a time."""
    connection = run.connection
    sql = run_sql.INTO_LINES + statement_of(definitions, run_sql.FROM_SALES, run_sql.LINES, "$7")
    known = parameters(definitions)
    batches = 1 + await connection.fetchval(run_sql.COUNT) // _BATCH
    await connection.execute("set local enable_nestloop = off")
    for batch in range(batches):
        await connection.execute(sql, *known, batch, batches, str(zone), timeout=_LONG_S)
    await connection.execute("set local enable_nestloop = on")


async def _hold(run: ActionRun, span: Span) -> None:
    for version in span.versions:
        plan = version.definition.plan
        if not plan.attributions:
            continue
        rows = [
            (number, place, one.attribution, target, index, one.role, str(one.percent), one.rule)
            for index, (number, place, target, one) in enumerate(targets_of(plan), start=1)
        ]
        rows += [(number, 0, one.name, 0, 0, "", "100", "") for number, one in enumerate(plan.attributions, start=1)]
        await run.connection.execute(
            post_sql.HOLD, run.tenant_id, *map(list, zip(*rows, strict=True)), version.number, timeout=_LONG_S
        )


def _run_booking(
    span: Span, period: Any, run_id: str, sales: Mapping[str, Any], entries: Mapping[str, Any]
) -> NewBooking:
    """What stands in the ledger, and in the audit log, for all of a run's sales in a month."""
    key, entered = f"run {run_id}", entries.get(run_id)
    outcome = {
        "sales": {"count": period["sales"], "digest": sales[run_id]["digest"]},
        "entries": {"count": entered["entries"], "digest": entered["digest"]}
        if entered
        else {"count": 0, "digest": ""},
    }
    return NewBooking(
        id=run_id,
        plan=span.plan,
        key=key,
        payload_hash=digest({"run": run_id, **outcome}),
        kind="run",
        version=span.newest.number,
        currency=span.newest.currency,
        event=PriceEvent(key),
        effective_at=period["at"].astimezone(UTC),
        entries=(),
        outcome=outcome,
    )
