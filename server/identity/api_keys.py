"""API keys for programs: `tg_<prefix>_<secret>`, shown once, stored as a hash, acting as an account.

A key holds 256 random bits, so a plain SHA-256 is enough: there is nothing to guess that a slow hash would protect.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uuid_utils

from metadata.problems import BadInputError, ForbiddenError, NotFoundError, UnauthenticatedError
from server.database.connections import Connections
from server.identity import sql
from server.identity.changes import API_KEY_OBJECT, log_change

__all__ = ["KEY_PREFIX", "ApiKeyInfo", "ApiKeys", "NewApiKey", "split_key"]

KEY_PREFIX = "tg_"


@dataclass(frozen=True, slots=True)
class ApiKeyInfo:
    """A key without its secret."""

    id: str
    account_id: str
    name: str
    prefix: str
    roles: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key just made.

    Attributes:
        info: What can be seen of it later.
        key: The key itself, which is not stored and can be seen only now.
    """

    info: ApiKeyInfo
    key: str

    def __repr__(self) -> str:
        return f"NewApiKey({self.info.prefix})"


def split_key(key: str) -> str:
    """The public prefix of a key.

    Raises:
        UnauthenticatedError: It is not written like a key.
    """
    _, _, rest = key.partition("_")
    prefix, _, secret = rest.partition("_")
    if not prefix or not secret or len(key) > 200 or not key.isascii():
        raise UnauthenticatedError.single(
            "invalid_api_key", "The API key is not valid.", hint="Send it whole: tg_<prefix>_<secret>."
        )
    return prefix


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """Makes, lists and revokes keys of one tenant at a time; callers have checked who may."""

    connections: Connections
    clock: Callable[[], datetime]

    async def create(
        self,
        tenant_id: str,
        account_id: str,
        *,
        name: str,
        roles: Collection[str] | None,
        expires_at: datetime | None,
        created_by: str | None,
        by_platform: bool = False,
    ) -> NewApiKey:
        """Make a key.

        Args:
            tenant_id: The account's tenant.
            account_id: Whom the key acts as.
            name: Shown in history as the actor.
            roles: Some of the account's roles; None for all of them.
            expires_at: When it ends; None for never.
            created_by: Account id of who makes it.
            by_platform: Whether that is a platform administrator: only those make keys for others of their kind.

        Raises:
            ForbiddenError: `platform_account`.
            BadInputError: Empty name, a role that the account lacks, or an end in the past.
            NotFoundError: No such account in this tenant.
        """
        now = self.clock()
        name = name.strip()
        if not 1 <= len(name) <= 100:
            raise BadInputError.single("bad_name", "A key's name has 1 to 100 characters.", path=("name",))
        if expires_at is not None and expires_at <= now:
            raise BadInputError.single("in_the_past", "The key would have ended already.", path=("expiresAt",))
        async with self.connections.acquire(tenant_id) as connection:
            account = await connection.fetchrow(sql.ACCOUNT, tenant_id, account_id)
            if account is None or account["status"] != "active":
                raise NotFoundError.single("unknown_account", "There is no such active account.", path=("accountId",))
            if account["platform_administrator"] and not by_platform and created_by != account_id:
                raise ForbiddenError.single(
                    "platform_account", "This account belongs to a platform administrator.", path=("accountId",)
                )
            granted = sorted(set(account["roles"] if roles is None else roles))
            unknown = set(granted) - set(account["roles"])
            if unknown:
                raise BadInputError.single(
                    "role_not_held",
                    f"The account does not hold the role '{min(unknown)}'.",
                    path=("roles",),
                    hint=f"It holds: {', '.join(account['roles']) or 'none'}.",
                )
            prefix = secrets.token_hex(5)
            key = f"{KEY_PREFIX}{prefix}_{secrets.token_urlsafe(32)}"
            async with connection.transaction():
                row = await connection.fetchrow(
                    sql.INSERT_API_KEY,
                    str(uuid_utils.uuid7()),
                    tenant_id,
                    account_id,
                    name,
                    prefix,
                    hashlib.sha256(key.encode()).digest(),
                    granted,
                    now,
                    created_by,
                    expires_at,
                )
                shown = {"account_id": account_id, "name": name, "prefix": prefix, "roles": granted}
                changes = {**shown, "expires_at": expires_at}
                await log_change(connection, tenant_id, "create", API_KEY_OBJECT, row["id"], changes, by=created_by)
        return NewApiKey(_info(row), key)

    async def list(self, tenant_id: str, account_id: str | None) -> list[ApiKeyInfo]:
        """The keys of one account, or of all for None, newest first, ended ones too."""
        async with self.connections.acquire(tenant_id) as connection:
            return [_info(row) for row in await connection.fetch(sql.API_KEYS, tenant_id, account_id)]

    async def revoke(
        self, tenant_id: str, key_id: str, account_id: str | None, *, revoked_by: str | None = None
    ) -> ApiKeyInfo:
        """End a key for the next request on.

        Args:
            tenant_id: The key's tenant.
            key_id: Which key.
            account_id: Whose key it must be; None for anyone's.
            revoked_by: Account id of who ends it.

        Raises:
            NotFoundError: No such key here.
        """
        async with self.connections.transaction(tenant_id) as connection:
            row = await connection.fetchrow(sql.REVOKE_API_KEY, tenant_id, key_id, account_id, self.clock())
            if row is None:
                raise NotFoundError.single("unknown_api_key", "There is no such API key.", path=("id",))
            await sql.bump_epoch(connection, tenant_id)
            changes = {"revoked_at": [None, row["revoked_at"]]}
            await log_change(connection, tenant_id, "update", API_KEY_OBJECT, key_id, changes, by=revoked_by)
        return _info(row)


def _info(row: Any) -> ApiKeyInfo:
    return ApiKeyInfo(
        row["id"],
        row["account_id"],
        row["name"],
        row["prefix"],
        tuple(row["roles"]),
        row["created_at"],
        row["expires_at"],
        row["last_used_at"],
        row["revoked_at"],
    )
