"""Platform tables of the write path: counters of auto numbers, and answers kept for repeated requests."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import SqlDefault
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["Counter", "IdempotentAnswer"]


class Counter(Model):
    """The last number given out of one series: a field's, in one period."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    key = fields.CharField(max_length=160, description="table.column:period")
    value = fields.BigIntField(description="the last number given out")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "counter"
        unique_together: ClassVar = (("tenant_id", "key"),)


class IdempotentAnswer(Model):
    """The first answer to a mutation that carried an Idempotency-Key, in the transaction that made it."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    actor_id = fields.UUIDField()
    key = fields.CharField(max_length=200)
    request_hash = fields.CharField(max_length=64, description="of operation and variables, to refuse another request")
    answer = fields.TextField(description="JSON of `data`")
    created_at = fields.DatetimeField(db_default=SqlDefault("clock_timestamp()"))

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "idempotent_answer"
        unique_together: ClassVar = (("tenant_id", "actor_id", "key"),)
        indexes: ClassVar = (Index(fields=("created_at",), name="idempotent_answer_age"),)
