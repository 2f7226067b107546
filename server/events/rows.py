"""Tables of the event log and of the work that follows from it.

Tortoise describes them, so that aerich migrates them; they are read and written by the statements of `events.sql`
and `webhooks.sql`. Columns that other engines' statements may leave out have a default in the database.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import SqlDefault
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["Event", "EventQueue", "HandlerMark", "Job", "PartialIndex", "Timer", "WebhookDelivery", "WebhookEndpoint"]

_CLOCK = SqlDefault("clock_timestamp()")


class PartialIndex(Index):
    """An index over the rows that meet a condition, written in SQL."""

    def __init__(self, *, fields: tuple[str, ...] | list[str], name: str, where: str) -> None:
        super().__init__(fields=fields, name=name)
        self.where = where
        self.extra = f" WHERE {where}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How aerich writes it into a migration."""
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "where": self.where}


class Event(Model):
    """One accepted write, in the transaction that made it: audit trail and outbox at once."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    at = fields.DatetimeField(db_default=_CLOCK)
    kind = fields.CharField(max_length=32, description="create update delete restore destroy merge …")
    object = fields.CharField(max_length=63, description="the object's table name, which outlives renames")
    record_id = fields.UUIDField()
    actor_id = fields.UUIDField(null=True)
    actor_kind = fields.CharField(max_length=16)
    actor_name = fields.CharField(max_length=254)
    changes: Any = fields.JSONField(
        db_default=SqlDefault("'{}'::jsonb"), description="{column: [before, after]}; of creations {column: after}"
    )
    cause: ArrayField = ArrayField(
        element_type="bigint", db_default=SqlDefault("'{}'::bigint[]"), description="events that led here"
    )
    request_id = fields.CharField(max_length=64, db_default="", description="request or job, for logs")
    version = fields.IntField(db_default=0, description="version of the tenant's model")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "event"
        indexes: ClassVar = (Index(fields=("tenant_id", "object", "record_id", "id"), name="event_history"),)


class EventQueue(Model):
    """Events that the relay has not handled yet; written with the event, removed with the recording of its jobs.

    A table of its own, because marking a wide, indexed event row as handled would write it a second time.
    """

    event_id = fields.BigIntField(primary_key=True, generated=False)
    tenant_id = fields.UUIDField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "event_queue"
        indexes: ClassVar = (Index(fields=("tenant_id", "event_id"), name="event_queue_order"),)


class Job(Model):
    """Work that is owed: one handler for one event, timer or other key. Done jobs are removed, dead ones stay."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    handler = fields.CharField(max_length=100)
    key = fields.CharField(max_length=200, description="names the work; with the handler it is recorded once")
    stream = fields.CharField(max_length=200, description="jobs of one stream run one at a time, in order; or empty")
    event_ids: ArrayField = ArrayField(
        element_type="bigint", db_default=SqlDefault("'{}'::bigint[]"), description="what it is about; empty for timers"
    )
    payload: Any = fields.JSONField(null=True)
    state = fields.CharField(max_length=8, description="ready, sent, running or dead")
    attempts = fields.IntField(db_default=0)
    sends = fields.IntField(db_default=0, description="times handed to the queue; tells a stale message apart")
    next_at = fields.DatetimeField(description="not before")
    sent_at = fields.DatetimeField(null=True)
    worker = fields.CharField(max_length=64, db_default="", description="process that runs it")
    lease_until = fields.DatetimeField(null=True, description="when a silent worker counts as gone")
    last_error = fields.TextField(db_default="")
    created_at = fields.DatetimeField(db_default=_CLOCK)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "job"
        unique_together: ClassVar = (("tenant_id", "handler", "key"),)
        indexes: ClassVar = (
            PartialIndex(fields=("tenant_id", "next_at", "id"), name="job_ready", where="state = 'ready'"),
            PartialIndex(
                fields=("tenant_id", "next_at", "id"), name="job_loose", where="state = 'ready' AND stream = ''"
            ),
            PartialIndex(fields=("tenant_id", "id"), name="job_under_way", where="state IN ('sent', 'running')"),
            PartialIndex(
                fields=("tenant_id", "stream", "id"), name="job_stream", where="stream <> '' AND state <> 'dead'"
            ),
            PartialIndex(fields=("tenant_id", "handler", "id"), name="job_dead", where="state = 'dead'"),
        )


