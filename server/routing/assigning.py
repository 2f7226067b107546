"""The one transaction that hands work of a queue out: who is chosen, capacity reserved, records written, why kept.

One go at a time hands work of a tenant out. It locks the rows of all who work its queues first, then the pieces of
work that it looks at; what somebody is claiming just now is left to them. A process that is killed in the middle has
handed nothing out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec

from metadata.fields.times import read_duration
from metadata.model.tenant import field_of
from metadata.problems import TangramError
from metadata.routing.values import Queue
from server.access.plan import ADMINISTRATOR, Action
from server.context import Actor, ActorKind, Context
from server.records.facts import Facts
from server.records.layout import Layout
from server.records.problems import Places, refusal_of
from server.records.writing.running import WriteRun, change_ids, check_rules
from server.routing import sql
from server.routing.choosing import Agent, Choice, Outcome, choose
from server.routing.levels import Backlog, crossed, next_crossing, with_standby
from server.routing.people import agents_of, is_open, members_of, next_opening
from server.routing.recording import ITEM, Decision, Standing, detail_of, record, tell, turn_of
from server.routing.telling import Item, Telling, Told, item_from

__all__ = ["Assigner", "Drained", "Place"]

_PAGE = 200
_MAX_SCANNED = 1_000
_REFUSED = "refused"
_ELSEWHERE = (Outcome.NO_MEMBERS, Outcome.NOBODY_FITS)

Place = tuple[str, datetime, str]
"""Where a piece of work stands in its queue: rank, age, id."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What came of it.

    Attributes:
        assigned: How many pieces of work were handed out.
        after: Where to go on, when more may be handed out; None at the end.
        next_at: When something changes by the clock alone; None when nothing will.
    """

    assigned: int = 0
    after: Place | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Picked:
    item: Item
    told: Told
    choice: Choice
    expires: datetime | None


@dataclass(eq=False)
class Assigner:
    """Hands work out; holds nothing of a tenant but compiled statements."""

    facts: Facts

    async def drain(self, standing: Standing, places: Mapping[str, Place | None]) -> dict[str, Drained]:
        """Look at what waits in some queues: hand out, hand on, note levels.

        Args:
            standing: A transaction that has locked nothing yet.
            places: By name of the queue, where an earlier transaction has stopped; None to begin with what is served
                first. A queue that is no longer declared hands all it has to the catch-all.
        """
        await standing.connection.execute(sql.LOCK_ROUTING, standing.tenant_id)
        await self._lock_agents(standing, places)
        found = {}
        for name in sorted(places):
            queue = standing.context.model.queues.get(name)
            if queue is None:
                await self._abandon(standing, name)
                found[name] = Drained()
                continue
            await standing.connection.execute(sql.MAKE_QUEUE, standing.tenant_id, name)
            row = await standing.connection.fetchrow(sql.LOCK_QUEUE, standing.tenant_id, name)
            found[name] = await _Draining(self, standing, queue, row).run(places[name])
        return found

    async def _lock_agents(self, standing: Standing, names: Iterable[str]) -> None:
        """Lock everybody who may be handed work, all at once, in the order of their ids."""
        accounts: set[str] = set()
        for name in names:
            queue = standing.context.model.queues.get(name)
            if queue is not None:
                accounts |= set(
                    await members_of(standing.connection, standing.context, queue, standing.now, standby=True)
                )
        if accounts:
            await standing.connection.execute(sql.MAKE_AGENTS, standing.tenant_id, sorted(accounts))
            await standing.connection.execute(sql.LOCK_AGENTS, standing.tenant_id, sorted(accounts))

    async def rank_of(self, standing: Standing, queue: Queue, record_id: str) -> Decimal | None:
        """Minus the priority of a record in a queue; None when the record is not there."""
        return (await self.ranks_of(standing, queue, [record_id])).get(record_id)

    async def ranks_of(self, standing: Standing, queue: Queue, record_ids: Sequence[str]) -> dict[str, Decimal]:
        """The same of several records; those that are not there are left out."""
        text = queue.priority or "id"
        found = await self.facts.many(
            standing.connection, standing.context, queue.object, record_ids, [text], instant=standing.now
        )
        return {one: _rank(values[text] if queue.priority else None) for one, values in found.items()}

    async def move(self, standing: Standing, item: Item, queue: Queue, act: str, reason: str) -> None:
        """Put a piece of work into another queue, as new there; its age stays."""
        rank = await self.rank_of(standing, queue, item.record)
        await standing.connection.execute(
            sql.MOVE, standing.tenant_id, item.id, queue.name, standing.now, 0, [], str(rank or 0), queue.kind,
            queue.units,
        )  # fmt: skip
        await record(standing, [Decision(item, act, item.queue, item.agent, reason, {"to": queue.name})])
        await self._take_back(standing, item)
        changes = {"act": act, "queue": queue.name, "from": item.queue, "object": item.table, "record": item.record}
        drain = [queue.name, item.queue] if item.agent else [queue.name]
        await tell(standing, [standing.event(ITEM, item.id, {**changes, "drain": drain})])

    async def back(self, standing: Standing, item: Item, act: str, reason: str) -> None:
        """Put a piece of work back, without whom it was with; after too many hops it goes on to another queue."""
        queue = standing.context.model.queues.get(item.queue)
        onward = None if queue is None else standing.context.model.queues.get(queue.overflow)
        if queue is not None and onward is not None and item.hops + 1 >= queue.hops:
            await record(standing, [Decision(item, act, item.queue, item.agent, reason)])
            await self.move(standing, item, onward, "moved", "too_many_hops")
            return
        tried = list(dict.fromkeys([*item.tried, item.agent]))
        await self._take_back(standing, item)
        await standing.connection.execute(
            sql.MOVE, standing.tenant_id, item.id, item.queue, item.queued_at, item.hops + 1, tried, item.rank,
            item.kind, item.units,
        )  # fmt: skip
        await record(standing, [Decision(item, act, item.queue, item.agent, reason)])
        changes = {"act": act, "queue": item.queue, "object": item.table, "record": item.record, "agent": item.agent}
        await tell(standing, [standing.event(ITEM, item.id, {**changes, "drain": [item.queue]})])

    async def _take_back(self, standing: Standing, item: Item) -> None:
        """Nobody has it now, and the record says so."""
        queue = standing.context.model.queues.get(item.queue)
        field = None if queue is None else field_of(standing.context.model.object(queue.object), queue.assign_to)
        if queue is not None and field is not None and item.agent and not field.required:
            await self.write_agents(standing, queue, {item.record: None})

    async def write_agents(self, standing: Standing, queue: Queue, pairs: Mapping[str, str | None]) -> set[str]:
        """Write agents to records, by the ordinary way; the records that were there.

        Raises:
            TangramError: A rule of the tenant's refuses one of them.
        """
        model = standing.context.model
        object_type = model.object(queue.object)
        field = field_of(object_type, queue.assign_to)
        if field is None or not pairs:
            return set()
        column = Layout(model).columns(object_type, field)[0]
        actor = standing.context.actor
        if not actor.id:
            actor = Actor("", ActorKind.SYSTEM, f"routing {queue.name}", ())
        run = WriteRun(replace(standing.context, actor=actor, access=ADMINISTRATOR), standing.now)
        rows = [{"id": record_id, column: agent} for record_id, agent in sorted(pairs.items())]
        found = await change_ids(standing.connection, run, object_type, rows, Action.UPDATE, "update")
        await check_rules(standing.connection, run, object_type, list(found))
        return set(found)

    async def _abandon(self, standing: Standing, name: str) -> None:
        """Hand on what waits in a queue that was removed."""
        rows = await standing.connection.fetch(sql.WAITING, standing.tenant_id, name, _MAX_SCANNED)
        for item in map(item_from, rows):
            onward = catch_all(standing.context, item.table)
            if onward is not None:
                await self.move(standing, item, onward, "moved", "queue_removed")


def _rank(priority: Any) -> Decimal:
    return Decimal(0) if priority is None else -Decimal(str(priority))


def catch_all(context: Context, table: str) -> Queue | None:
    """The queue that takes what fits nowhere, of records of a table."""
    model = context.model
    for queue in model.queues.values():
        if queue.catch_all and queue.object in model.objects and model.objects[queue.object].table == table:
            return queue
    return None


class _Draining:
    """One transaction over one queue."""

    def __init__(self, assigner: Assigner, standing: Standing, queue: Queue, row: Mapping[str, Any]) -> None:
        self.assigner, self.standing, self.queue = assigner, standing, queue
        self.turn = turn_of(row)
        self.lit: list[str] = list(row["levels"])
        self.was_lit = tuple(self.lit)
        self.agents: dict[str, Agent] = {}
        self.decisions: list[Decision] = []
        self.events: list[Any] = []
        self.assigned = 0

    async def run(self, after: Place | None) -> Drained:
        connection, tenant_id, queue = self.standing.connection, self.standing.tenant_id, self.queue
        await self._miss_offers()
        await self._hand_on_overdue()
        backlog = await self._backlog()
        over = crossed(queue.levels, backlog, self.lit, self.standing.now)
        self.lit = [name for name in self.lit if name in over]
        members: Mapping[str, Sequence[str]] = {}
        stopped: Place | None = None
        for standby in (with_standby(queue.levels, self.lit), True):
            if backlog.depth and queue.push:
                members = await members_of(connection, self.standing.context, queue, self.standing.now, standby=standby)
                stopped = await self._hand_out(members, after)
                backlog = await self._backlog()
            self.lit = crossed(queue.levels, backlog, self.lit, self.standing.now)
            if standby or not with_standby(queue.levels, self.lit):
                break  # else those who stand by join for what is left
        self._tell_levels(backlog)
        credits = msgspec.json.encode({key: f"{owed:f}" for key, owed in self.turn.credits.items()}).decode()
        await connection.execute(sql.SAVE_QUEUE, tenant_id, queue.name, self.turn.cursor or None, credits, self.lit)
        await record(self.standing, self.decisions)
        await tell(self.standing, self.events)
        return Drained(self.assigned, stopped, await self._next(backlog, members))

    # ── before anything is handed out ────────────────────────────────────────────────────────────

    async def _miss_offers(self) -> None:
        """Offers that ran out go to the next."""
        rows = await self.standing.connection.fetch(
            sql.EXPIRED, self.standing.tenant_id, self.queue.name, self.standing.now
        )
        for item in map(item_from, rows):
            await self.assigner.back(self.standing, item, "missed", "not_accepted_in_time")

    async def _hand_on_overdue(self) -> None:
        onward = self.standing.context.model.queues.get(self.queue.overflow)
        if onward is None or not self.queue.overflow_after:
            return
        since = self.standing.now - timedelta(seconds=read_duration(self.queue.overflow_after))
        rows = await self.standing.connection.fetch(sql.OVERDUE, self.standing.tenant_id, self.queue.name, since)
        for item in map(item_from, rows):
            await self.assigner.move(self.standing, item, onward, "moved", "waited_too_long")

    async def _backlog(self) -> Backlog:
        row = await self.standing.connection.fetchrow(sql.BACKLOG, self.standing.tenant_id, self.queue.name)
        return Backlog(row["depth"], row["oldest"])

    def _tell_levels(self, backlog: Backlog) -> None:
        for level in self.queue.levels:
            is_lit, was = level.name in self.lit, level.name in self.was_lit
            if is_lit is not was:
                told = {"act": "level_crossed" if is_lit else "level_over", "level": level.name, "depth": backlog.depth}
                self.events.append(self.standing.queue_event(self.queue.name, {**told, "oldest": backlog.oldest}))

    # ── handing out ──────────────────────────────────────────────────────────────────────────────

    async def _hand_out(self, members: Mapping[str, Sequence[str]], after: Place | None) -> Place | None:
        """Page by page, as long as somebody is free; where to go on, when that would be too much for one go."""
        connection = self.standing.connection
        found = await agents_of(
            connection, self.standing.context, self.queue, members, self.standing.now, self.assigner.facts
        )
        self.agents = {agent.id: agent for agent in found}
        telling = Telling(connection, self.standing.context, self.queue, self.standing.now, self.assigner.facts)
        for _ in range(_MAX_SCANNED // _PAGE):
            items = await self._waiting(after)
            if not items:
                return None
            await self._hand_out_page(telling, items)
            after = items[-1].place
            if self.agents and not self._is_anybody_free():
                return None
        return after

    async def _waiting(self, after: Place | None) -> list[Item]:
        given = (self.standing.tenant_id, self.queue.name, _PAGE)
        statement = sql.WAITING if after is None else sql.WAITING_AFTER
        rows = await self.standing.connection.fetch(statement, *given, *(after or ()))
        return [item_from(row) for row in rows]

    def _is_anybody_free(self) -> bool:
        return any(not one.absent and one.capacity - one.used >= self.queue.units for one in self.agents.values())

    async def _hand_out_page(self, telling: Telling, items: Sequence[Item]) -> None:
        told = await telling.of(items, list(self.agents.values()))
        picked: list[_Picked] = []
        reasons: dict[str, str] = {}
        for item in items:
            if item.id not in told:
                continue  # its record is deleted: the event of that ends it
            choice = choose(self.queue.steps, list(self.agents.values()), told[item.id].wish, self.turn)
            if choice.outcome is Outcome.CHOSEN:
                self._reserve(item, choice)
                picked.append(_Picked(item, told[item.id], choice, self._expires()))
            elif not await self._goes_elsewhere(item, choice) and item.reason != choice.outcome.value:
                reasons[item.id] = choice.outcome.value
                detail = detail_of(choice)
                self.decisions.append(Decision(item, "waits", self.queue.name, "", choice.outcome.value, detail))
        if reasons:
            await self.standing.connection.execute(
                sql.NOTE_REASONS, self.standing.tenant_id, list(reasons), list(reasons.values())
            )
        await self._apply(picked)

    def _reserve(self, item: Item, choice: Choice) -> None:
        """Each is a moment later than the one before, so that who was asked last is known within one go as well."""
        at = self.standing.now + timedelta(microseconds=self.assigned)
        self.assigned += 1
        self.turn = choice.turn
        agent = self.agents[choice.agent]
        self.agents[agent.id] = replace(agent, used=agent.used + item.units, assigned_at=at)

    def _expires(self) -> datetime | None:
        if not self.queue.accept_within:
            return None
        return self.standing.now + timedelta(seconds=read_duration(self.queue.accept_within))

    async def _goes_elsewhere(self, item: Item, choice: Choice) -> bool:
        """Hand on what nobody here will ever do; False when there is no other place."""
        queues = self.standing.context.model.queues
        onward = None
        if choice.outcome is Outcome.ALL_TRIED:
            onward = queues.get(self.queue.overflow)
        elif choice.outcome in _ELSEWHERE:
            onward = queues.get(self.queue.fallback) or catch_all(self.standing.context, item.table)
        if onward is None or onward.name == self.queue.name:
            return False
        await self.assigner.move(self.standing, item, onward, "moved", choice.outcome.value)
        return True

    async def _apply(self, picked: Sequence[_Picked]) -> None:
        if not picked:
            return
        connection, tenant_id = self.standing.connection, self.standing.tenant_id
        picked = await self._written(picked)
        status = "offered" if self.queue.accept_within else "active"
        act = "offered" if self.queue.accept_within else "assigned"
        await connection.execute(
            sql.ASSIGN,
            tenant_id,
            self.standing.now,
            [one.item.id for one in picked],
            [one.choice.agent for one in picked],
            [status] * len(picked),
            [one.expires for one in picked],
            [one.told.sticky for one in picked],
        )
        busy = {one.choice.agent for one in picked}
        at = [self.agents[agent].assigned_at for agent in busy]
        await connection.execute(sql.NOTE_ASSIGNED, tenant_id, list(busy), at)
        for one in picked:
            detail = detail_of(one.choice)
            self.decisions.append(Decision(one.item, act, self.queue.name, one.choice.agent, "", detail))
            changes = {"act": act, "queue": self.queue.name, "object": one.item.table, "record": one.item.record}
            more = {"agent": one.choice.agent, "expires_at": one.expires}
            self.events.append(self.standing.event(ITEM, one.item.id, {**changes, **more}))

    async def _written(self, picked: Sequence[_Picked]) -> Sequence[_Picked]:
        """Those whose records could be written; one that a rule of the tenant's refuses keeps no other back."""
        try:
            await self._write(picked)
        except TangramError as error:
            if len(picked) > 1:
                return [kept for one in picked for kept in await self._written([one])]
            (refused,) = picked
            agent = self.agents[refused.choice.agent]
            self.agents[agent.id] = replace(agent, used=agent.used - refused.item.units)
            if refused.item.reason != _REFUSED:
                given = ([refused.item.id], [_REFUSED])
                await self.standing.connection.execute(sql.NOTE_REASONS, self.standing.tenant_id, *given)
                reason = f"{_REFUSED}: {error.message}"
                self.decisions.append(Decision(refused.item, "waits", self.queue.name, agent.id, reason))
            return ()
        return picked

    async def _write(self, picked: Sequence[_Picked]) -> None:
        pairs: dict[str, str | None] = {one.item.record: one.choice.agent for one in picked}
        try:
            async with self.standing.connection.transaction():
                await self.assigner.write_agents(self.standing, self.queue, pairs)
        except asyncpg.PostgresError as error:
            raise refusal_of(error, self.standing.context.model, Places(), ADMINISTRATOR) or error from error

    # ── what comes by the clock ──────────────────────────────────────────────────────────────────

    async def _next(self, backlog: Backlog, members: Mapping[str, Sequence[str]]) -> datetime | None:
        """The next instant at which something here changes without anybody doing anything."""
        connection, now, queue = self.standing.connection, self.standing.now, self.queue
        expires = await connection.fetchval(sql.NEXT_EXPIRY, self.standing.tenant_id, queue.name)
        found = [expires, next_crossing(queue.levels, backlog, self.lit, now)]
        if backlog.depth:
            waits = [queue.overflow_after] if queue.overflow else []
            waits += [step.relax_after for step in queue.steps]
            for text in waits:
                if text:
                    found.append(await self._next_waited(text))
        if backlog.depth and queue.push:
            found.append(
                await connection.fetchval(sql.NEXT_SHIFT, self.standing.tenant_id, queue.name, list(members), now)
            )
            model = self.standing.context.model
            calendars = {queue.calendar, *(one for each in members.values() for one in each)}
            found += [next_opening(model, one, now) for one in calendars if not is_open(model, one, now)]
        return min((at for at in found if at is not None and at > now), default=None)

    async def _next_waited(self, text: str) -> datetime | None:
        """When the next piece of work has waited here for so long."""
        length = timedelta(seconds=read_duration(text))
        first: datetime | None = await self.standing.connection.fetchval(
            sql.NEXT_WAITED, self.standing.tenant_id, self.queue.name, self.standing.now - length
        )
        return None if first is None else first + length
