"""Table of the wrapped data keys of tenants."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

__all__ = ["TenantKey"]


class TenantKey(Model):
    """A tenant's data key, encrypted with a master key; the highest number encrypts, all of them decrypt."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    number = fields.IntField(description="1, 2, … within the tenant; part of every ciphertext")
    master_key_id = fields.CharField(max_length=16, description="which SECRET_KEY wrapped it")
    wrapped = fields.BinaryField(description="nonce and AES-256-GCM ciphertext of the data key")
    created_at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "tenant_key"
        unique_together: ClassVar = (("tenant_id", "number"),)
