"""The raw ceiling: JSON in, the prepared statement that Tangram runs, its text out. No GraphQL, no checks."""

import json
import os
from typing import Any

import asyncpg
import orjson


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
        url = os.environ["BENCH_DATABASE_URL"]
        settings = {"search_path": "", "jit": "off", "timezone": "UTC"}
        pool = await asyncpg.create_pool(
            url, min_size=10, max_size=10, init=prepare, reset=lambda _: _nothing(), server_settings=settings
        )
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
        text = b'{"data":[%s]}' % b",".join([row[0] or b"null" for row in rows])
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": text})

    return app


async def _nothing() -> None: ...


def _value(argument: dict[str, Any], variables: dict[str, Any]) -> Any:
    name = argument["variable"]
    if not name:
        return argument["value"]
    return int(variables[name]) if argument["integer"] else argument["prefix"] + variables[name] + argument["suffix"]
