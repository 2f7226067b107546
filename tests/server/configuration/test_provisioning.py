"""Tenants of an earlier release get what every tenant has by now, and keep what is theirs."""

from __future__ import annotations

from typing import Any

from metadata.changes.requests import Create
from server.configuration.provisioning import provide
from server.database.sql import qualified
from tests.server.configuration.shops import Shop, live_foreign_keys, live_indexes, live_tables

TRIGGERS = """
select c.relname, t.tgname from pg_catalog.pg_trigger as t join pg_catalog.pg_class as c on c.oid = t.tgrelid
where c.relnamespace = to_regnamespace($1) and not t.tgisinternal order by 1, 2
"""
ACCOUNT = """
insert into tangram.account (id, tenant_id, email, name, password_hash, roles, status, platform_administrator,
    must_change_password, failed_attempts, created_at, updated_at, version)
values (gen_random_uuid(), $1, 'wang@example.com', '王', '', '{seller}', 'active', false, false, 0, now(), now(), 1)
"""


async def described(shop: Shop) -> tuple[Any, ...]:
    connections = shop.configuration.connections
    async with connections.acquire() as connection:
        triggers = [tuple(row) for row in await connection.fetch(TRIGGERS, shop.schema)]
    tables = {
        name: dict(sorted(found.items())) for name, found in (await live_tables(connections, shop.schema)).items()
    }
    indexes, keys = await live_indexes(connections, shop.schema), await live_foreign_keys(connections, shop.schema)
    return tables, indexes, keys, triggers


async def outdated(shop: Shop) -> None:
    """Make a tenant as it was before there was an organisation, with a region of its own."""
    names = ("user", "team", "post", "team__members", "post__holders")
    async with shop.configuration.connections.transaction() as connection:
        await connection.execute("; ".join(f"drop table {qualified(shop.schema, name)} cascade" for name in names))
        for name in ("department", "region"):
            table = qualified(shop.schema, name)
            await connection.execute(f"alter table {table} drop column path")
            await connection.execute(
                f'drop trigger "{name}__placed" on {table}; drop trigger "{name}__moved" on {table}'
            )
        region = qualified(shop.schema, "region")
        await connection.execute(f"alter table {region} drop column parent_id, drop column search_vector")
        department = qualified(shop.schema, "department")
        await connection.execute(
            f"insert into {department} (id, name, parent_id) values"
            " ('01890000-0000-7000-8000-000000000001', 'a', null),"
            " ('01890000-0000-7000-8000-000000000002', 'b', '01890000-0000-7000-8000-000000000001')"
        )
        await connection.execute(ACCOUNT, shop.id)


async def test_a_tenant_of_an_earlier_release_gets_the_organisation(
    shop: Shop, other_shop: Shop, database_url: str
) -> None:
    climate = {"name": "climate", "type": "text"}
    for one in (shop, other_shop):
        await one.apply(Create(kind="object", name="region", body={"plural": "regions", "fields": [climate]}))
    before, other = await described(shop), await described(other_shop)
    await outdated(shop)
    epoch = "select epoch from tangram.tenant where id = $1"
    async with shop.configuration.connections.acquire() as connection:
        known = await connection.fetchval(epoch, shop.id)

        assert await provide(database_url) == ["east"]

        assert await described(shop) == before
        assert await described(other_shop) == other
        users = await connection.fetch(f"select name, roles from {qualified(shop.schema, 'user')}")
        assert [tuple(row) for row in users] == [("王", ["seller"])]
        paths = await connection.fetch(f"select path from {qualified(shop.schema, 'department')} order by name")
        assert [row["path"].count("/") for row in paths] == [2, 3]
        assert await connection.fetchval(epoch, shop.id) == known + 1
    assert await provide(database_url) == []
