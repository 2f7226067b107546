"""Tables of exports and watermarks."""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["Export", "Watermark"]


class Export(Model):
    """Records asked for as a file, and how far it is."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    user_id = fields.UUIDField()
    object = fields.CharField(max_length=63, description="the object's table name, which outlives renames")
    format = fields.CharField(max_length=8, description="csv or xlsx")
    paths: ArrayField = ArrayField(element_type="text", source_field="fields", description="GraphQL paths, as asked")
    query: Any = fields.JSONField(description="variables of the read: filter, orderBy, search")
    state = fields.CharField(max_length=8, description="waiting, running, done, failed, gone")
    row_count = fields.IntField(description="written so far")
    row_limit = fields.IntField()
    truncated = fields.BooleanField(description="there were more rows than the limit")
    reason = fields.CharField(max_length=64, description="why it failed")
    message = fields.TextField()
    watermark = fields.CharField(max_length=20)
    file_name = fields.CharField(max_length=200)
    size_bytes = fields.BigIntField(null=True)
    fetches = fields.IntField()
    created_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "export"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "id"), name="export_listed"),
            Index(fields=("expires_at",), name="export_expiring"),
        )


class Watermark(Model):
    """Whose eyes a code was made for: a sign-in's, or an export's. Kept for good, since leaks are found late."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    code = fields.CharField(max_length=20)
    kind = fields.CharField(max_length=8, description="viewer or export")
    user_id = fields.UUIDField()
    user_name = fields.CharField(max_length=254)
    export_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "watermark"
        unique_together = (("tenant_id", "code"),)
