"""Table of tags: each time that a record was given one, with its reason and its end."""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import SqlDefault
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["TagAssignment"]


class TagAssignment(Model):
    """A record has or had a tag."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    tag_group = fields.CharField(max_length=63)
    tag = fields.CharField(max_length=100)
    object = fields.CharField(max_length=63, description="physical table of the record")
    record_id = fields.UUIDField()
    source = fields.CharField(max_length=10, description="manual or automation")
    given_by = fields.CharField(max_length=254, description="person, program or rule")
    reason = fields.TextField()
    raw_words: Any = fields.JSONField(
        db_default=SqlDefault("'[]'::jsonb"), description="what platforms called it: platform and word, in order"
    )
    confidence = fields.DecimalField(
        max_digits=5, decimal_places=4, null=True, description="how sure it is, where a classifier says so"
    )
    given_at = fields.DatetimeField()
    valid_until = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharField(max_length=200, description="lapsed, replaced, taken …")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "tag_assignment"
        indexes: ClassVar = (Index(fields=("tenant_id", "object", "record_id", "tag"), name="tag_assignment_record"),)
