"""Paging as export: who may not export may not read thousands of sensitive records an hour either.

Counted are records whose sensitive fields were shown, by user, object type and clock hour, for all processes together
in Valkey. While Valkey is away each process counts for itself: reading goes on, and nobody reads without any count.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

from metadata.problems import LimitError

__all__ = ["ReadThrottle"]

_HOUR_S = 3_600
_MAX_COUNTERS = 50_000


class ReadThrottle:
    """Counts records read, and refuses when they are too many.

    Args:
        redis: A `redis.asyncio.Redis`; None counts in this process alone.
    """

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._here: OrderedDict[str, int] = OrderedDict()

    async def count(
        self, tenant_id: str, user_id: str, read: Mapping[str, int], *, limit: int, instant: datetime
    ) -> None:
        """Count records that are about to be answered.

        Args:
            tenant_id: Whose records.
            user_id: Who reads.
            read: How many records, by object type.
            limit: Records of one object type an hour.
            instant: Now.

        Raises:
            LimitError: `reads_like_export`, with the seconds until the hour is over in `retryAfter`.
        """
        second = int(instant.timestamp())
        for object_name, records in read.items():
            key = f"tangram:reads:{tenant_id}:{user_id}:{object_name}:{second // _HOUR_S}"
            if records and await self._add(key, records) > limit:
                raise LimitError.single(
                    "reads_like_export",
                    f"More than {limit} records of '{object_name}' with sensitive fields were read within this hour.",
                    hint="Ask for fewer records or fields; whoever has the action `export` is not limited.",
                    retryAfter=_HOUR_S - second % _HOUR_S,
                )

    async def _add(self, key: str, records: int) -> int:
        if self._redis is not None:
            try:
                total = int(await self._redis.incrby(key, records))
                if total == records:
                    await self._redis.expire(key, 2 * _HOUR_S)
                return total
            except (RedisError, OSError):
                pass
        total = self._here[key] = self._here.get(key, 0) + records
        self._here.move_to_end(key)
        while len(self._here) > _MAX_COUNTERS:
            self._here.popitem(last=False)
        return total
