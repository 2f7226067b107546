"""Rules considered for one occasion, in order: conditions in one statement, guards, actions, and a line of the log.

Whoever calls gives the transaction. Each rule acts inside a savepoint of its own: one that fails leaves nothing of
itself but an incident, and the others go on. An occasion has a key; a rule is decided once for each.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
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
from server.events.timers import TimerDraft, set_timer
from server.records.problems import StaleModelError, refusal_of
from server.rules import sql
from server.rules.guarding import Held, Trial, guard_facts, held_back, in_period, midnight_of
from server.rules.knowing import Knowing, Moment, conjuncts
from server.rules.ruleset import Published

__all__ = ["AGAIN", "Occasion", "RuleEngine", "Verdict"]

AGAIN = "rules.again"
"""Kind of the timers of rules that wait for the end of quiet hours."""

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a rule: `fired`, `not_met`, `skipped`, `deferred` or `failed`, and why."""

    rule: Published
    outcome: str
    why: str = ""
    actions: tuple[Mapping[str, Any], ...] = ()
    took_us: int = 0
    until: datetime | None = None


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
        open_rules = await self._undecided(connection, context, rules, occasion)
        if not open_rules:
            return []
        known = await self._known(connection, context, open_rules, occasion)
        verdicts, stopped = [], set[str]()
        for one in open_rules:
            begun = time.perf_counter_ns()
            if one.rule.group and one.rule.group in stopped:
                verdict = Verdict(one, "skipped", f"A rule of the group '{one.rule.group}' before it has stopped it.")
            else:
                verdict = await self._decide(connection, context, one, known[one.rule.name], occasion)
            verdict = replace(verdict, took_us=(time.perf_counter_ns() - begun) // 1_000)
            if verdict.outcome == "fired" and one.rule.stop:
                stopped.add(one.rule.group)
            await self._keep(connection, context, verdict, occasion)
            verdicts.append(verdict)
        return verdicts

    async def _undecided(
        self, connection: Any, context: Context, rules: Sequence[Published], occasion: Occasion
    ) -> list[Published]:
        counting = [one for one in rules if in_period(one.rule, occasion.now)]
        if not counting or occasion.trying is not None:
            return counting
        names = [one.rule.name for one in counting]
        rows = await connection.fetch(sql.DECIDED, context.model.tenant_id, occasion.key, names)
        decided = {row["rule"] for row in rows}
        return [one for one in counting if one.rule.name not in decided]

    async def _known(
        self, connection: Any, context: Context, rules: Sequence[Published], occasion: Occasion
    ) -> Mapping[str, Mapping[str, Any] | TangramError | None]:
        """Values of each rule's conditions; one that names what is gone does not keep the others from being asked."""
        texts = {one.rule.name: _texts(one.rule) for one in rules}
        wanted = [text for each in texts.values() for text in each]
        try:
            found = await self._ask(connection, context, occasion, wanted)
            return dict.fromkeys(texts, found)
        except TangramError:
            answers: dict[str, Mapping[str, Any] | TangramError | None] = {}
            for name, each in texts.items():
                try:
                    answers[name] = await self._ask(connection, context, occasion, each)
                except TangramError as error:
                    answers[name] = error
            return answers

    async def _ask(
        self, connection: Any, context: Context, occasion: Occasion, texts: Sequence[str]
    ) -> Mapping[str, Any] | None:
        return await self.knowing.values(
            connection, context, occasion.object_type, occasion.record_id, texts, occasion.moment
        )

    async def _decide(
        self,
        connection: Any,
        context: Context,
        one: Published,
        known: Mapping[str, Any] | TangramError | None,
        occasion: Occasion,
    ) -> Verdict:
        rule = one.rule
        if isinstance(known, TangramError):
            return Verdict(one, "failed", known.message)
        if known is None:
            return Verdict(one, "skipped", "The record is no longer there.")
        missed = next((text for text in conjuncts(rule.when) if known[text] is not True), None)
        if missed is not None:
            return Verdict(one, "not_met", missed)
        held = await self._held(connection, context, rule, occasion)
        if held is not None:
            if held.until is not None:
                return Verdict(one, "deferred", held.why, until=held.until)
            return Verdict(one, "failed" if held.incident else "skipped", held.why)
        branches = chosen_branches(rule, lambda text: known[text] is True)
        return await self._do(connection, context, one, branches, occasion)

    async def _held(self, connection: Any, context: Context, rule: Rule, occasion: Occasion) -> Held | None:
        model = context.model
        settings = settings_of(rule)
        if isinstance(settings, CrossingTrigger) and settings.rearm:
            row = await connection.fetchrow(sql.STATE, model.tenant_id, rule.name, occasion.record_id)
            if row is not None and not row["armed"]:
                return Held("The number has not been back far enough since it last fired.")
        timezone = model.settings.timezone
        if occasion.trying is not None:
            midnight = midnight_of(occasion.now, timezone)
            stood = occasion.trying.stood(rule, occasion.record_id, midnight, len(occasion.cause))
            return held_back(rule, stood, occasion.now, timezone)
        stood = await guard_facts(
            connection,
            model.tenant_id,
            rule,
            table=occasion.object_type.table,
            record_id=occasion.record_id,
            cause=occasion.cause,
            now=occasion.now,
            timezone=timezone,
        )
        return held_back(rule, stood, occasion.now, timezone)

    async def _do(
        self, connection: Any, context: Context, one: Published, branches: frozenset[str], occasion: Occasion
    ) -> Verdict:
        """The actions of a rule, all or none of them."""
        rule, done = one.rule, list[Mapping[str, Any]]()
        actor = Actor("", ActorKind.SYSTEM, f"rule {rule.name} v{one.number}", ())
        cause = replace(context.cause, chain=occasion.cause)
        own = replace(context, actor=actor, access=ADMINISTRATOR, cause=cause)

        async def known(texts: Sequence[str]) -> Mapping[str, Any]:
            return await self._ask(connection, own, occasion, texts) or dict.fromkeys(texts)

        try:
            async with connection.transaction():
                for action in rule.actions:
                    if action.branch and action.branch not in branches:
                        continue
                    step = RuleStep(
                        connection, own, occasion.now, rule.name, one.number, occasion.object_type,
                        occasion.record_id, action_settings(action), known, f"rule {rule.name}", occasion.key,
                    )  # fmt: skip
                    found = await self.performers[action.kind].perform(step)
                    done.append({"action": action.name, "kind": action.kind, **found})
                if isinstance(settings := settings_of(rule), CrossingTrigger) and settings.rearm:
                    await self._disarm(connection, own, rule, occasion)
        except (StaleModelError, UnavailableError):
            raise
        except TangramError as error:
            return Verdict(one, "failed", error.message)
        except asyncpg.PostgresError as error:
            refusal = refusal_of(error, context.model)
            if refusal is None:
                raise
            return Verdict(one, "failed", refusal.message)
        return Verdict(one, "fired", actions=tuple(done))

    async def _disarm(self, connection: Any, context: Context, rule: Rule, occasion: Occasion) -> None:
        tenant_id = context.model.tenant_id
        await connection.execute(sql.SET_STATE, tenant_id, rule.name, occasion.record_id, False, occasion.now)

    async def _keep(self, connection: Any, context: Context, verdict: Verdict, occasion: Occasion) -> None:
        """One line of the log; what waits for the end of quiet hours is asked again then."""
        rule, tenant_id = verdict.rule.rule, context.model.tenant_id
        if verdict.outcome == "failed":
            _log.warning("a rule failed", tenant=tenant_id, rule=rule.name, record=occasion.record_id, why=verdict.why)
        if occasion.trying is not None or (verdict.outcome == "not_met" and rule.log == "fired"):
            return
        await connection.execute(
            sql.ADD_RUN, tenant_id, rule.name, verdict.rule.number, occasion.key, occasion.event_id,
            occasion.object_type.table, occasion.record_id, occasion.now, verdict.outcome, verdict.why[:2_000],
            _ENCODER.encode(verdict.actions).decode(), verdict.took_us, len(occasion.cause),
        )  # fmt: skip
        if verdict.until is not None:
            payload = {
                "rule": rule.name, "key": occasion.key, "event": occasion.event_id, "object": occasion.object_type.name,
                "record": occasion.record_id,
            }  # fmt: skip
            key = f"{rule.name}:{occasion.key}"
            stream = f"rule:{occasion.record_id}"
            await set_timer(connection, TimerDraft(tenant_id, AGAIN, key, verdict.until, payload, stream))


def _texts(rule: Rule) -> list[str]:
    return [*conjuncts(rule.when), *(branch.when for branch in rule.branches if branch.when)]
