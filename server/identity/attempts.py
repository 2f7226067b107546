"""Brute-force limits: after some failures each further try must wait twice as long.

Counted per account name, whether it exists or not, and per network address. Kept in Redis, so that all processes
count together; while Redis does not answer, each process counts for itself.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from metadata.problems import LimitError

__all__ = ["ACCOUNT_RULE", "ADDRESS_RULE", "AttemptRule", "Attempts"]


@dataclass(frozen=True, slots=True)
class AttemptRule:
    """How many tries are free and how the wait grows.

    Attributes:
        name: Part of the key.
        free: Tries before the first wait.
        first_wait_s: The first wait; doubled with each further try.
        longest_wait_s: Waits grow no further.
        forget_s: Seconds after the last try when the count starts anew.
    """

    name: str
    free: int
    first_wait_s: float = 2.0
    longest_wait_s: float = 900.0
    forget_s: int = 3_600

    def wait_after(self, tries: int) -> float:
        """Seconds to wait after so many tries; 0 while they are free."""
        excess = tries - self.free
        return min(self.first_wait_s * 2.0 ** min(excess, 30), self.longest_wait_s) if excess >= 0 else 0.0


ACCOUNT_RULE = AttemptRule("account", free=5)
ADDRESS_RULE = AttemptRule("address", free=30)


@dataclass(slots=True)
class _Count:
    tries: int
    locked_until: float
    forget_at: float


class Attempts:
    """Counts tries before they are made, so that a burst in parallel counts in full."""

    def __init__(self, redis: Any, *, prefix: str = "tangram:attempts", max_local: int = 10_000) -> None:
        self._redis = redis
        self._prefix = prefix
        self._local: OrderedDict[str, _Count] = OrderedDict()
        self._max_local = max_local

    async def begin(self, rule: AttemptRule, subject: str) -> None:
        """Count one try.

        Raises:
            LimitError: The subject must wait first; `extra["retryAfter"]` says how many seconds.
        """
        key = self._key(rule, subject)
        try:
            wait_s = await self._begin_shared(rule, key)
        except (RedisError, OSError):
            wait_s = self._begin_local(rule, key)
        if wait_s > 0:
            seconds = max(1, round(wait_s))
            raise LimitError.single(
                "too_many_attempts",
                f"Too many attempts to sign in; wait {seconds} s.",
                hint="An administrator can reset a forgotten password.",
                retryAfter=seconds,
            )

    async def succeeded(self, rule: AttemptRule, subject: str) -> None:
        """Forget the subject's tries."""
        key = self._key(rule, subject)
        self._local.pop(key, None)
        try:
            await self._redis.delete(f"{key}:tries", f"{key}:lock")
        except (RedisError, OSError):
            return

    async def _begin_shared(self, rule: AttemptRule, key: str) -> float:
        left_ms = await self._redis.pttl(f"{key}:lock")
        if left_ms > 0:
            return float(left_ms) / 1000
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.incr(f"{key}:tries")
            pipe.expire(f"{key}:tries", rule.forget_s)
            tries = int((await pipe.execute())[0])
        wait_s = rule.wait_after(tries)
        if wait_s and not await self._redis.set(f"{key}:lock", 1, px=int(wait_s * 1000), nx=True):
            return wait_s
        return 0.0

    def _begin_local(self, rule: AttemptRule, key: str) -> float:
        now = time.monotonic()
        count = self._local.get(key)
        if count is None or count.forget_at < now:
            count = self._local[key] = _Count(0, 0.0, 0.0)
            while len(self._local) > self._max_local:
                self._local.popitem(last=False)
        if count.locked_until > now:
            return count.locked_until - now
        count.tries += 1
        count.forget_at = now + rule.forget_s
        count.locked_until = now + rule.wait_after(count.tries)
        return 0.0

    def _key(self, rule: AttemptRule, subject: str) -> str:
        digest = hashlib.sha256(subject.encode()).hexdigest()[:32]
        return f"{self._prefix}:{rule.name}:{digest}"
