"""What becomes of one user under a rule.

A role is earned by reaching the figure often enough in a row, and lost by missing it as often; the grace comes on top.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from metadata.model.promotions import LAYERS, Promotion
from server.promotions.periods import Period, after

__all__ = ["Decision", "Finding", "Outcome", "decide", "outranks"]


class Outcome(enum.Enum):
    """What becomes of a user."""

    PROMOTED = "promoted"
    """The figure was reached often enough: the role is given."""
    EXTENDED = "extended"
    """The role is held, and the figure was reached again: it is held longer."""
    HELD = "held"
    """The role is held until its end, which nothing has moved."""
    NOT_EARNED = "not_earned"
    """The figure was not reached often enough."""
    EXCLUDED = "excluded"
    """It was, but the user holds a role that may not be held together with this one."""
    ABOVE_AUTHOR = "above_author"
    """It was, but the role is of a higher layer than whoever wrote the rule has."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A user's figure in one period; None when there was nothing to be measured."""

    period: Period
    value: Decimal | None
    met: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a user, and until when the role is held."""

    outcome: Outcome
    until: date | None = None


def decide(
    rule: Promotion, findings: Sequence[Finding], held_until: date | None, *, excluded: bool, above: bool
) -> Decision:
    """Decide about one user.

    Args:
        rule: The rule.
        findings: Of the last `rule.consecutive` finished periods, newest first.
        held_until: Until when the rule has given the role already; None when it is not held by it.
        excluded: Whether other roles of the user exclude the role.
        above: Whether the role is above the author's level.
    """
    met = [finding for finding in findings if finding.met]
    earned = len(met) == len(findings) == rule.consecutive
    if held_until is None and not earned:
        return Decision(Outcome.NOT_EARNED)
    if not met:
        return Decision(Outcome.HELD, held_until)
    until = after(rule.window, met[0].period.end, rule.consecutive + rule.grace)
    if held_until is not None and until <= held_until:
        return Decision(Outcome.HELD, held_until)
    if above:
        return Decision(Outcome.ABOVE_AUTHOR, held_until)
    if excluded:
        return Decision(Outcome.EXCLUDED, held_until)
    return Decision(Outcome.PROMOTED if held_until is None else Outcome.EXTENDED, until)


def outranks(role_layer: str, author_layers: Sequence[str]) -> bool:
    """Whether a role is of a higher layer than all of its author's; one without a layer is above everybody's."""
    rank = LAYERS.index(role_layer) if role_layer in LAYERS else len(LAYERS)
    return rank > max((LAYERS.index(layer) for layer in author_layers if layer in LAYERS), default=-1)
