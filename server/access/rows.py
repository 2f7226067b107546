"""Tables of access: who holds which role, from when until when. Written by `server.access.assignments`."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["RoleAssignment"]


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
