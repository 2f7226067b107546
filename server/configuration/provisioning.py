"""Give tenants that were made by an earlier release what every tenant has by now: tables, columns, indexes, triggers.

What is there is asked of PostgreSQL, what is missing is made; a tenant's own declarations are not touched. It runs
when a server starts, after the migrations, and finds out by one query that nothing is missing.
"""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec

from metadata.changes.catalogue import Catalogue, Table, catalogue
from metadata.changes.modelling import model_of
from metadata.changes.state import State
from metadata.changes.steps import steps_between
from metadata.model.organisation import ORGANISATION, SYSTEM_OBJECTS
from metadata.model.tenant import TenantModel
from metadata.rows.loading import ITEMS, state_from_rows
from server.configuration import statements
from server.configuration.writing import run_script
from server.database.sql import qualified
from server.database.wall import PLATFORM, SETTING
from server.records import ddl
from server.records.index_conditions import IndexConditions

__all__ = ["provide"]

_LACKING = """
select tenant.id::text, tenant.slug, tenant.version
from tangram.tenant as tenant
cross join lateral (select 't_' || replace(tenant.slug, '-', '_') as name) as schema
where to_regnamespace(schema.name) is not null
    and exists (
        select from unnest($1::text[]) as wanted (table_name)
        where to_regclass(format('%I.%I', schema.name, wanted.table_name)) is null
    )
order by tenant.id
"""

_COLUMNS = """
select c.relname, a.attname
from pg_catalog.pg_class as c
join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = to_regnamespace($1) and c.relname = any($2::text[])
"""

_NAMES = """
select relname as name from pg_catalog.pg_class where relnamespace = to_regnamespace($1) and relkind in ('i', 'I')
union all
select conname from pg_catalog.pg_constraint where connamespace = to_regnamespace($1)
"""

_KEPT = """
select distinct c.relname
from pg_catalog.pg_trigger as t
join pg_catalog.pg_class as c on c.oid = t.tgrelid
where c.relnamespace = to_regnamespace($1) and not t.tgisinternal
"""


async def provide(database_url: str) -> list[str]:
    """Bring every tenant up to date, one transaction each.

    Returns:
        Slugs of the tenants that lacked something.
    """
    connection = await asyncpg.connect(database_url, timeout=30, server_settings={"search_path": "", SETTING: PLATFORM})
    try:
        tables = sorted(found.table for found in SYSTEM_OBJECTS)
        lacking = await connection.fetch(_LACKING, tables)
        for row in lacking:
            async with connection.transaction():
                await _provide_one(connection, row)
        return [row["slug"] for row in lacking]
    finally:
        await connection.close()


async def _provide_one(connection: Any, row: Any) -> None:
    await connection.fetchrow(statements.LOCK_TENANT, row["id"])
    state = state_from_rows(row["id"], row["slug"], row["version"], await connection.fetch(ITEMS, row["id"]))
    model = model_of(state)
    wanted = _provided(state, model)
    present = await _present(connection, model.schema, wanted)
    where_sql = IndexConditions(model)
    await run_script(connection, ddl.statements(model.schema, steps_between(present, wanted), where_sql))
    await connection.execute(
        f"insert into {qualified(model.schema, 'user')} (id, name, email, status, roles, department_id, created_at,"
        " created_by, updated_at, updated_by, deleted_at, version) select id, name, email, status, roles,"
        " department_id, created_at, created_by, updated_at, updated_by, deleted_at, version"
        " from tangram.account where tenant_id = $1 on conflict (id) do nothing",
        row["id"],
    )
    for found in SYSTEM_OBJECTS:
        if found.tree:
            await _lay_paths(connection, model, found.name)
    epoch = await connection.fetchval(statements.MOVE_TENANT, row["id"], row["version"], None)
    await connection.execute(statements.NOTIFY_TENANT, f"{row['id']}:{epoch}")


def _provided(state: State, model: TenantModel) -> Catalogue:
    """What the tenant should have of the organisation, with what it says of it."""
    whole = catalogue(state, model, only=()).tables
    return Catalogue({name: table for name, table in whole.items() if name.split("__")[0] in _tables(model)})


def _tables(model: TenantModel) -> frozenset[str]:
    return frozenset(model.object(name).table for name in ORGANISATION)


async def _present(connection: Any, schema: str, wanted: Catalogue) -> Catalogue:
    """The same catalogue without what PostgreSQL does not have."""
    columns: dict[str, set[str]] = {}
    for row in await connection.fetch(_COLUMNS, schema, list(wanted.tables)):
        columns.setdefault(row["relname"], set()).add(row["attname"])
    names = {row["name"] for row in await connection.fetch(_NAMES, schema)}
    kept = {row["relname"] for row in await connection.fetch(_KEPT, schema)}
    return Catalogue(
        {
            name: _cut(table, columns[name], names, has_triggers=name in kept)
            for name, table in wanted.tables.items()
            if name in columns
        }
    )


def _cut(table: Table, columns: set[str], names: set[str], *, has_triggers: bool) -> Table:
    return msgspec.structs.replace(
        table,
        columns={name: column for name, column in table.columns.items() if name in columns},
        foreign_keys={name: key for name, key in table.foreign_keys.items() if name in names},
        indexes={name: index for name, index in table.indexes.items() if name in names},
        search=table.search if "search_vector" in columns else (),
        keeps=table.keeps if has_triggers else {},
    )


async def _lay_paths(connection: Any, model: TenantModel, name: str) -> None:
    """Paths of records that were there before the trigger: a change of the column above works them out."""
    object_type = model.object(name)
    table = qualified(model.schema, object_type.table)
    above = next(field.column for field in object_type.fields if field.name == object_type.tree)
    await connection.execute(
        f"""
        with recursive placed as (
            select id, '/' || id || '/' as path from {table} where "{above}" is null
            union all
            select t.id, p.path || t.id || '/' from placed as p join {table} as t on t."{above}" = p.id
        )
        update {table} as t set path = p.path from placed as p where p.id = t.id and t.path is distinct from p.path
        """
    )
