"""Casbin's own enforcer loads a tenant's rows and saves them back: as one change, typed, with every fault told."""

from __future__ import annotations

import casbin
import pytest

from metadata.problems import BadInputError
from server.access.assignments import NewAssignment, assign_role, held_assignments
from server.access.casbin_text import MODEL
from server.configuration.requests import Author
from server.review.casbin_store import CasbinStore
from tests.fixtures.tenants import Tenant, Tenants

DOCUMENT = {
    "roles": [{"name": "seller", "label": {"zh": "销售"}}, {"name": "manager", "inherits": ["seller"]}],
    "policies": [
        {
            "name": "vips",
            "kind": "allow",
            "role": "seller",
            "object": "customer",
            "actions": ["read", "update"],
            "condition": 'name != "a, \\"b\\" 100% [c]"',
            "reason": "甲, 乙",
        },
        {"name": "no_export", "kind": "deny", "role": "*", "object": "customer", "actions": ["export"]},
    ],
}
APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"


def store_of(tenant: Tenant) -> CasbinStore:
    services = tenant.services
    return CasbinStore(services.connections, services.configuration, tenant.id, Author(None, "casbin"))


@pytest.fixture
async def east(tenants: Tenants) -> Tenant:
    for tenant in tenants.both:
        await tenant.data(APPLY, {"document": DOCUMENT}, path="/metadata")
    async with tenants.services.connections.acquire(tenants.east.id) as connection, connection.transaction():
        await assign_role(connection, tenants.east.id, NewAssignment(tenants.east.member.id, "seller"), by=None)
    return tenants.east


async def enforcer_of(tenant: Tenant) -> casbin.AsyncEnforcer:
    enforcer = casbin.AsyncEnforcer(casbin.Enforcer.new_model(text=MODEL), store_of(tenant).adapter)
    await enforcer.load_policy()
    return enforcer


async def test_what_is_loaded_and_saved_stays_as_it_was(tenants: Tenants, east: Tenant) -> None:
    before = await store_of(east).load()
    enforcer = await enforcer_of(east)
    assert enforcer.enforce(f"user:{east.member.id}", "customer", "update")

    await enforcer.save_policy()

    after = await store_of(east).load()
    assert (after.roles, list(after.policies), after.assignments) == (
        before.roles,
        list(before.policies),
        before.assignments,
    )
    assert after.roles["seller"].label == {"zh": "销售"}
    assert (await store_of(tenants.west).load()).assignments == ()


async def test_a_line_that_is_added_is_a_policy_and_one_that_is_removed_is_none(east: Tenant) -> None:
    enforcer = await enforcer_of(east)
    assert await enforcer.add_policy("role:manager", "store", "read", "allow", "stores", "{}")
    assert "stores" in {one.name for one in (await store_of(east).load()).policies}

    await enforcer.remove_policy("role:manager", "store", "read", "allow", "stores", "{}")
    await store_of(east).adapter.remove_filtered_policy("p", "p", 2, "update")

    policies = {one.name: one.actions for one in (await store_of(east).load()).policies}
    assert policies == {"vips": ("read",), "no_export": ("export",)}


async def test_role_lines_give_and_end_roles_of_people(east: Tenant) -> None:
    adapter = store_of(east).adapter
    await adapter.add_policy("g", "g", [f"user:{east.member.id}", "role:manager"])
    await adapter.remove_policy("g", "g", [f"user:{east.member.id}", "role:seller"])
    async with east.services.connections.acquire(east.id) as connection:
        assert await held_assignments(connection, east.id) == ((east.member.id, "manager"),)


async def test_what_cannot_be_saved_changes_nothing(east: Tenant) -> None:
    before = await store_of(east).load()
    lines = [
        ("role:seller", "ghost", "read", "allow", "one", "{}"),
        ("role:seller", "store", "fly", "allow", "two", "{}"),
    ]
    with pytest.raises(BadInputError) as refused:
        await store_of(east).adapter.add_policies("p", "p", lines)
    assert {fault.reason for fault in refused.value.faults} == {"unknown_object", "unknown_action"}
    after = await store_of(east).load()
    assert list(after.policies) == list(before.policies)
