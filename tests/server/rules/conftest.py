from __future__ import annotations

import pytest

from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House


@pytest.fixture
def house(timeline: Timeline) -> House:
    return House(timeline.east)
