"""Which level is reached, and what is taken of which lot: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from metadata.benefits.values import BenefitLevel

__all__ = ["Lot", "level_at", "taken"]


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of something that was given.

    Attributes:
        id: Of the entry that gave it.
        expires_at: When the rest lapses; None for never.
    """

    id: str
    left: Decimal
    expires_at: datetime | None = None


def level_at(levels: Sequence[BenefitLevel], earned: Decimal) -> str:
    """The highest level that is reached; empty for none."""
    reached = [level.name for level in levels if earned >= Decimal(level.at)]
    return reached[-1] if reached else ""


def taken(lots: Iterable[Lot], amount: Decimal) -> list[tuple[str, Decimal]]:
    """What is taken of each lot: those that lapse first are used first; no more than there is."""
    ordered = sorted(lots, key=lambda lot: (lot.expires_at is None, lot.expires_at, lot.id))
    found: list[tuple[str, Decimal]] = []
    for lot in ordered:
        part = min(lot.left, amount)
        if part > 0:
            found.append((lot.id, part))
            amount -= part
    return found
