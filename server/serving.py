"""`tangram serve`: everything in one command, each part kept running, all of it stopped in order.

    embedded servers → migrations → demo tenant → worker process → web processes

Each web process listens on a socket of its own on the one port (SO_REUSEPORT): the kernel spreads connections over
them evenly, which one shared socket does not. The sockets belong to this process, so a web process that crashed
finds the connections that came meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import psutil
import structlog

from metadata.problems import BadInputError, ConflictError
from server.config import PREFIX, Config
from server.configuration.provisioning import provide
from server.database.migrations import migrate
from server.embedded.servers import running_servers
from server.http.metrics import FOLDER_VARIABLE
from server.processes import Program, Running, running_all

__all__ = ["Prepare", "listening_sockets", "serve", "served"]

Prepare = Callable[[Config], Awaitable[None]]
"""What is done between migrations and the first request, such as creating the demo tenant."""

_BACKLOG = 2_048
_EXTRA_S = 5
_HARD_LIMIT_S = 5

log = structlog.get_logger()


async def serve(
    config: Config, *, worker: bool, announce: Callable[[Config], None], prepare: Prepare | None = None
) -> bool:
    """Run everything until SIGTERM or SIGINT; asked again, stop at once.

    Args:
        config: The settings as given.
        worker: Whether to run a worker process too.
        announce: Called when requests are answered, with the settings filled in.
        prepare: Called before that, when the database is ready.

    Returns:
        Whether everything could finish in order, because nobody asked a second time.
    """
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    asked = 0

    def ask() -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            log.info("stopping", hint="asked again, everything stops at once")
            task.cancel()
        elif asked == 2:
            _kill_children()
            loop.call_later(_HARD_LIMIT_S, _leave)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    try:
        async with served(config, worker=worker, prepare=prepare) as filled:
            announce(filled)
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        if not asked:
            raise
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
    return asked < 2


def _kill_children() -> None:
    """End every child where it stands.

    PostgreSQL knows SIGQUIT as its immediate shutdown: it takes its own along. The others would ignore it where a
    shell started us in the background.
    """
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            child.send_signal(signal.SIGQUIT if child.name() == "postgres" else signal.SIGKILL)


def _leave() -> None:
    """Exit at once, with the children that were started again meanwhile: their keepers did not know of the end yet."""
    _kill_children()
    os._exit(130)


@contextlib.asynccontextmanager
async def served(config: Config, *, worker: bool = True, prepare: Prepare | None = None) -> AsyncIterator[Config]:
    """Run everything for the time of the block.

    Yields:
        The settings with URLs, secret key and port filled in.

    Raises:
        ConflictError: The port or the data folder is taken.
        UnavailableError: A part could not be started.
    """
    async with contextlib.AsyncExitStack() as stack:
        sockets = stack.enter_context(listening_sockets(config))
        filled = dataclasses.replace(config, port=sockets[0].getsockname()[1])
        filled = await stack.enter_async_context(running_servers(filled))
        for name in await migrate(filled.database_url, filled.database_app_url):
            log.info("migration_applied", migration=name)
        for slug in await provide(filled.database_url):
            log.info("organisation_provided", tenant=slug)
        if prepare is not None:
            await prepare(filled)
        if worker:
            await stack.enter_async_context(running_all([_worker_program(filled)]))
        _empty_folder(_figures_folder(filled))
        await stack.enter_async_context(_web_processes(filled, sockets))
        yield filled


@contextlib.contextmanager
def listening_sockets(config: Config) -> Iterator[list[socket.socket]]:
    """One listening socket for each web process, all on the same port.

    Raises:
        BadInputError: The address is not one of this machine's.
        ConflictError: Another program listens there.
    """
    with contextlib.ExitStack() as stack:
        port = _checked_port(config)
        sockets = []
        for _ in range(config.workers):
            one = stack.enter_context(_socket(config.host))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            one.bind((config.host, port))
            one.listen(_BACKLOG)
            one.setblocking(False)
            port = one.getsockname()[1]
            sockets.append(one)
        yield sockets


def _checked_port(config: Config) -> int:
    """The port to use: SO_REUSEPORT would let us in beside another Tangram, so try without it first."""
    with _socket(config.host) as probe:
        try:
            probe.bind((config.host, config.port))
            probe.listen()
        except OSError as error:
            raise _cannot_listen(config, error) from error
        number: int = probe.getsockname()[1]
        return number


def _cannot_listen(config: Config, error: OSError) -> BadInputError | ConflictError:
    where = f"{config.host}:{config.port}"
    if error.errno == errno.EADDRINUSE:
        return ConflictError.single(
            "port_in_use",
            f"Another program listens on {where}.",
            hint=f"Stop it, or set {PREFIX}PORT to another port.",
        )
    return BadInputError.single(
        "cannot_listen",
        f"Cannot listen on {where}: {error.strerror or error}.",
        hint=f"Check {PREFIX}HOST and {PREFIX}PORT; ports below 1024 need extra rights.",
    )


def _socket(host: str) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    except socket.gaierror as error:
        raise BadInputError.single(
            "unknown_host", f"{PREFIX}HOST: '{host}' is not an address of this machine.", hint="Try 127.0.0.1."
        ) from error
    one = socket.socket(family, socket.SOCK_STREAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return one


def _web_processes(
    config: Config, sockets: Sequence[socket.socket]
) -> contextlib.AbstractAsyncContextManager[list[Running]]:
    environment = config.child_environment()
    if len(sockets) > 1:  # a single process keeps its figures in memory, which is faster
        environment[FOLDER_VARIABLE] = str(_figures_folder(config))
    return running_all(
        [
            Program(
                name=f"web process {number}",
                command=(sys.executable, "-m", "server.web_process", str(one.fileno()), str(number)),
                environment=environment,
                sockets=(one.fileno(),),
                stop_limit_s=config.shutdown_timeout_s + _EXTRA_S,
            )
            for number, one in enumerate(sockets, 1)
        ]
    )


def _figures_folder(config: Config) -> Path:
    return config.data_dir / "figures" / str(config.port)


def _empty_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)


def _worker_program(config: Config) -> Program:
    return Program(
        name="worker process",
        command=(sys.executable, "-m", "server.worker_process"),
        environment=config.child_environment(),
        stop_limit_s=config.shutdown_timeout_s + _EXTRA_S,
    )
