"""Tortoise: which modules hold models, how it reaches the database, and opening it.

Models describe the platform's static tables, and aerich writes migrations from them. A running server reads and writes
with SQL on `Connections` and does not open Tortoise; tests and migrations do.
"""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tortoise import Tortoise
from tortoise.context import TortoiseContext

import server
from server.database.wall import PLATFORM, SETTING

__all__ = ["APP", "PLATFORM_SCHEMA", "model_modules", "opened_models", "tortoise_config"]

APP = "tangram"
"""Tortoise's and aerich's name for our set of models."""

PLATFORM_SCHEMA = "tangram"
"""PostgreSQL schema of the platform's tables."""

_METADATA_MODULE = "metadata.rows.models"
_POOL_SIZE = 4


def model_modules() -> list[str]:
    """Modules that hold models: `metadata.rows.models` and every `server.<part>.rows`."""
    return [_METADATA_MODULE, *_rows_of_server()]


def tortoise_config(database_url: str) -> dict[str, Any]:
    """Tortoise's configuration for a database."""
    return {
        "connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": _credentials(database_url)}},
        "apps": {APP: {"models": [*model_modules(), "aerich.models"], "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


@contextlib.asynccontextmanager
async def opened_models(database_url: str) -> AsyncIterator[TortoiseContext]:
    """Make the models usable in this task and the tasks it starts; connections open when first needed."""
    context = await Tortoise.init(config=tortoise_config(database_url))
    try:
        yield context
    finally:
        await context.close_connections()


def _rows_of_server() -> Iterator[str]:
    for folder in sorted(Path(server.__path__[0]).iterdir()):
        if folder.is_dir() and importlib.util.find_spec(f"server.{folder.name}") is not None:
            name = f"server.{folder.name}.rows"
            if (folder / "rows.py").exists() or (folder / "rows").is_dir():
                yield name


def _credentials(database_url: str) -> dict[str, Any]:
    url = urlsplit(database_url)
    query = dict(parse_qsl(url.query))
    ssl = query.get("sslmode", "")
    credentials: dict[str, Any] = {
        "host": unquote(url.hostname or "") or query.get("host"),
        "port": url.port or int(query.get("port", 5432)),
        "user": unquote(url.username) if url.username else query.get("user"),
        "password": unquote(url.password) if url.password else query.get("password"),
        "database": unquote(url.path.lstrip("/")) or query.get("dbname"),
        "minsize": 0,
        "maxsize": _POOL_SIZE,
        "schema": PLATFORM_SCHEMA,
        "application_name": "tangram-models",
        "server_settings": {"timezone": "UTC", "jit": "off", SETTING: PLATFORM},
    }
    if ssl:
        credentials["ssl"] = ssl
    return credentials
