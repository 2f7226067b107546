"""Who holds which record until when, as it is stored: read under a lock; written with the ledger, events and timers.

Everything is written for any number of records by a fixed number of statements, so that a claim and a run that takes
back thousands go the same way.

When a pool has to look at its records is told by timers of the pool, not of each record: one for each minute in which
something is due, set for the first instant in it. A run takes all that is due by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from metadata.fields.times import read_duration
from metadata.pools.clocks import Holding
from metadata.pools.values import Pool
from server.context import Standing
from server.events.log import append_all, draft_for
from server.events.timers import TimerDraft, set_no_later
from server.pool import sql

__all__ = [
    "HOLDING_OBJECT",
    "MINUTE",
    "RUN",
    "Change",
    "Held",
    "held_of",
    "locked",
    "noted",
    "saved",
    "set_last_run",
    "set_run",
    "timed",
]

RUN = "pool.run"
"""Kind of the timers of pools that have something to look at."""
HOLDING_OBJECT = "pool__holding"
"""What events of pools are about."""

MINUTE = timedelta(minutes=1)

_TOLD: Mapping[str, str] = {
    "claim": "claimed",
    "assign": "assigned",
    "transfer": "assigned",
    "return": "returned",
    "release": "returned",
    "recycle": "recycled",
    "extend": "extended",
    "ask": "asked",
    "refuse": "refused",
    "warn": "warned",
}
"""Kind of the event of each act, as rules listen to it; of other acts nobody is told."""


@dataclass(frozen=True, slots=True)
class Held:
    """A record of a pool as it is stored, locked.

    Attributes:
        state: `held`, `pending` (a manager decides) or `free`.
        look_at: When the pool looks at it next; None for never.
        warn_at: When its owner is told that it will be taken back; None when there is nothing to tell.
    """

    pool: str
    owner: str | None
    state: str
    clocks: Holding | None
    former: str | None
    freed_at: datetime | None
    look_at: datetime | None = None
    warn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a record, for the ledger and for whoever is told.

    Attributes:
        act: `claim`, `assign`, `transfer`, `return`, `release`, `recycle`, `extend`, `ask`, `refuse`, `warn` …
        before: Who held it.
        after: How it is held now.
        flow: Flow that is started for it; empty for none.
    """

    record: str
    act: str
    before: str | None
    after: Held
    reason: str = ""
    flow: str = ""


def timed(pool: Pool, held: Held, now: datetime) -> Held:
    """When the pool looks at a record next, and when it warns its owner, by its clocks."""
    clocks = held.clocks
    if clocks is None or held.owner is None:
        return replace(held, look_at=None, warn_at=None)
    warn_at = None
    if pool.warning:
        warn_at = max(clocks.due_at - timedelta(seconds=read_duration(pool.warning)), now)
    return replace(held, look_at=clocks.due_at, warn_at=warn_at)


def held_of(row: Mapping[str, Any]) -> Held:
    """A row of the statements over holdings."""
    clocks = None if row["due_at"] is None else Holding(row["since"], row["due_at"], row["max_at"])
    return Held(
        row["pool"], row["owner_id"], row["state"], clocks, row["former_id"], row["freed_at"], row["look_at"],
        row["warn_at"],
    )  # fmt: skip


async def locked(standing: Standing, table: str, record: str, *, pool: Pool | None = None) -> Held | None:
    """How a record is held, locked until the transaction ends; with a pool given, it is there from now on."""
    if pool is not None:
        await standing.connection.execute(sql.ENSURE, standing.tenant_id, table, record, pool.name)
    row = await standing.connection.fetchrow(sql.HOLDING, standing.tenant_id, table, record)
    return None if row is None else held_of(row)


async def saved(standing: Standing, pool: Pool, holdings: Mapping[str, Held]) -> None:
    """Store how records are held, and have the pool look at them when it is time."""
    if not holdings:
        return
    table, every = standing.model.object(pool.object).table, list(holdings.values())
    clocks = [held.clocks for held in every]
    await standing.connection.execute(
        sql.SAVE, standing.tenant_id, table, pool.name, list(holdings),
        [held.owner for held in every], [held.state for held in every],
        [one and one.since for one in clocks], [one and one.due_at for one in clocks],
        [one and one.max_at for one in clocks], [held.former for held in every], [held.freed_at for held in every],
        [held.look_at for held in every], [held.warn_at for held in every],
    )  # fmt: skip
    await set_run(standing, pool, (at for held in every for at in (held.look_at, held.warn_at) if at is not None))


async def noted(standing: Standing, pool: Pool, changes: Sequence[Change]) -> None:
    """Lines of the ledger, and events for whoever tells the people, starts flows, or listens as a rule."""
    if not changes:
        return
    table, actor, context = standing.model.object(pool.object).table, standing.context.actor, standing.context
    due = [None if one.after.clocks is None else one.after.clocks.due_at for one in changes]
    await standing.connection.execute(
        sql.ADD_LINES, standing.tenant_id, pool.name, table, actor.id or None, actor.name, standing.now,
        standing.model.version, [one.record for one in changes], [one.act for one in changes],
        [one.before for one in changes], [one.after.owner for one in changes], [one.reason for one in changes], due,
    )  # fmt: skip
    drafts = []
    for one, due_at in zip(changes, due, strict=True):
        if one.act not in _TOLD:
            continue
        told: dict[str, Any] = {
            "pool": pool.name, "object": table, "record": one.record, "from": one.before, "to": one.after.owner,
            "reason": one.reason, "due_at": due_at,
        }  # fmt: skip
        if one.flow:
            told["start_flow"] = one.flow
        drafts.append(draft_for(context, _TOLD[one.act], HOLDING_OBJECT, one.record, told))
    await append_all(standing.connection, drafts)


async def set_run(standing: Standing, pool: Pool, instants: Iterable[datetime]) -> None:
    """Have a pool look at its records at some instants, by one timer for each minute."""
    first: dict[datetime, datetime] = {}
    for at in instants:
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        first[minute] = min(at, first.get(minute, at))
    await set_no_later(
        standing.connection, [_run_of(standing, pool, minute, at) for minute, at in sorted(first.items())]
    )


async def set_last_run(standing: Standing, pool: Pool, minute: datetime) -> None:
    """Have a pool look once more when a minute is over whose timer has fired, for what was committed since."""
    await set_no_later(standing.connection, [_run_of(standing, pool, minute, minute + MINUTE, " over")])


def _run_of(standing: Standing, pool: Pool, minute: datetime, at: datetime, which: str = "") -> TimerDraft:
    payload = {"pool": pool.name, "minute": minute.isoformat()}
    key = f"{pool.name} {minute:%Y-%m-%dT%H:%M}{which}"
    return TimerDraft(standing.tenant_id, RUN, key, at, payload, f"pool {pool.name}")
