"""What comes of waiting: timers, what happened, other flows that have ended. Pure."""

from __future__ import annotations

from server.flows.decisions import (
    Ask,
    ChildEnded,
    Due,
    Happened,
    Note,
    StopTimers,
    Tell,
)
from server.flows.moving import clear, enter, leave
from server.flows.state import Phase, TaskStatus
from server.flows.tasking import acted
from server.flows.working import Work

__all__ = ["child_ended", "due", "happened"]


_WAITS = {"delay": "", "wait_until": "", "wait_for": "late", "wait_message": "late"}
"""Kinds of nodes that wait for a time of their own, with the outcome of its coming."""


def due(work: Work, event: Due) -> None:
    """A timer fired."""
    token = work.tokens.get(event.token)
    if token is None or token.visit != event.visit or token.phase is not Phase.WAITING:
        return
    step = work.definition.steps[token.node]
    if not event.timer:
        if step.kind.key in _WAITS:
            work.effects.append(StopTimers(token.id, token.visit))
            leave(work, token, _WAITS[step.kind.key])
        return
    timer = next((one for one in step.node.timers if one.name == event.timer), None)
    if timer is None:
        return
    work.effects.append(Note("timer", token.node, token.id, comment=timer.name, to=timer.to))
    if timer.act == "finish":
        acted(work, token, step, timer.outcome)
        return
    if timer.to and timer.interrupting:
        clear(work, token)
        work.passed(token, "late", timer.to)
        enter(work, token, timer.to)
        return
    if timer.act == "urge":
        for task in work.tasks_of(token):
            if task.status is TaskStatus.OPEN:
                work.effects.append(Tell("urged", task.id, (task.assignee,) if task.assignee else task.candidates))
    elif timer.act == "escalate":
        work.effects.append(Ask(token.id, token.node, "escalate"))
    if event.count < timer.repeat:
        work.effects.append(Ask(token.id, token.node, "timer", f"{timer.name}#{event.count + 1}"))
    if timer.to:
        side = work.spawn(timer.to, token.parent, side=True, item=token.item)
        enter(work, side, timer.to)


def happened(work: Work, event: Happened) -> None:
    """What a token waits for is so."""
    token = work.tokens.get(event.token)
    if token is None or token.visit != event.visit or token.phase is not Phase.WAITING:
        return
    work.effects.append(StopTimers(token.id, token.visit))
    leave(work, token, event.outcome)


def child_ended(work: Work, event: ChildEnded) -> None:
    """The flow that a token waits for has ended."""
    token = work.tokens.get(event.token)
    if token is not None and token.visit == event.visit and token.phase is Phase.WAITING:
        work.effects.append(StopTimers(token.id, token.visit))
        leave(work, token, event.result)
