"""The kinds of steps by which an agent is chosen: one descriptor each, from which checks and choosing follow."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from metadata.expressions.types import BOOLEAN, DECIMAL, ValueType
from metadata.routing.values import RoutingStep

__all__ = ["STEP_KINDS", "StepKind", "StepRole", "step_kind"]


class StepRole(enum.Enum):
    """What a step does with those who are left."""

    FILTER = "filter"
    """Some of them fit."""
    ORDER = "order"
    """Each has a figure; those with the best one are left."""
    TURN = "turn"
    """They take turns, which the queue remembers."""


@dataclass(frozen=True, slots=True)
class StepKind:
    """One kind of step.

    Attributes:
        key: As in documents.
        help: One line.
        role: What it does.
        asks: Attribute that it cannot do without; empty for none.
        value: Type of its expression; None where any will do or there is none.
        of_agent: Whether its expression may name the agent, as `actor`.
        descending: Of an order: whether the greatest figure is the best.
    """

    key: str
    help: str
    role: StepRole
    asks: str = ""
    value: ValueType | None = None
    of_agent: bool = False
    descending: bool = True


STEP_KINDS: Mapping[str, StepKind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            StepKind("person", "One person", StepRole.FILTER, "person"),
            StepKind("role", "Those who hold a role", StepRole.FILTER, "role"),
            StepKind("field", "Whom a field of the record names, or who stands above", StepRole.FILTER, "field"),
            StepKind(
                "where", "Those who meet a condition: region, language, skills, stock", StepRole.FILTER, "expression",
                BOOLEAN, of_agent=True,
            ),
            StepKind("sticky", "Who had the last piece of work of the same key", StepRole.FILTER, "expression"),
            StepKind(
                "greatest", "The greatest figure: a score, optional skills", StepRole.ORDER, "expression", DECIMAL,
                of_agent=True,
            ),
            StepKind(
                "least", "The least figure: the distance to a store", StepRole.ORDER, "expression", DECIMAL,
                of_agent=True, descending=False,
            ),
            StepKind("least_loaded", "The fewest units under way", StepRole.ORDER, descending=False),
            StepKind("most_spare", "The greatest free share of the capacity", StepRole.ORDER),
            StepKind("round_robin", "One after the other", StepRole.TURN),
            StepKind(
                "weighted", "In proportion to a weight, evenly spread", StepRole.TURN, "expression", DECIMAL,
                of_agent=True,
            ),
        )
    }
)  # fmt: skip
"""Every kind of step by its key."""


def step_kind(step: RoutingStep) -> StepKind:
    """The descriptor of a step."""
    return STEP_KINDS[step.by]
