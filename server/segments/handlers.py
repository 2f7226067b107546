"""Writes, the clock and changed declarations → members of segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.segments.values import Segment
from metadata.segments.watching import Watch, watch_of
from server.context import Actor, ActorKind, Context
from server.database.sql import quote_identifier
from server.events.acting import Acting, Work
from server.events.handlers import Handler, Run
from server.events.log import Event
from server.events.timers import TimerDraft, set_timer
from server.records.layout import Layout
from server.segments import sql
from server.segments.following import CLOCK, FORGET, SWEEP, set_clock, set_sweep
from server.segments.members import BATCH, Members

__all__ = ["segment_handlers"]

ALONE = "segments.event"
"""Handler of events that are gone through by themselves."""

_MAX_CAUSES = 40
_TENANTS_KEPT = 500
_TURN_S = 20.0
"""Seconds that a segment is worked out for before others of the tenant get their turn."""
_SOON = timedelta(minutes=1)
"""How long a write of something far away may wait for others of its kind."""


@dataclass(frozen=True, slots=True)
class _Watched:
    """A segment as events are compared with it: columns that matter by table, and how a record of it is found."""

    segment: Segment
    own: str
    columns: dict[str, frozenset[str]]
    via: dict[str, tuple[str, ...]]
    far: frozenset[str]

    def concerns(self, event: Event) -> bool:
        columns = self.columns.get(event.object)
        return columns is not None and (event.kind not in ("update", "merge") or not columns.isdisjoint(event.pairs))


class _Watches:
    """What the segments of the tenants look at; those used last are kept."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], tuple[_Watched, ...]] = {}

    def of(self, model: TenantModel) -> tuple[_Watched, ...]:
        key = (model.tenant_id, model.version)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _TENANTS_KEPT:
                self._kept.clear()
            found = tuple(_watched(model, one) for one in model.segments.values())
            self._kept[key] = found
        return found


def _watched(model: TenantModel, segment: Segment) -> _Watched:
    watch: Watch = watch_of(model, segment)
    layout = Layout(model)

    def columns(object_type: ObjectType, names: frozenset[str]) -> frozenset[str]:
        fields = (field_of(object_type, name) for name in names)
        return frozenset(column for one in fields if one is not None for column in layout.columns(object_type, one))

    tables = {name: model.objects[name] for name in watch.fields if name in model.objects}
    return _Watched(
        segment,
        model.object(segment.object).table,
        {found.table: columns(found, watch.fields[name]) for name, found in tables.items()},
        {tables[name].table: tuple(sorted(columns(tables[name], fields))) for name, fields in watch.via.items()},
        frozenset(tables[name].table for name in watch.far if name in tables),
    )


def segment_handlers(members: Members, acting: Acting) -> Sequence[Handler]:
    """The handlers of segments."""
    watches = _Watches()
    work = _Work(members, watches, acting)

    def interest(event: Event, model: TenantModel) -> bool:
        if not model.segments or len(event.cause) > _MAX_CAUSES:
            return False
        return any(one.concerns(event) for one in watches.of(model))

    return [
        Handler(
            "segments.events",
            work.events,
            interest=interest,
            stream=lambda _event: "segments",
            batched=True,
            atomic=True,
        ),
        Handler(ALONE, work.event, atomic=True),
        Handler(SWEEP, work.sweep),
        Handler(CLOCK, work.clock, atomic=True),
        Handler(FORGET, work.forget, atomic=True),
    ]


