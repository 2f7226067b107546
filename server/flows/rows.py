"""Tables of flows: published versions, instances, their tokens and tasks, history, proxies, and stocks of draws.

Read and written by the statements of `flows.sql`. Only variables and details are JSON.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = [
    "FlowHistory",
    "FlowInstance",
    "FlowProxy",
    "FlowStock",
    "FlowTask",
    "FlowToken",
    "FlowVersion",
    "JourneyEntry",
]


class FlowVersion(Model):
    """A flow as it was published; never changed afterwards, but for `current`."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    flow = fields.CharField(max_length=63)
    number = fields.IntField(description="1, 2, 3 … of one flow")
    current = fields.BooleanField(description="new instances start on it; at most one of a flow")
    object = fields.CharField(max_length=63, description="physical table of its records")
    trigger = fields.CharField(max_length=16, description="manual, record or schedule")
    events: ArrayField = ArrayField(element_type="text", description="kinds of events that start it")
    definition = fields.TextField(description="the flow as JSON")
    note = fields.CharField(max_length=500, description="why it was published")
    published_at = fields.DatetimeField()
    published_by = fields.UUIDField(null=True)
    suspended = fields.BooleanField(db_default=False, description="no instances start for the time being")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "flow_version"
        unique_together: ClassVar = (("tenant_id", "flow", "number"),)


class FlowInstance(Model):
    """One run of a flow for one record."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    flow = fields.CharField(max_length=63)
    number = fields.IntField(description="version of the flow that it runs on")
    object = fields.CharField(max_length=63, description="physical table of its record")
    record_id = fields.UUIDField()
    status = fields.CharField(max_length=12)
    initiator = fields.UUIDField(null=True)
    parent_id = fields.UUIDField(null=True, db_index=True, description="instance that waits for it")
    parent_token = fields.IntField()
    parent_visit = fields.IntField()
    variables: Any = fields.JSONField()
    next_id = fields.IntField()
    trail: ArrayField = ArrayField(element_type="text", description="nodes where people have acted")
    agreed: ArrayField = ArrayField(element_type="text", description="accounts that have agreed")
    last_task = fields.IntField()
    failures = fields.IntField(description="tokens that have failed")
    version = fields.IntField(description="grows with each transition")
    started_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "flow_instance"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "object", "record_id"), name="flow_instance_record"),
            Index(fields=("tenant_id", "flow", "status"), name="flow_instance_flow"),
        )


class FlowToken(Model):
    """One place where an instance is; gone when it moves on."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    instance_id = fields.UUIDField()
    number = fields.IntField()
    node = fields.CharField(max_length=63)
    parent = fields.IntField(null=True)
    phase = fields.CharField(max_length=8)
    since = fields.DatetimeField()
    visit = fields.IntField()
    outcome = fields.CharField(max_length=63)
    expected = fields.IntField()
    arrived = fields.IntField()
    pending: ArrayField = ArrayField(element_type="text")
    item = fields.CharField(max_length=36)
    side = fields.BooleanField()
    back_to = fields.CharField(max_length=63)
    failure = fields.TextField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "flow_token"
        unique_together: ClassVar = (("instance_id", "number"),)


class FlowTask(Model):
    """What is asked of somebody."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    instance_id = fields.UUIDField()
    number = fields.IntField()
    token = fields.IntField()
    node = fields.CharField(max_length=63)
    kind = fields.CharField(max_length=8)
    status = fields.CharField(max_length=9)
    assignee = fields.UUIDField(null=True)
    candidates: ArrayField = ArrayField(element_type="uuid")
    place = fields.IntField()
    weight = fields.IntField()
    opened_at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)
    done_by = fields.UUIDField(null=True)
    outcome = fields.CharField(max_length=63)
    delegated_by = fields.UUIDField(null=True)
    after = fields.IntField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "flow_task"
        unique_together: ClassVar = (("instance_id", "number"),)
        indexes: ClassVar = (Index(fields=("tenant_id", "assignee", "status", "id"), name="flow_task_assignee"),)


class FlowHistory(Model):
    """What happened to an instance, line by line; only ever appended."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    instance_id = fields.UUIDField()
    at = fields.DatetimeField()
    act = fields.CharField(max_length=20)
    node = fields.CharField(max_length=63)
    token = fields.IntField()
    task = fields.IntField()
    actor = fields.UUIDField(null=True)
    outcome = fields.CharField(max_length=63)
    comment = fields.TextField()
    to = fields.TextField()
    dwell_s = fields.BigIntField(null=True, description="seconds that the token or task had been there")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "flow_history"
        indexes: ClassVar = (Index(fields=("instance_id", "id"), name="flow_history_instance"),)


class JourneyEntry(Model):
    """A record that came into a journey, or was held out of it."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    flow = fields.CharField(max_length=63)
    object = fields.CharField(max_length=63, description="physical table of the record")
    record_id = fields.UUIDField()
    instance_id = fields.UUIDField(null=True, db_index=True, description="none where it was held out")
    held_out = fields.BooleanField()
    entered_at = fields.DatetimeField()
    left_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=12, description="goal, exit, or how the run ended")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "journey_entry"
        indexes: ClassVar = (Index(fields=("tenant_id", "flow", "record_id"), name="journey_entry_record"),)


class FlowProxy(Model):
    """Somebody who may act for another for a time, as while they are on leave; both are asked."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    account_id = fields.UUIDField(description="whose tasks they are")
    proxy_id = fields.UUIDField(description="who may act as well")
    flow = fields.CharField(max_length=63, description="of one flow alone; empty for all")
    valid_from = fields.DatetimeField()
    valid_until = fields.DatetimeField()
    note = fields.CharField(max_length=500)
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)
    ended_at = fields.DatetimeField(null=True, description="when it was ended before its time")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "flow_proxy"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "proxy_id", "valid_until"), name="flow_proxy_of_proxy"),
            Index(fields=("tenant_id", "account_id", "valid_until"), name="flow_proxy_of_account"),
        )


class FlowStock(Model):
    """How often an edge of a draw was taken, where it may not be taken for ever."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    flow = fields.CharField(max_length=63)
    node = fields.CharField(max_length=63)
    edge = fields.IntField(description="place of the edge")
    taken = fields.IntField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "flow_stock"
        unique_together: ClassVar = (("tenant_id", "flow", "node", "edge"),)
