"""Counts within clock hours, for all processes together in Valkey.

While Valkey is away each process counts for itself: work goes on, and nothing goes on without any count.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

__all__ = ["HourlyCounters", "seconds_left"]

_HOUR_S = 3_600
_MAX_COUNTERS = 50_000


class HourlyCounters:
    """Adds up by name and hour.

    Args:
        redis: A `redis.asyncio.Redis`; None counts in this process alone.
    """

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._here: OrderedDict[str, int] = OrderedDict()

    async def add(self, name: str, count: int, instant: datetime) -> int:
        """Count some more of a thing; how many there are within this hour now."""
        key = f"tangram:{name}:{int(instant.timestamp()) // _HOUR_S}"
        if self._redis is not None:
            try:
                total = int(await self._redis.incrby(key, count))
                if total == count:
                    await self._redis.expire(key, 2 * _HOUR_S)
                return total
            except (RedisError, OSError):
                pass
        total = self._here[key] = self._here.get(key, 0) + count
        self._here.move_to_end(key)
        while len(self._here) > _MAX_COUNTERS:
            self._here.popitem(last=False)
        return total


def seconds_left(instant: datetime) -> int:
    """Seconds until the hour is over."""
    return _HOUR_S - int(instant.timestamp()) % _HOUR_S
