"""Events and timers → clocks, breaches and the steps of the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from metadata.calendars.values import SlaMetric, SlaStep
from metadata.model.tenant import TenantModel
from server.access.plan import ADMINISTRATOR
from server.context import Context
from server.events.acting import Acting
from server.events.handlers import GiveUpError, Handler, Run
from server.events.log import Event, append, draft_for
from server.records.organisation import superiors
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter
from server.sla.clocks import ClockState
from server.sla.keeping import DUE, STEP, Keeper, Kept

__all__ = ["sla_handlers"]

_MAX_CAUSES = 30


def sla_handlers(keeper: Keeper, writer: RecordWriter, acting: Acting) -> Sequence[Handler]:
    """The handlers of promises."""
    work = _Work(keeper, writer, acting)
    return [
        Handler(
            "sla.events",
            work.written,
            interest=_interest,
            stream=lambda event: f"sla:{event.record_id}",
            atomic=True,
        ),
        Handler(DUE, work.due, atomic=True),
        Handler(STEP, work.step, atomic=True),
    ]


def _interest(event: Event, model: TenantModel) -> bool:
    if not model.sla_policies or len(event.cause) > _MAX_CAUSES:
        return False
    return any(
        policy.object in model.objects and model.objects[policy.object].table == event.object
        for policy in model.sla_policies.values()
    )


class _Work:
    """Runs of the handlers."""

    def __init__(self, keeper: Keeper, writer: RecordWriter, acting: Acting) -> None:
        self._keeper, self._writer = keeper, writer
        self._acting = acting

    async def written(self, run: Run) -> None:
        """A record was written: its clocks start, pause, go on or stop, at the instant of the write."""
        event = run.event
        if len(event.cause) > _MAX_CAUSES:
            raise GiveUpError("Promises and writes have caused each other too often; the chain was cut.")

        async def move(connection: Any, context: Context) -> None:
            for found in context.model:
                if found.table == event.object:
                    await self._keeper.written(connection, context, found.name, event.record_id, event.at)

        await self._acting.once(run, move)

    async def due(self, run: Run) -> None:
        """A clock is due: that is a fact, stored once."""

        async def note(connection: Any, context: Context) -> None:
            kept = await self._current(connection, run)
            if kept is not None and await self._keeper.note_breach(connection, run.tenant_id, kept, run.clock.now()):
                await self._tell(connection, context, kept, "sla_breach", {"due_at": kept.due_at})

        await self._acting.once(run, note)

    async def step(self, run: Run) -> None:
        """A step of the ladder."""

        async def act(connection: Any, context: Context) -> None:
            kept = await self._current(connection, run)
            policy = None if kept is None else context.model.sla_policies.get(kept.policy)
            if kept is None or policy is None:
                return
            metric: SlaMetric | None = next((one for one in policy.metrics if one.name == kept.metric), None)
            found = next((one for one in metric.steps if one.name == run.payload["step"]), None) if metric else None
            if found is not None:
                await self._act(connection, context, kept, policy.object, found, run)

        await self._acting.once(run, act)

    async def _current(self, connection: Any, run: Run) -> Kept | None:
        """The clock of a timer; None for a timer that was set before the clock last moved."""
        kept = await self._keeper.by_id(connection, run.tenant_id, run.payload["clock"])
        if kept is None or kept.run != run.payload["run"] or kept.clock.state is not ClockState.RUNNING:
            return None
        return kept

    async def _act(
        self, connection: Any, context: Context, kept: Kept, object_name: str, step: SlaStep, run: Run
    ) -> None:
        now = run.clock.now()
        facts = await self._keeper.facts.values(
            connection, context, object_name, kept.record_id, ["owner.id"], instant=now
        )
        if facts is None:
            return
        told: dict[str, Any] = {"step": step.name, "act": step.act, "owner": facts["owner.id"]}
        given: dict[str, Any] = {}
        if step.act == "set":
            given = {step.field: step.value}
        elif step.act == "reassign":
            above = await superiors(connection, context, facts["owner.id"] or "")
            if above:
                given, told["to"] = {"owner": above[0]}, above[0]
        elif step.act == "open_task":
            told["start_flow"] = step.flow
        elif step.value:
            told["role"] = step.value
        if given:
            own = WriteRun(replace(context, access=ADMINISTRATOR), now)
            object_type = context.model.object(object_name)
            await self._writer.update(connection, own, object_type, kept.record_id, given, None)
        await self._tell(connection, context, kept, "sla_step", told)

    async def _tell(self, connection: Any, context: Context, kept: Kept, kind: str, told: dict[str, Any]) -> None:
        """An event for whoever delivers, and for flows that start by it."""
        changes = {"policy": kept.policy, "metric": kept.metric, "object": kept.table, "record": kept.record_id, **told}
        await append(connection, draft_for(context, kind, "sla__clock", kept.id, changes))
