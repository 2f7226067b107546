"""Which messages a rule or a flow will send, and on which days several go to the same customers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from zoneinfo import ZoneInfo

import msgspec

from metadata.calendars.hours import Hours
from metadata.flows.nodes import NODE_KINDS
from metadata.flows.nodes import settings_of as node_settings
from metadata.flows.values import Flow, FlowNode, PerformSettings, StartSettings
from metadata.rules.actions import action_settings
from metadata.rules.timing import next_schedule
from metadata.rules.values import Rule, ScheduleTrigger, SendAction

__all__ = ["PlannedSend", "collisions", "occurrences", "scheduled_start", "sent_after", "sent_by"]


@dataclass(frozen=True, slots=True)
class PlannedSend:
    """Messages that are to be sent on a day.

    Attributes:
        kind: `rule`, `journey` or `message`: by a rule's clock, by a step that a flow waits before or comes to when it
            is started by time, or put down already and waiting for its time.
        at: The first of them.
        step: Of a journey: the step that sends.
        records: Ids of those they go to, as it is known now.
    """

    day: date
    kind: str
    source: str
    step: str
    template: str
    object: str
    at: datetime
    records: frozenset[str]


def sent_by(rule: Rule) -> Iterator[SendAction]:
    """What a rule's actions send, in order; those of branches too, which may or may not be taken."""
    for action in rule.actions:
        if action.kind == "send":
            yield action_settings(action)


def sent_after(flow: Flow, name: str) -> Iterator[tuple[str, SendAction]]:
    """Steps that send, and what, that a run comes to from a node whose time has come, before it waits anew.

    By whichever way it goes; but a wait whose deadline passes does not leave by what did not happen.
    """
    nodes: Mapping[str, FlowNode] = {node.name: node for node in flow.nodes}
    ahead = [edge.to for edge in nodes[name].edges if edge.outcome in ("", "late")] if name in nodes else []
    seen = {name}
    while ahead:
        here = ahead.pop(0)
        if here in seen or here not in nodes:
            continue
        seen.add(here)
        node = nodes[here]
        settings = node_settings(node)
        if isinstance(settings, PerformSettings) and settings.action == "send":
            yield here, msgspec.convert(settings.settings or {}, SendAction)
        if not NODE_KINDS[node.kind].waits:
            ahead += [edge.to for edge in node.edges]


def scheduled_start(flow: Flow) -> tuple[FlowNode, StartSettings] | None:
    """How a flow starts by time, and for whom; None where something else starts it."""
    for node in flow.nodes:
        settings = node_settings(node)
        if isinstance(settings, StartSettings) and settings.trigger == "schedule":
            return node, settings
    return None


def occurrences(
    settings: ScheduleTrigger, after: datetime, until: datetime, zone: ZoneInfo, hours: Hours | None,
    *, counts: tuple[str, str] = ("", ""),
) -> Iterator[datetime]:  # fmt: skip
    """When a time of day comes after an instant and before another, as long as it counts: begin and end, if any."""
    begins, ends = (datetime.fromisoformat(text) if text else None for text in counts)
    due = next_schedule(settings, after, zone, hours)
    while due is not None and due < until and (ends is None or due < ends):
        if begins is None or begins <= due:
            yield due
        due = next_schedule(settings, due, zone, hours)


def collisions(sends: Iterable[PlannedSend]) -> Iterator[tuple[PlannedSend, PlannedSend, int]]:
    """Pairs of sends of one day that go to the same records, and to how many of them."""
    for one, other in combinations(sends, 2):
        shared = len(one.records & other.records)
        if one.day == other.day and shared:
            yield one, other, shared
