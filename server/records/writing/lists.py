"""Changes of to-many relations: children whose own field leads here, and the rows of join tables."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.naming import camel
from metadata.problems import BadInputError, ForbiddenError
from server.access.plan import EVERY_ROW, Action
from server.records.compiler import Compiler
from server.records.problems import leaves_scope
from server.records.statements import Statement
from server.records.writing.drafts import Draft, DraftReader, ListChange, Lookup
from server.records.writing.lookups import column_types
from server.records.writing.rights import Change
from server.records.writing.running import WriteRun, change_ids, not_allowed, reachable_ids
from server.records.writing.statements import looks_at_lists

__all__ = ["Leaving", "SaveNested", "change_list"]

SaveNested: TypeAlias = Callable[[Any, WriteRun, Sequence[Draft]], Awaitable[None]]
"""Creates drafts with what is nested in them, in the caller's transaction."""


async def change_list(
    connection: Any, run: WriteRun, draft: Draft, change: ListChange, save_nested: SaveNested
) -> None:
    """Do to a to-many relation what the input asks, after the record itself was written."""
    relation = relation_of(change.relation)
    assert relation is not None
    if relation_kind(relation) is RelationKind.MANY_TO_MANY:
        await _change_links(connection, run, draft, change, save_nested)
    else:
        await _change_children(connection, run, draft, change, save_nested)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Records whose lists are changed while the right to change them depends on lists.

    Attributes:
        drafts: Their changes.
        free: Ids of those that the actor may move out of what they may change.
    """

    drafts: Sequence[Draft]
    free: Sequence[str]

    @classmethod
    async def of(cls, connection: Any, run: WriteRun, drafts: Sequence[Draft]) -> Leaving:
        """Those among drafts, before anything is written."""
        judged = [draft for draft in drafts if draft.lists and not draft.creating and _is_judged(run, draft)]
        free: list[str] = []
        for name in dict.fromkeys(draft.object_type.name for draft in judged):
            ids = [draft.id for draft in judged if draft.object_type.name == name]
            change = Change(run.context.model.object(name), Action.TRANSFER)
            if run.context.access.rows(name, Action.TRANSFER) is not None:
                free += await reachable_ids(connection, run, change, ids)
        return cls(judged, free)

    async def refuse(self, connection: Any, run: WriteRun) -> None:
        """Refuse the change of lists that took a record out of what the actor may change, once they are changed.

        Raises:
            ForbiddenError: `leaves_scope`, for each such record.
        """
        gone = []
        for draft in self.drafts:
            change = Change(draft.object_type, Action.UPDATE)
            if draft.id not in self.free and not await reachable_ids(connection, run, change, [draft.id]):
                gone.append(leaves_scope(draft.object_type, draft.id, draft.path))
        if gone:
            raise ForbiddenError.of(gone)


def _is_judged(run: WriteRun, draft: Draft) -> bool:
    rows = run.context.access.rows(draft.object_type.name, Action.UPDATE)
    owner = field_of(draft.object_type, "owner")
    hands_over = owner is not None and owner.column in draft.columns  # that is judged by itself
    return rows is not None and rows != EVERY_ROW and not hands_over and looks_at_lists(rows, draft.object_type)


async def _change_children(
    connection: Any, run: WriteRun, draft: Draft, change: ListChange, save_nested: SaveNested
) -> None:
    """Records whose own field leads here: it is set, cleared, or they are created with it."""
    relation = relation_of(change.relation)
    assert relation is not None
    target = run.context.model.object(relation.to)
    back = field_of(target, relation.via)
    assert back is not None
    columns = DraftReader(run.context, run.now).layout.columns(target, back)
    here = dict(zip(columns, (draft.object_type.table, draft.id) if len(columns) == 2 else (draft.id,), strict=True))
    for child in change.create:
        child.columns |= here
        child.places |= dict.fromkeys(columns, child.path)  # the input sets it, by where it stands
    if change.create:
        await save_nested(connection, run, change.create)
    joined = {lookup.id: lookup for lookup in (*change.connect, *(change.replace or ()))}
    await _change_named(connection, run, target, joined, here)
    present = await _children(connection, run, target, here) if change.disconnect or change.replace is not None else []
    leaving = {lookup.id: lookup for lookup in change.disconnect if lookup.id in present}
    if change.replace is not None:
        keep = {*joined, *(child.id for child in change.create)}
        leaving |= {
            id: Lookup(target, {}, (*draft.path, camel(change.relation.name)), id) for id in present if id not in keep
        }
    if leaving and back.required:
        raise BadInputError.single(
            "required_relation",
            f"Field '{camel(back.name)}' of '{target.name}' is required, so its records cannot be disconnected.",
            path=(*draft.path, camel(change.relation.name)),
            hint="Connect them elsewhere, or delete them.",
        )
    await _change_named(connection, run, target, leaving, dict.fromkeys(columns))


async def _change_named(
    connection: Any,
    run: WriteRun,
    target: ObjectType,
    named: Mapping[str, Lookup],
    columns: Mapping[str, Any],
) -> None:
    """Set columns of records that the input names.

    Raises:
        ForbiddenError: The actor sees one of them but may not change it.
    """
    rows = [{"id": id, **columns} for id in named]
    found = await change_ids(connection, run, target, rows, Action.UPDATE, "update")
    _refuse_others(Change(target, Action.UPDATE), named.values(), found)


def _refuse_others(change: Change, named: Iterable[Lookup], found: Container[str]) -> None:
    refused = [not_allowed(change, lookup.id, lookup.path) for lookup in named if lookup.id not in found]
    if refused:
        raise ForbiddenError.of(refused)


async def _children(connection: Any, run: WriteRun, target: ObjectType, here: Mapping[str, Any]) -> list[str]:
    compiler = Compiler(run.context.model, run.context.access)
    scope = compiler.open(target)
    types = column_types(compiler, target)
    conditions = [
        f"{scope.stored(column)} = {compiler.parameters.constant(value, f'::{types[column]}')}"
        for column, value in here.items()
    ]
    conditions += compiler.visible(scope)
    sql = f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)}"
    statement = Statement(sql, compiler.parameters.names())
    rows = await connection.fetch(sql, *run.arguments(statement, compiler.parameters.constants))
    return [row["id"] for row in rows]


async def _change_links(
    connection: Any, run: WriteRun, draft: Draft, change: ListChange, save_nested: SaveNested
) -> None:
    """A join table: rows are inserted and deleted; the record's own event says which.

    A link belongs to the record whose object type declares it, so from the other side it takes the right to change
    that one too. Links to records that the actor does not see stay.
    """
    relation = relation_of(change.relation)
    assert relation is not None
    if change.create:
        await save_nested(connection, run, change.create)
    present = await _linked(connection, run, draft, change) if change.replace is not None else []
    if relation.reversed:
        await _require_declaring_side(connection, run, draft, change, present)
    table = DraftReader(run.context, run.now).layout.join_table(change.relation)
    near, far = ("target_id", "source_id") if relation.reversed else ("source_id", "target_id")
    joined = list(dict.fromkeys(lookup.id for lookup in (*change.connect, *(change.replace or ()))))
    joined += [child.id for child in change.create]
    leaving = [lookup.id for lookup in change.disconnect]
    if change.replace is not None:
        leaving = [id for id in present if id not in joined]
    removed = await _column(
        connection,
        f"delete from {table} where {near} = $1 and {far} = any($2::uuid[]) returning {far}",
        draft.id,
        leaving,
    )
    added = await _column(
        connection,
        f"insert into {table} ({near}, {far}) select $1, x from unnest($2::uuid[]) as x"
        f" on conflict do nothing returning {far}",
        draft.id,
        joined,
    )
    if added or removed:
        await _log_links(connection, run, draft, change, added, removed)


async def _linked(connection: Any, run: WriteRun, draft: Draft, change: ListChange) -> list[str]:
    """The records linked now that the actor sees, removed ones included."""
    compiler = Compiler(run.context.model, run.context.access)
    relation = relation_of(change.relation)
    assert relation is not None
    near, far = ("target_id", "source_id") if relation.reversed else ("source_id", "target_id")
    scope = compiler.open(run.context.model.object(relation.to))
    own = compiler.parameters.placeholder("id", "::uuid")
    links = f"select l.{far} from {compiler.layout.join_table(change.relation)} as l where l.{near} = {own}"
    conditions = [f"{scope.alias}.id in ({links})", *compiler.visible(scope, deleted=True)]
    sql = f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)}"
    statement = Statement(sql, compiler.parameters.names())
    return await _column(connection, sql, *run.arguments(statement, {"id": draft.id}))


async def _require_declaring_side(
    connection: Any, run: WriteRun, draft: Draft, change: ListChange, present: Sequence[str]
) -> None:
    """Refuse to change a relation from its other side on records that the actor may not change.

    Raises:
        ForbiddenError: With each of them.
    """
    relation = relation_of(change.relation)
    assert relation is not None
    target = run.context.model.object(relation.to)
    declared = field_of(target, relation.via)
    named = [*change.connect, *change.disconnect, *(change.replace or ())]
    known = {lookup.id for lookup in named}
    path = (*draft.path, camel(change.relation.name))
    named += [Lookup(target, {}, path, id) for id in present if id not in known]
    if run.context.access.rights is None or not named:
        return
    asked = Change(target, Action.UPDATE, () if declared is None else (declared,))
    _refuse_others(asked, named, await reachable_ids(connection, run, asked, [lookup.id for lookup in named]))


async def _log_links(
    connection: Any, run: WriteRun, draft: Draft, change: ListChange, added: list[str], removed: list[str]
) -> None:
    """Tell the links in the event of the record's own change, which this transaction has just appended."""
    links: Any = added if draft.creating else [removed or None, added or None]
    await connection.execute(
        "update tangram.event set changes = changes || $4::text::jsonb"
        " where id = (select max(id) from tangram.event where tenant_id = $1 and object = $2 and record_id = $3)",
        run.context.model.tenant_id,
        draft.object_type.table,
        draft.id,
        orjson.dumps({change.relation.column: links}).decode(),
    )


async def _column(connection: Any, sql: str, *arguments: Any) -> list[str]:
    return [row[0] for row in await connection.fetch(sql, *arguments)]
