"""What is noted about a request while it is answered, for its log line, its metrics and the audit log."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.types import Scope

from metadata.problems import TangramError

if TYPE_CHECKING:
    from server.context import Actor

__all__ = ["RequestNotes", "current_notes", "note_refusal", "notes_of"]

_KEY = "tangram.notes"
_AGENT_LENGTH = 200
_MAX_REFUSALS = 100

_current: ContextVar[RequestNotes | None] = ContextVar("tangram.notes", default=None)


@dataclass(eq=False, slots=True)
class RequestNotes:
    """Filled in by whoever knows; the envelope made it and logs it.

    Attributes:
        request_id: Sent back as X-Request-Id and stored as the cause of events.
        tenant: Slug, once the token is known.
        actor: Account id, once the token is known.
        operation: Name of the GraphQL operation, if it has one.
        outcome: A code when the answer holds errors although the HTTP status is 200.
        address: Network address of the caller.
        agent: What the caller says it is, cut.
        who: The actor, once the token is known.
        tenant_id: The tenant, once the token is known.
        refusals: Errors that were told as FORBIDDEN; the first hundred.
    """

    request_id: str
    tenant: str = ""
    actor: str = ""
    operation: str = ""
    outcome: str = ""
    address: str = ""
    agent: str = ""
    who: Actor | None = None
    tenant_id: str = ""
    refusals: list[TangramError] = field(default_factory=list)

    def attach(self, scope: Scope) -> None:
        """Make these the notes of a request, and of everything that is done for it from here on."""
        scope[_KEY] = self
        client = scope.get("client")
        self.address = client[0][:64] if client else ""
        agent = next((value for name, value in scope.get("headers", ()) if name == b"user-agent"), b"")
        self.agent = agent[:_AGENT_LENGTH].decode("latin-1")
        _current.set(self)


def current_notes() -> RequestNotes | None:
    """The notes of the request that is being answered; None in jobs, chores and commands."""
    return _current.get()


def note_refusal(error: TangramError) -> None:
    """Note that an error is told to the caller as FORBIDDEN."""
    notes = current_notes()
    if notes is not None and len(notes.refusals) < _MAX_REFUSALS:
        notes.refusals.append(error)


def notes_of(scope: Scope) -> RequestNotes:
    """The notes of a request; empty ones outside the envelope, as in tests of a single view."""
    found = scope.get(_KEY)
    if not isinstance(found, RequestNotes):
        found = RequestNotes("")
        found.attach(scope)
    return found
