"""The kinds of triggers: one descriptor each, from which reading, checks and running follow.

A kind is added by its settings in `metadata.rules.values`, its descriptor here, and what makes it fire in
`server.rules.matching` (events) or `server.rules.waiting` (the clock).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

import msgspec

from metadata.calendars.hours import clock_minutes
from metadata.classifiers.numbers import share_of
from metadata.classifiers.values import UNCLEAR
from metadata.expressions.check import ModelScope, read
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.types import Kind
from metadata.fields import FIELD_TYPES
from metadata.fields.base import InputError
from metadata.fields.inputs import shown
from metadata.fields.relations import RelationKind, relation_kind, relation_of, targets_of
from metadata.fields.times import read_duration
from metadata.flows.terms import Subject
from metadata.flows.values import FieldValue
from metadata.model.tenant import field_of
from metadata.problems import BadInputError, Fault, Path
from metadata.rules import values
from metadata.rules.values import Rule

__all__ = ["TRIGGER_KINDS", "TriggerKind", "settings_of", "trigger_of"]

Check = Callable[[Subject, Any], Iterator[Fault]]

_TIMES = (Kind.DATE, Kind.DATETIME)
_MAX_TIMES = 1_000
_MAX_PER_HOUR = 1_000_000


def _no_faults(_subject: Subject, _settings: Any) -> Iterator[Fault]:
    return iter(())


@dataclass(frozen=True, slots=True)
class TriggerKind:
    """One kind of trigger.

    Attributes:
        key: As in documents.
        help: One line.
        settings: Class of its settings.
        writes: Whether writes of the rule's own records may make it fire.
        waits: Whether each record has a moment at which it may fire.
        old: Whether its condition may name the record before the change.
        check: Faults of its settings, with paths from them.
    """

    key: str
    help: str
    settings: type[msgspec.Struct]
    writes: bool = False
    waits: bool = False
    old: bool = False
    check: Check = _no_faults


def _clock(subject: Subject, text: str, name: str) -> Iterator[Fault]:
    if clock_minutes(text) is None or text == "24:00":
        yield Fault(
            "bad_time", f"{subject.what}: {shown(text)} is no time of day.", (name,), "Write one such as 09:00."
        )


def _record(subject: Subject, settings: values.RecordTrigger) -> Iterator[Fault]:
    if not settings.events:
        yield Fault("missing", f"{subject.what} listens to no kind of event.", ("events",), "Name create, update …")


def _field(subject: Subject, settings: values.FieldTrigger) -> Iterator[Fault]:
    found = field_of(subject.model.object(subject.object_name), settings.field)
    if found is None or FIELD_TYPES[found.type].computed or not found.column:
        message = f"{subject.what} listens to '{settings.field}', which is no stored field of '{subject.object_name}'."
        yield Fault("unknown_field", message, ("field",), "Name a field that is stored with the record.")


def _crossing(subject: Subject, settings: values.CrossingTrigger) -> Iterator[Fault]:
    yield from _field(subject, values.FieldTrigger(field=settings.field))
    found = field_of(subject.model.object(subject.object_name), settings.field)
    if found is not None:
        kind = FIELD_TYPES[found.type].value_type(found, subject.model).kind
        if kind not in (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY):
            message = f"{subject.what}: '{settings.field}' is no number, so it passes no line."
            yield Fault("wrong_type", message, ("field",), "Name a number.")
    if bool(settings.below) == bool(settings.above):
        message = f"{subject.what} needs one line: `below` or `above`."
        yield Fault("bad_threshold", message, ("below",), "Give one of the two.")
    lines = {name: getattr(settings, name) for name in ("below", "above", "rearm")}
    numbers: dict[str, Decimal] = {}
    for name, text in lines.items():
        try:
            numbers |= {name: Decimal(text)} if text else {}
        except InvalidOperation:
            message = f"{subject.what}: {shown(text)} is no number."
            yield Fault("bad_threshold", message, (name,), "Write decimal text, such as 50.")
    rearm = numbers.get("rearm")
    if rearm is not None and (rearm < numbers.get("below", rearm) or rearm > numbers.get("above", rearm)):
        message = f"{subject.what}: `rearm` lies on the side where it fires."
        yield Fault("bad_threshold", message, ("rearm",), "Put it on the other side of the line.")


def _tag(subject: Subject, settings: values.TagTrigger) -> Iterator[Fault]:
    found = field_of(subject.model.object(subject.object_name), settings.field)
    if found is None or found.type not in ("tags", "multi_select"):
        message = f"{subject.what} listens to '{settings.field}', which holds no tags."
        yield Fault("unknown_field", message, ("field",), "Name a field of type tags or multi_select.")
    if not settings.tag:
        yield Fault("missing", f"{subject.what} names no tag.", ("tag",), "Name one.")


def _instant(subject: Subject, text: str, name: str) -> Iterator[Fault]:
    try:
        checked = read(text, ModelScope(subject.model, subject.object_name, FORMULA_ROOTS))
    except BadInputError as error:
        for fault in error.faults:
            yield Fault(fault.reason, f"{subject.what}: {fault.message}", (name,), fault.hint)
        return
    if checked.type.kind not in _TIMES:
        message = f"{subject.what}: '{text}' gives a {checked.type}, not a date or an instant."
        yield Fault("wrong_type", message, (name,), "Write an expression over the record that gives one.")


def _date(subject: Subject, settings: values.DateTrigger) -> Iterator[Fault]:
    yield from _instant(subject, settings.of, "of")
    if settings.offset:
        try:
            read_duration(settings.offset)
        except InputError as error:
            message = f"{subject.what}: {error}."
            yield Fault("bad_duration", message, ("offset",), "Write one such as P3D or -P3D.")
    if settings.lunar and not settings.yearly:
        message = f"{subject.what}: `lunar` says how a day comes round every year, and it is not `yearly`."
        yield Fault("missing", message, ("yearly",), "Set `yearly: true`, or leave `lunar` out.")
    yield from _clock(subject, settings.at, "at")
    yield from subject.calendar(settings.calendar, ("calendar",))


def _absence(subject: Subject, settings: values.AbsenceTrigger) -> Iterator[Fault]:
    yield from subject.duration(settings.within, ("within",), required=True)
    if settings.since:
        yield from _instant(subject, settings.since, "since")
    yield from subject.calendar(settings.calendar, ("calendar",))


def _count(subject: Subject, settings: values.CountTrigger) -> Iterator[Fault]:
    counted = subject.model.objects.get(settings.object)
    if counted is None or counted.storage != "tenant":
        message = f"{subject.what} counts '{settings.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("object",), "Name an object type of the tenant's own.")
        return
    relation = field_of(counted, settings.relation)
    leads = None if relation is None else relation_of(relation)
    wanted = subject.object_name
    if leads is None or relation_kind(leads) is RelationKind.MANY_TO_MANY or wanted not in targets_of(leads):
        message = f"{subject.what}: '{settings.relation}' of '{counted.name}' does not lead to '{subject.object_name}'."
        yield Fault("not_a_relation", message, ("relation",), "Name its to-one relation to the rule's object type.")
    yield from subject.expression(settings.where, ("where",), of=counted.name)
    at = field_of(counted, settings.at)
    if at is None or FIELD_TYPES[at.type].value_type(at, subject.model).kind is not Kind.DATETIME or not at.column:
        message = f"{subject.what}: '{settings.at}' of '{counted.name}' is no stored instant."
        yield Fault("unfit_field", message, ("at",), "Name a field of type datetime, or leave it out.")
    once_per = field_of(counted, settings.once_per) if settings.once_per else None
    if settings.once_per and (once_per is None or not once_per.column):
        message = f"{subject.what}: '{settings.once_per}' of '{counted.name}' is no stored field."
        yield Fault("unfit_field", message, ("once_per",), "Name a field that is stored with what is counted.")
    if not 1 <= settings.times <= _MAX_TIMES:
        yield Fault("out_of_range", f"{subject.what} counts to {settings.times}.", ("times",), "1 to 1000.")
    yield from subject.duration(settings.within, ("within",), required=True)
    yield from _clock(subject, settings.night_begins, "night_begins")
    yield from _clock(subject, settings.night_ends, "night_ends")


def _class(subject: Subject, settings: values.ClassTrigger) -> Iterator[Fault]:
    classifier = subject.model.classifiers.get(settings.classifier)
    if classifier is None or classifier.object != subject.object_name:
        message = f"{subject.what} names '{settings.classifier}', which is no classifier of '{subject.object_name}'."
        ours = sorted(one.name for one in subject.model.classifiers.values() if one.object == subject.object_name)
        yield Fault("unknown_classifier", message, ("classifier",), f"Known: {', '.join(ours) or 'none'}.")
        return
    known = [*(one.key for one in classifier.classes), UNCLEAR]
    for place, key in enumerate(settings.any_of):
        if key not in known:
            message = f"{subject.what}: the classifier '{classifier.name}' has no class '{key}'."
            yield Fault("unknown_class", message, ("any_of", place), f"Known: {', '.join(known)}.")
    if settings.confidence and share_of(settings.confidence) is None:
        message = f"{subject.what}: {shown(settings.confidence)} is no confidence."
        yield Fault("bad_share", message, ("confidence",), "Write decimal text from 0 to 1, such as 0.8.")


def _schedule(subject: Subject, settings: values.ScheduleTrigger) -> Iterator[Fault]:
    yield from _clock(subject, settings.at, "at")
    for name, days, known in (
        ("days", settings.days, range(1, 8)), ("month_days", settings.month_days, (*range(1, 32), -1)),
    ):  # fmt: skip
        wrong = [day for day in days if day not in known]
        if wrong:
            message = f"{subject.what}: {wrong[0]} is no day of the {'week' if name == 'days' else 'month'}."
            yield Fault("out_of_range", message, (name,), "1 for Monday; of months 1 to 31, -1 for the last.")
    yield from subject.calendar(settings.calendar, ("calendar",))


def _webhook(subject: Subject, settings: values.WebhookTrigger) -> Iterator[Fault]:
    finding = field_of(subject.model.object(subject.object_name), settings.find.field)
    if finding is None or not (finding.unique or finding.name == "id"):
        message = f"{subject.what} finds records by '{settings.find.field}', which does not tell them apart."
        yield Fault("unfit_field", message, ("find", "field"), "Name the id or a unique field.")
    given = [FieldValue(field=one.field, value=None) for one in settings.save]
    yield from subject.values(given, subject.object_name, ("save",))
    places: dict[Path, values.SentValue] = {("find",): settings.find}
    places.update({("save", place): one for place, one in enumerate(settings.save)})
    for path, one in places.items():
        if not all(one.given.split(".")):
            message = f"{subject.what}: {shown(one.given)} names no place in what is sent."
            yield Fault("bad_given", message, (*path, "given"), "Write names with dots between them: device.sn.")
    if not 1 <= settings.per_hour <= _MAX_PER_HOUR:
        message = f"{subject.what} takes {settings.per_hour} messages within an hour."
        yield Fault("out_of_range", message, ("per_hour",), f"1 to {_MAX_PER_HOUR}.")


TRIGGER_KINDS: Mapping[str, TriggerKind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            TriggerKind("record", "A record is created, changed, deleted or restored", values.RecordTrigger,
                        writes=True, old=True, check=_record),
            TriggerKind("field", "A field gets another value", values.FieldTrigger, writes=True, old=True,
                        check=_field),
            TriggerKind("crossing", "A number passes a line", values.CrossingTrigger, writes=True, old=True,
                        check=_crossing),
            TriggerKind("tag", "A tag is added or taken away", values.TagTrigger, writes=True, old=True, check=_tag),
            TriggerKind("date", "A length of time before or after a date", values.DateTrigger, waits=True,
                        check=_date),
            TriggerKind("absence", "Nothing happens for a while", values.AbsenceTrigger, waits=True, check=_absence),
            TriggerKind("count", "So many related records in a window", values.CountTrigger, check=_count),
            TriggerKind("schedule", "A time of day, for every record that meets the condition",
                        values.ScheduleTrigger, check=_schedule),
            TriggerKind("event", "A flow, promise, segment, pool or price plan says so", values.EventTrigger),
            TriggerKind("class", "A classifier says what the text of the record is", values.ClassTrigger,
                        check=_class),
            TriggerKind("webhook", "Another system sends signed JSON about a record", values.WebhookTrigger,
                        check=_webhook),
            TriggerKind("manual", "Somebody, or a program, asks for it", values.ManualTrigger),
        )
    }
)  # fmt: skip
"""Every kind of trigger by its key."""


def trigger_of(rule: Rule) -> TriggerKind:
    """The descriptor of a rule's trigger."""
    return TRIGGER_KINDS[rule.trigger]


def settings_of(rule: Rule) -> Any:
    """A trigger's settings as a value of its kind's class, however they are held."""
    settings = TRIGGER_KINDS[rule.trigger].settings
    return rule.settings if isinstance(rule.settings, settings) else msgspec.convert(rule.settings or {}, settings)
