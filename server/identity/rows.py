"""Tables of identity: accounts, refresh tokens, API keys. Read and written by the statements of `identity.sql`.

Secrets are never stored: passwords as argon2id hashes, refresh tokens and API keys as SHA-256 of random text.
"""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

__all__ = ["Account", "ApiKey", "RefreshToken"]


class Account(Model):
    """A person or program that may sign in to one tenant; the object `user` of every tenant reads this table."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    email = fields.CharField(max_length=254, description="lower case, so that uniqueness ignores case")
    name = fields.CharField(max_length=200)
    password_hash = fields.CharField(max_length=200, description="argon2id; empty when no password can be used")
    roles: ArrayField = ArrayField(element_type="text")
    status = fields.CharField(max_length=16, description="active or disabled")
    platform_administrator = fields.BooleanField(description="may create tenants and act for any of them")
    must_change_password = fields.BooleanField(description="the password is temporary")
    failed_attempts = fields.IntField(description="wrong passwords since the last sign-in")
    password_changed_at = fields.DatetimeField(null=True)
    last_sign_in_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)
    updated_at = fields.DatetimeField()
    updated_by = fields.UUIDField(null=True)
    deleted_at = fields.DatetimeField(null=True)
    version = fields.IntField()
    owner_id = fields.UUIDField(null=True)
    department_id = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "account"
        unique_together: ClassVar = (("tenant_id", "email"),)


class RefreshToken(Model):
    """One link of a chain of refresh tokens; a chain (family) is one sign-in on one device."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField(db_index=True)
    account_id = fields.UUIDField(db_index=True)
    family_id = fields.UUIDField(db_index=True)
    token_hash = fields.BinaryField(description="SHA-256 of the token")
    rotated_to = fields.UUIDField(null=True, description="the next link; a token that has one was used")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    revoked_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=32, description="why it was revoked, empty while it lives")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "refresh_token"
        unique_together: ClassVar = (("token_hash",),)


class ApiKey(Model):
    """A key for a program, acting as an account with some of its roles."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField(db_index=True)
    account_id = fields.UUIDField(db_index=True)
    name = fields.CharField(max_length=100)
    prefix = fields.CharField(max_length=16, unique=True, description="shown in lists, finds the row")
    key_hash = fields.BinaryField(description="SHA-256 of the whole key")
    roles: ArrayField = ArrayField(element_type="text")
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)
    expires_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True, description="to within some minutes")
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "api_key"
