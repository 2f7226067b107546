"""Tables of forms: what was published, public links, submissions."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

__all__ = ["FormLink", "FormSubmission", "FormVersion"]


class FormVersion(Model):
    """A form as it was published; it never changes."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    form = fields.CharField(max_length=63)
    number = fields.IntField()
    current = fields.BooleanField()
    object = fields.CharField(max_length=63, description="table of the records")
    definition = fields.TextField(description="JSON, equal for equal forms")
    note = fields.CharField(max_length=500)
    published_at = fields.DatetimeField()
    published_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "form_version"
        unique_together: ClassVar = (("tenant_id", "form", "number"),)


class FormLink(Model):
    """A link by which anybody who has it fills a form in."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    token_hash = fields.BinaryField(description="SHA-256; the token itself is told once")
    form = fields.CharField(max_length=63)
    version = fields.IntField(null=True, description="that it is pinned to; null follows the current one")
    name = fields.CharField(max_length=200)
    record_id = fields.UUIDField(null=True, description="that is filled in; null makes a new one each time")
    constants = fields.TextField(description="JSON: what is set besides, by field")
    max_submissions = fields.IntField(null=True)
    submissions = fields.IntField()
    per_hour = fields.IntField(description="submissions an hour")
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "form_link"
        indexes: ClassVar = (("tenant_id", "form"),)
        unique_together: ClassVar = (("token_hash",),)


class FormSubmission(Model):
    """That a form was filled in; the answers are the record's fields."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    form = fields.CharField(max_length=63)
    number = fields.IntField(description="of the version")
    object = fields.CharField(max_length=63, description="table of the record")
    record_id = fields.UUIDField()
    link_id = fields.UUIDField(null=True)
    task_id = fields.UUIDField(null=True)
    key = fields.CharField(max_length=120, null=True, description="of the client, so that it counts once")
    submitted_at = fields.DatetimeField()
    submitted_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "form_submission"
        unique_together: ClassVar = (("tenant_id", "key"),)
        indexes: ClassVar = (("tenant_id", "form", "id"), ("tenant_id", "record_id"))
