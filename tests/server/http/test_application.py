from __future__ import annotations

import dataclasses

import httpx
import pytest

from server.app import Services
from server.config import Config
from tests.fixtures.http import Place, SignedIn, Web, served


def reason(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["reason"])


async def test_health_and_readiness(web: Web) -> None:
    assert (await web.client.get("/healthz")).json() == {"status": "ok"}
    ready = await web.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "database": "ok", "queue": "ok"})


async def test_unknown_path_and_method_are_coded(web: Web) -> None:
    missing = await web.client.get("/nowhere")
    assert (missing.status_code, reason(missing)) == (404, "no_such_path")
    wrong = await web.client.get("/auth/token")
    assert (wrong.status_code, reason(wrong), wrong.headers["allow"]) == (405, "method_not_allowed", "POST")


async def test_every_answer_has_an_id_and_security_headers(web: Web) -> None:
    given = await web.client.get("/healthz", headers={"x-request-id": "abc-123"})
    made = await web.client.get("/nowhere", headers={"x-request-id": "bad id " * 20 + "."})
    assert given.headers["x-request-id"] == "abc-123"
    assert len(made.headers["x-request-id"]) == 32
    for answer in (given, made):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("declared", [True, False], ids=["declared length", "chunked"])
async def test_large_bodies_are_refused(web: Web, acme: Place, signed_in: SignedIn, declared: bool) -> None:
    body = b'{"query": "' + b"x" * 3_000_000 + b'"}'

    async def chunks() -> object:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    answer = await web.client.post(
        "/metadata",
        content=body if declared else chunks(),  # type: ignore[arg-type]
        headers={"content-type": "application/json", **await signed_in(acme)},
    )
    assert (answer.status_code, reason(answer)) == (413, "body_too_large")


async def test_graphiql_is_served_without_other_servers(web: Web) -> None:
    page = await web.client.get("/metadata", headers={"accept": "text/html,*/*"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "https://" not in page.text
    names = [part.split('"')[0] for part in page.text.split('="/static/graphiql/')[1:]]
    assert len(names) == 8
    for name in names:
        asset = await web.client.get(f"/static/graphiql/{name}")
        assert asset.status_code == 200, name
        assert len(asset.content) > 100
        again = await web.client.get(f"/static/graphiql/{name}", headers={"if-none-match": asset.headers["etag"]})
        assert again.status_code == 304
    plain = await web.client.get("/static/graphiql/graphiql.min.js", headers={"accept-encoding": "identity"})
    assert b"GraphiQL" in plain.content


@pytest.mark.parametrize("name", ["nothing.js", "..%2f..%2fapplication.py", "%2e%2e/application.py", "README.md"])
async def test_nothing_else_is_served_from_the_folder(web: Web, name: str) -> None:
    assert (await web.client.get(f"/static/graphiql/{name}")).status_code == 404


async def test_metrics_count_requests_by_route(web: Web) -> None:
    for path in ("/healthz", "/healthz", "/secret-path"):
        await web.client.get(path)
    text = (await web.client.get("/metrics")).text
    assert 'tangram_http_requests_total{method="GET",route="/healthz",status="200"} 2.0' in text
    assert 'tangram_http_requests_total{method="GET",route="other",status="404"} 1.0' in text
    assert "secret-path" not in text


async def test_readiness_fails_when_a_part_does_not_answer(services: Services) -> None:
    from server.http.health import HealthRoutes

    async def broken() -> None:
        raise OSError("password=secret")

    answer = await HealthRoutes({"database": broken}).ready(None)  # type: ignore[arg-type]
    assert (answer.status_code, bytes(answer.body)) == (503, b'{"status":"failing","database":"failing"}')


async def test_origins_are_answered_only_when_allowed(config: Config) -> None:
    allowed = dataclasses.replace(config, cors_origins="https://ui.example.com")
    ask = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    async with served(allowed) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        good = await client.options("/graphql", headers={"origin": "https://ui.example.com", **ask})
        bad = await client.options("/graphql", headers={"origin": "https://evil.example.com", **ask})
    assert good.headers["access-control-allow-origin"] == "https://ui.example.com"
    assert "access-control-allow-origin" not in bad.headers


async def test_rate_limit_is_per_actor(config: Config, acme: Place, signed_in: SignedIn) -> None:
    administrator, member = await signed_in(acme), await signed_in(acme, "wang@example.com")
    body = {"query": "{ me { email } }"}
    async with (
        served(dataclasses.replace(config, rate_limit_per_s=1)) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        answers = [await client.post("/metadata", json=body, headers=administrator) for _ in range(8)]
        other = await client.post("/metadata", json=body, headers=member)
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    assert reason(limited[0]) == "rate_limited"
    assert int(limited[0].headers["retry-after"]) >= 1
    assert other.status_code == 200
