"""Signing in and staying signed in: password grant, refresh grant with rotation, sign-out.

A sign-in starts a family of refresh tokens. Each use of one makes the next and spends itself; a spent one that comes
back means a copy exists, and the whole family is revoked.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import uuid_utils

from metadata.problems import ForbiddenError, LimitError, UnauthenticatedError
from server.audit.entries import AuditKind, NewEntry
from server.audit.log import append
from server.audit.repeats import Repeats
from server.context import Actor, ActorKind
from server.database.connections import Connections
from server.identity import sql
from server.identity.attempts import ACCOUNT_RULE, ADDRESS_RULE, Attempts
from server.identity.changes import ACCOUNT_OBJECT, log_change
from server.identity.passwords import Passwords, check_password
from server.identity.tokens import AccessTokens

__all__ = ["Credentials", "SignIn", "TokenPair"]

_REFRESH_PREFIX = "tgr_"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person types."""

    tenant: str
    email: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(tenant={self.tenant!r})"


@dataclass(frozen=True, slots=True, repr=False)
class TokenPair:
    """What a sign-in gives.

    Attributes:
        access_token: Sent with every request.
        expires_in: Seconds it lasts.
        refresh_token: Gives the next pair, once.
    """

    access_token: str
    expires_in: int
    refresh_token: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """The grants of POST /auth/token."""

    connections: Connections
    passwords: Passwords
    attempts: Attempts
    tokens: AccessTokens
    refresh_lifetime_s: int
    clock: Callable[[], datetime]
    repeats: Repeats

    async def with_password(self, credentials: Credentials, *, address: str) -> TokenPair:
        """Sign in.

        Args:
            credentials: As typed.
            address: Network address of the caller, for the limit per address.

        Raises:
            UnauthenticatedError: `wrong_credentials`: unknown tenant, unknown account, disabled, or wrong password.
            ForbiddenError: `password_change_required`: right, but temporary; see `change_password`.
            LimitError: `too_many_attempts`.
        """
        account = await self._check(credentials, address)
        if account["must_change_password"]:
            raise ForbiddenError.single(
                "password_change_required",
                "This password is temporary and has to be changed first.",
                hint="POST /auth/password with tenant, email, password and new_password.",
            )
        return await self._start(account)

    async def change_password(self, credentials: Credentials, new_password: str, *, address: str) -> TokenPair:
        """Replace a password, also a temporary one, by showing it; every other sign-in of the account ends.

        Raises:
            BadInputError: `weak_password`.
            UnauthenticatedError: As `with_password`.
            LimitError: As `with_password`.
        """
        account = await self._check(credentials, address)
        check_password(new_password, email=account["email"])
        password_hash = await self.passwords.hash(new_password)
        now = self.clock()
        async with self.connections.transaction() as connection:
            await connection.fetchrow(
                sql.NEW_PASSWORD, account["tenant_id"], account["id"], password_hash, False, now, account["id"]
            )
            await connection.execute(sql.REVOKE_OTHER_FAMILIES, account["id"], None, now, "password_changed")
            changes = {"password_changed_at": [None, now]}
            await log_change(
                connection, account["tenant_id"], "update", ACCOUNT_OBJECT, account["id"], changes, by=account["id"]
            )
            await sql.bump_epoch(connection, account["tenant_id"])
        return await self._start(account)

    async def refresh(self, refresh_token: str) -> TokenPair:
        """Spend a refresh token for the next pair.

        Raises:
            UnauthenticatedError: `invalid_refresh_token`, or `refresh_token_reused` when it was spent before.
        """
        now = self.clock()
        async with self.connections.transaction() as connection:
            row = await connection.fetchrow(sql.REFRESH_TOKEN, _digest(refresh_token))
            reused = row is not None and row["rotated_to"] is not None and row["revoked_at"] is None
            if reused:
                await connection.execute(sql.REVOKE_FAMILY, row["family_id"], now, "reused")
                await sql.bump_epoch(connection, row["tenant_id"])
                await append(connection, _entry_of_token(row, AuditKind.TOKEN_REUSED))
            elif row is not None and row["revoked_at"] is None and row["expires_at"] > now and row["is_open"]:
                return await self._rotate(connection, row, now)
        if reused:
            raise UnauthenticatedError.single(
                "refresh_token_reused",
                "This refresh token was used before, so this sign-in was ended for safety.",
                hint="Sign in again with the password.",
            )
        raise UnauthenticatedError.single(
            "invalid_refresh_token", "The refresh token is not valid any more.", hint="Sign in again."
        )

    async def sign_out(self, refresh_token: str) -> str | None:
        """End the sign-in that a refresh token belongs to; unknown tokens are passed over.

        Returns:
            The family that was ended.
        """
        async with self.connections.transaction() as connection:
            row = await connection.fetchrow(sql.REFRESH_TOKEN, _digest(refresh_token))
            if row is None:
                return None
            await append(connection, _entry_of_token(row, AuditKind.SIGNED_OUT))
            return await self.end_family(connection, row["family_id"])

    async def end_family(self, connection: Any, family_id: str) -> str:
        """End one sign-in; its access tokens stop working when their sessions are next looked up."""
        await connection.execute(sql.REVOKE_FAMILY, family_id, self.clock(), "signed_out")
        return family_id

    async def purge_expired(self, *, keep_s: int = 86_400) -> int:
        """Remove refresh tokens that ended more than `keep_s` seconds ago; returns how many."""
        async with self.connections.acquire() as connection:
            status = await connection.execute(sql.PURGE_TOKENS, self.clock() - timedelta(seconds=keep_s))
        return int(status.rpartition(" ")[2])

    async def _check(self, credentials: Credentials, address: str) -> Any:
        email = credentials.email.strip().lower()
        subject = f"{credentials.tenant}/{email}"
        try:
            await self.attempts.begin(ADDRESS_RULE, address)
            await self.attempts.begin(ACCOUNT_RULE, subject)
        except LimitError:
            self.repeats.note(_tried(credentials.tenant[:60], email, AuditKind.SIGN_IN_LOCKED))
            raise
        async with self.connections.acquire() as connection:
            account = await connection.fetchrow(sql.SIGN_IN_ACCOUNT, credentials.tenant, email)
        stored = account["password_hash"] if account is not None else None
        verdict = await self.passwords.verify(stored, credentials.password)
        is_right = verdict.matches and account is not None and account["status"] == "active"
        if not is_right:
            if account is not None and account["id"] is not None:
                async with self.connections.acquire() as connection:
                    await connection.execute(sql.FAILED_SIGN_IN, account["id"])
            if account is not None:
                self.repeats.note(_tried(account["tenant_id"], email, AuditKind.SIGN_IN_FAILED))
            raise UnauthenticatedError.single(
                "wrong_credentials",
                "Tenant, e-mail address or password is wrong.",
                hint="Check all three; an administrator can reset a forgotten password.",
            )
        await self.attempts.succeeded(ACCOUNT_RULE, subject)
        await self.attempts.succeeded(ADDRESS_RULE, address)
        async with self.connections.acquire() as connection:
            await connection.execute(sql.SIGNED_IN, account["id"], self.clock(), verdict.rehash)
        return account

    async def _start(self, account: Any) -> TokenPair:
        async with self.connections.transaction(account["tenant_id"]) as connection:
            _, token = await self._insert(connection, account["tenant_id"], account["id"], family_id := _new_id())
            await append(connection, _entry(account, AuditKind.SIGNED_IN))
        return self._pair(account["id"], account["tenant_id"], account["slug"], family_id, account["epoch"], token)

    async def _rotate(self, connection: Any, row: Any, now: datetime) -> TokenPair:
        token_id, token = await self._insert(connection, row["tenant_id"], row["account_id"], row["family_id"])
        await connection.execute(sql.LINK_REFRESH_TOKEN, row["id"], token_id)
        return self._pair(row["account_id"], row["tenant_id"], row["slug"], row["family_id"], row["epoch"], token)

    async def _insert(self, connection: Any, tenant_id: str, account_id: str, family_id: str) -> tuple[str, str]:
        token_id, token, now = _new_id(), _REFRESH_PREFIX + secrets.token_urlsafe(32), self.clock()
        await connection.execute(
            sql.INSERT_REFRESH_TOKEN,
            token_id,
            tenant_id,
            account_id,
            family_id,
            _digest(token),
            now,
            now + timedelta(seconds=self.refresh_lifetime_s),
        )
        return token_id, token

    def _pair(
        self, account_id: str, tenant_id: str, slug: str, family_id: str, epoch: int, refresh_token: str
    ) -> TokenPair:
        access_token = self.tokens.issue(
            account_id=account_id,
            tenant_id=tenant_id,
            slug=slug,
            family_id=family_id,
            epoch=epoch,
            now=self.clock(),
        )
        return TokenPair(access_token, self.tokens.lifetime_s, refresh_token)


def _entry(account: Any, kind: AuditKind) -> NewEntry:
    actor = Actor(account["id"], ActorKind.USER, account["email"], ())
    return NewEntry(
        tenant_id=account["tenant_id"],
        kind=kind,
        object="account",
        records=[account["id"]],
        actor=actor,
    )


def _entry_of_token(row: Any, kind: AuditKind) -> NewEntry:
    actor = Actor(row["account_id"], ActorKind.USER, row["email"], ())
    return NewEntry(tenant_id=row["tenant_id"], kind=kind, object="account", records=[row["account_id"]], actor=actor)


def _tried(tenant: str, email: str, kind: AuditKind) -> NewEntry:
    """Somebody who has not shown who they are."""
    nobody = Actor("", ActorKind.USER, "", ())
    return NewEntry(tenant_id=tenant, kind=kind, object="account", detail={"email": email[:254]}, actor=nobody)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _new_id() -> str:
    return str(uuid_utils.uuid7())
