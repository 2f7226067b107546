"""Every fault of a rule at once: what keeps it from being published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from metadata.calendars.hours import clock_minutes
from metadata.expressions.types import DECIMAL
from metadata.fields.inputs import shown
from metadata.flows.terms import Subject
from metadata.model.tenant import TenantModel
from metadata.problems import Fault
from metadata.rules.actions import action_kind, action_settings
from metadata.rules.testing import case_faults
from metadata.rules.triggers import settings_of, trigger_of
from metadata.rules.values import Rule, RuleGuard

__all__ = ["lint", "object_faults"]

_MAX_ACTIONS = 50
_MAX_DEPTH = 20


def object_faults(model: TenantModel, rule: Rule) -> Iterator[Fault]:
    """What even a draft may not say: it is about an object type that is there."""
    found = model.objects.get(rule.object)
    if found is None or found.storage != "tenant":
        message = f"Rule '{rule.name}' is about '{rule.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("object",), "Name an object type of the tenant's own.")


def lint(model: TenantModel, rule: Rule) -> tuple[Fault, ...]:
    """Find what is wrong with a rule; paths start at it."""
    found = list(object_faults(model, rule))
    if found:
        return tuple(found)
    subject = Subject(model, rule.object, f"Rule '{rule.name}'")
    trigger = trigger_of(rule)
    found += [fault.under("settings") for fault in trigger.check(subject, settings_of(rule))]
    found += subject.expression(rule.when, ("when",), old=trigger.old)
    if rule.trigger == "absence" and not rule.when:
        message = f"Rule '{rule.name}' waits for nothing: its condition says what must not have happened."
        found.append(Fault("missing", message, ("when",), "Write a condition that holds while it has not."))
    found += _tree(subject, rule)
    found += _actions(model, rule)
    found += _guard(subject, rule.guard)
    found += _period(subject, rule)
    if rule.benefit is not None:
        for name in ("value", "price", "cost"):
            text = getattr(rule.benefit, name)
            found += subject.expression(text, ("benefit", name), expected=DECIMAL)
    if not found:
        found += case_faults(model, rule)
    return tuple(dict.fromkeys(found))


def _tree(subject: Subject, rule: Rule) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, branch in enumerate(rule.branches):
        if branch.name in seen or not branch.name:
            message = f"{subject.what} has two branches '{branch.name}'."
            yield Fault("duplicate_name", message, ("branches", place, "name"), "Rename one.")
        if branch.within and branch.within not in seen:
            message = f"{subject.what}: the branch '{branch.name}' lies in '{branch.within}', which is not before it."
            yield Fault("unknown_branch", message, ("branches", place, "within"), "Declare that one before.")
        seen.add(branch.name)
        yield from subject.expression(branch.when, ("branches", place, "when"), old=trigger_of(rule).old)


def _actions(model: TenantModel, rule: Rule) -> Iterator[Fault]:
    branches = {branch.name for branch in rule.branches}
    if not rule.actions:
        yield Fault("missing", f"Rule '{rule.name}' does nothing.", ("actions",), "Add an action.")
    if len(rule.actions) > _MAX_ACTIONS:
        message = f"Rule '{rule.name}' has {len(rule.actions)} actions; {_MAX_ACTIONS} are allowed."
        yield Fault("too_many_items", message, ("actions",), "Move a part into a flow.")
    for place, action in enumerate(rule.actions):
        subject = Subject(model, rule.object, f"Action '{action.name}' of rule '{rule.name}'")
        for fault in action_kind(action).check(subject, action_settings(action)):
            yield fault.under("actions", place, "settings")
        if action.branch and action.branch not in branches:
            message = f"{subject.what} belongs to the branch '{action.branch}', which the rule does not have."
            yield Fault("unknown_branch", message, ("actions", place, "branch"), "Name one of its branches.")


def _guard(subject: Subject, guard: RuleGuard) -> Iterator[Fault]:
    yield from subject.duration(guard.cooldown, ("guard", "cooldown"))
    for name in ("per_day", "record_per_day"):
        if getattr(guard, name) < 0:
            message = f"{subject.what}: `{name}` is {getattr(guard, name)}."
            yield Fault("out_of_range", message, ("guard", name), "0 for no limit.")
    if not 1 <= guard.depth <= _MAX_DEPTH:
        message = f"{subject.what}: `depth` is {guard.depth}."
        yield Fault("out_of_range", message, ("guard", "depth"), f"1 to {_MAX_DEPTH}.")
    if bool(guard.quiet_begins) != bool(guard.quiet_ends):
        message = f"{subject.what}: quiet hours need a begin and an end."
        yield Fault("missing", message, ("guard", "quiet_ends"), "Give both, or neither.")
    for name in ("quiet_begins", "quiet_ends"):
        text = getattr(guard, name)
        if text and clock_minutes(text) is None:
            message = f"{subject.what}: {shown(text)} is no time of day."
            yield Fault("bad_time", message, ("guard", name), "Write one such as 22:00.")


def _period(subject: Subject, rule: Rule) -> Iterator[Fault]:
    read: dict[str, datetime] = {}
    for name in ("begins", "ends"):
        text = getattr(rule, name)
        if not text:
            continue
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            message = f"{subject.what}: {shown(text)} is no instant."
            yield Fault("bad_instant", message, (name,), "Write one such as 2026-11-11T00:00:00+08:00.")
        else:
            read[name] = instant
    if len(read) == 2 and read["begins"] >= read["ends"]:
        yield Fault("bad_period", f"{subject.what} ends before it begins.", ("ends",), "Put the end after the begin.")
