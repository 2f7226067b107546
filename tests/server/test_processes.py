from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from server import processes
from server.processes import Program, ProgramFailedError, running, running_all

_CHILD = "import sys; print('ready', flush=True); sys.stdin.read()"


def _child(code: str = _CHILD, **more: object) -> Program:
    return Program(name="child", command=(sys.executable, "-c", code), **more)  # type: ignore[arg-type]


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for is another process
            await asyncio.sleep(0.01)


async def test_a_program_runs_for_the_time_of_the_block() -> None:
    async with running(_child()) as child:
        pid = child.pid
        assert pid is not None
        assert psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid)


async def test_a_program_that_dies_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_FIRST_DELAY_S", 0.01)
    async with running(_child()) as child:
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await _until(lambda: child.restarts == 1 and child.pid not in (None, first))


async def test_a_program_that_fails_at_once_is_an_error_with_the_end_of_its_log(tmp_path: Path) -> None:
    program = _child("import sys; sys.exit('the disk is full')", log=tmp_path / "log" / "child.log")
    with pytest.raises(ProgramFailedError, match=r"child ended with exit code 1[^$]*the disk is full"):
        async with running(program):
            pass


async def test_a_program_that_stays_silent_is_an_error_and_is_stopped(tmp_path: Path) -> None:
    code = f"import os, sys; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); sys.stdin.read()"
    with pytest.raises(ProgramFailedError, match=r"was not ready after 1 s"):
        async with running(_child(code, start_limit_s=1.0)):
            pass
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


async def test_a_program_that_ignores_the_signal_is_killed() -> None:
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_CHILD}"
    async with running(_child(stubborn, stop_limit_s=0.1)) as child:
        pid = child.pid
        assert pid is not None
    assert not psutil.pid_exists(pid)


async def test_when_one_of_several_fails_the_others_are_stopped(tmp_path: Path) -> None:
    good = f"import os; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); {_CHILD}"
    with pytest.raises(ProgramFailedError):
        async with running_all([_child(good), _child("pass")]):
            pass
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


async def test_a_program_is_asked_until_it_is_ready() -> None:
    answers = iter([False, False, True])

    async def is_ready() -> bool:
        return next(answers)

    async with running(Program(name="sleeper", command=("sleep", "60"), is_ready=is_ready)):
        assert list(answers) == []


async def test_a_child_that_prints_a_lot_does_not_block(capfd: pytest.CaptureFixture[str]) -> None:
    code = "print('ready', flush=True); print('x' * 300_000, flush=True); print('end', flush=True); input()"
    async with running(_child(code)):
        await _until(lambda: capfd.readouterr().err.endswith("end\n"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run programs as another user")
async def test_a_program_runs_as_the_account_it_names(tmp_path: Path) -> None:
    account = processes.Account("nobody", 65534, 65534)
    shell = Program(name="shell", command=("/bin/sh", "-c", "echo ready; cat"), folder=Path("/"), account=account)
    async with running(shell) as child:
        assert psutil.Process(child.pid).uids().real == 65534
