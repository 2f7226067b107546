"""Accounts of a tenant: made, changed and disabled by administrators; everybody changes their own password.

Every change of rights moves the tenant's epoch in the same transaction, so it holds from the next request on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uuid_utils
from email_validator import EmailNotValidError, validate_email

from metadata.naming import NAME_PATTERN
from metadata.problems import BadInputError, ConflictError, Faults, ForbiddenError, NotFoundError
from server.database.connections import Connections
from server.identity import sql
from server.identity.changes import ACCOUNT_OBJECT, changes_between, log_change
from server.identity.passwords import Passwords, check_password, temporary_password
from server.identity.seats import take_seat
from server.identity.sessions import ADMINISTRATOR_ROLE, PLATFORM_ROLE

__all__ = ["Account", "AccountChange", "Accounts", "NewAccount", "PreparedAccount"]


@dataclass(frozen=True, slots=True)
class Account:
    """An account as administrators see it."""

    id: str
    tenant_id: str
    email: str
    name: str
    roles: tuple[str, ...]
    status: str
    platform_administrator: bool
    must_change_password: bool
    failed_attempts: int
    last_sign_in_at: datetime | None
    created_at: datetime
    department_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to make.

    Attributes:
        email: Unique within the tenant, without regard to case.
        name: Shown to people.
        roles: Role names; `administrator` gives all rights.
        password: Chosen by the administrator; None makes a temporary one.
        must_change_password: Whether it has to be changed at the first sign-in.
        platform_administrator: Whether the account may create tenants and act for them.
    """

    email: str
    name: str
    roles: Sequence[str] = ()
    password: str | None = None
    must_change_password: bool = False
    platform_administrator: bool = False

    def __repr__(self) -> str:
        return f"NewAccount({self.email!r})"


