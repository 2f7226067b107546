from __future__ import annotations

import pytest

from metadata.changes.edits import edit
from metadata.changes.modelling import model_of
from metadata.changes.requests import Change, Create, Remove, Rename, Update, read_changes
from metadata.changes.state import Key, State
from metadata.problems import BadInputError
from tests.metadata.changes.declarations import state_of


def bodies(state: State, kind: str, parent: str = "visit") -> dict[str, dict[str, object]]:
    return {item.name: item.body for item in state.live() if (item.kind, state.parent_path(item)) == (kind, parent)}


def renamed(kind: str, name: str, to: str, parent: str = "") -> State:
    edited = edit(state_of(), [Rename(kind=kind, parent=parent, name=name, to=to)], model_of)
    assert not edited.faults
    return edited.state


def test_renaming_a_field_follows_paths_of_other_objects() -> None:
    after = renamed("field", "rank", "grade", "doctor")
    assert bodies(after, "field")["is_senior"]["settings"] == {"expression": "doctor.grade > 3"}
    assert bodies(after, "view")["dear"]["filter"] == "fee > 100 && doctor.grade > 1"
    assert bodies(after, "view")["dear"]["columns"] == ["reason", "doctor.name"]


def test_renaming_a_relation_follows_the_paths_through_it() -> None:
    after = renamed("field", "doctor", "physician", "visit")
    assert bodies(after, "field")["doctor_name"]["settings"] == {"path": "physician.name"}
    assert bodies(after, "view")["dear"]["columns"] == ["reason", "physician.name"]


def test_renaming_leaves_fields_of_the_same_name_elsewhere_alone() -> None:
    after = renamed("field", "name", "title", "doctor")
    assert bodies(after, "view")["dear"]["columns"] == ["reason", "doctor.title"]
    assert set(bodies(after, "field", "doctor")) == {"title", "rank"}


def test_renaming_an_object_follows_its_relations() -> None:
    after = renamed("object", "doctor", "physician")
    assert bodies(after, "field")["doctor"]["settings"] == {"to": "physician", "inverse": "visits"}


def test_renaming_follows_into_what_was_removed() -> None:
    removed = edit(state_of(), [Remove(kind="view", parent="visit", name="dear")], model_of).state
    after = edit(removed, [Rename(kind="field", parent="visit", name="fee", to="price")], model_of).state
    view = after.find_removed(Key("view", "visit", "dear"))
    assert view is not None
    assert view.body["order"] == ["-price"]


def test_a_new_type_drops_settings_that_it_does_not_know() -> None:
    change = Update(kind="field", parent="visit", name="doctor", attributes={"type": "text", "required": True})
    edited = edit(state_of(), [change], model_of)
    assert not edited.faults
    assert bodies(edited.state, "field")["doctor"] == {"type": "text", "required": True}


def test_a_new_type_drops_a_setting_whose_value_it_cannot_hold() -> None:
    settings = {"min": "0.5", "max": 100, "scale": 1}
    changes = [
        Update(kind="field", parent="visit", name="fee", attributes={"settings": settings}),
        Update(kind="field", parent="visit", name="fee", attributes={"type": "integer"}),
    ]
    edited = edit(state_of(), changes, model_of)
    assert not edited.faults
    assert bodies(edited.state, "field")["fee"] == {"type": "integer", "settings": {"max": 100}}


def test_null_puts_an_attribute_back_to_its_default() -> None:
    change = Update(kind="object", name="visit", attributes={"display": None, "icon": "x"})
    edited = edit(state_of(), [change], model_of)
    assert bodies(edited.state, "object", "")["visit"] == {"plural": "visits", "icon": "x"}


@pytest.mark.parametrize("members", ["fields", [1], {"name": "a"}])
def test_children_that_are_no_list_of_mappings_are_a_fault(members: object) -> None:
    change = Create(kind="object", name="room", body={"plural": "rooms", "fields": members})
    assert [fault.reason for fault in edit(state_of(), [change], model_of).faults] == ["wrong_type"]


def test_what_was_made_and_removed_in_one_go_leaves_no_trace() -> None:
    changes: list[Change] = [
        Create(kind="object", name="room", body={"plural": "rooms"}),
        Remove(kind="object", name="room"),
    ]
    state = state_of()
    assert edit(state, changes, model_of).state.items == state.items


def test_unreadable_changes_are_named_by_their_place() -> None:
    with pytest.raises(BadInputError) as refused:
        read_changes([{"op": "create"}, {"op": "explode", "kind": "field"}, {"op": "remove", "kind": "field", "x": 1}])
    assert [fault.path for fault in refused.value.faults] == [("changes", 0), ("changes", 1), ("changes", 2)]
