"""Tables of rights for a time, but for the grants themselves (`server.access.rows`), which requests are read with."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["UnmaskRequest"]


class UnmaskRequest(Model):
    """That somebody asked to see masked fields of some records plainly, and what came of it."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    user_id = fields.UUIDField()
    object = fields.CharField(max_length=63, description="the object's table name, which outlives renames")
    record_ids: ArrayField = ArrayField(element_type="uuid")
    columns: ArrayField = ArrayField(element_type="text", source_field="fields", description="columns")
    reason = fields.TextField()
    hours = fields.IntField(description="how long it holds once it is approved")
    views = fields.IntField(description="how often values are answered")
    views_used = fields.IntField()
    break_glass = fields.BooleanField(description="taken in an emergency, without approval")
    requested_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.UUIDField(null=True)
    approved = fields.BooleanField(null=True)
    valid_until = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "unmask_request"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "id"), name="unmask_request_listed"),
            Index(fields=("user_id", "object"), name="unmask_request_user"),
        )
