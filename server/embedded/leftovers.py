"""Servers that a killed run left behind: found by their working folder, and stopped in an orderly way."""

from __future__ import annotations

import contextlib
import signal
import time
from pathlib import Path

import psutil
import structlog

from metadata.problems import UnavailableError

__all__ = ["stop_leftovers"]

_GRACE_S = 30.0
_KILL_S = 5.0
_POLL_S = 0.02

log = structlog.get_logger()


def stop_leftovers(program: str, folder: Path, stop_signal: signal.Signals) -> int:
    """Stop every process called `program` that works in `folder`; call it while the data folder is claimed.

    Returns:
        How many there were. Children that end with their parent are counted too.

    Raises:
        UnavailableError: One belongs to another user, or does not end even when killed.
    """
    found = [process for process in psutil.process_iter(["name"]) if _works_in(process, program, folder)]
    if not found:
        return 0
    log.info("leftover_stopping", program=program, processes=len(found))
    ids = {process.pid for process in found}
    try:
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.ppid() not in ids:
                    process.send_signal(stop_signal)
        alive = _still_alive(found, _GRACE_S)
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        alive = _still_alive(alive, _KILL_S)
    except psutil.AccessDenied as error:
        raise _stuck(program, error.pid) from error
    if alive:
        raise _stuck(program, alive[0].pid)
    return len(found)


def _still_alive(processes: list[psutil.Process], limit_s: float) -> list[psutil.Process]:
    """Wait until they are gone. A zombie is: in a container there may be nobody to reap it."""
    deadline = time.monotonic() + limit_s
    while processes and time.monotonic() < deadline:
        time.sleep(_POLL_S)
        processes = [process for process in processes if _is_alive(process)]
    return processes


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _works_in(process: psutil.Process, program: str, folder: Path) -> bool:
    try:
        return process.info["name"] == program and Path(process.cwd()) == folder
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _stuck(program: str, pid: int | None) -> UnavailableError:
    return UnavailableError.single(
        "leftover_server",
        f"A {program} of an earlier run (process {pid}) still uses the data folder and cannot be stopped.",
        hint=f"Stop process {pid} as its owner or as root.",
    )
