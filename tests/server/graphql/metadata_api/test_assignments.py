"""Roles are given for a time on /metadata, and listed to those whom they concern."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.fixtures.tenants import Tenant, Tenants

APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
ASSIGN = """
mutation($id: ID!, $role: String!, $until: DateTime) {
  assignRole(accountId: $id, role: $role, validUntil: $until, reason: "替班") { id role holds source reason }
}
"""
REVOKE = "mutation($id: ID!) { revokeRole(id: $id) }"
LIST = "query($id: ID) { roleAssignments(accountId: $id) { id role holds } }"
CUSTOMERS = "{ customers { totalCount } }"
DOCUMENT = {
    "roles": [{"name": "seller"}],
    "policies": [{"name": "p", "kind": "allow", "role": "seller", "object": "customer", "actions": ["read"]}],
}


@pytest.fixture
async def east(tenants: Tenants) -> Tenant:
    await tenants.east.data(APPLY, {"document": DOCUMENT}, path="/metadata")
    return tenants.east


async def may(tenant: Tenant) -> bool:
    return "errors" not in (await tenant.graphql(CUSTOMERS, person=tenant.member)).body


async def test_a_role_given_for_a_time_holds_from_the_next_request_until_it_is_revoked(east: Tenant) -> None:
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert not await may(east)
    data = await east.data(ASSIGN, {"id": east.member.id, "role": "seller", "until": until}, path="/metadata")
    made = data["assignRole"]
    assert {**made, "id": ""} == {"id": "", "role": "seller", "holds": True, "source": "admin", "reason": "替班"}
    assert await may(east)
    listed = await east.data(LIST, {}, path="/metadata", person=east.member)
    assert listed["roleAssignments"] == [{"id": made["id"], "role": "seller", "holds": True}]

    await east.data(REVOKE, {"id": made["id"]}, path="/metadata")

    assert not await may(east)
    assert await east.faults(REVOKE, {"id": made["id"]}, path="/metadata") == [("NOT_FOUND", "unknown_assignment", ())]


@pytest.mark.parametrize(
    ("role", "fault"),
    [
        ("ghost", ("BAD_USER_INPUT", "unknown_role", ("role",))),
        ("administrator", ("BAD_USER_INPUT", "unknown_role", ("role",))),
    ],
)
async def test_a_role_that_there_is_not_is_not_given(east: Tenant, role: str, fault: tuple[object, ...]) -> None:
    assert await east.faults(ASSIGN, {"id": east.member.id, "role": role}, path="/metadata") == [fault]


async def test_members_give_nothing_and_see_only_their_own(east: Tenant) -> None:
    for query, variables in ((ASSIGN, {"id": east.member.id, "role": "seller"}), (LIST, {"id": east.admin.id})):
        ((code, _reason, _path),) = await east.faults(query, variables, path="/metadata", person=east.member)
        assert code == "FORBIDDEN"


async def test_an_account_of_another_tenant_is_unknown(tenants: Tenants, east: Tenant) -> None:
    ((code, reason, _path),) = await east.faults(
        ASSIGN, {"id": tenants.west.member.id, "role": "seller"}, path="/metadata"
    )
    assert (code, reason) == ("NOT_FOUND", "unknown_account")
