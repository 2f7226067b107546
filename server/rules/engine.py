"""Rules considered for occasions, in order: conditions in one statement, guards, actions, and lines of the log.

Whoever calls gives the transaction, and one occasion or very many: each rule is asked, guarded and done for all of
them by as many statements as for one. It acts inside a savepoint: what is refused for a set is done one by one, and one
that fails leaves nothing of itself but an incident, while the others go on. An occasion has a key; a rule is decided
once for each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import msgspec
import structlog

from metadata.model.values import ObjectType
from metadata.problems import TangramError, UnavailableError
from metadata.rules.actions import action_settings
from metadata.rules.testing import chosen_branches
from metadata.rules.triggers import settings_of
from metadata.rules.values import CrossingTrigger, Rule
from server.access.plan import ADMINISTRATOR
from server.automation import Performer, RuleStep
from server.context import Actor, ActorKind, Context
from server.events.log import append, draft_for
from server.events.timers import TimerDraft, set_timer
from server.records.problems import StaleModelError, refusal_of
from server.rules import sql
from server.rules.acting import TOLD_OBJECT
from server.rules.guarding import Held, Stood, Trial, guard_facts, held_back, in_period, midnight_of
from server.rules.knowing import Knowing, Moment, conjuncts
from server.rules.ruleset import Published

__all__ = ["AGAIN", "Occasion", "RuleEngine", "Verdict", "add_runs"]

AGAIN = "rules.again"
"""Kind of the timers of rules that wait for the end of quiet hours."""

_TOLD_AGAIN = timedelta(hours=1)
"""A rule that has failed within this time was told of."""
_ENCODER = msgspec.json.Encoder(decimal_format="string")
_log = structlog.get_logger("tangram.rules")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What rules are considered for.

    Attributes:
        key: Names it.
        object_type: Of the record.
        moment: How the record is looked at.
        event_id: The event behind it; None for moments of the clock.
        cause: Events that led here, this one last.
        now: The instant.
        trying: What was tried before, where nothing is kept of it: it is undone by whoever asks.
    """

    key: str
    object_type: ObjectType
    record_id: str
    moment: Moment
    now: datetime
    event_id: int | None = None
    cause: tuple[int, ...] = ()
    trying: Trial | None = None


@dataclass(slots=True)
class Verdict:
    """What became of a rule: `fired`, `not_met`, `skipped`, `deferred` or `failed`, and why; how long it took."""

    rule: Published
    outcome: str
    why: str = ""
    actions: tuple[Mapping[str, Any], ...] = ()
    took_us: int = 0
    until: datetime | None = None


@dataclass(eq=False)
class _Considered:
    """One occasion while its rules are gone through.

    Attributes:
        rules: Those that are not decided yet, by name.
        known: Values of each rule's conditions, by its name; why they cannot be told; None where the record is gone.
        stopped: Groups that a rule has ended.
    """

    occasion: Occasion
    rules: Mapping[str, Published]
    known: Mapping[str, Mapping[str, Any] | TangramError | None] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def record(self) -> str:
        return self.occasion.record_id


