"""Tenants with policies: people of roles, and what they may do.

async def test_sellers_see_their_own(tenants: Tenants) -> None:
    await govern(tenants.east, roles=["seller"], policies=[allow("seller", "customer", scope="own")])
    seller = await hire(tenants.east, "Li", "seller")
    assert (await tenants.east.data("{ customers { totalCount } }", person=seller)) == …
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.identity.accounts import NewAccount
from server.identity.sign_in import Credentials
from tests.fixtures.tenants import PASSWORD, Person, Tenant

__all__ = ["allow", "deny", "field_rights", "govern", "hire", "limit", "mask"]

_APPLY = "mutation($document: JSON) { applyMetadata(document: $document) { version } }"


def allow(role: str, object_name: str, *actions: str, **more: Any) -> dict[str, Any]:
    """A policy that grants actions, `read` where none is named."""
    return {"kind": "allow", "role": role, "object": object_name, "actions": list(actions or ("read",)), **more}


def deny(role: str, object_name: str, *actions: str, **more: Any) -> dict[str, Any]:
    """A policy that refuses actions, `read` where none is named."""
    return {"kind": "deny", "role": role, "object": object_name, "actions": list(actions or ("read",)), **more}


def limit(role: str, object_name: str, *actions: str, **more: Any) -> dict[str, Any]:
    """A policy that narrows grants, of `read` where no action is named."""
    return {"kind": "scope", "role": role, "object": object_name, "actions": list(actions or ("read",)), **more}


def field_rights(role: str, object_name: str, *fields: str, **more: Any) -> dict[str, Any]:
    """A policy that gives rights on fields."""
    return {"kind": "field", "role": role, "object": object_name, "fields": list(fields), **more}


def mask(role: str, object_name: str, name: str, *fields: str, **more: Any) -> dict[str, Any]:
    """A policy that masks fields."""
    return {"kind": "mask", "role": role, "object": object_name, "fields": list(fields), "mask": name, **more}


async def govern(
    tenant: Tenant, *, roles: Sequence[str | Mapping[str, Any]] = (), policies: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Declare roles and policies, which are named by their place where they have no name."""
    document = {
        "roles": [{"name": role} if isinstance(role, str) else role for role in roles],
        "policies": [{"name": f"policy_{place}", **policy} for place, policy in enumerate(policies)],
    }
    await tenant.data(_APPLY, {"document": document}, path="/metadata")


async def hire(tenant: Tenant, name: str, *roles: str) -> Person:
    """A new account, signed in."""
    identity = tenant.services.identity
    email = f"{name.lower()}@example.com"
    account, _password = await identity.accounts.create(
        tenant.id, NewAccount(email=email, name=name, roles=list(roles), password=PASSWORD), created_by=None
    )
    pair = await identity.sign_in.with_password(Credentials(tenant.slug, email, PASSWORD), address="192.0.2.1")
    return Person(account.id, email, name, pair.access_token)
