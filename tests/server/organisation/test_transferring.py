"""`transferPost`: posts and what was owned go from one to another at once, for every process and open socket."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.http import served
from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, govern, hire
from tests.server.graphql.test_subscriptions import UPDATE, opened, relayed, settled

__all__ = ["relayed"]

TRANSFER = """
mutation($from: ID!, $to: ID, $posts: [ID!], $records: [String!]) {
  transferPost(from: $from, to: $to, posts: $posts, records: $records) { posts records { object count } }
}
"""
TAKE = "mutation($id: ID!, $posts: [PostWhere!]) { updateUser(id: $id, input: {posts: {connect: $posts}}) { id } }"
CUSTOMERS = "{ customers { totalCount } }"
WATCH = "subscription { customerChanged { id } }"
ROLES: list[dict[str, Any]] = [
    {"name": "seller", "layer": "operate"},
    {"name": "auditor", "layer": "operate", "excludes": ["seller"]},
    {"name": "staffing", "layer": "manage"},
]
POLICIES = [
    allow("seller", "customer", "read", "update", scope="own"),
    *(allow("staffing", name, "read", "update") for name in ("user", "post")),
]


async def staffed(tenant: Tenant) -> tuple[Person, Person, str]:
    """Li holds the post of a seller, Wu holds none."""
    await govern(tenant, roles=ROLES, policies=POLICIES)
    li, wu = await hire(tenant, "Li"), await hire(tenant, "Wu")
    post = await tenant.create("Post", name="销售", roles=["seller"])
    await tenant.data(TAKE, {"id": li.id, "posts": [{"id": post}]})
    return li, wu, post


async def may(tenant: Tenant, person: Person) -> bool:
    return "errors" not in (await tenant.graphql(CUSTOMERS, person=person)).body


async def owners(tenant: Tenant) -> list[tuple[str, str]]:
    nodes = (await tenant.data("{ customers(orderBy: [{name: ASC}]) { nodes { name ownerId } } }"))["customers"][
        "nodes"
    ]
    return [(one["name"], one["ownerId"]) for one in nodes]


async def test_posts_and_records_go_over_in_one_request(tenants: Tenants) -> None:
    east = tenants.east
    li, wu, post = await staffed(east)
    await east.create("Customer", name="a", ownerId=li.id)
    await east.create("Customer", name="b", ownerId=wu.id)
    await east.create("Store", name="s", ownerId=li.id)
    found = await east.data(TRANSFER, {"from": li.id, "to": wu.id, "records": ["customer"]})
    assert found["transferPost"] == {"posts": [post], "records": [{"object": "customer", "count": 1}]}
    assert (await may(east, li), await may(east, wu)) == (False, True)
    assert await owners(east) == [("a", wu.id), ("b", wu.id)]
    assert (await east.data("{ stores { nodes { ownerId } } }"))["stores"]["nodes"] == [{"ownerId": li.id}]


async def test_a_post_is_left_vacant(tenants: Tenants) -> None:
    east = tenants.east
    li, _wu, post = await staffed(east)
    other = await east.create("Post", name="二", roles=["seller"])
    await east.data(TAKE, {"id": li.id, "posts": [{"id": other}]})
    assert (await east.data(TRANSFER, {"from": li.id, "posts": [post]}))["transferPost"]["posts"] == [post]
    assert await may(east, li)
    assert (await east.data(TRANSFER, {"from": li.id}))["transferPost"]["posts"] == [other]
    assert not await may(east, li)


async def test_what_may_not_be_handed_over_undoes_all_of_it(tenants: Tenants) -> None:
    east = tenants.east
    li, wu, _post = await staffed(east)
    await east.create("Customer", name="a", ownerId=li.id)
    await east.data(
        'mutation($id: ID!) { assignRole(accountId: $id, role: "auditor") { id } }', {"id": wu.id}, path="/metadata"
    )
    given = {"from": li.id, "to": wu.id, "records": ["customer"]}
    assert await east.faults(TRANSFER, given) == [("CONFLICT", "roles_exclude_each_other", ("roles",))]
    assert (await may(east, li), await may(east, wu)) == (True, False)
    assert await owners(east) == [("a", li.id)]


async def test_rights_are_those_of_writing_posts_and_records(tenants: Tenants) -> None:
    east = tenants.east
    li, wu, post = await staffed(east)
    staffing = await hire(east, "St", "staffing")
    await east.create("Customer", name="a", ownerId=li.id)
    assert await east.faults(TRANSFER, {"from": li.id}, person=wu) == [("BAD_USER_INPUT", "invalid_operation", ())]
    given = {"from": li.id, "to": wu.id, "records": ["customer"]}
    unseen = [("BAD_USER_INPUT", "unknown_object", ("records", 0))]  # for them there are no customers
    assert await east.faults(TRANSFER, given, person=staffing) == unseen
    assert await may(east, li)
    found = await east.data(TRANSFER, {"from": li.id, "to": wu.id}, person=staffing)
    assert found["transferPost"] == {"posts": [post], "records": []}


async def test_what_stays_behind_is_named_as_far_as_it_is_seen(tenants: Tenants) -> None:
    east = tenants.east
    handing = [
        allow("staffing", "customer", condition="points < 9"),
        allow("staffing", "customer", "transfer", condition="points < 5"),
    ]
    await govern(east, roles=ROLES, policies=[*POLICIES, *handing])
    li, wu, staffing = [await hire(east, name, *roles) for name, *roles in (("Li",), ("Wu",), ("St", "staffing"))]
    _gone, seen, _unseen = [
        await east.create("Customer", name=f"c{points}", points=points, ownerId=li.id) for points in (1, 5, 9)
    ]
    query = TRANSFER.replace("count", "count kept moreKept")
    found = await east.data(query, {"from": li.id, "to": wu.id, "records": ["customer"]}, person=staffing)
    assert found["transferPost"]["records"] == [{"object": "customer", "count": 1, "kept": [seen], "moreKept": False}]
    assert await owners(east) == [("c1", wu.id), ("c5", li.id), ("c9", li.id)]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"records": ["nothing"]}, ("BAD_USER_INPUT", "unknown_object", ("records", 0))),
        ({"records": ["customer"], "to": None}, ("BAD_USER_INPUT", "nobody_to_own", ("to",))),
        ({"to": "from"}, ("BAD_USER_INPUT", "same_person", ("to",))),
        ({"to": "x"}, ("BAD_USER_INPUT", "bad_id", ("to",))),
        ({"to": "0190a0a0-0000-7000-8000-000000000000"}, ("NOT_FOUND", "unknown_record", ("to",))),
        ({"posts": ["0190a0a0-0000-7000-8000-000000000000"]}, ("BAD_USER_INPUT", "not_held", ("posts", 0))),
    ],
)
async def test_bad_transfers_are_told(tenants: Tenants, given: dict[str, Any], fault: tuple[Any, ...]) -> None:
    east = tenants.east
    li, wu, _post = await staffed(east)
    asked = {"from": li.id, "to": wu.id, **given}
    asked["to"] = li.id if asked["to"] == "from" else asked["to"]
    assert await east.faults(TRANSFER, asked) == [fault]


async def test_nobody_of_another_tenant_takes_part(tenants: Tenants) -> None:
    east, west = tenants.both
    li, _wu, _post = await staffed(east)
    unknown = [("NOT_FOUND", "unknown_record", ("to",))]
    assert await east.faults(TRANSFER, {"from": li.id, "to": west.member.id}) == unknown
    assert await west.faults(TRANSFER, {"from": li.id}) == [("NOT_FOUND", "unknown_record", ("from",))]


async def test_open_sockets_of_every_process_tell_nothing_more_after_a_transfer(relayed: Tenants) -> None:
    """Two web processes with a socket each; the transfer is asked of a third."""
    east = relayed.east
    li, wu, _post = await staffed(east)
    mine = await east.create("Customer", name="mine", ownerId=li.id)
    async with (
        served(relayed.config) as first_url,
        served(relayed.config) as second_url,
        opened(first_url, li) as first,
        opened(second_url, li) as second,
    ):
        for socket in (first, second):
            await socket.watch(WATCH)
        await settled(relayed, east)
        await east.data(UPDATE, {"id": mine, "i": {"points": 1}})
        assert [(await socket.change())["id"] for socket in (first, second)] == [mine, mine]
        await east.data(TRANSFER, {"from": li.id, "to": wu.id, "records": ["customer"]})
        await east.data(UPDATE, {"id": mine, "i": {"points": 2}})
        for socket in (first, second):
            message = await socket.next()
            assert message["type"] == "error" or "errors" in message["payload"], message
    async with served(relayed.config) as url, opened(url, wu) as socket:
        await socket.watch(WATCH)
        await settled(relayed, east)
        await east.data(UPDATE, {"id": mine, "i": {"points": 3}})
        assert (await socket.change())["id"] == mine
