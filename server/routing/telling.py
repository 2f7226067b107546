"""What the steps of a queue ask of pieces of work and of agents, found in few statements.

What depends on the record and on the agent is asked for each pair, but once for records that look alike: those that
agree in everything such an expression reads of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from metadata.expressions.check import ModelScope, read
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.text import parse, unparse
from metadata.expressions.tree import Aggregate, Expression, FieldPath, Quantified, Root, children
from metadata.expressions.types import Kind
from metadata.fields.times import read_duration
from metadata.model.tenant import TenantModel
from metadata.routing.steps import step_kind
from metadata.routing.values import Queue
from server.context import Context
from server.records.facts import Facts
from server.records.organisation import superiors
from server.routing import sql
from server.routing.choosing import Agent, Wish
from server.routing.people import account_of, holders

__all__ = ["Item", "Telling", "Told", "alike", "item_from"]

_ALIKE_BY_ID = "id"
_MAX_KEY = 200
_PLAIN = frozenset(Kind) - {Kind.GEO_POINT, Kind.JSON}


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of work as it is stored.

    Attributes:
        table: Physical table of its record.
        purpose: Field of type user that the agent is written to.
        rank: Minus its priority, as decimal text.
        entered_at: Its age counts from here.
        queued_at: Since when it is in its queue.
    """

    id: str
    queue: str
    table: str
    record: str
    purpose: str
    kind: str
    units: int
    status: str
    rank: str
    entered_at: datetime
    queued_at: datetime
    agent: str
    assigned_at: datetime | None
    expires_at: datetime | None
    hops: int
    tried: tuple[str, ...]
    reason: str
    version: int

    @property
    def place(self) -> tuple[str, datetime, str]:
        """Where it stands in its queue."""
        return self.rank, self.entered_at, self.id


