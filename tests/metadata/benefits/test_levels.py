"""What is taken of which lot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from metadata.benefits.levels import Lot, level_at, taken
from metadata.benefits.values import BenefitLevel

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOTS = st.lists(
    st.tuples(st.integers(0, 50), st.none() | st.integers(0, 5)).map(
        lambda pair: (Decimal(pair[0]), None if pair[1] is None else NOW + timedelta(days=pair[1]))
    ),
    max_size=6,
)


@given(LOTS, st.integers(0, 400))
def test_what_lapses_first_is_used_first_and_nothing_is_used_twice(
    given_lots: list[tuple[Decimal, datetime | None]], amount: int
) -> None:
    lots = [Lot(str(place), left, expires) for place, (left, expires) in enumerate(given_lots)]
    parts = dict(taken(lots, Decimal(amount)))
    assert sum(parts.values(), Decimal()) == min(Decimal(amount), sum((lot.left for lot in lots), Decimal()))
    rest = {lot.id: lot.left - parts.get(lot.id, Decimal()) for lot in lots}
    assert all(left >= 0 for left in rest.values())
    never = NOW + timedelta(days=99)
    used = [lot.expires_at or never for lot in lots if lot.id in parts]
    untouched = [lot.expires_at or never for lot in lots if lot.left and lot.id not in parts]
    assert not used or not untouched or max(used) <= min(untouched)


def test_a_level_is_reached_at_its_number() -> None:
    levels = [BenefitLevel(name="silver", at="100"), BenefitLevel(name="gold", at="500")]
    assert [level_at(levels, Decimal(earned)) for earned in ("99.99", "100", "499", "500")] == [
        "", "silver", "silver", "gold",
    ]  # fmt: skip
