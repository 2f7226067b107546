"""The SQL of typical queries: one statement for each root field, held by golden files beside the request and its data.

`REWRITE_GOLDEN=1 pytest tests/server/graphql/reading/test_sql_shape.py` writes the files anew, to be read in review.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests import servers
from tests.fixtures.tenants import Tenant, tenants_opened

_GOLDEN = Path(__file__).with_name("golden")

_QUERIES: dict[str, tuple[str, dict[str, Any]]] = {
    "list_of_names": ("{ customers { nodes { name } } }", {}),
    "filtered_and_sorted": (
        """query($f: CustomerFilter) {
  customers(filter: $f, orderBy: [{points: DESC_NULLS_LAST}, {name: ASC}], first: 2) { totalCount nodes { name level } }
}""",
        {"f": {"level": {"in": ["GOLD", "NORMAL"]}, "points": {"gte": 1}}},
    ),
    "page_with_cursor": (
        "{ customers(first: 1, orderBy: [{name: ASC}]) { nodes { name } pageInfo { hasNextPage hasPreviousPage } } }",
        {},
    ),
    "last_page": ("{ customers(last: 1, orderBy: [{name: ASC}]) { edges { node { name } } } }", {}),
    "to_one_of_to_one": (
        "{ orders(orderBy: [{quantity: ASC}]) { nodes { quantity customer { name store { name } } } } }",
        {},
    ),
    "filter_through_relations": (
        '{ orders(filter: {customer: {store: {city: {eq: "杭州"}}}}) { totalCount } }',
        {},
    ),
    "list_in_list": (
        "{ customers(orderBy: [{name: ASC}]) { nodes { name orders(first: 2, orderBy: [{quantity: DESC}])"
        " { totalCount nodes { quantity } } } } }",
        {},
    ),
    "some_and_none": (
        "{ customers(filter: {orders: {some: {status: {eq: PAID}}, none: {quantity: {gt: 5}}}}) { nodes { name } } }",
        {},
    ),
    "negation": (
        '{ customers(filter: {not: {or: [{name: {eq: "Ben"}}, {points: {isNull: true}}]}}) { totalCount } }',
        {},
    ),
    "rollups": (
        '{ customers(filter: {orderTotal: {gt: "0"}}, orderBy: [{orderTotal: DESC}])'
        " { nodes { name orderTotal isBig } } }",
        {},
    ),
    "many_to_many": ("{ stores { nodes { name fans(first: 1) { nodes { name } } } } }", {}),
    "polymorphic": (
        "{ notes { nodes { body target { __typename ... on Customer { name } ... on Order { quantity } } } } }",
        {},
    ),
    "search": ('{ customers(search: "an") { nodes { name } } }', {}),
    "search_of_all_objects": ('{ search(text: "an", objects: ["customer", "store"]) { object title } }', {}),
    "figures_by_group": (
        "{ ordersAggregate(groupBy: [{status: VALUE}, {due: MONTH}], having: {count: {gt: 0}},"
        " orderBy: [{count: DESC}])"
        " { key { status due } count sum { quantity } avg { unitPrice } } }",
        {},
    ),
    "composite_values": (
        "{ customers(orderBy: [{name: ASC}]) { nodes { balance { amount currency } interests } } }",
        {},
    ),
}


@pytest.fixture(scope="module")
async def shop(test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tenant]:
    async with tenants_opened(test_servers, tmp_path_factory.mktemp("files")) as tenants:
        tenant = tenants.east
        store = await tenant.create("Store", name="West Lake", city="杭州")
        anna = await tenant.create("Customer", name="Anna", storeId=store, points=1, balance={"amount": "1.50"})
        await tenant.create("Customer", name="Ben", interests=["tea"], favourites={"connect": [{"id": store}]})
        for quantity, status in ((1, "PAID"), (2, "DRAFT")):
            await tenant.create(
                "Order", customerId=anna, quantity=quantity, status=status, due="2026-01-31", amount={"amount": "9"}
            )
        await tenant.create("Note", body="about Anna", targetType="customer", targetId=anna)
        yield tenant


class _Recorder:
    """Notes every statement that any connection runs."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.statements: list[str] = []
        for name in ("fetch", "fetchrow", "fetchval", "execute", "executemany"):
            self._watch(patch, name)

    def _watch(self, patch: pytest.MonkeyPatch, name: str) -> None:
        original = getattr(asyncpg.Connection, name)

        async def noted(connection: Any, sql: str, *arguments: Any, **options: Any) -> Any:
            if sql != "select 1":
                self.statements.append(sql)
            return await original(connection, sql, *arguments, **options)

        patch.setattr(asyncpg.Connection, name, noted)


def _golden(query: str, variables: dict[str, Any], data: Any, statements: list[str]) -> str:
    def block(title: str, text: str) -> str:
        return "\n".join(["/* " + title, text, "*/", ""])

    parts = [block("request", query)]
    if variables:
        parts.append(block("variables", json.dumps(variables, ensure_ascii=False)))
    parts.append(block("data", json.dumps(data, ensure_ascii=False, indent=1)))
    return "\n".join([*parts, *(f"{statement};" for statement in statements), ""])


@pytest.mark.parametrize("name", _QUERIES)
async def test_a_query_is_one_statement_and_stays_as_it_is(
    shop: Tenant, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, variables = _QUERIES[name]
    await shop.data(query, variables)  # sessions and models are read once
    recorder = _Recorder(monkeypatch)
    data = await shop.data(query, variables)
    monkeypatch.undo()
    assert len(recorder.statements) == 1
    found = _golden(query, variables, data, recorder.statements)
    path = _GOLDEN / f"{name}.sql"
    if os.environ.get("REWRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


async def test_every_root_field_is_one_statement(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    query = """{ a: customers { nodes { orders { nodes { customer { store { customers { totalCount } } } } } } }
        b: stores { totalCount } c: customersAggregate { count } search(text: "a") { id } __typename }"""
    await shop.data(query)
    recorder = _Recorder(monkeypatch)
    await shop.data(query)
    assert len(recorder.statements) == 4


def test_every_golden_file_has_its_query() -> None:
    assert sorted(path.stem for path in _GOLDEN.glob("*.sql")) == sorted(_QUERIES)
