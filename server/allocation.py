"""Sparing the garbage collector what is no garbage: bursts of new values, and what a process is made of."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["burst", "settle"]

_YOUNG = 10_000
"""New values between two looks at them; Python's 700 are right for programs that keep little."""


@contextmanager
def burst() -> Iterator[None]:
    """Run a synchronous burst of allocations without collections, which would walk all of them several times.

    What is not kept is freed by reference counting as always. Nothing may be awaited inside.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def settle() -> None:
    """Take what is there after startup (modules, schemas, pools) for good, so that no collection walks it again.

    A full collection walks every value that it knows: with those of startup, requests wait for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 10, 10)
