"""From a bearer token to who asks, and in which tenant. What they may do follows from their roles: `server.access`.

`Sessions.cached` is the hot path: one look-up in a dictionary. What is found there was read from the database at
`session.epoch`; the tenant's epoch grows with every change of rights, and whoever sees that it moved calls
`note_epoch`. Besides, a cached session is read again after `recheck_s`, which bounds how long an access token
outlives a sign-out in another process.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from metadata.problems import ForbiddenError, NotFoundError, UnauthenticatedError
from server.access.grants import read_shapes
from server.context import Actor, ActorKind
from server.database.connections import Connections
from server.identity import sql
from server.identity.api_keys import KEY_PREFIX, split_key
from server.identity.tokens import AccessTokens

__all__ = ["ADMINISTRATOR_ROLE", "PLATFORM_ROLE", "Session", "Sessions"]

ADMINISTRATOR_ROLE = "administrator"
"""May do everything in its tenant."""

PLATFORM_ROLE = "platform_administrator"
"""Shown in an actor's roles for platform administrators; never stored among an account's roles."""

_TOUCH_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks, as read from the database at one epoch.

    Attributes:
        actor: Who.
        tenant_id: Where, as UUID text.
        tenant: The tenant's slug.
        epoch: The tenant's epoch that the actor and the roles were read at.
        expires_at: Unix time when this has to be read again.
        family_id: The sign-in behind it; empty for API keys.
        home_tenant_id: The tenant the account lives in: another one when a platform administrator acts for `tenant`.
    """

    actor: Actor
    tenant_id: str
    tenant: str
    epoch: int
    expires_at: float
    family_id: str = ""
    home_tenant_id: str = ""

    @property
    def is_platform_administrator(self) -> bool:
        """Whether the actor may create tenants and act for any of them."""
        return PLATFORM_ROLE in self.actor.roles

    @property
    def is_administrator(self) -> bool:
        """Whether the actor holds every right in the tenant, whatever its policies say."""
        return ADMINISTRATOR_ROLE in self.actor.roles


