"""What the garbage collector is spared, and that it still collects."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from server.allocation import burst, settle


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_what_is_there_after_startup_is_walked_no_more() -> None:
    settle()
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < gc.get_freeze_count()


def test_garbage_made_later_is_collected() -> None:
    settle()
    circle: list[object] = []
    circle.append(circle)
    del circle
    assert gc.collect() > 0


def test_a_burst_is_not_collected_and_leaves_the_collector_as_it_was() -> None:
    assert gc.isenabled()
    with burst():
        assert not gc.isenabled()
    assert gc.isenabled()
