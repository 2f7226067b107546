"""Every field type in a form: values of any shape are read or refused at their place, and never break a request."""

from __future__ import annotations

from typing import Any

import pytest

from metadata.fields import FIELD_TYPES
from metadata.naming import camel
from tests.fixtures.tenants import FIELD_TYPE_NAMES, Tenants
from tests.server.forms.jobs import Workshop

FILLABLE = [
    name
    for name in FIELD_TYPE_NAMES
    if not FIELD_TYPES[name].computed and name != "auto_number" and FIELD_TYPES[name].write_transform != "file"
]
STRANGE: list[Any] = [
    True, 0, -1.5, 10**30, "", "  ", "x", "\u0000", "2026-13-45", [], [[]], [None], ["x", 1], {}, {"id": 1},
    {"connect": {"id": "x"}}, {"create": {}}, {"lat": "x", "lng": None}, {"amount": []}, {"type": 1, "id": 2}, None,
]  # fmt: skip

GOOD: dict[str, Any] = {
    "text": "a", "long_text": "b", "rich_text": "<b>c</b>", "integer": 3, "big_integer": "9007199254740993",
    "decimal": "1.5", "money": {"amount": "5", "currency": "CNY"}, "percent": "5", "rating": 3, "boolean": False,
    "date": "2026-01-31", "datetime": "2026-01-31T09:30:00+08:00", "time": "09:30", "duration": "PT2H",
    "select": "HIGH", "multi_select": ["RED"], "tags": ["x"], "phone": "13800138000", "email": "a@example.com",
    "url": "https://example.com", "address": {"city": "上海"}, "person_name": {"full": "王小明"},
    "geo_point": {"lat": 31.2, "lng": 121.4}, "json": {"a": [1]}, "encrypted_text": "secret", "barcode": "123",
}  # fmt: skip


@pytest.fixture
async def samples(tenants: Tenants) -> Workshop:
    workshop = Workshop(tenants.east)
    fields = [{"name": f"{name}_field", "field": f"{name}_field", "access": "required"} for name in FILLABLE]
    form = {"name": "report", "object": "sample", "live": True, "fields": fields}
    await workshop.declare({"forms": [form]})
    return workshop


async def test_strange_values_are_faults_at_their_places(samples: Workshop) -> None:
    for value in STRANGE:
        values = {camel(f"{name}_field"): value for name in FILLABLE}
        reply = await samples.try_submit(values)
        assert reply.status == 200
        assert {code for code, _, _ in reply.faults} <= {"BAD_USER_INPUT"}, (value, reply.faults)
        paths = {path[:2] for _, _, path in reply.faults}
        assert paths <= {("values", key) for key in values} | {("values", f"{key}Id") for key in values}, value


async def test_values_that_fit_are_taken_and_shown_again(samples: Workshop, tenants: Tenants) -> None:
    store = await tenants.east.create("Store", name="North")
    others = {"relation": store, "user": tenants.east.admin.id, "department": tenants.east.department_id}
    given = {camel(f"{name}_field"): (GOOD | others)[name] for name in FILLABLE}
    missing = await samples.try_submit({})
    assert {path[1] for _, _, path in missing.faults} == set(given)
    done = await samples.submit(given)
    shown = {one["key"]: one.get("value") for one in (await samples.describe(record=done["record"]))["fields"]}
    empty = {key for key, value in shown.items() if value is None}
    assert empty == {"encryptedTextField"}  # nobody is shown that by a form
    again = {key: given[key] for key in ("encryptedTextField",)}
    await samples.submit(again, record=done["record"])
