"""Tables of messages: what people were told, how it reached them, and how they want to be told."""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["Notification", "NotificationDelivery", "NotificationPreference"]


class Notification(Model):
    """One message in somebody's inbox."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    user_id = fields.UUIDField()
    key = fields.CharField(max_length=200, description="names the message, so that nobody gets it twice")
    event = fields.CharField(max_length=63, description="what it is about: task_opened, urged …")
    template = fields.CharField(max_length=63, description="the tenant's own words; empty for those that come along")
    language = fields.CharField(max_length=16)
    title = fields.TextField()
    body = fields.TextField()
    urgent = fields.BooleanField()
    object = fields.CharField(max_length=63, description="physical table of its record; empty for none")
    record_id = fields.UUIDField(null=True)
    detail: Any = fields.JSONField(description="what else it names: instance, task, step …")
    fault = fields.TextField(description="why its own words could not be used; empty where they were")
    created_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "notification"
        unique_together: ClassVar = (("tenant_id", "user_id", "key"),)
        indexes: ClassVar = (
            Index(fields=("tenant_id", "user_id", "id"), name="notification_inbox"),
            Index(fields=("tenant_id", "user_id", "read_at"), name="notification_unread"),
            Index(fields=("expires_at",), name="notification_expiring"),
        )


class NotificationDelivery(Model):
    """A message on its way through one channel."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    notification_id = fields.UUIDField()
    user_id = fields.UUIDField()
    channel = fields.CharField(max_length=63)
    state = fields.CharField(max_length=12, description="waiting, held, sent, failed, skipped")
    attempts = fields.IntField()
    tries: Any = fields.JSONField(description="each attempt: at, ms, error")
    error = fields.TextField(description="of the last attempt, or why it was skipped")
    due_at = fields.DatetimeField(null=True, description="of one that is held: until when")
    sent_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "notification_delivery"
        unique_together: ClassVar = (("notification_id", "channel"),)
        indexes: ClassVar = (
            Index(fields=("tenant_id", "user_id", "channel", "state"), name="notification_delivery_held"),
            Index(fields=("tenant_id", "id"), name="notification_delivery_listed"),
        )


class NotificationPreference(Model):
    """How somebody wants to be told; absent where they have said nothing."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    user_id = fields.UUIDField()
    channels: ArrayField = ArrayField(element_type="text", description="in order; empty for the tenant's")
    unread_minutes = fields.IntField(null=True)
    quiet_from = fields.CharField(max_length=5, description="22:00; empty for no quiet hours")
    quiet_until = fields.CharField(max_length=5)
    timezone = fields.CharField(max_length=64, description="empty for the tenant's")
    language = fields.CharField(max_length=16, description="empty for the tenant's first")
    muted: ArrayField = ArrayField(element_type="text", description="events that are not told")
    digest_minutes = fields.IntField(description="messages of so long are sent together; 0 sends each")
    webhook_url = fields.TextField()
    webhook_secret = fields.TextField(description="encrypted")
    updated_at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "notification_preference"
        unique_together: ClassVar = (("tenant_id", "user_id"),)
