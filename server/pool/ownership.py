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
from metadata.pools.clocks import Holding, Terms, extended, postponed, started, terms_of
from metadata.pools.values import Pool
from metadata.problems import ConflictError, ForbiddenError, LimitError, NotFoundError
from metadata.rules.values import PoolAction
from server.access.plan import ADMINISTRATOR
from server.automation import Performer, RuleStep
from server.context import Context
from server.events.log import append, draft_for
from server.events.timers import TimerDraft, set_timer, stop_timer
from server.pool import sql
from server.records.compiler import Compiler
from server.records.facts import Facts
from server.records.run_values import values_for
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter

__all__ = ["DUE", "HOLDING_OBJECT", "WARN", "Held", "Ownership", "Standing", "pool_of_name", "pool_performers"]

DUE = "pool.due"
"""Kind of the timers of records that are due."""
WARN = "pool.warn"
"""Kind of the timers of warnings."""
HOLDING_OBJECT = "pool__holding"
"""What events of pools are about."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One change's transaction, tenant and actor, and instant."""

    connection: Any
    context: Context
    now: datetime

    @property
    def model(self) -> TenantModel:
        """The tenant's model."""
        return self.context.model

    @property
    def tenant_id(self) -> str:
        """The tenant's id."""
        return self.context.model.tenant_id


