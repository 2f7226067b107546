"""Draft → checks → immutable version. Lines pin the version that was in force when their event happened.

Only the beginning of a version's business time is stored: of those known at an instant, the last published that has
begun is in force. So no two can overlap and nothing lies between them; going back is publishing a former one again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo

import msgspec

from metadata.changes.plan import Plan
from metadata.model.tenant import TenantModel, named
from metadata.pricing.lint import lint
from metadata.pricing.values import PricePlan
from metadata.problems import BadInputError, ConflictError, Fault, NotFoundError
from server.events.clock import Clock
from server.events.timers import TimerDraft, set_timer, stop_timer
from server.pricing.definition import Definition, definition_of, unpacked
from server.pricing.examples import loss_faults

__all__ = [
    "NIGHTLY",
    "Published",
    "draft_of",
    "faults_of",
    "plan_publisher",
    "publish",
    "publish_live",
    "set_nightly",
    "version_at",
    "versions",
]

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7287))"
_INSERT: Final[LiteralString] = """
insert into tangram.price_version (
    tenant_id, plan, number, object, currency, definition, note, valid_from, published_at, published_by
)
select $1::uuid, $2::text, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7::timestamptz, $8::timestamptz, $9::uuid
from tangram.price_version where tenant_id = $1 and plan = $2
returning number
"""
_COLUMNS: Final[LiteralString] = "plan, number, currency, definition, note, valid_from, published_at, published_by"
_VERSIONS: Final[LiteralString] = f"""
select {_COLUMNS} from tangram.price_version where tenant_id = $1 and plan = $2 order by number desc limit 200
"""
_AT: Final[LiteralString] = f"""
select {_COLUMNS}
from tangram.price_version
where tenant_id = $1 and plan = $2 and valid_from <= $3 and published_at <= $4
order by number desc
limit 1
"""
_NUMBERED: Final[LiteralString] = f"""
select {_COLUMNS} from tangram.price_version where tenant_id = $1 and plan = $2 and number = $3
"""
_NEWEST: Final[LiteralString] = """
select distinct on (plan) plan, definition from tangram.price_version where tenant_id = $1 order by plan, number desc
"""


@dataclass(frozen=True, slots=True)
class Published:
    """One version of a plan.

    Attributes:
        valid_from: Business time: events from here on.
        published_at: System time: when it became known.
    """

    plan: str
    number: int
    note: str
    valid_from: datetime
    published_at: datetime
    published_by: str | None
    definition: Definition


NIGHTLY: Final = "settlement.nightly"
"""Kind of the timers of plans that are booked every night, and name of their handler."""


def draft_of(model: TenantModel, name: str) -> PricePlan:
    """A plan's draft.

    Raises:
        NotFoundError: `unknown_price_plan`.
    """
    return named(model.price_plans, name, "price_plan", argument="plan")


def faults_of(model: TenantModel, plan: PricePlan) -> list[Fault]:
    """Everything that keeps a plan from being published: what does not hold together, and what would lose money."""
    found = lint(model, plan)
    return found or loss_faults(definition_of(plan, model.settings.currency))


async def publish(
    connection: Any,
    model: TenantModel,
    plan: PricePlan,
    *,
    note: str,
    by: str | None,
    now: datetime,
    valid_from: datetime | None = None,
    override: str = "",
    check: bool = True,
) -> int:
    """Make a new version of a plan; also of an older definition, to go back to it.

    Args:
        connection: In a transaction.
        model: The tenant's.
        plan: What is published.
        note: Why.
        by: Account that does it.
        now: The instant.
        valid_from: Business time from when it is in force; now, unless given.
        override: Why it is published though it may lose money.
        check: Whether its faults are looked for.

    Returns:
        The version's number.

    Raises:
        BadInputError: With every fault; paths start at the plan.
    """
    faults = faults_of(model, plan) if check else []
    if override:
        faults = [fault for fault in faults if fault.reason != "may_lose_money"]
        note = f"{note} Overridden: {override}".strip()
    if faults:
        raise BadInputError.of(faults)
    await connection.execute(_LOCK, f"{model.tenant_id}:{plan.name}")
    number: int = await connection.fetchval(
        _INSERT,
        model.tenant_id,
        plan.name,
        model.object(plan.object).table,
        plan.currency or model.settings.currency,
        _text(plan),
        note[:500],
        valid_from or now,
        now,
        by,
    )
    if plan.nightly:
        await set_nightly(connection, model, plan.name, now)
    else:
        await stop_timer(connection, model.tenant_id, NIGHTLY, plan.name)
    return number


async def set_nightly(connection: Any, model: TenantModel, plan: str, now: datetime) -> None:
    """Have what happens today booked at the end of the day, in the tenant's zone."""
    zone = ZoneInfo(model.settings.timezone)
    today = now.astimezone(zone).date()
    due = datetime.combine(today + timedelta(days=1), time(), zone)
    await set_timer(
        connection, TimerDraft(model.tenant_id, NIGHTLY, plan, due, {"plan": plan, "day": today.isoformat()})
    )


