"""What moves routing without anybody asking: events of records and of routing itself, and the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from metadata.model.tenant import TenantModel
from server.context import Cause, Context
from server.events.acting import Acting
from server.events.handlers import Handler, Run
from server.events.log import Event
from server.events.timers import TimerDraft, set_timer, stop_timer
from server.routing.assigning import Assigner, Place
from server.routing.intake import Intake, interested
from server.routing.recording import AGENT, ITEM, QUEUE, Standing, tell

__all__ = ["WAKE", "routing_handlers"]

WAKE = "routing.wake"
_OWN = (ITEM, QUEUE, AGENT)
_MAX_CAUSES = 30


def routing_handlers(
    assigner: Assigner, acting: Acting, nudges: Sequence[Callable[[], None]] = ()
) -> Sequence[Handler]:
    """The handlers of routing. Taking in and handing out are transactions of their own, since their locks differ.

    Args:
        assigner: Hands work out.
        acting: How handlers act in a tenant.
        nudges: Called after each job, so that what follows from it happens at once and not within a second.
    """
    work = _Work(assigner, Intake(assigner), acting, nudges)
    return [
        Handler(
            "routing.written", work.written, _of_records, stream=lambda _event: "routing in", batched=True, atomic=True
        ),
        Handler(
            "routing.moved", work.moved, _of_routing, stream=lambda _event: "routing out", batched=True, atomic=True
        ),
        Handler(WAKE, work.woken, atomic=True),
    ]


def _of_routing(event: Event, _model: TenantModel) -> bool:
    return event.object in _OWN and '"drain"' in event.changes_json


def _of_records(event: Event, model: TenantModel) -> bool:
    return bool(model.queues) and len(event.cause) <= _MAX_CAUSES and interested(model, event)


class _Work:
    """Runs of the handlers."""

    def __init__(
        self,
        assigner: Assigner,
        intake: Intake,
        acting: Acting,
        nudges: Sequence[Callable[[], None]],
    ) -> None:
        self._assigner, self._intake, self._nudges = assigner, intake, nudges
        self._acting = acting

    async def _once(self, run: Run, work: Callable[[Standing], Awaitable[None]]) -> None:
        async def standing(connection: Any, context: Context) -> None:
            await work(Standing(connection, context, run.clock.now()))

        await self._acting.once(run, standing)
        for nudge in self._nudges:
            nudge()

    async def written(self, run: Run) -> None:
        """Records were written: they are taken in; queues are looked at by the events that follow from it."""

        async def take_in(standing: Standing) -> None:
            await self._intake.written(standing, run.events)

        await self._once(run, take_in)

    async def moved(self, run: Run) -> None:
        """Something has moved in some queues: they are looked at, each once for a whole batch of events."""

        async def look(standing: Standing) -> None:
            places: dict[str, Place | None] = {}
            for event in run.events:
                _note(places, event)
            await self._drain(standing, places)

        await self._once(run, look)

    async def woken(self, run: Run) -> None:
        """The clock has changed something in a queue."""

        async def look(standing: Standing) -> None:
            await self._drain(standing, {run.payload["queue"]: None})

        await self._once(run, look)

    async def _drain(self, standing: Standing, places: dict[str, Place | None]) -> None:
        """What is too much for one go goes on by an event, what the clock will change by a timer."""
        for name, drained in (await self._assigner.drain(standing, places)).items():
            if drained.after is not None:
                fresh = Standing(standing.connection, _uncaused(standing.context), standing.now)
                changes = {"act": "going_on", "drain": [name], "after": list(drained.after)}
                await tell(fresh, [fresh.queue_event(name, changes)])
            if drained.next_at is None:
                await stop_timer(standing.connection, standing.tenant_id, WAKE, name)
            else:
                draft = TimerDraft(standing.tenant_id, WAKE, name, drained.next_at, {"queue": name})
                await set_timer(standing.connection, draft)


def _note(places: dict[str, Place | None], event: Event) -> None:
    """Which queues an event of routing asks to look at, and from where on."""
    told = event.changes
    after: Any = told.get("after")
    names: Iterable[str] = told["drain"]
    for name in names:
        if after is None or name in places:
            places[name] = None
        else:
            places[name] = (str(after[0]), datetime.fromisoformat(after[1]), after[2])


def _uncaused(context: Context) -> Context:
    """A go of its own: handing out a long backlog is no circle of causes."""
    cause = Cause(context.cause.request_id)
    return Context(context.model, context.actor, context.access, context.epoch, cause)
