"""Documents and items: what is read, and every fault once, with its place and its cure."""

from __future__ import annotations

from typing import Any

import pytest

from metadata.fields.numbers import DecimalSettings
from metadata.fields.relations import RelationSettings
from metadata.model.kinds import KINDS
from metadata.model.reading import read_document, read_document_text, read_item
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.values import Field, ObjectType
from metadata.model.writing import declared_objects, write_document
from metadata.model.yaml_text import dump_yaml

DOCUMENT = """
tangram: 1
template:
  name: retail_chain
  version: 1.0.0
  label: {zh: 连锁零售, en: Retail chain}
settings: {timezone: Europe/Berlin, max_page: 100}
objects:
  - name: customer
    plural: customers
    label: {zh: 客户, en: Customer}
    display: name
    search: [name]
    fields:
      - {name: name, type: TEXT, required: true, label: {zh: 姓名}}
      - name: level
        type: select
        default: normal
        settings:
          options:
            - {key: normal, label: {zh: 普通}}
            - {key: vip, color: gold}
      - {name: store, type: relation, settings: {to: store, inverse: customers}}
      - {name: total, type: formula, settings: {expression: 1 + 1}}
    uniques:
      - {name: name_in_store, fields: [name, store], where: level == "vip"}
    indexes:
      - {name: level_newest, fields: [level, -created_at]}
    validations:
      - {name: vip_has_store, rule: level != "vip" || store != null, field: store, message: {en: Store}}
    views:
      - {name: vips, columns: [name, store.name], filter: level == "vip", order: [-created_at]}
  - name: store
    plural: stores
    fields:
      - {name: name, type: text}
"""


def faults(data: Any) -> list[tuple[str, tuple[Any, ...]]]:
    document, found = read_document(data)
    assert (document is None) == bool(found)
    return [(fault.reason, fault.path) for fault in found]


def item_faults(kind: str, body: Any) -> list[tuple[str, tuple[Any, ...]]]:
    value, found = read_item(kind, body)
    assert (value is None) == bool(found)
    return [(fault.reason, fault.path) for fault in found]


def test_document_becomes_values() -> None:
    document, found = read_document_text(DOCUMENT)
    assert list(found) == []
    assert document is not None
    assert document.template is not None
    assert document.template.version == "1.0.0"
    assert document.settings == {"timezone": "Europe/Berlin", "max_page": 100}
    customer, store = document.objects
    assert [field.type for field in customer.fields] == ["text", "select", "relation", "formula"]
    assert customer.fields[2].settings == RelationSettings(to="store", inverse="customers")
    assert customer.uniques[0].fields == ("name", "store")
    assert store == ObjectType(
        name="store",
        plural="stores",
        fields=(Field(name="name", type="text", settings=store.fields[0].settings),),
    )


def test_written_document_reads_back_the_same() -> None:
    document, _ = read_document_text(DOCUMENT)
    assert document is not None
    again, found = read_document_text(dump_yaml(write_document(document)))
    assert list(found) == []
    assert again == document


def test_written_model_reads_back_what_was_declared() -> None:
    document, _ = read_document_text(DOCUMENT)
    assert document is not None
    model = resolve(document.objects, tenant_id="t", slug="t", version=1, settings=TenantSettings(max_page=100))
    assert [one.name for one in declared_objects(model)] == ["customer", "store"]
    again, _ = read_document(write_document(model))
    assert again is not None
    assert again.objects == document.objects
    assert again.settings == {"max_page": 100}


def test_faults_of_a_text_name_the_line() -> None:
    _, found = read_document_text(
        "objects:\n  - name: a\n    plural: as\n    fields:\n      - {name: x, type: texxt}\n"
    )
    (fault,) = found
    assert fault.message == "Line 5: 'texxt', the type of field 'x', is not a field type."
    assert fault.hint == "Did you mean `text`?"


