from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company, found

Founding = Callable[[str], Awaitable[Company]]


@pytest.fixture
def company_of(timeline: Timeline) -> Founding:
    """Founds a company of a template, beside another one of the same."""

    async def founding(template: str) -> Company:
        await found(timeline, template, "rival")
        return await found(timeline, template, "company")

    return founding
