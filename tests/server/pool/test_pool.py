"""Public pools through the API: one way to change hands, three clocks, caps that cannot be evaded."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.server.flows.quotes import Office

APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
CLAIM = 'mutation($record: ID!) { done: claimFromPool(pool: "sea", record: $record) { owner dueAt latestAt } }'
RETURN = """
mutation($record: ID!, $reason: String!) {
  done: returnToPool(pool: "sea", record: $record, reason: $reason) { owner state }
}
"""
DECIDE = """
mutation($record: ID!, $approve: Boolean!) {
  done: decideRecycle(pool: "sea", record: $record, approve: $approve, reason: "seen") { owner state }
}
"""
HISTORY = 'query($record: ID!) { ownershipHistory(object: "customer", record: $record) { act from to reason at } }'


class Sea:
    """A pool of customers, and people who claim from it."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline, self.tenant, self.office = timeline, timeline.east, Office(timeline.east)

    async def declare(self, **more: Any) -> None:
        pool: dict[str, Any] = {
            "name": "sea",
            "object": "customer",
            "protection": "P10D",
            "extension": "P3D",
            "maximum": "P20D",
        }
        pool["activity"] = [{"object": "order", "relation": "customer", "when": "quantity >= 3"}]
        document = {"roles": [{"name": "novice"}], "pools": [{**pool, **more}]}
        await self.tenant.data(APPLY, {"document": document}, path="/metadata")

    async def customer(self, **values: Any) -> str:
        record = await self.tenant.create("Customer", name="王", **values)
        await self.tenant.data(
            "mutation($id: ID!) { updateCustomer(id: $id, input: {ownerId: null}) { id } }", {"id": record}
        )
        await self.timeline.settle()
        return record

    async def owner(self, record: str) -> str | None:
        data = await self.tenant.data("query($id: ID!) { customer(id: $id) { owner { id } } }", {"id": record})
        owner = data["customer"]["owner"]
        return None if owner is None else owner["id"]

    async def claim(self, person: Person, record: str) -> Any:
        return await self.tenant.graphql(CLAIM, {"record": record}, person=person)

    async def acts(self, record: str) -> list[str]:
        data = await self.tenant.data(HISTORY, {"record": record})
        return [line["act"] for line in reversed(data["ownershipHistory"])]


@pytest.fixture
def sea(timeline: Timeline) -> Sea:
    return Sea(timeline)


async def test_the_golden_case_by_the_clock(sea: Sea, timeline: Timeline) -> None:
    await sea.declare()
    seller = await sea.office.hire("li", "manager")
    record = await sea.customer()
    claimed = (await sea.claim(seller, record)).data["done"]
    begun = timeline.now
    assert claimed["owner"] == seller.id
    owners = {}
    for passed, quantity in ((3, 5), (8, 5), (9, 1), (10, 5), (12, 5), (14, 5), (16, 5), (18, 5), (19, 5)):
        await timeline.later(days=passed - (timeline.now - begun).days)
        await sea.tenant.create("Order", customerId=record, quantity=quantity)
        await timeline.settle()
        owners[passed] = await sea.owner(record)
    assert set(owners.values()) == {seller.id}
    await timeline.later(hours=23)
    assert await sea.owner(record) == seller.id
    await timeline.later(hours=1)
    assert await sea.owner(record) is None
    assert [act for act in await sea.acts(record) if act != "extend"][-2:] == ["claim", "recycle"]


async def test_work_that_does_not_count_does_not_help(sea: Sea, timeline: Timeline) -> None:
    await sea.declare()
    seller = await sea.office.hire("li", "manager")
    record = await sea.customer()
    await sea.claim(seller, record)
    await timeline.later(days=9)
    await sea.tenant.create("Order", customerId=record, quantity=2)
    await timeline.later(days=1)
    assert await sea.owner(record) is None


