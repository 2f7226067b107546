"""Rules that name people → accounts that can act: active ones, each once, in the order of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, LiteralString

from metadata.flows.values import Assign
from server.context import Context
from server.database.sql import qualified
from server.records.organisation import department_heads, superiors

__all__ = ["active_account", "administrators", "people_for"]

_ACTIVE: Final[LiteralString] = "tenant_id = $1 and status = 'active' and deleted_at is null"

_BY_ID: Final[LiteralString] = f"select id from tangram.account where {_ACTIVE} and id = any($2::uuid[])"
_BY_EMAIL: Final[LiteralString] = f"select id from tangram.account where {_ACTIVE} and email = lower($2)"
_BY_ROLE: Final[LiteralString] = f"""
select id from tangram.account
where {_ACTIVE}
    and (
        $2 = any(roles)
        or id in (
            select account_id from tangram.role_assignment
            where tenant_id = $1 and role = $2 and revoked_at is null
                and (valid_from is null or valid_from <= now()) and (valid_until is null or valid_until > now())
        )
    )
order by id
"""


async def people_for(
    connection: Any,
    context: Context,
    assigns: Iterable[Assign],
    facts: Mapping[str, Any],
    *,
    initiator: str,
    limit: int = 200,
) -> tuple[tuple[str, int], ...]:
    """(account, weight) of everybody whom the rules find.

    Args:
        connection: In the transition's transaction.
        context: The tenant.
        assigns: The rules.
        facts: Values of their conditions and fields, by text.
        initiator: Who started the flow; empty for the server.
        limit: How many at most.
    """
    found: dict[str, int] = {}
    for one in assigns:
        if one.when and facts.get(one.when) is not True:
            continue
        for account in await _accounts(connection, context, one, facts, initiator):
            found.setdefault(account, one.weight)
    return tuple(found.items())[:limit]


async def _accounts(
    connection: Any, context: Context, one: Assign, facts: Mapping[str, Any], initiator: str
) -> list[str]:
    tenant_id = context.model.tenant_id
    match one.by:
        case "user":
            return [found] if (found := await active_account(connection, tenant_id, one.value)) else []
        case "role":
            return [row["id"] for row in await connection.fetch(_BY_ROLE, tenant_id, one.value)]
        case "field" | "owner":
            account = facts.get("owner.id" if one.by == "owner" else f"{one.value}.id")
            return await _active(connection, tenant_id, [account] if account else [])
        case "initiator":
            return await _active(connection, tenant_id, [initiator] if initiator else [])
        case "department":
            return await _of_department(connection, context, one.value)
        case "department_head":
            heads = await department_heads(connection, context, initiator)
            return heads[:1]
        case "superior":
            return (await superiors(connection, context, initiator))[one.level - 1 : one.level]
        case _:
            return (await superiors(connection, context, initiator))[: one.level]


async def active_account(connection: Any, tenant_id: str, value: str) -> str:
    """An active account by id or e-mail address; empty when there is none."""
    if "@" in value:
        return await connection.fetchval(_BY_EMAIL, tenant_id, value) or ""
    return next(iter(await _active(connection, tenant_id, [value])), "")


async def _active(connection: Any, tenant_id: str, accounts: list[str]) -> list[str]:
    return [row["id"] for row in await connection.fetch(_BY_ID, tenant_id, accounts)] if accounts else []


async def administrators(connection: Any, tenant_id: str) -> list[str]:
    """Everybody who holds all rights."""
    return [row["id"] for row in await connection.fetch(_BY_ROLE, tenant_id, "administrator")]


async def _of_department(connection: Any, context: Context, code: str) -> list[str]:
    department = qualified(context.model.schema, "department")
    rows = await connection.fetch(
        f"select account.id from tangram.account as account join {department} as d on d.id = account.department_id"
        " where account.tenant_id = $1 and account.status = 'active' and account.deleted_at is null"
        " and d.deleted_at is null and d.code = $2 order by account.id",
        context.model.tenant_id,
        code,
    )
    return [row["id"] for row in rows]
