"""Draft → lint → immutable version. New instances start on the current one; running ones keep theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo

import msgspec

from metadata.changes.plan import Plan
from metadata.flows.lint import lint
from metadata.flows.nodes import kind_of, settings_of
from metadata.flows.values import Assign, Flow
from metadata.model.tenant import TenantModel, named
from metadata.problems import BadInputError, Fault
from server.events.clock import Clock
from server.events.timers import TimerDraft, set_timer, stop_timer
from server.flows.definition import definition_of, unpacked
from server.flows.people import active_account

__all__ = [
    "SCHEDULE",
    "Published",
    "draft_of",
    "faults_of",
    "live_publisher",
    "next_run",
    "publish",
    "publish_live",
    "versions",
]

SCHEDULE: Final = "flows.schedule"
"""Kind of the timers of scheduled flows."""

_LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7285))"
_CURRENT: Final[LiteralString] = """
select flow, definition from tangram.flow_version where tenant_id = $1 and current
"""
_RETIRE: Final[LiteralString] = """
update tangram.flow_version set current = false where tenant_id = $1 and flow = $2 and current
"""
_INSERT: Final[LiteralString] = """
insert into tangram.flow_version (
    tenant_id, flow, number, current, object, trigger, events, definition, note, published_at, published_by, suspended
)
select $1::uuid, $2::text, coalesce(max(number), 0) + 1, true, $3, $4, $5::text[], $6, $7, $8::timestamptz, $9::uuid,
    coalesce(bool_or(suspended), false)
from tangram.flow_version where tenant_id = $1 and flow = $2
returning number
"""
_VERSIONS: Final[LiteralString] = """
select number, current, suspended, note, published_at, published_by, definition,
    (
        select count(*) from tangram.flow_instance as instance
        where instance.tenant_id = version.tenant_id and instance.flow = version.flow
            and instance.number = version.number and instance.status in ('running', 'suspended')
    ) as running