class _Work:
    """Runs of the handlers."""

    def __init__(self, members: Members, watches: _Watches, acting: Acting) -> None:
        self._members, self._watches = members, watches
        self._acting = acting

    async def _once(self, run: Run, work: Work) -> None:
        await self._acting.once(run, work, name="segments")

    async def events(self, run: Run) -> None:
        """Something was written that segments look at; all in one transaction."""
        await self._acting.once_together(
            run, self._looking(run), alone=ALONE, stream=lambda event: f"segments:{event.record_id}", name="segments"
        )

    async def event(self, run: Run) -> None:
        """One event, by itself."""
        await self._once(run, self._looking(run))

    def _looking(self, run: Run) -> Work:
        async def look(connection: Any, context: Context) -> None:
            now = run.clock.now()
            for one in sorted(self._watches.of(context.model), key=lambda one: one.segment.name):
                concerning = [event for event in run.events if one.concerns(event)]
                records = await _concerned(connection, context, one, concerning)
                if records:
                    await self._members.judge(connection, context, one.segment, records, now)
                if any(event.object in one.far for event in concerning):
                    minute = now.replace(second=0, microsecond=0) + _SOON
                    await set_sweep(connection, run.tenant_id, one.segment.name, minute, {"tell": True}, "soon")

        return look

    async def sweep(self, run: Run) -> None:
        """A segment is worked out, batch by batch: first those who come in, then those who go out."""
        payload, now = run.payload, run.clock.now()
        phase, after, tell = payload.get("phase", "sweep"), payload.get("after", ""), payload["tell"]
        number = payload.get("round")

        async def step(connection: Any, context: Context) -> bool:
            nonlocal phase, after, number
            segment = context.model.segments.get(payload["segment"])
            current = await connection.fetchval(sql.ROUND, run.tenant_id, payload["segment"])
            number = current if number is None else number
            if segment is None or current is None or current != number:
                return False
            batch = self._members.sweep if phase == "sweep" else self._members.weed
            after = await batch(connection, context, segment, after, now, tell=tell)
            if after or phase == "sweep":
                phase = phase if after else "weed"
                return True
            await connection.execute(sql.REFRESHED, run.tenant_id, segment.name, now)
            return False

        actor = Actor("", ActorKind.SYSTEM, "segments", ())
        if await self._acting.in_steps(run, step, at_most_s=_TURN_S, actor=actor):
            return
        more = {"round": number, "tell": tell, "phase": phase, "after": after}
        async with run.connections.transaction(run.tenant_id) as connection:
            await set_sweep(connection, run.tenant_id, payload["segment"], now, more, f"after {run.job_id}")

    async def clock(self, run: Run) -> None:
        """Time has passed, by which records may have come in or gone out."""

        async def begin(connection: Any, context: Context) -> None:
            segment = context.model.segments.get(run.payload["segment"])
            if segment is not None:
                now = run.clock.now()
                await set_sweep(connection, run.tenant_id, segment.name, now, {"tell": True}, "clock")
                await set_clock(connection, context.model, segment, now)

        await self._once(run, begin)

    async def forget(self, run: Run) -> None:
        """The members of a segment that is gone, a batch at a time."""

        async def remove(connection: Any, context: Context) -> None:
            name, now = run.payload["segment"], run.clock.now()
            if name in context.model.segments:
                return
            done = await connection.execute(sql.FORGET, run.tenant_id, name, BATCH)
            if int(done.split()[-1]) == BATCH:
                key = f"{name} after {run.job_id}"
                draft = TimerDraft(run.tenant_id, FORGET, key, now, run.payload, f"segment {name}")
                await set_timer(connection, draft)

        await self._once(run, remove)


async def _concerned(
    connection: Any, context: Context, one: _Watched, events: Sequence[Event]
) -> dict[str, tuple[int, ...]]:
    """The records of a segment that events concern, in order, each with the first of those and its causes."""
    records: dict[str, tuple[int, ...]] = {}
    now = await _leading(connection, context, one, events)
    for event in events:
        chain = (*event.cause, event.id)
        if event.object == one.own:
            records.setdefault(event.record_id, chain)
        pairs, stored = event.pairs, now.get((event.object, event.record_id), {})
        for column in one.via.get(event.object, ()):
            for value in pairs.get(column, (stored.get(column),)):
                if value:
                    records.setdefault(value, chain)
    return records


async def _leading(
    connection: Any, context: Context, one: _Watched, events: Sequence[Event]
) -> dict[tuple[str, str], Mapping[str, str | None]]:
    """Where written records lead to now, by table and id, of those whose events do not say it."""
    asked: dict[str, set[str]] = {}
    for event in events:
        columns = one.via.get(event.object, ())
        if event.kind != "destroy" and not event.pairs.keys() >= set(columns):
            asked.setdefault(event.object, set()).add(event.record_id)
    found: dict[tuple[str, str], Mapping[str, str | None]] = {}
    for object_type in context.model:
        records = asked.get(object_type.table)
        if records:
            listed = ", ".join(f"{quote_identifier(column)}::text" for column in one.via[object_type.table])
            table = Layout(context.model).table_of(object_type)
            rows = await connection.fetch(
                f"select id::text as id, {listed} from {table} where id = any($1::uuid[])", list(records)
            )
            found |= {(object_type.table, row["id"]): dict(row) for row in rows}
    return found
