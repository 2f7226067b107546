"""Roles held for a time, and those of posts: given, ended and listed."""

from __future__ import annotations

from datetime import datetime

import strawberry

from metadata.model.policies import MEMBER
from metadata.model.reading import closest
from metadata.problems import BadInputError
from server.access.assignments import (
    Assignment,
    NewAssignment,
    assignments_of,
    revoke_assignment,
)
from server.access.assignments import (
    assign_role as give,
)
from server.graphql.metadata_api.guards import Info, access_of, administrator, anybody, newest, read_id

__all__ = ["ASSIGNMENT_MUTATIONS", "ASSIGNMENT_QUERIES"]


@strawberry.type
class RoleAssignment:
    """A role that an account holds for a time, or by a post."""

    id: strawberry.ID
    account_id: strawberry.ID
    role: str
    valid_from: datetime | None = strawberry.field(description="Null for from the beginning")
    valid_until: datetime | None = strawberry.field(description="Null for until it is revoked")
    source: str = strawberry.field(description="`admin`, `rule`, or `post`: held as long as the post is")
    reason: str
    created_at: datetime
    revoked_at: datetime | None
    holds: bool = strawberry.field(description="Whether it holds now, by the database's clock")


async def role_assignments(info: Info, account_id: strawberry.ID | None = None) -> list[RoleAssignment]:
    """Roles held for a time or by a post, newest first, ended ones included; of others, for administrators."""
    session = anybody(info)
    whose = session.actor.id if account_id is None else read_id(account_id, "account")
    if whose != session.actor.id and not (await access_of(info)).may_configure:
        await administrator(info)
    async with info.context.services.connections.acquire(session.tenant_id) as connection:
        return [_shown(one) for one in await assignments_of(connection, session.tenant_id, whose)]


async def assign_role(
    info: Info,
    account_id: strawberry.ID,
    role: str,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str = "",
) -> RoleAssignment:
    """Give a role for a time, from the next request on; for administrators."""
    session = await administrator(info)
    roles = (await newest(info)).model.roles
    if role not in roles and role != MEMBER:
        message = f"There is no role '{role[:60]}'."
        raise BadInputError.single("unknown_role", message, path=("role",), hint=closest(role, roles))
    whose = read_id(account_id, "account")
    new = NewAssignment(whose, role, valid_from, valid_until, reason=reason)
    async with info.context.services.connections.acquire(session.tenant_id) as connection:
        async with connection.transaction():
            made = await give(connection, session.tenant_id, new, by=session.actor.id)
        return next(_shown(one) for one in await assignments_of(connection, session.tenant_id, whose) if one.id == made)


async def revoke_role(info: Info, id: strawberry.ID) -> strawberry.ID:
    """End a role that is held for a time, from the next request on; for administrators."""
    session = await administrator(info)
    assignment = read_id(id, "assignment")
    async with info.context.services.connections.acquire(session.tenant_id) as connection, connection.transaction():
        await revoke_assignment(connection, session.tenant_id, assignment, by=session.actor.id)
    return strawberry.ID(assignment)


ASSIGNMENT_QUERIES = (role_assignments,)
ASSIGNMENT_MUTATIONS = (assign_role, revoke_role)


def _shown(one: Assignment) -> RoleAssignment:
    return RoleAssignment(
        id=strawberry.ID(one.id),
        account_id=strawberry.ID(one.account_id),
        role=one.role,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        source=one.source,
        reason=one.reason,
        created_at=one.created_at,
        revoked_at=one.revoked_at,
        holds=one.holds,
    )
