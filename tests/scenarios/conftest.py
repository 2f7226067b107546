from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company, found

Founding = Callable[[str], Awaitable[Company]]


@pytest.fixture
def company_of(timeline: Timeline) -> Founding:
    """Founds a company of a template, beside the other tenants of the timeline."""

    async def founding(template: str) -> Company:
        return await found(timeline, template, "company")

    return founding
