"""Whether the ledger is what was booked: each booking against its hash in the audit log, whose chain is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.audit.booked import BookedReport, BookedWalk
from server.audit.verifying import Verifier
from server.database.connections import Connections
from server.pricing import post_sql, sql
from server.pricing.ledger import Entry, booking_digest
from server.secrets.keys import KeyRing

__all__ = ["LedgerVerifier"]

_LONG_S = 3_600

_GONE = """
select logged.records[1] as id
from tangram.audit_entry as logged
where logged.tenant_id = $1 and logged.object = 'price_booking'
    and not exists (
        select from tangram.price_booking as booking
        where booking.tenant_id = $1 and booking.id = logged.records[1]::uuid
    )
order by logged.id
"""


class LedgerVerifier:
    """Verifies the ledgers of tenants."""

    def __init__(self, connections: Connections, keys: KeyRing) -> None:
        self._connections = connections
        self._audit = Verifier(connections, keys)

    async def verify(self, tenant_id: str) -> BookedReport:
        """Walk one tenant's ledger, and the chain that it is logged in."""
        walk = BookedWalk(tenant_id, await self._audit.verify(tenant_id))
        runs: dict[str, Any] = {}
        async with (
            self._connections.acquire(tenant_id) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute("set local statement_timeout = 0")
            async for row in connection.cursor(sql.ALL_BOOKINGS, tenant_id, prefetch=500):
                walk.look_at(row, _problems(row))
                if row["kind"] == "run":
                    runs[row["id"]] = msgspec.json.decode(row["outcome"])
            for row in await _all(connection, _GONE, tenant_id):
                walk.findings.append((row["id"], "it was removed"))
            if runs:
                walk.count += await _walk_runs(connection, tenant_id, runs, walk.findings)
        return walk.report()


async def _walk_runs(
    connection: Any,
    tenant_id: str,
    runs: Mapping[str, Mapping[str, Mapping[str, Any]]],
    findings: list[tuple[str, str]],
) -> int:
    """Hold runs to the hashes of their sales and entries that they were booked with; gives how many sales there are."""
    none = {"count": 0, "digest": "", "total": "0", "changed": None}
    sales = {row["run_id"]: row for row in await _all(connection, post_sql.POSTED_SALES, tenant_id)}
    entries = {row["run_id"]: row for row in await _all(connection, post_sql.POSTED_ENTRIES, tenant_id)}
    for run_id, booked in runs.items():
        sold, entered = sales.get(run_id, none), entries.get(run_id, none)
        findings += ((one, "it is not what was booked") for one in sold["changed"] or ())
        if (sold["count"], sold["digest"]) != (booked["sales"]["count"], booked["sales"]["digest"]):
            findings.append((run_id, "its sales are not those that were booked"))
        if (entered["count"], entered["digest"]) != (booked["entries"]["count"], booked["entries"]["digest"]):
            findings.append((run_id, "an entry of it is not what was booked"))
        if int(entered["total"]):
            findings.append((run_id, "its entries do not sum to zero"))
    findings += ((run_id, "its sales are of no run") for run_id in sales if run_id not in runs)
    unequal = await _all(connection, post_sql.UNEQUAL, tenant_id)
    findings += ((row["run_id"], "its entries are not what its sales come to") for row in unequal)
    return sum(row["count"] for row in sales.values())


async def _all(connection: Any, statement: str, tenant_id: str) -> Sequence[Any]:
    rows: Sequence[Any] = await connection.fetch(statement, tenant_id, timeout=_LONG_S)
    return rows


def _problems(row: Mapping[str, Any]) -> list[str]:
    entries = [Entry(*values) for values in msgspec.json.decode(row["entries"] or "[]")]
    found = []
    hashed = booking_digest(row, entries)
    if hashed != row["hash"] or (row["logged"] is not None and row["logged"] != hashed.hex()):
        found.append("it, or an entry of it, is not what was booked")
    if sum(entry.amount for entry in entries):
        found.append("its entries do not sum to zero")
    return found
