"""One server for all conformance tests of a process, with two tenants that have the same objects."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.config import Config
from tests import servers
from tests.conformance.serving import Client, RunningServer, create_tenant, running_server

DOCUMENT = {
    "tangram": 1,
    "objects": [
        {
            "name": "shelf",
            "plural": "shelves",
            "label": {"zh": "货架", "en": "Shelf"},
            "display": "name",
            "fields": [{"name": "name", "type": "text", "required": True, "label": {"zh": "名称", "en": "Name"}}],
        },
        {
            "name": "book",
            "plural": "books",
            "label": {"zh": "书", "en": "Book"},
            "display": "title",
            "fields": [
                {"name": "title", "type": "text", "required": True, "label": {"zh": "书名", "en": "Title"}},
                {"name": "rank", "type": "integer", "label": {"zh": "名次", "en": "Rank"}},
                {
                    "name": "price",
                    "type": "decimal",
                    "label": {"zh": "价格", "en": "Price"},
                    "settings": {"precision": 10, "scale": 2},
                },
                {"name": "sold_on", "type": "date", "label": {"zh": "售出日期", "en": "Sold on"}},
                {
                    "name": "shelf",
                    "type": "relation",
                    "label": {"zh": "货架", "en": "Shelf"},
                    "settings": {"to": "shelf", "inverse": "books"},
                },
            ],
        },
    ],
}


@pytest.fixture(scope="session")
def conformance_server(
    test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    name = f"{test_servers.template}_{secrets.token_hex(4)}"
    asyncio.run(servers.create_database(test_servers, name))
    folder: Path = tmp_path_factory.mktemp("conformance")
    config = Config(
        database_url=servers.at_database(test_servers.owner_url, name),
        database_app_url=servers.serving_at(test_servers, name),
        redis_url=f"{test_servers.redis_url}/0",
        data_dir=folder,
        secret_key="a key for tests, 32 characters or more",
    )
    with running_server(config) as server:
        yield server
    asyncio.run(servers.drop_database(test_servers, name))


@pytest.fixture(scope="session")
def library(conformance_server: RunningServer) -> Iterator[Client]:
    with contextlib.closing(create_tenant(conformance_server, "library")) as client:
        client.apply(DOCUMENT)
        yield client


@pytest.fixture(scope="session")
def other_library(conformance_server: RunningServer) -> Iterator[Client]:
    with contextlib.closing(create_tenant(conformance_server, "other-library")) as client:
        client.apply(DOCUMENT)
        yield client
