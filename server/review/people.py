"""Who holds which roles now, by the database's clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, LiteralString

from server.access.explain import Holder

__all__ = ["Person", "people", "person"]

_PEOPLE: LiteralString = """
select account.id::text, account.name, account.email, account.roles || coalesce(held.roles, '{}') as roles
from tangram.account as account
left join lateral (
    select array_agg(assignment.role::text) as roles
    from tangram.role_assignment as assignment
    where assignment.tenant_id = account.tenant_id
        and assignment.account_id = account.id
        and assignment.revoked_at is null
        and (assignment.valid_from is null or assignment.valid_from <= now())
        and (assignment.valid_until is null or assignment.valid_until > now())
) as held on true
where account.tenant_id = $1
    and account.status = 'active'
    and account.deleted_at is null
    and ($2::uuid[] is null or account.id = any($2))
    and ($3::uuid is null or account.id > $3)
order by account.id
limit $4
"""


@dataclass(frozen=True, slots=True)
class Person:
    """An account that may sign in.

    Attributes:
        id: UUID text.
        name: For people.
        email: Address that it signs in with.
        roles: Held now, sorted.
    """

    id: str
    name: str
    email: str
    roles: tuple[str, ...]

    @property
    def holder(self) -> Holder:
        """As explanations take it."""
        return Holder(self.id, self.roles)


async def people(
    connection: Any, tenant_id: str, *, ids: Iterable[str] | None = None, after: str | None = None, first: int
) -> list[Person]:
    """Accounts in order of their ids.

    Args:
        connection: Any.
        tenant_id: Whose.
        ids: Only these; None for all.
        after: Id of the last one already seen.
        first: How many.
    """
    rows = await connection.fetch(_PEOPLE, tenant_id, None if ids is None else list(ids), after, first)
    return [Person(row["id"], row["name"], row["email"], tuple(sorted(set(row["roles"])))) for row in rows]


async def person(connection: Any, tenant_id: str, account_id: str) -> Person | None:
    """One account, or None where it may not sign in."""
    found = await people(connection, tenant_id, ids=[account_id], first=1)
    return found[0] if found else None
