"""Roles held for a time: given, ended, and read where a session is read.

Whether one holds now is compared in the statement, with the database's clock, so that nothing has to run for it to
end. Giving and ending one moves the tenant's epoch: the next request of every process sees it. PostgreSQL refuses roles
that exclude each other, and logs every change with who made it (`server/database/roles.sql`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import msgspec
import uuid_utils

from metadata.model.policies import ADMINISTRATOR, PLATFORM_ADMINISTRATOR
from metadata.naming import MAX_NAME_LENGTH, NAME_PATTERN
from metadata.problems import BadInputError, Faults, NotFoundError
from server.request_notes import current_notes

__all__ = [
    "Assignment",
    "NewAssignment",
    "assign_role",
    "assignments_of",
    "end_assignments",
    "held_assignments",
    "held_roles_sql",
    "revoke_assignment",
]

_ACCOUNT: LiteralString = """
select id from tangram.account where tenant_id = $1 and id = $2 and deleted_at is null for key share
"""

_INSERT: LiteralString = """
insert into tangram.role_assignment (
    id, tenant_id, account_id, role, valid_from, valid_until, source, reason, created_at, created_by
)
values ($1, $2, $3, $4, $5, $6, $7, $8, now(), $9)
"""

_REVOKE: LiteralString = """
update tangram.role_assignment
set revoked_at = now(), revoked_by = $3
where tenant_id = $1
    and id = $2
    and source <> 'post'
    and revoked_at is null
    and (valid_until is null or valid_until > now())
returning id
"""

_END: LiteralString = """
update tangram.role_assignment as held
set revoked_at = now(), revoked_by = $4
from unnest($2::uuid[], $3::text[]) as ended (account_id, role)
where held.tenant_id = $1
    and held.account_id = ended.account_id
    and held.role = ended.role
    and held.source <> 'post'
    and held.revoked_at is null
    and (held.valid_until is null or held.valid_until > now())
returning held.id
"""

_OF_ACCOUNT: LiteralString = """
select id::text, account_id::text, role, valid_from, valid_until, source, reason, created_at, revoked_at,
    revoked_at is null
        and (valid_from is null or valid_from <= now())
        and (valid_until is null or valid_until > now()) as holds
from tangram.role_assignment
where tenant_id = $1 and account_id = $2
order by created_at desc, id desc
limit 1000
"""

_HELD: LiteralString = """
select account_id::text, role
from tangram.role_assignment
where tenant_id = $1
    and revoked_at is null
    and (valid_from is null or valid_from <= now())
    and (valid_until is null or valid_until > now())
order by account_id, role
"""

_MOVE_EPOCH: LiteralString = "select tangram.move_epoch($1)"

_NAME: LiteralString = "select email from tangram.account where id = $1"

_NOTE: LiteralString = "select set_config('tangram.notes', $1, true)"
"""Who changes roles in this transaction, for what PostgreSQL logs of it."""

_SOURCES = ("admin", "rule", "post")


def held_roles_sql(account: str, tenant: str) -> str:
    """SQL of the array of all roles that an account holds now: its own, and those given by posts and for a time.

    Args:
        account: SQL of its id.
        tenant: SQL of the tenant's id.
    """
    return (
        "array(select unnest(own.roles) from tangram.account as own"
        f" where own.tenant_id = {tenant} and own.id = {account}"
        " union select given.role::text from tangram.role_assignment as given"
        f" where given.tenant_id = {tenant} and given.account_id = {account} and given.revoked_at is null"
        " and (given.valid_from is null or given.valid_from <= now())"
        " and (given.valid_until is null or given.valid_until > now()))"
    )


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """A role to be given for a time.

    Attributes:
        account_id: To whom.
        role: Which; the administrator's is given by the account alone.
        valid_from: From when; None for at once.
        valid_until: Until when; None for until it is revoked.
        source: `admin`, `rule` or `post`.
        reason: Why.
    """

    account_id: str
    role: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    source: str = "admin"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role given for a time.

    Attributes:
        id: UUID text.
        holds: Whether it holds now, by the database's clock.
    """

    id: str
    account_id: str
    role: str
    valid_from: datetime | None
    valid_until: datetime | None
    source: str
    reason: str
    created_at: datetime
    revoked_at: datetime | None
    holds: bool


