"""Nested records: create, connect, disconnect, set, on every kind of relation, and what is refused."""

from __future__ import annotations

from typing import Any

from tests.fixtures.tenants import Tenant, Tenants

NOBODY = "01990000-0000-7000-8000-000000000000"
CREATE = "mutation ($i: CreateCustomerInput!) { createCustomer(input: $i) { id name {0} } }"
UPDATE = "mutation ($id: ID!, $i: UpdateCustomerInput!) { updateCustomer(id: $id, input: $i) { id {0} } }"


def asked(text: str, selection: str = "") -> str:
    return text.replace("{0}", selection)


async def create(tenant: Tenant, given: dict[str, Any], selection: str) -> Any:
    return (await tenant.data(asked(CREATE, selection), {"i": given}))["createCustomer"]


async def update(tenant: Tenant, id: str, given: dict[str, Any], selection: str = "") -> Any:
    return (await tenant.data(asked(UPDATE, selection), {"id": id, "i": given}))["updateCustomer"]


async def test_to_one_is_connected_by_id_by_unique_value_and_created(tenants: Tenants) -> None:
    east = tenants.east
    store = await east.create("Store", name="南京路", code="nj")
    for given in ({"storeId": store}, {"store": {"connect": {"id": store}}}, {"store": {"connect": {"code": "nj"}}}):
        made = await create(east, {"name": "王", **given}, "storeId store { name }")
        assert made["storeId"] == store
        assert made["store"] == {"name": "南京路"}
    made = await create(
        east,
        {"name": "李", "store": {"create": {"name": "新店", "region": {"create": {"name": "华东"}}}}},
        "store { name region { name stores { totalCount } } } regionName",
    )
    assert made["store"] == {"name": "新店", "region": {"name": "华东", "stores": {"totalCount": 1}}}
    assert made["regionName"] == "华东"
    cleared = await update(east, made["id"], {"store": {"disconnect": True}}, "store { name }")
    assert cleared["store"] is None
    again = await update(east, made["id"], {"storeId": store}, "store { name } storeCity")
    assert again["store"] == {"name": "南京路"}
    cleared = await update(east, made["id"], {"storeId": None}, "store { name }")
    assert cleared["store"] is None


async def test_an_empty_relation_input_is_refused_and_changes_nothing(tenants: Tenants) -> None:
    east = tenants.east
    made = await create(east, {"name": "李", "store": {"create": {"name": "店"}}}, "storeId")
    for given in ({}, {"disconnect": False}, {"connect": {"code": "x"}, "disconnect": True}):
        faults = await east.faults(asked(UPDATE), {"id": made["id"], "i": {"store": given}})
        assert faults == [("BAD_USER_INPUT", "bad_relation", ("input", "store"))]
    read = await east.data("query ($id: ID!) { customer(id: $id) { storeId } }", {"id": made["id"]})
    assert read["customer"]["storeId"] == made["storeId"]


async def test_connecting_names_exactly_one_key(tenants: Tenants) -> None:
    for given in ({}, {"code": "a", "id": NOBODY}):
        faults = await tenants.east.faults(asked(CREATE), {"i": {"name": "a", "store": {"connect": given}}})
        assert faults == [("BAD_USER_INPUT", "bad_where", ("input", "store", "connect"))]


async def test_to_many_creates_connects_disconnects_and_sets(tenants: Tenants) -> None:
    east = tenants.east
    a, b = [await east.create("Customer", name=name, phone=f"+861390000000{place}") for place, name in enumerate("ab")]
    store_selection = "customers(orderBy: {name: ASC}) { totalCount nodes { name } }"
    data = await east.data(
        f"mutation ($i: CreateStoreInput!) {{ createStore(input: $i) {{ id customerCount {store_selection} }} }}",
        {
            "i": {
                "name": "店",
                "customers": {
                    "create": [{"name": "new"}],
                    "connect": [{"id": a}, {"phone": "+8613900000001"}, {"id": a}],
                },
            }
        },
    )
    store = data["createStore"]
    assert [node["name"] for node in store["customers"]["nodes"]] == ["a", "b", "new"]
    assert store["customerCount"] == 3
    change = (
        "mutation ($id: ID!, $c: CustomerToManyInput) { updateStore(id: $id, input: {customers: $c})"
        f" {{ version {store_selection} }} }}"
    )
    data = await east.data(change, {"id": store["id"], "c": {"disconnect": [{"id": a}]}})
    assert [node["name"] for node in data["updateStore"]["customers"]["nodes"]] == ["b", "new"]
    assert data["updateStore"]["version"] == 2
    data = await east.data(change, {"id": store["id"], "c": {"set": [{"id": a}, {"id": b}]}})
    assert [node["name"] for node in data["updateStore"]["customers"]["nodes"]] == ["a", "b"]
    data = await east.data(change, {"id": store["id"], "c": {"set": []}})
    assert data["updateStore"]["customers"]["nodes"] == []


