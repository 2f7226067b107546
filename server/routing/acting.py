"""What agents do with their work: accept, decline, claim, complete, give back, hand over.

Their own row is locked first, then the piece of work: of two who claim the same one, the second is told `work_taken`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metadata.problems import BadInputError, ConflictError, ForbiddenError, NotFoundError
from metadata.routing.values import Queue
from server.access.plan import Action
from server.actions import ActionRun
from server.records.writing.rights import Change
from server.records.writing.running import WriteRun, reachable_ids
from server.routing import sql
from server.routing.assigning import Assigner
from server.routing.intake import Arrival, Intake
from server.routing.people import account_of, agents_of, members_of
from server.routing.reading import shown_item, uuid_of
from server.routing.recording import ITEM, Decision, Standing, queue_named, record, tell
from server.routing.telling import Item, item_from

__all__ = ["Acting"]

Arguments = Mapping[str, Any]
_OPEN = ("waiting", "offered", "active")


@dataclass(eq=False)
class Acting:
    """Acts for people; holds nothing."""

    assigner: Assigner
    intake: Intake

    # ── work that one has, or is offered ─────────────────────────────────────────────────────────

    async def accept(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`acceptWork`: what is offered becomes one's own."""
        standing, item = await self._mine(run, given)
        if item.status != "offered":
            raise ConflictError.single("not_offered", "This work is yours already.", path=("id",))
        if item.expires_at is not None and item.expires_at <= standing.now:
            raise ConflictError.single(
                "offer_over", "The time to accept this work is over.", path=("id",), hint="It goes to the next agent."
            )
        await self._hand(standing, item, run.user_id, "accepted", "")
        return await self._shown(standing, item.id)

    async def decline(self, run: ActionRun, given: Arguments) -> bool:
        """`declineWork`: what is offered goes to the next one."""
        standing, item = await self._mine(run, given)
        if item.status != "offered":
            raise ConflictError.single(
                "not_offered", "This work is yours already.", path=("id",), hint="Give it back with releaseWork."
            )
        await self.assigner.back(standing, item, "declined", given.get("reason") or "")
        return True

    async def release(self, run: ActionRun, given: Arguments) -> bool:
        """`releaseWork`: give work back that one has; it keeps its age, and one is not asked again."""
        standing, item = await self._mine(run, given)
        await self.assigner.back(standing, item, "released", given.get("reason") or "")
        return True

    async def complete(self, run: ActionRun, given: Arguments) -> bool:
        """`completeWork`: it is done, and the capacity free for the next."""
        standing, item = await self._mine(run, given)
        await self.intake.end(standing, item, "done", "by_hand")
        return True

    async def transfer(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`transferWork`: to somebody else, or into another queue; by whoever has it, or configures queues."""
        standing = standing_of(run)
        to, to_queue = given.get("to") or "", given.get("queue") or ""
        if bool(to) is bool(to_queue):
            raise BadInputError.single("one_of", "Work is handed to a person or to a queue.", hint="Give one of them.")
        account = await account_of(standing.connection, standing.tenant_id, to) if to else ""
        if to and not account:
            raise NotFoundError.single(
                "unknown_person", f"There is no active account '{to}'.", path=("to",), hint="Give an id or address."
            )
        await self._lock_agents(standing, [run.user_id, *([account] if account else [])])
        item = await self._locked(standing, given)
        if item.agent != run.user_id and not _configures(run):
            raise _unknown(given)
        if account:
            await self._write(standing, item, account)
            await self._hand(standing, item, account, "transferred", given.get("reason") or "")
        else:
            queue = queue_named(standing.context.model, to_queue)
            self._require_same(standing, item, queue)
            await self.assigner.move(standing, item, queue, "transferred", given.get("reason") or "")
        return await self._shown(standing, item.id)

    def _require_same(self, standing: Standing, item: Item, queue: Queue) -> None:
        if standing.context.model.object(queue.object).table != item.table:
            raise BadInputError.single(
                "other_object", f"Queue '{queue.name}' holds records of '{queue.object}'.", path=("queue",),
                hint="Choose a queue of the same object type.",
            )  # fmt: skip

    # ── work that waits ──────────────────────────────────────────────────────────────────────────

    async def claim(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`claimWork`: take one that waits; of two who do at once, one is told that it is taken."""
        standing = standing_of(run)
        work_id = uuid_of(given["id"], ("id",))
        row = await standing.connection.fetchrow(sql.ITEM, standing.tenant_id, work_id)
        if row is None:
            raise _unknown(given)
        queue = queue_named(standing.context.model, item_from(row).queue)
        await self._require_member(run, standing, [queue], _unknown(given))
        await self._lock_agents(standing, [run.user_id])
        item = await self._locked(standing, given)
        if item.status != "waiting":
            raise ConflictError.single(
                "work_taken", "Somebody else has this work already.", path=("id",), hint="Claim another with claimNext."
            )
        await self._require_room(run, standing, queue)
        await self._take(run, standing, item)
        return await self._shown(standing, item.id)

    async def claim_next(self, run: ActionRun, given: Arguments) -> dict[str, Any] | None:
        """`claimNext`: what is to be served first, of a queue or of all that one works; null when nothing waits."""
        standing = standing_of(run)
        queues = await self._queues(run, standing, given.get("queue") or "")
        await self._lock_agents(standing, [run.user_id])
        open_to = []
        for queue in queues:
            if await self._has_room(run, standing, queue):
                open_to.append(queue.name)
        if queues and not open_to:
            raise _full(queues[0])
        row = await standing.connection.fetchrow(sql.CLAIM_NEXT, standing.tenant_id, open_to, run.user_id)
        if row is None:
            return None
        item = item_from(row)
        await self._take(run, standing, item)
        return await self._shown(standing, item.id)

    async def put(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`routeRecord`: put a record into a queue by hand; whoever may change the record does."""
        standing = standing_of(run)
        queue = queue_named(standing.context.model, given["queue"])
        record_id = uuid_of(given["record"], ("record",))
        await self._require_changing(run, queue, record_id)
        work = await self.intake.put(standing, queue, [Arrival(record_id, "by_hand", standing)])
        if not work:
            raise ConflictError.single(
                "in_queue", f"The {queue.object} {record_id} is in a queue already.", path=("record",),
                hint="Hand it over with transferWork.",
            )  # fmt: skip
        return await self._shown(standing, work[0])

    async def _require_changing(self, run: ActionRun, queue: Queue, record_id: str) -> None:
        object_type = run.context.model.object(queue.object)
        change = Change(object_type, Action.UPDATE)
        if not await reachable_ids(run.connection, WriteRun(run.context, run.instant), change, [record_id]):
            raise NotFoundError.single(
                "unknown_record", f"There is no {queue.object} {record_id} that you may change.", path=("record",)
            )

    # ── what they share ──────────────────────────────────────────────────────────────────────────

    async def _mine(self, run: ActionRun, given: Arguments) -> tuple[Standing, Item]:
        """A piece of work that is with the actor, locked."""
        standing = standing_of(run)
        await self._lock_agents(standing, [run.user_id])
        item = await self._locked(standing, given)
        if item.agent != run.user_id:
            raise _unknown(given)
        return standing, item

    async def _lock_agents(self, standing: Standing, accounts: Sequence[str]) -> None:
        wanted = sorted(set(accounts))
        await standing.connection.execute(sql.MAKE_AGENTS, standing.tenant_id, wanted)
        await standing.connection.execute(sql.LOCK_AGENTS, standing.tenant_id, wanted)

    async def _locked(self, standing: Standing, given: Arguments) -> Item:
        row = await standing.connection.fetchrow(sql.LOCK_ITEM, standing.tenant_id, uuid_of(given["id"], ("id",)))
        if row is None:
            raise _unknown(given)
        item = item_from(row)
        if item.status not in _OPEN:
            raise ConflictError.single("work_over", "This work is done, or its record is gone.", path=("id",))
        return item

    async def _queues(self, run: ActionRun, standing: Standing, name: str) -> list[Queue]:
        """The queue of a name, or all that the actor works."""
        model = standing.context.model
        if name:
            queue = queue_named(model, name)
            hint = "Ask an administrator to make you one."
            message = f"You are no member of the queue '{name}'."
            refusal = ForbiddenError.single("not_a_member", message, path=("queue",), hint=hint)
            await self._require_member(run, standing, [queue], refusal)
            return [queue]
        return [queue for queue in model.queues.values() if await self._is_member(run, standing, queue)]

    async def _is_member(self, run: ActionRun, standing: Standing, queue: Queue) -> bool:
        members = await members_of(standing.connection, standing.context, queue, standing.now, standby=True)
        return run.user_id in members

    async def _require_member(
        self, run: ActionRun, standing: Standing, queues: Sequence[Queue], refusal: Exception
    ) -> None:
        for queue in queues:
            if await self._is_member(run, standing, queue):
                return
        raise refusal

    async def _has_room(self, run: ActionRun, standing: Standing, queue: Queue) -> bool:
        given = (queue, {run.user_id: ("",)}, standing.now, self.assigner.facts)
        (agent,) = await agents_of(standing.connection, standing.context, *given)
        return agent.capacity - agent.used >= queue.units

    async def _require_room(self, run: ActionRun, standing: Standing, queue: Queue) -> None:
        if not await self._has_room(run, standing, queue):
            raise _full(queue)

    async def _take(self, run: ActionRun, standing: Standing, item: Item) -> None:
        await self._write(standing, item, run.user_id)
        await self._hand(standing, item, run.user_id, "claimed", "")
        await standing.connection.execute(sql.NOTE_ASSIGNED, standing.tenant_id, [run.user_id], [standing.now])

    async def _write(self, standing: Standing, item: Item, account: str) -> None:
        queue = standing.context.model.queues.get(item.queue)
        if queue is not None:
            await self.assigner.write_agents(standing, queue, {item.record: account})

    async def _hand(self, standing: Standing, item: Item, account: str, act: str, reason: str) -> None:
        """It is somebody's now."""
        given = (item.id, "active", account, standing.now, None)
        await standing.connection.execute(sql.HAND_OVER, standing.tenant_id, *given)
        await record(standing, [Decision(item, act, item.queue, account, reason)])
        changes = {"act": act, "queue": item.queue, "object": item.table, "record": item.record, "agent": account}
        await tell(standing, [standing.event(ITEM, item.id, {**changes, "drain": [item.queue]})])

    async def _shown(self, standing: Standing, work_id: str) -> dict[str, Any]:
        row = await standing.connection.fetchrow(sql.ITEM, standing.tenant_id, work_id)
        return shown_item(standing.context.model, item_from(row))


def standing_of(run: ActionRun) -> Standing:
    """The transaction of a request."""
    return Standing(run.connection, run.context, run.instant)


def _configures(run: ActionRun) -> bool:
    return run.context.access.may_configure_kind("queue")


def _unknown(given: Arguments) -> NotFoundError:
    hint = "Look at myWork and queueState."
    return NotFoundError.single("unknown_work", f"There is no work {given['id']} for you.", path=("id",), hint=hint)


def _full(queue: Queue) -> ConflictError:
    return ConflictError.single(
        "over_capacity",
        f"You have as much work of the kind '{queue.kind}' as your capacity allows.",
        hint="Complete some of it first.",
    )
