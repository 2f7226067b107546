"""Removing files that nothing holds: of records never saved, of dropped tenants, and bytes without a row.

Columns of tenants' tables that can hold a file's id are found in PostgreSQL's catalogue; a platform table that holds
files does so in a column named `file_id`.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from metadata.naming import tenant_schema
from server.database.connections import Connections
from server.database.sql import qualified, quote_identifier

__all__ = ["YOUNG", "remove_all_orphans", "remove_folder", "remove_orphans"]

YOUNG = timedelta(days=1)
"""Younger files are left: their record may be about to be saved."""

_TENANTS = "select id, slug from tangram.tenant where id = any($1::uuid[])"

# Removed (hidden) fields hold files as well.
_ID_COLUMNS = """
select namespace.nspname as schema_name, class.relname as table_name, attribute.attname as column_name
from pg_catalog.pg_attribute as attribute
join pg_catalog.pg_class as class on class.oid = attribute.attrelid
join pg_catalog.pg_namespace as namespace on namespace.oid = class.relnamespace
where class.relkind in ('r', 'p')
    and attribute.attnum > 0
    and not attribute.attisdropped
    and attribute.atttypid = 'pg_catalog.uuid'::pg_catalog.regtype
    and (
        namespace.nspname = 'tangram' and attribute.attname = 'file_id'
        or namespace.nspname = $1
        and attribute.attname not in ('id', 'created_by', 'updated_by', 'owner_id', 'department_id')
    )
"""

_KNOWN = "select id from tangram.file where tenant_id = $1 and id = any($2::uuid[])"

_PATIENCE_S = 600


async def remove_all_orphans(connections: Connections, folder: Path, now: Callable[[], datetime]) -> int:
    """Remove orphans of every tenant that has files here, and all files of tenants that are gone.

    Returns:
        How many files were removed.
    """
    names = [name for name in await asyncio.to_thread(_subfolders, folder) if _is_uuid(name)]
    async with connections.acquire() as connection:
        slugs = {row["id"]: row["slug"] for row in await connection.fetch(_TENANTS, names)}
    removed = 0
    for name in names:
        if name in slugs:
            removed += await remove_orphans(connections, folder, name, slugs[name], now)
        else:
            removed += len(await asyncio.to_thread(remove_folder, folder / name))
    return removed


async def remove_orphans(
    connections: Connections, folder: Path, tenant_id: str, slug: str, now: Callable[[], datetime]
) -> int:
    """Remove a tenant's files that nothing holds, and bytes without a row.

    Returns:
        How many files were removed.
    """
    before = now() - YOUNG
    schema = tenant_schema(slug)
    async with connections.transaction(tenant_id) as connection:
        await connection.execute(f"set local statement_timeout = {_PATIENCE_S * 1000}")
        columns = await connection.fetch(_ID_COLUMNS, schema)
        unused = "".join(_is_not_in(row["schema_name"], row["table_name"], row["column_name"]) for row in columns)
        tag = await connection.execute(
            f"delete from tangram.file where tenant_id = $1 and created_at < $2{unused}",
            tenant_id,
            before,
            timeout=_PATIENCE_S,
        )
    strays = 0
    # One folder at a time, so that a million files need the memory of a few thousand.
    for shard in await asyncio.to_thread(_subfolders, folder / tenant_id):
        old = await asyncio.to_thread(_files_before, folder / tenant_id / shard, before)
        ids = [path.name for path in old if _is_uuid(path.name)]
        async with connections.acquire() as connection:
            known = {row["id"] for row in await connection.fetch(_KNOWN, tenant_id, ids)}
        strays += await asyncio.to_thread(_unlink, [path for path in old if path.name not in known])
    return max(int(tag.removeprefix("DELETE ")), strays)


def remove_folder(folder: Path) -> list[Path]:
    """Remove a tenant's folder with all it holds; returns its files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    _unlink(files)
    for inner in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        inner.rmdir()
    if folder.is_dir():
        folder.rmdir()
    return files


def _is_not_in(schema: str, table: str, column: str) -> str:
    place, held = qualified(schema, table), quote_identifier(column)
    return f"\n    and not exists (select from {place} as held where held.{held} = file.id)"


def _subfolders(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))


def _files_before(folder: Path, before: datetime) -> list[Path]:
    with os.scandir(folder) as entries:
        return [
            folder / entry.name
            for entry in entries
            if entry.is_file(follow_symlinks=False) and entry.stat().st_mtime < before.timestamp()
        ]


def _unlink(paths: list[Path]) -> int:
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
