"""What holds whatever happens: capacity is never exceeded, work has one agent, a go that dies has done nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.records.facts import Facts
from server.routing.assigning import Assigner, Drained
from server.routing.recording import Standing
from server.routing.upkeep import look_at_waiting
from tests.server.routing.desk import Desk

QUEUES = """
queues:
  - name: service
    object: order
    members: [{role: agent}]
    online: false
    capacity: "3"
    overflow: backup
    overflow_after: PT1H
    accept_within: PT10M
    steps: [{by: sticky, expression: customer}, {by: where, expression: store == actor.home_store}, {by: round_robin}]
    levels: [{name: deep, depth: 1}]
  - {name: backup, object: order, members: [{role: agent}], online: false, capacity: "3", push: false}
"""
TAKING = 'routing_rules: [{name: paid, object: order, queue: service, when: status == "paid"}]'
LAID_UP = QUEUES.replace("    overflow: backup", "    push: false\n    overflow: backup")


class KilledError(Exception):
    """The process ended here."""


@dataclass
class Mortal:
    """A connection whose process is killed before a statement."""

    connection: Any
    left: int

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.connection, name)
        if name not in ("execute", "fetch", "fetchrow", "fetchval"):
            return found
        self.left -= 1
        if self.left < 0:
            raise KilledError
        return found


async def drain(desk: Desk, *names: str, statements: int | None = None) -> dict[str, Drained]:
    """One go, in a process that may be killed after so many statements."""
    services, tenant = desk.time.tenants.services, desk.office.tenant
    loaded = await services.tenants.get(tenant.id)
    context = Context(loaded.model, Actor("", ActorKind.SYSTEM, "routing.moved", ()), ADMINISTRATOR, loaded.epoch)
    async with services.connections.transaction(tenant.id) as connection:
        used = connection if statements is None else Mortal(connection, statements)
        return await Assigner(Facts()).drain(Standing(used, context, desk.time.now), dict.fromkeys(names))


async def stored(desk: Desk) -> list[Any]:
    """Everything that a go writes."""
    rows = []
    for table in ("routing_item", "routing_agent", "routing_queue", "routing_decision", "event", "event_queue"):
        rows += await desk.time.database.fetch(f"select to_jsonb(t)::text as row from tangram.{table} as t order by 1")
    rows += await desk.time.database.fetch(
        f'select to_jsonb(t)::text as row from "{desk.office.tenant.schema}"."order" as t order by 1'
    )
    return [row["row"] for row in rows]


async def waiting_orders(desk: Desk, count: int) -> list[str]:
    """Orders that wait in a queue that was laid up meanwhile."""
    await desk.declare(f"{LAID_UP}\n{TAKING}")
    orders = await desk.orders(count, status="PAID")
    await desk.declare(QUEUES)
    return orders


async def test_a_process_that_is_killed_between_any_two_statements_has_handed_nothing_out(desk: Desk) -> None:
    orders = await waiting_orders(desk, 3)
    ann, bob = await desk.hire("ann", online=False), await desk.hire("bob", online=False)
    before = await stored(desk)
    statements = 0
    while True:
        try:
            await drain(desk, "backup", "service", statements=statements)
        except KilledError:
            assert await stored(desk) == before
            statements += 1
        else:
            break
    assert statements > 10
    assert sorted([*await desk.records(ann), *await desk.records(bob)]) == sorted(orders)
    again = await drain(desk, "service")
    assert again["service"].assigned == 0


async def test_goes_at_the_same_time_exceed_no_capacity_and_hand_nothing_out_twice(desk: Desk) -> None:
    await waiting_orders(desk, 20)
    people = [await desk.hire(name, online=False) for name in ("ann", "bob", "cai", "dan")]
    claims = [desk.tries(person, "claimNext", queue="service") for person in people for _ in range(3)]
    goes = [drain(desk, *names) for names in (("service",), ("backup", "service"), ("service",), ("service", "backup"))]
    found = await asyncio.gather(*claims, *goes, return_exceptions=True)
    assert [one for one in found if isinstance(one, BaseException)] == []
    await drain(desk, "service")
    held = Counter[str]()
    for person in people:
        held.update(await desk.records(person))
        assert len(await desk.work(person)) == 3
    assert max(held.values()) == 1
    assert (await desk.state("service"))["depth"] == 20 - 12


async def test_a_rule_of_the_tenant_keeps_one_record_back_and_no_other(desk: Desk) -> None:
    strict = """
  - name: order
    plural: orders
    validations: [{name: small_ones_are_free, rule: quantity > 5 || owner == null}]
