"""The table of messages to customers."""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["OutreachMessage"]


class OutreachMessage(Model):
    """Something that a rule or journey has to tell a customer, and what has become of it."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    key = fields.CharField(max_length=250, description="names it, so that it is sent once")
    object = fields.CharField(max_length=63, description="physical table of the record")
    record_id = fields.UUIDField()
    template = fields.CharField(max_length=63)
    channels: ArrayField = ArrayField(element_type="text", description="in the order they are tried")
    channel = fields.CharField(max_length=63, description="by which it left, or is to; empty before")
    address = fields.TextField()
    title = fields.TextField()
    links: Any = fields.JSONField(description="addresses in its body, in order")
    source = fields.CharField(max_length=100, description="rule or flow")
    version = fields.IntField(db_default=0, description="of the rule or flow; 0 where it was not kept")
    node = fields.CharField(max_length=63, description="of a flow: the step; empty of rules")
    instance_id = fields.UUIDField(null=True)
    state = fields.CharField(max_length=9, description="queued, sent, delivered, opened, clicked, failed or skipped")
    why = fields.TextField(description="why it was not sent, or waits")
    attempts = fields.IntField()
    queued_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(description="later it is not sent any more")
    sent_at = fields.DatetimeField(null=True)
    delivered_at = fields.DatetimeField(null=True)
    opened_at = fields.DatetimeField(null=True)
    clicked_at = fields.DatetimeField(null=True)
    unsubscribed_at = fields.DatetimeField(null=True, description="the customer withdrew consent by its link")
    failed_at = fields.DatetimeField(null=True)
    converted_at = fields.DatetimeField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "outreach_message"
        unique_together: ClassVar = (("tenant_id", "key"),)
        indexes: ClassVar = (
            Index(fields=("tenant_id", "record_id", "sent_at"), name="outreach_message_record"),
            Index(fields=("tenant_id", "source", "node"), name="outreach_message_source"),
            Index(fields=("tenant_id", "instance_id"), name="outreach_message_instance"),
        )
