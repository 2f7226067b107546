"""Who works a queue, and who of them is there now: members, hours, shifts, presence, capacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from metadata.calendars.arithmetic import first_working
from metadata.calendars.hours import hours_of
from metadata.fields.times import read_duration
from metadata.model.tenant import TenantModel, field_of
from metadata.routing.values import Queue, QueueMember
from server.context import Context
from server.database.sql import qualified
from server.records.facts import Facts
from server.records.layout import Layout
from server.routing import sql
from server.routing.choosing import Agent

__all__ = ["Presence", "account_of", "agents_of", "holders", "is_open", "members_of", "next_opening", "presence_of"]


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether somebody is there.

    Attributes:
        state: `online`, `away` or `offline`, as they have said.
        heard_at: Their last sign of life.
    """

    state: str
    since: datetime | None = None
    heard_at: datetime | None = None

    def now(self, heartbeat: str, instant: datetime) -> str:
        """The same by the clock: who was not heard of for too long is offline."""
        if self.state == "online" and heartbeat and not _heard(self.heard_at, heartbeat, instant):
            return "offline"
        return self.state


def _heard(heard_at: datetime | None, heartbeat: str, instant: datetime) -> bool:
    return heard_at is not None and instant < heard_at + timedelta(seconds=read_duration(heartbeat))


async def presence_of(connection: Any, tenant_id: str, account: str) -> Presence:
    """What somebody has said last; offline for those who never have."""
    row = await connection.fetchrow(sql.PRESENCE, tenant_id, account)
    return Presence("offline") if row is None else Presence(row["presence"], row["since"], row["heard_at"])


def is_open(model: TenantModel, calendar: str, now: datetime) -> bool:
    """Whether a calendar is open at an instant."""
    return first_working(hours_of(model.calendars, calendar, model.settings.timezone), now) == now


def next_opening(model: TenantModel, calendar: str, now: datetime) -> datetime | None:
    """When a calendar opens next; None when it is open, or never opens."""
    found = first_working(hours_of(model.calendars, calendar, model.settings.timezone), now)
    return found if found is not None and found > now else None


# ── members ──────────────────────────────────────────────────────────────────────────────────────


async def members_of(
    connection: Any, context: Context, queue: Queue, now: datetime, *, standby: bool
) -> dict[str, tuple[str, ...]]:
    """Everybody who works a queue, with the calendars of their hours; active accounts, in order of their ids.

    Args:
        connection: Of the tenant.
        context: The tenant.
        queue: The queue.
        now: Shifts that name the queue count while they last.
        standby: Whether those who stand by for it work as well.
    """
    found: dict[str, tuple[str, ...]] = {}
    for member in queue.members:
        for account in await _accounts(connection, context, member):
            known = found.get(account, ())
            found[account] = known if member.calendar in known else (*known, member.calendar)
    kinds = ["duty", "standby"] if standby else ["duty"]
    for row in await connection.fetch(sql.KNOWN_SHIFT, context.model.tenant_id, queue.name, kinds, now):
        found.setdefault(row["id"], ())
    return dict(sorted(found.items()))


async def _accounts(connection: Any, context: Context, member: QueueMember) -> list[str]:
    if member.user:
        found = await account_of(connection, context.model.tenant_id, member.user)
        return [found] if found else []
    if member.role:
        return await holders(connection, context.model.tenant_id, member.role)
    return await _organised(connection, context, member)


async def account_of(connection: Any, tenant_id: str, text: str) -> str:
    """An active account by id or e-mail address; empty when there is none."""
    statement, value = (sql.BY_EMAIL, text) if "@" in text else (sql.BY_ID, [text])
    return await connection.fetchval(statement, tenant_id, value) or ""


async def holders(connection: Any, tenant_id: str, role: str) -> list[str]:
    """Active accounts that hold a role now."""
    return [row["id"] for row in await connection.fetch(sql.BY_ROLE, tenant_id, role)]


async def _organised(connection: Any, context: Context, member: QueueMember) -> list[str]:
    """Those in a department, a team, or a post."""
    model = context.model
    if member.department:
        unit = qualified(model.schema, "department")
        rows = await connection.fetch(
            f"select below.id from {unit} as top join {unit} as below on below.path like top.path || '%'"
            " where top.code = $1 and top.deleted_at is null and below.deleted_at is null",
            member.department,
        )
        units = [row["id"] for row in rows]
        return [row["id"] for row in await connection.fetch(sql.BY_DEPARTMENT, model.tenant_id, units)]
    name, code, list_name = ("team", member.team, "members") if member.team else ("post", member.post, "holders")
    object_type = model.object(name)
    field = field_of(object_type, list_name)
    assert field is not None
    links = Layout(model).join_table(field)
    rows = await connection.fetch(
        f"select account.id from {qualified(model.schema, object_type.table)} as held"
        f" join {links} as link on link.source_id = held.id"
        " join tangram.account as account on account.id = link.target_id"
        " where held.code = $2 and held.deleted_at is null and account.tenant_id = $1"
        " and account.status = 'active' and account.deleted_at is null",
        model.tenant_id,
        code,
    )
    return [row["id"] for row in rows]


# ── who is there ─────────────────────────────────────────────────────────────────────────────────


async def agents_of(
    connection: Any,
    context: Context,
    queue: Queue,
    members: Mapping[str, Sequence[str]],
    now: datetime,
    facts: Facts,
) -> list[Agent]:
    """Those who work a queue as they stand, in order of their ids.

    Args:
        connection: Where capacity is to be reserved, after their rows were locked.
        context: The tenant.
        queue: The queue.
        members: As `members_of` gives them.
        now: The instant.
        facts: For the capacity, a figure over the user.
    """
    model = context.model
    ids = list(members)
    rows = await connection.fetch(sql.AGENTS_STATE, model.tenant_id, ids, queue.kind, queue.name, now)
    known = await facts.many(connection, context, "user", ids, [queue.capacity], instant=now)
    closed = "" if is_open(model, queue.calendar, now) else "closed"
    found = []
    for row in rows:
        capacity = known.get(row["id"], {}).get(queue.capacity)
        absent = closed or _absent(model, queue, members[row["id"]], row, now)
        found.append(Agent(row["id"], Decimal(str(capacity or 0)), int(row["used"]), absent, row["assigned_at"]))
    return found


def _absent(model: TenantModel, queue: Queue, calendars: Sequence[str], row: Mapping[str, Any], now: datetime) -> str:
    """Why somebody is not handed work now; empty when they are."""
    if row["on_leave"]:
        return "on_leave"
    if queue.roster and not row["on_duty"]:
        return "no_shift"
    if not row["on_duty"] and not any(is_open(model, calendar, now) for calendar in calendars):
        return "off_hours"
    if not queue.online:
        return ""
    state = Presence(row["presence"] or "offline", None, row["heard_at"]).now(queue.heartbeat, now)
    return "" if state == "online" else state
