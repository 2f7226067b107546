"""Which writes may move records into or out of a segment, and which records those are: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from metadata.expressions.text import parse
from metadata.expressions.tree import Call, Expression, children
from metadata.fields import FIELD_TYPES
from metadata.fields.computed import computed_expression
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.fields.times import read_duration
from metadata.model.computed import fields_used
from metadata.model.tenant import TenantModel, field_of
from metadata.segments.values import Segment

__all__ = ["Watch", "next_sweep", "watch_of"]

_DAY = timedelta(days=1)
_LENGTHS = {"day": _DAY, "hour": timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Watch:
    """What a segment looks at.

    Attributes:
        fields: Names of the fields that matter, by object type; of any other object type nothing does.
        via: Of object types one step away, their to-one relations that lead to the segment's records: a write of one
            concerns the records that they lead to, before and after.
        far: Object types of which it is not told from a write which records it concerns.
        clock: Whether time alone moves records: `day` where the day does, `hour` where the instant does, or nothing.
    """

    fields: Mapping[str, frozenset[str]]
    via: Mapping[str, frozenset[str]]
    far: frozenset[str]
    clock: Literal["", "day", "hour"]


def watch_of(model: TenantModel, segment: Segment) -> Watch:
    """What a checked segment looks at, through computed fields too."""
    fields: dict[str, set[str]] = {segment.object: set()}
    via: dict[str, set[str]] = {}
    far: set[str] = set()
    expressions = list(_expressions(model, segment))
    for owner, name in (pair for object_name, one in expressions for pair in fields_used(model, object_name, one)):
        fields.setdefault(owner, set()).add(name)
        field = field_of(model.objects[owner], name)
        relation = None if field is None else relation_of(field)
        if relation is None or relation.kind is RelationKind.POLYMORPHIC:
            continue
        fields.setdefault(relation.to, set())
        back = field_of(model.objects[relation.to], relation.via) if relation.reversed else None
        leads_back = None if back is None else relation_of(back)
        if (
            owner == segment.object
            and relation_kind(relation) is RelationKind.TO_MANY
            and leads_back is not None
            and leads_back.kind is not RelationKind.POLYMORPHIC
        ):
            via.setdefault(relation.to, set()).add(relation.via)
            fields[relation.to].add(relation.via)
        else:
            far.add(relation.to)
    return Watch(
        {name: frozenset(used) for name, used in fields.items()},
        {name: frozenset(used) for name, used in via.items()},
        frozenset(far),
        _clock(one for _, one in expressions),
    )


def _expressions(model: TenantModel, segment: Segment) -> Iterator[tuple[str, Expression]]:
    """The condition, and what the computed fields that it names are computed by, each with its object type."""
    waiting: list[tuple[str, Expression]] = [(segment.object, parse(segment.when))]
    seen: set[tuple[str, str]] = set()
    while waiting:
        object_name, expression = waiting.pop()
        yield object_name, expression
        for owner, name in fields_used(model, object_name, expression):
            found = model.objects[owner]
            field = field_of(found, name)
            if field is not None and FIELD_TYPES[field.type].computed and (owner, name) not in seen:
                seen.add((owner, name))
                waiting.append((owner, computed_expression(found, field, model)))


def _clock(expressions: Iterable[Expression]) -> Literal["", "day", "hour"]:
    called = {name for one in expressions for name in _called(one)}
    if "now" in called or "within" in called:
        return "hour"
    return "day" if "today" in called else ""


def _called(node: Expression) -> Iterator[str]:
    if isinstance(node, Call):
        yield node.function
    for part in children(node):
        yield from _called(part)


def next_sweep(segment: Segment, watch: Watch, now: datetime, timezone: str) -> datetime | None:
    """When a segment is worked out next as a whole, counted from midnight in the tenant's zone; None for never."""
    if not segment.every and not watch.clock:
        return None
    length = timedelta(seconds=read_duration(segment.every)) if segment.every else _LENGTHS[watch.clock]
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date()
    if length % _DAY == timedelta():
        return datetime.combine(day + length, time(), zone)
    if length > _DAY:
        return now + length
    midnight = datetime.combine(day, time(), zone)
    due = midnight + length * ((now - midnight) // length + 1)
    return min(due, datetime.combine(day + _DAY, time(), zone))
