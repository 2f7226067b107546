"""What segments look at, and when they are worked out anew."""

from __future__ import annotations

from datetime import datetime

import pytest

from metadata.segments.values import Segment
from metadata.segments.watching import Watch, next_sweep, watch_of
from tests.metadata.flows.drafts import model_with

NOW = datetime.fromisoformat("2026-03-02T10:20:30+08:00")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param(
            'lines.some(text == "a")',
            Watch({"quote": frozenset({"lines"}), "line": frozenset({"text", "quote"})},
                  {"line": frozenset({"quote"})}, frozenset(), ""),
            id="one step away",
        ),
        pytest.param(
            "lines.some(quote.amount > 1)",
            Watch({"quote": frozenset({"lines", "amount"}), "line": frozenset({"quote"})},
                  {"line": frozenset({"quote"})}, frozenset({"quote"}), ""),
            id="and back again",
        ),
        pytest.param(
            "doubled > 2", Watch({"quote": frozenset({"doubled", "amount"})}, {}, frozenset(), ""), id="computed"
        ),
    ],
)  # fmt: skip
def test_what_a_segment_looks_at(condition: str, expected: Watch) -> None:
    assert watch_of(model_with([]), Segment(name="s", object="quote", when=condition)) == expected


@pytest.mark.parametrize(
    ("condition", "every", "due"),
    [
        ("amount > 1", "", None),
        ("amount > 1 && today() > today()", "", "2026-03-03T00:00:00+08:00"),
        ("amount > 1 && now() > now()", "", "2026-03-02T11:00:00+08:00"),
        ("amount > 1", "PT7H", "2026-03-02T14:00:00+08:00"),
        ("amount > 1", "PT9H", "2026-03-02T18:00:00+08:00"),
        ("amount > 1", "P7D", "2026-03-09T00:00:00+08:00"),
        ("amount > 1", "PT30H", "2026-03-03T16:20:30+08:00"),
    ],
)
def test_when_a_segment_is_worked_out_as_a_whole(condition: str, every: str, due: str | None) -> None:
    segment = Segment(name="s", object="quote", when=condition, every=every)
    found = next_sweep(segment, watch_of(model_with([]), segment), NOW, "Asia/Shanghai")
    assert found == (None if due is None else datetime.fromisoformat(due))
