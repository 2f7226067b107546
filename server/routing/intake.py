"""Events of records → pieces of work: put into queues by rules, followed when others write, done, gone.

What routing has written itself is followed no further: rules look at what people, flows and programs do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
import uuid_utils

from metadata.expressions.before import with_old_values
from metadata.expressions.text import parse, unparse
from metadata.expressions.tree import Expression, FieldPath, Root, children
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.problems import TangramError
from metadata.routing.values import Queue, RoutingRule
from server.context import ActorKind
from server.events.log import Event
from server.records.layout import Layout
from server.routing import sql
from server.routing.assigning import Assigner, catch_all
from server.routing.recording import ITEM, Decision, Standing, record, tell
from server.routing.telling import Item, item_from

__all__ = ["Intake", "interested", "rules_of"]

_GONE = ("delete", "destroy")
_WRITTEN = ("create", "update", "restore")
_log = structlog.get_logger("tangram.routing")


def interested(model: TenantModel, event: Event) -> bool:
    """Whether an event of a record may concern routing."""
    return any(
        queue.object in model.objects and model.objects[queue.object].table == event.object
        for queue in model.queues.values()
    )


def rules_of(model: TenantModel, object_name: str, kind: str) -> list[RoutingRule]:
    """The rules that look at a kind of event, in the order they are tried."""
    found = [
        rule
        for rule in model.routing_rules.values()
        if rule.active and rule.object == object_name and kind in rule.events
    ]
    return sorted(found, key=lambda rule: (rule.order, rule.name))


@dataclass(eq=False)
class Intake:
    """Takes events in; holds nothing."""

    assigner: Assigner

    async def written(self, standing: Standing, event: Event) -> None:
        """Follow one event of a record."""
        object_type = next((one for one in standing.context.model if one.table == event.object), None)
        if object_type is None:
            return
        rows = await standing.connection.fetch(sql.OF_RECORD, standing.tenant_id, event.object, event.record_id)
        items = [item_from(row) for row in rows]
        if event.kind in _GONE:
            for item in items:
                await self.end(standing, item, "gone", "record_deleted")
            return
        if event.kind not in _WRITTEN or _is_own(event):
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

    async def _ruled(self, standing: Standing, event: Event, object_type: ObjectType, items: Sequence[Item]) -> None:
        model = standing.context.model
        rules = rules_of(model, object_type.name, event.kind)
        fitting = await self._first(standing, event, object_type, rules)
        queue = None if fitting is None else model.queues.get(fitting.queue)
        if queue is None and rules and event.kind == "create":
            queue = catch_all(standing.context, event.object)
        if queue is None:
            return
        held = next((item for item in items if item.purpose == queue.assign_to), None)
        if held is None:
            reason = "no_rule_fits" if fitting is None else f"rule {fitting.name}"
            await self.put(standing, queue, event.record_id, reason)
        elif held.queue != queue.name and fitting is not None and _asks_for_change(fitting):
            await self.assigner.move(standing, held, queue, "moved", f"rule {fitting.name}")

    async def put(self, standing: Standing, queue: Queue, record_id: str, reason: str) -> str:
        """Put a record into a queue; the id of the piece of work, empty when it is in one already."""
        object_type = standing.context.model.object(queue.object)
        rank = await self.assigner.rank_of(standing, queue, record_id)
        if rank is None:
            return ""
        item_id = await standing.connection.fetchval(
            sql.ADD_ITEM, str(uuid_utils.uuid7()), standing.tenant_id, queue.name, object_type.table, record_id,
            queue.assign_to, queue.kind, queue.units, str(rank), standing.now,
        )  # fmt: skip
        if item_id is None:
            return ""
        row = await standing.connection.fetchrow(sql.ITEM, standing.tenant_id, item_id)
        item = item_from(row)
        await record(standing, [Decision(item, "queued", queue.name, "", reason)])
        changes = {"act": "queued", "queue": queue.name, "object": item.table, "record": record_id}
        await tell(standing, [standing.event(ITEM, item.id, {**changes, "drain": [queue.name]})])
        return item.id

    async def _first(
        self, standing: Standing, event: Event, object_type: ObjectType, rules: Sequence[RoutingRule]
    ) -> RoutingRule | None:
        """The first rule that the event fits."""
        old = {column: pair[0] for column, pair in event.pairs.items()}
        for rule in rules:
            if not rule.when:
                return rule
            tree = with_old_values(parse(rule.when), object_type, old, created=event.kind == "create")
            if await self._holds(standing, object_type, event.record_id, unparse(tree)):
                return rule
        return None

    async def _holds(self, standing: Standing, object_type: ObjectType, record_id: str, text: str) -> bool:
        try:
            found: Any = await self.assigner.facts.values(
                standing.connection, standing.context, object_type.name, record_id, [text], instant=standing.now
            )
        except TangramError as error:  # it names what is no longer there: told, and not met
            _log.warning("a condition of routing cannot be asked", condition=text, reason=error.message)
            return False
        return found is not None and found[text] is True


def _is_own(event: Event) -> bool:
    return event.actor_kind == ActorKind.SYSTEM.value and event.actor_name.startswith("routing ")


def _asks_for_change(rule: RoutingRule) -> bool:
    """Whether a rule speaks of a change, so that what is in a queue already may be meant."""
    return _names_old(parse(rule.when)) if rule.when else False


def _names_old(tree: Expression) -> bool:
    if isinstance(tree, FieldPath):
        return tree.root is Root.OLD
    return any(map(_names_old, children(tree)))
