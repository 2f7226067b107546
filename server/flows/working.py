"""One decision under way: the state as it is being changed, and what every family of nodes does with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from metadata.problems import BadInputError, ConflictError
from server.flows.decisions import (
    Complete,
    Effect,
    Event,
    Note,
    Tell,
)
from server.flows.definition import Definition
from server.flows.state import Instance, Phase, Task, TaskKind, TaskStatus, Token

__all__ = ["Work"]


class Work:
    """One decision under way: the state as it is being changed."""

    def __init__(self, definition: Definition, state: Instance, now: datetime) -> None:
        self.definition = definition
        self.state = state
        self.now = now
        self.status = state.status
        self.tokens = dict(state.tokens)
        self.tasks = dict(state.tasks)
        self.variables = dict(state.variables)
        self.next_id = state.next_id
        self.trail = list(state.trail)
        self.agreed = set(state.agreed)
        self.last_task = state.last_task
        self.effects: list[Effect] = []
        self.steps = 0

    def result(self) -> Instance:
        """The state as it is when the decision is over."""
        return replace(
            self.state,
            status=self.status,
            tokens=self.tokens,
            tasks=self.tasks,
            variables=self.variables,
            next_id=self.next_id,
            trail=tuple(self.trail[-200:]),
            agreed=frozenset(self.agreed),
            last_task=self.last_task,
        )

    def number(self) -> int:
        """The next number of a token or task."""
        self.next_id += 1
        return self.next_id - 1

    def spawn(self, node: str, parent: int | None, **more: Any) -> Token:
        """A new token on a node."""
        token = Token(self.number(), node, parent, Phase.ASKING, self.now, **more)
        self.tokens[token.id] = token
        return token

    def put(self, token: Token) -> Token:
        """Keep a token as it has become."""
        self.tokens[token.id] = token
        return token

    def fail(self, token: Token, reason: str) -> None:
        """Stop a token where it is: an incident."""
        self.put(replace(token, phase=Phase.FAILED, failure=reason[:2_000]))
        self.effects.append(Note("failed", token.node, token.id, comment=reason[:2_000]))
        self.effects.append(Tell("incident"))

    def passed(self, token: Token, outcome: str, to: str) -> None:
        """Write down that a token leaves its node."""
        dwell = int((self.now - token.since).total_seconds())
        self.effects.append(Note("left", token.node, token.id, outcome=outcome, to=to, dwell_s=dwell))

    def depth(self, token: Token) -> int:
        """How many splits are around a token."""
        found = 0
        while token.parent is not None:
            token = self.tokens[token.parent]
            found += 1
        return found

    def same_place(self, one: str, other: str) -> bool:
        """Whether two nodes are within the same splits."""
        trails = self.definition.trails
        return trails.get(one) == trails.get(other)

    def add_task(self, token: Token, kind: TaskKind, assignee: str, **more: Any) -> Task:
        """Ask something of somebody."""
        more.setdefault("status", TaskStatus.OPEN)
        task = Task(self.number(), token.id, token.node, kind, opened_at=self.now, assignee=assignee, **more)
        self.tasks[task.id] = task
        if task.status is TaskStatus.OPEN:
            self.opened(task)
        return task

    def opened(self, task: Task) -> None:
        """Write down and tell that a task can be done."""
        people = (task.assignee,) if task.assignee else task.candidates
        what = "cc" if task.kind is TaskKind.CC else "task_opened"
        self.effects.append(Note(what, task.node, task.token, task.id, to=",".join(people)))
        self.effects.append(Tell(what, task.id, people))

    def close(self, task: Task, status: TaskStatus, **more: Any) -> Task:
        """End a task."""
        task = replace(task, status=status, **more)
        self.tasks[task.id] = task
        if status is TaskStatus.CANCELLED:
            self.effects.append(Note("task_cancelled", task.node, task.token, task.id))
        return task

    def open_task(self, number: int, actor: str) -> Task:
        """An open task that an account may act on."""
        task = self.tasks.get(number)
        if task is None or task.status is not TaskStatus.OPEN:
            raise ConflictError.single(
                "task_closed", "The task is closed: somebody was first, or it was called off.", hint="Read it again."
            )
        if actor and not task.may_be_done_by(actor):
            raise ConflictError.single(
                "not_your_task", "The task is somebody else's.", hint="Ask them to hand it over."
            )
        return task

    def tasks_of(self, token: Token) -> list[Task]:
        """The tasks of a token's visit, in order."""
        found = [task for task in self.tasks.values() if task.token == token.id and task.node == token.node]
        return sorted(
            (task for task in found if task.opened_at >= token.since or task.is_pending),
            key=lambda task: (task.place, task.id),
        )

    def known(self, number: int) -> Token:
        """A token that an administrator names."""
        token = self.tokens.get(number)
        if token is None:
            raise ConflictError.single(
                "token_gone", "The flow is no longer there.", hint="Look at the instance's tokens again."
            )
        return token

    def incident(self, number: int) -> Token:
        """A token that failed."""
        token = self.known(number)
        if token.phase is not Phase.FAILED:
            raise ConflictError.single("no_incident", f"Nothing failed at '{token.node}'.")
        return token

    def require_target(self, token: Token, to: str) -> None:
        """Refuse a node that a token cannot be put on."""
        here, there = self.definition.trails.get(token.node, ()), self.definition.trails.get(to)
        step = self.definition.steps.get(to)
        if step is None or there is None or step.kind.key in ("start", "join") or here[: len(there)] != there:
            known = [
                name
                for name, trail in self.definition.trails.items()
                if here[: len(trail)] == trail and self.definition.steps[name].kind.key not in ("start", "join", "end")
            ]
            raise BadInputError.single(
                "unknown_node",
                f"A token at '{token.node}' cannot be put on '{to}'.",
                path=("to",),
                hint=f"It can be put on: {', '.join(known)}.",
            )

    def is_reading(self, event: Event) -> bool:
        """Whether somebody reads a copy, which may be done for ever."""
        task = self.tasks.get(event.task) if isinstance(event, Complete) else None
        return task is not None and task.kind is TaskKind.CC
