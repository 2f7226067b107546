"""One transition in one transaction: lock, decide, answer what the decision asks, decide again, store.

Whoever calls gives the transaction; nothing is visible outside before it commits, and a process that is killed in the
middle leaves the instance as it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog
import uuid_utils

from metadata.flows.values import FlowNode
from metadata.problems import ConflictError, NotFoundError, TangramError, UnavailableError
from server.flows import sql
from server.flows.answering import Answering, Standing
from server.flows.deciding import decide
from server.flows.decisions import (
    Ask,
    Begin,
    Effect,
    Event,
    Failed,
)
from server.flows.definition import unpacked
from server.flows.state import Instance, Status, TaskStatus, Token
from server.flows.storing import Held, load, lock, lock_by_task, save
from server.records.facts import Facts
from server.records.problems import StaleModelError, refusal_of
from server.records.writing.saving import RecordWriter

__all__ = ["MAX_NESTING", "FlowEngine"]

MAX_NESTING = 10
"""Flows that may wait inside each other."""

_log = structlog.get_logger("tangram.flows")

EventFor = Callable[[Instance], Event]
"""Makes the event of a transition from the state that it finds."""


@dataclass(eq=False)
class FlowEngine:
    """Moves instances; holds nothing of them."""

    writer: RecordWriter
    facts: Facts = field(default_factory=Facts)

    def __post_init__(self) -> None:
        self._answering = Answering(self.writer, self.facts)

    async def start(
        self,
        standing: Standing,
        flow: str,
        record_id: str,
        *,
        initiator: str = "",
        variables: Mapping[str, Any] | None = None,
        parent: Held | None = None,
        token: Token | None = None,
        nesting: int = 0,
    ) -> Held:
        """Start the current version of a flow for a record.

        Args:
            standing: The transaction, who acts, and when.
            flow: Its name.
            record_id: The record, which the caller may see.
            initiator: Account that starts it; empty for the server.
            variables: What it knows from the beginning.
            parent: Instance that started it.
            token: Token of it that waits.
            nesting: How many flows wait around it.

        Raises:
            NotFoundError: `unknown_flow`: there is no published version of that name.
            ConflictError: `flow_running`: the flow may run once at a time for a record.
        """
        if nesting > MAX_NESTING:
            raise ConflictError.single("flow_cycle", f"More than {MAX_NESTING} flows wait inside each other.")
        tenant_id = standing.context.model.tenant_id
        row = await standing.connection.fetchrow(sql.CURRENT_VERSION, tenant_id, flow)
        if row is None:
            raise NotFoundError.single(
                "unknown_flow", f"There is no published flow '{flow}'.", path=("flow",), hint="Publish it first."
            )
        definition = unpacked(row["definition"])
        table = standing.context.model.object(definition.flow.object).table
        if definition.steps[definition.start].settings.once:
            await self._refuse_second(standing, flow, table, record_id)
        state = Instance(str(uuid_utils.uuid7()), Status.RUNNING, initiator, record_id, variables=dict(variables or {}))
        above = None
        if parent is not None:
            above = (parent.state.id, token.id if token else 0, token.visit if token else 0)
        held = Held(state, definition, flow, row["number"], table, standing.now, above)
        return await self._run(standing, held, Begin(), nesting)

    async def act(
        self, standing: Standing, instance_id: str, event: EventFor, *, expected_version: int | None = None
    ) -> Held:
        """One transition of an instance.

        Raises:
            NotFoundError: `unknown_instance`.
            ConflictError: `version_conflict`, or what the decision says.
        """
        await lock(standing.connection, standing.context.model.tenant_id, instance_id)
        return await self._act(standing, instance_id, event, expected_version)

    async def act_on_task(
        self,
        standing: Standing,
        task_id: str,
        event: Callable[[Instance, int], Event],
        *,
        expected_version: int | None = None,
    ) -> Held:
        """One transition of the instance of a task; `event` is made from the state and the task's number."""
        tenant_id = standing.context.model.tenant_id
        instance_id, number = await lock_by_task(standing.connection, tenant_id, task_id)
        return await self._act(standing, instance_id, lambda state: event(state, number), expected_version)

    async def peek(self, standing: Standing, task_id: str, actor: str) -> tuple[Held, FlowNode]:
        """An instance, locked, and the node of one of its tasks, which is open and the actor's to do.

        Raises:
            NotFoundError: `unknown_task`, also where it is none of the actor's.
            ConflictError: `task_closed`.
        """
        tenant_id = standing.context.model.tenant_id
        instance_id, number = await lock_by_task(standing.connection, tenant_id, task_id)
        held = await load(standing.connection, tenant_id, instance_id)
        task = held.state.tasks.get(number)
        if task is None or task.status is not TaskStatus.OPEN:
            raise ConflictError.single(
                "task_closed", "The task is closed: somebody was first, or it was called off.", hint="Read it again."
            )
        if not task.may_be_done_by(actor):
            raise NotFoundError.single("unknown_task", "There is no such task of yours.", path=("task",))
        return held, held.definition.steps[task.node].node

    async def _act(self, standing: Standing, instance_id: str, event: EventFor, expected: int | None) -> Held:
        held = await load(standing.connection, standing.context.model.tenant_id, instance_id)
        if expected is not None and expected != held.state.version:
            raise ConflictError.single(
                "version_conflict",
                f"The instance is at version {held.state.version}, the request expects {expected}.",
                path=("expectedVersion",),
                hint="Read it again, and decide anew.",
                version=held.state.version,
            )
        return await self._run(standing, held, event(held.state), 0)

    async def _run(self, standing: Standing, held: Held, event: Event, nesting: int) -> Held:
        """Decide until nothing is asked any more, then store."""
        definition, now = held.definition, standing.now
        state, effects = decide(definition, held.state, event, now)
        done: list[Effect] = []
        pending = deque(effects)
        while pending:
            effect = pending.popleft()
            if not isinstance(effect, Ask):
                done.append(effect)
                continue
            if effect.token not in state.tokens or state.tokens[effect.token].node != effect.node:
                continue  # it was called off before it was asked
            answer = await self._answered(standing, held, state, effect, nesting)
            state, more = decide(definition, state, answer, now)
            pending.extend(more)
        return await save(standing.connection, standing.context, held, state, done, now)

    async def _answered(self, standing: Standing, held: Held, state: Instance, ask: Ask, nesting: int) -> Event:
        """The answer to a question; a failure is an answer as well, and leaves nothing half done behind."""

        async def child(inner: Standing, flow: str, record: str, parent: Held, token: Token | None) -> str:
            started = await self.start(
                inner, flow, record, initiator=state.initiator, parent=parent, token=token, nesting=nesting + 1
            )
            return started.state.id

        try:
            async with standing.connection.transaction():
                return await self._answering.answer(standing, held, state, ask, child)
        except (StaleModelError, UnavailableError):
            raise
        except TangramError as error:
            return Failed(ask.token, error.message)
        except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.DeadlockDetectedError):
            raise
        except asyncpg.PostgresError as error:
            refusal = refusal_of(error, standing.context.model)
            if isinstance(refusal, StaleModelError):
                raise refusal from error
            if refusal is None:
                _log.error("a node failed", flow=held.flow, node=ask.node, exc_info=error)
            return Failed(ask.token, refusal.message if isinstance(refusal, TangramError) else "The database refused.")

    async def _refuse_second(self, standing: Standing, flow: str, table: str, record_id: str) -> None:
        tenant_id = standing.context.model.tenant_id
        connection = standing.connection
        await connection.execute(
            "select pg_advisory_xact_lock(hashtextextended($1, 7284))", f"{tenant_id}:{flow}:{record_id}"
        )
        running = await connection.fetchval(sql.RUNNING_FOR_RECORD, tenant_id, flow, table, record_id)
        if running is not None:
            raise ConflictError.single(
                "flow_running",
                f"The flow '{flow}' is running for this record already.",
                hint="Wait until it has ended, or withdraw it.",
                instance=running,
            )
