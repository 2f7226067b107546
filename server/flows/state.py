"""An instance of a flow as a frozen value: where its tokens are, and which tasks people have.

Tokens form a tree: a token at a split stays there while its branches, its children, are under way. So a join is a
counter on the parent, and to cancel a block is to cancel a token's children.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Instance", "Phase", "Status", "Task", "TaskKind", "TaskStatus", "Token"]


class Phase(enum.Enum):
    """What a token is doing."""

    ASKING = "asking"
    """The node was entered, and what it needs to know was asked; never stored."""
    LEAVING = "leaving"
    """The node is done, and which way is taken was asked; never stored."""
    WAITING = "waiting"
    """For people, for time, for another flow."""
    SPLIT = "split"
    """For its branches."""
    FAILED = "failed"
    """What the node should have done failed: an incident, to be tried again or skipped."""


class Status(enum.Enum):
    """What an instance is doing."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    """Somebody stopped it for a while: nothing moves."""
    DONE = "done"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    ERROR = "error"
    """It reached an end that says so."""

    @property
    def is_over(self) -> bool:
        """Whether nothing moves any more."""
        return self not in (Status.RUNNING, Status.SUSPENDED)


class TaskKind(enum.Enum):
    """What is asked of somebody."""

    TASK = "task"
    APPROVAL = "approval"
    RESUBMIT = "resubmit"
    """What they started came back to them."""
    CC = "cc"
    """To read; nothing waits for it."""


class TaskStatus(enum.Enum):
    """Where a task stands."""

    OPEN = "open"
    HELD = "held"
    """It opens when those before it are done."""
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Token:
    """One place where an instance is.

    Attributes:
        id: Number within the instance.
        node: Where it is.
        parent: The token at the split around it; None outside of any.
        phase: What it is doing.
        since: When it came here.
        visit: Grows each time it enters a node, so that late timers are told from those that are meant.
        outcome: Of what it leaves.
        expected: At a split, how many branches there are.
        arrived: How many of them have met.
        pending: Of a list that is gone through in order, the records that are still to come.
        item: The record of the list that this branch is for.
        side: Whether a timer started it beside the main way.
        back_to: Node that it goes straight back to from the next one where somebody acts.
        failure: Why it failed.
    """

    id: int
    node: str
    parent: int | None
    phase: Phase
    since: datetime
    visit: int = 0
    outcome: str = ""
    expected: int = 0
    arrived: int = 0
    pending: tuple[str, ...] = ()
    item: str = ""
    side: bool = False
    back_to: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of somebody.

    Attributes:
        id: Number within the instance.
        token: Token that waits for it.
        node: Node of that token.
        kind: What is asked.
        status: Where it stands.
        assignee: Account; empty while several are candidates.
        candidates: Accounts that may take it.
        place: Order among the tasks of a node.
        weight: Votes it counts.
        opened_at: When it could first be done.
        due_at: When it should be done by.
        outcome: What came of it.
        done_by: Who did it.
        delegated_by: Who handed it on and gets it back when it is done; empty for nobody.
        after: Task that opens this one when it is done; for signers added before another.
    """

    id: int
    token: int
    node: str
    kind: TaskKind
    status: TaskStatus
    opened_at: datetime
    assignee: str = ""
    candidates: tuple[str, ...] = ()
    place: int = 0
    weight: int = 1
    due_at: datetime | None = None
    outcome: str = ""
    done_by: str = ""
    delegated_by: str = ""
    after: int = 0

    @property
    def is_pending(self) -> bool:
        """Whether it is still to be done."""
        return self.status in (TaskStatus.OPEN, TaskStatus.HELD)

    def may_be_done_by(self, actor: str) -> bool:
        """Whether an account is asked."""
        return actor == self.assignee or (not self.assignee and actor in self.candidates)


@dataclass(frozen=True, slots=True)
class Instance:
    """One run of a flow for one record.

    Attributes:
        id: UUID text.
        status: What it is doing.
        initiator: Account that started it; empty for the server.
        record: Id of its record.
        tokens: Where it is, by number.
        tasks: Of its tokens, by number, with the task that was done last.
        variables: What its nodes kept, by name; JSON.
        next_id: Number of the next token or task.
        trail: Nodes where people have acted, in order.
        agreed: Accounts that have agreed at some approval.
        last_task: Task that was done last; 0 for none.
        version: Grows with each transition.
    """

    id: str
    status: Status
    initiator: str
    record: str
    tokens: Mapping[int, Token] = field(default_factory=dict)
    tasks: Mapping[int, Task] = field(default_factory=dict)
    variables: Mapping[str, object] = field(default_factory=dict)
    next_id: int = 1
    trail: tuple[str, ...] = ()
    agreed: frozenset[str] = frozenset()
    last_task: int = 0
    version: int = 1

    def children(self, token: int) -> Iterator[Token]:
        """The branches of a token."""
        return (one for one in self.tokens.values() if one.parent == token)

    def tasks_of(self, token: int) -> list[Task]:
        """The tasks that a token waits for, in order."""
        found = [task for task in self.tasks.values() if task.token == token]
        return sorted(found, key=lambda task: (task.place, task.id))

    def depth(self, token: Token) -> int:
        """How many splits are around a token."""
        found = 0
        while token.parent is not None:
            token = self.tokens[token.parent]
            found += 1
        return found
