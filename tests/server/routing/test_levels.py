"""Backlogs that are too deep or too old: crossed by more than a limit, over at another, so that they do not flutter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from metadata.routing.values import QueueLevel
from server.routing.levels import Backlog, crossed, next_crossing

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DEEP = QueueLevel(name="deep", depth=3, clear=1)
OLD = QueueLevel(name="old", age="PT20M")


def waiting(depth: int, minutes: int = 0) -> Backlog:
    return Backlog(depth, NOON - timedelta(minutes=minutes) if depth else None)


def test_a_depth_is_crossed_by_more_and_over_at_its_own_limit() -> None:
    lit: list[str] = []
    seen = []
    for depth in (3, 4, 3, 2, 1, 2, 4):
        lit = crossed([DEEP], waiting(depth), lit, NOON)
        seen.append(bool(lit))
    assert seen == [False, True, True, True, False, False, True]


def test_an_age_of_exactly_the_limit_is_not_too_old() -> None:
    assert crossed([OLD], waiting(1, 20), [], NOON) == []
    assert crossed([OLD], waiting(1, 20), [], NOON + timedelta(microseconds=1)) == ["old"]
    assert crossed([OLD], waiting(0), ["old"], NOON) == []


def test_the_clock_crosses_an_age_just_after_it() -> None:
    at = next_crossing([OLD, DEEP], waiting(1, 5), [], NOON)
    assert at is not None
    assert crossed([OLD], waiting(1, 5), [], at) == ["old"]
    assert crossed([OLD], waiting(1, 5), [], at - timedelta(microseconds=1)) == []
    assert next_crossing([OLD], waiting(1, 5), ["old"], NOON) is None
    assert next_crossing([OLD], waiting(0), [], NOON) is None
