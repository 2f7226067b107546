"""Tortoise models of the three tables."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

__all__ = ["CustomerRow", "StoreRow", "WorkOrderRow"]


class _Record(Model):
    id = fields.UUIDField(primary_key=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)
    deleted_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        abstract = True


class StoreRow(_Record):
    name = fields.TextField()
    region = fields.TextField(null=True)

    class Meta:
        table = "store"


class CustomerRow(_Record):
    name = fields.TextField()
    phone = fields.TextField(null=True)
    email = fields.TextField(null=True)
    level = fields.TextField(default="normal")
    city = fields.TextField(null=True)
    points = fields.BigIntField(default=0)
    store: fields.ForeignKeyNullableRelation[StoreRow] = fields.ForeignKeyField(
        "bench.StoreRow", related_name="customers", null=True
    )
    store_id: object

    class Meta:
        table = "customer"


class WorkOrderRow(_Record):
    code = fields.TextField()
    title = fields.TextField(null=True)
    status = fields.TextField(default="new")
    priority = fields.BigIntField(default=3)
    amount = fields.DecimalField(max_digits=12, decimal_places=2, null=True)
    customer: fields.ForeignKeyNullableRelation[CustomerRow] = fields.ForeignKeyField(
        "bench.CustomerRow", related_name="work_orders", null=True
    )
    store: fields.ForeignKeyNullableRelation[StoreRow] = fields.ForeignKeyField(
        "bench.StoreRow", related_name="work_orders", null=True
    )
    customer_id: object

    class Meta:
        table = "work_order"
