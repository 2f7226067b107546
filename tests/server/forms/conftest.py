from __future__ import annotations

import pytest

from tests.fixtures.tenants import Tenants
from tests.server.forms.jobs import Workshop


@pytest.fixture
async def workshop(tenants: Tenants) -> Workshop:
    return await Workshop(tenants.east).open()
