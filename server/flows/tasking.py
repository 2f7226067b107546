"""Nodes where people act: whom they ask, when they are decided, where a rejection leads. Pure."""

from __future__ import annotations

from dataclasses import replace

from metadata.problems import BadInputError
from server.flows.approvals import ABSTAINED, APPROVED, REJECTED, Vote, outcome_of
from server.flows.decisions import (
    Answer,
    Complete,
    Note,
    SetTimer,
    StopTimers,
    Tell,
)
from server.flows.definition import Step
from server.flows.moving import clear, enter, finish, jump, leave, rest
from server.flows.state import Phase, Status, Task, TaskKind, TaskStatus, Token
from server.flows.working import Work

__all__ = ["acted", "ask_people", "complete", "count", "later"]


def ask_people(work: Work, token: Token, step: Step, answer: Answer) -> None:
    """Ask people to act; where all who would be asked are left out by the node's own rules, go on."""
    people = list(dict.fromkeys(answer.people))
    settings = step.settings
    if step.kind.key == "approval":
        kept = [
            one
            for one in people
            if not (one[0] == work.state.initiator and (settings.initiator == "skip" or settings.separate))
            and not (settings.repeated == "skip" and one[0] in work.agreed)
        ]
        if people and not kept and not settings.separate:
            acted(work, token, step, APPROVED, skipped=True)
            return
        people = kept
    if not people:
        if answer.outcome:  # nobody is needed: the node says to pass
            acted(work, token, step, answer.outcome, skipped=True)
            return
        work.fail(token, f"Nobody is there to act at '{token.node}'.")
        return
    due = answer.due.get("due")
    if step.kind.key == "task":
        accounts = tuple(account for account, _weight in people)
        single = accounts[0] if len(accounts) == 1 else ""
        work.add_task(token, TaskKind.TASK, single, candidates=() if single else accounts, due_at=due)
    for place, (account, weight) in enumerate(people if step.kind.key == "approval" else ()):
        held = settings.mode == "sequential" and place > 0
        work.add_task(
            token, TaskKind.APPROVAL, account, place=place, weight=weight, due_at=due,
            status=TaskStatus.HELD if held else TaskStatus.OPEN,
        )  # fmt: skip
    timers = {name: at for name, at in answer.due.items() if name != "due"}
    rest(work, token, replace(answer, due=timers))


def complete(work: Work, event: Complete) -> None:
    """Somebody did a task."""
    task = work.open_task(event.task, event.on_behalf or event.actor)
    if task.kind is TaskKind.CC:
        _read(work, task, event)
        return
    step = work.definition.steps[task.node]
    if event.on_behalf and event.actor == work.state.initiator and step.separate:
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
    dwell = int((work.now - task.opened_at).total_seconds())
    work.effects.append(
        Note(
            "task_done", task.node, task.token, task.id, event.actor, event.outcome, event.comment,
            to=event.on_behalf, dwell_s=dwell,
        )
    )  # fmt: skip
    if task.delegated_by:
        back = replace(task, assignee=task.delegated_by, delegated_by="", opened_at=work.now)
        work.tasks[task.id] = back
        work.opened(back)
        return
    work.close(task, TaskStatus.DONE, outcome=event.outcome, done_by=event.actor)
    work.last_task = task.id
    token = work.tokens[task.token]
    if task.kind is TaskKind.RESUBMIT:
        _resubmitted(work, token)
        return
    if event.outcome == APPROVED and event.actor:
        work.agreed |= {event.actor, event.on_behalf} - {""}
    count(work, token, step, event.to)


def _read(work: Work, task: Task, event: Complete) -> None:
    """A copy was read; nothing waits for it, and its node may be gone."""
    work.effects.append(Note("task_done", task.node, task.token, task.id, event.actor, "read", event.comment))
    work.close(task, TaskStatus.DONE, outcome="read", done_by=event.actor)


