"""The table of links by which customers follow the progress of their matters."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["ProgressLink"]


class ProgressLink(Model):
    """A link to the page of one instance of a flow; the link itself is signed and stored nowhere."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    instance_id = fields.UUIDField()
    object = fields.CharField(max_length=63, description="physical table of its record")
    record_id = fields.UUIDField()
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    revoked_by = fields.UUIDField(null=True)
    rated_at = fields.DatetimeField(null=True)
    rating = fields.IntField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "progress_link"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "object", "record_id"), name="progress_link_record"),
            Index(fields=("instance_id",), name="progress_link_instance"),
            Index(fields=("expires_at",), name="progress_link_expiring"),
        )
