"""Whether an event is what a rule listens to: pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metadata.classifiers.values import UNCLEAR
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.rules.triggers import settings_of
from metadata.rules.values import (
    ClassTrigger,
    CrossingTrigger,
    EventTrigger,
    FieldTrigger,
    RecordTrigger,
    Rule,
    TagTrigger,
)
from server.events.log import Event

__all__ = [
    "CHANGES",
    "PLATFORM_SOURCES",
    "RECORD_EVENTS",
    "TOLD",
    "Told",
    "changes",
    "columns_listened",
    "happens",
    "told_of",
]

RECORD_EVENTS = ("create", "update", "delete", "restore", "merge")
"""Kinds of events of records that rules know."""

PLATFORM_SOURCES: Mapping[str, str] = {
    "flow__instance": "flow",
    "sla__clock": "sla",
    "segment__member": "segment",
    "pool__holding": "pool",
    "outreach__message": "message",
    "journey__entry": "journey",
    "price_booking": "price",
    "text__class": "class",
}
"""Which part of the server an event is of, by what it is about."""

TOLD = ("event", "class")
"""Triggers that listen to what another part of the server says."""

_NAMES = {
    "flow": "flow",
    "sla": "policy",
    "segment": "segment",
    "pool": "pool",
    "message": "template",
    "journey": "flow",
    "price": "plan",
    "class": "classifier",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a part of the server says of a record.

    Attributes:
        event: What happened; of flows `ended` or what was done.
        name: Of which flow, promise, segment, pool, price plan or classifier.
        confidence: Of a class: how sure it is.
        table: Physical table of the record.
    """

    source: str
    event: str
    name: str
    table: str
    record: str
    confidence: Decimal = Decimal()


def told_of(event: Event) -> Told | None:
    """An event of another engine, as rules see it; None for events of records."""
    source = PLATFORM_SOURCES.get(event.object)
    if source is None:
        return None
    changes = event.changes
    kind = event.kind
    if source == "flow":
        kind = "ended" if changes.get("ended") else next((act["act"] for act in changes.get("acts", ())), kind)
    table, record = changes.get("object"), changes.get("record")
    if not table or not record:
        return None
    confidence = Decimal(changes.get("confidence", 0))
    return Told(source, kind, str(changes.get(_NAMES[source], "")), str(table), str(record), confidence)


def columns_listened(rule: Rule, object_type: ObjectType) -> tuple[str, ...] | None:
    """Columns of which one has to change for a rule to fire; None where any change may do."""
    settings = settings_of(rule)
    if not isinstance(settings, FieldTrigger | CrossingTrigger | TagTrigger):
        return None
    field = field_of(object_type, settings.field)
    return () if field is None else (field.column,)


CHANGES = ("create", "update", "merge")
"""Kinds of events in which fields get other values."""


def happens(settings: RecordTrigger, kind: str) -> bool:
    """Whether a kind of event of a record is what a trigger listens to."""
    return ("update" if kind == "merge" else kind) in settings.events


def changes(settings: FieldTrigger | CrossingTrigger | TagTrigger, before: Any, after: Any) -> bool:
    """Whether a change of its field is what a trigger listens to; money by its amount."""
    return _CHANGES[type(settings)](settings, before, after)


def listens_to(rule: Rule, told: Told) -> bool:
    """Whether what a part of the server says is what a rule listens to."""
    settings = settings_of(rule)
    if isinstance(settings, ClassTrigger):
        return told.source == "class" and told.name == settings.classifier and _is_asked_for(settings, told)
    if not isinstance(settings, EventTrigger) or settings.source != told.source:
        return False
    return settings.event in ("", told.event) and settings.name in ("", told.name)


def _is_asked_for(settings: ClassTrigger, told: Told) -> bool:
    if told.event == UNCLEAR:
        return UNCLEAR in settings.any_of
    return told.event in (settings.any_of or (told.event,)) and told.confidence >= Decimal(settings.confidence or 0)


def _field_changes(settings: FieldTrigger, before: Any, after: Any) -> bool:
    if before == after:
        return False
    return settings.before in ("", _text(before)) and settings.after in ("", _text(after))


def _crosses(settings: CrossingTrigger, before: Any, after: Any) -> bool:
    """A creation beyond the line passes it; what has no number has passed nothing."""
    if after is None:
        return False
    now = Decimal(str(after))
    was = None if before is None else Decimal(str(before))
    if settings.below:
        line = Decimal(settings.below)
        return now < line and (was is None or was >= line)
    line = Decimal(settings.above)
    return now > line and (was is None or was <= line)


def recovers(settings: CrossingTrigger, value: Any) -> bool:
    """Whether a number is back far enough for the rule to fire again."""
    if value is None:
        return False
    number = Decimal(str(value))
    if settings.below:
        return number >= Decimal(settings.rearm or settings.below)
    return number <= Decimal(settings.rearm or settings.above)


def _tag_changes(settings: TagTrigger, before: Any, after: Any) -> bool:
    had, has = settings.tag in (before or ()), settings.tag in (after or ())
    return (has and not had) if settings.change == "added" else (had and not has)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


_CHANGES: Mapping[type, Callable[[Any, Any, Any], bool]] = {
    FieldTrigger: _field_changes,
    CrossingTrigger: _crosses,
    TagTrigger: _tag_changes,
}