def item_from(row: Mapping[str, Any]) -> Item:
    """An item from a row of the statements."""
    return Item(
        row["id"], row["queue"], row["object"], row["record_id"], row["purpose"], row["kind"], row["units"],
        row["status"], str(row["rank"]), row["entered_at"], row["queued_at"], row["agent_id"] or "",
        row["assigned_at"], row["expires_at"], row["hops"], tuple(row["tried"]), row["reason"], row["version"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a piece of work.

    Attributes:
        wish: For the choice.
        sticky: Key that the next piece of work may go by; empty where no step asks.
    """

    wish: Wish
    sticky: str = ""


@dataclass(eq=False)
class Telling:
    """Asks for one queue in one transaction; keeps what it was told of people.

    Attributes:
        connection: Of the transaction.
        context: The tenant.
        queue: The queue.
        now: The instant.
        facts: Evaluates expressions.
    """

    connection: Any
    context: Context
    queue: Queue
    now: datetime
    facts: Facts
    _people: dict[tuple[str, ...], Mapping[str, bool]] = field(default_factory=dict)
    _pairs: dict[tuple[str, ...], Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)

    async def of(self, items: Sequence[Item], agents: Sequence[Agent]) -> dict[str, Told]:
        """What is known, by the ids of the items whose records are there."""
        records = list(dict.fromkeys(item.record for item in items))
        known = await self.facts.many(
            self.connection, self.context, self.queue.object, records, ["id", *self._of_records()], instant=self.now
        )
        pairs = await self._of_pairs(known, [agent.id for agent in agents])
        keys = {record: self._key(values) for record, values in known.items()}
        last = await self._last_agents([key for key in keys.values() if key])
        found = {}
        for item in items:
            values = known.get(item.record)
            if values is not None:
                told = await self._told(values, pairs.get(item.record, {}), last.get(keys[item.record], ""))
                wish = Wish(item.units, told, item.tried, self._relaxed(item))
                found[item.id] = Told(wish, keys[item.record])
        return found

    def _relaxed(self, item: Item) -> frozenset[int]:
        """Places of steps that are required no longer."""
        return frozenset(
            place
            for place, step in enumerate(self.queue.steps)
            if step.relax_after and item.queued_at + timedelta(seconds=read_duration(step.relax_after)) <= self.now
        )

    async def _told(
        self, values: Mapping[str, Any], pairs: Mapping[str, Mapping[str, Any]], last: str
    ) -> dict[int, Mapping[str, Any]]:
        told: dict[int, Mapping[str, Any]] = {}
        for place, step in enumerate(self.queue.steps):
            if step.when and values[step.when] is not True:
                continue
            match step.by:
                case "person":
                    told[place] = await self._named("person", step.person)
                case "role":
                    told[place] = await self._named("role", step.role)
                case "field":
                    account = values[f"{step.field}.id"] or ""
                    told[place] = await self._named("field", account, str(step.superior)) if account else {}
                case "sticky":
                    told[place] = {last: True} if last else {}
                case _ if step_kind(step).of_agent:
                    told[place] = {account: one[step.expression] for account, one in pairs.items()}
                case _:
                    told[place] = {}
        return told

    async def _named(self, way: str, *given: str) -> Mapping[str, bool]:
        """Whom a step names, asked once."""
        known = self._people.get((way, *given))
        if known is None:
            known = self._people[way, *given] = dict.fromkeys(await self._accounts(way, *given), True)
        return known

    async def _accounts(self, way: str, value: str, levels: str = "0") -> list[str]:
        tenant_id = self.context.model.tenant_id
        if way == "role":
            return await holders(self.connection, tenant_id, value)
        if way == "person":
            return [await account_of(self.connection, tenant_id, value)]
        level = int(levels)
        return (await superiors(self.connection, self.context, value))[level - 1 : level] if level else [value]

    # ── records alone ────────────────────────────────────────────────────────────────────────────

    def _of_records(self) -> list[str]:
        """Expressions over the record alone."""
        found = [step.when for step in self.queue.steps if step.when]
        found += [f"{step.field}.id" for step in self.queue.steps if step.by == "field"]
        found += [step.expression for step in self.queue.steps if step.by == "sticky"]
        return [*found, *self._alike()]

    def _key(self, values: Mapping[str, Any]) -> str:
        step = next((one for one in self.queue.steps if one.by == "sticky"), None)
        value = None if step is None else values[step.expression]
        return "" if value is None else str(value)[:_MAX_KEY]

    async def _last_agents(self, keys: Sequence[str]) -> dict[str, str]:
        """By key, who had the last piece of work of it."""
        step = next((one for one in self.queue.steps if one.by == "sticky"), None)
        if step is None or not keys:
            return {}
        since = self.now - timedelta(seconds=read_duration(step.within or "P36500D"))
        rows = await self.connection.fetch(
            sql.LAST_AGENTS, self.context.model.tenant_id, self.queue.name, list(keys), since
        )
        return {row["sticky"]: row["agent_id"] for row in rows}

    # ── records and agents ───────────────────────────────────────────────────────────────────────

    def _of_both(self) -> list[str]:
        return [step.expression for step in self.queue.steps if step_kind(step).of_agent]

    def _alike(self) -> list[str]:
        """What records have to agree in to look alike to the expressions over both."""
        return alike(self.context.model, self.queue.object, tuple(self._of_both()))

    async def _of_pairs(
        self, known: Mapping[str, Mapping[str, Any]], accounts: Sequence[str]
    ) -> dict[str, Mapping[str, Mapping[str, Any]]]:
        texts = self._of_both()
        if not texts:
            return {}
        by = self._alike()
        looks = {
            record: tuple(msgspec.json.encode(values[text]).decode() for text in by) for record, values in known.items()
        }
        wanted = {look: record for record, look in looks.items() if look not in self._pairs}
        asked = await self.facts.pairs(
            self.connection, self.context, self.queue.object, list(wanted.values()), accounts, texts, instant=self.now
        )
        self._pairs.update({look: asked.get(record, {}) for look, record in wanted.items()})
        return {record: self._pairs[look] for record, look in looks.items()}


def alike(model: TenantModel, object_name: str, texts: Sequence[str]) -> list[str]:
    """Paths of the record that expressions read; its id where they read more than single values of it."""
    found: dict[str, None] = {}
    for text in texts:
        paths = list(_paths(parse(text)))
        if None in paths:
            return [_ALIKE_BY_ID]
        for path in paths:
            assert path is not None
            name = unparse(path)
            type = read(name, ModelScope(model, object_name, FORMULA_ROOTS)).type
            if type.kind not in _PLAIN or (type.item is not None and type.item.kind is Kind.RECORD):
                return [_ALIKE_BY_ID]
            found[name] = None
    return list(found)


def _paths(tree: Expression) -> list[FieldPath | None]:
    """Paths that start at the record; None for what looks at lists of related records."""
    match tree:
        case Quantified() | Aggregate():
            return [None]
        case FieldPath():
            return [tree] if tree.root is Root.RECORD else []
    return [path for part in children(tree) for path in _paths(part)]
