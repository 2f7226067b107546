"""Tables of the audit log. The server's role may add to them; it may change or remove nothing but the queue."""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import SqlDefault
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["AuditCheckpoint", "AuditEntry", "AuditLink", "AuditUnsealed"]

_CLOCK = SqlDefault("clock_timestamp()")
_NONE = SqlDefault("'{}'::text[]")


class AuditEntry(Model):
    """Something that was done, seen or refused. Appended, never changed; its place in the chain is an AuditLink."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    at = fields.DatetimeField(db_default=_CLOCK)
    kind = fields.CharField(max_length=64, description="see server.audit.entries.AuditKind")
    actor_id = fields.UUIDField(null=True)
    actor_kind = fields.CharField(max_length=16, db_default="")
    actor_name = fields.CharField(max_length=254, db_default="")
    object = fields.CharField(max_length=100, db_default="", description="table of the object, or a platform's name")
    records: ArrayField = ArrayField(element_type="text", db_default=_NONE, description="ids of what it is about")
    field_names: ArrayField = ArrayField(element_type="text", db_default=_NONE, source_field="fields")
    address = fields.CharField(max_length=64, db_default="", description="network address of the caller")
    agent = fields.CharField(max_length=200, db_default="", description="User-Agent of the caller")
    request_id = fields.CharField(max_length=64, db_default="")
    detail: Any = fields.JSONField(db_default=SqlDefault("'{}'::jsonb"), description="more, by kind; no secrets")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "audit_entry"
        indexes: ClassVar = (
            Index(fields=("tenant_id", "id"), name="audit_entry_tenant"),
            Index(fields=("tenant_id", "actor_id", "id"), name="audit_entry_actor"),
            Index(fields=("tenant_id", "object", "id"), name="audit_entry_object"),
        )


class AuditUnsealed(Model):
    """Entries that are not in their tenant's chain yet."""

    entry_id = fields.BigIntField(primary_key=True, generated=False)
    tenant_id = fields.UUIDField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "audit_unsealed"
        indexes: ClassVar = (Index(fields=("tenant_id", "entry_id"), name="audit_unsealed_order"),)


class AuditLink(Model):
    """The place of an entry in its tenant's chain."""

    entry_id = fields.BigIntField(primary_key=True, generated=False)
    tenant_id = fields.UUIDField()
    seq = fields.BigIntField(description="1, 2, … within the tenant, without gaps")
    previous = fields.BinaryField(description="hash of the link before")
    hash = fields.BinaryField(description="SHA-256 of the entry, its number and the hash before")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "audit_link"
        unique_together: ClassVar = (("tenant_id", "seq"),)


class AuditCheckpoint(Model):
    """The head of a chain at a time, signed with a key that the database does not hold."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    seq = fields.BigIntField()
    hash = fields.BinaryField()
    at = fields.DatetimeField()
    reason = fields.CharField(max_length=16, description="sealed, retention or keys")
    key_id = fields.CharField(max_length=16, description="which TANGRAM_SECRET_KEY signed")
    signature = fields.BinaryField(description="HMAC-SHA-256")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "audit_checkpoint"
        indexes: ClassVar = (Index(fields=("tenant_id", "seq"), name="audit_checkpoint_seq"),)
