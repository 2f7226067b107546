"""Tables of prices: versions of plans, running totals, and the ledger. The ledger is only ever appended to.

Read and written by the statements of `publishing` and `sql`. What was calculated is kept as JSON beside the entries.
"""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = [
    "LedgerEntry",
    "LedgerLock",
    "PlatformLine",
    "PriceBooking",
    "PriceHolder",
    "PriceProposal",
    "PriceStatement",
    "PriceTally",
    "PriceVersion",
]


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


class PriceProposal(Model):
    """A version that somebody has asked to publish, and somebody else decides on; one of each plan at a time."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    plan = fields.CharField(max_length=63)
    newest = fields.IntField(description="newest version when it was asked for; 0 for none")
    definition = fields.TextField(description="the plan as JSON")
    valid_from = fields.DatetimeField(null=True, description="empty for the instant of the decision")
    note = fields.CharField(max_length=500, description="why it is asked for")
    override = fields.CharField(max_length=500, description="why, though it may lose money")
    moved = fields.TextField(description="amount that it would have moved of the past days")
    currency = fields.CharField(max_length=3)
    asked_at = fields.DatetimeField()
    asked_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "price_proposal"
        unique_together: ClassVar = (("tenant_id", "plan"),)


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
    kind = fields.CharField(max_length=10, description="sale, refund, adjustment, true_up, payout or run")
    run_id = fields.UUIDField(null=True, description="the run that posted it with others; then it has no entries")
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
    account = fields.CharField(
        max_length=20, description="payable, receivable, revenue, discount, expense, cost or bank"
    )
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
    """A month of a plan that is closed: nothing is booked into it any more.

    One that was opened again has as many rows as it was closed; the last one counts.
    """

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    plan = fields.CharField(max_length=63)
    period = fields.DateField()
    revision = fields.IntField(db_default=1, description="1, and more where it was opened and closed again")
    reason = fields.CharField(max_length=500)
    locked_at = fields.DatetimeField()
    locked_by = fields.UUIDField(null=True)
    reopen_reason = fields.CharField(max_length=500, db_default="", description="why it should be opened again")
    reopen_asked_at = fields.DatetimeField(null=True)
    reopen_asked_by = fields.UUIDField(null=True)
    reopened_at = fields.DatetimeField(null=True, description="empty while it is closed")
    reopened_by = fields.UUIDField(null=True, description="somebody else than who asked")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "ledger_lock"
        unique_together: ClassVar = (("tenant_id", "plan", "period", "revision"),)


class PriceHolder(Model):
    """Whom a sale is attributed to, by which evidence. Appended: the highest revision of a sale counts."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    booking_id = fields.UUIDField()
    revision = fields.IntField(description="1 as it was booked; more where rules were run again")
    attribution = fields.CharField(max_length=63, description="region, store, agent …")
    place = fields.IntField(description="order within the rule; the first of equals takes what rounding leaves")
    holder = fields.TextField(description="empty where no rule fits")
    role = fields.CharField(max_length=63)
    percent = fields.DecimalField(max_digits=38, decimal_places=30)
    rule = fields.CharField(max_length=63, description="the evidence")
    held_at = fields.DatetimeField(null=True, description="when rules were run again; empty as it was booked")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "price_holder"
        unique_together: ClassVar = (("tenant_id", "booking_id", "attribution", "revision", "place"),)


class PlatformLine(Model):
    """A line of a statement that a platform has sent, for comparison with what was booked."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    plan = fields.CharField(max_length=63)
    source = fields.CharField(max_length=63, description="the platform's name")
    period = fields.DateField()
    order_no = fields.CharField(max_length=200)
    amount = fields.BigIntField(description="minor units")
    currency = fields.CharField(max_length=3)
    imported_at = fields.DatetimeField()
    imported_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "platform_line"
        unique_together: ClassVar = (("tenant_id", "plan", "source", "order_no"),)


class PriceStatement(Model):
    """A statement that was written as a record, with its figures, so that a later run knows whether they changed."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    plan = fields.CharField(max_length=63)
    form = fields.CharField(max_length=63, description="which statements of the plan")
    holder = fields.TextField()
    first_day = fields.DateField()
    revision = fields.IntField(description="1, and more where figures changed after it was handed in")
    record_id = fields.UUIDField()
    figures = fields.TextField(description="JSON")
    written_at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "price_statement"
        unique_together: ClassVar = (("tenant_id", "plan", "form", "holder", "first_day", "revision"),)
