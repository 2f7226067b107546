"""Before claiming: what is hidden, what is known, what will be due; and who is told when a record changes hands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.server.pool.test_pool import APPLY, HISTORY, Sea

POLICIES = [
    {"name": "all_read", "kind": "allow", "role": "*", "actions": ["read", "create", "update", "claim"]},
    {"name": "bosses_merge", "kind": "allow", "role": "boss", "actions": ["*"]},
    {"name": "sellers_full", "kind": "field", "role": "seller", "object": "customer", "fields": ["phone"],
     "read": "full", "priority": 50},
]  # fmt: skip
FIELDS = "{ phone email remark points }"
PEEK = 'mutation($record: ID!) { peekFromPool(pool: "sea", record: $record) }'
KNOWS = """
query($value: String!) { known: poolKnows(pool: "sea", field: "phone", value: $value) { state record owner shown } }
"""
DUE = 'query { poolDue(pool: "sea", days: 10) { record outcome why } }'


@pytest.fixture
async def sea(timeline: Timeline) -> Sea:
    found = Sea(timeline)
    roles = [{"name": name} for name in ("seller", "boss", "junior")]
    await found.tenant.data(APPLY, {"document": {"roles": roles, "policies": POLICIES}}, path="/metadata")
    return found


async def read(sea: Sea, record: str, person: Person) -> Any:
    query = f"query($id: ID!) {{ customer(id: $id) {FIELDS} }}"
    return (await sea.tenant.data(query, {"id": record}, person=person))["customer"]


async def test_what_is_hidden_before_claiming_is_hidden_in_sql_from_all_but_managers(
    sea: Sea, timeline: Timeline
) -> None:
    await sea.declare(hidden=["email"], masked=["phone", "remark"], managers=["boss"], views_per_day=1)
    seller, rival, boss = [
        await sea.office.hire(name, role) for name, role in (("li", "seller"), ("wu", "junior"), ("bo", "boss"))
    ]
    plain = {"phone": "13812345678", "email": "a@example.com", "remark": "likes tea", "points": 3}
    record = await sea.customer(**plain)
    other = await sea.customer(phone="13912345678")
    shown = {**plain, "phone": "+8613812345678"}
    hidden = {"phone": "138****5678", "email": None, "remark": "****", "points": 3}
    assert [await read(sea, record, who) for who in (seller, rival, boss)] == [hidden, hidden, shown]
    count = 'query { customers(filter: {email: {eq: "a@example.com"}}) { totalCount } }'
    assert (await sea.tenant.data(count, person=boss))["customers"]["totalCount"] == 1
    assert (await sea.tenant.data(count, person=rival))["customers"]["totalCount"] == 0
    peeked = (await sea.tenant.data(PEEK, {"record": record}, person=rival))["peekFromPool"]
    assert peeked == {"email": "a@example.com", "phone": "+8613812345678", "remark": "likes tea"}
    assert (await sea.tenant.data(PEEK, {"record": record}, person=rival))["peekFromPool"] == peeked
    log = "{ auditLog(filter: {kinds: [FIELDS_READ]}) { actorName records fields detail } }"
    entries = (await sea.tenant.data(log, path="/metadata"))["auditLog"]
    looked = [entry for entry in entries if entry["detail"] == {"through": "pool"}]
    assert {(entry["actorName"], *entry["records"]) for entry in looked} == {(rival.email, record)}
    refused = await sea.tenant.faults(PEEK, {"record": other}, person=rival)
    assert refused == [("LIMIT_EXCEEDED", "too_many_views", ())]
    await timeline.later(days=1)
    await sea.tenant.data(PEEK, {"record": other}, person=rival)
    assert (await sea.acts(record))[-1] == "view"
    assert "errors" not in (await sea.claim(seller, record)).body
    assert await read(sea, record, seller) == shown
    assert await sea.tenant.faults(PEEK, {"record": record}, person=rival) == [
        ("CONFLICT", "already_claimed", ("record",))
    ]


async def test_hiding_needs_policies_and_fields_that_are_there(timeline: Timeline) -> None:
    bare = Sea(timeline)
    pool = {"name": "sea", "object": "customer", "protection": "P1D", "hidden": ["nowhere"], "former": "phone",
            "known_by": ["title"], "views_per_day": -1}  # fmt: skip
    found = await bare.tenant.faults(APPLY, {"document": {"pools": [pool]}}, path="/metadata")
    assert sorted(reason for _, reason, _ in found) == [
        "no_policies", "out_of_range", "unfit_field", "unknown_field", "unknown_field",
    ]  # fmt: skip


async def test_a_known_customer_is_known_but_not_whose(sea: Sea, timeline: Timeline) -> None:
    await sea.declare(known_by=["phone"], known_shows=["level"], exempt="points > 10", approve='level == "gold"')
    own = {"name": "own", "kind": "deny", "role": "junior", "object": "customer", "actions": ["read"],
           "condition": "owner != null && owner.id != actor.id"}  # fmt: skip
    await sea.tenant.data(APPLY, {"document": {"policies": [own]}}, path="/metadata")
    seller, rival = await sea.office.hire("li", "seller"), await sea.office.hire("wu", "junior")
    record = await sea.customer(phone="13812345678", level="GOLD")

    async def known(person: Person, value: str = "138 1234 5678") -> Any:
        return (await sea.tenant.data(KNOWS, {"value": value}, person=person))["known"]

    assert (await known(seller))["state"] == "FREE"
    await sea.claim(seller, record)
    assert await known(seller) == {"state": "YOURS", "record": record, "owner": seller.id, "shown": {"level": "gold"}}
    assert await known(rival) == {"state": "HELD", "record": None, "owner": None, "shown": {"level": "gold"}}
    assert (await known(rival, "13900000000"))["state"] == "UNKNOWN"
    create = 'mutation { createCustomer(input: {name: "again", phone: "13812345678"}) { id } }'
    refused = await sea.tenant.graphql(create, person=rival)
    assert refused.faults == [("CONFLICT", "not_unique", ("input", "phone"))]
    assert record not in str(refused.body)
    assert seller.id not in str(refused.body)
    due = (await sea.tenant.data(DUE))["poolDue"]
    assert due == [{"record": record, "outcome": "ASKED", "why": 'level == "gold"'}]
    await sea.tenant.data("mutation($id: ID!) { updateCustomer(id: $id, input: {points: 11}) { id } }", {"id": record})
    assert (await sea.tenant.data(DUE))["poolDue"][0]["outcome"] == "STAYS"


async def test_who_had_it_who_gets_it_and_who_is_asked_are_told(sea: Sea, timeline: Timeline) -> None:
    await sea.declare(
        managers=["boss"], former="manager", approve='level == "gold"', approval_default="keep",
        approval_within="P2D", approval_extends="P7D", warning="P1D",
    )  # fmt: skip
    seller, heir, boss = [
        await sea.office.hire(name, role) for name, role in (("li", "seller"), ("wu", "seller"), ("bo", "boss"))
    ]
    record = await sea.customer()
    await sea.claim(seller, record)
    give = 'mutation($r: ID!, $to: ID!) { assignFromPool(pool: "sea", record: $r, to: $to) { owner } }'
    await sea.tenant.data(give, {"r": record, "to": heir.id}, person=boss)
    gold = await sea.customer(level="GOLD")
    await sea.claim(heir, gold)
    await timeline.later(days=10)
    assert (await sea.owner(record), await sea.owner(gold)) == (None, heir.id)
    manager = "query($id: ID!) { customer(id: $id) { manager { id } } }"
    assert (await sea.tenant.data(manager, {"id": record}))["customer"]["manager"]["id"] == heir.id
    await timeline.later(days=2)
    assert (await sea.acts(gold))[-3:] == ["warn", "ask", "refuse"]  # silence keeps it
    assert await sea.owner(gold) == heir.id

    async def told(person: Person) -> list[str]:
        data = await sea.tenant.data("query { myNotifications(first: 20) { nodes { event } } }", person=person)
        return [one["event"] for one in reversed(data["myNotifications"]["nodes"])]

    assert await told(seller) == ["pool_taken"]
    assert sorted(await told(heir)) == ["pool_due", "pool_due", "pool_given", "pool_taken"]
    assert await told(boss) == ["pool_approval"]
    lines = (await sea.tenant.data(HISTORY, {"record": record}))["ownershipHistory"]
    assert (lines[0]["act"], lines[0]["from"]) == ("recycle", heir.id)