async def test_of_two_claimants_one_wins_and_the_other_is_told(sea: Sea) -> None:
    await sea.declare(claims_per_day=1)
    people = [await sea.office.hire(name, "manager") for name in ("li", "zhao")]
    record, other = await sea.customer(), await sea.customer()
    replies = await asyncio.gather(*(sea.claim(person, record) for person in people))
    won = [place for place, reply in enumerate(replies) if "errors" not in reply.body]
    assert len(won) == 1
    loser = people[1 - won[0]]
    assert replies[1 - won[0]].faults == [("CONFLICT", "already_claimed", ("record",))]
    assert await sea.owner(record) == people[won[0]].id
    assert (await sea.claim(loser, other)).data["done"]["owner"] == loser.id  # what was refused cost no claim


async def test_caps_count_claims_that_were_given_back(sea: Sea, timeline: Timeline) -> None:
    await sea.declare(claims_per_day=2, cooling="P7D", holding=2, claim_interval="PT10M")
    seller = await sea.office.hire("li", "manager")
    records = [await sea.customer() for _ in range(4)]
    await sea.claim(seller, records[0])
    back = await sea.tenant.data(RETURN, {"record": records[0], "reason": "wrong number"}, person=seller)
    assert back == {"done": {"owner": None, "state": "free"}}
    assert (await sea.claim(seller, records[0])).faults == [("CONFLICT", "cooling", ("record",))]
    await timeline.later(minutes=9)
    assert (await sea.claim(seller, records[1])).faults == [("LIMIT_EXCEEDED", "claims_too_close", ())]
    await timeline.later(minutes=1)
    assert "errors" not in (await sea.claim(seller, records[1])).body
    assert (await sea.claim(seller, records[2])).faults == [("LIMIT_EXCEEDED", "too_many_claims", ())]
    await timeline.later(days=1)
    assert "errors" not in (await sea.claim(seller, records[2])).body
    await timeline.later(minutes=10)
    assert (await sea.claim(seller, records[3])).faults == [("LIMIT_EXCEEDED", "too_many_held", ())]


async def test_no_side_path_starts_the_clocks_anew(sea: Sea, timeline: Timeline) -> None:
    await sea.declare()
    seller, friend = [await sea.office.hire(name, "manager") for name in ("li", "zhao")]
    record = await sea.customer()
    await sea.claim(seller, record)
    await timeline.later(days=9)
    await sea.tenant.data(
        "mutation($id: ID!, $owner: ID!) { updateCustomer(id: $id, input: {ownerId: $owner}) { id } }",
        {"id": record, "owner": friend.id},
    )
    await timeline.settle()
    assert (await sea.acts(record))[-1] == "transfer"
    await timeline.later(days=1)
    assert await sea.owner(record) is None


async def test_good_customers_are_taken_back_only_when_a_manager_agrees(sea: Sea, timeline: Timeline) -> None:
    await sea.declare(approve='level == "gold"', approval_within="P2D", approval_extends="P7D", warning="P1D")
    seller = await sea.office.hire("li", "manager")
    kept, lost, silent = [await sea.customer(level="GOLD") for _ in range(3)]
    for record in (kept, lost, silent):
        await sea.claim(seller, record)
    await timeline.later(days=10)
    assert await sea.owner(kept) == seller.id
    assert await sea.tenant.data(DECIDE, {"record": kept, "approve": False}) == {
        "done": {"owner": seller.id, "state": "held"}
    }
    assert await sea.tenant.data(DECIDE, {"record": lost, "approve": True}) == {
        "done": {"owner": None, "state": "free"}
    }
    refused = await sea.tenant.faults(DECIDE, {"record": silent, "approve": True}, person=seller)
    assert refused == [("FORBIDDEN", "not_a_manager", ())]
    await timeline.later(days=2)
    assert [await sea.owner(record) for record in (kept, lost, silent)] == [seller.id, None, None]
    assert (await sea.acts(silent))[-4:] == ["claim", "warn", "ask", "recycle"]


