"""Evaluates promotion rules: measures finished periods, decides, and gives roles for a time.

A period is measured once and its figures are kept, so that what was decided can be shown later. Trying a rule
measures, decides and changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import structlog
import uuid_utils

from metadata.model.policies import ADMINISTRATOR
from metadata.model.promotions import Promotion
from metadata.model.tenant import TenantModel
from metadata.problems import ForbiddenError, NotFoundError, TangramError
from server.access.assignments import NewAssignment, assign_role
from server.access.duties import conflicts
from server.access.plan import ADMINISTRATOR as EVERY_RIGHT
from server.actions import ActionRun
from server.context import Actor, ActorKind, Context
from server.database.connections import Connections
from server.events.clock import Clock
from server.promotions import sql
from server.promotions.deciding import Decision, Finding, Outcome, decide, outranks
from server.promotions.measuring import compile_measure
from server.promotions.periods import Period, finished
from server.records.run_values import values_for

__all__ = ["Promotions", "evaluate_all"]

ModelOf = Callable[[str], Awaitable[TenantModel | None]]

_SERVER = Actor("", ActorKind.SYSTEM, "promotions", ())
_log = structlog.get_logger("tangram.promotions")


@dataclass(frozen=True, slots=True)
class _Result:
    user_id: str
    user_name: str
    decision: Decision
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Promotions:
    """The engine of promotion rules; it holds nothing."""

    async def trial(self, run: ActionRun, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`promotionOutcomes`: what a rule would do now, with the figures, changing nothing."""
        rule = _rule(run, arguments["rule"])
        results = await _evaluate(run.connection, run.context, rule, run.instant, dry_run=True)
        return [_shown(rule, one) for one in results]

    async def evaluate(self, run: ActionRun, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`evaluatePromotion`: evaluate a rule now, instead of within the hour."""
        rule = _rule(run, arguments["rule"])
        results = await _evaluate(run.connection, run.context, rule, run.instant, dry_run=False)
        return [_shown(rule, one) for one in results]


async def evaluate_all(connections: Connections, model_of: ModelOf, clock: Clock) -> int:
    """Evaluate every active rule of every tenant; returns how many roles were given or extended."""
    async with connections.acquire() as connection:
        tenants = await connection.fetch(sql.TENANTS)
    given = 0
    for row in tenants:
        model = await model_of(row["tenant_id"])
        for rule in model.promotions.values() if model is not None else ():
            if not rule.active or model is None:
                continue
            context = Context(model, _SERVER, EVERY_RIGHT, 0)
            try:
                async with connections.transaction(model.tenant_id) as connection:
                    results = await _evaluate(connection, context, rule, clock.now(), dry_run=False)
            except TangramError as error:
                _log.warning("promotion_not_evaluated", tenant=model.slug, rule=rule.name, reason=error.message)
                continue
            changed = (Outcome.PROMOTED, Outcome.EXTENDED)
            given += sum(one.decision.outcome in changed for one in results)
    return given


async def _evaluate(
    connection: Any, context: Context, rule: Promotion, instant: datetime, *, dry_run: bool
) -> list[_Result]:
    """What becomes of everybody who is measured; acts on it unless it is a trial."""
    model, tenant_id = context.model, context.model.tenant_id
    await connection.execute(sql.LOCK, tenant_id)
    zone = ZoneInfo(model.settings.timezone)
    figures = [
        (period, await _figures(connection, context, rule, period, instant, dry_run=dry_run))
        for period in finished(rule.window, instant.astimezone(zone).date(), rule.consecutive)
    ]
    held = {
        row["user_id"]: row["until"].astimezone(zone).date()
        for row in await connection.fetch(sql.HELD, tenant_id, rule.role, f"{_tag(rule)}%")
    }
    above = await _is_above_author(connection, model, rule)
    results = []
    for person in await connection.fetch(sql.PEOPLE, tenant_id):
        if rule.among and rule.among not in person["roles"] and person["id"] not in held:
            continue
        findings = [_finding(rule, period, values.get(person["id"])) for period, values in figures]
        excluded = any(rule.role in pair for pair in conflicts(model.roles, {*person["roles"], rule.role}))
        decision = decide(rule, findings, held.get(person["id"]), excluded=excluded, above=above)
        result = _Result(person["id"], person["name"], decision, findings)
        results.append(result)
        if not dry_run and decision.outcome in (Outcome.PROMOTED, Outcome.EXTENDED):
            await _give(connection, context, rule, result)
    return results


async def _figures(
    connection: Any, context: Context, rule: Promotion, period: Period, instant: datetime, *, dry_run: bool
) -> Mapping[str, Decimal | None]:
    """Everybody's figure in a finished period: as it was found first, or measured now."""
    tenant_id, digest = context.model.tenant_id, _digest(rule)
    kept = await connection.fetch(sql.FINDINGS, tenant_id, digest, period.label)
    if kept:
        return {row["user_id"]: _decimal(row["value"]) for row in kept}
    statement = compile_measure(rule, context.model, period)
    rows = await connection.fetch(statement.sql, *statement.arguments(values_for(context, instant)))
    found = {row["user_id"]: _decimal(row["value"]) for row in rows}
    if found and not dry_run:
        met = [_is_met(rule, value) for value in found.values()]
        ids = [str(uuid_utils.uuid7()) for _ in found]
        values = [None if value is None else str(value) for value in found.values()]
        await connection.execute(sql.ADD_FINDINGS, tenant_id, digest, period.label, ids, list(found), values, met)
    return found


async def _is_above_author(connection: Any, model: TenantModel, rule: Promotion) -> bool:
    row = await connection.fetchrow(sql.AUTHOR, model.tenant_id, rule.name)
    if row is None or row["is_server"]:
        return False  # it came with the tenant, or from the command line
    roles = row["roles"] or ()
    if ADMINISTRATOR in roles:
        return False
    layers = [model.roles[name].layer for name in roles if name in model.roles]
    return outranks(model.roles[rule.role].layer, layers)


async def _give(connection: Any, context: Context, rule: Promotion, result: _Result) -> None:
    assert result.decision.until is not None
    model = context.model
    zone = ZoneInfo(model.settings.timezone)
    until = datetime.combine(result.decision.until, time(), zone)
    figures = ", ".join(f"{finding.period.label}: {_text(finding.value)}" for finding in result.findings)
    new = NewAssignment(result.user_id, rule.role, valid_until=until, source="rule", reason=f"{_tag(rule)} {figures}")
    await assign_role(connection, model.tenant_id, new, by=None)


def _rule(run: ActionRun, name: str) -> Promotion:
    if not run.context.access.may_configure_kind("promotion"):
        raise ForbiddenError.single(
            "kind_not_allowed",
            "You may not evaluate promotion rules.",
            hint="It takes the action 'configure:promotion' or 'configure'; ask an administrator for it.",
        )
    rule = run.context.model.promotions.get(name)
    if rule is None:
        known = ", ".join(run.context.model.promotions) or "none"
        raise NotFoundError.single(
            "unknown_promotion", "There is no such promotion rule.", path=("rule",), hint=f"Known rules: {known}."
        )
    return rule


def _finding(rule: Promotion, period: Period, value: Decimal | None) -> Finding:
    return Finding(period, value, _is_met(rule, value))


def _is_met(rule: Promotion, value: Decimal | None) -> bool:
    return value is not None and value >= Decimal(rule.threshold)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _tag(rule: Promotion) -> str:
    return f"promotion {rule.name}:"


def _digest(rule: Promotion) -> str:
    """Names what is measured: a rule that measures something else has findings of its own."""
    parts = (rule.name, rule.object, rule.condition, rule.function, rule.field, rule.user, rule.date, rule.window)
    return blake2b(msgspec.msgpack.encode(parts), digest_size=16).hexdigest()


def _text(value: Decimal | None) -> str:
    return "-" if value is None else f"{value.normalize():f}"


def _shown(rule: Promotion, result: _Result) -> dict[str, Any]:
    """A result as GraphQL answers it."""
    until: date | None = result.decision.until
    return {
        "rule": rule.name,
        "role": rule.role,
        "user": result.user_id,
        "userName": result.user_name,
        "outcome": result.decision.outcome.name,
        "until": until.isoformat() if until else None,
        "evidence": [
            {
                "period": finding.period.label,
                "value": None if finding.value is None else _text(finding.value),
                "met": finding.met,
            }
            for finding in result.findings
        ],
    }
