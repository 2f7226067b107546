"""A token bucket per actor, in each process: even use passes, a flood waits."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from metadata.problems import LimitError

__all__ = ["RateLimits"]


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimits:
    """Lets `per_s` requests of one actor pass each second, with bursts of two seconds' worth.

    Each process counts for itself: with several web processes the limit is `per_s` in each of them.
    """

    def __init__(self, per_s: float, *, max_actors: int = 50_000) -> None:
        self.is_on = per_s > 0
        self._per_s = per_s
        self._burst = max(per_s * 2, 1.0)
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._max_actors = max_actors

    def take(self, actor_id: str, now: float) -> None:
        """Count one request at `now` (seconds of any one clock).

        Raises:
            LimitError: `rate_limited`, with the seconds to wait in `retryAfter`.
        """
        if not self.is_on:
            return
        bucket = self._buckets.get(actor_id)
        if bucket is None:
            while len(self._buckets) >= self._max_actors:
                self._buckets.popitem(last=False)
            bucket = self._buckets[actor_id] = _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_s)
        bucket.at = now
        if bucket.tokens < 1:
            wait_s = max(1, round((1 - bucket.tokens) / self._per_s))
            raise LimitError.single(
                "rate_limited",
                f"More than {self._per_s:g} requests a second.",
                hint="Wait and send fewer requests, or send several root fields in one.",
                retryAfter=wait_s,
            )
        bucket.tokens -= 1
