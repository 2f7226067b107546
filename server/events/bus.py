"""The bus: live notices of changes for subscriptions, across processes, as well as can be.

Relays publish a notice for every event before they mark it handled, in the tenant's order: one may come twice after
a crash (compare `Notice.event_id`), and those sent while Valkey was away are lost. What must not be lost is a job.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import msgspec
import structlog
from redis.exceptions import RedisError

from metadata.problems import LimitError
from server.events.channels import Channels
from server.events.log import Event

__all__ = ["QUEUE_SIZE", "Bus", "Notice", "Subscription"]

QUEUE_SIZE = 1_000
"""Notices one subscriber may lag behind before it is dropped."""

_PUBLISH_TIMEOUT_S = 1.0
_log = structlog.get_logger("tangram.events")


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """That a record changed, without its values: whoever may see it reads it.

    Attributes:
        table: Physical table name of the object.
        columns: Physical names of the columns that changed.
        version: Version of the tenant's model at the write.
    """

    event_id: int
    kind: str
    table: str
    record_id: str
    columns: tuple[str, ...]
    version: int


class Subscription:
    """Notices of one object type as they come: `async for notice in subscription`.

    Close it with `aclose()` or `async with`. It starts when it is first awaited or entered.
    """

    def __init__(self, channels: Channels, channel: str, size: int) -> None:
        self._channels = channels
        self._channel = channel
        self._queue: asyncio.Queue[Notice | None] = asyncio.Queue(size + 1)
        self._size = size
        self._state = "new"

    async def start(self) -> Self:
        """Listen; returns when notices of writes from now on will arrive."""
        if self._state == "new":
            self._state = "open"
            await self._channels.add(self._channel, self._receive)
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Notice:
        """The next notice.

        Raises:
            LimitError: This subscriber was too slow and has missed notices.
        """
        await self.start()
        if self._state == "closed":
            raise StopAsyncIteration
        notice = await self._queue.get()
        if notice is not None:
            return notice
        slow = self._state == "slow"
        await self.aclose()
        if slow:
            raise LimitError.single(
                "slow_subscriber",
                f"This subscription fell {self._size} changes behind and was ended.",
                hint="Subscribe again, narrow the filter, and read the records anew.",
            )
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Stop listening; whoever waits for a notice is told that there will be none."""
        if self._state in ("open", "slow"):
            await self._channels.remove(self._channel, self._receive)
        self._state = "closed"
        if self._queue.empty():
            self._queue.put_nowait(None)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _receive(self, message: bytes) -> None:
        if not message or self._state != "open":
            return
        for notice in _NOTICES.decode(message):
            if self._queue.qsize() >= self._size:
                self._state = "slow"
                self._queue.put_nowait(None)
                return
            self._queue.put_nowait(notice)


class Bus:
    """Publishes and hands out notices. Many subscribers of a process share one Redis subscription."""

    def __init__(self, redis: Any, channels: Channels, *, queue_size: int = QUEUE_SIZE) -> None:
        self._redis = redis
        self._channels = channels
        self._queue_size = queue_size

    def subscribe(self, tenant_id: str, table: str) -> Subscription:
        """The notices of one object type of one tenant."""
        return Subscription(self._channels, _channel(tenant_id, table), self._queue_size)

    async def publish(self, events: Iterable[Event]) -> None:
        """Tell subscribers everywhere; a failure is logged, since notices may be lost."""
        batches: dict[str, list[Notice]] = defaultdict(list)
        for event in events:
            batches[_channel(event.tenant_id, event.object)].append(_notice(event))
        await self._publish(batches)

    async def tell(self, tenant_id: str, topic: str, notice: Notice) -> None:
        """Tell those who subscribed to a topic that is no table: what is somebody's own, such as an inbox."""
        await self._publish({_channel(tenant_id, topic): [notice]})

    async def _publish(self, batches: Mapping[str, Sequence[Notice]]) -> None:
        try:
            async with asyncio.timeout(_PUBLISH_TIMEOUT_S):
                for channel, notices in batches.items():  # a pipeline that is cancelled keeps its connection
                    await self._redis.publish(channel, _ENCODER.encode(notices))
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("notices not published", error=type(error).__name__)


_NOTICES = msgspec.msgpack.Decoder(tuple[Notice, ...])
_ENCODER = msgspec.msgpack.Encoder()


def _channel(tenant_id: str, table: str) -> str:
    return f"tangram:changes:{tenant_id}:{table}"


def _notice(event: Event) -> Notice:
    return Notice(event.id, event.kind, event.object, event.record_id, tuple(event.changes), event.version)
