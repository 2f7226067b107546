"""Who may still follow a link to a file: asked at each download, by the rights of that moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.access.snapshots import Snapshots
from server.context import Context
from server.database.connections import Connections
from server.files.holding import holds
from server.files.links import LinkTarget
from server.files.store import StoredFile
from server.identity.standing import standing_of
from server.records.sight import Sight
from server.tenants import Tenants

__all__ = ["FileReaders"]


@dataclass(frozen=True, slots=True)
class FileReaders:
    """Compares a link with who its actor is now, and with the record that holds the file."""

    connections: Connections
    tenants: Tenants
    snapshots: Snapshots
    clock: Callable[[], datetime]

    async def may_read(self, target: LinkTarget, file: StoredFile) -> bool:
        """Whether whom the link was given to may read the file now.

        A link of the server itself is good as long as it lasts; one without a record is the uploader's own.
        """
        if not target.actor_id:
            return True
        if target.holder is None:
            return file.uploaded_by == target.actor_id
        if not all(map(_is_uuid, (target.holder.record_id, target.key_id or target.actor_id))):
            return False
        now = self.clock()
        async with self.connections.acquire() as connection:
            standing = await standing_of(connection, target.tenant_id, target.actor_id, target.key_id)
        if standing is None:
            return False
        actor, tenant = standing.actor, await self.tenants.get(target.tenant_id)
        if tenant.epoch < standing.epoch:
            tenant = await self.tenants.refresh(target.tenant_id)
        async with self.connections.acquire(target.tenant_id) as connection:
            access = await self.snapshots.plan(tenant.model, actor.roles, actor.id, actor.grants)
            sight = Sight(Context(tenant.model, actor, access, tenant.epoch), now)
            return await holds(connection, sight, target.holder, target.file_id)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
