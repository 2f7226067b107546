"""Accounts and API keys: administrators manage all of their tenant's, everybody their own."""

from __future__ import annotations

from datetime import datetime

import strawberry

from server.graphql.metadata_api.guards import Info, access_of, administrator, anybody, own_account, read_id
from server.identity.accounts import Account as AccountValue
from server.identity.accounts import AccountChange, NewAccount
from server.identity.api_keys import ApiKeyInfo
from server.identity.sessions import Session

__all__ = ["ACCOUNT_MUTATIONS", "ACCOUNT_QUERIES", "Account", "AccountInput", "account_of", "new_account"]


@strawberry.type
class Account:
    """A person or program that may sign in to the tenant."""

    id: strawberry.ID
    email: str
    name: str
    roles: list[str]
    status: str = strawberry.field(description="`active` or `disabled`")
    platform_administrator: bool
    must_change_password: bool = strawberry.field(description="The password is temporary")
    failed_attempts: int = strawberry.field(description="Wrong passwords since the last sign-in")
    last_sign_in_at: datetime | None
    created_at: datetime
    department_id: strawberry.ID | None


@strawberry.type
class ApiKey:
    """A key for a program; the key itself is shown only when it is made."""

    id: strawberry.ID
    account_id: strawberry.ID
    name: str
    prefix: str = strawberry.field(description="First part of the key, to recognise it by")
    roles: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = strawberry.field(description="To within some minutes")
    revoked_at: datetime | None


@strawberry.type
class AccountWithPassword:
    """An account and its temporary password."""

    account: Account
    temporary_password: str | None = strawberry.field(
        description="Shown only now; has to be changed at POST /auth/password. Null when a password was chosen."
    )


@strawberry.type
class CreatedApiKey:
    """A key just made."""

    api_key: ApiKey
    key: str = strawberry.field(description="The key itself: shown only now, sent as a bearer token")


@strawberry.input
class AccountInput:
    """An account to be created."""

    email: str = strawberry.field(description="Unique within the tenant, without regard to case")
    name: str
    roles: list[str] = strawberry.field(default_factory=list, description="`administrator` gives all rights")
    password: str | None = strawberry.field(default=None, description="None makes a temporary one")
    must_change_password: bool = False


@strawberry.input
class AccountChanges:
    """What is to change about an account; what is left out or null stays."""

    email: str | None = None
    name: str | None = None
    roles: list[str] | None = None
    status: str | None = strawberry.field(default=None, description="`active` or `disabled`")
    department_id: strawberry.ID | None = None


@strawberry.input
class ApiKeyInput:
    """An API key to be created."""

    name: str
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whom it acts as; administrators may name others, the default is yourself"
    )
    roles: list[str] | None = strawberry.field(default=None, description="Some of the account's roles; null for all")
    expires_at: datetime | None = strawberry.field(default=None, description="Null for never")


async def me(info: Info) -> Account:
    """The account that is signed in."""
    session = own_account(info)
    return account_of(await info.context.services.identity.accounts.get(session.tenant_id, session.actor.id))


async def accounts(
    info: Info, search: str | None = None, first: int = 50, after: strawberry.ID | None = None
) -> list[Account]:
    """Accounts in order of their making; for administrators."""
    session = await administrator(info)
    found = await info.context.services.identity.accounts.list(
        session.tenant_id,
        search=search,
        first=first,
        after=read_id(after, "account") if after is not None else None,
    )
    return [account_of(account) for account in found]


async def api_keys(info: Info) -> list[ApiKey]:
    """API keys, newest first; administrators see all, others their own."""
    session = anybody(info)
    whose = None if (await access_of(info)).may_configure else session.actor.id
    return [_api_key(key) for key in await info.context.services.identity.api_keys.list(session.tenant_id, whose)]


async def create_account(info: Info, account: AccountInput) -> AccountWithPassword:
    """Create an account; for administrators."""
    session = await administrator(info)
    made, password = await info.context.services.identity.accounts.create(
        session.tenant_id,
        new_account(account),
        created_by=session.actor.id,
    )
    return AccountWithPassword(account=account_of(made), temporary_password=password)


async def update_account(info: Info, id: strawberry.ID, account: AccountChanges) -> Account:
    """Change an account; for administrators, everybody may change their own name."""
    only_name = all(part is None for part in (account.roles, account.status, account.email, account.department_id))
    is_self = str(id) == info.context.session.actor.id
    session = own_account(info) if only_name and is_self else await administrator(info)
    department = account.department_id
    return await _update(
        info,
        session,
        id,
        AccountChange(
            email=account.email,
            name=account.name,
            roles=account.roles,
            status=account.status,
            department_id=read_id(department, "department") if department is not None else None,
        ),
    )


