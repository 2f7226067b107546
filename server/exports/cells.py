"""Values as a file shows them."""

from __future__ import annotations

from typing import Any

import orjson

__all__ = ["cell_text", "disarmed"]

_ARMED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that spreadsheet programs take for a formula, also in full width."""


def cell_text(value: Any) -> str:
    """A value as text; lists are joined, composite values are JSON, what is missing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return "; ".join(map(cell_text, value))
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    return str(value)


def disarmed(text: str) -> str:
    """A text that no spreadsheet program takes for a formula.

    Source:
        OWASP, "CSV Injection".
    """
    return f"'{text}" if text.startswith(_ARMED) else text
