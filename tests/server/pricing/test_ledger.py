"""What is booked, decided without I/O: laws over random sales, orders of arrival and refunds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from server.pricing.ledger import (
    Booked,
    Side,
    differences,
    digest,
    entries_of,
    fold,
    part_of,
    remaining,
    sides_of,
    taken_back,
)
from server.pricing.pricing import sort_key, tally_keys
from server.pricing.rewinding import is_rewindable, rewound
from server.pricing.storing import event_from
from server.pricing.values import PriceEvent
from tests.server.pricing.ladders import ZONE, plan, sale
from tests.server.pricing.test_calculator import definitions, sales

KINDS = {"it": "rebate"}


def _wanted(booked: Sequence[Booked]) -> dict[Side, int]:
    found: dict[Side, int] = {}
    for quote in fold(booked, ZONE)[0].values():
        for side, amount in sides_of(quote.lines).items():
            found[side] = found.get(side, 0) + amount
    return {side: amount for side, amount in found.items() if amount}


@given(definitions(), sales(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_differences_book_the_same_in_every_order(
    definition: Any, events: list[PriceEvent], chance: random.Random
) -> None:
    arrived, booked = list(events), dict[Side, int]()
    chance.shuffle(arrived)
    for place in range(len(arrived)):
        known = [Booked(event, definition) for event in arrived[: place + 1]]
        more = differences(_wanted(known), booked)
        assert sum(entry.amount for entry in entries_of(more, KINDS)) == 0
        for side, amount in more.items():
            booked[side] = booked.get(side, 0) + amount
    assert {side: amount for side, amount in booked.items() if amount} == _wanted(
        [Booked(event, definition) for event in events]
    )


@given(
    st.dictionaries(st.sampled_from([Side("it", "2026-06-01", name) for name in "abc"]), st.integers(-(10**9), 10**9)),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
)
def test_refunds_take_back_what_was_recorded_and_the_last_exhausts_it(
    recorded: dict[Side, int], parts: list[int]
) -> None:
    whole, by_now, before = Decimal(sum(parts)), Decimal(0), dict[Side, int]()
    for place, part in enumerate(parts):
        by_now += part
        back = taken_back(recorded, by_now, whole, before, last=place == len(parts) - 1)
        for side, amount in back.items():
            before[side] = before.get(side, 0) + amount
    assert all(recorded[side] + before.get(side, 0) == 0 for side in recorded)


@given(definitions(), st.integers(1, 10**6), st.lists(st.integers(1, 10**6), max_size=5))
@settings(max_examples=60)
def test_what_remains_after_all_refunds_is_nothing(definition: Any, gross: int, parts: list[int]) -> None:
    event = PriceEvent("e", quantity=Decimal("2.5"), bases={"gross": gross}, cost=gross // 3)
    booked = Booked(event, definition)
    for part in [*parts, None]:
        left = remaining(booked)
        if part is not None and part > left.bases["gross"]:
            continue
        taken = part_of(definition, event, left, None if part is None else Decimal(part))
        booked = Booked(event, definition, (*booked.refunded, taken))
        assert remaining(booked).bases["gross"] == left.bases["gross"] - taken.bases["gross"] >= 0
    rest = remaining(booked)
    assert (rest.quantity, dict(rest.bases), rest.cost) == (Decimal(0), {"gross": 0}, 0)


def test_facts_have_one_hash_and_one_order_however_they_were_read() -> None:
    at = datetime(2026, 6, 1, 4, tzinfo=UTC)
    clocks = [{"name": "paid_at", "value": "paid_at"}, {"name": "done_at", "value": "done_at"}]
    definition = plan([{"model": "per_unit", "settings": {"price": 1}}], clocks=clocks)
    names = ["it", *(f"c{place}" for place in range(20))]
    event = PriceEvent("e", fires=frozenset(names), clocks={"paid_at": at, "done_at": at - timedelta(days=1)})
    again = event_from(msgspec.json.encode(event, order="deterministic").decode())
    assert list(again.clocks) != list(event.clocks), "names of the ledger's JSON are sorted"
    assert sort_key(definition, again) == sort_key(definition, event) == ("2026-06-01T04:00:00.000000+00:00", "e")
    listed = msgspec.json.decode(msgspec.json.encode(event, order="deterministic"))["fires"]
    assert listed == sorted(names), "in whatever order a process goes through a set"
    assert digest({"event": again}) == digest({"event": replace(event, clocks=again.clocks)})


@given(definitions(), sales(), st.integers(0, 12))
@settings(max_examples=150)
def test_totals_are_told_as_they_were_before_the_last_sales(
    definition: Any, events: list[PriceEvent], place: int
) -> None:
    booked = sorted((Booked(event, definition) for event in events), key=lambda one: sort_key(definition, one.event))
    first, last = booked[:place], booked[place:]
    now, wanted = fold(booked, ZONE)[1], fold(first, ZONE)[1]
    keys = {key for event in events for key in tally_keys(definition, event, ZONE)}
    assert is_rewindable(definition)
    found = rewound(now, last, keys, ZONE)
    assert found is not None
    before, quotes = found
    assert {key: tally for key, tally in before.items() if tally.count} == wanted
    everything = fold(booked, ZONE)[0]
    assert quotes == {one.event.key: everything[one.event.key] for one in last}


def test_totals_that_others_decide_or_that_keep_their_tier_are_not_told() -> None:
    rates = [{"model": "percentage", "settings": {"percent": 3}}]
    keeping = {"name": "it", "kind": "rebate", "falling": "keep_highest"}
    assert is_rewindable(plan(rates))
    assert not is_rewindable(plan(rates, guards=[{"limit": "margin_floor", "percent": 0, "breach": "cap"}]))
    assert not is_rewindable(plan(rates, [keeping]))
    event = sale(1, gross=100)
    keys = tally_keys(plan(rates), event, ZONE)
    assert rewound({}, [Booked(event, plan(rates))], keys, ZONE) is None, "nothing was counted of it"