@dataclass(frozen=True, slots=True)
class Held:
    """A record of a pool as it is stored, locked."""

    pool: str
    owner: str | None
    state: str
    clocks: Holding | None
    former: str | None
    freed_at: datetime | None


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
        clocks = started(_terms(standing.model, pool, known), standing.now)
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
        clocks = clocks or started(_terms(standing.model, pool, known), standing.now)
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
            clocks = clocks or started(_terms(standing.model, pool, known), standing.now)
        act = "release" if owner is None else "transfer" if held.owner is not None else "assign"
        await self._move(standing, pool, record, held, owner, clocks, act=act, reason="", write=False)

    async def worked(self, standing: Standing, pool: Pool, record: str, at: datetime) -> None:
        """Effective work on a record: its due time moves, only if later, never past the maximum."""
        table = standing.model.object(pool.object).table
        row = await standing.connection.fetchrow(sql.HOLDING, standing.tenant_id, table, record)
        held = None if row is None else _held(row)
        if held is None or held.clocks is None or held.owner is None:
            return
        known = await self._known(standing, pool, record)
        if known is None:
            return
        clocks = extended(held.clocks, _terms(standing.model, pool, known), at)
        if clocks != held.clocks:
            await self._store(standing, pool, record, replace(held, clocks=clocks, state="held"))
            await self._note(standing, pool, record, "extend", held.owner, held.owner, "", clocks.due_at)

    async def come(self, standing: Standing, pool: Pool, record: str, due: datetime) -> None:
        """A record is due: taken back, unless it is exempt or a manager is asked first."""
        table = standing.model.object(pool.object).table
        row = await standing.connection.fetchrow(sql.HOLDING, standing.tenant_id, table, record)
        held = None if row is None else _held(row)
        if held is None or held.owner is None or held.clocks is None:
            return
        known = await self._known(standing, pool, record)
        if known is None:
            return
        if held.state == "pending":
            await self._undecided(standing, pool, record, held)
        elif held.clocks.due_at != due:
            return
        elif pool.exempt and known[pool.exempt] is True:
            await self._timer(standing, pool, record, due, standing.now + _ASK_AGAIN)
        elif pool.approve and known[pool.approve] is True:
            await self._ask(standing, pool, record, held, "")
        else:
            why = "maximum" if held.clocks.max_at == due else "protection"
            await self.release(standing, pool, record, f"Its {why} has ended.", act="recycle")

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
        return await self._keep(standing, pool, record, held, held.clocks, reason)

    async def warn(self, standing: Standing, pool: Pool, record: str, due: datetime) -> None:
        """The owner is told that a record will be taken back."""
        table = standing.model.object(pool.object).table
        row = await standing.connection.fetchrow(sql.HOLDING, standing.tenant_id, table, record)
        held = None if row is None else _held(row)
        if held is not None and held.clocks is not None and held.clocks.due_at == due and held.owner is not None:
            await self._note(standing, pool, record, "warn", held.owner, held.owner, "", due)

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
        assert held.clocks is not None
        pending = replace(held, state="pending")
        await self._save(standing, pool, record, pending)
        await self._note(standing, pool, record, "ask", held.owner, held.owner, reason, held.clocks.due_at)
        decide_by = standing.now + timedelta(seconds=read_duration(pool.approval_within))
        await self._timer(standing, pool, record, held.clocks.due_at, decide_by)
        return pending

    async def _undecided(self, standing: Standing, pool: Pool, record: str, held: Held) -> None:
        """Nobody has decided in time."""
        assert held.clocks is not None
        if pool.approval_default == "keep":
            await self._keep(standing, pool, record, held, held.clocks, "No manager has decided in time.")
        else:
            await self.release(standing, pool, record, "No manager has decided in time.", act="recycle")

    async def _keep(
        self, standing: Standing, pool: Pool, record: str, held: Held, clocks: Holding, reason: str
    ) -> Held:
        later = postponed(clocks, pool.approval_extends, standing.now)
        kept = replace(held, clocks=later, state="held")
        await self._store(standing, pool, record, kept)
        await self._note(standing, pool, record, "refuse", held.owner, held.owner, reason, later.due_at)
        return kept

    # ── parts of all of them ─────────────────────────────────────────────────────────────────────

    async def _lock(self, standing: Standing, pool: Pool, table: str, record: str) -> Held:
        await standing.connection.execute(sql.ENSURE, standing.tenant_id, table, record, pool.name)
        return _held(await standing.connection.fetchrow(sql.HOLDING, standing.tenant_id, table, record))

    async def _known(self, standing: Standing, pool: Pool, record: str) -> Mapping[str, Any] | None:
        texts = ["owner.id", pool.when, pool.newcomers_when, pool.exempt, pool.approve]
        texts += [segment.when for segment in pool.segments]
        return await self.facts.values(
            standing.connection,
            standing.context,
            pool.object,
            record,
            [text for text in texts if text],
            instant=standing.now,
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
        object_type = standing.model.object(pool.object)
        if write:
            run = WriteRun(replace(standing.context, access=ADMINISTRATOR), standing.now)
            values = {"owner": to, **({pool.former: held.owner} if pool.former and held.owner else {})}
            await self.writer.update(standing.connection, run, object_type, record, values, None)
        freed = standing.now if to is None else held.freed_at
        former = held.owner if to is None else held.former
        now = Held(pool.name, to, "free" if to is None else "held", clocks, former, freed)
        await self._store(standing, pool, record, now)
        due = None if clocks is None else clocks.due_at
        start = pool.flow if act == "recycle" else ""
        await self._note(standing, pool, record, act, held.owner, to, reason, due, start)
        return now

    async def _save(self, standing: Standing, pool: Pool, record: str, held: Held) -> None:
        table, clocks = standing.model.object(pool.object).table, held.clocks
        since, due, latest = (None, None, None) if clocks is None else (clocks.since, clocks.due_at, clocks.max_at)
        await standing.connection.execute(
            sql.SAVE, standing.tenant_id, table, record, pool.name, held.owner, held.state, since, due, latest,
            held.former, held.freed_at,
        )  # fmt: skip

    async def _store(self, standing: Standing, pool: Pool, record: str, held: Held) -> None:
        """Save it, and set its timers."""
        await self._save(standing, pool, record, held)
        clocks = held.clocks
        if clocks is None or held.owner is None:
            for kind in (DUE, WARN):
                await stop_timer(standing.connection, standing.tenant_id, kind, record)
            return
        await self._timer(standing, pool, record, clocks.due_at, clocks.due_at)
        if pool.warning:
            at = max(clocks.due_at - timedelta(seconds=read_duration(pool.warning)), standing.now)
            await self._timer(standing, pool, record, clocks.due_at, at, WARN)

    async def _timer(
        self, standing: Standing, pool: Pool, record: str, due: datetime, at: datetime, kind: str = DUE
    ) -> None:
        payload = {"pool": pool.name, "record": record, "due": due.isoformat()}
        draft = TimerDraft(standing.tenant_id, kind, record, at, payload, f"pool:{record}")
        await set_timer(standing.connection, draft)

    async def _note(
        self,
        standing: Standing,
        pool: Pool,
        record: str,
        act: str,
        before: str | None,
        after: str | None,
        reason: str,
        due: datetime | None,
        start_flow: str = "",
    ) -> None:
        table, actor = standing.model.object(pool.object).table, standing.context.actor
        await standing.connection.execute(
            sql.ADD_LINE, standing.tenant_id, pool.name, table, record, act, actor.id or None, actor.name, before,
            after, reason, standing.now, due,
        )  # fmt: skip
        told: dict[str, Any] = {
            "pool": pool.name, "object": table, "record": record, "from": before, "to": after, "reason": reason,
            "due_at": due,
        }  # fmt: skip
        if start_flow:
            told["start_flow"] = start_flow
        await append(standing.connection, draft_for(standing.context, _TOLD[act], HOLDING_OBJECT, record, told))


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


_ASK_AGAIN = timedelta(days=1)
"""How often it is looked at again whether a record is still exempt."""

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
"""Kind of the event of each act, as rules listen to it."""


def _terms(model: TenantModel, pool: Pool, known: Mapping[str, Any]) -> Terms:
    segment = next((one for one in pool.segments if known.get(one.when) is True), None)
    zone = ZoneInfo(model.settings.timezone)
    hours = hours_of(model.calendars, pool.calendar, model.settings.timezone) if pool.calendar else None
    return terms_of(pool, segment, zone, hours)


def _held(row: Mapping[str, Any]) -> Held:
    clocks = None if row["due_at"] is None else Holding(row["since"], row["due_at"], row["max_at"])
    return Held(row["pool"], row["owner_id"], row["state"], clocks, row["former_id"], row["freed_at"])


def pools_of(model: TenantModel, object_name: str) -> Sequence[Pool]:
    """The pools of an object type."""
    return [pool for pool in model.pools.values() if pool.object == object_name]
