"""Writes and moments → owners followed, clocks extended, warnings, records taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from metadata.changes.plan import Plan
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.pools.values import Pool, PoolActivity
from server.context import Actor, ActorKind, Context, Standing
from server.events.acting import Acting
from server.events.clock import Clock
from server.events.handlers import Handler, Run
from server.events.log import Event
from server.events.timers import TimerDraft, set_timer
from server.pool import sql
from server.pool.holdings import RUN
from server.pool.ownership import Ownership, pools_of
from server.pool.recycling import Recycling
from server.records.leading import led_to
from server.records.writing.merging import MERGE_OBJECT

__all__ = ["follow_pools", "pool_handlers"]

_MAX_CAUSES = 40
_TENANTS_KEPT = 500
_TURN_S = 20.0
"""Seconds that a run goes on for before others of the tenant get their turn."""
_WRITES = ("create", "update", "merge", "restore")


def pool_handlers(ownership: Ownership, acting: Acting) -> Sequence[Handler]:
    """The handlers of pools."""
    work, interest = _Work(ownership, acting), _Interest()
    return [
        Handler(
            "pool.events",
            work.written,
            interest=interest.of,
            refine=interest.refined,
            stream=lambda event: f"pool:{event.record_id}",
            atomic=True,
        ),
        Handler(RUN, work.look),
    ]


class _Interest:
    """Which events concern pools: a record of theirs changes hands, or something is written that may be work."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], tuple[Mapping[str, str], frozenset[str]]] = {}

    def of(self, event: Event, model: TenantModel) -> bool:
        merged = event.object == MERGE_OBJECT
        if not model.pools or not (merged or event.kind in _WRITES) or len(event.cause) > _MAX_CAUSES:
            return False
        key = (model.tenant_id, model.version)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _TENANTS_KEPT:
                self._kept.clear()
            found = self._kept[key] = _looked_at(model)
        owners, work = found
        if merged:
            return event.changes["object"] in owners
        return event.object in work or owners.get(event.object, "") in event.pairs

    async def refined(self, connection: Any, model: TenantModel, events: Sequence[Event]) -> Sequence[Event]:
        """Without those that pools have written themselves: the owner they name is the one that is known already."""
        owners, work = _looked_at(model)
        moved = [event for event in events if event.object not in work and event.object in owners]
        if not moved:
            return events
        rows = await connection.fetch(
            sql.OWNERS, model.tenant_id, [event.object for event in moved], [event.record_id for event in moved]
        )
        known = {(row["object"], row["record_id"]): row["owner_id"] for row in rows}

        def is_known(event: Event) -> bool:
            place = (event.object, event.record_id)
            return place in known and known[place] == event.pairs[owners[event.object]][1]

        followed = {event.id for event in moved if is_known(event)}
        return [event for event in events if event.id not in followed]


def _looked_at(model: TenantModel) -> tuple[Mapping[str, str], frozenset[str]]:
    """By table of records of pools, the column that holds the owner; tables of what may be work."""
    owners, work = dict[str, str](), set[str]()
    for pool in model.pools.values():
        object_type = model.objects.get(pool.object)
        owner = None if object_type is None else field_of(object_type, "owner")
        if object_type is not None and owner is not None:
            owners[object_type.table] = owner.column
        work |= {model.objects[one.object].table for one in pool.activity if one.object in model.objects}
    return owners, frozenset(work)


class _Work:
    """Runs of the handlers."""

    def __init__(self, ownership: Ownership, acting: Acting) -> None:
        self._ownership, self._acting = ownership, acting
        self._recycling = Recycling(ownership)

    async def _once(self, run: Run, work: Callable[[Standing], Awaitable[None]], actor: Actor, now: datetime) -> None:
        async def standing(connection: Any, context: Context) -> None:
            await work(Standing(connection, context, now))

        await self._acting.once(run, standing, actor=actor)

    async def written(self, run: Run) -> None:
        """A record of a pool, or something that may be work on one, was written."""
        event = run.event
        actor = Actor(event.actor_id or "", ActorKind(event.actor_kind), event.actor_name, ())

        async def follow(standing: Standing) -> None:
            told = event.changes if event.object == MERGE_OBJECT else None
            if told is not None:
                merged_type = next((one for one in standing.model if one.table == told["object"]), None)
                if merged_type is not None:
                    await self._ownership.absorbed(standing, merged_type, told["record"], told["merged"])
                return
            found = next((one for one in standing.model if one.table == event.object), None)
            if found is None:
                return
            owner = field_of(found, "owner")
            pair = None if owner is None else event.pairs.get(owner.column)
            if pair is not None and pair[0] != pair[1] and pools_of(standing.model, found.name):
                await self._ownership.followed(standing, found, event.record_id, pair[1])
            for pool in standing.model.pools.values():
                for activity in pool.activity:
                    if activity.object == found.name:
                        await self._worked(standing, pool, activity, found, event)

        await self._once(run, follow, actor, event.at)

    async def _worked(
        self, standing: Standing, pool: Pool, activity: PoolActivity, found: ObjectType, event: Event
    ) -> None:
        if activity.when:
            known = await self._ownership.facts.values(
                standing.connection, standing.context, found.name, event.record_id, [activity.when], instant=event.at
            )
            if known is None or known[activity.when] is not True:
                return
        record: str | None = event.record_id
        if activity.relation:
            model = standing.model
            record = await led_to(
                standing.connection, model, found, activity.relation, event.record_id, model.object(pool.object)
            )
        if record is not None:
            await self._ownership.worked(standing, pool, record, event.at)

    async def look(self, run: Run) -> None:
        """It is time for a pool to look at what is due, or to start the clocks of what has an owner already."""
        payload, now = run.payload, run.clock.now()
        minute = datetime.fromisoformat(payload["minute"])
        after = payload.get("enrol")

        async def step(connection: Any, context: Context) -> bool:
            nonlocal after
            pool, standing = context.model.pools.get(payload["pool"]), Standing(connection, context, now)
            if pool is None:
                return False
            if after is not None:
                after = await self._recycling.enrol(standing, pool, after) or None
                return after is not None
            if await self._recycling.look(standing, pool):
                return True
            await self._recycling.rest(standing, pool, minute)
            return False

        actor = Actor("", ActorKind.SYSTEM, f"pool {payload['pool']}", ())
        if await self._acting.in_steps(run, step, at_most_s=_TURN_S, actor=actor):
            return
        more = {**payload, **({} if after is None else {"enrol": after})}
        draft = TimerDraft(
            run.tenant_id, RUN, f"{payload['pool']} after {run.job_id}", now, more, f"pool {payload['pool']}"
        )
        async with run.connections.transaction(run.tenant_id) as connection:
            await set_timer(connection, draft)


def follow_pools(clock: Clock) -> Callable[[Any, Plan], Awaitable[None]]:
    """What has every change of the configuration start the clocks of records that have an owner, of pools it adds."""

    async def follow(connection: Any, plan: Plan) -> None:
        model, now = plan.model, clock.now()
        for change in plan.changes:
            pool = model.pools.get(change.to or change.name) if change.kind == "pool" else None
            if pool is not None and (change.before or {}).get("when") != pool.when:
                payload = {"pool": pool.name, "minute": now.isoformat(), "enrol": ""}
                key = f"{pool.name} version {model.version}"
                await set_timer(connection, TimerDraft(model.tenant_id, RUN, key, now, payload, f"pool {pool.name}"))

    return follow
