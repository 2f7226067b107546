"""What is wrong with queues and rules is told all together, each at its place."""

from __future__ import annotations

from typing import Any

import pytest

from metadata.model.checking import check_model
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings

OBJECTS = [
    {
        "name": "ticket",
        "plural": "tickets",
        "fields": [
            {"name": "fault", "type": "text"},
            {"name": "place", "type": "geo_point"},
            {"name": "engineer", "type": "user"},
        ],
    },
    {
        "name": "user",
        "plural": "users",
        "fields": [{"name": "skills", "type": "tags"}, {"name": "at", "type": "geo_point"}],
    },
    {"name": "visit", "plural": "visits", "fields": [{"name": "done", "type": "boolean"}]},
]
SOUND = {
    "name": "service",
    "object": "ticket",
    "members": [{"role": "agent"}],
    "steps": [
        {"by": "where", "expression": "fault in actor.skills", "required": True, "relax_after": "PT10M"},
        {"by": "least", "expression": "distanceKm(place, actor.at)"},
        {"by": "round_robin"},
    ],
}


def faults_of(*queues: dict[str, Any], rules: Any = ()) -> list[tuple[str, tuple[Any, ...]]]:
    document, read = read_document({"objects": OBJECTS, "queues": list(queues), "routing_rules": list(rules)})
    assert document is not None, list(read)
    model = resolve(
        document.objects,
        tenant_id="t",
        slug="t",
        version=1,
        settings=TenantSettings(),
        queues=document.queues,
        routing_rules=document.routing_rules,
    )
    return [(fault.reason, fault.path) for fault in check_model(model)]


def test_a_sound_queue_has_no_faults() -> None:
    assert faults_of(SOUND, rules=[{"name": "new", "object": "ticket", "queue": "service"}]) == []


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"object": "nothing"}, "unknown_object", ("object",)),
        ({"object": "user"}, "unknown_object", ("object",)),
        ({"capacity": "fault"}, "unknown_field", ("capacity",)),
        ({"capacity": ""}, "missing", ("capacity",)),
        ({"priority": "fault"}, "wrong_type", ("priority",)),
        ({"done_when": "actor.id == null"}, "unknown_root", ("done_when",)),
        ({"calendar": "office"}, "unknown_calendar", ("calendar",)),
        ({"accept_within": "soon"}, "bad_duration", ("accept_within",)),
        ({"heartbeat": "PT0S"}, "bad_duration", ("heartbeat",)),
        ({"units": 0}, "out_of_range", ("units",)),
        ({"hops": 0}, "out_of_range", ("hops",)),
        ({"assign_to": "fault"}, "not_a_user", ("assign_to",)),
        ({"assign_to": "engineer.superior"}, "not_a_user", ("assign_to",)),
        ({"overflow": "nowhere"}, "unknown_queue", ("overflow",)),
        ({"overflow": "service"}, "queue_circle", ("overflow",)),
        ({"overflow_after": "PT1H"}, "missing", ("overflow",)),
        ({"members": [{}]}, "one_of", ("members", 0)),
        ({"members": [{"role": "a", "team": "b"}]}, "one_of", ("members", 0)),
        ({"members": [{"user": "li"}]}, "unknown_person", ("members", 0, "user")),
        ({"steps": [{"by": "sticky"}]}, "missing", ("steps", 0, "expression")),
        ({"steps": [{"by": "role", "role": "a", "field": "owner"}]}, "not_applicable", ("steps", 0, "field")),
        ({"steps": [{"by": "where", "expression": "fault"}]}, "wrong_type", ("steps", 0, "expression")),
        ({"steps": [{"by": "field", "field": "fault"}]}, "not_a_user", ("steps", 0, "field")),
        ({"steps": [{"by": "least_loaded", "required": True}]}, "not_applicable", ("steps", 0, "required")),
        ({"steps": [{"by": "round_robin"}, {"by": "least_loaded"}]}, "not_last", ("steps", 0)),
        ({"levels": [{"name": "deep"}]}, "missing", ("levels", 0, "depth")),
        ({"levels": [{"name": "deep", "depth": 3, "clear": 4}]}, "out_of_range", ("levels", 0, "clear")),
        ({"levels": [{"name": "a", "depth": 3}, {"name": "a", "depth": 4}]}, "duplicate_name", ("levels", 1)),
    ],
)
def test_a_fault_is_told_at_its_place(change: dict[str, Any], reason: str, path: tuple[Any, ...]) -> None:
    assert faults_of({**SOUND, **change}) == [(reason, ("queues", 0, *path))]


def test_work_never_goes_round_in_a_circle() -> None:
    first, second = {**SOUND, "overflow": "backup"}, {**SOUND, "name": "backup", "overflow": "service"}
    assert [reason for reason, _ in faults_of(first, second)] == ["queue_circle", "queue_circle"]


def test_only_one_queue_of_an_object_takes_what_fits_nowhere() -> None:
    first, second = {**SOUND, "catch_all": True}, {**SOUND, "name": "backup", "catch_all": True}
    assert [reason for reason, _ in faults_of(first, second)] == ["duplicate_catch_all", "duplicate_catch_all"]


@pytest.mark.parametrize(
    ("change", "reason", "attribute"),
    [
        ({"object": "visit"}, "unknown_queue", "queue"),
        ({"queue": "nowhere"}, "unknown_queue", "queue"),
        ({"when": "fault"}, "wrong_type", "when"),
        ({"when": "actor.id == null"}, "unknown_root", "when"),
        ({"events": []}, "missing", "events"),
        ({"events": ["delete"]}, "unknown_value", "events"),
    ],
)
def test_a_rule_names_what_is_there(change: dict[str, Any], reason: str, attribute: str) -> None:
    rule = {"name": "new", "object": "ticket", "queue": "service", **change}
    found = faults_of(SOUND, rules=[rule])
    assert [(one, path[:3]) for one, path in found] == [(reason, ("routing_rules", 0, attribute))]
