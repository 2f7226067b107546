"""What is offered about segments: how many are in, which ones a record is in, and working one out by hand."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from metadata.expressions.text import parse
from metadata.model.tenant import named
from metadata.problems import BadInputError, ForbiddenError
from metadata.segments.values import Segment
from server.access.plan import AccessPlan
from server.access.visibility import Visibility
from server.actions import Action, ActionRun, ActionSet, ActionType
from server.records.compiler import Compiler
from server.records.reach import seen_object_type
from server.records.run_values import values_for
from server.segments import sql
from server.segments.following import set_sweep

__all__ = ["SEGMENT_ACTIONS", "Segments"]

Arguments = Mapping[str, Any]


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("segment")


@dataclass(frozen=True, slots=True)
class Segments:
    """The engine of segments, as it is asked."""

    async def figures(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`segmentFigures`: those whose condition the actor may ask, counted over the records that the actor sees."""
        states = {row["segment"]: row for row in await run.connection.fetch(sql.STATES, run.tenant_id)}
        return [
            {
                "segment": one.name,
                "label": one.label,
                "object": one.object,
                "count": await _count(run, one),
                "refreshedAt": states[one.name]["refreshed_at"] if one.name in states else None,
            }
            for one in _askable(run, given.get("object"))
        ]

    async def of_record(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`segmentsOf`: segments that a record was found to be in, with when; those whom the actor would find it in."""
        try:
            record = str(uuid.UUID(given["record"]))
        except ValueError:
            raise BadInputError.single("bad_id", "The id of a record is a UUID.", path=("record",)) from None
        object_type = seen_object_type(run.context, given["object"])
        told = {one.name: one for one in _askable(run, object_type.name) if await _meets(run, one, record)}
        rows = await run.connection.fetch(sql.OF_RECORD, run.tenant_id, record)
        return [
            {"segment": row["segment"], "label": told[row["segment"]].label, "enteredAt": row["entered_at"]}
            for row in rows
            if row["segment"] in told
        ]

    async def refresh(self, run: ActionRun, given: Arguments) -> bool:
        """`refreshSegment`: have it worked out as a whole, now."""
        if not _configures(run.context.access):
            raise ForbiddenError.single(
                "not_administrator", "Only those who may configure segments do this.", hint="Ask an administrator."
            )
        segment = named(run.context.model.segments, given["segment"], "segment")
        await set_sweep(run.connection, run.tenant_id, segment.name, run.instant, {"tell": True}, str(uuid.uuid4()))
        return True


def _askable(run: ActionRun, object_name: str | None) -> Iterator[Segment]:
    visibility = Visibility(run.context.model, run.context.access)
    for one in run.context.model.segments.values():
        if object_name in (None, one.object) and visibility.askable(one.object, parse(one.when)):
            yield one


async def _count(run: ActionRun, segment: Segment) -> int:
    compiler = Compiler(run.context.model, run.context.access)
    scope = compiler.open(run.context.model.object(segment.object))
    conditions = compiler.conditions(scope, parse(segment.when))
    text = f"select count(*) {scope.from_clause} where {' and '.join(conditions)}"
    value_of = values_for(run.context, run.instant)
    count: int = await run.connection.fetchval(text, *map(value_of, compiler.parameters.names()))
    return count


async def _meets(run: ActionRun, segment: Segment, record: str) -> bool:
    """Whether a record meets a segment's condition by what the actor sees of it."""
    compiler = Compiler(run.context.model, run.context.access)
    scope = compiler.open(run.context.model.object(segment.object))
    conditions = compiler.conditions(scope, parse(segment.when))
    conditions.append(f"{scope.alias}.id = {compiler.parameters.placeholder('id', '::uuid')}")
    value_of = values_for(run.context, run.instant, {"id": record})
    text = f"select true {scope.from_clause} where {' and '.join(conditions)}"
    return bool(await run.connection.fetchval(text, *map(value_of, compiler.parameters.names())))


SEGMENT_ACTIONS = ActionSet(
    (
        Action(
            "segmentFigures", "query", {"object": "String"}, "[SegmentFigure!]!",
            "How many records are in each segment now, of those that the actor sees.", Segments, Segments.figures,
        ),
        Action(
            "segmentsOf", "query", {"object": "String!", "record": "ID!"}, "[SegmentMember!]!",
            "Segments that a record has come into, oldest first.", Segments, Segments.of_record,
        ),
        Action(
            "refreshSegment", "mutation", {"segment": "String!"}, "Boolean!",
            "Work a segment out as a whole, now.", Segments, Segments.refresh, _configures,
        ),
    ),
    (
        ActionType(
            "SegmentFigure",
            {
                "segment": "String!", "label": "JSON!", "object": "String!", "count": "Int!",
                "refreshedAt": "DateTime",
            },
            "A segment and how many are in it.",
        ),
        ActionType(
            "SegmentMember", {"segment": "String!", "label": "JSON!", "enteredAt": "DateTime!"},
            "A segment that a record is in.",
        ),
    ),
)  # fmt: skip
