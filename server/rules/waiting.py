"""Moments of records: when a rule by the clock comes for a record, set as timers that every write moves.

A timer that fires works its moment out anew: one that has moved meanwhile, also through other records, is set again.
What is due is done once for each moment, however often it is worked out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from metadata.calendars.hours import hours_of
from metadata.expressions.text import parse
from metadata.fields.times import read_duration
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.rules.timing import absence_due, counted, date_due
from metadata.rules.triggers import settings_of
from metadata.rules.values import AbsenceTrigger, CountTrigger, DateTrigger, Rule
from server.access.plan import ADMINISTRATOR
from server.context import Context
from server.database.sql import quote_identifier
from server.events.timers import TimerDraft, set_timer, stop_timer
from server.records.compiler import Compiler
from server.records.layout import Layout
from server.records.leading import leading_column, led_to
from server.records.run_values import values_for
from server.rules import sql
from server.rules.engine import Occasion, RuleEngine
from server.rules.knowing import Moment, conjuncts
from server.rules.ruleset import Published

__all__ = ["ARM", "DUE", "SCHEDULE", "Waiting", "meeting", "moment_key"]

DUE = "rules.due"
"""Kind of the timers of single records."""
ARM = "rules.arm"
"""Kind of the timers that set those of all records, after a rule was published."""
SCHEDULE = "rules.schedule"
"""Kind of the timers of times of day."""

_MAX_COUNTED = 2_000


def moment_key(record: str, due: datetime) -> str:
    """Names a moment of a record."""
    return f"t:{record}:{due.isoformat()}"


@dataclass(eq=False)
class Waiting:
    """Keeps the moments of records."""

    engine: RuleEngine

    async def arm(
        self, connection: Any, context: Context, one: Published, object_type: ObjectType, record: str, moment: Moment
    ) -> None:
        """Work out anew when a rule comes for a record, and set its timer.

        Args:
            connection: In a transaction.
            context: The tenant.
            one: The rule.
            object_type: Of the record.
            record: Its id.
            moment: When it was written, and how.
        """
        now = moment.instant
        due = await self._due(connection, context, one.rule, object_type, record, moment)
        if due is not None and due < now and not await self._makes_up(connection, context, one.rule, record, due, now):
            due = None
        tenant_id, key = context.model.tenant_id, f"{one.rule.name}:{record}"
        if due is None:
            await stop_timer(connection, tenant_id, DUE, key)
            return
        payload = {"rule": one.rule.name, "record": record, "due": due.isoformat()}
        await set_timer(connection, TimerDraft(tenant_id, DUE, key, max(due, now), payload, f"rule:{record}"))

    async def forget(self, connection: Any, context: Context, one: Published, record: str) -> None:
        """The record is gone."""
        tenant_id = context.model.tenant_id
        await stop_timer(connection, tenant_id, DUE, f"{one.rule.name}:{record}")
        await connection.execute(sql.FORGET_STATE, tenant_id, one.rule.name, record)

    async def come(
        self,
        connection: Any,
        context: Context,
        one: Published,
        object_type: ObjectType,
        record: str,
        due: datetime,
        now: datetime,
    ) -> Occasion | None:
        """The occasion of a timer that fired, however late; None when its moment has moved, and is set again."""
        found = await self._due(connection, context, one.rule, object_type, record, Moment(now), timer=due)
        if found != due:
            await self.arm(connection, context, one, object_type, record, Moment(now))
            return None
        return Occasion(moment_key(record, due), object_type, record, Moment(now), now)

    async def done(
        self, connection: Any, context: Context, one: Published, object_type: ObjectType, record: str, now: datetime
    ) -> None:
        """After a moment: what waits for an absence waits no more; what comes every year is set again."""
        settings, tenant_id = settings_of(one.rule), context.model.tenant_id
        if isinstance(settings, AbsenceTrigger) and not settings.since:
            row = await connection.fetchrow(sql.STATE, tenant_id, one.rule.name, record)
            if row is not None:
                await connection.execute(sql.SET_STATE, tenant_id, one.rule.name, record, False, row["since"])
        elif isinstance(settings, DateTrigger) and settings.yearly:
            await self.arm(connection, context, one, object_type, record, Moment(now))

    async def _due(
        self,
        connection: Any,
        context: Context,
        rule: Rule,
        object_type: ObjectType,
        record: str,
        moment: Moment,
        timer: datetime | None = None,
    ) -> datetime | None:
        """When a rule comes for a record; of yearly ones next, or at the moment of a timer that fired."""
        settings, now = settings_of(rule), moment.instant
        if isinstance(settings, AbsenceTrigger):
            return await self._absence(connection, context, rule, object_type, record, moment)
        assert isinstance(settings, DateTrigger)
        known = await self.engine.knowing.values(connection, context, object_type, record, [settings.of], moment)
        value = None if known is None else _instant(known[settings.of])
        if value is None:
            return None
        model = context.model
        zone, hours = ZoneInfo(model.settings.timezone), _hours(model, settings.calendar)
        due = date_due(settings, value, (timer or now) - _MOMENT, zone, hours)
        if not settings.yearly or timer is not None or due is None:
            return due
        was = await self._was(connection, model, rule, moment_key(record, due))
        return date_due(settings, value, now, zone, hours) if was else due

    async def _makes_up(
        self, connection: Any, context: Context, rule: Rule, record: str, due: datetime, now: datetime
    ) -> bool:
        """Whether a moment that had passed when it was worked out is made up for."""
        settings = settings_of(rule)
        if await self._was(connection, context.model, rule, moment_key(record, due)):
            return False
        if isinstance(settings, AbsenceTrigger):
            return True
        offset = timedelta(seconds=read_duration(settings.offset) if settings.offset else 0)
        return bool(settings.catch_up) and (offset >= timedelta() or due - offset >= now)

    async def _was(self, connection: Any, model: TenantModel, rule: Rule, key: str) -> bool:
        return bool(await connection.fetch(sql.DECIDED, model.tenant_id, [key], [rule.name]))

    async def _absence(
        self, connection: Any, context: Context, rule: Rule, object_type: ObjectType, record: str, moment: Moment
    ) -> datetime | None:
        settings: AbsenceTrigger = settings_of(rule)
        now = moment.instant
        parts = conjuncts(rule.when)
        texts = [*parts, *([settings.since] if settings.since else [])]
        known = await self.engine.knowing.values(connection, context, object_type, record, texts, moment)
        model = context.model
        if known is None or any(known[part] is not True for part in parts):
            await connection.execute(sql.FORGET_STATE, model.tenant_id, rule.name, record)
            return None
        hours = _hours(model, settings.calendar)
        if settings.since:
            since = _instant(known[settings.since])
            if since is None:
                return None
            if not isinstance(since, datetime):
                since = datetime.fromisoformat(f"{since}T00:00:00").replace(tzinfo=ZoneInfo(model.settings.timezone))
            return absence_due(settings, since, hours)
        row = await connection.fetchrow(sql.STATE, model.tenant_id, rule.name, record)
        if row is None:
            await connection.execute(sql.SET_STATE, model.tenant_id, rule.name, record, True, now)
        elif not row["armed"]:
            return None  # it has come already, and the condition has been met ever since
        return absence_due(settings, now if row is None else row["since"], hours)

    async def count(
        self, connection: Any, context: Context, one: Published, counted_id: str, now: datetime
    ) -> str | None:
        """The record whose window is full with what was written; None where it is not."""
        settings: CountTrigger = settings_of(one.rule)
        model = context.model
        object_type = model.object(settings.object)
        at = field_of(object_type, settings.at)
        column = leading_column(model, object_type, settings.relation)
        if at is None or column is None:
            return None
        layout = Layout(model)
        target = model.object(one.rule.object)
        record = await led_to(connection, model, object_type, settings.relation, counted_id, target)
        if record is None:
            return None
        await connection.execute(sql.LOCK, f"count:{model.tenant_id}:{one.rule.name}:{record}")
        state = await connection.fetchrow(sql.STATE, model.tenant_id, one.rule.name, record)
        begins = now - timedelta(seconds=read_duration(settings.within))
        if state is not None:
            begins = max(begins, state["since"])
        compiler = Compiler(model, ADMINISTRATOR)
        scope = compiler.open(object_type)
        conditions = compiler.conditions(scope, parse(settings.where) if settings.where else None)
        place = f"{scope.alias}.{quote_identifier(layout.columns(object_type, at)[0])}"
        conditions += [
            f"{scope.alias}.{column} = {compiler.parameters.placeholder('record.id', '::uuid')}",
            f"{place} > {compiler.parameters.placeholder('count.begins', '::timestamptz')}",
            f"{place} <= {compiler.parameters.placeholder('count.ends', '::timestamptz')}",
        ]
        once_per = field_of(object_type, settings.once_per) if settings.once_per else None
        alike = f"{scope.alias}.id"
        if once_per is not None:
            value = quote_identifier(layout.columns(object_type, once_per)[-1])
            alike = f"coalesce({scope.alias}.{value}::text, {alike}::text)"
        text = (
            f"select max({place}) as at {scope.from_clause} where {' and '.join(conditions)}"
            f" group by {alike} order by 1 desc limit {_MAX_COUNTED}"
        )
        named = {"record.id": record, "count.begins": begins, "count.ends": now}
        value_of = values_for(context, now, named)
        rows = await connection.fetch(text, *map(value_of, compiler.parameters.names()))
        zone = ZoneInfo(model.settings.timezone)
        return record if counted(settings, [row["at"] for row in rows], now, zone) else None

    async def counted(self, connection: Any, context: Context, one: Published, record: str, now: datetime) -> None:
        """A window has made a rule fire: counting starts anew."""
        await connection.execute(sql.SET_STATE, context.model.tenant_id, one.rule.name, record, True, now)


_MOMENT = timedelta(microseconds=1)
"""A moment that is just now due is not after itself; a moment before, it still is."""


async def meeting(
    connection: Any, context: Context, object_type: ObjectType, when: str, now: datetime, *, after: str, first: int
) -> Sequence[str]:
    """Ids of the records that meet a condition, in order, after one of them."""
    compiler = Compiler(context.model, ADMINISTRATOR)
    scope = compiler.open(object_type)
    conditions = compiler.conditions(scope, parse(when) if when else None)
    named: dict[str, Any] = {}
    if after:
        conditions.append(f"{scope.alias}.id > {compiler.parameters.placeholder('after.id', '::uuid')}")
        named["after.id"] = after
    text = (
        f"select {scope.alias}.id::text as id {scope.from_clause} where {' and '.join(conditions) or 'true'}"
        f" order by {scope.alias}.id limit {first}"
    )
    value_of = values_for(context, now, named)
    rows: Sequence[Mapping[str, Any]] = await connection.fetch(text, *map(value_of, compiler.parameters.names()))
    return [row["id"] for row in rows]


def _hours(model: TenantModel, calendar: str) -> Any:
    return hours_of(model.calendars, calendar, model.settings.timezone) if calendar else None


def _instant(value: Any) -> date | datetime | None:
    """A date or instant as PostgreSQL's JSON gives it."""
    if not isinstance(value, str):
        return None
    return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
