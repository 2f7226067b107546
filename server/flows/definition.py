"""A published version of a flow, made ready to be run; kept by content, since it never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from metadata.flows.nodes import NODE_KINDS, NodeKind, settings_of
from metadata.flows.structure import Trail, structure_of
from metadata.flows.values import Flow, FlowEdge, FlowNode

__all__ = ["Definition", "Step", "definition_of", "unpacked"]


@dataclass(frozen=True, slots=True)
class Step:
    """A node with what its kind says of it.

    Attributes:
        node: As declared.
        kind: The descriptor of its kind.
        settings: Of the kind's class.
        conditional: Whether some edge has a condition, so that its way out has to be asked for.
    """

    node: FlowNode
    kind: NodeKind
    settings: Any
    conditional: bool

    @property
    def edges(self) -> tuple[FlowEdge, ...]:
        """Ways out, in the order they are tried."""
        return self.node.edges

    @property
    def separate(self) -> bool:
        """Whether the one who started the flow may never decide here."""
        return self.kind.key == "approval" and bool(self.settings.separate)


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A sound flow.

    Attributes:
        flow: As published.
        steps: By node name.
        start: Name of the node where it begins.
        joins: The join of each split.
        trails: The splits around each node.
    """

    flow: Flow
    steps: Mapping[str, Step]
    start: str
    joins: Mapping[str, str]
    trails: Mapping[str, Trail]


def definition_of(flow: Flow) -> Definition:
    """Make a sound flow ready."""
    structure = structure_of(flow)
    steps = {
        node.name: Step(node, NODE_KINDS[node.kind], settings_of(node), any(edge.when for edge in node.edges))
        for node in flow.nodes
    }
    start = structure.start
    assert start is not None
    return Definition(flow, steps, start.name, structure.joins, structure.trails)


@lru_cache(maxsize=2_048)
def unpacked(text: str) -> Definition:
    """A definition from its JSON text, as versions hold it."""
    return definition_of(msgspec.json.decode(text, type=Flow))
