"""Departments, regions, teams, posts and users through the API: trees keep their paths, posts give roles."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.fixtures.tenants import Tenant, Tenants

DEPARTMENTS = "{ departments(first: 200) { nodes { id parentId path } } }"
MOVE = "mutation($id: ID!, $to: ID) { updateDepartment(id: $id, input: {parentId: $to}) { id path } }"


async def paths(tenant: Tenant) -> dict[str, str]:
    """The path of each department, and that it is the chain of those above it."""
    nodes = (await tenant.data(DEPARTMENTS))["departments"]["nodes"]
    above = {node["id"]: node["parentId"] for node in nodes}
    for node in nodes:
        chain, here = "", node["id"]
        while here is not None:
            chain, here = f"{here}/{chain}", above[here]
        assert node["path"] == f"/{chain}"
    return {node["id"]: node["path"] for node in nodes}


async def department(tenant: Tenant, name: str, parent: str | None = None) -> str:
    return await tenant.create("Department", name=name, parentId=parent)


async def test_a_department_that_moves_takes_those_below_along(tenants: Tenants) -> None:
    east = tenants.east
    sales = await department(east, "销售")
    south = await department(east, "华南", sales)
    shop = await department(east, "深圳店", south)
    other = await department(east, "代理")
    before = await paths(east)
    assert before[shop] == f"/{sales}/{south}/{shop}/"

    moved = await east.data(MOVE, {"id": south, "to": other})

    assert moved["updateDepartment"]["path"] == f"/{other}/{south}/"
    assert (await paths(east))[shop] == f"/{other}/{south}/{shop}/"
    await east.data(MOVE, {"id": south, "to": None})
    assert (await paths(east))[shop] == f"/{south}/{shop}/"


async def test_what_is_answered_of_a_new_record_knows_its_path(tenants: Tenants) -> None:
    made = await tenants.east.data(
        'mutation { createDepartment(input: {name: "a", parent: {create: {name: "b"}}})'
        " { id path parent { id path } } }"
    )
    new = made["createDepartment"]
    assert new["parent"]["path"] == f"/{new['parent']['id']}/"
    assert new["path"] == f"/{new['parent']['id']}/{new['id']}/"


async def test_many_departments_made_at_once_may_stand_under_each_other(tenants: Tenants) -> None:
    ids = [f"01890000-0000-7000-8000-00000000000{place}" for place in range(4)]
    inputs = [{"id": ids[place], "name": str(place), "parentId": ids[place + 1]} for place in range(3)]
    inputs.append({"id": ids[3], "name": "top"})
    await tenants.east.data(
        "mutation($inputs: [CreateDepartmentInput!]!) { createDepartments(inputs: $inputs) { id } }",
        {"inputs": inputs},
    )
    assert (await paths(tenants.east))[ids[0]] == f"/{ids[3]}/{ids[2]}/{ids[1]}/{ids[0]}/"


async def test_a_department_cannot_stand_under_itself(tenants: Tenants) -> None:
    east = tenants.east
    top = await department(east, "a")
    below = await department(east, "b", top)
    assert await east.faults(MOVE, {"id": top, "to": below}) == [
        ("BAD_USER_INPUT", "tree_cycle", ("input", "parentId"))
    ]
    assert await east.faults(MOVE, {"id": top, "to": top}) == [("BAD_USER_INPUT", "tree_cycle", ("input", "parentId"))]
    assert (await paths(east))[below] == f"/{top}/{below}/"


async def test_two_moves_at_once_close_no_circle(tenants: Tenants) -> None:
    east = tenants.east
    one, two = await department(east, "a"), await department(east, "b")
    replies = await asyncio.gather(
        east.graphql(MOVE, {"id": one, "to": two}), east.graphql(MOVE, {"id": two, "to": one})
    )
    assert sum("errors" in reply.body for reply in replies) == 1
    await paths(east)


async def test_a_tree_is_at_most_64_levels_deep(tenants: Tenants) -> None:
    nested: dict[str, Any] = {"id": f"01890000-0000-7000-8000-{0:012d}", "name": "top"}
    inputs = [nested]
    for level in range(1, 65):
        inputs.append(
            {
                "id": f"01890000-0000-7000-8000-{level:012d}",
                "name": str(level),
                "parentId": f"01890000-0000-7000-8000-{level - 1:012d}",
            }
        )
    query = "mutation($inputs: [CreateDepartmentInput!]!) { createDepartments(inputs: $inputs) { id } }"
    ((code, reason, _path),) = await tenants.east.faults(query, {"inputs": inputs})
    assert (code, reason) == ("BAD_USER_INPUT", "tree_too_deep")
    await tenants.east.data(query, {"inputs": inputs[:64]})


async def test_an_account_is_a_record_that_follows_it(tenants: Tenants) -> None:
    east = tenants.east
    query = "query($email: String!) { users(filter: {email: {eq: $email}}) { nodes { id name status roles path } } }"
    (member,) = (await east.data(query, {"email": east.member.email}))["users"]["nodes"]
    assert member == {
        "id": east.member.id,
        "name": east.member.name,
        "status": "ACTIVE",
        "roles": member["roles"],
        "path": f"/{east.member.id}/",
    }
    await east.data(
        'mutation($id: ID!) { updateAccount(id: $id, account: {name: "新名"}) { id } }',
        {"id": east.member.id},
        path="/metadata",
    )
    query = "query($id: ID!) { user(id: $id) { name } }"
    assert await east.data(query, {"id": east.member.id}) == {"user": {"name": "新名"}}
    assert await tenants.west.data(query, {"id": east.member.id}) == {"user": None}


async def test_what_an_account_says_is_not_written_as_a_record(tenants: Tenants) -> None:
    east = tenants.east
    for text in (
        'updateUser(id: "x", input: {name: "a"}) { id }',
        'createUser(input: {name: "a"}) { id }',
        'deleteUser(id: "x") { id }',
    ):
        (fault,) = (await east.graphql(f"mutation {{ {text} }}")).errors
        assert fault["extensions"]["code"] == "BAD_USER_INPUT"


async def test_members_do_not_say_who_stands_where(tenants: Tenants) -> None:
    east = tenants.east
    query = "mutation($id: ID!) { updateUser(id: $id, input: {superiorId: null}) { id } }"
    await east.data(query, {"id": east.member.id})
    assert (await east.graphql(query, {"id": east.member.id}, person=east.member)).errors
    assert (await east.graphql('mutation { createPost(input: {name: "x"}) { id } }', person=east.member)).errors
