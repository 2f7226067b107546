"""Table of uploaded files; their bytes lie in the data folder."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

__all__ = ["File"]


class File(Model):
    """One uploaded file. A record's file and image fields hold its id."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    name = fields.CharField(max_length=255, description="as uploaded, without folders and control characters")
    size_bytes = fields.BigIntField()
    content_type = fields.CharField(max_length=127, description="images by their first bytes, others as declared")
    sha256 = fields.BinaryField()
    uploaded_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "file"
        indexes: ClassVar = (("tenant_id", "created_at"),)
