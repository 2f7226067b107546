"""Every fault of a flow at once: what keeps it from being published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from metadata.flows.nodes import NODE_KINDS, kind_of, settings_of
from metadata.flows.progress import progress_faults
from metadata.flows.structure import Structure, reaching, structure_of, ways
from metadata.flows.terms import Subject
from metadata.flows.values import BoundaryTimer, Flow, FlowEdge, FlowNode
from metadata.flows.wording import regulation_faults
from metadata.model.tenant import TenantModel
from metadata.problems import Fault, Path

__all__ = ["MAX_NODES", "lint", "object_faults"]

MAX_NODES = 500
"""Most nodes of one flow."""


def object_faults(model: TenantModel, flow: Flow) -> Iterator[Fault]:
    """What even a draft may not say: it belongs to an object type that is there."""
    found = model.objects.get(flow.object)
    if found is None:
        message = f"Flow '{flow.name}' is for '{flow.object}', which is no object type."
        yield Fault("unknown_object", message, ("object",), f"Known: {', '.join(sorted(model.objects))}.")
    elif found.storage != "tenant":
        message = f"Flow '{flow.name}' is for '{flow.object}', which belongs to the platform."
        yield Fault("unknown_object", message, ("object",), "Name an object type of the tenant's own.")


def lint(model: TenantModel, flow: Flow) -> tuple[Fault, ...]:
    """Find what is wrong with a flow.

    Args:
        model: What it may name.
        flow: The draft.

    Returns:
        All faults, each once; paths start at the flow: `("nodes", 2, "edges", 0, "when")`.
    """
    found = list(object_faults(model, flow))
    if found:
        return tuple(found)
    if len(flow.nodes) > MAX_NODES:
        message = f"Flow '{flow.name}' has {len(flow.nodes)} nodes; {MAX_NODES} are allowed."
        return (Fault("too_many_items", message, ("nodes",), "Move a part into a flow of its own."),)
    structure = structure_of(flow)
    for place, node in enumerate(flow.nodes):
        found += [fault.under("nodes", place) for fault in _node_faults(model, flow, structure, node)]
    found += _journey(model, flow)
    found += regulation_faults(model, flow)
    found += _ends(flow)
    found += structure.faults
    found += _reach(flow, structure)
    if not structure.faults:
        found += _early_ends(flow, structure)
    found += _loops(flow)
    found += _circles(model, flow)
    found += [fault.under("progress") for fault in progress_faults(model, flow)]
    return tuple(dict.fromkeys(found))


def _journey(model: TenantModel, flow: Flow) -> Iterator[Fault]:
    """What is wrong with goal and exits, and waits for messages of steps that send none."""
    senders = {node.name for node in flow.nodes if node.kind == "perform" and settings_of(node).action == "send"}
    for place, node in enumerate(flow.nodes):
        if node.kind == "wait_message" and settings_of(node).step not in senders:
            message = (
                f"Node '{node.name}' of flow '{flow.name}' waits for '{settings_of(node).step}', which sends nothing."
            )
            known = ", ".join(sorted(senders)) or "none"
            yield Fault("unknown_node", message, ("nodes", place, "settings", "step"), f"Steps that send: {known}.")
    journey = flow.journey
    if journey is None:
        return
    subject = Subject(model, flow.object, f"Journey '{flow.name}'")
    for name in ("goal", "exit"):
        yield from subject.expression(getattr(journey, name), ("journey", name))
    if not journey.goal:
        message = f"{subject.what} has no goal."
        yield Fault("missing", message, ("journey", "goal"), "Write an expression over the record.")
    yield from subject.duration(journey.again, ("journey", "again"))
    if not 0 <= journey.hold_out < 100:
        message = f"{subject.what} holds {journey.hold_out} of a hundred records out."
        yield Fault("out_of_range", message, ("journey", "hold_out"), "0 to 99.")


# ── one node ─────────────────────────────────────────────────────────────────────────────────────────


def _node_faults(model: TenantModel, flow: Flow, structure: Structure, node: FlowNode) -> Iterator[Fault]:
    what = f"Node '{node.name}' of flow '{flow.name}'"
    subject = Subject(model, flow.object, what)
    kind, settings = kind_of(node), settings_of(node)
    for fault in kind.check(subject, settings):
        yield fault.under("settings")
    if node.required and not kind.evident:
        message = f"{what} is required, but a {node.kind} is nothing that somebody or something does."
        yield Fault("not_applicable", message, ("required",), "Require the step that does the work.")
    yield from _way_count(node, what)
    for place, edge in enumerate(node.edges):
        yield from (fault.under("edges", place) for fault in _edge_faults(subject, structure, node, edge))
    yield from _choices(node, what)
    seen: set[str] = set()
    for place, timer in enumerate(node.timers):
        yield from (fault.under("timers", place) for fault in _timer_faults(subject, structure, node, timer))
        if timer.name in seen:
            yield Fault("duplicate_name", f"{what} has two timers '{timer.name}'.", ("timers", place), "Rename one.")
        seen.add(timer.name)
    yield from _compensation_faults(structure, node, what)
    if node.kind == "approval" and settings.reject_to:
        yield from _jump_faults(structure, node, settings.reject_to, what, ("settings", "reject_to"))


def _way_count(node: FlowNode, what: str) -> Iterator[Fault]:
    kind = NODE_KINDS[node.kind]
    if len(node.edges) < kind.least:
        if not node.edges:
            message = f"{what} is a dead end: no edge leads on."
            yield Fault("dead_end", message, ("edges",), "Add an edge, or make it an end.")
        else:
            message = f"{what} has {len(node.edges)} edge; a {node.kind} has {kind.least} or more."
            yield Fault("too_few_edges", message, ("edges",), "Add another branch.")
    if kind.most is not None and len(node.edges) > kind.most:
        message = f"{what} has {len(node.edges)} edges; a {node.kind} has {kind.most}."
        yield Fault("too_many_edges", message, ("edges",), "Put a decision or a split behind it.")


def _edge_faults(subject: Subject, structure: Structure, node: FlowNode, edge: FlowEdge) -> Iterator[Fault]:
    kind = kind_of(node)
    target = structure.nodes.get(edge.to)
    if target is None:
        message = f"{subject.what} leads to '{edge.to}', which is no node of it."
        yield Fault("unknown_node", message, ("to",), f"Nodes are: {', '.join(structure.nodes)}.")
    elif target.kind == "start":
        message = f"{subject.what} leads to the start."
        yield Fault("leads_to_start", message, ("to",), "Lead to the node behind it.")
    yield from subject.expression(edge.when, ("when",))
    if edge.when and not kind.choosing and not kind.outcomes(settings_of(node)):
        message = f"{subject.what} has an edge with a condition, which a {node.kind} does not ask."
        yield Fault("not_applicable", message, ("when",), "Put a decision behind it.")
    known = kind.outcomes(settings_of(node))
    if edge.outcome and edge.outcome not in known:
        message = f"{subject.what} has an edge for the outcome '{edge.outcome}', which it never has."
        yield Fault("unknown_outcome", message, ("outcome",), f"Outcomes are: {', '.join(known) or 'none'}.")
    if edge.weight < 0 or edge.weight > 1_000_000:
        message = f"{subject.what} has an edge of weight {edge.weight}."
        yield Fault("out_of_range", message, ("weight",), "0 to 1000000.")
    if edge.stock is not None and edge.stock < 0:
        yield Fault("out_of_range", f"{subject.what} has an edge of stock {edge.stock}.", ("stock",), "0 or more.")
    if node.kind != "random" and (edge.stock is not None or edge.weight != 1):
        message = f"{subject.what} has an edge with a weight or a stock, and draws nothing."
        yield Fault("not_applicable", message, ("weight",), "Make it a random node.")


def _choices(node: FlowNode, what: str) -> Iterator[Fault]:
    """Whether some edge is always taken."""
    kind = kind_of(node)
    if sum(edge.default for edge in node.edges) > 1:
        yield Fault("several_defaults", f"{what} has several default edges.", ("edges",), "Keep one.")
    has_default = any(edge.default for edge in node.edges)
    if kind.choosing:
        if node.edges and not has_default:
            message = f"{what} has no default edge for records that meet none of its conditions."
            yield Fault("no_default", message, ("edges",), "Mark one edge `default: true`.")
        for place, edge in enumerate(node.edges):
            if not edge.when and not edge.default:
                message = f"{what} has an edge without condition that is not its default."
                yield Fault("missing", message, ("edges", place, "when"), "Give it a condition.")
    elif node.kind == "random":
        if node.edges and not has_default and all(edge.stock is not None or not edge.weight for edge in node.edges):
            message = f"{what} has no edge to take when every stock is used up."
            yield Fault("no_default", message, ("edges",), "Mark one without stock `default: true`.")
        for place, edge in enumerate(node.edges):
            if edge.default and edge.stock is not None:
                message = f"{what} falls back to an edge whose stock is limited."
                yield Fault("no_default", message, ("edges", place, "stock"), "Leave the stock out.")
    else:
        yield from _outcome_choices(node, what, has_default=has_default)


def _outcome_choices(node: FlowNode, what: str, *, has_default: bool) -> Iterator[Fault]:
    """Whether every outcome has a way on that is always taken."""
    outcomes = set(kind_of(node).outcomes(settings_of(node)))
    if not outcomes or has_default:
        return
    if any(not edge.when and not edge.outcome for edge in node.edges):
        return
    if node.kind == "approval":
        outcomes.discard("rejected")  # its settings say where a rejection leads
    if node.kind == "wait_for" and not settings_of(node).deadline:
        outcomes.discard("late")
    if node.kind == "subflow":
        outcomes = {"done"}  # the others end this instance as they ended that one
    covered = {edge.outcome for edge in node.edges if not edge.when}
    for outcome in sorted(outcomes - covered) if node.edges else ():
        message = f"{what} has no edge that is always taken for the outcome '{outcome}'."
        yield Fault("no_default", message, ("edges",), "Add one with this outcome, or mark one `default: true`.")


def _timer_faults(subject: Subject, structure: Structure, node: FlowNode, timer: BoundaryTimer) -> Iterator[Fault]:
    kind = kind_of(node)
    what = f"{subject.what}: timer '{timer.name}'"
    if not kind.waits or node.kind == "join":
        yield Fault("not_applicable", f"{what} stands at a node that does not wait.", (), "Remove it.")
    yield from subject.duration(timer.after, ("after",), required=True)
    yield from subject.calendar(timer.calendar, ("calendar",))
    if timer.to and timer.to not in structure.nodes:
        message = f"{what} leads to '{timer.to}', which is no node."
        yield Fault("unknown_node", message, ("to",), f"Nodes are: {', '.join(structure.nodes)}.")
    if not timer.to and not timer.act:
        yield Fault("missing", f"{what} does nothing.", ("act",), "Say `to`, or `act`.")
    if timer.interrupting and not timer.to:
        yield Fault("missing", f"{what} calls the node off and leads nowhere.", ("to",), "Name a node.")
    if timer.act == "finish" and timer.outcome not in kind.outcomes(settings_of(node)):
        known = ", ".join(kind.outcomes(settings_of(node))) or "none"
        message = f"{what} finishes with '{timer.outcome}'."
        yield Fault("unknown_outcome", message, ("outcome",), f"Outcomes are: {known}.")
    if timer.act in ("urge", "escalate") and not kind.human:
        yield Fault("not_applicable", f"{what} turns to people, but nobody acts here.", ("act",), "Use `to`.")
    if not 0 <= timer.repeat <= 100:
        yield Fault("out_of_range", f"{what} repeats {timer.repeat} times.", ("repeat",), "0 to 100.")
    if timer.repeat and timer.interrupting:
        yield Fault("not_applicable", f"{what} repeats though it calls the node off.", ("repeat",), "Leave it out.")


def _compensation_faults(structure: Structure, node: FlowNode, what: str) -> Iterator[Fault]:
    to, kind = node.compensate, kind_of(node)
    if not to:
        return
    if node.kind in ("start", "join", "end") or kind.splits:
        message = f"{what} is a {node.kind}, whose incidents are not compensated."
        yield Fault("not_applicable", message, ("compensate",), "Give it to a node that does something.")
    elif to not in structure.nodes or structure.nodes[to].kind in ("start", "join") or to == node.name:
        message = f"{what} is compensated by '{to}', which is no node that undoes it."
        yield Fault("unknown_node", message, ("compensate",), "Name another node that is no start and no join.")


def _jump_faults(structure: Structure, node: FlowNode, to: str, what: str, path: Path) -> Iterator[Fault]:
    if to not in structure.nodes or structure.nodes[to].kind in ("start", "join"):
        message = f"{what} leads back to '{to}', which is no node that a token may be put on."
        yield Fault("unknown_node", message, path, "Name a node that is no start and no join.")
        return
    here, there = structure.trails.get(node.name), structure.trails.get(to)
    if here is not None and there is not None and here[: len(there)] != there:
        message = f"{what} leads back to '{to}', which lies in another branch."
        yield Fault("crossed_block", message, path, "Name a node outside, or in the same block.")


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────


def _ends(flow: Flow) -> Iterator[Fault]:
    kinds = Counter(node.kind for node in flow.nodes)
    if kinds["start"] != 1:
        has = f"has {kinds['start']} starts" if kinds["start"] else "has no start"
        yield Fault("bad_start", f"Flow '{flow.name}' {has}.", ("nodes",), "Keep exactly one node of kind start.")
    if not kinds["end"]:
        yield Fault("no_end", f"Flow '{flow.name}' has no end.", ("nodes",), "Add a node of kind end.")


def _reach(flow: Flow, structure: Structure) -> Iterator[Fault]:
    """Nodes that no token reaches, and those that no token leaves for good."""
    goals = [node.name for node in flow.nodes if node.kind == "end"]
    leaving = reaching(structure.nodes, goals)
    jumped = {settings_of(node).reject_to for node in flow.nodes if node.kind == "approval"}
    for place, node in enumerate(flow.nodes):
        if node.name not in structure.trails and node.kind != "start" and structure.start is not None:
            if any(node.name in ways(other) for other in flow.nodes if other.name in structure.trails):
                continue  # reached in a way that the shape faults tell of
            hint = "Lead an edge to it, or remove it."
            if node.name in jumped:
                hint = "A rejection alone leads to it: lead an edge to it as well."
            yield Fault("unreachable", f"Node '{node.name}' is never reached.", ("nodes", place), hint)
        if goals and node.edges and node.name not in leaving:
            message = f"From node '{node.name}' no way leads to an end."
            yield Fault("no_way_out", message, ("nodes", place), "Add an edge that leaves the loop.")


def _early_ends(flow: Flow, structure: Structure) -> Iterator[Fault]:
    """Ends that say all is done while other branches are under way: they would call those off."""
    main, pending = set[str](), [node.name for node in flow.nodes if node.kind == "start"]
    while pending:
        name = pending.pop()
        node = structure.nodes.get(name)
        if node is not None and name not in main:
            main.add(name)
            pending += [edge.to for edge in node.edges]
            pending += [timer.to for timer in node.timers if timer.to and timer.interrupting]
    for place, node in enumerate(flow.nodes):
        around = structure.trails.get(node.name)
        if node.kind == "end" and around and node.name in main and settings_of(node).result == "done":
            message = (
                f"Node '{node.name}' ends the flow as done inside the split '{around[-1]}', whose other branches it"
            )
            hint = f"Lead to the join '{structure.joins[around[-1]]}', or give it a result other than done."
            yield Fault("end_in_block", f"{message} would call off.", ("nodes", place), hint)


def _loops(flow: Flow) -> Iterator[Fault]:
    """A circle that no token would ever rest in."""
    circling = {node.name: node for node in flow.nodes if not kind_of(node).waits or node.kind == "join"}
    while True:
        leaving = [name for name, node in circling.items() if not any(way in circling for way in ways(node))]
        if not leaving:
            break
        for name in leaving:
            del circling[name]
    if not circling:
        return
    trail = [next(iter(circling))]
    while True:
        following = next(way for way in ways(circling[trail[-1]]) if way in circling)
        if following in trail:
            break
        trail.append(following)
    circle = trail[trail.index(following) :]
    place = next(place for place, node in enumerate(flow.nodes) if node.name == following)
    message = f"A token would run in a circle without rest: {' → '.join((*circle, following))}."
    yield Fault(
        "endless_loop", message, ("nodes", place), "Put a node between that waits: a task, an approval, a delay."
    )


def _circles(model: TenantModel, flow: Flow) -> Iterator[Fault]:
    """Flows that wait for each other in a circle."""
    found, pending = set[str](), [flow.name]
    while pending:
        here = flow if pending[-1] == flow.name else model.flows.get(pending[-1])
        pending.pop()
        for node in here.nodes if here is not None else ():
            settings = settings_of(node) if node.kind == "subflow" else None
            if settings is None or not settings.wait or settings.target:
                continue
            if settings.flow == flow.name:
                message = f"Flow '{flow.name}' waits for itself, by way of '{here.name if here else ''}'."
                yield Fault("flow_cycle", message, ("nodes",), "Do not wait, or run it for another record.")
                return
            if settings.flow not in found:
                found.add(settings.flow)
                pending.append(settings.flow)
