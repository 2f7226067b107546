"""Password hashes: argon2id in threads, at most a few at a time, and the same work for unknown accounts."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from metadata.problems import BadInputError, UnavailableError

__all__ = ["Passwords", "Verdict", "check_password", "temporary_password"]

T = TypeVar("T")

MIN_LENGTH = 10
MAX_LENGTH = 256


_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _decoy() -> str:
    """A hash of this process's, which no password that anybody knows matches."""
    return _HASHER.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of comparing a password.

    Attributes:
        matches: Whether it is the right one.
        rehash: A hash made with today's parameters, when the stored one is older; else None.
    """

    matches: bool
    rehash: str | None = None


class Passwords:
    """Hashes and verifies off the event loop.

    Each hash takes 19 MiB and about 25 ms of one core, so their number is bounded, and so is the queue before them.

    Source:
        OWASP Password Storage Cheat Sheet: argon2id with m=19456, t=2, p=1.
    """

    def __init__(self, *, concurrency: int = 2, max_waiting: int = 64) -> None:
        self._hasher = _HASHER
        self._gate = asyncio.Semaphore(concurrency)
        self._max_waiting = max_waiting
        self._waiting = 0
        self._decoy = _decoy()

    async def hash(self, password: str) -> str:
        """An argon2id hash with its parameters and salt inside."""
        return await self._work(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> Verdict:
        """Compare; with no stored hash a decoy takes as long and never matches.

        Raises:
            UnavailableError: Too many sign-ins wait already.
        """
        return await self._work(self._compare, stored or None, password)

    def _compare(self, stored: str | None, password: str) -> Verdict:
        try:
            self._hasher.verify(stored or self._decoy, password)
        except (VerificationError, InvalidHashError):
            return Verdict(False)
        if stored is None:
            return Verdict(False)
        return Verdict(True, self._hasher.hash(password) if self._hasher.check_needs_rehash(stored) else None)

    async def _work(self, function: Callable[..., T], *args: object) -> T:
        if self._waiting >= self._max_waiting:
            raise UnavailableError.single("busy", "Too many people sign in at this moment.", hint="Try again shortly.")
        self._waiting += 1
        try:
            async with self._gate:
                return await asyncio.to_thread(function, *args)
        finally:
            self._waiting -= 1


def check_password(password: str, *, email: str) -> None:
    """Refuse a new password that is too short, too long, or the e-mail address.

    Source:
        NIST SP 800-63B: length counts, composition rules do not.

    Raises:
        BadInputError: With the rule that is broken.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise BadInputError.single(
            "weak_password",
            f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters; this one has {len(password)}.",
            path=("password",),
            hint="A sentence of a few words is easy to remember and hard to guess.",
        )
    if len(set(password)) < 4 or password.casefold() in (email.casefold(), email.casefold().partition("@")[0]):
        raise BadInputError.single(
            "weak_password",
            "This password is too easy to guess.",
            path=("password",),
            hint="Do not repeat single characters or use the e-mail address.",
        )


def temporary_password() -> str:
    """A random password to hand over: 79 bits, in groups that can be read aloud."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
