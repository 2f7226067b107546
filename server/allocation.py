"""Pausing the garbage collector while many values are made at once, none of which is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["burst"]


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
