"""Figures over records: by group, of every field type that has them, with conditions and order."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pytest

from metadata.fields import FIELD_TYPES
from tests.fixtures.tenants import FIELD_TYPE_NAMES, Tenants
from tests.server.graphql.reading.conftest import World
from tests.server.graphql.reading.samples import VALUES, field_name

_SELF_COMPUTED = ("formula", "rollup", "lookup")
_PARTS = {"money": "amount", "person_name": "full"}
_GROUPED = [
    name
    for name in FIELD_TYPE_NAMES
    if FIELD_TYPES[name].groupable and name not in ("money", "person_name", "relation", "user", "department")
]


def _upper(name: str) -> str:
    return "".join(f"_{char}" if char.isupper() else char for char in name).upper()


@pytest.mark.parametrize("type_name", _GROUPED)
async def test_records_are_grouped_by_value(world: World, type_name: str) -> None:
    seeded, name = world.east, field_name(type_name)
    query = f"{{ samplesAggregate(groupBy: [{{{name}: VALUE}}]) {{ key {{ {name} }} count }} }}"
    groups = (await seeded.tenant.data(query))["samplesAggregate"]
    expected: dict[str, int] = {}
    for answer in seeded.answers:
        expected[repr(answer[type_name])] = expected.get(repr(answer[type_name]), 0) + 1
    assert {repr(group["key"][name]): group["count"] for group in groups} == expected


@pytest.mark.parametrize("type_name", ["relation", "user", "department"])
async def test_records_are_grouped_by_what_they_lead_to(world: World, type_name: str) -> None:
    seeded, name = world.east, field_name(type_name)
    query = (
        f"{{ samplesAggregate(groupBy: [{{{name}Id: VALUE}}, {{{name}: {{name: VALUE}}}}])"
        f" {{ key {{ {name}Id {name} {{ name }} }} count }} }}"
    )
    groups = (await seeded.tenant.data(query))["samplesAggregate"]
    expected: dict[Any, int] = {}
    for answer in seeded.answers:
        to = answer[type_name] or {"id": None, "name": None}
        expected[to["id"], to["name"]] = expected.get((to["id"], to["name"]), 0) + 1
    assert {(g["key"][f"{name}Id"], (g["key"][name] or {}).get("name")): g["count"] for g in groups} == expected


@pytest.mark.parametrize(
    "type_name",
    [name for name in FIELD_TYPE_NAMES if name not in ("encrypted_text", "relation", "user", "department")],
)
async def test_different_values_are_counted(world: World, type_name: str) -> None:
    seeded, name = world.east, field_name(type_name)
    query = f"{{ samplesAggregate {{ countDistinct(field: {_upper(name)}) }} }}"
    expected = len({repr(answer[type_name]) for answer in seeded.answers if answer[type_name] is not None})
    assert await seeded.tenant.data(query) == {"samplesAggregate": [{"countDistinct": expected}]}


def _figured(figure: str) -> list[str]:
    return [name for name in FIELD_TYPE_NAMES if figure in FIELD_TYPES[name].aggregates and name not in ("lookup",)]


def _values(world: World, type_name: str) -> list[Any]:
    part = _PARTS.get(type_name)
    found = [answer[type_name] for answer in world.east.answers if answer[type_name] is not None]
    return [value[part] if part else value for value in found]


@pytest.mark.parametrize("type_name", _figured("min"))
async def test_least_and_greatest_are_answered_as_the_field_is(world: World, type_name: str) -> None:
    name, values = field_name(type_name), _values(world, type_name)
    query = f"{{ samplesAggregate {{ min {{ {name} }} max {{ {name} }} }} }}"
    ordered = [pair[1] for pair in VALUES[type_name]] if type_name in VALUES else sorted(set(values))
    part = _PARTS.get(type_name)
    ordered = [value[part] for value in ordered] if part else ordered
    low, high = (min(values), max(values)) if type_name not in VALUES else (ordered[0], ordered[-1])
    assert await world.east.tenant.data(query) == {"samplesAggregate": [{"min": {name: low}, "max": {name: high}}]}


@pytest.mark.parametrize("type_name", [name for name in _figured("sum") if name != "duration"])
async def test_sums_and_means_are_exact(world: World, type_name: str) -> None:
    name, values = field_name(type_name), [Decimal(value) for value in _values(world, type_name)]
    query = f"{{ samplesAggregate {{ sum {{ {name} }} avg {{ {name} }} }} }}"
    (answer,) = (await world.east.tenant.data(query))["samplesAggregate"]
    assert isinstance(answer["sum"][name], str)
    with localcontext() as context:
        context.prec = 60
        assert Decimal(answer["sum"][name]) == sum(values)
        assert abs(Decimal(answer["avg"][name]) * len(values) - sum(values)) < Decimal("0.00000001")


async def test_durations_are_added_and_averaged(world: World) -> None:
    query = "{ samplesAggregate { sum { durationField } avg { durationField } } }"
    assert await world.east.tenant.data(query) == {
        "samplesAggregate": [{"sum": {"durationField": "PT51H1S"}, "avg": {"durationField": "PT12H45M"}}]
    }


async def test_figures_over_nothing_are_null_and_counts_zero(world: World) -> None:
    query = """{ samplesAggregate(filter: {integerField: {eq: 7}}) {
        count countDistinct(field: TEXT_FIELD) sum { integerField moneyField durationField }
        avg { decimalField } min { dateField } max { integerField } } }"""
    assert await world.east.tenant.data(query) == {
        "samplesAggregate": [
            {
                "count": 0,
                "countDistinct": 0,
                "sum": {"integerField": None, "moneyField": None, "durationField": None},
                "avg": {"decimalField": None},
                "min": {"dateField": None},
                "max": {"integerField": None},
            }
        ]
    }


async def test_without_groups_there_is_one_line_whatever_is_selected(world: World) -> None:
    query = "{ samplesAggregate { __typename key { textField } } }"
    assert await world.east.tenant.data(query) == {
        "samplesAggregate": [{"__typename": "SampleAggregate", "key": {"textField": None}}]
    }


async def test_instants_are_grouped_by_days_of_the_tenants_zone(tenants: Tenants) -> None:
    answers = []
    for tenant in tenants.both:
        for instant in ("2026-01-31T15:59:59Z", "2026-01-31T16:00:00Z", "2026-03-08T06:59:00Z", "2026-03-08T07:01:00Z"):
            await tenant.create("Sample", datetimeField=instant)
        query = """query($by: Grouping!) {
            samplesAggregate(groupBy: [{datetimeField: $by}]) { key { datetimeField } count } }"""
        answer = {}
        for bucket in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR"):
            groups = (await tenant.data(query, {"by": bucket}))["samplesAggregate"]
            answer[bucket] = {group["key"]["datetimeField"]: group["count"] for group in groups}
        answers.append(answer)
    east, west = answers
    assert east["DAY"] == {"2026-01-31": 1, "2026-02-01": 1, "2026-03-08": 2}
    assert west["DAY"] == {"2026-01-31": 2, "2026-03-08": 2}
    assert east["MONTH"] == {"2026-01": 1, "2026-02": 1, "2026-03": 2}
    assert west["MONTH"] == {"2026-01": 2, "2026-03": 2}
    assert east["WEEK"] == {"2026-W05": 2, "2026-W10": 2}
    assert east["QUARTER"] == west["QUARTER"] == {"2026-Q1": 4}
    assert east["YEAR"] == {"2026": 4}
    assert west["HOUR"] == {"2026-01-31T10": 1, "2026-01-31T11": 1, "2026-03-08T01": 1, "2026-03-08T03": 1}


async def test_days_are_grouped_as_they_are(world: World) -> None:
    query = "{ samplesAggregate(groupBy: [{dateField: MONTH}]) { key { dateField } count } }"
    groups = (await world.west.tenant.data(query))["samplesAggregate"]
    assert {group["key"]["dateField"]: group["count"] for group in groups} == {
        "0001-01": 1,
        "2024-02": 2,
        "9999-12": 1,
        None: 1,
    }


async def test_groups_are_chosen_and_sorted_by_their_figures(world: World) -> None:
    query = """query($having: SampleHaving, $order: [SampleAggregateOrderBy!], $first: Int) {
        samplesAggregate(groupBy: [{selectField: VALUE}], having: $having, orderBy: $order, first: $first) {
            key { selectField } count sum { ratingField } } }"""

    async def keys(**variables: Any) -> list[Any]:
        groups = (await world.east.tenant.data(query, variables))["samplesAggregate"]
        return [group["key"]["selectField"] for group in groups]

    assert await keys(order=[{"count": "DESC"}, {"key": {"selectField": "ASC"}}]) == ["LOW", "MIDDLE", "HIGH", None]
    assert await keys(order=[{"sum": {"ratingField": "DESC_NULLS_LAST"}}]) == ["LOW", "MIDDLE", "HIGH", None]
    assert await keys(order=[{"key": {"selectField": "DESC_NULLS_FIRST"}}], first=2) == [None, "HIGH"]
    assert await keys(having={"count": {"gt": 1}}) == ["LOW"]
    assert await keys(having={"min": {"ratingField": {"gte": 5}}}) == ["MIDDLE"]
    assert await keys(having={"not": {"avg": {"ratingField": {"lt": "3.5"}}}}) == ["MIDDLE"]
    assert await keys(having={"or": [{"count": {"eq": 2}}, {"sum": {"ratingField": {"eq": "1"}}}]}) == ["LOW", "HIGH"]
    assert await keys(having={"or": []}) == []
    assert await keys(having={"and": []}, first=0) == []
    assert await keys(having={"max": {"moneyField": {"isNull": True}}}) == [None]


async def test_amounts_of_several_currencies_are_not_added(tenants: Tenants) -> None:
    tenant = tenants.east
    await tenant.create("Sample", moneyField={"amount": "1", "currency": "CNY"})
    await tenant.create("Sample", moneyField={"amount": "2", "currency": "USD"})
    query = "{ samplesAggregate { sum { moneyField } } }"
    ((code, reason, _path),) = await tenant.faults(query)
    assert (code, reason) == ("BAD_USER_INPUT", "mixed_currencies")
    by_count = "{ samplesAggregate { count max { moneyField } } }"
    assert (await tenant.data(by_count))["samplesAggregate"][0]["count"] == 2


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ("groupBy: [{timeField: MONTH}]", ("BAD_USER_INPUT", "bad_grouping", ("groupBy", 0, "timeField"))),
        ("groupBy: [{textField: DAY}]", ("BAD_USER_INPUT", "bad_grouping", ("groupBy", 0, "textField"))),
        ("orderBy: [{key: {textField: ASC}}]", ("BAD_USER_INPUT", "not_grouped", ("orderBy", 0, "key", "textField"))),
        ("first: 5001", ("LIMIT_EXCEEDED", "page_too_large", ("first",))),
        ("first: -1", ("BAD_USER_INPUT", "bad_page", ("first",))),
        (
            "having: {sum: {integerField: {eq: null}}}",
            ("BAD_USER_INPUT", "null_operand", ("having", "sum", "integerField", "eq")),
        ),
        ("having: {count: {eq: null}}", ("BAD_USER_INPUT", "null_operand", ("having", "count", "eq"))),
        ("orderBy: [{count: null}]", ("BAD_USER_INPUT", "bad_order", ("orderBy", 0, "count"))),
    ],
)
async def test_figures_that_cannot_be_are_told_with_their_path(world: World, arguments: str, fault: Any) -> None:
    assert await world.east.tenant.faults(f"{{ samplesAggregate({arguments}) {{ count }} }}") == [fault]


async def test_constant_formulas_can_be_sorted_and_grouped_by(tenants: Tenants) -> None:
    tenant = tenants.east
    for name, expression in (("one", "1"), ("yes", "true"), ("word", '"a"')):
        field = {"name": name, "type": "FORMULA", "settings": {"expression": expression}}
        await tenant.data(
            'mutation($f: FieldInput!) { createField(object: "region", field: $f) { version } }',
            {"f": field},
            path="/metadata",
        )
    first, second = [await tenant.create("Region", name=name) for name in ("A", "B")]
    query = """{ regions(orderBy: [{one: DESC}, {yes: ASC}, {word: ASC}]) { nodes { id one yes word } }
        regionsAggregate(groupBy: [{one: VALUE}, {yes: VALUE}, {word: VALUE}]) { key { one yes word } count } }"""
    data = await tenant.data(query)
    constant = {"one": 1, "yes": True, "word": "a"}
    assert data["regions"]["nodes"] == [{"id": first, **constant}, {"id": second, **constant}]
    assert data["regionsAggregate"] == [{"key": constant, "count": 2}]


def test_figures_of_lists_are_not_offered() -> None:
    assert all(FIELD_TYPES[name].aggregates == () for name in ("tags", "multi_select", "json"))


async def test_no_record_at_the_end_of_a_path_has_no_count_either(tenants: Tenants) -> None:
    """A rollup over an empty list is 0, but where there is no store there is nothing to count for."""
    tenant = tenants.east
    shop = await tenant.create("Store", name="one")
    await tenant.create("Customer", name="homeless")
    await tenant.create("Customer", name="regular", storeId=shop)
    query = """{
      any: customers(filter: {store: {customerCount: {gte: 0}}}) { nodes { name } }
      none: customers(filter: {store: {customerCount: {isNull: true}}}) { nodes { name } }
      ordered: customers(orderBy: [{store: {customerCount: DESC_NULLS_LAST}}]) { nodes { name } }
    }"""
    found = {name: [node["name"] for node in each["nodes"]] for name, each in (await tenant.data(query)).items()}
    assert found == {"any": ["regular"], "none": ["homeless"], "ordered": ["regular", "homeless"]}