async def assign_role(connection: Any, tenant_id: str, new: NewAssignment, *, by: str | None) -> str:
    """Give a role for a time, as part of the caller's transaction.

    Returns:
        Id of the assignment.

    Raises:
        BadInputError: With every fault: `bad_role`, `reserved_role`, `bad_instant`, `unknown_value`. What PostgreSQL
            refuses is told by `duties.refusal_of_roles`.
        NotFoundError: `unknown_account`: the tenant has none of that id.
    """
    _check(new)
    await _note(connection, by)
    if await connection.fetchrow(_ACCOUNT, tenant_id, new.account_id) is None:
        raise NotFoundError.single("unknown_account", "There is no such account.", path=("accountId",))
    assignment_id = str(uuid_utils.uuid7())
    await connection.execute(
        _INSERT,
        assignment_id,
        tenant_id,
        new.account_id,
        new.role,
        new.valid_from,
        new.valid_until,
        new.source,
        new.reason,
        by,
    )
    await _move_epoch(connection, tenant_id)
    return assignment_id


async def revoke_assignment(connection: Any, tenant_id: str, assignment_id: str, *, by: str | None) -> None:
    """End an assignment now, as part of the caller's transaction.

    Raises:
        NotFoundError: `unknown_assignment`: there is none, or it has ended.
    """
    await _note(connection, by)
    if await connection.fetchrow(_REVOKE, tenant_id, assignment_id, by) is None:
        raise NotFoundError.single(
            "unknown_assignment",
            "There is no such assignment that has not ended.",
            hint="A role of a post is held as long as the post is: take the post away.",
        )
    await _move_epoch(connection, tenant_id)


async def end_assignments(connection: Any, tenant_id: str, pairs: Iterable[tuple[str, str]], *, by: str | None) -> None:
    """End what pairs of account and role hold now, but for roles of posts, which end with the post.

    It is part of the caller's transaction; pairs that hold nothing are passed over.
    """
    given = list(pairs)
    accounts, roles = [account for account, _ in given], [role for _, role in given]
    await _note(connection, by)
    if given and await connection.fetch(_END, tenant_id, accounts, roles, by):
        await _move_epoch(connection, tenant_id)


async def assignments_of(connection: Any, tenant_id: str, account_id: str) -> tuple[Assignment, ...]:
    """Assignments of an account, newest first, ended ones included."""
    rows = await connection.fetch(_OF_ACCOUNT, tenant_id, account_id)
    return tuple(Assignment(**dict(row)) for row in rows)


async def held_assignments(connection: Any, tenant_id: str) -> tuple[tuple[str, str], ...]:
    """Account and role of every assignment that holds now."""
    return tuple((row["account_id"], row["role"]) for row in await connection.fetch(_HELD, tenant_id))


def _check(new: NewAssignment) -> None:
    faults = Faults()
    if new.role in (ADMINISTRATOR, PLATFORM_ADMINISTRATOR):
        message = f"The role '{new.role}' is not given for a time."
        faults.add("reserved_role", message, path=("role",), hint="Give it with updateAccount.")
    elif not NAME_PATTERN.fullmatch(new.role) or len(new.role) > MAX_NAME_LENGTH:
        message = f"'{new.role[:60]}' is not a role name."
        faults.add("bad_role", message, path=("role",), hint="snake_case, at most 40 characters")
    instants: Sequence[datetime] = [at for at in (new.valid_from, new.valid_until) if at is not None]
    if any(at.tzinfo is None for at in instants):
        faults.add("bad_instant", "An instant without a zone says no time.", path=("validUntil",))
    elif len(instants) == 2 and instants[0] >= instants[1]:
        faults.add("bad_instant", "The assignment ends before it begins.", path=("validUntil",))
    if new.source not in _SOURCES:
        faults.add("unknown_value", f"The source is one of {', '.join(_SOURCES)}.", path=("source",))
    if faults:
        raise BadInputError.of(faults)


async def _note(connection: Any, by: str | None) -> None:
    """Tell PostgreSQL who changes roles, and from where: who sends the request, else the account, else the server."""
    notes = current_notes()
    said = {} if notes is None else {"address": notes.address, "agent": notes.agent, "request_id": notes.request_id}
    who = None if notes is None else notes.who
    if by is None:
        said |= {"actor_kind": "system", "actor_name": "tangram"}
    elif who is not None and who.id == by:
        said |= {"actor_id": by, "actor_kind": who.kind.value, "actor_name": who.name}
    else:
        name = await connection.fetchval(_NAME, by) or "platform administrator"
        said |= {"actor_id": by, "actor_kind": "user", "actor_name": name}
    await connection.execute(_NOTE, msgspec.json.encode(said).decode().replace("\\u0000", ""))


async def _move_epoch(connection: Any, tenant_id: str) -> None:
    await connection.execute(_MOVE_EPOCH, tenant_id)
