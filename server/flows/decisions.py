"""The values of a decision: what happened to an instance, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

__all__ = [
    "AddSigners",
    "Answer",
    "Ask",
    "Begin",
    "ChildEnded",
    "Claim",
    "Compensate",
    "Complete",
    "Due",
    "Effect",
    "Ended",
    "Event",
    "Failed",
    "HandOver",
    "Happened",
    "Move",
    "Note",
    "Reassign",
    "RemoveSigner",
    "Resume",
    "Retry",
    "SetTimer",
    "Skip",
    "StopTimers",
    "Suspend",
    "TakeBack",
    "Tell",
    "Urge",
    "Withdraw",
]

# ── events: what happened ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Begin:
    """The instance starts, or starts over."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for a token.

    Attributes:
        token: Which.
        truths: Whether each edge's condition is met.
        people: (account, weight) of those who are asked to act, in order.
        items: Records of a list.
        due: When each timer of the node is due, by name; the node's own is unnamed.
        chosen: Place of the edge that was drawn.
        outcome: Of a node that was done at once.
        variables: What the node keeps.
        wait: Whether the token rests here, as for a flow that was started.
    """

    token: int
    truths: tuple[bool, ...] = ()
    people: tuple[tuple[str, int], ...] = ()
    items: tuple[str, ...] = ()
    due: Mapping[str, datetime] = field(default_factory=dict)
    chosen: int = -1
    outcome: str = ""
    variables: Mapping[str, object] = field(default_factory=dict)
    wait: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """What was asked for a token could not be found or done; of one that rests, by its visit."""

    token: int
    reason: str
    visit: int = 0


@dataclass(frozen=True, slots=True)
class Complete:
    """Somebody did a task.

    Attributes:
        on_behalf: Whose task it is, where the actor stands in for them.
        to: Of a rejection: where it leads, against what the node says: `initiator`, `previous`, `end`, or a node.
    """

    task: int
    actor: str
    outcome: str
    comment: str = ""
    to: str = ""
    on_behalf: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A candidate takes a task, or gives it back; `on_behalf` of whom, where the actor stands in for one."""

    task: int
    actor: str
    release: bool = False
    on_behalf: str = ""


@dataclass(frozen=True, slots=True)
class Reassign:
    """A task goes to somebody else; with `returning`, back to the actor when it is done."""

    task: int
    actor: str
    to: str
    returning: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A task of somebody who leaves goes to another, whether it is their turn or not; they return to nobody."""

    task: int
    actor: str
    leaver: str
    to: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class AddSigners:
    """More people are asked: before, after or beside the one whose task it is."""

    task: int
    actor: str
    people: tuple[str, ...]
    place: str = "beside"


@dataclass(frozen=True, slots=True)
class RemoveSigner:
    """Somebody is asked no longer."""

    task: int
    actor: str


@dataclass(frozen=True, slots=True)
class Due:
    """A timer of a token's visit fired; `count` times before."""

    token: int
    visit: int
    timer: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Happened:
    """What a token waits for on a visit is so, or cannot come any more."""

    token: int
    visit: int
    outcome: str = "happened"


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """The flow that a token waits for has ended."""

    token: int
    visit: int
    result: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The instance is called off."""

    actor: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Who did the last task wants it back."""

    task: int
    actor: str


@dataclass(frozen=True, slots=True)
class Urge:
    """Somebody asks for haste."""

    actor: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Suspend:
    """Nothing moves until `Resume`."""

    actor: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """It goes on."""

    actor: str


@dataclass(frozen=True, slots=True)
class Move:
    """An administrator puts a token elsewhere, with a reason."""

    token: int
    to: str
    actor: str
    comment: str


@dataclass(frozen=True, slots=True)
class Retry:
    """A failed token enters its node again."""

    token: int
    actor: str


@dataclass(frozen=True, slots=True)
class Skip:
    """A failed token leaves its node as if it had done its work."""

    token: int
    actor: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Compensate:
    """A failed token goes to the node that undoes what was done before."""

    token: int
    actor: str
    comment: str = ""


Event: TypeAlias = (
    "Begin | Answer | Failed | Complete | Claim | Reassign | HandOver | AddSigners | RemoveSigner | Due | Happened"
    " | ChildEnded | Withdraw | TakeBack | Urge | Suspend | Resume | Move | Retry | Skip"
    " | Compensate"
)

# ── effects: what is to be done ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Ask:
    """Find out what a token needs to know, and come back with an `Answer`.

    Attributes:
        purpose: `enter` a node, take one of its `ways`, set one `timer` again, or find who to `escalate` to.
    """

    token: int
    node: str
    purpose: str = "enter"
    timer: str = ""

    def is_like(self, other: Ask) -> bool:
        """Whether the same is asked at the same node, be it of another instance."""
        return (self.node, self.purpose, self.timer) == (other.node, other.purpose, other.timer)


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Set a timer for a token's visit."""

    token: int
    visit: int
    timer: str
    due: datetime
    count: int = 0


@dataclass(frozen=True, slots=True)
class StopTimers:
    """Stop the timers of a token's visit; those that have fired already are told by the visit."""

    token: int
    visit: int


@dataclass(frozen=True, slots=True)
class Tell:
    """Somebody is to be told: `task_opened`, `urged`, `escalated`, `cc`, `incident`."""

    what: str
    task: int = 0
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the history.

    Attributes:
        dwell_s: Seconds that the token or task had been there.
    """

    act: str
    node: str = ""
    token: int = 0
    task: int = 0
    actor: str = ""
    outcome: str = ""
    comment: str = ""
    to: str = ""
    dwell_s: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The instance is over."""

    result: str


Effect: TypeAlias = "Ask | SetTimer | StopTimers | Tell | Note | Ended"