async def test_disconnecting_a_record_of_another_parent_leaves_it_there(tenants: Tenants) -> None:
    east = tenants.east
    made = await create(east, {"name": "a", "store": {"create": {"name": "mine"}}}, "storeId")
    other = await east.create("Store", name="other")
    await east.data(
        "mutation ($id: ID!, $c: ID) { updateStore(id: $id, input: {customers: {disconnect: [{id: $c}]}}) { id } }",
        {"id": other, "c": made["id"]},
    )
    read = await east.data("query ($id: ID!) { customer(id: $id) { storeId version } }", {"id": made["id"]})
    assert read["customer"] == {"storeId": made["storeId"], "version": 1}


async def test_many_to_many_from_both_sides(tenants: Tenants) -> None:
    east = tenants.east
    one, two = await east.create("Store", name="one"), await east.create("Store", name="two")
    selection = "favourites(orderBy: {name: ASC}) { totalCount nodes { name } }"
    made = await create(
        east,
        {"name": "a", "favourites": {"connect": [{"id": one}], "create": [{"name": "three"}]}},
        selection,
    )
    assert [node["name"] for node in made["favourites"]["nodes"]] == ["one", "three"]
    changed = await update(
        east, made["id"], {"favourites": {"connect": [{"id": two}], "disconnect": [{"id": one}]}}, selection
    )
    assert [node["name"] for node in changed["favourites"]["nodes"]] == ["three", "two"]
    data = await east.data(
        "mutation ($id: ID!, $c: ID) { updateStore(id: $id, input: {fans: {connect: [{id: $c}]}})"
        " { fans { nodes { name } } } }",
        {"id": one, "c": made["id"]},
    )
    assert data["updateStore"]["fans"]["nodes"] == [{"name": "a"}]
    changed = await update(east, made["id"], {"favourites": {"set": [{"id": two}]}}, selection)
    assert [node["name"] for node in changed["favourites"]["nodes"]] == ["two"]


async def test_a_relation_to_itself_works_both_ways(tenants: Tenants) -> None:
    east = tenants.east
    made = await create(
        east,
        {"name": "a", "referrals": {"create": [{"name": "b"}]}, "friends": {"create": [{"name": "c"}]}},
        "referrals { nodes { name referrer { name } } } friends { nodes { name friendOf { nodes { name } } } }",
    )
    assert made["referrals"]["nodes"] == [{"name": "b", "referrer": {"name": "a"}}]
    assert made["friends"]["nodes"] == [{"name": "c", "friendOf": {"nodes": [{"name": "a"}]}}]
    changed = await update(east, made["id"], {"referrerId": made["id"]}, "referrer { name } referrals { totalCount }")
    assert changed["referrer"] == {"name": "a"}
    assert changed["referrals"]["totalCount"] == 2


async def test_polymorphic_leads_to_each_target_and_back(tenants: Tenants) -> None:
    east = tenants.east
    customer = await east.create("Customer", name="王")
    order = await east.create("Order", customerId=customer)
    note = 'mutation ($t: String, $id: ID) { createNote(input: {body: "n", targetType: $t, targetId: $id}) { id'
    note += " targetType target { ... on Customer { name } ... on Order { customerId } } } }"
    data = await east.data(note, {"t": "customer", "id": customer})
    assert data["createNote"]["target"] == {"name": "王"}
    assert data["createNote"]["targetType"] == "customer"
    data = await east.data(note, {"t": "order", "id": order})
    assert data["createNote"]["target"] == {"customerId": customer}
    made = await create(east, {"name": "b", "notes": {"create": [{"body": "x"}]}}, "notes { nodes { body targetId } }")
    assert made["notes"]["nodes"] == [{"body": "x", "targetId": made["id"]}]
    assert await east.faults(note, {"t": "order", "id": customer}) == [
        ("BAD_USER_INPUT", "unknown_record", ("input", "targetId"))
    ]
    assert [fault[:2] for fault in await east.faults(note, {"t": "store", "id": customer})] == [
        ("BAD_USER_INPUT", "bad_value")
    ]


