"""A run: sales of a span of time booked at once, set-based, each once.

Records become events, events lines, and lines entries without leaving PostgreSQL. Each sale is a booking that holds its
facts, its lines and its hash; what they come to is posted together, so that an account that many sales go to has one
entry of a run, by party, component and window. Sales that came late change what others come to: that is rated again for
their parties, and posted with them.

A run of very many sales has parts: `beside` rates those of some parties on a connection of its own, and the transaction
books them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import asyncpg

from metadata.problems import BadInputError, ConflictError
from server.actions import ActionRun
from server.events.log import append_all
from server.pricing import post_sql, run_sql, source_sql, storing, tally_sql
from server.pricing.beside import LONG_S, moved, together
from server.pricing.definition import Definition
from server.pricing.ledger import digest
from server.pricing.loading import Span
from server.pricing.record_sql import targets_of
from server.pricing.setwise import parameters, statement_of
from server.pricing.storing import NewBooking
from server.pricing.telling import Reached, tier_told
from server.pricing.values import PriceEvent
from server.pricing.windows import day_of, window_of

__all__ = ["FEW", "post", "rate", "rolling_days", "share_sums"]

FEW = 200
"""Fewer sales than this are booked one by one, each with its explanation."""

_BATCH = 100_000
"""Sales that are rated at once; those of a party are always together."""


async def post(parts: Sequence[ActionRun], span: Span) -> int:
    """Book what is before the run; nobody else books for the plan meanwhile. Gives how many sales.

    Args:
        parts: In a transaction each: the first is the request's, which books what the others have rated.
        span: What it goes over.

    Raises:
        BadInputError: `amount_too_large`.
        ConflictError: `changed_meanwhile`.
    """
    try:
        return await _post(parts, span)
    except asyncpg.NumericValueOutOfRangeError as error:
        raise BadInputError.single(
            "amount_too_large",
            f"An amount of price plan '{span.plan}' is more than can be booked.",
            hint="Look at the records of the time, and at the rates.",
        ) from error
    except asyncpg.UniqueViolationError as error:
        raise ConflictError.single(
            "changed_meanwhile",
            f"A record of price plan '{span.plan}' went from one party to another while the run was reading.",
            hint="Nothing was booked. Run it again.",
        ) from error


@dataclass(frozen=True, slots=True)
class _Booking:
    """What all parts of a run share.

    Attributes:
        runs: Ids of bookings by month.
    """

    span: Span
    zone: ZoneInfo
    runs: Mapping[date, str]

    @property
    def definitions(self) -> list[Definition]:
        return [one.definition for one in self.span.versions]

    @property
    def made(self) -> tuple[Any, ...]:
        """Parameters of sales as they are booked."""
        return self.span.plan, str(self.zone), [*self.runs], [*self.runs.values()], self.span.newest.currency

    @property
    def rolling(self) -> tuple[list[str], list[int]]:
        days = rolling_days(self.definitions)
        return [*days], [*days.values()]

    def summed(self, sql: str) -> str:
        return sql.replace("{sums}", share_sums(self.definitions))


async def _post(parts: Sequence[ActionRun], span: Span) -> int:
    run, *others = parts
    connection, zone = run.connection, ZoneInfo(run.context.model.settings.timezone)
    periods = _periods([await each.connection.fetch(post_sql.PERIODS) for each in parts])
    if not periods:
        return 0
    book = _Booking(span, zone, {period: storing.new_id() for period in sorted(periods)})
    await connection.execute(post_sql.RECEIVING)
    await together(_book_own(run, book), *(_rated(other, book) for other in others))
    tiers = await connection.fetch(post_sql.TIERS)
    for other in others:
        tiers += await _receive(run, other, book)
    sales = {row["run_id"]: row for row in await connection.fetch(post_sql.HASHES, timeout=LONG_S)}
    _, _, months, ids, currency = book.made
    entered = await connection.fetch(
        book.summed(post_sql.ENTER), run.tenant_id, span.plan, months, ids, currency, timeout=LONG_S
    )
    entries = {row["run_id"]: row for row in entered}
    await connection.execute(tally_sql.SAVE_TALLIES, *book.rolling, run.tenant_id, span.plan, timeout=LONG_S)
    await connection.execute(tally_sql.SAVE_RECEIVED, run.tenant_id, span.plan)
    closed = await storing.locked_periods(run, span.plan)
    bookings = [
        _run_booking(span, periods[month], run_id, sales[run_id], entries.get(run_id))
        for month, run_id in book.runs.items()
    ]
    await storing.store(run, bookings, {}, closed, zone)
    await append_all(
        connection, [tier_told(run.context, span.newest, sale, record, Reached(*tier)) for sale, record, *tier in tiers]
    )
    return sum(row["sales"] for row in sales.values())


def _periods(found: Sequence[Sequence[Any]]) -> dict[date, datetime]:
    """The months of all parts, with their last instants."""
    periods: dict[date, datetime] = {}
    for row in (row for rows in found for row in rows):
        periods[row["period"]] = max(row["at"], periods.get(row["period"], row["at"]))
    return periods


async def _rated(run: ActionRun, book: _Booking) -> None:
    """Have the lines of a part, and what they change of others."""
    await _take_booked(run, book.span, book.zone)
    await rate(run, book.definitions, book.zone)
    await run.connection.execute(run_sql.ANALYZE_LINES)
    await run.connection.execute(post_sql.REST, run.tenant_id, book.span.plan, timeout=LONG_S)


async def _book_own(run: ActionRun, book: _Booking) -> None:
    """Rate and book the sales of the request's part."""
    await _rated(run, book)
    await run.connection.execute(
        post_sql.BOOK_SALES, *book.made, run.tenant_id, run.instant, run.user_id or None, timeout=LONG_S
    )
    await _hold(run, book.span, post_sql.OWN)


