"""What check_model finds: every fault of a model, placed as in the document."""

from __future__ import annotations

from typing import Any

import pytest

from metadata.model.checking import check_model
from metadata.model.names import RESERVED_OBJECTS, RESERVED_SUFFIXES
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.naming import snake
from server.graphql.schema.actions import ACTION_SETS, ACTION_TYPES
from server.graphql.schema.scalars import SHARED_TYPES


def found(*objects: dict[str, Any], **settings: Any) -> list[tuple[str, tuple[Any, ...]]]:
    document, faults = read_document({"objects": [{"plural": f"{one['name']}s", **one} for one in objects]})
    assert document is not None, list(faults)
    model = resolve(document.objects, tenant_id="t", slug="t", version=1, settings=TenantSettings(**settings))
    checked = list(check_model(model))
    assert len({(fault.reason, fault.path, fault.message) for fault in checked}) == len(checked)
    assert all(fault.message.endswith((".", "^")) or "\n" in fault.message for fault in checked)
    return [(fault.reason, fault.path) for fault in checked]


def text(name: str, **rest: Any) -> dict[str, Any]:
    return {"name": name, "type": "text", **rest}


def to(name: str, target: str, required: bool = False, **settings: Any) -> dict[str, Any]:
    return {"name": name, "type": "relation", "required": required, "settings": {"to": target, **settings}}


def formula(name: str, expression: str, **settings: Any) -> dict[str, Any]:
    return {"name": name, "type": "formula", "settings": {"expression": expression, **settings}}


STORE = {"name": "store", "fields": [text("name"), {"name": "size", "type": "integer"}], "display": "name"}


def customer(**rest: Any) -> dict[str, Any]:
    fields = [text("name"), to("store", "store", inverse="customers"), {"name": "born", "type": "date"}]
    return {"name": "customer", **rest, "fields": [*fields, *rest.get("fields", [])]}


def test_right_model_has_no_fault() -> None:
    assert found(STORE, customer()) == []


@pytest.mark.parametrize(
    ("field", "reason", "path"),
    [
        (to("shop", "ghost"), "unknown_object", ("settings", "to")),
        (to("shop", "store", inverse="size"), "duplicate_name", ("settings", "inverse")),
        (to("shop", "store", inverse="id"), "reserved_name", ("settings", "inverse")),
        (text("store_id"), "column_taken", ("name",)),
        ({"name": "a", "type": "json", "unique": True}, "not_uniqueable", ("unique",)),
        ({"name": "a", "type": "rich_text", "indexed": True}, "not_indexable", ("indexed",)),
        ({"name": "a", "type": "auto_number", "required": True}, "not_requirable", ("required",)),
        ({"name": "a", "type": "file", "default": "x"}, "no_default", ("default",)),
        ({"name": "a", "type": "integer", "default": "x"}, "bad_default", ("default",)),
        ({"name": "a", "type": "date", "default": "=todday()"}, "unknown_function", ("default",)),
        ({"name": "a", "type": "date", "default": "=name"}, "wrong_type", ("default",)),
        (formula("a", "nam + 1"), "unknown_field", ("settings", "expression")),
        (formula("a", "1 +"), "expression_syntax", ("settings", "expression")),
        (formula("a", "name", result="integer"), "wrong_type", ("settings", "expression")),
        (formula("a", "a + 1"), "formula_cycle", ("settings",)),
        (formula("a", "actor.name"), "unknown_root", ("settings", "expression")),
        ({"name": "a", "type": "lookup", "settings": {"path": "store.nam"}}, "unknown_field", ("settings", "path")),
        ({"name": "a", "type": "lookup", "settings": {"path": "store.owner"}}, "not_a_value", ("settings", "path")),
        ({"name": "a", "type": "rollup", "settings": {"relation": "store"}}, "not_a_list", ("settings", "relation")),
    ],
    ids=lambda part: str(part)[:50],
)
def test_field_fault_is_found_at_its_place(field: dict[str, Any], reason: str, path: tuple[str, ...]) -> None:
    assert found(STORE, customer(fields=[field])) == [(reason, ("objects", 1, "fields", 3, *path))]


@pytest.mark.parametrize(
    ("rest", "reason", "path"),
    [
        ({"fields": [formula("f", "isNull(secret)")]}, "encrypted", ("fields", 1, "settings", "expression")),
        ({"fields": [formula("f", "upper(secret)")]}, "wrong_arguments", ("fields", 1, "settings", "expression")),
        ({"fields": [formula("f", "secret == 'x'")]}, "wrong_type", ("fields", 1, "settings", "expression")),
        ({"validations": [{"name": "v", "rule": "isNull(secret)"}]}, "encrypted", ("validations", 0, "rule")),
        ({"display": "secret"}, "bad_display", ("display",)),
        ({"search": ["secret"]}, "not_searchable", ("search", 0)),
    ],
    ids=lambda part: str(part)[:50],
)
def test_encrypted_text_is_kept_out_of_expressions(rest: dict[str, Any], reason: str, path: tuple[Any, ...]) -> None:
    secret = {"name": "secret", "type": "encrypted_text"}
    person = {"name": "person", **rest, "fields": [secret, *rest.get("fields", [])]}
    assert found(person) == [(reason, ("objects", 0, *path))]


