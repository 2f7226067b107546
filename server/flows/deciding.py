"""What happens next: (definition, state, event, now) → (state, effects), without any I/O.

Where a node needs to know something of the world (who, when, whether), the decision ends with an `Ask` for its token;
the engine finds the answer in the same transaction and comes back with it as the next event. So the same function
decides in production, in the sandbox and in property tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from metadata.problems import ConflictError
from server.flows.decisions import (
    AddSigners,
    Answer,
    Begin,
    ChildEnded,
    Claim,
    Compensate,
    Complete,
    Due,
    Effect,
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
    Skip,
    Suspend,
    TakeBack,
    Tell,
    Urge,
    Withdraw,
)
from server.flows.definition import Definition, Step
from server.flows.moving import begin, clear, enter, finish, join, jump, leave, rest, split
from server.flows.signing import add_signers, claim, hand_over, reassign, remove_signer, take_back
from server.flows.state import Instance, Phase, Status, TaskKind, TaskStatus, Token
from server.flows.tasking import ask_people, complete, later
from server.flows.timing import child_ended, due, happened
from server.flows.working import Work

__all__ = ["decide"]


def decide(definition: Definition, state: Instance, event: Event, now: datetime) -> tuple[Instance, tuple[Effect, ...]]:
    """Decide one event.

    Raises:
        ConflictError: Somebody else was first, or the instance does not move: `task_closed`, `instance_over` …
        BadInputError: The event does not fit: `unknown_outcome`, `unknown_node` …
    """
    work = Work(definition, state, now)
    _handle(work, event)
    return work.result(), tuple(work.effects)


def _handle(work: Work, event: Event) -> None:
    if isinstance(event, Begin):
        begin(work)
        return
    if work.status.is_over and not work.is_reading(event):
        raise ConflictError.single(
            "instance_over", f"The flow has ended: it is {work.status.value}.", hint="Start it again."
        )
    if work.status is Status.SUSPENDED and not isinstance(event, Resume | Withdraw | Move | HandOver):
        raise ConflictError.single("suspended", "The flow is suspended.", hint="Resume it first.")
    _HANDLERS[type(event)](work, event)


def _answer(work: Work, answer: Answer) -> None:
    token = work.tokens.get(answer.token)
    if token is None:
        return
    step = work.definition.steps[token.node]
    work.variables |= answer.variables
    if token.phase is Phase.LEAVING:
        _ways(work, token, step, answer)
    elif token.phase is Phase.WAITING:
        later(work, token, answer)
    elif step.kind.human:
        ask_people(work, token, step, answer)
    else:
        _entered(work, token, step, answer)


def _ways(work: Work, token: Token, step: Step, answer: Answer) -> None:
    if step.kind.key != "inclusive":
        leave(work, token, token.outcome, answer.truths)
        return
    met = zip(step.edges, answer.truths, strict=True)
    chosen = [edge.to for edge, is_met in met if is_met and not edge.default]
    chosen = chosen or [edge.to for edge in step.edges if edge.default]
    split(work, token, [(to, "") for to in chosen])


def _entered(work: Work, token: Token, step: Step, answer: Answer) -> None:
    match step.kind.key:
        case "for_each":
            if not answer.items:
                join(work, token)
            elif step.settings.sequential:
                split(work, token, [(step.edges[0].to, answer.items[0])], answer.items[1:])
            else:
                split(work, token, [(step.edges[0].to, item) for item in answer.items])
        case "delay" | "wait_until" | "wait_for" | "wait_message" if not answer.outcome:
            rest(work, token, answer)
        case "subflow" if answer.wait:
            rest(work, token, answer)
        case "random":
            edge = step.edges[answer.chosen]
            work.passed(token, "", edge.to)
            enter(work, token, edge.to)
        case "cc":
            for person, _weight in answer.people:
                work.add_task(token, TaskKind.CC, person)
            leave(work, token, "")
        case _:
            leave(work, token, answer.outcome)


def _failed(work: Work, event: Failed) -> None:
    token = work.tokens.get(event.token)
    if token is not None and (not event.visit or (event.visit == token.visit and token.phase is Phase.WAITING)):
        clear(work, token)
        work.fail(token, event.reason)


def _withdraw(work: Work, event: Withdraw) -> None:
    work.effects.append(Note("withdrawn", actor=event.actor, comment=event.comment))
    finish(work, Status.CANCELLED)


def _urge(work: Work, event: Urge) -> None:
    open_tasks = [task for task in work.tasks.values() if task.status is TaskStatus.OPEN]
    if not open_tasks:
        raise ConflictError.single("nobody_to_urge", "Nobody has to act just now.", hint="Look at the instance.")
    work.effects.append(Note("urged", actor=event.actor, comment=event.comment))
    for task in open_tasks:
        work.effects.append(Tell("urged", task.id, (task.assignee,) if task.assignee else task.candidates))


def _suspend(work: Work, event: Suspend) -> None:
    work.status = Status.SUSPENDED
    work.effects.append(Note("suspended", actor=event.actor, comment=event.comment))


def _resume(work: Work, event: Resume) -> None:
    if work.status is not Status.SUSPENDED:
        raise ConflictError.single("not_suspended", "The flow is not suspended.")
    work.status = Status.RUNNING
    work.effects.append(Note("resumed", actor=event.actor))


def _move(work: Work, event: Move) -> None:
    token = work.known(event.token)
    work.require_target(token, event.to)
    work.effects.append(Note("moved", token.node, token.id, actor=event.actor, comment=event.comment, to=event.to))
    work.status = Status.RUNNING
    jump(work, token, event.to)


def _retry(work: Work, event: Retry) -> None:
    token = work.incident(event.token)
    work.effects.append(Note("retried", token.node, token.id, actor=event.actor))
    enter(work, token, token.node)


def _skip(work: Work, event: Skip) -> None:
    token = work.incident(event.token)
    step = work.definition.steps[token.node]
    work.effects.append(Note("skipped", token.node, token.id, actor=event.actor, comment=event.comment))
    outcomes = step.kind.outcomes(step.settings)
    if step.kind.key in ("for_each", "inclusive"):
        join(work, token)
    else:
        leave(work, token, outcomes[0] if outcomes else "", tuple(edge.default for edge in step.edges))


def _compensate(work: Work, event: Compensate) -> None:
    token = work.incident(event.token)
    to = work.definition.steps[token.node].node.compensate
    if not to:
        raise ConflictError.single(
            "no_compensation",
            f"Nothing undoes what was done before '{token.node}'.",
            hint="Retry or skip it, put its token elsewhere, or move the run to a version that names `compensate`.",
        )
    note = Note("compensated", token.node, token.id, actor=event.actor, comment=event.comment, to=to)
    work.effects.append(note)
    enter(work, token, to)


_HANDLERS: Mapping[type, Callable[[Work, Any], None]] = {
    Answer: _answer,
    Failed: _failed,
    Complete: complete,
    Claim: claim,
    Reassign: reassign,
    HandOver: hand_over,
    AddSigners: add_signers,
    RemoveSigner: remove_signer,
    Due: due,
    Happened: happened,
    ChildEnded: child_ended,
    Withdraw: _withdraw,
    TakeBack: take_back,
    Urge: _urge,
    Suspend: _suspend,
    Resume: _resume,
    Move: _move,
    Retry: _retry,
    Skip: _skip,
    Compensate: _compensate,
}
