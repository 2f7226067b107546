"""The table of stock: what is promised to which line."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["StockHold"]


class StockHold(Model):
    """What a line was promised of a holder's stock; consumed once, it stays for good."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    stock = fields.CharField(max_length=63)
    object = fields.CharField(max_length=63, description="physical table of the line")
    line_id = fields.UUIDField()
    holder_id = fields.UUIDField(description="record that holds the stock")
    quantity = fields.DecimalField(max_digits=38, decimal_places=12)
    state = fields.CharField(max_length=8, description="reserved, consumed or released")
    changed_at = fields.DatetimeField()
    changed_by = fields.CharField(max_length=254)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "stock_hold"
        unique_together: ClassVar = (("tenant_id", "stock", "line_id"),)
        indexes: ClassVar = (Index(fields=("tenant_id", "holder_id", "state"), name="stock_hold_holder"),)
