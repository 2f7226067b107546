"""Python time of a plan cache hit: from a request's body to the SQL, and from the rows to the answer.

The whole ASGI application runs in this process. The clock starts when it has received the body, stops when asyncpg
is asked, starts again when asyncpg has answered, and stops when the body of the response is sent. It counts CPU time
of this thread, which another process on the machine does not lengthen. A profile of the same requests shows that
nothing was parsed or validated.
"""

from __future__ import annotations

import asyncio
import cProfile
import json
import pstats
import statistics
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from asyncpg.connection import Connection

from bench.installation import Installation
from bench.questions import Question, documents
from bench.servers import tangram_body
from server.app import create_app

__all__ = ["PlanHit", "measure"]

_WARM = 50
_REQUESTS = 1_000
_FORBIDDEN = ("graphql/language/parser", "graphql/language/lexer", "graphql/validation")


@dataclass(frozen=True, slots=True)
class PlanHit:
    """One question's figures, medians.

    Attributes:
        question: Its name.
        before_us: From the body to the SQL.
        after_us: From the rows to the answer.
        parsed: Functions of graphql-core's parser and validation that ran.
    """

    question: str
    before_us: float
    after_us: float
    parsed: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "question": self.question,
            "body to SQL, µs": round(self.before_us, 1),
            "rows to answer, µs": round(self.after_us, 1),
            "parsed or validated": ", ".join(self.parsed) or "nothing",
        }


@dataclass(slots=True)
class _Marks:
    """When what happened to the request under way, in nanoseconds of CPU time."""

    body: int = 0
    asked: int = 0
    rows: int = 0
    sent: int = 0


async def measure(place: Installation, token: str, questions: Sequence[Question], scale: Any) -> list[PlanHit]:
    """Measure these questions, which must be queries of one statement."""
    marks = _Marks()
    fetch = Connection.fetch

    async def timed_fetch(connection: Any, *arguments: Any, **options: Any) -> Any:
        marks.asked = time.thread_time_ns()
        try:
            return await fetch(connection, *arguments, **options)
        finally:
            marks.rows = time.thread_time_ns()

    found = []
    with mock.patch.object(Connection, "fetch", timed_fetch):
        async with _started(create_app(place.config)) as app:
            for question in questions:
                text = documents("tangram")[question.name]
                bodies = [tangram_body(text, variables) for variables in question.samples(scale, 64)]
                found.append(await _measured(app, question.name, bodies, token, marks))
    return found


async def _measured(app: Any, name: str, bodies: Sequence[bytes], token: str, marks: _Marks) -> PlanHit:
    for number in range(_WARM):
        await _request(app, bodies[number % len(bodies)], token, marks)
    before, after = [], []
    for number in range(_REQUESTS):
        await _request(app, bodies[number % len(bodies)], token, marks)
        before.append((marks.asked - marks.body) / 1000)
        after.append((marks.sent - marks.rows) / 1000)
    with cProfile.Profile() as profile:
        for number in range(_WARM):
            await _request(app, bodies[number % len(bodies)], token, marks)
    ran = pstats.Stats(profile).stats  # type: ignore[attr-defined] # made at run time
    parsed = {
        f"{file.rsplit('/', 1)[-1]}:{function}" for file, _, function in ran if any(p in file for p in _FORBIDDEN)
    }
    return PlanHit(name, statistics.median(before), statistics.median(after), tuple(sorted(parsed)))


async def _request(app: Any, body: bytes, token: str, marks: _Marks) -> None:
    """One POST to /graphql, straight into the application."""
    answer = bytearray()

    async def receive() -> Mapping[str, Any]:
        marks.body = time.thread_time_ns()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            marks.sent = time.thread_time_ns()
            answer.extend(message.get("body", b""))

    headers = [
        (b"host", b"127.0.0.1"),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"authorization", f"Bearer {token}".encode()),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8_000),
        "state": {},
    }
    await app(scope, receive, send)
    if b'"errors"' in answer or not answer:
        raise RuntimeError(f"the application answered {json.loads(answer or b'null')}")


@asynccontextmanager
async def _started(app: Any) -> AsyncIterator[Any]:
    """An ASGI application between the start and the end of its lifespan."""
    inbox: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
    outbox: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
    await inbox.put({"type": "lifespan.startup"})
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    running = asyncio.create_task(app(scope, inbox.get, outbox.put))
    try:
        started = await outbox.get()
        if started["type"] != "lifespan.startup.complete":
            raise RuntimeError(f"the application did not start: {started}")
        yield app
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        await running
