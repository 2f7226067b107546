"""What one of our own child processes does: say that it is ready, and finish when its supervisor asks or is gone.

The other half is `server.processes`: the supervisor holds the child's standard input open and never writes to it,
so its end means that the supervisor is gone, even if it was killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable

from server.processes import READY

__all__ = ["announce_ready", "run_until_asked", "supervisor_gone"]


def announce_ready() -> None:
    """Tell the supervisor that this process can work now."""
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()


async def supervisor_gone() -> None:
    """Return when the supervisor no longer lives."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    try:
        while await reader.read(4_096):
            pass
    finally:
        transport.close()


async def run_until_asked(work: Callable[[], Awaitable[None]], *, supervised: bool) -> None:
    """Run `work`, and cancel it on SIGTERM, SIGINT, or, if supervised, when the supervisor is gone.

    Cancelling is how work is told to finish: it does what it must in its `finally` blocks. Later signals are ignored,
    because the supervisor kills what takes too long.

    Args:
        work: Called once, here.
        supervised: Whether standard input is the supervisor's.
    """
    task = asyncio.ensure_future(work())
    loop = asyncio.get_running_loop()
    asked = False

    def ask() -> None:
        nonlocal asked
        if not asked:
            asked = True
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    guard = asyncio.create_task(supervisor_gone()) if supervised else None
    if guard is not None:
        guard.add_done_callback(lambda done: None if done.cancelled() else ask())
    try:
        await task
    except asyncio.CancelledError:
        if not asked:
            raise
    finally:
        if guard is not None:
            guard.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await guard
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
