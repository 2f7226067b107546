"""Journeys: who comes in and who is held out, who leaves for the goal or without it, and how many of each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, LiteralString

from metadata.expressions.text import parse
from metadata.flows.terms import seconds_of
from metadata.flows.values import Flow
from metadata.problems import ConflictError, NotFoundError
from server.access.plan import ADMINISTRATOR
from server.actions import ActionRun
from server.flows.answering import Standing
from server.flows.rights import require_configurer
from server.flows.storing import Held
from server.records.compiler import Compiler
from server.records.facts import Facts
from server.records.run_values import values_for

__all__ = ["barred", "figures", "hold_out", "left", "note_entries", "note_way_out", "share_of", "way_out"]

# _LOCK: in the order of the records, so that two batches do not wait for each other.
_LOCK: Final[LiteralString] = """
select pg_advisory_xact_lock(hashtextextended(record.key, 7291))
from (select $1 || record as key from unnest($2::text[]) as record order by 1) as record
"""
# _LAST: each record is looked up by itself: of entries that grow by thousands at once, statistics know too little.
_LAST: Final[LiteralString] = """
select distinct on (asked.id) asked.id::text as record, entry.held_out, entry.left_at
from unnest($4::uuid[]) as asked (id)
cross join lateral (
    select * from tangram.journey_entry where tenant_id = $1 and flow = $2 and record_id = asked.id offset 0
) as entry
where entry.object = $3
order by asked.id, entry.id desc
"""
_ENTER: Final[LiteralString] = """
insert into tangram.journey_entry (
    tenant_id, flow, object, record_id, instance_id, held_out, entered_at, left_at, outcome
)
select $1::uuid, $2::text, $3::text, given.record, given.instance, $4::boolean, $5::timestamptz, $6::timestamptz, ''
from unnest($7::uuid[], $8::uuid[]) with ordinality as given (record, instance, place)
order by given.place
"""
_NOTE: Final[LiteralString] = """
update tangram.journey_entry set outcome = $3 where tenant_id = $1 and instance_id = $2 and left_at is null
"""
_LEFT: Final[LiteralString] = """
update tangram.journey_entry set left_at = $3, outcome = case outcome when '' then $4 else outcome end
where tenant_id = $1 and instance_id = $2 and left_at is null
"""
_COUNTS: Final[LiteralString] = """
select
    count(*) filter (where not held_out) as entered,
    count(*) filter (where held_out) as held_out,
    count(*) filter (where not held_out and left_at is null) as running,
    count(*) filter (where outcome = 'goal') as reached,
    count(*) filter (where outcome = 'exit') as exited
