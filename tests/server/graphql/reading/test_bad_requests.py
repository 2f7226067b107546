"""Requests that are damaged, too large or meant to hurt are refused with a code; nothing of another tenant shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fixtures.tenants import Tenant
from tests.server.graphql.reading.conftest import World


def _codes(body: dict[str, Any]) -> set[str]:
    return {error["extensions"]["code"] for error in body["errors"]}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"query"', b"{}", b'{"query": 5}', b'{"query": ""}',
     b'{"query": "{ a", "variables": []}',
     b'{"query": "{ __typename }", "variables": [1]}', b'{"query": "{ __typename }", "variables": "x"}', b"\xff\xfe",
     b'{"query": "{ __typename }", "operationName": 5}', b"[" * 100_000, b'{"query":' * 10_000],
)  # fmt: skip
async def test_a_body_that_is_no_request_is_refused(world: World, body: bytes) -> None:
    response = await world.east.tenant.post(body)
    assert 400 <= response.status_code < 500
    assert _codes(response.json()) <= {"BAD_USER_INPUT", "LIMIT_EXCEEDED"}


@pytest.mark.parametrize(
    "query",
    [
        "{ nobody }",
        "{ samples { nobody } }",
        "{ samples(nobody: 1) { totalCount } }",
        '{ samples(filter: {nobody: {eq: "x"}}) { totalCount } }',
        "{ samples(orderBy: [{nobody: ASC}]) { totalCount } }",
        "{ samples }",
        "{ samples { nodes { textField { x } } } }",
        "query($x: Nobody) { samples(filter: $x) { totalCount } }",
        "query($x: Int) { samples(filter: $x) { totalCount } }",
        "{ samples { ...F } }",
        "{ ...F } fragment F on Query { ...F }",
        "{ samples(first: $x) { totalCount } }",
        "{ samples(filter: {integerField: {eq: 99999999999}}) { totalCount } }",
        '{ samples(filter: {dateField: {eq: "2026-02-30"}}) { totalCount } }',
        "{",
        "{ a: samples { totalCount } a: stores { totalCount } }",
    ],
)
async def test_a_document_that_does_not_fit_the_schema_is_refused(world: World, query: str) -> None:
    reply = await world.east.tenant.graphql(query)
    assert _codes(reply.body) == {"BAD_USER_INPUT"}
    assert reply.body.get("data") is None


async def test_all_faults_of_variables_are_told_together(world: World) -> None:
    query = """query($f: SampleFilter!, $o: [SampleOrderBy!], $n: Int, $b: Boolean!) {
        samples(filter: $f, orderBy: $o, first: $n) { totalCount @skip(if: $b) } }"""
    wrong = {
        "f": {"selectField": {"in": ["LOW", "NOBODY"]}, "dateField": {"eq": "x"}, "nobody": 1, "and": [5]},
        "o": [{"textField": "SIDEWAYS"}, {"nobody": "ASC"}],
        "n": "many",
    }
    assert await world.east.tenant.faults(query, wrong) == [
        ("BAD_USER_INPUT", "wrong_type", ("f", "selectField", "in", 1)),
        ("BAD_USER_INPUT", "wrong_type", ("f", "dateField", "eq")),
        ("BAD_USER_INPUT", "unknown_field", ("f", "nobody")),
        ("BAD_USER_INPUT", "wrong_type", ("f", "and", 0)),
        ("BAD_USER_INPUT", "wrong_type", ("o", 0, "textField")),
        ("BAD_USER_INPUT", "unknown_field", ("o", 1, "nobody")),
        ("BAD_USER_INPUT", "wrong_type", ("n",)),
        ("BAD_USER_INPUT", "missing_value", ("b",)),
    ]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("{ " + " ".join(f"a{n}: __typename" for n in range(10_000)) + " }", None),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(60)) + " }", "too_many_aliases"),
        ("{ samples " + "{ nodes { shelf { samples " * 100 + "{ totalCount }" + " } } }" * 100 + " }", "too_deep"),
        ("{" * 500 + "}" * 500, None),
        ("{ samples(first: 200) { nodes { shelf { samples(first: 200) { nodes { shelf { samples(first: 200)"
         " { totalCount nodes { id } } } } } } } } }", "cost_exceeded"),
    ],
)  # fmt: skip
async def test_an_operation_that_is_too_large_is_refused(world: World, query: str, reason: str | None) -> None:
    reply = await world.east.tenant.graphql(query)
    assert _codes(reply.body) <= {"BAD_USER_INPUT", "LIMIT_EXCEEDED"}
    assert reason is None or {error["extensions"]["reason"] for error in reply.errors} == {reason}


async def test_a_body_that_is_too_large_is_refused(world: World) -> None:
    response = await world.east.tenant.post({"query": "{ __typename }", "variables": {"x": "x" * 10_000_000}})
    assert response.status_code == 413
    assert _codes(response.json()) == {"LIMIT_EXCEEDED"}


async def test_a_list_that_is_too_long_is_refused(world: World) -> None:
    query = "query($f: SampleFilter) { samples(filter: $f) { totalCount } }"
    many = {"f": {"integerField": {"in": list(range(5_001))}}}
    assert await world.east.tenant.faults(query, many) == [
        ("BAD_USER_INPUT", "list_too_long", ("f", "integerField", "in"))
    ]
    fewer = {"f": {"integerField": {"in": list(range(5_000))}}}
    assert await world.east.tenant.data(query, fewer) == {"samples": {"totalCount": 2}}


@pytest.mark.parametrize("levels", [20, 58, 70, 400])
async def test_a_filter_in_variables_may_be_deep_but_not_too_deep(world: World, levels: int) -> None:
    query = "query($f: SampleFilter) { samples(filter: $f) { totalCount } }"
    deep: dict[str, Any] = {"textField": {"eq": "Apple"}}
    for _level in range(levels):
        deep = {"not": deep}
    reply = await world.east.tenant.graphql(query, {"f": deep})
    if levels < 60:
        assert reply.data == {"samples": {"totalCount": 1}}
    else:
        assert reply.faults == [("BAD_USER_INPUT", "too_deep", ("f",))]


@pytest.mark.parametrize("levels", [20, 100, 200, 400])
async def test_a_filter_in_the_document_may_be_deep_but_not_too_deep(world: World, levels: int) -> None:
    inner = '{textField: {eq: "Apple"}}'
    query = "{ samples(filter: " + "{not: " * levels + inner + "}" * levels + ") { totalCount } }"
    reply = await world.east.tenant.graphql(query)
    if "errors" in reply.body:
        assert levels > 20
        ((code, reason, _path),) = reply.faults
        assert code in ("BAD_USER_INPUT", "LIMIT_EXCEEDED")
        assert reason in ("too_deep", "expression_too_deep")
    else:
        assert reply.data == {"samples": {"totalCount": 1}}


@pytest.mark.parametrize(
    "text", ["'; drop table x; --", "\\'; select 1; --", "$1", "%s", "{0}", "{{}}", '"', "/*", "x\u2028", "E'\\x27"]
)
async def test_values_are_never_read_as_sql(world: World, text: str) -> None:
    query = """query($t: String!, $f: SampleFilter) { samples(filter: $f, search: $t) { totalCount }
        other: samplesAggregate(filter: $f) { count } search(text: $t) { id } }"""
    data = await world.east.tenant.data(
        query, {"t": text, "f": {"textField": {"eq": text}, "tagsField": {"has": text}}}
    )
    assert data["samples"] == {"totalCount": 0}
    literal = json.dumps(text)
    condition = f"{{textField: {{in: [{literal}]}}, personNameField: {{like: {literal}}}}}"
    inline = f"{{ samples(filter: {condition}) {{ totalCount }} }}"
    assert await world.east.tenant.data(inline) == {"samples": {"totalCount": 0}}


async def test_nothing_of_another_tenant_is_ever_answered(world: World) -> None:
    east, west = world.east, world.west
    theirs = west.samples[0]
    tenant: Tenant = east.tenant
    assert await tenant.data("query($id: ID!) { sample(id: $id) { id } }", {"id": theirs}) == {"sample": None}
    ids = {"ids": [*east.samples, *west.samples]}
    query = """query($ids: [ID!]) { samples(filter: {id: {in: $ids}}) { nodes { id } totalCount }
        samplesAggregate(filter: {id: {in: $ids}}) { count } }"""
    data = await tenant.data(query, ids)
    assert sorted(node["id"] for node in data["samples"]["nodes"]) == sorted(east.samples)
    assert (data["samples"]["totalCount"], data["samplesAggregate"]) == (5, [{"count": 5}])
    people = await tenant.data("{ users { nodes { id email } totalCount } departments { totalCount } }")
    assert {node["id"] for node in people["users"]["nodes"]} == {tenant.admin.id, tenant.member.id}
    their_admin = west.tenant.admin.id
    assert await tenant.data("query($id: ID!) { user(id: $id) { email } }", {"id": their_admin}) == {"user": None}
