"""A flow run on a clock of its own, in a transaction that is undone: which way it takes, who is asked, when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

import msgspec

from metadata.flows.values import Flow
from metadata.problems import TangramError
from server.flows.answering import Standing
from server.flows.decisions import (
    Complete,
    Due,
    Event,
)
from server.flows.engine import FlowEngine
from server.flows.publishing import publish
from server.flows.state import Phase, Status, Task, TaskKind, TaskStatus
from server.flows.storing import Held, load, lock

__all__ = ["predict", "simulate"]

_MAX_MOVES = 200
_TIMERS: Final[LiteralString] = """
select key, due_at, payload from tangram.timer
where tenant_id = $1 and kind = 'flows.due' and stream = 'flow:' || $2::text and fired_at is null
order by due_at, id limit 1
"""
_FIRED: Final[LiteralString] = "delete from tangram.timer where tenant_id = $1 and kind = 'flows.due' and key = $2"
_PAST: Final[LiteralString] = """
select at, act, node, "to", outcome, comment from tangram.flow_history
where tenant_id = $1 and instance_id = $2 and id > $3 order by id limit 2000
"""
_LINES: Final[LiteralString] = """
select coalesce(max(id), 0) from tangram.flow_history where tenant_id = $1 and instance_id = $2
"""


class _UndoneError(Exception):
    """Raised to undo everything, with what was found."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__()
        self.found = found


async def simulate(
    standing: Standing, engine: FlowEngine, flow: Flow, record: str, outcomes: Mapping[str, Any]
) -> dict[str, Any]:
    """Run a flow to its end, and undo it.

    Every task is done at once, with the outcome named for its node or the first there is; timers fire when nothing
    else moves, and the clock jumps to them.

    Args:
        standing: In a transaction; nothing of what happens inside stays.
        engine: The engine.
        flow: What is run; it need not be published.
        record: For which record.
        outcomes: Outcome by node.

    Returns:
        `status`, `path` (what happened, when, where), `messages` (what would have been sent).

    Raises:
        BadInputError: The flow has faults.
    """
    recorded: list[dict[str, Any]] = []
    try:
        async with standing.connection.transaction():
            raise _UndoneError(await _run(replace(standing, recorded=recorded), engine, flow, record, outcomes))
    except _UndoneError as undone:
        return {**undone.found, "messages": recorded}


async def _run(
    standing: Standing, engine: FlowEngine, flow: Flow, record: str, outcomes: Mapping[str, Any]
) -> dict[str, Any]:
    context, connection = standing.context, standing.connection
    await publish(connection, context.model, flow, note="simulation", by=None, now=standing.now)
    await connection.execute(
        "update tangram.flow_instance set status = 'cancelled' where tenant_id = $1 and flow = $2 and record_id = $3"
        " and status in ('running', 'suspended')",
        context.model.tenant_id,
        flow.name,
        record,
    )
    held = await engine.start(standing, flow.name, record, initiator=context.actor.id)
    return await _followed(standing, engine, held, outcomes)


async def predict(
    standing: Standing, engine: FlowEngine, instance_id: str, outcomes: Mapping[str, Any]
) -> dict[str, Any]:
    """Run an instance on from where it is, as `simulate` does, and undo it; its path begins here.

    Raises:
        NotFoundError: `unknown_instance`.
    """
    recorded: list[dict[str, Any]] = []
    connection, tenant_id = standing.connection, standing.context.model.tenant_id
    await lock(connection, tenant_id, instance_id)
    held = await load(connection, tenant_id, instance_id)
    try:
        async with connection.transaction():
            before = await connection.fetchval(_LINES, tenant_id, instance_id)
            found = await _followed(replace(standing, recorded=recorded), engine, held, outcomes, before)
            raise _UndoneError(found)
    except _UndoneError as undone:
        return {**undone.found, "messages": recorded}


async def _followed(
    standing: Standing, engine: FlowEngine, held: Held, outcomes: Mapping[str, Any], before: int = 0
) -> dict[str, Any]:
    """What becomes of an instance when every task is done and every timer fires."""
    context, connection = standing.context, standing.connection
    reason = ""
    for _ in range(_MAX_MOVES):
        if held.state.status is not Status.RUNNING:
            break
        move = await _next(standing, held, outcomes)
        if move is None:
            reason = "Nothing is left that would move it."
            break
        event, now = move
        standing = replace(standing, now=now)
        try:
            held = await engine.act(standing, held.state.id, _always(event))
        except TangramError as error:
            reason = error.message
            break
    else:
        reason = f"It had not ended after {_MAX_MOVES} moves."
    return {
        "status": held.state.status.value.upper(),
        "reason": reason or None,
        "endsAt": standing.now,
        "incidents": [token.failure for token in held.state.tokens.values() if token.phase is Phase.FAILED],
        "path": [dict(row) for row in await connection.fetch(_PAST, context.model.tenant_id, held.state.id, before)],
    }


def _always(event: Event) -> Any:
    return lambda _state: event


async def _next(standing: Standing, held: Held, outcomes: Mapping[str, Any]) -> tuple[Event, datetime] | None:
    """What happens next, and when: the first task is done a minute after it opened, else the next timer fires."""
    task = next((one for _, one in sorted(held.state.tasks.items()) if one.status is TaskStatus.OPEN), None)
    if task is not None and task.kind is TaskKind.CC:
        others = [one for _, one in sorted(held.state.tasks.items()) if one.status is TaskStatus.OPEN]
        task = next((one for one in others if one.kind is not TaskKind.CC), None)
    if task is not None:
        outcome = str(outcomes.get(task.node) or _first_outcome(task, held))
        return Complete(task.id, "", outcome), standing.now + timedelta(minutes=1)
    row = await standing.connection.fetchrow(_TIMERS, standing.context.model.tenant_id, held.state.id)
    if row is None:
        return None
    payload = msgspec.json.decode(row["payload"])
    await standing.connection.execute(_FIRED, standing.context.model.tenant_id, row["key"])
    due = Due(payload["token"], payload["visit"], payload["timer"], payload["count"])
    return due, max(standing.now, row["due_at"])


def _first_outcome(task: Task, held: Held) -> str:
    if task.kind is TaskKind.RESUBMIT:
        return "resubmitted"
    step = held.definition.steps[task.node]
    return step.kind.outcomes(step.settings)[0]