class HandlerMark(Model):
    """The effects of a handler for a key happened: written in the transaction that makes them."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    handler = fields.CharField(max_length=100)
    key = fields.CharField(max_length=200, description="the event's id, or the key of a job without event")
    at = fields.DatetimeField(db_default=_CLOCK, db_index=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "handler_mark"
        unique_together: ClassVar = (("tenant_id", "handler", "key"),)


class Timer(Model):
    """Something to be done at a time; fired once, late rather than never."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    kind = fields.CharField(max_length=100, description="the handler that is called")
    key = fields.CharField(max_length=150, description="names the timer within its kind; setting it again moves it")
    stream = fields.CharField(max_length=200, db_default="")
    due_at = fields.DatetimeField()
    payload: Any = fields.JSONField(null=True)
    fired_at = fields.DatetimeField(null=True)  # infinity while it rests, the trial of its tenant being over
    created_at = fields.DatetimeField(db_default=_CLOCK)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "timer"
        unique_together: ClassVar = (("tenant_id", "kind", "key"),)
        indexes: ClassVar = (
            PartialIndex(fields=("due_at", "id"), name="timer_due", where="fired_at IS NULL"),
            PartialIndex(fields=("tenant_id", "due_at", "id"), name="timer_due_of_tenant", where="fired_at IS NULL"),
            PartialIndex(fields=("fired_at",), name="timer_fired", where="fired_at IS NOT NULL"),
        )


class WebhookEndpoint(Model):
    """A URL of the tenant's that is told of events."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField(db_index=True)
    url = fields.CharField(max_length=2048)
    description = fields.CharField(max_length=500)
    filters: Any = fields.JSONField(description="[{table, kinds, condition}]; empty list for every event")
    include_record = fields.BooleanField(description="send the whole record, not only what changed")
    ordered = fields.BooleanField(description="a failing delivery holds later ones")
    secret = fields.TextField(description="ciphertext")
    previous_secret = fields.TextField(description="ciphertext of the secret before, or empty")
    previous_until = fields.DatetimeField(null=True, description="until when the secret before signs as well")
    enabled = fields.BooleanField()
    disabled_reason = fields.CharField(max_length=300, description="why the server disabled it, or empty")
    roles: ArrayField = ArrayField(
        element_type="text",
        db_default=SqlDefault("'{administrator}'::text[]"),
        description="what they may read bounds what is sent",
    )
    failing_since = fields.DatetimeField(null=True, description="first failure after the last success")
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)
    updated_at = fields.DatetimeField()
    version = fields.IntField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "webhook_endpoint"


class WebhookDelivery(Model):
    """One message for one endpoint, with what came of it."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    endpoint_id = fields.UUIDField()
    event_id = fields.BigIntField(null=True)
    type = fields.CharField(max_length=120, description="such as customer.updated")
    body = fields.TextField(description="the JSON that is signed and sent, byte for byte")
    state = fields.CharField(max_length=10, description="pending, delivered, dead or skipped")
    attempts = fields.IntField()
    status = fields.IntField(null=True, description="HTTP status of the last attempt")
    latency_ms = fields.IntField(null=True)
    response = fields.TextField(description="beginning of the last answer")
    error = fields.TextField(description="what went wrong at the last attempt")
    log: Any = fields.JSONField(description="the latest attempts: [{at, status, latency_ms, error}]")
    run = fields.IntField(description="grows with every redelivery")
    created_at = fields.DatetimeField()
    attempted_at = fields.DatetimeField(null=True)
    delivered_at = fields.DatetimeField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "webhook_delivery"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "endpoint_id", "id"), name="webhook_delivery_endpoint"),
            Index(fields=("created_at",), name="webhook_delivery_created"),
        )
