"""Every write obeys the policies: the record before, the record after, each field, and both sides of a relation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests import servers
from tests.governed import allow, deny, field_rights
from tests.server.graphql.writing.office import EVERYTHING, PEOPLE, Office, office_opened

UNSEEN = [("NOT_FOUND", "unknown_record", ("id",))]
NO_SUCH_FIELD = [("BAD_USER_INPUT", "invalid_operation", ())]
UPDATE = "mutation ($id: ID!, $i: UpdateCustomerInput!) { updateCustomer(id: $id, input: $i) { id } }"
CREATE = "mutation ($i: CreateCustomerInput!) { createCustomer(input: $i) { id name } }"


@pytest.fixture(scope="module")
async def office(test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with office_opened(test_servers, tmp_path_factory.mktemp("files")) as opened:
        yield opened


def forbidden(reason: str, *path: str | int) -> list[Any]:
    return [("FORBIDDEN", reason, path)]


# ── the matrix: every root field that writes × how somebody stands to the record ─────────────────

ONE = {
    "update": 'mutation ($id: ID!) { updateCustomer(id: $id, input: {remark: "r"}) { id } }',
    "update nested": (
        'mutation ($id: ID!) { updateCustomer(id: $id, input: {referrals: {create: [{name: "n"}]}, remark: "r"})'
        " { id } }"
    ),
    "upsert": 'mutation ($id: ID!) { upsertCustomer(by: [ID], input: {id: $id, name: "u"}) { id } }',
    "upsert many": 'mutation ($id: ID!) { upsertCustomers(by: [ID], inputs: [{id: $id, name: "u"}]) { id } }',
    "delete": "mutation ($id: ID!) { deleteCustomer(id: $id) { id } }",
    "restore": "mutation ($id: ID!) { restoreCustomer(id: $id) { id } }",
    "destroy": "mutation ($id: ID!) { destroyCustomer(id: $id) }",
    "merge into": "mutation ($id: ID!, $other: ID!) { mergeCustomers(into: $id, ids: [$other]) { id } }",
    "merge away": "mutation ($id: ID!, $other: ID!) { mergeCustomers(into: $other, ids: [$id]) { id } }",
}
MANY = {
    "update many": (
        "mutation ($id: ID!) { done: updateCustomers(filter: {id: {eq: $id}}, input: {points: 5}) { count } }"
    ),
    "delete many": "mutation ($id: ID!) { done: deleteCustomers(filter: {id: {eq: $id}}) { count } }",
    "restore many": "mutation ($id: ID!) { done: restoreCustomers(filter: {id: {eq: $id}}) { count } }",
    "destroy many": "mutation ($id: ID!) { done: destroyCustomers(filter: {id: {eq: $id}}) { count } }",
}
OF_DELETED = ("restore", "destroy", "restore many", "destroy many")
UNSEEN_BY_FIELD = {
    "upsert": [("CONFLICT", "not_unique", ("input", "id"))],
    "upsert many": [("CONFLICT", "not_unique", ("inputs", 0, "id"))],
    "merge into": [("NOT_FOUND", "unknown_record", ("into",))],
    "merge away": [("NOT_FOUND", "unknown_record", ("ids", 0))],
}


async def prepared(office: Office, who: str, name: str) -> dict[str, str]:
    """A customer of the owner's, removed where the write is about removed ones, and one of one's own to merge with."""
    customer = await office.customer()
    if name in OF_DELETED:
        await office.east.data("mutation ($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": customer})
    variables = {"id": customer}
    if name.startswith("merge"):
        is_ours = who != "outsider"
        owner = office.people[who].id if is_ours else office.people["owner"].id
        variables["other"] = await (
            office.customer(ownerId=owner, remark="r")
            if is_ours
            else office.tenants.west.create("Customer", name="other")
        )
    return variables


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", [*ONE, *MANY])
async def test_matrix_of_writes(office: Office, name: str, who: str) -> None:
    variables = await prepared(office, who, name)
    before = await office.row(variables["id"])
    query = ONE.get(name) or MANY[name]
    reply = await office.at(who).graphql(query, variables, person=office.people[who])
    faults = reply.faults if "errors" in reply.body else []
    after = await office.row(variables["id"])
    if who in ("owner", "manager"):
        assert (faults, after == before) == ([], False)
    elif who == "nobody":
        assert (faults, after) == (NO_SUCH_FIELD, before)
    elif name in MANY:
        assert (faults, reply.data["done"], after) == ([], {"count": 0}, before)
    elif who == "outsider" and name.startswith("upsert"):  # it is theirs to create, in their own tenant
        assert (faults, after) == ([], before)
    else:
        assert (faults, after) == (UNSEEN_BY_FIELD.get(name, UNSEEN), before)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("owner", []),
        ("peer", forbidden("row_not_allowed", "input")),
        ("manager", []),
        ("stranger", forbidden("row_not_allowed", "input")),
        ("nobody", NO_SUCH_FIELD),
    ],
)
async def test_a_record_is_created_only_where_it_may_stand(office: Office, who: str, expected: Any) -> None:
    given = {"name": "n", "ownerId": office.people["owner"].id, "departmentId": office.department}
    assert set(await office.faults(who, CREATE, {"i": given})) == set(expected)
    many = "mutation ($i: [CreateCustomerInput!]!) { createCustomers(inputs: $i) { id } }"
    told = await office.faults(who, many, {"i": [{"name": "mine"}, given]})
    assert set(told) == {(code, reason, ("inputs", 1) if path else path) for code, reason, path in expected}


async def test_whoever_sees_no_accounts_still_owns_what_they_create(office: Office) -> None:
    await office.govern(
        allow("clerk", "store", *EVERYTHING, scope="own"),
        deny("clerk", "user", "read"),
        field_rights("clerk", "store", "code", write=False, priority=2),
    )
    create = "mutation ($i: CreateStoreInput!) { createStore(input: $i) { id } }"
    made = await office.data("nobody", create, {"i": {"name": "s"}})
    row = await office.row(made["createStore"]["id"], "store")
    assert str(row["owner_id"]) == office.people["nobody"].id
    await office.govern()


# ── the record after ─────────────────────────────────────────────────────────────────────────────


async def test_a_record_stays_within_what_its_writer_may_change(office: Office) -> None:
    customer = await office.customer()
    away = {"id": customer, "i": {"departmentId": office.other_department, "remark": "r"}}
    await office.govern(allow("manager", "customer", "update", condition='level == "vip"'))
    assert await office.faults("owner", UPDATE, away) == []  # still their own
    moved = await office.customer(ownerId=office.people["peer"].id)
    assert await office.faults("manager", UPDATE, away | {"id": moved}) == []  # managers may transfer
    await office.govern(deny("manager", "customer", "transfer"))
    moved = await office.customer(ownerId=office.people["peer"].id)
    assert await office.faults("manager", UPDATE, away | {"id": moved}) == forbidden("leaves_scope", "input")
    many = (
        "mutation ($f: CustomerFilter!, $i: UpdateCustomerInput!) { updateCustomers(filter: $f, input: $i) { count } }"
    )
    bulk = {"f": {"id": {"in": [moved, customer]}}, "i": away["i"]}
    assert await office.faults("manager", many, bulk) == forbidden("leaves_scope", "input")
    assert str((await office.row(moved))["department_id"]) == office.department
    await office.govern()


async def test_a_change_of_lists_keeps_a_record_within_what_its_writer_may_change(office: Office) -> None:
    shared = allow("seller", "customer", "read", "update", condition='favourites.some(name == "shared")')
    await office.govern(shared)
    store = await office.east.create("Store", name="shared")
    links: dict[str, Any] = {"connect": [{"id": store}]}
    customer = await office.customer(ownerId=office.people["peer"].id, favourites=links)
    away: dict[str, Any] = {"id": customer, "i": {"favourites": {"disconnect": [{"id": store}]}, "remark": "r"}}
    assert await office.faults("owner", UPDATE, away) == forbidden("leaves_scope", "input")
    assert (await office.row(customer))["remark"] is None
    await office.govern(shared, allow("seller", "customer", "transfer"))
    assert await office.faults("owner", UPDATE, away) == []
    await office.govern()


async def test_an_answer_shows_no_record_that_is_out_of_sight_now(office: Office) -> None:
    customer = await office.customer(ownerId=office.people["peer"].id)
    given = {"id": customer, "i": {"ownerId": office.people["owner"].id, "departmentId": office.other_department}}
    query = UPDATE.replace("{ id }", "{ id owner { name } }")
    assert await office.data("manager", query, given) == {"updateCustomer": None}
    assert str((await office.row(customer))["owner_id"]) == office.people["owner"].id


# ── handing over ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "was", "becomes", "reason"),
    [
        ("owner", None, "owner", ""),  # claimed
        ("peer", None, "owner", "row_not_allowed"),  # claimed for somebody else
        ("manager", None, "owner", ""),  # assigned
        ("owner", "owner", "peer", "row_not_allowed"),
        ("owner", "owner", None, "row_not_allowed"),
        ("manager", "owner", "peer", ""),  # transferred
        ("manager", "owner", None, ""),
        ("owner", "owner", "owner", ""),
    ],
)
async def test_who_hands_records_over(
    office: Office, who: str, was: str | None, becomes: str | None, reason: str
) -> None:
    def person(name: str | None) -> str | None:
        return office.people[name].id if name else None

    customer = await office.customer(ownerId=person(was), level="GOLD")
    at = ("input", "ownerId" if becomes else "owner")
    expected = forbidden(reason, *at) if reason else []
    assert await office.faults(who, UPDATE, {"id": customer, "i": {"ownerId": person(becomes)}}) == expected
    owner = (await office.row(customer))["owner_id"]
    assert (str(owner) if owner else None) == (person(was) if reason else person(becomes))


async def test_claiming_changes_nothing_else(office: Office) -> None:
    me = office.people["owner"].id
    customer = await office.customer(ownerId=None, level="GOLD")
    both = {"id": customer, "i": {"ownerId": me, "remark": "mine"}}
    assert await office.faults("owner", UPDATE, both) == forbidden("row_not_allowed", "id")
    ordinary = await office.customer(ownerId=None)
    assert await office.faults("owner", UPDATE, {"id": ordinary, "i": {"ownerId": me}}) == UNSEEN


# ── fields ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_field_is_set_only_where_its_right_reaches(office: Office) -> None:
    await office.govern(
        field_rights("seller", "customer", "points", write=False, priority=2, condition="points >= 100"),
        field_rights("seller", "customer", "remark", write=False, priority=2),
    )
    few, many = await office.customer(points=10), await office.customer(points=500)
    update = {"i": {"points": 20}}
    at = ("input", "points")
    assert await office.faults("owner", UPDATE, {"id": few, **update}) == []
    assert await office.faults("owner", UPDATE, {"id": many, **update}) == forbidden("field_not_writable", *at)
    assert await office.faults("owner", UPDATE, {"id": few, "i": {"points": 100}}) == forbidden(
        "field_not_writable", *at
    )
    new: dict[str, Any] = {"name": "n", "points": 100}
    assert await office.faults("owner", CREATE, {"i": new}) == forbidden("field_not_writable", *at)
    assert await office.faults("owner", CREATE, {"i": new | {"points": 99}}) == []
    assert await office.faults("owner", CREATE, {"i": {"name": "default"}}) == []
    bulk = "mutation ($i: UpdateCustomerInput!) { updateCustomers(filter: {points: {gte: 500}}, input: $i) { count } }"
    assert await office.faults("owner", bulk, update) == forbidden("field_not_writable", *at)
    assert await office.faults("owner", UPDATE, {"id": few, "i": {"remark": "r"}}) == [
        ("BAD_USER_INPUT", "unknown_field", ("i", "remark"))
    ]
    assert (await office.row(many))["points"] == 500
    await office.govern()


async def test_a_default_is_given_where_the_field_may_not_be_set(office: Office) -> None:
    await office.govern(
        field_rights("seller", "customer", "points", write=False, priority=2, condition='level == "normal"')
    )
    (made,) = (await office.data("owner", CREATE, {"i": {"name": "n"}})).values()
    assert (await office.row(made["id"]))["points"] == 0
    assert await office.faults("owner", CREATE, {"i": {"name": "n", "points": 3}}) == forbidden(
        "field_not_writable", "input", "points"
    )
    await office.govern()


# ── relations ────────────────────────────────────────────────────────────────────────────────────


async def test_nested_records_need_rights_of_their_own(office: Office) -> None:
    mine = await office.customer()
    create_order = {"id": mine, "i": {"orders": {"create": [{"quantity": 1}]}}}
    assert await office.faults("owner", UPDATE, create_order) == []
    for_other = {"orders": {"create": [{"quantity": 1, "ownerId": office.people["peer"].id}]}}
    at = ("input", "orders", "create", 0)
    assert await office.faults("owner", UPDATE, {"id": mine, "i": for_other}) == forbidden("row_not_allowed", *at)
    new_store = {"store": {"create": {"name": "s"}}}
    assert await office.faults("owner", UPDATE, {"id": mine, "i": new_store}) == [
        ("BAD_USER_INPUT", "unknown_field", ("i", "store", "create"))
    ]
    assert (await office.row(mine))["version"] == 2


async def test_children_are_taken_only_by_who_may_change_them(office: Office) -> None:
    peer = office.people["peer"].id
    mine, theirs = await office.customer(), await office.customer(ownerId=peer)
    seen = allow("seller", "order", "read")
    own = {"customerId": theirs, "quantity": 1, "departmentId": office.department}
    unseen, taken = [
        await office.east.create("Order", **own, ownerId=owner) for owner in (peer, office.people["owner"].id)
    ]
    connect: dict[str, Any] = {"id": mine, "i": {"orders": {"connect": [{"id": unseen}]}}}
    at = ("input", "orders", "connect", 0)
    assert await office.faults("owner", UPDATE, connect) == [("BAD_USER_INPUT", "unknown_record", at)]
    await office.govern(seen)
    assert await office.faults("owner", UPDATE, connect) == forbidden("row_not_allowed", *at)
    connect["i"]["orders"]["connect"] = [{"id": taken}]
    assert await office.faults("owner", UPDATE, connect) == []
    await office.govern(field_rights("seller", "order", "customer", write=False, priority=2))
    connect["id"] = await office.customer()
    assert await office.faults("owner", UPDATE, connect) == forbidden("field_not_writable", "customer")
    await office.govern()


async def test_a_link_is_changed_from_its_other_side_only_by_who_may_change_the_record_it_belongs_to(
    office: Office,
) -> None:
    await office.govern(allow("seller", "store", "update"), allow("seller", "customer", "read"))
    mine, theirs = await office.customer(), await office.customer(ownerId=office.people["peer"].id)
    store = await office.east.create("Store", name="s")
    query = "mutation ($id: ID!, $i: UpdateStoreInput!) { updateStore(id: $id, input: $i) { fans { totalCount } } }"
    both = {"id": store, "i": {"fans": {"connect": [{"id": mine}, {"id": theirs}]}}}
    at = ("input", "fans", "connect", 1)
    assert await office.faults("owner", query, both) == forbidden("row_not_allowed", *at)
    assert await office.faults("owner", query, {"id": store, "i": {"fans": {"connect": [{"id": mine}]}}}) == []
    await office.east.data(query, {"id": store, "i": {"fans": {"connect": [{"id": theirs}]}}})
    clear = {"id": store, "i": {"fans": {"set": []}}}
    assert await office.faults("owner", query, clear) == forbidden("row_not_allowed", "input", "fans")
    await office.govern(allow("seller", "store", "update"))
    assert await office.faults("owner", query, clear) == []
    left = await office.east.data("query ($id: ID!) { store(id: $id) { fans { nodes { id } } } }", {"id": store})
    assert left["store"]["fans"]["nodes"] == [{"id": theirs}]  # of what they do not see, nothing was taken away
    await office.govern()


async def test_what_hangs_on_a_record_and_is_out_of_sight_is_neither_changed_nor_told(office: Office) -> None:
    mine = await office.customer()
    hidden = await office.east.create("Order", customerId=mine, quantity=1, ownerId=office.people["peer"].id)
    delete = "mutation ($id: ID!) { deleteCustomer(id: $id) { id } }"
    reply = await office.east.graphql(delete, {"id": mine}, person=office.people["owner"])
    assert reply.faults == forbidden("row_not_allowed", "id")
    assert "order" not in reply.errors[0]["message"].lower()
    assert (await office.row(hidden, '"order"'))["deleted_at"] is None
    other = await office.customer()
    merge = "mutation ($into: ID!, $id: ID!) { mergeCustomers(into: $into, ids: [$id]) { id } }"
    reply = await office.east.graphql(merge, {"into": other, "id": mine}, person=office.people["owner"])
    assert reply.faults == forbidden("row_not_allowed", "ids")
    assert "order" not in reply.errors[0]["message"].lower()


async def test_records_in_the_way_are_counted_only_for_who_sees_them_all(office: Office) -> None:
    await office.govern(allow("seller", "store", "delete"))
    store = await office.east.create("Store", name="s")
    mine = await office.customer()
    for owner in ("owner", "peer"):
        person = office.people[owner].id
        await office.east.create("Order", customerId=mine, storeId=store, quantity=1, ownerId=person)
    delete = "mutation ($id: ID!) { deleteStore(id: $id) { id } }"
    told = await office.east.graphql(delete, {"id": store}, person=office.people["owner"])
    assert told.faults == [("CONFLICT", "in_use", ())]
    assert told.errors[0]["message"] == "Records lead to this store and keep it from being deleted."
    told = await office.east.graphql(delete, {"id": store})
    assert told.errors[0]["message"].startswith("2 orders lead to this store")
    await office.govern()


# ── what may not be inferred ─────────────────────────────────────────────────────────────────────


async def test_an_answer_shows_masks_like_any_read(office: Office) -> None:
    await office.govern(
        field_rights("seller", "customer", "remark", read="masked", mask="hash", write=True, priority=2),
        field_rights("seller", "customer", "phone", read="masked", mask="phone", write=True, priority=2),
        field_rights("seller", "customer", "points", read="none", write=True, priority=2, condition="points > 50"),
    )
    selection = "{ remark phone points level maskedFields }"
    create = CREATE.replace("{ id name }", selection)
    given = {"name": "n", "remark": "plain", "phone": "+8613812341234", "points": 60, "level": "GOLD"}
    (made,) = (await office.data("owner", create, {"i": given})).values()
    assert made["remark"] not in ("plain", None)
    assert {**made, "remark": ""} == {
        "remark": "",
        "phone": "138****1234",
        "points": None,
        "level": "GOLD",
        "maskedFields": ["phone", "remark"],
    }
    await office.govern()


async def test_a_mask_is_not_stored_as_the_value(office: Office) -> None:
    await office.govern(field_rights("seller", "customer", "name", read="masked", mask="name", write=True, priority=2))
    customer = await office.customer(name="王小明")
    mask_of_it = {"id": customer, "i": {"name": "王*"}}
    assert await office.faults("owner", UPDATE, mask_of_it) == forbidden("mask_sent", "input", "name")
    assert await office.faults("owner", UPDATE, {"id": customer, "i": {"name": "李*"}}) == []
    assert (await office.row(customer))["name"] == "李*"
    await office.govern()


async def test_an_upsert_neither_changes_nor_tells_of_a_record_out_of_sight(office: Office) -> None:
    theirs = await office.customer(ownerId=office.people["peer"].id, phone="+8613800000001")
    upsert = "mutation ($i: CreateCustomerInput!) { upsertCustomer(by: [PHONE], input: $i) { id } }"
    given = {"i": {"name": "taken", "phone": "+8613800000001"}}
    told = await office.east.graphql(upsert, given, person=office.people["owner"])
    created = await office.east.graphql(CREATE, given, person=office.people["owner"])
    assert told.faults == created.faults == [("CONFLICT", "not_unique", ("input", "phone"))]
    assert told.errors[0]["message"] == created.errors[0]["message"]
    assert theirs not in str(told.body)
    assert (await office.row(theirs))["name"] == "c"


async def test_no_record_is_found_by_a_value_that_is_not_shown(office: Office) -> None:
    await office.govern(
        allow("seller", "customer", "read"),
        field_rights("seller", "customer", "phone", read="none", priority=2, condition="owner.id != actor.id"),
    )
    peer = office.people["peer"].id
    theirs, mine = (
        await office.customer(ownerId=peer, phone="+8613800000002"),
        await office.customer(phone="+8613800000003"),
    )
    query = 'mutation ($p: String!) { createCustomer(input: {name: "n", referrer: {connect: {phone: $p}}}) { id } }'
    at = ("input", "referrer", "connect")
    assert await office.faults("owner", query, {"p": "+8613800000002"}) == [("BAD_USER_INPUT", "unknown_record", at)]
    assert await office.faults("owner", query, {"p": "+8613800000003"}) == []
    assert theirs != mine
    await office.govern()


async def test_a_merge_shows_nobody_more_than_they_saw_before(office: Office) -> None:
    await office.govern(
        allow("seller", "customer", "read", "merge"),
        field_rights(
            "seller", "customer", "phone", read="none", write=True, priority=2, condition="owner.id != actor.id"
        ),
        field_rights("seller", "customer", "email", write=False, priority=2),
    )
    mine = await office.customer()
    theirs = await office.customer(
        ownerId=office.people["peer"].id, phone="+8613800000004", email="a@example.com", remark="kept"
    )
    merge = "mutation ($into: ID!, $id: ID!) { mergeCustomers(into: $into, ids: [$id]) { filled } }"
    filled = (await office.data("owner", merge, {"into": mine, "id": theirs}))["mergeCustomers"]["filled"]
    assert filled == {"remark": theirs}
    row = await office.row(mine)
    assert (row["phone"], row["email"], row["remark"]) == (None, None, "kept")
    await office.govern()


async def test_a_rule_of_the_object_may_look_at_what_its_writer_may_not(office: Office) -> None:
    await office.govern(field_rights("seller", "customer", "phone", read="none", write=True, priority=2))
    customer = await office.customer()
    vip = {"id": customer, "i": {"level": "VIP"}}
    assert await office.faults("owner", UPDATE, vip) == [("BAD_USER_INPUT", "validation", ("input", "phone"))]
    await office.govern()


async def test_refusals_name_no_field_that_is_not_known(office: Office) -> None:
    hidden = [field_rights("seller", "customer", name, read="none", priority=2) for name in ("email", "phone")]
    await office.govern(*hidden)
    store = await office.east.create("Store", name="s")
    customers = [await office.customer(email="same@example.com"), await office.customer(email="same@example.com")]
    query = (
        "mutation ($f: CustomerFilter!, $i: UpdateCustomerInput!) { updateCustomers(filter: $f, input: $i) { count } }"
    )
    for person, words in ((None, "email, store"), (office.people["owner"], "this store already")):
        given = {"f": {"id": {"in": customers}}, "i": {"storeId": store}}
        reply = await office.east.graphql(query, given, person=person)
        assert reply.faults[0][:2] == ("CONFLICT", "not_unique")
        assert words in reply.errors[0]["message"]
    vip = {"id": customers[0], "i": {"level": "VIP"}}
    reply = await office.east.graphql(UPDATE, vip, person=office.people["owner"])
    assert reply.faults == [("BAD_USER_INPUT", "validation", ("input",))]
    assert reply.errors[0]["extensions"]["hint"] == "Rule 'vip_has_phone'"
    await office.govern()


def test_sellers_hold_every_action_the_matrix_tries() -> None:
    assert {name.split()[0] for name in (*ONE, *MANY)} - {"upsert"} <= {*EVERYTHING}
