"""Flows as people meet them: started, acted on and looked at through the public API."""

from __future__ import annotations

import asyncio

from tests.fixtures.tenants import Tenants
from tests.server.flows.quotes import Office, nodes_of, open_tasks

QUOTE = """
- {name: begin, kind: start, edges: [{to: size}]}
- {name: size, kind: decision, edges: [{to: director, when: quantity > 100}, {to: manager, default: true}]}
- name: director
  kind: approval
  settings: {assign: [{by: role, value: director}], mode: all}
  edges: [{to: manager}]
- name: manager
  kind: approval
  settings: {assign: [{by: role, value: manager}], reject: initiator}
  edges: [{to: pay}]
- {name: pay, kind: update, settings: {values: [{field: status, value: paid}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""


async def test_an_approval_moves_the_record_on(office: Office) -> None:
    manager = await office.hire("li", "manager")
    await office.publish("quote", QUOTE)
    order = await office.order(quantity=3)
    started = await office.start("quote", order)
    assert (started["status"], nodes_of(started), open_tasks(started)) == ("RUNNING", ["manager"], ["manager"])
    (task,) = await office.tasks(manager)
    done = await office.act("approveTask", manager, task["id"], comment="fine")
    assert (done["status"], done["tokens"]) == ("DONE", [])
    assert await office.tasks(manager) == []
    data = await office.tenant.data("query($id: ID!) { order(id: $id) { status } }", {"id": order})
    assert data == {"order": {"status": "PAID"}}
    history = await office.tenant.data(
        "query($id: ID!) { flowHistory(instance: $id) { act node outcome comment actorName } }", {"id": started["id"]}
    )
    assert [(line["act"], line["node"]) for line in history["flowHistory"]] == [
        ("started", "begin"),
        ("left", "begin"),
        ("left", "size"),
        ("task_opened", "manager"),
        ("task_done", "manager"),
        ("left", "manager"),
        ("left", "pay"),
        ("ended", None),
    ]
    assert history["flowHistory"][4] == {
        "act": "task_done", "node": "manager", "outcome": "approved", "comment": "fine", "actorName": "li",
    }  # fmt: skip


async def test_an_amount_above_the_threshold_adds_a_level_that_all_have_to_pass(office: Office) -> None:
    manager = await office.hire("li", "manager")
    first, second = await office.hire("zhao", "director"), await office.hire("qian", "director")
    await office.publish("quote", QUOTE)
    started = await office.start("quote", await office.order(quantity=101))
    assert open_tasks(started) == ["director", "director"]
    for person in (first, second):
        (task,) = await office.tasks(person)
        started = await office.act("approveTask", person, task["id"])
    assert open_tasks(started) == ["manager"]
    assert len(await office.tasks(manager)) == 1


async def test_a_rejection_goes_back_to_whoever_started(office: Office) -> None:
    manager = await office.hire("li", "manager")
    await office.hire("zhao", "director")
    seller = office.tenant.member
    await office.publish("quote", QUOTE)
    started = await office.start("quote", await office.order(quantity=1), seller)
    (task,) = await office.tasks(manager)
    back = await office.act("rejectTask", manager, task["id"], comment="too cheap")
    assert [(one["kind"], one["assignee"]) for one in back["tasks"] if one["status"] == "OPEN"] == [
        ("RESUBMIT", seller.id)
    ]
    (mine,) = await office.tasks(seller)
    again = await office.act("completeTask", seller, mine["id"], outcome="resubmitted")
    assert (again["id"], open_tasks(again)) == (started["id"], ["manager"])


async def test_a_task_is_done_once_and_by_whom_it_is_asked(office: Office) -> None:
    manager, other = await office.hire("li", "manager"), await office.hire("sun", "manager")
    stranger = await office.hire("zhou", "director")
    await office.publish("quote", QUOTE)
    await office.start("quote", await office.order(quantity=1))
    (task,) = await office.tasks(manager)
    assert (await office.try_act("approveTask", stranger, task["id"])).faults == [
        ("NOT_FOUND", "unknown_task", ("task",))
    ]
    (others,) = await office.tasks(other)
    await office.act("approveTask", manager, task["id"])
    assert (await office.try_act("approveTask", other, others["id"])).faults == [("CONFLICT", "task_closed", ())]


async def test_a_stale_version_is_refused(office: Office) -> None:
    manager = await office.hire("li", "manager")
    await office.hire("zhao", "director")
    await office.publish("quote", QUOTE)
    await office.start("quote", await office.order(quantity=1))
    (task,) = await office.tasks(manager)
    refused = await office.try_act("approveTask", manager, task["id"], expectedVersion=task["version"] + 5)
    assert refused.faults == [("CONFLICT", "version_conflict", ("expectedVersion",))]


async def test_another_tenants_instances_and_tasks_are_not_found(office: Office, tenants: Tenants) -> None:
    manager = await office.hire("li", "manager")
    await office.hire("zhao", "director")
    await office.publish("quote", QUOTE)
    started = await office.start("quote", await office.order(quantity=1))
    (task,) = await office.tasks(manager)
    west = Office(tenants.west)
    assert (await west.try_act("approveTask", None, task["id"])).faults == [("NOT_FOUND", "unknown_task", ("task",))]
    found = await tenants.west.faults("query($id: ID!) { flowInstance(id: $id) { id } }", {"id": started["id"]})
    assert found == [("NOT_FOUND", "unknown_instance", ("id",))]
    assert (await office.instance(started["id"]))["status"] == "RUNNING"


REPAIR = """
- {name: begin, kind: start, edges: [{to: split}]}
- {name: split, kind: parallel, settings: {join: meet}, edges: [{to: pack}, {to: bill}]}
- name: pack
  kind: task
  settings:
    assign: [{by: role, value: stock}]
    outcomes: [packed, missing]
    fields: [{field: quantity, access: required}, {field: status, access: read}]
  edges: [{to: meet, outcome: packed}, {to: pack_again, outcome: missing}]
