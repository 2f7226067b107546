"""The bearer token of a request, and the session behind it."""

from __future__ import annotations

from starlette.types import Scope

from metadata.problems import UnauthenticatedError
from server.identity.sessions import Session, Sessions

__all__ = ["bearer_token", "header", "session_of"]


def header(scope: Scope, name: bytes) -> str:
    """The first header of this lower-case name, or an empty text."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return ""


def bearer_token(scope: Scope) -> str:
    """The token after `Authorization: Bearer`, or an empty text."""
    scheme, _, token = header(scope, b"authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def session_of(scope: Scope, sessions: Sessions, *, fresh: bool = False) -> Session:
    """Who sends this request.

    Args:
        scope: Of an HTTP request or a WebSocket.
        sessions: Of this process.
        fresh: Read the session from the database even if it is in memory.

    Raises:
        UnauthenticatedError: No token, or not a valid one.
        ForbiddenError: X-Tenant names a tenant the caller may not act for.
    """
    token = bearer_token(scope)
    if not token:
        raise UnauthenticatedError.single(
            "no_token",
            "The request carries no token.",
            hint="Get one from POST /auth/token and send it as Authorization: Bearer <token>.",
        )
    tenant = header(scope, b"x-tenant")
    if fresh:
        return await sessions.resolve(token, tenant=tenant)
    return await sessions.authenticate(token, tenant=tenant)
