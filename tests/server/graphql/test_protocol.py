from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import websockets
from graphql import parse
from websockets.typing import Subprotocol

from server.graphql.limits import OperationLimits, check_size, measure
from server.graphql.protocol import pick_media_type
from tests.fixtures.http import Place, SignedIn, Web

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/plain", JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{JSON};q=0.5, {GRAPHQL};q=0.9", GRAPHQL),
        (f"{GRAPHQL};charset=utf-8", GRAPHQL),
        (f"{GRAPHQL};q=0, {JSON};q=0.1", JSON),
        (f"{GRAPHQL};q=x", JSON),
    ],
)
def test_media_type_is_what_is_asked_for_first(accept: str, expected: str) -> None:
    assert pick_media_type(accept) == expected


async def ask(web: Web, headers: dict[str, str], **body: Any) -> httpx.Response:
    return await web.client.post("/metadata", json=body, headers=headers)


async def test_answer_holds_one_error_per_fault_with_its_place(web: Web, acme: Place, signed_in: SignedIn) -> None:
    create = 'mutation { createAccount(account: {email: "x", name: " ", roles: ["No!"]}) { temporaryPassword } }'
    answer = await ask(web, await signed_in(acme), query=create)
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    assert [
        (error["extensions"]["code"], error["extensions"]["reason"], error["extensions"]["path"], error["path"])
        for error in answer.json()["errors"]
    ] == [
        ("BAD_USER_INPUT", "bad_email", ["email"], ["createAccount"]),
        ("BAD_USER_INPUT", "bad_name", ["name"], ["createAccount"]),
        ("BAD_USER_INPUT", "bad_role", ["roles", 0], ["createAccount"]),
    ]


async def test_no_token_is_401_with_a_code(web: Web, acme: Place) -> None:
    answer = await ask(web, {}, query="{ me { email } }")
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "data" not in answer.json()


async def test_members_may_not_manage_accounts(web: Web, acme: Place, signed_in: SignedIn) -> None:
    query = "{ accounts { email } }"
    refused = await ask(web, await signed_in(acme, "wang@example.com"), query=query)
    assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    granted = await ask(web, await signed_in(acme), query=query)
    assert granted.json() == {"data": {"accounts": [{"email": "admin@example.com"}, {"email": "wang@example.com"}]}}


async def test_accounts_of_another_tenant_do_not_exist(
    web: Web, acme: Place, globex: Place, signed_in: SignedIn
) -> None:
    headers = await signed_in(acme)
    for field in ("disableAccount(id: $id) { id }", "resetPassword(id: $id) { temporaryPassword }"):
        answer = await ask(
            web, headers, query=f"mutation M($id: ID!) {{ {field} }}", variables={"id": globex.member.id}
        )
        assert answer.json()["errors"][0]["extensions"] == {
            "code": "NOT_FOUND",
            "reason": "unknown_account",
            "path": ["id"],
        }
    elsewhere = await ask(web, {**headers, "x-tenant": "globex"}, query="{ accounts { email } }")
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["extensions"]["reason"]) == (
        403,
        "not_platform_administrator",
    )


async def test_api_key_is_shown_once_and_works_as_a_bearer(web: Web, acme: Place, signed_in: SignedIn) -> None:
    create = 'mutation { createApiKey(apiKey: {name: "import"}) { key apiKey { id prefix } } }'
    made = (await ask(web, await signed_in(acme, "wang@example.com"), query=create)).json()["data"]["createApiKey"]
    headers = {"authorization": f"Bearer {made['key']}"}
    listed = await ask(web, headers, query="{ apiKeys { id prefix } }")
    assert listed.json() == {"data": {"apiKeys": [made["apiKey"]]}}
    revoke = f'mutation {{ revokeApiKey(id: "{made["apiKey"]["id"]}") {{ revokedAt }} }}'
    assert (await ask(web, headers, query=revoke)).status_code == 200
    assert (await ask(web, headers, query="{ apiKeys { id } }")).status_code == 401


async def test_weak_key_cannot_make_a_stronger_one(web: Web, acme: Place, signed_in: SignedIn) -> None:
    create = 'mutation { createApiKey(apiKey: {name: "k", roles: %s}) { key apiKey { roles } } }'
    weak = (await ask(web, await signed_in(acme), query=create % "[]")).json()["data"]["createApiKey"]
    headers = {"authorization": f"Bearer {weak['key']}"}
    for roles in ("null", '["administrator"]'):
        made = (await ask(web, headers, query=create % roles)).json()["data"]["createApiKey"]
        assert made["apiKey"]["roles"] == []


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", JSON),
        (b"{", JSON),
        (b"5", JSON),
        (b"null", JSON),
        (b"\xff\xfe{}", JSON),
        (b"[" * 100_000, JSON),
        (b"[{}]", JSON),
        (b'{"query": null}', JSON),
        (b'{"query": ""}', JSON),
        (b'{"query": 5}', JSON),
        (b'{"query": "{ me { id } }", "variables": []}', JSON),
        (b'{"query": "{ me { id } }", "operationName": 5}', JSON),
        (b"query={me{id}}", "application/x-www-form-urlencoded"),
        (b"{ me { id } }", "application/graphql"),
        (b"--x--", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data"),
    ],
)
async def test_unreadable_requests_are_coded(
    web: Web, acme: Place, signed_in: SignedIn, content: bytes, content_type: str
) -> None:
    headers = {**await signed_in(acme), "content-type": content_type, "accept": GRAPHQL}
    for path in ("/metadata", "/graphql"):
        answer = await web.client.post(path, content=content, headers=headers)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.json()["errors"][0]["extensions"]["code"] in ("BAD_USER_INPUT", "LIMIT_EXCEEDED")
        assert answer.headers["content-type"].startswith(GRAPHQL)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("{" + "kinds {" * 500 + "name" + "}" * 501, "too_deep"),
        ("{" + " ".join(f"a{number}: me {{ id }}" for number in range(10_000)) + "}", "too_many_tokens"),
        ("{" + " ".join(f"a{number}: me {{ id }}" for number in range(60)) + "}", "too_many_aliases"),
        ("{ __schema { " + "types { fields { type { " * 12 + "name" + " } } }" * 12 + " } }", "too_deep"),
        ("{", "syntax_error"),
        ("{ nothing }", "invalid_operation"),
        ("query A { me { id } } query A { me { id } }", "invalid_operation"),
        ("{ ...A } fragment A on Query { ...A }", "invalid_operation"),
    ],
)
async def test_operations_out_of_bounds_are_coded(
    web: Web, acme: Place, signed_in: SignedIn, query: str, reason: str
) -> None:
    headers = {**await signed_in(acme), "accept": GRAPHQL}
    for path in ("/metadata", "/graphql"):
        answer = await web.client.post(path, json={"query": query}, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["reason"]) == (400, reason), path
        assert "Did you mean" not in answer.text


