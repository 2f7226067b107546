"""The shape of a flow: its ways, what is reached, and which blocks its splits and joins make.

Flows are block-structured: a split names its join, every branch stays between the two, and blocks nest. So the place
of a node is the trail of splits around it, and a join only counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from metadata.flows.nodes import NODE_KINDS, settings_of
from metadata.flows.values import Flow, FlowNode
from metadata.problems import Fault

__all__ = ["Structure", "Trail", "structure_of"]

Trail = tuple[str, ...]
"""The splits around a node, outermost first."""


@dataclass(frozen=True, slots=True)
class Structure:
    """A flow's shape.

    Attributes:
        nodes: By name.
        trails: Where each node that is reached stands.
        joins: The join of each split.
        faults: Why it is no proper shape, with paths from the flow.
    """

    nodes: Mapping[str, FlowNode]
    trails: Mapping[str, Trail]
    joins: Mapping[str, str]
    faults: tuple[Fault, ...]

    @property
    def start(self) -> FlowNode | None:
        """The node where it begins."""
        return next((node for node in self.nodes.values() if node.kind == "start"), None)


def ways(node: FlowNode) -> Iterator[str]:
    """The nodes that a token may go to from a node: by edges, by timers, and to undo what was done."""
    yield from (edge.to for edge in node.edges)
    yield from (timer.to for timer in node.timers if timer.to)
    if node.compensate:
        yield node.compensate


def structure_of(flow: Flow) -> Structure:
    """Find the shape of a flow whose edges lead to known nodes; others are passed over."""
    nodes = {node.name: node for node in flow.nodes}
    places = {node.name: place for place, node in enumerate(flow.nodes)}
    joins = {name: settings_of(node).join for name, node in nodes.items() if NODE_KINDS[node.kind].splits}
    walk = _Walk(nodes, places, joins)
    for node in nodes.values():
        if node.kind == "start":
            walk.visit(node.name, ())
    walk.finish()
    return Structure(nodes, walk.trails, joins, tuple(walk.faults))


class _Walk:
    """Follows every way once, keeping the splits around it."""

    def __init__(self, nodes: Mapping[str, FlowNode], places: Mapping[str, int], joins: Mapping[str, str]) -> None:
        self.nodes, self.places, self.joins = nodes, places, joins
        self.trails: dict[str, Trail] = {}
        self.faults: list[Fault] = []
        self._crossed: set[str] = set()
        self._met: set[str] = set()

    def visit(self, name: str, trail: Trail) -> None:
        """Walk from a node that is reached with splits around it."""
        pending = [(name, trail)]
        while pending:
            here, around = pending.pop()
            node = self.nodes.get(here)
            if node is None:
                continue
            if here in self.trails:
                self._compare(node, around)
                continue
            if node.kind == "join":
                self._met.add(here)
                if not around or self.joins[around[-1]] != here:
                    self._stray_join(node, around)
                around = around[:-1]
                if here in self.trails:
                    continue
            self.trails[here] = around
            inside = (*around, here) if here in self.joins else around
            pending.extend((following, inside) for following in ways(node))

    def finish(self) -> None:
        """Note splits that never close."""
        for split, join in self.joins.items():
            if split not in self.trails:
                continue
            node = self.nodes.get(join)
            path = ("nodes", self.places[split], "settings", "join")
            if node is None or node.kind != "join":
                message = f"Split '{split}' names '{join}', which is no join."
                self.faults.append(Fault("missing_join", message, path, "Add a node of kind join, and name it."))
            elif join not in self._met:
                message = f"No branch of split '{split}' reaches its join '{join}'."
                self.faults.append(Fault("missing_join", message, path, "Lead its branches there."))
        shared = [join for join in set(self.joins.values()) if list(self.joins.values()).count(join) > 1]
        for join in sorted(shared):
            if join in self.places:
                message = f"Join '{join}' closes several splits."
                where = ("nodes", self.places[join])
                self.faults.append(Fault("shared_join", message, where, "Give each split a join of its own."))

    def _compare(self, node: FlowNode, around: Trail) -> None:
        known = self.trails[node.name]
        if node.kind == "join":
            if around and self.joins[around[-1]] == node.name and around[:-1] == known:
                return
            self._stray_join(node, around)
        elif known != around and node.name not in self._crossed:
            self._crossed.add(node.name)
            message = (
                f"Node '{node.name}' is reached both {_placed(known)} and {_placed(around)}: "
                "a way leads into or out of a block."
            )
            hint = "Let every way out of a split pass through its join."
            self.faults.append(Fault("crossed_block", message, ("nodes", self.places[node.name]), hint))

    def _stray_join(self, node: FlowNode, around: Trail) -> None:
        if node.name in self._crossed:
            return
        self._crossed.add(node.name)
        expected = f", whose join is '{self.joins[around[-1]]}'" if around else ""
        message = f"Join '{node.name}' is reached {_placed(around)}{expected}."
        reason = "crossed_block" if around else "join_without_split"
        path = ("nodes", self.places[node.name])
        self.faults.append(Fault(reason, message, path, "Name it as the join of the split around it."))


def _placed(trail: Trail) -> str:
    return f"inside '{trail[-1]}'" if trail else "outside any split"


def reaching(nodes: Mapping[str, FlowNode], goals: Iterable[str]) -> set[str]:
    """The nodes from which a way leads to one of `goals`."""
    backwards: dict[str, list[str]] = {}
    for node in nodes.values():
        for following in ways(node):
            backwards.setdefault(following, []).append(node.name)
    found = set(goals)
    pending = list(found)
    while pending:
        for before in backwards.get(pending.pop(), ()):
            if before not in found:
                found.add(before)
                pending.append(before)
    return found
