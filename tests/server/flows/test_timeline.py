"""Flows by the clock: what is due happens at its time, in order, and late rather than never."""

from __future__ import annotations

from datetime import timedelta

from tests.fixtures.timeline import Timeline
from tests.server.flows.quotes import Office, nodes_of, open_tasks

REMINDED = """
- {name: begin, kind: start, edges: [{to: answer}]}
- name: answer
  kind: task
  settings: {assign: [{by: role, value: manager}], due: PT2H}
  timers:
    - {name: remind, after: PT1H, act: urge, repeat: 1}
    - {name: mark, after: PT2H, to: urgent}
    - {name: give_up, after: PT6H, to: specialist, interrupting: true}
  edges: [{to: finish}]
- {name: urgent, kind: update, settings: {values: [{field: quantity, value: 9}]}, edges: [{to: marked}]}
- {name: marked, kind: end, settings: {result: branch}}
- {name: specialist, kind: task, settings: {assign: [{by: role, value: director}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""


async def acts(office: Office, instance: str) -> list[tuple[str, str | None, str]]:
    data = await office.tenant.data("query($id: ID!) { flowHistory(instance: $id) { act node at } }", {"id": instance})
    return [(line["act"], line["node"], line["at"]) for line in data["flowHistory"]]


async def test_everything_due_on_the_way_happens_at_its_time_and_in_order(timeline: Timeline) -> None:
    office = Office(timeline.east)
    await office.hire("li", "manager")
    director = await office.hire("zhao", "director")
    await office.publish("answer", REMINDED)
    started = await office.start("answer", await office.order(quantity=1))
    begun = timeline.now
    await timeline.later(hours=7)
    lines = [
        (line[0], line[1], line[2])
        for line in await acts(office, started["id"])
        if line[0] in ("timer", "task_cancelled", "task_opened")
    ]
    assert lines == [
        ("task_opened", "answer", begun.isoformat()),
        *[("timer", "answer", (begun + timedelta(hours=hours)).isoformat()) for hours in (1, 2, 2, 6)],
        ("task_cancelled", "answer", (begun + timedelta(hours=6)).isoformat()),
        ("task_opened", "specialist", (begun + timedelta(hours=6)).isoformat()),
    ]
    assert len(await office.tasks(director)) == 1


async def test_after_ten_hours_of_downtime_what_was_due_is_done_in_due_order(timeline: Timeline) -> None:
    office = Office(timeline.east)
    await office.hire("li", "manager")
    await office.hire("zhao", "director")
    await office.publish("answer", REMINDED)
    order = await office.order(quantity=1)
    started = await office.start("answer", order)
    await timeline.down(hours=10)
    await timeline.settle()
    timers = [line for line in await acts(office, started["id"]) if line[0] == "timer"]
    assert [line[2] for line in timers] == [timeline.now.isoformat()] * 3
    found = await office.instance(started["id"])
    assert (nodes_of(found), open_tasks(found), found["failures"]) == (["specialist"], ["specialist"], 0)
    data = await office.tenant.data("query($id: ID!) { order(id: $id) { quantity } }", {"id": order})
    assert data == {"order": {"quantity": 9}}


async def test_what_a_tenant_has_due_leaves_the_other_alone(timeline: Timeline) -> None:
    started = []
    for tenant in (timeline.east, timeline.west):
        office = Office(tenant)
        await office.hire("li", "manager")
        await office.hire("zhao", "director")
        await office.publish("answer", REMINDED)
        started.append((office, await office.start("answer", await office.order(quantity=1))))
    (east, mine), (west, theirs) = started
    (task,) = [one["id"] for one in (await east.instance(mine["id"]))["tasks"]]
    await east.act("completeTask", east.people["li"], task)
    await timeline.later(hours=7)
    assert (await east.instance(mine["id"]))["status"] == "DONE"
    assert open_tasks(await west.instance(theirs["id"])) == ["specialist"]


PAID_LATER = """
- {name: begin, kind: start, edges: [{to: look}]}
- {name: look, kind: task, settings: {assign: [{by: role, value: manager}], due: PT30M}, edges: [{to: pause}]}
- {name: pause, kind: delay, settings: {duration: PT3H}, edges: [{to: pay}]}
- {name: pay, kind: update, settings: {values: [{field: status, value: paid}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
PAID_WITHIN = {
    "sla_policies": [
        {
            "name": "payment",
            "object": "order",
            "metrics": [
                {
                    "name": name,
                    "start": 'status == "draft"',
                    "stop": 'status == "paid"',
                    "targets": [{"within": within}],
                }
                for name, within in (("quick", "PT2H"), ("slow", "PT4H"))
            ],
        }
    ]
}


async def test_a_sandbox_tells_until_when_tasks_and_promises_are_due_and_which_are_kept(timeline: Timeline) -> None:
    office, begun = Office(timeline.east), timeline.now
    manager = await office.hire("li", "manager")
    await office.publish("answer", PAID_LATER)
    await office.tenant.data(
        "mutation($document: JSON!) { applyMetadata(document: $document) { version } }",
        {"document": PAID_WITHIN},
        path="/metadata",
    )
    order = await office.order(quantity=1, status="DRAFT")
    await timeline.settle()

    def at(**passed: float) -> str:
        return (begun + timedelta(**passed)).isoformat()

    query = 'query($id: ID!) { simulateFlow(flow: "answer", record: $id) { status endsAt tasks promises } }'
    found = (await office.tenant.data(query, {"id": order}))["simulateFlow"]
    assert (found["status"], found["endsAt"]) == ("DONE", at(hours=3, minutes=1))
    assert [(task["node"], task["assignee"], task["dueAt"]) for task in found["tasks"]] == [
        ("look", manager.id, at(minutes=30))
    ]
    told = [(one["metric"], one["startedAt"], one["dueAt"], one["stoppedAt"], one["late"]) for one in found["promises"]]
    assert told == [
        ("quick", begun.isoformat(), at(hours=2), at(hours=3, minutes=1), True),
        ("slow", begun.isoformat(), at(hours=4), at(hours=3, minutes=1), False),
    ]
    clocks = 'query($id: ID!) { slaClocks(object: "order", record: $id) { metric state stoppedAt } }'
    assert (await office.tenant.data(clocks, {"id": order}))["slaClocks"] == [
        {"metric": name, "state": "RUNNING", "stoppedAt": None} for name in ("quick", "slow")
    ]
