"""What is asked of routing: my work, the state of queues, why it was decided so, what would be decided now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from metadata.model.values import ObjectType
from metadata.problems import ForbiddenError
from metadata.routing.values import Queue
from server.actions import ActionRun
from server.records.reach import require_within_reach, seen_object_type, within_reach
from server.routing import sql
from server.routing.acting import standing_of
from server.routing.assigning import Assigner
from server.routing.choosing import Turn, choose
from server.routing.levels import with_standby
from server.routing.people import agents_of, members_of, presence_of
from server.routing.reading import shown_detail, shown_item, uuid_of
from server.routing.recording import Standing, detail_of, queue_named, turn_of
from server.routing.telling import Item, Telling, item_from

__all__ = ["Looking"]

Arguments = Mapping[str, Any]


@dataclass(eq=False)
class Looking:
    """Answers questions; changes nothing."""

    assigner: Assigner

    async def my_work(self, run: ActionRun, _given: Arguments) -> dict[str, Any]:
        """`myWork`: what one has or is offered, and whether one is there."""
        rows = await run.connection.fetch(sql.OF_AGENT, run.tenant_id, run.user_id)
        presence = await presence_of(run.connection, run.tenant_id, run.user_id)
        work = [shown_item(run.context.model, item_from(row)) for row in rows]
        return {"presence": presence.state.upper(), "heardAt": presence.heard_at, "work": work}

    async def queue_state(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`queueState`: for those who work a queue, and those who configure queues."""
        standing, queue = standing_of(run), queue_named(run.context.model, given["queue"])
        lit = await run.connection.fetchval(sql.STATE, run.tenant_id, queue.name) or []
        members = await self._members(standing, queue, lit)
        if run.user_id not in members and not run.context.access.may_configure_kind("queue"):
            raise ForbiddenError.single(
                "not_a_member", f"You are no member of the queue '{queue.name}'.", path=("queue",),
                hint="Ask an administrator to make you one.",
            )  # fmt: skip
        row = await run.connection.fetchrow(sql.BACKLOG, run.tenant_id, queue.name)
        agents = await agents_of(run.connection, run.context, queue, members, run.instant, self.assigner.facts)
        age = None if row["oldest"] is None else int((run.instant - row["oldest"]).total_seconds())
        return {
            "queue": queue.name,
            "depth": row["depth"],
            "oldestEnteredAt": row["oldest"],
            "oldestAgeSeconds": age,
            "offered": row["offered"],
            "active": row["active"],
            "levels": list(lit),
            "spare": sum(max(0, int((one.capacity - one.used) // queue.units)) for one in agents if not one.absent),
            "agents": [
                {
                    "account": one.id,
                    "absent": one.absent or None,
                    "capacity": f"{one.capacity.normalize():f}",
                    "used": one.used,
                    "assignedAt": one.assigned_at,
                }
                for one in agents
            ],
        }

    async def waiting(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`queuedWork`: what waits in a queue, in the order it is served, as far as one sees the records."""
        standing, queue = standing_of(run), queue_named(run.context.model, given["queue"])
        first = min(max(given.get("first") or 20, 1), 200)
        rows = await standing.connection.fetch(sql.QUEUED, run.tenant_id, queue.name, first)
        items = [item_from(row) for row in rows]
        seen = await within_reach(run, run.context.model.object(queue.object), [item.record for item in items])
        return [shown_item(run.context.model, item) for item in items if item.record in seen]

    async def explain(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`explainRouting`: everything that was decided about a record, and what would be decided now."""
        model = run.context.model
        object_type = seen_object_type(run.context, given["object"])
        record_id = await self._seen(run, object_type, given["record"])
        rows = await run.connection.fetch(sql.DECISIONS, run.tenant_id, object_type.table, record_id)
        found = await run.connection.fetch(sql.OF_RECORD, run.tenant_id, object_type.table, record_id)
        items = [item_from(row) for row in found]
        waiting = next((item for item in items if item.status == "waiting" and item.queue in model.queues), None)
        now = None
        if waiting is not None:
            now = await self._choice(run, model.queues[waiting.queue], waiting)
        works = {name: await self._works(run, name) for name in {row["queue"] for row in rows}}
        return {
            "work": [shown_item(model, item) for item in items],
            "decisions": [
                {
                    "at": row["at"],
                    "act": row["act"],
                    "queue": row["queue"],
                    "agent": row["agent_id"],
                    "actor": row["actor_id"],
                    "reason": row["reason"] or None,
                    **shown_detail(msgspec.json.decode(row["detail"]), whole=works[row["queue"]]),
                }
                for row in rows
            ],
            "now": now,
        }

    async def simulate(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`simulateRouting`: whom a queue would choose for a record now; nothing is changed."""
        queue = queue_named(run.context.model, given["queue"])
        object_type = run.context.model.object(queue.object)
        record_id = await self._seen(run, object_type, given["record"])
        found = await run.connection.fetch(sql.OF_RECORD, run.tenant_id, object_type.table, record_id)
        held = [item_from(row) for row in found]
        item = next((one for one in held if one.queue == queue.name), None)
        if item is None:
            item = Item(
                "", queue.name, object_type.table, record_id, queue.assign_to, queue.kind, queue.units, "waiting", "0",
                run.instant, run.instant, "", None, None, 0, (), "", 0,
            )  # fmt: skip
        return await self._choice(run, queue, item)

    async def _choice(self, run: ActionRun, queue: Queue, item: Item) -> dict[str, Any]:
        standing = standing_of(run)
        connection, context, facts = standing.connection, standing.context, self.assigner.facts
        row = await connection.fetchrow(sql.PEEK_QUEUE, standing.tenant_id, queue.name)
        members = await self._members(standing, queue, [] if row is None else row["levels"])
        agents = await agents_of(connection, context, queue, members, standing.now, facts)
        told = await Telling(connection, context, queue, standing.now, facts).of([item], agents)
        turn = Turn() if row is None else turn_of(row)
        choice = choose(queue.steps, agents, told[item.id].wish, turn)
        return {
            "queue": queue.name,
            "outcome": choice.outcome.value.upper(),
            "agent": choice.agent or None,
            **shown_detail(detail_of(choice), whole=await self._works(run, queue.name)),
        }

    async def _works(self, run: ActionRun, name: str) -> bool:
        """Whether the actor works a queue, or configures queues."""
        if run.context.access.may_configure_kind("queue"):
            return True
        queue = run.context.model.queues.get(name)
        if queue is None:
            return False
        standing = standing_of(run)
        members = await members_of(standing.connection, standing.context, queue, standing.now, standby=True)
        return run.user_id in members

    async def _members(self, standing: Standing, queue: Queue, lit: Any) -> dict[str, tuple[str, ...]]:
        standby = with_standby(queue.levels, lit)
        return await members_of(standing.connection, standing.context, queue, standing.now, standby=standby)

    async def _seen(self, run: ActionRun, object_type: ObjectType, record: str) -> str:
        """The id of a record that the actor sees."""
        record_id = uuid_of(record, ("record",))
        await require_within_reach(run, object_type, record_id)
        return record_id
