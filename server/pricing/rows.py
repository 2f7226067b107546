"""Tables of prices: published versions of plans. Read and written by the statements of `publishing`."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

__all__ = ["PriceVersion"]


class PriceVersion(Model):
    """A price plan as it was published; never changed. The last published that has begun is in force."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    plan = fields.CharField(max_length=63)
    number = fields.IntField(description="1, 2, 3 … of one plan")
    object = fields.CharField(max_length=63, description="physical table of its records")
    currency = fields.CharField(max_length=3)
    definition = fields.TextField(description="the plan as JSON")
    note = fields.CharField(max_length=500, description="why it was published")
    valid_from = fields.DatetimeField(description="events from here on; the next version says until when")
    published_at = fields.DatetimeField()
    published_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "price_version"
        unique_together: ClassVar = (("tenant_id", "plan", "number"),)
