from __future__ import annotations

import asyncio
import os
import pty
import re
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from metadata.problems import ConflictError
from server.config import Config
from server.serving import listening_sockets
from tests.serving import REPOSITORY, gone, serve_environment, serving

pytestmark = pytest.mark.timeout(400)  # each starts servers, which a busy machine is slow at


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


async def test_any_web_process_tells_the_figures_of_all_also_of_one_that_was_killed(folder: Path) -> None:
    """The kernel spreads connections over the processes, so twenty new ones reach both."""

    async def asked() -> tuple[float, float]:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            text = (await client.get(f"{server.url}/metrics")).text
        figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        alive = figures['tangram_http_requests_total{method="GET",route="/healthz",status="200"}']
        return float(figures["tangram_http_requests_running"]), float(alive)

    async with serving(folder, "--no-worker", WORKERS="2") as server:
        for _ in range(20):
            async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
                await client.get(f"{server.url}/healthz")
        assert {await asked() for _ in range(10)} == {(1, 20)}

        server.processes("server.web_process")[0].kill()
        async with asyncio.timeout(60):
            while await asked() != (1, 20):  # noqa: ASYNC110 - the successor is another process
                await asyncio.sleep(0.05)


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


_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "server.cli", "serve"])
"""


@asynccontextmanager
async def _terminal(folder: Path, **settings: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """`tangram serve` in a terminal: the process, and the side of the terminal where a person sits."""
    screen, its_side = pty.openpty()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _TAKE_TERMINAL),
            stdin=its_side,
            stdout=its_side,
            stderr=its_side,
            env=serve_environment(folder, settings),
            cwd=REPOSITORY,
            start_new_session=True,
        )
        os.close(its_side)
        try:
            yield process, screen
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    finally:
        os.close(screen)


async def _seen(screen: int, text: bytes) -> bytes:
    """Everything shown until `text` is."""
    shown = b""
    async with asyncio.timeout(60):
        while text not in shown:
            shown += await asyncio.to_thread(os.read, screen, 4_096)
    return shown


async def test_ctrl_c_in_a_terminal_stops_everything(folder: Path) -> None:
    async with _terminal(folder) as (process, screen):
        await _seen(screen, b"Ctrl-C; data stays")
        everything = psutil.Process(process.pid).children(recursive=True)
        os.write(screen, b"\x03")
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    await gone(everything)


async def test_ctrl_c_again_does_not_wait_for_requests_under_way(folder: Path) -> None:
    async with _terminal(folder, SHUTDOWN_TIMEOUT_S="600") as (process, screen):
        shown = await _seen(screen, b"Ctrl-C; data stays")
        everything = psutil.Process(process.pid).children(recursive=True)
        found = re.search(rb"http://127.0.0.1:(\d+)", shown)
        assert found is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", int(found[1]))
        writer.write(b"POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        writer.write(b"Expect: 100-continue\r\nContent-Length: 10\r\n\r\n")
        assert b"100" in await reader.readline()  # it is under way: its body is waited for
        os.write(screen, b"\x03")
        await _seen(screen, b"stopping")
        await asyncio.sleep(0.5)
        assert process.returncode is None
        os.write(screen, b"\x03")
        async with asyncio.timeout(20):
            assert await process.wait() == 130
        writer.close()
    await gone(everything)


@pytest.mark.parametrize("name", ["server.worker_process", "postgres", "valkey-server"])
async def test_a_process_of_any_kind_that_is_killed_is_replaced(folder: Path, name: str) -> None:
    """Web processes have a test of their own above."""

    async with serving(folder) as server:
        (old,) = server.processes(name)
        old.kill()
        async with asyncio.timeout(60):
            while [one.pid for one in server.processes(name)] in ([], [old.pid]) or not await server.healthy():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        server.process.terminate()
        async with asyncio.timeout(30):
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
