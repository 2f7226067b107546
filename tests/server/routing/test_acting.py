"""Offers, claims, handing over: one agent at a time, the age kept, refusals that say what is the matter."""

from __future__ import annotations

import asyncio

from tests.server.flows.quotes import Office
from tests.server.routing.desk import Desk

OFFERED = """
queues:
  - name: service
    object: order
    members: [{role: agent}]
    accept_within: PT1M
    heartbeat: PT9H
    hops: 2
    overflow: backup
  - {name: backup, object: order, members: [{role: chief}], heartbeat: PT9H}
routing_rules: [{name: paid, object: order, queue: service, when: status == "paid"}]
"""
CLAIMED = """
queues:
  - {name: desk, object: order, members: [{role: agent}], push: false, capacity: "2"}
routing_rules: [{name: paid, object: order, queue: desk, when: status == "paid"}]
"""


async def test_what_is_declined_goes_to_the_next_with_its_age(desk: Desk) -> None:
    await desk.declare(OFFERED)
    people = sorted([await desk.hire("ann"), await desk.hire("bob")], key=lambda person: person.id)
    order = await desk.order(status="PAID")
    (offer,) = await desk.work(people[0])
    assert offer["status"] == "OFFERED"
    await desk.time.later(seconds=30)
    await desk.does(people[0], "declineWork", offer["id"], reason="at lunch")
    assert await desk.work(people[0]) == []
    (second,) = await desk.work(people[1])
    assert (second["id"], second["enteredAt"], second["hops"]) == (offer["id"], offer["enteredAt"], 1)
    accepted = await desk.does(people[1], "acceptWork", second["id"])
    assert (accepted["status"], await desk.owner(order)) == ("ACTIVE", people[1].id)
    explained = await desk.explain(order)
    assert [(one["act"], one["reason"]) for one in explained["decisions"]] == [
        ("queued", "rule paid"), ("offered", None), ("declined", "at lunch"), ("offered", None), ("accepted", None),
    ]  # fmt: skip


async def test_an_offer_that_nobody_accepts_goes_round_and_then_to_the_overflow(desk: Desk) -> None:
    await desk.declare(OFFERED)
    people = sorted([await desk.hire("ann"), await desk.hire("bob")], key=lambda person: person.id)
    chief = await desk.hire("chief", "chief")
    order = await desk.order(status="PAID")
    (offer,) = await desk.work(people[0])
    await desk.time.later(seconds=59)
    assert await desk.records(people[0]) == [order]
    await desk.time.later(seconds=1)
    assert (await desk.records(people[0]), await desk.records(people[1])) == ([], [order])
    late = await desk.tries(people[0], "acceptWork", offer["id"])
    assert late.faults == [("NOT_FOUND", "unknown_work", ("id",))]
    await desk.time.later(minutes=1)
    assert (await desk.records(people[1]), await desk.records(chief)) == ([], [order])
    assert await desk.acts(order) == ["queued", "offered", "missed", "offered", "missed", "moved", "assigned"]
    assert await desk.owner(order) == chief.id


async def test_of_two_who_claim_one_wins_and_the_other_is_told(desk: Desk) -> None:
    await desk.declare(CLAIMED)
    ann, bob = await desk.hire("ann"), await desk.hire("bob")
    order = await desk.order(status="PAID")
    (waiting,) = (await desk.office.tenant.data('{ queuedWork(queue: "desk") { id } }', person=ann))["queuedWork"]
    replies = await asyncio.gather(*(desk.tries(person, "claimWork", waiting["id"]) for person in (ann, bob)))
    won = [place for place, reply in enumerate(replies) if not reply.body.get("errors")]
    assert len(won) == 1
    assert replies[1 - won[0]].faults == [("CONFLICT", "work_taken", ("id",))]
    assert await desk.owner(order) == (ann, bob)[won[0]].id


async def test_many_who_claim_the_next_get_one_each(desk: Desk) -> None:
    await desk.declare(CLAIMED)
    ann, bob = await desk.hire("ann"), await desk.hire("bob")
    orders = await desk.orders(6, status="PAID")
    replies = await asyncio.gather(*(desk.tries((ann, bob)[turn % 2], "claimNext") for turn in range(4)))
    assert sorted(reply.data["done"]["record"] for reply in replies) == orders[:4]
    full = await desk.tries(ann, "claimNext")
    assert full.faults == [("CONFLICT", "over_capacity", ())]
    (first, _second) = await desk.work(ann)
    await desk.does(ann, "completeWork", first["id"])
    assert (await desk.does(ann, "claimNext", queue="desk"))["record"] == orders[4]
    assert (await desk.tries(ann, "completeWork", first["id"])).faults == [("CONFLICT", "work_over", ("id",))]


async def test_nothing_waits_means_null(desk: Desk) -> None:
    await desk.declare(CLAIMED)
    ann = await desk.hire("ann")
    assert (await desk.tries(ann, "claimNext")).data["done"] is None


