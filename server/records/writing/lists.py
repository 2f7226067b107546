"""Changes of to-many relations: children whose own field leads here, and the rows of join tables."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import orjson

from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.naming import camel
from metadata.problems import BadInputError, Fault, ForbiddenError
from server.access.plan import Action
from server.records.compiler import Compiler
from server.records.statements import Statement
from server.records.writing.drafts import Draft, DraftReader, ListChange, Lookup
from server.records.writing.lookups import column_types
from server.records.writing.running import WriteRun, change_ids

__all__ = ["SaveNested", "change_list"]

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
    refused = [
        Fault(
            "row_not_allowed",
            f"You may not change the {target.name} {id}.",
            lookup.path,
            "Ask an administrator for the right.",
        )
        for id, lookup in named.items()
        if id not in found
    ]
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
    sql = f"select {scope.alias}.id {scope.from_clause} where {' and '.join([*conditions, *compiler.visible(scope)])}"
    statement = Statement(sql, compiler.parameters.names())
    rows = await connection.fetch(sql, *run.arguments(statement, compiler.parameters.constants))
    return [row["id"] for row in rows]


async def _change_links(
    connection: Any, run: WriteRun, draft: Draft, change: ListChange, save_nested: SaveNested
) -> None:
    """A join table: rows are inserted and deleted; the record's own event says which."""
    relation = relation_of(change.relation)
    assert relation is not None
    if change.create:
        await save_nested(connection, run, change.create)
    table = DraftReader(run.context, run.now).layout.join_table(change.relation)
    near, far = ("target_id", "source_id") if relation.reversed else ("source_id", "target_id")
    joined = list(dict.fromkeys(lookup.id for lookup in (*change.connect, *(change.replace or ()))))
    joined += [child.id for child in change.create]
    removed: list[str] = []
    if change.replace is not None:
        removed = await _column(
            connection,
            f"delete from {table} where {near} = $1 and not ({far} = any($2::uuid[])) returning {far}",
            draft.id,
            joined,
        )
    elif change.disconnect:
        removed = await _column(
            connection,
            f"delete from {table} where {near} = $1 and {far} = any($2::uuid[]) returning {far}",
            draft.id,
            [lookup.id for lookup in change.disconnect],
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
