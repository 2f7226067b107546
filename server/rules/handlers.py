"""What makes rules fire without anybody asking: events of records and engines, moments of records, times of day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from metadata.calendars.hours import hours_of
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import TangramError
from metadata.rules.timing import next_schedule
from metadata.rules.triggers import settings_of, trigger_of
from metadata.rules.values import CountTrigger, ScheduleTrigger
from server.context import Context
from server.events import sql as event_sql
from server.events.acting import Acting
from server.events.handlers import Handler, Run
from server.events.log import Event
from server.events.timers import TimerDraft, set_timer
from server.rules import sql
from server.rules.engine import AGAIN, Occasion, RuleEngine, Verdict, add_runs
from server.rules.knowing import Moment
from server.rules.matching import PLATFORM_SOURCES, RECORD_EVENTS, TOLD, recovers, told_of
from server.rules.ruleset import Published, RuleSet, RuleSets
from server.rules.waiting import ARM, DUE, SCHEDULE, Waiting, meeting

__all__ = ["event_occasion", "rule_handlers"]

_MAX_CAUSES = 40
"""Events that may have caused each other; rules themselves allow fewer (`guard.depth`)."""

ALONE = "rules.event"
"""Handler of events that are gone through by themselves."""

_BATCH = 200
_TABLES_KEPT = 500

_log = structlog.get_logger("tangram.rules")


@dataclass(frozen=True, slots=True)
class _Standing:
    """One run's transaction, tenant, rules and instant."""

    connection: Any
    context: Context
    rules: RuleSet
    now: datetime
    _types: dict[str, ObjectType | None] = field(default_factory=dict)

    def object_of(self, table: str) -> ObjectType | None:
        """The object type of a table; None where there is none."""
        if table not in self._types:
            self._types[table] = next((found for found in self.context.model if found.table == table), None)
        return self._types[table]


def rule_handlers(engine: RuleEngine, sets: RuleSets, acting: Acting) -> Sequence[Handler]:
    """The handlers of rules."""
    work = _Work(engine, sets, acting)
    interest = _Interest()
    return [
        Handler(
            "rules.events",
            work.events,
            interest=interest.of,
            refine=work.refine,
            stream=lambda _event: "rules",
            batched=True,
            atomic=True,
        ),
        Handler(ALONE, work.event, atomic=True),
        Handler(DUE, work.due, atomic=True),
        Handler(AGAIN, work.again, atomic=True),
        Handler(ARM, work.arm, atomic=True),
        Handler(SCHEDULE, work.scheduled, atomic=True, always=True),
    ]


class _Interest:
    """Which events may make rules fire, by the tables that a tenant's rules are about."""

    def __init__(self) -> None:
        self._tables: dict[tuple[str, int], frozenset[str]] = {}

    def of(self, event: Event, model: TenantModel) -> bool:
        if not model.rules or len(event.cause) > _MAX_CAUSES:
            return False
        key = (model.tenant_id, model.version)
        tables = self._tables.get(key)
        if tables is None:
            if len(self._tables) >= _TABLES_KEPT:
                self._tables.clear()
            tables = self._tables[key] = frozenset(_tables(model))
        return event.object in tables


def _tables(model: TenantModel) -> set[str]:
    names = {rule.object for rule in model.rules.values()}
    settings = [settings_of(rule) for rule in model.rules.values()]
    names |= {one.object for one in settings if isinstance(one, CountTrigger)}
    tables = {model.objects[name].table for name in names if name in model.objects}
    if any(rule.trigger in TOLD for rule in model.rules.values()):
        tables |= set(PLATFORM_SOURCES)
    return tables


def event_occasion(event: Event, object_type: ObjectType, now: datetime) -> Occasion:
    """The occasion of a write of a record."""
    return Occasion(
        f"e:{event.id}", object_type, event.record_id, Moment.of(event, now), now, event.id, (*event.cause, event.id)
    )


