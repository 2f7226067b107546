"""Who an account is now, without a sign-in: for jobs and links that act in somebody's name."""

from __future__ import annotations

from typing import Any

from server.access.grants import read_shapes
from server.context import Actor, ActorKind
from server.identity import sql

__all__ = ["actor_of"]


async def actor_of(connection: Any, tenant_id: str, account_id: str) -> Actor | None:
    """The account with the roles and grants it holds by now; None when it may not sign in."""
    row = await connection.fetchrow(sql.ACCOUNT_STANDING, account_id, tenant_id)
    if row is None:
        return None
    roles = tuple(sorted(set(row["roles"])))
    return Actor(str(row["id"]), ActorKind.USER, row["email"], roles, grants=read_shapes(row["grants"]))
