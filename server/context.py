"""Who asks, in which tenant, with which rights: travels as an explicit argument through every layer."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from metadata.model.tenant import TenantModel
from server.access.grants import GrantShape
from server.access.plan import AccessPlan

__all__ = ["Actor", "ActorKind", "Cause", "Context", "Standing"]


class ActorKind(enum.Enum):
    """What acts."""

    USER = "user"
    """A person who signed in."""
    API_KEY = "api_key"
    """A program with a key of its own."""
    SYSTEM = "system"
    """The server itself: jobs, timers, installation of templates."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Attributes:
        id: Account id (UUID text); for API keys the account the key belongs to.
        kind: See ActorKind.
        name: Shown in history: e-mail address, key name, or job name.
        roles: Role names, sorted.
        key_id: API key id where kind is API_KEY.
        grants: Shapes of what the user was given for a time; programs have none.
        is_guest: Whether the account is another tenant's, as a platform administrator's who acts here.
    """

    id: str
    kind: ActorKind
    name: str
    roles: tuple[str, ...]
    key_id: str = ""
    grants: tuple[GrantShape, ...] = ()
    is_guest: bool = False

    @property
    def is_user(self) -> bool:
        """Whether a user of the tenant acts, in person or by a key."""
        return self.kind is not ActorKind.SYSTEM and not self.is_guest


@dataclass(frozen=True, slots=True)
class Cause:
    """What led to a write: the request, or the chain of events behind a job.

    Attributes:
        request_id: Id of the HTTP request or job, for logs.
        chain: Ids of the events that led here, oldest first.
    """

    request_id: str = ""
    chain: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """One request's or job's standing.

    Attributes:
        model: The tenant's model at one version.
        actor: Who asks.
        access: What the actor may do, at one policy version.
        epoch: The tenant's change counter that model, actor and access were read at; statements compare it.
        cause: What led here.
    """

    model: TenantModel
    actor: Actor
    access: AccessPlan
    epoch: int
    cause: Cause = field(default_factory=Cause)

    def day(self, instant: datetime) -> date:
        """The day in the tenant's zone."""
        return instant.astimezone(_zone(self.model.settings.timezone)).date()


@dataclass(frozen=True, slots=True)
class Standing:
    """One change of an engine's.

    Attributes:
        connection: In the transaction that it happens in.
        context: The tenant, and who acts.
        now: The instant.
    """

    connection: Any
    context: Context
    now: datetime

    @property
    def model(self) -> TenantModel:
        """The tenant's model."""
        return self.context.model

    @property
    def tenant_id(self) -> str:
        """The tenant's id."""
        return self.context.model.tenant_id


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
