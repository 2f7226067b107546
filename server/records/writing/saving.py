"""Create, update and upsert records, with the records nested in them.

A request whose drafts are plain and of one kind is one statement, and its own transaction. Anything else runs in one
transaction: parents first, then the records, then what hangs on them, then the rules, then the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

import asyncpg
import orjson

from metadata.expressions.tree import Expression
from metadata.fields import FIELD_TYPES
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.naming import camel
from metadata.problems import BadInputError, ConflictError, Fault, ForbiddenError, LimitError, NotFoundError
from server.access.plan import Action
from server.context import Context
from server.database.sql import quote_identifier
from server.records.compiler import Compiler
from server.records.layout import Layout
from server.records.plans import NodePlan
from server.records.problems import Places, StaleModelError, refusal_of
from server.records.statements import Statement
from server.records.writing.drafts import Draft, DraftReader, ListChange, Lookup, walk
from server.records.writing.numbers import next_numbers, numbered_fields
from server.records.writing.statements import (
    WriteShape,
    answers_at_once,
    compile_check,
    compile_create,
    compile_node,
    compile_update,
    needs_related,
)
from server.secrets.vault import Place

__all__ = ["MAX_ROWS", "Encrypt", "RecordWriter", "WriteRun", "in_transaction"]

MAX_ROWS = 10_000
"""Records that one request may change."""

_UPSERT_ATTEMPTS = 3


class Encrypt(Protocol):
    """Encrypts values before they are stored."""

    async def encrypt(self, tenant_id: str, text: str, place: Place) -> str:
        """Ciphertext of a value, bound to its place."""


@dataclass(frozen=True, slots=True)
class WriteRun:
    """One write.

    Attributes:
        context: Who writes, where.
        now: The instant.
        today: The day in the tenant's zone.
        node: What is answered of each record; None for nothing.
        where: Condition of a bulk change.
        parameter: Values of the parameters of `node` and `where`, by name.
        compiled: Statements made for this plan so far.
    """

    context: Context
    now: datetime
    today: date
    node: NodePlan | None = None
    where: Expression | None = None
    parameter: Callable[[str], Any] | None = None
    compiled: dict[Any, Statement | None] = field(default_factory=dict)

    def arguments(self, statement: Statement, extra: Mapping[str, Any]) -> list[Any]:
        """The values of a statement's placeholders."""
        return [self._value(name, extra) for name in statement.parameters]

    def _value(self, name: str, extra: Mapping[str, Any]) -> Any:
        if name in extra:
            return extra[name]
        read = _RUN_VALUES.get(name)
        if read is not None:
            return read(self)
        assert self.parameter is not None, name
        return self.parameter(name)


_RUN_VALUES: Mapping[str, Callable[[WriteRun], Any]] = {
    "tenant.id": lambda run: run.context.model.tenant_id,
    "epoch": lambda run: run.context.epoch,
    "now": lambda run: run.now.isoformat(),
    "today": lambda run: run.today.isoformat(),
    "timezone": lambda run: run.context.model.settings.timezone,
    "actor.id": lambda run: run.context.actor.id or None,
    "actor.kind": lambda run: run.context.actor.kind.value,
    "actor.name": lambda run: run.context.actor.name,
    "cause.chain": lambda run: list(run.context.cause.chain),
    "request.id": lambda run: run.context.cause.request_id,
    "model.version": lambda run: run.context.model.version,
}


