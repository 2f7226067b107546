"""Which routing rule each of some events fits: conditions are asked of all their records by one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from metadata.expressions.before import with_old_values
from metadata.expressions.text import parse, unparse
from metadata.expressions.tree import Expression, FieldPath, Root, children
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import TangramError
from metadata.routing.values import RoutingRule
from server.events.log import Event
from server.records.facts import Facts
from server.routing.recording import Standing

__all__ = ["asks_for_change", "fitting", "hold", "rules_of"]

_log = structlog.get_logger("tangram.routing")


def rules_of(model: TenantModel, object_name: str, kind: str) -> list[RoutingRule]:
    """The rules that look at a kind of event, in the order they are tried."""
    found = [
        rule
        for rule in model.routing_rules.values()
        if rule.active and rule.object == object_name and kind in rule.events
    ]
    return sorted(found, key=lambda rule: (rule.order, rule.name))


def asks_for_change(rule: RoutingRule) -> bool:
    """Whether a rule speaks of a change, so that what is in a queue already may be meant."""
    return _names_old(parse(rule.when)) if rule.when else False


async def fitting(
    facts: Facts, standing: Standing, object_type: ObjectType, events: Sequence[Event]
) -> dict[int, RoutingRule]:
    """By id of the event, the first rule that it fits; events that fit none are left out.

    Args:
        facts: Evaluates conditions.
        standing: The transaction.
        object_type: Of all the records.
        events: Any kinds; of one record each.
    """
    tried: dict[int, tuple[tuple[RoutingRule, str], ...]] = {}
    for event in events:
        rules = rules_of(standing.context.model, object_type.name, event.kind)
        tried[event.id] = tuple((rule, _condition(rule, object_type, event)) for rule in rules)
    together: dict[tuple[str, ...], list[str]] = {}
    for event in events:
        texts = tuple(dict.fromkeys(text for _, text in tried[event.id] if text))
        together.setdefault(texts, []).append(event.record_id)
    met: dict[str, frozenset[str]] = {}
    for texts, records in together.items():
        met |= await hold(facts, standing, object_type.name, records, texts)
    found = {}
    for event in events:
        true = met.get(event.record_id, frozenset())
        rule = next((rule for rule, text in tried[event.id] if not text or text in true), None)
        if rule is not None:
            found[event.id] = rule
    return found


async def hold(
    facts: Facts, standing: Standing, object_name: str, records: Sequence[str], texts: Sequence[str]
) -> Mapping[str, frozenset[str]]:
    """Which conditions are true of each record; one that cannot be asked is told in the log, and true of none."""
    if not texts:
        return {}
    try:
        found = await facts.many(
            standing.connection, standing.context, object_name, records, texts, instant=standing.now
        )
    except TangramError as error:  # it names what is no longer there
        if len(texts) > 1:
            parts = [await hold(facts, standing, object_name, records, [text]) for text in texts]
            return {record: frozenset().union(*(part.get(record, frozenset()) for part in parts)) for record in records}
        _log.warning("a condition of routing cannot be asked", condition=texts[0], reason=error.message)
        return {}
    return {record: frozenset(text for text in texts if values[text] is True) for record, values in found.items()}


def _condition(rule: RoutingRule, object_type: ObjectType, event: Event) -> str:
    """What the record has to meet as it is now; empty for nothing."""
    if not rule.when:
        return ""
    old = {column: pair[0] for column, pair in event.pairs.items()}
    return unparse(with_old_values(parse(rule.when), object_type, old, created=event.kind == "create"))


def _names_old(tree: Expression) -> bool:
    if isinstance(tree, FieldPath):
        return tree.root is Root.OLD
    return any(map(_names_old, children(tree)))
