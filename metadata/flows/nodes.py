"""The kinds of nodes: one descriptor each, from which reading, checks, drawing and running follow.

A kind is added by its settings in `metadata.flows.values`, its descriptor here, and what entering it does in
`server.flows.entering`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from metadata.expressions.check import ModelScope, read
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.types import Kind
from metadata.fields.base import InputError
from metadata.fields.inputs import shown
from metadata.fields.relations import relation_of
from metadata.fields.times import read_time
from metadata.flows import values
from metadata.flows.terms import Subject
from metadata.flows.values import FlowNode
from metadata.model.tenant import field_of
from metadata.problems import BadInputError, Fault
from metadata.rules.actions import ACTION_KINDS

__all__ = ["NODE_KINDS", "NodeKind", "kind_of", "settings_of"]

Check = Callable[[Subject, Any], Iterator[Fault]]
Outcomes = Callable[[Any], tuple[str, ...]]


def _no_faults(_subject: Subject, _settings: Any) -> Iterator[Fault]:
    return iter(())


def _no_outcomes(_settings: Any) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class NodeKind:
    """One kind of node.

    Attributes:
        key: As in documents.
        help: One line.
        settings: Class of its settings.
        waits: Whether a token may rest here; only then may it have boundary timers.
        human: Whether somebody has to act.
        least, most: Edges out; `most` None for any number.
        outcomes: Words that edges out of it may carry, by its settings.
        choosing: Whether its edges are chosen by their conditions, in order.
        splits: Whether it opens a block that its `join` closes.
        evident: Whether something is done there, which a flow can require.
        drawn: Element of BPMN.
        check: Faults of its settings, with paths from them.
    """

    key: str
    help: str
    settings: type[msgspec.Struct]
    waits: bool = False
    human: bool = False
    least: int = 1
    most: int | None = 1
    outcomes: Outcomes = _no_outcomes
    choosing: bool = False
    splits: bool = False
    evident: bool = True
    drawn: str = "serviceTask"
    check: Check = _no_faults


# ── checks, kind by kind ─────────────────────────────────────────────────────────────────────────────


_EVENTS = ("create", "update", "delete", "restore")


def _start(subject: Subject, settings: values.StartSettings) -> Iterator[Fault]:
    yield from subject.expression(settings.when, ("when",), old=settings.trigger == "record")
    for place, event in enumerate(settings.events):
        if event not in _EVENTS:
            message = f"{subject.what} starts at the event {shown(event)}."
            yield Fault("unknown_value", message, ("events", place), f"Events are: {', '.join(_EVENTS)}.")
    if settings.trigger == "record" and not settings.events:
        yield Fault("missing", f"{subject.what} names no events.", ("events",), "Name some, such as create.")
    if settings.trigger == "form":
        yield from subject.form(settings.form, ("form",), required=True)
    if settings.trigger == "segment":
        segment = subject.model.segments.get(settings.segment)
        if segment is None or segment.object != subject.object_name:
            message = (
                f"{subject.what} starts with '{settings.segment}', which is no segment of '{subject.object_name}'."
            )
            known = sorted(one.name for one in subject.model.segments.values() if one.object == subject.object_name)
            yield Fault("unknown_segment", message, ("segment",), f"Known: {', '.join(known) or 'none'}.")
    if settings.trigger == "schedule":
        try:
            read_time(settings.at)
        except InputError as error:
            yield Fault("bad_time", f"{subject.what}: {error}.", ("at",), "Write one such as 09:00.")
        if any(day not in range(1, 8) for day in settings.days):
            yield Fault("out_of_range", f"{subject.what}: days go from 1 (Monday) to 7.", ("days",))


def _work(subject: Subject, settings: Any) -> Iterator[Fault]:
    yield from subject.assigns(settings.assign, ("assign",), required=settings.nobody == "error")
    yield from subject.form(settings.form, ("form",))
    yield from subject.field_rules(settings.fields, ("fields",))
    yield from subject.duration(settings.due, ("due",))
    yield from subject.calendar(settings.calendar, ("calendar",))
    if settings.nobody == "person":
        yield from subject.person(settings.person, ("person",))


def _task(subject: Subject, settings: values.TaskSettings) -> Iterator[Fault]:
    yield from _work(subject, settings)
    if len(set(settings.outcomes)) != len(settings.outcomes):
        yield Fault("duplicate_name", f"{subject.what} has an outcome twice.", ("outcomes",), "Remove one.")


def _approval(subject: Subject, settings: values.ApprovalSettings) -> Iterator[Fault]:
    yield from _work(subject, settings)
    if not 1 <= settings.ratio <= 100:
        yield Fault("out_of_range", f"{subject.what}: the ratio is {settings.ratio}.", ("ratio",), "1 to 100.")
    elif settings.mode == "vote" and settings.strict and settings.ratio == 100 and not settings.count:
        message = f"{subject.what} asks for more than all votes."
        yield Fault("never_passes", message, ("strict",), "Let 100 per cent be enough, or lower the ratio.")
    if settings.count < 0:
        yield Fault("out_of_range", f"{subject.what}: the count is {settings.count}.", ("count",), "0 or more.")
    if settings.reject == "node" and not settings.reject_to:
        yield Fault("missing", f"{subject.what} says not where a rejection leads.", ("reject_to",), "Name a node.")


def _for_each(subject: Subject, settings: values.ForEachSettings) -> Iterator[Fault]:
    field = field_of(subject.model.objects[subject.object_name], settings.items)
    relation = None if field is None else relation_of(field)
    if relation is None or not relation.many:
        message = (
            f"{subject.what} goes over '{settings.items}', which is no list of records of '{subject.object_name}'."
        )
        yield Fault("not_a_list", message, ("items",), "Name a to-many relation.")
    else:
        yield from subject.expression(settings.where, ("where",), of=relation.to)


def _delay(subject: Subject, settings: values.DelaySettings) -> Iterator[Fault]:
    yield from subject.duration(settings.duration, ("duration",), required=True)
    yield from subject.calendar(settings.calendar, ("calendar",))


def _wait_until(subject: Subject, settings: values.WaitUntilSettings) -> Iterator[Fault]:
    found = tuple(subject.expression(settings.until, ("until",), expected=None))
    yield from found
    if not settings.until:
        yield Fault("missing", f"{subject.what} says not until when.", ("until",), "Name a field of date and time.")
    elif not found:
        try:
            kind = read(settings.until, ModelScope(subject.model, subject.object_name, FORMULA_ROOTS)).type.kind
        except BadInputError:
            return
        if kind not in (Kind.DATE, Kind.DATETIME):
            message = f"{subject.what} waits until a {kind.value}."
            yield Fault("wrong_type", message, ("until",), "Give a date or an instant.")


def _wait_for(subject: Subject, settings: values.WaitForSettings) -> Iterator[Fault]:
    yield from subject.expression(settings.when, ("when",))
    if not settings.when:
        yield Fault("missing", f"{subject.what} says not what it waits for.", ("when",), "Give a condition.")
    yield from subject.duration(settings.deadline, ("deadline",))
    yield from subject.calendar(settings.calendar, ("calendar",))


def _wait_message(subject: Subject, settings: values.WaitMessageSettings) -> Iterator[Fault]:
    yield from subject.duration(settings.deadline, ("deadline",), required=True)
    yield from subject.calendar(settings.calendar, ("calendar",))


def _create(subject: Subject, settings: values.CreateSettings) -> Iterator[Fault]:
    found = subject.model.objects.get(settings.object)
    if found is None or found.storage != "tenant":
        message = f"{subject.what} creates a '{settings.object}', which is no object type of the tenant's."
        yield Fault("unknown_object", message, ("object",), "Name a declared object type.")
        return
    yield from subject.values(settings.values, settings.object, ("values",))


def _update(subject: Subject, settings: values.UpdateSettings) -> Iterator[Fault]:
    yield from subject.target(settings.target, ("target",))
    yield from subject.values(settings.values, subject.object_of(settings.target), ("values",))
    if not settings.values:
        yield Fault("missing", f"{subject.what} changes nothing.", ("values",), "Name a field and its value.")


def _script(subject: Subject, settings: values.ScriptSettings) -> Iterator[Fault]:
    yield from subject.variables(settings.variables, ("variables",))


def _query(subject: Subject, settings: values.QuerySettings) -> Iterator[Fault]:
    yield from subject.expression(settings.value, ("value",), expected=None)


def _message(subject: Subject, settings: values.MessageSettings) -> Iterator[Fault]:
    yield from subject.assigns(settings.to, ("to",))
    if not settings.template:
        return
    template = subject.model.message_templates.get(settings.template)
    if template is None or template.object not in ("", subject.object_name):
        message = f"{subject.what} sends the message template '{settings.template}', which is not one"
        message += f" of '{subject.object_name}'."
        known = [
            one.name for one in subject.model.message_templates.values() if one.object in ("", subject.object_name)
        ]
        yield Fault("unknown_message_template", message, ("template",), f"Known: {', '.join(sorted(known)) or 'none'}.")


def _webhook(subject: Subject, settings: values.WebhookSettings) -> Iterator[Fault]:
    yield from subject.variables(settings.values, ("values",))


def _subflow(subject: Subject, settings: values.SubflowSettings) -> Iterator[Fault]:
    yield from subject.target(settings.target, ("target",))
    flow = subject.model.flows.get(settings.flow)
    if flow is None:
        message = f"{subject.what} runs the flow '{settings.flow}', which is not declared."
        yield Fault("unknown_flow", message, ("flow",), f"Known: {', '.join(sorted(subject.model.flows))}.")
    elif flow.object != subject.object_of(settings.target):
        message = f"{subject.what} runs the flow '{settings.flow}', which is for '{flow.object}'."
        yield Fault("wrong_object", message, ("target",), "Name the relation that leads to its records.")


def _perform(subject: Subject, settings: values.PerformSettings) -> Iterator[Fault]:
    kind = ACTION_KINDS.get(settings.action)
    if kind is None or not kind.steps:
        known = ", ".join(key for key, one in ACTION_KINDS.items() if one.steps)
        message = f"{subject.what} does '{settings.action}', which no step of a flow does."
        yield Fault("not_for_steps", message, ("action",), f"Known: {known}.")
        return
    given = settings.settings if settings.settings is not None else {}
    known_names = {one.name for one in msgspec.structs.fields(kind.settings)}
    if isinstance(given, Mapping):
        for name in sorted(map(str, given)):
            if name not in known_names:
                message = f"{subject.what} gives '{name}' to '{kind.key}', which it does not have."
                yield Fault("unknown_attribute", message, ("settings", name), f"Known: {', '.join(known_names)}.")
    try:
        read_settings = msgspec.convert(given, kind.settings)
    except msgspec.ValidationError as error:
        yield Fault("wrong_type", f"{subject.what}: {error}.", ("settings",), f"As in a rule's action '{kind.key}'.")
        return
    for fault in kind.check(subject, read_settings):
        yield fault.under("settings")


def _cc(subject: Subject, settings: values.CcSettings) -> Iterator[Fault]:
    yield from subject.assigns(settings.assign, ("assign",))


def _task_outcomes(settings: values.TaskSettings) -> tuple[str, ...]:
    return settings.outcomes or ("done",)


NODE_KINDS: Mapping[str, NodeKind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            NodeKind("start", "Where the flow begins", values.StartSettings, evident=False,
                     drawn="startEvent", check=_start),
            NodeKind(
                "task", "Work for somebody: fields to fill in, one of several outcomes", values.TaskSettings,
                waits=True, human=True, most=None, outcomes=_task_outcomes, drawn="userTask", check=_task,
            ),
            NodeKind(
                "approval", "A decision by one or several people", values.ApprovalSettings,
                waits=True, human=True, most=None, outcomes=lambda _settings: ("approved", "rejected"),
                drawn="userTask", check=_approval,
            ),
            NodeKind(
                "decision", "The first edge whose condition is met", values.AnchorSettings,
                most=None, choosing=True, evident=False, drawn="exclusiveGateway",
            ),
            NodeKind(
                "inclusive", "Every edge whose condition is met, until they meet", values.SplitSettings,
                most=None, choosing=True, splits=True, evident=False, drawn="inclusiveGateway",
            ),
            NodeKind(
                "parallel", "All edges at once, until they meet", values.SplitSettings,
                least=2, most=None, splits=True, evident=False, drawn="parallelGateway",
            ),
            NodeKind("join", "Where branches meet", values.AnchorSettings, waits=True, evident=False,
                     drawn="parallelGateway"),
            NodeKind(
                "for_each", "The same steps for each record of a list", values.ForEachSettings,
                splits=True, evident=False, drawn="inclusiveGateway", check=_for_each,
            ),
            NodeKind(
                "delay", "A pause of a fixed length", values.DelaySettings,
                waits=True, drawn="intermediateCatchEvent", check=_delay,
            ),
            NodeKind(
                "wait_until", "A pause until a time that the record holds", values.WaitUntilSettings,
                waits=True, drawn="intermediateCatchEvent", check=_wait_until,
            ),
            NodeKind(
                "wait_for", "A pause until the record is as it should be, or a deadline passes", values.WaitForSettings,
                waits=True, most=None, outcomes=lambda _settings: ("happened", "late"),
                drawn="intermediateCatchEvent", check=_wait_for,
            ),
            NodeKind(
                "wait_message", "A pause until a message is delivered, opened or clicked, or a deadline passes",
                values.WaitMessageSettings, waits=True, most=None,
                outcomes=lambda _settings: ("happened", "late", "failed"),
                drawn="intermediateCatchEvent", check=_wait_message,
            ),
            NodeKind("create", "A record is made", values.CreateSettings, check=_create),
            NodeKind("update", "A record is changed", values.UpdateSettings, check=_update),
            NodeKind("query", "A figure is kept as a variable", values.QuerySettings, check=_query),
            NodeKind("script", "Variables are worked out", values.ScriptSettings, drawn="scriptTask", check=_script),
            NodeKind(
                "perform", "What an engine offers is done: stock, prices, tags; `refused` where it cannot be",
                values.PerformSettings, most=None, outcomes=lambda _settings: ("done", "refused"), check=_perform,
            ),
            NodeKind("message", "Somebody is told", values.MessageSettings, drawn="sendTask", check=_message),
            NodeKind("webhook", "Webhooks and plugins are told", values.WebhookSettings, drawn="sendTask",
                     check=_webhook),
            NodeKind(
                "subflow", "Another flow is run", values.SubflowSettings,
                waits=True, most=None, outcomes=lambda _settings: ("done", "rejected", "cancelled", "error"),
                drawn="callActivity", check=_subflow,
            ),
            NodeKind("cc", "A copy to read", values.CcSettings, drawn="sendTask", check=_cc),
            NodeKind(
                "random", "One edge, drawn by weight while its stock lasts", values.RandomSettings,
                most=None, evident=False, drawn="exclusiveGateway",
            ),
            NodeKind("end", "The instance ends", values.EndSettings, least=0, most=0, evident=False,
                     drawn="endEvent"),
        )
    }
)  # fmt: skip
"""Every kind of node by its key."""


def kind_of(node: FlowNode) -> NodeKind:
    """The descriptor of a node's kind."""
    return NODE_KINDS[node.kind]


def settings_of(node: FlowNode) -> Any:
    """A node's settings as a value of its kind's class, however they are held."""
    settings = NODE_KINDS[node.kind].settings
    return node.settings if isinstance(node.settings, settings) else msgspec.convert(node.settings or {}, settings)