def test_two_relations_with_one_inverse_are_both_named() -> None:
    assert found(STORE, customer(fields=[to("shop", "store", inverse="customers")])) == [
        ("duplicate_name", ("objects", 1, "fields", 1, "settings", "inverse")),
        ("duplicate_name", ("objects", 1, "fields", 3, "settings", "inverse")),
    ]


def rollup(**settings: Any) -> dict[str, Any]:
    return {**STORE, "fields": [{"name": "a", "type": "rollup", "settings": {"relation": "customers", **settings}}]}


@pytest.mark.parametrize(
    ("settings", "reason", "attribute"),
    [
        ({"where": "born >"}, "expression_syntax", ("settings", "where")),
        ({"function": "sum", "field": "naem"}, "unknown_field", ("settings", "field")),
        ({"function": "sum", "field": "name"}, "wrong_type", ("settings",)),
        ({"where": "nmae == 'x'"}, "unknown_field", ("settings",)),
    ],
    ids=str,
)
def test_rollup_fault_is_found(settings: dict[str, Any], reason: str, attribute: tuple[str, ...]) -> None:
    store = {**rollup(**settings), "display": ""}
    assert found(store, customer()) == [(reason, ("objects", 0, "fields", 0, *attribute))]


@pytest.mark.parametrize(
    ("rest", "reason", "path"),
    [
        ({"display": "nme"}, "unknown_field", ("display",)),
        ({"display": "store"}, "bad_display", ("display",)),
        ({"search": ["name", "born"]}, "not_searchable", ("search", 1)),
        ({"search": ["name", "name"]}, "duplicate_name", ("search", 1)),
        ({"uniques": [{"name": "u", "fields": []}]}, "bad_field_count", ("uniques", 0, "fields")),
        ({"uniques": [{"name": "u", "fields": ["name", "x"]}]}, "unknown_field", ("uniques", 0, "fields", 1)),
        ({"uniques": [{"name": "u", "fields": ["name", "name"]}]}, "duplicate_name", ("uniques", 0, "fields", 1)),
        ({"uniques": [{"name": "u", "fields": ["name"], "where": "born"}]}, "wrong_type", ("uniques", 0, "where")),
        (
            {"indexes": [{"name": "i", "fields": ["-born"], "where": "store.name == 'x'"}]},
            "not_stored",
            ("indexes", 0, "where"),
        ),
        (
            {"indexes": [{"name": "i", "fields": ["-born"], "where": "born < today()"}]},
            "not_stored",
            ("indexes", 0, "where"),
        ),
        ({"validations": [{"name": "v", "rule": "name"}]}, "wrong_type", ("validations", 0, "rule")),
        ({"validations": [{"name": "v", "rule": "true", "field": "x"}]}, "unknown_field", ("validations", 0, "field")),
        ({"views": [{"name": "v", "kind": "grid"}]}, "unknown_value", ("views", 0, "kind")),
        ({"views": [{"name": "v", "columns": ["store.nme"]}]}, "unknown_field", ("views", 0, "columns", 0)),
        ({"views": [{"name": "v", "columns": ["name.x"]}]}, "not_to_one", ("views", 0, "columns", 0)),
        ({"views": [{"name": "v", "order": ["-store"]}]}, None, ()),
        ({"views": [{"name": "v", "kind": "board"}]}, "missing", ("views", 0, "group_by")),
        ({"views": [{"name": "v", "kind": "calendar", "group_by": "name"}]}, "bad_group", ("views", 0, "group_by")),
        ({"views": [{"name": "v", "filter": "owner.id == actor.id"}]}, None, ()),
    ],
    ids=lambda part: str(part)[:60],
)
def test_item_fault_is_found_at_its_place(rest: dict[str, Any], reason: str | None, path: tuple[Any, ...]) -> None:
    expected = [] if reason is None else [(reason, ("objects", 1, *path))]
    assert found(STORE, customer(**rest)) == expected


def test_index_over_more_text_than_it_can_hold_is_refused() -> None:
    wide = [text(name, settings={"max_length": 500}) for name in ("x", "y")]
    rest = {"fields": wide, "indexes": [{"name": "i", "fields": ["x", "-y"]}]}
    assert found(STORE, customer(**rest)) == [("index_too_wide", ("objects", 1, "indexes", 0, "fields"))]


