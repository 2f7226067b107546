"""A model made from the one before and what changed is the same as one made from all."""

from __future__ import annotations

import pytest

from metadata.changes.edits import edit
from metadata.changes.history import compare
from metadata.changes.modelling import allocate, model_after, model_of
from metadata.changes.requests import Change, Create, Remove, Rename, Update
from metadata.changes.state import State
from metadata.model.tenant import TenantModel
from tests.metadata.changes.declarations import state_of


def after(state: State, *changes: Change) -> tuple[TenantModel, TenantModel]:
    """The model made step by step, and the one made anew."""
    new = allocate(edit(state, changes, model_of).state)
    return model_after(new, model_of(state), compare(state, new)), model_of(new)


@pytest.mark.parametrize(
    "change",
    [
        Create(kind="field", parent="doctor", name="ward", body={"type": "text"}),
        Create(kind="field", parent="visit", name="second", body={"type": "relation", "settings": {"to": "doctor"}}),
        Create(
            kind="field",
            parent="doctor",
            name="last",
            body={"type": "relation", "settings": {"to": "visit", "inverse": "last_of"}},
        ),
        Create(
            kind="field",
            parent="doctor",
            name="earned",
            body={"type": "rollup", "settings": {"expression": "visits.sum(fee)"}},
        ),
        Update(kind="field", parent="visit", name="doctor", attributes={"label": {"en": "Physician"}}),
        Update(kind="field", parent="visit", name="doctor", attributes={"settings": {"to": "doctor"}}),
        Update(kind="object", name="doctor", attributes={"plural": "physicians"}),
        Update(kind="settings", attributes={"currency": "EUR"}),
        Create(kind="object", name="ward", body={"plural": "wards"}),
        Remove(kind="field", parent="visit", name="fee"),
        Rename(kind="field", parent="doctor", name="rank", to="grade"),
        Rename(kind="object", name="doctor", to="physician"),
    ],
    ids=lambda change: f"{type(change).__name__} {change.kind} {change.name}",
)
def test_a_model_after_a_change_is_the_model_of_the_new_state(change: Change) -> None:
    found, whole = after(state_of(), change)
    assert list(found.objects.items()) == list(whole.objects.items())
    assert found.object_by_plural == whole.object_by_plural
    assert found.object_by_type == whole.object_by_type
    assert found.settings == whole.settings


def test_what_a_change_does_not_reach_is_not_made_again() -> None:
    state = state_of()
    before = model_of(state)
    change = Create(kind="field", parent="visit", name="note", body={"type": "text"})
    new = allocate(edit(state, [change], model_of).state)
    found = model_after(new, before, compare(state, new))
    assert found.objects["doctor"] is before.objects["doctor"]
    assert [field.name for field in found.objects["visit"].fields if field.name == "note"] == ["note"]


def test_a_new_type_of_a_field_reaches_the_formulas_that_use_it() -> None:
    retyped = Update(kind="field", parent="doctor", name="name", attributes={"type": "integer", "settings": None})
    found, whole = after(state_of(), retyped)
    assert found.objects["visit"] == whole.objects["visit"]
    assert found.objects["visit"] != model_of(state_of()).objects["visit"]
