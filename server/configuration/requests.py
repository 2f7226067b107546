"""What a caller asks of a tenant's configuration, and what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from metadata.changes.history import ItemChange
from metadata.changes.plan import Plan
from metadata.changes.requests import Change
from metadata.model.document import Document
from metadata.model.tenant import TenantModel
from server.context import Actor, ActorKind

__all__ = ["Applied", "Author", "Planned", "Request", "Version", "Within", "author_of"]

Within: TypeAlias = Callable[[Any, Plan], Awaitable[None]]
"""Work done on the same connection, in the same transaction, after the schema and the items: rows of a template, sample
data. What it raises undoes everything."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes the configuration.

    Attributes:
        id: Account id; None for the server itself.
        name: Shown in the list of versions.
    """

    id: str | None
    name: str


def author_of(actor: Actor) -> Author:
    """An actor as the author of a version."""
    return Author(None if actor.kind is ActorKind.SYSTEM else actor.id, actor.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for: small changes, a document, or an earlier version.

    Attributes:
        changes: Small changes, made after the document's.
        document: What the tenant should say; see `metadata.changes.diff`.
        replacing: Whether items that the document does not hold are removed.
        rollback_to: Version to go back to; the others are ignored.
        cascade: Whether what depends on removed things may be removed or edited as well.
        origin: Template that the document belongs to.
    """

    changes: tuple[Change, ...] = ()
    document: Document | None = None
    replacing: bool = False
    rollback_to: int | None = None
    cascade: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with its SQL.

    Attributes:
        plan: What would happen; its `faults` say why it cannot.
        statements: The SQL of its schema steps, in order.
        later: The SQL that a job runs afterwards, concurrently with requests.
    """

    plan: Plan
    statements: tuple[str, ...]
    later: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """A change that was made.

    Attributes:
        tenant_id: The tenant.
        version: Version of the metadata now.
        epoch: The tenant's change counter now.
        planned: What was done; empty when the tenant was so already, and then the version is the old one.
        model: The model now.
    """

    tenant_id: str
    version: int
    epoch: int
    planned: Planned
    model: TenantModel


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of the list of versions.

    Attributes:
        version: The version that the change made.
        author: Who made it.
        at: When.
        message: Why, in the author's words.
        changes: What happened to each item.
        plan: Summary of the plan: statements, warnings, data at risk.
    """

    version: int
    author: Author
    at: datetime
    message: str
    changes: tuple[ItemChange, ...]
    plan: dict[str, Any]
