"""Writes the file of an export, with the rights that the exporter has then, and removes old files.

All pages are read in one snapshot of the database, so that a record moved between pages is neither lost nor twice in
the file. A job that was killed begins the file anew, and one whose exporter loses the right stops between two pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import structlog

from metadata.problems import ForbiddenError, TangramError
from server.access.plan import Action
from server.access.snapshots import Snapshots
from server.context import Context
from server.database.connections import Connections
from server.events.handlers import Handler, RetryLaterError, Run
from server.exports import sql
from server.exports.definitions import Column, ExportQuery, ExportReader, ExportSettings, narrowed, standing_as
from server.exports.sheets import Sheet, open_sheet
from server.exports.watermarks import hide, row_mark
from server.identity.standing import actor_of
from server.records.problems import StaleModelError

__all__ = ["EXPORT_HANDLER", "ExportWriter", "file_of", "remove_expired"]

EXPORT_HANDLER = "exports.write"

_TIMEOUT_S = 3_600.0
_PROGRESS_PAGES = 20
_EPOCH = "select epoch, version from tangram.tenant where id = $1"
_log = structlog.get_logger("tangram.exports")


def file_of(settings: ExportSettings, tenant_id: str, export_id: str, format: str) -> Path:
    """Where the file of an export lies."""
    return settings.folder / tenant_id / f"{export_id}.{format}"


@dataclass(frozen=True, slots=True)
class ExportWriter:
    """The handler of export jobs."""

    reader: ExportReader
    snapshots: Snapshots
    settings: ExportSettings

    def handler(self) -> Handler:
        """As the worker takes it."""
        return Handler(EXPORT_HANDLER, self.write, timeout_s=_TIMEOUT_S)

    async def write(self, run: Run) -> None:
        """Write one file, or note why it cannot be."""
        export_id = run.payload["export"]
        async with run.connections.acquire(run.tenant_id) as connection:
            row = await connection.fetchrow(sql.BEGIN, run.tenant_id, export_id)
        if row is None:
            return
        path = file_of(self.settings, run.tenant_id, export_id, row["format"])
        part = path.with_suffix(".part")
        try:
            rows, truncated = await self._write(run, row, part)
        except StaleModelError:
            raise RetryLaterError("the tenant is being changed", 1.0) from None
        except TangramError as error:
            part.unlink(missing_ok=True)
            reason = error.faults[0].reason if error.faults else error.code.lower()
            await self._finish(run, row, "failed", reason=reason, message=error.message)
            return
        except Exception:
            part.unlink(missing_ok=True)
            if run.is_last_attempt:
                await self._finish(run, row, "failed", reason="export_failed", message="The file could not be written.")
            raise
        part.rename(path)
        await self._finish(run, row, "done", rows=rows, truncated=truncated, size=path.stat().st_size)

    async def _write(self, run: Run, row: Any, part: Path) -> tuple[int, bool]:
        stored = orjson.loads(row["query"])
        query = ExportQuery(stored["object"], tuple(row["fields"]), stored["variables"])
        async with (
            run.connections.acquire(run.tenant_id) as connection,
            connection.transaction(isolation="repeatable_read"),  # who saw what is logged in it
        ):
            context = await self._standing(run, connection, row, stored, query)
            columns = self.reader.columns(context, query)
            part.parent.mkdir(parents=True, exist_ok=True)
            sheet = open_sheet(row["format"], part, columns, hide(row["watermark"]))
            try:
                return await self._pages(run, connection, context, query, row, stored, columns, sheet)
            finally:
                await asyncio.to_thread(sheet.close)

    async def _standing(
        self, run: Run, connection: Any, row: Any, stored: Mapping[str, Any], query: ExportQuery
    ) -> Context:
        """Who exports, with the rights of this moment; a key's export has no more roles than the key had."""
        tenant = await connection.fetchrow(_EPOCH, run.tenant_id)
        if tenant is None or tenant["version"] != run.model.version:
            raise StaleModelError
        actor = await actor_of(connection, run.tenant_id, row["user_id"])
        if actor is None:
            raise _not_allowed("The account that asked for this export is closed.")
        actor = standing_as(actor, stored)
        access = await self.snapshots.plan(run.model, actor.roles, actor.id, actor.grants)
        if access.rows(query.object_name, Action.EXPORT) is None:
            raise _not_allowed(f"The right to export {run.model.object(query.object_name).plural} is gone.")
        return Context(run.model, actor, narrowed(access, query.object_name), tenant["epoch"], run.cause)

    async def _pages(
        self,
        run: Run,
        connection: Any,
        context: Context,
        query: ExportQuery,
        row: Any,
        stored: Mapping[str, Any],
        columns: Sequence[Column],
        sheet: Sheet,
    ) -> tuple[int, bool]:
        written, limit = 0, row["row_limit"]
        pages = 0
        async for page in self.reader.pages(connection, context, query, run.clock.now()):
            room = page[: limit - written]
            await asyncio.to_thread(_add, sheet, room, columns, row["watermark"], written)
            written += len(room)
            if len(room) < len(page):
                return written, True
            pages += 1
            if pages % _PROGRESS_PAGES == 0:
                await self._go_on(run, context, query, row, stored, written)
        return written, False

    async def _go_on(
        self, run: Run, context: Context, query: ExportQuery, row: Any, stored: Mapping[str, Any], written: int
    ) -> None:
        """Note how far it is, and stop when the exporter's rights are not what they were.

        Raises:
            ForbiddenError: The right to export is gone.
            StaleModelError: Other rights changed, or the tenant: the file is begun anew with those of now.
        """
        async with run.connections.apart() as connection:
            await connection.execute(sql.PROGRESS, run.tenant_id, row["id"], written)
            if (await connection.fetchrow(_EPOCH, run.tenant_id))["epoch"] == context.epoch:
                return
            now = await self._standing(run, connection, row, stored, query)
        if now.access.fingerprint != context.access.fingerprint:
            raise StaleModelError

    async def _finish(
        self,
        run: Run,
        row: Any,
        state: str,
        *,
        rows: int = 0,
        truncated: bool = False,
        size: int | None = None,
        reason: str = "",
        message: str = "",
    ) -> None:
        async with run.connections.acquire(run.tenant_id) as connection:
            await connection.execute(
                sql.FINISH,
                run.tenant_id,
                row["id"],
                state,
                rows,
                truncated,
                size,
                reason[:64],
                message,
                self.settings.keep_hours,
            )


async def remove_expired(connections: Connections, settings: ExportSettings) -> int:
    """Remove files whose time is over, and what jobs that died left behind; returns how many."""
    async with connections.acquire() as connection:
        rows = await connection.fetch(sql.EXPIRED)
        for row in rows:
            path = file_of(settings, row["tenant_id"], row["id"], row["format"])
            path.unlink(missing_ok=True)
            path.with_suffix(".part").unlink(missing_ok=True)
            await connection.execute(sql.GONE, row["tenant_id"], row["id"])
    return len(rows)


def _add(sheet: Sheet, page: Sequence[Mapping[str, Any]], columns: Sequence[Column], code: str, before: int) -> None:
    for place, record in enumerate(page, before + 1):
        sheet.write([column.value(record) for column in columns], row_mark(code, place))


def _not_allowed(message: str) -> ForbiddenError:
    return ForbiddenError.single(
        "export_not_allowed", message, path=("object",), hint="It takes the action `export`; ask an administrator."
    )
