"""A scratch Tangram: embedded servers in a folder that goes away, server processes, and a small client."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from server.config import Config
from server.embedded import postgres, programs
from server.embedded.servers import running_servers

__all__ = [
    "PASSWORD",
    "POOL_SIZE",
    "REPOSITORY",
    "Client",
    "Installation",
    "Process",
    "free_port",
    "installation",
    "running_process",
    "signed_in",
    "tangram_processes",
]

REPOSITORY = Path(__file__).resolve().parent.parent
POOL_SIZE = 10
"""Database connections of every server: PostGraphile's default."""

PASSWORD = "benchmark-Only-4711"
_START_S = 120


@dataclass(frozen=True, slots=True)
class Installation:
    """Running databases in a scratch folder.

    Attributes:
        folder: Scratch folder; everything in it goes away at the end.
        config: Configuration with both URLs, as the server reads it.
        administrator_url: PostgreSQL as its administrator.
        log_folder: Where PostgreSQL writes its log.
        programs: Folder of `psql`, `pgbench` and the like.
    """

    folder: Path
    config: Config
    administrator_url: str
    log_folder: Path
    programs: Path

    @property
    def url(self) -> str:
        """PostgreSQL as the application."""
        return self.config.database_url

    def environment(self, **settings: object) -> dict[str, str]:
        """Variables for Tangram's own commands, with settings over those of the configuration."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        given = {f"TANGRAM_{name.upper()}": str(value) for name, value in settings.items()}
        return inherited | self.config.environment() | given


@asynccontextmanager
async def installation() -> AsyncIterator[Installation]:
    """Start PostgreSQL and Valkey in a new scratch folder, with the settings a real installation has."""
    folder = Path(tempfile.mkdtemp(prefix="tangram-bench-"))
    try:
        async with running_servers(Config(data_dir=folder / "data")) as config:
            server = postgres.remembered_postgres(folder / "data")
            if server is None:
                raise RuntimeError("the embedded PostgreSQL is not known in its own data folder")
            await _open_wall(server.url(role=postgres.ADMINISTRATOR))
            yield Installation(
                folder=folder,
                config=config,
                administrator_url=server.url(role=postgres.ADMINISTRATOR),
                log_folder=folder / "data" / "postgres" / "log",
                programs=programs.postgres_folder() / "bin",
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _open_wall(administrator_url: str) -> None:
    """Let peers, which do not say for which tenant they work, see platform tables; row-level security stays on."""
    connection = await asyncpg.connect(administrator_url)
    try:
        await connection.execute(f"alter role {postgres.OWNER} set tangram.tenant = '*'")
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class Process:
    """A server process and everything below it."""

    process: subprocess.Popen[bytes]
    url: str

    def memory_mb(self) -> float:
        """Resident memory of the largest process in the tree: the one that answers requests."""
        return max(self.memories_mb())

    def memories_mb(self) -> list[float]:
        """Resident memory of each process in the tree, largest first."""
        parent = psutil.Process(self.process.pid)
        found = []
        for process in (parent, *parent.children(recursive=True)):
            try:
                found.append(process.memory_info().rss / 2**20)
            except psutil.NoSuchProcess:
                continue
        return sorted(found, reverse=True)


@contextmanager
def running_process(
    command: list[str], environment: Mapping[str, str], *, url: str, ready: str, log: Path, folder: Path = REPOSITORY
) -> Iterator[Process]:
    """Run a server until the block ends.

    Args:
        command: Program and arguments.
        environment: Variables beside PATH and HOME.
        url: Its base URL.
        ready: Path that answers, and not with 503, once it is ready.
        log: File for its output.
        folder: Working directory.

    Raises:
        RuntimeError: It ended or did not answer in time; the end of its log is in the message.
    """
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=inherited | dict(environment), stdout=output, stderr=output, cwd=folder, start_new_session=True
        )
    try:
        _await_answer(process, url + ready, log)
        yield Process(process, url)
    finally:
        _stop(process)


@contextmanager
def tangram_processes(place: Installation, *, workers: int = 1, background: bool = False) -> Iterator[Process]:
    """Run Tangram's web processes; with the worker process if `background`."""
    port = free_port()
    settings = {
        "port": port,
        "workers": workers,
        "pool_size": POOL_SIZE,
        "demo": 0,
        "log_level": "warning",
        "access_token_s": 86_400,
    }
    environment = place.environment(**settings)
    command = [sys.executable, "-m", "server.cli", "serve", *([] if background else ["--no-worker"])]
    url = f"http://127.0.0.1:{port}"
    with running_process(
        command, environment, url=url, ready="/readyz", log=place.folder / f"tangram-{port}.log"
    ) as process:
        yield process


@dataclass(frozen=True, slots=True)
class Client:
    """A signed-in client of one tenant.

    Attributes:
        http: Connected to the server.
        token: Bearer token.
        tenant: Tenant that a platform administrator acts for; empty for the own one.
    """

    http: httpx.AsyncClient
    token: str
    tenant: str = ""

    async def ask(self, path: str, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send one operation.

        Raises:
            RuntimeError: The answer holds errors.
        """
        response = await self.http.post(
            path,
            json={"query": query, "variables": dict(variables or {})},
            headers={"Authorization": f"Bearer {self.token}"} | ({"X-Tenant": self.tenant} if self.tenant else {}),
        )
        body = response.json()
        if response.status_code >= 400 or body.get("errors"):
            raise RuntimeError(f"{path} answered {response.status_code}: {str(body)[:2000]}")
        data: dict[str, Any] = body["data"]
        return data


@asynccontextmanager
async def signed_in(url: str, tenant: str, email: str) -> AsyncIterator[Client]:
    """Sign in to a tenant."""
    async with httpx.AsyncClient(base_url=url, timeout=120, trust_env=False) as http:
        response = await http.post("/auth/token", json={"tenant": tenant, "email": email, "password": PASSWORD})
        response.raise_for_status()
        yield Client(http, response.json()["access_token"])


def free_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _await_answer(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(_START_S * 10):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code != 503:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer in {_START_S} s:\n{log.read_text()[-3000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
