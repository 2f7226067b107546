"""Draft → lint, stored cases, conflicts → immutable version, which counts from then on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metadata.changes.plan import Plan
from metadata.model.tenant import TenantModel, named
from metadata.problems import BadInputError, ConflictError, Fault
from metadata.rules.conflicts import Conflict, conflicts_of
from metadata.rules.lint import lint
from metadata.rules.triggers import trigger_of
from metadata.rules.values import Rule
from server.events.clock import Clock
from server.events.timers import TimerDraft, set_timer, stop_timer
from server.rules import sql
from server.rules.handlers import set_schedule
from server.rules.ruleset import Published, decoded, encoded
from server.rules.waiting import ARM, SCHEDULE

__all__ = ["RuleVersion", "conflicts", "draft_of", "faults_of", "live_rules", "publish", "retire", "versions"]


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a rule."""

    rule: str
    number: int
    current: bool
    note: str
    override: str
    published_at: datetime
    published_by: str | None
    definition: Rule


def draft_of(model: TenantModel, name: str) -> Rule:
    """A rule's draft.

    Raises:
        NotFoundError: `unknown_rule`.
    """
    return named(model.rules, name, "rule")


def faults_of(model: TenantModel, rule: Rule) -> tuple[Fault, ...]:
    """Everything that keeps a rule from being published, stored cases included."""
    return lint(model, rule)


async def publish(
    connection: Any,
    model: TenantModel,
    rule: Rule,
    *,
    note: str,
    by: str | None,
    now: datetime,
    override: str = "",
    check: bool = True,
) -> int:
    """Make a new current version of a rule; also of an older definition, to go back to it.

    Args:
        connection: In a transaction.
        model: The tenant's.
        rule: What is published.
        note: Why.
        by: Account that does it.
        now: The instant.
        override: Why conflicts are accepted.
        check: Whether its faults are looked for.

    Returns:
        The version's number.

    Raises:
        BadInputError: With every fault; paths start at the rule.
        ConflictError: `rule_conflict`: what it would do to rules that count, where that is not accepted.
    """
    tenant_id = model.tenant_id
    faults = faults_of(model, rule) if check else ()
    if faults:
        raise BadInputError.of(faults)
    if check and not override:
        await refuse_conflicts(connection, model, rule)
    await connection.execute(sql.LOCK, f"publish:{tenant_id}:{rule.name}")
    await connection.execute(sql.RETIRE, tenant_id, [rule.name])
    number: int = await connection.fetchval(
        sql.INSERT_VERSION, tenant_id, rule.name, encoded(rule), note[:500], override[:500], now, by
    )
    await stop_timer(connection, tenant_id, SCHEDULE, rule.name)
    if rule.trigger == "schedule":
        await set_schedule(connection, model, Published(rule, number), now)
    elif trigger_of(rule).waits:
        payload = {"rule": rule.name, "number": number, "after": ""}
        await set_timer(connection, TimerDraft(tenant_id, ARM, f"{rule.name}:{number}", now, payload))
    return number


async def refuse_conflicts(connection: Any, model: TenantModel, rule: Rule) -> None:
    """Refuse a rule that quarrels with those that count.

    Raises:
        ConflictError: `rule_conflict`, with each of them.
    """
    found = await conflicts(connection, model, rule)
    if not found:
        return
    faults = [
        Fault("rule_conflict", one.message, ("rule",), "Change one of them, or publish with `override` and a reason.")
        for one in found
    ]
    raise ConflictError.of(faults)


async def conflicts(connection: Any, model: TenantModel, rule: Rule | None) -> list[Conflict]:
    """What a rule would do to those that count; of all of them, without one."""
    rows = await connection.fetch(sql.CURRENT, model.tenant_id)
    others = [decoded(row["definition"]) for row in rows]
    if rule is None:
        return conflicts_of(model, others)
    return conflicts_of(model, [*(one for one in others if one.name != rule.name), rule], rule.name)


async def retire(connection: Any, model: TenantModel, names: Sequence[str]) -> list[str]:
    """Let rules count no more; the names of those that did."""
    rows = await connection.fetch(sql.RETIRE, model.tenant_id, list(names))
    for name in names:
        await stop_timer(connection, model.tenant_id, SCHEDULE, name)
    return [row["rule"] for row in rows]


def live_rules(clock: Clock) -> Callable[[Any, Plan], Awaitable[None]]:
    """What has every change of the configuration publish the live rules that it changes, and retire removed ones."""

    async def follow(connection: Any, plan: Plan) -> None:
        model = plan.model
        rows = await connection.fetch(sql.CURRENT, model.tenant_id)
        current = {row["rule"]: row["definition"] for row in rows}
        gone = [name for name in current if name not in model.rules]
        if gone:
            await retire(connection, model, gone)
        for rule in model.rules.values():
            if rule.live and current.get(rule.name) != encoded(rule):
                note = f"Version {model.version} of the configuration."
                await publish(connection, model, rule, note=note, by=None, now=clock.now(), check=False)

    return follow


async def versions(connection: Any, tenant_id: str, rule: str) -> Sequence[RuleVersion]:
    """The versions of a rule, newest first."""
    return [
        RuleVersion(
            rule,
            row["number"],
            row["current"],
            row["note"],
            row["override"],
            row["published_at"],
            row["published_by"],
            decoded(row["definition"]),
        )
        for row in await connection.fetch(sql.VERSIONS, tenant_id, rule)
    ]
