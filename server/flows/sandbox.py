"""A flow run on a clock of its own, in a transaction that is undone: which way it takes, who is asked, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString, Protocol

import msgspec

from metadata.flows.values import Flow
from metadata.problems import TangramError
from server.context import Context
from server.flows.answering import Standing
from server.flows.decisions import (
    Complete,
    Due,
    Event,
)
from server.flows.engine import FlowEngine
from server.flows.publishing import publish
from server.flows.rights import object_of
from server.flows.state import Phase, Status, Task, TaskKind, TaskStatus
from server.flows.storing import Held, load, lock

__all__ = ["Promises", "predict", "simulate"]

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
_CALL_OFF: Final[LiteralString] = """
update tangram.flow_instance set status = 'cancelled'
where tenant_id = $1 and flow = $2 and record_id = $3 and status in ('running', 'suspended')
"""
_CLOSED: Final[LiteralString] = """
select array_agg(number) from tangram.flow_task
where tenant_id = $1 and instance_id = $2 and status in ('done', 'cancelled')
"""
_ASKED: Final[LiteralString] = """
select node, kind, assignee, candidates, status, outcome, opened_at as "openedAt", due_at as "dueAt"
from tangram.flow_task
where tenant_id = $1 and instance_id = $2 and not number = any($3::int[])
order by number limit 2000
"""


class Promises(Protocol):
    """The clocks of promises, as a sandbox moves and reads them."""

    async def written(self, connection: Any, context: Context, object_name: str, record_id: str, at: datetime) -> None:
        """Move the clocks of a record by what it is at an instant."""

    async def foreseen(
        self, connection: Any, context: Context, object_name: str, record_id: str, now: datetime
    ) -> list[dict[str, Any]]:
        """The clocks of a record: when each is due, when it stopped, and whether that is too late."""


class _UndoneError(Exception):
    """Raised to undo everything, with what was found."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__()
        self.found = found


async def simulate(
    standing: Standing, engine: FlowEngine, promises: Promises, flow: Flow, record: str, outcomes: Mapping[str, Any]
) -> dict[str, Any]:
    """Run a flow to its end, and undo it.

    Every task is done at once, with the outcome named for its node or the first there is; timers fire when nothing
    else moves, and the clock jumps to them.

    Args:
        standing: In a transaction; nothing of what happens inside stays.
        engine: The engine.
        promises: What is promised about the record.
        flow: What is run; it need not be published.
        record: For which record.
        outcomes: Outcome by node.

    Returns:
        `status`, `path` (what happened, when, where), `tasks` (who is asked, until when), `promises` (when each is due,
        and whether it is kept), `messages` (what would have been sent).

    Raises:
        BadInputError: The flow has faults.
    """
    recorded: list[dict[str, Any]] = []
    try:
        async with standing.connection.transaction():
            sandbox = _Sandbox(engine, promises, outcomes)
            raise _UndoneError(await sandbox.run(replace(standing, recorded=recorded), flow, record))
    except _UndoneError as undone:
        return {**undone.found, "messages": recorded}


async def predict(
    standing: Standing, engine: FlowEngine, promises: Promises, instance_id: str, outcomes: Mapping[str, Any]
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
            closed = await connection.fetchval(_CLOSED, tenant_id, instance_id) or []
            sandbox = _Sandbox(engine, promises, outcomes)
            raise _UndoneError(await sandbox.followed(replace(standing, recorded=recorded), held, before, closed))
    except _UndoneError as undone:
        return {**undone.found, "messages": recorded}


@dataclass(frozen=True, slots=True)
class _Sandbox:
    """One run that is undone: the engine, what is promised, and how tasks end."""

    engine: FlowEngine
    promises: Promises
    outcomes: Mapping[str, Any]

    async def run(self, standing: Standing, flow: Flow, record: str) -> dict[str, Any]:
        """Publish a flow, start it for a record, and follow it."""
        context, connection = standing.context, standing.connection
        await publish(connection, context.model, flow, note="simulation", by=None, now=standing.now)
        await connection.execute(_CALL_OFF, context.model.tenant_id, flow.name, record)
        await self.promises.written(connection, context, flow.object, record, standing.now)
        held = await self.engine.start(standing, flow.name, record, initiator=context.actor.id)
        return await self.followed(standing, held)

    async def followed(
        self, standing: Standing, held: Held, before: int = 0, closed: Sequence[int] = ()
    ) -> dict[str, Any]:
        """What becomes of an instance when every task is done and every timer fires.

        Args:
            standing: In the transaction that is undone.
            held: The instance.
            before: The last line of its history that is no part of the answer.
            closed: Numbers of its tasks that are none.
        """
        context, connection = standing.context, standing.connection
        object_type = object_of(context.model, held.table)
        reason, record, tenant_id = "", held.state.record, context.model.tenant_id
        for _ in range(_MAX_MOVES):
            if object_type is not None:
                await self.promises.written(connection, context, object_type.name, record, standing.now)
            if held.state.status is not Status.RUNNING:
                break
            move = await _next(standing, held, self.outcomes)
            if move is None:
                reason = "Nothing is left that would move it."
                break
            event, now = move
            standing = replace(standing, now=now)
            try:
                held = await self.engine.act(standing, held.state.id, _always(event))
            except TangramError as error:
                reason = error.message
                break
        else:
            reason = f"It had not ended after {_MAX_MOVES} moves."
        tokens, promised = held.state.tokens.values(), []
        if object_type is not None:
            promised = await self.promises.foreseen(connection, context, object_type.name, record, standing.now)
        return {
            "status": held.state.status.value.upper(),
            "reason": reason or None,
            "endsAt": standing.now,
            "incidents": [token.failure for token in tokens if token.phase is Phase.FAILED],
            "path": [dict(row) for row in await connection.fetch(_PAST, tenant_id, held.state.id, before)],
            "tasks": [dict(row) for row in await connection.fetch(_ASKED, tenant_id, held.state.id, list(closed))],
            "promises": promised,
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
