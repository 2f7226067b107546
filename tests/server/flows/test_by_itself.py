"""What happens without anybody asking: events start flows, timers move them, flows run flows, promises are watched."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from server.worker import work
from tests.server.flows.quotes import Office


@contextlib.asynccontextmanager
async def working(office: Office) -> AsyncIterator[None]:
    """A worker of this process."""
    stop = asyncio.Event()
    task = asyncio.create_task(work(office.tenant.services, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(ask: Callable[[], Awaitable[Any]], wanted: Callable[[Any], bool]) -> Any:
    """Ask until the answer is as wanted."""
    found: Any = None
    async with asyncio.timeout(90):
        while not wanted(found):
            await asyncio.sleep(0.2)
            found = await ask()
    return found


CHILD = """
- {name: begin, kind: start, edges: [{to: pause}]}
- {name: pause, kind: delay, settings: {duration: PT1S}, edges: [{to: count}]}
- {name: count, kind: update, settings: {values: [{field: quantity, value: "=quantity + 1"}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
PARENT = """
- name: begin
  kind: start
  settings: {trigger: record, events: [update], when: 'status == "paid" && old.status != "paid"'}
  edges: [{to: inner}]
- {name: inner, kind: subflow, settings: {flow: child}, edges: [{to: wait}]}
- name: wait
  kind: wait_for
  settings: {when: 'status == "shipped"', deadline: P9D}
  edges: [{to: finish, outcome: happened}, {to: late, outcome: late}]
- {name: late, kind: end, settings: {result: error}}
- {name: finish, kind: end}
"""
PROMISE = {
    "sla_policies": [
        {
            "name": "ship",
            "object": "order",
            "metrics": [
                {
                    "name": "shipping",
                    "start": 'status == "paid"',
                    "stop": 'status == "shipped"',
                    "targets": [{"within": "PT1S"}],
                    "steps": [{"name": "mark", "minutes": 0, "act": "set", "field": "quantity", "value": "70"}],
                }
            ],
        }
    ]
}
UPDATE = "mutation($id: ID!, $status: OrderStatus!) { updateOrder(id: $id, input: {status: $status}) { status } }"


async def test_an_event_starts_a_flow_that_runs_another_and_waits_for_the_record(office: Office) -> None:
    await office.publish("child", CHILD)
    await office.publish("parent", PARENT)
    order = await office.order(quantity=1)

    async def instances() -> Any:
        data = await office.tenant.data("{ flowInstances { flow status tokens { node } } }")
        return {
            one["flow"]: (one["status"], [token["node"] for token in one["tokens"]]) for one in data["flowInstances"]
        }

    async with working(office):
        await office.tenant.data(UPDATE, {"id": order, "status": "PAID"})
        found = await until(instances, lambda found: found and found.get("parent") == ("RUNNING", ["wait"]))
        assert found["child"] == ("DONE", [])
        data = await office.tenant.data("query($id: ID!) { order(id: $id) { quantity } }", {"id": order})
        assert data == {"order": {"quantity": 2}}
        await office.tenant.data(UPDATE, {"id": order, "status": "SHIPPED"})
        await until(instances, lambda found: found and found["parent"] == ("DONE", []))


async def test_a_broken_promise_is_a_fact_and_climbs_its_ladder(office: Office) -> None:
    await office.tenant.data(
        "mutation($document: JSON!) { applyMetadata(document: $document) { version } }",
        {"document": PROMISE},
        path="/metadata",
    )
    order = await office.order(quantity=1)

    async def clocks() -> Any:
        data = await office.tenant.data(
            'query($id: ID!) { slaClocks(object: "order", record: $id) { state breachedAt pauses { begins } }'
            " order(id: $id) { quantity } }",
            {"id": order},
        )
        return [(one["state"], one["breachedAt"] is not None) for one in data["slaClocks"]], data["order"]["quantity"]

    async with working(office):
        await office.tenant.data(UPDATE, {"id": order, "status": "PAID"})
        await until(clocks, lambda found: found == ([("RUNNING", True)], 70))
        await office.tenant.data(UPDATE, {"id": order, "status": "SHIPPED"})
        await until(clocks, lambda found: found == ([("STOPPED", True)], 70))
