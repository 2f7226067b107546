"""A field of each type, and values it takes and refuses, for the tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from metadata.fields import FIELD_TYPES
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType

OPTIONS = [
    {"key": "new", "label": {"en": "New"}},
    {"key": "in_progress"},
    {"key": "done"},
    {"key": "lost", "archived": True},
]

SETTINGS: dict[str, dict[str, Any]] = {
    "select": {"options": OPTIONS},
    "multi_select": {"options": OPTIONS},
    "formula": {"expression": "1 + 1"},
    "rollup": {"relation": "notes"},
    "lookup": {"path": "owner.name"},
    "relation": {"to": "customer"},
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading an input value may need to know."""

    model: TenantModel


def make_field(type_key: str, name: str = "thing", **settings: Any) -> Field:
    given = {**SETTINGS.get(type_key, {}), **settings}
    return Field(name=name, type=type_key, settings=msgspec.convert(given, FIELD_TYPES[type_key].settings), column=name)


def make_model(*objects: ObjectType, **settings: Any) -> TenantModel:
    return resolve(
        objects,
        tenant_id="018f0000-0000-7000-8000-000000000001",
        slug="acme",
        version=1,
        settings=TenantSettings(**settings),
    )


MODEL = make_model(ObjectType(name="customer", plural="customers", table="customer_2"))


def read(type_key: str, value: Any, model: TenantModel = MODEL, **settings: Any) -> tuple[Any, ...]:
    field = make_field(type_key, **settings)
    return FIELD_TYPES[type_key].read(value, field, Reading(model))
