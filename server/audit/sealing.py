"""Chaining what was appended.

Writers append without waiting for each other. A chore then takes each tenant's new entries in order, under an
advisory lock, links them to the chain and signs its head, in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from server.audit import sql
from server.audit.chain import PURPOSE, Checkpoint, Head, is_genuine, link_hash, sign
from server.audit.entries import AuditEntry
from server.database.connections import Connections
from server.events.clock import Clock
from server.secrets.keys import DerivedKeys, KeyRing

__all__ = ["Sealer", "add_checkpoint", "head_of"]

_BATCH = 1_000
_log = structlog.get_logger("tangram.audit")


class Sealer:
    """Chains the audit logs of all tenants."""

    def __init__(self, connections: Connections, keys: KeyRing, clock: Clock) -> None:
        self._connections = connections
        self._keys: DerivedKeys = keys.derive(PURPOSE)
        self._clock = clock

    async def seal_all(self) -> int:
        """Chain what was appended in every tenant; returns the number of entries."""
        async with self._connections.acquire() as connection:
            waiting = [row["tenant_id"] for row in await connection.fetch(sql.TENANTS_TO_SEAL)]
        return sum([await self.seal(tenant_id) for tenant_id in waiting])

    async def seal(self, tenant_id: str) -> int:
        """Chain what was appended in one tenant; returns the number of entries."""
        total = 0
        while True:
            sealed = await self._seal_batch(tenant_id)
            total += sealed
            if sealed < _BATCH:
                return total

    async def sign_again(self, tenant_id: str) -> bool:
        """Sign the head of a chain with the newest secret, if the signature that it bears is ours.

        Returns:
            Whether it was signed; not if there is nothing to sign, or it was done before.
        """
        async with self._connections.transaction(tenant_id) as connection:
            row = await connection.fetchrow(sql.LAST_CHECKPOINT, tenant_id)
            if row is None:
                return False
            last = Checkpoint(**row)
            if last.key_id == self._keys.current_id or not is_genuine(self._keys, tenant_id, last):
                return False
            again = sign(self._keys, tenant_id, Head(last.seq, last.hash), at=self._clock.now(), reason="keys")
            await add_checkpoint(connection, tenant_id, again)
        return True

    async def _seal_batch(self, tenant_id: str) -> int:
        async with self._connections.transaction(tenant_id) as connection:
            if not await connection.fetchval(sql.LOCK_CHAIN, tenant_id):
                return 0
            rows = await connection.fetch(sql.UNSEALED, tenant_id, _BATCH)
            if not rows:
                return 0
            head = await head_of(connection, tenant_id)
            head = await _link(connection, tenant_id, head, [AuditEntry.from_row(row) for row in rows])
            checkpoint = sign(self._keys, tenant_id, head, at=self._clock.now(), reason="sealed")
            await add_checkpoint(connection, tenant_id, checkpoint)
        # Whoever keeps the log elsewhere can compare: a chain that was cut short has lost this head.
        _log.info("audit checkpoint", tenant_id=tenant_id, seq=head.seq, hash=head.hash.hex())
        return len(rows)


async def head_of(connection: Any, tenant_id: str) -> Head:
    """Where a tenant's chain ends."""
    row = await connection.fetchrow(sql.HEAD, tenant_id)
    return Head() if row is None else Head(row["seq"], row["hash"])


async def add_checkpoint(connection: Any, tenant_id: str, checkpoint: Checkpoint) -> None:
    """Store a checkpoint."""
    await connection.execute(
        sql.ADD_CHECKPOINT,
        tenant_id,
        checkpoint.seq,
        checkpoint.hash,
        checkpoint.at,
        checkpoint.reason,
        checkpoint.key_id,
        checkpoint.signature,
    )


async def _link(connection: Any, tenant_id: str, head: Head, entries: Sequence[AuditEntry]) -> Head:
    links: list[tuple[int, int, bytes, bytes]] = []
    for entry in entries:
        seq, previous = head.seq + 1, head.hash
        head = Head(seq, link_hash(entry, seq, previous))
        links.append((entry.id, seq, previous, head.hash))
    ids, numbers, before, hashes = (list(column) for column in zip(*links, strict=True))
    await connection.execute(sql.ADD_LINKS, tenant_id, ids, numbers, before, hashes)
    await connection.execute(sql.UNQUEUE, tenant_id, ids)
    return head