async def test_strangers_neither_claim_nor_look(desk: Desk) -> None:
    await desk.declare(CLAIMED)
    await desk.hire("ann")
    stranger = await desk.hire("eve", "guest")
    await desk.order(status="PAID")
    (waiting,) = (await desk.office.tenant.data('{ queuedWork(queue: "desk") { id } }'))["queuedWork"]
    assert (await desk.tries(stranger, "claimWork", waiting["id"])).faults == [("NOT_FOUND", "unknown_work", ("id",))]
    assert (await desk.tries(stranger, "claimNext", queue="desk")).faults == [("FORBIDDEN", "not_a_member", ("queue",))]
    looked = await desk.office.tenant.faults('{ queueState(queue: "desk") { depth } }', person=stranger)
    assert looked == [("FORBIDDEN", "not_a_member", ("queue",))]
    assert await desk.office.tenant.faults('{ queueState(queue: "dsk") { depth } }') == [
        ("NOT_FOUND", "unknown_queue", ("queue",))
    ]


async def test_another_tenants_work_is_not_found(desk: Desk) -> None:
    await desk.declare(CLAIMED)
    order = await desk.order(status="PAID")
    (waiting,) = (await desk.office.tenant.data('{ queuedWork(queue: "desk") { id } }'))["queuedWork"]
    west = Desk(desk.time)
    west.office = Office(desk.time.west)
    await west.declare(CLAIMED)
    spy = await west.hire("spy")
    assert (await west.tries(spy, "claimWork", waiting["id"])).faults == [("NOT_FOUND", "unknown_work", ("id",))]
    assert (await west.tries(spy, "claimNext")).data["done"] is None
    explained = await west.office.tenant.faults(
        'query($id: ID!) { explainRouting(object: "order", record: $id) { work { id } } }', {"id": order}, person=spy
    )
    assert explained == [("NOT_FOUND", "unknown_record", ("record",))]


async def test_work_is_handed_to_a_person_or_into_a_queue(desk: Desk) -> None:
    await desk.declare(OFFERED)
    ann, chief = await desk.hire("ann"), await desk.hire("chief", "chief")
    order = await desk.order(status="PAID")
    (offer,) = await desk.work(ann)
    both = await desk.tries(ann, "transferWork", offer["id"], to=chief.id, queue="backup")
    assert both.faults == [("BAD_USER_INPUT", "one_of", ())]
    nobody = await desk.tries(ann, "transferWork", offer["id"], to="nobody@example.com")
    assert nobody.faults == [("NOT_FOUND", "unknown_person", ("to",))]
    moved = await desk.does(ann, "transferWork", offer["id"], queue="backup", reason="a part is missing")
    assert (moved["queue"], await desk.owner(order)) == ("backup", chief.id)
    (work,) = await desk.work(chief)
    given = await desk.does(chief, "transferWork", work["id"], to="ann@example.com")
    assert (given["agent"], given["status"], await desk.owner(order)) == (ann.id, "ACTIVE", ann.id)
    assert (await desk.tries(chief, "completeWork", work["id"])).faults == [("NOT_FOUND", "unknown_work", ("id",))]


async def test_who_is_written_by_hand_has_the_work(desk: Desk) -> None:
    await desk.declare(OFFERED)
    ann, bob = await desk.hire("ann"), await desk.hire("bob", "other")
    order = await desk.order(status="PAID")
    assert await desk.records(ann) == [order]
    await desk.set(order, ownerId=bob.id)
    assert (await desk.records(ann), await desk.records(bob)) == ([], [order])
    assert (await desk.acts(order))[-1] == "followed"


async def test_released_work_is_not_handed_to_the_same_one_again(desk: Desk) -> None:
    await desk.declare(OFFERED)
    ann = await desk.hire("ann")
    order = await desk.order(status="PAID")
    (offer,) = await desk.work(ann)
    await desk.does(ann, "acceptWork", offer["id"])
    chief = await desk.hire("chief", "chief")
    await desk.does(ann, "releaseWork", offer["id"], reason="leave")
    assert (await desk.records(ann), await desk.records(chief)) == ([], [order])


async def test_the_work_of_a_deleted_record_is_gone(desk: Desk) -> None:
    await desk.declare(OFFERED)
    ann = await desk.hire("ann")
    order = await desk.order(status="PAID")
    await desk.office.tenant.data("mutation($id: ID!) { deleteOrder(id: $id) { id } }", {"id": order})
    await desk.time.settle()
    assert await desk.work(ann) == []
    assert (await desk.state("service"))["active"] == 0


async def test_a_record_is_put_into_a_queue_by_hand_once(desk: Desk) -> None:
    await desk.declare(OFFERED)
    ann = await desk.hire("ann")
    order = await desk.order()
    put = await desk.does(None, "routeRecord", queue="service", record=order)
    assert (put["status"], await desk.records(ann)) == ("WAITING", [order])
    again = await desk.tries(None, "routeRecord", queue="backup", record=order)
    assert again.faults == [("CONFLICT", "in_queue", ("record",))]
