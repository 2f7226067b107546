"""Routes of sign-in. Answers follow OAuth 2: tokens, or `error` with `error_description`, and our `reason`.

Source:
    RFC 6749, sections 5.1 and 5.2.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from metadata.problems import BadInputError, ForbiddenError, LimitError, TangramError, UnauthenticatedError
from server.http.answers import headers_of, json_response
from server.http.bodies import read_object, read_texts
from server.identity.service import Identity
from server.identity.sign_in import Credentials, TokenPair

__all__ = ["TokenRoutes"]

_PASSWORD_GRANT = frozenset({"grant_type", "tenant", "email", "password"})
_REFRESH_GRANT = frozenset({"grant_type", "refresh_token"})


class TokenRoutes:
    """POST /auth/token, /auth/password and /auth/sign-out."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def token(self, request: Request) -> Response:
        """`{tenant, email, password}` or `{refresh_token}` → a pair of tokens."""
        try:
            return _answer(await self._grant(await read_object(request), request))
        except TangramError as error:
            return _refusal(error)

    async def password(self, request: Request) -> Response:
        """`{tenant, email, password, new_password}` → a pair of tokens; the way out of a temporary password."""
        try:
            body = await read_object(request)
            tenant, email, password, new = read_texts(body, "tenant", "email", "password", "new_password")
            credentials = Credentials(tenant, email, password)
            return _answer(await self._identity.sign_in.change_password(credentials, new, address=_address(request)))
        except TangramError as error:
            return _refusal(error)

    async def sign_out(self, request: Request) -> Response:
        """`{refresh_token}` → 204; the sign-in it belongs to ends."""
        try:
            (token,) = read_texts(await read_object(request), "refresh_token")
            family = await self._identity.sign_in.sign_out(token)
        except TangramError as error:
            return _refusal(error)
        if family is not None:
            self._identity.sessions.forget_family(family)
        return Response(status_code=204, headers={"cache-control": "no-store"})

    async def _grant(self, body: dict[str, Any], request: Request) -> TokenPair:
        kind = body.get("grant_type", "refresh_token" if "refresh_token" in body else "password")
        if kind not in ("password", "refresh_token"):
            raise BadInputError.single(
                "unsupported_grant_type", "grant_type is neither 'password' nor 'refresh_token'.", path=("grant_type",)
            )
        unknown = sorted(body.keys() - (_REFRESH_GRANT if kind == "refresh_token" else _PASSWORD_GRANT))
        if unknown:
            raise BadInputError.single(
                "unknown_attribute",
                f"'{unknown[0][:60]}' is not part of this grant.",
                path=(unknown[0][:60],),
                hint="Send tenant, email and password, or refresh_token.",
            )
        if kind == "refresh_token":
            return await self._identity.sign_in.refresh(*read_texts(body, "refresh_token"))
        credentials = Credentials(*read_texts(body, "tenant", "email", "password"))
        return await self._identity.sign_in.with_password(credentials, address=_address(request))


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else "local"


def _answer(pair: TokenPair) -> Response:
    return json_response(
        200,
        {
            "access_token": pair.access_token,
            "token_type": "bearer",
            "expires_in": pair.expires_in,
            "refresh_token": pair.refresh_token,
        },
    )


def _refusal(error: TangramError) -> Response:
    reason = error.faults[0].reason if error.faults else ""
    body: dict[str, Any] = {"error": _oauth_error(error, reason), "error_description": error.message}
    if reason:
        body["reason"] = reason
    if error.faults and error.faults[0].hint:
        body["hint"] = error.faults[0].hint
    return json_response(error.http_status, body, headers_of(error))


def _oauth_error(error: TangramError, reason: str) -> str:
    if reason == "unsupported_grant_type":
        return reason
    if isinstance(error, UnauthenticatedError | ForbiddenError):
        return "invalid_grant"
    if isinstance(error, LimitError):
        return "slow_down"
    return "invalid_request" if isinstance(error, BadInputError) else "temporarily_unavailable"
