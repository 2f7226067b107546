"""Whatever way a role is given, the same is asked: is it declared, may the giver give it, may it be held beside others.

And whatever way, the audit log and an event tell who holds which roles now.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, govern, hire

ROLES: list[dict[str, Any]] = [
    {"name": "seller", "layer": "operate"},
    {"name": "cashier", "layer": "operate", "excludes": ["auditor"]},
    {"name": "chief_cashier", "layer": "operate", "inherits": ["cashier"]},
    {"name": "auditor", "layer": "manage"},
    {"name": "staffing", "layer": "manage"},
    {"name": "head", "layer": "decide"},
    {"name": "special"},
]
STAFFING = ("read", "create", "update")
TAKE = "mutation($id: ID!, $posts: [PostWhere!]) { updateUser(id: $id, input: {posts: {connect: $posts}}) { id } }"
HOLD = "mutation($id: ID!, $user: ID!) { updatePost(id: $id, input: {holders: {connect: [{id: $user}]}}) { id } }"
ROLES_OF = "mutation($id: ID!, $roles: [String!]) { updatePost(id: $id, input: {roles: $roles}) { id } }"
ASSIGN = "mutation($id: ID!, $role: String!) { assignRole(accountId: $id, role: $role) { id } }"
ACCOUNT = "mutation($id: ID!, $roles: [String!]) { updateAccount(id: $id, account: {roles: $roles}) { id } }"
IMPORT = "mutation($text: String!) { importPolicies(text: $text, format: CASBIN) { version } }"
TOGETHER = [("CONFLICT", "roles_exclude_each_other", ("roles",))]


@pytest.fixture
async def east(tenants: Tenants) -> Tenant:
    for tenant in tenants.both:
        organisation = [allow("staffing", name, *STAFFING) for name in ("user", "post")]
        await govern(tenant, roles=ROLES, policies=organisation)
    return tenants.east


async def post(tenant: Tenant, *roles: str) -> str:
    return await tenant.create("Post", name="岗", roles=list(roles))


def take(person: Person, *posts: str) -> dict[str, Any]:
    return {"id": person.id, "posts": [{"id": one} for one in posts]}


async def told(tenant: Tenant, *kinds: str) -> list[tuple[str, str, str, str]]:
    """Kind, who, about whom, which role, of the audit log."""
    query = "query($kinds: [AuditKind!]) { auditLog(filter: {kinds: $kinds}) { kind actorName records detail } }"
    found = (await tenant.data(query, {"kinds": list(kinds)}, path="/metadata"))["auditLog"]
    return [(one["kind"], one["actorName"], one["records"][0], one["detail"]["role"]) for one in reversed(found)]


async def changes(tenant: Tenant, person: Person) -> list[list[str]]:
    """Roles held before and after, of each event that tells of somebody."""
    async with tenant.services.connections.acquire() as connection:
        rows = await connection.fetch(
            "select changes -> 'held_roles' ->> 0 as before, changes -> 'held_roles' ->> 1 as after"
            " from tangram.event join tangram.event_queue as queued on queued.event_id = event.id"
            " where object = 'identity__account' and record_id = $1 and changes ? 'held_roles' order by event.id",
            person.id,
        )
    return [[row["before"], row["after"]] for row in rows]


@pytest.mark.parametrize("excluded", ["cashier", "chief_cashier"])
async def test_roles_that_exclude_each_other_are_given_by_no_way(east: Tenant, excluded: str) -> None:
    auditor = await hire(east, "Au", "auditor")
    by_post, empty = await post(east, excluded), await post(east)
    await east.data(HOLD, {"id": empty, "user": auditor.id})

    assert await east.faults(TAKE, take(auditor, by_post)) == TOGETHER
    assert await east.faults(HOLD, {"id": by_post, "user": auditor.id}) == TOGETHER
    assert await east.faults(ROLES_OF, {"id": empty, "roles": [excluded]}) == TOGETHER
    assert await east.faults(ASSIGN, {"id": auditor.id, "role": excluded}, path="/metadata") == TOGETHER
    given = {"id": auditor.id, "roles": ["auditor", excluded]}
    assert await east.faults(ACCOUNT, given, path="/metadata") == TOGETHER
    lines = f"g, user:{auditor.id}, role:{excluded}\n"
    assert await east.faults(IMPORT, {"text": lines}, path="/metadata") == TOGETHER

    colleague = await hire(east, "Co", "seller")
    await east.data(TAKE, take(colleague, by_post))
    assert await east.faults(ASSIGN, {"id": colleague.id, "role": "auditor"}, path="/metadata") == TOGETHER
    assert await changes(east, auditor) == []


async def test_one_of_two_posts_is_given_up_for_the_other_in_one_request(east: Tenant) -> None:
    person = await hire(east, "Li")
    first, second = await post(east, "auditor"), await post(east, "cashier")
    await east.data(TAKE, take(person, first))
    swap = """
    mutation($id: ID!, $take: ID!, $leave: ID!) {
      updateUser(id: $id, input: {posts: {connect: [{id: $take}], disconnect: [{id: $leave}]}}) { id }
    }
    """
    await east.data(swap, {"id": person.id, "take": second, "leave": first})
    assert await changes(east, person) == [["[]", '["auditor"]'], ['["auditor"]', "[]"], ["[]", '["cashier"]']]


async def test_what_is_refused_at_the_end_undoes_the_whole_request(east: Tenant) -> None:
    auditor = await hire(east, "Au", "auditor")
    by_post = await post(east, "cashier")
    query = """
    mutation($id: ID!, $posts: [PostWhere!]) {
      createCustomer(input: {name: "x"}) { id }
      updateUser(id: $id, input: {posts: {connect: $posts}}) { id }
    }
    """
    assert await east.faults(query, take(auditor, by_post)) == TOGETHER
    assert await east.faults(query, take(auditor, by_post), idempotency_key="1") == TOGETHER
    assert await east.data("{ customers { totalCount } }") == {"customers": {"totalCount": 0}}


async def test_a_post_names_declared_roles(east: Tenant) -> None:
    query = 'mutation($roles: [String!]) { createPost(input: {name: "x", roles: $roles}) { id } }'
    unknown = [("BAD_USER_INPUT", "unknown_role", ("roles",))]
    assert await east.faults(query, {"roles": ["seller", "nobody_there"]}) == unknown
    one = await post(east, "seller", "member")
    assert await east.faults(ROLES_OF, {"id": one, "roles": ["nobody_there"]}) == unknown
    assert "post" not in await east.data(ROLES_OF, {"id": one, "roles": ["auditor"]})


async def test_nobody_gives_by_a_post_what_is_above_them(east: Tenant) -> None:
    staffing = await hire(east, "St", "staffing")
    special = await hire(east, "Sp", "staffing", "special")
    person = await hire(east, "Li")
    refused = [("FORBIDDEN", "role_above_yours", ("roles",))]
    low, high, other = await post(east, "seller"), await post(east, "head"), await post(east, "special")

    await east.data(TAKE, take(person, low), person=staffing)
    for too_high in (high, other):
        assert await east.faults(TAKE, take(person, too_high), person=staffing) == refused
        assert await east.faults(HOLD, {"id": too_high, "user": staffing.id}, person=staffing) == refused
    assert await east.faults(ROLES_OF, {"id": low, "roles": ["head"]}, person=staffing) == refused
    await east.data(TAKE, take(person, other), person=special)
    await east.data(TAKE, take(person, high))
    assert (await changes(east, person))[-1][1] == '["head", "seller", "special"]'


async def test_a_key_gives_no_more_than_its_own_roles(east: Tenant) -> None:
    create = """
    mutation($owner: ID!, $roles: [String!]) {
      createApiKey(apiKey: {accountId: $owner, name: "k", roles: $roles}) { key }
    }
    """
    chief = await hire(east, "Chief", "staffing", "head")
    made = await east.data(create, {"owner": chief.id, "roles": ["staffing"]}, path="/metadata")
    program = Person(chief.id, "", "", made["createApiKey"]["key"])
    high = await post(east, "head")
    person = await hire(east, "Li")
    assert await east.faults(TAKE, take(person, high), person=program) == [
        ("FORBIDDEN", "role_above_yours", ("roles",))
    ]
    await east.data(TAKE, take(person, high), person=chief)


async def test_every_way_of_giving_and_ending_a_role_is_logged(east: Tenant) -> None:
    person, staffing = await hire(east, "Li"), await hire(east, "St", "staffing")
    made = (await east.data(ASSIGN, {"id": person.id, "role": "auditor"}, path="/metadata"))["assignRole"]
    by_post = await post(east, "seller")
    await east.data(TAKE, take(person, by_post), person=staffing)
    await east.data("mutation($id: ID!) { revokeRole(id: $id) }", {"id": made["id"]}, path="/metadata")
    await east.data("mutation($id: ID!) { deletePost(id: $id) { id } }", {"id": by_post})
    await east.data(IMPORT, {"text": f"g, user:{person.id}, role:seller\n"}, path="/metadata")
    admin = east.admin.email
    assert await told(east, "ROLE_ASSIGNED", "ROLE_REVOKED") == [
        ("ROLE_ASSIGNED", admin, person.id, "auditor"),
        ("ROLE_ASSIGNED", staffing.email, person.id, "seller"),
        ("ROLE_REVOKED", admin, person.id, "auditor"),
        ("ROLE_REVOKED", admin, person.id, "seller"),
        ("ROLE_ASSIGNED", admin, person.id, "seller"),
    ]
    assert await changes(east, person) == [
        ["[]", '["auditor"]'],
        ['["auditor"]', '["auditor", "seller"]'],
        ['["auditor", "seller"]', '["seller"]'],
        ['["seller"]', "[]"],
        ["[]", '["seller"]'],
    ]
    query = "{ auditLog(filter: {kinds: [ROLE_ASSIGNED]}) { address requestId detail } }"
    newest = (await east.data(query, path="/metadata"))["auditLog"][0]
    assert newest["address"]
    assert newest["requestId"]
    assert newest["detail"]["source"] == "admin"
    everywhere = "{ auditLog(filter: {kinds: [ROLE_ASSIGNED, ROLE_REVOKED]}) { address requestId } }"
    for entry in (await east.data(everywhere, path="/metadata"))["auditLog"]:
        assert entry["address"] == newest["address"], "also of roles that a post gives and takes"
        assert entry["requestId"]


async def test_roles_of_one_tenant_mean_nothing_in_the_other(tenants: Tenants, east: Tenant) -> None:
    await east.data(
        "mutation($document: JSON!) { applyMetadata(document: $document) { version } }",
        {"document": {"roles": [{"name": "eastern", "layer": "operate"}]}},
        path="/metadata",
    )
    query = 'mutation { createPost(input: {name: "x", roles: ["eastern"]}) { id } }'
    assert await tenants.west.faults(query) == [("BAD_USER_INPUT", "unknown_role", ("roles",))]
    await east.data(query)
