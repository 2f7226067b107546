"""The window that an instant is in, in the tenant's zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = ["day_of", "next_window", "window_of"]


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The day of an instant."""
    return instant.astimezone(zone).date()


def window_of(window: str, day: date, contract: str = "") -> str:
    """Names a window by its first day, `2026-06-01`, or by its contract."""
    match window:
        case "contract":
            return f"contract {contract}"
        case "week":
            return (day - timedelta(days=day.weekday())).isoformat()
        case "month":
            return day.replace(day=1).isoformat()
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1).isoformat()
        case "year":
            return day.replace(month=1, day=1).isoformat()
    return day.isoformat()


def next_window(window: str, day: date) -> date:
    """The first day after the window that a day is in, of windows that have an end."""
    first = date.fromisoformat(window_of(window, day))
    length = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[window]
    return date.fromisoformat(window_of(window, first + timedelta(days=length)))
