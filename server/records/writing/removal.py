"""Delete, restore, destroy records, with what hangs on them.

Deleting is soft: the record stays and can be restored. What leads to it is refused, cleared or deleted with it, as
the relation's `on_delete` says; restoring brings back what was deleted with it. Destroying removes deleted records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from metadata.model.values import ObjectType
from metadata.naming import camel
from metadata.problems import ConflictError, ForbiddenError, LimitError, NotFoundError
from server.access.plan import Action
from server.database.sql import quote_literal
from server.records.compiler import Compiler
from server.records.layout import Layout
from server.records.statements import Statement
from server.records.writing.drafts import Draft, DraftReader
from server.records.writing.referrers import Referrer, change_all, links_of, referrers_of, referring_ids
from server.records.writing.rights import Change, reach
from server.records.writing.running import (
    MAX_ROWS,
    WriteRun,
    answers_of,
    change_ids,
    change_where,
    explain_missing,
    in_transaction,
    not_allowed,
    require_epoch,
    visible_ids,
)
from server.records.writing.statements import QUEUED

__all__ = ["RecordRemover"]

_MAX_CASCADE = 6


class RecordRemover:
    """Removes records and brings them back; holds nothing of a request."""

    async def delete(
        self, connection: Any, run: WriteRun, object_type: ObjectType, id: str, expected: int | None
    ) -> bytes:
        """Delete one record; gives it as it was last.

        Raises:
            NotFoundError: There is none with this id.
            ConflictError: `in_use`: a record that restricts it leads to it; or another version than expected.
        """
        record_id = self._record_id(run, object_type, id)
        async with in_transaction(connection):
            row = {"id": record_id, "expected__version": expected, "deleted_at": run.now.isoformat()}
            found = await change_ids(connection, run, object_type, [row], Action.DELETE, "delete", node=run.node)
            if record_id not in found:
                draft = Draft(object_type, record_id, False, {}, [], [], ("id",), expected)
                await explain_missing(connection, run, [draft], Change(object_type, Action.DELETE))
            await self._let_go(connection, run, object_type, [record_id], 0)
        return found[record_id] or b"null"

    async def delete_where(self, connection: Any, run: WriteRun, object_type: ObjectType) -> list[str]:
        """Delete all records that meet `run.where`, all or none; their ids."""
        async with in_transaction(connection):
            columns = {"deleted_at": run.now.isoformat()}
            ids = await change_where(connection, run, object_type, columns, Action.DELETE, "delete")
            await self._let_go(connection, run, object_type, ids, 0)
        return ids

    async def restore(self, connection: Any, run: WriteRun, object_type: ObjectType, id: str) -> bytes:
        """Restore one deleted record, and what was deleted with it.

        Raises:
            NotFoundError: There is no deleted record with this id.
        """
        record_id = self._record_id(run, object_type, id)
        async with in_transaction(connection):
            if not await self._deleted_ids(connection, run, object_type, Action.RESTORE, record_id):
                await self._explain_not_deleted(connection, run, Change(object_type, Action.RESTORE), record_id)
            await self._restore_ids(connection, run, object_type, [record_id])
            (answer,) = await answers_of(connection, run, [record_id])
        return answer

    async def restore_where(self, connection: Any, run: WriteRun, object_type: ObjectType) -> list[str]:
        """Restore all deleted records that meet `run.where`; their ids."""
        async with in_transaction(connection):
            ids = await self._deleted_ids(connection, run, object_type, Action.RESTORE)
            await require_epoch(connection, run)
            await self._restore_ids(connection, run, object_type, ids)
        return ids

    async def destroy(self, connection: Any, run: WriteRun, object_type: ObjectType, id: str) -> str:
        """Remove one deleted record for good; its id.

        Raises:
            NotFoundError: There is no deleted record with this id.
        """
        record_id = self._record_id(run, object_type, id)
        async with in_transaction(connection):
            ids = await self._deleted_ids(connection, run, object_type, Action.DESTROY, record_id)
            await require_epoch(connection, run)
            if not ids:
                await self._explain_not_deleted(connection, run, Change(object_type, Action.DESTROY), record_id)
            await self._destroy_ids(connection, run, object_type, ids)
        return record_id

    async def destroy_where(self, connection: Any, run: WriteRun, object_type: ObjectType) -> list[str]:
        """Remove all deleted records that meet `run.where` for good; their ids."""
        async with in_transaction(connection):
            ids = await self._deleted_ids(connection, run, object_type, Action.DESTROY)
            await require_epoch(connection, run)
            return await self._destroy_ids(connection, run, object_type, ids)

    # ── what hangs on records ────────────────────────────────────────────────────────────────────

    async def _let_go(
        self, connection: Any, run: WriteRun, object_type: ObjectType, ids: Sequence[str], depth: int
    ) -> None:
        """Do to the records that lead to deleted ones what their relations say."""
        if not ids:
            return
        if depth > _MAX_CASCADE:
            raise LimitError.single("cascade_too_deep", f"Deleting cascades over more than {_MAX_CASCADE} levels.")
        referrers = sorted(referrers_of(run.context.model, object_type), key=lambda one: one.on_delete != "restrict")
        for referrer in referrers:
            hanging = await referring_ids(connection, run.context, referrer, object_type, ids, limit=MAX_ROWS + 1)
            if not hanging:
                continue
            if len(hanging) > MAX_ROWS:
                raise LimitError.single(
                    "too_many_records", f"More than {MAX_ROWS} {referrer.object_type.plural} hang on these records."
                )
            if referrer.on_delete == "restrict":
                raise await self._in_use(connection, run, referrer, object_type, hanging)
            if referrer.on_delete == "clear":
                rows = [{"id": id, **dict.fromkeys(referrer.columns)} for id in hanging]
                await self._change(connection, run, referrer, rows, Action.UPDATE, "update")
            else:
                rows = [{"id": id, "deleted_at": run.now.isoformat()} for id in hanging]
                await self._change(connection, run, referrer, rows, Action.DELETE, "delete")
                await self._let_go(connection, run, referrer.object_type, hanging, depth + 1)

    async def _change(
        self,
        connection: Any,
        run: WriteRun,
        referrer: Referrer,
        rows: Sequence[Mapping[str, Any]],
        action: Action,
        kind: str,
    ) -> None:
        """Change the records that hang on deleted ones, all of them.

        Raises:
            ForbiddenError: The actor may not change one of them; nothing is told of those that they do not see.
        """
        if await change_all(connection, run, referrer, rows, action, kind):
            return
        raise ForbiddenError.single(
            "row_not_allowed",
            "Records hang on this one that you may not change along with it.",
            path=("id",),
            hint="Ask an administrator for the right.",
        )

    async def _in_use(
        self, connection: Any, run: WriteRun, referrer: Referrer, object_type: ObjectType, ids: Sequence[str]
    ) -> ConflictError:
        """That records keep others from being deleted; which ones, as far as the actor sees them all."""
        hint = "Delete them first, or connect them to another record."
        if len(await visible_ids(connection, run, referrer.object_type, ids)) < len(ids):
            text = f"Records lead to this {object_type.name} and keep it from being deleted."
        else:
            relation = f"'{camel(referrer.field.name)}'"
            text = f"{len(ids)} {referrer.object_type.plural} lead to this {object_type.name} by {relation}."
        error = ConflictError.single("in_use", text, hint=hint)
        assert isinstance(error, ConflictError)
        return error

    async def _restore_ids(self, connection: Any, run: WriteRun, object_type: ObjectType, ids: Sequence[str]) -> None:
        if not ids:
            return
        table = Layout(run.context.model).table_of(object_type)
        deleted = await connection.fetch(
            f"select id, deleted_at from {table} where id = any($1::uuid[]) and deleted_at is not null for update",
            list(ids),
        )
        rows = [{"id": row["id"], "deleted_at": None} for row in deleted]
        found = await change_ids(connection, run, object_type, rows, Action.RESTORE, "restore", deleted=True)
        if len(found) < len(rows):
            raise ForbiddenError.single(
                "row_not_allowed",
                "Records were deleted along with this one that you may not restore.",
                path=("id",),
                hint="Ask an administrator for the right.",
            )
        instants: dict[Any, list[str]] = {}
        for row in deleted:
            instants.setdefault(row["deleted_at"], []).append(row["id"])
        for referrer in referrers_of(run.context.model, object_type):
            if referrer.on_delete == "cascade":
                for instant, parents in instants.items():
                    children = await referring_ids(
                        connection, run.context, referrer, object_type, parents, limit=MAX_ROWS, deleted_at=instant
                    )
                    await self._restore_ids(connection, run, referrer.object_type, children)

    async def _deleted_ids(
        self, connection: Any, run: WriteRun, object_type: ObjectType, action: Action, record_id: str = ""
    ) -> list[str]:
        """Ids of deleted records that meet `run.where`, or the one named, locked."""
        compiler = Compiler(run.context.model, run.context.access)
        scope = compiler.open(object_type)
        conditions = reach(compiler, scope, Change(object_type, action), deleted=True)
        conditions.append(f"{scope.alias}.deleted_at is not null")
        if run.where is not None:
            conditions.append(compiler.expression(run.where, scope))
        if record_id:
            conditions.append(f"{scope.alias}.id = {compiler.parameters.placeholder('id', '::uuid')}")
        sql = (
            f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)}"
            f" limit {MAX_ROWS + 1} for update of {scope.alias}"
        )
        statement = Statement(sql, compiler.parameters.names())
        rows = await connection.fetch(sql, *run.arguments(statement, {"id": record_id}))
        if len(rows) > MAX_ROWS:
            raise LimitError.single(
                "too_many_records", f"A request may change {MAX_ROWS} records.", hint="Narrow the filter."
            )
        return [row["id"] for row in rows]

    async def _explain_not_deleted(self, connection: Any, run: WriteRun, change: Change, record_id: str) -> None:
        """Say why a record is not among the deleted ones that an action may be done to.

        Raises:
            NotFoundError: The actor sees no such deleted record.
            ForbiddenError: The actor sees it, and may not do this to it.
        """
        await require_epoch(connection, run)
        if run.context.access.rights is not None and await self._deleted_ids(
            connection, run, change.object_type, Action.READ, record_id
        ):
            raise ForbiddenError.of([not_allowed(change, record_id, ("id",))])
        raise _not_deleted(change.object_type, record_id)

    async def _destroy_ids(
        self, connection: Any, run: WriteRun, object_type: ObjectType, ids: Sequence[str]
    ) -> list[str]:
        """Remove deleted records and their links; an event keeps what they were."""
        layout = Layout(run.context.model)
        for link in links_of(run.context.model, object_type):
            await connection.execute(f"delete from {link.table} where {link.near} = any($1::uuid[])", list(ids))
        compiler = Compiler(run.context.model, run.context.access)
        place = compiler.parameters.placeholder
        gone = (
            f"delete from {layout.table_of(object_type)} as r\nwhere r.id = any({place('ids', '::uuid[]')})"
            " and r.deleted_at is not null\nreturning r.*"
        )
        logged = (
            "insert into tangram.event (tenant_id, kind, object, record_id, actor_id, actor_kind, actor_name, changes,"
            " cause, request_id, version)\n"
            f"select {place('tenant.id', '::uuid')}, 'destroy', {quote_literal(object_type.table)}, g.id,"
            f" {place('actor.id', '::uuid')}, {place('actor.kind', '::text')}, {place('actor.name', '::text')},"
            f" jsonb_strip_nulls(to_jsonb(g) - 'search_vector'), {place('cause.chain', '::bigint[]')},"
            f" {place('request.id', '::text')}, {place('model.version', '::integer')}\n"
            "from gone as g\nreturning id, tenant_id"
        )
        statement = Statement(
            f"with gone as ({gone}), logged as ({logged}), queued as ({QUEUED})\nselect id from gone",
            compiler.parameters.names(),
        )
        rows = await connection.fetch(statement.sql, *run.arguments(statement, {"ids": list(ids)}))
        return [row["id"] for row in rows]

    def _record_id(self, run: WriteRun, object_type: ObjectType, id: str) -> str:
        reader = DraftReader(run.context, run.now)
        record_id = reader.record_id(object_type, id, ("id",))
        reader.faults.raise_if_any()
        return record_id


def _not_deleted(object_type: ObjectType, record_id: str) -> NotFoundError:
    error = NotFoundError.single(
        "unknown_record",
        f"There is no deleted {object_type.name} with id {record_id}.",
        path=("id",),
        hint="Only deleted records can be restored or destroyed.",
    )
    assert isinstance(error, NotFoundError)
    return error
