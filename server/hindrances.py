"""What engines say of records that they have not come to an end with: declared as values, put together in `performers`.

Whoever closes something, such as a month of a ledger, asks for these; engines do not know each other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["Hindering", "Hindrance"]


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Something about a record that is not at its end.

    Attributes:
        reason: Somebody has to decide, something went wrong, or somebody has stopped it.
        about: What it is, in words: `flow quote_approval`.
        record_id: The record.
    """

    reason: Literal["waiting", "failed", "frozen"]
    about: str
    record_id: str


Hindering: TypeAlias = Callable[[Any, str], Awaitable[Sequence[Hindrance]]]
"""Tells what is not at its end in a tenant, from a connection and the tenant's id."""
