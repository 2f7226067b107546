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