class RecordWriter:
    """Writes records; holds nothing of a request."""

    def __init__(self, vault: Encrypt) -> None:
        self._vault = vault

    # ── what requests ask ────────────────────────────────────────────────────────────────────────

    async def create(
        self, connection: Any, run: WriteRun, object_type: ObjectType, inputs: Sequence[Mapping[str, Any]], path: str
    ) -> list[bytes]:
        """Create records, all or none; their answers in the order of `inputs`.

        Args:
            connection: In a transaction or not.
            run: The write.
            object_type: Of the records.
            inputs: Values by field name, see `DraftReader.new`.
            path: Argument that holds them: `input` or `inputs`.
        """
        self._check_count(len(inputs))
        reader = DraftReader(run.context, run.now)
        drafts = [reader.new(object_type, given, _path(path, place)) for place, given in enumerate(inputs)]
        reader.faults.raise_if_any()
        return await self._saved(connection, run, drafts)

    async def update(
        self,
        connection: Any,
        run: WriteRun,
        object_type: ObjectType,
        id: str,
        given: Mapping[str, Any],
        expected: int | None,
    ) -> bytes:
        """Change one record.

        Raises:
            NotFoundError: There is none with this id.
            ConflictError: It has another version than `expected`.
        """
        reader = DraftReader(run.context, run.now)
        record_id = reader.record_id(object_type, id, ("id",))
        draft = reader.change(object_type, record_id, given, ("input",), expected_version=expected)
        reader.faults.raise_if_any()
        return (await self._saved(connection, run, [draft]))[0]

    async def update_where(
        self, connection: Any, run: WriteRun, object_type: ObjectType, given: Mapping[str, Any]
    ) -> list[str]:
        """Change all records that meet `run.where`, all or none; their ids."""
        reader = DraftReader(run.context, run.now)
        draft = reader.change(object_type, "00000000-0000-0000-0000-000000000000", given, ("input",))
        if draft.lists or any(isinstance(parent, Draft) for _column, parent in draft.parents):
            raise BadInputError.single(
                "nested_in_bulk",
                "A change of many records cannot hold nested records.",
                path=("input",),
                hint="Connect by id, or change the records one by one.",
            )
        reader.faults.raise_if_any()
        secret = [column for column in self._secret_columns(object_type) if draft.columns.get(column) is not None]
        try:
            async with in_transaction(connection):
                await self._resolve_parents(connection, run, [draft])
                if secret:  # ciphertext is bound to its record
                    return await self._change_each(connection, run, draft)
                changed = await self.change_where(
                    connection, run, object_type, draft.columns, Action.UPDATE, "update", checks=False
                )
                await self.check(connection, run, object_type, changed)
                return changed
        except asyncpg.PostgresError as error:
            raise refusal_of(error, run.context.model, Places(path=("input",))) or error from error

    async def _change_each(self, connection: Any, run: WriteRun, draft: Draft) -> list[str]:
        """Change the records that meet `run.where` by the same draft, each as a record of its own."""
        ids = await self._matching(connection, run, draft.object_type)
        drafts = [replace(draft, id=id, columns=dict(draft.columns)) for id in ids]
        await self._prepare(connection, run, drafts)
        if drafts:
            await self._write(connection, run, drafts, None, checks=False)
        await self.check(connection, run, draft.object_type, ids)
        return ids

    async def _matching(self, connection: Any, run: WriteRun, object_type: ObjectType) -> list[str]:
        """Ids of the records that meet `run.where` and may be changed, locked."""
        compiler = Compiler(run.context.model, run.context.access)
        scope = compiler.open(object_type)
        conditions = compiler.visible(scope, action=Action.UPDATE)
        if run.where is not None:
            conditions.append(compiler.expression(run.where, scope))
        sql = (
            f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)}"
            f" limit {MAX_ROWS + 1} for no key update of {scope.alias}"
        )
        rows = await connection.fetch(sql, *run.arguments(Statement(sql, compiler.parameters.names()), {}))
        self._check_count(len(rows))
        return [row["id"] for row in rows]

    async def change_where(
        self,
        connection: Any,
        run: WriteRun,
        object_type: ObjectType,
        columns: Mapping[str, Any],
        action: Action,
        kind: str,
        *,
        deleted: bool = False,
        checks: bool = True,
    ) -> list[str]:
        """Set columns of all records that meet `run.where`, in the caller's transaction; their ids."""
        shape = WriteShape(object_type, tuple(sorted(columns)), kind=kind, deleted=deleted, checks=checks)
        key = ("where", shape.object_type.name, shape.columns, action, kind)
        statement = self._compiled(
            run, key, lambda model, access: compile_update(shape, model, access, where=run.where, action=action)
        )
        rows = await self._run(connection, run, statement, [{"id": None, **columns}], stale_when_empty=False)
        if not rows:
            await self.require_epoch(connection, run)
        self._check_count(len(rows))
        return [row["id"] for row in rows]

    async def change_ids(
        self,
        connection: Any,
        run: WriteRun,
        object_type: ObjectType,
        rows: Sequence[Mapping[str, Any]],
        action: Action,
        kind: str,
        *,
        deleted: bool = False,
        node: NodePlan | None = None,
    ) -> dict[str, bytes]:
        """Set the same columns of records named by `id`; the answers of those that were found, by id."""
        if not rows:
            return {}
        columns = tuple(sorted(set(rows[0]) - {"id", "expected_version"}))
        shape = WriteShape(object_type, columns, node, kind=kind, deleted=deleted)
        key = ("ids", object_type.name, columns, action, kind, node is not None)
        statement = self._compiled(run, key, lambda model, access: compile_update(shape, model, access, action=action))
        found = {
            row["id"]: row["data"] for row in await self._run(connection, run, statement, rows, stale_when_empty=False)
        }
        if len(found) < len(rows):
            await self.require_epoch(connection, run)
        return found

    async def upsert(
        self,
        connection: Any,
        run: WriteRun,
        object_type: ObjectType,
        by: Sequence[str],
        inputs: Sequence[Mapping[str, Any]],
        path: str,
    ) -> list[bytes]:
        """Change the records that have the same values in the fields `by`, create the others; in order."""
        self._check_count(len(inputs))
        if not by:
            raise BadInputError.single(
                "no_key", "An upsert needs a unique key to find records by.", path=("by",), hint="Name one: by: [ID]."
            )
        drafts: list[Draft] = []
        for attempt in range(_UPSERT_ATTEMPTS):
            try:
                async with connection.transaction():
                    drafts = await self._upserted(connection, run, object_type, by, inputs, path)
                    return await self._save(connection, run, drafts)
            except asyncpg.UniqueViolationError as error:
                # Somebody created the record just now: find it. A record met twice is a conflict.
                if attempt == _UPSERT_ATTEMPTS - 1:
                    raise self._refusal(error, run, drafts) from error
            except asyncpg.PostgresError as error:
                raise self._refusal(error, run, drafts) from error
        raise AssertionError

    async def _upserted(
        self,
        connection: Any,
        run: WriteRun,
        object_type: ObjectType,
        by: Sequence[str],
        inputs: Sequence[Mapping[str, Any]],
        path: str,
    ) -> list[Draft]:
        """Drafts that change the records that are there and create the others."""
        reader = DraftReader(run.context, run.now)
        keys = [_key_lookup(reader, object_type, by, given, _path(path, place)) for place, given in enumerate(inputs)]
        if reader.faults:
            for place, given in enumerate(inputs):  # what else is wrong is told too
                reader.change(
                    object_type,
                    "",
                    {name: value for name, value in given.items() if name not in by},
                    _path(path, place),
                )
        reader.faults.raise_if_any()
        _refuse_repeated(keys, path)
        await self._find(connection, run, keys, required=False, lock="no key update")
        drafts = []
        for place, (given, key) in enumerate(zip(inputs, keys, strict=True)):
            at = _path(path, place)
            if key.id:
                values = {name: value for name, value in given.items() if name not in by}
                drafts.append(reader.change(object_type, key.id, values, at))
            else:
                drafts.append(reader.new(object_type, given, at))
        reader.faults.raise_if_any()
        return drafts

    # ── saving drafts ────────────────────────────────────────────────────────────────────────────

    async def _saved(self, connection: Any, run: WriteRun, drafts: list[Draft]) -> list[bytes]:
        try:
            return await self._save(connection, run, drafts)
        except asyncpg.PostgresError as error:
            raise self._refusal(error, run, drafts) from error

    def _refusal(self, error: asyncpg.PostgresError, run: WriteRun, drafts: Sequence[Draft]) -> Exception:
        """What PostgreSQL refused, told at its place in the input; the error itself when it is none of the input's."""
        every = list(walk(drafts))
        named = {
            lookup.id: lookup.path
            for draft in every
            for change in draft.lists
            for lookup in (*change.connect, *change.disconnect, *(change.replace or ()))
        }
        return refusal_of(error, run.context.model, Places(every, named)) or error

    async def _save(self, connection: Any, run: WriteRun, drafts: list[Draft]) -> list[bytes]:
        if not drafts:
            return []
        first = drafts[0]
        same_kind = all(draft.creating == first.creating for draft in drafts)
        plain = all(draft.is_plain for draft in drafts) and same_kind
        one_statement = plain and (first.creating or len({frozenset(draft.columns) for draft in drafts}) == 1)
        gapless = first.creating and any(f.settings.gapless for f in numbered_fields(first.object_type))
        checked_after = not first.creating and needs_related(first.object_type)
        if one_statement and not gapless and not checked_after and answers_at_once(run.node):
            await self._prepare(connection, run, drafts)
            found = await self._write(connection, run, drafts, run.node, checks=True)
            return [found[draft.id] for draft in drafts]
        async with in_transaction(connection):
            if not plain:
                await self._find_all(connection, run, drafts)
            await self._save_nested(connection, run, drafts)
            return await self.answers(connection, run, [draft.id for draft in drafts])

    async def _find_all(self, connection: Any, run: WriteRun, drafts: Sequence[Draft]) -> None:
        """Find every record that the input names, at any depth, so that all that are missing are told together."""
        lookups: list[Lookup] = []
        for draft in walk(drafts):
            lookups += [parent for _column, parent in draft.parents if isinstance(parent, Lookup)]
            lookups += self._named(run, draft)
            for change in draft.lists:
                lookups += [*change.connect, *change.disconnect, *(change.replace or ())]
        await self._find(connection, run, lookups)

    def _named(self, run: WriteRun, draft: Draft) -> list[Lookup]:
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

    async def _save_nested(self, connection: Any, run: WriteRun, drafts: Sequence[Draft]) -> None:
        """Write drafts with everything nested in them, then check the rules that look at lists."""
        await self._resolve_parents(connection, run, drafts)
        await self._prepare(connection, run, drafts)
        for batch in _batches(drafts):
            waits = needs_related(batch[0].object_type)
            await self._write(connection, run, batch, None, checks=not waits)
        for draft in drafts:
            for change in draft.lists:
                await self._change_list(connection, run, draft, change)
        for batch in _batches(drafts):
            if needs_related(batch[0].object_type):
                await self.check(connection, run, batch[0].object_type, [draft.id for draft in batch])

    async def _resolve_parents(self, connection: Any, run: WriteRun, drafts: Sequence[Draft]) -> None:
        waiting = [(draft, column, parent) for draft in drafts for column, parent in draft.parents]
        lookups = [parent for _draft, _column, parent in waiting if isinstance(parent, Lookup) and not parent.id]
        await self._find(connection, run, lookups)
        created = [parent for _d, _c, parent in waiting if isinstance(parent, Draft)]
        for name in dict.fromkeys(parent.object_type.name for parent in created):
            await self._save_nested(connection, run, [p for p in created if p.object_type.name == name])
        for draft, column, parent in waiting:
            draft.columns[column] = parent.id
            draft.places[column] = parent.path

    async def _prepare(self, connection: Any, run: WriteRun, drafts: Sequence[Draft]) -> None:
        """What is done to values between reading and storing: numbers are given, secrets encrypted."""
        for name in dict.fromkeys(draft.object_type.name for draft in drafts):
            of_type = [draft for draft in drafts if draft.object_type.name == name]
            object_type = of_type[0].object_type
            await self._number(connection, run, object_type, [draft for draft in of_type if draft.creating])
            for column in self._secret_columns(object_type):
                for draft in of_type:
                    await self._encrypt(run, draft, column)

    def _secret_columns(self, object_type: ObjectType) -> list[str]:
        return [field.column for field in object_type.fields if FIELD_TYPES[field.type].write_transform == "encrypt"]

    async def _number(self, connection: Any, run: WriteRun, object_type: ObjectType, drafts: Sequence[Draft]) -> None:
        for declared in numbered_fields(object_type):
            waiting = [draft for draft in drafts if draft.columns.get(declared.column) is None]
            if waiting:
                numbers = await next_numbers(
                    connection, run.context.model.tenant_id, object_type, declared, len(waiting), run.today
                )
                for draft, number in zip(waiting, numbers, strict=True):
                    draft.columns[declared.column] = number

    async def _encrypt(self, run: WriteRun, draft: Draft, column: str) -> None:
        plain = draft.columns.get(column)
        if plain is not None:
            place = Place(draft.object_type.table, column, draft.id)
            draft.columns[column] = await self._vault.encrypt(run.context.model.tenant_id, plain, place)

    async def _write(
        self, connection: Any, run: WriteRun, drafts: Sequence[Draft], node: NodePlan | None, *, checks: bool
    ) -> dict[str, bytes]:
        """Write drafts of one object type and one kind in one statement."""
        object_type, creating = drafts[0].object_type, drafts[0].creating
        columns = tuple(sorted({column for draft in drafts for column in draft.columns}))
        shape = WriteShape(object_type, columns, node, checks)
        key = ("save", object_type.name, creating, columns, node is not None, checks)
        statement = self._compiled(run, key, compile_create if creating else compile_update, shape)
        rows = [{"id": d.id, "expected_version": d.expected_version, **d.columns} for d in drafts]
        found = {row["id"]: row["data"] for row in await self._run(connection, run, statement, rows)}
        missing = [draft for draft in drafts if draft.id not in found]
        if missing:
            await self.explain_missing(connection, run, missing)
        return found

    def _compiled(self, run: WriteRun, key: Any, make: Callable[..., Statement | None], shape: Any = None) -> Statement:
        statement = run.compiled.get(key)
        if statement is None:
            model, access = run.context.model, run.context.access
            statement = make(model, access) if shape is None else make(shape, model, access)
            run.compiled[key] = statement
        assert statement is not None
        return statement

    async def _run(
        self,
        connection: Any,
        run: WriteRun,
        statement: Statement,
        rows: Sequence[Mapping[str, Any]],
        *,
        stale_when_empty: bool = True,
    ) -> list[Any]:
        found: list[Any] = await connection.fetch(
            statement.sql, *run.arguments(statement, {"input": orjson.dumps(rows)})
        )
        if not found and stale_when_empty:
            await self.require_epoch(connection, run)
        return found

    async def require_epoch(self, connection: Any, run: WriteRun) -> None:
        """Tell a statement that matched nothing from one that was out of date.

        Raises:
            StaleModelError: The tenant changed since the statement was compiled.
        """
        epoch = await connection.fetchval("select epoch from tangram.tenant where id = $1", run.context.model.tenant_id)
        if epoch != run.context.epoch:
            raise StaleModelError

    async def explain_missing(self, connection: Any, run: WriteRun, missing: Sequence[Draft]) -> None:
        """Say why a record was not written: it is not there, or it has another version."""
        compiler = Compiler(run.context.model, run.context.access)
        scope = compiler.open(missing[0].object_type)
        conditions = [f"{scope.alias}.id = any({compiler.parameters.placeholder('ids', '::uuid[]')})"]
        conditions += compiler.visible(scope)
        sql = f"select {scope.alias}.id, {scope.alias}.version {scope.from_clause} where {' and '.join(conditions)}"
        statement = Statement(sql, compiler.parameters.names())
        rows = await connection.fetch(sql, *run.arguments(statement, {"ids": [draft.id for draft in missing]}))
        versions = {row["id"]: row["version"] for row in rows}
        draft = next((one for one in missing if one.id not in versions), missing[0])
        name = draft.object_type.name
        if draft.id not in versions:
            raise NotFoundError.single("unknown_record", f"There is no {name} with id {draft.id}.", path=("id",))
        version = versions[draft.id]
        if draft.expected_version is None or version == draft.expected_version:
            raise ConflictError.single(
                "not_written", f"The {name} {draft.id} could not be changed.", hint="Send the request again."
            )
        raise ConflictError.single(
            "version_conflict",
            f"The {name} is at version {version}, the request expects {draft.expected_version}.",
            path=("expectedVersion",),
            hint="Read the record again, and apply the change to what it is now.",
            version=version,
        )

    async def check(self, connection: Any, run: WriteRun, object_type: ObjectType, ids: Sequence[str]) -> None:
        """Check the validation rules of records that are written, as they are now."""
        statement = compile_check(object_type, run.context.model, run.context.access) if ids else None
        if statement is not None:
            await connection.fetch(statement.sql, *run.arguments(statement, {"ids": list(ids)}))

    def layout(self, run: WriteRun) -> Layout:
        """Where the tenant's records are stored."""
        return Layout(run.context.model)

    async def answers(self, connection: Any, run: WriteRun, ids: Sequence[str]) -> list[bytes]:
        """The answers of records written in this transaction, in order."""
        if run.node is None:
            return [b"null"] * len(ids)
        node = run.node
        statement = self._compiled(run, ("node",), lambda model, access: compile_node(node, model, access))
        rows = await connection.fetch(statement.sql, *run.arguments(statement, {"ids": list(ids)}))
        found = {row["id"]: row["data"] for row in rows}
        return [found.get(id, b"null") for id in ids]

    # ── lists ────────────────────────────────────────────────────────────────────────────────────

    async def _change_list(self, connection: Any, run: WriteRun, draft: Draft, change: ListChange) -> None:
        relation = relation_of(change.relation)
        assert relation is not None
        if relation_kind(relation) is RelationKind.MANY_TO_MANY:
            await self._change_links(connection, run, draft, change)
        else:
            await self._change_children(connection, run, draft, change)

    async def _change_children(self, connection: Any, run: WriteRun, draft: Draft, change: ListChange) -> None:
        """Records whose own field leads here: it is set, cleared, or they are created with it."""
        relation = relation_of(change.relation)
        assert relation is not None
        target = run.context.model.object(relation.to)
        back = field_of(target, relation.via)
        assert back is not None
        columns = DraftReader(run.context, run.now).layout.columns(target, back)
        here = dict(
            zip(columns, (draft.object_type.table, draft.id) if len(columns) == 2 else (draft.id,), strict=True)
        )
        for child in change.create:
            child.columns |= here
        if change.create:
            await self._save_nested(connection, run, change.create)
        joined = {lookup.id: lookup for lookup in (*change.connect, *(change.replace or ()))}
        await self._change_named(connection, run, target, joined, here)
        present = (
            await self._children(connection, run, target, here)
            if change.disconnect or change.replace is not None
            else []
        )
        leaving = {lookup.id: lookup for lookup in change.disconnect if lookup.id in present}
        if change.replace is not None:
            keep = {*joined, *(child.id for child in change.create)}
            leaving |= {
                id: Lookup(target, {}, (*draft.path, camel(change.relation.name)), id)
                for id in present
                if id not in keep
            }
        if leaving and back.required:
            raise BadInputError.single(
                "required_relation",
                f"Field '{camel(back.name)}' of '{target.name}' is required, so its records cannot be disconnected.",
                path=(*draft.path, camel(change.relation.name)),
                hint="Connect them elsewhere, or delete them.",
            )
        await self._change_named(connection, run, target, leaving, dict.fromkeys(columns))

    async def _change_named(
        self,
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
        found = await self.change_ids(connection, run, target, rows, Action.UPDATE, "update")
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

    async def _children(self, connection: Any, run: WriteRun, target: ObjectType, here: Mapping[str, Any]) -> list[str]:
        compiler = Compiler(run.context.model, run.context.access)
        scope = compiler.open(target)
        types = _column_types(compiler, target)
        conditions = [
            f"{scope.stored(column)} = {compiler.parameters.constant(value, f'::{types[column]}')}"
            for column, value in here.items()
        ]
        sql = (
            f"select {scope.alias}.id {scope.from_clause} where {' and '.join([*conditions, *compiler.visible(scope)])}"
        )
        statement = Statement(sql, compiler.parameters.names())
        rows = await connection.fetch(sql, *run.arguments(statement, compiler.parameters.constants))
        return [row["id"] for row in rows]

    async def _change_links(self, connection: Any, run: WriteRun, draft: Draft, change: ListChange) -> None:
        """A join table: rows are inserted and deleted; the record's own event says which."""
        relation = relation_of(change.relation)
        assert relation is not None
        if change.create:
            await self._save_nested(connection, run, change.create)
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
            await self._log_links(connection, run, draft, change, added, removed)

    async def _log_links(
        self, connection: Any, run: WriteRun, draft: Draft, change: ListChange, added: list[str], removed: list[str]
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

    # ── look-ups ─────────────────────────────────────────────────────────────────────────────────

    async def _find(
        self,
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
            found = await self._ids(connection, run, run.context.model.object(name), columns, group, lock)
            for lookup in group:
                lookup.id = found.get(_row_key(lookup.columns.values()), "")
                if not lookup.id:
                    missing.append(lookup)
        if missing and required:
            places = {id(lookup): place for place, lookup in enumerate(lookups)}
            missing.sort(key=lambda lookup: places[id(lookup)])
            raise BadInputError.of([_not_found(lookup) for lookup in missing])

    async def _ids(
        self,
        connection: Any,
        run: WriteRun,
        object_type: ObjectType,
        columns: tuple[str, ...],
        lookups: Sequence[Lookup],
        lock: str,
    ) -> dict[str, str]:
        compiler = Compiler(run.context.model, run.context.access)
        scope = compiler.open(object_type)
        types = _column_types(compiler, object_type)
        listed = ", ".join(f"{quote_identifier(column)} {types[column]}" for column in columns)
        given = compiler.parameters.placeholder("input", "::json")
        scope.from_clause.lines.append(f"join json_to_recordset({given}) as g (place integer, {listed}) on true")
        conditions = [f"{scope.stored(column)} = g.{quote_identifier(column)}" for column in columns]
        conditions += compiler.visible(scope)
        locking = f"for {lock} of {scope.alias}" if object_type.storage == "tenant" else ""
        order = f"order by {scope.alias}.id"  # locks are always taken in the same order
        sql = f"select g.place, {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)} {order} {locking}"
        statement = Statement(sql, compiler.parameters.names())
        rows = [{"place": place, **lookup.columns} for place, lookup in enumerate(lookups)]
        answer = await connection.fetch(sql, *run.arguments(statement, {"input": orjson.dumps(rows)}))
        return {_row_key(lookups[row["place"]].columns.values()): row["id"] for row in answer}

    def _check_count(self, count: int) -> None:
        if count > MAX_ROWS:
            raise LimitError.single(
                "too_many_records",
                f"A request may change {MAX_ROWS} records, this one changes {count} or more.",
                hint="Narrow the filter, or send several requests.",
            )


def in_transaction(connection: Any) -> Any:
    """The connection's transaction: the one that is open, or a new one."""
    return nullcontext() if connection.is_in_transaction() else connection.transaction()


def _path(argument: str, place: int) -> tuple[str | int, ...]:
    return (argument, place) if argument.endswith("s") else (argument,)


def _batches(drafts: Sequence[Draft]) -> list[list[Draft]]:
    """Drafts that one statement can write: of one object type and kind, changes with the same columns."""
    groups: dict[Any, list[Draft]] = {}
    for draft in drafts:
        columns = None if draft.creating else frozenset(draft.columns)
        groups.setdefault((draft.object_type.name, draft.creating, columns), []).append(draft)
    return list(groups.values())


def _key_lookup(
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


def _refuse_repeated(keys: Sequence[Lookup], path: str) -> None:
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


def _column_types(compiler: Compiler, object_type: ObjectType) -> dict[str, str]:
    return {
        name: column.sql_type
        for declared in object_type.fields
        for name, column in zip(
            compiler.layout.columns(object_type, declared), FIELD_TYPES[declared.type].columns(declared), strict=False
        )
    }


async def _column(connection: Any, sql: str, *arguments: Any) -> list[str]:
    return [row[0] for row in await connection.fetch(sql, *arguments)]
