"""Child processes: start one and wait until it is ready, watch it, restart it when it dies, stop it with us.

A `Program` says what to run; `running` runs it for as long as its `async with` block. Children get a session of
their own, so that Ctrl-C reaches only the supervisor, which then stops them in the right order.

Our own Python children learn of a supervisor that was killed by the end of their standard input, and say that
they are ready with one line on their standard output (see `server.children`). Servers written by others are asked
by `Program.is_ready`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from metadata.problems import UnavailableError

__all__ = ["READY", "Account", "Program", "ProgramFailedError", "Running", "run_as", "running", "running_all"]

READY = b"ready\n"
"""What one of our own children prints once it can work."""

_LET_GO_S = 1.0
_POLL_S = 0.02
_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 30.0
_STABLE_AFTER_S = 60.0
_LOG_TAIL_BYTES = 2_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's user that a program runs as, where it is not our own.

    Attributes:
        name: Login name.
        uid: User id.
        gid: Group id.
    """

    name: str
    uid: int
    gid: int


def run_as(account: Account | None) -> dict[str, Any]:
    """The arguments of `subprocess` that run a program as `account`; none for ourselves."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run, and how to treat it.

    Attributes:
        name: For logs and errors.
        command: Program and arguments.
        environment: All variables of the child; ours when None.
        folder: Working directory; ours when None.
        account: User to run as; ours when None.
        log: File that takes its output, emptied at each start; our standard error when None.
        is_ready: Asked every 20 ms until it answers true. None for our own children, which say so themselves.
        sockets: File descriptors that the child inherits.
        stop_signal: Asks it to finish in an orderly way.
        start_limit_s: Seconds it may take to become ready.
        stop_limit_s: Seconds it may take to finish before it is killed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    account: Account | None = None
    log: Path | None = None
    is_ready: Callable[[], Awaitable[bool]] | None = None
    sockets: Sequence[int] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    start_limit_s: float = 60.0
    stop_limit_s: float = 10.0


class ProgramFailedError(UnavailableError):
    """A child process ended or stayed silent before it was ready."""


@dataclass(eq=False)
class Running:
    """A program that is kept running.

    Attributes:
        program: What runs.
        restarts: How often it was started again.
    """

    program: Program
    restarts: int = 0
    _process: asyncio.subprocess.Process | None = None
    _forwarding: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def pid(self) -> int | None:
        """Process id, or None while it is being started again."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Start the process and wait until it is ready.

        Raises:
            ProgramFailedError: It ended or stayed silent; the message holds the end of its log.
        """
        self._process = await _spawn(self.program)
        try:
            async with asyncio.timeout(self.program.start_limit_s):
                await self._until_ready(self._process)
        except TimeoutError:
            await self.stop()
            raise _failed(self.program, f"was not ready after {self.program.start_limit_s:g} s") from None
        except BaseException:
            await self.stop()
            raise

    async def watch(self) -> None:
        """Start the process again whenever it ends, waiting longer each time. Never returns."""
        loop = asyncio.get_running_loop()
        delay_s = _FIRST_DELAY_S
        while True:
            assert self._process is not None
            started = loop.time()
            code = await self._process.wait()
            log.warning("program_ended", program=self.program.name, exit_code=code)
            while True:
                if loop.time() - started > _STABLE_AFTER_S:
                    delay_s = _FIRST_DELAY_S
                await asyncio.sleep(delay_s)
                delay_s = min(delay_s * 2, _LONGEST_DELAY_S)
                self.restarts += 1
                started = loop.time()
                try:
                    await self.start()
                except ProgramFailedError as error:
                    log.error("program_not_restarted", program=self.program.name, error=str(error))
                else:
                    log.info("program_restarted", program=self.program.name, pid=self.pid, restarts=self.restarts)
                    break

    async def stop(self) -> None:
        """Ask the process to finish, and kill it when it does not in time."""
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.program.stop_signal)
            try:
                async with asyncio.timeout(self.program.stop_limit_s):
                    await process.wait()
            except TimeoutError:
                log.warning("program_killed", program=self.program.name, after_s=self.program.stop_limit_s)
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process is not None:
            await _let_go(process, self._forwarding)

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        if self.program.is_ready is None:
            assert process.stdout is not None
            if await process.stdout.readline() != READY:
                code = await process.wait()
                raise _failed(self.program, f"ended with exit code {code} before it was ready")
            task = asyncio.create_task(_forward(process.stdout))
            self._forwarding.add(task)
            task.add_done_callback(self._forwarding.discard)
            return
        while not await self.program.is_ready():
            if process.returncode is not None:
                raise _failed(self.program, f"ended with exit code {process.returncode} before it was ready")
            await asyncio.sleep(_POLL_S)


@contextlib.asynccontextmanager
async def running(program: Program) -> AsyncIterator[Running]:
    """Keep a program running for the time of the block.

    Raises:
        ProgramFailedError: It could not be started the first time.
    """
    async with running_all([program]) as (one,):
        yield one


@contextlib.asynccontextmanager
async def running_all(programs: Sequence[Program]) -> AsyncIterator[list[Running]]:
    """Keep several programs running, started and stopped together.

    Raises:
        ProgramFailedError: One could not be started; the others were stopped again.
    """
    kept = [Running(program) for program in programs]
    watchers: list[asyncio.Task[None]] = []
    try:
        started = await asyncio.gather(*(one.start() for one in kept), return_exceptions=True)
        for outcome in started:
            if isinstance(outcome, BaseException):
                raise outcome
        watchers = [asyncio.create_task(one.watch()) for one in kept]
        yield kept
    finally:
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)
        await asyncio.gather(*(one.stop() for one in kept))


async def _spawn(program: Program) -> asyncio.subprocess.Process:
    own = program.is_ready is None
    with contextlib.ExitStack() as stack:
        errors: Any = None
        if program.log is not None:
            errors = stack.enter_context(_open_log(program))
        return await asyncio.create_subprocess_exec(
            *program.command,
            stdin=subprocess.PIPE if own else subprocess.DEVNULL,
            stdout=subprocess.PIPE if own else errors,
            stderr=errors,
            cwd=program.folder,
            env=dict(os.environ if program.environment is None else program.environment),
            pass_fds=program.sockets,
            start_new_session=True,
            **run_as(program.account),
        )


async def _let_go(process: asyncio.subprocess.Process, forwarding: set[asyncio.Task[None]]) -> None:
    """Close the pipes to a process that ended: its end is told before theirs, and the loop may be closed next.

    What it left behind may hold its output open; nobody waits for that longer than a moment.
    """
    if process.stdin is not None:
        process.stdin.close()
        with contextlib.suppress(OSError):
            await process.stdin.wait_closed()
    try:
        async with asyncio.timeout(_LET_GO_S):
            if forwarding:
                await asyncio.wait(forwarding)
            elif process.stdout is not None:
                await process.stdout.read()
    except TimeoutError:
        pass
    for task in list(forwarding):
        task.cancel()
    await asyncio.sleep(0)  # the transport says goodbye in the loop's next round


def _open_log(program: Program) -> Any:
    assert program.log is not None
    program.log.parent.mkdir(parents=True, exist_ok=True)
    return open(program.log, "wb", opener=lambda path, flags: os.open(path, flags, 0o600))


async def _forward(output: asyncio.StreamReader) -> None:
    """Read on, so that a child that prints never blocks."""
    while line := await output.read(65_536):
        os.write(2, line)


def _failed(program: Program, problem: str) -> ProgramFailedError:
    said = ""
    if program.log is not None and program.log.exists():
        said = program.log.read_bytes()[-_LOG_TAIL_BYTES:].decode(errors="replace").strip()
    message = f"{program.name} {problem}."
    return ProgramFailedError.single(
        "program_failed",
        f"{message} It said:\n{said}" if said else message,
        hint="`tangram doctor` looks for the cause.",
    )
