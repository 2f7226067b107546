from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from server.events.log import Event
from server.webhooks.conditions import compile_condition, typed_row
from server.webhooks.payload import changes_of, message, object_of_table, record_of
from tests.server.events.conftest import TENANT
from tests.server.webhooks.conftest import MODELS

MODEL = MODELS[TENANT]
CUSTOMER = MODEL.object("customer")
RECORD = "00000000-0000-7000-8000-0000000000cc"
AT = datetime(2026, 1, 31, 1, 2, 3, tzinfo=UTC)


def event(kind: str, changes: dict[str, Any]) -> Event:
    return Event(7, TENANT, AT, kind, "customer", RECORD, None, "system", "import", json.dumps(changes), (), "", 1)


def test_update_is_told_under_the_names_of_the_api() -> None:
    stored = {
        "full_name": ["Ann", "安娜"],
        "level": ["new", "vip"],
        "spent": [10.50, 20],
        "store_id": [None, RECORD],
        "version": [2, 3],
        "gone_column": [1, 2],
    }
    kind, body = message(event("update", stored), CUSTOMER, MODEL)

    assert kind == "customer.updated"
    assert json.loads(body) == {
        "type": "customer.updated",
        "timestamp": "2026-01-31T01:02:03Z",
        "data": {
            "object": "customer",
            "id": RECORD,
            "version": 3,
            "actor": {"id": None, "kind": "system", "name": "import"},
            "changes": {
                "fullName": {"before": "Ann", "after": "安娜"},
                "level": {"before": "NEW", "after": "VIP"},
                "spent": {"before": {"amount": "10.5"}, "after": {"amount": "20"}},
                "store": {"before": None, "after": {"id": RECORD}},
                "version": {"before": 2, "after": 3},
            },
        },
    }


def test_creation_has_no_before() -> None:
    changes = changes_of(event("create", {"spent": 5, "spent_currency": "CNY"}).pairs, CUSTOMER, MODEL)

    assert changes == {"spent": {"before": None, "after": {"amount": "5", "currency": "CNY"}}}


def test_encrypted_values_are_hidden() -> None:
    changes = changes_of({"card": ("v1.1.old", "v1.1.new")}, CUSTOMER, MODEL)

    assert changes == {"card": {"before": None, "after": None, "hidden": True}}
    assert "card" not in record_of({"card": "v1.1.new"}, CUSTOMER, MODEL)


def test_table_leads_to_its_object() -> None:
    user = object_of_table(MODEL, "user")

    assert user is not None
    assert user.name == "user"
    assert object_of_table(MODEL, "dropped") is None


def test_condition_sees_the_record_before_and_after() -> None:
    became_vip = compile_condition('level == "vip" && old.level != "vip" && spent >= 10', MODEL, CUSTOMER)
    before, after = {"level": "new", "spent": 12.5}, {"level": "vip", "spent": 12.5}

    assert became_vip(after, before, AT)
    assert not became_vip(before, after, AT)
    assert not became_vip({"level": "vip"}, {"level": "new"}, AT)


def test_row_has_the_types_of_expressions() -> None:
    row = typed_row({"met_at": "2026-01-31T01:02:03+00:00", "points": 3, "store_id": RECORD}, CUSTOMER, MODEL)

    assert (row["met_at"], row["points"], row["store"], row["level"]) == (AT, 3, RECORD, None)
