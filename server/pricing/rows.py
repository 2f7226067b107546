"""Tables of prices: versions of plans, running totals, and the ledger. The ledger is only ever appended to.

Read and written by the statements of `publishing` and `sql`. What was calculated is kept as JSON beside the entries.
"""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["LedgerEntry", "LedgerLock", "PriceBooking", "PriceTally", "PriceVersion"]


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


class PriceTally(Model):
    """A running total of a component of a plan, for a party, in a window."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    plan = fields.CharField(max_length=63)
    component = fields.CharField(max_length=63)
    party = fields.TextField()
    window = fields.TextField(description="first day, or the contract")
    state = fields.TextField(description="the total as JSON: exact numbers as text")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "price_tally"
        unique_together: ClassVar = (("tenant_id", "plan", "component", "party", "window"),)


class PriceBooking(Model):
    """Something that was booked: a sale, a refund of one, an adjustment. Appended, never changed."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    plan = fields.CharField(max_length=63)
    key = fields.CharField(max_length=200, description="names it within the plan, however often it is sent")
    payload_hash = fields.BinaryField(description="SHA-256 of what was sent with the key")
    kind = fields.CharField(max_length=10, description="sale, refund or adjustment")
    reverses = fields.UUIDField(null=True, db_index=True, description="the sale that a refund takes back")
    record_id = fields.UUIDField(null=True)
    party = fields.TextField()
    version = fields.IntField(description="of the plan; 0 for adjustments")
    currency = fields.CharField(max_length=3)
    effective_at = fields.DatetimeField(description="when it happened")
    period = fields.DateField(description="month that it is booked in")
    original_period = fields.DateField(description="month that it happened in")
    event = fields.TextField(description="the facts as JSON")
    outcome = fields.TextField(description="lines as they were explained, JSON")
    note = fields.CharField(max_length=500)
    hash = fields.BinaryField(description="SHA-256 of the booking with its entries; also in the audit log")
    booked_at = fields.DatetimeField()
    booked_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "price_booking"
        unique_together: ClassVar = (("tenant_id", "plan", "key"),)
        indexes: ClassVar = (
            Index(fields=("tenant_id", "plan", "party", "effective_at"), name="price_booking_order"),
            Index(fields=("tenant_id", "record_id"), name="price_booking_record"),
        )


class LedgerEntry(Model):
    """One side of a booking; those of a booking sum to zero. Appended, never changed."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    booking_id = fields.UUIDField(db_index=True)
    plan = fields.CharField(max_length=63)
    component = fields.CharField(max_length=63)
    window = fields.TextField(description="of the running total that it belongs to")
    party = fields.TextField()
    account = fields.CharField(max_length=20, description="payable, receivable, revenue, discount, expense or cost")
    payee = fields.TextField(description="whose account; empty for our own")
    amount = fields.BigIntField(description="minor units: debit above 0, credit below")
    currency = fields.CharField(max_length=3)
    period = fields.DateField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "ledger_entry"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "plan", "party", "window"), name="ledger_entry_window"),
            Index(fields=("tenant_id", "account", "payee", "period"), name="ledger_entry_payee"),
        )


class LedgerLock(Model):
    """A month of a plan that is closed: nothing is booked into it any more."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    plan = fields.CharField(max_length=63)
    period = fields.DateField()
    reason = fields.CharField(max_length=500)
    locked_at = fields.DatetimeField()
    locked_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "ledger_lock"
        unique_together: ClassVar = (("tenant_id", "plan", "period"),)
