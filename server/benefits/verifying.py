"""Whether benefits are what was booked: each line by its hash in the audit log, each balance by its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from server.audit.verifying import Report, Verifier
from server.benefits import sql
from server.benefits.lines import line_digest
from server.database.connections import Connections
from server.secrets.keys import KeyRing

__all__ = ["BenefitReport", "BenefitVerifier"]

_BESIDE = frozenset({"hash", "logged"})
"""Columns of `ALL_LINES` that the hash is not made of."""
_AMOUNTS = ("amount", "balance")


@dataclass(frozen=True, slots=True)
class BenefitReport:
    """What was found.

    Attributes:
        lines: How many were looked at.
        unlogged: Lines whose entry in the audit log is past its time and gone; held to their own hash alone.
        chain: Of the audit log.
        findings: (line or record, what is wrong with it).
    """

    tenant_id: str
    lines: int
    unlogged: int
    chain: Report
    findings: tuple[tuple[str, str], ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings and self.chain.is_whole


class BenefitVerifier:
    """Verifies the points, stored value and coupons of tenants."""

    def __init__(self, connections: Connections, keys: KeyRing) -> None:
        self._connections = connections
        self._audit = Verifier(connections, keys)

    async def verify(self, tenant_id: str) -> BenefitReport:
        """Walk one tenant's lines, and the chain that they are logged in."""
        chain = await self._audit.verify(tenant_id)
        findings: list[tuple[str, str]] = []
        count = unlogged = 0
        async with (
            self._connections.acquire(tenant_id) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            async for row in connection.cursor(sql.ALL_LINES, tenant_id, prefetch=500):
                count += 1
                hashed = _digest(row)
                if hashed != row["hash"] or row["logged"] not in (None, hashed.hex()):
                    findings.append((row["id"], "it is not what was booked"))
                if row["logged"] is None and chain.removed_before:
                    unlogged += 1
                elif row["logged"] is None:
                    findings.append((row["id"], "it was not booked by the server"))
            for row in await connection.fetch(sql.GONE_LINES, tenant_id):
                findings.append((row["id"], "it was removed"))
            for row in await connection.fetch(sql.WRONG_BALANCES, tenant_id):
                problem = f"its balance of '{row['benefit']}' is {row['balance']}, its lines come to {row['total']}"
                findings.append((row["record_id"], problem))
        return BenefitReport(tenant_id, count, unlogged, chain, tuple(findings))


def _digest(row: Mapping[str, Any]) -> bytes:
    body = {name: value for name, value in row.items() if name not in _BESIDE}
    return line_digest(body | {name: Decimal(body[name]) for name in _AMOUNTS})
