"""Who has a task: claimed, handed on, signers added and removed, acts taken back. Pure."""

from __future__ import annotations

from dataclasses import replace

from metadata.problems import BadInputError, ConflictError
from server.flows.decisions import (
    AddSigners,
    Claim,
    HandOver,
    Note,
    Reassign,
    RemoveSigner,
    TakeBack,
    Tell,
)
from server.flows.moving import jump
from server.flows.state import Phase, Task, TaskKind, TaskStatus
from server.flows.tasking import count
from server.flows.working import Work

__all__ = ["add_signers", "claim", "hand_over", "reassign", "remove_signer", "take_back"]


def claim(work: Work, event: Claim) -> None:
    """A candidate takes a task, or gives it back."""
    task = work.tasks.get(event.task)
    if task is None or task.status is not TaskStatus.OPEN:
        work.open_task(event.task, event.actor)
        return
    if event.release:
        task = work.open_task(event.task, event.actor)
        if not task.candidates:
            raise ConflictError.single("no_candidates", "Nobody else could take the task.", hint="Transfer it.")
        work.tasks[task.id] = replace(task, assignee="")
        work.effects.append(Note("released", task.node, task.token, task.id, event.actor))
        return
    if task.assignee == event.actor:
        return
    if task.assignee:
        raise ConflictError.single("task_taken", "Somebody else has taken the task.", hint="Choose another one.")
    work.open_task(event.task, event.on_behalf or event.actor)
    work.tasks[task.id] = replace(task, assignee=event.actor)
    work.effects.append(Note("claimed", task.node, task.token, task.id, event.actor, to=event.on_behalf))


def reassign(work: Work, event: Reassign) -> None:
    """A task goes to somebody else, for good or to come back."""
    task = work.open_task(event.task, event.actor)
    step = work.definition.steps[task.node]
    if step.kind.key == "approval" and step.settings.separate and event.to == work.state.initiator:
        raise BadInputError.single(
            "separation", "Who started the flow may not decide here.", path=("to",), hint="Choose somebody else."
        )
    if event.to == task.assignee:
        raise BadInputError.single("same_person", "The task is theirs already.", path=("to",))
    delegated_by = (event.actor or task.assignee) if event.returning else task.delegated_by
    moved = replace(task, assignee=event.to, candidates=(), delegated_by=delegated_by)
    work.tasks[task.id] = moved
    act = "delegated" if event.returning else "transferred"
    work.effects.append(Note(act, task.node, task.token, task.id, event.actor, comment=event.comment, to=event.to))
    work.effects.append(Tell("task_opened", task.id, (event.to,)))


def hand_over(work: Work, event: HandOver) -> None:
    """A leaver's task goes to another."""
    task = work.tasks.get(event.task)
    if task is None or not task.is_pending:
        raise ConflictError.single("task_closed", "The task is closed.", hint="Read it again.")
    if event.to == work.state.initiator and work.definition.steps[task.node].separate:
        raise BadInputError.single(
            "separation", "Who started the flow may not decide here.", path=("to",), hint="Choose somebody else."
        )
    others = tuple(dict.fromkeys(event.to if one == event.leaver else one for one in task.candidates))
    assignee = event.to if task.assignee == event.leaver else task.assignee
    delegated_by = event.to if task.delegated_by == event.leaver else task.delegated_by
    work.tasks[task.id] = replace(
        task, assignee=assignee, candidates=others, delegated_by="" if delegated_by == assignee else delegated_by
    )
    work.effects.append(
        Note("handed_over", task.node, task.token, task.id, event.actor, comment=event.comment, to=event.to)
    )
    if task.status is TaskStatus.OPEN:
        work.effects.append(Tell("task_opened", task.id, (event.to,)))


def add_signers(work: Work, event: AddSigners) -> None:
    """More people are asked: before, after or beside one."""
    task = work.open_task(event.task, event.actor)
    step = work.definition.steps[task.node]
    if task.kind is not TaskKind.APPROVAL:
        raise BadInputError.single("not_an_approval", "Signers are added to approvals.", path=("task",))
    if step.settings.separate and work.state.initiator in event.people:
        raise BadInputError.single(
            "separation", "Who started the flow may not decide here.", path=("people",), hint="Leave them out."
        )
    token = work.tokens[task.token]
    asked = {one.assignee for one in work.tasks_of(token) if one.is_pending}
    added: list[Task] = []
    for person in dict.fromkeys(event.people):
        if person in asked:
            continue
        after = task.id if event.place == "after" else 0
        if event.place == "before" and added:
            after = added[-1].id
        added.append(
            work.add_task(
                token, TaskKind.APPROVAL, person, place=task.place, after=after, due_at=task.due_at,
                status=TaskStatus.HELD if after else TaskStatus.OPEN,
            )
        )  # fmt: skip
    if event.place == "before" and added:
        work.tasks[task.id] = replace(task, status=TaskStatus.HELD, after=added[-1].id)
    who = ",".join(one.assignee for one in added)
    work.effects.append(Note("signers_added", task.node, token.id, task.id, event.actor, to=who))


def remove_signer(work: Work, event: RemoveSigner) -> None:
    """Somebody is asked no longer."""
    task = work.tasks.get(event.task)
    if task is None or not task.is_pending or task.kind is not TaskKind.APPROVAL:
        work.open_task(event.task, "")
        raise BadInputError.single("not_an_approval", "Only signers of approvals are removed.", path=("task",))
    token = work.tokens[task.token]
    if not [one for one in work.tasks_of(token) if one.id != task.id and one.status is not TaskStatus.CANCELLED]:
        raise ConflictError.single("last_signer", "Somebody has to decide.", hint="Add another signer first.")
    work.close(task, TaskStatus.CANCELLED)
    work.effects.append(Note("signer_removed", task.node, token.id, task.id, event.actor, to=task.assignee))
    count(work, token, work.definition.steps[token.node])


def take_back(work: Work, event: TakeBack) -> None:
    """Undo the last act, while nobody has acted after it."""
    task = work.tasks.get(event.task)
    if task is None or task.id != work.last_task or task.done_by != event.actor or task.kind is TaskKind.RESUBMIT:
        raise ConflictError.single(
            "cannot_take_back",
            "Somebody acted after you, or the task was not yours.",
            hint="Ask them to return it.",
        )
    token = work.tokens.get(task.token)
    work.effects.append(Note("taken_back", task.node, task.token, task.id, event.actor))
    work.agreed.discard(event.actor)
    work.last_task = 0
    if token is not None and token.node == task.node and token.phase is Phase.WAITING:
        reopened = replace(task, status=TaskStatus.OPEN, outcome="", done_by="", opened_at=work.now)
        work.tasks[task.id] = reopened
        return
    here = work.definition.trails.get(task.node, ())
    for candidate in work.tokens.values():
        there = work.definition.trails.get(candidate.node, ())
        if there[: len(here)] == here and not candidate.side:
            jump(work, candidate, task.node)
            return
    raise ConflictError.single("cannot_take_back", "The flow has gone too far.", hint="Ask for it to be returned.")