from tangram.journey_entry
where tenant_id = $1 and flow = $2
"""


def share_of(name: str, record: str) -> float:
    """A number from 0 to 100 that is always the same for a name and a record, and spread evenly over records."""
    digest = hashlib.sha256(f"{name}:{record}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 * 100


async def barred(
    standing: Standing, facts: Facts, flow: Flow, table: str, records: Sequence[str]
) -> Mapping[str, ConflictError]:
    """Of some records those that have no business in a journey, each with why.

    They are held until the transaction ends, so that nobody else lets them in meanwhile. The reason is `journey_done`:
    a record was there and may not come in again, or yet; or it meets goal or exit.
    """
    journey = flow.journey
    if journey is None or not records:
        return {}
    refused = dict[str, ConflictError]()
    for record, row in (await _last(standing, flow, table, records)).items():
        if not journey.again:
            refused[record] = _done(flow, "has been in it")
        elif row["left_at"] is not None and standing.now < row["left_at"] + timedelta(
            seconds=seconds_of(journey.again)
        ):
            refused[record] = _done(flow, f"left it less than {journey.again} ago")
    for record, met in (await _met(standing, facts, flow, records)).items():
        if met and record not in refused:
            refused[record] = _done(flow, "meets its goal or its exit already")
    return refused


def _done(flow: Flow, why: str) -> ConflictError:
    return ConflictError.single(
        "journey_done", f"The record {why}, so it does not come into '{flow.name}'.",
        hint="`again` says how long after leaving it may.",
    )  # fmt: skip


async def hold_out(standing: Standing, flow: Flow, table: str, records: Sequence[str]) -> frozenset[str]:
    """Those of some records that do not go, so that they can be compared; each is noted once."""
    journey = flow.journey
    if journey is None or not journey.hold_out:
        return frozenset()
    held = [record for record in records if share_of(f"{flow.name} hold out", record) < journey.hold_out]
    if held:
        known = await _last(standing, flow, table, held)
        new = [record for record in held if record not in known]
        await standing.connection.execute(
            _ENTER, standing.context.model.tenant_id, flow.name, table, True, standing.now, standing.now, new,
            [None] * len(new),
        )  # fmt: skip
    return frozenset(held)


async def _last(standing: Standing, flow: Flow, table: str, records: Sequence[str]) -> Mapping[str, Any]:
    """The last entry of each of some records that had one; they are held until the transaction ends."""
    tenant_id, connection = standing.context.model.tenant_id, standing.connection
    await connection.execute(_LOCK, f"{tenant_id}:{flow.name}:", list(records))
    rows = await connection.fetch(_LAST, tenant_id, flow.name, table, list(records))
    return {row["record"]: row for row in rows}


async def note_entries(standing: Standing, entered: Sequence[Held]) -> None:
    """Records have come into one flow."""
    if entered and entered[0].definition.flow.journey is not None:
        await standing.connection.execute(
            _ENTER, standing.context.model.tenant_id, entered[0].flow, entered[0].table, False, standing.now, None,
            [held.state.record for held in entered], [held.state.id for held in entered],
        )  # fmt: skip


async def way_out(standing: Standing, facts: Facts, held: Held) -> str:
    """Why a record leaves now: `goal`, `exit`, or nothing where it stays."""
    record = held.state.record
    return (await _met(standing, facts, held.definition.flow, [record])).get(record, "")


async def note_way_out(standing: Standing, held: Held, outcome: str) -> None:
    """Keep why it leaves, before it does."""
    await standing.connection.execute(_NOTE, standing.context.model.tenant_id, held.state.id, outcome)


async def left(standing: Standing, instance: str, status: str) -> None:
    """A run has ended, whichever way."""
    await standing.connection.execute(_LEFT, standing.context.model.tenant_id, instance, standing.now, status[:12])


async def _met(standing: Standing, facts: Facts, flow: Flow, records: Sequence[str]) -> Mapping[str, str]:
    """What each of some records has met: `goal`, `exit`, or nothing."""
    journey = flow.journey
    if journey is None:
        return {}
    texts = [text for text in (journey.goal, journey.exit) if text]
    found = await facts.many(standing.connection, standing.context, flow.object, records, texts, instant=standing.now)
    met = dict[str, str]()
    for record in records:
        known = found.get(record)
        if known is None or (journey.exit and known[journey.exit] is True and known[journey.goal] is not True):
            met[record] = "exit"
        else:
            met[record] = "goal" if known[journey.goal] is True else ""
    return met


async def figures(run: ActionRun, flow: Flow) -> Mapping[str, Any]:
    """How many came in, arrived and left, and how many of those who were held out are where the others should be.

    Raises:
        NotFoundError: `unknown_flow`: it is no journey.
    """
    require_configurer(run)
    if flow.journey is None:
        raise NotFoundError.single("unknown_flow", f"The flow '{flow.name}' is no journey.", path=("flow",))
    row = await run.connection.fetchrow(_COUNTS, run.tenant_id, flow.name)
    compiler = Compiler(run.context.model, ADMINISTRATOR)
    scope = compiler.open(run.context.model.object(flow.object))
    conditions = compiler.conditions(scope, parse(flow.journey.goal))
    tenant = compiler.parameters.placeholder("tenant.id", "::uuid")
    name = compiler.parameters.placeholder("flow", "::text")
    conditions.append(
        "exists (select from tangram.journey_entry as entry where entry.held_out"
        f" and entry.tenant_id = {tenant} and entry.flow = {name} and entry.record_id = {scope.alias}.id)"
    )
    text = f"select count(*) {scope.from_clause} where {' and '.join(conditions)}"
    value_of = values_for(run.context, run.instant, {"flow": flow.name})
    arrived = await run.connection.fetchval(text, *map(value_of, compiler.parameters.names()))
    return {
        "entered": row["entered"], "running": row["running"], "reached": row["reached"], "exited": row["exited"],
        "finished": row["entered"] - row["running"] - row["reached"] - row["exited"], "heldOut": row["held_out"],
        "heldOutReached": arrived,
    }  # fmt: skip
