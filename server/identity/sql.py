"""Statements of identity. Each finds its rows by tenant, or by a secret's hash that names its tenant."""

from __future__ import annotations

from typing import Any, LiteralString

__all__ = [
    "ACCOUNT",
    "ACCOUNTS",
    "ACCOUNT_SESSION",
    "ACCOUNT_STANDING",
    "API_KEYS",
    "API_KEY_SESSION",
    "CHANGE_ACCOUNT",
    "COUNT_ADMINISTRATORS",
    "FAILED_SIGN_IN",
    "INSERT_ACCOUNT",
    "INSERT_API_KEY",
    "INSERT_REFRESH_TOKEN",
    "LINK_REFRESH_TOKEN",
    "NEW_PASSWORD",
    "PURGE_TOKENS",
    "REFRESH_TOKEN",
    "REVOKE_API_KEY",
    "REVOKE_FAMILY",
    "REVOKE_OTHER_FAMILIES",
    "SIGNED_IN",
    "SIGN_IN_ACCOUNT",
    "TENANT_BY_SLUG",
    "TOUCH_API_KEY",
    "bump_epoch",
]

_ACCOUNT_COLUMNS: LiteralString = """
    id, tenant_id, email, name, roles, status, platform_administrator, must_change_password, failed_attempts,
    last_sign_in_at, created_at, department_id
"""

# The tenant and, if there is one, its account of that e-mail address.
SIGN_IN_ACCOUNT: LiteralString = """
select tenant.id as tenant_id, tenant.slug, tenant.epoch, account.id, account.email, account.password_hash,
    account.status, account.must_change_password
from tangram.tenant as tenant
left join tangram.account as account
    on account.tenant_id = tenant.id and account.email = $2 and account.deleted_at is null
where tenant.slug = $1 and tenant.status = 'active'
"""

# Roles that an account holds for a time, and when that changes next, by the database's clock.
_ASSIGNED: LiteralString = """
cross join lateral (
    select coalesce(array_agg(held.role::text) filter (where held.valid_from is null or held.valid_from <= now()), '{}')
            as roles,
        min(case when held.valid_from > now() then held.valid_from else held.valid_until end) as changes_at
    from tangram.role_assignment as held
    where held.account_id = account.id
        and held.tenant_id = account.tenant_id
        and held.revoked_at is null
        and (held.valid_until is null or held.valid_until > now())
) as assigned
"""

# What an account was given for a time, or will be: what grants of one shape have in common.
_GRANTED: LiteralString = """
cross join lateral (
    select jsonb_agg(distinct jsonb_build_object(
        'object', given.object,
        'actions', given.actions,
        'fields', given.fields,
        'condition', given.condition,
        'until_closed', given.until_closed - 'record'
    ))::text as grants
    from tangram.access_grant as given
    where given.user_id = account.id
        and given.tenant_id = account.tenant_id
        and given.approved_by is not null
        and given.revoked_at is null
        and (given.valid_until is null or given.valid_until > now())
) as granted
"""

# A person's standing now; none if the account, its tenant or its sign-in has ended.
ACCOUNT_SESSION: LiteralString = f"""
select account.id, account.email, account.roles || assigned.roles as roles, assigned.changes_at,
    granted.grants, account.platform_administrator, tenant.id as tenant_id,
    tenant.slug, tenant.epoch
from tangram.account as account
join tangram.tenant as tenant on tenant.id = account.tenant_id
{_ASSIGNED}
{_GRANTED}
where account.id = $1
    and tenant.id = $2
    and account.status = 'active'
    and account.deleted_at is null
    and tenant.status = 'active'
    and exists (
        select from tangram.refresh_token as token
        where token.family_id = $3 and token.account_id = account.id and token.revoked_at is null
    )
"""

# Who an account is in a tenant now, or a key of its, without a token; none if one of them has ended.
ACCOUNT_STANDING: LiteralString = f"""
select account.id, account.email, account.roles || assigned.roles as roles, granted.grants,
    account.tenant_id <> tenant.id as is_guest, tenant.epoch,
    key.id as key_id, key.name as key_name, key.roles as key_roles
from tangram.tenant as tenant
join tangram.account as account
    on account.id = $2 and (account.tenant_id = tenant.id or account.platform_administrator)
left join tangram.api_key as key
    on key.id = $3 and key.account_id = account.id and key.revoked_at is null
        and (key.expires_at is null or key.expires_at > now())
{_ASSIGNED}
{_GRANTED}
where tenant.id = $1
    and account.status = 'active'
    and account.deleted_at is null
    and tenant.status = 'active'
    and ($3::uuid is null or key.id is not null)
"""

# A program's standing now, found by the key's public prefix; the caller compares the hash.
API_KEY_SESSION: LiteralString = f"""
select key.id as key_id, key.name as key_name, key.key_hash, key.roles as key_roles, key.expires_at,
    key.last_used_at, account.id, account.roles || assigned.roles as roles,
    assigned.changes_at, tenant.id as tenant_id, tenant.slug, tenant.epoch
from tangram.api_key as key
join tangram.account as account on account.id = key.account_id and account.tenant_id = key.tenant_id
join tangram.tenant as tenant on tenant.id = key.tenant_id
{_ASSIGNED}
where key.prefix = $1
    and key.revoked_at is null
    and account.status = 'active'
    and account.deleted_at is null
    and tenant.status = 'active'
"""

