"""A flow as a drawing: nodes with positions, edges, and which steps are done by hand."""

from __future__ import annotations

from collections import deque
from typing import Any

from metadata.flows.nodes import kind_of, settings_of
from metadata.flows.structure import ways
from metadata.flows.values import Flow, FlowEdge, FlowNode

__all__ = ["graph_of", "positions"]

_WIDTH, _HEIGHT = 200, 110


def graph_of(flow: Flow) -> dict[str, Any]:
    """Nodes and edges, ready to be drawn; nodes without a position of their own get one by their distance."""
    placed = positions(flow)
    return {
        "flow": flow.name,
        "object": flow.object,
        "nodes": [
            {
                "name": node.name,
                "kind": node.kind,
                "label": node.label,
                "manual": kind_of(node).human,
                "waits": kind_of(node).waits,
                "x": placed[node.name][0],
                "y": placed[node.name][1],
            }
            for node in flow.nodes
        ],
        "edges": [edge for node in flow.nodes for edge in _edges(node)],
    }


def _edges(node: FlowNode) -> list[dict[str, Any]]:
    found = [_edge(node, edge, "edge") for edge in node.edges]
    found += [_edge(node, FlowEdge(to=timer.to, outcome=timer.name), "timer") for timer in node.timers if timer.to]
    if node.compensate:
        found.append(_edge(node, FlowEdge(to=node.compensate), "compensation"))
    back = getattr(settings_of(node), "reject_to", "")
    return [*found, _edge(node, FlowEdge(to=back, outcome="rejected"), "return")] if back else found


def _edge(node: FlowNode, edge: FlowEdge, kind: str) -> dict[str, Any]:
    return {
        "from": node.name,
        "to": edge.to,
        "kind": kind,
        "when": edge.when or None,
        "outcome": edge.outcome or None,
        "default": edge.default,
        "label": edge.label,
    }


def positions(flow: Flow) -> dict[str, tuple[int, int]]:
    """Where each node is drawn: as declared, else a column for each step from the start, a row for each branch."""
    nodes = {node.name: node for node in flow.nodes}
    column: dict[str, int] = {}
    pending = deque((node.name, 0) for node in flow.nodes if node.kind == "start")
    while pending:
        name, place = pending.popleft()
        if name in nodes and name not in column:
            column[name] = place
            pending.extend((way, place + 1) for way in ways(nodes[name]))
    rows: dict[int, int] = {}
    found = {}
    for node in flow.nodes:
        place = column.get(node.name, max(column.values(), default=0) + 1)
        row = rows.get(place, 0)
        rows[place] = row + 1
        found[node.name] = (
            place * _WIDTH if node.x is None else node.x,
            row * _HEIGHT if node.y is None else node.y,
        )
    return found
