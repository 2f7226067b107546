from __future__ import annotations

import pytest

from metadata.changes.catalogue import catalogue
from metadata.changes.dependents import dependents_of
from metadata.changes.facts import Empty, Misfits, Rows
from metadata.changes.history import compare, undo
from metadata.changes.modelling import model_of
from metadata.changes.names import SEARCH_COLUMN
from metadata.changes.plan import prepare
from metadata.changes.requests import Create, Remove, Rename, Restore, Update
from metadata.changes.steps import (
    AddColumn,
    AlterType,
    CreateIndex,
    CreateTable,
    DropIndex,
    DropSearch,
    FillColumn,
    SetNotNull,
    SetSearch,
    steps_between,
)
from tests.metadata.changes.declarations import planned, state_of


def update(name: str, parent: str = "visit", **attributes: object) -> Update:
    return Update(kind="field", parent=parent, name=name, attributes=attributes)


def test_a_catalogue_needs_no_step_to_itself() -> None:
    state = state_of()
    whole = catalogue(state, model_of(state))
    assert steps_between(whole, whole) == ()


def test_renaming_needs_no_schema_step() -> None:
    plan = planned(
        state_of(),
        Create(kind="index", parent="visit", name="dear", body={"fields": ["-fee"], "where": "fee > 10"}),
    )
    renamed = planned(plan.new, Rename(kind="field", parent="visit", name="fee", to="price"))
    assert [change.op for change in renamed.changes] == ["rename", "update", "update"]
    assert renamed.steps == ()


def test_the_label_of_a_field_needs_no_schema_step() -> None:
    plan = planned(state_of(), update("fee", label={"zh": "费用"}))
    assert plan.steps == ()
    assert not plan.faults


def test_text_that_becomes_html_is_searched_anew_by_what_it_shows() -> None:
    searched = planned(state_of(), Update(kind="object", name="visit", attributes={"search": ["reason"]})).new
    long = planned(searched, update("reason", type="long_text")).new
    plan = planned(long, update("reason", type="rich_text"))
    assert not plan.faults
    (step,) = [step for step in plan.steps if isinstance(step, SetSearch)]
    assert step.markup == ("reason",)


def test_a_conversion_tells_which_settings_it_drops() -> None:
    settings = {"max_length": 40, "pattern": "[0-9]+"}
    limited = planned(state_of(), update("reason", settings=settings)).new
    plan = planned(limited, update("reason", type="long_text"))
    assert [(warning.reason, warning.message) for warning in plan.warnings] == [
        ("drops_settings", "Settings pattern of 'visit.reason' are dropped: its new type does not take them.")
    ]
    assert planned(limited, update("reason", label={"en": "Why"})).warnings == ()


def test_a_conversion_rewrites_the_column_between_its_indexes() -> None:
    indexed = planned(state_of(), update("reason", indexed=True)).new
    plan = planned(indexed, update("reason", type="integer"))
    assert [type(step) for step in plan.steps] == [DropIndex, AlterType, CreateIndex]


def test_a_searched_column_is_rewritten_between_its_vectors() -> None:
    searched = planned(state_of(), Update(kind="object", name="visit", attributes={"search": ["reason"]})).new
    plan = planned(
        searched, Update(kind="object", name="visit", attributes={"search": []}), update("reason", type="integer")
    )
    assert [type(step) for step in plan.steps] == [DropIndex, DropSearch, AlterType]
    kept = planned(searched, update("reason", type="phone"))
    assert [type(step) for step in kept.steps] == [DropIndex, DropSearch, AlterType, SetSearch, CreateIndex]
    assert kept.steps[-1].index.columns[0].name == SEARCH_COLUMN  # type: ignore[union-attr]


def test_required_with_a_default_fills_before_it_demands() -> None:
    question = Empty("doctor", "rank")
    plan = planned(state_of(), update("rank", "doctor", required=True, default=1), answers={question: 2})
    assert [type(step) for step in plan.steps] == [FillColumn, SetNotNull]
    assert [(risk.effect, risk.count) for risk in plan.risks] == [("filled", 2)]


