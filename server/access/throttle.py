"""Paging as export: who may not export may not read thousands of sensitive records an hour either.

Counted are records whose sensitive fields were shown, by user, object type and clock hour, for all processes together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from metadata.problems import LimitError
from server.access.counters import HourlyCounters, seconds_left

__all__ = ["ReadThrottle"]


class ReadThrottle:
    """Counts records read, and refuses when they are too many.

    Args:
        redis: A `redis.asyncio.Redis`; None counts in this process alone.
    """

    def __init__(self, redis: Any) -> None:
        self._counters = HourlyCounters(redis)

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
        for object_name, records in read.items():
            name = f"reads:{tenant_id}:{user_id}:{object_name}"
            if records and await self._counters.add(name, records, instant) > limit:
                raise LimitError.single(
                    "reads_like_export",
                    f"More than {limit} records of '{object_name}' with sensitive fields were read within this hour.",
                    hint="Ask for fewer records or fields; whoever has the action `export` is not limited.",
                    retryAfter=seconds_left(instant),
                )
