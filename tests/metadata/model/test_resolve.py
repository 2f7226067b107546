"""Resolved models: system fields and objects, the other side of relations, physical names, result types."""

from __future__ import annotations

from typing import Any

from metadata.expressions.types import BOOLEAN, DECIMAL, INTEGER, TEXT
from metadata.fields import FIELD_TYPES
from metadata.fields.computed import computed_expression
from metadata.fields.relations import RelationKind, RelationSettings, relation_of
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field


def model_of(*objects: dict[str, Any], physical: dict[tuple[str, str, str], str] | None = None) -> TenantModel:
    document, faults = read_document({"objects": [{"plural": f"{one['name']}s", **one} for one in objects]})
    assert document is not None, list(faults)
    return resolve(
        document.objects, tenant_id="t", slug="acme", version=3, settings=TenantSettings(), physical=physical
    )


def field(model: TenantModel, object_name: str, name: str) -> Field:
    found = field_of(model.object(object_name), name)
    assert found is not None
    return found


def relation(model: TenantModel, object_name: str, name: str) -> RelationSettings:
    found = relation_of(field(model, object_name, name))
    assert found is not None
    return found


def test_every_object_has_the_system_fields() -> None:
    model = model_of({"name": "store", "fields": [{"name": "name", "type": "text"}]})
    assert [one.name for one in model.object("store").fields] == [
        "id",
        "name",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "deleted_at",
        "version",
        "owner",
        "department",
    ]
    assert field(model, "store", "owner").column == "owner_id"
    assert field(model, "store", "created_by").column == "created_by"
    assert all(one.system for one in model.object("store").fields if one.name != "name")


def test_every_tenant_has_its_organisation() -> None:
    model = model_of({"name": "store"})
    assert list(model.objects) == ["store", "user", "department", "region", "team", "post"]
    assert (model.object("user").storage, model.object("user").table) == ("mirror", "user")
    assert (model.object("department").storage, model.object("department").table) == ("tenant", "department")
    assert relation(model, "department", "children").via == "parent"
    assert model.object_by_type["Department"] == "department"
    assert model.object_by_plural["stores"] == "store"


def test_what_a_tenant_says_of_its_organisation_is_added() -> None:
    said = {
        "name": "region",
        "plural": "regions",
        "label": {"en": "Territory"},
        "fields": [{"name": "name", "type": "text", "unique": True}, {"name": "climate", "type": "text"}],
    }
    region = model_of(said).object("region")
    assert [one.name for one in region.fields[1:7]] == ["name", "climate", "code", "parent", "manager", "path"]
    name, code = field(model_of(said), "region", "name"), field(model_of(said), "region", "code")
    assert (name.unique, name.required, name.provided, code.provided) == (True, True, False, True)
    assert (region.label, region.system, region.extended, region.tree) == ({"en": "Territory"}, True, True, "parent")


def test_to_one_relation_has_its_list_on_the_other_side() -> None:
    settings = {"to": "store", "inverse": "customers", "inverse_label": {"en": "Customers"}}
    model = model_of(
        {"name": "store"}, {"name": "customer", "fields": [{"name": "store", "type": "relation", "settings": settings}]}
    )
    assert relation(model, "customer", "store").kind is RelationKind.TO_ONE
    assert field(model, "customer", "store").column == "store_id"
    other = relation(model, "store", "customers")
    assert (other.kind, other.to, other.via, other.reversed) == (RelationKind.TO_MANY, "customer", "store", True)
    assert field(model, "store", "customers").column == ""
    assert field(model, "store", "customers").label == {"en": "Customers"}


def test_many_to_many_relation_shares_its_join_table() -> None:
    settings = {"to": "product", "many": True, "inverse": "bundles"}
    model = model_of(
        {"name": "product"},
        {"name": "bundle", "fields": [{"name": "products", "type": "relation", "settings": settings}]},
    )
    assert field(model, "bundle", "products").column == "bundle__products"
    assert field(model, "product", "bundles").column == "bundle__products"
    assert relation(model, "product", "bundles").kind is RelationKind.MANY_TO_MANY
    assert relation(model, "product", "bundles").reversed
    assert not relation(model, "bundle", "products").reversed


def test_polymorphic_relation_appears_on_every_target() -> None:
    settings = {"targets": ["customer", "store"], "inverse": "notes"}
    model = model_of(
        {"name": "customer"},
        {"name": "store"},
        {"name": "note", "fields": [{"name": "target", "type": "relation", "settings": settings}]},
    )
    target = field(model, "note", "target")
    columns = [f"{target.column}_{one.suffix}" for one in FIELD_TYPES["relation"].columns(target)]
    assert columns == ["target_type", "target_id"]
    assert relation(model, "customer", "notes").via == relation(model, "store", "notes").via == "target"


def test_allocated_names_win_over_default_ones() -> None:
    unique = {"name": "by_name", "fields": ["name"]}
    model = model_of(
        {"name": "store", "fields": [{"name": "name", "type": "text"}], "uniques": [unique]},
        physical={("object", "", "store"): "shop", ("field", "store", "name"): "title"},
    )
    assert model.object("store").table == "shop"
    assert field(model, "store", "name").column == "title"
    assert model.object("store").uniques[0].index == "shop__by_name__ix"


def test_result_types_are_found_whatever_the_order_of_declaration() -> None:
    model = model_of(
        {
            "name": "customer",
            "fields": [
                {"name": "is_big", "type": "formula", "settings": {"expression": "average > 10"}},
                {"name": "average", "type": "formula", "settings": {"expression": "total / 2"}},
                {
                    "name": "total",
                    "type": "rollup",
                    "settings": {"relation": "orders", "function": "sum", "field": "amount"},
                },
                {"name": "orders_done", "type": "rollup", "settings": {"relation": "orders", "where": "done"}},
                {"name": "name", "type": "text"},
            ],
        },
        {
            "name": "order",
            "fields": [
                {"name": "customer", "type": "relation", "settings": {"to": "customer", "inverse": "orders"}},
                {"name": "amount", "type": "money"},
                {"name": "done", "type": "formula", "settings": {"expression": "amount > 0"}},
                {"name": "customer_name", "type": "lookup", "settings": {"path": "customer.name"}},
            ],
        },
    )
    types = {
        one.name: one.settings.type for one in model.object("customer").fields if one.type in ("formula", "rollup")
    }
    assert types == {"is_big": BOOLEAN, "average": DECIMAL, "total": DECIMAL, "orders_done": INTEGER}
    assert field(model, "order", "customer_name").settings.type == TEXT
    assert computed_expression(model.object("order"), field(model, "order", "customer_name"), model)


def test_computed_fields_in_a_circle_have_no_type() -> None:
    formulas = [
        {"name": "a", "type": "formula", "settings": {"expression": "b + 1"}},
        {"name": "b", "type": "formula", "settings": {"expression": "a + 1"}},
    ]
    model = model_of({"name": "store", "fields": formulas})
    assert FIELD_TYPES["formula"].value_type(field(model, "store", "a"), model) is not None
