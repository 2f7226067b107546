"""What is wrong with the role that serves requests: whether the wall stands in front of it, and whether it can work.

Asked by `tangram doctor`; `wall` makes the role and gives it its rights.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg

from server.database.sql import quote_identifier
from server.database.wall import APPEND_ONLY

__all__ = ["RoleFault", "faults_of_role", "signs_in"]

_RIGHTS_AGAIN = "Run `tangram migrate`, which gives them."
_NAMED = 5

_ROLE = """
select rolsuper, rolbypassrls, rolcanlogin
from pg_catalog.pg_roles
where rolname = $1
"""

# A member of the owning role is as good as the owner.
_OWNED = """
select format('%I.%I', space.nspname, class.relname) as name
from pg_catalog.pg_class as class
join pg_catalog.pg_namespace as space on space.oid = class.relnamespace
where (space.nspname = 'tangram' or space.nspname like 't\\_%')
    and class.relkind in ('r', 'p')
    and pg_has_role($1, class.relowner, 'usage')
order by name
limit 100
"""

_UNWALLED = """
select class.relname as name
from pg_catalog.pg_class as class
join pg_catalog.pg_attribute as attribute
    on attribute.attrelid = class.oid
    and attribute.attname = case when class.relname = 'tenant' then 'id' else 'tenant_id' end
    and not attribute.attisdropped
where class.relnamespace = to_regnamespace('tangram')
    and class.relkind in ('r', 'p')
    and not (
        class.relrowsecurity
        and class.relforcerowsecurity
        and exists (select from pg_catalog.pg_policy where polrelid = class.oid and polname = 'tenant_wall')
    )
order by name
"""

_LACKING = """
select format('%I.%I', space.nspname, class.relname) as name
from pg_catalog.pg_class as class
join pg_catalog.pg_namespace as space on space.oid = class.relnamespace
cross join lateral unnest(
    case
        when space.nspname = 'tangram' and class.relname = any($2) then '{select,insert}'::text[]
        else '{select,insert,update,delete}'
    end
) as needed (privilege)
where (space.nspname = 'tangram' or space.nspname like 't\\_%')
    and class.relkind in ('r', 'p')
    and class.relname <> 'aerich'
    and not (
        has_schema_privilege($1, space.oid, 'usage') and has_table_privilege($1, class.oid, needed.privilege)
    )
group by name
order by name
limit 100
"""

_EDITABLE = """
select class.relname as name
from pg_catalog.pg_class as class
where class.relnamespace = to_regnamespace('tangram')
    and class.relname = any($2)
    and (has_table_privilege($1, class.oid, 'update') or has_table_privilege($1, class.oid, 'delete'))
order by name
"""


@dataclass(frozen=True, slots=True)
class RoleFault:
    """Something that keeps the role from serving, or that the wall does not hold for.

    Attributes:
        detail: What was found.
        cure: What to do about it.
    """

    detail: str
    cure: str


async def faults_of_role(connection: Any, role: str) -> list[RoleFault]:
    """What is wrong with the serving role; nothing of one that is yet to be made.

    Args:
        connection: Of the role that owns the tables, or of another that may look at the catalog.
        role: Its name.
    """
    facts = await connection.fetchrow(_ROLE, role)
    if facts is None:
        return []
    found = list(_above(facts, role))
    owned = await _names(connection, _OWNED, role)
    if owned and not facts["rolsuper"]:  # who is above everything owns everything, and is told already
        found.append(
            RoleFault(
                f"role '{role}' owns {owned} or is a member of the role that does, so row-level security can be"
                " switched off by it",
                "Let TANGRAM_DATABASE_APP_URL name a role that owns nothing; give tables back with `alter table … owner"
                " to …;`.",
            )
        )
    unwalled = await _names(connection, _UNWALLED)
    if unwalled:
        found.append(
            RoleFault(f"no row-level security stands before {unwalled}", "Run `tangram migrate`, which puts it there.")
        )
    lacking = await _names(connection, _LACKING, role, list(APPEND_ONLY))
    if lacking:
        found.append(RoleFault(f"role '{role}' lacks rights on {lacking}", _RIGHTS_AGAIN))
    editable = await _names(connection, _EDITABLE, role, list(APPEND_ONLY))
    if editable and not facts["rolsuper"] and not owned:
        cure = f"As the owner run: revoke update, delete on {editable} from {quote_identifier(role)};"
        found.append(RoleFault(f"role '{role}' may edit what is only to be added to: {editable}", cure))
    return found


async def signs_in(url: str) -> bool:
    """Whether the role of a URL can sign in."""
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close()
    return True


def _above(facts: Any, role: str) -> Iterator[RoleFault]:
    name = quote_identifier(role)
    if facts["rolsuper"]:
        cure = f"As an administrator run: alter role {name} nosuperuser;"
        yield RoleFault(f"role '{role}' is a superuser, so row-level security does not hold for it", cure)
    elif facts["rolbypassrls"]:
        cure = f"As an administrator run: alter role {name} nobypassrls;"
        yield RoleFault(f"role '{role}' has BYPASSRLS, so row-level security does not hold for it", cure)
    if not facts["rolcanlogin"]:
        yield RoleFault(f"role '{role}' may not sign in", f"As an administrator run: alter role {name} login;")


async def _names(connection: Any, query: str, *arguments: Any) -> str:
    """The first few names that a query finds; an empty text for none."""
    rows = [row["name"] for row in await connection.fetch(query, *arguments)]
    more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    return ", ".join(rows[:_NAMED]) + more
