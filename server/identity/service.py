"""Everything of identity that requests need, put together once per process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.audit.repeats import Repeats
from server.database.connections import Connections
from server.identity.accounts import Accounts
from server.identity.api_keys import ApiKeys
from server.identity.attempts import Attempts
from server.identity.passwords import Passwords
from server.identity.sessions import Sessions
from server.identity.sign_in import SignIn
from server.identity.tokens import AccessTokens
from server.secrets.keys import KeyRing

__all__ = ["Identity", "build_identity"]


@dataclass(frozen=True, slots=True)
class Identity:
    """The parts, sharing one clock, one set of keys and one pool.

    Attributes:
        sign_in: Grants of POST /auth/token, refresh and sign-out.
        sessions: From a token to who asks.
        accounts: People and programs of a tenant.
        api_keys: Keys for programs.
    """

    sign_in: SignIn
    sessions: Sessions
    accounts: Accounts
    api_keys: ApiKeys


def build_identity(
    connections: Connections,
    redis: Any,
    keys: KeyRing,
    repeats: Repeats,
    *,
    access_token_s: int,
    refresh_token_s: int,
    clock: Callable[[], datetime],
) -> Identity:
    """Put identity together; opens nothing.

    Args:
        connections: The process's pool.
        redis: A `redis.asyncio.Redis`, for brute-force limits.
        keys: From TANGRAM_SECRET_KEY.
        repeats: Writes failed sign-ins to the audit log, counting repeats.
        access_token_s: Seconds an access token lasts.
        refresh_token_s: Seconds a refresh token lasts when it is not used.
        clock: Gives the time, aware.
    """
    passwords = Passwords()
    tokens = AccessTokens(keys, lifetime_s=access_token_s)
    return Identity(
        SignIn(connections, passwords, Attempts(redis), tokens, refresh_token_s, clock, repeats),
        Sessions(connections, tokens, clock=clock),
        Accounts(connections, passwords, clock),
        ApiKeys(connections, clock),
    )
