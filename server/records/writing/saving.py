"""Create, update and upsert records, with the records nested in them.

A request whose drafts are plain and of one kind is one statement, and its own transaction; one of a single record may
share them with requests that arrive at the same time. Anything else runs in one
transaction: parents first, then the records, then what hangs on them, then the rules, then the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Protocol

import asyncpg

from metadata.fields import FIELD_TYPES
from metadata.model.identity import ByIdentity
from metadata.model.values import Field, ObjectType
from metadata.problems import BadInputError
from server.access.plan import Action
from server.database.connections import Connections
from server.records.layout import Layout
from server.records.plans import NodePlan
from server.records.problems import Places, refusal_of
from server.records.statements import Statement
from server.records.writing.drafts import Draft, DraftReader, Lookup, walk
from server.records.writing.lists import Leaving, change_list
from server.records.writing.lookups import find_all, find_records, key_lookup, refuse_repeated
from server.records.writing.numbers import next_numbers, numbered_fields
from server.records.writing.rights import Change, fields_set, guarded_on_creation
from server.records.writing.running import (
    WriteRun,
    answers_of,
    change_where,
    check_count,
    check_rules,
    compiled_statement,
    explain_missing,
    fetch_written,
    in_transaction,
    matching_ids,
    require_epoch,
)
from server.records.writing.shared import SharedWrites
from server.records.writing.statements import WriteShape, answers_at_once, compile_create, compile_update, needs_related
from server.secrets.vault import Place

__all__ = ["Encrypt", "RecordWriter"]

_UPSERT_ATTEMPTS = 3


class Encrypt(Protocol):
    """Encrypts values before they are stored."""

    async def encrypt(self, tenant_id: str, text: str, place: Place) -> str:
        """Ciphertext of a value, bound to its place."""


class RecordWriter:
    """Writes records.

    A write that is given no connection borrows one as long as it needs it, and may share its statement with others.
    """

    def __init__(self, vault: Encrypt, connections: Connections) -> None:
        self._vault = vault
        self._connections = connections
        self._shared = SharedWrites(connections)

    # ── what requests ask ────────────────────────────────────────────────────────────────────────

    async def create(
        self, connection: Any, run: WriteRun, object_type: ObjectType, inputs: Sequence[Mapping[str, Any]], path: str
    ) -> list[bytes]:
        """Create records, all or none; their answers in the order of `inputs`.

        Args:
            connection: In a transaction or not; None for one of the pool.
            run: The write.
            object_type: Of the records.
            inputs: Values by field name, see `DraftReader.new`.
            path: Argument that holds them: `input` or `inputs`.
        """
        check_count(len(inputs))
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

    async def update_each(
        self,
        connection: Any,
        run: WriteRun,
        object_type: ObjectType,
        given: Mapping[str, Mapping[str, Any]],
        causes: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """Change several records, each by values of its own, all or none: one statement for those with like fields.

        Args:
            connection: In a transaction.
            run: The write.
            object_type: Of the records.
            given: Values by field name, by the record's id.
            causes: Events that led to the change of each, where they differ; by the record's id.

        Raises:
            NotFoundError: One of them is not there.
        """
        reader = DraftReader(run.context, run.now)
        drafts = [reader.change(object_type, id, values, ("input",)) for id, values in given.items()]
        reader.faults.raise_if_any()
        for draft in drafts:
            draft.cause = None if causes is None else causes[draft.id]
        await self._saved(connection, run, drafts)

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
        secret = [column for column in _secret_columns(object_type) if draft.columns.get(column) is not None]
        try:
            async with in_transaction(connection):
                await self._resolve_parents(connection, run, [draft])
                if secret:  # ciphertext is bound to its record
                    return await self._change_each(connection, run, draft)
                changed = await change_where(
                    connection, run, object_type, draft.columns, Action.UPDATE, "update", checks=False
                )
                await check_rules(connection, run, object_type, changed)
                return changed
        except asyncpg.PostgresError as error:
            raise refusal_of(error, run.context.model, Places(path=("input",)), run.context.access) or error from error

    async def _change_each(self, connection: Any, run: WriteRun, draft: Draft) -> list[str]:
        """Change the records that meet `run.where` by the same draft, each as a record of its own."""
        ids = await matching_ids(connection, run, _change(run, [draft]))
        drafts = [replace(draft, id=id, columns=dict(draft.columns)) for id in ids]
        await self._prepare(connection, run, drafts)
        if drafts:
            await self._write(connection, run, drafts, None, checks=False)
        await check_rules(connection, run, draft.object_type, ids)
        return ids

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
        check_count(len(inputs))
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
        keys = [key_lookup(reader, object_type, by, given, _path(path, place)) for place, given in enumerate(inputs)]
        if reader.faults:
            for place, given in enumerate(inputs):  # what else is wrong is told too
                reader.change(
                    object_type,
                    "",
                    {name: value for name, value in given.items() if name not in by},
                    _path(path, place),
                )
        reader.faults.raise_if_any()
        refuse_repeated(keys, path)
        await find_records(connection, run, keys, required=False, lock="no key update")
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
            if connection is not None:
                return await self._save(connection, run, drafts)
            if len(drafts) == 1 and _is_one_statement(run, drafts) and not numbered_fields(drafts[0].object_type):
                return [await self._save_shared(run, drafts[0])]
            async with self._connections.acquire(run.context.model.tenant_id) as own:
                return await self._save(own, run, drafts)
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
        return refusal_of(error, run.context.model, Places(every, named), run.context.access) or error

    async def _save(self, connection: Any, run: WriteRun, drafts: list[Draft]) -> list[bytes]:
        if not drafts:
            return []
        if _is_one_statement(run, drafts):
            await self._prepare(connection, run, drafts)
            found = await self._write(connection, run, drafts, run.node, checks=True)
            return [found[draft.id] or b"null" for draft in drafts]
        async with in_transaction(connection):
            if not _are_plain(drafts):
                await find_all(connection, run, drafts)
            await self._save_nested(connection, run, drafts)
            return await answers_of(connection, run, [draft.id for draft in drafts])

    async def _save_shared(self, run: WriteRun, draft: Draft) -> bytes:
        """Write a draft by a statement that may write those of other requests too."""
        await self._prepare(None, run, [draft])
        statement, (row,) = self._statement(run, [draft], run.node, checks=True)
        written = await self._shared.write(run, statement, row)
        if written is None:
            async with self._connections.acquire(run.context.model.tenant_id) as connection:
                await require_epoch(connection, run)
                await explain_missing(connection, run, [draft], _change(run, [draft]))
        return written["data"] or b"null"

    async def _save_nested(self, connection: Any, run: WriteRun, drafts: Sequence[Draft]) -> None:
        """Write drafts with everything nested in them, then check the rules that look at lists."""
        await self._resolve_parents(connection, run, drafts)
        await self._prepare(connection, run, drafts)
        by_relations = run.context.access.rights is not None
        leaving = await Leaving.of(connection, run, drafts) if by_relations else None
        for batch in _batches(drafts, by_relations=by_relations):
            waits = needs_related(batch[0].object_type)
            await self._write(connection, run, batch, None, checks=not waits)
        for draft in drafts:
            for change in draft.lists:
                await change_list(connection, run, draft, change, self._save_nested)
        if leaving is not None:
            await leaving.refuse(connection, run)
        for batch in _batches(drafts):
            if needs_related(batch[0].object_type):
                await check_rules(connection, run, batch[0].object_type, [draft.id for draft in batch])

    async def _resolve_parents(self, connection: Any, run: WriteRun, drafts: Sequence[Draft]) -> None:
        waiting = [(draft, column, parent) for draft in drafts for column, parent in draft.parents]
        lookups = [parent for _draft, _column, parent in waiting if isinstance(parent, Lookup) and not parent.id]
        await find_records(connection, run, lookups)
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
            if numbered_fields(object_type):
                await self._number(connection, run, object_type, [draft for draft in of_type if draft.creating])
            for column in _secret_columns(object_type):
                for draft in of_type:
                    await self._encrypt(run, draft, column)

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
        statement, rows = self._statement(run, drafts, node, checks=checks)
        found = {row["id"]: row["data"] for row in await fetch_written(connection, run, statement, rows)}
        missing = [draft for draft in drafts if draft.id not in found]
        if missing:
            await explain_missing(connection, run, missing, _change(run, missing))
        return found

    def _statement(
        self, run: WriteRun, drafts: Sequence[Draft], node: NodePlan | None, *, checks: bool
    ) -> tuple[Statement, list[dict[str, Any]]]:
        """The statement that writes drafts of one object type and one kind, and its rows."""
        object_type, creating = drafts[0].object_type, drafts[0].creating
        columns = tuple(sorted({column for draft in drafts for column in draft.columns}))
        relations = () if run.context.access.rights is None or creating else _relations(drafts)
        key = ("save", object_type.name, creating, columns, relations, node is not None, checks)
        statement = run.compiled.get(key)
        if statement is None:
            shape = WriteShape(object_type, columns, node, checks, relations=relations)
            statement = compiled_statement(run, key, compile_create if creating else compile_update, shape)
        rows = [
            {"id": d.id, "expected__version": d.expected_version, "cause__chain": d.cause, **d.columns} for d in drafts
        ]
        guarded = guarded_on_creation(run.context.access, object_type) if creating else ()
        if guarded:
            layout = Layout(run.context.model)
            rows = [
                {**row, "sent__fields": _sent(layout, guarded, draft)} for row, draft in zip(rows, drafts, strict=True)
            ]
        return statement, rows


def _is_one_statement(run: WriteRun, drafts: Sequence[Draft]) -> bool:
    """Whether one statement can number, write, check and answer all of them."""
    first = drafts[0]
    if not _are_plain(drafts) or not answers_at_once(run.node):
        return False
    if first.creating:
        return not any(field.settings.gapless for field in numbered_fields(first.object_type))
    return len({frozenset(draft.columns) for draft in drafts}) == 1 and not needs_related(first.object_type)


def _are_plain(drafts: Sequence[Draft]) -> bool:
    """Whether all are created, or all changed, with nothing nested in them."""
    return all(draft.is_plain and draft.creating == drafts[0].creating for draft in drafts)


def _secret_columns(object_type: ObjectType) -> tuple[str, ...]:
    return _columns_to_encrypt(ByIdentity(object_type))


@lru_cache(maxsize=2_048)
def _columns_to_encrypt(key: ByIdentity) -> tuple[str, ...]:
    fields = key.object_type.fields
    return tuple(field.column for field in fields if FIELD_TYPES[field.type].write_transform == "encrypt")


def _path(argument: str, place: int) -> tuple[str | int, ...]:
    return (argument, place) if argument.endswith("s") else (argument,)


def _batches(drafts: Sequence[Draft], *, by_relations: bool = False) -> list[list[Draft]]:
    """Drafts that one statement can write: of one object type and kind, changes with the same columns.

    Args:
        drafts: Of any object types.
        by_relations: Whether changes have to name the same to-many relations too, since rights on them may differ.
    """
    groups: dict[Any, list[Draft]] = {}
    for draft in drafts:
        columns = None if draft.creating else frozenset(draft.columns)
        relations = _relations([draft]) if by_relations and not draft.creating else ()
        groups.setdefault((draft.object_type.name, draft.creating, columns, relations), []).append(draft)
    return list(groups.values())


def _relations(drafts: Sequence[Draft]) -> tuple[str, ...]:
    """Names of the to-many relations that drafts change."""
    return tuple(sorted({change.relation.name for draft in drafts for change in draft.lists}))


def _sent(layout: Layout, fields: Sequence[Field], draft: Draft) -> list[str]:
    """Names of those fields that the input gave a value, rather than a default."""
    relations = _relations([draft])
    return [
        field.name
        for field in fields
        if field.name in relations or any(column in draft.places for column in layout.columns(draft.object_type, field))
    ]


def _change(run: WriteRun, drafts: Sequence[Draft]) -> Change:
    """What drafts of one kind ask of the actor's rights."""
    object_type = drafts[0].object_type
    columns = {column for draft in drafts for column in draft.columns}
    fields = fields_set(Layout(run.context.model), object_type, columns, _relations(drafts))
    return Change(object_type, Action.UPDATE, fields)
