"""What moves flows without anybody asking: timers that fall due, events of records, flows that have ended."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from metadata.expressions.before import with_old_values
from metadata.expressions.text import parse, unparse
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import ConflictError, NotFoundError, TangramError
from server.access.plan import ADMINISTRATOR
from server.context import Context
from server.events.acting import Acting
from server.events.handlers import GiveUpError, Handler, RetryLaterError, Run
from server.events.log import Event as LoggedEvent
from server.events.log import append, draft_for
from server.events.timers import TimerDraft, set_timer
from server.flows import sql
from server.flows.answering import Standing, message_outcome
from server.flows.decisions import (
    ChildEnded,
    Due,
    Failed,
    Happened,
    Withdraw,
)
from server.flows.definition import unpacked
from server.flows.engine import FlowEngine
from server.flows.journeys import hold_out, left, note_way_out, way_out
from server.flows.publishing import SCHEDULE, next_run, publish_live
from server.flows.rights import object_of
from server.flows.state import Phase
from server.flows.storing import Held, load
from server.flows.watching import Watches, waiting_for
from server.forms.submissions import EVENT_OBJECT
from server.records.compiler import Compiler
from server.records.run_values import values_for

__all__ = ["flow_handlers"]

_MAX_CAUSES = 30
_MAX_RECORDS = 1_000
_SEGMENTS, _MESSAGES = "segment__member", "outreach__message"
"""What events of segments, and of what is sent to customers, are about."""
_JOURNEYS = "journey__entry"
"""What events of journeys that are left are about: `goal`, `exit`."""
_STARTERS = ("sla__clock", "rule__run", "pool__holding")
"""What events are about that may ask for a flow to be started (`start_flow`, for `record`)."""
_log = structlog.get_logger("tangram.flows")


def flow_handlers(engine: FlowEngine, acting: Acting) -> Sequence[Handler]:
    """The handlers of flows."""
    watches = Watches()
    work, interest = _Work(engine, acting, watches), _Interest(watches)
    return [
        Handler("flows.due", work.due, atomic=True),
        Handler(SCHEDULE, work.scheduled, atomic=True, always=True),
        Handler(
            "flows.entering",
            work.entering,
            interest=interest.entering,
            stream=lambda _event: "flows entering",
            batched=True,
            atomic=True,
        ),
        Handler(
            "flows.events",
            work.event,
            interest=interest.of,
            refine=interest.refine,
            stream=lambda event: f"flow:{event.record_id}",
            atomic=True,
        ),
    ]


class _Interest:
    """Which events may start or move flows: of their own records, and of those that they wait for."""

    def __init__(self, watches: Watches) -> None:
        self._watches = watches

    def of(self, event: LoggedEvent, model: TenantModel) -> bool:
        if event.object == "flow__instance":
            return event.kind == "flow" and ('"ended"' in event.changes_json or '"waits"' in event.changes_json)
        if event.object == EVENT_OBJECT:
            return bool(model.flows)
        if event.object in _STARTERS:
            return '"start_flow"' in event.changes_json
        if event.object == _SEGMENTS:
            return False
        if event.object == _MESSAGES:
            return '"node"' in event.changes_json
        if len(event.cause) > _MAX_CAUSES:
            return False
        known = self._watches.known(model)
        return event.object in known if known is not None else object_of(model, event.object) is not None

    def entering(self, event: LoggedEvent, model: TenantModel) -> bool:
        """Whether a record has come into a segment, by which flows may start: many may come in at once."""
        return event.object == _SEGMENTS and event.kind == "entered" and bool(model.flows)

    async def refine(self, connection: Any, model: TenantModel, events: Sequence[LoggedEvent]) -> list[LoggedEvent]:
        """Those that are of interest once the published versions are known, and who waits.

        Many records may be written that flows look at, and hardly any run wait for them. One that begins to wait at
        this very moment, unseen yet, looks at its record once more by itself (`waits` in its event).
        """
        if self._watches.known(model) is None:
            await self._watches.of(connection, model)
            events = [event for event in events if self.of(event, model)]
        own = [event for event in events if object_of(model, event.object) is not None]
        if not own:
            return list(events)
        known = self._watches.known(model) or {}
        triggers = await connection.fetch(sql.TRIGGERS, model.tenant_id)
        begin = {(row["object"], kind) for row in triggers for kind in row["events"]}
        rows = await connection.fetch(
            sql.WAITING_AMONG, model.tenant_id, [event.object for event in own], [event.record_id for event in own]
        )
        waiting = {(row["object"], row["record"]) for row in rows}
        dropped = {
            event.id
            for event in own
            if (event.object, event.kind) not in begin
            and (event.object, event.record_id) not in waiting
            and not known.get(event.object)
        }
        return [event for event in events if event.id not in dropped]


class _Work:
    """Runs of the handlers."""

    def __init__(self, engine: FlowEngine, acting: Acting, watches: Watches) -> None:
        self._engine = engine
        self._watches = watches
        self._acting = acting

    async def _once(self, run: Run, work: Callable[[Standing], Awaitable[None]]) -> None:
        async def standing(connection: Any, context: Context) -> None:
            await work(Standing(connection, context, run.clock.now()))

        await self._acting.once(run, standing)

    async def due(self, run: Run) -> None:
        """A timer of a token."""
        payload = run.payload

        async def fire(standing: Standing) -> None:
            event = Due(payload["token"], payload["visit"], payload["timer"], payload["count"])
            try:
                if await self._leaves(standing, await load(standing.connection, run.tenant_id, payload["instance"])):
                    return
                await self._engine.act(standing, payload["instance"], lambda _state: event)
            except NotFoundError:
                return
            except ConflictError as error:
                if error.faults[0].reason == "suspended":
                    raise RetryLaterError("The flow is suspended.", 60) from error
                if error.faults[0].reason != "instance_over":
                    raise

        await self._once(run, fire)

    async def scheduled(self, run: Run) -> None:
        """The time of day at which a flow starts for every record that meets its condition.

        In a tenant whose trial is over none does, and the next time of day is waited for: nothing new begins.
        """

        async def start(standing: Standing) -> None:
            context, connection = standing.context, standing.connection
            row = await connection.fetchrow(sql.CURRENT_VERSION, run.tenant_id, run.payload["flow"])
            if row is None:
                return
            definition = unpacked(row["definition"])
            settings = definition.steps[definition.start].settings
            if settings.trigger != "schedule":
                return
            object_type = context.model.object(definition.flow.object)
            rests = row["suspended"] or (await self._acting.tenants.get(run.tenant_id)).is_over(standing.now)
            for record in () if rests else await _meeting(standing, object_type, settings.when):
                await self._try_start(standing, definition.flow.name, record, "")
            due = next_run(settings.at, settings.days, standing.now, context.model.settings.timezone)
            await set_timer(connection, TimerDraft(run.tenant_id, SCHEDULE, definition.flow.name, due, run.payload))

        await self._once(run, start)

    async def entering(self, run: Run) -> None:
        """Records have come into segments; all that starts by it in one transaction."""

        async def start(connection: Any, context: Context) -> None:
            await self._came_in(Standing(connection, context, run.clock.now()), run.events)

        await self._acting.once_together(
            run, start, alone="flows.events", stream=lambda event: f"flow:{event.record_id}"
        )

    async def event(self, run: Run) -> None:
        """Something was written: flows wait for it, start by it, or it is the end of a flow itself."""
        if len(run.event.cause) > _MAX_CAUSES:
            raise GiveUpError("Flows and writes have caused each other too often; the chain was cut.")

        async def handle(standing: Standing) -> None:
            if run.event.object == "flow__instance" and "ended" in run.event.changes:
                await self._ended(standing, run.event)
            elif run.event.object == "flow__instance":
                with contextlib.suppress(NotFoundError):
                    await self._look_again(standing, run.event.record_id, None)
            elif run.event.object == EVENT_OBJECT:
                await publish_live(standing.connection, standing.context.model, by=None, now=standing.now)
                await self._submitted(standing, run.event)
            elif run.event.object == _SEGMENTS:
                await self._came_in(standing, run.events)
            elif run.event.object == _MESSAGES:
                await self._message(standing, run.event)
            elif run.event.object in _STARTERS:
                told = run.event.changes
                await publish_live(standing.connection, standing.context.model, by=None, now=standing.now)
                await self._try_start(standing, told["start_flow"], told["record"], "")
            else:
                await publish_live(standing.connection, standing.context.model, by=None, now=standing.now)
                await self._waiting(standing, run.event)
                await self._triggered(standing, run.event)

        await self._once(run, handle)

    async def _ended(self, standing: Standing, event: LoggedEvent) -> None:
        """Tell the flow that waits for this one, and call off those that it waited for."""
        told, tenant_id = event.changes, event.tenant_id
        await left(standing, event.record_id, told["ended"])
        for row in await standing.connection.fetch(sql.CHILDREN, tenant_id, event.record_id):
            await self._quietly(standing, row["id"], Withdraw("", "The flow that waited for it has ended."))
        parent = told.get("parent")
        if parent and parent[1]:
            await self._quietly(standing, parent[0], ChildEnded(parent[1], parent[2], told["ended"]))

    async def _quietly(self, standing: Standing, instance_id: str, event: Any) -> None:
        """Act on an instance that may have ended meanwhile."""
        try:
            async with standing.connection.transaction():
                await self._engine.act(standing, instance_id, lambda _state: event)
        except NotFoundError:
            return
        except ConflictError as error:
            if error.faults[0].reason == "suspended":
                raise RetryLaterError("The flow is suspended.", 60) from error
            if error.faults[0].reason != "instance_over":
                raise

    async def _waiting(self, standing: Standing, event: LoggedEvent) -> None:
        """Tokens that wait for the record, or for one that is related to theirs, to be as it is now."""
        connection, model = standing.connection, standing.context.model
        rows = await connection.fetch(sql.WAITING_FOR, event.tenant_id, event.object, event.record_id)
        own = [row["id"] for row in rows]
        watches = sorted((await self._watches.of(connection, model)).get(event.object, ()))
        related = await waiting_for(connection, model, watches, event) if watches else []
        for instance_id in own:
            await self._look_again(standing, instance_id, event)
        for instance_id in related:
            if instance_id not in own:
                await self._look_again(standing, instance_id, None)

    async def _look_again(self, standing: Standing, instance_id: str, event: LoggedEvent | None) -> None:
        """Whether what a run waits for is so now; `event` where it is its own record that was written."""
        held = await load(standing.connection, standing.context.model.tenant_id, instance_id)
        object_type = object_of(standing.context.model, held.table)
        if object_type is None or await self._leaves(standing, held):
            return
        for token in held.state.tokens.values():
            step = held.definition.steps[token.node]
            if step.kind.key != "wait_for" or token.phase is not Phase.WAITING:
                continue
            text = _without_old(step.settings.when, object_type, event)
            try:
                is_so = await self._true_of(standing, object_type, held.state.record, text)
            except TangramError as error:  # it names what is no longer there: an incident, or it would wait for ever
                await self._quietly(standing, instance_id, Failed(token.id, error.message, token.visit))
                continue
            if is_so:
                await self._quietly(standing, instance_id, Happened(token.id, token.visit))

    async def _triggered(self, standing: Standing, event: LoggedEvent) -> None:
        """Flows that begin with such an event."""
        rows = await standing.connection.fetch(sql.TRIGGERED, event.tenant_id, event.object, event.kind)
        for row in rows:
            definition = unpacked(row["definition"])
            when = definition.steps[definition.start].settings.when
            if not when or await self._holds(standing, event, when):
                initiator = event.actor_id or ""
                await self._try_start(standing, row["flow"], event.record_id, initiator)

    async def _submitted(self, standing: Standing, event: LoggedEvent) -> None:
        """Flows that begin with a form."""
        told = event.changes
        object_type = object_of(standing.context.model, told["object"])
        if object_type is None:
            return
        rows = await standing.connection.fetch(sql.SUBMITTED, event.tenant_id, told["object"], told["form"], "form")
        for row in rows:
            definition = unpacked(row["definition"])
            when = definition.steps[definition.start].settings.when
            if not when or await self._met(standing, object_type, told["record"], when):
                await self._try_start(standing, row["flow"], told["record"], event.actor_id or "")

    async def _came_in(self, standing: Standing, events: Sequence[LoggedEvent]) -> None:
        """Flows that begin with those who come into a segment: of many at once, or of one, which fails by itself."""
        entered: dict[tuple[str, str], dict[str, tuple[int, ...]]] = {}
        for event in events:
            told = event.changes
            causes = entered.setdefault((told["object"], told["segment"]), {})
            causes.setdefault(told["record"], (*event.cause, event.id))
        tenant_id = standing.context.model.tenant_id
        for (table, segment), causes in entered.items():
            object_type = object_of(standing.context.model, table)
            if object_type is None:
                continue
            for row in await standing.connection.fetch(sql.SUBMITTED, tenant_id, table, segment, "segment"):
                definition = unpacked(row["definition"])
                when = definition.steps[definition.start].settings.when
                met = await self._meeting(standing, object_type, list(causes), when)
                if len(events) == 1:
                    for record in met:
                        await self._try_start(standing, row["flow"], record, "")
                elif met:
                    await self._engine.start_all(standing, row["flow"], {record: causes[record] for record in met})

    async def _message(self, standing: Standing, event: LoggedEvent) -> None:
        """Something became of what a step has sent to a customer."""
        told = event.changes
        try:
            held = await load(standing.connection, event.tenant_id, told["instance"])
        except NotFoundError:
            return
        for token in held.state.tokens.values():
            step = held.definition.steps[token.node]
            if (
                step.kind.key != "wait_message"
                or token.phase is not Phase.WAITING
                or step.settings.step != told["node"]
            ):
                continue
            outcome = message_outcome(step.settings.until, {event.kind})
            if outcome:
                await self._quietly(standing, held.state.id, Happened(token.id, token.visit, outcome))

    async def _leaves(self, standing: Standing, held: Held) -> bool:
        """Whether a record leaves its journey now; then it has left."""
        if held.definition.flow.journey is None or held.state.status.is_over:
            return False
        outcome = await way_out(standing, self._engine.facts, held)
        if outcome:
            await note_way_out(standing, held, outcome)
            told = {"flow": held.flow, "instance": held.state.id, "object": held.table, "record": held.state.record}
            await append(standing.connection, draft_for(standing.context, outcome, _JOURNEYS, held.state.record, told))
            await self._quietly(standing, held.state.id, Withdraw("", outcome))
        return bool(outcome)

    async def _try_start(self, standing: Standing, flow: str, record: str, initiator: str) -> None:
        """Start a flow; one that runs already for the record is enough."""
        try:
            async with standing.connection.transaction():
                row = await standing.connection.fetchrow(sql.CURRENT_VERSION, standing.context.model.tenant_id, flow)
                declared = None if row is None else unpacked(row["definition"]).flow
                if declared is not None and declared.journey is not None:
                    table = standing.context.model.object(declared.object).table
                    if await hold_out(standing, declared, table, [record]):
                        return
                await self._engine.start(standing, flow, record, initiator=initiator)
        except ConflictError as error:
            if error.faults[0].reason not in ("flow_running", "journey_done"):
                _log.warning("a flow could not start", flow=flow, record=record, reason=error.faults[0].reason)

    async def _holds(self, standing: Standing, event: LoggedEvent, when: str) -> bool:
        """Whether a condition is met by the record as it is now, and as it was before the event."""
        object_type = object_of(standing.context.model, event.object)
        if object_type is None:
            return False
        return await self._met(standing, object_type, event.record_id, _without_old(when, object_type, event))

    async def _met(self, standing: Standing, object_type: ObjectType, record: str, text: str) -> bool:
        """Whether a record meets a condition that starts a flow."""
        return bool(await self._meeting(standing, object_type, [record], text))

    async def _meeting(
        self, standing: Standing, object_type: ObjectType, records: Sequence[str], text: str
    ) -> Sequence[str]:
        """Those of some records that meet a condition that starts a flow: one that names what is gone nobody meets."""
        if not text:
            return records
        try:
            found = await self._engine.facts.many(
                standing.connection, standing.context, object_type.name, records, [text], instant=standing.now
            )
        except TangramError as error:
            _log.warning("a condition of a flow cannot be asked", condition=text, reason=error.message)
            return ()
        return [record for record in records if record in found and found[record][text] is True]

    async def _true_of(self, standing: Standing, object_type: ObjectType, record: str, text: str) -> bool:
        """Whether a condition is met by a record as it is now."""
        found = await self._engine.facts.values(
            standing.connection, standing.context, object_type.name, record, [text], instant=standing.now
        )
        return found is not None and found[text] is True


def _without_old(when: str, object_type: ObjectType, event: LoggedEvent | None) -> str:
    """A condition without `old`, by what an event has changed."""
    old = {} if event is None else {column: pair[0] for column, pair in event.pairs.items()}
    created = event is not None and event.kind == "create"
    return unparse(with_old_values(parse(when), object_type, old, created=created))


async def _meeting(standing: Standing, object_type: ObjectType, when: str) -> list[str]:
    """Ids of the records that meet a condition."""
    compiler = Compiler(standing.context.model, ADMINISTRATOR)
    scope = compiler.open(object_type)
    conditions = compiler.conditions(scope, parse(when) if when else None)
    text = (
        f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions) or 'true'}"
        f" order by {scope.alias}.id limit {_MAX_RECORDS}"
    )
    value_of = values_for(standing.context, standing.now)
    rows = await standing.connection.fetch(text, *map(value_of, compiler.parameters.names()))
    return [row["id"] for row in rows]
