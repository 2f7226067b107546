"""Posts give their roles to who holds them, from the next request on and no longer."""

from __future__ import annotations

from typing import Any

import pytest

from server.access.assignments import assignments_of
from server.database.sql import qualified
from tests.fixtures.tenants import Tenant, Tenants

POLICIES = {
    "roles": [{"name": "seller"}, {"name": "marketer"}],
    "policies": [
        {"name": "sales", "kind": "allow", "role": "seller", "object": "customer", "actions": ["read"]},
        {"name": "regions", "kind": "allow", "role": "marketer", "object": "region", "actions": ["read"]},
    ],
}
APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
MOVE = """
mutation($id: ID!, $take: [PostWhere!], $leave: [PostWhere!]) {
  updateUser(id: $id, input: {posts: {connect: $take, disconnect: $leave}}) { posts { nodes { name } } }
}
"""
CUSTOMERS = "{ customers { totalCount } }"
REGIONS = "{ regions { totalCount } }"


@pytest.fixture
async def east(tenants: Tenants) -> Tenant:
    for tenant in tenants.both:
        await tenant.data(APPLY, {"document": POLICIES}, path="/metadata")
    return tenants.east


async def post(tenant: Tenant, name: str, *roles: str) -> str:
    return await tenant.create("Post", name=name, roles=list(roles))


async def move(tenant: Tenant, *, take: tuple[str, ...] = (), leave: tuple[str, ...] = ()) -> Any:
    given = {"take": [{"id": one} for one in take], "leave": [{"id": one} for one in leave]}
    return await tenant.data(MOVE, {"id": tenant.member.id, **given})


async def may(tenant: Tenant, query: str) -> bool:
    return "errors" not in (await tenant.graphql(query, person=tenant.member)).body


async def held(tenant: Tenant) -> list[tuple[str, str, bool]]:
    async with tenant.services.connections.acquire() as connection:
        found = await assignments_of(connection, tenant.id, tenant.member.id)
    return sorted((one.role, one.source, one.holds) for one in found)


async def test_a_post_gives_its_roles_and_takes_them_with_it(east: Tenant) -> None:
    sales, marketing = await post(east, "销售", "seller"), await post(east, "市场", "marketer")
    assert not await may(east, CUSTOMERS)

    await move(east, take=(sales,))
    assert (await may(east, CUSTOMERS), await may(east, REGIONS)) == (True, False)

    await move(east, take=(marketing,), leave=(sales,))
    assert (await may(east, CUSTOMERS), await may(east, REGIONS)) == (False, True)
    assert await held(east) == [("marketer", "post", True), ("seller", "post", False)]


async def test_a_role_of_two_posts_is_held_while_either_is(east: Tenant) -> None:
    first, second = await post(east, "一", "seller"), await post(east, "二", "seller")
    await move(east, take=(first, second))
    await move(east, leave=(first,))
    assert await may(east, CUSTOMERS)
    await move(east, leave=(second,))
    assert not await may(east, CUSTOMERS)


async def test_a_post_that_gets_other_roles_gives_these(east: Tenant) -> None:
    one = await post(east, "岗", "seller")
    await move(east, take=(one,))
    assert await may(east, CUSTOMERS)
    await east.data(
        "mutation($id: ID!, $roles: [String!]) { updatePost(id: $id, input: {roles: $roles}) { id } }",
        {"id": one, "roles": ["marketer"]},
    )
    assert (await may(east, CUSTOMERS), await may(east, REGIONS)) == (False, True)
    await east.data("mutation($id: ID!) { deletePost(id: $id) { id } }", {"id": one})
    assert not await may(east, REGIONS)
    await east.data("mutation($id: ID!) { restorePost(id: $id) { id } }", {"id": one})
    assert await may(east, REGIONS)


async def test_conditions_ask_for_the_organisation_of_the_actor(east: Tenant) -> None:
    condition = '"marketer" in actor.roles && name == actor.department.name && actor.main_post.id in actor.posts'
    policy = {"name": "p", "kind": "allow", "role": "*", "object": "store", "actions": ["read"], "condition": condition}
    await east.data(APPLY, {"document": {"policies": [policy]}}, path="/metadata")
    one = await post(east, "岗", "marketer")
    await east.create("Store", name="市场部")
    await east.create("Store", name="销售部")
    await move(east, take=(one,))
    await east.data(
        "mutation($id: ID!, $to: ID, $post: ID) {"
        " updateUser(id: $id, input: {departmentId: $to, mainPostId: $post}) { id } }",
        {"id": east.member.id, "to": await east.create("Department", name="市场部"), "post": one},
    )
    seen = await east.data("{ stores { nodes { name } } }", person=east.member)
    assert seen["stores"]["nodes"] == [{"name": "市场部"}]


async def test_no_post_gives_the_administrators_role(east: Tenant) -> None:
    query = 'mutation($roles: [String!]) { createPost(input: {name: "x", roles: $roles}) { id } }'
    assert await east.faults(query, {"roles": ["administrator"]}) == [
        ("BAD_USER_INPUT", "validation", ("input", "roles"))
    ]
    one = await post(east, "岗")
    async with east.services.connections.acquire() as connection:
        await connection.execute(
            f"update {qualified(east.schema, 'post')} set roles = $2 where id = $1",
            one,
            ["administrator", "platform_administrator", "seller"],
        )
    await move(east, take=(one,))
    assert await held(east) == [("seller", "post", True)]


async def test_posts_of_one_tenant_give_nothing_in_the_other(tenants: Tenants, east: Tenant) -> None:
    await move(east, take=(await post(east, "销售", "seller"),))
    assert not await may(tenants.west, CUSTOMERS)
    assert await held(tenants.west) == []


async def test_who_changes_department_loses_what_was_granted_for_a_time(east: Tenant) -> None:
    async with east.services.connections.acquire() as connection:
        await connection.execute(
            "insert into tangram.access_grant (id, tenant_id, batch_id, user_id, object, actions, fields, shape,"
            " valid_from, reason, requested_at, approved_by, approved_at) values (gen_random_uuid(), $1,"
            " gen_random_uuid(), $2, 'customer', '{read}', '{}', 'x', now(), '', now(), $2, now())",
            east.id,
            east.member.id,
        )
        query = "select ended_by from tangram.access_grant where user_id = $1"
        await east.data(
            "mutation($id: ID!, $to: ID) { updateUser(id: $id, input: {departmentId: $to}) { departmentId } }",
            {"id": east.member.id, "to": await east.create("Department", name="市场部")},
        )
        assert await connection.fetchval(query, east.member.id) == "transfer"
        account = await connection.fetchrow("select department_id from tangram.account where id = $1", east.member.id)
    data = await east.data("query($id: ID!) { user(id: $id) { departmentId } }", {"id": east.member.id})
    assert data["user"]["departmentId"] == account["department_id"]
