"""Rules run on past events, each in a transaction that is undone: what they would do, and what it would cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from metadata.expressions.literals import decimal_text
from metadata.model.values import ObjectType
from metadata.problems import TangramError
from metadata.rules.triggers import trigger_of
from metadata.rules.values import Rule
from server.actions import ActionRun
from server.context import Context
from server.events.log import Event
from server.records.reach import within_reach
from server.rules import sql
from server.rules.engine import Occasion, RuleEngine, Verdict
from server.rules.guarding import Trial
from server.rules.knowing import Moment
from server.rules.ruleset import Published, RuleSet
from server.rules.waiting import meeting

__all__ = ["MAX_EVENTS", "Tried", "try_rules"]

MAX_EVENTS = 500


@dataclass(frozen=True, slots=True)
class Tried:
    """One occasion of a trial: what became of each rule, and what was given away below cost."""

    event: int | None
    record: str
    at: datetime
    verdicts: Sequence[Verdict]
    loss: Mapping[str, Any] | None


class _UndoneError(Exception):
    """Raised to undo what was tried, with what was found."""

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.found = found


async def try_rules(
    connection: Any,
    context: Context,
    engine: RuleEngine,
    rules: Sequence[Rule],
    *,
    events: Sequence[int] | None,
    record: str | None,
    since: datetime | None,
    last: int,
    now: datetime,
) -> list[Tried]:
    """Run drafts on past events, oldest first, or on records where they do not listen to events; of records one sees.

    Args:
        connection: In a transaction; nothing of what happens inside stays.
        context: The tenant, and who tries.
        engine: The engine.
        rules: The drafts, all about one object type.
        events: Which events; None for the newest.
        record: Only of this record.
        since: Only from then on.
        last: How many at most.
        now: What `now()` says where there is no event.
    """
    object_type = context.model.object(rules[0].object)
    drafts = sorted((Published(rule, 0) for rule in rules), key=lambda one: one.place)
    trial, found = Trial(), list[Tried]()
    listening = [one for one in drafts if trigger_of(one.rule).writes]
    if listening:
        limit = min(last, MAX_EVENTS)
        ids = None if events is None else list(events)
        tables = [object_type.table]
        rows = await connection.fetch(sql.PAST_EVENTS, context.model.tenant_id, tables, ids, record, since, limit)
        rule_set = RuleSet(context.model, listening)
        past = reversed([Event.from_row(row) for row in rows])
        for event in await _seen(connection, context, object_type, now, list(past), lambda one: one.record_id):
            named = rule_set.of_event(event)
            if named:
                moment = Moment.of(event, event.at)
                occasion = Occasion(
                    f"e:{event.id}", object_type, event.record_id, moment, event.at, event.id,
                    (*event.cause, event.id), trial,
                )  # fmt: skip
                found.append(await _tried(connection, context, engine, named, occasion))
    others = [one for one in drafts if not trigger_of(one.rule).writes]
    if others:
        ids_ = [record] if record else await _some(connection, context, object_type, others, now, min(last, MAX_EVENTS))
        for each in await _seen(connection, context, object_type, now, ids_, str):
            occasion = Occasion(f"t:{each}", object_type, each, Moment(now), now, trying=trial)
            found.append(await _tried(connection, context, engine, others, occasion))
    return found


_One = TypeVar("_One")


async def _seen(
    connection: Any,
    context: Context,
    object_type: ObjectType,
    now: datetime,
    found: Sequence[_One],
    record_of: Callable[[_One], str],
) -> Sequence[_One]:
    """What is about records that whoever tries sees: a trial tells of nothing else."""
    if context.access.rights is None:
        return found
    seen = await within_reach(ActionRun(context, connection, now), object_type, map(record_of, found))
    return [one for one in found if record_of(one) in seen]


async def _some(
    connection: Any, context: Context, object_type: ObjectType, rules: Sequence[Published], now: datetime, first: int
) -> list[str]:
    """Records that meet the condition of one of the rules."""
    found: dict[str, None] = {}
    for one in rules:
        ids = await meeting(connection, context, object_type, one.rule.when, now, after="", first=first)
        found |= dict.fromkeys(ids)
    return list(found)[:first]


async def _tried(
    connection: Any, context: Context, engine: RuleEngine, rules: Sequence[Published], occasion: Occasion
) -> Tried:
    try:
        async with connection.transaction():
            loss_of = await _terms(connection, context, engine, rules, occasion)
            raise _UndoneError((await engine.consider(connection, context, rules, occasion), loss_of))
    except _UndoneError as undone:
        verdicts, terms = undone.found
    trial = occasion.trying
    assert trial is not None
    for verdict in verdicts:
        if verdict.outcome == "fired":
            trial.fired.append((verdict.rule.rule.name, occasion.record_id, occasion.now))
    return Tried(occasion.event_id, occasion.record_id, occasion.now, verdicts, _loss(verdicts, terms))


async def _terms(
    connection: Any, context: Context, engine: RuleEngine, rules: Sequence[Published], occasion: Occasion
) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """What each rule would give, the price without it, and the cost, by rule; without those that cannot be told."""
    found: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    for one in rules:
        benefit = one.rule.benefit
        if benefit is None:
            continue
        texts = [benefit.value, benefit.price, benefit.cost]
        try:
            known = await engine.knowing.values(
                connection, context, occasion.object_type, occasion.record_id, texts, occasion.moment
            )
        except TangramError:
            continue
        values = [None if known is None else known[text] for text in texts]
        if all(value is not None for value in values):
            given, price, cost = (Decimal(str(value)) for value in values)
            found[one.rule.name] = (given, price, cost)
    return found


def _loss(
    verdicts: Sequence[Verdict], terms: Mapping[str, tuple[Decimal, Decimal, Decimal]]
) -> Mapping[str, Any] | None:
    """What all that is given together falls below cost; None where it does not."""
    names = [one.rule.rule.name for one in verdicts if one.outcome == "fired" and one.rule.rule.name in terms]
    if not names:
        return None
    given = sum((terms[name][0] for name in names), Decimal())
    price, cost = max(terms[name][1] for name in names), max(terms[name][2] for name in names)
    loss = cost - (price - given)
    if loss <= 0:
        return None
    amounts = {"given": given, "price": price, "cost": cost, "loss": loss}
    return {"rules": names, **{name: decimal_text(amount) for name, amount in amounts.items()}}
