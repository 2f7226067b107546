"""The second wall: requests are served by a database role that owns nothing, and see one tenant's platform rows.

The first wall is the tenant condition in every statement. Behind it stand row-level security (`wall.sql`) and the
rights of the serving role: it reads and writes rows, but cannot change tables, nor the audit log. Metadata changes,
which do change tables, use connections of the owner (`Connections.definer`).

Source:
    PostgreSQL documentation, "Row Security Policies"; RFC 5803 (SCRAM verifiers).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

from metadata.problems import BadInputError, UnavailableError
from server.database.sql import quote_identifier, quote_literal

__all__ = [
    "APPEND_ONLY",
    "PLATFORM",
    "SETTING",
    "ensure_role",
    "grant_rights",
    "role_of",
    "scram_verifier",
    "serving_url",
    "wall_text",
]

SETTING = "tangram.tenant"
"""Session setting that the policies compare: a tenant's id, or PLATFORM."""

PLATFORM = "*"
"""Value of SETTING for work that concerns all tenants."""

_FILE = Path(__file__).with_name("wall.sql")
_ITERATIONS = 4_096
_LONGEST_NAME = 63

APPEND_ONLY = (
    "audit_entry",
    "audit_link",
    "audit_checkpoint",
    "price_version",
    "price_booking",
    "ledger_entry",
    "flow_history",
    "benefit_line",
    "price_holder",
)
"""Tables that the serving role may add to and read, nothing else."""

_FACTS = """
select rolsuper or rolbypassrls as is_above,
    exists (select from pg_namespace where nspname = 'tangram' and pg_has_role($1, nspowner, 'usage')) as owns
from pg_roles
where rolname = $1
"""

_SCHEMAS = """
select nspname
from pg_namespace
where pg_has_role(current_user, nspowner, 'usage')
    and nspname like 't\\_%'
    and not has_schema_privilege($1, oid, 'usage')
"""


def wall_text() -> str:
    """The statements that put the policies on every platform table; they can be run again."""
    return _FILE.read_text(encoding="utf-8")


def serving_url(owner_url: str, secret_key: str) -> str:
    """The URL of the serving role that is made where none is given: named for the database, its password derived."""
    newest = secret_key.split("|", 1)[0].strip()
    password = hmac.digest(newest.encode(), b"tangram database role", "sha256").hex()
    parts = urlsplit(owner_url)
    role = f"{unquote(parts.path.lstrip('/')) or 'tangram'}"[: _LONGEST_NAME - 4] + "_app"
    where = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(role, safe='')}:{password}@{where}"))


def role_of(url: str) -> str:
    """The role that a URL signs in as."""
    return unquote(urlsplit(url).username or "")


async def ensure_role(connection: Any, url: str) -> None:
    """Make the serving role, or give it the password of its URL, if it cannot sign in yet.

    Args:
        connection: Of a role that may create roles, if that is needed.
        url: Of the serving role.

    Raises:
        UnavailableError: `no_right_to_create_roles`.
        BadInputError: `serving_role_too_strong`: row-level security would not hold for it.
    """
    if not await _can_sign_in(url):
        await _make(connection, url)
    facts = await connection.fetchrow(_FACTS, role_of(url))
    if facts is None or facts["is_above"] or facts["owns"]:
        raise BadInputError.single(
            "serving_role_too_strong",
            f"The database role '{role_of(url)}' is above row-level security, or owns the platform's tables.",
            hint="Let TANGRAM_DATABASE_APP_URL name a role without SUPERUSER and BYPASSRLS that owns nothing.",
        )


async def grant_rights(connection: Any, role: str) -> None:
    """Give the serving role its rights on what is there, and on tenants' schemas that are to come."""
    name = quote_identifier(role)
    database = quote_identifier(await connection.fetchval("select current_database()"))
    await connection.execute(
        f"""
        grant connect on database {database} to {name};
        grant usage on schema tangram to {name};
        grant select, insert, update, delete on all tables in schema tangram to {name};
        grant usage, select on all sequences in schema tangram to {name};
        alter default privileges grant usage on schemas to {name};
        alter default privileges grant select, insert, update, delete on tables to {name};
        alter default privileges grant usage, select on sequences to {name};
        """
    )
    for table in (*APPEND_ONLY, "aerich"):
        if await connection.fetchval("select to_regclass($1) is not null", f"tangram.{table}"):
            await connection.execute(f"revoke update, delete on tangram.{quote_identifier(table)} from {name}")
    for row in await connection.fetch(_SCHEMAS, role):
        schema = quote_identifier(row["nspname"])
        await connection.execute(
            f"""
            grant usage on schema {schema} to {name};
            grant select, insert, update, delete on all tables in schema {schema} to {name};
            grant usage, select on all sequences in schema {schema} to {name};
            """
        )


def scram_verifier(password: str) -> str:
    """What PostgreSQL stores of a password, computed here so that the password is in no statement that it may log."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored = base64.b64encode(hashlib.sha256(client_key).digest()).decode()
    server = base64.b64encode(hmac.digest(salted, b"Server Key", "sha256")).decode()
    return f"SCRAM-SHA-256${_ITERATIONS}:{base64.b64encode(salt).decode()}${stored}:{server}"


async def _can_sign_in(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=30)
    except asyncpg.InvalidAuthorizationSpecificationError:
        return False
    except asyncpg.InsufficientPrivilegeError:
        return True  # it may not connect to this database yet; `grant_rights` cures that
    await connection.close()
    return True


async def _make(connection: Any, url: str) -> None:
    role, password = role_of(url), unquote(urlsplit(url).password or "")
    name, verifier = quote_identifier(role), quote_literal(scram_verifier(password))
    verb = "alter" if await connection.fetchval("select 1 from pg_roles where rolname = $1", role) else "create"
    try:
        await connection.execute(f"{verb} role {name} login password {verifier}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise UnavailableError.single(
            "no_right_to_create_roles",
            "The database role may not create the role that serves requests behind row-level security.",
            hint="As an administrator run: create role tangram_app login password '…'; and set"
            " TANGRAM_DATABASE_APP_URL to it; or set TANGRAM_WALL=0 to do without that wall.",
        ) from error