async def test_fields_are_not_suggested(web: Web, acme: Place, signed_in: SignedIn) -> None:
    answer = await ask(web, await signed_in(acme), query="{ me { emale } accountz { id } }")
    assert "Did you mean" not in answer.text
    assert len(answer.json()["errors"]) == 2


async def test_mutation_over_get_is_refused(web: Web, acme: Place, signed_in: SignedIn) -> None:
    answer = await web.client.get("/metadata", params={"query": "mutation { signOut }"}, headers=await signed_in(acme))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_introspection_query_of_graphiql_runs(web: Web, acme: Place, signed_in: SignedIn) -> None:
    from graphql import get_introspection_query

    query = get_introspection_query(input_value_deprecation=True, specified_by_url=True)
    answer = await ask(web, await signed_in(acme), query=query)
    assert "errors" not in answer.json()


async def test_kinds_and_field_types_explain_themselves(web: Web, acme: Place, signed_in: SignedIn) -> None:
    query = """{
      kinds { name parent attributes { name type help required } }
      fieldTypes { key help settings { name type default values } convertsTo }
      functions { name family usages help }
      filterOperators { type operators { name help } }
    }"""
    data = (await ask(web, await signed_in(acme, "wang@example.com"), query=query)).json()["data"]
    assert "field" in {kind["name"] for kind in data["kinds"]}
    assert {"money", "relation", "formula"} <= {one["key"] for one in data["fieldTypes"]}
    helps = [one["help"] for group in ("fieldTypes", "functions") for one in data[group]]
    helps += [attribute["help"] for kind in data["kinds"] for attribute in kind["attributes"]]
    assert all(helps)
    by_type = {one["type"]: {operator["name"] for operator in one["operators"]} for one in data["filterOperators"]}
    assert {"eq", "in", "icontains"} <= by_type["text"]


async def test_websocket_signs_in_and_answers_queries(web: Web, acme: Place, signed_in: SignedIn) -> None:
    address = web.url.replace("http", "ws") + "/metadata"
    async with websockets.connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": await signed_in(acme)}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        for number, query in enumerate(
            ("{ me { email } }", "{ nothing }", 'mutation { disableAccount(id: "x") { id } }')
        ):
            await socket.send(json.dumps({"type": "subscribe", "id": str(number), "payload": {"query": query}}))
        messages = [json.loads(await socket.recv()) for _ in range(5)]
    answers = {message["id"]: message for message in messages if message["type"] != "complete"}
    assert answers["0"]["payload"] == {"data": {"me": {"email": "admin@example.com"}}}
    assert answers["1"]["type"] == "error"
    assert answers["1"]["payload"][0]["extensions"]["reason"] == "invalid_operation"
    assert answers["2"]["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("payload", [{}, {"authorization": "Bearer nonsense"}, {"authorization": 5}])
async def test_websocket_without_a_valid_token_is_closed(web: Web, acme: Place, payload: dict[str, object]) -> None:
    address = web.url.replace("http", "ws") + "/metadata"
    async with websockets.connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


async def test_websocket_of_another_origin_is_refused(web: Web) -> None:
    address = web.url.replace("http", "ws") + "/metadata"
    with pytest.raises(websockets.InvalidStatus):
        async with websockets.connect(
            address,
            subprotocols=[Subprotocol("graphql-transport-ws")],
            additional_headers={"origin": "https://evil.example.com"},
            proxy=None,
        ):
            pass


def test_fragments_count_each_time_they_are_spread() -> None:
    levels = "".join(f"fragment F{n} on T {{ x: a {{ ...F{n + 1} }} y: a {{ ...F{n + 1} }} }} " for n in range(30))
    document = parse("{ ...F0 } " + levels + "fragment F30 on T { b }")
    size = measure(document)
    assert size.fields > 2**30
    assert size.depth == 31
    assert {error.extensions["reason"] for error in check_size(document, OperationLimits()) if error.extensions} == {
        "too_deep",
        "too_many_fields",
        "too_many_aliases",
    }