@dataclass(frozen=True, slots=True, repr=False)
class PreparedAccount:
    """An account that was checked, with its password hashed; see `Accounts.prepare`."""

    email: str
    name: str
    roles: tuple[str, ...]
    password_hash: str
    platform_administrator: bool
    must_change_password: bool
    temporary_password: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What to change; None leaves it."""

    email: str | None = None
    name: str | None = None
    roles: Sequence[str] | None = None
    status: str | None = None
    department_id: str | None = None


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts of one tenant at a time; callers have checked who may."""

    connections: Connections
    passwords: Passwords
    clock: Callable[[], datetime]

    async def create(self, tenant_id: str, new: NewAccount, *, created_by: str | None) -> tuple[Account, str | None]:
        """Make an account.

        Returns:
            The account, and its temporary password if none was chosen, which can be seen only now.

        Raises:
            BadInputError: Every fault of the input.
            ConflictError: `email_taken`, `no_seat_left`.
        """
        prepared = await self.prepare(new)
        async with self.connections.acquire(tenant_id) as connection:
            account = await self.insert(connection, tenant_id, prepared, created_by=created_by)
        return account, prepared.temporary_password

    async def prepare(self, new: NewAccount) -> PreparedAccount:
        """Check an account and hash its password, before a transaction that makes it along with other things.

        Raises:
            BadInputError: Every fault of the input.
        """
        faults = Faults()
        email = _read_email(new.email, faults)
        name = _read_name(new.name, faults)
        roles = _read_roles(new.roles, faults)
        if new.password is not None:
            try:
                check_password(new.password, email=email)
            except BadInputError as error:
                faults.extend(error.faults)
        faults.raise_if_any()
        temporary = temporary_password() if new.password is None else None
        return PreparedAccount(
            email,
            name,
            tuple(roles),
            await self.passwords.hash(temporary or str(new.password)),
            new.platform_administrator,
            new.must_change_password or temporary is not None,
            temporary,
        )

    async def insert(
        self, connection: Any, tenant_id: str, prepared: PreparedAccount, *, created_by: str | None
    ) -> Account:
        """Make a prepared account, within the caller's transaction.

        Raises:
            ConflictError: `email_taken`, `no_seat_left`.
        """
        async with connection.transaction():
            await take_seat(connection, tenant_id)
            row = await connection.fetchrow(
                sql.INSERT_ACCOUNT,
                str(uuid_utils.uuid7()),
                tenant_id,
                prepared.email,
                prepared.name,
                prepared.password_hash,
                list(prepared.roles),
                prepared.platform_administrator,
                prepared.must_change_password,
                self.clock(),
                created_by,
            )
            if row is None:
                raise _email_taken(prepared.email)
            changes = changes_between(None, row)
            await log_change(connection, tenant_id, "create", ACCOUNT_OBJECT, row["id"], changes, by=created_by)
        return _account(row)

    async def get(self, tenant_id: str, account_id: str) -> Account:
        """One account.

        Raises:
            NotFoundError: No such account in this tenant.
        """
        async with self.connections.acquire(tenant_id) as connection:
            return _account(await self._row(connection, tenant_id, account_id))

    async def list(
        self, tenant_id: str, *, search: str | None = None, after: str | None = None, first: int = 50
    ) -> list[Account]:
        """Accounts in order of their making; `after` is the last id already seen, `search` looks in name and e-mail."""
        async with self.connections.acquire(tenant_id) as connection:
            rows = await connection.fetch(sql.ACCOUNTS, tenant_id, search, after, min(max(first, 1), 200))
        return [_account(row) for row in rows]

    async def update(
        self,
        tenant_id: str,
        account_id: str,
        change: AccountChange,
        *,
        updated_by: str | None,
        by_platform: bool = False,
    ) -> Account:
        """Change an account; disabling it ends its sessions with the next request.

        Args:
            tenant_id: The account's tenant.
            account_id: Which account.
            change: What is to change.
            updated_by: Account id of who changes it.
            by_platform: Whether that is a platform administrator: only those change others of their kind.

        Raises:
            ForbiddenError: `platform_account`.
            BadInputError: Every fault of the input.
            ConflictError: `email_taken`, `no_seat_left`, or `last_administrator`: nobody could configure the tenant
                any more.
            NotFoundError: No such account in this tenant.
        """
        faults = Faults()
        email = _read_email(change.email, faults) if change.email is not None else None
        name = _read_name(change.name, faults) if change.name is not None else None
        roles = _read_roles(change.roles, faults) if change.roles is not None else None
        if change.status not in (None, "active", "disabled"):
            faults.add("bad_status", f"'{change.status}' is not a status.", path=("status",), hint="active, disabled")
        faults.raise_if_any()
        now = self.clock()
        async with self.connections.transaction(tenant_id) as connection:
            await sql.bump_epoch(connection, tenant_id)
            before = await self._row(connection, tenant_id, account_id)
            _protect_platform(before, updated_by, by_platform)
            if change.status == "active" and before["status"] != "active":
                await take_seat(connection, tenant_id)
            loses_rights = change.status == "disabled" or (roles is not None and ADMINISTRATOR_ROLE not in roles)
            if loses_rights:
                await self._keep_an_administrator(connection, tenant_id, account_id)
            try:
                row = await connection.fetchrow(
                    sql.CHANGE_ACCOUNT,
                    tenant_id,
                    account_id,
                    name,
                    email,
                    roles,
                    change.status,
                    change.department_id,
                    now,
                    updated_by,
                )
            except Exception as error:
                if getattr(error, "sqlstate", "") == "23505":
                    raise _email_taken(str(email)) from None
                raise
            if change.status == "disabled":
                await connection.execute(sql.REVOKE_OTHER_FAMILIES, account_id, None, now, "disabled")
            changes = changes_between(before, row)
            await log_change(connection, tenant_id, "update", ACCOUNT_OBJECT, account_id, changes, by=updated_by)
        return _account(row)

    async def reset_password(
        self, tenant_id: str, account_id: str, *, updated_by: str | None, by_platform: bool = False
    ) -> tuple[Account, str]:
        """Give a temporary password, which has to be changed at the next sign-in; all sign-ins of the account end.

        Returns:
            The account and the password, which can be seen only now.

        Raises:
            ForbiddenError: `platform_account`, as for `update`.
            NotFoundError: No such account in this tenant.
        """
        async with self.connections.acquire(tenant_id) as connection:
            _protect_platform(await self._row(connection, tenant_id, account_id), updated_by, by_platform)
        password = temporary_password()
        row = await self._set_password(
            tenant_id, account_id, password, must_change=True, keep_family=None, by=updated_by, reason="reset"
        )
        return _account(row), password

    async def change_own_password(
        self, tenant_id: str, account_id: str, *, current: str, new: str, keep_family: str | None
    ) -> Account:
        """Replace the own password; sign-ins on other devices end, this one (`keep_family`) stays.

        Raises:
            BadInputError: `wrong_password` or `weak_password`.
            NotFoundError: No such account in this tenant.
        """
        async with self.connections.acquire(tenant_id) as connection:
            row = await self._row(connection, tenant_id, account_id)
        if not (await self.passwords.verify(row["password_hash"], current)).matches:
            raise BadInputError.single("wrong_password", "The current password is wrong.", path=("currentPassword",))
        check_password(new, email=row["email"])
        return _account(
            await self._set_password(
                tenant_id,
                account_id,
                new,
                must_change=False,
                keep_family=keep_family,
                by=account_id,
                reason="password_changed",
            )
        )

    async def _set_password(
        self,
        tenant_id: str,
        account_id: str,
        password: str,
        *,
        must_change: bool,
        keep_family: str | None,
        by: str | None,
        reason: str,
    ) -> Any:
        password_hash, now = await self.passwords.hash(password), self.clock()
        async with self.connections.transaction(tenant_id) as connection:
            row = await connection.fetchrow(
                sql.NEW_PASSWORD, tenant_id, account_id, password_hash, must_change, now, by
            )
            if row is None:
                raise _unknown_account()
            await connection.execute(sql.REVOKE_OTHER_FAMILIES, account_id, keep_family, now, reason)
            changes = {"password_changed_at": [None, now]}
            await log_change(connection, tenant_id, "update", ACCOUNT_OBJECT, account_id, changes, by=by)
            await sql.bump_epoch(connection, tenant_id)
        return row

    async def _row(self, connection: Any, tenant_id: str, account_id: str) -> Any:
        row = await connection.fetchrow(sql.ACCOUNT, tenant_id, account_id)
        if row is None:
            raise _unknown_account()
        return row

    async def _keep_an_administrator(self, connection: Any, tenant_id: str, account_id: str) -> None:
        if not await connection.fetchval(sql.COUNT_ADMINISTRATORS, tenant_id, account_id):
            raise ConflictError.single(
                "last_administrator",
                "Nobody else could configure this tenant.",
                hint="Give another active account the role 'administrator' first.",
            )


