"""Merge records into one: its gaps are filled, what leads to the others is moved, the others are deleted.

A dry run does the same and rolls it back, so that it tells exactly what would happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from metadata.fields import FIELD_TYPES
from metadata.model.values import Field, ObjectType
from metadata.naming import camel
from metadata.problems import BadInputError, LimitError, NotFoundError
from server.access.plan import Action
from server.database.sql import quote_identifier
from server.records.writing.drafts import DraftReader
from server.records.writing.referrers import links_of, referrers_of, referring_ids
from server.records.writing.saving import MAX_ROWS, RecordWriter, WriteRun

__all__ = ["MergeOutcome", "RecordMerger"]

_MAX_MERGED = 50


@dataclass(frozen=True, slots=True)
class MergeOutcome:
    """What a merge did, or would do.

    Attributes:
        id: The record that stays.
        merged: Records that were deleted.
        moved: By `object.field`, how many records lead to the one that stays now.
        filled: By field, the record that its value was taken from.
        dry_run: Whether it was only tried.
    """

    id: str
    merged: tuple[str, ...]
    moved: dict[str, int]
    filled: dict[str, str]
    dry_run: bool


class RecordMerger:
    """Merges records."""

    def __init__(self, writer: RecordWriter) -> None:
        self._writer = writer

    async def merge(
        self, connection: Any, run: WriteRun, object_type: ObjectType, into: str, ids: Sequence[str], *, dry_run: bool
    ) -> MergeOutcome:
        """Merge the records `ids` into the record `into`.

        Raises:
            BadInputError: No record to merge, or `into` is among them.
            NotFoundError: One of them does not exist.
        """
        reader = DraftReader(run.context, run.now)
        kept = reader.lookup(object_type, {"id": into}, ("into",)).columns.get("id", "")
        others = [
            reader.lookup(object_type, {"id": id}, ("ids", place)).columns.get("id", "") for place, id in enumerate(ids)
        ]
        reader.faults.raise_if_any()
        others = list(dict.fromkeys(others))
        if not others or kept in others:
            raise BadInputError.single(
                "bad_merge", "A merge needs other records than the one they are merged into.", path=("ids",)
            )
        if len(others) > _MAX_MERGED:
            raise LimitError.single(
                "too_many_records", f"At most {_MAX_MERGED} records are merged at once.", path=("ids",)
            )
        transaction = connection.transaction()  # a savepoint when one is open already
        await transaction.start()
        try:
            outcome = await self._merge(connection, run, object_type, kept, others, dry_run=dry_run)
        except BaseException:
            await transaction.rollback()
            raise
        await (transaction.rollback() if dry_run else transaction.commit())
        return outcome

    async def _merge(
        self, connection: Any, run: WriteRun, object_type: ObjectType, into: str, ids: list[str], *, dry_run: bool
    ) -> MergeOutcome:
        rows = await self._lock(connection, run, object_type, [into, *ids])
        for place, id in enumerate([into, *ids]):
            if id not in rows:
                path: tuple[str | int, ...] = ("ids", place - 1) if place else ("into",)
                raise NotFoundError.single("unknown_record", f"There is no {object_type.name} with id {id}.", path=path)
        values, filled = self._gaps(run, object_type, rows, into, ids)
        deleted = [{"id": id, "deleted_at": run.now.isoformat()} for id in ids]
        moved = await self._move(connection, run, object_type, into, ids)
        await self._writer.change_ids(connection, run, object_type, deleted, Action.MERGE, "merge")
        if values:
            await self._fill(connection, run, object_type, into, values)
        return MergeOutcome(into, tuple(ids), moved, filled, dry_run)

    async def _lock(
        self, connection: Any, run: WriteRun, object_type: ObjectType, ids: Sequence[str]
    ) -> dict[str, Any]:
        table = self._writer.layout(run).table_of(object_type)
        found = await connection.fetch(
            f"select * from {table} where id = any($1::uuid[]) and deleted_at is null order by id for update", list(ids)
        )
        return {row["id"]: row for row in found}

    def _gaps(
        self, run: WriteRun, object_type: ObjectType, rows: dict[str, Any], into: str, ids: Sequence[str]
    ) -> tuple[list[tuple[Field, str]], dict[str, str]]:
        """Fields that the kept record lacks, and the first other record that has a value."""
        values: list[tuple[Field, str]] = []
        filled: dict[str, str] = {}
        for field in object_type.fields:
            columns = self._writer.layout(run).columns(object_type, field)
            if field.system or not columns or FIELD_TYPES[field.type].write_transform in ("auto_number", "encrypt"):
                continue
            if rows[into][columns[0]] is None:
                source = next((id for id in ids if rows[id][columns[0]] is not None), None)
                if source is not None:
                    values.append((field, source))
                    filled[camel(field.name)] = source
        return values, filled

    async def _fill(
        self, connection: Any, run: WriteRun, object_type: ObjectType, into: str, values: Sequence[tuple[Field, str]]
    ) -> None:
        """Take values over inside the database, as JSON, and write them like any change."""
        layout = self._writer.layout(run)
        columns = [(name, source) for field, source in values for name in layout.columns(object_type, field)]
        table = layout.table_of(object_type)
        pieces = ", ".join(
            f"(select to_json(t.{quote_identifier(name)})::text from {table} as t where t.id = ${place})"
            for place, (name, _source) in enumerate(columns, 1)
        )
        row = (await connection.fetch(f"select {pieces}", *(source for _name, source in columns)))[0]
        given = {
            name: orjson.loads(text) if text is not None else None
            for (name, _s), text in zip(columns, row, strict=True)
        }
        await self._writer.change_ids(connection, run, object_type, [{"id": into, **given}], Action.MERGE, "update")

    async def _move(
        self, connection: Any, run: WriteRun, object_type: ObjectType, into: str, ids: Sequence[str]
    ) -> dict[str, int]:
        moved: dict[str, int] = {}
        for referrer in referrers_of(run.context.model, object_type):
            leading = await referring_ids(connection, run.context, referrer, object_type, ids, limit=MAX_ROWS + 1)
            if len(leading) > MAX_ROWS:
                raise LimitError.single(
                    "too_many_records", f"More than {MAX_ROWS} {referrer.object_type.plural} lead to these records."
                )
            here = (object_type.table, into) if len(referrer.columns) == 2 else (into,)
            rows = [{"id": id, **dict(zip(referrer.columns, here, strict=True))} for id in leading]
            await self._writer.change_ids(connection, run, referrer.object_type, rows, Action.UPDATE, "update")
            if leading:
                moved[f"{referrer.object_type.name}.{camel(referrer.field.name)}"] = len(leading)
        for table, near, far in links_of(run.context.model, object_type):
            links = await connection.fetch(
                f"with gone as (delete from {table} where {near} = any($1::uuid[]) returning {far})\n"
                f"insert into {table} ({near}, {far}) select distinct $2::uuid, {far} from gone\n"
                f"on conflict do nothing returning {far}",
                list(ids),
                into,
            )
            if links:
                moved[table] = len(links)
        return moved
