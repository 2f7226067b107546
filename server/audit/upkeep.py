"""Removing entries past their time. The server's own role may not; this works as the owner of the tables."""

from __future__ import annotations

from datetime import datetime

from server.audit import sql
from server.audit.chain import PURPOSE, Head, sign
from server.audit.sealing import add_checkpoint
from server.database.connections import Connections
from server.events.clock import Clock
from server.secrets.keys import KeyRing

__all__ = ["purge_entries"]


async def purge_entries(owner: Connections, keys: KeyRing, clock: Clock, *, before: datetime) -> int:
    """Remove the entries of every tenant that were made before a time; a signed checkpoint stands for them.

    Args:
        owner: Connections of the role that owns the platform's tables.
        keys: Sign the checkpoint.
        clock: Says when.
        before: Entries from this time on stay, and all that follow one of them.

    Returns:
        How many links were removed.
    """
    async with owner.acquire() as connection:
        tenants = [row["tenant_id"] for row in await connection.fetch(sql.TENANTS_TO_PURGE, before)]
    return sum([await _purge(owner, keys, clock, tenant_id, before) for tenant_id in tenants])


async def _purge(owner: Connections, keys: KeyRing, clock: Clock, tenant_id: str, before: datetime) -> int:
    async with owner.transaction(tenant_id) as connection:
        if not await connection.fetchval(sql.LOCK_CHAIN, tenant_id):
            return 0
        last = await connection.fetchrow(sql.PURGE_POINT, tenant_id, before)
        if last is None:
            return 0
        head = Head(last["seq"], last["hash"])
        checkpoint = sign(keys.derive(PURPOSE), tenant_id, head, at=clock.now(), reason="retention")
        await add_checkpoint(connection, tenant_id, checkpoint)
        await connection.execute(sql.PURGE_ENTRIES, tenant_id, head.seq)
        removed = await connection.execute(sql.PURGE_LINKS, tenant_id, head.seq)
    return int(removed.rpartition(" ")[2])