def _read_email(text: str, faults: Faults) -> str:
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        faults.add("bad_email", f"'{text[:254]}' is not an e-mail address: {error}", path=("email",))
        return ""


def _read_name(text: str, faults: Faults) -> str:
    name = text.strip()
    if not 1 <= len(name) <= 200:
        faults.add("bad_name", f"A name has 1 to 200 characters; this one has {len(name)}.", path=("name",))
    return name


def _read_roles(roles: Sequence[str], faults: Faults) -> list[str]:
    for index, role in enumerate(roles):
        if role == PLATFORM_ROLE:
            faults.add(
                "reserved_role",
                f"The role '{PLATFORM_ROLE}' cannot be given here.",
                path=("roles", index),
                hint="Use `tangram user create --platform-admin` on the server.",
            )
        elif not NAME_PATTERN.fullmatch(role) or len(role) > 40:
            faults.add(
                "bad_role", f"'{role[:60]}' is not a role name.", path=("roles", index), hint="snake_case, at most 40"
            )
    return sorted(set(roles))


def _protect_platform(row: Any, by: str | None, by_platform: bool) -> None:
    """Whoever could take a platform administrator's account over would be one."""
    if row["platform_administrator"] and not by_platform and row["id"] != by:
        raise ForbiddenError.single(
            "platform_account",
            "This account belongs to a platform administrator.",
            hint="Only platform administrators may change it.",
        )


def _email_taken(email: str) -> ConflictError:
    return ConflictError.single(
        "email_taken", f"Another account of this tenant has the address '{email}'.", path=("email",)
    )


def _unknown_account() -> NotFoundError:
    return NotFoundError.single("unknown_account", "There is no such account.", path=("id",))


def _account(row: Any) -> Account:
    return Account(
        row["id"],
        row["tenant_id"],
        row["email"],
        row["name"],
        tuple(row["roles"]),
        row["status"],
        row["platform_administrator"],
        row["must_change_password"],
        row["failed_attempts"],
        row["last_sign_in_at"],
        row["created_at"],
        row["department_id"],
    )
