"""Walking a tenant's chain: what was changed, removed, inserted or moved since it was sealed."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.audit import sql
from server.audit.chain import PURPOSE, Checkpoint, Head, is_genuine, link_hash
from server.audit.entries import AuditEntry
from server.database.connections import Connections
from server.secrets.keys import DerivedKeys, KeyRing

__all__ = ["Finding", "Problem", "Report", "Verifier"]

_BATCH = 1_000


class Problem(enum.Enum):
    """What can be wrong with a chain."""

    CHANGED = "changed"
    """The entry is not what was sealed."""
    REMOVED = "removed"
    """An entry, or its link, is gone."""
    INSERTED = "inserted"
    """An entry or link came in without having been sealed."""
    REORDERED = "reordered"
    """A link does not follow the one before it."""
    FORGED = "forged"
    """A checkpoint does not bear our signature, or the chain has another hash at its place."""
    UNVERIFIABLE = "unverifiable"
    """The end of the chain was signed with a secret that TANGRAM_SECRET_KEY no longer holds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        seq: Number in the chain; None for entries outside of it.
        entry_id: Id of the entry; None where it is not known any more.
    """

    problem: Problem
    seq: int | None
    entry_id: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a walk found.

    Attributes:
        entries: Links that were walked.
        waiting: Entries that were appended and not sealed yet.
        removed_before: Links up to this one are past their time and gone; 0 when all are there.
        head: Where the chain ends. To be kept elsewhere by who wants to know of a chain that was cut short.
    """

    tenant_id: str
    entries: int
    waiting: int
    removed_before: int
    head: Head
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


@dataclass
class _Walk:
    """The state of a walk along the links."""

    keys: DerivedKeys
    tenant_id: str
    checkpoints: Sequence[Checkpoint]
    start: Head = field(default_factory=Head)
    head: Head = field(default_factory=Head)
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Checkpoints whose signature holds; a link at such a place must have that hash."""
        self.signed: dict[int, bytes] = {}
        self.unreadable = 0
        for checkpoint in self.checkpoints:
            genuine = is_genuine(self.keys, self.tenant_id, checkpoint)
            if genuine:
                self.signed[checkpoint.seq] = checkpoint.hash
            elif genuine is None:
                self.unreadable = max(self.unreadable, checkpoint.seq)
            else:
                self._found(Problem.FORGED, checkpoint.seq, None, "the checkpoint does not bear our signature")
        purged = [one for one in self.checkpoints if one.reason == "retention" and self.signed.get(one.seq) == one.hash]
        if purged:
            self.start = self.head = Head(purged[-1].seq, purged[-1].hash)

    def step(self, row: Mapping[str, Any]) -> None:
        """Look at the next link."""
        seq, entry_id = row["seq"], row["entry_id"]
        if seq <= self.start.seq:
            self._found(Problem.INSERTED, seq, entry_id, "a link stands where links were removed by their age")
            return
        if seq != self.head.seq + 1:
            gone = f"{self.head.seq + 1}" if seq == self.head.seq + 2 else f"{self.head.seq + 1} to {seq - 1}"
            self._found(Problem.REMOVED, self.head.seq + 1, None, f"links {gone} are gone")
        elif row["previous"] != self.head.hash:
            self._found(Problem.REORDERED, seq, entry_id, "the link does not follow the one before it")
        self._check_entry(row)
        signed = self.signed.get(seq)
        if signed is not None and signed != row["hash"]:
            self._found(Problem.FORGED, seq, entry_id, "the chain has another hash than was signed here")
        self.head = Head(seq, row["hash"])
        self.count += 1

    def finish(self) -> None:
        """Compare the end of the chain with what was signed last."""
        last = max(self.signed, default=0)
        if last > self.head.seq:
            self._found(Problem.REMOVED, self.head.seq + 1, None, f"the chain was signed up to link {last}")
        elif last < self.head.seq <= self.unreadable:
            self._found(Problem.UNVERIFIABLE, last + 1, None, "the secret that signed is not in TANGRAM_SECRET_KEY")
        elif last < self.head.seq:
            self._found(Problem.INSERTED, last + 1, None, f"links from {last + 1} on were never signed")

    def _check_entry(self, row: Mapping[str, Any]) -> None:
        seq, entry_id = row["seq"], row["entry_id"]
        if row["id"] is None:
            self._found(Problem.REMOVED, seq, entry_id, "the entry is gone")
        elif link_hash(AuditEntry.from_row(row), seq, row["previous"]) != row["hash"]:
            self._found(Problem.CHANGED, seq, entry_id, "the entry is not what was sealed")

    def _found(self, problem: Problem, seq: int | None, entry_id: int | None, detail: str) -> None:
        self.findings.append(Finding(problem, seq, entry_id, detail))


class Verifier:
    """Verifies the audit logs of tenants."""

    def __init__(self, connections: Connections, keys: KeyRing) -> None:
        self._connections = connections
        self._keys = keys.derive(PURPOSE)

    async def verify(self, tenant_id: str) -> Report:
        """Walk one tenant's chain, as it is at one moment."""
        async with (
            self._connections.acquire(tenant_id) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            checkpoints = [Checkpoint(**row) for row in await connection.fetch(sql.CHECKPOINTS, tenant_id)]
            walk = _Walk(self._keys, tenant_id, checkpoints)
            async for row in connection.cursor(sql.LINKED, tenant_id, prefetch=_BATCH):
                walk.step(row)
            walk.finish()
            waiting = await connection.fetchval(
                "select count(*) from tangram.audit_unsealed where tenant_id = $1", tenant_id
            )
            outside = [finding async for finding in _outside(connection, tenant_id)]
        findings = (*walk.findings, *outside)
        return Report(tenant_id, walk.count, waiting, walk.start.seq, walk.head, findings)


async def _outside(connection: Any, tenant_id: str) -> AsyncIterator[Finding]:
    for row in await connection.fetch(sql.UNSEALED_GONE, tenant_id):
        yield Finding(Problem.REMOVED, None, row["entry_id"], "the entry was removed before it was sealed")
    for row in await connection.fetch(sql.UNSEALED_UNKNOWN, tenant_id):
        yield Finding(Problem.INSERTED, None, row["id"], "the entry was not appended by the server")
