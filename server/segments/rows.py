"""Tables of segments: their members, and the condition that these were worked out by."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

__all__ = ["SegmentMember", "SegmentState"]


class SegmentMember(Model):
    """A record that was found to be in a segment."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    segment = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    entered_at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "segment_member"
        unique_together: ClassVar = (("tenant_id", "segment", "record_id"), ("tenant_id", "record_id", "segment"))


class SegmentState(Model):
    """A segment as it was last declared, and how far its members are worked out."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    segment = fields.CharField(max_length=63)
    object = fields.CharField(max_length=63, description="physical table of its records")
    condition = fields.TextField(description="as it was declared")
    round = fields.IntField(description="grows when it is declared otherwise; older work is dropped")
    refreshed_at = fields.DatetimeField(null=True, description="when it was last worked out as a whole")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "segment_state"
        unique_together: ClassVar = (("tenant_id", "segment"),)
