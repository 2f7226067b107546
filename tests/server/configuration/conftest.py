"""Two shops with the same small document."""

from __future__ import annotations

import pytest

from server.configuration.configure import Configuration
from server.configuration.tenancy import create_tenant
from server.database.connections import Connections
from tests.server.configuration.shops import ANNA, BEN, Shop, document


@pytest.fixture
def configuration(connections: Connections) -> Configuration:
    return Configuration(connections)


@pytest.fixture
async def shop(configuration: Configuration) -> Shop:
    made = await create_tenant(configuration.connections, slug="east", name="East", author=ANNA, document=document())
    return Shop(configuration, made)


@pytest.fixture
async def other_shop(configuration: Configuration) -> Shop:
    made = await create_tenant(configuration.connections, slug="west", name="West", author=BEN, document=document())
    return Shop(configuration, made)
