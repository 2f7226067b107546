"""Tables of routing: pieces of work, who is there, shifts, what queues remember, and what was decided and why.

Read and written by the statements of `server.routing.sql`. What a decision rested on is JSON.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.models import Model

from metadata.rows.models import UniqueWhere
from server.events.rows import PartialIndex

__all__ = ["RoutingAgent", "RoutingDecision", "RoutingItem", "RoutingQueue", "RoutingShift"]

_OPEN = "status IN ('waiting', 'offered', 'active')"


class RoutingItem(Model):
    """A piece of work: a record in a queue, or in the hands of whom the queue has chosen."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    queue = fields.CharField(max_length=63)
    object = fields.CharField(max_length=63, description="physical table of its record")
    record_id = fields.UUIDField()
    purpose = fields.CharField(max_length=63, description="what the agent is written to; one open item of each")
    kind = fields.CharField(max_length=63, description="kind of work, for capacity")
    units = fields.IntField(description="capacity that it takes")
    status = fields.CharField(max_length=8, description="waiting, offered, active, done or gone")
    rank = fields.DecimalField(max_digits=24, decimal_places=6, description="minus its priority: the smallest first")
    entered_at = fields.DatetimeField(description="its age counts from here, whatever queue it is in")
    queued_at = fields.DatetimeField(description="since when it is in this queue")
    agent_id = fields.UUIDField(null=True)
    assigned_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True, description="until when an offer can be accepted")
    accepted_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    hops = fields.IntField(description="how often it was declined or missed in this queue")
    tried: ArrayField = ArrayField(element_type="uuid", description="who is not asked again")
    sticky = fields.CharField(max_length=200, description="key that the next piece of work may go by")
    reason = fields.CharField(max_length=32, description="why it waits, as it was last decided")
    version = fields.IntField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "routing_item"
        indexes: ClassVar = (
            UniqueWhere(fields=("tenant_id", "object", "record_id", "purpose"), name="routing_item_open", where=_OPEN),
            PartialIndex(
                fields=("tenant_id", "queue", "rank", "entered_at", "id"),
                name="routing_item_waiting",
                where="status = 'waiting'",
            ),
            PartialIndex(
                fields=("tenant_id", "agent_id"), name="routing_item_held", where="status IN ('offered', 'active')"
            ),
            PartialIndex(
                fields=("tenant_id", "queue", "expires_at"), name="routing_item_offered", where="status = 'offered'"
            ),
            PartialIndex(
                fields=("tenant_id", "queue", "sticky", "assigned_at"), name="routing_item_sticky", where="sticky <> ''"
            ),
            Index(fields=("tenant_id", "object", "record_id"), name="routing_item_record"),
        )


class RoutingAgent(Model):
    """Whether somebody is there; the row is the lock of their capacity."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    account_id = fields.UUIDField()
    presence = fields.CharField(max_length=8, description="online, away or offline")
    since = fields.DatetimeField(null=True)
    heard_at = fields.DatetimeField(null=True, description="last sign of life")
    assigned_at = fields.DatetimeField(null=True, description="when work was last handed to them")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "routing_agent"
        unique_together: ClassVar = (("tenant_id", "account_id"),)


class RoutingQueue(Model):
    """What a queue remembers; the row is the lock of whoever chooses for it."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    queue = fields.CharField(max_length=63)
    cursor = fields.UUIDField(null=True, description="who had the last turn")
    credits: Any = fields.JSONField(description="of weighted turns, by agent")
    levels: ArrayField = ArrayField(element_type="text", description="levels that the backlog is above")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "routing_queue"
        unique_together: ClassVar = (("tenant_id", "queue"),)


class RoutingShift(Model):
    """When somebody works, is away, or stands by for a queue."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    account_id = fields.UUIDField()
    kind = fields.CharField(max_length=8, description="duty, leave or standby")
    queue = fields.CharField(max_length=63, description="the only one it is about; empty for all")
    begins = fields.DatetimeField()
    ends = fields.DatetimeField()
    note = fields.CharField(max_length=500)
    created_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "routing_shift"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "account_id", "ends"), name="routing_shift_account"),
            Index(fields=("tenant_id", "ends"), name="routing_shift_ends"),
        )


class RoutingDecision(Model):
    """What was decided about a piece of work, and why; only ever appended."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    item_id = fields.UUIDField()
    object = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    queue = fields.CharField(max_length=63)
    at = fields.DatetimeField()
    act = fields.CharField(max_length=16)
    agent_id = fields.UUIDField(null=True)
    actor_id = fields.UUIDField(null=True)
    reason = fields.CharField(max_length=500)
    detail: Any = fields.JSONField(description="who was looked at, what left each of them out, figures")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "routing_decision"
        indexes: ClassVar = (Index(fields=("tenant_id", "object", "record_id", "id"), name="routing_decision_record"),)
