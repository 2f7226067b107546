"""Moving an instance to another version of its flow: what keeps it from moving, and the state afterwards. Pure.

Nodes keep their names unless a mapping says otherwise. A token keeps its visit, so its timers keep their due time; a
task stays with whom it is. A token may only come to a node of the same kind, inside the same splits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.flows.definition import Definition
from server.flows.state import Instance, Phase, TaskKind, Token

__all__ = ["Obstacle", "migrated", "obstacles"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an instance cannot move as it is.

    Attributes:
        node: Where its token is.
        reason: `node_gone`, `kind_changed`, `crossed_block`, `branches_changed`.
        message: What is wrong, and what helps.
    """

    node: str
    reason: str
    message: str


def obstacles(old: Definition, new: Definition, state: Instance, mapping: Mapping[str, str]) -> list[Obstacle]:
    """Everything that keeps an instance from moving; nothing when it may.

    Args:
        old: The version it runs on.
        new: The version it is to run on.
        state: The instance.
        mapping: New node by old node, where the name differs.
    """
    found: dict[Obstacle, None] = {}
    for token in state.tokens.values():
        for obstacle in _of_token(old, new, state, mapping, token):
            found[obstacle] = None
    return list(found)


def _of_token(
    old: Definition, new: Definition, state: Instance, mapping: Mapping[str, str], token: Token
) -> list[Obstacle]:
    name = mapping.get(token.node, token.node)
    step = new.steps.get(name)
    if step is None:
        message = f"There is no node '{name}' any more: map '{token.node}' to another."
        return [Obstacle(token.node, "node_gone", message)]
    kind, wanted = old.steps[token.node].kind.key, step.kind.key
    if kind != wanted and (token.phase is not Phase.FAILED or wanted in ("start", "join", "end")):
        message = f"'{token.node}' is a {kind}, '{name}' is a {wanted}: map it to a {kind}."
        return [Obstacle(token.node, "kind_changed", message)]
    found = []
    around = tuple(mapping.get(one.node, one.node) for one in _around(state, token))
    if new.trails.get(name) != around and not token.side:
        message = f"'{name}' does not lie inside the same splits as '{token.node}' did."
        found.append(Obstacle(token.node, "crossed_block", message))
    if token.phase is Phase.SPLIT and kind == "parallel" and token.expected != len(step.edges):
        message = f"'{name}' has {len(step.edges)} branches, and {token.expected} are under way."
        found.append(Obstacle(token.node, "branches_changed", message))
    return found


def _around(state: Instance, token: Token) -> list[Token]:
    """The tokens at the splits around one, outermost first."""
    found: list[Token] = []
    while token.parent is not None:
        token = state.tokens[token.parent]
        found.insert(0, token)
    return found


def migrated(new: Definition, state: Instance, mapping: Mapping[str, str]) -> Instance:
    """The instance on the other version, where nothing keeps it from moving."""

    def named(node: str) -> str:
        return mapping.get(node, node)

    tokens = {
        number: replace(
            token,
            node=named(token.node),
            back_to=named(token.back_to) if named(token.back_to) in new.steps else "",
        )
        for number, token in state.tokens.items()
    }
    tasks = {
        number: replace(task, node=named(task.node))
        for number, task in state.tasks.items()
        if task.kind is TaskKind.CC or task.token in tokens or task.is_pending
    }
    trail = tuple(named(node) for node in state.trail if named(node) in new.steps)
    last_task = state.last_task if state.last_task in tasks and tasks[state.last_task].node in new.steps else 0
    return replace(state, tokens=tokens, tasks=tasks, trail=trail, last_task=last_task)
