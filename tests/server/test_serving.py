from __future__ import annotations

import asyncio
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from metadata.problems import ConflictError
from server.config import Config
from server.serving import listening_sockets
from tests.serving import gone, serving


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tangram-serving-") as folder:
        yield Path(folder)


async def test_one_command_runs_everything_and_stops_it_all(folder: Path) -> None:
    async with serving(folder, WORKERS="2") as server:
        assert await server.healthy()
        everything = server.everything()
        assert len(server.processes("server.web_process")) == 2
        assert len(server.processes("server.worker_process")) == 1
        server.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            assert await server.process.wait() == 0
    await gone(everything)


async def test_a_web_process_that_is_killed_is_replaced(folder: Path) -> None:
    async with serving(folder, "--no-worker") as server:
        (web,) = server.processes("server.web_process")
        web.kill()
        await server.until_healthy()
        (successor,) = server.processes("server.web_process")
        assert successor.pid != web.pid


async def test_our_processes_end_when_the_supervisor_is_killed_and_the_next_start_recovers(folder: Path) -> None:
    async with serving(folder) as server:
        ours = server.processes("server.web_process") + server.processes("server.worker_process")
        server.process.kill()
        await server.process.wait()
        await gone(ours)
    async with serving(folder, "--no-worker") as server:
        assert await server.healthy()


async def test_requests_under_way_are_answered_before_the_server_stops(folder: Path) -> None:
    async with serving(folder, "--no-worker") as server:
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
