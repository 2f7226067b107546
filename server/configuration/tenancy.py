"""Creating and dropping tenants: a row, a schema, tables and the first version, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import msgspec
import uuid_utils

from metadata import naming
from metadata.changes.catalogue import Catalogue, catalogue
from metadata.changes.diff import diff
from metadata.changes.facts import Facts
from metadata.changes.modelling import model_of, settings_of
from metadata.changes.plan import Plan, conclude, prepare
from metadata.changes.requests import Update
from metadata.changes.state import State
from metadata.changes.steps import steps_between
from metadata.model.document import Document
from metadata.model.kinds import KINDS
from metadata.problems import BadInputError, ConflictError, Fault, Faults, NotFoundError
from server.configuration import statements
from server.configuration.requests import Applied, Author, Within
from server.configuration.writing import planned, run_script, write_items, write_version
from server.database.connections import Connections
from server.database.sql import qualified, quote_identifier
from server.records import ddl

__all__ = ["RESERVED_SLUGS", "SLUG_PATTERN", "create_tenant", "drop_tenant", "slug_faults"]

SLUG_PATTERN = re.compile(r"[a-z][a-z0-9-]{1,38}")
"""What a slug looks like: it stands in URLs and names the schema."""

RESERVED_SLUGS = frozenset(
    {
        "admin",
        "api",
        "app",
        "auth",
        "files",
        "graphql",
        "healthz",
        "metadata",
        "metrics",
        "platform",
        "public",
        "readyz",
        "root",
        "static",
        "system",
        "tangram",
        "tenant",
        "tenants",
        "webhooks",
        "www",
    }
)
"""Slugs that would be taken for a part of the platform."""


def slug_faults(slug: str) -> tuple[Fault, ...]:
    """What is wrong with a slug."""
    faults = Faults()
    if not SLUG_PATTERN.fullmatch(slug) or slug.endswith("-") or "--" in slug:
        faults.add(
            "bad_slug",
            f"{slug[:60]!r} cannot name a tenant.",
            path=("slug",),
            hint="Use 2 to 39 of a-z, 0-9 and single hyphens inside, starting with a letter: `green-store`.",
        )
    elif slug in RESERVED_SLUGS:
        faults.add("reserved_slug", f"'{slug}' is reserved.", path=("slug",), hint="Choose another slug.")
    return tuple(faults)


async def create_tenant(
    connections: Connections,
    *,
    slug: str,
    name: str,
    author: Author,
    document: Document | None = None,
    template: str = "",
    settings: Mapping[str, Any] | None = None,
    within: Within | None = None,
    followers: Sequence[Within] = (),
    message: str = "",
) -> Applied:
    """Create a tenant at version 1.

    Args:
        connections: The pool.
        slug: Its name in URLs; see SLUG_PATTERN.
        name: Its name for people.
        author: Who creates it.
        document: What it declares from the start.
        template: Template that the document belongs to, noted on its items.
        settings: Settings that override the document's.
        within: More to do in the same transaction.
        followers: What every change brings about besides, such as publishing flows.
        message: For the list of versions.

    Raises:
        BadInputError: The slug, the name or the document has faults.
        ConflictError: `slug_taken`.
    """
    faults = Faults()
    faults.extend(slug_faults(slug))
    if not 1 <= len(name.strip()) <= 200:
        faults.add("bad_name", "A tenant's name has 1 to 200 characters.", path=("name",))
    faults.raise_if_any()
    tenant_id = str(uuid_utils.uuid7())
    plan = _first_plan(tenant_id, slug, document or Document(), settings or {}, template)
    if plan.faults:
        raise BadInputError.of(plan.faults)
    done = planned(plan)
    first = msgspec.json.encode(settings_of(plan.new)).decode()
    try:
        async with connections.definer.transaction(tenant_id) as connection:
            await connection.execute(statements.ADD_TENANT, tenant_id, slug, name.strip(), first, template)
            await run_script(connection, [ddl.create_schema(plan.model.schema), *done.statements])
            await write_items(connection, tenant_id, list(plan.new.items.values()), author)
            await write_version(connection, tenant_id, 1, done, author=author, message=message or "Created.")
            for follow in (*((within,) if within is not None else ()), *followers):
                await follow(connection, plan)
            await connection.execute(statements.NOTIFY_TENANT, f"{tenant_id}:1")
    except (asyncpg.UniqueViolationError, asyncpg.DuplicateSchemaError) as error:
        if isinstance(error, asyncpg.UniqueViolationError) and error.table_name != "tenant":
            raise
        raise ConflictError.single(
            "slug_taken", f"There is a tenant '{slug}' already.", path=("slug",), hint="Choose another slug."
        ) from error
    return Applied(tenant_id, 1, 1, done, plan.model)


def _first_plan(tenant_id: str, slug: str, document: Document, settings: Mapping[str, Any], template: str) -> Plan:
    """The plan from nothing, which also makes the tables of system objects."""
    empty = State(tenant_id, slug, 0, {})
    first = Update(kind="settings", attributes={}, origin=template or None)
    override = Update(kind=KINDS["settings"].name, attributes=dict(settings))
    asked = (first, *diff(empty, document, origin=template), override)
    plan = conclude(prepare(empty, model_of(empty), asked, given_from=len(asked) - 1), Facts())
    if plan.faults:
        return plan
    steps = steps_between(Catalogue({}), catalogue(plan.new, plan.model))
    return replace(plan, steps=steps)


async def drop_tenant(connections: Connections, tenant_id: str) -> None:
    """Drop a tenant with everything that is its own: schema, and rows of every platform table.

    Raises:
        NotFoundError: There is no such tenant.
    """
    async with connections.definer.transaction(tenant_id) as connection:
        row = await connection.fetchrow(statements.LOCK_TENANT, tenant_id)
        if row is None:
            raise NotFoundError.single("unknown_tenant", f"There is no tenant '{tenant_id}'.")
        await connection.execute(ddl.drop_schema(naming.tenant_schema(row["slug"])), timeout=600)
        tables = await connection.fetch(_TENANT_TABLES)
        for table in tables:
            name = qualified("tangram", table["table_name"])
            await connection.execute(f"delete from {name} where {quote_identifier('tenant_id')} = $1", tenant_id)
        await connection.execute("delete from tangram.tenant where id = $1", tenant_id)
        await connection.execute(statements.NOTIFY_TENANT, f"{tenant_id}:{row['epoch'] + 1}")


_TENANT_TABLES = """
select c.relname as table_name
from pg_catalog.pg_class c
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = 'tangram') and c.relkind in ('r', 'p')
"""
