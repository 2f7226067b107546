"""The calculator against published vectors, and against laws that hold for every plan and every event."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.pricing.numbers import EXACT, rounded, split
from server.pricing.pricing import price, price_all
from server.pricing.rating import true_up
from server.pricing.values import Candidate, Part, PriceEvent, Tally, TallyKey
from tests.server.pricing.ladders import START, YUAN, ZONE, plan, quotes, sale, tiered, total

# ── vectors ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("turnover", "marginal", "at_least", "more_than"),
    [
        (9_999_999, 300_000, 300_000, 300_000),
        (10_000_000, 300_000, 500_000, 300_000),
        (12_000_000, 400_000, 600_000, 600_000),
        (60_000_000, 3_100_000, 4_800_000, 4_800_000),
    ],
)
def test_a_ladder_of_3_5_and_8_per_cent(turnover: int, marginal: int, at_least: int, more_than: int) -> None:
    events = [sale(1, gross=turnover // 3), sale(2, gross=turnover - turnover // 3)]
    retroactive = {"switch": "retroactive_period"}
    assert total(tiered("graduated_percentage", *YUAN), *events) == marginal
    assert total(tiered("graduated_percentage", *YUAN, component=retroactive), *events) == at_least
    above = {**retroactive, "bound_rule": "more_than"}
    assert total(tiered("graduated_percentage", *YUAN, component=above), *events) == more_than


@pytest.mark.parametrize(("units", "yuan"), [(1, 12), (10, 102), (11, 110)])
def test_graduated(units: int, yuan: int) -> None:
    steps = ({"price": 10, "flat": 2}, {"lower": 10, "price": 5, "flat": 3}, {"lower": 20, "price": 5, "flat": 3})
    definition = tiered("graduated", *steps, component={"bound_rule": "more_than"})
    assert total(definition, sale(1, units)) == yuan * 100
    assert total(definition, *(sale(place) for place in range(units))) == yuan * 100


@pytest.mark.parametrize(("units", "yuan"), [(1, 12), (100, 210), (101, 101)])
def test_volume(units: int, yuan: int) -> None:
    steps = ({"price": 2, "flat": 10}, {"lower": 100, "price": 1}, {"lower": 200, "price": "0.5", "flat": 50})
    definition = tiered("volume", *steps, component={"bound_rule": "more_than"})
    assert total(definition, sale(1, units)) == yuan * 100
    assert total(definition, *(sale(place) for place in range(units))) == yuan * 100


def test_package() -> None:
    definition = plan([{"model": "package", "settings": {"size": 10, "price": 100}}])
    assert total(definition, sale(1, 121)) == 130_000
    free = plan([{"model": "package", "settings": {"size": 10, "price": 100, "free": 1}}])
    assert total(free, sale(1, 100), sale(2, 21)) == 120_000


def test_a_tier_for_the_whole_amount_takes_back_what_was_booked() -> None:
    definition = tiered("volume", {"price": 10}, {"lower": 16, "price": 5})
    first, second = quotes(definition, sale(1, 15), sale(2))
    assert [line.amount for line in first.lines] == [15_000]
    assert second.lines[0].parts == (
        Part("reversed", "r0:0", Decimal(15), Decimal(1000), Decimal(-15_000)),
        Part("again", "r0:1", Decimal(16), Decimal(500), Decimal(8_000)),
    )
    assert second.lines[0].amount == -7_000
    assert second.lines[0].transition is not None


def test_a_tier_from_the_crossing_on_leaves_what_was_booked() -> None:
    definition = tiered("graduated_percentage", *YUAN, component={"switch": "step_forward"})
    amounts = [quote.lines[0].amount for quote in quotes(definition, sale(1, gross=9_999_999), sale(2, gross=100))]
    assert amounts == [300_000, 5]


def test_the_amount_of_a_stair_is_that_of_the_tier() -> None:
    definition = tiered("stair_step", {"flat": 0}, {"lower": 5, "flat": 100}, {"lower": 10, "flat": 300})
    assert [total(definition, sale(1, units)) for units in (4, 5, 9, 10)] == [0, 10_000, 10_000, 30_000]


def test_the_first_of_a_period_may_be_free() -> None:
    definition = plan([{"model": "percentage", "settings": {"percent": 10, "fixed": "0.30", "free_count": 1}}])
    assert total(definition, sale(1, gross=1_000), sale(2, gross=1_000)) == 130
    above = plan([{"model": "percentage", "settings": {"percent": 10, "free_amount": 15}}])
    assert total(above, sale(1, gross=1_000), sale(2, gross=1_000)) == 50


def test_a_matrix_is_looked_up_by_dimensions() -> None:
    cells = [{"values": ["vip", "live"], "percent": 9}, {"values": ["vip", "*"], "percent": 7}]
    definition = plan(
        [{"model": "matrix", "settings": {"dimensions": ["level", "channel"], "cells": cells}}],
        dimensions=[{"name": "level", "value": "level"}, {"name": "channel", "value": "channel"}],
    )
    for level, channel, amount in (("vip", "live", 90), ("vip", None, 70), ("normal", "live", 0)):
        event = sale(1, gross=1_000, dimensions={"level": level, "channel": channel})
        assert total(definition, event) == amount


def test_15_fen_by_80_8_and_12_per_cent() -> None:
    assert split(15, [Decimal(80), Decimal(8), Decimal(12)]) == [12, 1, 2]
    assert split(-15, [Decimal(80), Decimal(8), Decimal(12)]) == [-12, -1, -2]
    assert split(1, [Decimal(50), Decimal(50)]) == [1, 0]
    assert split(15, [Decimal(80), Decimal(8), Decimal(12)], residue=0) == [13, 1, 1]


def test_halves_go_away_from_zero() -> None:
    assert [rounded(Decimal(text)) for text in ("0.5", "1.5", "2.5", "-0.5", "-3.5", "0.49")] == [1, 2, 3, -1, -4, 0]


# ── what counts ──────────────────────────────────────────────────────────────────────────────────────


def test_the_special_rate_counts_before_the_general_and_says_why() -> None:
    flat = {"model": "flat"}
    definition = plan(
        [
            {**flat, "settings": {"amount": 1}},
            {**flat, "settings": {"amount": 2}, "scope": [{"dimension": "level", "values": ["vip"]}]},
            {**flat, "settings": {"amount": 3}, "starts": "2026-06-18", "ends": "2026-06-21", "priority": 5},
        ],
        dimensions=[{"name": "level", "value": "level"}],
    )

    def chosen(level: str, day: int) -> tuple[str, list[Candidate]]:
        event = sale(1, dimensions={"level": level}, at=datetime(2026, 6, day, 16, tzinfo=UTC))
        line = quotes(definition, event)[0].lines[0]
        return line.rate, list(line.candidates)

    assert chosen("normal", 1)[0] == "r0"
    assert chosen("vip", 1) == (
        "r1",
        [Candidate("r2", "not_yet_valid"), Candidate("r1", ""), Candidate("r0", "less_special")],
    )
    assert chosen("vip", 17)[0] == "r2", "16:00 UTC is already the 18th in Shanghai"
    assert chosen("vip", 20)[0] == "r1"


def test_each_month_starts_anew() -> None:
    definition = tiered("graduated", {"price": 1}, {"lower": 1, "price": 0})
    june, july = datetime(2026, 6, 30, 15, tzinfo=UTC), datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert total(definition, sale(1, at=june), sale(2, at=july)) == 200
    assert total(definition, sale(1, at=june), sale(2, at=june)) == 100


def test_a_rolling_window_reaches_back_from_each_event() -> None:
    definition = tiered(
        "graduated", {"price": 1}, {"lower": 1, "price": 0}, component={"window": "rolling", "days": 10}
    )
    tenth = START + timedelta(days=10)
    assert total(definition, sale(1, at=START), sale(2, at=tenth)) == 100, "ten days later it still counts"
    assert total(definition, sale(1, at=START), sale(2, at=tenth + timedelta(microseconds=1))) == 200


def test_each_party_has_a_total_of_its_own() -> None:
    definition = tiered("graduated", {"price": 1}, {"lower": 1, "price": 0})
    assert total(definition, sale(1, party="a"), sale(2, party="b"), sale(3, party="a")) == 200


GROUPED = [{"name": "one", "kind": "discount", "group": "g"}, {"name": "two", "kind": "discount", "group": "g"}]


@pytest.mark.parametrize(
    ("policy", "amounts", "lost"),
    [
        ("sum", [400, 700], ["", ""]),
        ("exclusive", [400, 0], ["", "exclusive"]),
        ("best_for_payee", [0, 700], ["best_for_payee", ""]),
        ("best_for_company", [400, 0], ["", "best_for_company"]),
        ("sequential", [400, 420], ["", ""]),
    ],
)
def test_components_of_a_group_stack_by_its_policy(policy: str, amounts: list[int], lost: list[str]) -> None:
    definition = plan(
        [
            {"component": "one", "model": "percentage", "settings": {"percent": 40}},
            {"component": "two", "model": "percentage", "settings": {"percent": 70}},
        ],
        GROUPED,
        groups=[{"name": "g", "policy": policy}],
    )
    quote = price(definition, sale(1, gross=1_000, components=("one", "two")), {}, ZONE)
    assert [line.amount for line in quote.lines] == amounts
    assert [line.lost for line in quote.lines] == lost


@pytest.mark.parametrize(
    ("breach", "amounts", "breaches"),
    [
        ("cap", [400, 400], ["max_discount:cap"]),
        ("block", [400, 700], ["max_discount:block"]),
        ("flag_for_approval", [400, 700], ["max_discount:flag_for_approval"]),
    ],
)
def test_a_guard_cuts_refuses_or_asks(breach: str, amounts: list[int], breaches: list[str]) -> None:
    definition = plan(
        [
            {"component": "one", "model": "percentage", "settings": {"percent": 40}},
            {"component": "two", "model": "percentage", "settings": {"percent": 70}},
        ],
        [{**one, "group": ""} for one in GROUPED],
        guards=[{"limit": "max_discount", "percent": 80, "breach": breach}],
    )
    quote = price(definition, sale(1, gross=1_000, components=("one", "two")), {}, ZONE)
    assert [line.amount for line in quote.lines] == amounts
    assert list(quote.breaches) == breaches
    assert quote.is_blocked is (breach == "block")


def test_a_floor_under_the_margin_cuts_until_it_holds() -> None:
    definition = plan(
        [{"component": "one", "model": "percentage", "settings": {"percent": 60}}],
        GROUPED[:1],
        groups=[{"name": "g"}],
        guards=[{"limit": "margin_floor", "percent": 20}],
    )
    quote = price(definition, sale(1, gross=100_000, cost=40_000, components=("one",)), {}, ZONE)
    assert quote.margin * 5 >= quote.revenue - quote.discount, "20 % of what is left of the revenue remain"
    assert quote.discount == 50_000
    hopeless = price(definition, sale(1, gross=100_000, cost=200_000, components=("one",)), {}, ZONE)
    assert list(hopeless.breaches) == ["margin_floor:cap", "margin_floor:short"]


def test_a_work_order_shows_cost_pool_shares_and_profit() -> None:
    shares = [{"payee": "a", "percent": 60}, {"payee": "b", "percent": 25}, {"payee": "c", "percent": 15}]
    definition = plan(
        [{"model": "percentage", "settings": {"percent": 10}}], [{"name": "it", "kind": "commission", "shares": shares}]
    )
    quote = price(definition, sale(1, gross=100_000, cost=42_000, payees={"a": "甲", "b": "乙", "c": "丙"}), {}, ZONE)
    assert [(one.payee, one.amount) for one in quote.lines[0].shares] == [("甲", 6_000), ("乙", 2_500), ("丙", 1_500)]
    assert quote.margin == 48_000


def test_limits_of_events_and_periods() -> None:
    limits = {"min_event": 5, "max_event": 20, "max_period": 30, "commitment": 50}
    definition = plan(
        [{"model": "percentage", "settings": {"percent": 10}}], [{"name": "it", "kind": "commission", **limits}]
    )
    found, tallies = price_all(definition, [sale(1, gross=1_000), sale(2, gross=90_000), sale(3, gross=90_000)], ZONE)
    assert [quote.lines[0].amount for _, quote in found] == [500, 2_000, 500]
    (tally,) = tallies.values()
    assert true_up(definition.components[0], tally) == 2_000


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────


def _tier(percent: bool) -> st.SearchStrategy[dict[str, Any]]:
    number = st.decimals(0, 100 if percent else 1_000, places=3).map(str)
    flat = st.one_of(st.none(), st.integers(0, 50))
    return st.fixed_dictionaries({"percent" if percent else "price": number, "flat": flat})


@st.composite
def definitions(draw: st.DrawFn) -> Any:
    """A plan of one or two ladders of one measure, or of a simple model."""
    percent = draw(st.booleans())
    switch = draw(st.sampled_from(["marginal", "retroactive_period", "step_forward"]))
    model = "graduated_percentage" if percent else "graduated"
    rates: list[dict[str, Any]] = []
    for place in range(draw(st.integers(1, 2))):
        bounds = sorted(draw(st.sets(st.integers(1, 60), max_size=3)))
        steps = [{**draw(_tier(percent)), "lower": lower} for lower in (0, *bounds)]
        scope = [{"dimension": "level", "values": [f"l{place}"]}] if place else []
        rates.append({"model": model, "settings": {"tiers": steps}, "scope": scope})
    if draw(st.booleans()):
        simple = draw(
            st.sampled_from(
                [
                    {"model": "package", "settings": {"size": "2.5", "price": "1.337", "free": 3}},
                    {"model": "percentage", "settings": {"percent": "3.333", "free_amount": 7, "free_count": 1}},
                    {"model": "flat", "settings": {"amount": 3, "per": "period"}},
                ]
            )
        )
        switch, rates = "", [simple]
    component: dict[str, Any] = {
        "name": "it",
        "kind": "rebate",
        "bound_rule": draw(st.sampled_from(["at_least", "more_than"])),
    }
    if switch:
        component["switch"] = switch
    if draw(st.booleans()):
        component["max_period"] = draw(st.integers(1, 200))
    component["shares"] = [{"payee": "a", "percent": "33.3"}, {"payee": "b", "percent": "66.7"}]
    return plan(rates, [component], dimensions=[{"name": "level", "value": "level"}])


@st.composite
def sales(draw: st.DrawFn) -> list[PriceEvent]:
    drawn = draw(
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3_000), st.sampled_from(["l0", "l1"])), max_size=12)
    )
    return [
        sale(place, quantity, gross, party=f"p{place % 2}", dimensions={"level": level}, payees={"a": "A", "b": "B"})
        for place, (quantity, gross, level) in enumerate(drawn)
    ]


def _outcome(definition: Any, events: Sequence[PriceEvent]) -> Any:
    found, tallies = price_all(definition, events, ZONE)
    return [(event.key, quote) for event, quote in found], tallies


@given(definitions(), sales(), st.randoms(use_true_random=False))
@settings(max_examples=120)
def test_the_order_of_arrival_changes_nothing(definition: Any, events: list[PriceEvent], chance: random.Random) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert _outcome(definition, shuffled) == _outcome(definition, events)


@given(definitions(), sales())
@settings(max_examples=120)
def test_one_by_one_is_the_same_as_all_at_once(definition: Any, events: list[PriceEvent]) -> None:
    tallies: dict[TallyKey, Tally] = {}
    lines = []
    for event in events:
        quote = price(definition, event, tallies, ZONE)
        tallies |= quote.tallies
        lines.append((event.key, quote))
    assert (lines, tallies) == _outcome(definition, events)


@given(definitions(), sales())
@settings(max_examples=120)
def test_every_amount_is_explained_shared_and_summed_to_the_fen(definition: Any, events: list[PriceEvent]) -> None:
    found, tallies = price_all(definition, events, ZONE)
    booked: dict[TallyKey, int] = dict.fromkeys(tallies, 0)
    for _, quote in found:
        for line in quote.lines:
            explained = Decimal(0)
            for part in line.parts:
                explained = EXACT.add(explained, part.amount)
            assert explained == line.amount
            assert sum(share.amount for share in line.shares) == line.amount
            assert line.key is not None
            booked[line.key] += line.amount
    assert booked == {key: tally.booked for key, tally in tallies.items()}
    for key, tally in tallies.items():
        limit = definition.components[0].max_period
        assert booked[key] == (rounded(tally.exact) if limit is None else min(rounded(tally.exact), limit))


@given(st.integers(-(2**70), 2**70), st.lists(st.integers(1, 10_000), min_size=1, max_size=8), st.booleans())
def test_shares_sum_to_the_amount_and_differ_by_less_than_a_fen(amount: int, weights: list[int], named: bool) -> None:
    left, percents = Decimal(100), []
    for weight in weights:
        percents.append(min(left, Decimal(weight) / 100))
        left -= percents[-1]
    percents.append(left)
    parts = split(amount, percents, 0 if named else None)
    assert sum(parts) == amount
    for place, (part, percent) in enumerate(zip(parts, percents, strict=True)):
        if not named or place:
            assert abs(part - EXACT.multiply(EXACT.multiply(Decimal(amount), percent), Decimal("0.01"))) < 1


@given(definitions(), sales())
@settings(max_examples=40)
def test_amounts_beyond_two_to_the_53_stay_exact(definition: Any, events: list[PriceEvent]) -> None:
    giant = [sale(100, 2**62, 2**62 + 1, party="p0", dimensions={"level": "l0"}, payees={"a": "A"}), *events]
    for _, quote in price_all(definition, giant, ZONE)[0]:
        for line in quote.lines:
            assert sum(share.amount for share in line.shares) == line.amount
