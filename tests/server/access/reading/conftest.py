"""The company under policies, founded once a module."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests import servers
from tests.fixtures.tenants import tenants_opened
from tests.server.access.reading.world import Company, found_company


@pytest.fixture(scope="module")
async def company(test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    async with tenants_opened(test_servers, tmp_path_factory.mktemp("files")) as tenants:
        yield await found_company(tenants)


@pytest.fixture(scope="module")
async def open_company(
    test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Company]:
    """The same without row-level security, so that the compiler alone keeps tenants apart."""
    folder = tmp_path_factory.mktemp("files")
    async with tenants_opened(test_servers, folder, wall=False, database_app_url="") as tenants:
        yield await found_company(tenants)
