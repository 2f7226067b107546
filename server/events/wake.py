"""Wake-ups: after a commit, tell whoever waits for work that there is some.

A wake-up carries nothing and may be lost; whoever waits also looks by itself every second.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

import structlog
from redis.exceptions import RedisError

__all__ = ["DUE_CHANNEL", "EVENTS_CHANNEL", "JOBS_CHANNEL", "MIN_INTERVAL_S", "Wake"]

EVENTS_CHANNEL = "tangram:wake:events"
"""There are unhandled events: the relays' channel, which every write nudges."""

DUE_CHANNEL = "tangram:wake:due"
"""Jobs or timers were recorded other than by a relay or handler: the sweepers' and timers' channel."""

JOBS_CHANNEL = "tangram:wake:jobs"
"""There are messages in the queue: the workers' channel."""

MIN_INTERVAL_S = 0.02
"""A process publishes a wake-up at most this often."""

_log = structlog.get_logger("tangram.events")


class Wake:
    """Publishes wake-ups on one channel; open it with `async with`, so that the last one is sent before the end."""

    def __init__(self, redis: Any, channel: str = EVENTS_CHANNEL) -> None:
        self._redis = redis
        self._channel = channel
        self._earliest = 0.0
        self._planned: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._quiet = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._planned is not None:
            self._planned.cancel()
            self._send()
        if self._sending:
            await asyncio.wait(self._sending, timeout=1)

    def nudge(self) -> None:
        """Wake the others soon. Costs a microsecond, waits for nothing, never fails."""
        if self._planned is not None:
            return
        loop = asyncio.get_running_loop()
        self._planned = loop.call_at(max(self._earliest, loop.time()), self._send)

    def _send(self) -> None:
        loop = asyncio.get_running_loop()
        self._planned = None
        self._earliest = loop.time() + MIN_INTERVAL_S
        task = loop.create_task(self._publish())
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _publish(self) -> None:
        try:
            async with asyncio.timeout(2):
                await self._redis.publish(self._channel, b"")
            self._quiet = False
        except (RedisError, OSError, TimeoutError) as error:
            if not self._quiet:
                _log.warning("wake-up not sent", channel=self._channel, error=type(error).__name__)
            self._quiet = True
