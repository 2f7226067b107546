"""What every request passes through: id, limits, time-out, headers, errors, metrics, access log.

A plain ASGI middleware: the hot path adds one closure and one list of headers to a request.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
import uuid_utils
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from metadata.problems import BadInputError, LimitError, NotFoundError, TangramError, UnavailableError
from server.errors import internal_entry
from server.http.answers import error_response, json_response
from server.http.metrics import Metrics
from server.identity.bearer import header
from server.request_notes import RequestNotes

__all__ = ["HEADERS", "PAGE_HEADERS", "Envelope", "EnvelopeLimits"]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
"""On every answer."""
PAGE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "x-robots-tag": "noindex, nofollow",
    "vary": "accept-language",
}
"""On plain pages behind a secret link: nothing but our own style sheet and forms, and nobody keeps a copy."""
_QUIET_ROUTES = frozenset({"/graphql", "/healthz", "/readyz", "/metrics"})
_SECRET_PATHS = ("/forms/", "/progress/", "/m/")
"""What follows opens something, so that it is not told, not even in logs."""
_SLOW_S = 1.0


@dataclass(frozen=True, slots=True)
class EnvelopeLimits:
    """Bounds of one request.

    Attributes:
        body_bytes: Largest body that is no upload.
        upload_bytes: Largest multipart body.
        timeout_s: Seconds until a request is given up; uploads and downloads may take longer.
    """

    body_bytes: int = 2_097_152
    upload_bytes: int = 52_428_800
    timeout_s: float = 30.0


class _BodyTooLargeError(Exception):
    """Raised into the reader of a body that passes its limit."""


class _Exchange:
    """One request being answered: its answer's status, and the headers that are added."""

    __slots__ = ("notes", "send", "status")

    def __init__(self, notes: RequestNotes, send: Send) -> None:
        self.notes = notes
        self.send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message.get("headers", ()),
                *HEADERS,
                (b"x-request-id", self.notes.request_id.encode()),
            ]
        await self.send(message)


class Envelope:
    """Wraps the routes."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: EnvelopeLimits,
        metrics: Metrics,
        routes: frozenset[str],
        on_refused: Callable[[RequestNotes], None] | None = None,
        pages: Callable[[Scope, TangramError, int | None], Response | None] | None = None,
    ) -> None:
        self._app = app
        self._limits = limits
        self._metrics = metrics
        self._routes = routes
        self._on_refused = on_refused
        self._pages = pages
        self._log = structlog.get_logger("tangram.http").bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass a WebSocket or the lifespan on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        notes = RequestNotes(_request_id(scope))
        notes.attach(scope)
        if scope["type"] == "websocket":
            try:
                await self._app(scope, receive, send)
            finally:
                self._tell_refusals(notes)
            return
        exchange = _Exchange(notes, send)
        started = time.perf_counter()
        self._metrics.started()
        try:
            await self._answer(scope, receive, exchange)
        finally:
            self._finish(scope, exchange, time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, exchange: _Exchange) -> None:
        try:
            is_upload = header(scope, b"content-type").startswith("multipart/")
            limit = self._limits.upload_bytes if is_upload else self._limits.body_bytes
            limited = _limit_body(scope, receive, limit)
            if is_upload or scope["path"].startswith("/files/"):
                await self._app(scope, limited, exchange)
            else:
                async with asyncio.timeout(self._limits.timeout_s):
                    await self._app(scope, limited, exchange)
        except Exception as error:
            if exchange.status:
                raise
            response = self._page_of(scope, error) or self._response_to(error, exchange.notes)
            if response is not None:
                await response(scope, receive, exchange)

    def _page_of(self, scope: Scope, error: Exception) -> Response | None:
        """A refusal in words, where a person looks at a page; None elsewhere."""
        if self._pages is None or not isinstance(error, TangramError | _BodyTooLargeError):
            return None
        if isinstance(error, TangramError):
            return self._pages(scope, error, None)
        return self._pages(scope, _too_large(error), 413)

    def _response_to(self, error: Exception, notes: RequestNotes) -> Response | None:
        if isinstance(error, TangramError):
            return error_response(error)
        if isinstance(error, HTTPException):
            return _http_problem(error)
        if isinstance(error, ClientDisconnect):
            return None
        if isinstance(error, _BodyTooLargeError):
            return error_response(_too_large(error), status=413)
        if isinstance(error, TimeoutError):
            return error_response(
                UnavailableError.single(
                    "timeout", "The request took too long and was given up.", hint="Ask for less at a time."
                )
            )
        self._log.error("request failed", request_id=notes.request_id, exc_info=error)
        return json_response(500, {"errors": [internal_entry(notes.request_id)]})

    def _tell_refusals(self, notes: RequestNotes) -> None:
        if notes.refusals and self._on_refused is not None:
            self._on_refused(notes)

    def _finish(self, scope: Scope, exchange: _Exchange, seconds: float) -> None:
        path, notes, status = scope["path"], exchange.notes, exchange.status or 499
        self._tell_refusals(notes)
        secret = next((prefix for prefix in _SECRET_PATHS if path.startswith(prefix)), "")
        route = path if path in self._routes else "/files" if path.startswith("/files/") else secret or "other"
        self._metrics.finished(route, scope["method"], status, seconds)
        is_quiet = route in _QUIET_ROUTES and status < 400 and seconds < _SLOW_S
        (self._log.debug if is_quiet else self._log.info)(
            "request",
            method=scope["method"],
            path=f"{secret}…" if secret else path[:200],
            status=status,
            ms=round(seconds * 1000, 2),
            request_id=notes.request_id,
            tenant=notes.tenant,
            actor=notes.actor,
            operation=notes.operation,
            outcome=notes.outcome,
        )


def _too_large(error: _BodyTooLargeError) -> LimitError:
    return LimitError.single("body_too_large", "The request body is too large.", hint=str(error))


def _request_id(scope: Scope) -> str:
    given = header(scope, b"x-request-id")
    return given if given and _REQUEST_ID.fullmatch(given) else uuid_utils.uuid7().hex


def _limit_body(scope: Scope, receive: Receive, limit: int) -> Receive:
    """A receive that refuses a body over the limit: at once by its declared length, else while counting."""
    declared = header(scope, b"content-length")
    hint = f"The limit is {limit} bytes."
    if declared.isdecimal():
        if int(declared) > limit:
            raise _BodyTooLargeError(hint)
        return receive
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _BodyTooLargeError(hint)
        return message

    return counted


def _http_problem(error: HTTPException) -> Response:
    if error.status_code == 404:
        return error_response(NotFoundError.single("no_such_path", "There is nothing at this path."))
    if error.status_code == 405:
        response = error_response(
            BadInputError.single("method_not_allowed", "This path does not answer that HTTP method."), status=405
        )
        response.headers.update(error.headers or {})
        return response
    return error_response(BadInputError.single("bad_request", str(error.detail)), status=error.status_code)
