"""Decimal text of weights and confidences."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

__all__ = ["number_of", "share_of"]

_MOST = Decimal(1_000_000)


def number_of(text: str) -> Decimal | None:
    """A number from 0 to a million; None where the text is none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= _MOST else None


def share_of(text: str) -> Decimal | None:
    """A number from 0 to 1; None where the text is none."""
    number = number_of(text)
    return number if number is not None and number <= 1 else None