TENANT_BY_SLUG: LiteralString = "select id, slug, epoch from tangram.tenant where slug = $1 and status = 'active'"

TOUCH_API_KEY: LiteralString = "update tangram.api_key set last_used_at = $2 where id = $1"

SIGNED_IN: LiteralString = """
update tangram.account
set failed_attempts = 0, last_sign_in_at = $2, password_hash = coalesce($3, password_hash)
where id = $1
"""

FAILED_SIGN_IN: LiteralString = "update tangram.account set failed_attempts = failed_attempts + 1 where id = $1"

INSERT_REFRESH_TOKEN: LiteralString = """
insert into tangram.refresh_token
    (id, tenant_id, account_id, family_id, token_hash, created_at, expires_at, reason)
values ($1, $2, $3, $4, $5, $6, $7, '')
"""

# The row is locked: of two uses at once the second sees the first's rotation.
REFRESH_TOKEN: LiteralString = """
select token.id, token.family_id, token.rotated_to, token.expires_at, token.revoked_at, token.tenant_id,
    token.account_id, account.email, tenant.slug, tenant.epoch,
    account.status = 'active' and account.deleted_at is null and tenant.status = 'active'
        and not account.must_change_password as is_open
from tangram.refresh_token as token
join tangram.account as account on account.id = token.account_id
join tangram.tenant as tenant on tenant.id = token.tenant_id
where token.token_hash = $1
for update of token
"""

LINK_REFRESH_TOKEN: LiteralString = "update tangram.refresh_token set rotated_to = $2 where id = $1"

REVOKE_FAMILY: LiteralString = """
update tangram.refresh_token
set revoked_at = $2, reason = $3
where family_id = $1 and revoked_at is null
"""

REVOKE_OTHER_FAMILIES: LiteralString = """
update tangram.refresh_token
set revoked_at = $3, reason = $4
where account_id = $1 and revoked_at is null and family_id is distinct from $2
"""

PURGE_TOKENS: LiteralString = "delete from tangram.refresh_token where expires_at < $1"

INSERT_ACCOUNT: LiteralString = f"""
insert into tangram.account
    (id, tenant_id, email, name, password_hash, roles, status, platform_administrator, must_change_password,
     failed_attempts, password_changed_at, created_at, created_by, updated_at, updated_by, version)
values ($1, $2, $3, $4, $5, $6, 'active', $7, $8, 0, $9, $9, $10, $9, $10, 1)
on conflict (tenant_id, email) do nothing
returning {_ACCOUNT_COLUMNS}
"""

ACCOUNT: LiteralString = f"""
select {_ACCOUNT_COLUMNS}, password_hash
from tangram.account
where tenant_id = $1 and id = $2 and deleted_at is null
"""

ACCOUNTS: LiteralString = f"""
select {_ACCOUNT_COLUMNS}
from tangram.account
where tenant_id = $1
    and deleted_at is null
    and ($2::text is null or strpos(lower(name), lower($2)) > 0 or strpos(email, lower($2)) > 0)
    and ($3::uuid is null or id > $3)
order by id
limit $4
"""

CHANGE_ACCOUNT: LiteralString = f"""
update tangram.account
set name = coalesce($3, name), email = coalesce($4, email), roles = coalesce($5, roles),
    status = coalesce($6, status), department_id = coalesce($7, department_id),
    updated_at = $8, updated_by = $9, version = version + 1
where tenant_id = $1 and id = $2 and deleted_at is null
returning {_ACCOUNT_COLUMNS}
"""

COUNT_ADMINISTRATORS: LiteralString = """
select count(*)
from tangram.account
where tenant_id = $1 and id <> $2 and status = 'active' and deleted_at is null and 'administrator' = any(roles)
"""

NEW_PASSWORD: LiteralString = f"""
update tangram.account
set password_hash = $3, must_change_password = $4, password_changed_at = $5, failed_attempts = 0,
    updated_at = $5, updated_by = $6, version = version + 1
where tenant_id = $1 and id = $2 and deleted_at is null
returning {_ACCOUNT_COLUMNS}
"""

_API_KEY_COLUMNS: LiteralString = """
    id, account_id, name, prefix, roles, created_at, expires_at, last_used_at, revoked_at
"""

INSERT_API_KEY: LiteralString = f"""
insert into tangram.api_key
    (id, tenant_id, account_id, name, prefix, key_hash, roles, created_at, created_by, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning {_API_KEY_COLUMNS}
"""

# Null as account lists every account's keys.
API_KEYS: LiteralString = f"""
select {_API_KEY_COLUMNS}
from tangram.api_key
where tenant_id = $1 and ($2::uuid is null or account_id = $2)
order by created_at desc, id desc
"""

REVOKE_API_KEY: LiteralString = f"""
update tangram.api_key
set revoked_at = coalesce(revoked_at, $4)
where tenant_id = $1 and id = $2 and ($3::uuid is null or account_id = $3)
returning {_API_KEY_COLUMNS}
"""

_BUMP_EPOCH: LiteralString = """
with bumped as (
    update tangram.tenant set epoch = epoch + 1 where id = $1 returning id, epoch
)
select epoch, pg_notify('tangram_tenant', id || ':' || epoch) from bumped
"""


async def bump_epoch(connection: Any, tenant_id: str) -> int:
    """Make every process look at the tenant's rights anew; part of the caller's transaction.

    Returns:
        The new epoch.
    """
    row = await connection.fetchrow(_BUMP_EPOCH, tenant_id)
    return int(row["epoch"])
