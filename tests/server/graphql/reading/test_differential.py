"""Random questions over random records: the API answers what plain Python answers, cached or not, page by page."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import servers
from tests.fixtures.tenants import tenants_opened
from tests.server.graphql.reading.shop import (
    Asked,
    Order,
    Shop,
    conditions,
    in_order,
    open_shop,
    order_by,
    orders,
)

_RELAXED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_NUMBERS = itertools.count()

_LIST = """
query Customers($filter: CustomerFilter, $orderBy: [CustomerOrderBy!], $first: Int, $after: String, $last: Int,
                $before: String, $offset: Int) {
  customers(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before,
            offset: $offset) {
    totalCount
    edges {
      cursor
      node { id name points orderCount orderTotal isBig storeCity store { id name } orders { totalCount } }
    }
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


@pytest.fixture(scope="module")
async def shops(
    test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Shop, Shop]]:
    async with tenants_opened(test_servers, tmp_path_factory.mktemp("files")) as tenants:
        yield await open_shop(tenants.east, seed=1), await open_shop(tenants.west, seed=2)


def _node(customer: dict[str, Any]) -> dict[str, Any]:
    total = customer["orderTotal"]
    return {
        "id": customer["id"],
        "name": customer["name"],
        "points": customer["points"],
        "orderCount": customer["orderCount"],
        "orderTotal": "0" if total == 0 else f"{total:f}",
        "isBig": customer["isBig"],
        "storeCity": customer["storeCity"],
        "store": None if customer["store"]["id"] is None else {key: customer["store"][key] for key in ("id", "name")},
        "orders": {"totalCount": len(customer["orders"])},
    }


async def _asked(shop: Shop, variables: dict[str, Any]) -> dict[str, Any]:
    """The answer, which is the same from a plan that was cached and from one made anew."""
    first = await shop.tenant.data(_LIST, variables)
    assert await shop.tenant.data(_LIST, variables) == first
    assert await shop.tenant.data(f"{_LIST} # {next(_NUMBERS)}", variables) == first
    found: dict[str, Any] = first["customers"]
    return found


@_RELAXED
@given(condition=conditions(), order=orders())
async def test_a_list_answers_what_python_answers(shops: tuple[Shop, Shop], condition: Asked, order: Order) -> None:
    for shop in shops:
        expected = in_order([one for one in shop.customers if condition.test(one) is True], order)
        answer = await _asked(shop, {"filter": condition.filter, "orderBy": order_by(order), "first": 200})
        assert [edge["node"] for edge in answer["edges"]] == [_node(one) for one in expected]
        assert answer["totalCount"] == len(expected)


@_RELAXED
@given(
    order=orders(),
    start=st.integers(0, 39),
    end=st.integers(0, 39),
    size=st.integers(0, 12),
    backward=st.booleans(),
    bounds=st.sampled_from(["none", "after", "before", "both", "offset"]),
)
async def test_pages_are_slices(
    shops: tuple[Shop, Shop], order: Order, start: int, end: int, size: int, backward: bool, bounds: str
) -> None:
    shop = shops[0]
    every = await _asked(shop, {"orderBy": order_by(order), "first": 200})
    edges = every["edges"]
    start, end = start % len(edges), end % len(edges)
    low = start + 1 if bounds in ("after", "both") else start if bounds == "offset" and not backward else 0
    high = end if bounds in ("before", "both") else len(edges)
    inside = edges[low:high] if low < high else []
    if bounds == "offset" and backward:
        inside = edges[: len(edges) - start]
    page = (inside[-size:] if size else []) if backward else inside[:size]
    variables: dict[str, Any] = {"orderBy": order_by(order), "last" if backward else "first": size}
    variables |= {"after": edges[start]["cursor"]} if bounds in ("after", "both") else {}
    variables |= {"before": edges[end]["cursor"]} if bounds in ("before", "both") else {}
    variables |= {"offset": start} if bounds == "offset" else {}
    answer = await _asked(shop, variables)
    assert answer["edges"] == page
    assert answer["nodes"] == [{"id": edge["node"]["id"]} for edge in page]
    assert answer["totalCount"] == len(edges)
    info = answer["pageInfo"]
    assert info["startCursor"] == (page[0]["cursor"] if page else None)
    assert info["endCursor"] == (page[-1]["cursor"] if page else None)
    more = len(inside) > len(page)
    assert info["hasPreviousPage" if backward else "hasNextPage"] is more
    if bounds in ("none", "after") and not backward:
        assert info["hasPreviousPage"] is (bounds == "after")
    if bounds in ("none", "before") and backward:
        assert info["hasNextPage"] is (bounds == "before")
    nodes_only = "query($o: [CustomerOrderBy!], $l: Int) { customers(orderBy: $o, last: $l) { nodes { id } } }"
    last = (await shop.tenant.data(nodes_only, {"o": variables["orderBy"], "l": size}))["customers"]["nodes"]
    assert last == [{"id": edge["node"]["id"]} for edge in (edges[-size:] if size else [])]
