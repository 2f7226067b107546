"""A server of a test's own: `tangram serve` as a process, its tenants made with `tangram`, asked over HTTP."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from server.config import Config

REPOSITORY = Path(__file__).resolve().parent.parent.parent
EMAIL = "admin@example.com"
PASSWORD = "conformance-Only-4711"
_START_LIMIT_S = 60


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers at `url`, and the variables it was started with."""

    url: str
    environment: Mapping[str, str]


class Client:
    """One tenant's administrator, signed in."""

    def __init__(self, server: RunningServer, tenant: str, *, email: str = EMAIL, password: str = PASSWORD) -> None:
        self.http = httpx.Client(base_url=server.url, timeout=60, trust_env=False)
        answer = self.http.post("/auth/token", json={"tenant": tenant, "email": email, "password": password})
        assert answer.status_code == 200, answer.text
        self.token: str = answer.json()["access_token"]

    def close(self) -> None:
        self.http.close()

    def send(self, path: str, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The whole answer, errors and all."""
        answer = self.http.post(
            path,
            json={"query": query, "variables": dict(variables or {})},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        body: dict[str, Any] = answer.json()
        return body

    def ask(self, query: str, variables: Mapping[str, Any] | None = None, *, path: str = "/graphql") -> Any:
        """The data of an operation that succeeds."""
        body = self.send(path, query, variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    def apply(self, document: Mapping[str, Any]) -> None:
        """Make a metadata document the tenant's."""
        mutation = "mutation Apply($document: JSON!) { applyMetadata(document: $document) { version } }"
        self.ask(mutation, {"document": document}, path="/metadata")


@contextlib.contextmanager
def running_server(config: Config, *, worker: bool = True, demo: bool = False) -> Iterator[RunningServer]:
    """Run a server on the databases of `config` until the block ends."""
    port = _free_port()
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = inherited | config.environment()
    environment |= {"TANGRAM_PORT": str(port), "TANGRAM_DEMO": str(int(demo)), "TANGRAM_ADMIN_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "server.cli", "serve", *([] if worker else ["--no-worker"])]
    server = RunningServer(f"http://127.0.0.1:{port}", environment)
    log = config.data_dir / f"serve-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=REPOSITORY, stdout=output, stderr=output)
    try:
        _await_ready(process, server.url, log)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def create_tenant(server: RunningServer, slug: str) -> Client:
    """An empty tenant and its administrator."""
    _tangram(server, "tenant", "create", slug)
    _tangram(server, "user", "create", slug, EMAIL, "--admin", "--password-stdin", given=f"{PASSWORD}\n")
    return Client(server, slug)


def _tangram(server: RunningServer, *arguments: str, given: str = "") -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments],
        env=dict(server.environment),
        cwd=REPOSITORY,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _await_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-3000:]
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz", timeout=2, trust_env=False).status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"{url} was not ready in {_START_LIMIT_S} s:\n{log.read_text(encoding='utf-8')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
