"""What docs/flows.md promises, at its edges: killed in the middle, rejected in a branch, moved, two tenants alike."""

from __future__ import annotations

from typing import Any

import pytest

from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.flows.answering import Standing
from server.flows.decisions import Complete
from server.flows.engine import FlowEngine
from server.performers import performers_of
from server.records.writing.saving import RecordWriter
from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.server.flows.quotes import Office, nodes_of, open_tasks
from tests.server.routing.test_guarantees import KilledError, Mortal

MUCH = """
- {name: begin, kind: start, edges: [{to: sign}]}
- name: sign
  kind: approval
  settings: {assign: [{by: role, value: manager}], mode: all}
  timers: [{name: late, after: PT1H, act: urge}]
  edges: [{to: count}]
- {name: count, kind: update, settings: {values: [{field: quantity, value: "=quantity + 1"}]}, edges: [{to: know}]}
- {name: know, kind: script, settings: {variables: [{field: twice, value: "=quantity * 2"}]}, edges: [{to: note}]}
- name: note
  kind: create
  settings: {object: customer, values: [{field: name, value: made by the flow}]}
  edges: [{to: tell}]
- {name: tell, kind: message, settings: {to: [{by: initiator}], subject: signed, body: signed}, edges: [{to: hook}]}
- {name: hook, kind: webhook, settings: {event: signed}, edges: [{to: split}]}
- {name: split, kind: parallel, settings: {join: meet}, edges: [{to: pause}, {to: pack}, {to: inner}]}
- {name: pause, kind: delay, settings: {duration: PT1H}, edges: [{to: meet}]}
- name: pack
  kind: task
  settings: {assign: [{by: role, value: director}]}
  timers: [{name: late, after: PT2H, to: meet, interrupting: true}]
  edges: [{to: meet}]
- {name: inner, kind: subflow, settings: {flow: inner}, edges: [{to: meet}]}
- {name: meet, kind: join, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
INNER = """
- {name: begin, kind: start, edges: [{to: look}]}
- {name: look, kind: task, settings: {assign: [{by: role, value: director}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
PLATFORM = ("flow_instance", "flow_token", "flow_task", "flow_history", "timer", "event", "event_queue", "job")
BRANCHES = """
- {name: begin, kind: start, edges: [{to: draft}]}
- {name: draft, kind: task, settings: {assign: [{by: role, value: manager}]}, edges: [{to: split}]}
- {name: split, kind: parallel, settings: {join: meet}, edges: [{to: first}, {to: other}, {to: pause}]}
- name: first
  kind: approval
  settings: {assign: [{by: role, value: manager}]}
  timers: [{name: late, after: P1D, act: urge}]
  edges: [{to: copy}]
- {name: copy, kind: cc, settings: {assign: [{by: role, value: director}]}, edges: [{to: second}]}
- name: second
  kind: approval
  settings: {assign: [{by: role, value: manager}, {by: role, value: director}], mode: all}
  timers: [{name: late, after: P1D, act: urge}, {name: gone, after: P2D, to: meet, interrupting: true}]
  edges: [{to: meet}]
- name: other
  kind: task
  settings: {assign: [{by: role, value: director}]}
  timers: [{name: late, after: P1D, act: urge}]
  edges: [{to: meet}]
- {name: pause, kind: delay, settings: {duration: P3D}, edges: [{to: meet}]}
- {name: meet, kind: join, edges: [{to: finish}]}
- {name: finish, kind: end}
"""


async def stored(timeline: Timeline, schema: str) -> list[str]:
    """Everything that a transition writes."""
    rows = []
    for table in (*(f"tangram.{name}" for name in PLATFORM), f'"{schema}"."order"', f'"{schema}".customer'):
        rows += await timeline.database.fetch(f"select to_jsonb(t)::text as row from {table} as t order by 1")
    return [row["row"] for row in rows]


async def sign(timeline: Timeline, office: Office, person: Person, task: str, *, statements: int) -> None:
    """Approve in a process that is killed after so many statements."""
    services, tenant = timeline.tenants.services, office.tenant
    loaded = await services.tenants.get(tenant.id)
    writer = RecordWriter(services.vault, services.connections)
    context = Context(loaded.model, Actor(person.id, ActorKind.USER, "li", ("manager",)), ADMINISTRATOR, loaded.epoch)
    async with services.connections.transaction(tenant.id) as connection:
        await FlowEngine(writer, performers_of(writer)).act_on_task(
            Standing(Mortal(connection, statements), context, timeline.now),
            task,
            lambda _state, number: Complete(number, person.id, "approved"),
        )


async def test_a_process_that_is_killed_between_any_two_statements_of_a_transition_has_done_nothing(
    timeline: Timeline,
) -> None:
    office = Office(timeline.east)
    manager = await office.hire("li", "manager")
    await office.hire("zhao", "director")
    await office.publish("inner", INNER)
    await office.publish("quote", MUCH)
    order = await office.order(quantity=1)
    started = await office.start("quote", order)
    (task,) = await office.tasks(manager)
    await timeline.settle()
    before = await stored(timeline, office.tenant.schema)
    statements = 0
    while True:
        try:
            await sign(timeline, office, manager, task["id"], statements=statements)
        except KilledError:
            assert await stored(timeline, office.tenant.schema) == before
            statements += 1
        else:
            break
    assert statements > 10
    found = await office.instance(started["id"])
    assert (nodes_of(found), open_tasks(found), found["failures"]) == (["inner", "pack", "pause"], ["pack"], 0)
    data = await office.tenant.data("query($id: ID!) { order(id: $id) { quantity } }", {"id": order})
    assert data == {"order": {"quantity": 2}}


@pytest.fixture
async def branches(timeline: Timeline) -> Office:
    office = Office(timeline.east)
    await office.hire("li", "manager")
    await office.hire("zhao", "director")
    await office.publish("quote", BRANCHES)
    return office


async def left_over(timeline: Timeline, instance: str) -> dict[str, list[str]]:
    """What of an instance still waits for somebody or for the clock: tasks, copies and timers, by node."""
    tasks = await timeline.database.fetch(
        "select node, kind from tangram.flow_task where instance_id = $1 and status in ('open', 'held') order by node",
        instance,
    )
    timers = await timeline.database.fetch(
        "select token.node, timer.payload ->> 'timer' as name from tangram.timer as timer"
        " left join tangram.flow_token as token on token.instance_id = $1"
        " and token.number = (timer.payload ->> 'token')::int and token.visit = (timer.payload ->> 'visit')::int"
        " where timer.stream = 'flow:' || $1::text and timer.fired_at is null order by 1, 2",
        instance,
    )
    return {
        "tasks": [row["node"] for row in tasks if row["kind"] != "cc"],
        "copies": [row["node"] for row in tasks if row["kind"] == "cc"],
        "timers": [f"{row['node']} {row['name']}".strip() for row in timers],
    }


async def test_a_rejection_inside_a_branch_leaves_no_task_timer_or_copy_behind(
    timeline: Timeline, branches: Office
) -> None:
    manager, director = branches.people["li"], branches.people["zhao"]
    begun = {"tasks": [], "copies": [], "timers": []}  # type: dict[str, list[str]]
    others = {"tasks": ["first", "other"], "copies": [], "timers": ["first late", "other late", "pause"]}
    expected = {
        "previous": others,
        "first": others,
        "draft": begun | {"tasks": ["draft"]},
        "end": begun,
    }  # fmt: skip
    for to, left in expected.items():
        started = await branches.start("quote", await branches.order(quantity=1))
        for node in ("draft", "first"):
            tasks = {task["node"]: task["id"] for task in await branches.tasks(manager)}
            await branches.act("completeTask" if node == "draft" else "approveTask", manager, tasks[node])
        assert await left_over(timeline, started["id"]) == {
            "tasks": ["other", "second", "second"],
            "copies": ["copy"],
            "timers": ["other late", "pause", "second gone", "second late"],
        }
        (task,) = [task for task in await branches.tasks(director) if task["node"] == "second"]
        await branches.act("rejectTask", director, task["id"], to=to)
        assert await left_over(timeline, started["id"]) == left, to
        await timeline.later(days=4)
        found = await branches.instance(started["id"])
        assert found["failures"] == 0
        if found["status"] == "RUNNING":
            await branches.tenant.data("mutation($id: ID!) { withdraw(instance: $id) { id } }", {"id": started["id"]})
        assert await left_over(timeline, started["id"]) == begun


async def test_a_run_is_stopped_for_a_while_and_a_token_moved_with_a_reason(
    timeline: Timeline, branches: Office
) -> None:
    manager = branches.people["li"]
    started = await branches.start("quote", await branches.order(quantity=1))
    (task,) = await branches.tasks(manager)
    given: dict[str, Any] = {"id": started["id"]}
    await branches.tenant.data("mutation($id: ID!) { suspendFlow(instance: $id, comment: stocktaking) { id } }".replace(
        "stocktaking", '"stocktaking"'), given)  # fmt: skip
    assert (await branches.try_act("completeTask", manager, task["id"])).faults == [("CONFLICT", "suspended", ())]
    await branches.tenant.data("mutation($id: ID!) { resumeFlow(instance: $id) { id } }", given)
    (token,) = (await branches.instance(started["id"]))["tokens"]
    move = (
        "mutation($id: ID!, $token: Int!, $to: String!)"
        ' { moveToken(instance: $id, token: $token, to: $to, reason: "agreed by telephone") { id } }'
    )
    await branches.tenant.data(move, {**given, "token": token["id"], "to": "finish"})
    assert (await branches.instance(started["id"]))["status"] == "DONE"
    assert await left_over(timeline, started["id"]) == {"tasks": [], "copies": [], "timers": []}
    data = await branches.tenant.data("query($id: ID!) { flowHistory(instance: $id) { act node to comment } }", given)
    assert {"act": "moved", "node": "draft", "to": "finish", "comment": "agreed by telephone"} in data["flowHistory"]


async def test_two_tenants_with_the_same_flow_record_ids_and_keys_do_not_meet(timeline: Timeline) -> None:
    east, west = Office(timeline.east), Office(timeline.west)
    order = await east.order(quantity=1)
    started = []
    for office in (east, west):
        await office.hire("li", "manager")
        await office.hire("zhao", "director")
        await office.publish("inner", INNER)
        await office.publish("quote", MUCH)
    theirs = await west.order(quantity=1)
    await timeline.database.execute(
        f'update "{west.tenant.schema}"."order" set id = $1 where id = $2', order, theirs
    )  # the very same id
    for office in (east, west):
        started.append(await office.start("quote", order))
    (task,) = await east.tasks(east.people["li"])
    refused = await west.try_act("approveTask", west.people["li"], task["id"])
    assert [fault[:2] for fault in refused.faults] == [("NOT_FOUND", "unknown_task")]
    await east.act("approveTask", east.people["li"], task["id"])
    await timeline.later(hours=1, minutes=30)
    mine, other = await east.instance(started[0]["id"]), await west.instance(started[1]["id"])
    assert (nodes_of(mine), nodes_of(other)) == (["inner", "pack"], ["sign"])
    told = "query($id: ID!) { order(id: $id) { quantity } }"
    assert (await east.tenant.data(told, {"id": order}))["order"] == {"quantity": 2}
    assert (await west.tenant.data(told, {"id": order}))["order"] == {"quantity": 1}
    assert len(await west.tasks(west.people["li"])) == 1
