"""A flow that needs somebody asks by a field, waits, and gives its task to whom routing has found."""

from __future__ import annotations

from tests.server.flows.quotes import nodes_of
from tests.server.routing.desk import Desk

QUEUE = """
objects: [{name: order, plural: orders, fields: [{name: engineer, type: user}]}]
queues: [{name: repair, object: order, members: [{role: agent}], assign_to: engineer}]
routing_rules:
  - {name: repair, object: order, queue: repair, events: [update], when: quantity == 7 && old.quantity != 7}
"""
FLOW = """
- {name: begin, kind: start, edges: [{to: ask}]}
- {name: ask, kind: update, settings: {values: [{field: quantity, value: 7}]}, edges: [{to: found}]}
- name: found
  kind: wait_for
  settings: {when: engineer != null}
  edges: [{to: repair, outcome: happened}]
- {name: repair, kind: task, settings: {assign: [{by: field, value: engineer}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""


async def test_the_task_goes_to_whom_the_queue_has_found(desk: Desk) -> None:
    await desk.declare(QUEUE)
    await desk.office.publish("repair", FLOW)
    order = await desk.order(quantity=1)
    started = await desk.office.start("repair", order)
    await desk.time.settle()
    assert nodes_of(await desk.office.instance(started["id"])) == ["found"]
    ann = await desk.hire("ann")
    (task,) = await desk.office.tasks(ann)
    assert (task["node"], await desk.records(ann)) == ("repair", [order])
    done = await desk.office.act("completeTask", ann, task["id"])
    assert done["status"] == "DONE"
