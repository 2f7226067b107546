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
from server.context import Context
from server.flows import sql
from server.flows.answering import Answering, Question, Standing, StartChild, is_risky
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
from server.flows.journeys import barred, hold_out, note_entries
from server.flows.migration import Obstacle, migrated, obstacles
from server.flows.state import Instance, Phase, Status, Token
from server.flows.storing import Held, load, lock, lock_by_task, save, save_all
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
class _Started:
    """One of several instances that are started together, while it is decided how they begin.

    Attributes:
        standing: The transaction, with what led to this one.
        held: As it begins.
        state: As far as it is decided.
        done: What is to be done besides.
        ask: What is asked next; None where nothing is.
    """

    standing: Standing
    held: Held
    state: Instance = field(init=False)
    done: list[Effect] = field(default_factory=list)
    ask: Ask | None = None
    _pending: deque[Effect] = field(default_factory=deque)

    def decided(self, decision: tuple[Instance, Sequence[Effect]]) -> None:
        """Go on with what was decided, until something is asked."""
        self.state, self.ask = decision[0], None
        self._pending.extend(decision[1])
        while self._pending and self.ask is None:
            effect = self._pending.popleft()
            if not isinstance(effect, Ask):
                self.done.append(effect)
            elif effect.token in self.state.tokens and self.state.tokens[effect.token].node == effect.node:
                self.ask = effect


def _caused(context: Context, chain: Sequence[int]) -> Context:
    return replace(context, cause=replace(context.cause, chain=tuple(chain)))


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
        refused = await self.refused(standing, definition, table, [record_id])
        if refused:
            raise refused[record_id]
        state = Instance(str(uuid_utils.uuid7()), Status.RUNNING, initiator, record_id, variables=dict(variables or {}))
        above = None
        if parent is not None:
            above = (parent.state.id, token.id if token else 0, token.visit if token else 0)
        held = Held(state, definition, flow, row["number"], table, standing.now, above)
        await note_entries(standing, [held])
        return await self._run(standing, held, decide(definition, state, Begin(), standing.now), nesting)

    async def start_all(self, standing: Standing, flow: str, causes: Mapping[str, Sequence[int]]) -> None:
        """Start the current version of a flow for several records, by a few statements for all of them.

        Those for which it does not start, since it runs already or is over for them, are left out. What is asked of
        the same node is answered together, without savepoints: where one of them fails, nothing of all this stands.

        Args:
            standing: The transaction, who acts, and when.
            flow: Its name.
            causes: The records, each with the events that led here.
        """
        tenant_id = standing.context.model.tenant_id
        row = await standing.connection.fetchrow(sql.CURRENT_VERSION, tenant_id, flow)
        if row is None or row["suspended"]:
            return
        definition = unpacked(row["definition"])
        table = standing.context.model.object(definition.flow.object).table
        held_out = await hold_out(standing, definition.flow, table, list(causes))
        going = [record for record in causes if record not in held_out]
        refused = await self.refused(standing, definition, table, going)
        begun = [
            _Started(
                replace(standing, context=_caused(standing.context, causes[record])),
                Held(
                    Instance(str(uuid_utils.uuid7()), Status.RUNNING, "", record, variables={}), definition, flow,
                    row["number"], table, standing.now,
                ),
            )
            for record in going if record not in refused
        ]  # fmt: skip
        await note_entries(standing, [one.held for one in begun])
        for one in begun:
            one.decided(decide(definition, one.held.state, Begin(), standing.now))
        while asking := [one for one in begun if one.ask is not None]:
            first = asking[0].ask
            alike = [one for one in asking if one.ask is not None and first is not None and one.ask.is_like(first)]
            await self._answer_together(alike)
        await save_all(
            standing.connection, [(one.standing.context, one.held, one.state, one.done) for one in begun], standing.now
        )

    async def _answer_together(self, alike: Sequence[_Started]) -> None:
        """Answer what several instances ask at one node, and decide what follows."""
        questions = [Question(one.standing, one.held, one.state, one.ask) for one in alike if one.ask is not None]
        answers = await self._answering.answer_all(questions, self._child_of(alike[0].state, 0))
        for one, answer in zip(alike, answers, strict=True):
            one.decided(decide(one.held.definition, one.state, answer, one.standing.now))

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

    def _child_of(self, state: Instance, nesting: int) -> StartChild:
        async def child(inner: Standing, flow: str, record: str, parent: Held, token: Token | None) -> str:
            started = await self.start(
                inner, flow, record, initiator=state.initiator, parent=parent, token=token, nesting=nesting + 1
            )
            return started.state.id

        return child

    async def _answered(self, standing: Standing, held: Held, state: Instance, ask: Ask, nesting: int) -> Answer:
        """The answer to a question.

        Raises:
            _FailedError: It cannot be found or done: an incident.
        """
        try:
            return await self._answering.answer(standing, held, state, ask, self._child_of(state, nesting))
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

    async def refused(
        self, standing: Standing, definition: Definition, table: str, records: Sequence[str]
    ) -> Mapping[str, ConflictError]:
        """Of some records those for which a flow does not start, each with why: `flow_running`, `journey_done`.

        The others are held until the transaction ends, so that nobody else starts it for them meanwhile.
        """
        flow, tenant_id = definition.flow, standing.context.model.tenant_id
        refused = dict[str, ConflictError]()
        if definition.steps[definition.start].settings.once:
            await standing.connection.execute(sql.LOCK_RECORDS, f"{tenant_id}:{flow.name}:", list(records))
            for row in await standing.connection.fetch(
                sql.RUNNING_FOR_RECORDS, tenant_id, flow.name, table, list(records)
            ):
                refused[row["record"]] = ConflictError.single(
                    "flow_running",
                    f"The flow '{flow.name}' is running for this record already.",
                    hint="Wait until it has ended, or withdraw it.",
                    instance=row["id"],
                )
        free = [record for record in records if record not in refused]
        return {**refused, **await barred(standing, self.facts, flow, table, free)}
