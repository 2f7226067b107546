"""Bring the platform schema up to date: the schema, aerich's migrations, functions, the wall, rights.

One process at a time does it, under an advisory lock; when nothing is left to do, one query finds that out.
Migrations live in `migrations/tangram`; `make migrations` writes the next one from the models.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
from aerich import Command
from tortoise import Tortoise

from metadata.problems import UnavailableError
from server.database.connections import PLATFORM_SESSION
from server.database.orm import APP, PLATFORM_SCHEMA, opened_models, tortoise_config
from server.database.sql import quote_identifier, quote_literal
from server.database.wall import ensure_role, grant_rights, role_of, wall_text

__all__ = ["MIGRATIONS", "create_from_models", "migrate", "migration_files", "pending_migrations", "write_migration"]

MIGRATIONS = Path(__file__).parents[2] / "migrations"
FUNCTIONS = tuple(Path(__file__).with_name(name) for name in ("functions.sql", "roles.sql"))

_LOCK = 0x7461_6E67_7261_6D00
"""Key of the advisory lock: "tangram" in ASCII, and a zero."""


async def migrate(database_url: str, serving_url: str = "", *, again: bool = False) -> list[str]:
    """Apply what is missing. Safe to call from several processes at once, and again after it was killed.

    Args:
        database_url: Of the role that owns the tables.
        serving_url: Of the role that serves requests, which is made if need be; empty where the owner serves.
        again: Whether functions, the wall and rights are put in place again though they are there, in case that
            somebody took them away.

    Returns:
        The migrations that were applied, oldest first.

    Raises:
        UnavailableError: PostgreSQL does not answer, or does not let us create the schema or the role.
        BadInputError: The serving role is above row-level security.
    """
    async with _locked(database_url) as connection:
        applied = []
        if await _missing(connection):
            command = Command(tortoise_config(database_url), app=APP, location=str(MIGRATIONS))
            async with command:
                applied = await command.upgrade()
        await _finish(connection, serving_url, again=again)
        return applied


async def pending_migrations(connection: Any) -> list[str]:
    """What `migrate` would apply, oldest first; reading only."""
    return await _missing(connection)


def migration_files() -> list[str]:
    """All migrations, oldest first."""
    names = [path.name for path in (MIGRATIONS / APP).glob("*.py") if re.match(r"\d+_", path.name)]
    return sorted(names, key=lambda name: int(name.split("_", 1)[0]))


async def create_from_models(database_url: str, serving_url: str = "") -> None:
    """Create all tables as the models describe them, without migrations, in an empty database; for tests."""
    async with _locked(database_url) as connection, opened_models(database_url):
        await Tortoise.generate_schemas()
        await _finish(connection, serving_url)


async def write_migration(name: str) -> str:
    """Write the migration that leads from the last one to the models as they are; needs no database.

    aerich leaves `DEFAULT` out of added columns (`db_default`): read what it wrote before committing it.

    Args:
        name: What it does, in snake_case.

    Returns:
        The new file's name; empty when the models have not changed.
    """
    # Nothing connects: aerich compares the models with the state kept in the last migration.
    command = Command(tortoise_config("postgresql://nobody@localhost/nothing"), app=APP, location=str(MIGRATIONS))
    try:
        if not migration_files():
            await command.init_migrations(safe=True)
            return migration_files()[-1]
        await command.init(offline=True)
        return await command.migrate(name, no_input=True, offline=True)
    finally:
        await command.aclose()


@contextlib.asynccontextmanager
async def _locked(database_url: str) -> AsyncIterator[Any]:
    """A connection that holds the lock, with the schema in place."""
    try:
        connection = await asyncpg.connect(database_url, timeout=30, server_settings=PLATFORM_SESSION)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise UnavailableError.single(
            "database_unreachable",
            f"PostgreSQL does not answer: {type(error).__name__}.",
            hint="Check TANGRAM_DATABASE_URL; `tangram doctor` says more.",
        ) from error
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await _ensure_schema(connection)
        yield connection
    finally:
        await connection.close()


async def _ensure_schema(connection: Any) -> None:
    if await connection.fetchval("select to_regnamespace($1) is not null", PLATFORM_SCHEMA):
        return
    try:
        await connection.execute(f"create schema if not exists {quote_identifier(PLATFORM_SCHEMA)}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise UnavailableError.single(
            "no_right_to_create_schema",
            "The database role may not create schemas in this database.",
            hint="As its owner run: grant create on database <name> to <role>;",
        ) from error


async def _missing(connection: Any) -> list[str]:
    files = migration_files()
    if not await connection.fetchval("select to_regclass($1) is not null", f"{PLATFORM_SCHEMA}.aerich"):
        return files
    rows = await connection.fetch("select version from tangram.aerich where app = $1", APP)
    done = {row["version"] for row in rows}
    return [name for name in files if name not in done]


async def _finish(connection: Any, serving_url: str, *, again: bool = False) -> None:
    """Functions, the wall and the serving role's rights, if anything differs from when that was done last.

    The schema's comment remembers what it was done for.
    """
    role = role_of(serving_url) if serving_url else ""
    texts = [*(path.read_text(encoding="utf-8") for path in FUNCTIONS), wall_text()]
    newest = "".join(migration_files()[-1:])
    mark = f"made with {hashlib.sha256(repr([texts, newest, role]).encode()).hexdigest()[:16]}"
    if serving_url:
        await ensure_role(connection, serving_url)
    known = await connection.fetchval("select obj_description(to_regnamespace($1), 'pg_namespace')", PLATFORM_SCHEMA)
    if known == mark and not again:
        return
    async with connection.transaction():
        for text in texts:
            await connection.execute(text)
        if role:
            await grant_rights(connection, role)
        await connection.execute(f"comment on schema {quote_identifier(PLATFORM_SCHEMA)} is {quote_literal(mark)}")
