"""The one way in which records of pools change hands: lock, check, write the owner, keep the ledger, set the clocks.

Everything happens in the caller's transaction, so a claim that is refused consumes nothing, and of two claimants one
wins and the other is told so. Changes on other paths (an update, an import, a merge, a flow) are followed: a record
that passes from one owner to another keeps its clocks, so that nobody evades them by passing it round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from metadata.calendars.hours import hours_of
from metadata.expressions.text import parse
from metadata.fields.times import read_duration
from metadata.model.tenant import TenantModel, named
from metadata.model.values import ObjectType
from metadata.pools.clocks import Holding, Terms, extended, postponed, started, strictest, terms_of
from metadata.pools.values import Pool
from metadata.problems import ConflictError, ForbiddenError, LimitError, NotFoundError
from metadata.rules.values import PoolAction
from server.access.plan import ADMINISTRATOR
from server.automation import Performer, RuleStep
from server.context import Context, Standing
from server.pool import sql
from server.pool.holdings import Change, Held, held_of, locked, noted, saved, timed
from server.records.compiler import Compiler
from server.records.facts import Facts
from server.records.run_values import values_for
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter

__all__ = [
    "Ownership",
    "asked_of",
    "asking",
    "keeping",
    "manages",
    "moved",
    "pool_of_name",
    "pool_performers",
    "pools_of",
    "terms",
]


def pool_of_name(model: TenantModel, name: str) -> Pool:
    """A pool.

    Raises:
        NotFoundError: `unknown_pool`.
    """
    return named(model.pools, name, "pool")


@dataclass(eq=False)
class Ownership:
    """Lets records of pools change hands; holds nothing of them."""

    writer: RecordWriter
    facts: Facts = field(default_factory=Facts)

    async def claim(self, standing: Standing, pool: Pool, record: str) -> Held:
        """The actor takes a free record.

        Raises:
            ForbiddenError: `not_a_member`, `not_for_newcomers`.
            ConflictError: `already_claimed`: somebody was first; `cooling`.
            LimitError: `too_many_claims`, `claims_too_close`, `too_many_held`.
            NotFoundError: `unknown_record`.
        """
        self.require_member(standing, pool)
        actor = standing.context.actor
        roles = set(actor.roles)
        await standing.connection.execute(sql.LOCK, f"claims:{standing.tenant_id}:{actor.id}")
        table = standing.model.object(pool.object).table
        held = await self._lock(standing, pool, table, record)
        known = await self._known(standing, pool, record)
        if known is None or (pool.when and known[pool.when] is not True):
            raise NotFoundError.single(
                "unknown_record", f"There is no such record in the pool '{pool.name}'.", path=("record",)
            )
        if held.owner is not None or known["owner.id"] is not None:
            raise ConflictError.single(
                "already_claimed", "Somebody else was first.", path=("record",), hint="Claim another record."
            )
        if roles & set(pool.newcomers) and pool.newcomers_when and known[pool.newcomers_when] is not True:
            raise ForbiddenError.single(
                "not_for_newcomers", "Newcomers may not claim this record.", path=("record",), hint="Claim another one."
            )
        if pool.cooling and held.former == actor.id and held.freed_at is not None:
            until = held.freed_at + timedelta(seconds=read_duration(pool.cooling))
            if standing.now < until:
                raise ConflictError.single(
                    "cooling", f"You held this record before; you may claim it from {until.isoformat()}.",
                    path=("record",), hint="Claim another record.",
                )  # fmt: skip
        await self._require_caps(standing, pool)
        clocks = started(terms(standing.model, pool, known), standing.now)
        return await self._move(standing, pool, record, held, actor.id, clocks, act="claim", reason="")

    def require_member(self, standing: Standing, pool: Pool) -> None:
        """Refuse whoever has nothing to do with a pool.

        Raises:
            ForbiddenError: `not_a_member`.
        """
        known = {*pool.members, *pool.managers, *pool.newcomers}
        if pool.members and not known & set(standing.context.actor.roles):
            raise ForbiddenError.single(
                "not_a_member", f"You are no member of the pool '{pool.name}'.", hint="Ask for one of its roles."
            )

    async def assign(self, standing: Standing, pool: Pool, record: str, to: str, reason: str) -> Held:
        """A manager gives a record to somebody: a free one starts its clocks, one that is held keeps them."""
        table = standing.model.object(pool.object).table
        held = await self._lock(standing, pool, table, record)
        known = await self._known(standing, pool, record)
        if known is None:
            raise NotFoundError.single("unknown_record", f"There is no {pool.object} {record}.", path=("record",))
        clocks = held.clocks if held.owner is not None else None
        clocks = clocks or started(terms(standing.model, pool, known), standing.now)
        return await self._move(standing, pool, record, held, to, clocks, act="assign", reason=reason)

    async def release(self, standing: Standing, pool: Pool, record: str, reason: str, *, act: str = "return") -> Held:
        """A record goes back to its pool: given back by its owner, or taken back.

        Raises:
            ConflictError: `not_held`.
        """
        table = standing.model.object(pool.object).table
        held = await self._lock(standing, pool, table, record)
        if held.owner is None:
            raise ConflictError.single("not_held", "Nobody holds this record.", path=("record",))
        return await self._move(standing, pool, record, held, None, None, act=act, reason=reason)

    async def put(self, standing: Standing, pool: Pool, record: str, reason: str, *, ask: bool = False) -> Held:
        """A record goes to a pool, whoever has it; `ask` for what the pool takes back only when a manager agrees."""
        table = standing.model.object(pool.object).table
        held = await self._lock(standing, pool, table, record)
        if ask and held.owner is not None and held.clocks is not None and pool.approve:
            known = await self._known(standing, pool, record)
            if known is not None and known[pool.approve] is True:
                return await self._ask(standing, pool, record, held, reason)
        return await self._move(standing, pool, record, held, None, None, act="release", reason=reason)

    async def followed(self, standing: Standing, object_type: ObjectType, record: str, owner: str | None) -> None:
        """A record has changed hands on another path: the ledger and the clocks follow.

        Args:
            standing: The transaction; the actor is whoever wrote it, the instant when it was written.
            object_type: Of the record.
            record: Its id.
            owner: Who has it now.
        """
        pool = await self.pool_of(standing, object_type, record)
        if pool is None:
            return
        held = await self._lock(standing, pool, object_type.table, record)
        known = await self._known(standing, pool, record)
        # What was told late, of a change that others have followed since, moves nothing back.
        if held.owner == owner or known is None or known["owner.id"] != owner:
            return
        clocks = None
        if owner is not None:
            clocks = held.clocks if held.owner is not None else None
            clocks = clocks or started(terms(standing.model, pool, known), standing.now)
        act = "release" if owner is None else "transfer" if held.owner is not None else "assign"
        await self._move(standing, pool, record, held, owner, clocks, act=act, reason="", write=False)

    async def absorbed(self, standing: Standing, object_type: ObjectType, record: str, merged: Sequence[str]) -> None:
        """Records were merged into one: of all their clocks the strictest count, so that no merge gives more time."""
        pool = await self.pool_of(standing, object_type, record)
        rows = await standing.connection.fetch(sql.HOLDINGS, standing.tenant_id, object_type.table, [record, *merged])
        found = {row["record_id"]: held_of(row) for row in rows}
        held = found.pop(record, None)
        gone = {id: moved(pool, one, None, None, standing.now) for id, one in found.items() if pool and one.owner}
        if pool is None or not found:
            return
        await saved(standing, pool, gone)
        await noted(standing, pool, [Change(id, "merge", found[id].owner, one) for id, one in gone.items()])
        if held is None or held.owner is None or held.clocks is None:
            return
        clocks = strictest([held.clocks, *(one.clocks for one in found.values() if one.clocks is not None)])
        if clocks != held.clocks:
            now = timed(pool, replace(held, clocks=clocks), standing.now)
            await saved(standing, pool, {record: now})
            await noted(standing, pool, [Change(record, "merge", held.owner, now)])

    async def before_merge(
        self, connection: Any, run: WriteRun, object_type: ObjectType, into: str, ids: Sequence[str]
    ) -> None:
        """What nobody holds and goes into what somebody does is claimed first: a merge evades no cap of claims.

        Managers of the pool merge as they assign.

        Raises:
            TangramError: As `claim` does; nothing is merged then.
        """
        if not pools_of(run.context.model, object_type.name):
            return
        standing, asked = Standing(connection, run.context, run.now), ["owner.id"]
        known = await self.facts.many(
            connection, run.context, object_type.name, [into, *ids], asked, instant=run.now
        )  # fmt: skip
        if into not in known or known[into]["owner.id"] is None:
            return
        for record in ids:
            is_free = record in known and known[record]["owner.id"] is None
            pool = await self.pool_of(standing, object_type, record) if is_free else None
            if pool is not None and not manages(run.context, pool):
                await self.claim(standing, pool, record)

    async def worked(self, standing: Standing, pool: Pool, record: str, at: datetime) -> None:
        """Effective work on a record: its due time moves, only if later, never past the maximum."""
        table = standing.model.object(pool.object).table
        held = await locked(standing, table, record)
        if held is None or held.clocks is None or held.owner is None:
            return
        known = await self._known(standing, pool, record)
        if known is None:
            return
        clocks = extended(held.clocks, terms(standing.model, pool, known), at)
        if clocks != held.clocks:
            longer = timed(pool, replace(held, clocks=clocks, state="held"), standing.now)
            await saved(standing, pool, {record: longer})
            await noted(standing, pool, [Change(record, "extend", held.owner, longer)])

    async def decide(self, standing: Standing, pool: Pool, record: str, *, approve: bool, reason: str) -> Held:
        """A manager lets a record be taken back, or gives its owner more time.

        Raises:
            ConflictError: `not_pending`.
        """
        table = standing.model.object(pool.object).table
        held = await self._lock(standing, pool, table, record)
        if held.state != "pending" or held.clocks is None:
            raise ConflictError.single("not_pending", "Nobody is asked about this record.", path=("record",))
        if approve:
            return await self.release(standing, pool, record, reason, act="recycle")
        return await self._keep(standing, pool, record, held, reason)

    async def pool_of(self, standing: Standing, object_type: ObjectType, record: str) -> Pool | None:
        """The pool that a record belongs to: the first whose condition it meets."""
        for pool in standing.model.pools.values():
            if pool.object == object_type.name:
                known = await self._known(standing, pool, record)
                if known is not None and (not pool.when or known[pool.when] is True):
                    return pool
        return None

    # ── a manager is asked ───────────────────────────────────────────────────────────────────────

    async def _ask(self, standing: Standing, pool: Pool, record: str, held: Held, reason: str) -> Held:
        asked = asking(pool, held, standing.now)
        await saved(standing, pool, {record: asked})
        await noted(standing, pool, [Change(record, "ask", held.owner, asked, reason)])
        return asked

    async def _keep(self, standing: Standing, pool: Pool, record: str, held: Held, reason: str) -> Held:
        kept = keeping(pool, held, standing.now)
        await saved(standing, pool, {record: kept})
        await noted(standing, pool, [Change(record, "refuse", held.owner, kept, reason)])
        return kept

    # ── parts of all of them ─────────────────────────────────────────────────────────────────────

    async def _lock(self, standing: Standing, pool: Pool, table: str, record: str) -> Held:
        held = await locked(standing, table, record, pool=pool)
        assert held is not None  # it is there from now on
        return held

    async def _known(self, standing: Standing, pool: Pool, record: str) -> Mapping[str, Any] | None:
        return await self.facts.values(
            standing.connection, standing.context, pool.object, record, asked_of(pool), instant=standing.now
        )

    async def _require_caps(self, standing: Standing, pool: Pool) -> None:
        actor, zone = standing.context.actor.id, ZoneInfo(standing.model.settings.timezone)
        midnight = datetime.combine(standing.now.astimezone(zone).date(), time(), zone)
        row = await standing.connection.fetchrow(sql.CLAIMS, standing.tenant_id, pool.name, actor, midnight)
        if pool.claims_per_day and row["today"] >= pool.claims_per_day:
            raise LimitError.single(
                "too_many_claims", f"You have claimed {row['today']} records today; that is the limit.",
                hint="Claim again tomorrow.",
            )  # fmt: skip
        if pool.claim_interval and row["last"] is not None:
            until = row["last"] + timedelta(seconds=read_duration(pool.claim_interval))
            if standing.now < until:
                raise LimitError.single(
                    "claims_too_close", f"You may claim again from {until.isoformat()}.", hint="Wait a little."
                )
        if pool.holding:
            count = await self._holding(standing, pool)
            if count >= pool.holding:
                raise LimitError.single(
                    "too_many_held", f"You hold {count} records of the pool '{pool.name}'; that is the limit.",
                    hint="Give one back, or bring one to its end.",
                )  # fmt: skip

    async def _holding(self, standing: Standing, pool: Pool) -> int:
        rows = await standing.connection.fetch(sql.HELD, standing.tenant_id, standing.context.actor.id, pool.name)
        ids = [row["record_id"] for row in rows]
        if not ids or not pool.holding_without:
            return len(ids)
        compiler = Compiler(standing.model, ADMINISTRATOR)
        scope = compiler.open(standing.model.object(pool.object))
        conditions = compiler.conditions(scope, parse(pool.holding_without))
        conditions.append(f"{scope.alias}.id = any({compiler.parameters.placeholder('held.ids', '::uuid[]')})")
        text = f"select count(*) {scope.from_clause} where {' and '.join(conditions)}"
        value_of = values_for(standing.context, standing.now, {"held.ids": ids})
        excluded: int = await standing.connection.fetchval(text, *map(value_of, compiler.parameters.names()))
        return len(ids) - excluded

    async def _move(
        self,
        standing: Standing,
        pool: Pool,
        record: str,
        held: Held,
        to: str | None,
        clocks: Holding | None,
        *,
        act: str,
        reason: str,
        write: bool = True,
    ) -> Held:
        """The record changes hands: its owner, the ledger, the clocks, and an event for whoever tells both."""
        if write:
            await self.write_owners(standing, pool, {record: (held.owner, to)})
        now = moved(pool, held, to, clocks, standing.now)
        await saved(standing, pool, {record: now})
        flow = pool.flow if act == "recycle" else ""
        await noted(standing, pool, [Change(record, act, held.owner, now, reason, flow)])
        return now

    async def write_owners(
        self, standing: Standing, pool: Pool, owners: Mapping[str, tuple[str | None, str | None]]
    ) -> None:
        """Write who has records from now on: by record, who had it and who has it."""
        run = WriteRun(replace(standing.context, access=ADMINISTRATOR), standing.now)
        former = pool.former
        values = {
            record: {"owner": to, **({former: before} if former and before else {})}
            for record, (before, to) in owners.items()
        }
        await self.writer.update_each(standing.connection, run, standing.model.object(pool.object), values)


def pool_performers(ownership: Ownership) -> Sequence[Performer]:
    """Performers of the actions of rules that concern pools."""

    async def put(step: RuleStep) -> Mapping[str, Any]:
        settings: PoolAction = step.settings
        pool = pool_of_name(step.context.model, settings.pool)
        reason = settings.reason or step.by
        standing = Standing(step.connection, step.context, step.now)
        held = await ownership.put(standing, pool, step.record_id, reason, ask=settings.ask)
        return {"pool": pool.name, "state": held.state}

    return (Performer("to_pool", put),)


def manages(context: Context, pool: Pool) -> bool:
    """Whether the actor is a manager of a pool, or configures pools."""
    return context.access.may_configure_kind("pool") or bool(set(context.actor.roles) & set(pool.managers))


def asked_of(pool: Pool) -> list[str]:
    """Expressions over a record that a pool decides by."""
    texts = ["owner.id", pool.when, pool.newcomers_when, pool.exempt, pool.approve]
    return [text for text in (*texts, *(segment.when for segment in pool.segments)) if text]


def moved(pool: Pool, held: Held, to: str | None, clocks: Holding | None, now: datetime) -> Held:
    """How a record is held that has changed hands."""
    if to is None:
        return Held(pool.name, None, "free", None, held.owner, now)
    return timed(pool, Held(pool.name, to, "held", clocks, held.former, held.freed_at), now)


def asking(pool: Pool, held: Held, now: datetime) -> Held:
    """How a record is held while a manager is asked."""
    decide_by = now + timedelta(seconds=read_duration(pool.approval_within))
    return replace(held, state="pending", look_at=decide_by, warn_at=None)


def keeping(pool: Pool, held: Held, now: datetime) -> Held:
    """How a record is held that is not taken back after all."""
    assert held.clocks is not None  # somebody holds it
    return timed(pool, replace(held, clocks=postponed(held.clocks, pool.approval_extends, now), state="held"), now)


def terms(model: TenantModel, pool: Pool, known: Mapping[str, Any]) -> Terms:
    """The lengths of time that count for a record, by what is known of it."""
    segment = next((one for one in pool.segments if known.get(one.when) is True), None)
    zone = ZoneInfo(model.settings.timezone)
    hours = hours_of(model.calendars, pool.calendar, model.settings.timezone) if pool.calendar else None
    return terms_of(pool, segment, zone, hours)


def pools_of(model: TenantModel, object_name: str) -> Sequence[Pool]:
    """The pools of an object type."""
    return [pool for pool in model.pools.values() if pool.object == object_name]