- {name: pack_again, kind: delay, settings: {duration: PT1H}, edges: [{to: pack}]}
- {name: bill, kind: task, settings: {assign: [{by: initiator}]}, edges: [{to: meet}]}
- {name: meet, kind: join, edges: [{to: finish}]}
- {name: finish, kind: end}
"""


async def test_branches_meet_when_all_are_done_and_a_step_asks_for_its_fields(office: Office) -> None:
    keeper, _other = await office.hire("wu", "stock"), await office.hire("zheng", "stock")
    await office.publish("repair", REPAIR)
    await office.start("repair", await office.order())
    (task,) = await office.tasks(keeper)
    claimed = await office.act("claimTask", keeper, task["id"])
    assert [one["assignee"] for one in claimed["tasks"] if one["node"] == "pack"] == [keeper.id]
    refused = await office.try_act("completeTask", keeper, task["id"], outcome="packed")
    assert refused.faults == [("BAD_USER_INPUT", "required", ("values", "quantity"))]
    refused = await office.try_act("completeTask", keeper, task["id"], outcome="packed", values={"status": "PAID"})
    assert refused.faults == [
        ("BAD_USER_INPUT", "field_not_in_form", ("values", "status")),
        ("BAD_USER_INPUT", "required", ("values", "quantity")),
    ]
    packed = await office.act("completeTask", keeper, task["id"], outcome="packed", values={"quantity": 2})
    assert (packed["status"], nodes_of(packed)) == ("RUNNING", ["bill"])
    (bill,) = await office.tasks(office.tenant.admin)
    assert (await office.act("completeTask", office.tenant.admin, bill["id"]))["status"] == "DONE"


async def test_publishing_a_new_version_leaves_running_instances_on_theirs(office: Office) -> None:
    manager = await office.hire("li", "manager")
    await office.hire("zhao", "director")
    await office.publish("quote", QUOTE)
    old = await office.start("quote", await office.order(quantity=1))
    await office.publish("quote", QUOTE.replace("value: paid", "value: shipped"))
    new = await office.start("quote", await office.order(quantity=1))
    assert (old["number"], new["number"]) == (1, 2)
    for task in await office.tasks(manager):
        await office.act("approveTask", manager, task["id"])
    data = await office.tenant.data("{ orders(orderBy: {createdAt: ASC}) { nodes { status } } }")
    assert [node["status"] for node in data["orders"]["nodes"]] == ["PAID", "SHIPPED"]
    data = await office.tenant.data('{ flowVersions(flow: "quote") { number current } }')
    assert data["flowVersions"] == [{"number": 2, "current": True}, {"number": 1, "current": False}]


async def test_a_draft_is_linted_and_only_published_when_it_is_sound(office: Office) -> None:
    await office.publish("quote", QUOTE, live=False)
    data = await office.tenant.data('{ lintFlow(flow: "quote") { reason path } }')
    reasons = [(one["reason"], one["path"]) for one in data["lintFlow"]]
    assert reasons == [
        ("no_handler", ["nodes", 2, "settings", "assign"]),
        ("no_handler", ["nodes", 3, "settings", "assign"]),
    ]
    publish = 'mutation { publishFlow(flow: "quote", note: "first") { number current } }'
    assert [reason for _, reason, _ in await office.tenant.faults(publish)] == ["no_handler", "no_handler"]
    await office.hire("li", "manager")
    await office.hire("zhao", "director")
    assert (await office.tenant.data(publish))["publishFlow"] == {"number": 1, "current": True}


async def test_a_failure_is_an_incident_that_can_be_skipped(office: Office) -> None:
    broken = QUOTE.replace("value: paid", 'value: \'=concat("nothing ", "known")\'')
    manager = await office.hire("li", "manager")
    await office.hire("zhao", "director")
    await office.publish("quote", broken)
    started = await office.start("quote", await office.order(quantity=1))
    (task,) = await office.tasks(manager)
    failed = await office.act("approveTask", manager, task["id"])
    assert (failed["failures"], [token["phase"] for token in failed["tokens"]]) == (1, ["FAILED"])
    skip = """mutation($id: ID!, $token: Int!) {
        skipIncident(instance: $id, token: $token, reason: "paid by hand") { status failures } }"""
    data = await office.tenant.data(skip, {"id": started["id"], "token": failed["tokens"][0]["id"]})
    assert data["skipIncident"] == {"status": "DONE", "failures": 0}


HALF = """
- {name: begin, kind: start, edges: [{to: count}]}
- {name: count, kind: update, settings: {values: [{field: quantity, value: "=quantity + 1"}]}, edges: [{to: told}]}
- {name: told, kind: webhook, settings: {event: counted}, edges: [{to: share}]}
- name: share
  kind: update
  settings: {values: [{field: unit_price, value: "=10 / (quantity - 2)"}, {field: status, value: lost}]}
  edges: [{to: finish}]
