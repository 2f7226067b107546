"""Fixtures that every test may use.

Tests and fixtures that are `async def` just run, on asyncio (anyio's pytest plugin in its auto mode; no mark needed).

    database_url   a PostgreSQL database of the test's own, with the platform's tables
    connections    our pool on that database
    models         Tortoise's models, ready on that database
    redis_url      a numbered Valkey database of the test's own, empty (channels are shared by all of them)
    config         settings that name both, with a data folder of the test's own
    services       everything a web process or worker has open

Servers start when the first test asks for one, once per run: see `tests/servers.py`. More fixtures are in
`tests/fixtures/`; every module there is a plugin.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis
from hypothesis import settings

from server.config import Config
from server.database.connections import Connections
from server.database.orm import opened_models
from tests import servers

if TYPE_CHECKING:
    from server.app import Services

pytest_plugins = [
    f"tests.fixtures.{path.stem}" for path in sorted((Path(__file__).parent / "fixtures").glob("[a-z]*.py"))
]


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("tangram", deadline=None, print_blob=True)  # how long a case takes is no fact about it
    settings.load_profile("tangram")
    if not hasattr(config, "workerinput"):
        folder = servers.begin_run()
        config.add_cleanup(lambda: servers.end_run(folder))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def test_servers() -> servers.Servers:
    return servers.shared_servers()


@pytest.fixture
def database_url(test_servers: servers.Servers) -> Iterator[str]:
    name = f"{test_servers.template}_{secrets.token_hex(4)}"
    asyncio.run(servers.create_database(test_servers, name))
    yield servers.at_database(test_servers.owner_url, name)
    asyncio.run(servers.drop_database(test_servers, name))


@pytest.fixture
async def connections(database_url: str) -> AsyncIterator[Connections]:
    async with Connections(database_url) as opened:
        yield opened


@pytest.fixture
async def models(database_url: str) -> AsyncIterator[None]:
    async with opened_models(database_url):
        yield


@pytest.fixture
def redis_url(test_servers: servers.Servers) -> Iterator[str]:
    with contextlib.closing(redis.Redis.from_url(f"{test_servers.redis_url}/0")) as first:
        taken: Any = first.incr("tests:taken")
    url = f"{test_servers.redis_url}/{taken % (test_servers.databases - 1) + 1}"
    with contextlib.closing(redis.Redis.from_url(url)) as mine:
        mine.flushdb()
        yield url
        mine.flushdb()


@pytest.fixture
def config(test_servers: servers.Servers, database_url: str, redis_url: str, tmp_path: Path) -> Config:
    return Config(
        database_url=database_url,
        database_app_url=servers.serving_at(test_servers, servers.database_of(database_url)),
        redis_url=redis_url,
        data_dir=tmp_path,
        secret_key="a key for tests, 32 characters or more",
        demo=False,
        port=0,
        webhook_allow_private=True,
    )


@pytest.fixture
async def services(config: Config) -> AsyncIterator[Services]:
    from server.app import open_services

    async with open_services(config) as opened:
        yield opened
