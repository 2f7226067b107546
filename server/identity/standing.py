"""Who an account is now, without a sign-in: for jobs and links that act in somebody's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.access.grants import read_shapes
from server.context import Actor, ActorKind
from server.identity import sql
from server.identity.sessions import ADMINISTRATOR_ROLE

__all__ = ["Standing", "actor_of", "standing_of"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Who an account is in a tenant.

    Attributes:
        actor: Who, with the roles and grants held by now.
        epoch: The tenant's epoch that this was read at.
    """

    actor: Actor
    epoch: int


async def standing_of(connection: Any, tenant_id: str, account_id: str, key_id: str = "") -> Standing | None:
    """Who an account, or a key of its, is in a tenant; None when one of them has ended.

    Args:
        connection: Any of the pool.
        tenant_id: Where; another than the account's own for platform administrators.
        account_id: The account.
        key_id: Its API key, empty for the person.
    """
    row = await connection.fetchrow(sql.ACCOUNT_STANDING, tenant_id, account_id, key_id or None)
    if row is None:
        return None
    if row["key_id"] is not None:
        roles = tuple(sorted(set(row["key_roles"]) & set(row["roles"])))
        return Standing(Actor(str(row["id"]), ActorKind.API_KEY, row["key_name"], roles, row["key_id"]), row["epoch"])
    extra = (ADMINISTRATOR_ROLE,) if row["is_guest"] else ()
    roles = tuple(sorted({*row["roles"], *extra}))
    grants = read_shapes(row["grants"])
    actor = Actor(str(row["id"]), ActorKind.USER, row["email"], roles, grants=grants, is_guest=row["is_guest"])
    return Standing(actor, row["epoch"])


async def actor_of(connection: Any, tenant_id: str, account_id: str) -> Actor | None:
    """The account with the roles and grants it holds by now; None when it may not sign in."""
    standing = await standing_of(connection, tenant_id, account_id)
    return None if standing is None else standing.actor
