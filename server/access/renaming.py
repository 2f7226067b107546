"""A role that got another name is held under that name: by accounts, keys, webhooks, posts and for a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

import msgspec

from server.database.sql import qualified

__all__ = ["rename_roles"]

_RENAMED: LiteralString = """
array(
    select distinct coalesce(renamed.becomes, role.name) as name
    from unnest({roles}) as role (name)
    left join jsonb_each_text($2::text::jsonb) as renamed (was, becomes) on renamed.was = role.name
    order by name
)
"""

_HELD: LiteralString = "exists (select from jsonb_object_keys($2::text::jsonb) as was where was = any({roles}))"

_ASSIGNED: LiteralString = """
update tangram.role_assignment as held
set role = renamed.becomes
from jsonb_each_text($2::text::jsonb) as renamed (was, becomes)
where held.tenant_id = $1 and held.role = renamed.was
"""


async def rename_roles(connection: Any, tenant_id: str, schema: str, names: Mapping[str, str]) -> None:
    """Give roles their new names wherever they are held, as part of the transaction that renames them.

    Args:
        connection: In that transaction, which moves the tenant's epoch.
        tenant_id: Whose roles.
        schema: PostgreSQL schema of the tenant, with its posts.
        names: New names by old ones; names may be swapped.
    """
    if not names:
        return
    given = msgspec.json.encode(dict(names)).decode()
    for table in ("tangram.account", "tangram.api_key", "tangram.webhook_endpoint"):
        renamed, held = _RENAMED.format(roles="held.roles"), _HELD.format(roles="held.roles")
        await connection.execute(
            f"update {table} as held set roles = {renamed} where held.tenant_id = $1 and {held}", tenant_id, given
        )
    await connection.execute(_ASSIGNED, tenant_id, given)
    renamed, held = (text.replace("$2", "$1").format(roles="held.roles") for text in (_RENAMED, _HELD))
    # The assignments of posts have their new names already, so nothing follows from this change of posts.
    await connection.execute(f"update {qualified(schema, 'post')} as held set roles = {renamed} where {held}", given)
