"""Tables of promises: clocks with the intervals that make them up, and breaches as facts."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["SlaBreach", "SlaClock", "SlaInterval"]


class SlaClock(Model):
    """One metric of one policy, running for one record."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    policy = fields.CharField(max_length=63)
    metric = fields.CharField(max_length=63)
    object = fields.CharField(max_length=63, description="physical table of its record")
    record_id = fields.UUIDField()
    round = fields.IntField(description="1 for the first; grows each time it starts again")
    state = fields.CharField(max_length=8, description="running, paused, stopped or void")
    calendar = fields.CharField(max_length=63)
    target_s = fields.BigIntField(description="working seconds that it may take")
    started_at = fields.DatetimeField()
    stopped_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    run = fields.IntField(description="grows when its timers are set anew; late ones are told by it")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "sla_clock"
        unique_together: ClassVar = (("tenant_id", "policy", "metric", "record_id", "round"),)
        indexes: ClassVar = (Index(fields=("tenant_id", "object", "record_id"), name="sla_clock_record"),)


class SlaInterval(Model):
    """A pause of a clock."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    clock_id = fields.UUIDField(db_index=True)
    begins = fields.DatetimeField()
    ends = fields.DatetimeField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "sla_interval"


class SlaBreach(Model):
    """A promise that was not kept: stored once, whatever becomes of the clock."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    clock_id = fields.UUIDField(unique=True)
    policy = fields.CharField(max_length=63)
    metric = fields.CharField(max_length=63)
    object = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    due_at = fields.DatetimeField()
    noted_at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "sla_breach"
        indexes: ClassVar = (Index(fields=("tenant_id", "object", "record_id"), name="sla_breach_record"),)
