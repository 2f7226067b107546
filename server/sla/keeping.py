"""Clocks in PostgreSQL: moved by events, with timers for what is due and for the steps of the ladder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

import uuid_utils

from metadata.calendars.arithmetic import due_after
from metadata.calendars.hours import Hours, hours_of
from metadata.calendars.values import SlaMetric, SlaPolicy, SlaStep, SlaTarget
from metadata.fields.times import read_duration
from metadata.model.tenant import TenantModel
from server.context import Context
from server.events.timers import TimerDraft, set_timer, stop_timer
from server.records.facts import Facts
from server.sla.clocks import Clock, ClockState, Truths, advance, due_of, used_seconds

__all__ = ["DUE", "STEP", "Keeper", "Kept", "explained", "policies_of"]

DUE: Final = "sla.due"
STEP: Final = "sla.step"

_LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7286))"
_COLUMNS: Final[LiteralString] = """
clock.id, clock.policy, clock.metric, clock.object, clock.record_id, clock.round, clock.state, clock.calendar,
clock.target_s, clock.started_at, clock.stopped_at, clock.due_at, clock.run,
(
    select array_agg(pause.begins order by pause.id) from tangram.sla_interval as pause where pause.clock_id = clock.id
) as begins,
(
    select array_agg(pause.ends order by pause.id) from tangram.sla_interval as pause where pause.clock_id = clock.id
) as ends,
(select due_at from tangram.sla_breach where clock_id = clock.id) as breached_at
"""
_OF_RECORD: Final[LiteralString] = f"""
select {_COLUMNS} from tangram.sla_clock as clock
where clock.tenant_id = $1 and clock.object = $2 and clock.record_id = $3
order by clock.policy, clock.metric, clock.round
"""
_BY_ID: Final[LiteralString] = f"""
select {_COLUMNS} from tangram.sla_clock as clock where clock.tenant_id = $1 and clock.id = $2 for update of clock
"""
_OPEN: Final[LiteralString] = f"""
select {_COLUMNS} from tangram.sla_clock as clock
where clock.tenant_id = $1 and clock.policy = $2 and clock.state <> 'stopped' and clock.id > $3
order by clock.id limit 500 for update of clock
"""
_SAVE: Final[LiteralString] = """
insert into tangram.sla_clock (
    id, tenant_id, policy, metric, object, record_id, round, state, calendar, target_s, started_at, stopped_at, due_at,
    run
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (id) do update set
    state = excluded.state, calendar = excluded.calendar, target_s = excluded.target_s,
    stopped_at = excluded.stopped_at, due_at = excluded.due_at, run = excluded.run
"""
_FORGET_PAUSES: Final[LiteralString] = "delete from tangram.sla_interval where clock_id = $1"
_ADD_PAUSES: Final[LiteralString] = """
insert into tangram.sla_interval (tenant_id, clock_id, begins, ends)
select $1::uuid, $2::uuid, p.begins, p.ends from unnest($3::timestamptz[], $4::timestamptz[]) as p (begins, ends)
"""
_BREACH: Final[LiteralString] = """
insert into tangram.sla_breach (tenant_id, clock_id, policy, metric, object, record_id, due_at, noted_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (clock_id) do nothing
returning id
"""
_NO_ID: Final = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Kept:
    """A clock as it is stored.

    Attributes:
        clock: Its intervals.
        target_s: Working seconds that it may take.
        due_at: When they are used up; None while it is paused, and once it has stopped.
        run: Grows each time its timers are set anew.
        breached_at: When it was due without having stopped; None where it was not.
    """

    id: str
    policy: str
    metric: str
    table: str
    record_id: str
    clock: Clock
    calendar: str
    target_s: int
    due_at: datetime | None
    run: int
    breached_at: datetime | None = None


def policies_of(model: TenantModel, object_name: str) -> list[SlaPolicy]:
    """The promises about an object type's records."""
    return [policy for policy in model.sla_policies.values() if policy.object == object_name]


@dataclass(eq=False)
class Keeper:
    """Keeps the clocks of every tenant; holds nothing of them."""

    facts: Facts = field(default_factory=Facts)

    async def written(self, connection: Any, context: Context, object_name: str, record_id: str, at: datetime) -> None:
        """Move the clocks of a record that was written.

        Args:
            connection: In a transaction.
            context: The tenant.
            object_name: Object type of the record.
            record_id: UUID text.
            at: When it was written.
        """
        model = context.model
        policies = policies_of(model, object_name)
        if not policies:
            return
        texts = [text for policy in policies for text in _texts(policy)]
        table = model.object(object_name).table
        await connection.execute(_LOCK, f"{model.tenant_id}:{record_id}")
        known = await self.of_record(connection, model.tenant_id, table, record_id)
        facts = await self.facts.values(connection, context, object_name, record_id, texts, instant=at)
        for policy in policies:
            holds = facts is not None and (not policy.when or facts[policy.when] is True)
            for metric in policy.metrics:
                latest = [one for one in known if (one.policy, one.metric) == (policy.name, metric.name)]
                last = latest[-1] if latest else None
                truths = _truths(metric, facts or {}) if holds else Truths(start=False, stop=True)
                moved = advance(None if last is None else last.clock, truths, at, again=metric.again)
                if moved is None or (last is not None and moved == last.clock):
                    continue
                target = _target(policy, metric, facts or {})
                if last is not None and last.clock.round == moved.round:
                    await self._store(connection, model, metric, _with(last, moved, model, metric))
                elif target is not None:
                    kept = Kept(
                        str(uuid_utils.uuid7()), policy.name, metric.name, table, record_id, moved,
                        target.calendar or policy.calendar, read_duration(target.within), None, 0,
                    )  # fmt: skip
                    await self._store(connection, model, metric, _with(kept, moved, model, metric))

    async def foreseen(
        self, connection: Any, context: Context, object_name: str, record_id: str, now: datetime
    ) -> list[dict[str, Any]]:
        """The clocks of a record: when each is due, when it stopped, and whether it was or is late by then."""
        model = context.model
        metrics = {(policy.name, one.name): one for policy in policies_of(model, object_name) for one in policy.metrics}
        found = []
        for kept in await self.of_record(connection, model.tenant_id, model.object(object_name).table, record_id):
            metric = metrics.get((kept.policy, kept.metric))
            hours = hours_of(model.calendars, kept.calendar, model.settings.timezone)
            due = due_of(kept.clock, hours, kept.target_s, extend=metric is None or metric.extend)
            found.append(
                {
                    "policy": kept.policy,
                    "metric": kept.metric,
                    "round": kept.clock.round,
                    "startedAt": kept.clock.started_at,
                    "dueAt": due,
                    "stoppedAt": kept.clock.stopped_at,
                    "late": due is not None and due < (kept.clock.stopped_at or now),
                }
            )
        return found

    async def recompute(self, connection: Any, context: Context, policy: SlaPolicy, now: datetime) -> int:
        """Work the open clocks of a policy out anew, by its targets and calendars as they are now; how many."""
        model, after, count = context.model, _NO_ID, 0
        metrics = {metric.name: metric for metric in policy.metrics}
        while True:
            rows = await connection.fetch(_OPEN, model.tenant_id, policy.name, after)
            for kept in map(_kept, rows):
                metric, after = metrics.get(kept.metric), kept.id
                texts = list(_texts(policy))
                facts = await self.facts.values(connection, context, policy.object, kept.record_id, texts, instant=now)
                target = None if metric is None or facts is None else _target(policy, metric, facts)
                if metric is None or target is None:
                    continue
                changed = Kept(
                    kept.id, kept.policy, kept.metric, kept.table, kept.record_id, kept.clock,
                    target.calendar or policy.calendar, read_duration(target.within), None, kept.run,
                )  # fmt: skip
                await self._store(connection, model, metric, _with(changed, kept.clock, model, metric))
                count += 1
            if len(rows) < 500:
                return count

    async def of_record(self, connection: Any, tenant_id: str, table: str, record_id: str) -> list[Kept]:
        """The clocks of a record, in order."""
        return [_kept(row) for row in await connection.fetch(_OF_RECORD, tenant_id, table, record_id)]

    async def by_id(self, connection: Any, tenant_id: str, clock_id: str) -> Kept | None:
        """A clock, locked."""
        row = await connection.fetchrow(_BY_ID, tenant_id, clock_id)
        return None if row is None else _kept(row)

    async def note_breach(self, connection: Any, tenant_id: str, kept: Kept, now: datetime) -> bool:
        """Store that a promise was not kept; False when that is known."""
        values = (kept.id, kept.policy, kept.metric, kept.table, kept.record_id, kept.due_at, now)
        return await connection.fetchval(_BREACH, tenant_id, *values) is not None

    async def _store(self, connection: Any, model: TenantModel, metric: SlaMetric, kept: Kept) -> None:
        """Write a clock with its pauses, and set its timers anew."""
        clock, tenant_id = kept.clock, model.tenant_id
        await connection.execute(
            _SAVE, kept.id, tenant_id, kept.policy, kept.metric, kept.table, kept.record_id, clock.round,
            clock.state.value, kept.calendar, kept.target_s, clock.started_at, clock.stopped_at, kept.due_at, kept.run,
        )  # fmt: skip
        await connection.execute(_FORGET_PAUSES, kept.id)
        if clock.pauses:
            begins, ends = [one[0] for one in clock.pauses], [one[1] for one in clock.pauses]
            await connection.execute(_ADD_PAUSES, tenant_id, kept.id, begins, ends)
        await self._set_timers(connection, model, metric, kept)

    async def _set_timers(self, connection: Any, model: TenantModel, metric: SlaMetric, kept: Kept) -> None:
        tenant_id, running = model.tenant_id, kept.clock.state is ClockState.RUNNING and kept.due_at is not None
        payload = {"clock": kept.id, "run": kept.run}
        stream = f"sla:{kept.record_id}"
        if running and kept.due_at is not None:
            await set_timer(connection, TimerDraft(tenant_id, DUE, kept.id, kept.due_at, payload, stream))
        else:
            await stop_timer(connection, tenant_id, DUE, kept.id)
        hours = hours_of(model.calendars, kept.calendar, model.settings.timezone)
        for step in metric.steps:
            key, at = f"{kept.id}:{step.name}", None
            if running:
                at = _step_at(step, kept, hours, extend=metric.extend)
            if at is None:
                await stop_timer(connection, tenant_id, STEP, key)
            else:
                draft = TimerDraft(tenant_id, STEP, key, at, {**payload, "step": step.name}, stream)
                await set_timer(connection, draft)


def _with(kept: Kept, clock: Clock, model: TenantModel, metric: SlaMetric) -> Kept:
    """The same with other intervals, due anew."""
    hours = hours_of(model.calendars, kept.calendar, model.settings.timezone)
    due = None
    if clock.state is not ClockState.STOPPED:
        due = due_of(clock, hours, kept.target_s, extend=metric.extend)
    return Kept(
        kept.id, kept.policy, kept.metric, kept.table, kept.record_id, clock, kept.calendar, kept.target_s,
        due, kept.run + 1, kept.breached_at,
    )  # fmt: skip


def _step_at(step: SlaStep, kept: Kept, hours: Hours, *, extend: bool) -> datetime | None:
    """When a step of the ladder comes; None for one that lies before the clock began."""
    if step.percent is not None:
        return due_of(kept.clock, hours, kept.target_s * step.percent // 100, extend=extend)
    assert step.minutes is not None
    assert kept.due_at is not None
    if not step.working:
        return kept.due_at + timedelta(minutes=step.minutes)
    if step.minutes >= 0:
        return due_after(hours, kept.due_at, step.minutes * 60)
    before = kept.target_s + step.minutes * 60
    return due_of(kept.clock, hours, before, extend=extend) if before > 0 else None


def _texts(policy: SlaPolicy) -> Sequence[str]:
    found = [policy.when]
    for metric in policy.metrics:
        found += [metric.start, metric.stop, metric.pause, *(target.when for target in metric.targets)]
    return [text for text in found if text]


def _truths(metric: SlaMetric, facts: Mapping[str, Any]) -> Truths:
    return Truths(
        facts[metric.start] is True,
        facts[metric.stop] is True,
        bool(metric.pause) and facts[metric.pause] is True,
    )


def _target(policy: SlaPolicy, metric: SlaMetric, facts: Mapping[str, Any]) -> SlaTarget | None:
    """The first target that fits the record."""
    return next((one for one in metric.targets if not one.when or facts.get(one.when) is True), None)


def _kept(row: Mapping[str, Any]) -> Kept:
    pauses = tuple(zip(row["begins"] or (), row["ends"] or (), strict=True))
    clock = Clock(ClockState(row["state"]), row["started_at"], row["stopped_at"], pauses, row["round"])
    return Kept(
        row["id"], row["policy"], row["metric"], row["object"], row["record_id"], clock, row["calendar"],
        row["target_s"], row["due_at"], row["run"], row["breached_at"],
    )  # fmt: skip


def explained(kept: Kept, metric: SlaMetric | None, model: TenantModel, now: datetime) -> dict[str, Any]:
    """A clock with the intervals that make up its figure."""
    hours = hours_of(model.calendars, kept.calendar, model.settings.timezone)
    extend = metric is None or metric.extend
    return {
        "id": kept.id,
        "policy": kept.policy,
        "metric": kept.metric,
        "round": kept.clock.round,
        "state": kept.clock.state.value.upper(),
        "calendar": kept.calendar or None,
        "targetSeconds": kept.target_s,
        "usedSeconds": used_seconds(kept.clock, hours, now, extend=extend),
        "startedAt": kept.clock.started_at,
        "stoppedAt": kept.clock.stopped_at,
        "dueAt": kept.due_at,
        "breachedAt": kept.breached_at,
        "pauses": [{"begins": begins, "ends": ends} for begins, ends in kept.clock.pauses],
    }
