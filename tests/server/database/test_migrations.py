from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from metadata.problems import UnavailableError
from server.database.migrations import MIGRATIONS, migrate, migration_files, pending_migrations, write_migration
from server.database.orm import APP
from tests import servers

_COLUMNS = """
select table_name, column_name, data_type, udt_name, character_maximum_length, numeric_precision, numeric_scale,
       is_nullable, column_default, is_identity
from information_schema.columns
where table_schema = 'tangram' and table_name <> 'aerich'
order by 1, 2
"""

# Names are left out: aerich names unique indexes of later migrations in its own way.
_INDEXES = """
select tab.relname, regexp_replace(pg_get_indexdef(index.indexrelid), 'INDEX \\S+ ON', 'INDEX ON') as definition
from pg_index as index
join pg_class as tab on tab.oid = index.indrelid
where tab.relnamespace = 'tangram'::regnamespace and tab.relname <> 'aerich'
order by 1, 2
"""

_CHECKS = """
select conrelid::regclass::text, contype::text, pg_get_constraintdef(oid)
from pg_constraint
where connamespace = 'tangram'::regnamespace and contype in ('f', 'c') and conrelid <> 0
order by 1, 2, 3
"""

_FUNCTIONS = """
select oid::regprocedure::text from pg_proc where pronamespace = 'tangram'::regnamespace order by 1
"""


@pytest.fixture
def empty_database_url(test_servers: servers.Servers) -> Iterator[str]:
    name = f"{test_servers.template}_{secrets.token_hex(4)}"
    asyncio.run(servers.create_database(test_servers, name, template="template0"))
    yield servers.at_database(test_servers.owner_url, name)
    asyncio.run(servers.drop_database(test_servers, name))


async def _described(url: str) -> dict[str, list[tuple[Any, ...]]]:
    connection = await asyncpg.connect(url)
    try:
        queries = {"columns": _COLUMNS, "indexes": _INDEXES, "checks": _CHECKS, "functions": _FUNCTIONS}
        return {name: [tuple(row) for row in await connection.fetch(query)] for name, query in queries.items()}
    finally:
        await connection.close()


async def test_migrations_make_the_schema_that_the_models_describe(empty_database_url: str, database_url: str) -> None:
    await migrate(empty_database_url)
    by_migrations, by_models = await _described(empty_database_url), await _described(database_url)
    for part in by_models:
        assert by_migrations[part] == by_models[part], f"run `make migrations`: {part} differ"
    assert by_models["columns"]
    assert by_models["functions"]


async def test_the_models_have_not_changed_since_the_last_migration() -> None:
    before = set(migration_files())
    try:
        assert await write_migration("forgotten") == "", "run `make migrations`"
    finally:
        for name in set(migration_files()) - before:
            (MIGRATIONS / APP / name).unlink()


async def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    assert await migrate(empty_database_url) == migration_files()
    assert await migrate(empty_database_url) == []


async def test_processes_that_migrate_at_once_apply_each_migration_once(empty_database_url: str) -> None:
    applied = await asyncio.gather(*(asyncio.to_thread(asyncio.run, migrate(empty_database_url)) for _ in range(3)))
    assert sorted(applied) == [[], [], migration_files()]


async def test_pending_migrations_are_named(empty_database_url: str) -> None:
    connection = await asyncpg.connect(empty_database_url)
    try:
        assert await pending_migrations(connection) == migration_files()
    finally:
        await connection.close()


async def test_a_role_that_may_not_create_schemas_is_told_the_cure(
    empty_database_url: str, test_servers: servers.Servers
) -> None:
    if not test_servers.embedded:
        pytest.skip("the role of a given server may be its administrator")
    name = servers.database_of(empty_database_url)
    await servers.administer(test_servers, f'alter database "{name}" owner to current_user')
    with pytest.raises(UnavailableError) as caught:
        await migrate(empty_database_url)
    assert caught.value.faults[0].reason == "no_right_to_create_schema"
    assert "grant create on database" in caught.value.faults[0].hint


async def test_a_database_that_does_not_answer_is_told(test_servers: servers.Servers) -> None:
    with pytest.raises(UnavailableError) as caught:
        await migrate("postgresql://nobody@127.0.0.1:1/nothing")
    assert caught.value.faults[0].reason == "database_unreachable"
