"""Evidence that the required steps of a run were taken, in their order, by whom and when; and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from server.flows.definition import Definition, Step
from server.flows.state import Status

__all__ = ["ACTS", "Line", "StepEvidence", "StepState", "Taken", "evidence_of", "required_of"]

ACTS = ("task_done", "skipped", "left", "rejected", "moved", "taken_back")
"""Kinds of lines of a history that evidence rests on."""


class StepState(Enum):
    """How it stands with a required step."""

    DONE = "done"
    OUT_OF_ORDER = "out_of_order"
    """Taken, but never after a step that stands before it."""
    MISSING = "missing"
    """A token left it untaken, the run has ended well without it, or a later required step was taken first."""
    PENDING = "pending"
    """The run is under way and may still come to it."""
    NOT_REACHED = "not_reached"
    """The run was refused or called off before."""

    @property
    def is_gap(self) -> bool:
        """Whether somebody who audits has to look at it."""
        return self in (StepState.OUT_OF_ORDER, StepState.MISSING)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a run's history, as far as evidence rests on it."""

    id: int
    at: datetime
    act: str
    node: str
    token: int
    actor: str
    outcome: str
    on_behalf: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step was taken: the line by which it ended, and of work for people the last one's of those who did it."""

    line: Line
    by: Line | None


@dataclass(frozen=True, slots=True)
class StepEvidence:
    """What is known of a required step.

    Attributes:
        step: As declared.
        state: How it stands with it.
        last: When it was taken last; None where it never was.
        times: How often it was taken.
    """

    step: Step
    state: StepState
    last: Taken | None
    times: int


def required_of(definition: Definition) -> tuple[Step, ...]:
    """The required steps of a flow, in the order in which they are declared, which is the one they are to be taken."""
    return tuple(step for step in definition.steps.values() if step.node.required)


def evidence_of(definition: Definition, status: Status, lines: Iterable[Line]) -> tuple[StepEvidence, ...]:
    """What is known of every required step of a run.

    A step that was skipped, that time called off, or that ended without anybody of those it asks was not taken.
    It is in order where it was taken at least once after the first time of every step before it, so that a loop
    or a return that takes steps again does no harm.

    Args:
        definition: The version that the run is on.
        status: Of the run.
        lines: Its history, oldest first.
    """
    required = required_of(definition)
    taken, passed = _taken({step.node.name: step for step in required}, lines)
    latest = [max((one.line.id for one in taken[step.node.name]), default=0) for step in required]
    found = []
    begun = 0
    for place, step in enumerate(required):
        times = taken[step.node.name]
        if times:
            state = StepState.DONE if latest[place] > begun else StepState.OUT_OF_ORDER
            begun = max(begun, times[0].line.id)
        else:
            state = _not_taken(status, over=step.node.name in passed or any(latest[place + 1 :]))
        found.append(StepEvidence(step, state, times[-1] if times else None, len(times)))
    return tuple(found)


def _not_taken(status: Status, *, over: bool) -> StepState:
    if over or status is Status.DONE:
        return StepState.MISSING
    return StepState.PENDING if status in (Status.RUNNING, Status.SUSPENDED) else StepState.NOT_REACHED


def _taken(steps: Mapping[str, Step], lines: Iterable[Line]) -> tuple[Mapping[str, Sequence[Taken]], set[str]]:
    """Every time that each of some steps was taken and not taken back; and those that a token has left untaken."""
    found: dict[str, list[Taken]] = {name: [] for name in steps}
    acted: dict[tuple[str, int], Line] = {}
    skipped: set[tuple[str, int]] = set()
    passed: set[str] = set()
    for line in lines:
        step, visit = steps.get(line.node), (line.node, line.token)
        if step is None:
            continue
        match line.act:
            case "task_done" if line.outcome in step.kind.outcomes(step.settings):
                acted[visit] = line
            case "skipped":
                skipped.add(visit)
            case "left":
                by = acted.pop(visit, None)
                if visit not in skipped and _counts(step, line.outcome, by):
                    found[line.node].append(Taken(line, by))
                else:
                    passed.add(line.node)
                skipped.discard(visit)
            case "rejected" | "moved":
                acted.pop(visit, None)
            case "taken_back" if acted.pop(visit, None) is None and found[line.node]:
                found[line.node].pop()
    return found, passed


def _counts(step: Step, outcome: str, by: Line | None) -> bool:
    """Whether a step that a token left was taken: its people did it, or it came out as it should."""
    outcomes = step.kind.outcomes(step.settings)
    if step.kind.human:
        return by is not None and outcome in outcomes
    return outcome == (outcomes[0] if outcomes else "")