async def test_unknown_deleted_and_foreign_ids_are_all_told_at_their_paths(tenants: Tenants) -> None:
    east, west = tenants.both
    theirs = await west.create("Store", name="west")
    gone = await east.create("Store", name="gone")
    await east.data("mutation ($id: ID!) { deleteStore(id: $id) { id } }", {"id": gone})
    faults = await east.faults(
        "mutation ($i: [CreateCustomerInput!]!) { createCustomers(inputs: $i) { id } }",
        {
            "i": [
                {"name": "fine"},
                {"name": "a", "storeId": NOBODY},
                {"name": "b", "store": {"connect": {"id": gone}}, "referrerId": NOBODY},
                {"name": "c", "store": {"connect": {"id": theirs}}},
            ]
        },
    )
    unknown = ("BAD_USER_INPUT", "unknown_record")
    assert sorted(faults, key=str) == sorted(
        [
            (*unknown, ("inputs", 1, "storeId")),
            (*unknown, ("inputs", 2, "store", "connect", "id")),
            (*unknown, ("inputs", 2, "referrerId")),
            (*unknown, ("inputs", 3, "store", "connect", "id")),
        ],
        key=str,
    )
    faults = await east.faults(
        asked(CREATE),
        {
            "i": {
                "name": "a",
                "store": {"connect": {"code": "nothing"}},
                "favourites": {
                    "connect": [{"id": theirs}, {"id": gone}],
                    "create": [{"name": "s", "regionId": NOBODY}],
                },
                "orders": {"create": [{}, {"storeId": gone}]},
            }
        },
    )
    assert sorted(faults, key=str) == sorted(
        [
            (*unknown, ("input", "store", "connect")),
            (*unknown, ("input", "favourites", "connect", 0)),
            (*unknown, ("input", "favourites", "connect", 1)),
            (*unknown, ("input", "favourites", "create", 0, "regionId")),
            (*unknown, ("input", "orders", "create", 1, "storeId")),
        ],
        key=str,
    )
    read = await east.data("{ customers { totalCount } stores { totalCount } orders { totalCount } }")
    assert [item["totalCount"] for item in read.values()] == [0, 0, 0]


async def test_faults_of_nested_records_stand_at_their_paths(tenants: Tenants) -> None:
    faults = await tenants.east.faults(
        asked(CREATE),
        {
            "i": {
                "orders": {"create": [{}, {"due": "never", "notes": {"create": [{}]}}]},
                "store": {"create": {"opened": "2024-02-30"}},
            }
        },
    )
    assert {fault[2] for fault in faults} == {
        ("i", "orders", "create", 1, "due"),
        ("i", "store", "create", "opened"),
    }  # scalars are read before records
    faults = await tenants.east.faults(
        asked(CREATE),
        {"i": {"orders": {"create": [{}, {"quantity": -1, "notes": {"create": [{}]}}]}, "store": {"create": {}}}},
    )
    assert {fault[2] for fault in faults} == {
        ("input", "name"),
        ("input", "orders", "create", 1, "notes", "create", 0, "body"),
        ("input", "store", "create", "name"),
    }


async def test_nesting_is_bounded(tenants: Tenants) -> None:
    inner: dict[str, Any] = {"name": "end"}
    for _ in range(6):
        inner = {"name": "n", "referrals": {"create": [inner]}}
    faults = await tenants.east.faults(asked(CREATE), {"i": inner})
    path = ("input", *("referrals", "create", 0) * 5, "referrals")
    assert faults == [("BAD_USER_INPUT", "too_deep", path)]
    made = await create(tenants.east, inner["referrals"]["create"][0], "")
    assert made["name"] == "n"


async def test_a_required_relation_cannot_be_emptied_from_the_other_side(tenants: Tenants) -> None:
    east = tenants.east
    made = await create(east, {"name": "a", "orders": {"create": [{}]}}, "orders { nodes { id } }")
    order = made["orders"]["nodes"][0]["id"]
    emptying: tuple[dict[str, Any], ...] = ({"disconnect": [{"id": order}]}, {"set": []})
    for given in emptying:
        faults = await east.faults(asked(UPDATE), {"id": made["id"], "i": {"orders": given}})
        assert faults == [("BAD_USER_INPUT", "required_relation", ("input", "orders"))]
    other = await east.create("Customer", name="b")
    moved = await update(east, other, {"orders": {"connect": [{"id": order}]}}, "orders { nodes { id } }")
    assert moved["orders"]["nodes"] == [{"id": order}]


async def test_a_fault_of_the_last_item_leaves_nothing_done(tenants: Tenants) -> None:
    east = tenants.east
    faults = await east.faults(
        asked(CREATE),
        {
            "i": {
                "name": "a",
                "store": {"create": {"name": "new"}},
                "favourites": {"create": [{"name": "new"}]},
                "orders": {"create": [{"quantity": 1}]},
                "referrals": {"create": [{"name": "ok"}, {"name": "vip", "level": "VIP"}]},
            }
        },
    )
    assert faults == [("BAD_USER_INPUT", "validation", ("input", "referrals", "create", 1, "phone"))]
    read = await east.data("{ customers { totalCount } stores { totalCount } orders { totalCount } }")
    assert [item["totalCount"] for item in read.values()] == [0, 0, 0]
    async with tenants.services.connections.acquire() as connection:
        assert (
            await connection.fetchval(
                "select count(*) from tangram.event where tenant_id = $1 and object not like 'identity__%'", east.id
            )
            == 0
        )
    order = await east.create("Order", customerId=await east.create("Customer", name="b"))
    read = await east.data("query ($id: ID!) { order(id: $id) { orderNo } }", {"id": order})
    assert read["order"]["orderNo"].endswith("-0001")  # the gapless number was given back