def test_every_fault_is_found_once() -> None:
    body = {
        "name": "客户",
        "plurral": "customers",
        "label": {"zh": 1, "??": "x"},
        "table": "customer",
        "search": "name",
        "fields": [
            {"name": "id", "type": "text"},
            {"name": "a", "type": "decimal", "settings": {"scale": "2", "digits": 3}},
            {"name": "a", "type": "decimal"},
            {"type": "text", "required": "yes"},
            7,
        ],
    }
    assert item_faults("object", body) == [
        ("unknown_attribute", ("plurral",)),
        ("not_given", ("table",)),
        ("bad_name", ("name",)),
        ("missing", ("plural",)),
        ("wrong_type", ("label", "zh")),
        ("unknown_language", ("label", "??")),
        ("wrong_type", ("search",)),
        ("reserved_name", ("fields", 0, "name")),
        ("unknown_attribute", ("fields", 1, "settings", "digits")),
        ("wrong_type", ("fields", 1, "settings", "scale")),
        ("duplicate_name", ("fields", 2)),
        ("missing", ("fields", 3, "name")),
        ("wrong_type", ("fields", 3, "required")),
        ("wrong_type", ("fields", 4)),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], [("wrong_type", ())]),
        ({"objcts": []}, [("unknown_attribute", ("objcts",))]),
        ({"tangram": 2}, [("unknown_format", ("tangram",))]),
        ({"objects": {}}, []),
        ({"objects": {"a": 1}}, [("wrong_type", ("objects",))]),
        ({"settings": {"timezone": 8}}, [("wrong_type", ("settings", "timezone"))]),
        ({"template": {"name": "a", "version": "1"}}, [("bad_version", ("template", "version"))]),
        ({"template": {"version": "1.0.0"}}, [("missing", ("template", "name"))]),
    ],
)
def test_document_of_another_shape_is_refused(data: Any, expected: list[Any]) -> None:
    assert faults(data) == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Customer",
        "customer_",
        "a__b",
        "_a",
        "1a",
        "客户",
        "😀",
        'x"; drop table y; --',
        "a" * 41,
        "a b",
        "__typename",
        "a\x00b",
        "a\n",
    ],
)
def test_hostile_name_is_refused_kindly(name: str) -> None:
    value, found = read_item("field", {"name": name, "type": "text"})
    (fault,) = found
    assert value is None
    assert fault.path == ("name",)
    assert fault.reason in ("bad_name", "bad_text")
    assert len(fault.message) < 200


@pytest.mark.parametrize("name", ["id", "created_at", "owner_id", "count", "key", "not", "nodes", "history"])
def test_reserved_field_name_is_refused(name: str) -> None:
    assert item_faults("field", {"name": name, "type": "text"}) == [("reserved_name", ("name",))]


@pytest.mark.parametrize("name", ["query", "search", "page_info", "order_connection", "money"])
def test_reserved_object_name_is_refused(name: str) -> None:
    assert item_faults("object", {"name": name, "plural": "things"}) == [("reserved_name", ("name",))]
    assert item_faults("object", {"name": "thing", "plural": name}) == [("reserved_name", ("plural",))]


@pytest.mark.parametrize("name", ["order", "parent", "event", "line_2", "work_order"])
def test_everyday_name_is_taken(name: str) -> None:
    assert item_faults("object", {"name": name + "_x", "plural": name}) == []
    assert item_faults("field", {"name": name, "type": "text"}) == []


@pytest.mark.parametrize(
    ("body", "reason", "hint"),
    [
        ({"name": "a", "type": "id"}, "unknown_field_type", "Known: "),
        ({"name": "a", "type": "text", "required": 1}, "wrong_type", ""),
        ({"name": "a", "type": "text", "label": "A"}, "wrong_type", ""),
        (
            {"name": "a", "type": "text", "settings": {"max_lenght": 5}},
            "unknown_attribute",
            "Did you mean `max_length`?",
        ),
        ({"name": "a", "type": "relation", "settings": {"to": "b", "kind": "to_one"}}, "not_given", "Remove it."),
        ({"name": "a", "type": "relation", "settings": {"on_delete": "drop"}}, "unknown_value", "Known: "),
        ({"name": "a", "type": "text", "settings": {"pattern": 5}}, "wrong_type", "Put it in quotes."),
        ({"name": "a", "type": "text", "settings": {"max_length": 2**70}}, "wrong_type", ""),
        ({"name": "a", "type": "text", "label": {"en": "x" * 201}}, "too_long", ""),
        ({"name": "a", "type": "json", "default": "x" * 70_000}, "too_long", ""),
    ],
)
def test_field_fault_has_its_cure(body: Any, reason: str, hint: str) -> None:
    _, found = read_item("field", body)
    (fault,) = found
    assert fault.reason == reason
    assert fault.hint.startswith(hint)


def test_number_bounds_are_taken_as_number_or_text() -> None:
    field, _ = read_item("field", {"name": "a", "type": "decimal", "settings": {"min": 0, "max": "9.5"}})
    assert field.settings == DecimalSettings(min=0, max="9.5")


def test_every_attribute_of_every_kind_has_help() -> None:
    for kind in KINDS.values():
        assert kind.help
        assert all(attribute.help for attribute in kind.attributes.values())
    assert list(KINDS["object"].children) == ["fields", "uniques", "indexes", "validations", "views"]