class _Work:
    """Runs of the handlers."""

    def __init__(self, engine: RuleEngine, sets: RuleSets, acting: Acting) -> None:
        self._engine, self._sets = engine, sets
        self._waiting = Waiting(engine)
        self._acting = acting

    async def _once(self, run: Run, work: Callable[[_Standing], Awaitable[None]]) -> None:
        async def standing(connection: Any, context: Context) -> None:
            await work(await self._standing(run, connection, context))

        await self._acting.once(run, standing)

    async def _standing(self, run: Run, connection: Any, context: Context) -> _Standing:
        rules = await self._sets.of(connection, context.model)
        return _Standing(connection, context, rules, run.clock.now())

    async def refine(self, connection: Any, model: TenantModel, events: Sequence[Event]) -> Sequence[Event]:
        """Those of some events that a rule has to look at."""
        try:
            rules = await self._sets.of(connection, model)
            return [event for event in events if rules.concerns(event)]
        except Exception as error:  # it must show as a failed job, not as a stopped stream of events
            _log.error("rules of a tenant cannot be read", tenant=model.tenant_id, exc_info=error)
            return events

    async def events(self, run: Run) -> None:
        """Records were written, or other engines say something of some; all in one transaction."""

        async def look(connection: Any, context: Context) -> None:
            await self._look_at(await self._standing(run, connection, context), run.events)

        await self._acting.once_together(run, look, alone=ALONE, stream=lambda event: f"rule:{event.record_id}")

    async def event(self, run: Run) -> None:
        """One event, by itself."""
        await self._once(run, lambda standing: self._look_at(standing, run.events))

    async def _look_at(self, standing: _Standing, events: Sequence[Event]) -> None:
        """Events in their order: those of different records together, those of one record one after the other."""
        for wave in _waves(events):
            considered: dict[str, list[tuple[Occasion, Sequence[Published]]]] = {}
            for each in wave:
                occasion, rules = await self._heard(standing, each)
                if occasion is not None and rules:
                    considered.setdefault(occasion.object_type.name, []).append((occasion, rules))
            for those in considered.values():
                await self._engine.consider_all(standing.connection, standing.context, those)
            for each in wave:
                object_type = standing.object_of(each.object)
                if object_type is not None and each.kind in RECORD_EVENTS:
                    await self._count(standing, each)
                    await self._move(standing, object_type, each)

    async def _heard(self, standing: _Standing, event: Event) -> tuple[Occasion | None, Sequence[Published]]:
        """The occasion that an event is, and the rules that listen to it."""
        told = told_of(event)
        if told is not None:
            object_type = standing.object_of(told.table)
            if object_type is None:
                return None, ()
            occasion = Occasion(
                f"e:{event.id}", object_type, told.record, Moment(standing.now), standing.now, event.id,
                (*event.cause, event.id),
            )  # fmt: skip
            return occasion, standing.rules.of_told(told)
        object_type = standing.object_of(event.object)
        if object_type is None or event.kind not in RECORD_EVENTS:
            return None, ()
        await self._rearm(standing, object_type, event)
        return event_occasion(event, object_type, standing.now), standing.rules.of_event(event)

    async def _consider(self, standing: _Standing, rules: Sequence[Published], occasion: Occasion) -> None:
        if rules:
            await self._engine.consider(standing.connection, standing.context, rules, occasion)

    async def _rearm(self, standing: _Standing, object_type: ObjectType, event: Event) -> None:
        """Numbers that are back far enough let their rules fire again."""
        for one in standing.rules.crossing(object_type):
            settings = settings_of(one.rule)
            field = next((found for found in object_type.fields if found.name == settings.field), None)
            pair = None if field is None else event.pairs.get(field.column)
            if pair is not None and recovers(settings, pair[1]):
                await standing.connection.execute(sql.FORGET_STATE, event.tenant_id, one.rule.name, event.record_id)

    async def _count(self, standing: _Standing, event: Event) -> None:
        """Rules whose window is full with this record."""
        if event.kind not in ("create", "update", "restore"):
            return
        connection, context = standing.connection, standing.context
        for one in standing.rules.counting(event.object):
            record = await self._waiting.count(connection, context, one, event.record_id, event.at)
            if record is None:
                continue
            occasion = Occasion(
                f"e:{event.id}", context.model.object(one.rule.object), record, Moment(standing.now), standing.now,
                event.id, (*event.cause, event.id),
            )  # fmt: skip
            verdicts = await self._engine.consider(connection, context, [one], occasion)
            if any(verdict.outcome in ("fired", "deferred") for verdict in verdicts):
                await self._waiting.counted(connection, context, one, record, event.at)

    async def _move(self, standing: _Standing, object_type: ObjectType, event: Event) -> None:
        """Moments of the record, which its fields may have moved."""
        for one in standing.rules.waiting(event.object):
            if event.kind == "delete":
                await self._waiting.forget(standing.connection, standing.context, one, event.record_id)
                continue
            try:
                await self._waiting.arm(
                    standing.connection, standing.context, one, object_type, event.record_id, Moment.of(event, event.at)
                )
            except TangramError as error:  # it names what is gone
                await self._incident(standing, one, object_type, event, error)

    async def _incident(
        self, standing: _Standing, one: Published, object_type: ObjectType, event: Event, error: TangramError
    ) -> None:
        verdict = Verdict(one, "failed", error.message)
        await add_runs(
            standing.connection, event.tenant_id, [(event_occasion(event, object_type, standing.now), verdict)]
        )

    async def due(self, run: Run) -> None:
        """A moment of a record has come."""
        payload = run.payload

        async def come(standing: _Standing) -> None:
            one = standing.rules.rules.get(payload["rule"])
            if one is None or not trigger_of(one.rule).waits:
                return
            connection, context, record = standing.connection, standing.context, payload["record"]
            object_type = context.model.objects.get(one.rule.object)
            if object_type is None:
                return
            due = datetime.fromisoformat(payload["due"])
            occasion = await self._waiting.come(connection, context, one, object_type, record, due, standing.now)
            if occasion is not None:
                await self._engine.consider(connection, context, [one], occasion)
                await self._waiting.done(connection, context, one, object_type, record, standing.now)

        await self._once(run, come)

    async def again(self, run: Run) -> None:
        """Quiet hours have ended: what waited is considered again, at the same occasion."""
        payload = run.payload

        async def ask(standing: _Standing) -> None:
            one = standing.rules.rules.get(payload["rule"])
            object_type = standing.context.model.objects.get(payload["object"])
            if one is None or object_type is None:
                return
            occasion = Occasion(
                payload["key"], object_type, payload["record"], Moment(standing.now), standing.now, payload["event"]
            )
            if payload["event"] is not None:
                rows = await standing.connection.fetch(event_sql.EVENTS_BY_ID, run.tenant_id, [payload["event"]])
                for event in map(Event.from_row, rows):
                    moment = Moment.of(event, standing.now) if event.object == object_type.table else occasion.moment
                    occasion = replace(occasion, moment=moment, cause=(*event.cause, event.id))
            await self._consider(standing, [one], occasion)

        await self._once(run, ask)

    async def arm(self, run: Run) -> None:
        """A rule was published: the moments of the records that are there, some at a time."""
        payload = run.payload

        async def some(standing: _Standing) -> None:
            one = standing.rules.rules.get(payload["rule"])
            if one is None or one.number != payload["number"] or not trigger_of(one.rule).waits:
                return
            connection, context = standing.connection, standing.context
            object_type = context.model.objects.get(one.rule.object)
            if object_type is None:
                return
            ids = await meeting(
                connection, context, object_type, "", standing.now, after=payload["after"], first=_BATCH
            )
            for record in ids:
                await self._waiting.arm(connection, context, one, object_type, record, Moment(standing.now))
            if len(ids) == _BATCH:
                more = {**payload, "after": ids[-1]}
                key = f"{one.rule.name}:{one.number}:{ids[-1]}"
                await set_timer(connection, TimerDraft(run.tenant_id, ARM, key, standing.now, more))

        await self._once(run, some)

    async def scheduled(self, run: Run) -> None:
        """A time of day: every record that meets the condition, some at a time.

        In a tenant whose trial is over nobody is met, and the next time of day is waited for: nothing new begins.
        """
        payload = run.payload

        async def start(standing: _Standing) -> None:
            one = standing.rules.rules.get(payload["rule"])
            settings = None if one is None else settings_of(one.rule)
            if one is None or not isinstance(settings, ScheduleTrigger):
                return
            connection, context = standing.connection, standing.context
            model = context.model
            object_type = model.objects.get(one.rule.object)
            if object_type is None:
                return
            due = payload["due"]
            ids: Sequence[str] = ()
            if not (await self._acting.tenants.get(run.tenant_id)).is_over(standing.now):
                ids = await meeting(
                    connection, context, object_type, one.rule.when, standing.now, after=payload["after"], first=_BATCH
                )
            for record in ids:
                occasion = Occasion(f"s:{record}:{due}", object_type, record, Moment(standing.now), standing.now)
                await self._engine.consider(connection, context, [one], occasion)
            if len(ids) == _BATCH:
                more = {**payload, "after": ids[-1]}
                key = f"{one.rule.name}:{due}:{ids[-1]}"
                await set_timer(connection, TimerDraft(run.tenant_id, SCHEDULE, key, standing.now, more))
            if not payload["after"]:
                await set_schedule(connection, model, one, standing.now)

        await self._once(run, start)


async def set_schedule(connection: Any, model: TenantModel, one: Published, now: datetime) -> None:
    """Set the timer of a rule's next time of day."""
    settings: ScheduleTrigger = settings_of(one.rule)
    zone = ZoneInfo(model.settings.timezone)
    hours = hours_of(model.calendars, settings.calendar, model.settings.timezone) if settings.calendar else None
    due = next_schedule(settings, now, zone, hours)
    if due is not None:
        payload = {"rule": one.rule.name, "due": due.isoformat(), "after": ""}
        await set_timer(connection, TimerDraft(model.tenant_id, SCHEDULE, one.rule.name, due, payload))


def _waves(events: Sequence[Event]) -> list[list[Event]]:
    """Events in order, in groups that name no record twice."""
    waves, seen = list[list[Event]](), dict[str, int]()
    for event in events:
        told = told_of(event)
        record = event.record_id if told is None else told.record
        place = seen[record] = seen.get(record, -1) + 1
        if place == len(waves):
            waves.append([])
        waves[place].append(event)
    return waves
