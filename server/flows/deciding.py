"""What happens next: (definition, state, event, now) → (state, effects), without any I/O.

Where a node needs to know something of the world (who, when, whether), the decision ends with an `Ask` for its token;
the engine finds the answer in the same transaction and comes back with it as the next event. So the same function
decides in production, in the sandbox and in property tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from metadata.flows.values import FlowEdge
from metadata.problems import BadInputError, ConflictError
from server.flows.approvals import ABSTAINED, APPROVED, REJECTED, Vote, outcome_of
from server.flows.decisions import (
    AddSigners,
    Answer,
    Ask,
    Begin,
    ChildEnded,
    Claim,
    Complete,
    Due,
    Effect,
    Ended,
    Event,
    Failed,
    HandOver,
    Happened,
    Move,
    Note,
    Reassign,
    RemoveSigner,
    Resume,
    Retry,
    SetTimer,
    Skip,
    StopTimers,
    Suspend,
    TakeBack,
    Tell,
    Urge,
    Withdraw,
)
from server.flows.definition import Definition, Step
from server.flows.state import Instance, Phase, Status, Task, TaskKind, TaskStatus, Token

__all__ = ["decide"]

MAX_STEPS = 10_000
"""Nodes that one transition may enter: more is a circle that lint could not see."""


def decide(definition: Definition, state: Instance, event: Event, now: datetime) -> tuple[Instance, tuple[Effect, ...]]:
    """Decide one event.

    Raises:
        ConflictError: Somebody else was first, or the instance does not move: `task_closed`, `instance_over` …
        BadInputError: The event does not fit: `unknown_outcome`, `unknown_node` …
    """
    work = _Work(definition, state, now)
    work.handle(event)
    return work.result(), tuple(work.effects)


class _Work:
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

    def handle(self, event: Event) -> None:
        if isinstance(event, Begin):
            self._begin()
            return
        if self.status.is_over and not self._is_reading(event):
            raise ConflictError.single(
                "instance_over", f"The flow has ended: it is {self.status.value}.", hint="Start it again."
            )
        if self.status is Status.SUSPENDED and not isinstance(event, Resume | Withdraw | Move | HandOver):
            raise ConflictError.single("suspended", "The flow is suspended.", hint="Resume it first.")
        _HANDLERS[type(event)](self, event)

    def _is_reading(self, event: Event) -> bool:
        """Whether somebody reads a copy, which may be done for ever."""
        task = self.tasks.get(event.task) if isinstance(event, Complete) else None
        return task is not None and task.kind is TaskKind.CC

    # ── tokens ───────────────────────────────────────────────────────────────────────────────────

    def _number(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def _begin(self) -> None:
        self.status = Status.RUNNING
        self.tokens, self.tasks, self.trail, self.agreed, self.last_task = {}, {}, [], set(), 0
        token = self._spawn(self.definition.start, None)
        self.effects.append(Note("started", token.node, token.id, actor=self.state.initiator))
        self._enter(token, self.definition.start)

    def _spawn(self, node: str, parent: int | None, **more: Any) -> Token:
        token = Token(self._number(), node, parent, Phase.ASKING, self.now, **more)
        self.tokens[token.id] = token
        return token

    def _put(self, token: Token) -> Token:
        self.tokens[token.id] = token
        return token

    def _enter(self, token: Token, node: str) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise ConflictError.single("endless_loop", f"The flow runs in a circle at '{node}'.")
        step = self.definition.steps[node]
        token = self._put(
            replace(
                token, node=node, phase=Phase.ASKING, since=self.now, visit=token.visit + 1, outcome="", failure="",
                expected=0, arrived=0, pending=(),
            )
        )  # fmt: skip
        match step.kind.key:
            case "start":
                self._leave(token, "")
            case "end":
                self._end(token, step.settings.result)
            case "join":
                self._arrive(token)
            case "parallel":
                self._split(token, [(edge.to, "") for edge in step.edges])
            case "decision" | "inclusive":
                self.effects.append(Ask(token.id, node, "ways"))
                self._put(replace(token, phase=Phase.LEAVING))
            case _:
                self.effects.append(Ask(token.id, node))

    def _leave(self, token: Token, outcome: str, truths: Sequence[bool] | None = None) -> None:
        """Take the way out of a node; ask for the truth of its conditions where it has some."""
        step = self.definition.steps[token.node]
        if step.kind.human and token.back_to and self._same_place(token.node, token.back_to):
            self._pass(token, outcome, token.back_to)
            self._enter(replace(token, back_to=""), token.back_to)
            return
        if step.conditional and truths is None:
            self._put(replace(token, phase=Phase.LEAVING, outcome=outcome))
            self.effects.append(Ask(token.id, token.node, "ways"))
            return
        edge = _way(step, outcome, truths or ())
        if edge is None:
            self._without_way(token, step, outcome)
            return
        self._pass(token, outcome, edge.to)
        self._enter(token, edge.to)

    def _same_place(self, one: str, other: str) -> bool:
        trails = self.definition.trails
        return trails.get(one) == trails.get(other)

    def _pass(self, token: Token, outcome: str, to: str) -> None:
        dwell = int((self.now - token.since).total_seconds())
        self.effects.append(Note("left", token.node, token.id, outcome=outcome, to=to, dwell_s=dwell))

    def _without_way(self, token: Token, step: Step, outcome: str) -> None:
        """What follows where no edge does: rejections go where the node says, ends of other flows end this one."""
        if step.kind.key == "subflow" and outcome in ("rejected", "cancelled", "error"):
            self._finish(Status(outcome))
        else:
            self._fail(token, f"No edge of '{token.node}' is taken for the outcome '{outcome or 'done'}'.")

    def _fail(self, token: Token, reason: str) -> None:
        self._put(replace(token, phase=Phase.FAILED, failure=reason[:2_000]))
        self.effects.append(Note("failed", token.node, token.id, comment=reason[:2_000]))
        self.effects.append(Tell("incident"))

    def _split(self, token: Token, branches: Sequence[tuple[str, str]], pending: tuple[str, ...] = ()) -> None:
        """Put a token to rest at a split, and a child on each branch: (node, item)."""
        expected = len(branches) + len(pending)
        token = self._put(replace(token, phase=Phase.SPLIT, expected=expected, arrived=0, pending=pending))
        children = [self._spawn(to, token.id, item=item or token.item) for to, item in branches]
        for child, (to, _item) in zip(children, branches, strict=True):
            if child.id in self.tokens:
                self._enter(child, to)

    def _arrive(self, token: Token) -> None:
        """A branch meets the others; the last one lets the split go on."""
        del self.tokens[token.id]
        if token.side or token.parent is None:
            return
        split = self.tokens[token.parent]
        split = self._put(replace(split, arrived=split.arrived + 1))
        if split.pending:
            item, *rest = split.pending
            self._put(replace(split, pending=tuple(rest)))
            child = self._spawn(split.node, split.id, item=item)
            self._enter(child, self.definition.steps[split.node].edges[0].to)
        elif split.arrived >= split.expected:
            self._join(split)

    def _join(self, split: Token) -> None:
        join = self.definition.joins[split.node]
        self._pass(split, "", join)
        moved = self._put(replace(split, node=join, phase=Phase.LEAVING, since=self.now, visit=split.visit + 1))
        self._leave(moved, "")

    def _end(self, token: Token, result: str) -> None:
        if result == "branch" or (token.side and result == "done"):
            del self.tokens[token.id]
            return
        self._finish(Status(result))

    def _finish(self, status: Status) -> None:
        self.status = status
        for token in list(self.tokens.values()):
            if token.parent is None and token.id in self.tokens:
                self._drop(token)
        self.effects.append(Note("ended", outcome=status.value))
        self.effects.append(Ended(status.value))

    def _drop(self, token: Token) -> None:
        """Cancel a token with everything below it."""
        self._clear(token)
        del self.tokens[token.id]

    def _clear(self, token: Token) -> None:
        """Cancel what a token waits for: its branches, tasks and timers."""
        for child in [one for one in self.tokens.values() if one.parent == token.id]:
            self._drop(child)
        for task in [one for one in self.tasks.values() if one.token == token.id and one.is_pending]:
            if task.kind is not TaskKind.CC or self.status is not Status.DONE:
                self._close(task, TaskStatus.CANCELLED)
        self.effects.append(StopTimers(token.id, token.visit))

    def _jump(self, token: Token, to: str, back_to: str = "") -> None:
        """Cancel the blocks that a node is not in, and put the token around them on it."""
        depth = len(self.definition.trails.get(to, ()))
        while self._depth(token) > depth and token.parent is not None:
            token = self.tokens[token.parent]
        self._clear(token)
        self._enter(replace(token, back_to=back_to), to)

    def _depth(self, token: Token) -> int:
        found = 0
        while token.parent is not None:
            token = self.tokens[token.parent]
            found += 1
        return found

    # ── answers ──────────────────────────────────────────────────────────────────────────────────

    def _answer(self, answer: Answer) -> None:
        token = self.tokens.get(answer.token)
        if token is None:
            return
        step = self.definition.steps[token.node]
        self.variables |= answer.variables
        if token.phase is Phase.LEAVING:
            self._ways(token, step, answer)
        elif token.phase is Phase.WAITING:
            self._later(token, answer)
        elif step.kind.human:
            self._open(token, step, answer)
        else:
            self._entered(token, step, answer)

    def _ways(self, token: Token, step: Step, answer: Answer) -> None:
        if step.kind.key != "inclusive":
            self._leave(token, token.outcome, answer.truths)
            return
        met = zip(step.edges, answer.truths, strict=True)
        chosen = [edge.to for edge, is_met in met if is_met and not edge.default]
        chosen = chosen or [edge.to for edge in step.edges if edge.default]
        self._split(token, [(to, "") for to in chosen])

    def _entered(self, token: Token, step: Step, answer: Answer) -> None:
        match step.kind.key:
            case "for_each":
                if not answer.items:
                    self._join(token)
                elif step.settings.sequential:
                    self._split(token, [(step.edges[0].to, answer.items[0])], answer.items[1:])
                else:
                    self._split(token, [(step.edges[0].to, item) for item in answer.items])
            case "delay" | "wait_until" | "wait_for" if not answer.outcome:
                self._rest(token, answer)
            case "subflow" if answer.wait:
                self._rest(token, answer)
            case "random":
                edge = step.edges[answer.chosen]
                self._pass(token, "", edge.to)
                self._enter(token, edge.to)
            case "cc":
                for person, _weight in answer.people:
                    self._add_task(token, TaskKind.CC, person)
                self._leave(token, "")
            case _:
                self._leave(token, answer.outcome)

    def _rest(self, token: Token, answer: Answer) -> None:
        token = self._put(replace(token, phase=Phase.WAITING))
        for name, due in sorted(answer.due.items()):
            self.effects.append(SetTimer(token.id, token.visit, name, due))

    def _open(self, token: Token, step: Step, answer: Answer) -> None:
        """Ask people to act; where all who would be asked are left out by the node's own rules, go on."""
        people = list(dict.fromkeys(answer.people))
        settings = step.settings
        if step.kind.key == "approval":
            kept = [
                one
                for one in people
                if not (one[0] == self.state.initiator and (settings.initiator == "skip" or settings.separate))
                and not (settings.repeated == "skip" and one[0] in self.agreed)
            ]
            if people and not kept and not settings.separate:
                self._acted(token, step, APPROVED, skipped=True)
                return
            people = kept
        if not people:
            if answer.outcome:  # nobody is needed: the node says to pass
                self._acted(token, step, answer.outcome, skipped=True)
                return
            self._fail(token, f"Nobody is there to act at '{token.node}'.")
            return
        due = answer.due.get("due")
        if step.kind.key == "task":
            accounts = tuple(account for account, _weight in people)
            single = accounts[0] if len(accounts) == 1 else ""
            self._add_task(token, TaskKind.TASK, single, candidates=() if single else accounts, due_at=due)
        for place, (account, weight) in enumerate(people if step.kind.key == "approval" else ()):
            held = settings.mode == "sequential" and place > 0
            self._add_task(
                token, TaskKind.APPROVAL, account, place=place, weight=weight, due_at=due,
                status=TaskStatus.HELD if held else TaskStatus.OPEN,
            )  # fmt: skip
        timers = {name: at for name, at in answer.due.items() if name != "due"}
        self._rest(token, replace(answer, due=timers))

    def _later(self, token: Token, answer: Answer) -> None:
        """A resting token learns when a timer fires again, or whom its tasks go to."""
        for name, due in answer.due.items():
            timer, _, count = name.partition("#")
            self.effects.append(SetTimer(token.id, token.visit, timer, due, int(count or 0)))
        if answer.people:
            to = answer.people[0][0]
            for task in [one for one in self.tasks.values() if one.token == token.id and one.is_pending]:
                self.tasks[task.id] = replace(task, assignee=to, candidates=())
                self.effects.append(Note("escalated", task.node, token.id, task.id, actor=task.assignee, to=to))
                self.effects.append(Tell("escalated", task.id, (to,)))

    def _failed(self, event: Failed) -> None:
        token = self.tokens.get(event.token)
        if token is not None:
            self._clear(token)
            self._fail(token, event.reason)

    # ── tasks ────────────────────────────────────────────────────────────────────────────────────

    def _add_task(self, token: Token, kind: TaskKind, assignee: str, **more: Any) -> Task:
        more.setdefault("status", TaskStatus.OPEN)
        task = Task(self._number(), token.id, token.node, kind, opened_at=self.now, assignee=assignee, **more)
        self.tasks[task.id] = task
        if task.status is TaskStatus.OPEN:
            self._opened(task)
        return task

    def _opened(self, task: Task) -> None:
        people = (task.assignee,) if task.assignee else task.candidates
        what = "cc" if task.kind is TaskKind.CC else "task_opened"
        self.effects.append(Note(what, task.node, task.token, task.id, to=",".join(people)))
        self.effects.append(Tell(what, task.id, people))

    def _close(self, task: Task, status: TaskStatus, **more: Any) -> Task:
        task = replace(task, status=status, **more)
        self.tasks[task.id] = task
        if status is TaskStatus.CANCELLED:
            self.effects.append(Note("task_cancelled", task.node, task.token, task.id))
        return task

    def _task(self, number: int, actor: str) -> Task:
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

    def _complete(self, event: Complete) -> None:
        task = self._task(event.task, event.on_behalf or event.actor)
        if task.kind is TaskKind.CC:
            self._read(task, event)
            return
        step = self.definition.steps[task.node]
        if event.on_behalf and event.actor == self.state.initiator and _is_separate(step):
            raise BadInputError.single(
                "separation", "Who started the flow may not decide here.", path=("task",), hint="Leave it to others."
            )
        allowed = _outcomes(task, step)
        if event.outcome not in allowed:
            raise BadInputError.single(
                "unknown_outcome",
                f"The task cannot end with '{event.outcome}'.",
                path=("outcome",),
                hint=f"It may end with: {', '.join(allowed)}.",
            )
        dwell = int((self.now - task.opened_at).total_seconds())
        self.effects.append(
            Note(
                "task_done", task.node, task.token, task.id, event.actor, event.outcome, event.comment,
                to=event.on_behalf, dwell_s=dwell,
            )
        )  # fmt: skip
        if task.delegated_by:
            back = replace(task, assignee=task.delegated_by, delegated_by="", opened_at=self.now)
            self.tasks[task.id] = back
            self._opened(back)
            return
        self._close(task, TaskStatus.DONE, outcome=event.outcome, done_by=event.actor)
        self.last_task = task.id
        token = self.tokens[task.token]
        if task.kind is TaskKind.RESUBMIT:
            self._resubmitted(token)
            return
        if event.outcome == APPROVED and event.actor:
            self.agreed |= {event.actor, event.on_behalf} - {""}
        self._count(token, step, event.to)

    def _read(self, task: Task, event: Complete) -> None:
        """A copy was read; nothing waits for it, and its node may be gone."""
        self.effects.append(Note("task_done", task.node, task.token, task.id, event.actor, "read", event.comment))
        self._close(task, TaskStatus.DONE, outcome="read", done_by=event.actor)

    def _count(self, token: Token, step: Step, to: str = "") -> None:
        """Whether the tasks of a token decide it; open the next ones where they do not."""
        tasks = [task for task in self._tasks_of(token) if task.status is not TaskStatus.CANCELLED]
        if step.kind.key == "task":
            done = [task for task in tasks if task.status is TaskStatus.DONE]
            outcome: str | None = done[-1].outcome if done and not any(task.is_pending for task in tasks) else None
        else:
            outcome = outcome_of(step.settings, [Vote(task.outcome, task.weight) for task in tasks])
        if outcome is not None:
            self._acted(token, step, outcome, to=to)
            return
        waiting = {task.id for task in tasks if task.is_pending}
        in_order = step.kind.key == "approval" and step.settings.mode == "sequential"
        is_open = any(task.status is TaskStatus.OPEN for task in tasks)
        for task in tasks:
            if task.status is not TaskStatus.HELD or (task.after and task.after in waiting):
                continue
            if task.after or (in_order and not is_open):
                is_open = True
                opened = replace(task, status=TaskStatus.OPEN, opened_at=self.now)
                self.tasks[task.id] = opened
                self._opened(opened)

    def _tasks_of(self, token: Token) -> list[Task]:
        found = [task for task in self.tasks.values() if task.token == token.id and task.node == token.node]
        return sorted(
            (task for task in found if task.opened_at >= token.since or task.is_pending),
            key=lambda task: (task.place, task.id),
        )

    def _acted(self, token: Token, step: Step, outcome: str, *, to: str = "", skipped: bool = False) -> None:
        """People are done with a node."""
        for task in self._tasks_of(token):
            if task.is_pending:
                self._close(task, TaskStatus.CANCELLED)
        self.effects.append(StopTimers(token.id, token.visit))
        if skipped:
            self.effects.append(Note("skipped", token.node, token.id, outcome=outcome))
        rejected = outcome == REJECTED and step.kind.key == "approval"
        if rejected and (to or not any(edge.outcome == REJECTED for edge in step.edges)):
            self._rejected(token, step, to)
            return
        self.trail.append(token.node)
        self._leave(token, outcome)

    def _rejected(self, token: Token, step: Step, to: str) -> None:
        settings = step.settings
        where = to or (settings.reject_to if settings.reject == "node" else settings.reject)
        back_to = token.node if settings.returned == "back" else ""
        if where == "previous":
            where = self._previous(token)
        self.effects.append(Note("rejected", token.node, token.id, to=where))
        if where == "end":
            self._finish(Status.REJECTED)
        elif where == "initiator":
            self._to_initiator(token, back_to)
        else:
            self._require_target(token, where)
            self._jump(token, where, back_to)

    def _previous(self, token: Token) -> str:
        """The node where people acted before, outside of other branches; the initiator where there is none."""
        here = self.definition.trails.get(token.node, ())
        for name in reversed(self.trail):
            there = self.definition.trails.get(name)
            if name != token.node and there is not None and here[: len(there)] == there:
                return name
        return "initiator"

    def _require_target(self, token: Token, to: str) -> None:
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

    def _to_initiator(self, token: Token, back_to: str) -> None:
        """Call everything off, and ask the one who started it what now."""
        if not self.state.initiator:
            self._finish(Status.REJECTED)
            return
        while token.parent is not None:
            token = self.tokens[token.parent]
        self._clear(token)
        token = self._put(
            replace(
                token, node=self.definition.start, phase=Phase.WAITING, since=self.now, visit=token.visit + 1,
                back_to=back_to, expected=0, arrived=0, pending=(),
            )
        )  # fmt: skip
        self._add_task(token, TaskKind.RESUBMIT, self.state.initiator)

    def _resubmitted(self, token: Token) -> None:
        back_to, token = token.back_to, replace(token, back_to="")
        if back_to and self._same_place(token.node, back_to):
            self._pass(token, "resubmitted", back_to)
            self._enter(token, back_to)
        else:
            self._leave(token, "")

    def _claim(self, event: Claim) -> None:
        task = self.tasks.get(event.task)
        if task is None or task.status is not TaskStatus.OPEN:
            self._task(event.task, event.actor)
            return
        if event.release:
            task = self._task(event.task, event.actor)
            if not task.candidates:
                raise ConflictError.single("no_candidates", "Nobody else could take the task.", hint="Transfer it.")
            self.tasks[task.id] = replace(task, assignee="")
            self.effects.append(Note("released", task.node, task.token, task.id, event.actor))
            return
        if task.assignee == event.actor:
            return
        if task.assignee:
            raise ConflictError.single("task_taken", "Somebody else has taken the task.", hint="Choose another one.")
        self._task(event.task, event.on_behalf or event.actor)
        self.tasks[task.id] = replace(task, assignee=event.actor)
        self.effects.append(Note("claimed", task.node, task.token, task.id, event.actor, to=event.on_behalf))

    def _reassign(self, event: Reassign) -> None:
        task = self._task(event.task, event.actor)
        step = self.definition.steps[task.node]
        if step.kind.key == "approval" and step.settings.separate and event.to == self.state.initiator:
            raise BadInputError.single(
                "separation", "Who started the flow may not decide here.", path=("to",), hint="Choose somebody else."
            )
        if event.to == task.assignee:
            raise BadInputError.single("same_person", "The task is theirs already.", path=("to",))
        delegated_by = (event.actor or task.assignee) if event.returning else task.delegated_by
        moved = replace(task, assignee=event.to, candidates=(), delegated_by=delegated_by)
        self.tasks[task.id] = moved
        act = "delegated" if event.returning else "transferred"
        self.effects.append(Note(act, task.node, task.token, task.id, event.actor, comment=event.comment, to=event.to))
        self.effects.append(Tell("task_opened", task.id, (event.to,)))

    def _hand_over(self, event: HandOver) -> None:
        task = self.tasks.get(event.task)
        if task is None or not task.is_pending:
            raise ConflictError.single("task_closed", "The task is closed.", hint="Read it again.")
        if event.to == self.state.initiator and _is_separate(self.definition.steps[task.node]):
            raise BadInputError.single(
                "separation", "Who started the flow may not decide here.", path=("to",), hint="Choose somebody else."
            )
        others = tuple(dict.fromkeys(event.to if one == event.leaver else one for one in task.candidates))
        assignee = event.to if task.assignee == event.leaver else task.assignee
        delegated_by = event.to if task.delegated_by == event.leaver else task.delegated_by
        self.tasks[task.id] = replace(
            task, assignee=assignee, candidates=others, delegated_by="" if delegated_by == assignee else delegated_by
        )
        self.effects.append(
            Note("handed_over", task.node, task.token, task.id, event.actor, comment=event.comment, to=event.to)
        )
        if task.status is TaskStatus.OPEN:
            self.effects.append(Tell("task_opened", task.id, (event.to,)))

    def _add_signers(self, event: AddSigners) -> None:
        task = self._task(event.task, event.actor)
        step = self.definition.steps[task.node]
        if task.kind is not TaskKind.APPROVAL:
            raise BadInputError.single("not_an_approval", "Signers are added to approvals.", path=("task",))
        if step.settings.separate and self.state.initiator in event.people:
            raise BadInputError.single(
                "separation", "Who started the flow may not decide here.", path=("people",), hint="Leave them out."
            )
        token = self.tokens[task.token]
        asked = {one.assignee for one in self._tasks_of(token) if one.is_pending}
        added: list[Task] = []
        for person in dict.fromkeys(event.people):
            if person in asked:
                continue
            after = task.id if event.place == "after" else 0
            if event.place == "before" and added:
                after = added[-1].id
            added.append(
                self._add_task(
                    token, TaskKind.APPROVAL, person, place=task.place, after=after, due_at=task.due_at,
                    status=TaskStatus.HELD if after else TaskStatus.OPEN,
                )
            )  # fmt: skip
        if event.place == "before" and added:
            self.tasks[task.id] = replace(task, status=TaskStatus.HELD, after=added[-1].id)
        who = ",".join(one.assignee for one in added)
        self.effects.append(Note("signers_added", task.node, token.id, task.id, event.actor, to=who))

    def _remove_signer(self, event: RemoveSigner) -> None:
        task = self.tasks.get(event.task)
        if task is None or not task.is_pending or task.kind is not TaskKind.APPROVAL:
            self._task(event.task, "")
            raise BadInputError.single("not_an_approval", "Only signers of approvals are removed.", path=("task",))
        token = self.tokens[task.token]
        if not [one for one in self._tasks_of(token) if one.id != task.id and one.status is not TaskStatus.CANCELLED]:
            raise ConflictError.single("last_signer", "Somebody has to decide.", hint="Add another signer first.")
        self._close(task, TaskStatus.CANCELLED)
        self.effects.append(Note("signer_removed", task.node, token.id, task.id, event.actor, to=task.assignee))
        self._count(token, self.definition.steps[token.node])

    def _take_back(self, event: TakeBack) -> None:
        task = self.tasks.get(event.task)
        if task is None or task.id != self.last_task or task.done_by != event.actor or task.kind is TaskKind.RESUBMIT:
            raise ConflictError.single(
                "cannot_take_back",
                "Somebody acted after you, or the task was not yours.",
                hint="Ask them to return it.",
            )
        token = self.tokens.get(task.token)
        self.effects.append(Note("taken_back", task.node, task.token, task.id, event.actor))
        self.agreed.discard(event.actor)
        self.last_task = 0
        if token is not None and token.node == task.node and token.phase is Phase.WAITING:
            reopened = replace(task, status=TaskStatus.OPEN, outcome="", done_by="", opened_at=self.now)
            self.tasks[task.id] = reopened
            return
        here = self.definition.trails.get(task.node, ())
        for candidate in self.tokens.values():
            there = self.definition.trails.get(candidate.node, ())
            if there[: len(here)] == here and not candidate.side:
                self._jump(candidate, task.node)
                return
        raise ConflictError.single("cannot_take_back", "The flow has gone too far.", hint="Ask for it to be returned.")

    # ── time, other flows, administrators ────────────────────────────────────────────────────────

    def _due(self, event: Due) -> None:
        token = self.tokens.get(event.token)
        if token is None or token.visit != event.visit or token.phase is not Phase.WAITING:
            return
        step = self.definition.steps[token.node]
        if not event.timer:
            if step.kind.key in ("delay", "wait_until", "wait_for"):
                self.effects.append(StopTimers(token.id, token.visit))
                self._leave(token, "late" if step.kind.key == "wait_for" else "")
            return
        timer = next((one for one in step.node.timers if one.name == event.timer), None)
        if timer is None:
            return
        self.effects.append(Note("timer", token.node, token.id, comment=timer.name, to=timer.to))
        if timer.act == "finish":
            self._acted(token, step, timer.outcome)
            return
        if timer.to and timer.interrupting:
            self._clear(token)
            self._pass(token, "late", timer.to)
            self._enter(token, timer.to)
            return
        if timer.act == "urge":
            for task in self._tasks_of(token):
                if task.status is TaskStatus.OPEN:
                    self.effects.append(Tell("urged", task.id, (task.assignee,) if task.assignee else task.candidates))
        elif timer.act == "escalate":
            self.effects.append(Ask(token.id, token.node, "escalate"))
        if event.count < timer.repeat:
            self.effects.append(Ask(token.id, token.node, "timer", f"{timer.name}#{event.count + 1}"))
        if timer.to:
            side = self._spawn(timer.to, token.parent, side=True, item=token.item)
            self._enter(side, timer.to)

    def _happened(self, event: Happened) -> None:
        token = self.tokens.get(event.token)
        if token is None or token.phase is not Phase.WAITING:
            return
        self.effects.append(StopTimers(token.id, token.visit))
        self._leave(token, "happened")

    def _child_ended(self, event: ChildEnded) -> None:
        token = self.tokens.get(event.token)
        if token is not None and token.visit == event.visit and token.phase is Phase.WAITING:
            self.effects.append(StopTimers(token.id, token.visit))
            self._leave(token, event.result)

    def _withdraw(self, event: Withdraw) -> None:
        self.effects.append(Note("withdrawn", actor=event.actor, comment=event.comment))
        self._finish(Status.CANCELLED)

    def _urge(self, event: Urge) -> None:
        open_tasks = [task for task in self.tasks.values() if task.status is TaskStatus.OPEN]
        if not open_tasks:
            raise ConflictError.single("nobody_to_urge", "Nobody has to act just now.", hint="Look at the instance.")
        self.effects.append(Note("urged", actor=event.actor, comment=event.comment))
        for task in open_tasks:
            self.effects.append(Tell("urged", task.id, (task.assignee,) if task.assignee else task.candidates))

    def _suspend(self, event: Suspend) -> None:
        self.status = Status.SUSPENDED
        self.effects.append(Note("suspended", actor=event.actor, comment=event.comment))

    def _resume(self, event: Resume) -> None:
        if self.status is not Status.SUSPENDED:
            raise ConflictError.single("not_suspended", "The flow is not suspended.")
        self.status = Status.RUNNING
        self.effects.append(Note("resumed", actor=event.actor))

    def _move(self, event: Move) -> None:
        token = self._known(event.token)
        self._require_target(token, event.to)
        self.effects.append(Note("moved", token.node, token.id, actor=event.actor, comment=event.comment, to=event.to))
        self.status = Status.RUNNING
        self._jump(token, event.to)

    def _retry(self, event: Retry) -> None:
        token = self._incident(event.token)
        self.effects.append(Note("retried", token.node, token.id, actor=event.actor))
        self._enter(token, token.node)

    def _skip(self, event: Skip) -> None:
        token = self._incident(event.token)
        step = self.definition.steps[token.node]
        self.effects.append(Note("skipped", token.node, token.id, actor=event.actor, comment=event.comment))
        outcomes = step.kind.outcomes(step.settings)
        if step.kind.key in ("for_each", "inclusive"):
            self._join(token)
        else:
            self._leave(token, outcomes[0] if outcomes else "", tuple(edge.default for edge in step.edges))

    def _known(self, number: int) -> Token:
        token = self.tokens.get(number)
        if token is None:
            raise ConflictError.single(
                "token_gone", "The flow is no longer there.", hint="Look at the instance's tokens again."
            )
        return token

    def _incident(self, number: int) -> Token:
        token = self._known(number)
        if token.phase is not Phase.FAILED:
            raise ConflictError.single("no_incident", f"Nothing failed at '{token.node}'.")
        return token