@dataclass(eq=False)
class RuleEngine:
    """Considers rules; holds nothing of them.

    Attributes:
        performers: What does each kind of action, by its key.
    """

    performers: Mapping[str, Performer]
    knowing: Knowing = field(default_factory=Knowing)

    async def consider(
        self, connection: Any, context: Context, rules: Sequence[Published], occasion: Occasion
    ) -> list[Verdict]:
        """Decide and do rules, in order; all conditions are asked before anything is done.

        Args:
            connection: In a transaction.
            context: The tenant.
            rules: In order.
            occasion: What for.

        Returns:
            What became of each that was not decided before.
        """
        return (await self.consider_all(connection, context, [(occasion, rules)]))[0]

    async def consider_all(
        self, connection: Any, context: Context, occasions: Sequence[tuple[Occasion, Sequence[Published]]]
    ) -> list[list[Verdict]]:
        """The same for several occasions at one instant, of one object type and each of another record."""
        every = await self._undecided(connection, context, occasions)
        open_ones = [one for one in every if one.rules]
        if not open_ones:
            return [[] for _ in every]
        await self._ask_conditions(connection, context, open_ones)
        rules = {one.rule.name: one for each in open_ones for one in each.rules.values()}
        for rule in sorted(rules.values(), key=lambda one: one.place):
            concerned = [one for one in open_ones if rule.rule.name in one.rules]
            begun = time.perf_counter_ns()
            verdicts = await self._decide(connection, context, rule, concerned)
            took_us = (time.perf_counter_ns() - begun) // 1_000 // len(concerned)
            for one in concerned:
                verdict = verdicts[one.record]
                verdict.took_us = took_us
                if verdict.outcome == "fired" and rule.rule.stop:
                    one.stopped.add(rule.rule.group)
                one.verdicts.append(verdict)
        await self._keep(connection, context, open_ones)
        return [one.verdicts for one in every]

    async def _undecided(
        self, connection: Any, context: Context, occasions: Sequence[tuple[Occasion, Sequence[Published]]]
    ) -> list[_Considered]:
        counting = [
            (occasion, {one.rule.name: one for one in rules if in_period(one.rule, occasion.now)})
            for occasion, rules in occasions
        ]
        keys = [occasion.key for occasion, rules in counting if rules and occasion.trying is None]
        decided = set[tuple[str, str]]()
        if keys:
            names = list({name for _, rules in counting for name in rules})
            rows = await connection.fetch(sql.DECIDED, context.model.tenant_id, keys, names)
            decided = {(row["key"], row["rule"]) for row in rows}
        return [
            _Considered(
                occasion, {name: one for name, one in rules.items() if (occasion.key, name) not in decided}
            )
            for occasion, rules in counting
        ]  # fmt: skip

    # ── conditions ───────────────────────────────────────────────────────────────────────────────

    async def _ask_conditions(self, connection: Any, context: Context, considered: Sequence[_Considered]) -> None:
        """Values of each rule's conditions, of all records that the same rules are about in one statement."""
        alike: dict[tuple[str, ...], list[_Considered]] = {}
        for one in considered:
            alike.setdefault(tuple(one.rules), []).append(one)
        for those in alike.values():
            texts = {name: _texts(one.rule) for name, one in those[0].rules.items()}
            found = await self._values(connection, context, those, texts)
            for one in those:
                one.known = {name: values if isinstance(values, TangramError) else values.get(one.record)
                             for name, values in found.items()}  # fmt: skip

    async def _values(
        self, connection: Any, context: Context, considered: Sequence[_Considered], texts: Mapping[str, Sequence[str]]
    ) -> Mapping[str, Mapping[str, Mapping[str, Any]] | TangramError]:
        """By rule and record; a rule that names what is gone does not keep the others from being asked."""
        wanted = [text for each in texts.values() for text in each]
        try:
            return dict.fromkeys(texts, await self._ask(connection, context, considered, wanted))
        except TangramError:
            answers: dict[str, Mapping[str, Mapping[str, Any]] | TangramError] = {}
            for name, each in texts.items():
                try:
                    answers[name] = await self._ask(connection, context, considered, each)
                except TangramError as error:
                    answers[name] = error
            return answers

    async def _ask(
        self, connection: Any, context: Context, considered: Sequence[_Considered], texts: Sequence[str]
    ) -> Mapping[str, Mapping[str, Any]]:
        object_type = considered[0].occasion.object_type
        moments = {one.record: one.occasion.moment for one in considered}
        return await self.knowing.values_of_all(connection, context, object_type, moments, texts)

    async def _decide(
        self, connection: Any, context: Context, one: Published, considered: Sequence[_Considered]
    ) -> dict[str, Verdict]:
        rule = one.rule
        verdicts, met = dict[str, Verdict](), list[_Considered]()
        for each in considered:
            known = each.known[rule.name]
            if rule.group and rule.group in each.stopped:
                why = f"A rule of the group '{rule.group}' before it has stopped it."
                verdicts[each.record] = Verdict(one, "skipped", why)
            elif isinstance(known, TangramError):
                verdicts[each.record] = Verdict(one, "failed", known.message)
            elif known is None:
                verdicts[each.record] = Verdict(one, "skipped", "The record is no longer there.")
            elif missed := next((text for text in conjuncts(rule.when) if known[text] is not True), None):
                verdicts[each.record] = Verdict(one, "not_met", missed)
            else:
                met.append(each)
        if met:
            verdicts |= await self._guarded(connection, context, one, met)
        return verdicts

    # ── guards ───────────────────────────────────────────────────────────────────────────────────

    async def _guarded(
        self, connection: Any, context: Context, one: Published, met: Sequence[_Considered]
    ) -> dict[str, Verdict]:
        rule, timezone = one.rule, context.model.settings.timezone
        verdicts, free = dict[str, Verdict](), list[_Considered]()
        stood, unarmed = (
            await self._stood(connection, context, rule, met),
            await self._unarmed(connection, context, rule, met),
        )
        fired = 0
        for each in met:
            so_far = replace(stood[each.record], today=stood[each.record].today + fired)
            held = held_back(rule, so_far, each.occasion.now, timezone)
            if each.record in unarmed:
                held = Held("The number has not been back far enough since it last fired.")
            if held is not None:
                outcome = "deferred" if held.until is not None else "failed" if held.incident else "skipped"
                verdicts[each.record] = Verdict(one, outcome, held.why, until=held.until)
            elif rule.guard.per_day:  # each counts for the next
                verdicts |= await self._do(connection, context, one, [each])
                fired += verdicts[each.record].outcome == "fired"
            else:
                free.append(each)
        if free:
            verdicts |= await self._do(connection, context, one, free)
        return verdicts

    async def _stood(
        self, connection: Any, context: Context, rule: Rule, met: Sequence[_Considered]
    ) -> Mapping[str, Stood]:
        first, timezone = met[0].occasion, context.model.settings.timezone
        if first.trying is not None:
            midnight = midnight_of(first.now, timezone)
            return {one.record: first.trying.stood(rule, one.record, midnight, len(one.occasion.cause)) for one in met}
        return await guard_facts(
            connection, context.model.tenant_id, rule, table=first.object_type.table,
            causes={one.record: one.occasion.cause for one in met}, now=first.now, timezone=timezone,
        )  # fmt: skip

    async def _unarmed(
        self, connection: Any, context: Context, rule: Rule, met: Sequence[_Considered]
    ) -> frozenset[str]:
        """Records whose number has passed the line before and was not back far enough since."""
        settings = settings_of(rule)
        if not isinstance(settings, CrossingTrigger) or not settings.rearm:
            return frozenset()
        rows = await connection.fetch(sql.STATES, context.model.tenant_id, rule.name, [one.record for one in met])
        return frozenset(row["record"] for row in rows if not row["armed"])

    # ── actions ──────────────────────────────────────────────────────────────────────────────────

    async def _do(
        self, connection: Any, context: Context, one: Published, free: Sequence[_Considered]
    ) -> dict[str, Verdict]:
        """The actions of a rule for some records, those of the same branches together."""
        alike: dict[frozenset[str], list[_Considered]] = {}
        for each in free:
            known = each.known[one.rule.name]
            assert known is not None  # its conditions were met
            assert not isinstance(known, TangramError)
            alike.setdefault(chosen_branches(one.rule, _is_true(known)), []).append(each)
        verdicts: dict[str, Verdict] = {}
        for branches, those in alike.items():
            verdicts |= await self._together(connection, context, one, branches, those)
        return verdicts

    async def _together(
        self, connection: Any, context: Context, one: Published, branches: frozenset[str], those: Sequence[_Considered]
    ) -> dict[str, Verdict]:
        """All or none of a rule's actions for each of some records; one by one where they are refused together."""
        try:
            async with connection.transaction():
                done = await self._act(connection, context, one, branches, those)
            return {each.record: Verdict(one, "fired", actions=done[each.record]) for each in those}
        except (StaleModelError, UnavailableError):
            raise
        except (TangramError, asyncpg.PostgresError) as error:
            refusal = error if isinstance(error, TangramError) else refusal_of(error, context.model)
            if refusal is None:
                raise
            if len(those) == 1:
                return {those[0].record: Verdict(one, "failed", refusal.message)}
        verdicts: dict[str, Verdict] = {}
        for each in those:
            verdicts |= await self._together(connection, context, one, branches, [each])
        return verdicts

    async def _act(
        self, connection: Any, context: Context, one: Published, branches: frozenset[str], those: Sequence[_Considered]
    ) -> dict[str, tuple[Mapping[str, Any], ...]]:
        rule = one.rule
        actor = Actor("", ActorKind.SYSTEM, f"rule {rule.name} v{one.number}", ())
        own = {
            each.record: replace(
                context, actor=actor, access=ADMINISTRATOR, cause=replace(context.cause, chain=each.occasion.cause)
            )
            for each in those
        }
        done: dict[str, list[Mapping[str, Any]]] = {each.record: [] for each in those}
        for action in rule.actions:
            if action.branch and action.branch not in branches:
                continue
            performer, settings = self.performers[action.kind], action_settings(action)
            asked = _Asked(self, connection, own[those[0].record], those, together=performer.is_of_many(settings))
            steps = [
                RuleStep(
                    connection, own[each.record], each.occasion.now, rule.name, one.number, each.occasion.object_type,
                    each.record, settings, partial(asked.known, each), f"rule {rule.name}", each.occasion.key,
                )
                for each in those
            ]  # fmt: skip
            for each, found in zip(those, await performer.act(steps), strict=True):
                done[each.record].append({"action": action.name, "kind": action.kind, **found})
        if isinstance(settings := settings_of(rule), CrossingTrigger) and settings.rearm:
            for each in those:
                await connection.execute(
                    sql.SET_STATE, context.model.tenant_id, rule.name, each.record, False, each.occasion.now
                )
        return {record: tuple(found) for record, found in done.items()}

    # ── the log ──────────────────────────────────────────────────────────────────────────────────

    async def _keep(self, connection: Any, context: Context, considered: Sequence[_Considered]) -> None:
        """Lines of the log; what waits for the end of quiet hours is asked again then."""
        tenant_id = context.model.tenant_id
        kept = list[tuple[Occasion, Verdict]]()
        for one in considered:
            for verdict in one.verdicts:
                rule = verdict.rule.rule
                if verdict.outcome == "failed":
                    _log.warning("a rule failed", tenant=tenant_id, rule=rule.name, record=one.record, why=verdict.why)
                if one.occasion.trying is None and not (verdict.outcome == "not_met" and rule.log == "fired"):
                    kept.append((one.occasion, verdict))
        await self._tell_failures(connection, context, kept)
        await add_runs(connection, tenant_id, kept)
        for occasion, verdict in kept:
            if verdict.until is not None:
                payload = {
                    "rule": verdict.rule.rule.name, "key": occasion.key, "event": occasion.event_id,
                    "object": occasion.object_type.name, "record": occasion.record_id,
                }  # fmt: skip
                key, stream = f"{verdict.rule.rule.name}:{occasion.key}", f"rule:{occasion.record_id}"
                await set_timer(connection, TimerDraft(tenant_id, AGAIN, key, verdict.until, payload, stream))

    async def _tell_failures(self, connection: Any, context: Context, kept: Sequence[tuple[Occasion, Verdict]]) -> None:
        """Whoever answers for a rule is told that it has failed: once for as long as it goes on failing."""
        failed = {
            verdict.rule.rule.name: (occasion, verdict.rule)
            for occasion, verdict in reversed(kept)
            if verdict.outcome == "failed"
        }
        if not failed:
            return
        tenant_id, since = context.model.tenant_id, next(iter(failed.values()))[0].now - _TOLD_AGAIN
        rows = await connection.fetch(sql.FAILED_LATELY, tenant_id, list(failed), since)
        for name in failed.keys() - {row["rule"] for row in rows}:
            occasion, one = failed[name]
            responsible = await connection.fetchval(sql.ACCOUNT, tenant_id, one.rule.responsible)
            told = {
                "rule": name, "number": one.number, "object": occasion.object_type.table, "record": occasion.record_id,
                "responsible": responsible,
            }  # fmt: skip
            await append(connection, draft_for(context, "rule_failed", TOLD_OBJECT, occasion.record_id, told))