def test_a_unique_default_cannot_fill_several_records() -> None:
    body = {"type": "text", "required": True, "unique": True, "default": "x"}
    new = Create(kind="field", parent="doctor", name="code", body=body)
    assert [fault.reason for fault in planned(state_of(), new, answers={Rows("doctor"): 2}).faults] == ["not_unique"]
    assert planned(state_of(), new, answers={Rows("doctor"): 1}).faults == ()


def test_narrower_settings_ask_the_data() -> None:
    change = update("reason", settings={"max_length": 3})
    (question,) = (q for q in _questions(change) if isinstance(q, Misfits))
    assert question.fits == "char_length({0}) <= 3"
    assert [fault.reason for fault in planned(state_of(), change, answers={question: 1}).faults] == ["does_not_fit"]


def _questions(change: Update) -> tuple[object, ...]:
    state = state_of()
    return prepare(state, model_of(state), [change]).questions


def test_on_big_tables_only_short_steps_are_done_at_once() -> None:
    plan = planned(state_of(), update("rank", "doctor", required=True, indexed=True), big=frozenset({"doctor"}))
    assert [type(step) for step in plan.steps] == [SetNotNull]
    assert plan.steps[0].checked is False  # type: ignore[union-attr]
    assert [type(step) for step in plan.later] == [SetNotNull, CreateIndex]


def test_a_new_object_comes_as_table_then_keys_then_indexes() -> None:
    fields = [{"name": "visit", "type": "relation", "settings": {"to": "visit"}}]
    plan = planned(state_of(), Create(kind="object", name="bill", body={"plural": "bills", "fields": fields}))
    assert isinstance(plan.steps[0], CreateTable)
    assert {step.table for step in plan.steps[1:] if not isinstance(step, (CreateTable, DropIndex))} == {"bill"}


def test_names_of_removed_things_are_not_given_again() -> None:
    removed = planned(state_of(), Remove(kind="field", parent="visit", name="fee"), cascade=True).new.at(2)
    plan = planned(removed, Create(kind="field", parent="visit", name="fee", body={"type": "money"}))
    (step,) = [step for step in plan.steps if isinstance(step, AddColumn) and step.column.sql_type == "numeric"]
    assert step.column.name == "fee_2"


def test_undo_leads_back_to_equal_declarations() -> None:
    before = state_of()
    first = planned(
        before,
        Rename(kind="object", name="doctor", to="physician"),
        update("fee", required=True),
        Create(kind="object", name="room", body={"plural": "rooms", "fields": [{"name": "number", "type": "text"}]}),
    ).new.at(2)
    second = planned(first, Remove(kind="object", name="physician"), cascade=True).new.at(3)

    back = undo(second, (*compare(before, first), *compare(first, second)))

    assert {back.key(item): (item.id, item.body) for item in back.live()} == {
        before.key(item): (item.id, item.body) for item in before.live()
    }


def test_a_restored_object_has_the_ids_it_had() -> None:
    before = planned(state_of(), Create(kind="object", name="room", body={"plural": "rooms"})).new.at(2)
    removed = planned(before, Remove(kind="object", name="room")).new.at(3)
    restored = planned(removed, Restore(kind="object", name="room"))
    assert [change.op for change in restored.changes] == ["restore"]
    assert {item.id for item in restored.new.live()} == {item.id for item in before.live()}


def test_an_inverse_field_counts_as_used() -> None:
    rollup = {"type": "rollup", "settings": {"relation": "visits", "function": "count"}}
    counted = planned(state_of(), Create(kind="field", parent="doctor", name="visit_count", body=rollup)).new
    plan = planned(counted, update("doctor", settings={"to": "doctor", "inverse": "appointments"}))
    assert [fault.reason for fault in plan.faults] == ["in_use"]
    assert "visit_count" in plan.faults[0].message


@pytest.mark.parametrize(
    ("object_name", "field_name", "users"),
    [
        ("doctor", "rank", {"visit.is_senior", "visit.dear"}),
        ("visit", "fee", {"visit.dear"}),
        ("visit", "is_senior", set()),
        ("doctor", "", {"visit.doctor", "visit.is_senior", "visit.doctor_name", "visit.dear"}),
    ],
)
def test_dependents_are_those_that_name_it(object_name: str, field_name: str, users: set[str]) -> None:
    state = state_of()
    found = dependents_of(state, model_of(state), object_name, field_name)
    assert {f"{one.key.parent}.{one.key.name}" for one in found} == users