async def _receive(run: ActionRun, other: ActionRun, book: _Booking) -> list[Any]:
    """Book the sales of another part; gives the tiers that they reach."""
    source, target = other.connection, run.connection

    async def book_sales() -> None:
        who = run.tenant_id, run.instant, run.user_id or None
        await target.execute(post_sql.BOOK_RECEIVED, *who, book.span.plan, book.span.newest.currency, timeout=LONG_S)
        await _hold(run, book.span, post_sql.RECEIVED)
        await target.execute(post_sql.EMPTY_RECEIVED)

    await moved(source, post_sql.SEND_SALES, book.made, target, "received_sale", then=book_sales)
    await moved(source, book.summed(post_sql.SEND_SIDES), (), target, "received_side")
    await moved(source, tally_sql.SEND_TALLIES, book.rolling, target, "received_tally")
    tiers: list[Any] = await source.fetch(post_sql.TIERS)
    return tiers


async def _take_booked(run: ActionRun, span: Span, zone: ZoneInfo) -> None:
    """What the parties have booked since the first window of what is new began."""
    earliest = await run.connection.fetchval(run_sql.SPAN)
    if earliest is None:
        return
    components = [one for version in span.versions for one in version.definition.components]
    clock = span.newest.plan.clocks[0].name
    since = None
    if all(one.clock == clock and one.declared.window not in ("contract", "rolling") for one in components):
        day = day_of(earliest, zone)
        first = min(date.fromisoformat(window_of(one.declared.window, day)) for one in components)
        since = datetime.combine(first, time(), zone)
    sql = run_sql.TAKE_BOOKED.format(source=source_sql.BOOKED_BEFORE)
    await run.connection.execute(
        _renumbered(sql), run.tenant_id, span.plan, None, since, None, None, None, timeout=LONG_S
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
        await connection.execute(sql, *known, batch, batches, str(zone), timeout=LONG_S)
    await connection.execute("set local enable_nestloop = on")


async def _hold(run: ActionRun, span: Span, sales: LiteralString) -> None:
    """Say whom sales belong to: those of a table."""
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
            post_sql.HOLD.replace("{sales}", sales),
            run.tenant_id,
            *map(list, zip(*rows, strict=True)),
            version.number,
            timeout=LONG_S,
        )


def _run_booking(span: Span, at: datetime, run_id: str, sales: Any, entered: Any) -> NewBooking:
    """What stands in the ledger, and in the audit log, for all of a run's sales in a month."""
    key = f"run {run_id}"
    outcome = {
        "sales": {"count": sales["sales"], "digest": sales["digest"]},
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
        effective_at=at.astimezone(UTC),
        entries=(),
        outcome=outcome,
    )
