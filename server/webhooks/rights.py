"""Who works with webhooks, and what an endpoint may be sent: what its roles may read, as of nobody in particular.

An endpoint has roles. Whoever may configure webhooks gives it roles that they hold; administrators give it any. What
is sent is what somebody with these roles reads: records, and fields that they read plainly. Scopes that ask who it is
(`own`, `department`) reach no record, since an endpoint is nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from metadata.model.policies import ADMINISTRATOR, ANY
from metadata.model.tenant import TenantModel
from metadata.problems import Faults, ForbiddenError
from server.access.snapshots import Snapshots
from server.context import Actor, ActorKind, Context

__all__ = ["KIND", "check_roles", "context_for", "default_roles", "may_reach", "require_right"]

KIND = "webhook"
"""As in the action `configure:webhook`."""

_MAX_ROLES = 20
_ROLE = "role:"


def require_right(context: Context) -> None:
    """Refuse whoever may not configure webhooks.

    Raises:
        ForbiddenError: `may_not_configure`.
    """
    if not context.access.may_configure_kind(KIND):
        raise ForbiddenError.single(
            "may_not_configure",
            "You may not work with webhooks.",
            hint=f"It takes the action 'configure:{KIND}'; ask an administrator for it.",
        )


def default_roles(context: Context) -> tuple[str, ...]:
    """The roles of an endpoint that is given none: the administrator's from administrators, else one's own."""
    return (ADMINISTRATOR,) if context.access.rights is None else context.actor.roles


def may_reach(context: Context, roles: Sequence[str]) -> bool:
    """Whether somebody may work with an endpoint of these roles: they hold every one of them."""
    return context.access.may_configure or set(roles) <= _held(context)


def check_roles(context: Context, roles: Sequence[str], faults: Faults) -> None:
    """Note roles that the tenant has not, or that the actor may not give."""
    if len(roles) > _MAX_ROLES:
        faults.add("too_many_roles", f"An endpoint has at most {_MAX_ROLES} roles, not {len(roles)}.", path=("roles",))
    known = {ADMINISTRATOR, *context.model.roles}
    for place, role in enumerate(roles[:_MAX_ROLES]):
        path = ("roles", place)
        if role not in known:
            hint = f"Known roles: {', '.join(sorted(known))}."
            faults.add("unknown_role", f"There is no role '{role}'.", path=path, hint=hint)
        elif not may_reach(context, [role]):
            faults.add(
                "role_not_held",
                f"You do not hold the role '{role}', so you cannot give it to a webhook.",
                path=path,
                hint="Name roles of your own, or ask an administrator.",
            )


async def context_for(model: TenantModel, snapshots: Snapshots, roles: Sequence[str]) -> Context:
    """The standing of an endpoint with these roles."""
    access = await snapshots.plan(model, tuple(sorted(roles)))
    return Context(model, Actor("", ActorKind.SYSTEM, "webhook", tuple(roles)), access, epoch=0)


def _held(context: Context) -> set[str]:
    if context.access.rights is None:
        return set(context.actor.roles)
    subjects = context.access.rights.subjects
    return {name.removeprefix(_ROLE) for name in subjects if name.startswith(_ROLE)} - {ANY}
