"""Every filter operator of every field type finds what a plain comparison in Python finds.

Each case is asked of samples themselves, of probes through a to-one relation, of probes through a lookup, and of
shelves through `some`, `none` and `every`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from metadata.fields import FIELD_TYPES
from metadata.fields.operators import operators_for
from metadata.model.tenant import TenantModel, field_of
from tests.fixtures.tenants import FIELD_TYPE_NAMES, tenants_document
from tests.server.graphql.reading.conftest import World
from tests.server.graphql.reading.samples import PLACES, VALUES, Seeded, field_name

_RECORDS = ("relation", "user", "department")
_FILES = ("file", "image")
_UNFILTERED = ("encrypted_text",)
_COMPOSITE_KEY = {"money": "amount", "person_name": "full", "file": "id", "image": "id"}

_SECONDS = {"PT0S": 0, "PT1H30M": 5_400, "PT48H1S": 172_801}


def _key(type_name: str, answer: Any) -> Any:
    """A value as something that Python orders as PostgreSQL does."""
    if answer is None:
        return None
    if type_name in _COMPOSITE_KEY:
        answer = answer[_COMPOSITE_KEY[type_name]]
    if type_name in ("decimal", "percent", "money"):
        return Decimal(answer)
    if type_name in ("big_integer", "rollup"):
        return int(answer)
    return _SECONDS[answer] if type_name == "duration" else answer


def _operand(type_name: str, seeded: Seeded, place: int) -> Any:
    """A value as an operand of a filter."""
    answer = seeded.answers[place][type_name]
    return answer[_COMPOSITE_KEY[type_name]] if type_name in _COMPOSITE_KEY else answer


def _like(pattern: str, flags: int = 0) -> Callable[[str], bool]:
    text = "".join(".*" if char == "%" else "." if char == "_" else re.escape(char) for char in pattern)
    return lambda value: re.fullmatch(text, value, re.DOTALL | flags) is not None


def _cases(type_name: str, operator: str, seeded: Seeded) -> list[tuple[Any, Callable[[Any], bool]]]:
    """(operand, what it asks of a value that is there) pairs of one operator."""
    operands = [_operand(type_name, seeded, place) for place in range(3)]
    keys = [_key(type_name, seeded.answers[place][type_name]) for place in range(3)]
    low, middle, high = keys
    match operator:
        case "eq":
            return [(operands[1], lambda key: key == middle)]
        case "ne":
            return [(operands[1], lambda key: key != middle)]
        case "in":
            return [
                (operands[:2], lambda key: key in keys[:2]),
                ([], lambda _: False),
                (operands[2], lambda k: k == high),
            ]
        case "notIn":
            return [(operands[:2], lambda key: key not in keys[:2]), ([], lambda _: True)]
        case "lt":
            return [(operands[1], lambda key: key < middle)]
        case "lte":
            return [(operands[1], lambda key: key <= middle)]
        case "gt":
            return [(operands[1], lambda key: key > middle)]
        case "gte":
            return [(operands[1], lambda key: key >= middle)]
        case "between":
            return [
                (operands[:2], lambda key: low <= key <= middle),
                (operands[1::-1], lambda key: middle <= key <= low),
            ]
        case "contains" | "icontains" | "startsWith" | "istartsWith" | "endsWith" | "iendsWith":
            return _text_cases(operator, str(operands[1]))
        case "like":
            return [
                (f"{str(operands[1])[:1]}%".replace("\\", "\\\\"), _like(f"{str(operands[1])[:1]}%")),
                ("_", _like("_")),
            ]
        case "ilike":
            return [("%A%", _like("%A%", re.IGNORECASE))]
        case "has":
            return [(item, partial(_holds, item)) for item in operands[2]]
        case "hasAny":
            return [(operands[2], lambda key: bool(set(key) & set(high))), ([], lambda _: False)]
        case "hasAll":
            return [(operands[2], lambda key: set(high) <= set(key)), ([], lambda _: True)]
    raise AssertionError(f"no case for operator {operator!r}")


def _holds(item: Any, items: list[Any]) -> bool:
    return item in items


def _text_cases(operator: str, text: str) -> list[tuple[Any, Callable[[Any], bool]]]:
    fold = str.lower if operator.startswith("i") else str
    test: Callable[[str, str], bool] = {
        "contains": str.__contains__,
        "startswith": str.startswith,
        "endswith": str.endswith,
    }[operator.removeprefix("i").lower()]
    parts = [text, text[:1], text[-1:], text.upper(), "%", "_", "\\", ""]

    def holds(part: str, value: str) -> bool:
        return bool(test(fold(value), fold(part)))

    return [(part, partial(holds, part)) for part in parts]


def _model() -> TenantModel:
    from server.configuration.tenancy import _first_plan

    return _first_plan("01890000-0000-7000-8000-000000000001", "east", tenants_document("east"), {}, "").model


def _all_cases() -> list[tuple[str, str]]:
    model = _model()
    samples = model.object("sample")
    found = []
    for type_name in FIELD_TYPE_NAMES:
        field = field_of(samples, f"{type_name}_field")
        assert field is not None
        if type_name in (*_RECORDS, *_UNFILTERED, "geo_point"):
            continue
        operators = operators_for(FIELD_TYPES[type_name].value_type(field, model))
        found += [(type_name, one.name) for one in operators if one.name not in ("isNull", "isEmpty", "within")]
    return found


async def _found(seeded: Seeded, plural: str, filter_: Any) -> list[int]:
    """Which of the five records match, by their numbers."""
    type_name = {"samples": "Sample", "probes": "Probe", "shelves": "Shelf"}[plural]
    query = f"query($f: {type_name}Filter) {{ {plural}(filter: $f, first: 50) {{ totalCount nodes {{ id }} }} }}"
    answer = (await seeded.tenant.data(query, {"f": filter_}))[plural]
    numbers = {id_: number for number, id_ in enumerate(getattr(seeded, plural))}
    assert answer["totalCount"] == len(answer["nodes"])
    return sorted(numbers[node["id"]] for node in answer["nodes"])


@pytest.mark.parametrize(("type_name", "operator"), _all_cases())
async def test_an_operator_finds_what_python_finds(world: World, type_name: str, operator: str) -> None:
    seeded, name = world.east, field_name(type_name)
    everything = list(range(5))
    for operand, test in _cases(type_name, operator, seeded):
        keys = [_key(type_name, answer[type_name]) for answer in seeded.answers]
        if operand == [] and operator in ("in", "notIn"):  # an empty list asks nothing of a value, not even to be there
            await _check_empty(seeded, name, operator)
            continue
        expected = [number for number, key in enumerate(keys) if key is not None and test(key)]
        condition = {name: {operator: operand}}
        assert await _found(seeded, "samples", condition) == expected, operand
        known = [number for number, key in enumerate(keys) if key is not None]
        others = [number for number in known if number not in expected]
        assert await _found(seeded, "samples", {"not": condition}) == others, operand
        assert await _found(seeded, "probes", {"sample": condition}) == expected, operand
        assert await _found(seeded, "probes", {field_name(type_name, "seen"): {operator: operand}}) == expected
        assert await _found(seeded, "shelves", {"samples": {"some": condition}}) == expected, operand
        assert await _found(seeded, "shelves", {"samples": {"every": condition}}) == expected, operand
        assert await _found(seeded, "shelves", {"samples": {"none": condition}}) == [
            number for number in everything if number not in expected
        ], operand


async def _check_empty(seeded: Seeded, name: str, operator: str) -> None:
    everything = list(range(5))
    matching = everything if operator == "notIn" else []
    others = [number for number in everything if number not in matching]
    assert await _found(seeded, "samples", {name: {operator: []}}) == matching
    assert await _found(seeded, "samples", {"not": {name: {operator: []}}}) == others


@pytest.mark.parametrize("type_name", [name for name in FIELD_TYPE_NAMES if name not in _UNFILTERED])
async def test_is_null_tells_missing_values(world: World, type_name: str) -> None:
    seeded = world.east
    name = f"{field_name(type_name)}Id" if type_name in _RECORDS else field_name(type_name)
    missing = [number for number, answer in enumerate(seeded.answers) if answer[type_name] is None]
    present = [number for number in range(5) if number not in missing]
    assert await _found(seeded, "samples", {name: {"isNull": True}}) == missing
    assert await _found(seeded, "samples", {name: {"isNull": False}}) == present
    assert await _found(seeded, "samples", {"not": {name: {"isNull": True}}}) == present
    assert await _found(seeded, "probes", {"sample": {name: {"isNull": True}}}) == missing


@pytest.mark.parametrize("type_name", ["multi_select", "tags"])
async def test_is_empty_tells_lists_that_hold_nothing(world: World, type_name: str) -> None:
    name = field_name(type_name)
    assert await _found(world.east, "samples", {name: {"isEmpty": True}}) == [0, 4]
    assert await _found(world.east, "samples", {name: {"isEmpty": False}}) == [1, 2, 3]


@pytest.mark.parametrize("type_name", _RECORDS)
async def test_relations_are_filtered_by_id_and_by_what_they_lead_to(world: World, type_name: str) -> None:
    seeded, name = world.east, field_name(type_name)
    wanted = seeded.answers[1][type_name]
    expected = [n for n, answer in enumerate(seeded.answers) if answer[type_name] == wanted]
    assert await _found(seeded, "samples", {f"{name}Id": {"eq": wanted["id"]}}) == expected
    assert await _found(seeded, "samples", {name: {"id": {"eq": wanted["id"]}}}) == expected
    assert await _found(seeded, "samples", {name: {"name": {"eq": wanted["name"]}}}) == expected
    assert await _found(seeded, "samples", {f"{name}Id": {"in": [wanted["id"]]}}) == expected


async def test_near_finds_places_within_a_distance(world: World) -> None:
    async def near(lat: float, lng: float, km: float) -> list[int]:
        condition = {"geoPointField": {"near": {"lat": lat, "lng": lng, "km": km}}}
        return await _found(world.east, "samples", condition)

    assert await near(31.23, 121.47, 0) == [2]
    assert await near(31.0, 121.0, 100) == [2]
    assert await near(0, 1, 112) == [1, 3]
    assert await near(0, 0, 20_000) == [0, 1, 2, 3]


async def test_within_counts_from_the_tenants_day(world: World) -> None:
    tenant = world.east.tenant
    now = "within: {last: 1, unit: DAY}"
    data = await tenant.data(
        f"{{ a: samples(filter: {{createdAt: {{{now}}}}}) {{ totalCount }}"
        " b: samples(filter: {dateField: {within: {last: 10, unit: YEAR}}}) { totalCount }"
        " c: samples(filter: {createdAt: {within: {next: 3, unit: HOUR}}}) { totalCount } }"
    )
    assert data == {"a": {"totalCount": 5}, "b": {"totalCount": 2}, "c": {"totalCount": 0}}


_WRONG: dict[str, Any] = {
    "integer": "x",
    "big_integer": "1.5",
    "decimal": "NaN",
    "money": "1,5",
    "percent": "x",
    "rating": 1.5,
    "boolean": "yes",
    "date": "2026-02-30",
    "datetime": "2026-01-31T08:00:00",
    "time": "25:00",
    "duration": "P1M",
    "select": "NOBODY",
    "text": 5,
}


@pytest.mark.parametrize("type_name", _WRONG)
async def test_a_wrong_operand_is_told_with_its_path(world: World, type_name: str) -> None:
    name, tenant = field_name(type_name), world.east.tenant
    query = "query($f: SampleFilter) { samples(filter: $f) { totalCount } }"
    many = {"f": {name: {"in": [_WRONG[type_name]]}}}
    faults = await tenant.faults(query, many)
    assert faults == [("BAD_USER_INPUT", "wrong_type", ("f", name, "in", 0))]
    faults = await tenant.faults(query, {"f": {name: {"eq": _WRONG[type_name], "ne": _WRONG[type_name]}}})
    assert faults == [("BAD_USER_INPUT", "wrong_type", ("f", name, part)) for part in ("eq", "ne")]


@pytest.mark.parametrize("type_name", ["relation", "user", "department", "file"])
async def test_an_operand_that_is_no_id_is_told_with_its_path(world: World, type_name: str) -> None:
    name = field_name(type_name) + ("Id" if type_name in _RECORDS else "")
    query = f'{{ samples(filter: {{ {name}: {{ eq: "nobody" }} }}) {{ totalCount }} }}'
    assert await world.east.tenant.faults(query) == [("BAD_USER_INPUT", "wrong_type", ("filter", name, "eq"))]


@pytest.mark.parametrize(
    ("condition", "reason", "path"),
    [
        ({"textField": {"eq": None}}, "null_operand", ("textField", "eq")),
        ({"textField": {"in": ["a", None]}}, "missing_value", ("textField", "in", 1)),
        ({"and": [{}, {"not": {"textField": {"like": None}}}]}, "null_operand", ("and", 1, "not", "textField", "like")),
        ({"probes": {"some": {"weight": {"gt": None}}}}, "null_operand", ("probes", "some", "weight", "gt")),
        ({"relationField": {"name": {"ne": None}}}, "null_operand", ("relationField", "name", "ne")),
        ({"integerField": {"between": [1]}}, "not_a_pair", ("integerField", "between")),
        ({"integerField": {"between": [1, 2, 3]}}, "not_a_pair", ("integerField", "between")),
        ({"dateField": {"within": {"unit": "DAY"}}}, "bad_window", ("dateField", "within")),
        ({"dateField": {"within": {"unit": "DAY", "last": 1, "next": 1}}}, "bad_window", ("dateField", "within")),
        ({"dateField": {"within": {"unit": "HOUR", "last": 1}}}, "bad_window", ("dateField", "within")),
        ({"dateField": {"within": {"unit": "DAY", "last": 0}}}, "bad_window", ("dateField", "within")),
        ({"dateField": {"within": {"unit": "DAY", "next": 10_001}}}, "bad_window", ("dateField", "within")),
        ({"geoPointField": {"near": {"lat": 91, "lng": 0, "km": 1}}}, "bad_place", ("geoPointField", "near")),
        ({"geoPointField": {"near": {"lat": 1, "lng": 0, "km": -1}}}, "bad_place", ("geoPointField", "near")),
    ],
)
async def test_a_condition_without_sense_is_told_with_its_path(
    world: World, condition: dict[str, Any], reason: str, path: tuple[Any, ...]
) -> None:
    query = "query($f: SampleFilter) { samples(filter: $f) { totalCount } }"
    for _again in range(2):  # the second may meet a plan
        faults = await world.east.tenant.faults(query, {"f": condition})
        assert [(code, why) for code, why, _path in faults] == [("BAD_USER_INPUT", reason)]
        assert faults[0][2] in [("f", *path), ("filter", *path)]


def test_every_type_with_values_has_cases() -> None:
    assert set(VALUES) <= set(FIELD_TYPE_NAMES)
    assert len(PLACES) == 5
