"""Rule sets with known defects: each is found with a record that shows it, and sound ones raise no alarm."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.packages.library import Library, industries_folder
from metadata.rules.conflicts import Conflict, conflicts_of
from metadata.rules.lint import lint

OBJECTS = """
- name: order
  plural: orders
  fields:
    - {name: amount, type: decimal}
    - {name: cost, type: decimal}
    - {name: pieces, type: integer}
    - {name: level, type: select, settings: {options: [{key: low}, {key: middle}, {key: high}]}}
    - {name: status, type: select, settings: {options: [{key: new}, {key: paid}, {key: sent}]}}
    - {name: notes, type: tags}
"""


UPDATED: dict[str, Any] = {"trigger": "record", "settings": {"events": ["update"]}}


def model_with(text: str) -> TenantModel:
    document, faults = read_document({"objects": yaml.safe_load(OBJECTS), "rules": yaml.safe_load(text)})
    assert document is not None, list(faults)
    return resolve(
        document.objects,
        tenant_id="018f0000-0000-7000-8000-000000000000",
        slug="acme",
        version=1,
        settings=TenantSettings(),
        rules=document.rules,
    )


def rule(name: str, when: str, sets: dict[str, Any] | None = None, **more: Any) -> str:
    values = [{"field": field, "value": value} for field, value in (sets or {"notes": ["seen"]}).items()]
    body = {
        "name": name,
        "object": "order",
        "trigger": "field",
        "settings": {"field": "amount"},
        "when": when,
        "actions": [{"name": "set", "kind": "set", "settings": {"values": values}}],
        **more,
    }
    return yaml.safe_dump([body])


def found(*rules: str) -> list[Conflict]:
    model = model_with("".join(rules))
    for one in model.rules.values():
        assert lint(model, one) == ()
    return conflicts_of(model, list(model.rules.values()))


def test_two_values_for_one_field_are_shown_by_a_record_that_meets_both() -> None:
    (one,) = found(
        rule("a", "amount > 100", {"level": "high"}),
        rule("b", 'amount >= 50 && status == "paid"', {"level": "middle"}),
    )
    assert (one.kind, one.rules) == ("different_values", ("a", "b"))
    assert one.witness == {"record": {"amount": "100.01", "status": "paid"}}


@pytest.mark.parametrize(
    "other",
    [
        rule("b", "amount <= 100", {"level": "middle"}),
        rule("b", "amount > 100", {"level": "high"}),
        rule("b", "amount > 100", {"level": "middle"}, trigger="record", settings={"events": ["delete"]}),
        rule("b", "amount > 40", {"level": "middle"}, group="g", order=200),
    ],
    ids=["conditions apart", "the same value", "another event", "stopped before"],
)
def test_rules_that_never_meet_are_no_conflict(other: str) -> None:
    assert found(rule("a", "amount > 100", {"level": "high"}, group="g", stop=True), other) == []


def test_a_condition_that_is_never_met_is_told() -> None:
    assert [(one.kind, one.rules) for one in found(rule("a", "pieces > 5 && pieces < 6"))] == [("never_true", ("a",))]
    assert found(rule("a", "pieces > 5 && pieces < 7")) == []


def test_a_rule_behind_one_that_always_stops_it_is_told() -> None:
    first = rule("a", "amount > 50", {"notes": ["a"]}, group="g", stop=True, order=1)
    behind = rule("b", 'amount > 60 && status == "paid"', {"notes": ["b"]}, group="g", order=2)
    beside = rule("b", "amount > 40", {"notes": ["b"]}, group="g", order=2)
    assert [(one.kind, one.rules) for one in found(first, behind)] == [("shadowed", ("a", "b"))]
    assert found(first, beside) == []


def test_rules_that_set_each_other_off_are_a_circle_unless_their_conditions_or_constants_end_it() -> None:
    def pair(when: str, value: Any) -> list[Conflict]:
        return found(
            rule("a", "", {"pieces": "=pieces + 1"}, trigger="field", settings={"field": "amount"}),
            rule("b", when, {"amount": value}, trigger="field", settings={"field": "pieces"}),
        )

    assert [(one.kind, set(one.rules)) for one in pair("", "=amount + 1")] == [("circle", {"a", "b"})]
    assert (
        found(
            rule("a", 'level == "low"', {"status": "paid"}, trigger="field", settings={"field": "status"}),
        )
        == []
    )
    assert (
        found(
            rule("a", 'status == "new"', {"status": "paid", "pieces": "=pieces + 1"}, **UPDATED),
        )
        == []
    )
    (alone,) = found(rule("a", 'status == "paid"', {"status": "paid", "pieces": "=pieces + 1"}, **UPDATED))
    assert (alone.kind, alone.rules) == ("circle", ("a",))


def test_benefits_that_are_given_together_are_told_unless_one_does_not_stack() -> None:
    def benefit(**more: Any) -> dict[str, Any]:
        return {"value": "amount * 0.3", "price": "amount", "cost": "cost", **more}

    coupon = rule("coupon", "amount > 100", {"notes": ["c"]}, benefit=benefit())
    minus = rule("minus", "amount >= 200", {"notes": ["c"]}, benefit=benefit())
    (one,) = found(coupon, minus)
    assert (one.kind, one.rules) == ("stacked_benefits", ("coupon", "minus"))
    assert found(coupon, rule("minus", "amount >= 200", {"notes": ["c"]}, benefit=benefit(stacks=False))) == []


def test_stored_cases_are_played_before_publishing() -> None:
    cases = [
        {"name": "just above", "record": {"amount": "100.01"}},
        {"name": "just there", "record": {"amount": "100"}, "fires": False},
    ]
    good = model_with(rule("a", "amount > 100", tests=cases))
    bad = model_with(rule("a", "amount >= 100", tests=cases))
    unplayable = model_with(rule("a", "amount > 100", tests=[{"name": "x", "record": {"amount": "lots"}}]))
    assert lint(good, good.rules["a"]) == ()
    assert [(one.reason, one.path) for one in lint(bad, bad.rules["a"])] == [("failed_test_case", ("tests", 1))]
    assert [one.reason for one in lint(unplayable, unplayable.rules["a"])] == ["bad_test_case"]


def test_all_faults_of_a_rule_are_told_together() -> None:
    model = model_with("""
    - name: wrong
      object: order
      trigger: crossing
      settings: {field: level, below: "5", above: "6"}
      when: amout > 5
      guard: {cooldown: soon, quiet_begins: "22:00"}
      begins: "2027-01-02T00:00:00Z"
      ends: "2027-01-01T00:00:00Z"
      actions:
        - {name: a, kind: set, branch: none, settings: {values: [{field: lost, value: 1}]}}
        - {name: b, kind: start_flow, settings: {flow: none}}
    """)
    assert {(one.reason, one.path) for one in lint(model, model.rules["wrong"])} == {
        ("wrong_type", ("settings", "field")),
        ("bad_threshold", ("settings", "below")),
        ("unknown_field", ("when",)),
        ("bad_duration", ("guard", "cooldown")),
        ("missing", ("guard", "quiet_ends")),
        ("bad_period", ("ends",)),
        ("unknown_branch", ("actions", 0, "branch")),
        ("unknown_field", ("actions", 0, "settings", "values", 0, "field")),
        ("unknown_flow", ("actions", 1, "settings", "flow")),
    }


BENEFIT = {"value": "amount * 0.3", "price": "amount", "cost": "cost"}

SEEDED = [
    # what is wrong
    rule("price_high", "amount > 1000", {"level": "high"}),
    rule("price_paid", 'status == "paid"', {"level": "low"}),
    rule("impossible", 'status == "paid" && status == "sent"'),
    rule("gate", "pieces > 0", group="pieces", stop=True, order=1, trigger="field", settings={"field": "pieces"}),
    rule("behind", "pieces > 10", group="pieces", order=2, trigger="field", settings={"field": "pieces"}),
    rule("grow", "", {"cost": "=cost + 1"}, trigger="field", settings={"field": "status"}),
    rule("sell", "", {"status": "paid", "pieces": "=pieces + 1"}, trigger="field", settings={"field": "cost"}),
    rule("coupon", "amount > 100", benefit=BENEFIT),
    rule("minus", "amount >= 200", benefit=BENEFIT),
    # what is sound, and looks like it
    rule("price_low", "amount <= 1000", {"level": "middle"}, trigger="record", settings={"events": ["delete"]}),
    rule("edge", "amount > 4 && amount < 5"),
    rule("before", "pieces <= 0", group="pieces", order=3, trigger="field", settings={"field": "pieces"}),
    rule("alone", "amount > 150", benefit={**BENEFIT, "stacks": False}),
    rule("sum", "amount - cost >= 50 && amount < 50"),
]


def test_every_seeded_defect_of_a_set_is_found_and_nothing_else() -> None:
    assert {(one.kind, frozenset(one.rules)) for one in found(*SEEDED)} == {
        ("different_values", frozenset({"price_high", "price_paid"})),
        ("never_true", frozenset({"impossible"})),
        ("shadowed", frozenset({"gate", "behind"})),
        ("circle", frozenset({"grow", "sell"})),
        ("stacked_benefits", frozenset({"coupon", "minus"})),
    }


@pytest.mark.parametrize("template", ["education", "equipment_service", "retail_chain"])
def test_the_rules_of_the_templates_raise_no_alarm(template: str) -> None:
    model = Library(industries_folder()).package(template).model()
    assert model.rules
    for one in model.rules.values():
        assert lint(model, one) == ()
    assert conflicts_of(model, list(model.rules.values())) == []
