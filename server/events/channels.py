"""One Redis subscription of a process, shared by everybody in it who listens; it reconnects by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import structlog
from redis.exceptions import RedisError

__all__ = ["Channels"]

_KEEP_OPEN = "tangram:open"
"""Subscribed to always, so that the connection exists while nobody listens."""

_PING_AFTER_S = 15.0
_CONFIRM_S = 2.0
_log = structlog.get_logger("tangram.events")

Listener = Callable[[bytes], None]


class Channels:
    """Hands messages of Redis channels to listeners in this process; open it with `async with`.

    A listener is called with the message's bytes, and with empty bytes after a reconnection, when messages may have
    been missed. It must not block or raise.
    """

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._listeners: dict[str, list[Listener]] = {}
        self._confirmed: dict[str, asyncio.Event] = {}
        self._pubsub: Any = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="redis channels")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def add(self, channel: str, listener: Listener) -> None:
        """Listen to a channel; returns when messages published from now on will arrive, or Redis does not answer."""
        listeners = self._listeners.setdefault(channel, [])
        listeners.append(listener)
        confirmed = self._confirmed.setdefault(channel, asyncio.Event())
        if len(listeners) == 1 and self._pubsub is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._pubsub.subscribe(channel)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CONFIRM_S):
                await confirmed.wait()

    async def remove(self, channel: str, listener: Listener) -> None:
        """Stop listening; nothing happens if the listener is not known."""
        listeners = self._listeners.get(channel, [])
        if listener in listeners:
            listeners.remove(listener)
        if not listeners and self._listeners.pop(channel, None) is not None:
            self._confirmed.pop(channel, None)
            if self._pubsub is not None:
                with contextlib.suppress(RedisError, OSError):
                    await self._pubsub.unsubscribe(channel)

    async def _run(self) -> None:
        delay_s = 0.05
        is_first = True
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(_KEEP_OPEN)
                    self._pubsub = pubsub  # from here on `add` subscribes; what was added until now follows
                    if self._listeners:
                        await pubsub.subscribe(*self._listeners)
                    if not is_first:
                        self._tell_everybody()
                    is_first = False
                    delay_s = 0.05
                    await self._read(pubsub)
            except (RedisError, OSError) as error:
                _log.warning("redis subscription lost, reconnecting", error=type(error).__name__)
            finally:
                self._pubsub = None
                for confirmed in self._confirmed.values():
                    confirmed.clear()
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, 2.0)

    async def _read(self, pubsub: Any) -> None:
        awaiting_pong = False
        while True:
            message = await pubsub.get_message(timeout=_PING_AFTER_S)
            if message is None:
                if awaiting_pong:
                    raise ConnectionError("no answer to ping")
                awaiting_pong = True
                await pubsub.ping()
                continue
            awaiting_pong = False
            if message["type"] == "subscribe":
                self._confirm(_text(message["channel"]))
            elif message["type"] == "message":
                self._tell(_text(message["channel"]), message["data"])

    def _confirm(self, channel: str) -> None:
        confirmed = self._confirmed.get(channel)
        if confirmed is not None:
            confirmed.set()

    def _tell(self, channel: str, data: Any) -> None:
        body = data if isinstance(data, bytes) else str(data).encode()
        for listener in tuple(self._listeners.get(channel, ())):
            listener(body)

    def _tell_everybody(self) -> None:
        for channel in tuple(self._listeners):
            self._tell(channel, b"")


def _text(channel: Any) -> str:
    return channel.decode() if isinstance(channel, bytes) else str(channel)
