"""Exports and watermarks: start, list, fetch, find out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import uuid_utils

from metadata.fields.inputs import shown
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.naming import snake
from metadata.problems import BadInputError, ForbiddenError, NotFoundError
from server.access.plan import AccessPlan, Action
from server.access.snapshots import Snapshots
from server.actions import ActionRun
from server.audit import log as audit
from server.audit.entries import AuditKind, NewEntry
from server.context import Actor, ActorKind, Context
from server.database.connections import Connections
from server.events.jobs import JobDraft, add_jobs
from server.exports import sql
from server.exports.definitions import ExportQuery, ExportReader, ExportSettings, narrowed, rights_digest, standing_as
from server.exports.running import EXPORT_HANDLER, file_of
from server.exports.sheets import MEDIA_TYPES, MOST_ROWS
from server.exports.watermarks import find_codes, new_code
from server.files.links import FileLinks
from server.identity.standing import actor_of

__all__ = ["RESOLVE", "Exports", "FetchedFile", "export_limit"]

RESOLVE = "resolve_watermark"
"""`run:resolve_watermark`: find out whose a watermark is."""

_MOST = 200
_MOST_FIELDS = 200
_MOST_TEXT = 100_000


class FetchedFile(NamedTuple):
    """A file that may be given."""

    path: Path
    name: str
    media_type: str


def export_limit(model: TenantModel, roles: Sequence[str]) -> int:
    """Rows that one export of somebody may hold: the most that a role of theirs allows, never more than the tenant."""
    most = model.settings.max_export_rows
    limits = [model.roles[role].export_rows for role in roles if role in model.roles]
    return min(most, max(limits)) if limits and all(limits) else most


@dataclass(frozen=True, slots=True)
class Exports:
    """The engine of exports.

    Attributes:
        connections: For fetching, which is no request of GraphQL.
        reader: Reads records as `/graphql` does.
        snapshots: What roles may do.
        links: Signs and verifies.
        settings: Where files lie.
    """

    connections: Connections
    reader: ExportReader
    snapshots: Snapshots
    links: FileLinks
    settings: ExportSettings

    async def start(self, run: ActionRun, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """`startExport`: ask for records as a file.

        Raises:
            BadInputError: What is wrong with the fields, the filter or the order.
            ForbiddenError: `export_not_allowed`.
        """
        model = run.context.model
        object_type = _object_type(arguments["object"], model, run.context.access)
        query = _query(object_type, arguments)
        context = run.context
        if context.access.rows(object_type.name, Action.EXPORT) is None:
            raise _not_allowed(object_type)
        self.reader.columns(_with_access(run, narrowed(context.access, object_type.name)), query)
        export_id, code = str(uuid_utils.uuid7()), new_code()
        format = arguments.get("format") or "csv"
        stored = {
            "object": object_type.name,
            "variables": query.variables,
            "roles": context.actor.roles,
            "personal": context.actor.kind is ActorKind.USER,
            "rights": rights_digest(context.access, _touched(object_type, model)),
        }
        row = await run.connection.fetchrow(
            sql.INSERT,
            run.tenant_id,
            export_id,
            run.user_id,
            object_type.table,
            format,
            list(query.paths),
            orjson.dumps(stored).decode(),
            min(export_limit(model, context.actor.roles), MOST_ROWS[format]),
            code,
            f"{object_type.plural}-{run.instant:%Y%m%d-%H%M%S}.{format}",
        )
        await self._mark(run, code, "export", export_id)
        draft = JobDraft(handler=EXPORT_HANDLER, key=export_id, next_at=run.instant, payload={"export": export_id})
        await add_jobs(run.connection, run.tenant_id, [draft])
        detail = {"export": export_id, "format": format, "variables": query.variables, "watermark": code}
        await _audit(run, AuditKind.EXPORT_STARTED, object_type.table, query.paths, detail)
        return self._shown(row, model)

    async def listed(self, run: ActionRun, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`exports`: one's own, newest first; all for whoever may change policies, without links."""
        first = arguments.get("first")
        rows = await run.connection.fetch(
            sql.EXPORTS,
            run.tenant_id,
            None if run.context.access.may_configure_kind("policy") else run.user_id,
            _id(arguments.get("after")),
            max(0, min(20 if first is None else first, _MOST)),
        )
        return [self._shown(row, run.context.model, run.user_id) for row in rows]

    async def one(self, run: ActionRun, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        """`export`: one of one's own, with its progress and, when it is done, its link."""
        row = await run.connection.fetchrow(sql.EXPORT, run.tenant_id, _id(arguments["id"]))
        if row is None or (row["user_id"] != run.user_id and not run.context.access.may_configure_kind("policy")):
            return None
        return self._shown(row, run.context.model, run.user_id)

    async def viewer(self, run: ActionRun, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        """`viewer`: who asks, with a watermark to be shown over what they see; a new one each hour."""
        actor = run.context.actor
        code = await run.connection.fetchval(sql.LATEST_VIEWER_MARK, run.tenant_id, run.user_id)
        if code is None:
            code = new_code()
            await self._mark(run, code, "viewer", None)
        return {
            "id": actor.id,
            "name": actor.name,
            "roles": list(actor.roles),
            "watermark": code,
            "trialEndsAt": await run.connection.fetchval(sql.TRIAL_END, run.tenant_id),
        }

    async def resolve(self, run: ActionRun, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`resolveWatermark`: whose the watermarks in a text are, visible and hidden.

        Raises:
            ForbiddenError: `resolve_not_allowed`.
        """
        access = run.context.access
        if not access.may_configure_kind("policy") and (access.rights is None or access.may_run(RESOLVE) is None):
            raise ForbiddenError.single(
                "resolve_not_allowed",
                "You may not find out whose a watermark is.",
                hint=f"It takes the action `run:{RESOLVE}`.",
            )
        codes = find_codes(arguments["text"][:_MOST_TEXT])
        rows = await run.connection.fetch(sql.WATERMARKS, run.tenant_id, list(codes))
        if rows:
            detail = {"codes": [row["code"] for row in rows]}
            await _audit(run, AuditKind.WATERMARK_RESOLVED, "watermark", (), detail)
        by_table = {one.table: one.name for one in run.context.model}
        return [
            {
                "code": row["code"],
                "kind": row["kind"].upper(),
                "user": row["user_id"],
                "userName": row["user_name"],
                "at": row["at"],
                "export": row["export_id"],
                "object": by_table.get(row["object"], row["object"]),
                "fileName": row["file_name"],
                "rows": codes[row["code"]],
            }
            for row in rows
        ]

    async def fetch(self, export_id: str, link: Mapping[str, str], model_of: Any) -> FetchedFile:
        """The file behind a link, if whom it was given to may still have it.

        Args:
            export_id: As in the link.
            link: Its query.
            model_of: Gives a tenant's model by id, or None.

        Raises:
            ForbiddenError: `invalid_link`, `link_expired`, `export_not_allowed`.
            NotFoundError: `unknown_export`.
        """
        target = self.links.verify(export_id, link)
        async with self.connections.transaction(target.tenant_id) as connection:
            version = await connection.fetchval(sql.TENANT_VERSION, target.tenant_id)
            model: TenantModel | None = await model_of(target.tenant_id, version or 0)
            row = await connection.fetchrow(sql.EXPORT, target.tenant_id, target.file_id)
            if model is None or row is None or row["state"] != "done" or row["user_id"] != target.actor_id:
                raise _unknown()
            stored = orjson.loads(row["query"])
            actor = await actor_of(connection, target.tenant_id, row["user_id"])
            object_type = model.objects.get(stored["object"])
            if actor is None or object_type is None:
                raise _unknown()
            actor = standing_as(actor, stored)
            access = await self.snapshots.plan(model, actor.roles, actor.id, actor.grants)
            may = access.rows(object_type.name, Action.EXPORT) is not None
            if not may or rights_digest(access, _touched(object_type, model)) != stored["rights"]:
                raise _not_allowed(object_type)
            await connection.execute(sql.FETCHED, target.tenant_id, target.file_id)
            detail = {"export": row["id"]}
            kind = AuditKind.EXPORT_FETCHED
            entry = _entry(target.tenant_id, actor, kind, object_type.table, row["fields"], detail)
            await audit.append(connection, entry)
        path = file_of(self.settings, target.tenant_id, row["id"], row["format"])
        if not path.is_file():
            raise _unknown()
        return FetchedFile(path, row["file_name"], MEDIA_TYPES[row["format"]])

    async def _mark(self, run: ActionRun, code: str, kind: str, export_id: str | None) -> None:
        actor = run.context.actor
        await run.connection.execute(
            sql.INSERT_WATERMARK,
            run.tenant_id,
            str(uuid_utils.uuid7()),
            code,
            kind,
            actor.id,
            actor.name,
            export_id,
        )

    def _shown(self, row: Any, model: TenantModel, user_id: str = "") -> dict[str, Any]:
        by_table = {one.table: one.name for one in model}
        url = None
        if row["state"] == "done" and row["user_id"] == user_id:
            url = self.links.url(row["tenant_id"], row["id"], user_id)
        return {
            "id": row["id"],
            "user": row["user_id"],
            "object": by_table.get(row["object"], row["object"]),
            "format": row["format"].upper(),
            "fields": list(row["fields"]),
            "state": row["state"].upper(),
            "rowCount": row["row_count"],
            "rowLimit": row["row_limit"],
            "truncated": row["truncated"],
            "reason": row["reason"] or None,
            "message": row["message"] or None,
            "watermark": row["watermark"],
            "fileName": row["file_name"],
            "sizeBytes": None if row["size_bytes"] is None else str(row["size_bytes"]),
            "createdAt": row["created_at"],
            "finishedAt": row["finished_at"],
            "expiresAt": row["expires_at"],
            "url": url,
        }


def _object_type(name: str, model: TenantModel, access: AccessPlan) -> ObjectType:
    object_type = model.objects.get(snake(name))
    if object_type is None or access.rows(object_type.name, Action.READ) is None:
        raise BadInputError.single("unknown_object", f"There is no object type {shown(name)}.", path=("object",))
    return object_type


def _query(object_type: ObjectType, arguments: Mapping[str, Any]) -> ExportQuery:
    paths = tuple(dict.fromkeys(arguments["fields"]))
    if not 1 <= len(paths) <= _MOST_FIELDS:
        message = f"A file has from 1 to {_MOST_FIELDS} columns, got {len(paths)}."
        raise BadInputError.single("bad_export", message, path=("fields",))
    names = [name for name in ("filter", "orderBy", "search") if arguments.get(name) is not None]
    return ExportQuery(object_type.name, paths, {name: arguments[name] for name in names})


def _touched(object_type: ObjectType, model: TenantModel) -> list[ObjectType]:
    """Object types whose rights decide what a file may hold: all, since paths and masks lead anywhere."""
    return [object_type, *(one for one in model if one.name != object_type.name)]


def _with_access(run: ActionRun, access: AccessPlan) -> Context:
    return replace(run.context, access=access)


async def _audit(run: ActionRun, kind: AuditKind, table: str, fields: Sequence[str], detail: Mapping[str, Any]) -> None:
    await audit.append(run.connection, _entry(run.tenant_id, run.context.actor, kind, table, fields, detail))


def _entry(
    tenant_id: str, actor: Actor, kind: AuditKind, table: str, fields: Sequence[str], detail: Mapping[str, Any]
) -> NewEntry:
    return NewEntry(tenant_id=tenant_id, kind=kind, object=table, fields=list(fields), detail=detail, actor=actor)


def _id(text: Any) -> str | None:
    if text is None:
        return None
    try:
        return str(uuid_utils.UUID(str(text)))
    except ValueError:
        raise _unknown() from None


def _unknown() -> NotFoundError:
    return NotFoundError.single("unknown_export", "There is no such export, or its file is gone.")


def _not_allowed(object_type: ObjectType) -> ForbiddenError:
    return ForbiddenError.single(
        "export_not_allowed",
        f"You may not export {object_type.plural}, or your rights have changed since the file was made.",
        path=("object",),
        hint="It takes the action `export`; ask an administrator.",
    )
