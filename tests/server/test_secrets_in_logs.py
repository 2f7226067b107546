"""No secret reaches the log, whatever is asked and however it fails, at the most talkative level."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from server.config import Config
from server.logs import configure_logging
from tests.fixtures.tenants import PASSWORD, SECRET_KEY, Tenants

NEW_PASSWORD = "a battery of correct horses"
CARD = "110101199003071234"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What a server writes to its log with `TANGRAM_LOG_LEVEL=debug`."""
    root, before = logging.getLogger(), logging.getLogger().handlers
    configure_logging(Config(log_format="json", log_level="debug"))
    stream = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers = before
    root.setLevel(logging.WARNING)
    structlog.reset_defaults()


async def test_no_secret_of_typical_requests_is_in_the_log(
    logged: io.StringIO, tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    east, services = tenants.east, tenants.services
    used = await _use(tenants)

    async def broken(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("a bug, in the middle of a request")

    with monkeypatch.context() as patched:  # an unexpected failure is logged with its stack, not with its values
        patched.setattr(services.vault, "encrypt", broken)
        patched.setattr(services.vault, "decrypt", broken)
        await east.graphql("{ customers { nodes { idCard } } }")
        await east.graphql(f'mutation {{ createCustomer(input: {{name: "x", idCard: "{CARD}"}}) {{ id }} }}')
    text = logged.getvalue()
    assert "a bug, in the middle" in text, "the log was not captured"
    assert len([json.loads(line) for line in text.splitlines()]) > 10
    assert [name for name, secret in used.items() if secret in text] == []


async def _use(tenants: Tenants) -> dict[str, str]:
    """Sign in, refresh, fail, make accounts, keys and webhooks, write and read encrypted values; gives every secret."""
    east, client, config = tenants.east, tenants.east.client, tenants.config
    signing = {"tenant": "east", "email": "wang@example.com"}
    pair = (await client.post("/auth/token", json={**signing, "password": PASSWORD})).json()
    next_pair = (await client.post("/auth/token", json={"refresh_token": pair["refresh_token"]})).json()
    await client.post("/auth/token", json={"refresh_token": pair["refresh_token"]})
    await client.post("/auth/token", json={**signing, "password": "a wrong password of mine"})
    await client.post("/auth/password", json={**signing, "password": PASSWORD, "new_password": NEW_PASSWORD})
    await client.post("/auth/token", content=b'{"password": "half a body of mine')
    await client.post(
        "/graphql", json={"query": "{ nothing }"}, headers={"authorization": "Bearer a.made.up-token-of-mine"}
    )
    account = await east.data(
        'mutation { createAccount(account: {email: "li@example.com", name: "Li", roles: ["sales"]})'
        " { temporaryPassword } }",
        path="/metadata",
    )
    key = await east.data('mutation { createApiKey(apiKey: {name: "sync"}) { key } }', path="/metadata")
    await east.graphql("{ me { name } }", path="/metadata", authorization=f"Bearer {key['createApiKey']['key']}")
    hook = await east.data(
        'mutation { createWebhook(webhook: {url: "http://127.0.0.1:9/x"}) { secret webhook { id } } }', path="/metadata"
    )
    await east.data(
        "mutation($id: ID!) { testWebhook(id: $id) { id } }",
        {"id": hook["createWebhook"]["webhook"]["id"]},
        path="/metadata",
    )
    record = await east.create("Customer", name="王", idCard=CARD)
    await east.data("query($id: ID!) { customer(id: $id) { idCard } }", {"id": record})
    await east.graphql("mutation { createCustomer(input: {idCard: 5}) { id } }")
    async with tenants.services.connections.acquire() as connection:
        sealed = await connection.fetchval(f"select id_card from {east.schema}.customer where id = $1", record)
    await tenants.services.rotation.begin(east.id)
    return {
        "password": PASSWORD,
        "new password": NEW_PASSWORD,
        "wrong password": "a wrong password of mine",
        "half a body": "half a body of mine",
        "made-up token": "made.up-token-of-mine",
        "temporary password": account["createAccount"]["temporaryPassword"],
        "access token": pair["access_token"],
        "refresh token": pair["refresh_token"],
        "next access token": next_pair["access_token"],
        "next refresh token": next_pair["refresh_token"],
        "administrator's token": east.admin.token,
        "API key": key["createApiKey"]["key"],
        "webhook secret": hook["createWebhook"]["secret"],
        "encrypted value": CARD,
        "ciphertext": sealed,
        "secret key": SECRET_KEY,
        "database URL": config.database_url,
        "serving URL": config.database_app_url or "no such thing",
        "database password": config.database_url.split(":")[2].split("@")[0],
    }


def test_settings_do_not_show_their_secrets() -> None:
    url = "postgresql://tangram:hunter2@localhost/tangram"
    shown = repr(Config(secret_key="hunter2" * 6, database_url=url, database_app_url=url, redis_url=url))
    assert "hunter2" not in shown