def count(work: Work, token: Token, step: Step, to: str = "") -> None:
    """Whether the tasks of a token decide it; open the next ones where they do not."""
    tasks = [task for task in work.tasks_of(token) if task.status is not TaskStatus.CANCELLED]
    if step.kind.key == "task":
        done = [task for task in tasks if task.status is TaskStatus.DONE]
        outcome: str | None = done[-1].outcome if done and not any(task.is_pending for task in tasks) else None
    else:
        outcome = outcome_of(step.settings, [Vote(task.outcome, task.weight) for task in tasks])
    if outcome is not None:
        acted(work, token, step, outcome, to=to)
        return
    waiting = {task.id for task in tasks if task.is_pending}
    in_order = step.kind.key == "approval" and step.settings.mode == "sequential"
    is_open = any(task.status is TaskStatus.OPEN for task in tasks)
    for task in tasks:
        if task.status is not TaskStatus.HELD or (task.after and task.after in waiting):
            continue
        if task.after or (in_order and not is_open):
            is_open = True
            opened = replace(task, status=TaskStatus.OPEN, opened_at=work.now)
            work.tasks[task.id] = opened
            work.opened(opened)


def acted(work: Work, token: Token, step: Step, outcome: str, *, to: str = "", skipped: bool = False) -> None:
    """People are done with a node."""
    for task in work.tasks_of(token):
        if task.is_pending:
            work.close(task, TaskStatus.CANCELLED)
    work.effects.append(StopTimers(token.id, token.visit))
    if skipped:
        work.effects.append(Note("skipped", token.node, token.id, outcome=outcome))
    rejected = outcome == REJECTED and step.kind.key == "approval"
    if rejected and (to or not any(edge.outcome == REJECTED for edge in step.edges)):
        _rejected(work, token, step, to)
        return
    work.trail.append(token.node)
    leave(work, token, outcome)


def _rejected(work: Work, token: Token, step: Step, to: str) -> None:
    settings = step.settings
    where = to or (settings.reject_to if settings.reject == "node" else settings.reject)
    back_to = token.node if settings.returned == "back" else ""
    if where == "previous":
        where = _previous(work, token)
    work.effects.append(Note("rejected", token.node, token.id, to=where))
    if where == "end":
        finish(work, Status.REJECTED)
    elif where == "initiator":
        _to_initiator(work, token, back_to)
    else:
        work.require_target(token, where)
        jump(work, token, where, back_to)


def _previous(work: Work, token: Token) -> str:
    """The node where people acted before, outside of other branches; the initiator where there is none."""
    here = work.definition.trails.get(token.node, ())
    for name in reversed(work.trail):
        there = work.definition.trails.get(name)
        if name != token.node and there is not None and here[: len(there)] == there:
            return name
    return "initiator"


def _to_initiator(work: Work, token: Token, back_to: str) -> None:
    """Call everything off, and ask the one who started it what now."""
    if not work.state.initiator:
        finish(work, Status.REJECTED)
        return
    while token.parent is not None:
        token = work.tokens[token.parent]
    clear(work, token)
    token = work.put(
        replace(
            token, node=work.definition.start, phase=Phase.WAITING, since=work.now, visit=token.visit + 1,
            back_to=back_to, expected=0, arrived=0, pending=(),
        )
    )  # fmt: skip
    work.add_task(token, TaskKind.RESUBMIT, work.state.initiator)


def _resubmitted(work: Work, token: Token) -> None:
    back_to, token = token.back_to, replace(token, back_to="")
    if back_to and work.same_place(token.node, back_to):
        work.passed(token, "resubmitted", back_to)
        enter(work, token, back_to)
    else:
        leave(work, token, "")


def later(work: Work, token: Token, answer: Answer) -> None:
    """A resting token learns when a timer fires again, or whom its tasks go to."""
    for name, due in answer.due.items():
        timer, _, count = name.partition("#")
        work.effects.append(SetTimer(token.id, token.visit, timer, due, int(count or 0)))
    if answer.people:
        to = answer.people[0][0]
        for task in [one for one in work.tasks.values() if one.token == token.id and one.is_pending]:
            work.tasks[task.id] = replace(task, assignee=to, candidates=())
            work.effects.append(Note("escalated", task.node, token.id, task.id, actor=task.assignee, to=to))
            work.effects.append(Tell("escalated", task.id, (to,)))


def _outcomes(task: Task, step: Step) -> tuple[str, ...]:
    match task.kind:
        case TaskKind.APPROVAL:
            return (APPROVED, REJECTED, ABSTAINED)
        case TaskKind.RESUBMIT:
            return ("resubmitted",)
        case _:
            return step.kind.outcomes(step.settings)