async def test_exempt_records_stay_and_newcomers_claim_only_what_is_for_them(sea: Sea, timeline: Timeline) -> None:
    await sea.declare(exempt="points > 10", newcomers=["novice"], newcomers_when='"easy" in interests')
    novice = await sea.office.hire("xin", "novice")
    hard, easy = await sea.customer(), await sea.customer(interests=["easy"], points=11)
    assert (await sea.claim(novice, hard)).faults == [("FORBIDDEN", "not_for_newcomers", ("record",))]
    assert "errors" not in (await sea.claim(novice, easy)).body
    await timeline.later(days=40)
    assert await sea.owner(easy) == novice.id
    await sea.tenant.data("mutation($id: ID!) { updateCustomer(id: $id, input: {points: 1}) { id } }", {"id": easy})
    await timeline.later(days=1)
    assert await sea.owner(easy) is None


async def test_a_manager_has_a_pool_look_at_once_at_what_is_due(sea: Sea, timeline: Timeline) -> None:
    await sea.declare(exempt="points > 10")
    seller = await sea.office.hire("li", "manager")
    stays, ends, young = await sea.customer(points=11), await sea.customer(points=11), await sea.customer()
    for record in (stays, ends):
        await sea.claim(seller, record)
    await timeline.later(days=15)
    await sea.claim(seller, young)
    await sea.tenant.data("mutation($id: ID!) { updateCustomer(id: $id, input: {points: 1}) { id } }", {"id": ends})
    await timeline.later(hours=1)
    assert await sea.owner(ends) == seller.id  # what is exempt is looked at once a day
    recycle = 'mutation { recyclePool(pool: "sea") }'
    assert await sea.tenant.faults(recycle, person=seller) == [("FORBIDDEN", "not_a_manager", ())]
    assert await sea.tenant.data(recycle) == {"recyclePool": 2}
    await timeline.settle()
    assert [await sea.owner(record) for record in (stays, ends, young)] == [seller.id, None, seller.id]
    last = (await sea.tenant.data(HISTORY, {"record": ends}))["ownershipHistory"][0]
    assert (last["act"], last["from"], last["reason"]) == ("recycle", seller.id, "Its protection has ended.")


async def test_another_tenants_record_is_not_there(sea: Sea, timeline: Timeline) -> None:
    await sea.declare()
    theirs = await timeline.west.create("Customer", name="x")
    assert (await sea.claim(sea.tenant.admin, theirs)).faults == [("NOT_FOUND", "unknown_record", ("record",))]


async def test_a_rule_puts_a_record_into_its_pool(sea: Sea, timeline: Timeline) -> None:
    await sea.declare()
    rule = {
        "name": "dormant", "object": "customer", "live": True, "trigger": "field", "settings": {"field": "points"},
        "when": "points == 0",
        "actions": [{"name": "put", "kind": "to_pool", "settings": {"pool": "sea", "reason": "dormant"}}],
    }  # fmt: skip
    await sea.tenant.data(APPLY, {"document": {"rules": [rule]}}, path="/metadata")
    seller = await sea.office.hire("li", "manager")
    record = await sea.customer(points=5)
    await sea.claim(seller, record)
    await sea.tenant.data("mutation($id: ID!) { updateCustomer(id: $id, input: {points: 0}) { id } }", {"id": record})
    await timeline.settle()
    assert await sea.owner(record) is None
    data = await sea.tenant.data(HISTORY, {"record": record})
    assert (data["ownershipHistory"][0]["act"], data["ownershipHistory"][0]["reason"]) == ("release", "dormant")


