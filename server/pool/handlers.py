"""Writes and moments → owners followed, clocks extended, warnings, records taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.pools.values import Pool, PoolActivity
from server.context import Actor, ActorKind, Context
from server.events.acting import Acting
from server.events.handlers import Handler, Run
from server.events.log import Event
from server.pool.ownership import DUE, WARN, Ownership, Standing, pools_of
from server.records.leading import led_to

__all__ = ["pool_handlers"]

_MAX_CAUSES = 40
_WRITES = ("create", "update", "merge", "restore")


def pool_handlers(ownership: Ownership, acting: Acting) -> Sequence[Handler]:
    """The handlers of pools."""
    work = _Work(ownership, acting)
    return [
        Handler(
            "pool.events",
            work.written,
            interest=_interest,
            stream=lambda event: f"pool:{event.record_id}",
            atomic=True,
        ),
        Handler(DUE, work.due, atomic=True),
        Handler(WARN, work.warn, atomic=True),
    ]


def _interest(event: Event, model: TenantModel) -> bool:
    if not model.pools or event.kind not in _WRITES or len(event.cause) > _MAX_CAUSES:
        return False
    return any(
        name in model.objects and model.objects[name].table == event.object
        for pool in model.pools.values()
        for name in (pool.object, *(activity.object for activity in pool.activity))
    )


class _Work:
    """Runs of the handlers."""

    def __init__(self, ownership: Ownership, acting: Acting) -> None:
        self._ownership, self._acting = ownership, acting

    async def _once(self, run: Run, work: Callable[[Standing], Awaitable[None]], actor: Actor, now: datetime) -> None:
        async def standing(connection: Any, context: Context) -> None:
            await work(Standing(connection, context, now))

        await self._acting.once(run, standing, actor=actor)

    async def written(self, run: Run) -> None:
        """A record of a pool, or something that may be work on one, was written."""
        event = run.event
        actor = Actor(event.actor_id or "", ActorKind(event.actor_kind), event.actor_name, ())

        async def follow(standing: Standing) -> None:
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

    async def due(self, run: Run) -> None:
        """A record is due."""
        await self._moment(run, self._ownership.come)

    async def warn(self, run: Run) -> None:
        """A record will be due."""
        await self._moment(run, self._ownership.warn)

    async def _moment(self, run: Run, act: Callable[[Standing, Pool, str, datetime], Awaitable[Any]]) -> None:
        payload = run.payload

        async def come(standing: Standing) -> None:
            pool = standing.model.pools.get(payload["pool"])
            if pool is not None:
                await act(standing, pool, payload["record"], datetime.fromisoformat(payload["due"]))

        actor = Actor("", ActorKind.SYSTEM, f"pool {payload['pool']}", ())
        await self._once(run, come, actor, run.clock.now())