"""
    await desk.declare(f"{QUEUES}\n{TAKING}")
    await desk.declare(f"objects:{strict}\n{QUEUES}\n{TAKING}")
    ann = await desk.hire("ann", online=False)
    customer = await desk.office.tenant.create("Customer", name="王")
    data = await desk.office.tenant.data(
        "mutation($inputs: [CreateOrderInput!]!) { made: createOrders(inputs: $inputs) { id } }",
        {
            "inputs": [
                {"customerId": customer, "status": "PAID", "quantity": quantity, "ownerId": None}
                for quantity in (9, 1, 8)
            ]
        },
    )
    await desk.time.settle()
    orders = [one["id"] for one in data["made"]]
    assert await desk.records(ann) == [orders[0], orders[2]]
    explained = await desk.explain(orders[1])
    assert explained["work"][0]["reason"] == "refused"


async def test_what_waits_in_a_queue_that_is_removed_goes_to_the_catch_all(desk: Desk) -> None:
    (order,) = await waiting_orders(desk, 1)
    chief = await desk.hire("chief", "chief", online=False)
    for removed in ('removeRoutingRule(name: "paid")', 'removeQueue(name: "service")'):
        await desk.office.tenant.data(f"mutation {{ {removed} {{ version }} }}", path="/metadata")
    await desk.declare(
        "queues: [{name: hall, object: order, catch_all: true, online: false, members: [{role: chief}]}]"
    )
    assert await look_at_waiting(desk.time.tenants.services.connections, desk.time.clock) == 1
    await desk.time.settle()
    assert await desk.records(chief) == [order]
    assert (await desk.acts(order))[-2:] == ["moved", "assigned"]


async def test_a_record_that_no_rule_fits_goes_to_the_catch_all(desk: Desk) -> None:
    hall = "  - {name: hall, object: order, catch_all: true, online: false, members: [{role: chief}]}"
    await desk.declare(f"{QUEUES}{hall}\n{TAKING}")
    chief = await desk.hire("chief", "chief", online=False)
    order = await desk.order(status="DRAFT")
    assert await desk.records(chief) == [order]


async def test_work_that_waits_too_long_goes_on_with_its_age(desk: Desk) -> None:
    await desk.declare(f"{QUEUES}\n{TAKING}")
    ann = await desk.hire("ann", online=False)
    orders = await desk.orders(4, status="PAID")
    for work in await desk.work(ann):
        await desk.does(ann, "acceptWork", work["id"])
    entered = (await desk.state("service"))["oldestAgeSeconds"]
    assert entered == 0
    await desk.time.later(hours=1)
    backup = await desk.state("backup")
    assert (backup["depth"], backup["oldestAgeSeconds"], (await desk.state("service"))["depth"]) == (1, 3_600, 0)
    assert (await desk.acts(orders[3]))[-1] == "moved"


async def test_a_rule_that_names_the_change_moves_what_is_in_a_queue(desk: Desk) -> None:
    rules = """
routing_rules:
  - {name: paid, object: order, queue: service, when: status == "paid"}
  - name: large
    object: order
    queue: backup
    events: [update]
    when: quantity > 100 && (old.quantity == null || old.quantity <= 100)
"""
    await desk.declare(f"{QUEUES}{rules}")
    ann = await desk.hire("ann", online=False)
    order = await desk.order(status="PAID", quantity=1)
    assert await desk.records(ann) == [order]
    await desk.set(order, quantity=101)
    explained = await desk.explain(order)
    assert [(one["queue"], one["status"]) for one in explained["work"]] == [("backup", "WAITING")]
    assert await desk.owner(order) is None
    await desk.set(order, quantity=102)
    assert (await desk.acts(order)).count("moved") == 1
