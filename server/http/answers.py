"""Responses: JSON by orjson, and errors in the one shape of `server.errors`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from metadata.problems import TangramError, UnauthenticatedError
from server.errors import error_entries

__all__ = ["error_response", "headers_of", "json_response"]


def json_response(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response that is never cached."""
    return Response(
        orjson.dumps(body, default=str),
        status_code=status,
        headers={"cache-control": "no-store", **(headers or {})},
        media_type="application/json",
    )


def error_response(error: TangramError, *, status: int | None = None) -> Response:
    """`{"errors": […]}` with the error's HTTP status, or another one."""
    return json_response(status or error.http_status, {"errors": error_entries(error)}, headers_of(error))


def headers_of(error: TangramError) -> dict[str, str]:
    """Headers that belong to an error: Retry-After where waiting helps, WWW-Authenticate without a token."""
    headers = {}
    if "retryAfter" in error.extra:
        headers["retry-after"] = str(error.extra["retryAfter"])
    if isinstance(error, UnauthenticatedError):
        headers["www-authenticate"] = 'Bearer realm="tangram"'
    return headers
