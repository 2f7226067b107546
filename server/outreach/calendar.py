"""The calendar of messages: what rules, journeys and messages that wait will send, day by day, and what coincides.

    rules and flows by the clock of day ─┐
    rules by dates of records ───────────┼─▶ planned sends ─▶ by day ─▶ pairs that go to the same records
    journeys that wait ──────────────────┤
    messages that wait ──────────────────┘

It is what is known now: who meets a condition today may not on that day, and journeys go on from there. Conditions of
scheduled rules and flows are asked as of the instant at which they come, so that birthdays are those of the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from metadata.calendars.hours import hours_of
from metadata.expressions.text import parse
from metadata.flows.values import Flow
from metadata.outreach.planning import PlannedSend, collisions, occurrences, scheduled_start, sent_after, sent_by
from metadata.problems import BadInputError
from metadata.rules.triggers import settings_of
from metadata.rules.values import Rule, ScheduleTrigger
from server.access.plan import ADMINISTRATOR
from server.actions import ActionRun
from server.outreach import sql
from server.records.compiler import Compiler
from server.records.run_values import values_for

__all__ = ["MAX_DAYS", "planned"]

MAX_DAYS = 62
MAX_RECORDS = 20_000
"""Records of one send that are counted, and timers of one kind that are looked at."""

_rule = msgspec.json.Decoder(Rule).decode
_flow = msgspec.json.Decoder(Flow).decode


@dataclass(frozen=True, slots=True)
class _Span:
    """The days that are asked for."""

    run: ActionRun
    zone: ZoneInfo
    until: datetime

    @property
    def timers(self) -> tuple[Any, ...]:
        return self.run.tenant_id, self.run.instant, self.until, MAX_RECORDS

    def object_name(self, table: str) -> str:
        return next((one.name for one in self.run.context.model if one.table == table), table)


async def planned(run: ActionRun, days: int) -> list[dict[str, Any]]:
    """What is to be sent from now on, today and on so many days in all; days without anything are left out."""
    if not 1 <= days <= MAX_DAYS:
        raise BadInputError.single(
            "bad_days", f"The calendar has 1 to {MAX_DAYS} days, not {days}.", path=("days",), hint="Ask for fewer."
        )
    zone = ZoneInfo(run.context.model.settings.timezone)
    today = run.instant.astimezone(zone).date()
    until = datetime.combine(today + timedelta(days=days), datetime.min.time(), zone)
    span = _Span(run, zone, until)
    rows = await run.connection.fetch(sql.RULES, run.tenant_id)
    rules = {one.name: one for one in map(_rule, (row["definition"] for row in rows)) if any(sent_by(one))}
    sends = [one async for one in _scheduled(span, rules)] + [one async for one in _started(span)]
    for parts in (_dated(span, await _timers(span, sql.DUE_RULES), rules),
                  _journeys(span, await _timers(span, sql.DUE_STEPS)),
                  _waiting(span, await _timers(span, sql.DUE_MESSAGES))):  # fmt: skip
        sends += parts
    return _by_day(sends)


async def _timers(span: _Span, statement: str) -> list[Mapping[str, Any]]:
    return list(await span.run.connection.fetch(statement, *span.timers))


async def _scheduled(span: _Span, rules: Mapping[str, Rule]) -> AsyncIterator[PlannedSend]:
    model, after = span.run.context.model, span.run.instant
    for rule in rules.values():
        settings = settings_of(rule)
        if not isinstance(settings, ScheduleTrigger) or rule.object not in model.objects:
            continue
        hours = hours_of(model.calendars, settings.calendar, model.settings.timezone) if settings.calendar else None
        counts = (rule.begins, rule.ends)
        for at in occurrences(settings, after, span.until, span.zone, hours, counts=counts):
            records = await _meeting(span.run, rule.object, rule.when, at)
            for send in sent_by(rule):
                day = at.astimezone(span.zone).date()
                yield PlannedSend(day, "rule", rule.name, "", send.template, rule.object, at.astimezone(UTC), records)


async def _started(span: _Span) -> AsyncIterator[PlannedSend]:
    """What flows send that are started by time, as far as the first step that waits."""
    model, after = span.run.context.model, span.run.instant
    rows = await span.run.connection.fetch(sql.SCHEDULED_FLOWS, span.run.tenant_id)
    for flow in map(_flow, (row["definition"] for row in rows)):
        start = scheduled_start(flow)
        if start is None or flow.object not in model.objects:
            continue
        node, settings = start
        sent = list(sent_after(flow, node.name))
        clock = ScheduleTrigger(at=settings.at, days=settings.days)
        for at in occurrences(clock, after, span.until, span.zone, None) if sent else ():
            records = await _meeting(span.run, flow.object, settings.when, at)
            for step, send in sent:
                day = at.astimezone(span.zone).date()
                yield PlannedSend(
                    day, "journey", flow.name, step, send.template, flow.object, at.astimezone(UTC), records
                )  # fmt: skip


async def _meeting(run: ActionRun, object_name: str, when: str, at: datetime) -> frozenset[str]:
    """Who would meet a condition at an instant, by what is known now."""
    compiler = Compiler(run.context.model, ADMINISTRATOR)
    scope = compiler.open(run.context.model.object(object_name))
    conditions = compiler.conditions(scope, parse(when) if when else None)
    text = (
        f"select {scope.alias}.id::text as id {scope.from_clause} where {' and '.join(conditions) or 'true'}"
        f" order by {scope.alias}.id limit {MAX_RECORDS}"
    )
    value_of = values_for(run.context, at.astimezone(UTC))
    rows = await run.connection.fetch(text, *map(value_of, compiler.parameters.names()))
    return frozenset(row["id"] for row in rows)


def _dated(span: _Span, timers: list[Mapping[str, Any]], rules: Mapping[str, Rule]) -> Iterator[PlannedSend]:
    for row in timers:
        rule = rules.get(row["source"])
        for send in sent_by(rule) if rule is not None else ():
            yield _one(span, row, "rule", "", send.template, row["source"], rules[row["source"]].object)


def _journeys(span: _Span, timers: list[Mapping[str, Any]]) -> Iterator[PlannedSend]:
    flows: dict[str, Flow] = {}
    for row in timers:
        text = row["definition"]
        flow = flows[text] if text in flows else flows.setdefault(text, _flow(text))
        for step, send in sent_after(flow, row["node"]):
            yield _one(span, row, "journey", step, send.template, row["source"], span.object_name(row["object"]))


def _waiting(span: _Span, timers: list[Mapping[str, Any]]) -> Iterator[PlannedSend]:
    for row in timers:
        name = span.object_name(row["object"])
        yield _one(span, row, "message", row["node"], row["template"], row["source"], name)


def _one(
    span: _Span, row: Mapping[str, Any], kind: str, step: str, template: str, source: str, object_name: str
) -> PlannedSend:
    """A send to the one record of a timer."""
    due: datetime = row["due_at"]
    records = frozenset([row["record"]])
    return PlannedSend(due.astimezone(span.zone).date(), kind, source, step, template, object_name, due, records)


def _by_day(found: list[PlannedSend]) -> list[dict[str, Any]]:
    together: dict[tuple[Any, ...], list[PlannedSend]] = defaultdict(list)
    for one in found:
        together[one.day, one.kind, one.source, one.step, one.template, one.object].append(one)
    sends = sorted(
        (
            replace(
                parts[0],
                at=min(one.at for one in parts),
                records=frozenset[str]().union(*(one.records for one in parts)),
            )
            for parts in together.values()
        ),
        key=lambda one: (one.at, one.source, one.step, one.template),
    )
    return [
        {
            "day": day,
            "sends": [_shown(one) for one in sends if one.day == day],
            "collisions": [
                {"first": _shown(one), "second": _shown(other), "records": shared}
                for one, other, shared in collisions(one for one in sends if one.day == day)
            ],
        }
        for day in sorted({one.day for one in sends})
    ]


def _shown(one: PlannedSend) -> dict[str, Any]:
    return {
        "kind": one.kind.upper(), "source": one.source, "step": one.step or None, "template": one.template,
        "object": one.object, "at": one.at, "records": len(one.records),
    }  # fmt: skip
