"""The database and queue that a configuration means: given ones, or embedded ones for the time of a block."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

from metadata.problems import ConflictError
from server.config import Config
from server.database.wall import serving_url
from server.embedded.data_folder import claim, secret_key
from server.embedded.postgres import SERVING, EmbeddedPostgres, ensure_database, prepare_postgres, remembered_postgres
from server.embedded.valkey import EmbeddedValkey, prepare_valkey, remembered_valkey
from server.processes import running

__all__ = ["completed", "embedded_postgres", "embedded_valkey", "reached_servers", "running_servers"]


@contextlib.asynccontextmanager
async def running_servers(config: Config) -> AsyncIterator[Config]:
    """Run the servers that `config` names no URL of.

    Yields:
        The configuration with both URLs and the secret key filled in.

    Raises:
        ConflictError: Another server uses the data folder.
        UnavailableError: A server could not be started.
    """
    async with contextlib.AsyncExitStack() as stack:
        filled = config
        if not (config.database_url and config.redis_url):
            stack.enter_context(claim(config.data_dir))
        if not config.database_url:
            postgres = await stack.enter_async_context(embedded_postgres(config.data_dir))
            filled = _at(filled, postgres)
        if not config.redis_url:
            valkey = await stack.enter_async_context(embedded_valkey(config.data_dir))
            filled = dataclasses.replace(filled, redis_url=valkey.url())
        yield completed(filled)


@contextlib.asynccontextmanager
async def reached_servers(config: Config) -> AsyncIterator[Config]:
    """Like `running_servers`, but use the embedded servers of a Tangram that runs already, if one does.

    For commands beside a running server. They end with it.
    """
    try:
        async with running_servers(config) as filled:
            yield filled
            return
    except ConflictError as error:
        if error.faults[0].reason != "data_folder_in_use":
            raise
        postgres, valkey = remembered_postgres(config.data_dir), remembered_valkey(config.data_dir)
        if not config.database_url and (postgres is None or not await postgres.is_ready()):
            raise
    filled = config if config.database_url or postgres is None else _at(config, postgres)
    if not config.redis_url and valkey is not None:
        filled = dataclasses.replace(filled, redis_url=valkey.url())
    yield completed(filled)


def completed(config: Config) -> Config:
    """The configuration with the key of this installation, and the role that serves requests, where none are set."""
    filled = config
    if not filled.secret_key:
        filled = dataclasses.replace(filled, secret_key=secret_key(config.data_dir))
    if not filled.wall:
        return dataclasses.replace(filled, database_app_url="")
    if filled.database_url and not filled.database_app_url:
        url = serving_url(filled.database_url, filled.secret_key)
        filled = dataclasses.replace(filled, database_app_url=url)
    return filled


def _at(config: Config, postgres: EmbeddedPostgres) -> Config:
    serving = postgres.url(role=SERVING) if SERVING in postgres.passwords else ""
    return dataclasses.replace(config, database_url=postgres.url(), database_app_url=serving)


@contextlib.asynccontextmanager
async def embedded_postgres(folder: Path, *, durable: bool = True) -> AsyncIterator[EmbeddedPostgres]:
    """Run PostgreSQL in a data folder that the caller has claimed, with the application's database in it."""
    program, server = prepare_postgres(folder, durable=durable)
    async with running(program):
        await ensure_database(server)
        yield server


@contextlib.asynccontextmanager
async def embedded_valkey(folder: Path, *, durable: bool = True) -> AsyncIterator[EmbeddedValkey]:
    """Run Valkey in a data folder that the caller has claimed."""
    program, server = prepare_valkey(folder, durable=durable)
    async with running(program):
        yield server
