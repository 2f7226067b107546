from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from metadata.problems import ConflictError
from server.config import Config
from server.serving import listening_sockets

_REPOSITORY = Path(__file__).parents[2]


@dataclass
class _Server:
    process: asyncio.subprocess.Process
    url: str

    def processes(self, module: str) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if module in child.cmdline()]

    async def healthy(self) -> bool:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{self.url}/readyz", timeout=5)).status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tangram-serving-") as folder:
        yield Path(folder)


@asynccontextmanager
async def _serving(folder: Path, *arguments: str, **settings: str) -> AsyncIterator[_Server]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("TANGRAM_")}
    variables |= {"TANGRAM_DATA_DIR": str(folder), "TANGRAM_PORT": "0", "TANGRAM_DEMO": "0"}
    variables |= {f"TANGRAM_{name}": value for name, value in settings.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.cli", "serve", *arguments),
        stdout=asyncio.subprocess.PIPE,
        env=variables,
        cwd=_REPOSITORY,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            while (found := re.search(rb"http://\S+", line := await process.stdout.readline())) is None:
                assert line, f"the server ended before it was ready, with exit code {await process.wait()}"
        yield _Server(process, found[0].decode())
    finally:
        if process.returncode is None:
            process.terminate()
            async with asyncio.timeout(60):
                await process.communicate()


async def _gone(processes: list[psutil.Process]) -> None:
    async with asyncio.timeout(20):
        while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_one_command_runs_everything_and_stops_it_all(folder: Path) -> None:
    async with _serving(folder, WORKERS="2") as server:
        assert await server.healthy()
        everything = psutil.Process(server.process.pid).children(recursive=True)
        assert len(server.processes("server.web_process")) == 2
        assert len(server.processes("server.worker_process")) == 1
        server.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            assert await server.process.wait() == 0
    await _gone(everything)


async def test_a_web_process_that_is_killed_is_replaced(folder: Path) -> None:
    async with _serving(folder, "--no-worker") as server:
        (web,) = server.processes("server.web_process")
        web.kill()
        async with asyncio.timeout(30):
            while not await server.healthy():  # noqa: ASYNC110 - what is waited for is another process
                await asyncio.sleep(0.05)
        (successor,) = server.processes("server.web_process")
        assert successor.pid != web.pid


async def test_our_processes_end_when_the_supervisor_is_killed_and_the_next_start_recovers(folder: Path) -> None:
    async with _serving(folder) as server:
        ours = server.processes("server.web_process") + server.processes("server.worker_process")
        server.process.kill()
        await server.process.wait()
        await _gone(ours)
    async with _serving(folder, "--no-worker") as server:
        assert await server.healthy()


async def test_requests_under_way_are_answered_before_the_server_stops(folder: Path) -> None:
    async with _serving(folder, "--no-worker") as server:
        port = int(server.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        body = b'{"tenant":"none","email":"a@example.com","password":"x"}'
        head = f"POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(f"{head}\r\n\r\n".encode() + body[:10])
        await writer.drain()
        await asyncio.sleep(0.2)
        server.process.terminate()
        await asyncio.sleep(0.2)
        writer.write(body[10:])
        assert (await reader.readline()).startswith(b"HTTP/1.1 4")
        writer.close()
        async with asyncio.timeout(20):
            assert await server.process.wait() == 0


def test_a_port_that_is_in_use_is_refused_although_it_could_be_shared() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with (
            pytest.raises(ConflictError, match="Another program listens on"),
            listening_sockets(Config(port=taken.getsockname()[1])),
        ):
            pass


def test_web_processes_listen_on_one_port() -> None:
    with listening_sockets(Config(port=0, workers=3)) as sockets:
        assert len(sockets) == 3
        assert len({one.getsockname() for one in sockets}) == 1
