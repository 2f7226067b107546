"""Search finds exactly the records that hold every word, in any script, and uses its index."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metadata.expressions.functions.text import lower
from server.records.search import search_patterns, search_query
from tests import servers
from tests.fixtures.tenants import Tenant, Tenants, tenants_opened

_RECORDS: tuple[dict[str, Any], ...] = (
    {"textField": "王小明 in 北京"},
    {"textField": "小王", "longTextField": "first line\n第二行 café"},
    {"textField": "ＡＢＣ１２３", "tagsField": ['q"uote', "new york", "back\\slash"]},
    {"textField": "100% _sure_ it's", "richTextField": '<p>rich 文<b>本</b></p><p title="x > zzz">a &amp; b<br>c</p>'},
    {"textField": "İstanbul ΟΔΟΣ STRASSE straße"},
    {"personNameField": {"last": "欧阳", "first": "娜"}, "longTextField": "a😀b"},
    {"textField": "abab", "longTextField": "x"},
    {"textField": ""},
    {},
)


@pytest.fixture(scope="module")
async def both(test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tenants]:
    async with tenants_opened(test_servers, tmp_path_factory.mktemp("files")) as tenants:
        for record in _RECORDS:
            await tenants.east.create("Sample", **record)
        await tenants.west.create("Sample", textField="王小明 of the west")
        yield tenants


def _folded(text: str) -> str:
    return lower(unicodedata.normalize("NFKC", text))


class _Shown(HTMLParser):
    """What a browser shows of the HTML above: tags of paragraphs and lines part words, tags within a word do not."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: object = None) -> None:
        self.text += " " if tag in ("p", "br") else ""

    handle_endtag = handle_starttag


def _shown(html: str) -> str:
    parser = _Shown()
    parser.feed(html)
    return parser.text


def _held(record: dict[str, Any]) -> str:
    texts = [record.get("textField"), record.get("longTextField"), _shown(record.get("richTextField", ""))]
    texts.append(" ".join(record.get("tagsField", ())))
    name = record.get("personNameField")
    texts.append(f"{name['last']}{name['first']}" if name else None)
    return _folded("\n".join(text or "" for text in texts))


def _expected(text: str) -> list[int]:
    words = _folded(text).split()
    return [place for place, record in enumerate(_RECORDS) if all(word in _held(record) for word in words)]


async def _found(tenant: Tenant, text: str) -> list[int]:
    query = """query($s: String) { samples(search: $s, orderBy: [{autoNumberField: ASC}]) {
        nodes { autoNumberField } totalCount } }"""
    answer = (await tenant.data(query, {"s": text}))["samples"]
    assert answer["totalCount"] == len(answer["nodes"])
    return [int(node["autoNumberField"][2:]) - 1 for node in answer["nodes"]]


@pytest.mark.parametrize(
    "text",
    [
        *("王", "小明", "王小明", "明 王", "小", "第二行", "阳娜", "欧阳娜", "北京 小王"),
        *("abc", "ABC123", "ａｂｃ", "１", "CAFÉ", "cafe", "caf", "line first", "aba", "baba", "aa", "nothing"),
        *("%", "_", "_sure_", "0%", "it's", "'", '"', 'q"u', "\\", "k\\s", "<p>", "{", ","),
        *("文本", "本a", "zzz", "<", ">", "amp", "a & b", "bc", "title"),
        *("new york", "york new", "new\u00a0york", "", " ", "\u3000", "\t\n", "😀", "a😀"),
        *("istanbul", "οδος", "οδοσ", "ß", "ss", "strasse", "straße"),
        *("&", "|", "!", ":*", "a:*", "( )", "ab & ba"),
    ],
)
async def test_a_search_finds_the_records_that_hold_every_word(both: Tenants, text: str) -> None:
    assert await _found(both.east, text) == _expected(text)


_ALPHABET = "".join(sorted({char for record in _RECORDS for char in _held(record)} | set("ＡİΣß%_\\'\"&|!:*() ")))


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=st.one_of(st.text(_ALPHABET, max_size=6), st.text(max_size=4)))
async def test_a_search_agrees_with_python(both: Tenants, text: str) -> None:
    text = "".join(char for char in text if char != "\x00" and not "\ud800" <= char <= "\udfff")
    assert await _found(both.east, text) == _expected(text)


