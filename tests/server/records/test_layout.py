from __future__ import annotations

import msgspec

from metadata.changes.modelling import model_of
from metadata.changes.requests import Create
from metadata.model.tenant import field_of
from server.records.layout import ConstraintSource, Layout
from tests.metadata.changes.declarations import planned, state_of

BODY = {
    "plural": "notes",
    "fields": [
        {"name": "code", "type": "text", "unique": True},
        {"name": "price", "type": "money"},
        {"name": "about", "type": "relation", "settings": {"targets": ["doctor", "visit"]}},
        {"name": "readers", "type": "relation", "settings": {"to": "doctor", "many": True, "inverse": "read"}},
        {"name": "is_dear", "type": "formula", "settings": {"expression": "price > 3"}},
    ],
    "uniques": [{"name": "code_and_price", "fields": ["code", "price"]}],
}


def layout() -> Layout:
    return Layout(model_of(planned(state_of(), Create(kind="object", name="note", body=BODY)).new))


def columns(name: str) -> tuple[str, ...]:
    found = layout()
    note = found.model.object("note")
    field = field_of(note, name)
    assert field is not None
    return found.columns(note, field)


def test_a_field_has_the_columns_of_its_type() -> None:
    assert columns("code") == ("code",)
    assert columns("price") == ("price", "price_currency")
    assert columns("about") == ("about_type", "about_id")
    assert columns("owner") == ("owner_id",)
    assert columns("readers") == columns("is_dear") == ()


def test_own_tables_stand_in_the_tenants_schema_and_shared_ones_need_a_condition() -> None:
    found = layout()
    assert found.table("note") == '"t_clinic"."note"'
    assert found.table("user") == '"t_clinic"."user"'
    assert not found.tenant_condition(found.model.object("user"))
    shared = msgspec.structs.replace(found.model.object("user"), table="account", storage="platform")
    assert found.table_of(shared) == '"tangram"."account"'
    assert found.tenant_condition(shared)


def test_both_sides_of_a_many_to_many_relation_share_its_join_table() -> None:
    found = layout()
    readers = field_of(found.model.object("note"), "readers")
    read = field_of(found.model.object("doctor"), "read")
    assert readers is not None
    assert read is not None
    assert found.join_table(readers) == found.join_table(read) == '"t_clinic"."note__readers"'


def test_a_violated_index_is_traced_to_what_was_declared() -> None:
    found = layout()
    assert found.constraint("note__code__key") == ConstraintSource("note", ("code",))
    assert found.constraint("note__code_and_price__ix", "note") == ConstraintSource(
        "note", ("code", "price"), "code_and_price"
    )
    assert found.constraint("note_pkey") is None
