"""Root fields that write: GraphQL names become the tenant's field names, answers become JSON."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import asyncpg
import orjson

from metadata.model.identity import ByIdentity
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import BadInputError, TangramError
from server.database.connections import Connections
from server.graphql.members import MemberKind, members_of
from server.graphql.operations.plans import RUN_VALUES, RunValues, WriteRoot
from server.graphql.schema.roots import RootKind
from server.records.writing.merging import BeforeMerge, RecordMerger
from server.records.writing.removal import RecordRemover
from server.records.writing.running import WriteRun, require_epoch
from server.records.writing.saving import RecordWriter

__all__ = ["BORROWING", "MutationWrites", "Uploads", "WriteEnd", "field_values"]

BORROWING = frozenset({RootKind.CREATE, RootKind.CREATE_MANY, RootKind.UPDATE})
"""Root fields that, where they are alone in a mutation, borrow a connection themselves when they need it."""


class Uploads(Protocol):
    """Stores uploaded files."""

    async def store(self, upload: Any, run: RunValues, connection: Any) -> dict[str, Any]:
        """Keep a file of the request; gives `id name size contentType url`."""


WriteEnd = Callable[[], None]
"""Called after each write, to wake the relay."""


@dataclass(eq=False)
class MutationWrites:
    """Performs root fields that write."""

    writer: RecordWriter
    uploads: Uploads
    nudge: WriteEnd
    transform: Callable[..., Awaitable[bytes]]
    connections: Connections
    before_merge: BeforeMerge

    def __post_init__(self) -> None:
        self._remover = RecordRemover()
        self._merger = RecordMerger(self.before_merge)

    async def run(self, connection: Any, root: WriteRoot, values: dict[str, Any], run: RunValues) -> bytes:
        """Perform one root field; gives the JSON of its answer. `connection` may be None for those of BORROWING."""
        arguments = root.arguments(values)
        if root.field.kind is RootKind.UPLOAD:
            stored = await self.uploads.store(arguments["file"], run, connection)
            return orjson.dumps({key: stored.get(name, "File") for key, name in root.entries})
        object_type = run.context.model.object(root.field.object_name)
        takes = root.takes
        write = WriteRun(
            run.context,
            run.instant,
            root.node,
            root.filter,
            lambda name: (takes.get(name) or RUN_VALUES[name])(values, run),
            root.compiled,
        )
        try:
            answer = await self._perform(connection, root, object_type, arguments, write)
        except TangramError:
            async with self._lent(connection, run) as lent:
                await _require_epoch(lent, write)
            raise
        self.nudge()
        return await self.transform(answer, root.transforms(), run) if root.transforms() else answer

    def _lent(self, connection: Any, run: RunValues) -> AbstractAsyncContextManager[Any]:
        """The connection at hand, or one of the pool."""
        if connection is not None:
            return contextlib.nullcontext(connection)
        return self.connections.acquire(run.context.model.tenant_id)

    async def _perform(
        self, connection: Any, root: WriteRoot, object_type: ObjectType, arguments: Mapping[str, Any], write: WriteRun
    ) -> bytes:
        model = write.context.model
        match root.field.kind:
            case RootKind.CREATE:
                given = field_values(object_type, arguments["input"], model)
                return (await self.writer.create(connection, write, object_type, [given], "input"))[0]
            case RootKind.CREATE_MANY:
                many = [field_values(object_type, item, model) for item in arguments["inputs"]]
                return _list(await self.writer.create(connection, write, object_type, many, "inputs"))
            case RootKind.UPDATE:
                given = field_values(object_type, arguments["input"], model)
                expected = arguments.get("expectedVersion")
                return await self.writer.update(connection, write, object_type, arguments["id"], given, expected)
            case RootKind.UPDATE_MANY:
                _require_filter(write)
                given = field_values(object_type, arguments["input"], model)
                return _bulk(root, await self.writer.update_where(connection, write, object_type, given))
            case RootKind.UPSERT:
                given = field_values(object_type, arguments["input"], model)
                by = _keys(arguments["by"])
                return (await self.writer.upsert(connection, write, object_type, by, [given], "input"))[0]
            case RootKind.UPSERT_MANY:
                many = [field_values(object_type, item, model) for item in arguments["inputs"]]
                by = _keys(arguments["by"])
                return _list(await self.writer.upsert(connection, write, object_type, by, many, "inputs"))
            case RootKind.DELETE:
                expected = arguments.get("expectedVersion")
                return await self._remover.delete(connection, write, object_type, arguments["id"], expected)
            case RootKind.DELETE_MANY:
                _require_filter(write)
                return _bulk(root, await self._remover.delete_where(connection, write, object_type))
            case RootKind.RESTORE:
                return await self._remover.restore(connection, write, object_type, arguments["id"])
            case RootKind.RESTORE_MANY:
                _require_filter(write)
                return _bulk(root, await self._remover.restore_where(connection, write, object_type))
            case RootKind.DESTROY:
                return orjson.dumps(await self._remover.destroy(connection, write, object_type, arguments["id"]))
            case RootKind.DESTROY_MANY:
                _require_filter(write)
                return _bulk(root, await self._remover.destroy_where(connection, write, object_type))
            case RootKind.MERGE:
                return await self._merge(connection, root, object_type, arguments, write)
        raise AssertionError(root.field.kind)

    async def _merge(
        self, connection: Any, root: WriteRoot, object_type: ObjectType, arguments: Mapping[str, Any], write: WriteRun
    ) -> bytes:
        outcome = await self._merger.merge(
            connection,
            write,
            object_type,
            arguments["into"],
            arguments["ids"],
            dry_run=bool(arguments.get("dryRun")),
        )
        answer = {
            "id": outcome.id,
            "merged": list(outcome.merged),
            "moved": outcome.moved,
            "filled": outcome.filled,
            "dryRun": outcome.dry_run,
            "__typename": "MergeResult",
        }
        return orjson.dumps({key: answer[name] for key, name in root.entries})


async def _require_epoch(connection: Any, write: WriteRun) -> None:
    """Refuse nothing by a model and rights that are out of date.

    Raises:
        StaleModelError: They are; the write is to be planned anew.
    """
    # A transaction that a statement broke answers nothing more; that statement has compared the epoch itself.
    with contextlib.suppress(asyncpg.InFailedSQLTransactionError):
        await require_epoch(connection, write)


def field_values(object_type: ObjectType, given: Mapping[str, Any], model: TenantModel) -> dict[str, Any]:
    """An input object by field name: `customerId` becomes a connection, nested records are translated too."""
    plain = _plain(ByIdentity(object_type))
    values: dict[str, Any] = {}
    for name, value in given.items():
        field = plain.get(name)
        if field is not None:
            values[field] = value
            continue
        member = members_of(object_type)[name]
        field = member.field.name
        match member.kind:
            case MemberKind.TO_ONE:
                values[field] = None if value is None else _to_one(model.object(member.targets[0]), value, model)
            case MemberKind.TO_MANY:
                values[field] = None if value is None else _to_many(model.object(member.targets[0]), value, model)
            case MemberKind.POLYMORPHIC_TYPE | MemberKind.POLYMORPHIC_ID:
                part = "type" if member.kind is MemberKind.POLYMORPHIC_TYPE else "id"
                values[field] = _polymorphic(values.get(field), part, value)
    return values


@lru_cache(maxsize=2_048)
def _plain(key: ByIdentity) -> Mapping[str, str]:
    """Field names of members whose values need no translation, by their names in the API; and `id`."""
    return {"id": "id"} | {
        name: member.field.name
        for name, member in members_of(key.object_type).items()
        if member.kind in (MemberKind.VALUE, MemberKind.PARTS, MemberKind.TO_ONE_ID)
    }


def _polymorphic(known: Any, part: str, value: Any) -> Any:
    if value is None:
        return known
    return {**(known or {}), part: value}


def _to_one(target: ObjectType, value: Mapping[str, Any], model: TenantModel) -> dict[str, Any]:
    found = dict(value)
    if found.get("create") is not None:
        found["create"] = field_values(target, found["create"], model)
    if found.get("connect") is not None:
        found["connect"] = _where(target, found["connect"])
    return found


def _to_many(target: ObjectType, value: Mapping[str, Any], model: TenantModel) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, items in value.items():
        if items is None:
            continue
        if name == "create":
            found[name] = [field_values(target, item, model) for item in items]
        else:
            found[name] = [_where(target, item) for item in items]
    return found


def _where(target: ObjectType, value: Mapping[str, Any]) -> dict[str, Any]:
    members = members_of(target)
    return {members[name].field.name if name != "id" else name: item for name, item in value.items()}


def _keys(by: Any) -> list[str]:
    return list(dict.fromkeys(name for fields in by for name in fields))


def _require_filter(write: WriteRun) -> None:
    if write.where is None:
        raise BadInputError.single(
            "empty_filter",
            "A change of many records needs a filter that says which.",
            path=("filter",),
            hint="To mean all records, say so: {id: {isNull: false}}.",
        )


def _list(items: list[bytes]) -> bytes:
    return b"[" + b",".join(items) + b"]"


def _bulk(root: WriteRoot, ids: list[str]) -> bytes:
    answer = {"count": len(ids), "ids": ids, "__typename": "BulkResult"}
    return orjson.dumps({key: answer[name] for key, name in root.entries})
