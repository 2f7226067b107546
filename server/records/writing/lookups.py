"""Records that an input names, by id or by unique values: found, locked, and told together when they are not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from metadata.fields import FIELD_TYPES
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.naming import camel
from metadata.problems import BadInputError, Fault
from server.access.plan import EVERY_ROW
from server.database.sql import quote_identifier
from server.records.compiler import Compiler
from server.records.scopes import Scope
from server.records.statements import Statement
from server.records.writing.drafts import Draft, DraftReader, Lookup, walk
from server.records.writing.rights import fields_set, nameable
from server.records.writing.running import WriteRun

__all__ = ["column_types", "find_all", "find_records", "key_lookup", "refuse_repeated"]


async def find_all(connection: Any, run: WriteRun, drafts: Sequence[Draft]) -> None:
    """Find every record that the input names, at any depth, so that all that are missing are told together."""
    lookups: list[Lookup] = []
    for draft in walk(drafts):
        lookups += [parent for _column, parent in draft.parents if isinstance(parent, Lookup)]
        lookups += _named(run, draft)
        for change in draft.lists:
            lookups += [*change.connect, *change.disconnect, *(change.replace or ())]
    await find_records(connection, run, lookups)


def _named(run: WriteRun, draft: Draft) -> list[Lookup]:
    """The records that a draft names by id in its own columns."""
    found = []
    for declared in draft.object_type.fields:
        relation = relation_of(declared)
        if relation is not None and relation_kind(relation) is RelationKind.TO_ONE:
            path = draft.places.get(declared.column)
            value = draft.columns.get(declared.column)
            if path is not None and value:
                found.append(Lookup(run.context.model.object(relation.to), {"id": value}, path))
    return found


async def find_records(
    connection: Any,
    run: WriteRun,
    lookups: Sequence[Lookup],
    *,
    required: bool = True,
    lock: str = "key share",
) -> None:
    """Fill in the ids of records named by unique values, and make sure that those named by id are there."""
    groups: dict[tuple[str, tuple[str, ...]], list[Lookup]] = {}
    for lookup in lookups:
        groups.setdefault((lookup.object_type.name, tuple(lookup.columns)), []).append(lookup)
    missing = []
    for (name, columns), group in groups.items():
        found = await _ids(connection, run, run.context.model.object(name), columns, group, lock)
        for lookup in group:
            lookup.id = found.get(_row_key(lookup.columns.values()), "")
            if not lookup.id:
                missing.append(lookup)
    if missing and required:
        places = {id(lookup): place for place, lookup in enumerate(lookups)}
        missing.sort(key=lambda lookup: places[id(lookup)])
        raise BadInputError.of([_not_found(lookup) for lookup in missing])


async def _ids(
    connection: Any,
    run: WriteRun,
    object_type: ObjectType,
    columns: tuple[str, ...],
    lookups: Sequence[Lookup],
    lock: str,
) -> dict[str, str]:
    compiler = Compiler(run.context.model, run.context.access)
    scope = compiler.open(object_type)
    types = column_types(compiler, object_type)
    listed = ", ".join(f"{quote_identifier(column)} {types[column]}" for column in columns)
    given = compiler.parameters.placeholder("input", "::json")
    scope.from_clause.lines.append(f"join json_to_recordset({given}) as g (place integer, {listed}) on true")
    conditions = [f"{scope.stored(column)} = g.{quote_identifier(column)}" for column in columns]
    conditions += [*nameable(compiler, scope), *_known_values(compiler, scope, columns)]
    locking = f"for {lock} of {scope.alias}" if object_type.storage == "tenant" else ""
    order = f"order by {scope.alias}.id"  # locks are always taken in the same order
    sql = f"select g.place, {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)} {order} {locking}"
    statement = Statement(sql, compiler.parameters.names())
    rows = [{"place": place, **lookup.columns} for place, lookup in enumerate(lookups)]
    answer = await connection.fetch(sql, *run.arguments(statement, {"input": orjson.dumps(rows)}))
    return {_row_key(lookups[row["place"]].columns.values()): row["id"] for row in answer}


def _known_values(compiler: Compiler, scope: Scope, columns: Sequence[str]) -> list[str]:
    """Conditions that keep anybody from finding a record by a value which they do not see in it."""
    name, found = scope.object_type.name, []
    for field in fields_set(compiler.layout, scope.object_type, columns):
        readable = compiler.access.field_condition(name, field.name)
        if readable != EVERY_ROW:
            found.append("false" if readable is None else compiler.permitted(readable, scope))
    return found


def key_lookup(
    reader: DraftReader,
    object_type: ObjectType,
    by: Sequence[str],
    given: Mapping[str, Any],
    path: tuple[str | int, ...],
) -> Lookup:
    """What an upsert looks for."""
    columns: dict[str, Any] = {}
    for name in by:
        declared = field_of(object_type, name)
        assert declared is not None
        if given.get(name) is None:
            reader.faults.add(
                "missing_value",
                f"Field '{camel(name)}' is needed to find the {object_type.name}.",
                path=(*path, camel(name)),
            )
            continue
        if name == "id":
            columns["id"] = reader.record_id(object_type, given["id"], (*path, "id"))
            continue
        probe = reader.change(object_type, "", {name: given[name]}, path)
        if probe.parents:
            reader.faults.add(
                "bad_key",
                f"Field '{camel(name)}' is part of the key, so the record it leads to has to be named by its id.",
                path=(*path, camel(name)),
                hint="Write {connect: {id: …}}.",
            )
        columns |= probe.columns
    return Lookup(object_type, columns, path)


def refuse_repeated(keys: Sequence[Lookup], path: str) -> None:
    """Refuse inputs of one upsert that look for the same record."""
    seen: dict[str, int] = {}
    for place, key in enumerate(keys):
        row = _row_key(key.columns.values())
        if row in seen:
            raise BadInputError.single(
                "repeated_key",
                f"Inputs {seen[row]} and {place} have the same key.",
                path=(path, place),
                hint="Send it once.",
            )
        seen[row] = place


def _row_key(values: Any) -> str:
    return repr([str(value) for value in values])


def _not_found(lookup: Lookup) -> Fault:
    named = ", ".join(f"{column} {value}" for column, value in lookup.columns.items())
    return Fault(
        "unknown_record",
        f"There is no {lookup.object_type.name} with {named}.",
        lookup.path,
        "Check the value; a deleted record has to be restored first.",
    )


def column_types(compiler: Compiler, object_type: ObjectType) -> dict[str, str]:
    """PostgreSQL types of the columns of an object type."""
    return {
        name: column.sql_type
        for declared in object_type.fields
        for name, column in zip(
            compiler.layout.columns(object_type, declared), FIELD_TYPES[declared.type].columns(declared), strict=False
        )
    }
