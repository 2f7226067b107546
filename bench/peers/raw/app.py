"""The raw ceiling: JSON in, the prepared statement that Tangram runs, its text out. No GraphQL, no checks."""

import asyncio
import json
import os
from typing import Any

import asyncpg
import orjson
from uuid_utils import uuid7


def create_app() -> Any:
    """The ASGI application over `BENCH_DATABASE_URL` and the statements in `BENCH_STATEMENTS`."""
    with open(os.environ["BENCH_STATEMENTS"], encoding="utf-8") as file:
        questions: dict[str, list[dict[str, Any]]] = json.load(file)
    pool: Any = None

    async def prepare(connection: Any) -> None:
        for name in ("uuid", "numeric"):
            await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=str, format="text")
        await connection.set_type_codec("json", schema="pg_catalog", encoder=str.encode, decoder=bytes, format="binary")

    async def lifespan(receive: Any, send: Any) -> None:
        nonlocal pool
        await receive()
        settings = {"search_path": "", "jit": "off", "timezone": "UTC"}
        given = {"init": prepare, "reset": lambda _: asyncio.sleep(0), "server_settings": settings}
        pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=10, max_size=10, **given)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return await lifespan(receive, send)
        body = (await receive())["body"]
        request = orjson.loads(body)
        rows: list[Any] = []
        async with pool.acquire() as connection:
            for statement in questions[request["query"]]:
                values = [_value(argument, request["variables"]) for argument in statement["arguments"]]
                rows = await connection.fetch(statement["sql"], *values) or rows
        text = b'{"data":[%s]}' % b",".join([row["data"] or b"null" for row in rows])
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": text})

    return app


def _value(argument: dict[str, Any], variables: dict[str, Any]) -> Any:
    if "value" in argument:
        return argument["value"]
    pieces = argument["pieces"]
    text = "".join([variables[t] if k == "variable" else str(uuid7()) if k == "fresh" else t for k, t in pieces])
    kind = argument["type"]
    return text if kind == "text" else int(text) if kind == "integer" else text[1:-1].split(",")
