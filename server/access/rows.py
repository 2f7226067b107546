"""Tables of access: who holds which role, and who was given which records, from when until when.

Written by `server.access.assignments` and `server.access.grants`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["AccessGrant", "RoleAssignment"]


class RoleAssignment(Model):
    """A role held for a time, besides those of the account itself. A change ends the row; none is removed."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    account_id = fields.UUIDField()
    role = fields.CharField(max_length=40)
    valid_from = fields.DatetimeField(null=True, description="holds from then on; null for at once")
    valid_until = fields.DatetimeField(null=True, description="holds until then, by the database's clock")
    source = fields.CharField(max_length=16, description="admin, rule or post")
    reason = fields.TextField()
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    revoked_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "role_assignment"
        indexes: ClassVar = (
            Index(fields=("account_id",), name="role_assignment_account"),
            Index(fields=("tenant_id", "role"), name="role_assignment_role"),
        )


class AccessGrant(Model):
    """Rights on one record, or on the records that meet a condition, given to one user for a time.

    A grant holds while it is approved, not revoked, within its time, and what it ends with is not closed; all of that
    is compared in the statement that asks. A change ends the row; none is removed.
    """

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    batch_id = fields.UUIDField(description="the call that gave it, with others")
    user_id = fields.UUIDField()
    object = fields.CharField(max_length=63, description="the object's table name, which outlives renames")
    record_id = fields.UUIDField(null=True, description="null for all records that meet the condition")
    condition = fields.TextField(null=True)
    actions: ArrayField = ArrayField(element_type="text")
    columns: ArrayField = ArrayField(
        element_type="text", source_field="fields", description="columns, which outlive renames"
    )
    shape = fields.CharField(max_length=24, description="digest of all that is equal in grants of one rule")
    valid_from = fields.DatetimeField()
    valid_until = fields.DatetimeField(null=True)
    until_closed: Any = fields.JSONField(null=True, description="{object, record, condition}: ends when this is met")
    reason = fields.TextField()
    requested_by = fields.UUIDField(null=True)
    requested_at = fields.DatetimeField()
    approved_by = fields.UUIDField(null=True, description="null while it is only asked for")
    approved_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    revoked_by = fields.UUIDField(null=True)
    ended_by = fields.CharField(max_length=16, null=True, description="revoked, refused, closed, transfer")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "access_grant"
        indexes: ClassVar = (
            Index(fields=("user_id", "object", "record_id"), name="access_grant_user"),
            Index(fields=("tenant_id", "id"), name="access_grant_listed"),
            Index(fields=("batch_id",), name="access_grant_batch"),
        )
