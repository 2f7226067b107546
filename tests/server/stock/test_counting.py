"""Stock never promises more than there is, whatever is asked of it in whatever order."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from server.stock.counting import Act, Holder, Line, Promise, decide

ACTS = st.sampled_from(["reserve", "consume", "release"])
LINES = st.integers(min_value=0, max_value=4)
STEPS = st.lists(st.tuples(ACTS, LINES, st.integers(min_value=0, max_value=6)), max_size=40)


@given(STEPS, st.integers(min_value=0, max_value=12), st.integers(min_value=0, max_value=12))
def test_numbers_are_those_of_the_promises_whatever_happens(
    steps: list[tuple[Act, int, int]], first: int, second: int
) -> None:
    holders = {name: Holder(name, Decimal(count), Decimal(0)) for name, count in (("a", first), ("b", second))}
    promises: dict[str, Promise] = {}
    for act, number, quantity in steps:
        line = Line(str(number), Decimal(quantity), ("a", "b"), promises.get(str(number)))
        change = decide(act, [line], holders)
        if not change.shortages:
            holders |= {one.id: one for one in change.holders}
            promises |= change.promises
        for name, one in holders.items():
            assert Decimal(0) <= one.reserved <= one.on_hand
            promised = [each.quantity for each in promises.values() if (each.holder, each.state) == (name, "reserved")]
            assert one.reserved == sum(promised)
    used = sum(one.quantity for one in promises.values() if one.state == "consumed")
    assert sum(one.on_hand for one in holders.values()) + used == first + second


def test_all_lines_are_served_or_none_and_each_shortage_is_told() -> None:
    holders = {"a": Holder("a", Decimal(3), Decimal(0))}
    lines = [Line(name, Decimal(2), ("a",)) for name in ("x", "y", "z")]
    change = decide("reserve", lines, holders)
    assert [(one.line, one.available) for one in change.shortages] == [("y", Decimal(1)), ("z", Decimal(1))]


def test_a_line_reserves_what_it_needs_now() -> None:
    holders = {"a": Holder("a", Decimal(5), Decimal(4))}
    line = Line("x", Decimal(5), ("a",), Promise("a", Decimal(4), "reserved"))
    change = decide("reserve", [line], holders)
    assert change.holders == [Holder("a", Decimal(5), Decimal(5))]
    assert change.promises == {"x": Promise("a", Decimal(5), "reserved")}


def test_what_was_consumed_is_never_consumed_again() -> None:
    line = Line("x", Decimal(5), ("a",), Promise("a", Decimal(4), "consumed"))
    for act in ("reserve", "consume", "release"):
        change = decide(act, [line], {"a": Holder("a", Decimal(9), Decimal(0))})
        assert (change.holders, change.promises, change.shortages) == ([], {}, [])
