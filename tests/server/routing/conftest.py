from __future__ import annotations

import pytest

from tests.fixtures.timeline import Timeline
from tests.server.routing.desk import Desk


@pytest.fixture
def desk(timeline: Timeline) -> Desk:
    return Desk(timeline)