def test_list_has_an_index_of_its_own() -> None:
    rest = {"fields": [{"name": "t", "type": "tags"}], "indexes": [{"name": "i", "fields": ["name", "t"]}]}
    assert found(STORE, customer(**rest)) == [("not_indexable", ("objects", 1, "indexes", 0, "fields", 1))]


def test_singular_and_plural_names_share_one_space() -> None:
    assert found({"name": "news", "plural": "news"}) == [("duplicate_name", ("objects", 0, "plural"))]
    assert found({"name": "item"}, {"name": "items", "plural": "all_items"}) == [
        ("duplicate_name", ("objects", 1, "name"))
    ]


def test_name_of_a_generated_type_is_refused() -> None:
    status = {"name": "status", "type": "select", "settings": {"options": [{"key": "new"}]}}
    assert found({"name": "order", "fields": [status]}, {"name": "order_status"}) == [
        ("graphql_name_taken", ("objects", 0, "fields", 0, "name"))
    ]
    assert found({"name": "price"}, {"name": "price_change"}) == [("graphql_name_taken", ("objects", 1, "name"))]


def test_field_whose_options_would_take_a_type_name_is_refused() -> None:
    def select(name: str) -> dict[str, Any]:
        return {"name": name, "type": "select", "settings": {"options": [{"key": "new"}]}}

    assert found({"name": "order", "fields": [select("direction")]}) == [
        ("graphql_name_taken", ("objects", 0, "fields", 0, "name"))
    ]
    assert found({"name": "order", "fields": [select("change")]}) == [
        ("graphql_name_taken", ("objects", 0, "fields", 0, "name"))
    ]
    assert found({"name": "a", "fields": [select("b_c")]}, {"name": "a_b", "fields": [select("c")]})[0] == (
        "graphql_name_taken",
        ("objects", 1, "fields", 0, "name"),
    )


def test_names_of_types_and_queries_that_every_schema_has_are_reserved() -> None:
    queries = [action.name for offered in ACTION_SETS for action in offered.actions if action.operation == "query"]
    for type_name in (*SHARED_TYPES, *ACTION_TYPES, *queries):
        name = snake(type_name)
        assert name in RESERVED_OBJECTS or name.endswith(RESERVED_SUFFIXES), name


def test_computed_fields_in_a_circle_are_named_once() -> None:
    store = {
        **STORE,
        "fields": [{"name": "n", "type": "rollup", "settings": {"relation": "customers", "where": "x > 1"}}],
    }
    other = customer(fields=[{"name": "x", "type": "lookup", "settings": {"path": "store.n"}}])
    assert found({**store, "display": ""}, other) == [("formula_cycle", ("objects", 0, "fields", 0, "settings"))]


def test_cascades_in_a_circle_are_refused_but_trees_are_not() -> None:
    tree = {"name": "area", "fields": [to("parent", "area", on_delete="cascade")]}
    assert found(tree) == []
    a = {"name": "a", "fields": [to("b", "b", on_delete="cascade")]}
    b = {"name": "b", "fields": [to("a", "a", on_delete="cascade")]}
    assert found(a, b) == [("cascade_cycle", ("objects", 0, "fields", 0, "settings", "on_delete"))]


def test_required_relations_in_a_circle_are_refused() -> None:
    assert found({"name": "a", "fields": [to("parent", "a", required=True)]}) == [
        ("required_cycle", ("objects", 0, "fields", 0, "required"))
    ]


def test_limits_are_the_tenants() -> None:
    assert found(STORE, customer(), max_objects=1) == [("too_many_objects", ("objects",))]
    assert found(STORE, max_fields=10) == [("too_many_fields", ("objects", 0, "fields"))]
    many = {"name": "a", "fields": [text("x", unique=True), text("y", indexed=True)]}
    assert found(many, max_indexes=1) == [("too_many_indexes", ("objects", 0, "indexes"))]


def test_settings_are_checked() -> None:
    faults = found(timezone="Mars", currency="XXX1", country="ZZ9", languages=(), max_page=0)
    assert [path for _, path in faults] == [
        ("settings", "timezone"),
        ("settings", "currency"),
        ("settings", "country"),
        ("settings", "languages"),
        ("settings", "max_page"),
    ]


def test_only_chosen_objects_are_checked_in_detail() -> None:
    document, _ = read_document({"objects": [{**STORE, "plural": "stores", "search": ["size"]}]})
    assert document is not None
    model = resolve(document.objects, tenant_id="t", slug="t", version=1, settings=TenantSettings())
    assert len(list(check_model(model))) == 1
    assert list(check_model(model, only=[])) == []
