"""What the tests of reading share: both tenants with samples, which no test changes, opened once a module."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests import servers
from tests.fixtures.tenants import Tenants, tenants_opened
from tests.server.graphql.reading.samples import Seeded, seed


@dataclass(frozen=True)
class World:
    """Both tenants, seeded alike."""

    tenants: Tenants
    east: Seeded
    west: Seeded


@pytest.fixture(scope="module")
async def world(test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with tenants_opened(test_servers, tmp_path_factory.mktemp("files")) as tenants:
        yield World(tenants, await seed(tenants, tenants.east), await seed(tenants, tenants.west))
