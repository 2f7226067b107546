"""What keeps a rule from acting although its condition is met: pure, over facts that one statement gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from metadata.fields.times import read_duration
from metadata.rules.timing import quiet_until
from metadata.rules.values import Rule, RuleGuard
from server.rules import sql

__all__ = ["Held", "Stood", "Trial", "guard_facts", "held_back", "in_period"]


@dataclass(frozen=True, slots=True)
class Stood:
    """How a rule stands with a record.

    Attributes:
        last: When it last fired for it.
        today: How often it has fired today in all, in the tenant's zone.
        record_today: The same for the record.
        in_chain: Whether it fired for the record at an event that led here.
        depth: Events that led here.
    """

    last: datetime | None
    today: int
    record_today: int
    in_chain: bool
    depth: int


@dataclass(eq=False)
class Trial:
    """What was done so far, so that guards count what is tried as they would have counted."""

    fired: list[tuple[str, str, datetime]] = field(default_factory=list)

    def stood(self, rule: Rule, record: str, midnight: datetime, depth: int) -> Stood:
        """How a rule stands with a record, by the trial alone."""
        own = [(of, at) for name, of, at in self.fired if name == rule.name]
        mine = [at for of, at in own if of == record]
        return Stood(
            max(mine, default=None),
            sum(at >= midnight for _, at in own),
            sum(at >= midnight for at in mine),
            False,
            depth,
        )


@dataclass(frozen=True, slots=True)
class Held:
    """Why a rule does nothing now.

    Attributes:
        why: In words.
        until: When it is asked again; None for never.
        incident: Whether somebody should look at it.
    """

    why: str
    until: datetime | None = None
    incident: bool = False


async def guard_facts(
    connection: Any,
    tenant_id: str,
    rule: Rule,
    *,
    table: str,
    causes: Mapping[str, Sequence[int]],
    now: datetime,
    timezone: str,
) -> dict[str, Stood]:
    """How a rule stands with records, by their ids; a rule with a cap in all is asked by one transaction at a time.

    Args:
        connection: In a transaction.
        tenant_id: The tenant.
        rule: The rule.
        table: Of the records.
        causes: Events that led here, by record.
        now: The instant.
        timezone: The tenant's.
    """
    guard = rule.guard
    asks = guard.once or guard.cooldown or guard.record_per_day or guard.per_day
    if not asks and all(len(chain) < 2 for chain in causes.values()):
        # It cannot have acted in a chain that begins here, and nothing else matters.
        return {record: Stood(None, 0, 0, False, len(chain)) for record, chain in causes.items()}
    capped = bool(guard.per_day)
    if capped:
        await connection.execute(sql.LOCK, f"cap:{tenant_id}:{rule.name}")
    chains = [f"{{{','.join(map(str, chain))}}}" for chain in causes.values()]
    rows: Sequence[Mapping[str, Any]] = await connection.fetch(
        sql.GUARD_FACTS, tenant_id, rule.name, table, list(causes), midnight_of(now, timezone), chains, capped
    )
    return {
        row["record"]: Stood(
            row["last"], row["today"], row["record_today"], row["in_chain"], len(causes[row["record"]])
        )
        for row in rows
    }


def midnight_of(now: datetime, timezone: str) -> datetime:
    """When the day of an instant began in a zone."""
    zone = ZoneInfo(timezone)
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def in_period(rule: Rule, now: datetime) -> bool:
    """Whether a rule counts at an instant."""
    if rule.begins and now < datetime.fromisoformat(rule.begins):
        return False
    return not rule.ends or now < datetime.fromisoformat(rule.ends)


def held_back(rule: Rule, stood: Stood, now: datetime, timezone: str) -> Held | None:
    """The first reason for which a rule does nothing; None when it may act."""
    guard: RuleGuard = rule.guard
    if stood.in_chain:
        return Held("It has acted on this record already in this chain of causes, so it would go in a circle.")
    if stood.depth >= guard.depth:
        return Held(f"{stood.depth} events have caused each other before; the rule allows {guard.depth}.", None, True)
    if guard.once and stood.last is not None:
        return Held(f"It acts once for a record, and did at {stood.last.isoformat()}.")
    if guard.cooldown and stood.last is not None:
        until = stood.last + timedelta(seconds=read_duration(guard.cooldown))
        if now < until:
            return Held(f"It rests for this record until {until.isoformat()}.")
    if guard.record_per_day and stood.record_today >= guard.record_per_day:
        return Held(f"It has acted {stood.record_today} times today for this record; that is its limit.")
    if guard.per_day and stood.today >= guard.per_day:
        return Held(f"It has acted {stood.today} times today; that is its limit.")
    quiet = quiet_until(guard, now, ZoneInfo(timezone))
    if quiet is not None:
        return Held(f"Quiet hours until {quiet.isoformat()}.", quiet)
    return None