async def publish_live(connection: Any, model: TenantModel, *, by: str | None, now: datetime) -> tuple[str, ...]:
    """Publish the live plans of a model that differ from their newest version; the names of those.

    The first version of a live plan is in force for all that happened before it as well.

    Raises:
        ConflictError: `approval_needed`: what is in force asks for two people.
    """
    live = [plan for plan in model.price_plans.values() if plan.live]
    if not live:
        return ()
    newest = {row["plan"]: row["definition"] for row in await connection.fetch(_NEWEST, model.tenant_id)}
    changed = [plan for plan in live if newest.get(plan.name) != _text(plan)]
    for plan in changed:
        if plan.name in newest and msgspec.json.decode(newest[plan.name], type=PricePlan).four_eyes is not None:
            raise ConflictError.single(
                "approval_needed",
                f"What is in force of price plan '{plan.name}' says that two people publish it.",
                path=("live",),
                hint="Let `live` be false, and publish it with publishPricePlan.",
            )
        note = f"Version {model.version} of the configuration."
        valid_from = now if plan.name in newest else _EVER
        await publish(connection, model, plan, note=note, by=by, now=now, valid_from=valid_from)
    return tuple(plan.name for plan in changed)


def plan_publisher(clock: Clock) -> Callable[[Any, Plan], Awaitable[None]]:
    """What has every change of the configuration publish the live plans that it changes."""
    kinds = ("price_plan", "price_component", "price_rate")

    async def follow(connection: Any, plan: Plan) -> None:
        if any(item.kind in kinds for item in plan.new.live()):
            await publish_live(connection, plan.model, by=None, now=clock.now())

    return follow


async def versions(connection: Any, tenant_id: str, plan: str) -> Sequence[Published]:
    """The versions of a plan, newest first."""
    return [_published(row) for row in await connection.fetch(_VERSIONS, tenant_id, plan)]


async def version_at(
    connection: Any, tenant_id: str, plan: str, at: datetime, *, known_at: datetime, number: int | None = None
) -> Published:
    """The version of a plan that is in force at an instant, as it was known at another; or one by its number.

    Raises:
        NotFoundError: `unknown_version`: nothing is in force then.
    """
    if number is not None:
        row = await connection.fetchrow(_NUMBERED, tenant_id, plan, number)
        missing = f"Price plan '{plan}' has no version {number}."
    else:
        row = await connection.fetchrow(_AT, tenant_id, plan, at, known_at)
        missing = f"No version of price plan '{plan}' is in force at {at.isoformat(timespec='seconds')}."
    if row is None:
        raise NotFoundError.single("unknown_version", missing, path=("plan",), hint="Publish it.")
    return _published(row)


def _published(row: Any) -> Published:
    return Published(
        row["plan"],
        row["number"],
        row["note"],
        row["valid_from"],
        row["published_at"],
        row["published_by"],
        unpacked(row["definition"], row["currency"], row["number"]),
    )


def _text(plan: PricePlan) -> str:
    """A definition as JSON, equal for equal plans."""
    return msgspec.json.encode(plan, order="deterministic").decode()
