from __future__ import annotations

import asyncpg
import pytest
import redis.asyncio

from metadata.rows.models import Tenant
from server.config import Config
from server.database.connections import Connections
from tests import servers


@pytest.mark.parametrize("round", [1, 2])
async def test_each_test_has_a_database_of_its_own(connections: Connections, round: int) -> None:
    async with connections.acquire() as connection:
        await connection.execute("create schema mine")
        assert await connection.fetchval("select to_regclass('tangram.tenant') is not null")
        assert await connection.fetchval("show server_encoding") == "UTF8"
        assert await connection.fetchval("show timezone") == "UTC"


@pytest.mark.parametrize("round", [1, 2])
async def test_each_test_has_an_empty_queue(redis_url: str, round: int) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("mine", "1")


async def test_models_read_the_test_database(models: None) -> None:
    assert await Tenant.all().count() == 0


async def test_the_application_is_not_a_superuser(config: Config, test_servers: servers.Servers) -> None:
    if not test_servers.embedded:
        pytest.skip("the role of a given server may be its administrator")
    connection = await asyncpg.connect(config.database_url)
    try:
        assert await connection.fetchval("select current_setting('is_superuser')") == "off"
    finally:
        await connection.close()