async def disable_account(info: Info, id: strawberry.ID) -> Account:
    """End an account's access with its next request; for administrators."""
    return await _update(info, await administrator(info), id, AccountChange(status="disabled"))


async def reset_password(info: Info, id: strawberry.ID) -> AccountWithPassword:
    """Give a temporary password and end all sign-ins; for administrators."""
    session = await administrator(info)
    account, password = await info.context.services.identity.accounts.reset_password(
        session.tenant_id,
        read_id(id, "account"),
        updated_by=session.actor.id,
        by_platform=session.is_platform_administrator,
    )
    return AccountWithPassword(account=account_of(account), temporary_password=password)


async def change_password(info: Info, current_password: str, new_password: str) -> Account:
    """Change your own password; your sign-ins on other devices end."""
    session = own_account(info)
    account = await info.context.services.identity.accounts.change_own_password(
        session.tenant_id,
        session.actor.id,
        current=current_password,
        new=new_password,
        keep_family=session.family_id or None,
    )
    return account_of(account)


async def sign_out(info: Info) -> bool:
    """End the sign-in that this request's token belongs to."""
    session = anybody(info)
    services = info.context.services
    if not session.family_id:
        return False
    async with services.connections.transaction() as connection:
        await services.identity.sign_in.end_family(connection, session.family_id)
    services.identity.sessions.forget_family(session.family_id)
    return True


async def create_api_key(info: Info, api_key: ApiKeyInput) -> CreatedApiKey:
    """Create an API key for yourself, or as an administrator for others."""
    asked = api_key.account_id
    is_self = asked is None or str(asked) == info.context.session.actor.id
    session = own_account(info) if is_self else await administrator(info)
    made = await info.context.services.identity.api_keys.create(
        session.tenant_id,
        session.actor.id if asked is None else read_id(asked, "account"),
        name=api_key.name,
        roles=_key_roles(session, api_key.roles, is_self=is_self),
        expires_at=api_key.expires_at,
        created_by=session.actor.id,
        by_platform=session.is_platform_administrator,
    )
    return CreatedApiKey(api_key=_api_key(made.info), key=made.key)


async def revoke_api_key(info: Info, id: strawberry.ID) -> ApiKey:
    """End an API key with its next request; your own, or as an administrator any."""
    session = anybody(info)
    whose = None if (await access_of(info)).may_configure else session.actor.id
    return _api_key(
        await info.context.services.identity.api_keys.revoke(
            session.tenant_id, read_id(id, "api_key"), whose, revoked_by=session.actor.id
        )
    )


ACCOUNT_QUERIES = (me, accounts, api_keys)
ACCOUNT_MUTATIONS = (
    create_account,
    update_account,
    disable_account,
    reset_password,
    change_password,
    sign_out,
    create_api_key,
    revoke_api_key,
)


async def _update(info: Info, session: Session, id: strawberry.ID, change: AccountChange) -> Account:
    account = await info.context.services.identity.accounts.update(
        session.tenant_id,
        read_id(id, "account"),
        change,
        updated_by=session.actor.id,
        by_platform=session.is_platform_administrator,
    )
    return account_of(account)


def _key_roles(session: Session, asked: list[str] | None, *, is_self: bool) -> list[str] | None:
    """A key that makes a key gives it no roles that it lacks itself."""
    if not is_self or not session.actor.key_id:
        return asked
    return [role for role in asked or session.actor.roles if role in session.actor.roles]


def new_account(given: AccountInput) -> NewAccount:
    """An input as identity takes it."""
    return NewAccount(
        email=given.email,
        name=given.name,
        roles=given.roles,
        password=given.password,
        must_change_password=given.must_change_password,
    )


def account_of(value: AccountValue) -> Account:
    """An account as it is shown."""
    return Account(
        id=strawberry.ID(value.id),
        email=value.email,
        name=value.name,
        roles=list(value.roles),
        status=value.status,
        platform_administrator=value.platform_administrator,
        must_change_password=value.must_change_password,
        failed_attempts=value.failed_attempts,
        last_sign_in_at=value.last_sign_in_at,
        created_at=value.created_at,
        department_id=strawberry.ID(value.department_id) if value.department_id else None,
    )


def _api_key(value: ApiKeyInfo) -> ApiKey:
    return ApiKey(
        id=strawberry.ID(value.id),
        account_id=strawberry.ID(value.account_id),
        name=value.name,
        prefix=value.prefix,
        roles=list(value.roles),
        created_at=value.created_at,
        expires_at=value.expires_at,
        last_used_at=value.last_used_at,
        revoked_at=value.revoked_at,
    )