@dataclass(eq=False)
class _Asked:
    """What an action asks of records: of all that it is done for in one statement, where it is done for all at once."""

    engine: RuleEngine
    connection: Any
    context: Context
    those: Sequence[_Considered]
    together: bool
    _kept: dict[tuple[str, ...], Mapping[str, Mapping[str, Any]]] = field(default_factory=dict, init=False)

    async def known(self, each: _Considered, texts: Sequence[str]) -> Mapping[str, Any]:
        """Values of expressions over a record, as it is while the rule acts."""
        if not self.together:
            found = await self.engine._ask(self.connection, self.context, [each], texts)
            return found.get(each.record) or dict.fromkeys(texts)
        key = tuple(texts)
        if key not in self._kept:
            self._kept[key] = await self.engine._ask(self.connection, self.context, self.those, texts)
        return self._kept[key].get(each.record) or dict.fromkeys(texts)


async def add_runs(connection: Any, tenant_id: str, kept: Sequence[tuple[Occasion, Verdict]]) -> None:
    """Lines of the log of what became of rules, all considered at one instant."""
    if not kept:
        return
    occasions, verdicts = [one for one, _ in kept], [one for _, one in kept]
    await connection.execute(
        sql.ADD_RUNS, tenant_id, occasions[0].now,
        [one.rule.rule.name for one in verdicts], [one.rule.number for one in verdicts],
        [one.key for one in occasions], [one.event_id for one in occasions],
        [one.object_type.table for one in occasions], [one.record_id for one in occasions],
        [one.outcome for one in verdicts], [one.why[:2_000] for one in verdicts],
        [_ENCODER.encode(one.actions).decode() for one in verdicts], [one.took_us for one in verdicts],
        [len(one.cause) for one in occasions],
    )  # fmt: skip


def _texts(rule: Rule) -> list[str]:
    return [*conjuncts(rule.when), *(branch.when for branch in rule.branches if branch.when)]


def _is_true(known: Mapping[str, Any]) -> Callable[[str], bool]:
    return lambda text: known[text] is True
