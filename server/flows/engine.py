"""One transition in one transaction: lock, decide, answer what the decision asks, decide again, store.

Whoever calls gives the transaction; nothing is visible outside before it commits, and a process that is killed in the
middle leaves the instance as it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
import structlog
import uuid_utils

from metadata.problems import ConflictError, NotFoundError, TangramError, UnavailableError
from server.automation import Performer
from server.flows import sql
from server.flows.answering import Answering, Standing, is_risky
from server.flows.deciding import decide
from server.flows.decisions import (
    Answer,
    Ask,
    Begin,
    Effect,
    Event,
    Failed,
    Note,
)
from server.flows.definition import Definition, unpacked
from server.flows.journeys import admit, note_entry
from server.flows.migration import Obstacle, migrated, obstacles
from server.flows.state import Instance, Phase, Status, Token
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


class _FailedError(Exception):
    """What was asked could not be found or done."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(eq=False)
class FlowEngine:
    """Moves instances; holds nothing of them."""

    writer: RecordWriter
    performers: Mapping[str, Performer]
    facts: Facts = field(default_factory=Facts)

    def __post_init__(self) -> None:
        self._answering = Answering(self.writer, self.facts, self.performers)

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
            ConflictError: `flow_running`: it may run once at a time for a record; `flow_suspended`; `journey_done`.
        """
        if nesting > MAX_NESTING:
            raise ConflictError.single("flow_cycle", f"More than {MAX_NESTING} flows wait inside each other.")
        tenant_id = standing.context.model.tenant_id
        row = await standing.connection.fetchrow(sql.CURRENT_VERSION, tenant_id, flow)
        if row is None:
            raise NotFoundError.single(
                "unknown_flow", f"There is no published flow '{flow}'.", path=("flow",), hint="Publish it first."
            )
        if row["suspended"] and parent is None:
            raise ConflictError.single(
                "flow_suspended", f"The flow '{flow}' is suspended: nothing starts.", hint="Resume it first."
            )
        definition = unpacked(row["definition"])
        table = standing.context.model.object(definition.flow.object).table
        if definition.steps[definition.start].settings.once:
            await self._refuse_second(standing, flow, table, record_id)
        await admit(standing, self.facts, definition.flow, table, record_id)
        state = Instance(str(uuid_utils.uuid7()), Status.RUNNING, initiator, record_id, variables=dict(variables or {}))
        above = None
        if parent is not None:
            above = (parent.state.id, token.id if token else 0, token.visit if token else 0)
        held = Held(state, definition, flow, row["number"], table, standing.now, above)
        await note_entry(standing, held)
        return await self._run(standing, held, decide(definition, state, Begin(), standing.now), nesting)

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
        held, number = await self.hold(standing, task_id, expected_version=expected_version)
        return await self.move(standing, held, event(held.state, number))

    async def hold(self, standing: Standing, task_id: str, *, expected_version: int | None = None) -> tuple[Held, int]:
        """The instance of a task, locked until the transaction ends, and the task's number in it.

        Raises:
            NotFoundError: `unknown_task`.
            ConflictError: `version_conflict`.
        """
        tenant_id = standing.context.model.tenant_id
        instance_id, number = await lock_by_task(standing.connection, tenant_id, task_id)
        return await self._held(standing, instance_id, expected_version), number

    async def move(self, standing: Standing, held: Held, event: Event) -> Held:
        """One transition of an instance that is held."""
        return await self._run(standing, held, decide(held.definition, held.state, event, standing.now), 0)

    async def migrate(
        self, standing: Standing, instance_id: str, number: int, definition: Definition, mapping: Mapping[str, str]
    ) -> tuple[Held, list[Obstacle]]:
        """Move an instance to another version; where something keeps it, it stays as it is.

        Args:
            standing: The transaction, who acts, and when.
            instance_id: The instance; it is locked.
            number: Of the version.
            definition: The version.
            mapping: New node by old node, where the name differs.

        Returns:
            The instance as it is now, and what keeps it.
        """
        await lock(standing.connection, standing.context.model.tenant_id, instance_id)
        held = await self._held(standing, instance_id, None)
        if held.state.status.is_over:
            return held, [Obstacle("", "instance_over", "The flow has ended.")]
        found = obstacles(held.definition, definition, held.state, mapping)
        if found:
            return held, found
        state, actor = migrated(definition, held.state, mapping), standing.context.actor.id
        effects: list[Effect] = [Note("migrated", actor=actor, outcome=str(held.number), to=str(number))]
        for token in held.state.tokens.values():
            known = {timer.name for timer in held.definition.steps[token.node].node.timers}
            here = state.tokens[token.id]
            added = [one.name for one in definition.steps[here.node].node.timers if one.name not in known]
            if here.phase is Phase.WAITING:
                effects += [Ask(token.id, here.node, "timer", name) for name in added]
        moved = replace(held, definition=definition, number=number)
        return await self._run(standing, moved, (state, tuple(effects)), 0), []

    async def _act(self, standing: Standing, instance_id: str, event: EventFor, expected: int | None) -> Held:
        held = await self._held(standing, instance_id, expected)
        return await self.move(standing, held, event(held.state))

    async def _held(self, standing: Standing, instance_id: str, expected: int | None) -> Held:
        held = await load(standing.connection, standing.context.model.tenant_id, instance_id)
        if expected is not None and expected != held.state.version:
            raise ConflictError.single(
                "version_conflict",
                f"The instance is at version {held.state.version}, the request expects {expected}.",
                path=("expectedVersion",),
                hint="Read it again, and decide anew.",
                version=held.state.version,
            )
        return held

    async def _run(
        self, standing: Standing, held: Held, decided: tuple[Instance, Sequence[Effect]], nesting: int
    ) -> Held:
        """Decide until nothing is asked any more, then store.

        What is asked is answered under one savepoint, since hardly anything ever fails. Where something does,
        everything is undone and done again with a savepoint around each answer, so that the one that fails becomes
        an incident and those before it stay.
        """
        recorded = len(standing.recorded or ())
        try:
            state, done = await self._answers(standing, held, decided, nesting, careful=False)
        except _FailedError:
            await standing.connection.execute(f"rollback to savepoint flow_{nesting}")
            if standing.recorded is not None:
                del standing.recorded[recorded:]
            state, done = await self._answers(standing, held, decided, nesting, careful=True)
        return await save(standing.connection, standing.context, held, state, done, standing.now)

    async def _answers(
        self,
        standing: Standing,
        held: Held,
        decided: tuple[Instance, Sequence[Effect]],
        nesting: int,
        *,
        careful: bool,
    ) -> tuple[Instance, list[Effect]]:
        """What was decided, with everything answered that it asks: the state, and what is to be done besides."""
        definition, now = held.definition, standing.now
        state, effects = decided
        done: list[Effect] = []
        pending = deque(effects)
        is_guarded = False
        while pending:
            effect = pending.popleft()
            if not isinstance(effect, Ask):
                done.append(effect)
                continue
            if effect.token not in state.tokens or state.tokens[effect.token].node != effect.node:
                continue  # it was called off before it was asked
            if careful or (not is_guarded and is_risky(effect, definition.steps[effect.node])):
                await standing.connection.execute(f"savepoint flow_{nesting}")
                is_guarded = True
            try:
                answer: Event = await self._answered(standing, held, state, effect, nesting)
            except _FailedError as failure:
                if is_guarded and not careful:
                    raise
                if careful:
                    await standing.connection.execute(f"rollback to savepoint flow_{nesting}")
                answer = Failed(effect.token, failure.reason)
            if careful:
                await standing.connection.execute(f"release savepoint flow_{nesting}")
            state, more = decide(definition, state, answer, now)
            pending.extend(more)
        return state, done

    async def _answered(self, standing: Standing, held: Held, state: Instance, ask: Ask, nesting: int) -> Answer:
        """The answer to a question.

        Raises:
            _FailedError: It cannot be found or done: an incident.
        """

        async def child(inner: Standing, flow: str, record: str, parent: Held, token: Token | None) -> str:
            started = await self.start(
                inner, flow, record, initiator=state.initiator, parent=parent, token=token, nesting=nesting + 1
            )
            return started.state.id

        try:
            return await self._answering.answer(standing, held, state, ask, child)
        except (StaleModelError, UnavailableError):
            raise
        except TangramError as error:
            raise _FailedError(error.message) from error
        except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.DeadlockDetectedError):
            raise
        except asyncpg.PostgresError as error:
            refusal = refusal_of(error, standing.context.model)
            if isinstance(refusal, StaleModelError):
                raise refusal from error
            if refusal is None:
                _log.error("a node failed", flow=held.flow, node=ask.node, exc_info=error)
            reason = refusal.message if isinstance(refusal, TangramError) else "The database refused."
            raise _FailedError(reason) from error

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
