"""What is noted about a request while it is answered, for its log line and its metrics."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Scope

__all__ = ["RequestNotes", "notes_of"]

_KEY = "tangram.notes"


@dataclass(eq=False, slots=True)
class RequestNotes:
    """Filled in by whoever knows; the envelope made it and logs it.

    Attributes:
        request_id: Sent back as X-Request-Id and stored as the cause of events.
        tenant: Slug, once the token is known.
        actor: Account id, once the token is known.
        operation: Name of the GraphQL operation, if it has one.
        outcome: A code when the answer holds errors although the HTTP status is 200.
    """

    request_id: str
    tenant: str = ""
    actor: str = ""
    operation: str = ""
    outcome: str = ""

    def attach(self, scope: Scope) -> None:
        """Make these the notes of a request."""
        scope[_KEY] = self


def notes_of(scope: Scope) -> RequestNotes:
    """The notes of a request; empty ones outside the envelope, as in tests of a single view."""
    found = scope.get(_KEY)
    if not isinstance(found, RequestNotes):
        found = RequestNotes("")
        found.attach(scope)
    return found
