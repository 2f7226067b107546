"""An index answers typical requests on tables of 50,000 rows, PostgreSQL being free to choose: EXPLAIN of what ran."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest

from tests import servers
from tests.fixtures.tenants import Tenant, tenants_opened

pytestmark = pytest.mark.timeout(400)

ROWS = 50_000


@pytest.fixture(scope="module")
async def large(test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tenant]:
    async with tenants_opened(test_servers, tmp_path_factory.mktemp("files"), statement_timeout_ms=300_000) as tenants:
        tenant = tenants.east
        schema = f'"{tenant.schema}"'
        async with tenants.services.connections.acquire() as connection:
            for statement in (
                f"insert into {schema}.store (id, name, city)"
                " select gen_random_uuid(), 'Store ' || md5(n::text), '城市' || n"
                f" from generate_series(1, {ROWS}) as n",
                f"insert into {schema}.customer (id, name, phone, points, store_id)"
                " select gen_random_uuid(), 'Customer ' || row_number() over (),"
                f" '+86138' || lpad((row_number() over ())::text, 8, '0'), 1, id from {schema}.store",
                f"analyze {schema}.store",
                f"analyze {schema}.customer",
            ):
                await connection.execute(statement)
        yield tenant


async def _plan(tenant: Tenant, query: str, variables: dict[str, Any], patch: pytest.MonkeyPatch) -> list[Any]:
    """The nodes of the plan of the one statement that a request runs."""
    ran: list[tuple[str, tuple[Any, ...]]] = []
    await tenant.data(query, variables)  # sessions and models are read once
    for name in ("fetch", "fetchrow", "fetchval"):
        original = getattr(asyncpg.Connection, name)

        async def noted(connection: Any, sql: str, *given: Any, _original: Any = original, **more: Any) -> Any:
            ran.append((sql, given))
            return await _original(connection, sql, *given, **more)

        patch.setattr(asyncpg.Connection, name, noted)
    await tenant.data(query, variables)
    patch.undo()
    ((sql, arguments),) = [one for one in ran if one[0] != "select 1"]
    async with tenant.services.connections.acquire() as connection:
        text = await connection.fetchval(f"explain (format json) {sql}", *arguments)
    return list(_nodes(json.loads(text)[0]["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


_STORE = "query($id: ID!) { store(id: $id) { name customers { nodes { name } } } }"


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($s: String) { stores(search: $s) { nodes { name } } }", {"s": "c4ca4238"}),
        ("query($s: String) { stores(search: $s, first: 5) { nodes { name } totalCount } }", {"s": "城市4711"}),
        ("query($p: String) { customers(filter: {phone: {eq: $p}}) { nodes { name } } }", {"p": "+8613800000077"}),
        ("query($i: [ID!]) { customers(filter: {id: {in: $i}}) { nodes { name } } }", {"i": []}),
        ("{ customers(first: 20) { nodes { name store { name } } pageInfo { hasNextPage } } }", {}),
        (_STORE, {}),
    ],
    ids=[
        "a search",
        "a search with its count",
        "a unique value",
        "ids",
        "the newest, with their store",
        "a list of one",
    ],
)
async def test_no_table_is_read_from_end_to_end(
    large: Tenant, query: str, variables: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "$id" in query or "$i:" in query:
        some = (await large.data("{ stores(first: 1) { nodes { id } } }"))["stores"]["nodes"][0]["id"]
        variables = {"id": some} if "$id" in query else {"i": [some]}
    nodes = await _plan(large, query, variables, monkeypatch)
    read_whole = [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"]
    assert {"store", "customer"}.isdisjoint(read_whole), nodes
    assert [node for node in nodes if "Index" in node["Node Type"]]


async def test_what_no_index_helps_with_is_read_from_end_to_end(large: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the test above could fail."""
    query = "{ customers(filter: {points: {gt: 5}}) { totalCount } }"
    nodes = await _plan(large, query, {}, monkeypatch)
    read = [node for node in nodes if node.get("Relation Name") == "customer"]
    assert ["points" in node.get("Filter", "") for node in read] == [True]  # looked at one by one
