"""Access tokens: JWTs signed with a key derived from TANGRAM_SECRET_KEY, naming the key so that it can be rotated.

A token says who signed in where and when it ends. Roles are not trusted from it: they are read with the account, so
that a change of rights holds from the next request on; `epoch` tells which state of rights it was issued at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
import uuid_utils

from metadata.problems import UnauthenticatedError
from server.secrets.keys import KeyRing

__all__ = ["AccessClaims", "AccessTokens"]

_ISSUER = "tangram"
_AUDIENCE = "tangram:api"
_ALGORITHM = "HS256"
_PURPOSE = "access token signature"
_REQUIRED = ("exp", "iat", "iss", "aud", "sub", "tid", "sid")


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid token says.

    Attributes:
        account_id: Who signed in.
        tenant_id: Where.
        family_id: Which sign-in, as the family of its refresh tokens.
        expires_at: Unix time when it ends.
    """

    account_id: str
    tenant_id: str
    family_id: str
    expires_at: float


class AccessTokens:
    """Issues and verifies."""

    def __init__(self, keys: KeyRing, *, lifetime_s: int) -> None:
        self._keys = keys.derive(_PURPOSE)
        self.lifetime_s = lifetime_s

    def issue(self, *, account_id: str, tenant_id: str, slug: str, family_id: str, epoch: int, now: datetime) -> str:
        """A signed token that ends `lifetime_s` after `now`."""
        payload = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": account_id,
            "tid": tenant_id,
            "tenant": slug,
            "sid": family_id,
            "epoch": epoch,
            "jti": str(uuid_utils.uuid4()),
            "iat": now,
            "exp": now + timedelta(seconds=self.lifetime_s),
        }
        return jwt.encode(payload, self._keys.current, algorithm=_ALGORITHM, headers={"kid": self._keys.current_id})

    def verify(self, token: str, *, now: datetime) -> AccessClaims:
        """The claims of a token of ours that has not ended.

        Raises:
            UnauthenticatedError: `token_expired`, or `invalid_token` for everything else.
        """
        try:
            key = self._keys.by_id[str(jwt.get_unverified_header(token).get("kid"))]
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                options={"require": list(_REQUIRED), "verify_exp": False, "verify_iat": False},
            )
            expires_at = float(claims["exp"])
            found = AccessClaims(str(claims["sub"]), str(claims["tid"]), str(claims["sid"]), expires_at)
        except (jwt.PyJWTError, KeyError, ValueError, TypeError):
            raise UnauthenticatedError.single(
                "invalid_token", "The access token is not valid.", hint="Sign in at POST /auth/token."
            ) from None
        if expires_at <= now.timestamp():
            raise UnauthenticatedError.single(
                "token_expired",
                "The access token has expired.",
                hint='Renew it: POST /auth/token with {"refresh_token": …}.',
            )
        return found
