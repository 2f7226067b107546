"""`tangram serve` as a process of a test's own, in a folder of its own, with the processes it starts."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

__all__ = ["REPOSITORY", "Serving", "gone", "serve_environment", "serving"]

REPOSITORY = Path(__file__).resolve().parents[1]

_START_LIMIT_S = 150


@dataclass
class Serving:
    """A server that answers at `url`."""

    process: asyncio.subprocess.Process
    url: str

    def processes(self, module: str) -> list[psutil.Process]:
        """Its child processes that run a module, such as `server.web_process`, or a program, such as `postgres`."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if any(module in part for part in _command(child)[:3])]

    def everything(self) -> list[psutil.Process]:
        """Its child processes and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)

    async def healthy(self) -> bool:
        """Whether it answers, and its database and queue answer it."""
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                return (await client.get(f"{self.url}/readyz", timeout=5)).status_code == 200
        except httpx.TransportError:
            return False

    async def until_healthy(self) -> None:
        """Wait for it to be well again."""
        async with asyncio.timeout(30):
            while not await self.healthy():  # noqa: ASYNC110 - what is waited for is another process
                await asyncio.sleep(0.05)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def serve_environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Variables of a server with its data in `folder`, on a port that is free, without a demo tenant."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("TANGRAM_")}
    variables |= {"TANGRAM_DATA_DIR": str(folder), "TANGRAM_PORT": "0", "TANGRAM_DEMO": "0"}
    return variables | {f"TANGRAM_{name}": value for name, value in settings.items()}


@asynccontextmanager
async def serving(
    folder: Path, *arguments: str, code: Path = REPOSITORY, cwd: Path = REPOSITORY, **settings: str
) -> AsyncIterator[Serving]:
    """Run it for the time of the block.

    Args:
        folder: Its data folder.
        arguments: Of the command.
        code: Where its packages lie.
        cwd: Its working directory.
        settings: Variables, without `TANGRAM_`.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.cli", "serve", *arguments),
        stdout=asyncio.subprocess.PIPE,
        env=serve_environment(folder, settings) | {"PYTHONPATH": str(code)},
        cwd=cwd,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_LIMIT_S):
            while (found := re.search(rb"http://\S+", line := await process.stdout.readline())) is None:
                assert line, f"the server ended before it was ready, with exit code {await process.wait()}"
        yield Serving(process, found[0].decode())
    finally:
        if process.returncode is None:
            process.terminate()
            async with asyncio.timeout(_START_LIMIT_S):
                await process.communicate()


async def gone(processes: list[psutil.Process]) -> None:
    """Wait until none of these processes runs."""
    async with asyncio.timeout(20):
        while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
