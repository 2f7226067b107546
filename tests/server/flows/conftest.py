from __future__ import annotations

import pytest

from tests.fixtures.tenants import Tenants
from tests.server.flows.quotes import Office


@pytest.fixture
def office(tenants: Tenants) -> Office:
    return Office(tenants.east)