from tangram.flow_version as version
where tenant_id = $1 and flow = $2
order by number desc
limit 200
"""
_HOLDERS: Final[LiteralString] = """
select exists (
    select from tangram.account
    where tenant_id = $1 and status = 'active' and deleted_at is null
        and (
            $2 = any(roles)
            or id in (
                select account_id from tangram.role_assignment
                where tenant_id = $1 and role = $2 and revoked_at is null
            )
        )
)
"""


@dataclass(frozen=True, slots=True)
class Published:
    """One version of a flow.

    Attributes:
        running: Instances that run on it.
        suspended: Whether no instances start.
    """

    flow: str
    number: int
    current: bool
    note: str
    published_at: datetime
    published_by: str | None
    definition: Flow
    running: int
    suspended: bool


def draft_of(model: TenantModel, name: str) -> Flow:
    """A flow's draft.

    Raises:
        NotFoundError: `unknown_flow`.
    """
    return named(model.flows, name, "flow")


async def faults_of(connection: Any, model: TenantModel, flow: Flow) -> tuple[Fault, ...]:
    """Everything that keeps a flow from being published, people included."""
    found = list(lint(model, flow))
    for place, node in enumerate(flow.nodes):
        settings = settings_of(node)
        if not kind_of(node).human or settings.nobody != "error":
            continue
        if settings.assign and not [one for one in settings.assign if await _may_find(connection, model, one)]:
            message = f"Node '{node.name}' goes to people who are not there: nobody active is found by its rules."
            path = ("nodes", place, "settings", "assign")
            found.append(Fault("no_handler", message, path, "Give somebody the role, or say who acts instead."))
    return tuple(found)


async def _may_find(connection: Any, model: TenantModel, one: Assign) -> bool:
    match one.by:
        case "user":
            return bool(await active_account(connection, model.tenant_id, one.value))
        case "role":
            return bool(await connection.fetchval(_HOLDERS, model.tenant_id, one.value))
    return True  # it depends on the record, or on who starts


async def publish(
    connection: Any, model: TenantModel, flow: Flow, *, note: str, by: str | None, now: datetime, check: bool = True
) -> int:
    """Make a new current version of a flow; also of an older definition, to go back to it.

    Args:
        connection: In a transaction.
        model: The tenant's.
        flow: What is published.
        note: Why.
        by: Account that does it.
        now: The instant.
        check: Whether its faults are looked for.

    Returns:
        The version's number.

    Raises:
        BadInputError: With every fault; paths start at the flow.
    """
    faults = await faults_of(connection, model, flow) if check else ()
    if faults:
        raise BadInputError.of(faults)
    start = definition_of(flow).steps[definition_of(flow).start].settings
    await connection.execute(_LOCK, f"{model.tenant_id}:{flow.name}")
    await connection.execute(_RETIRE, model.tenant_id, flow.name)
    number: int = await connection.fetchval(
        _INSERT,
        model.tenant_id,
        flow.name,
        model.object(flow.object).table,
        start.trigger,
        {"form": [start.form], "segment": [start.segment]}.get(start.trigger, list(start.events)),
        _text(flow),
        note[:500],
        now,
        by,
    )
    if start.trigger == "schedule":
        due = next_run(start.at, start.days, now, model.settings.timezone)
        await set_timer(connection, TimerDraft(model.tenant_id, SCHEDULE, flow.name, due, {"flow": flow.name}))
    else:
        await stop_timer(connection, model.tenant_id, SCHEDULE, flow.name)
    return number


async def publish_live(connection: Any, model: TenantModel, *, by: str | None, now: datetime) -> tuple[str, ...]:
    """Publish the live flows of a model that differ from their current version; the names of those.

    Called in the transaction of the change that made the model, whose checks have found them sound.
    """
    live = [flow for flow in model.flows.values() if flow.live]
    if not live:
        return ()
    rows = await connection.fetch(_CURRENT, model.tenant_id)
    current = {row["flow"]: row["definition"] for row in rows}
    changed = [flow for flow in live if current.get(flow.name) != _text(flow)]
    for flow in changed:
        note = f"Version {model.version} of the configuration."
        await publish(connection, model, flow, note=note, by=by, now=now, check=False)
    return tuple(flow.name for flow in changed)


def live_publisher(clock: Clock) -> Callable[[Any, Plan], Awaitable[None]]:
    """What has every change of the configuration publish the live flows that it changes."""

    async def follow(connection: Any, plan: Plan) -> None:
        if any(item.kind in ("flow", "flow_node") for item in plan.new.live()):
            await publish_live(connection, plan.model, by=None, now=clock.now())

    return follow


async def versions(connection: Any, tenant_id: str, flow: str) -> Sequence[Published]:
    """The versions of a flow, newest first."""
    return [
        Published(
            flow,
            row["number"],
            row["current"],
            row["note"],
            row["published_at"],
            row["published_by"],
            unpacked(row["definition"]).flow,
            row["running"],
            row["suspended"],
        )
        for row in await connection.fetch(_VERSIONS, tenant_id, flow)
    ]


def next_run(at: str, days: Sequence[int], now: datetime, timezone: str) -> datetime:
    """The next time of day on one of some days of the week, after `now`."""
    zone = ZoneInfo(timezone)
    moment = time.fromisoformat(at)
    day = now.astimezone(zone).date()
    while True:
        due = datetime.combine(day, moment, zone)
        if due > now and (not days or day.isoweekday() in days):
            return due
        day += timedelta(days=1)


def _text(flow: Flow) -> str:
    """A definition as JSON, equal for equal flows however settings are held; where nodes are drawn is part of it."""
    nodes = tuple(msgspec.structs.replace(node, settings=settings_of(node)) for node in flow.nodes)
    return msgspec.json.encode(msgspec.structs.replace(flow, nodes=nodes), order="deterministic").decode()
