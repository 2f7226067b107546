"""Work is handed out: put into a queue by a rule, to whoever is there and has room, the record written, why kept."""

from __future__ import annotations

from tests.server.routing.desk import Desk

SERVICE = """
queues:
  - name: service
    object: order
    members: [{role: agent}]
    capacity: "2"
    steps: [{by: least_loaded}, {by: round_robin}]
    done_when: status == "shipped"
routing_rules:
  - name: paid
    object: order
    queue: service
    events: [create, update]
    when: status == "paid" && old.status != "paid"
"""


async def test_a_rule_puts_a_record_into_a_queue_and_its_agent_owns_it(desk: Desk) -> None:
    await desk.declare(SERVICE)
    li = await desk.hire("li")
    order = await desk.order(quantity=1)
    assert await desk.records(li) == []
    await desk.set(order, status="PAID")
    (work,) = await desk.work(li)
    assert (work["record"], work["queue"], work["object"], work["status"]) == (order, "service", "order", "ACTIVE")
    assert await desk.owner(order) == li.id
    assert await desk.acts(order) == ["queued", "assigned"]


async def test_work_waits_while_everybody_is_busy_and_comes_when_one_is_done(desk: Desk) -> None:
    await desk.declare(SERVICE)
    li = await desk.hire("li")
    orders = await desk.orders(3, status="PAID")
    assert await desk.records(li) == orders[:2]
    assert (await desk.state("service"))["depth"] == 1
    (first, _second) = await desk.work(li)
    await desk.does(li, "completeWork", first["id"])
    assert await desk.records(li) == orders[1:]
    await desk.set(orders[1], status="SHIPPED")
    assert await desk.records(li) == orders[2:]
    assert (await desk.acts(orders[1]))[-1] == "done"


async def test_those_who_are_not_there_are_handed_nothing_and_it_is_told_why(desk: Desk) -> None:
    await desk.declare(SERVICE)
    li, sun = await desk.hire("li", online=False), await desk.hire("sun")
    await desk.says(sun, "AWAY")
    order = await desk.order(status="PAID")
    explained = await desk.explain(order)
    assert explained["work"] == [{"queue": "service", "status": "WAITING", "reason": "nobody_free", "agent": None}]
    assert {one["agent"]: one["out"] for one in explained["now"]["agents"]} == {li.id: "offline", sun.id: "away"}
    await desk.says(li, "ONLINE")
    assert await desk.records(li) == [order]


async def test_presence_lapses_without_a_sign_of_life(desk: Desk) -> None:
    await desk.declare(SERVICE)
    li = await desk.hire("li")
    await desk.time.later(seconds=119)
    first = await desk.order(status="PAID")
    await desk.time.later(seconds=1)
    second = await desk.order(status="PAID")
    assert await desk.records(li) == [first]
    assert (await desk.state("service"))["agents"][0]["absent"] == "offline"
    await desk.says(li, "ONLINE")
    assert await desk.records(li) == [first, second]
