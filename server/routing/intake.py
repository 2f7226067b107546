"""Events of records → pieces of work: put into queues by rules, followed when others write, done, gone.

What routing has written itself is followed no further: rules look at what people, flows and programs do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import uuid_utils

from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.routing.values import Queue, RoutingRule
from server.context import ActorKind
from server.events.log import Event
from server.records.layout import Layout
from server.routing import sql
from server.routing.assigning import Assigner, catch_all
from server.routing.recording import ITEM, Decision, Standing, record, tell
from server.routing.ruling import asks_for_change, fitting, hold, rules_of
from server.routing.telling import Item, item_from

__all__ = ["Arrival", "Intake", "interested"]

_GONE = ("delete", "destroy")
_WRITTEN = ("create", "update", "restore")


def interested(model: TenantModel, event: Event) -> bool:
    """Whether an event of a record may concern routing."""
    return any(
        queue.object in model.objects and model.objects[queue.object].table == event.object
        for queue in model.queues.values()
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record that is to be put into a queue.

    Attributes:
        reason: Why, as it is kept.
        standing: The transaction, caused by what puts it there.
    """

    record: str
    reason: str
    standing: Standing


@dataclass(eq=False)
class Intake:
    """Takes events in; holds nothing."""

    assigner: Assigner

    async def written(self, standing: Standing, events: Sequence[Event]) -> None:
        """Follow events of records, in their order.

        Most are of records that are in no queue, one event of each: what rules say of them is found, and the records
        are put into queues, by a few statements for all of them.
        """
        types = {one.table: one for one in standing.context.model}
        known = [event for event in events if event.object in types and event.kind in (*_GONE, *_WRITTEN)]
        held = await self._held(standing, known)
        times = Counter(event.record_id for event in known if _counts(event))
        fresh = [event for event in known if _counts(event) and times[event.record_id] == 1]
        fresh = [event for event in fresh if (event.object, event.record_id) not in held]
        for table in dict.fromkeys(event.object for event in fresh):
            await self._take_in(standing, types[table], [event for event in fresh if event.object == table])
        taken = {event.id for event in fresh}
        for event in known:
            if event.id not in taken:
                await self._follow(standing.caused_by(event), event, types[event.object])

    async def _held(self, standing: Standing, events: Sequence[Event]) -> set[tuple[str, str]]:
        """Which of the records are in queues: table and id."""
        rows = await standing.connection.fetch(
            sql.HELD,
            standing.tenant_id,
            [event.object for event in events],
            [event.record_id for event in events],
        )
        return {(row["object"], row["record_id"]) for row in rows}

    async def _follow(self, standing: Standing, event: Event, object_type: ObjectType) -> None:
        """Follow one event of a record that may be in a queue, or was written more than once."""
        rows = await standing.connection.fetch(sql.OF_RECORD, standing.tenant_id, event.object, event.record_id)
        items = [item_from(row) for row in rows]
        if event.kind in _GONE:
            for item in items:
                await self.end(standing, item, "gone", "record_deleted")
            return
        if not _counts(event):
            return
        for item in items:
            await self._followed(standing, event, object_type, item)
        await self._ruled(standing, event, object_type, items)

    # ── what is in a queue already ───────────────────────────────────────────────────────────────

    async def _followed(self, standing: Standing, event: Event, object_type: ObjectType, item: Item) -> None:
        """Done, handed to somebody else, or of another priority now."""
        queue = standing.context.model.queues.get(item.queue)
        if queue is None:
            return
        if queue.done_when and await self._holds(standing, object_type, item.record, queue.done_when):
            await self.end(standing, item, "done", "done_when")
            return
        agent = self._written_agent(standing.context.model, object_type, queue, event)
        if agent and agent != item.agent:
            await self._hand_to(standing, item, agent)
        elif item.status == "waiting" and queue.priority:
            rank = await self.assigner.rank_of(standing, queue, item.record)
            if rank is not None:
                await standing.connection.execute(sql.SET_RANK, standing.tenant_id, item.id, str(rank))

    def _written_agent(self, model: TenantModel, object_type: ObjectType, queue: Queue, event: Event) -> str:
        """Whom somebody has written to the field that agents are written to."""
        field = field_of(object_type, queue.assign_to)
        if field is None or event.kind != "update":
            return ""
        pair = event.pairs.get(Layout(model).columns(object_type, field)[0])
        return "" if pair is None or pair[1] is None else str(pair[1])

    async def _hand_to(self, standing: Standing, item: Item, agent: str) -> None:
        await standing.connection.execute(
            sql.HAND_OVER, standing.tenant_id, item.id, "active", agent, standing.now, None
        )
        decision = Decision(item, "followed", item.queue, agent, "written_by_hand", {"from": item.agent or None})
        await record(standing, [decision])
        changes = {"act": "followed", "queue": item.queue, "object": item.table, "record": item.record, "agent": agent}
        await tell(standing, [standing.event(ITEM, item.id, {**changes, "freed": item.agent, "drain": [item.queue]})])

    async def end(self, standing: Standing, item: Item, act: str, reason: str) -> None:
        """It is done, or gone; what it took of somebody's capacity is free."""
        await standing.connection.execute(
            sql.HAND_OVER, standing.tenant_id, item.id, act, item.agent or None, None, standing.now
        )
        await record(standing, [Decision(item, act, item.queue, item.agent, reason)])
        changes = {"act": act, "queue": item.queue, "object": item.table, "record": item.record, "agent": item.agent}
        await tell(standing, [standing.event(ITEM, item.id, {**changes, "freed": item.agent, "drain": [item.queue]})])

    # ── what goes into a queue ───────────────────────────────────────────────────────────────────

    async def _take_in(self, standing: Standing, object_type: ObjectType, events: Sequence[Event]) -> None:
        """Put records that are in no queue where rules say, or into the catch-all."""
        fit = await fitting(self.assigner.facts, standing, object_type, events)
        arrivals: dict[str, list[Arrival]] = {}
        for event in events:
            rule = fit.get(event.id)
            queue = self._queue_for(standing, object_type, event, rule)
            if queue is not None:
                reason = "no_rule_fits" if rule is None else f"rule {rule.name}"
                arrivals.setdefault(queue.name, []).append(Arrival(event.record_id, reason, standing.caused_by(event)))
        for name, coming in arrivals.items():
            await self.put(standing, standing.context.model.queues[name], coming)

    def _queue_for(
        self, standing: Standing, object_type: ObjectType, event: Event, rule: RoutingRule | None
    ) -> Queue | None:
        model = standing.context.model
        queue = None if rule is None else model.queues.get(rule.queue)
        if queue is None and event.kind == "create" and rules_of(model, object_type.name, event.kind):
            return catch_all(standing.context, event.object)
        return queue

    async def _ruled(self, standing: Standing, event: Event, object_type: ObjectType, items: Sequence[Item]) -> None:
        """Put a record into a queue, or into another one, where a rule says so."""
        rule = (await fitting(self.assigner.facts, standing, object_type, [event])).get(event.id)
        queue = self._queue_for(standing, object_type, event, rule)
        if queue is None:
            return
        held = next((item for item in items if item.purpose == queue.assign_to), None)
        if held is None:
            reason = "no_rule_fits" if rule is None else f"rule {rule.name}"
            await self.put(standing, queue, [Arrival(event.record_id, reason, standing)])
        elif held.queue != queue.name and rule is not None and asks_for_change(rule):
            await self.assigner.move(standing, held, queue, "moved", f"rule {rule.name}")

    async def put(self, standing: Standing, queue: Queue, arrivals: Sequence[Arrival]) -> list[str]:
        """Put records into a queue, in their order; ids of the pieces of work, without those that are in one already.

        Args:
            standing: The transaction.
            queue: The queue.
            arrivals: Each of another record.
        """
        table = standing.context.model.object(queue.object).table
        ranks = await self.assigner.ranks_of(standing, queue, [one.record for one in arrivals])
        coming = {one.record: one for one in arrivals if one.record in ranks}
        rows = await standing.connection.fetch(
            sql.ADD_ITEMS, standing.tenant_id, queue.name, table, queue.assign_to, queue.kind, queue.units,
            standing.now, [str(uuid_utils.uuid7()) for _ in coming], list(coming),
            [str(ranks[one]) for one in coming],
        )  # fmt: skip
        items = [item_from(row) for row in rows]
        await record(standing, [Decision(one, "queued", queue.name, "", coming[one.record].reason) for one in items])
        told = {"act": "queued", "queue": queue.name, "object": table, "drain": [queue.name]}
        await tell(
            standing,
            [coming[one.record].standing.event(ITEM, one.id, {**told, "record": one.record}) for one in items],
        )
        return [one.id for one in items]

    async def _holds(self, standing: Standing, object_type: ObjectType, record_id: str, text: str) -> bool:
        met = await hold(self.assigner.facts, standing, object_type.name, [record_id], [text])
        return text in met.get(record_id, ())


def _is_own(event: Event) -> bool:
    return event.actor_kind == ActorKind.SYSTEM.value and event.actor_name.startswith("routing ")


def _counts(event: Event) -> bool:
    """Whether rules look at it."""
    return event.kind in _WRITTEN and not _is_own(event)
