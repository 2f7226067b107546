"""Tables of pools: who holds what until when, and the ledger of every change, which is only ever appended to."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.events.rows import PartialIndex

__all__ = ["PoolHolding", "PoolLedger"]


class PoolHolding(Model):
    """A record of a pool: held by somebody until it is due, or free."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    object = fields.CharField(max_length=63, description="physical table of the record")
    record_id = fields.UUIDField()
    pool = fields.CharField(max_length=63)
    owner_id = fields.UUIDField(null=True)
    state = fields.CharField(max_length=8, description="held, pending (a manager decides) or free")
    since = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    max_at = fields.DatetimeField(null=True)
    former_id = fields.UUIDField(null=True, description="who held it before")
    freed_at = fields.DatetimeField(null=True)
    look_at = fields.DatetimeField(null=True, description="when the pool looks at it next")
    warn_at = fields.DatetimeField(null=True, description="when its owner is told that it will be taken back")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "pool_holding"
        unique_together: ClassVar = (("tenant_id", "object", "record_id"),)
        indexes: ClassVar = (
            Index(fields=("tenant_id", "owner_id", "pool"), name="pool_holding_owner"),
            Index(fields=("tenant_id", "pool", "due_at"), name="pool_holding_due"),
            PartialIndex(
                fields=("tenant_id", "pool", "look_at"), name="pool_holding_look", where="look_at IS NOT NULL"
            ),
            PartialIndex(
                fields=("tenant_id", "pool", "warn_at"), name="pool_holding_warn", where="warn_at IS NOT NULL"
            ),
        )


class PoolLedger(Model):
    """A record changed hands, or its clocks were moved; never changed afterwards."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    pool = fields.CharField(max_length=63)
    object = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    act = fields.CharField(max_length=12, description="claim, assign, transfer, return, recycle, extend, ask, refuse …")
    actor_id = fields.UUIDField(null=True)
    actor_name = fields.CharField(max_length=254)
    from_id = fields.UUIDField(null=True)
    to_id = fields.UUIDField(null=True)
    reason = fields.TextField()
    at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    version = fields.IntField(db_default=0, description="version of the configuration by which it was done")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "pool_ledger"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "object", "record_id", "id"), name="pool_ledger_record"),
            Index(fields=("tenant_id", "to_id", "act", "at"), name="pool_ledger_claims"),
        )
