"""Table of judgements: what the text of a record was last found to be, how surely, by which words."""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

__all__ = ["TextClass"]


class TextClass(Model):
    """What a classifier says of the text of a record."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    classifier = fields.CharField(max_length=63)
    object = fields.CharField(max_length=63, description="physical table of the record")
    record_id = fields.UUIDField()
    key = fields.CharField(max_length=100, description="the class, or unclear")
    likely = fields.CharField(max_length=100, description="the surest class, be it sure enough or not")
    confidence = fields.DecimalField(max_digits=5, decimal_places=4)
    words: Any = fields.JSONField(description="what decided: parts of the text with their places, classes and weights")
    version = fields.CharField(max_length=40, description="of the classifier, or of the program that told it")
    digest = fields.CharField(max_length=32, description="of the text")
    told_by = fields.CharField(max_length=254, description="person or program; empty where the server judged")
    judged_at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "text_class"
        unique_together: ClassVar = (("tenant_id", "record_id", "classifier"),)
