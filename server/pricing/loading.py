"""What is before a run: records of a span of time as sales, each by its version, without leaving PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from metadata.problems import TangramError
from server.actions import ActionRun
from server.pricing import run_sql, storing
from server.pricing.beside import ALL, FOR_MANY, LONG_S, SLOTS
from server.pricing.booking import Sale
from server.pricing.definition import Definition
from server.pricing.facts import asked_of, event_of
from server.pricing.publishing import Published
from server.pricing.record_sql import held_by, records_statement
from server.pricing.setwise import is_set_based
from server.pricing.storing import event_from
from server.records.facts import Facts
from server.records.run_values import values_for
from server.records.statements import Statement

__all__ = [
    "OWN_SLOTS",
    "Span",
    "Waiting",
    "count_records",
    "falling_parties",
    "is_for_runs",
    "keep_first",
    "load",
    "look",
    "refusals",
    "waiting_sales",
]

OWN_SLOTS = 3
"""How many of them are the request's, where another connection has the others: the request's books them all."""

_AT_ONCE = 5_000
_NAMELESS = -1


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

    count: int
    known: int
    other: int
    unsound: Sequence[str]
    nameless: int

    def __add__(self, other: Waiting) -> Waiting:
        return Waiting(
            self.count + other.count,
            self.known + other.known,
            self.other + other.other,
            [*self.unsound, *other.unsound],
            self.nameless + other.nameless,
        )


async def load(
    run: ActionRun, span: Span, closed: Sequence[date], *, only_new: bool = True, slots: range = ALL
) -> Waiting | None:
    """Have the sales of a span before the run; None where records are not read by SQL alone.

    Args:
        run: In a transaction.
        span: What it goes over.
        closed: Months that are closed.
        only_new: Leave out what is booked.
        slots: Of parties whose sales they are.
    """
    zone = ZoneInfo(run.context.model.settings.timezone)
    read = _read(run, span)
    if read is None:
        return None
    connection = run.connection
    await connection.execute(FOR_MANY)
    await connection.execute(run_sql.TABLES)
    base, opened = storing.new_id(), storing.open_month(closed, run.instant, zone)
    for place, (statement, values, number) in enumerate(read):
        more = {name: f"${len(values) + place}" for place, name in enumerate(_LOADED, start=1)}
        sql = run_sql.LOAD.format(records=statement.sql, **more)
        offset = (place * SLOTS + slots.start) << 32  # ids that were begun in the same millisecond stay apart
        named = (number, span.plan, list(closed), opened, str(zone), base, offset, SLOTS, slots.start, slots.stop)
        await connection.execute(sql, *values, *named, timeout=LONG_S)
    await connection.execute(run_sql.ANALYZE)
    unsound = [row["id"] for row in await connection.fetch(run_sql.UNSOUND)]
    nameless = await connection.fetchval(run_sql.NAMELESS)
    known = other = 0
    if only_new:
        booked = await connection.fetchrow(run_sql.KNOWN, run.tenant_id, span.plan, timeout=LONG_S)
        known, other = booked["known"], booked["other"]
    count = await connection.fetchval(run_sql.COUNT)
    return Waiting(count, known, other, unsound, nameless)


async def count_records(run: ActionRun, span: Span) -> int:
    """How many records a run would look at; 0 where they are not read by SQL alone."""
    count = 0
    for statement, values, _ in _read(run, span) or ():
        count += await run.connection.fetchval(run_sql.RECORDS.format(records=statement.sql), *values, timeout=LONG_S)
    return count


async def look(run: ActionRun, span: Span) -> Waiting | None:
    """What a run would have before it; none of it is kept. `known` and `other` are not told apart from it."""
    read = _read(run, span)
    if read is None:
        return None
    await run.connection.execute(FOR_MANY)
    found = Waiting(0, 0, 0, (), 0)
    for statement, values, number in read:
        more = {name: f"${len(values) + place}" for place, name in enumerate(("version", "tenant", "plan"), start=1)}
        sql = run_sql.UNBOOKED.format(records=statement.sql, **more)
        row = await run.connection.fetchrow(sql, *values, number, run.tenant_id, span.plan, timeout=LONG_S)
        found += Waiting(row["count"], 0, 0, row["unsound"], row["nameless"])
    return found


_LOADED = ("version", "plan", "closed", "open", "zone", "base", "offset", "slots", "first", "after")


def _read(run: ActionRun, span: Span) -> list[tuple[Statement, list[Any], int]] | None:
    """Statements that read the records of a span with their values, each with its version's number."""
    found = []
    for begins, ends, version in _in_force(span):
        definition = span.newest if version is None else version.definition
        statement = records_statement(run.context.model, span.newest, definition)
        if statement is None:
            return None
        named = {"run.from": begins.isoformat(), "run.to": ends.isoformat()}
        values = [*map(values_for(run.context, run.instant, named), statement.parameters)]
        found.append((statement, values, _NAMELESS if version is None else version.number))
    return found


def _in_force(span: Span) -> Iterator[tuple[datetime, datetime, Published | None]]:
    """The span in parts, each under one version: of those that have begun, the last published; None before any."""
    between = (one.valid_from for one in span.versions if span.begins < one.valid_from < span.ends)
    cuts = sorted({span.begins, span.ends, *between})
    found: list[tuple[datetime, datetime, Published | None]] = []
    for begins, ends in pairwise(cuts):
        version = next((one for one in span.versions if one.valid_from <= begins), None)
        if found and found[-1][2] is version:
            begins = found.pop()[0]
        found.append((begins, ends, version))
    yield from found


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
    await run.connection.execute(run_sql.KEEP_FIRST, count, timeout=LONG_S)


async def falling_parties(run: ActionRun, span: Span) -> list[str]:
    """Parties whose tiers stay after a refund: what rating anew comes to is not what is booked for them."""
    if all(one.declared.falling == "recompute" for one in span.newest.components):
        return []
    rows = await run.connection.fetch(run_sql.FALLING, run.tenant_id, span.plan)
    return [row["party"] for row in rows]


def is_for_runs(span: Span) -> bool:
    """Whether its versions can be rated set-based; limits that ask for an approval are told sale by sale."""
    return all(is_set_based(one.definition) and not one.definition.guards for one in span.versions)
