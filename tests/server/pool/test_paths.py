"""Every way on which a record can change hands leaves its clocks as they were, or starts them once; none is evaded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.fixtures.timeline import Timeline
from tests.server.pool.test_pool import APPLY, Sea

MERGE = "mutation($into: ID!, $ids: [ID!]!) { mergeCustomers(into: $into, ids: $ids) { id } }"
UPDATE = "mutation($id: ID!, $owner: ID) { updateCustomer(id: $id, input: {ownerId: $owner}) { id } }"
UPDATE_ALL = """
mutation($ids: [ID!], $owner: ID) { updateCustomers(filter: {id: {in: $ids}}, input: {ownerId: $owner}) { count } }
"""
UPSERT = """
mutation($phone: String!, $owner: ID) {
  upsertCustomer(by: [PHONE], input: {name: "王", phone: $phone, ownerId: $owner}) { id }
}
"""
HAND_OVER = 'mutation($from: ID!, $to: ID!) { transferPost(from: $from, to: $to, records: ["customer"]) { posts } }'
ASSIGN = 'mutation($r: ID!, $to: ID!) { assignFromPool(pool: "sea", record: $r, to: $to) { owner } }'
HANDING_RULE = {
    "name": "hand", "object": "customer", "live": True, "trigger": "field",
    "settings": {"field": "points", "after": "3"},
    "actions": [{"name": "give", "kind": "assign", "settings": {"by": "field", "value": "manager"}}],
}  # fmt: skip
HANDING_FLOW = {
    "name": "handing", "object": "customer", "live": True,
    "nodes": [
        {"name": "begin", "kind": "start", "edges": [{"to": "give"}]},
        {"name": "give", "kind": "update", "settings": {"values": [{"field": "owner", "value": "=manager"}]},
         "edges": [{"to": "over"}]},
        {"name": "over", "kind": "end"},
    ],
}  # fmt: skip


@pytest.fixture
def sea(timeline: Timeline) -> Sea:
    return Sea(timeline)


async def test_no_path_gives_a_record_more_time(sea: Sea, timeline: Timeline) -> None:
    await sea.declare()
    await sea.tenant.data(APPLY, {"document": {"rules": [HANDING_RULE], "flows": [HANDING_FLOW]}}, path="/metadata")
    li, wu = [await sea.office.hire(name, "seller") for name in ("li", "wu")]
    paths = ("update", "bulk", "upsert", "rule", "flow", "assign", "hand over")
    records = {path: await sea.customer(phone=f"1381234560{place}", managerId=wu.id)
               for place, path in enumerate(paths)}  # fmt: skip
    for record in records.values():
        await sea.claim(li, record)
    await timeline.later(days=9)
    ask = sea.tenant.data
    await ask(UPDATE, {"id": records["update"], "owner": wu.id})
    await ask(UPDATE_ALL, {"ids": [records["bulk"]], "owner": wu.id})
    await ask(UPSERT, {"phone": "13812345602", "owner": wu.id})
    await ask("mutation($id: ID!) { updateCustomer(id: $id, input: {points: 3}) { id } }", {"id": records["rule"]})
    await ask('mutation($id: ID!) { startFlow(flow: "handing", record: $id) { id } }', {"id": records["flow"]})
    await ask(ASSIGN, {"r": records["assign"], "to": wu.id})
    await timeline.settle()
    await ask(HAND_OVER, {"from": li.id, "to": wu.id})
    await timeline.settle()
    assert {path: await sea.owner(record) for path, record in records.items()} == dict.fromkeys(paths, wu.id)
    await timeline.later(days=1)
    assert {path: await sea.owner(record) for path, record in records.items()} == dict.fromkeys(paths)
    acts = {path: await sea.acts(record) for path, record in records.items()}
    assert acts == {
        path: [*acts[path][:-3], "claim", "assign" if path == "assign" else "transfer", "recycle"] for path in paths
    }


async def test_of_merged_records_the_strictest_clocks_count(sea: Sea, timeline: Timeline) -> None:
    await sea.declare(holding=2)
    seller = await sea.office.hire("li", "seller")
    old, new = await sea.customer(), await sea.customer()
    await sea.claim(seller, old)
    await timeline.later(days=9)
    await sea.claim(seller, new)
    third = await sea.customer()
    assert (await sea.claim(seller, third)).faults == [("LIMIT_EXCEEDED", "too_many_held", ())]
    await sea.tenant.data(MERGE, {"into": new, "ids": [old]})
    await timeline.settle()
    assert "errors" not in (await sea.claim(seller, third)).body  # what went into another is no longer held
    await timeline.later(days=1)
    assert (await sea.owner(new), await sea.owner(third)) == (None, seller.id)
    assert (await sea.acts(new))[-3:] == ["claim", "merge", "recycle"]


async def test_records_that_are_owned_when_a_pool_is_declared_are_protected_from_then_on(
    sea: Sea, timeline: Timeline
) -> None:
    seller = await sea.office.hire("li", "seller")
    made = [await sea.tenant.create("Customer", name="王", ownerId=seller.id, points=points) for points in (0, 20)]
    await timeline.later(days=100)
    await sea.declare(segments=[{"name": "good", "when": "points > 10", "protection": "P15D"}])
    await timeline.later(days=10, seconds=-1)
    assert [await sea.owner(record) for record in made] == [seller.id] * 2
    await timeline.later(seconds=1)
    assert [await sea.owner(record) for record in made] == [None, seller.id]
    await timeline.later(days=5)
    assert [await sea.acts(record) for record in made] == [["enrol", "recycle"]] * 2


async def test_after_a_downtime_one_run_takes_back_all_and_one_that_is_refused_holds_up_no_other(
    sea: Sea, timeline: Timeline
) -> None:
    await sea.declare(warning="P1D")
    seller = await sea.office.hire("li", "seller")
    records = [await sea.customer(points=place) for place in range(3)]
    for record in records:
        await sea.claim(seller, record)
        await timeline.set(timeline.now + timedelta(minutes=10))
    rule = {"name": "kept", "rule": "points != 1 || owner != null", "message": {"en": "Kept."}}
    await sea.tenant.data(
        APPLY,
        {"document": {"objects": [{"name": "customer", "plural": "customers", "validations": [rule]}]}},
        path="/metadata",
    )
    await timeline.down(days=30)
    await timeline.settle()
    assert [await sea.owner(record) for record in records] == [None, seller.id, None]
    lines: Any = await timeline.database.fetch(
        "select act, count(*), max(reason) as reason from tangram.pool_ledger where act in ('recycle', 'fail', 'warn')"
        " group by 1 order by 1"
    )
    assert [(line["act"], line["count"]) for line in lines] == [("fail", 1), ("recycle", 2), ("warn", 3)]
    assert "kept" in lines[0]["reason"] or "Kept" in lines[0]["reason"]
    await sea.tenant.data('mutation { removeValidation(object: "customer", name: "kept") { version } }',
                          path="/metadata")  # fmt: skip
    await timeline.later(days=1)
    assert await sea.owner(records[1]) is None


async def acts_of_gone(timeline: Timeline, record: str) -> list[str]:
    """What the ledger keeps of a record that is not there any more, the last two."""
    rows = await timeline.database.fetch("select act from tangram.pool_ledger where record_id = $1 order by id", record)
    return [row["act"] for row in rows][-2:]


async def test_what_is_merged_into_a_record_of_ones_own_is_claimed_first(sea: Sea, timeline: Timeline) -> None:
    roles = [{"name": "seller"}, {"name": "boss"}]
    policies = [{"kind": "allow", "role": role, "object": "customer", "actions": ["*"]} for role in ("seller", "boss")]
    await sea.tenant.data(APPLY, {"document": {"roles": roles}}, path="/metadata")
    await sea.declare(members=["seller"], managers=["boss"], claims_per_day=2)
    named = [{"name": f"p{place}", **one} for place, one in enumerate(policies)]
    await sea.tenant.data(APPLY, {"document": {"policies": named}}, path="/metadata")
    li, boss = await sea.office.hire("li", "seller"), await sea.office.hire("wei", "boss")
    own, other, free, more, last = [await sea.customer() for _ in range(5)]
    merge = sea.tenant.graphql
    await sea.claim(li, own)
    await timeline.later(days=2)
    assert "errors" not in (await merge(MERGE, {"into": own, "ids": [free]}, person=li)).body  # the first of the day
    await timeline.settle()
    assert await acts_of_gone(timeline, free) == ["claim", "merge"]
    await sea.claim(li, other)
    refused = await merge(MERGE, {"into": own, "ids": [more]}, person=li)
    assert refused.faults == [("LIMIT_EXCEEDED", "too_many_claims", ())]
    both = await merge(MERGE, {"into": own, "ids": [other, more]}, person=li)
    assert both.faults == [("LIMIT_EXCEEDED", "too_many_claims", ())]  # none of them
    await timeline.settle()
    assert [await sea.owner(record) for record in (own, other, more)] == [li.id, li.id, None]
    assert (await sea.acts(more)).count("claim") == 0
    # what nobody holds goes into what nobody holds as before; managers merge as they assign
    assert "errors" not in (await merge(MERGE, {"into": more, "ids": [last]}, person=li)).body
    assert "errors" not in (await merge(MERGE, {"into": own, "ids": [more]}, person=boss)).body
    await timeline.settle()
    assert "claim" not in await acts_of_gone(timeline, more)
    await timeline.until(timeline.now + timedelta(days=8) - timedelta(seconds=1))
    assert await sea.owner(own) == li.id
    await timeline.later(seconds=1)
    assert await sea.owner(own) is None  # no merge gave it more time
