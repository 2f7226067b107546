"""Table of what promotion rules found."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

__all__ = ["PromotionFinding"]


class PromotionFinding(Model):
    """One user's figure in one period of a rule; a finished period is found once."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    rule = fields.CharField(max_length=40)
    user_id = fields.UUIDField()
    period = fields.CharField(max_length=16, description="2026-03, 2026-W12, 2026-Q1, 2026-03-14")
    value = fields.DecimalField(max_digits=30, decimal_places=6, null=True)
    met = fields.BooleanField()
    at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "promotion_finding"
        unique_together = (("tenant_id", "rule", "user_id", "period"),)
        indexes: ClassVar = ()
