"""An instance as customers may know it: the stages that its flow shows them, and nothing else of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, LiteralString

from metadata.flows.structure import ways
from metadata.flows.values import FlowNode, ProgressPage
from metadata.model.values import Labels
from server.flows.definition import Definition, unpacked

__all__ = ["Course", "FlowCourses", "Stage"]

_INSTANCE: Final[LiteralString] = """
select instance.id::text, instance.flow, instance.object, instance.record_id::text, instance.status,
    instance.started_at, instance.ended_at, version.definition,
    (select coalesce(array_agg(node), '{}') from tangram.flow_token where instance_id = instance.id) as here,
    (select coalesce(array_agg(since), '{}') from tangram.flow_token where instance_id = instance.id) as since
from tangram.flow_instance as instance
join tangram.flow_version as version
    on version.tenant_id = instance.tenant_id and version.flow = instance.flow and version.number = instance.number
where instance.tenant_id = $1 and instance.id = $2
"""

# _LEFT: when each node was left last, and where from there: an end is reached, and never left.
_LEFT: Final[LiteralString] = """
select node, "to", max(at) as at from tangram.flow_history
where tenant_id = $1 and instance_id = $2 and act in ('left', 'skipped', 'moved', 'task_done') and node <> ''
group by node, "to"
"""

# _NEWEST: instances for a record, newest first; what runs comes before what has ended.
_NEWEST: Final[LiteralString] = """
select instance.id::text, version.definition
from tangram.flow_instance as instance
join tangram.flow_version as version
    on version.tenant_id = instance.tenant_id and version.flow = instance.flow and version.number = instance.number
where instance.tenant_id = $1 and instance.record_id = $2 and ($3::text is null or instance.flow = $3)
order by instance.ended_at is not null, instance.id desc
limit 20
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage as customers see it.

    Attributes:
        label: Its name, by language.
        state: Whether it is over, under way, or to come.
        at: When it was left, or begun where it is under way.
    """

    label: Labels
    state: Literal["done", "current", "next"]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Course:
    """An instance that has a page.

    Attributes:
        instance_id: The instance.
        flow: Name of the flow.
        page: What the page shows.
        table: Physical table of its record.
        record_id: The record.
        stages: In order of display.
        started_at: When it began.
        ended_at: When it ended; None while it runs.
        is_called_off: Whether it ended otherwise than by being done.
        may_be_rated: Whether it has come so far that its customer may rate it.
    """

    instance_id: str
    flow: str
    page: ProgressPage
    table: str
    record_id: str
    stages: tuple[Stage, ...]
    started_at: datetime
    ended_at: datetime | None
    is_called_off: bool
    may_be_rated: bool


class FlowCourses:
    """Reads courses."""

    async def newest(self, connection: Any, tenant_id: str, record_id: str, flow: str | None) -> Course | None:
        """The newest instance for a record whose flow has a page; None where there is none."""
        for row in await connection.fetch(_NEWEST, tenant_id, record_id, flow):
            if unpacked(row["definition"]).flow.progress is not None:
                return await self.of(connection, tenant_id, row["id"])
        return None

    async def of(self, connection: Any, tenant_id: str, instance_id: str) -> Course | None:
        """The course of an instance; None where its flow has no page, or it is gone."""
        row = await connection.fetchrow(_INSTANCE, tenant_id, instance_id)
        if row is None:
            return None
        definition = unpacked(row["definition"])
        page = definition.flow.progress
        if page is None:
            return None
        left = _left(definition, await connection.fetch(_LEFT, tenant_id, instance_id))
        here = dict(zip(row["here"], row["since"], strict=True))
        is_over = row["ended_at"] is not None
        reached = left.keys() | here.keys()
        rateable = page.rate_from in reached if page.rate_from else False
        return Course(
            row["id"],
            row["flow"],
            page,
            row["object"],
            row["record_id"],
            tuple(_stages(definition, left, {} if is_over else here)),
            row["started_at"],
            row["ended_at"],
            is_over and row["status"] != "done",
            rateable or (is_over and row["status"] == "done"),
        )


def _left(definition: Definition, lines: Sequence[Mapping[str, Any]]) -> dict[str, datetime]:
    """When each node was done with last; of an end, when it was reached."""
    found: dict[str, datetime] = {}
    for line in lines:
        ends = [name for name in line["to"].split(",") if name in definition.steps]
        names = [line["node"], *(name for name in ends if definition.steps[name].node.kind == "end")]
        for name in names:
            found[name] = max(line["at"], found.get(name, line["at"]))
    return found


def _stages(definition: Definition, left: Mapping[str, datetime], here: Mapping[str, datetime]) -> Iterator[Stage]:
    """Stages that are over or under way, and those that can still come."""
    ahead = _ahead(definition, here)
    for node in definition.flow.nodes:
        if not node.public_label:
            continue
        if node.name in here:
            yield Stage(node.public_label, "current", here[node.name])
        elif node.name in left:
            yield Stage(node.public_label, "done", left[node.name])
        elif node.name in ahead:
            yield Stage(node.public_label, "next", None)


def _ahead(definition: Definition, here: Mapping[str, datetime]) -> set[str]:
    nodes: Mapping[str, FlowNode] = {node.name: node for node in definition.flow.nodes}
    found: set[str] = set()
    pending = list(here)
    while pending:
        for name in ways(nodes[pending.pop()]):
            if name not in found and name in nodes:
                found.add(name)
                pending.append(name)
    return found