def _is_separate(step: Step) -> bool:
    """Whether the one who started the flow may never decide at a node."""
    return step.kind.key == "approval" and bool(step.settings.separate)


def _outcomes(task: Task, step: Step) -> tuple[str, ...]:
    match task.kind:
        case TaskKind.APPROVAL:
            return (APPROVED, REJECTED, ABSTAINED)
        case TaskKind.RESUBMIT:
            return ("resubmitted",)
        case _:
            return step.kind.outcomes(step.settings)


def _way(step: Step, outcome: str, truths: Sequence[bool]) -> FlowEdge | None:
    """The first edge that fits the outcome and whose condition is met; else the default."""
    for place, edge in enumerate(step.edges):
        if edge.default or (edge.outcome and edge.outcome != outcome):
            continue
        if not edge.outcome and step.kind.key == "subflow" and outcome not in ("", "done"):
            continue
        if not edge.when or (place < len(truths) and truths[place]):
            return edge
    return next((edge for edge in step.edges if edge.default), None)


_HANDLERS: Mapping[type, Callable[[_Work, Any], None]] = {
    Answer: _Work._answer,
    Failed: _Work._failed,
    Complete: _Work._complete,
    Claim: _Work._claim,
    Reassign: _Work._reassign,
    HandOver: _Work._hand_over,
    AddSigners: _Work._add_signers,
    RemoveSigner: _Work._remove_signer,
    Due: _Work._due,
    Happened: _Work._happened,
    ChildEnded: _Work._child_ended,
    Withdraw: _Work._withdraw,
    TakeBack: _Work._take_back,
    Urge: _Work._urge,
    Suspend: _Work._suspend,
    Resume: _Work._resume,
    Move: _Work._move,
    Retry: _Work._retry,
    Skip: _Work._skip,
}
