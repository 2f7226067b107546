from __future__ import annotations

import pytest

from server.app import Services
from server.identity.accounts import AccountChange
from tests.fixtures.http import PASSWORD, Place, SignedIn, Web

WHO = {"tenant": "acme", "email": "wang@example.com", "password": PASSWORD}


async def test_password_and_refresh_grants_give_tokens(web: Web, acme: Place) -> None:
    first = await web.client.post("/auth/token", json=WHO)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    assert first.json().keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (first.json()["token_type"], first.json()["expires_in"]) == ("bearer", 900)
    second = await web.client.post("/auth/token", json={"refresh_token": first.json()["refresh_token"]})
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first.json()["refresh_token"]


@pytest.mark.parametrize(
    ("body", "status", "error", "reason"),
    [
        ({**WHO, "password": "wrong"}, 401, "invalid_grant", "wrong_credentials"),
        ({"refresh_token": "tgr_unknown"}, 401, "invalid_grant", "invalid_refresh_token"),
        ({"tenant": "acme"}, 400, "invalid_request", "bad_text"),
        ({**WHO, "email": "a\0b"}, 400, "invalid_request", "bad_text"),
        ({**WHO, "password": 5}, 400, "invalid_request", "bad_text"),
        ({**WHO, "scope": "all"}, 400, "invalid_request", "unknown_attribute"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type", "unsupported_grant_type"),
    ],
)
async def test_refusals_are_coded(
    web: Web, acme: Place, body: dict[str, object], status: int, error: str, reason: str
) -> None:
    answer = await web.client.post("/auth/token", json=body)
    assert (answer.status_code, answer.json()["error"], answer.json()["reason"]) == (status, error, reason)
    assert answer.json()["error_description"]
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'"x"', b"\xff\xfe", b"[" * 5000])
async def test_malformed_bodies_are_refused(web: Web, content: bytes) -> None:
    answer = await web.client.post("/auth/token", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_too_many_attempts_say_how_long_to_wait(web: Web, acme: Place) -> None:
    for _ in range(5):
        await web.client.post("/auth/token", json={**WHO, "password": "wrong"})
    answer = await web.client.post("/auth/token", json=WHO)
    assert (answer.status_code, answer.json()["error"]) == (429, "slow_down")
    assert int(answer.headers["retry-after"]) >= 1


async def test_sign_out_ends_the_access_token_at_once(web: Web, acme: Place) -> None:
    pair = (await web.client.post("/auth/token", json=WHO)).json()
    headers = {"authorization": f"Bearer {pair['access_token']}"}
    query = {"query": "{ me { email } }"}
    assert (await web.client.post("/metadata", json=query, headers=headers)).status_code == 200
    assert (await web.client.post("/auth/sign-out", json={"refresh_token": pair["refresh_token"]})).status_code == 204
    answer = await web.client.post("/metadata", json=query, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["reason"]) == (401, "session_ended")


async def test_temporary_password_is_changed_at_auth_password(web: Web, acme: Place, services: Services) -> None:
    _, temporary = await services.identity.accounts.reset_password(
        acme.id, acme.member.id, updated_by=acme.administrator.id
    )
    refused = await web.client.post("/auth/token", json={**WHO, "password": temporary})
    assert (refused.status_code, refused.json()["reason"]) == (403, "password_change_required")
    new = {**WHO, "password": temporary, "new_password": "a new and better one"}
    assert (await web.client.post("/auth/password", json=new)).status_code == 200
    signed = await web.client.post("/auth/token", json={**WHO, "password": "a new and better one"})
    assert signed.status_code == 200


async def test_disabled_account_is_refused_at_the_next_request(web: Web, acme: Place, signed_in: SignedIn) -> None:
    member, administrator = await signed_in(acme, "wang@example.com"), await signed_in(acme)
    query = {"query": "{ me { email } }"}
    assert (await web.client.post("/metadata", json=query, headers=member)).status_code == 200
    disable = {"query": f'mutation {{ disableAccount(id: "{acme.member.id}") {{ status }} }}'}
    answer = await web.client.post("/metadata", json=disable, headers=administrator)
    assert answer.json() == {"data": {"disableAccount": {"status": "disabled"}}}
    assert (await web.client.post("/metadata", json=query, headers=member)).status_code == 401


async def test_disabled_account_reads_no_more_records(
    web: Web, acme: Place, signed_in: SignedIn, services: Services
) -> None:
    member = await signed_in(acme, "wang@example.com")
    query = {"query": "{ users { totalCount } }"}
    for _ in range(3):
        before = await web.client.post("/graphql", json=query, headers=member)
        assert before.json() == {"data": {"users": {"totalCount": 2}}}
    await services.identity.accounts.update(acme.id, acme.member.id, AccountChange(status="disabled"), updated_by=None)
    after = await web.client.post("/graphql", json=query, headers=member)
    assert "data" not in after.json() or after.json()["data"] is None
    assert after.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await web.client.post("/graphql", json=query, headers=await signed_in(acme))).status_code == 200
