"""Journeys: who comes in and who is held out, who leaves for the goal or without it, and how many of each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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

__all__ = ["admit", "figures", "hold_out", "left", "note_entry", "note_way_out", "share_of", "way_out"]

_LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7291))"
_LAST: Final[LiteralString] = """
select held_out, left_at from tangram.journey_entry
where tenant_id = $1 and flow = $2 and object = $3 and record_id = $4
order by id desc
limit 1
"""
_ENTER: Final[LiteralString] = """
insert into tangram.journey_entry (
    tenant_id, flow, object, record_id, instance_id, held_out, entered_at, left_at, outcome
)
values ($1, $2, $3, $4, $5, $6, $7, $8, '')
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


async def admit(standing: Standing, facts: Facts, flow: Flow, table: str, record: str) -> None:
    """Refuse a record that has no business in a journey.

    Raises:
        ConflictError: `journey_done`: it was there and may not come in again, or yet; or it meets goal or exit.
    """
    journey = flow.journey
    if journey is None:
        return
    tenant_id, connection = standing.context.model.tenant_id, standing.connection
    await connection.execute(_LOCK, f"{tenant_id}:{flow.name}:{record}")
    last = await connection.fetchrow(_LAST, tenant_id, flow.name, table, record)
    if last is not None:
        if not journey.again:
            raise _done(flow, "has been in it")
        if last["left_at"] is not None and standing.now < last["left_at"] + timedelta(
            seconds=seconds_of(journey.again)
        ):
            raise _done(flow, f"left it less than {journey.again} ago")
    if await _met(standing, facts, flow, record):
        raise _done(flow, "meets its goal or its exit already")


def _done(flow: Flow, why: str) -> ConflictError:
    return ConflictError.single(
        "journey_done", f"The record {why}, so it does not come into '{flow.name}'.",
        hint="`again` says how long after leaving it may.",
    )  # fmt: skip


async def hold_out(standing: Standing, flow: Flow, table: str, record: str) -> bool:
    """Whether a record is one of those that do not go, so that they can be compared; it is noted once."""
    journey = flow.journey
    if journey is None or not journey.hold_out or share_of(f"{flow.name} hold out", record) >= journey.hold_out:
        return False
    tenant_id, connection = standing.context.model.tenant_id, standing.connection
    await connection.execute(_LOCK, f"{tenant_id}:{flow.name}:{record}")
    if await connection.fetchrow(_LAST, tenant_id, flow.name, table, record) is None:
        await connection.execute(_ENTER, tenant_id, flow.name, table, record, None, True, standing.now, standing.now)
    return True


async def note_entry(standing: Standing, held: Held) -> None:
    """A record has come in."""
    if held.definition.flow.journey is not None:
        await standing.connection.execute(
            _ENTER, standing.context.model.tenant_id, held.flow, held.table, held.state.record, held.state.id, False,
            standing.now, None,
        )  # fmt: skip


async def way_out(standing: Standing, facts: Facts, held: Held) -> str:
    """Why a record leaves now: `goal`, `exit`, or nothing where it stays."""
    return await _met(standing, facts, held.definition.flow, held.state.record)


async def note_way_out(standing: Standing, held: Held, outcome: str) -> None:
    """Keep why it leaves, before it does."""
    await standing.connection.execute(_NOTE, standing.context.model.tenant_id, held.state.id, outcome)


async def left(standing: Standing, instance: str, status: str) -> None:
    """A run has ended, whichever way."""
    await standing.connection.execute(_LEFT, standing.context.model.tenant_id, instance, standing.now, status[:12])


async def _met(standing: Standing, facts: Facts, flow: Flow, record: str) -> str:
    journey = flow.journey
    if journey is None:
        return ""
    texts = [text for text in (journey.goal, journey.exit) if text]
    found = await facts.values(standing.connection, standing.context, flow.object, record, texts, instant=standing.now)
    if found is None:
        return "exit"
    if found[journey.goal] is True:
        return "goal"
    return "exit" if journey.exit and found[journey.exit] is True else ""


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
