"""Whether the ledger is what was booked: each booking against its hash in the audit log, whose chain is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from server.audit.verifying import Report, Verifier
from server.database.connections import Connections
from server.pricing import sql
from server.pricing.ledger import Entry, booking_digest
from server.secrets.keys import KeyRing

__all__ = ["LedgerReport", "LedgerVerifier"]

_GONE = """
select logged.records[1] as id
from tangram.audit_entry as logged
where logged.tenant_id = $1 and logged.object = 'price_booking'
    and not exists (
        select from tangram.price_booking as booking
        where booking.tenant_id = $1 and booking.id::text = logged.records[1]
    )
order by logged.id
"""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What was found.

    Attributes:
        bookings: How many were looked at.
        unlogged: Bookings whose entry in the audit log is past its time and gone; held to their own hash alone.
        chain: Of the audit log.
        findings: (booking, what is wrong with it).
    """

    tenant_id: str
    bookings: int
    unlogged: int
    chain: Report
    findings: tuple[tuple[str, str], ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings and self.chain.is_whole


class LedgerVerifier:
    """Verifies the ledgers of tenants."""

    def __init__(self, connections: Connections, keys: KeyRing) -> None:
        self._connections = connections
        self._audit = Verifier(connections, keys)

    async def verify(self, tenant_id: str) -> LedgerReport:
        """Walk one tenant's ledger, and the chain that it is logged in."""
        chain = await self._audit.verify(tenant_id)
        findings: list[tuple[str, str]] = []
        count = unlogged = 0
        async with (
            self._connections.acquire(tenant_id) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            async for row in connection.cursor(sql.ALL_BOOKINGS, tenant_id, prefetch=500):
                count += 1
                findings += ((row["id"], problem) for problem in _problems(row))
                if row["logged"] is None and chain.removed_before:
                    unlogged += 1
                elif row["logged"] is None:
                    findings.append((row["id"], "it was not booked by the server"))
            for row in await connection.fetch(_GONE, tenant_id):
                findings.append((row["id"], "it was removed"))
        return LedgerReport(tenant_id, count, unlogged, chain, tuple(findings))


def _problems(row: Mapping[str, Any]) -> list[str]:
    entries = [Entry(*values) for values in msgspec.json.decode(row["entries"] or "[]")]
    found = []
    hashed = booking_digest(row, entries)
    if hashed != row["hash"] or (row["logged"] is not None and row["logged"] != hashed.hex()):
        found.append("it, or an entry of it, is not what was booked")
    if sum(entry.amount for entry in entries):
        found.append("its entries do not sum to zero")
    return found
