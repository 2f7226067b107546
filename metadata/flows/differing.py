"""What differs between two versions of a flow, node by node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from metadata.flows.nodes import settings_of
from metadata.flows.values import Flow, FlowNode

__all__ = ["Difference", "differences"]

_UNSEEN = ("x", "y", "origin")
"""Parts that change nothing that happens."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same.

    Attributes:
        node: Name of the node; empty for the flow itself.
        change: What became of it.
        part: Which part of it changed: `settings.assign`, `edges`; empty for all of it.
        before, after: As documents have it; None where there was nothing.
    """

    node: str
    change: Literal["added", "removed", "changed"]
    part: str
    before: Any
    after: Any


def differences(before: Flow, after: Flow) -> tuple[Difference, ...]:
    """Everything that differs, in the order of the nodes; where nodes are drawn is no difference."""
    found = [Difference("", "changed", part, one, other) for part, one, other in _parts(_head(before), _head(after))]
    old, new = ({node.name: node for node in flow.nodes} for flow in (before, after))
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            found.append(Difference(name, "removed", "", _document(old[name]), None))
        elif name not in old:
            found.append(Difference(name, "added", "", None, _document(new[name])))
        else:
            parts = _parts(_flat(old[name]), _flat(new[name]))
            found += [Difference(name, "changed", part, one, other) for part, one, other in parts]
    return tuple(found)


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = [*before, *(name for name in after if name not in before)]
    return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def _head(flow: Flow) -> dict[str, Any]:
    return {name: value for name, value in msgspec.to_builtins(flow).items() if name not in ("nodes", "origin", "live")}


def _document(node: FlowNode) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(node)
    settings = msgspec.to_builtins(settings_of(node))
    kept = {name: value for name, value in found.items() if name not in _UNSEEN}
    return kept | ({"settings": settings} if settings else {})


def _flat(node: FlowNode) -> dict[str, Any]:
    """A node part by part, its settings one by one."""
    document = _document(node)
    settings = document.pop("settings", {})
    return document | {f"settings.{name}": value for name, value in settings.items()}
