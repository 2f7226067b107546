"""What is kept of routing: decisions with their reasons, and events for everybody who follows from them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from metadata.model.tenant import TenantModel, named
from metadata.routing.values import Queue
from server.context import Cause, Context
from server.events.log import Event, EventDraft, append_all, draft_for
from server.routing import sql
from server.routing.choosing import Choice, Turn
from server.routing.telling import Item

__all__ = [
    "AGENT",
    "EVENT",
    "ITEM",
    "QUEUE",
    "Decision",
    "Standing",
    "detail_of",
    "queue_named",
    "record",
    "tell",
    "turn_of",
]

EVENT = "routing"
ITEM, QUEUE, AGENT = "routing__item", "routing__queue", "routing__agent"
"""What events are about, beside records."""

_MAX_LINES = 100
_QUEUES = uuid.UUID("6f1d3b0a-3f63-5d8e-9c53-0b7d3a6c1e55")


@dataclass(frozen=True, slots=True)
class Standing:
    """One transaction of routing.

    Attributes:
        connection: In the transaction.
        context: The tenant, and who acts.
        now: The instant.
    """

    connection: Any
    context: Context
    now: datetime

    @property
    def tenant_id(self) -> str:
        """The tenant's id."""
        return self.context.model.tenant_id

    def event(self, object: str, record_id: str, changes: Mapping[str, Any]) -> EventDraft:
        """An event of routing."""
        return draft_for(self.context, EVENT, object, record_id, changes)

    def caused_by(self, event: Event) -> Standing:
        """The same, caused by one event of a batch."""
        cause = Cause(self.context.cause.request_id, (*event.cause, event.id))
        return replace(self, context=replace(self.context, cause=cause))

    def queue_event(self, queue: str, changes: Mapping[str, Any]) -> EventDraft:
        """An event about a queue, which has no id of its own: one is made of its name."""
        return self.event(QUEUE, str(uuid.uuid5(_QUEUES, f"{self.tenant_id}:{queue}")), {"queue": queue, **changes})


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that was decided about a piece of work.

    Attributes:
        act: `queued`, `assigned`, `offered`, `accepted`, `declined`, `missed`, `claimed`, `waits`, `moved`,
            `released`, `transferred`, `followed`, `done`, `gone`.
        queue: Where it stood.
        reason: Why, in a word or in somebody's own words.
        detail: What it rested on.
    """

    item: Item
    act: str
    queue: str
    agent: str = ""
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


async def record(standing: Standing, decisions: Sequence[Decision]) -> None:
    """Keep decisions, in their order."""
    if not decisions:
        return
    actor = standing.context.actor.id or None
    await standing.connection.execute(
        sql.ADD_DECISIONS,
        standing.tenant_id,
        standing.now,
        actor,
        [one.item.id for one in decisions],
        [one.item.table for one in decisions],
        [one.item.record for one in decisions],
        [one.queue for one in decisions],
        [one.act for one in decisions],
        [one.agent or None for one in decisions],
        [one.reason[:500] for one in decisions],
        [msgspec.json.encode(one.detail).decode() for one in decisions],
    )


async def tell(standing: Standing, drafts: Sequence[EventDraft]) -> None:
    """Append events, in their order."""
    await append_all(standing.connection, drafts)


def detail_of(choice: Choice) -> dict[str, Any]:
    """What a choice rested on, ready to be kept: who was looked at, what left each out, figures."""
    lines = [
        {
            "agent": line.agent,
            **({"out": line.out} if line.out else {}),
            **({"figures": line.figures} if line.figures else {}),
        }
        for line in choice.lines[:_MAX_LINES]
    ]
    return {"agents": lines, "looked_at": len(choice.lines), "passed_over": list(choice.passed_over)}


def turn_of(row: Mapping[str, Any]) -> Turn:
    """What a queue remembers, from its row."""
    credits = {key: Decimal(text) for key, text in msgspec.json.decode(row["credits"]).items()}
    return Turn(row["cursor"] or "", credits)


def queue_named(model: TenantModel, name: str) -> Queue:
    """A declared queue.

    Raises:
        NotFoundError: `unknown_queue`.
    """
    return named(model.queues, name, "queue")
