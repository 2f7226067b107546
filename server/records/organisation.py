"""Who is above whom: superiors, and heads of the departments that an account belongs to."""

from __future__ import annotations

from typing import Any

from server.context import Context
from server.database.sql import qualified

__all__ = ["department_heads", "superiors"]

_MAX_LEVELS = 20


async def department_heads(connection: Any, context: Context, account: str) -> list[str]:
    """Heads of the department that an account belongs to and of those above it, nearest first; active ones."""
    if not account:
        return []
    department = qualified(context.model.schema, "department")
    rows = await connection.fetch(
        "with recursive above as ("
        f" select d.id, d.parent_id, d.manager_id, 0 as level from {department} as d"
        " join tangram.account as account on account.department_id = d.id"
        " where account.tenant_id = $1 and account.id = $2 and d.deleted_at is null"
        f" union all select d.id, d.parent_id, d.manager_id, above.level + 1 from {department} as d"
        f" join above on d.id = above.parent_id where d.deleted_at is null and above.level < {_MAX_LEVELS}"
        ") select account.id from above join tangram.account as account on account.id = above.manager_id"
        " where account.tenant_id = $1 and account.status = 'active' and account.deleted_at is null"
        " order by above.level",
        context.model.tenant_id,
        account,
    )
    return list(dict.fromkeys(row["id"] for row in rows))


async def superiors(connection: Any, context: Context, account: str) -> list[str]:
    """Who is above an account, nearest first: the chain of its superiors, then heads of its departments; active ones.

    Who is away for good is passed over: the superior's superior comes in their place.
    """
    if not account:
        return []
    user = qualified(context.model.schema, "user")
    rows = await connection.fetch(
        "with recursive above as ("
        f" select superior_id, 0 as level from {user} where id = $2 and deleted_at is null"
        f" union all select u.superior_id, above.level + 1 from {user} as u"
        f" join above on u.id = above.superior_id where above.level < {_MAX_LEVELS}"
        ") select account.id from above join tangram.account as account on account.id = above.superior_id"
        " where account.tenant_id = $1 and account.status = 'active' and account.deleted_at is null"
        " order by above.level",
        context.model.tenant_id,
        account,
    )
    chain = [*(row["id"] for row in rows), *await department_heads(connection, context, account)]
    return [head for head in dict.fromkeys(chain) if head != account]
