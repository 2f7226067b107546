"""Merge records into one: its gaps are filled, what leads to the others is moved, the others are deleted.

A dry run does the same and rolls it back, so that it tells exactly what would happen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from metadata.fields import FIELD_TYPES
from metadata.fields.relations import relation_of
from metadata.model.tenant import field_of
from metadata.model.values import Field, ObjectType
from metadata.naming import camel
from metadata.problems import BadInputError, ForbiddenError, LimitError, NotFoundError, Path, TangramError
from server.access.plan import Action
from server.database.sql import quote_identifier
from server.events.log import append, draft_for
from server.records.compiler import Compiler
from server.records.layout import Layout
from server.records.statements import Statement
from server.records.writing.drafts import DraftReader
from server.records.writing.referrers import LinkTable, Referrer, change_all, links_of, referrers_of, referring_ids
from server.records.writing.rights import Change, reach, read_level, settable
from server.records.writing.running import (
    MAX_ROWS,
    WriteRun,
    change_ids,
    not_allowed,
    reachable_ids,
    require_epoch,
    visible_ids,
)

__all__ = ["MERGE_OBJECT", "BeforeMerge", "MergeOutcome", "RecordMerger"]

BeforeMerge = Callable[[Any, WriteRun, ObjectType, str, Sequence[str]], Awaitable[None]]
"""What an engine does before records go into another, in the same transaction, or refuses: given the connection, the
write, their object type, the record that is kept, and the others. All of them are there, locked, and may be merged."""

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


MERGE_OBJECT = "record__merge"
"""What events are about that tell engines which records went into which; history has what became of each."""


async def _nothing(_connection: Any, _run: WriteRun, _type: ObjectType, _into: str, _ids: Sequence[str]) -> None:
    """Nothing comes before."""


@dataclass(frozen=True, slots=True)
class RecordMerger:
    """Merges records; holds nothing of a request.

    Attributes:
        before: What comes before every merge.
    """

    before: BeforeMerge = _nothing

    async def merge(
        self, connection: Any, run: WriteRun, object_type: ObjectType, into: str, ids: Sequence[str], *, dry_run: bool
    ) -> MergeOutcome:
        """Merge the records `ids` into the record `into`.

        Raises:
            BadInputError: No record to merge, or `into` is among them.
            NotFoundError: One of them does not exist.
        """
        reader = DraftReader(run.context, run.now)
        kept = reader.record_id(object_type, into, ("into",))
        others = [reader.record_id(object_type, id, ("ids", place)) for place, id in enumerate(ids)]
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
        await require_epoch(connection, run)
        await self._require_all(connection, run, object_type, [into, *ids], rows)
        await self.before(connection, run, object_type, into, ids)
        values, filled = self._gaps(run, object_type, rows, into, ids)
        deleted = [{"id": id, "deleted_at": run.now.isoformat()} for id in ids]
        moved = await self._move(connection, run, object_type, into, ids)
        await change_ids(connection, run, object_type, deleted, Action.MERGE, "merge")
        if values:
            await self._fill(connection, run, object_type, into, values)
        told = {"object": object_type.table, "record": into, "merged": ids}
        await append(connection, draft_for(run.context, "merged", MERGE_OBJECT, into, told))
        return MergeOutcome(into, tuple(ids), moved, filled, dry_run)

    async def _lock(
        self, connection: Any, run: WriteRun, object_type: ObjectType, ids: Sequence[str]
    ) -> dict[str, Any]:
        """The records that the actor may merge, locked, and what of their fields the actor reads and may set."""
        compiler = Compiler(run.context.model, run.context.access)
        scope = compiler.open(object_type)
        conditions = [f"{scope.alias}.id = any({compiler.parameters.placeholder('ids', '::uuid[]')})"]
        conditions += reach(compiler, scope, Change(object_type, Action.MERGE))
        columns = [f"{scope.alias}.*"]
        if run.context.access.rights is not None:
            for field in _fillable(run, object_type):
                may_set = " and ".join(settable(compiler, scope, Change(object_type, Action.MERGE, (field,)))) or "true"
                columns.append(f"{read_level(compiler, scope, field)} as {quote_identifier('level ' + field.name)}")
                columns.append(f"({may_set}) is true as {quote_identifier('may set ' + field.name)}")
        sql = (
            f"select {', '.join(columns)} {scope.from_clause} where {' and '.join(conditions)}"
            f" order by {scope.alias}.id for update of {scope.alias}"
        )
        statement = Statement(sql, compiler.parameters.names())
        found = await connection.fetch(sql, *run.arguments(statement, {"ids": list(ids)}))
        return {row["id"]: row for row in found}

    async def _require_all(
        self, connection: Any, run: WriteRun, object_type: ObjectType, ids: Sequence[str], rows: Mapping[str, Any]
    ) -> None:
        """Refuse a merge of records that are not there, or that the actor sees but may not merge."""
        paths: dict[str, Path] = {id: ("ids", place - 1) if place else ("into",) for place, id in enumerate(ids)}
        missing = [id for id in ids if id not in rows]
        if not missing:
            return
        seen = [] if run.context.access.rights is None else await visible_ids(connection, run, object_type, missing)
        for id in missing:
            if id not in seen:
                raise NotFoundError.single(
                    "unknown_record", f"There is no {object_type.name} with id {id}.", path=paths[id]
                )
        raise ForbiddenError.of(not_allowed(Change(object_type, Action.MERGE), id, paths[id]) for id in missing)

    def _gaps(
        self, run: WriteRun, object_type: ObjectType, rows: dict[str, Any], into: str, ids: Sequence[str]
    ) -> tuple[list[tuple[Field, str]], dict[str, str]]:
        """Fields that the kept record lacks, and the first other record that has a value.

        A value is not taken where the actor would then read more of it than before, nor where they may not set it;
        of a field that they do not read in the kept record, they are not told that it was filled.
        """
        values: list[tuple[Field, str]] = []
        filled: dict[str, str] = {}
        restricted = run.context.access.rights is not None
        for field in _fillable(run, object_type):
            column = Layout(run.context.model).columns(object_type, field)[0]
            level = rows[into][f"level {field.name}"] if restricted else 2
            if rows[into][column] is not None or (restricted and not rows[into][f"may set {field.name}"]):
                continue
            takeable = (id for id in ids if not restricted or rows[id][f"level {field.name}"] >= level)
            source = next((id for id in takeable if rows[id][column] is not None), None)
            if source is not None:
                values.append((field, source))
                if level == 2:
                    filled[camel(field.name)] = source
        return values, filled

    async def _fill(
        self, connection: Any, run: WriteRun, object_type: ObjectType, into: str, values: Sequence[tuple[Field, str]]
    ) -> None:
        """Take values over inside the database, as JSON, and write them like any change."""
        layout = Layout(run.context.model)
        columns = [(name, source) for field, source in values for name in layout.columns(object_type, field)]
        table = layout.table_of(object_type)
        pieces = ", ".join(
            f"(select to_json(t.{quote_identifier(name)})::text from {table} as t where t.id = ${place})"
            for place, (name, _source) in enumerate(columns, 1)
        )
        row = (await connection.fetch(f"select {pieces}", *(source for _name, source in columns)))[0]
        given = {
            name: orjson.Fragment(text) if text is not None else None  # parsing it would round numbers
            for (name, _s), text in zip(columns, row, strict=True)
        }
        await change_ids(connection, run, object_type, [{"id": into, **given}], Action.MERGE, "update")

    async def _move(
        self, connection: Any, run: WriteRun, object_type: ObjectType, into: str, ids: Sequence[str]
    ) -> dict[str, int]:
        """Lead what leads to `ids` to `into`; the records that are merged themselves stay as they are."""
        moved: dict[str, int] = {}
        for referrer in referrers_of(run.context.model, object_type):
            is_own = referrer.object_type.name == object_type.name
            leading = await referring_ids(connection, run.context, referrer, object_type, ids, limit=MAX_ROWS + 1)
            if len(leading) > MAX_ROWS:
                raise LimitError.single(
                    "too_many_records", f"More than {MAX_ROWS} {referrer.object_type.plural} lead to these records."
                )
            here = (object_type.table, into) if len(referrer.columns) == 2 else (into,)
            moving = [id for id in leading if not is_own or (id not in ids and id != into)]
            rows = [{"id": id, **dict(zip(referrer.columns, here, strict=True))} for id in moving]
            await self._change(connection, run, referrer, rows)
            if is_own and into in leading and not referrer.field.required:  # it would lead to itself
                await self._change(connection, run, referrer, [{"id": into, **dict.fromkeys(referrer.columns)}])
            if moving:
                moved[f"{referrer.object_type.name}.{camel(referrer.field.name)}"] = len(moving)
        for link in links_of(run.context.model, object_type):
            count = await self._move_links(connection, run, link, object_type, into, ids)
            if count:
                moved[f"{object_type.name}.{camel(link.field.name)}"] = count
        return moved

    async def _change(
        self, connection: Any, run: WriteRun, referrer: Referrer, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        if not await change_all(connection, run, referrer, rows, Action.UPDATE, "update"):
            raise _not_all_movable()

    async def _move_links(
        self, connection: Any, run: WriteRun, link: LinkTable, object_type: ObjectType, into: str, ids: Sequence[str]
    ) -> int:
        """Move the links of the other records; how many of them the actor sees."""
        relation = relation_of(link.field)
        assert relation is not None
        target = run.context.model.object(relation.to)
        await self._require_declaring_side(connection, run, link, target, ids)
        to_itself = target.name == object_type.name
        rows = await connection.fetch(
            f"with gone as (delete from {link.table} where {link.near} = any($1::uuid[]) returning {link.far})\n"
            f"insert into {link.table} ({link.near}, {link.far})\n"
            f"select distinct $2::uuid, {link.far} from gone"
            + (f" where {link.far} <> $2::uuid and not {link.far} = any($1::uuid[])" if to_itself else "")
            + f"\non conflict do nothing returning {link.far}",
            list(ids),
            into,
        )
        return len(await visible_ids(connection, run, target, [row[0] for row in rows])) if rows else 0

    async def _require_declaring_side(
        self, connection: Any, run: WriteRun, link: LinkTable, target: ObjectType, ids: Sequence[str]
    ) -> None:
        """Links declared by the other side are values of records there, which the actor has to be allowed to change."""
        relation = relation_of(link.field)
        assert relation is not None
        if run.context.access.rights is None or not relation.reversed:
            return
        found = await connection.fetch(
            f"select distinct {link.far} from {link.table} where {link.near} = any($1::uuid[])", list(ids)
        )
        declared = field_of(target, relation.via)
        change = Change(target, Action.UPDATE, () if declared is None else (declared,))
        if found and len(await reachable_ids(connection, run, change, [row[0] for row in found])) < len(found):
            raise _not_all_movable()


def _fillable(run: WriteRun, object_type: ObjectType) -> list[Field]:
    """Fields whose gaps a merge fills."""
    layout = Layout(run.context.model)
    return [
        field
        for field in object_type.fields
        if not field.system
        and layout.columns(object_type, field)
        and FIELD_TYPES[field.type].write_transform not in ("auto_number", "encrypt")
    ]


def _not_all_movable() -> TangramError:
    return ForbiddenError.single(
        "row_not_allowed",
        "Records lead to these that you may not change along with them.",
        path=("ids",),
        hint="Ask an administrator for the right.",
    )
