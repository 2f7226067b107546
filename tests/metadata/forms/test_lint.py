"""What keeps a form from being published: every fault at once, each at its place."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from metadata.forms.lint import lint
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from tests.server.forms.jobs import OBJECTS


def faults(form: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...]]]:
    document, found = read_document(
        {
            "objects": yaml.safe_load(OBJECTS),
            "roles": [{"name": "visitor"}],
            "forms": [{"name": "report", "object": "job", **form}],
        }
    )
    assert document is not None, list(found)
    model = resolve(
        document.objects,
        tenant_id="t",
        slug="t",
        version=1,
        settings=TenantSettings(),
        roles=document.roles,
        forms=document.forms,
    )
    return [(fault.reason, fault.path) for fault in lint(model, model.forms["report"])]


def field(**attributes: Any) -> dict[str, Any]:
    return {"fields": [{"name": "one", "field": "title", **attributes}]}


CASES = {
    "a sound field": (field(access="required"), []),
    "no fields": ({"fields": []}, [("bad_field_count", ("fields",))]),
    "an object type that is not there": ({"object": "boat", "fields": []}, [("unknown_object", ("object",))]),
    "a field that is not there": (field(field="colour"), [("unknown_field", ("fields", 0, "field"))]),
    "a computed field to fill in": (field(field="part_count"), [("not_writable", ("fields", 0, "access"))]),
    "a computed field to look at": (field(field="part_count", access="read"), []),
    "a condition over a field that is not there": (
        field(rules=[{"when": "colour == 1", "access": "read"}]),
        [("unknown_field", ("fields", 0, "rules", 0, "when"))],
    ),
    "a condition that is none": (
        field(rules=[{"when": "hours + 1", "access": "read"}]),
        [("wrong_type", ("fields", 0, "rules", 0, "when"))],
    ),
    "a rule that always counts": (
        field(rules=[{"access": "read"}]),
        [("rule_always_counts", ("fields", 0, "rules", 0))],
    ),
    "a default over a field that is not there": (
        field(default="=colour"),
        [("unknown_field", ("fields", 0, "default"))],
    ),
    "a section that is not there": (field(section="costs"), [("unknown_section", ("fields", 0, "section"))]),
    "a widget for other fields": (field(widget="location"), [("widget_unsuited", ("fields", 0, "widget"))]),
    "lines without the widget": (field(field="parts"), [("widget_unsuited", ("fields", 0, "widget"))]),
    "a place that is near to nothing": (
        field(field="at", widget="location", settings={"max_distance_m": 5}),
        [("missing", ("fields", 0, "settings", "max_distance_m"))],
    ),
    "a place that is put together": (
        field(field="at", default="=geoPoint(1, 2)"),
        [("bad_default", ("fields", 0, "default"))],
    ),
    "a pattern that is none": (
        field(field="scanned", widget="scan", settings={"pattern": "("}),
        [("bad_pattern", ("fields", 0, "settings", "pattern"))],
    ),
    "records found by a field that others share": (
        field(field="site", widget="scan", settings={"by": "name"}),
        [("not_unique", ("fields", 0, "settings", "by"))],
    ),
    "several pictures in one field": (
        field(field="signed", widget="photo", settings={"max": 3}),
        [("out_of_range", ("fields", 0, "settings", "max"))],
    ),
    "pictures in records that have none": (
        field(field="parts", widget="photo", settings={"max": 3}),
        [("no_picture_field", ("fields", 0, "settings", "field"))],
    ),
    "more lines than there may be": (
        field(field="parts", widget="lines", settings={"min": 9, "max": 3, "fields": [{"field": "label"}]}),
        [("out_of_range", ("fields", 0, "settings", "min"))],
    ),
    "lines that lead back": (
        field(field="parts", widget="lines", settings={"fields": [{"field": "job"}]}),
        [("unknown_field", ("fields", 0, "settings", "fields", 0, "field"))],
    ),
    "a role that is not there": (
        {**field(), "public_role": "stranger"},
        [("unknown_role", ("public_role",))],
    ),
    "a role that may do anything": (
        {**field(), "public_role": "administrator"},
        [("role_too_strong", ("public_role",))],
    ),
    "a value for a computed field": (
        {**field(), "values": [{"field": "part_count", "value": 1}]},
        [("not_writable", ("values", 0, "field"))],
    ),
    "the same field twice": (
        {"fields": [{"name": "one", "field": "title"}, {"name": "two", "field": "title"}]},
        [("duplicate_name", ("fields", 1, "field"))],
    ),
}


@pytest.mark.parametrize(("form", "expected"), CASES.values(), ids=CASES)
def test_faults_of_forms(form: dict[str, Any], expected: list[Any]) -> None:
    assert faults(form) == expected
