"""How errors leave the server: the same shape on every endpoint, one entry per fault.

{"message": …, "extensions": {"code": …, "reason": …, "path": […], "hint": …}}
"""

from __future__ import annotations

from typing import Any

from metadata.problems import Fault, ForbiddenError, TangramError
from server.request_notes import note_refusal

__all__ = ["INTERNAL_MESSAGE", "error_entries", "internal_entry"]

INTERNAL_MESSAGE = "Something went wrong on the server."


def error_entries(error: TangramError) -> list[dict[str, Any]]:
    """One entry of `errors` per fault, in order; an error without faults gives one entry.

    Names in `extensions.path` are left as the caller wrote them; `extra` of the error joins the extensions of each.
    A refusal is also noted, for the audit log.
    """
    if isinstance(error, ForbiddenError):
        note_refusal(error)
    if not error.faults:
        return [{"message": error.message, "extensions": {"code": error.code, **error.extra}}]
    return [_entry(error, fault) for fault in error.faults]


def internal_entry(request_id: str) -> dict[str, Any]:
    """The entry for an unexpected failure: no detail but the id to find it in the log by."""
    return {
        "message": INTERNAL_MESSAGE,
        "extensions": {
            "code": "INTERNAL",
            "reason": "internal",
            "hint": "Try again; if it stays, give the request id to whoever runs the server.",
            "requestId": request_id,
        },
    }


def _entry(error: TangramError, fault: Fault) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": error.code, "reason": fault.reason}
    if fault.path:
        extensions["path"] = list(fault.path)
    if fault.hint:
        extensions["hint"] = fault.hint
    return {"message": fault.message, "extensions": {**extensions, **error.extra}}
