"""Pages: sizes, cursors and what is refused; inserting records does not move pages that were not read yet."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from metadata.expressions.tree import FieldPath, Root
from metadata.expressions.types import option
from metadata.model.values import ObjectType
from server.graphql.operations.cursors import order_fingerprint
from server.records.plans import Direction, OrderTerm
from tests.fixtures.tenants import Tenants
from tests.server.graphql.reading.conftest import World

_PAGE = """query($o: [SampleOrderBy!], $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
    samples(orderBy: $o, first: $first, after: $after, last: $last, before: $before, offset: $offset) {
        nodes { id } edges { cursor } pageInfo { hasNextPage endCursor } } }"""


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ({"first": -1}, ("BAD_USER_INPUT", "bad_page", ("first",))),
        ({"last": -1}, ("BAD_USER_INPUT", "bad_page", ("last",))),
        ({"first": 201}, ("LIMIT_EXCEEDED", "page_too_large", ("first",))),
        ({"last": 201}, ("LIMIT_EXCEEDED", "page_too_large", ("last",))),
        ({"first": 1, "last": 1}, ("BAD_USER_INPUT", "bad_page", ("last",))),
        ({"offset": -1}, ("BAD_USER_INPUT", "bad_page", ("offset",))),
        ({"offset": 100_001}, ("LIMIT_EXCEEDED", "offset_too_large", ("offset",))),
        ({"after": ""}, ("BAD_USER_INPUT", "bad_cursor", ("after",))),
        ({"after": "中"}, ("BAD_USER_INPUT", "bad_cursor", ("after",))),
        ({"before": "AAAA"}, ("BAD_USER_INPUT", "bad_cursor", ("before",))),
        ({"after": "W10"}, ("BAD_USER_INPUT", "bad_cursor", ("after",))),
        ({"first": 2**31}, ("BAD_USER_INPUT", "wrong_type", ("first",))),
        ({"o": [{}]}, ("BAD_USER_INPUT", "bad_order", ("orderBy", 0))),
        ({"o": [{"textField": "ASC", "dateField": "ASC"}]}, ("BAD_USER_INPUT", "bad_order", ("orderBy", 0))),
        ({"o": [{"textField": None}]}, ("BAD_USER_INPUT", "bad_order", ("orderBy", 0, "textField"))),
        ({"o": [{"textField": "UP"}]}, ("BAD_USER_INPUT", "wrong_type", ("o", 0, "textField"))),
    ],
)
async def test_a_page_that_cannot_be_is_told_with_its_path(world: World, variables: Any, fault: Any) -> None:
    for seeded in (world.east, world.west):
        assert await seeded.tenant.faults(_PAGE, variables) == [fault]


def _opened(cursor: str) -> list[Any]:
    found: list[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return found


def _closed(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


_SORTED = [
    "textField", "longTextField", "integerField", "bigIntegerField", "decimalField", "moneyField", "percentField",
    "ratingField", "booleanField", "dateField", "datetimeField", "timeField", "durationField", "selectField",
    "phoneField", "emailField", "urlField", "personNameField", "barcodeField", "autoNumberField", "formulaField",
    "rollupField", "lookupField",
]  # fmt: skip


@pytest.mark.parametrize("name", _SORTED)
@pytest.mark.parametrize("direction", ["ASC", "DESC", "ASC_NULLS_FIRST", "DESC_NULLS_LAST"])
async def test_cursors_walk_over_every_type_both_ways(world: World, name: str, direction: str) -> None:
    tenant, order = world.east.tenant, [{name: direction}]
    every = [node["id"] for node in (await tenant.data(_PAGE, {"o": order}))["samples"]["nodes"]]
    assert sorted(every) == sorted(world.east.samples)
    missing = (await tenant.data(f"{{ samples(filter: {{{name}: {{isNull: true}}}}) {{ nodes {{ id }} }} }}"))[
        "samples"
    ]
    if missing["nodes"]:
        nulls_first = direction in ("DESC", "ASC_NULLS_FIRST")
        assert every[0 if nulls_first else -1] == missing["nodes"][0]["id"]
    for way, stop in (("first", "after"), ("last", "before")):
        walked: list[str] = []
        cursor = None
        for _step in range(5):
            answer = (await tenant.data(_PAGE, {"o": order, way: 1, stop: cursor}))["samples"]
            walked += [node["id"] for node in answer["nodes"]]
            cursor = answer["edges"][0]["cursor"]
        assert walked == (every if way == "first" else every[::-1])


_KINDS = """query($o: [SampleOrderBy!], $first: Int, $after: String) {
    samples(orderBy: $o, first: $first, after: $after, filter: {selectField: {isNull: false}}) {
        nodes { selectField } pageInfo { endCursor } } }"""


async def test_options_sort_as_they_are_declared_not_by_their_keys(world: World) -> None:
    """Declared are low, middle and high."""
    for order, expected in (("ASC", ["LOW", "MIDDLE", "HIGH"]), ("DESC", ["HIGH", "MIDDLE", "LOW"])):
        answer = await world.east.tenant.data(_KINDS, {"o": [{"selectField": order}]})
        found = [node["selectField"] for node in answer["samples"]["nodes"]]
        assert sorted(found, key=expected.index) == found
        assert set(found) == set(expected)
    grouped = await world.east.tenant.data(
        "{ samplesAggregate(groupBy: [{selectField: VALUE}], filter: {selectField: {isNull: false}}"
        " orderBy: [{key: {selectField: DESC}}]) { key { selectField } } }"
    )
    assert [group["key"]["selectField"] for group in grouped["samplesAggregate"]] == ["HIGH", "MIDDLE", "LOW"]


def test_cursor_of_options_in_another_order_is_another_orders() -> None:
    def fingerprint(*keys: str) -> str:
        term = OrderTerm(FieldPath(("level",), Root.RECORD), option(*keys), Direction.ASC)
        return order_fingerprint(ObjectType(name="customer", plural="customers"), (term,))

    assert fingerprint("low", "high") == fingerprint("low", "high") != fingerprint("high", "low")


_FORGED: tuple[Any, ...] = (
    *("x", "1e5", "99999999999999999999", "2026-13-01", "infinity", "NaN", "\ud800", "\x00"),
    *(5, [], {}),
)


@pytest.mark.parametrize("name", _SORTED)
async def test_a_forged_cursor_is_refused_or_pages_but_never_breaks(world: World, name: str) -> None:
    tenant = world.east.tenant
    answer = (await tenant.data(_PAGE, {"o": [{name: "ASC"}], "first": 1}))["samples"]
    values = _opened(answer["edges"][0]["cursor"])
    for forged in _FORGED:
        reply = await tenant.graphql(_PAGE, {"o": [{name: "ASC"}], "after": _closed([values[0], forged, values[2]])})
        if "errors" in reply.body:
            assert reply.faults == [("BAD_USER_INPUT", "bad_cursor", ("after",))]
    for broken in (
        [values[0], *values],
        values[:2],
        ["", *values[1:]],
        [values[0], values[1], "x"],
        [values[0], 5, None],
    ):
        ((code, reason, path),) = await tenant.faults(_PAGE, {"o": [{name: "ASC"}], "after": _closed(broken)})
        assert (code, path) == ("BAD_USER_INPUT", ("after",))
        assert reason == ("other_cursor" if broken[0] == "" else "bad_cursor")


async def test_a_cursor_of_another_order_is_refused(world: World) -> None:
    tenant = world.east.tenant
    answer = (await tenant.data(_PAGE, {"o": [{"textField": "ASC"}], "first": 1}))["samples"]
    cursor = answer["pageInfo"]["endCursor"]
    for order in ([{"textField": "DESC"}], [{"longTextField": "ASC"}], None, [{"textField": "ASC"}, {"id": "ASC"}]):
        faults = await tenant.faults(_PAGE, {"o": order, "after": cursor})
        assert faults == [("BAD_USER_INPUT", "other_cursor", ("after",))]
    assert (await tenant.data(_PAGE, {"o": [{"textField": "ASC"}], "after": cursor}))["samples"]["nodes"]


async def test_a_cursor_holds_in_another_tenant_without_showing_anything_of_the_first(world: World) -> None:
    order = [{"textField": "ASC"}]
    answer = (await world.east.tenant.data(_PAGE, {"o": order, "first": 1}))["samples"]
    other = (await world.west.tenant.data(_PAGE, {"o": order, "after": answer["pageInfo"]["endCursor"]}))["samples"]
    assert {node["id"] for node in other["nodes"]} <= set(world.west.samples)


async def test_pages_to_come_stay_as_they_are_when_records_are_added_before_them(tenants: Tenants) -> None:
    tenant = tenants.east
    for number in range(6):
        await tenant.create("Region", name=f"R{number}")
    query = """query($after: String) { regions(first: 3, after: $after, orderBy: [{name: ASC}]) {
        nodes { name } pageInfo { endCursor hasNextPage } totalCount } }"""
    first = (await tenant.data(query))["regions"]
    await tenant.create("Region", name="A")
    await tenant.create("Region", name="R1b")
    second = (await tenant.data(query, {"after": first["pageInfo"]["endCursor"]}))["regions"]
    assert [node["name"] for node in first["nodes"]] == ["R0", "R1", "R2"]
    assert [node["name"] for node in second["nodes"]] == ["R3", "R4", "R5"]
    assert (second["totalCount"], second["pageInfo"]["hasNextPage"]) == (8, False)


async def test_newest_come_first_when_nothing_is_said(tenants: Tenants) -> None:
    made = [await tenants.west.create("Region", name=f"R{number}") for number in range(3)]
    data = await tenants.west.data("{ regions { nodes { id } } }")
    assert [node["id"] for node in data["regions"]["nodes"]] == made[::-1]


async def test_deleted_records_are_seen_only_when_asked_for(tenants: Tenants) -> None:
    tenant = tenants.east
    kept, gone = [await tenant.create("Region", name=name) for name in ("kept", "gone")]
    store = await tenant.create("Store", name="S", regionId=kept)
    await tenant.data("mutation($id: ID!) { deleteRegion(id: $id) { id } }", {"id": gone})

    async def found(filter_: str) -> list[str]:
        data = await tenant.data(f"{{ regions(filter: {filter_}) {{ nodes {{ id }} totalCount }} }}")
        assert len(data["regions"]["nodes"]) == data["regions"]["totalCount"]
        return [node["id"] for node in data["regions"]["nodes"]]

    assert await found("{}") == [kept]
    assert await found("{deletedAt: {isNull: false}}") == [gone]
    assert await found('{deletedAt: {gt: "2020-01-01T00:00:00Z"}}') == [gone]
    assert await found("{deletedAt: {within: {last: 1, unit: DAY}}}") == [gone]
    assert await found("{not: {deletedAt: {isNull: true}}}") == [gone]
    assert sorted(await found("{or: [{deletedAt: {isNull: false}}, {deletedAt: {isNull: true}}]}")) == [kept, gone]
    assert await tenant.data("query($id: ID!) { region(id: $id) { id } }", {"id": gone}) == {"region": None}
    stores = await tenant.data("{ stores(filter: {region: {deletedAt: {isNull: true}}}) { nodes { id } } }")
    assert stores == {"stores": {"nodes": [{"id": store}]}}
