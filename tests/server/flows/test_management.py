"""What is done with many runs at once: other versions, suspension, incidents, leavers, and standing in."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.server.flows.quotes import Office, nodes_of, open_tasks

SIGN = """
- {name: begin, kind: start, edges: [{to: sign}]}
- name: sign
  kind: approval
  settings: {assign: [{by: role, value: manager}], mode: all, due: PT2H}
  timers: [{name: remind, after: PT3H, act: urge}]
  edges: [{to: pay}]
- {name: pay, kind: update, settings: {values: [{field: status, value: paid}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
COUNTERSIGN = (
    SIGN.replace("name: sign\n", "name: countersign\n")
    .replace("{to: sign}", "{to: countersign}")
    .replace("value: paid", "value: shipped")
)
MIGRATE = """
mutation($from: Int!, $mapping: JSON, $first: Int, $after: ID) {
  done: migrateFlow(flow: "quote", from: $from, mapping: $mapping, first: $first, after: $after) {
    number moved left last instances { moves obstacles { node reason } }
  }
}
"""
PLAN = """
query($from: Int!, $mapping: JSON) {
  plan: planFlowMigration(flow: "quote", from: $from, mapping: $mapping) {
    number moved left instances { moves obstacles { node reason } }
  }
}
"""


async def history(office: Office, instance: str) -> list[tuple[str, str | None, str | None]]:
    data = await office.tenant.data("query($id: ID!) { flowHistory(instance: $id) { act node to } }", {"id": instance})
    return [(line["act"], line["node"], line["to"]) for line in data["flowHistory"]]


async def test_versions_differ_node_by_node(office: Office) -> None:
    await office.hire("li", "manager")
    await office.publish("quote", SIGN)
    await office.publish("quote", SIGN.replace("mode: all", "mode: any").replace("act: urge", "act: escalate"))
    ask = '{ flowDiff(flow: "quote", from: 1, to: 2) { node change part before after } }'
    found = (await office.tenant.data(ask))["flowDiff"]
    assert [(one["node"], one["change"], one["part"]) for one in found] == [
        ("sign", "CHANGED", "timers"),
        ("sign", "CHANGED", "settings.mode"),
    ]
    assert (found[1]["before"], found[1]["after"]) == ("all", None)


async def test_running_instances_move_to_another_version_with_their_tasks_and_due_times(timeline: Timeline) -> None:
    office = Office(timeline.east)
    manager, second = await office.hire("li", "manager"), await office.hire("sun", "manager")
    await office.publish("quote", SIGN)
    begun = timeline.now
    old = [await office.start("quote", await office.order(quantity=1)) for _ in range(3)]
    (task, *_) = await office.tasks(manager)
    await office.act("approveTask", manager, task["id"])
    await timeline.later(hours=1)
    await office.publish("quote", COUNTERSIGN, without=["sign"])

    plan = (await office.tenant.data(PLAN, {"from": 1}))["plan"]
    assert (plan["number"], plan["moved"], plan["left"]) == (2, 0, 3)
    assert plan["instances"] == [{"moves": False, "obstacles": [{"node": "sign", "reason": "node_gone"}]}] * 3
    mapping = {"sign": "countersign"}
    plan = (await office.tenant.data(PLAN, {"from": 1, "mapping": mapping}))["plan"]
    assert [one["moves"] for one in plan["instances"]] == [True] * 3

    first = (await office.tenant.data(MIGRATE, {"from": 1, "mapping": mapping, "first": 2}))["done"]
    assert (first["moved"], first["left"]) == (2, 1)
    rest = (await office.tenant.data(MIGRATE, {"from": 1, "mapping": mapping, "after": first["last"]}))["done"]
    assert (rest["moved"], rest["left"]) == (1, 0)
    moved = await office.instance(old[0]["id"])
    assert (moved["number"], nodes_of(moved), open_tasks(moved)) == (2, ["countersign"], ["countersign"])
    assert ("migrated", None, "2") in await history(office, old[0]["id"])

    await timeline.until(begun + timedelta(hours=3, minutes=1))
    assert ("timer", "countersign", None) in await history(office, old[0]["id"])
    for person in (manager, second):
        for task in await office.tasks(person):
            await office.act("approveTask", person, task["id"])
    data = await office.tenant.data("{ orders { nodes { status } } }")
    assert [node["status"] for node in data["orders"]["nodes"]] == ["SHIPPED"] * 3


async def test_a_thousand_runs_stay_on_their_version_while_another_is_published(office: Office) -> None:
    person = await office.hire("li", "manager")
    await office.publish("quote", SIGN)
    order = await office.order(quantity=1)
    one = await office.start("quote", order)
    async with office.tenant.services.connections.acquire(office.tenant.id) as connection:
        for table, id_column in (("flow_instance", "id"), ("flow_token", "instance_id"), ("flow_task", "instance_id")):
            row = f"select * from tangram.{table} where {id_column} = $1"
            await connection.execute(
                f"""
                insert into tangram.{table}
                select (jsonb_populate_record(null::tangram.{table}, to_jsonb(one) || {_changed(table)})).*
                from ({row}) as one, generate_series(1, 999) as n
                """,
                one["id"],
            )
    await office.publish("quote", COUNTERSIGN, without=["sign"])
    new = await office.start("quote", await office.order(quantity=1))
    data = await office.tenant.data('{ flowVersions(flow: "quote") { number running } }')
    assert data["flowVersions"] == [{"number": 2, "running": 1}, {"number": 1, "running": 1_000}]
    tasks = await office.tasks(person)
    for instance in (tasks[0]["instance"], new["id"]):
        (task,) = [one for one in tasks if one["instance"] == instance] or await _only(office, instance)
        await office.act("approveTask", person, task["id"])
        assert (await office.instance(instance))["status"] == "DONE"


def _changed(table: str) -> str:
    """Ids of copy `n`, as JSON."""
    instance = "('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))"
    match table:
        case "flow_instance":
            return f"jsonb_build_object('id', {instance})"
        case "flow_token":
            return f"jsonb_build_object('id', -n, 'instance_id', {instance})"
    return f"jsonb_build_object('id', gen_random_uuid(), 'instance_id', {instance})"


async def _only(office: Office, instance: str) -> list[dict[str, Any]]:
    return [task for task in (await office.instance(instance))["tasks"] if task["status"] == "OPEN"]


async def test_a_suspended_flow_starts_nothing_and_lets_its_runs_rest(office: Office) -> None:
    person = await office.hire("li", "manager")
    await office.publish("quote", SIGN)
    order = await office.order(quantity=1)
    started = await office.start("quote", await office.order(quantity=1))
    (task,) = await office.tasks(person)
    rest = 'mutation { done: suspendFlowDefinition(flow: "quote", instances: true) { done failed left } }'
    assert (await office.tenant.data(rest))["done"] == {"done": 1, "failed": 0, "left": 0}
    start = 'mutation($id: ID!) { startFlow(flow: "quote", record: $id) { id } }'
    assert await office.tenant.faults(start, {"id": order}) == [("CONFLICT", "flow_suspended", ())]
    assert (await office.try_act("approveTask", person, task["id"])).faults == [("CONFLICT", "suspended", ())]
    await office.publish("quote", COUNTERSIGN, without=["sign"])
    assert await office.tenant.faults(start, {"id": order}) == [("CONFLICT", "flow_suspended", ())]
    again = 'mutation { done: resumeFlowDefinition(flow: "quote", instances: true) { done failed left } }'
    assert (await office.tenant.data(again))["done"] == {"done": 1, "failed": 0, "left": 0}
    await office.act("approveTask", person, task["id"])
    assert (await office.instance(started["id"]))["status"] == "DONE"
    await office.tenant.data(start, {"id": order})


async def test_everything_that_failed_is_tried_again_at_once(office: Office) -> None:
    await office.publish(
        "quote",
        """
- {name: begin, kind: start, edges: [{to: share}]}
- name: share
  kind: update
  settings: {values: [{field: status, value: "=quantity > 0 ? 'paid' : 'nothing'"}]}
  edges: [{to: finish}]
- {name: finish, kind: end}
""",
    )
    orders = [await office.order(quantity=0) for _ in range(3)]
    started = [await office.start("quote", order) for order in orders]
    assert [one["failures"] for one in started] == [1, 1, 1]
    for order in orders[:2]:
        await office.tenant.data(
            "mutation($id: ID!) { updateOrder(id: $id, input: {quantity: 5}) { id } }", {"id": order}
        )
    retry = 'mutation { done: retryIncidents(flow: "quote") { done failed left } }'
    assert (await office.tenant.data(retry))["done"] == {"done": 2, "failed": 1, "left": 1}
    skip = 'mutation { done: skipIncidents(flow: "quote", reason: "nothing to share") { done failed left } }'
    assert (await office.tenant.data(skip))["done"] == {"done": 1, "failed": 0, "left": 0}
    assert [(await office.instance(one["id"]))["status"] for one in started] == ["DONE"] * 3


BOOK = """
- {name: begin, kind: start, edges: [{to: book}]}
- {name: book, kind: update, settings: {values: [{field: status, value: paid}]}, edges: [{to: share}]}
- name: share
  kind: update
  settings: {values: [{field: status, value: "=quantity > 0 ? 'paid' : 'nothing'"}]}
  compensate: give_back
  edges: [{to: count}]
- name: count
  kind: update
  settings: {values: [{field: status, value: "=quantity > 5 ? 'nothing' : 'paid'"}]}
  edges: [{to: finish}]
- {name: give_back, kind: update, settings: {values: [{field: status, value: draft}]}, edges: [{to: called_off}]}
- {name: called_off, kind: end, settings: {result: cancelled}}
- {name: finish, kind: end}
"""


async def test_what_was_done_before_a_failure_is_undone_one_by_one_and_in_bulk(office: Office) -> None:
    seller = await office.hire("mei", "seller")
    await office.publish("quote", BOOK)
    orders = [await office.order(quantity=quantity) for quantity in (0, 0, 0, 9)]
    started = [await office.start("quote", order) for order in orders]
    failed = [[token["node"] for token in one["tokens"] if token["phase"] == "FAILED"] for one in started]
    assert failed == [["share"], ["share"], ["share"], ["count"]]
    status = "query($id: ID!) { order(id: $id) { status } }"
    assert (await office.tenant.data(status, {"id": orders[0]}))["order"] == {"status": "PAID"}

    one = """mutation($id: ID!, $token: Int!) {
        done: compensateIncident(instance: $id, token: $token, reason: "sold out") { status failures } }"""
    first, last = ({"id": run["id"], "token": run["tokens"][0]["id"]} for run in (started[0], started[3]))
    assert await office.tenant.faults(one, first, person=seller) != []
    assert await office.tenant.faults(one, last) == [("CONFLICT", "no_compensation", ())]
    assert (await office.tenant.data(one, first))["done"] == {"status": "CANCELLED", "failures": 0}
    assert (await office.tenant.data(status, {"id": orders[0]}))["order"] == {"status": "DRAFT"}
    told = "query($id: ID!) { flowHistory(instance: $id) { act node to comment } }"
    history = (await office.tenant.data(told, {"id": started[0]["id"]}))["flowHistory"]
    assert {"act": "compensated", "node": "share", "to": "give_back", "comment": "sold out"} in history

    everything = 'mutation { done: compensateIncidents(flow: "quote", reason: "sold out") { done failed left } }'
    assert (await office.tenant.data(everything))["done"] == {"done": 2, "failed": 1, "left": 1}
    found = [(await office.tenant.data(status, {"id": order}))["order"]["status"] for order in orders]
    assert found == ["DRAFT", "DRAFT", "DRAFT", "PAID"]


async def _proxy(timeline: Timeline, owner: Person, proxy: Person, **hours: float) -> str:
    data = await timeline.east.data(
        """mutation($proxy: String!, $from: DateTime, $until: DateTime!) {
            made: setProxy(proxy: $proxy, from: $from, until: $until) { id holds } }""",
        {
            "proxy": proxy.id,
            "from": (timeline.now + timedelta(hours=hours.get("begins", 0))).isoformat(),
            "until": (timeline.now + timedelta(hours=hours["ends"])).isoformat(),
        },
        person=owner,
    )
    made: str = data["made"]["id"]
    return made


async def test_both_see_a_task_while_one_is_on_leave_and_the_first_to_finish_wins(timeline: Timeline) -> None:
    office = Office(timeline.east)
    manager, deputy = await office.hire("li", "manager"), await office.hire("sun")
    await office.publish("quote", SIGN)
    started = await office.start("quote", await office.order(quantity=1))
    await _proxy(timeline, manager, deputy, begins=1, ends=5)
    (task,) = await office.tasks(manager)
    assert await office.tasks(deputy) == []
    assert (await office.try_act("approveTask", deputy, task["id"])).faults[0][:2] == ("NOT_FOUND", "unknown_task")
    await timeline.later(hours=2)
    assert [one["id"] for one in await office.tasks(deputy)] == [task["id"]]
    data = await office.tenant.data(
        "query($id: ID!) { whoCanAct(task: $id) { name role onBehalfOf } }", {"id": task["id"]}
    )
    assert data["whoCanAct"] == [
        {"name": "li", "role": "ASSIGNEE", "onBehalfOf": None},
        {"name": "sun", "role": "PROXY", "onBehalfOf": manager.id},
    ]
    replies = await asyncio.gather(*(office.try_act("approveTask", person, task["id"]) for person in (manager, deputy)))
    refused = [reply.faults for reply in replies if "errors" in reply.body]
    assert refused == [[("CONFLICT", "task_closed", ())]]
    assert (await office.instance(started["id"]))["status"] == "DONE"


async def test_standing_in_ends_with_its_time_or_when_it_is_ended(timeline: Timeline) -> None:
    office = Office(timeline.east)
    manager, deputy = await office.hire("li", "manager"), await office.hire("sun")
    await office.publish("quote", SIGN)
    await office.start("quote", await office.order(quantity=1))
    proxy = await _proxy(timeline, manager, deputy, ends=5)
    assert len(await office.tasks(deputy)) == 1
    end = "mutation($id: ID!) { endProxy(id: $id) }"
    assert await timeline.east.faults(end, {"id": proxy}, person=deputy) == [("NOT_FOUND", "unknown_proxy", ("id",))]
    await timeline.east.data(end, {"id": proxy}, person=manager)
    assert await office.tasks(deputy) == []
    await _proxy(timeline, manager, deputy, ends=5)
    await timeline.later(hours=6)
    assert await office.tasks(deputy) == []
    assert (await timeline.east.data("{ flowProxies { id } }", person=manager)) == {"flowProxies": []}


async def test_a_proxy_does_not_get_around_the_separation_of_duties(timeline: Timeline) -> None:
    office = Office(timeline.east)
    manager, seller = await office.hire("li", "manager"), office.tenant.member
    await office.publish("quote", SIGN.replace("due: PT2H", "separate: true"))
    await office.start("quote", await office.order(quantity=1), seller)
    await _proxy(timeline, manager, seller, ends=5)
    (task,) = await office.tasks(manager)
    refused = await office.try_act("approveTask", seller, task["id"])
    assert refused.faults == [("BAD_USER_INPUT", "separation", ("task",))]
    why = "query($id: ID!) { whyNotMe(task: $id) { may reason } }"
    data = await office.tenant.data(why, {"id": task["id"]}, person=seller)
    assert data["whyNotMe"] == {"may": False, "reason": "separation"}
    assert (await office.act("approveTask", manager, task["id"]))["status"] == "DONE"


async def test_somebody_is_told_why_they_cannot_act(office: Office) -> None:
    first, second = await office.hire("li", "manager"), await office.hire("sun", "manager")
    await office.publish("quote", SIGN.replace("mode: all", "mode: sequential"))
    started = await office.start("quote", await office.order(quantity=1))
    (mine,) = [one for one in started["tasks"] if one["assignee"] == first.id]
    (theirs,) = [one for one in started["tasks"] if one["assignee"] == second.id]
    why = "query($id: ID!) { whyNotMe(task: $id) { may reason } }"

    async def asked(person: Person, task: str) -> Any:
        return (await office.tenant.data(why, {"id": task}, person=person))["whyNotMe"]

    assert await asked(first, mine["id"]) == {"may": True, "reason": None}
    assert await asked(second, mine["id"]) == {"may": False, "reason": "not_your_task"}
    assert await asked(second, theirs["id"]) == {"may": False, "reason": "task_held"}
    await office.act("approveTask", first, mine["id"])
    assert await asked(first, mine["id"]) == {"may": False, "reason": "task_closed"}


async def test_a_leavers_tasks_go_to_another_those_that_wait_their_turn_as_well(office: Office) -> None:
    first, leaver = await office.hire("li", "manager"), await office.hire("sun", "manager")
    heir = await office.hire("qian")
    await office.publish("quote", SIGN.replace("mode: all", "mode: sequential"))
    started = [await office.start("quote", await office.order(quantity=1)) for _ in range(2)]
    give = """mutation($from: ID!, $to: String!) {
        done: handOverTasks(from: $from, to: $to, reason: "left") { done failed left } }"""
    done = (await office.tenant.data(give, {"from": leaver.id, "to": heir.id}))["done"]
    assert done == {"done": 2, "failed": 0, "left": 0}
    for task in await office.tasks(first):
        await office.act("approveTask", first, task["id"])
    for task in await office.tasks(heir):
        await office.act("approveTask", heir, task["id"])
    assert [(await office.instance(one["id"]))["status"] for one in started] == ["DONE", "DONE"]


async def test_a_run_is_told_which_way_it_would_go_from_here(office: Office) -> None:
    person = await office.hire("li", "manager")
    await office.publish("quote", SIGN)
    started = await office.start("quote", await office.order(quantity=1))
    ask = """query($id: ID!, $outcomes: JSON) {
        found: predictFlow(instance: $id, outcomes: $outcomes) { status path } }"""
    found = (await office.tenant.data(ask, {"id": started["id"]}, person=person))["found"]
    assert (found["status"], [line["node"] for line in found["path"] if line["act"] == "left"]) == (
        "DONE", ["sign", "pay"],
    )  # fmt: skip
    found = (await office.tenant.data(ask, {"id": started["id"], "outcomes": {"sign": "rejected"}}))["found"]
    assert found["status"] == "REJECTED"
    assert open_tasks(await office.instance(started["id"])) == ["sign"]


async def test_the_heat_map_tells_what_was_late_and_what_is_late_now(timeline: Timeline) -> None:
    office = Office(timeline.east)
    person = await office.hire("li", "manager")
    await office.publish("quote", SIGN)
    for _ in range(2):
        await office.start("quote", await office.order(quantity=1))
    await timeline.later(hours=3)
    (task, *_) = await office.tasks(person)
    await office.act("approveTask", person, task["id"])
    data = await office.tenant.data(
        '{ flowFigures(flow: "quote") { node passed p50Seconds p90Seconds rejected waiting breached overdue } }'
    )
    (sign,) = [one for one in data["flowFigures"] if one["node"] == "sign"]
    assert sign == {
        "node": "sign", "passed": 1, "p50Seconds": 10_800, "p90Seconds": 10_800, "rejected": 0, "waiting": 1,
        "breached": 1, "overdue": 1,
    }  # fmt: skip


async def test_those_who_do_not_configure_flows_manage_none(office: Office) -> None:
    await office.publish("quote", SIGN, live=False)
    member = office.tenant.member
    for ask in (
        'mutation { retryIncidents(flow: "quote") { done } }',
        'mutation { migrateFlow(flow: "quote", from: 1) { moved } }',
        '{ flowDiff(flow: "quote") { node } }',
    ):
        (fault,) = await office.tenant.faults(ask, person=member)
        assert fault[:2] == ("BAD_USER_INPUT", "invalid_operation")