- {name: finish, kind: end}
"""


async def test_what_was_done_before_a_node_that_fails_is_done_once_and_stays(office: Office) -> None:
    await office.publish("half", HALF)
    order = await office.order(quantity=1)
    started = await office.start("half", order)
    assert [(token["node"], token["phase"]) for token in started["tokens"]] == [("share", "FAILED")]
    data = await office.tenant.data("query($id: ID!) { order(id: $id) { quantity status version } }", {"id": order})
    async with office.tenant.services.connections.acquire(office.tenant.id) as connection:
        told = await connection.fetchval("select count(*) from tangram.event where kind = 'flow_message'")
    assert (data["order"], told) == ({"quantity": 2, "status": "DRAFT", "version": 2}, 1)


async def test_a_simulation_tells_the_path_and_leaves_nothing_behind(office: Office) -> None:
    await office.hire("li", "manager")
    await office.hire("zhao", "director")
    await office.publish("quote", QUOTE)
    order = await office.order(quantity=200)
    data = await office.tenant.data(
        'query($id: ID!) { simulateFlow(flow: "quote", record: $id) { status reason path } }', {"id": order}
    )
    found = data["simulateFlow"]
    assert (found["status"], found["reason"]) == ("DONE", None)
    assert [line["node"] for line in found["path"] if line["act"] == "left"] == [
        "begin", "size", "director", "manager", "pay",
    ]  # fmt: skip
    data = await office.tenant.data("query($id: ID!) { order(id: $id) { status } flowInstances { id } }", {"id": order})
    assert data == {"order": {"status": "DRAFT"}, "flowInstances": []}


async def test_many_tasks_end_with_one_outcome_each_for_itself(office: Office) -> None:
    manager = await office.hire("li", "manager")
    await office.hire("zhao", "director")
    await office.publish("quote", QUOTE)
    for _ in range(3):
        await office.start("quote", await office.order(quantity=1))
    one, closed, other = [task["id"] for task in await office.tasks(manager)]
    await office.act("approveTask", manager, closed)
    unknown = "01900000-0000-7000-8000-000000000000"
    data = await office.tenant.data(
        """mutation($tasks: [ID!]!) { done: completeTasks(tasks: $tasks, outcome: "approved") {
            task instance { status } faults { reason } } }""",
        {"tasks": [other, unknown, closed, one]},
        person=manager,
    )
    assert [
        (item["task"], item["instance"], [fault["reason"] for fault in item["faults"]]) for item in data["done"]
    ] == [
        (other, {"status": "DONE"}, []),
        (unknown, None, ["unknown_task"]),
        (closed, None, ["task_closed"]),
        (one, {"status": "DONE"}, []),
    ]
    assert await office.tasks(manager) == []


async def test_three_who_sign_at_the_same_instant_are_all_counted(office: Office) -> None:
    directors = [await office.hire(name, "director") for name in ("zhao", "qian", "sun")]
    await office.hire("li", "manager")
    await office.publish("quote", QUOTE)
    started = await office.start("quote", await office.order(quantity=101))
    tasks = [(await office.tasks(person))[0]["id"] for person in directors]
    pairs = zip(directors, tasks, strict=True)
    await asyncio.gather(*(office.act("approveTask", person, task) for person, task in pairs))
    found = await office.instance(started["id"])
    assert (open_tasks(found), found["version"]) == (["manager"], 4)


async def test_of_two_who_do_one_task_at_the_same_instant_one_is_told_that_it_is_closed(office: Office) -> None:
    keepers = [await office.hire("wu", "stock"), await office.hire("zheng", "stock")]
    await office.publish("repair", REPAIR)
    await office.start("repair", await office.order(quantity=1))
    (task,) = await office.tasks(keepers[0])
    replies = await asyncio.gather(
        *(office.try_act("completeTask", person, task["id"], outcome="packed") for person in keepers)
    )
    refused = [reply.faults for reply in replies if "errors" in reply.body]
    assert refused == [[("CONFLICT", "task_closed", ())]]


async def test_a_task_says_what_it_asks_in_every_language(office: Office) -> None:
    manager = await office.hire("li", "manager")
    nodes = """
- {name: begin, kind: start, edges: [{to: weigh}]}
- name: weigh
  kind: task
  label: {zh: 称重, en: Weighing}
  description: {en: Put it on the scales}
  settings: {assign: [{by: role, value: manager}], outcomes: [light, heavy]}
  edges: [{to: finish, outcome: light}, {to: finish, outcome: heavy}]
- {name: finish, kind: end}
"""
    await office.publish("weighing", nodes)
    await office.start("weighing", await office.order(quantity=3))
    data = await office.tenant.data("{ myTasks { label description outcomes } }", person=manager)
    assert data["myTasks"] == [
        {
            "label": {"zh": "称重", "en": "Weighing"},
            "description": {"en": "Put it on the scales"},
            "outcomes": ["light", "heavy"],
        }
    ]
