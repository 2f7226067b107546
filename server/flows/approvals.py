"""Whether an approval is decided: votes, counted in whole numbers.

A vote passes when `100 * agreed >= ratio * all`, or `>` where it is strict; `all` counts everybody asked, so an
abstention counts as neither and makes passing harder. The outcome is known as soon as nobody who is still to vote can
change it, and is then the same as with all votes in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from metadata.flows.values import ApprovalSettings

__all__ = ["ABSTAINED", "APPROVED", "REJECTED", "Vote", "outcome_of"]

APPROVED: Final = "approved"
REJECTED: Final = "rejected"
ABSTAINED: Final = "abstained"

Outcome = Literal["approved", "rejected"]


@dataclass(frozen=True, slots=True)
class Vote:
    """One voice: what it said, empty while it is to come, and how much it weighs."""

    said: str
    weight: int = 1


def outcome_of(settings: ApprovalSettings, votes: Iterable[Vote]) -> Outcome | None:
    """What is decided by the votes so far; None while it is open.

    Args:
        settings: Mode and majority.
        votes: Of everybody who is asked.
    """
    cast = tuple(votes)
    match settings.mode:
        case "any":
            return _first(cast)
        case "vote":
            return _majority(settings, cast)
        case _:
            return _unanimous(cast)


def _first(votes: tuple[Vote, ...]) -> Outcome | None:
    """One who agrees is enough; it is refused when nobody is left who might."""
    if any(vote.said == APPROVED for vote in votes):
        return APPROVED
    return None if any(not vote.said for vote in votes) else REJECTED


def _unanimous(votes: tuple[Vote, ...]) -> Outcome | None:
    """One who refuses is enough; those who abstain do not count, but somebody has to agree."""
    if any(vote.said == REJECTED for vote in votes):
        return REJECTED
    if any(not vote.said for vote in votes):
        return None
    return APPROVED if any(vote.said == APPROVED for vote in votes) else REJECTED


def _majority(settings: ApprovalSettings, votes: tuple[Vote, ...]) -> Outcome | None:
    agreed = sum(vote.weight for vote in votes if vote.said == APPROVED)
    to_come = sum(vote.weight for vote in votes if not vote.said)
    total = sum(vote.weight for vote in votes)
    if _passes(settings, agreed, total):
        return APPROVED
    return None if _passes(settings, agreed + to_come, total) else REJECTED


def _passes(settings: ApprovalSettings, agreed: int, total: int) -> bool:
    if settings.count:
        return agreed >= settings.count
    if settings.strict:
        return 100 * agreed > settings.ratio * total
    return 100 * agreed >= settings.ratio * total
