"""Faults of calendars and service-level policies: times, zones, hours that never come, expressions."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime

from metadata.calendars.arithmetic import due_after, first_working
from metadata.calendars.hours import clock_minutes, compile_calendar, hours_of
from metadata.calendars.values import Calendar, DayRule, SlaMetric, SlaPolicy, SlaStep, SlaTarget, WorkWindow
from metadata.expressions.check import ModelScope, faults_of
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.types import BOOLEAN
from metadata.fields import FIELD_TYPES
from metadata.fields.base import InputError
from metadata.fields.inputs import shown
from metadata.fields.times import read_duration
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import Fault, Path

__all__ = ["calendar_faults", "policy_faults"]

_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
_MAX_RANGE_DAYS = 400


def calendar_faults(calendar: Calendar, timezone: str) -> Iterator[Fault]:
    """What is wrong with a calendar; paths start at it.

    Args:
        calendar: As declared.
        timezone: The tenant's.
    """
    found = [*_zone_faults(calendar)]
    for place, window in enumerate(calendar.windows):
        found += [fault.under("windows", place) for fault in _window_faults(calendar, window)]
    for place, rule in enumerate(calendar.days):
        found += [fault.under("days", place) for fault in _day_faults(calendar, rule)]
    yield from found
    if not found and first_working(compile_calendar(calendar, timezone), _SINCE) is None:
        message = f"Calendar '{calendar.name}' has no working time."
        yield Fault("no_working_time", message, ("windows",), "Give it hours on at least one day of the week.")


def _zone_faults(calendar: Calendar) -> Iterator[Fault]:
    if calendar.timezone and calendar.timezone not in zoneinfo.available_timezones():
        message = f"Calendar '{calendar.name}' is in the time zone {shown(calendar.timezone)}, which does not exist."
        yield Fault("unknown_timezone", message, ("timezone",), "Use an IANA name such as Asia/Shanghai.")


def _window_faults(calendar: Calendar, window: WorkWindow) -> Iterator[Fault]:
    what = f"A window of calendar '{calendar.name}'"
    if not window.days or any(day not in range(1, 8) for day in window.days):
        message = f"{what} is on the days {list(window.days)}."
        yield Fault("out_of_range", message, ("days",), "Days go from 1 (Monday) to 7.")
    for attribute in ("begins", "ends"):
        yield from _clock_faults(what, getattr(window, attribute), (attribute,))


def _clock_faults(what: str, text: str, path: Path) -> Iterator[Fault]:
    minutes = clock_minutes(text)
    if minutes is None or (path[-1] == "begins" and minutes == 1_440):
        yield Fault("bad_time", f"{what} has the time {shown(text)}.", path, "Write one such as 09:00.")


def _day_faults(calendar: Calendar, rule: DayRule) -> Iterator[Fault]:
    what = f"A day of calendar '{calendar.name}'"
    days = []
    for attribute in ("day", "until"):
        text = getattr(rule, attribute)
        if not text and attribute == "until":
            continue
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            yield Fault("bad_date", f"{what} is {shown(text)}.", (attribute,), "Write one such as 2026-10-01.")
    if len(days) == 2 and not 0 <= (days[1] - days[0]).days <= _MAX_RANGE_DAYS:
        message = f"{what} goes from {days[0]} to {days[1]}."
        yield Fault("out_of_range", message, ("until",), f"At most {_MAX_RANGE_DAYS} days, forward.")
    if (rule.kind == "hours") is not bool(rule.windows):
        message = f"{what} is of kind {rule.kind} and has {len(rule.windows)} windows."
        yield Fault("not_applicable", message, ("windows",), "Windows belong to `kind: hours`.")
    for place, text in enumerate(rule.windows):
        begins, dash, ends = text.partition("-")
        if not dash or clock_minutes(begins) in (None, 1_440) or clock_minutes(ends) is None:
            yield Fault("bad_time", f"{what} has the hours {shown(text)}.", ("windows", place), "Write 09:00-12:00.")


def policy_faults(model: TenantModel, policy: SlaPolicy) -> Iterator[Fault]:
    """What is wrong with a service-level policy; paths start at it."""
    object_type = model.objects.get(policy.object)
    if object_type is None or object_type.storage != "tenant":
        message = f"Policy '{policy.name}' is about '{policy.object}', which is no object type of the tenant's."
        yield Fault("unknown_object", message, ("object",), "Name a declared object type.")
        return
    check = _PolicyCheck(model, policy)
    yield from check.expression(policy.when, ("when",))
    yield from check.calendar(policy.calendar, ("calendar",))
    if not policy.metrics:
        yield Fault("missing", f"Policy '{policy.name}' measures nothing.", ("metrics",), "Add a metric.")
    seen: set[str] = set()
    for place, metric in enumerate(policy.metrics):
        yield from (fault.under("metrics", place) for fault in check.metric(metric))
        if metric.name in seen:
            message = f"Policy '{policy.name}' has two metrics '{metric.name}'."
            yield Fault("duplicate_name", message, ("metrics", place), "Rename one.")
        seen.add(metric.name)


class _PolicyCheck:
    """Looks at one policy."""

    def __init__(self, model: TenantModel, policy: SlaPolicy) -> None:
        self.model, self.policy = model, policy
        self.what = f"Policy '{policy.name}'"

    def expression(self, text: str, path: Path) -> Iterator[Fault]:
        scope = ModelScope(self.model, self.policy.object, FORMULA_ROOTS)
        for fault in faults_of(text, scope, BOOLEAN) if text else ():
            yield Fault(fault.reason, f"{self.what}: {fault.message}", path, fault.hint)

    def calendar(self, name: str, path: Path) -> Iterator[Fault]:
        if name and name not in self.model.calendars:
            message = f"{self.what} counts by the calendar '{name}', which is not declared."
            yield Fault("unknown_calendar", message, path, f"Known: {', '.join(sorted(self.model.calendars))}.")

    def metric(self, metric: SlaMetric) -> Iterator[Fault]:
        for attribute in ("start", "stop", "pause"):
            text = getattr(metric, attribute)
            if not text and attribute != "pause":
                message = f"{self.what}: metric '{metric.name}' says not when it {attribute}s."
                yield Fault("missing", message, (attribute,), "Give a condition over the record.")
            yield from self.expression(text, (attribute,))
        if not metric.targets:
            yield Fault("missing", f"{self.what}: metric '{metric.name}' has no target.", ("targets",), "Add one.")
        for place, target in enumerate(metric.targets):
            yield from (fault.under("targets", place) for fault in self._target(target))
        for place, step in enumerate(metric.steps):
            yield from (fault.under("steps", place) for fault in self._step(step))

    def _target(self, target: SlaTarget) -> Iterator[Fault]:
        yield from self.expression(target.when, ("when",))
        yield from self.calendar(target.calendar, ("calendar",))
        try:
            seconds = read_duration(target.within)
        except InputError as error:
            yield Fault("bad_duration", f"{self.what}: {error}.", ("within",), "Write one such as PT4H.")
            return
        if seconds <= 0:
            message = f"{self.what} allows {shown(target.within)}, which is no time at all."
            yield Fault("bad_duration", message, ("within",), "Write one such as PT4H.")
            return
        name = target.calendar or self.policy.calendar
        calendar = self.model.calendars.get(name)
        zone = self.model.settings.timezone
        if calendar is None or any(calendar_faults(calendar, zone)):
            return  # told where it is declared
        if due_after(hours_of(self.model.calendars, name, zone), _SINCE, seconds) is None:
            message = f"{self.what} allows {target.within}, which calendar '{name}' does not hold in ten years."
            yield Fault("never_due", message, ("within",), "Shorten it, or give the calendar more hours.")

    def _step(self, step: SlaStep) -> Iterator[Fault]:
        if (step.percent is None) is (step.minutes is None):
            message = f"{self.what}: step '{step.name}' says {'twice' if step.minutes is not None else 'not'} when."
            yield Fault("missing", message, ("percent",), "Give either `percent` or `minutes`.")
        if step.percent is not None and not 1 <= step.percent <= 1_000:
            yield Fault("out_of_range", f"{self.what}: {step.percent} per cent.", ("percent",), "1 to 1000.")
        if step.minutes is not None and abs(step.minutes) > 525_600:
            yield Fault("out_of_range", f"{self.what}: {step.minutes} minutes.", ("minutes",), "Within a year.")
        if step.act == "set":
            field = field_of(self.model.objects[self.policy.object], step.field)
            if field is None or FIELD_TYPES[field.type].computed or field.system:
                message = f"{self.what} sets '{step.field}', which is no field that can be set."
                yield Fault("unknown_field", message, ("field",), "Name a stored field of the record.")
        if step.act == "open_task":
            flow = self.model.flows.get(step.flow)
            if flow is None or flow.object != self.policy.object:
                message = f"{self.what} starts the flow '{step.flow}', which is no flow of '{self.policy.object}'."
                yield Fault("unknown_flow", message, ("flow",), "Name a flow of the same object type.")
