"""Whose changes can make a condition true."""

from __future__ import annotations

import pytest

from metadata.expressions.text import parse
from metadata.flows.watching import Way, ways_of
from tests.metadata.flows.drafts import model_with

CASES = [
    pytest.param("quote", "amount > 1 && doubled > 2", set(), id="its own fields"),
    pytest.param("line", "quote.amount > 1", {("quote", ("quote",))}, id="over a relation"),
    pytest.param("line", "quote.doubled > 1", {("quote", ("quote",))}, id="computed of another"),
    pytest.param("quote", 'lines.some(text == "a")', {("line", ("lines",))}, id="some of a list"),
    pytest.param("quote", "lines.count(text == parent.title) > 1", {("line", ("lines",))}, id="a figure over a list"),
    pytest.param(
        "line",
        'quote.lines.some(quote.status == "open" && parent.text == "a")',
        {("quote", ("quote",)), ("line", ("quote", "lines")), ("quote", ("quote", "lines", "quote"))},
        id="there and back",
    ),
    pytest.param(
        "quote", "gone.far == 1 || lines.some(lost.more == 1)", {("line", ("lines",))}, id="what is not known"
    ),
]


@pytest.mark.parametrize(("object_name", "condition", "expected"), CASES)
def test_the_ways_to_related_records(object_name: str, condition: str, expected: set[tuple[str, Way]]) -> None:
    assert ways_of(model_with([]), object_name, parse(condition)) == expected
