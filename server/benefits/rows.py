"""Tables of benefits. Lines are only ever appended; the others say how things stand by them."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["BenefitAccount", "BenefitBudget", "BenefitCoupon", "BenefitLine", "BenefitLot"]


class BenefitLine(Model):
    """One movement: what a record got or gave, and the account on the other side, which has the opposite amount."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    benefit = fields.CharField(max_length=63)
    object = fields.CharField(max_length=63, description="physical table of the record")
    record_id = fields.UUIDField()
    key = fields.CharField(max_length=200, description="names the movement, however often it is sent")
    act = fields.CharField(max_length=10, description="give, spend, lapse, take_back, give_back, reserve, release")
    amount = fields.DecimalField(max_digits=20, decimal_places=2, description="above 0 to the record, below 0 from it")
    account = fields.CharField(max_length=10, description="the other side: issued, spent or lapsed")
    balance = fields.DecimalField(max_digits=20, decimal_places=2, description="of the record, afterwards")
    coupon_id = fields.UUIDField(null=True)
    reverses = fields.UUIDField(null=True, description="the line that is undone")
    reference = fields.CharField(max_length=200, description="what it is for: an order, a campaign")
    reason = fields.CharField(max_length=500)
    actor_id = fields.UUIDField(null=True)
    actor_name = fields.CharField(max_length=254)
    at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    hash = fields.BinaryField(description="SHA-256 of the line; also in the audit log")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "benefit_line"
        unique_together: ClassVar = (("tenant_id", "benefit", "key"),)
        indexes: ClassVar = (
            Index(fields=("tenant_id", "benefit", "record_id", "id"), name="benefit_line_record"),
            Index(fields=("tenant_id", "reverses"), name="benefit_line_reverses"),
        )


class BenefitAccount(Model):
    """What a record has of a benefit that is counted."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    benefit = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    balance = fields.DecimalField(max_digits=20, decimal_places=2)
    level = fields.CharField(max_length=63, description="empty for none")
    level_since = fields.DatetimeField(null=True)
    level_until = fields.DatetimeField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "benefit_account"
        unique_together: ClassVar = (("tenant_id", "benefit", "record_id"),)


class BenefitLot(Model):
    """What is left of something that was given."""

    id = fields.UUIDField(primary_key=True, description="of the line that gave it")
    tenant_id = fields.UUIDField()
    benefit = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    amount_left = fields.DecimalField(max_digits=20, decimal_places=2)
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "benefit_lot"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "benefit", "record_id"), name="benefit_lot_record"),
            Index(fields=("tenant_id", "benefit", "expires_at"), name="benefit_lot_expiring"),
        )


class BenefitCoupon(Model):
    """A coupon that somebody has, or had."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    benefit = fields.CharField(max_length=63)
    object = fields.CharField(max_length=63, description="physical table of the record")
    record_id = fields.UUIDField()
    code = fields.CharField(max_length=20)
    state = fields.CharField(max_length=10, description="open, reserved, used, lapsed or revoked")
    value = fields.DecimalField(max_digits=20, decimal_places=2)
    issued_at = fields.DatetimeField()
    begins_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    reserved_until = fields.DatetimeField(null=True)
    reference = fields.CharField(max_length=200, description="what it is reserved or used for")
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "benefit_coupon"
        unique_together: ClassVar = (("tenant_id", "code"),)
        indexes: ClassVar = (
            Index(fields=("tenant_id", "benefit", "record_id"), name="benefit_coupon_record"),
            Index(fields=("tenant_id", "benefit", "state", "expires_at"), name="benefit_coupon_expiring"),
        )


class BenefitBudget(Model):
    """How much of a benefit was given in a time."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    benefit = fields.CharField(max_length=63)
    period = fields.CharField(max_length=10, description="its first day; empty for ever")
    given = fields.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "benefit_budget"
        unique_together: ClassVar = (("tenant_id", "benefit", "period"),)
