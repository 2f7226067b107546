"""Field declarations that a type refuses, and number patterns."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from metadata.fields import FIELD_TYPES
from metadata.fields.numbering import AutoNumberSettings, number_period, render_number
from metadata.model.values import ObjectType
from tests.metadata.fields.samples import MODEL, make_field

OBJECT = ObjectType(name="customer", plural="customers")


@pytest.mark.parametrize(
    ("type_key", "settings", "attribute"),
    [
        ("text", {"max_length": 0}, "settings.max_length"),
        ("text", {"max_length": 9999}, "settings.max_length"),
        ("text", {"min_length": 300}, "settings.min_length"),
        ("text", {"pattern": "(?<=a)b"}, "settings.pattern"),
        ("text", {"pattern": "["}, "settings.pattern"),
        ("integer", {"max": 2**40}, "settings.max"),
        ("integer", {"min": 5, "max": 1}, "settings.min"),
        ("decimal", {"precision": 50}, "settings.precision"),
        ("decimal", {"scale": 30}, "settings.scale"),
        ("decimal", {"min": "x"}, "settings.min"),
        ("money", {"currencies": ["RMB"]}, "settings.currencies"),
        ("rating", {"max": 11}, "settings.max"),
        ("select", {"options": []}, "settings.options"),
        ("select", {"options": [{"key": "a"}, {"key": "a"}]}, "settings.options.1.key"),
        ("select", {"options": [{"key": "已完成"}]}, "settings.options.0.key"),
        ("select", {"options": [{"key": "a", "archived": True}]}, "settings.options"),
        ("select", {"options": [{"key": "a", "color": "<b>"}]}, "settings.options.0.color"),
        ("phone", {"region": "XX"}, "settings.region"),
        ("image", {"content_types": ["application/pdf"]}, "settings.content_types"),
        ("auto_number", {"pattern": "WO"}, "settings.pattern"),
        ("auto_number", {"pattern": "{seq}{seq}"}, "settings.pattern"),
        ("auto_number", {"pattern": "{seq}{x}"}, "settings.pattern"),
        ("auto_number", {"pattern": "{mm}-{seq}", "reset": "month"}, "settings.pattern"),
        ("relation", {"to": ""}, "settings.to"),
        ("relation", {"to": "ghost"}, "settings.to"),
        ("relation", {"to": "customer", "targets": ["customer"]}, "settings.targets"),
        ("relation", {"to": "customer", "many": True, "on_delete": "cascade"}, "settings.on_delete"),
        ("rollup", {"relation": "notes", "function": "sum"}, "settings.field"),
        ("lookup", {"path": "name"}, "settings.path"),
        ("formula", {"expression": " "}, "settings.expression"),
    ],
    ids=lambda part: str(part)[:40],
)
def test_declaration_is_refused_at_its_attribute(type_key: str, settings: dict[str, Any], attribute: str) -> None:
    problems = list(FIELD_TYPES[type_key].check(make_field(type_key, **settings), OBJECT, MODEL))
    assert [problem.attribute for problem in problems] == [attribute]
    assert problems[0].message.endswith(".")


def test_required_relation_cannot_be_cleared() -> None:
    field = msgspec.structs.replace(make_field("relation", to="customer", on_delete="clear"), required=True)
    (problem,) = FIELD_TYPES["relation"].check(field, OBJECT, MODEL)
    assert problem.attribute == "settings.on_delete"


def test_indexed_text_is_short_enough_for_an_index() -> None:
    field = msgspec.structs.replace(make_field("text", max_length=501), indexed=True)
    (problem,) = FIELD_TYPES["text"].check(field, OBJECT, MODEL)
    assert problem.attribute == "settings.max_length"


@pytest.mark.parametrize("type_key", [key for key, one in FIELD_TYPES.items() if one.declarable])
def test_sample_declaration_is_right(type_key: str) -> None:
    assert list(FIELD_TYPES[type_key].check(make_field(type_key), OBJECT, MODEL)) == []


def test_number_is_filled_in() -> None:
    settings = AutoNumberSettings(pattern="WO-{yyyy}{mm}-{seq:5}", reset="month")
    assert render_number(settings, date(2026, 1, 9), 42) == "WO-202601-00042"
    assert render_number(settings, date(2026, 1, 9), 1234567) == "WO-202601-1234567"
    assert render_number(AutoNumberSettings(pattern="{yy}{dd}{seq}"), date(2006, 1, 9), 0) == "06090"


@pytest.mark.parametrize(
    ("reset", "period"), [("never", ""), ("year", "2026"), ("month", "2026-01"), ("day", "2026-01-09")]
)
def test_numbers_are_counted_by_period(reset: Any, period: str) -> None:
    assert number_period(AutoNumberSettings(reset=reset), date(2026, 1, 9)) == period
