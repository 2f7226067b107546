"""The second wall: what is left of other tenants when a statement forgets its tenant condition."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import asyncpg
import pytest

from metadata.problems import BadInputError, UnavailableError
from server.configuration.requests import Author
from server.configuration.tenancy import create_tenant
from server.database.connections import PLATFORM_SESSION, Connections, PoolLimits
from server.database.migrations import migrate
from server.database.wall import ensure_role, role_of, serving_url
from server.identity import sql as identity_sql
from tests import servers
from tests.fixtures.tenants import Tenants

_PLATFORM_TABLES = """
select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as is_walled
from pg_class as c
join pg_attribute as a on a.attrelid = c.oid and a.attname = 'tenant_id'
where c.relnamespace = 'tangram'::regnamespace and c.relkind = 'r'
order by 1
"""


@pytest.fixture(autouse=True)
def needs_the_wall(test_servers: servers.Servers) -> None:
    if not test_servers.serving_url:
        pytest.skip("the wall is off in this run")


async def test_every_platform_table_stands_behind_it(connections: Connections) -> None:
    async with connections.acquire() as connection:
        tables = await connection.fetch(_PLATFORM_TABLES)
    assert len(tables) > 20
    assert [row["name"] for row in tables if not row["is_walled"]] == []


async def test_a_connection_sees_the_rows_of_the_tenant_it_is_lent_for(tenants: Tenants) -> None:
    east, west = tenants.both
    await east.create("Customer", name="A")
    await west.create("Customer", name="B")
    pool = tenants.services.connections
    async with pool.acquire() as connection:
        tables = [row["name"] for row in await connection.fetch(_PLATFORM_TABLES)]
        everybody = await _owners(connection, tables)
    for tenant in tenants.both:
        async with pool.acquire(tenant.id) as connection:
            assert await _owners(connection, tables) == {tenant.id}
            assert await connection.fetchval("select count(*) from tangram.tenant") == 1
    assert everybody == {east.id, west.id}


async def _owners(connection: Any, tables: list[str]) -> set[str]:
    union = " union ".join(f'select tenant_id from tangram."{name}"' for name in tables)
    return {row["tenant_id"] for row in await connection.fetch(union)}


async def test_rows_of_another_tenant_cannot_be_written(tenants: Tenants) -> None:
    east, west = tenants.both
    async with tenants.services.connections.acquire(east.id) as connection:
        assert (
            await connection.execute("update tangram.account set name = 'x' where tenant_id = $1", west.id)
            == "UPDATE 0"
        )
        assert await connection.execute("delete from tangram.account where tenant_id = $1", west.id) == "DELETE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute("insert into tangram.audit_entry (tenant_id, kind) values ($1, 'x')", west.id)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute("update tangram.account set tenant_id = $1 where tenant_id <> $1", west.id)


_STANDS_ABOVE = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"


async def test_without_a_tenant_nothing_is_there(tenants: Tenants) -> None:
    for url in (tenants.config.database_app_url, tenants.config.database_url):
        connection = await asyncpg.connect(url)
        try:
            if await connection.fetchval(_STANDS_ABOVE):
                continue  # a given server's administrator, whom no policy binds
            assert await connection.fetchval("select count(*) from tangram.account") == 0
        finally:
            await connection.close()


async def test_it_holds_when_a_statement_forgets_its_tenant(tenants: Tenants, monkeypatch: pytest.MonkeyPatch) -> None:
    forgetful = re.sub(r"tenant_id = \$1", "$1::uuid is not null", identity_sql.ACCOUNTS)
    assert forgetful != identity_sql.ACCOUNTS
    monkeypatch.setattr(identity_sql, "ACCOUNTS", forgetful)
    found = await tenants.services.identity.accounts.list(tenants.east.id)
    assert {account.tenant_id for account in found} == {tenants.east.id}


@pytest.mark.parametrize(
    "statement",
    [
        "alter table tangram.account disable row level security",
        "drop policy tenant_wall on tangram.account",
        "create table tangram.mine (id int)",
        "create schema mine",
        "drop table {schema}.customer",
        "alter table {schema}.customer add column mine int",
        "truncate tangram.event",
        "update tangram.audit_entry set kind = 'x'",
        "delete from tangram.audit_entry",
        "update tangram.audit_link set seq = 1",
        "delete from tangram.audit_checkpoint",
        "set role {owner}",
        "alter role {serving} bypassrls",
    ],
)
async def test_the_serving_role_changes_neither_tables_nor_the_audit_log(tenants: Tenants, statement: str) -> None:
    text = statement.format(
        schema=tenants.east.schema,
        owner=role_of(tenants.config.database_url),
        serving=role_of(tenants.config.database_app_url),
    )
    async with tenants.services.connections.acquire(tenants.east.id) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(text)


async def test_a_connection_that_goes_from_tenant_to_tenant_sees_each(tenants: Tenants) -> None:
    config = tenants.config
    limits = PoolLimits(size=1, tenant_share=1)
    async with Connections(config.database_app_url, limits, owner_url=config.database_url) as pool:

        async def seen(tenant: str | None) -> int:
            async with pool.acquire(tenant) as connection:
                count: int = await connection.fetchval("select count(*) from tangram.tenant")
                return count

        east, west = tenants.both
        assert [await seen(one) for one in (east.id, None, west.id, west.id, None)] == [1, 2, 1, 1, 2]
        found = await asyncio.gather(*(seen(one) for one in (east.id, None, west.id) * 5))
        assert found == [1, 2, 1] * 5


async def test_a_connection_is_lent_for_ids_alone(tenants: Tenants) -> None:
    with pytest.raises(ValueError, match="by its id"):
        async with tenants.services.connections.acquire(tenants.east.schema):
            pass
    async with tenants.services.connections.acquire(tenants.east.id) as connection:
        assert await connection.fetchval("select 1") == 1


async def test_a_database_from_before_the_wall_is_brought_behind_it(
    test_servers: servers.Servers, database_url: str
) -> None:
    async with Connections(database_url) as before:
        made = await create_tenant(before, slug="old-shop", name="Old shop", author=Author(None, "tests"))
    app_url = servers.serving_at(test_servers, servers.database_of(database_url))
    await migrate(database_url, app_url)
    async with Connections(app_url, owner_url=database_url) as after, after.acquire(made.tenant_id) as connection:
        assert await connection.fetchval("select count(*) from t_old_shop.department") == 0


@pytest.fixture
def administrator_url(test_servers: servers.Servers, database_url: str) -> str:
    if not test_servers.embedded:
        pytest.skip("the role of a given server may not be its administrator")
    return servers.at_database(test_servers.administrator_url, servers.database_of(database_url))


async def _ensured(url: str, serving: str) -> None:
    connection = await asyncpg.connect(url, server_settings=PLATFORM_SESSION)
    try:
        await ensure_role(connection, serving)
    finally:
        await connection.close()


async def test_where_no_role_is_given_one_is_made_and_follows_the_secret_key(
    administrator_url: str, test_servers: servers.Servers
) -> None:
    old, new = (serving_url(administrator_url, key) for key in ("o" * 40, f"{'n' * 40}|{'o' * 40}"))
    assert role_of(old) == role_of(new) == f"{servers.database_of(administrator_url)}_app"
    try:
        await _ensured(administrator_url, old)
        await (await asyncpg.connect(old)).close()
        await _ensured(administrator_url, new)
        await (await asyncpg.connect(new)).close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(old)
    finally:
        await servers.administer(test_servers, f'drop role "{role_of(old)}"')


async def test_a_role_that_may_not_make_roles_is_told_the_cure(
    database_url: str, test_servers: servers.Servers
) -> None:
    if not test_servers.embedded:
        pytest.skip("the role of a given server may create roles")
    with pytest.raises(UnavailableError) as caught:
        await migrate(database_url, serving_url(database_url, "k" * 40))
    assert caught.value.faults[0].reason == "no_right_to_create_roles"
    assert "TANGRAM_WALL=0" in caught.value.faults[0].hint


async def test_an_administrator_cannot_be_the_serving_role(administrator_url: str) -> None:
    with pytest.raises(BadInputError) as caught:
        await _ensured(administrator_url, administrator_url)
    assert caught.value.faults[0].reason == "serving_role_too_strong"
