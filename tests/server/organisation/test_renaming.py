"""A role that is renamed is still held: by accounts, keys, webhooks, posts and for a time."""

from __future__ import annotations

from server.access.assignments import NewAssignment, assign_role, held_assignments
from server.identity.accounts import AccountChange
from tests.fixtures.tenants import Tenant, Tenants

ROLES = {"roles": [{"name": "seller"}, {"name": "buyer"}]}
APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"


async def renamed(tenant: Tenant, *names: tuple[str, str]) -> None:
    changes = [{"op": "RENAME", "kind": "role", "name": was, "to": becomes} for was, becomes in names]
    await tenant.data(
        "mutation($changes: [MetadataChange!]!) { applyMetadata(changes: $changes) { version } }",
        {"changes": changes},
        path="/metadata",
    )


async def test_a_renamed_role_is_held_as_before(tenants: Tenants) -> None:
    identity = tenants.services.identity
    for tenant in tenants.both:
        await tenant.data(APPLY, {"document": ROLES}, path="/metadata")
        await identity.accounts.update(
            tenant.id, tenant.member.id, AccountChange(roles=["seller", "other"]), updated_by=None
        )
        post = await tenant.create("Post", name="x", roles=["seller"], holders={"connect": [{"id": tenant.member.id}]})
        async with tenant.services.connections.transaction() as connection:
            await assign_role(connection, tenant.id, NewAssignment(tenant.member.id, "buyer"), by=None)
    east, west = tenants.both
    key = await identity.api_keys.create(
        east.id, east.member.id, name="k", roles=["seller"], expires_at=None, created_by=None
    )

    await renamed(east, ("seller", "agent"))

    account = await identity.accounts.get(east.id, east.member.id)
    assert account.roles == ("agent", "other")
    assert (await identity.sessions.resolve(key.key)).actor.roles == ("agent",)
    async with east.services.connections.acquire() as connection:
        assert sorted(role for _, role in await held_assignments(connection, east.id)) == ["agent", "buyer"]
        assert sorted(role for _, role in await held_assignments(connection, west.id)) == ["buyer", "seller"]
    data = await east.data("{ posts { nodes { roles } } users { nodes { id roles } } }")
    assert data["posts"]["nodes"] == [{"roles": ["agent"]}]
    assert {"id": east.member.id, "roles": ["agent", "other"]} in data["users"]["nodes"]
    assert (await west.data("query($id: ID!) { post(id: $id) { roles } }", {"id": post}))["post"] == {
        "roles": ["seller"]
    }


async def test_roles_that_swap_names_are_not_confused(tenants: Tenants) -> None:
    east = tenants.east
    await east.data(APPLY, {"document": ROLES}, path="/metadata")
    update = east.services.identity.accounts.update
    await update(east.id, east.member.id, AccountChange(roles=["seller"]), updated_by=None)
    await renamed(east, ("seller", "x"), ("buyer", "seller"), ("x", "buyer"))
    account = await east.services.identity.accounts.get(east.id, east.member.id)
    assert account.roles == ("buyer",)


async def test_a_webhook_goes_on_reading_by_a_role_that_is_renamed(tenants: Tenants) -> None:
    for tenant in tenants.both:
        await tenant.data(APPLY, {"document": ROLES}, path="/metadata")
        await tenant.data(
            'mutation { createWebhook(webhook: {url: "http://127.0.0.1:9/x", roles: ["seller", "buyer"]}) { secret } }',
            path="/metadata",
        )
    east, west = tenants.both
    await renamed(east, ("seller", "zeal"))
    for tenant, roles in ((east, ["buyer", "zeal"]), (west, ["buyer", "seller"])):
        found = await tenant.data("{ webhooks { roles } }", path="/metadata")
        assert [sorted(one["roles"]) for one in found["webhooks"]] == [roles]