class Sessions:
    """Reads sessions, and keeps a bounded number of them by token."""

    def __init__(
        self,
        connections: Connections,
        tokens: AccessTokens,
        *,
        clock: Callable[[], datetime],
        max_entries: int = 20_000,
        recheck_s: float = 30.0,
    ) -> None:
        self._connections = connections
        self._tokens = tokens
        self._clock = clock
        self._max_entries = max_entries
        self._recheck_s = recheck_s
        self._entries: dict[str, Session] = {}

    def cached(self, token: str, now: float) -> Session | None:
        """The session of a token that was resolved lately; None sends the caller to `resolve`.

        Args:
            token: As sent; with a platform administrator's `X-Tenant`, `"<token> <tenant>"`.
            now: Unix time.
        """
        session = self._entries.get(token)
        if session is None or session.expires_at <= now:
            return None
        return session

    async def resolve(self, token: str, *, tenant: str = "") -> Session:
        """Read the session of a token anew and keep it.

        Args:
            token: Access token or API key.
            tenant: Slug from `X-Tenant`: the token's own tenant, or any for platform administrators.

        Raises:
            UnauthenticatedError: The token is not valid, has expired, or its account or sign-in has ended.
            ForbiddenError: `not_platform_administrator`: `tenant` is not the token's own.
            NotFoundError: A platform administrator named a tenant that does not exist.
        """
        is_key = token.startswith(KEY_PREFIX)
        session = await (self._of_api_key(token) if is_key else self._of_access_token(token))
        if tenant and tenant != session.tenant:
            session = await self._act_for(session, tenant)
        self._keep(f"{token} {tenant}" if tenant else token, session)
        return session

    async def authenticate(self, token: str, *, tenant: str = "") -> Session:
        """The session from memory if it may be used still, else `resolve`."""
        found = self.cached(f"{token} {tenant}" if tenant else token, self._clock().timestamp())
        return found if found is not None else await self.resolve(token, tenant=tenant)

    def note_epoch(self, tenant_id: str, epoch: int) -> None:
        """Drop what was read of a tenant before `epoch`."""
        stale = [
            token
            for token, session in self._entries.items()
            if (session.epoch < epoch and session.tenant_id == tenant_id)
            or session.home_tenant_id == tenant_id != session.tenant_id
        ]
        for token in stale:
            del self._entries[token]

    def forget_tenant(self, tenant_id: str) -> None:
        """Drop every session of a tenant, and those of its accounts that act for others."""
        gone = [
            token
            for token, session in self._entries.items()
            if tenant_id in (session.tenant_id, session.home_tenant_id)
        ]
        for token in gone:
            del self._entries[token]

    def forget_family(self, family_id: str) -> None:
        """Drop the sessions of one sign-in."""
        for token in [token for token, session in self._entries.items() if session.family_id == family_id]:
            del self._entries[token]

    def forget(self, token: str) -> None:
        """Drop one entry."""
        self._entries.pop(token, None)

    def __len__(self) -> int:
        return len(self._entries)

    async def _of_access_token(self, token: str) -> Session:
        now = self._clock()
        claims = self._tokens.verify(token, now=now)
        async with self._connections.acquire() as connection:
            row = await connection.fetchrow(sql.ACCOUNT_SESSION, claims.account_id, claims.tenant_id, claims.family_id)
        if row is None:
            raise UnauthenticatedError.single(
                "session_ended", "This sign-in has ended.", hint="Sign in again at POST /auth/token."
            )
        extra = (PLATFORM_ROLE,) if row["platform_administrator"] else ()
        roles = tuple(sorted({*row["roles"], *extra}))
        actor = Actor(row["id"], ActorKind.USER, row["email"], roles, grants=read_shapes(row["grants"]))
        return self._session(row, actor, min(claims.expires_at, self._next_check(now)), claims.family_id)

    async def _of_api_key(self, key: str) -> Session:
        now = self._clock()
        prefix, digest = split_key(key), hashlib.sha256(key.encode()).digest()
        async with self._connections.acquire() as connection:
            row = await connection.fetchrow(sql.API_KEY_SESSION, prefix)
            is_known = row is not None and hmac.compare_digest(row["key_hash"], digest)
            if not is_known or (row["expires_at"] is not None and row["expires_at"] <= now):
                raise UnauthenticatedError.single(
                    "invalid_api_key",
                    "The API key is not valid, has expired or was revoked.",
                    hint="Make a new one with createApiKey.",
                )
            if row["last_used_at"] is None or now - row["last_used_at"] > _TOUCH_EVERY:
                await connection.execute(sql.TOUCH_API_KEY, row["key_id"], now)
        roles = tuple(sorted(set(row["key_roles"]) & set(row["roles"])))
        actor = Actor(row["id"], ActorKind.API_KEY, row["key_name"], roles, row["key_id"])
        ends = row["expires_at"].timestamp() if row["expires_at"] is not None else float("inf")
        return self._session(row, actor, min(ends, self._next_check(now)), "")

    async def _act_for(self, session: Session, slug: str) -> Session:
        if not session.is_platform_administrator:
            raise ForbiddenError.single(
                "not_platform_administrator",
                "X-Tenant names another tenant than the token's own.",
                hint="Only platform administrators may act for other tenants; leave X-Tenant out.",
            )
        async with self._connections.acquire() as connection:
            row = await connection.fetchrow(sql.TENANT_BY_SLUG, slug)
        if row is None:
            raise NotFoundError.single("unknown_tenant", f"There is no tenant '{slug}'.")
        actor = Actor(
            session.actor.id,
            session.actor.kind,
            f"{session.actor.name} ({session.tenant})",
            tuple(sorted({*session.actor.roles, ADMINISTRATOR_ROLE})),
            session.actor.key_id,
            is_guest=True,
        )
        return Session(
            actor,
            row["id"],
            row["slug"],
            row["epoch"],
            session.expires_at,
            session.family_id,
            session.tenant_id,
        )

    def _session(self, row: Any, actor: Actor, expires_at: float, family_id: str) -> Session:
        changes_at = row["changes_at"]
        return Session(
            actor,
            row["tenant_id"],
            row["slug"],
            row["epoch"],
            expires_at if changes_at is None else min(expires_at, changes_at.timestamp()),
            family_id,
            row["tenant_id"],
        )

    def _next_check(self, now: datetime) -> float:
        return now.timestamp() + self._recheck_s

    def _keep(self, token: str, session: Session) -> None:
        self._entries.pop(token, None)
        while len(self._entries) >= self._max_entries:
            del self._entries[next(iter(self._entries))]
        self._entries[token] = session
