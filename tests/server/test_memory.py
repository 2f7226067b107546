"""Whatever is sent, the memory of a web process stays bounded: measured from outside, with generous bounds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect

from tests.serving import Serving, serving

pytestmark = pytest.mark.timeout(400)

PASSWORD = "correct horse battery"
MEGABYTE = 1 << 20
GROWTH_LIMIT = 120 * MEGABYTE
ROUNDS = 20


@dataclass
class Watched:
    """A web process, and the client that tries to fill it."""

    server: Serving
    web: psutil.Process
    client: httpx.AsyncClient
    token: str

    async def post(self, query: str, variables: Any = None) -> httpx.Response:
        return await self.client.post("/graphql", json={"query": query, "variables": variables})

    def rss(self) -> int:
        size: int = self.web.memory_info().rss
        return size

    @contextlib.asynccontextmanager
    async def bounded(self) -> AsyncIterator[None]:
        """Whatever happens in the block, the process grows by less than the limit, also for a moment."""
        before, most, done = self.rss(), 0, asyncio.Event()

        async def sample() -> None:
            nonlocal most
            while not done.is_set():
                most = max(most, self.rss())
                await asyncio.sleep(0.02)

        sampling = asyncio.create_task(sample())
        try:
            yield
        finally:
            done.set()
            await sampling
        assert most - before < GROWTH_LIMIT, f"from {before // MEGABYTE} to {most // MEGABYTE} MB"
        assert (await self.client.post("/graphql", json={"query": "{ __typename }"})).status_code == 200


@pytest.fixture(scope="module")
async def watched() -> AsyncIterator[Watched]:
    with tempfile.TemporaryDirectory(prefix="tangram-memory-") as folder:
        async with serving(Path(folder), "--no-worker", DEMO="1", ADMIN_PASSWORD=PASSWORD) as server:
            (web,) = server.processes("server.web_process")
            async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=120) as client:
                signed_in = {"tenant": "demo", "email": "admin@example.com", "password": PASSWORD}
                token = (await client.post("/auth/token", json=signed_in)).json()["access_token"]
                client.headers["authorization"] = f"Bearer {token}"
                found = Watched(server, web, client, token)
                for _ in range(20):
                    await found.post("{ customers(first: 200) { nodes { id name } } }")
                yield found


async def test_ten_thousand_aliases_again_and_again(watched: Watched) -> None:
    """Each document is new, so no cache answers it."""
    async with watched.bounded():
        for turn in range(ROUNDS):
            aliases = " ".join(f"a{turn}_{number}: __typename" for number in range(10_000))
            assert "errors" in (await watched.post(f"{{ {aliases} }}")).json()


async def test_documents_five_hundred_levels_deep(watched: Watched) -> None:
    async with watched.bounded():
        for turn in range(ROUNDS * 5):
            deep = "{ a" * 500 + str(turn) + " }" * 500
            assert "errors" in (await watched.post(deep)).json()


async def test_documents_that_are_never_the_same(watched: Watched) -> None:
    async with watched.bounded():
        for turn in range(ROUNDS * 20):
            answer = await watched.post(f"{{ found{turn}: customers(first: 1) {{ nodes {{ n{turn}: name }} }} }}")
            assert "errors" not in answer.json()


async def test_bodies_of_ten_megabytes(watched: Watched) -> None:
    """Four at a time; each is refused, most of them before it is read."""
    body = json.dumps({"query": "{ __typename }", "variables": {"x": "x" * 10 * MEGABYTE}}).encode()

    async def send() -> None:
        with contextlib.suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            answer = await watched.client.post("/graphql", content=body, headers={"content-type": "application/json"})
            assert answer.status_code == 413

    async with watched.bounded():
        for _ in range(ROUNDS // 2):
            await asyncio.gather(*(send() for _ in range(4)))


async def test_uploads_are_streamed_and_those_that_are_too_large_refused(watched: Watched) -> None:
    """Of 45 MB, which is allowed, and of 500 MB, which is not: neither is held in memory."""
    async with watched.bounded():
        for megabytes, allowed in ((45, True), (45, True), (500, False)):
            status, text = await _upload(watched, megabytes)
            assert (status == 200 and "errors" not in text) is allowed, (status, text[:300])


async def _upload(watched: Watched, megabytes: int) -> tuple[int, str]:
    operations = json.dumps(
        {"query": "mutation($f: Upload!) { uploadFile(file: $f) { id } }", "variables": {"f": None}}
    )
    head = (
        f'--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{operations}\r\n'
        '--b\r\nContent-Disposition: form-data; name="map"\r\n\r\n{"0": ["variables.f"]}\r\n'
        '--b\r\nContent-Disposition: form-data; name="0"; filename="big.bin"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )

    async def body() -> AsyncIterator[bytes]:
        yield head.encode()
        for _ in range(megabytes):
            yield b"\0" * MEGABYTE
        yield b"\r\n--b--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=b", "x-requested-with": "test"}
    try:
        answer = await watched.client.post("/graphql", content=body(), headers=headers)
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return 413, "closed before the end"
    return answer.status_code, answer.text


async def test_a_thousand_idle_connections_and_three_hundred_sockets_with_a_subscription(watched: Watched) -> None:
    port = int(watched.server.url.rpartition(":")[2])
    async with watched.bounded(), contextlib.AsyncExitStack() as stack:
        for _ in range(1_000):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            stack.callback(writer.close)
        url = watched.server.url.replace("http", "ws") + "/graphql"
        for _ in range(300):
            socket = await stack.enter_async_context(connect(url, subprotocols=_PROTOCOL))
            for message in _subscribing(watched.token):
                await socket.send(json.dumps(message))
            assert json.loads(await socket.recv())["type"] == "connection_ack"


_PROTOCOL: Any = ["graphql-transport-ws"]


def _subscribing(token: str) -> Iterator[dict[str, Any]]:
    yield {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
    query = "subscription { customerChanged { action id } }"
    yield {"type": "subscribe", "id": "1", "payload": {"query": query}}
