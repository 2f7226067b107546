"""Tables of tenants and of what they declare. Written by the statements of `server.configuration`.

Every kind of metadata lives in one table, `metadata_item`: its attributes are a JSON body whose shape is the kind's
value class, so a new kind needs no migration.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.backends.base.schema_generator import BaseSchemaGenerator
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["InstalledTemplate", "MetadataItem", "MetadataVersion", "PendingWork", "Tenant", "UniqueWhere"]


class UniqueWhere(Index):
    """A unique index over the rows that meet a condition, which Tortoise has no word for."""

    def __init__(self, *, fields: tuple[str, ...], name: str, where: str) -> None:
        super().__init__(fields=fields, name=name)
        self.extra = f" WHERE {where}"

    def get_sql(self, schema_generator: BaseSchemaGenerator, model: type[Model], safe: bool) -> str:
        """The statement that makes it."""
        return super().get_sql(schema_generator, model, safe).replace("CREATE INDEX", "CREATE UNIQUE INDEX", 1)


class Tenant(Model):
    """One customer of the platform, with a schema of its own."""

    id = fields.UUIDField(primary_key=True)
    slug = fields.CharField(max_length=40, unique=True, description="name in URLs and tokens; names the schema")
    name = fields.CharField(max_length=200)
    status = fields.CharField(max_length=16, description="active or suspended")
    settings: fields.JSONField[Any] = fields.JSONField(
        description="copy of the body of the item of kind settings, for quick reading"
    )
    template = fields.CharField(max_length=80, description="template it was first made from, or empty")
    version = fields.IntField(description="of its metadata; grows by one with every applied change")
    epoch = fields.BigIntField(description="grows with every change of metadata or rights")
    created_at = fields.DatetimeField()
    seats = fields.IntField(null=True, description="accounts that may be active; null for any number")
    trial_ends_at = fields.DatetimeField(null=True, description="first instant after the trial; null for none")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "tenant"


class MetadataItem(Model):
    """One declared thing: an object, a field, a unique constraint, a view, the settings."""

    id = fields.UUIDField(primary_key=True, description="stays the same over renames")
    tenant_id = fields.UUIDField()
    kind = fields.CharField(max_length=40)
    parent_id = fields.UUIDField(description="item it belongs to; the tenant's id for those of the tenant itself")
    name = fields.CharField(max_length=80)
    position = fields.BigIntField(description="order among the items of one parent and kind")
    body: fields.JSONField[Any] = fields.JSONField(description="attributes as in a document, without name and children")
    physical = fields.CharField(max_length=63, description="table, column or index; allocated once, kept over renames")
    origin = fields.CharField(max_length=80, description="template it came from, or empty")
    origin_body: fields.JSONField[Any] = fields.JSONField(null=True, description="body as the template shipped it")
    created_version = fields.IntField()
    removed_at = fields.DatetimeField(null=True, description="hidden since; purged after 30 days")
    removed_version = fields.IntField(null=True)
    removed_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "metadata_item"
        indexes: ClassVar = (
            UniqueWhere(fields=("parent_id", "kind", "name"), name="metadata_item_name", where="removed_at IS NULL"),
            Index(fields=("tenant_id",), name="metadata_item_tenant"),
        )


class MetadataVersion(Model):
    """One applied change: who, when, what exactly, so that any earlier state can be computed."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    version = fields.IntField(description="the version the change made")
    author_id = fields.UUIDField(null=True)
    author_name = fields.CharField(max_length=254)
    at = fields.DatetimeField()
    message = fields.TextField()
    changes: fields.JSONField[Any] = fields.JSONField(
        description="list of {op, id, kind, parent, name, before, after, …}"
    )
    plan: fields.JSONField[Any] = fields.JSONField(description="summary: statements, warnings, data at risk")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "metadata_version"
        unique_together: ClassVar = (("tenant_id", "version"),)


class InstalledTemplate(Model):
    """A template that a tenant has installed."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    name = fields.CharField(max_length=80)
    version = fields.CharField(max_length=40)
    options: fields.JSONField[Any] = fields.JSONField()
    installed_at = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "installed_template"
        unique_together: ClassVar = (("tenant_id", "name"),)


class PendingWork(Model):
    """A step on a big table that a job does after the change, without holding up readers and writers."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    kind = fields.CharField(max_length=16, description="index or validate")
    name = fields.CharField(max_length=63, description="index or constraint in the tenant's schema")
    step: fields.JSONField[Any] = fields.JSONField(description="the schema step")
    created_at = fields.DatetimeField()
    attempts = fields.IntField()
    last_error = fields.TextField(description="empty when it has not failed")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "pending_work"
        unique_together: ClassVar = (("tenant_id", "name"),)
