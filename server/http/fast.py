"""The thin route: answers operations whose plan is in memory, and hands everything else on.

Requests of programs repeat: the same documents with other variables. For those there is nothing to parse or validate
but the variables, and the layers that serve every form of the protocol would cost more than the answer. What this
route does not know for certain (another content type, a new document, a GET, an upload, no session in memory) goes on
to the full application untouched.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
import uuid_utils
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from metadata.problems import TangramError
from server.graphql.answers import body_of
from server.graphql.endpoint import TenantGraphQL
from server.graphql.operations.execution import RootAnswer
from server.http.metrics import Metrics
from server.identity.rates import RateLimits
from server.identity.sessions import Sessions
from server.records.problems import StaleModelError
from server.request_notes import RequestNotes

__all__ = ["FastRoute"]

_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
"""Of the envelope's headers the one that matters for JSON; each one costs a microsecond or two."""

_PATH = "/graphql"
_JSON = b"application/json"
_HANDED_ON = frozenset({b"x-tenant", b"idempotency-key", b"origin", b"x-request-id", b"content-encoding"})
"""Headers whose requests the full application answers."""


class FastRoute:
    """An ASGI application around the full one."""

    def __init__(
        self,
        app: ASGIApp,
        graphql: TenantGraphQL,
        *,
        sessions: Sessions,
        rates: RateLimits,
        metrics: Metrics,
        body_bytes: int,
        clock: Callable[[], datetime],
        on_refused: Callable[[RequestNotes], None],
    ) -> None:
        """Put it together.

        Args:
            app: The full application.
            graphql: Knows plans and runs them.
            sessions: From a token to who asks.
            rates: Requests an actor may send.
            metrics: Figures of this process.
            body_bytes: Largest body.
            clock: Gives the time, aware.
            on_refused: Told of requests with answers FORBIDDEN.
        """
        self._app = app
        self._graphql = graphql
        self._sessions = sessions
        self._rates = rates
        self._metrics = metrics
        self._body_bytes = body_bytes
        self._clock = clock
        self._on_refused = on_refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a hit, hand on anything else."""
        if scope["type"] != "http" or scope["path"] != _PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        token = _plain_token(scope["headers"])
        session = self._sessions.cached(token, self._clock().timestamp()) if token else None
        if session is None:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        message = await receive()
        body = message.get("body", b"")
        if message["type"] != "http.request" or message.get("more_body") or len(body) > self._body_bytes:
            await self._app(scope, _again(message, receive), send)
            return
        request_id = uuid_utils.uuid7().hex
        answer = await self._answer(session, body, request_id, scope)
        if answer is None:
            await self._app(scope, _again(message, receive), send)
            return
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", _JSON),
                    (b"content-length", str(len(answer)).encode()),
                    (b"cache-control", b"no-store"),
                    _NO_SNIFFING,
                    (b"x-request-id", request_id.encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": answer})
        self._metrics.answered(_PATH, "POST", 200, time.perf_counter() - started)

    async def _answer(self, session: Any, body: bytes, request_id: str, scope: Scope) -> bytes | None:
        """The body of the answer; None for what is no hit."""
        try:
            request = orjson.loads(body)
            text, variables, name = request["query"], request.get("variables"), request.get("operationName")
            extensions = request.get("extensions")
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return None
        if type(text) is not str or not (name is None or type(name) is str):
            return None
        if not (variables is None or type(variables) is dict) or not (extensions is None or type(extensions) is dict):
            return None
        try:
            hit = self._graphql.hit(session, text, name, variables, request_id)
            if hit is None:
                return None
            self._rates.take(session.actor.key_id or session.actor.id, time.time())
        except TangramError:
            return None  # the full application tells what is wrong, in the form that was asked for
        plan, values, run = hit
        executor = self._graphql.executor
        if plan.shapes_answers:  # it may show sensitive fields, of which the audit log tells who asked from where
            RequestNotes(request_id, tenant_id=session.tenant_id, who=session.actor).attach(scope)
        try:
            answers = await (executor.query if plan.kind == "query" else executor.mutation)(plan, values, run)
        except StaleModelError:
            return None  # nothing was written; the full application plans anew
        if any(answer.error is not None for answer in answers):
            return self._told(answers, session, scope, request_id)
        return body_of(answers, request_id)

    def _told(self, answers: list[RootAnswer], session: Any, scope: Scope, request_id: str) -> bytes:
        """The body of an answer with errors; refusals among them are noted."""
        notes = RequestNotes(request_id, tenant_id=session.tenant_id, who=session.actor)
        notes.attach(scope)
        body = body_of(answers, request_id)
        if notes.refusals:
            self._on_refused(notes)
        return body


def _plain_token(headers: list[tuple[bytes, bytes]]) -> str:
    """The bearer token of a request that asks for nothing unusual, else an empty text."""
    token = ""
    is_json = False
    for name, value in headers:
        if name == b"authorization":
            if value[:7] == b"Bearer ":
                token = value[7:].decode("latin-1")
        elif name == b"content-type":
            is_json = value[:16] == _JSON and (len(value) == 16 or value[16:17] == b";")
        elif name == b"accept":
            if b"graphql-response" in value:
                return ""
        elif name in _HANDED_ON:
            return ""
    return token if is_json else ""


def _again(message: Message, receive: Receive) -> Receive:
    """A receive that gives a message that was taken already, then the rest."""
    pending = [message]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed
