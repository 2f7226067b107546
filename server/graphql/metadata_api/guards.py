"""Who may do what on `/metadata`: all who are signed in read; who may configure, configures.

The session and the rights are asked for again by every guard, so that a right that is gone is gone for the next field,
also on a connection that stays open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import strawberry

from metadata.problems import Fault, ForbiddenError, NotFoundError
from server.access.plan import AccessPlan
from server.access.snapshots import Snapshots
from server.configuration.configure import Configuration
from server.context import Cause, Context
from server.database.connections import Connections
from server.graphql.protocol import Caller
from server.identity.service import Identity
from server.identity.sessions import Session
from server.packages.service import Packages
from server.review.reviews import Reviews
from server.review.trials import Trials
from server.tenants import LoadedTenant, Tenants
from server.webhooks.endpoints import Webhooks

__all__ = [
    "Info",
    "MetadataCaller",
    "MetadataServices",
    "access_of",
    "administrator",
    "anybody",
    "configurer",
    "context_of",
    "may_change",
    "newest",
    "own_account",
    "platform_administrator",
    "read_id",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataServices:
    """What resolvers work with.

    Attributes:
        connections: The pool.
        identity: Accounts, API keys, sessions.
        configuration: Changes metadata.
        tenants: Models of tenants.
        snapshots: What roles may do.
        webhooks: Endpoints and deliveries.
        packages: Templates.
        reviews: Questions about access.
        trials: Changes of policies, tried out.
    """

    connections: Connections
    identity: Identity
    configuration: Configuration
    tenants: Tenants
    snapshots: Snapshots
    webhooks: Webhooks
    packages: Packages
    reviews: Reviews
    trials: Trials


@dataclass(eq=False, slots=True, kw_only=True)
class MetadataCaller(Caller):
    """The context value of `/metadata`."""

    services: MetadataServices = field(repr=False)


Info = strawberry.Info[MetadataCaller, None]
"""What every resolver gets."""


def anybody(info: Info) -> Session:
    """The session of whoever is signed in."""
    return info.context.session


async def access_of(info: Info) -> AccessPlan:
    """What the caller may do now."""
    actor = (await info.context.session_now()).actor
    return await info.context.services.snapshots.plan((await newest(info)).model, actor.roles, actor.id, actor.grants)


async def administrator(info: Info) -> Session:
    """The session, if it may configure everything in the tenant.

    Raises:
        ForbiddenError: `not_administrator`.
    """
    if not (await access_of(info)).may_configure:
        raise ForbiddenError.single(
            "not_administrator",
            "Only administrators of the tenant may do this.",
            hint="Ask an administrator, or sign in as one.",
        )
    return info.context.session


async def configurer(info: Info, kinds: Iterable[str]) -> Session:
    """The session, if it may change metadata of all these kinds.

    Raises:
        ForbiddenError: `kind_not_allowed`, with a fault for each kind; `not_administrator` where it may change none.
    """
    access = await access_of(info)
    refused = [kind for kind in dict.fromkeys(kinds) if not access.may_configure_kind(kind)]
    if not refused:
        return info.context.session
    if access.rights is None:
        return await administrator(info)
    raise ForbiddenError.of(
        Fault(
            "kind_not_allowed",
            f"You may not change metadata of the kind '{kind}'.",
            hint=f"It takes the action 'configure:{kind}' or 'configure'; ask an administrator for it.",
        )
        for kind in refused
    )


def platform_administrator(info: Info) -> Session:
    """The session, if it may create tenants.

    Raises:
        ForbiddenError: `not_platform_administrator`.
    """
    session = info.context.session
    if not session.is_platform_administrator:
        raise ForbiddenError.single(
            "not_platform_administrator",
            "Only platform administrators may do this.",
            hint="`tangram user create --platform-admin` on the server makes one.",
        )
    return session


def own_account(info: Info) -> Session:
    """The session, if its account lives in the tenant it acts in.

    Raises:
        ForbiddenError: `acting_for_another_tenant`.
    """
    session = info.context.session
    if session.home_tenant_id != session.tenant_id:
        raise ForbiddenError.single(
            "acting_for_another_tenant", "Your own account lives in another tenant.", hint="Leave X-Tenant out."
        )
    return session


async def newest(info: Info) -> LoadedTenant:
    """The tenant, at least as new as the session, which was read when this request began."""
    session, tenants = info.context.session, info.context.services.tenants
    loaded = await tenants.get(session.tenant_id)
    return loaded if loaded.epoch >= session.epoch else await tenants.refresh(session.tenant_id)


async def may_change(info: Info) -> None:
    """Refuse a change in a tenant whose trial is over.

    Raises:
        ForbiddenError: `trial_over`.
    """
    (await newest(info)).require_changes(info.context.services.identity.accounts.clock())


async def context_of(info: Info) -> Context:
    """The session with its tenant's model, as engines take it."""
    access, loaded = await access_of(info), await newest(info)
    return Context(loaded.model, info.context.session.actor, access, loaded.epoch, Cause(info.context.notes.request_id))


def read_id(value: Any, what: str) -> str:
    """An id as canonical text.

    Raises:
        NotFoundError: It is none, so nothing can have it.
    """
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise NotFoundError.single(
            f"unknown_{what}", f"There is no such {what.replace('_', ' ')}.", path=("id",)
        ) from None