async def test_pools_of_one_object_have_records_members_and_clocks_of_their_own(sea: Sea, timeline: Timeline) -> None:
    lake = {"name": "lake", "object": "customer", "when": 'level == "gold"', "members": ["director"],
            "protection": "P3D"}  # fmt: skip
    roles = [{"name": "director"}, {"name": "seller"}]
    await sea.tenant.data(APPLY, {"document": {"roles": roles}}, path="/metadata")
    await sea.declare(when='level != "gold"', members=["seller"], holding=1, holding_without="points > 10")
    await sea.tenant.data(APPLY, {"document": {"pools": [lake]}}, path="/metadata")
    seller, director = await sea.office.hire("li", "seller"), await sea.office.hire("wei", "director")
    plain, won, more = [await sea.customer() for _ in range(3)]
    gold = await sea.customer(level="GOLD")
    from_lake = CLAIM.replace('"sea"', '"lake"')
    claim = await sea.tenant.graphql(from_lake, {"record": gold}, person=seller)
    assert claim.faults == [("FORBIDDEN", "not_a_member", ())]
    assert (await sea.claim(seller, gold)).faults == [("NOT_FOUND", "unknown_record", ("record",))]
    assert (await sea.tenant.data(from_lake, {"record": gold}, person=director))["done"]["owner"] == director.id
    # what is won does not count as held
    assert "errors" not in (await sea.claim(seller, won)).body
    assert (await sea.claim(seller, plain)).faults == [("LIMIT_EXCEEDED", "too_many_held", ())]
    change = "mutation($id: ID!) { updateCustomer(id: $id, input: {points: 11}) { id } }"
    await sea.tenant.data(change, {"id": won})
    await timeline.settle()
    assert "errors" not in (await sea.claim(seller, plain)).body
    assert (await sea.claim(seller, more)).faults == [("LIMIT_EXCEEDED", "too_many_held", ())]
    silent = await sea.tenant.faults(RETURN, {"record": plain, "reason": " "}, person=seller)
    assert silent == [("BAD_USER_INPUT", "reason_missing", ("reason",))]
    await timeline.later(days=3)
    assert [await sea.owner(record) for record in (gold, plain)] == [None, seller.id]


async def test_working_days_of_a_pool_leave_out_weekends_and_holidays(sea: Sea, timeline: Timeline) -> None:
    week = [{"days": [1, 2, 3, 4, 5], "begins": "09:00", "ends": "18:00"}]
    calendar = {"name": "office", "windows": week, "days": [{"day": "2027-01-04", "kind": "holiday"}]}
    await sea.tenant.data(APPLY, {"document": {"calendars": [calendar]}}, path="/metadata")
    await sea.declare(protection="P3D", extension="P1D", maximum="P5D", unit="days", calendar="office", activity=[])
    seller = await sea.office.hire("li", "seller")
    record = await sea.customer()
    await timeline.until(datetime.fromisoformat("2027-01-01T20:00:00+08:00"))  # a Friday, the first of the days
    claimed = (await sea.claim(seller, record)).data["done"]
    due = datetime.fromisoformat("2027-01-07T00:00:00+08:00")  # after Friday, Tuesday and Wednesday
    assert datetime.fromisoformat(claimed["dueAt"]) == due
    assert datetime.fromisoformat(claimed["latestAt"]) == datetime.fromisoformat("2027-01-09T00:00:00+08:00")
    await timeline.until(due - timedelta(seconds=1))
    assert await sea.owner(record) == seller.id
    await timeline.until(due)
    assert await sea.owner(record) is None


async def test_lines_of_the_ledger_name_the_version_that_was_in_force(sea: Sea, timeline: Timeline) -> None:
    await sea.declare()
    seller = await sea.office.hire("li", "seller")
    record = await sea.customer()
    version = 'query($record: ID!) { ownershipHistory(object: "customer", record: $record) { act version } }'
    await sea.claim(seller, record)
    model = await sea.tenant.services.tenants.get(sea.tenant.id)
    before = model.model.version
    await sea.declare(protection="P2D")
    await timeline.later(days=10)
    lines = (await sea.tenant.data(version, {"record": record}))["ownershipHistory"]
    found = {line["act"]: line["version"] for line in lines}
    assert (found["claim"], found["recycle"]) == (before, before + 1)
