from __future__ import annotations

from typing import Any

import pytest

from metadata.expressions.check import FORMULA_ROOTS, ModelScope, faults_of, read
from metadata.expressions.references import references, rename
from metadata.expressions.text import parse, unparse
from metadata.expressions.types import (
    BOOLEAN,
    DATE,
    DECIMAL,
    DURATION,
    ID,
    INTEGER,
    TEXT,
    ValueType,
    list_of,
    option,
)
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel

OBJECTS: list[dict[str, Any]] = [
    {
        "name": "customer",
        "plural": "customers",
        "fields": [
            {"name": "name", "type": "text"},
            {"name": "level", "type": "select", "settings": {"options": [{"key": "vip"}, {"key": "normal"}]}},
            {"name": "interests", "type": "multi_select", "settings": {"options": [{"key": "tea"}, {"key": "wine"}]}},
            {"name": "birthday", "type": "date"},
            {"name": "home", "type": "address"},
            {
                "name": "spent",
                "type": "rollup",
                "settings": {"relation": "orders", "function": "sum", "field": "total"},
            },
            {"name": "is_big", "type": "formula", "settings": {"expression": "spent > 1000 && level == 'vip'"}},
        ],
    },
    {
        "name": "order",
        "plural": "orders",
        "fields": [
            {"name": "total", "type": "money"},
            {"name": "customer", "type": "relation", "settings": {"to": "customer", "inverse": "orders"}},
            {"name": "buyer_level", "type": "lookup", "settings": {"path": "customer.level"}},
            {"name": "seller", "type": "user"},
            {"name": "place", "type": "geo_point"},
            {"name": "took", "type": "duration"},
        ],
    },
    {
        "name": "note",
        "plural": "notes",
        "fields": [
            {"name": "about", "type": "relation", "settings": {"targets": ["customer", "order"], "inverse": "notes"}}
        ],
    },
]


@pytest.fixture(scope="module")
def model() -> TenantModel:
    document, faults = read_document({"objects": OBJECTS})
    assert document is not None, list(faults)
    return resolve(document.objects, tenant_id="t", slug="acme", version=1, settings=TenantSettings())


@pytest.mark.parametrize(
    ("object_name", "text", "type"),
    [
        ("order", "total * 2", DECIMAL),
        ("order", "total.currency", TEXT),
        ("order", "customer.level", option("vip", "normal")),
        ("order", "buyer_level == 'vip'", BOOLEAN),
        ("order", "customer.is_big", BOOLEAN),
        ("order", "seller == actor.id && owner == seller", BOOLEAN),
        ("order", "'sales' in actor.roles", BOOLEAN),
        ("order", "place.lat", DECIMAL),
        ("order", "took", DURATION),
        ("order", "id", ID),
        ("customer", "interests", list_of(option("tea", "wine"))),
        ("customer", "hasAny(interests, ['tea'])", BOOLEAN),
        ("customer", "home.city", TEXT),
        ("customer", "orders.sum(total)", DECIMAL),
        ("customer", "orders.count(total > 5 && parent.level == 'vip')", INTEGER),
        ("customer", "addMonths(birthday, 1)", DATE),
        ("customer", "spent / orders.count()", DECIMAL),
        ("customer", "notes.some()", BOOLEAN),
        ("note", "about.type == 'customer' && about.id != null", BOOLEAN),
        ("note", "about == null", BOOLEAN),
    ],
)
def test_fields_of_a_model_have_their_types(model: TenantModel, object_name: str, text: str, type: ValueType) -> None:
    assert read(text, ModelScope(model, object_name)).type == type


def test_keys_of_a_multiple_choice_are_checked(model: TenantModel) -> None:
    (fault,) = faults_of("hasAny(interests, ['tea', 'tee'])", ModelScope(model, "customer"))
    assert (fault.reason, fault.hint) == ("unknown_option", "Did you mean 'tea'?")


def test_formulas_do_not_see_the_actor_or_the_past(model: TenantModel) -> None:
    scope = ModelScope(model, "order", FORMULA_ROOTS)
    reasons = [fault.reason for fault in faults_of("owner == actor.id && old.took == took", scope)]
    assert reasons == ["unknown_root", "unknown_root"]


def test_references_of_an_actor_belong_to_user(model: TenantModel) -> None:
    used = references(parse("seller.name == actor.name"), ModelScope(model, "order"))
    assert used == {("order", "seller"), ("user", "name")}


def test_a_field_is_renamed_where_it_is_meant(model: TenantModel) -> None:
    tree = parse("name == 'name' && orders.some(customer.name == parent.name)")
    renamed = rename(tree, ModelScope(model, "customer"), "customer", "name", "title")
    assert unparse(renamed) == 'title == "name" && orders.some(customer.title == parent.title)'
