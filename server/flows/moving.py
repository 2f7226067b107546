"""Tokens on their way: into nodes, out of them, through splits and joins, to the end. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from metadata.flows.values import FlowEdge
from metadata.problems import ConflictError
from server.flows.decisions import (
    Answer,
    Ask,
    Ended,
    Note,
    SetTimer,
    StopTimers,
)
from server.flows.definition import Step
from server.flows.state import Phase, Status, TaskKind, TaskStatus, Token
from server.flows.working import Work

__all__ = ["begin", "clear", "enter", "finish", "join", "jump", "leave", "rest", "split"]

MAX_STEPS = 10_000
"""Nodes that one transition may enter: more is a circle that lint could not see."""


def begin(work: Work) -> None:
    """Start, or start over."""
    work.status = Status.RUNNING
    work.tokens, work.tasks, work.trail, work.agreed, work.last_task = {}, {}, [], set(), 0
    token = work.spawn(work.definition.start, None)
    work.effects.append(Note("started", token.node, token.id, actor=work.state.initiator))
    enter(work, token, work.definition.start)


def enter(work: Work, token: Token, node: str) -> None:
    """Put a token on a node, and go on from there as far as it goes."""
    work.steps += 1
    if work.steps > MAX_STEPS:
        raise ConflictError.single("endless_loop", f"The flow runs in a circle at '{node}'.")
    step = work.definition.steps[node]
    token = work.put(
        replace(
            token, node=node, phase=Phase.ASKING, since=work.now, visit=token.visit + 1, outcome="", failure="",
            expected=0, arrived=0, pending=(),
        )
    )  # fmt: skip
    match step.kind.key:
        case "start":
            leave(work, token, "")
        case "end":
            _end(work, token, step.settings.result)
        case "join":
            _arrive(work, token)
        case "parallel":
            split(work, token, [(edge.to, "") for edge in step.edges])
        case "decision" | "inclusive":
            work.effects.append(Ask(token.id, node, "ways"))
            work.put(replace(token, phase=Phase.LEAVING))
        case _:
            work.effects.append(Ask(token.id, node))


def leave(work: Work, token: Token, outcome: str, truths: Sequence[bool] | None = None) -> None:
    """Take the way out of a node; ask for the truth of its conditions where it has some."""
    step = work.definition.steps[token.node]
    if step.kind.human and token.back_to and work.same_place(token.node, token.back_to):
        work.passed(token, outcome, token.back_to)
        enter(work, replace(token, back_to=""), token.back_to)
        return
    if step.conditional and truths is None:
        work.put(replace(token, phase=Phase.LEAVING, outcome=outcome))
        work.effects.append(Ask(token.id, token.node, "ways"))
        return
    edge = _way(step, outcome, truths or ())
    if edge is None:
        _without_way(work, token, step, outcome)
        return
    work.passed(token, outcome, edge.to)
    enter(work, token, edge.to)


def _without_way(work: Work, token: Token, step: Step, outcome: str) -> None:
    """What follows where no edge does: rejections go where the node says, ends of other flows end this one."""
    if step.kind.key == "subflow" and outcome in ("rejected", "cancelled", "error"):
        finish(work, Status(outcome))
    else:
        work.fail(token, f"No edge of '{token.node}' is taken for the outcome '{outcome or 'done'}'.")


def split(work: Work, token: Token, branches: Sequence[tuple[str, str]], pending: tuple[str, ...] = ()) -> None:
    """Put a token to rest at a split, and a child on each branch: (node, item)."""
    expected = len(branches) + len(pending)
    token = work.put(replace(token, phase=Phase.SPLIT, expected=expected, arrived=0, pending=pending))
    children = [work.spawn(to, token.id, item=item or token.item) for to, item in branches]
    for child, (to, _item) in zip(children, branches, strict=True):
        if child.id in work.tokens:
            enter(work, child, to)


def _arrive(work: Work, token: Token) -> None:
    """A branch meets the others; the last one lets the split go on."""
    del work.tokens[token.id]
    if token.side or token.parent is None:
        return
    split = work.tokens[token.parent]
    split = work.put(replace(split, arrived=split.arrived + 1))
    if split.pending:
        item, *rest = split.pending
        work.put(replace(split, pending=tuple(rest)))
        child = work.spawn(split.node, split.id, item=item)
        enter(work, child, work.definition.steps[split.node].edges[0].to)
    elif split.arrived >= split.expected:
        join(work, split)


def join(work: Work, split: Token) -> None:
    """Let a split go on behind its join."""
    join = work.definition.joins[split.node]
    work.passed(split, "", join)
    moved = work.put(replace(split, node=join, phase=Phase.LEAVING, since=work.now, visit=split.visit + 1))
    leave(work, moved, "")


def _end(work: Work, token: Token, result: str) -> None:
    if result == "branch" or (token.side and result == "done"):
        del work.tokens[token.id]
        return
    finish(work, Status(result))


def finish(work: Work, status: Status) -> None:
    """End the instance, with all that is under way."""
    work.status = status
    for token in list(work.tokens.values()):
        if token.parent is None and token.id in work.tokens:
            _drop(work, token)
    work.effects.append(Note("ended", outcome=status.value))
    work.effects.append(Ended(status.value))


def _drop(work: Work, token: Token) -> None:
    """Cancel a token with everything below it."""
    clear(work, token)
    del work.tokens[token.id]


def clear(work: Work, token: Token) -> None:
    """Cancel what a token waits for: its branches, tasks and timers."""
    for child in [one for one in work.tokens.values() if one.parent == token.id]:
        _drop(work, child)
    for task in [one for one in work.tasks.values() if one.token == token.id and one.is_pending]:
        if task.kind is not TaskKind.CC or work.status is not Status.DONE:
            work.close(task, TaskStatus.CANCELLED)
    work.effects.append(StopTimers(token.id, token.visit))


def jump(work: Work, token: Token, to: str, back_to: str = "") -> None:
    """Cancel the blocks that a node is not in, and put the token around them on it."""
    depth = len(work.definition.trails.get(to, ()))
    while work.depth(token) > depth and token.parent is not None:
        token = work.tokens[token.parent]
    clear(work, token)
    enter(work, replace(token, back_to=back_to), to)


def rest(work: Work, token: Token, answer: Answer) -> None:
    """Put a token to wait, with its timers."""
    token = work.put(replace(token, phase=Phase.WAITING))
    for name, due in sorted(answer.due.items()):
        work.effects.append(SetTimer(token.id, token.visit, name, due))


def _way(step: Step, outcome: str, truths: Sequence[bool]) -> FlowEdge | None:
    """The first edge that fits the outcome and whose condition is met; else the default."""
    for place, edge in enumerate(step.edges):
        if edge.default or (edge.outcome and edge.outcome != outcome):
            continue
        if not edge.outcome and step.kind.key in ("subflow", "perform") and outcome not in ("", "done"):
            continue
        if not edge.when or (place < len(truths) and truths[place]):
            return edge
    return next((edge for edge in step.edges if edge.default), None)
