"""Which related records the conditions that flows wait for look at, and whose runs a change of one of them concerns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, LiteralString, TypeAlias

from metadata.expressions.text import parse
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.flows.nodes import settings_of
from metadata.flows.values import Flow
from metadata.flows.watching import Way, ways_of
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import TangramError
from server.database.sql import quote_identifier
from server.events.log import Event
from server.flows.definition import unpacked
from server.records.layout import Layout

__all__ = ["Watch", "Watches", "waiting_for"]

_KEPT: Final = 4_096
"""Models, and versions of flows, whose watches are kept; then they are worked out anew."""

_VERSIONS: Final[LiteralString] = "select flow, number from tangram.flow_version where tenant_id = $1"
_DEFINITIONS: Final[LiteralString] = """
select flow, number, object, definition from tangram.flow_version
where tenant_id = $1 and (flow, number) in (select * from unnest($2::text[], $3::int[]))
"""
_WAITING: Final[LiteralString] = """
with changed as (select unnest($3::uuid[]) as id), former as (select unnest($4::uuid[]) as id)
select distinct instance.id
from tangram.flow_instance as instance
join tangram.flow_token as token on token.instance_id = instance.id
where instance.tenant_id = $1 and instance.object = $2 and instance.status = 'running' and token.phase = 'waiting'
    and instance.record_id in (
"""

Watch: TypeAlias = tuple[str, Way]
"""A flow's object type, and the way from its records to those that are watched."""
_Waits: TypeAlias = tuple[str, tuple[str, ...]]
"""The table of a flow's records, and the conditions that it waits for."""


class Watches:
    """What the published versions of every tenant's flows are interested in, kept by version of the model.

    A version that is published later on is made of the drafts of the model, or of a version that was there before; so
    what is kept for a model stays complete until the next one.
    """

    def __init__(self) -> None:
        self._by_model: dict[tuple[str, int], Mapping[str, frozenset[Watch]]] = {}
        self._by_version: dict[tuple[str, str, int], _Waits] = {}

    def known(self, model: TenantModel) -> Mapping[str, frozenset[Watch]] | None:
        """By table: from which records of flows it is watched, none for a flow's own; None when not worked out yet."""
        return self._by_model.get((model.tenant_id, model.version))

    async def of(self, connection: Any, model: TenantModel) -> Mapping[str, frozenset[Watch]]:
        """The same, worked out where it is not known."""
        found = self.known(model)
        if found is None:
            waits = [
                _waits(model.object(flow.object).table, flow)
                for flow in model.flows.values()
                if flow.object in model.objects
            ]
            waits += await self._published(connection, model.tenant_id)
            found = _watches(model, waits)
            if len(self._by_model) >= _KEPT:
                self._by_model.clear()
            self._by_model[(model.tenant_id, model.version)] = found
        return found

    async def _published(self, connection: Any, tenant_id: str) -> list[_Waits]:
        keys = [(row["flow"], row["number"]) for row in await connection.fetch(_VERSIONS, tenant_id)]
        missing = [key for key in keys if (tenant_id, *key) not in self._by_version]
        if missing:
            flows, numbers = zip(*missing, strict=True)
            if len(self._by_version) >= _KEPT:
                self._by_version.clear()
                return await self._published(connection, tenant_id)
            for row in await connection.fetch(_DEFINITIONS, tenant_id, list(flows), list(numbers)):
                self._by_version[(tenant_id, row["flow"], row["number"])] = _waits(
                    row["object"], unpacked(row["definition"]).flow
                )
        return [self._by_version[(tenant_id, *key)] for key in keys if (tenant_id, *key) in self._by_version]


async def waiting_for(connection: Any, model: TenantModel, watches: Sequence[Watch], event: Event) -> list[str]:
    """Ids of the runs that wait, and whose record is related to the one of an event by one of some ways."""
    found: dict[str, None] = {}
    for object_name, way in watches:
        walk = _Backwards(model, event)
        statement = f"{_WAITING}{walk.sources(object_name, way)})"
        rows = await connection.fetch(
            statement, event.tenant_id, model.object(object_name).table, [event.record_id], walk.former
        )
        found |= {row["id"]: None for row in rows}
    return list(found)


class _Backwards:
    """From a record that changed to those it can be reached from, now or until the change."""

    def __init__(self, model: TenantModel, event: Event) -> None:
        self._model, self._layout, self._event = model, Layout(model), event
        self.former: list[str] = []

    def sources(self, object_name: str, way: Way) -> str:
        """A query of the ids of an object type's records from which a way leads to the record that changed."""
        if not way:
            return "select id from changed"
        model, layout = self._model, self._layout
        object_type = model.object(object_name)
        field = field_of(object_type, way[0])
        relation = None if field is None else relation_of(field)
        if field is None or relation is None or relation.to not in model.objects:
            return "select id from changed where false"
        targets, target = self.sources(relation.to, way[1:]), model.object(relation.to)
        match relation_kind(relation):
            case RelationKind.TO_ONE:
                column = quote_identifier(layout.columns(object_type, field)[-1])
                return f"select id from {layout.table_of(object_type)} where {column} in ({targets})"
            case RelationKind.MANY_TO_MANY:
                near, far = ("source_id", "target_id") if relation.reversed else ("target_id", "source_id")
                return f"select {far} from {layout.join_table(field)} where {near} in ({targets})"
        back = field_of(target, relation.via)
        assert back is not None
        name = layout.columns(target, back)[-1]
        query = f"select {quote_identifier(name)} from {layout.table_of(target)} where id in ({targets})"
        former = self._event.pairs.get(name, (None, None))[0] if len(way) == 1 else None
        if former is None:
            return query
        self.former.append(str(former))
        return f"{query} union select id from former"


def _waits(table: str, flow: Flow) -> _Waits:
    whens = [settings_of(node).when for node in flow.nodes if node.kind == "wait_for"]
    whens += [flow.journey.goal, flow.journey.exit] if flow.journey is not None else []
    return table, tuple(when for when in whens if when)


def _watches(model: TenantModel, waits: Sequence[_Waits]) -> Mapping[str, frozenset[Watch]]:
    names = {object_type.table: object_type.name for object_type in model}
    found: dict[str, set[Watch]] = {}
    for table, whens in set(waits):
        if table not in names:
            continue
        found.setdefault(table, set())
        for when in whens:
            for watched, way in _readable(model, names[table], when):
                if watched in model.objects:
                    found.setdefault(model.object(watched).table, set()).add((names[table], way))
    return {table: frozenset(watches) for table, watches in found.items()}


def _readable(model: TenantModel, object_name: str, when: str) -> Iterator[tuple[str, Way]]:
    """The ways of a condition; of one that names what is gone there are none, and its runs tell so when asked."""
    try:
        yield from ways_of(model, object_name, parse(when))
    except TangramError:
        return
