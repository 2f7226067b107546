"""What keeps a price plan from being published: every fault, at its place, all together."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from metadata.model.reading import read_document
from metadata.pricing.lint import lint, notices
from tests.metadata.pricing.plans import HEAD, LADDER, OBJECTS, plan_of


def faults(text: str, **changes: Any) -> list[tuple[str, tuple[Any, ...]]]:
    return [(fault.reason, fault.path) for fault in lint(*plan_of(text, **changes))]


def test_a_sound_plan_has_no_fault() -> None:
    assert [fault.message for fault in lint(*plan_of(LADDER, **statement(lines=LINES)))] == []


FLAT = {"model": "flat", "settings": {"amount": "1"}}
RATE = {"name": "one", "component": "rebate", **FLAT}
LEVEL = {"dimension": "level", "values": ["vip"]}
CHANNEL = {"dimension": "channel", "values": ["live"]}


def rates(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"rates": [{**RATE, "name": f"r{place}", **change} for place, change in enumerate(changes)]}


def tiers(*steps: dict[str, Any], model: str = "graduated_percentage") -> dict[str, Any]:
    return rates({"model": model, "settings": {"tiers": list(steps)}})


def statement(**changes: Any) -> dict[str, Any]:
    form = {"name": "monthly", "by": "party", "object": "bill", "values": [{"field": "total", "value": "amount"}]}
    return {"statements": [{**form, **changes}]}


LINES = {
    "object": "bill_line",
    "statement": "bill",
    "values": [{"field": "order", "value": "record"}, {"field": "channel", "value": "mark.channel"}],
}

CASES: dict[str, tuple[dict[str, Any], list[tuple[str, tuple[Any, ...]]]]] = {
    "two rates that could be for one event": (
        rates({"scope": [LEVEL]}, {"scope": [CHANNEL]}),
        [("price_tie", ("rates", 1))],
    ),
    "a rate that another one hides": (
        rates({"priority": 1}, {"scope": [LEVEL]}),
        [("unreachable_rate", ("rates", 1))],
    ),
    "a first tier above 0": (
        tiers({"lower": 5, "percent": 1}),
        [("bad_tiers", ("rates", 0, "settings", "tiers", 0, "lower"))],
    ),
    "tiers out of order": (
        tiers({"percent": 1}, {"lower": 9, "percent": 2}, {"lower": 9, "percent": 3}),
        [("bad_tiers", ("rates", 0, "settings", "tiers", 2, "lower"))],
    ),
    "a tier without a rate": (tiers({"flat": 5}), [("missing", ("rates", 0, "settings", "tiers", 0))]),
    "a price in a ladder of per cents": (
        tiers({"percent": 1, "price": 2}),
        [("not_applicable", ("rates", 0, "settings", "tiers", 0, "price"))],
    ),
    "a number that is none": (
        rates({"settings": {"amount": "1e400"}}),
        [("bad_number", ("rates", 0, "settings", "amount"))],
    ),
    "more than all": (
        rates({"model": "percentage", "settings": {"percent": "100.01"}}),
        [("out_of_range", ("rates", 0, "settings", "percent"))],
    ),
    "a rolling window without a length": (
        {"components": [{"name": "rebate", "kind": "rebate", "window": "rolling", "max_period": "5"}], **rates({})},
        [("out_of_range", ("components", 0, "days")), ("not_applicable", ("components", 0, "max_period"))],
    ),
    "days of a window that does not roll": (
        {"components": [{"name": "rebate", "kind": "rebate", "days": 7}], **rates({})},
        [("not_applicable", ("components", 0, "days"))],
    ),
    "an unknown component": (
        {"rates": [RATE, {**RATE, "name": "two", "component": "bonus"}]},
        [("unknown_component", ("rates", 1, "component"))],
    ),
    "an unknown dimension": (
        rates({"scope": [{"dimension": "colour", "values": ["red"]}]}),
        [("unknown_dimension", ("rates", 0, "scope", 0, "dimension"))],
    ),
    "an expression over a field that is not there": ({"party": "agnt"}, [("unknown_field", ("party",))]),
    "a field of another currency": (
        {"bases": [{"name": "gross", "value": "dollars"}]},
        [("currency_mix", ("bases", 0, "value"))],
    ),
    "a base by another name": (
        {"bases": [{"name": "brutto", "value": "total"}]},
        [("unknown_value", ("bases", 0, "name"))],
    ),
    "shares of less than all": (
        {"components": [{"name": "rebate", "kind": "rebate", "shares": [{"payee": "agent", "percent": 60}]}]},
        [("bad_shares", ("components", 0, "shares"))],
    ),
    "a component without a rate": (
        {"components": [{"name": "rebate", "kind": "rebate"}, {"name": "bonus", "kind": "subsidy"}]},
        [("no_rate", ("components", 1))],
    ),
    "a switch that a model cannot do": (
        {"components": [{"name": "rebate", "kind": "rebate", "switch": "marginal"}],
         **tiers({"price": 1}, model="volume")},
        [("bad_switch", ("rates", 0, "model"))],
    ),
    "limits of events that are rated again": (
        {"components": [{"name": "rebate", "kind": "rebate", "switch": "retroactive_period", "max_event": 5}]},
        [("not_applicable", ("rates", 0, "model"))],
    ),
    "a rate that ends before it starts": (
        rates({"starts": "2026-02-01", "ends": "2026-01-01"}),
        [("bad_validity", ("rates", 0, "ends"))],
    ),
    "statements by what the plan does not have": (
        statement(by="shop"),
        [("unknown_dimension", ("statements", 0, "by"))],
    ),
    "figures of statements that there are not": (
        statement(values=[{"field": "sum", "value": "component.bonus"}]),
        [
            ("unknown_field", ("statements", 0, "values", 0, "field")),
            ("unknown_value", ("statements", 0, "values", 0, "value")),
        ],
    ),
    "lines that do not hang on their statement": (
        statement(lines={**LINES, "statement": "order"}),
        [("unknown_field", ("statements", 0, "lines", "statement"))],
    ),
    "a mark that is no dimension": (
        statement(lines={**LINES, "values": [{"field": "channel", "value": "mark.colour"}]}),
        [("unknown_value", ("statements", 0, "lines", "values", 0, "value"))],
    ),
    "lines of no object type": (
        statement(lines={**LINES, "object": "nothing"}),
        [("unknown_object", ("statements", 0, "lines", "object"))],
    ),
    "several faults at once": (
        {"quantity": "level", **rates({"settings": {"amount": "-1"}})},
        [("wrong_type", ("quantity",)), ("out_of_range", ("rates", 0, "settings", "amount"))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_told_at_its_place(case: str) -> None:
    changes, expected = CASES[case]
    assert faults(LADDER, **changes) == expected


def test_rates_whose_scopes_or_times_part_them_do_not_tie() -> None:
    parted = rates(
        {"scope": [LEVEL]},
        {"scope": [{"dimension": "level", "values": ["normal"]}]},
        {"starts": "2026-01-01", "ends": "2026-02-01"},
        {"starts": "2026-02-01"},
        {"scope": [LEVEL, CHANNEL]},
    )
    assert faults(LADDER, **parted) == []


def test_a_cliff_is_told_with_its_size() -> None:
    component = {"name": "rebate", "kind": "rebate", "switch": "retroactive_period"}
    _, plan = plan_of(LADDER, components=[component])
    assert [(notice.reason, notice.message) for notice in notices(plan)] == [
        ("cliff", "Rate 'ladder': at 100000 the whole amount goes from 3000.00 to 5000.00."),
        ("cliff", "Rate 'ladder': at 500000 the whole amount goes from 25000.00 to 40000.00."),
    ]
    assert notices(plan_of(LADDER)[1]) == []


def test_days_without_a_rate_are_told() -> None:
    _, plan = plan_of(LADDER, **rates({"ends": "2026-02-01"}, {"starts": "2026-03-01"}))
    assert [notice.reason for notice in notices(plan)] == ["validity_hole"]


def test_a_float_is_no_number() -> None:
    body = {**yaml.safe_load(HEAD), "rates": [{**RATE, "settings": {"amount": 0.1}}]}
    document, found = read_document({**yaml.safe_load(OBJECTS), "price_plans": [body]})
    assert document is None or found
    assert [fault.reason for fault in found] == ["wrong_type"]
