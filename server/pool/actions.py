"""What is offered about pools: claim, give back, assign, decide, who is due, and how a record changed hands."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from metadata.pools.values import Pool
from metadata.problems import BadInputError, ForbiddenError, NotFoundError
from server.access.plan import Action as Right
from server.actions import Action, ActionEnum, ActionRun, ActionSet, ActionType
from server.context import Standing
from server.pool import sql
from server.pool.holdings import Held
from server.pool.looking import Looking
from server.pool.ownership import Ownership, manages, pool_of_name
from server.pool.recycling import Recycling
from server.records.reach import require_within_reach, seen_object_type, within_reach

__all__ = ["POOL_ACTIONS", "Pools"]

Arguments = Mapping[str, Any]


@dataclass(eq=False)
class Pools:
    """The engine of pools, as it is asked."""

    ownership: Ownership

    @property
    def _looking(self) -> Looking:
        return Looking(self.ownership)

    async def claim(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`claimFromPool`: by somebody who may claim it, of the pool's members."""
        pool, record = pool_of_name(run.context.model, given["pool"]), _uuid(given["record"])
        await self._require_claimable(run, pool, record)
        return _shown(record, await self.ownership.claim(_standing(run), pool, record))

    async def give_back(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`returnToPool`: by its owner or a manager, with a reason."""
        pool, record = pool_of_name(run.context.model, given["pool"]), _uuid(given["record"])
        if not given["reason"].strip():
            raise BadInputError.single("reason_missing", "Say why it is given back.", path=("reason",))
        if await self._holder(run, pool, record) != run.user_id:
            if not manages(run.context, pool):
                raise NotFoundError.single("unknown_record", "You do not hold such a record.", path=("record",))
            await _require(run, pool, record, Right.TRANSFER)
        return _shown(record, await self.ownership.release(_standing(run), pool, record, given["reason"]))

    async def assign(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`assignFromPool`: by a manager."""
        pool = pool_of_name(run.context.model, given["pool"])
        _require_manager(run, pool)
        record, to = _uuid(given["record"]), _uuid(given["to"], "to")
        reason = given.get("reason") or ""
        is_free = await self._holder(run, pool, record) is None
        await _require(run, pool, record, Right.ASSIGN if is_free else Right.TRANSFER)
        return _shown(record, await self.ownership.assign(_standing(run), pool, record, to, reason))

    async def decide(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`decideRecycle`: by a manager."""
        pool = pool_of_name(run.context.model, given["pool"])
        _require_manager(run, pool)
        record = _uuid(given["record"])
        await require_within_reach(run, run.context.model.object(pool.object), record)
        held = await self.ownership.decide(
            _standing(run), pool, record, approve=given["approve"], reason=given.get("reason") or ""
        )
        return _shown(record, held)

    async def due(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`poolDue`: what will be taken back, soonest first; one's own, or all for managers."""
        pool = pool_of_name(run.context.model, given["pool"])
        days = given.get("days")
        until: datetime = run.instant + timedelta(days=1 if days is None else days)
        own = None if manages(run.context, pool) else run.user_id
        found = await self._looking.due(_standing(run), pool, own, until)
        if own is not None:
            return found
        seen = await within_reach(run, run.context.model.object(pool.object), [one["record"] for one in found])
        return [one for one in found if one["record"] in seen]

    async def peek(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`peekFromPool`."""
        pool, record = pool_of_name(run.context.model, given["pool"]), _uuid(given["record"])
        return await self._looking.peek(_standing(run), pool, record)

    async def knows(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`poolKnows`."""
        pool = pool_of_name(run.context.model, given["pool"])
        return await self._looking.knows(_standing(run), pool, given["field"], given["value"])

    async def recycle(self, run: ActionRun, given: Arguments) -> int:
        """`recyclePool`: by a manager; what is due goes back as soon as a worker is free."""
        pool = pool_of_name(run.context.model, given["pool"])
        _require_manager(run, pool)
        return await Recycling(self.ownership).look_now(_standing(run), pool)

    async def history(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`ownershipHistory`: of a record that the actor sees with its owner, newest first."""
        object_type, record = seen_object_type(run.context, given["object"]), _uuid(given["record"])
        await require_within_reach(run, object_type, record, fields=["owner"])
        rows = await run.connection.fetch(sql.HISTORY, run.tenant_id, object_type.table, record)
        return [
            {
                "id": str(row["id"]),
                "pool": row["pool"],
                "act": row["act"],
                "actor": row["actor_id"],
                "actorName": row["actor_name"],
                "from": row["from_id"],
                "to": row["to_id"],
                "reason": row["reason"] or None,
                "at": row["at"],
                "dueAt": row["due_at"],
                "version": row["version"],
            }
            for row in rows
        ]

    async def _holder(self, run: ActionRun, pool: Pool, record: str) -> str | None:
        """Who holds a record, by the ledger; None for nobody."""
        table = run.context.model.object(pool.object).table
        row = await run.connection.fetchrow(sql.HOLDING, run.tenant_id, table, record)
        return None if row is None else row["owner_id"]

    async def _require_claimable(self, run: ActionRun, pool: Pool, record: str) -> None:
        """Refuse who may not claim a record; of one that was claimed meanwhile the claim itself tells so."""
        may_some = run.context.access.rows(pool.object, Right.CLAIM) is not None
        if not may_some or await self._holder(run, pool, record) is None:
            await _require(run, pool, record, Right.CLAIM)


async def _require(run: ActionRun, pool: Pool, record: str, right: Right) -> None:
    """Refuse unless the actor sees a record and has the right on it."""
    object_type = run.context.model.object(pool.object)
    await require_within_reach(run, object_type, record)
    if not await within_reach(run, object_type, [record], actions=[right]):
        raise ForbiddenError.single(
            "row_not_allowed", f"You may not {right.value} the {pool.object} {record}.", path=("record",),
            hint="Ask an administrator for the right.",
        )  # fmt: skip


def _standing(run: ActionRun) -> Standing:
    return Standing(run.connection, run.context, run.instant)


def _require_manager(run: ActionRun, pool: Pool) -> None:
    if not manages(run.context, pool):
        raise ForbiddenError.single(
            "not_a_manager", f"Only managers of the pool '{pool.name}' do this.", hint="Ask one of them."
        )


def _uuid(text: str, name: str = "record") -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise BadInputError.single("bad_id", "The id of a record is a UUID.", path=(name,)) from None


def _shown(record: str, held: Held) -> dict[str, Any]:
    clocks = held.clocks
    return {
        "record": record,
        "owner": held.owner,
        "state": held.state,
        "since": None if clocks is None else clocks.since,
        "dueAt": None if clocks is None else clocks.due_at,
        "latestAt": None if clocks is None else clocks.max_at,
    }


_RECORD: Mapping[str, str] = {"pool": "String!", "record": "ID!"}

POOL_ACTIONS = ActionSet(
    (
        Action(
            "poolDue", "query", {"pool": "String!", "days": "Int"}, "[PoolDue!]!",
            "What will be due within some days, soonest first, and what becomes of it: yours, or all for managers.",
            Pools, Pools.due,
        ),
        Action(
            "ownershipHistory", "query", {"object": "String!", "record": "ID!"}, "[OwnershipChange!]!",
            "How a record of a pool changed hands, newest first.", Pools, Pools.history,
        ),
        Action(
            "poolKnows", "query", {"pool": "String!", "field": "String!", "value": "String!"}, "PoolKnown!",
            "Whether a record with a value is known already: that it is, not whose.", Pools, Pools.knows,
        ),
        Action(
            "peekFromPool", "mutation", _RECORD, "JSON!",
            "Look at what is hidden of a free record before claiming it; counted by the day.", Pools, Pools.peek,
        ),
        Action(
            "claimFromPool", "mutation", _RECORD, "PoolHolding!", "Take a free record of a pool.", Pools, Pools.claim,
        ),
        Action(
            "returnToPool", "mutation", {**_RECORD, "reason": "String!"}, "PoolHolding!",
            "Give a record back, with a reason.", Pools, Pools.give_back,
        ),
        Action(
            "assignFromPool", "mutation", {**_RECORD, "to": "ID!", "reason": "String"}, "PoolHolding!",
            "Give a record of a pool to somebody; for its managers.", Pools, Pools.assign,
        ),
        Action(
            "decideRecycle", "mutation", {**_RECORD, "approve": "Boolean!", "reason": "String"}, "PoolHolding!",
            "Let a record be taken back, or give its owner more time; for managers of the pool.", Pools, Pools.decide,
        ),
        Action(
            "recyclePool", "mutation", {"pool": "String!"}, "Int!",
            "Look at once at everything that is due, also at what was exempt or refused; how many records that is.",
            Pools, Pools.recycle,
        ),
    ),
    (
        ActionType(
            "PoolHolding",
            {
                "record": "ID!", "owner": "ID", "state": "String!", "since": "DateTime", "dueAt": "DateTime",
                "latestAt": "DateTime",
            },
            "A record of a pool: who holds it, until when at least, and at the latest.",
        ),
        ActionType(
            "PoolDue",
            {
                "record": "ID!", "owner": "ID", "state": "String!", "since": "DateTime", "dueAt": "DateTime",
                "latestAt": "DateTime", "outcome": "PoolOutcome!", "why": "String!",
            },
            "A record of a pool that is due, and what will become of it.",
        ),
        ActionEnum(
            "PoolOutcome",
            {
                "RECYCLED": "It is taken back.",
                "ASKED": "A manager is asked first.",
                "PENDING": "A manager has been asked.",
                "STAYS": "It is exempt, and looked at again every day.",
            },
            "What becomes of a record that is due.",
        ),
        ActionType(
            "PoolKnown",
            {"state": "PoolKnowledge!", "record": "ID", "owner": "ID", "shown": "JSON!"},
            "Whether a record is known; the record and its owner only for those who see them anyway.",
        ),
        ActionEnum(
            "PoolKnowledge",
            {
                "UNKNOWN": "There is none.",
                "FREE": "It waits to be claimed.",
                "HELD": "Somebody has it.",
                "YOURS": "You have it.",
            },
            "Whose a record is.",
        ),
        ActionType(
            "OwnershipChange",
            {
                "id": "ID!", "pool": "String!", "act": "String!", "actor": "ID", "actorName": "String!", "from": "ID",
                "to": "ID", "reason": "String", "at": "DateTime!", "dueAt": "DateTime", "version": "Int!",
            },
            "A record changed hands, or its clocks were moved.",
        ),
    ),
)  # fmt: skip
