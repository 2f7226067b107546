"""Whether benefits are what was booked: each line by its hash in the audit log, each balance by its lines."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from server.audit.booked import BookedReport, BookedWalk
from server.audit.verifying import Verifier
from server.benefits import sql
from server.benefits.lines import line_digest
from server.database.connections import Connections
from server.secrets.keys import KeyRing

__all__ = ["BenefitVerifier"]

_BESIDE = frozenset({"hash", "logged"})
"""Columns of `ALL_LINES` that the hash is not made of."""
_AMOUNTS = ("amount", "balance")


class BenefitVerifier:
    """Verifies the points, stored value and coupons of tenants."""

    def __init__(self, connections: Connections, keys: KeyRing) -> None:
        self._connections = connections
        self._audit = Verifier(connections, keys)

    async def verify(self, tenant_id: str) -> BookedReport:
        """Walk one tenant's lines, and the chain that they are logged in."""
        walk = BookedWalk(tenant_id, await self._audit.verify(tenant_id))
        async with (
            self._connections.acquire(tenant_id) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            async for row in connection.cursor(sql.ALL_LINES, tenant_id, prefetch=500):
                hashed = _digest(row)
                is_booked = hashed == row["hash"] and row["logged"] in (None, hashed.hex())
                walk.look_at(row, () if is_booked else ("it is not what was booked",))
            for row in await connection.fetch(sql.GONE_LINES, tenant_id):
                walk.findings.append((row["id"], "it was removed"))
            for row in await connection.fetch(sql.WRONG_BALANCES, tenant_id):
                problem = f"its balance of '{row['benefit']}' is {row['balance']}, its lines come to {row['total']}"
                walk.findings.append((row["record_id"], problem))
        return walk.report()


def _digest(row: Mapping[str, Any]) -> bytes:
    body = {name: value for name, value in row.items() if name not in _BESIDE}
    return line_digest(body | {name: Decimal(body[name]) for name in _AMOUNTS})
