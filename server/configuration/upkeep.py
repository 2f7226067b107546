"""What follows a change later, by jobs: pending steps on big tables, and purging what was removed long ago."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg
import structlog

from metadata.changes import names
from metadata.changes.catalogue import Catalogue, catalogue
from metadata.problems import NotFoundError, UnavailableError
from server.configuration import statements
from server.configuration.configure import Configuration
from server.configuration.requests import Author
from server.database.connections import PLATFORM_SESSION, prepare_connection
from server.database.sql import qualified
from server.records import ddl
from server.records.index_conditions import IndexConditions

__all__ = ["build_all_pending", "build_pending", "purge_all"]

_MAX_ATTEMPTS = 20
_ONE_AT_A_TIME = "select pg_try_advisory_lock(hashtextextended($1, 0))"
_SERVER = Author(None, "tangram")

_log = structlog.get_logger(__name__)


async def purge_all(configuration: Configuration, before: datetime) -> int:
    """Purge what was removed before an instant, in every tenant; returns in how many there was something."""
    async with configuration.connections.acquire() as connection:
        rows = await connection.fetch(statements.PURGEABLE_TENANTS, before)
    done = 0
    for row in rows:
        try:
            done += await configuration.purge(row["id"], before, author=_SERVER) is not None
        except (NotFoundError, UnavailableError) as error:
            _log.warning("configuration.purge_put_off", tenant=row["id"], reason=error.message)
    return done


async def build_all_pending(configuration: Configuration) -> int:
    """Do the pending steps of every tenant; returns how many were done."""
    async with configuration.connections.acquire() as connection:
        rows = await connection.fetch(statements.PENDING_TENANTS, _MAX_ATTEMPTS)
    return sum([await build_pending(configuration, row["id"]) for row in rows])


async def build_pending(configuration: Configuration, tenant_id: str) -> int:
    """Do a tenant's pending steps: indexes concurrently, validations without holding up reads or writes.

    One process does it at a time; a step that fails is noted and tried again later. What a later change made needless
    is left out.

    Returns:
        How many steps were done.
    """
    async with _own_connection(configuration.connections.definer.url) as connection:
        if not await connection.fetchval(
            "select pg_try_advisory_lock(hashtextextended($1, 0))", f"pending {tenant_id}"
        ):
            return 0
        done = 0
        for row in await connection.fetch(statements.PENDING, tenant_id, _MAX_ATTEMPTS):
            try:
                await _finish(configuration, connection, tenant_id, row["name"])
            except (asyncpg.PostgresError, NotFoundError) as error:
                _log.warning(
                    "configuration.step_put_off", tenant=tenant_id, step=row["name"], error=type(error).__name__
                )
                await connection.execute(statements.FAIL_PENDING, row["id"], type(error).__name__)
            else:
                await connection.execute(statements.DROP_PENDING, tenant_id, [row["name"]])
                done += 1
        return done


async def _finish(configuration: Configuration, connection: Any, tenant_id: str, name: str) -> None:
    state, model = await configuration.state(tenant_id)
    wanted = catalogue(state, model)
    where_sql = IndexConditions(model)
    for text in _texts(wanted, model.schema, name, where_sql):
        # What is done concurrently waits without holding anybody up; what locks the table must not wait long.
        await connection.execute(f"set lock_timeout = '{'1s' if text.startswith('ALTER') else '0'}'")
        await connection.execute(text, timeout=None)
    state, model = await configuration.state(tenant_id)
    if _has_index(wanted, name) and not _has_index(catalogue(state, model), name):
        # A change made it needless while it was being built.
        await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {qualified(model.schema, name)}", timeout=None)


def _texts(wanted: Catalogue, schema: str, name: str, where_sql: ddl.WhereSql) -> Iterator[str]:
    for table in wanted.tables.values():
        index = table.indexes.get(name)
        if index is not None:
            # A build that was cut off leaves an invalid index behind.
            yield f"DROP INDEX CONCURRENTLY IF EXISTS {qualified(schema, name)}"
            yield ddl.create_index(schema, table.name, index, where_sql, concurrently=True)
        if name in table.foreign_keys:
            yield ddl.validate_constraint(schema, table.name, name)
        for column in table.columns.values():
            if column.not_null and names.not_null(table.name, column.name) == name:
                yield ddl.validate_constraint(schema, table.name, name)
                yield ddl.set_not_null(schema, table.name, column.name)


def _has_index(wanted: Catalogue, name: str) -> bool:
    return any(name in table.indexes for table in wanted.tables.values())


@asynccontextmanager
async def _own_connection(url: str) -> AsyncIterator[Any]:
    """A connection outside the pool: it may be busy for as long as an index takes."""
    connection = await asyncpg.connect(
        url,
        timeout=10,
        server_settings={"application_name": "tangram upkeep", **PLATFORM_SESSION},
    )
    try:
        await prepare_connection(connection)
        yield connection
    finally:
        connection.terminate()
