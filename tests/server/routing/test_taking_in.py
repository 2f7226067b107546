"""Many records that are written at once: each goes where its rule says, by a few statements for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.events.log import Event
from server.events.sql import EVENTS_BY_ID
from server.records.facts import Facts
from server.routing.assigning import Assigner
from server.routing.intake import Intake
from server.routing.recording import Standing
from server.routing.ruling import hold
from tests.server.routing.desk import Desk

QUEUES = """
queues:
  - {name: paid, object: order, members: [{role: agent}], push: false, priority: quantity}
  - {name: large, object: order, members: [{role: agent}], push: false}
  - {name: rest, object: order, members: [{role: agent}], push: false, catch_all: true}
routing_rules:
  - {name: much, object: order, queue: large, order: 1, when: quantity > 10}
  - {name: paid, object: order, queue: paid, order: 2, when: status == "paid"}
  - {name: grown, object: order, queue: large, order: 3, events: [update], when: quantity > 10 && old.quantity <= 10}
"""
WAITING = """
select queue, record_id::text as record_id, rank::int as rank
from tangram.routing_item where status = 'waiting' order by id
"""


@dataclass
class Counted:
    """A connection that counts its statements."""

    connection: Any
    statements: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.connection, name)
        if name in ("execute", "fetch", "fetchrow", "fetchval"):
            self.statements.append(name)
        return found


async def written(desk: Desk, **values: Any) -> str:
    """An order, of whose event nobody has heard yet."""
    return await desk.office.order(**values)


async def take_in(desk: Desk) -> int:
    """Take in every event of an order by one run; how many statements that took."""
    services, tenant = desk.time.tenants.services, desk.office.tenant
    loaded = await services.tenants.get(tenant.id)
    context = Context(loaded.model, Actor("", ActorKind.SYSTEM, "routing.written", ()), ADMINISTRATOR, loaded.epoch)
    rows = await desk.time.database.fetch(
        "select id from tangram.event where tenant_id = $1 and object = 'order' order by id", tenant.id
    )
    async with services.connections.transaction(tenant.id) as connection:
        found = await connection.fetch(EVENTS_BY_ID, tenant.id, [row["id"] for row in rows])
        counted = Counted(connection)
        events = [Event.from_row(row) for row in found]
        await Intake(Assigner(Facts())).written(Standing(counted, context, desk.time.now), events)
    return len(counted.statements)


async def test_records_of_one_batch_go_each_where_its_rule_says_and_name_their_event(desk: Desk) -> None:
    await desk.declare(QUEUES)
    free = await written(desk, quantity=1)
    paid = await written(desk, status="PAID", quantity=3)
    dear = await written(desk, status="PAID", quantity=11)
    first = await take_in(desk)
    found = await desk.time.database.fetch(WAITING)
    assert {(row["record_id"], row["queue"], row["rank"]) for row in found} == {
        (free, "rest", 0), (paid, "paid", -3), (dear, "large", 0),
    }  # fmt: skip
    causes = await desk.time.database.fetch(
        "select made.record_id::text, told.changes ->> 'record' as record from tangram.event as told"
        " join tangram.event as made on made.id = told.cause[1] where told.object = 'routing__item'"
    )
    assert {(row["record_id"], row["record"]) for row in causes} == {(one, one) for one in (free, paid, dear)}
    # As many statements for ten as for one of each: those that are in a queue already are left there.
    for _ in range(10):
        await written(desk, status="PAID", quantity=2)
    await desk.time.database.execute("delete from tangram.routing_item")
    assert await take_in(desk) == first
    assert len(await desk.time.database.fetch(WAITING)) == 13


async def test_record_written_several_times_in_a_batch_is_followed_in_order(desk: Desk) -> None:
    await desk.declare(QUEUES)
    grown = await written(desk, status="PAID", quantity=3)
    await desk.office.tenant.data(
        "mutation($id: ID!) { updateOrder(id: $id, input: {quantity: 12}) { id } }", {"id": grown}
    )
    gone = await written(desk, status="PAID", quantity=3)
    await desk.office.tenant.data("mutation($id: ID!) { deleteOrder(id: $id) { id } }", {"id": gone})
    await desk.time.settle()
    found = await desk.time.database.fetch(WAITING)
    assert [(row["record_id"], row["queue"]) for row in found] == [(grown, "large")]


async def test_condition_that_cannot_be_asked_is_true_of_none_and_keeps_no_other_from_being_asked(desk: Desk) -> None:
    order = await written(desk, quantity=3)
    services, tenant = desk.time.tenants.services, desk.office.tenant
    loaded = await services.tenants.get(tenant.id)
    context = Context(loaded.model, Actor("", ActorKind.SYSTEM, "routing.written", ()), ADMINISTRATOR, loaded.epoch)
    async with services.connections.transaction(tenant.id) as connection:
        standing = Standing(connection, context, desk.time.now)
        met = await hold(Facts(), standing, "order", [order], ["no_such_field == 1", "quantity == 3", "quantity == 4"])
    assert met == {order: {"quantity == 3"}}
