"""The ASGI application: Strawberry's own view, Tortoise opened at start, ten connections at most."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from tortoise import Tortoise

from bench.peers.strawberry_tortoise import models
from bench.peers.strawberry_tortoise.schema import loaders, schema

__all__ = ["create_app"]


class _View(GraphQL[Any, None]):
    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:
        return loaders()


def create_app() -> Starlette:
    """The application over `BENCH_DATABASE_URL` and the first of `BENCH_SCHEMAS`."""
    return Starlette(routes=[Route("/graphql", _View(schema))], lifespan=_lifespan)


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    url = urlsplit(os.environ["BENCH_DATABASE_URL"])
    socket = parse_qs(url.query)
    credentials = {
        "host": socket.get("host", [url.hostname or ""])[0],
        "port": int(socket.get("port", [str(url.port or 5432)])[0]),
        "user": url.username,
        "password": unquote(url.password or ""),
        "database": url.path.lstrip("/"),
        "minsize": 1,
        "maxsize": 10,
        "schema": os.environ["BENCH_SCHEMAS"].split(",")[0],
    }
    await Tortoise.init(
        {
            "connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}},
            "apps": {"bench": {"models": [models.__name__], "default_connection": "default"}},
            "use_tz": True,
        },
        _enable_global_fallback=True,  # the lifespan runs in another task than the requests
    )
    yield
    await Tortoise.close_connections()
