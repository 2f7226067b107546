"""Relay connections: paging either way gives the slices of one list, whatever the order, ties and missing values.

Source:
    GraphQL Cursor Connections Specification, "Pagination algorithm" and "hasNextPage, hasPreviousPage".
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.serving import Client

CREATE = "mutation Create($inputs: [CreateBookInput!]!) { createBooks(inputs: $inputs) { id } }"
PAGE = """
query Page(
  $filter: BookFilter, $orderBy: [BookOrderBy!], $first: Int, $after: String, $last: Int, $before: String
) {
  books(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    edges { node { id title } cursor }
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}
"""

DIRECTIONS = ("ASC", "DESC", "ASC_NULLS_FIRST", "ASC_NULLS_LAST", "DESC_NULLS_FIRST", "DESC_NULLS_LAST")
FIELDS = ("title", "rank", "price", "soldOn", "createdAt")

orders = st.lists(
    st.one_of(
        st.builds(lambda field, direction: {field: direction}, st.sampled_from(FIELDS), st.sampled_from(DIRECTIONS)),
        st.builds(lambda direction: {"shelf": {"name": direction}}, st.sampled_from(DIRECTIONS)),
    ),
    max_size=3,
    unique_by=lambda term: next(iter(term)),
)
filters = st.sampled_from(
    [
        None,
        {"rank": {"isNull": False}},
        {"price": {"gte": "2"}},
        {"shelf": {"name": {"eq": "A"}}},
        {"title": {"eq": "?"}},
    ]
)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def books(library: Client, other_library: Client) -> Client:
    """Thirty books with many ties and missing values; the other tenant has some of the same."""
    chance = random.Random(11)
    for client, count in ((library, 30), (other_library, 7)):
        shelves = client.ask(
            'mutation { a: createShelf(input: {name: "A"}) { id } b: createShelf(input: {name: "B"}) { id } }'
        )
        ids = [shelves["a"]["id"], shelves["b"]["id"], None]
        client.ask(CREATE, {"inputs": [_book(chance, ids) for _ in range(count)]})
    return library


def _book(chance: random.Random, shelves: list[str | None]) -> dict[str, Any]:
    shelf = chance.choice(shelves)
    book = {
        "title": chance.choice(["甲", "乙", "a", "B", "b", ""]) + "书",
        "rank": chance.choice([None, 1, 2, -5]),
        "price": chance.choice([None, "1.50", "2.00", "2.01"]),
        "soldOn": chance.choice([None, "2026-01-31", "2026-02-28"]),
    }
    return book | ({"shelf": {"connect": {"id": shelf}}} if shelf else {})


def _page(client: Client, **variables: Any) -> dict[str, Any]:
    page: dict[str, Any] = client.ask(PAGE, variables)["books"]
    assert [edge["node"]["id"] for edge in page["edges"]] == [node["id"] for node in page["nodes"]]
    cursors = [edge["cursor"] for edge in page["edges"]]
    assert page["pageInfo"]["startCursor"] == (cursors[0] if cursors else None)
    assert page["pageInfo"]["endCursor"] == (cursors[-1] if cursors else None)
    return page


def _ids(page: dict[str, Any]) -> list[str]:
    return [node["id"] for node in page["nodes"]]


@quick
@given(order=orders, filter=filters, size=st.integers(1, 12))
def test_pages_forward_are_the_list(
    books: Client, order: list[dict[str, Any]], filter: dict[str, Any] | None, size: int
) -> None:
    whole = _page(books, orderBy=order, filter=filter, first=100)
    found: list[str] = []
    after = None
    while True:
        page = _page(books, orderBy=order, filter=filter, first=size, after=after)
        found += _ids(page)
        assert len(page["nodes"]) <= size
        assert page["totalCount"] == len(whole["nodes"])
        assert page["pageInfo"]["hasNextPage"] == (len(found) < len(whole["nodes"]))
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert found == _ids(whole)
    assert len(set(found)) == len(found)


@quick
@given(order=orders, filter=filters, size=st.integers(1, 12))
def test_pages_backward_are_the_list(
    books: Client, order: list[dict[str, Any]], filter: dict[str, Any] | None, size: int
) -> None:
    whole = _page(books, orderBy=order, filter=filter, first=100)
    found: list[str] = []
    before = None
    while True:
        page = _page(books, orderBy=order, filter=filter, last=size, before=before)
        found = _ids(page) + found
        assert page["pageInfo"]["hasPreviousPage"] == (len(found) < len(whole["nodes"]))
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        before = page["pageInfo"]["startCursor"]
    assert found == _ids(whole)


@quick
@given(order=orders, start=st.integers(0, 29), end=st.integers(0, 29), size=st.integers(0, 12), forward=st.booleans())
def test_a_window_between_cursors_is_a_slice(
    books: Client, order: list[dict[str, Any]], start: int, end: int, size: int, forward: bool
) -> None:
    whole = _page(books, orderBy=order, first=100)
    cursors = [edge["cursor"] for edge in whole["edges"]]
    between = _ids(whole)[start + 1 : end]
    count = {"first": size} if forward else {"last": size}
    page = _page(books, orderBy=order, after=cursors[start], before=cursors[end], **count)
    expected = between[:size] if forward else between[max(0, len(between) - size) :]
    assert _ids(page) == expected
    if forward:
        assert page["pageInfo"]["hasNextPage"] == (len(between) > size)
    else:
        assert page["pageInfo"]["hasPreviousPage"] == (len(between) > size)


@quick
@given(order=orders, size=st.integers(1, 12), at=st.integers(0, 29))
def test_the_edge_after_a_cursor_is_the_next(books: Client, order: list[dict[str, Any]], size: int, at: int) -> None:
    whole = _page(books, orderBy=order, first=100)
    page = _page(books, orderBy=order, first=size, after=whole["edges"][at]["cursor"])
    assert _ids(page) == _ids(whole)[at + 1 : at + 1 + size]
    assert [edge["cursor"] for edge in page["edges"]] == [
        edge["cursor"] for edge in whole["edges"][at + 1 : at + 1 + size]
    ]


def test_insertion_before_a_cursor_repeats_nothing(library: Client) -> None:
    order = [{"title": "ASC"}]
    filter = {"title": {"startsWith": "insertion "}}
    library.ask(CREATE, {"inputs": [{"title": f"insertion {n}"} for n in (1, 3, 5, 7)]})
    first = _page(library, filter=filter, orderBy=order, first=2)
    library.ask(CREATE, {"inputs": [{"title": "insertion 0"}, {"title": "insertion 4"}]})
    second = _page(library, filter=filter, orderBy=order, first=10, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["title"] for edge in second["edges"]] == ["insertion 4", "insertion 5", "insertion 7"]


def test_a_cursor_of_another_order_is_refused(books: Client) -> None:
    cursor = _page(books, orderBy=[{"rank": "ASC"}], first=1)["pageInfo"]["endCursor"]
    answer = books.send("/graphql", PAGE, {"orderBy": [{"price": "ASC"}], "first": 1, "after": cursor})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert _page(books, orderBy=[{"rank": "ASC"}], first=1, after=cursor)["nodes"]


@pytest.mark.parametrize("cursor", ["", "not a cursor", "AAAA", "é", "W10="])
def test_a_forged_cursor_is_refused(books: Client, cursor: str) -> None:
    answer = books.send("/graphql", PAGE, {"first": 1, "after": cursor})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("variables", [{"first": -1}, {"last": -1}, {"first": 1, "last": 1}, {"first": 100_000}])
def test_a_page_that_makes_no_sense_is_refused(books: Client, variables: dict[str, int]) -> None:
    answer = books.send("/graphql", PAGE, variables)
    assert answer["errors"][0]["extensions"]["code"] in ("BAD_USER_INPUT", "LIMIT_EXCEEDED")


def test_a_cursor_of_another_tenant_shows_nothing_of_it(books: Client, other_library: Client) -> None:
    mine = set(_ids(_page(other_library, first=100)))
    cursor = _page(books, orderBy=[{"rank": "ASC"}], first=1)["pageInfo"]["endCursor"]
    variables = {"orderBy": [{"rank": "ASC"}], "first": 100, "after": cursor}
    answer = other_library.send("/graphql", PAGE, variables)
    nodes = (answer.get("data") or {"books": {"nodes": []}})["books"]["nodes"]
    assert {node["id"] for node in nodes} <= mine
