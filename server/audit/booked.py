"""Walking what engines book, each piece of which stands in the audit log with its hash: bookings, lines of benefits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.audit.verifying import Report

__all__ = ["BookedReport", "BookedWalk"]


@dataclass(frozen=True, slots=True)
class BookedReport:
    """What was found.

    Attributes:
        count: How many pieces were looked at.
        unlogged: Pieces whose entry in the audit log is past its time and gone; held to their own hash alone.
        chain: Of the audit log.
        findings: (piece or record, what is wrong with it).
    """

    tenant_id: str
    count: int
    unlogged: int
    chain: Report
    findings: tuple[tuple[str, str], ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings and self.chain.is_whole


@dataclass(eq=False)
class BookedWalk:
    """One walk.

    Attributes:
        tenant_id: Whose.
        chain: What was found of the audit log before.
        count: Pieces looked at so far.
        unlogged: See `BookedReport`.
        findings: What is wrong so far.
    """

    tenant_id: str
    chain: Report
    count: int = 0
    unlogged: int = 0
    findings: list[tuple[str, str]] = field(default_factory=list)

    def look_at(self, row: Mapping[str, Any], problems: Iterable[str]) -> None:
        """One piece, with what is wrong with it by itself: a row with `id`, and `logged`, its hash in the audit log."""
        self.count += 1
        self.findings += ((row["id"], problem) for problem in problems)
        if row["logged"] is None and self.chain.removed_before:
            self.unlogged += 1
        elif row["logged"] is None:
            self.findings.append((row["id"], "it was not booked by the server"))

    def report(self) -> BookedReport:
        """What was found."""
        return BookedReport(self.tenant_id, self.count, self.unlogged, self.chain, tuple(self.findings))