async def test_a_plan_for_one_text_is_not_used_for_an_empty_one(both: Tenants) -> None:
    everything = list(range(len(_RECORDS)))
    for text, expected in (("王", [0, 1]), ("", everything), ("王", [0, 1]), ("  ", everything), ("zz", [])):
        assert await _found(both.east, text) == expected
    query = "query($s: String) { samples(search: $s) { totalCount } }"
    for variables, expected_count in (({"s": "王"}, 2), ({"s": None}, 9), ({}, 9), ({"s": "王"}, 2)):
        assert await both.east.data(query, variables) == {"samples": {"totalCount": expected_count}}


async def test_the_search_of_all_objects_tells_where_the_text_was_found(both: Tenants) -> None:
    query = """query($t: String!, $o: [String!], $n: Int) {
        search(text: $t, objects: $o, first: $n) { object title snippet } }"""
    tenant = both.east
    hit = {"object": "sample", "title": "王小明 in 北京", "snippet": "王小明 in 北京"}
    assert (await tenant.data(query, {"t": "小明"}))["search"] == [hit]
    assert (await tenant.data(query, {"t": "小明", "o": ["sample", "note"]}))["search"] == [hit]
    assert (await tenant.data(query, {"t": "小明", "o": ["customer"]}))["search"] == []
    assert (await tenant.data(query, {"t": "小明", "o": []}))["search"] == []
    assert (await tenant.data(query, {"t": "小明", "o": "sample"}))["search"] == [hit]
    assert len((await tenant.data(query, {"t": "a", "n": 2}))["search"]) == 2
    other = (await both.west.data(query, {"t": "小明"}))["search"]
    assert [one["title"] for one in other] == ["王小明 of the west"]


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ({"t": ""}, ("BAD_USER_INPUT", "empty_search", ("text",))),
        ({"t": " \u3000"}, ("BAD_USER_INPUT", "empty_search", ("text",))),
        ({"t": "x" * 201}, ("LIMIT_EXCEEDED", "search_too_long", ("text",))),
        ({"t": "x", "o": ["customer", "nobody"]}, ("BAD_USER_INPUT", "unknown_object", ("objects", 1))),
        ({"t": "x", "o": ["user"]}, ("BAD_USER_INPUT", "not_searchable", ("objects", 0))),
        ({"t": "x", "n": -1}, ("BAD_USER_INPUT", "bad_page", ("first",))),
        ({"t": "x", "n": 201}, ("LIMIT_EXCEEDED", "page_too_large", ("first",))),
        ({}, ("BAD_USER_INPUT", "missing_value", ("t",))),
    ],
)
async def test_a_search_that_cannot_be_is_told_with_its_path(both: Tenants, variables: Any, fault: Any) -> None:
    query = "query($t: String!, $o: [String!], $n: Int) { search(text: $t, objects: $o, first: $n) { id } }"
    await both.east.data(query, {"t": "x"})  # there is a plan already
    assert await both.east.faults(query, variables) == [fault]


async def test_a_search_uses_its_index(both: Tenants) -> None:
    tenant, services = both.east, both.services
    async with services.connections.transaction() as connection:
        await connection.execute(
            f'insert into "{tenant.schema}".store (id, name, city)'
            " select gen_random_uuid(), 'Store ' || md5(n::text), '城市' || n from generate_series(1, 2000) as n"
        )
        await connection.execute("set local enable_seqscan = off")  # 2,000 rows are few enough to be read one by one
        plan = await connection.fetchval(
            f'explain (format json) select id from "{tenant.schema}".store as r1'
            " where r1.deleted_at is null and (r1.search_vector @@ $1::text::tsquery"
            " and tangram.fold(coalesce((r1.name)::text, '')) like all ($2::text[]))",
            search_query("c4ca42"),
            search_patterns("c4ca42"),
        )
    assert "Bitmap Index Scan" in json.dumps(json.loads(plan))
