"""Steps of flows that are filled in with a form: rules by stage, completed as a whole or not at all."""

from __future__ import annotations

from tests.server.flows.quotes import Office
from tests.server.forms.jobs import Workshop, field_named

STAGED = """
- {name: title, field: title, access: read}
- {name: fault, field: fault, rules: [{stages: [inspect], access: required}, {stages: [close], access: read}]}
- {name: hours, field: hours, access: hidden, rules: [{stages: [close], access: required, default: '=length(fault)'}]}
- {name: price, field: price, access: hidden, rules: [{stages: [close], when: hours > 5, access: required}]}
"""

REPAIR = """
- {name: begin, kind: start, edges: [{to: inspect}]}
- {name: inspect, kind: task, settings: {form: report, assign: [{by: initiator}]}, edges: [{to: close}]}
- name: close
  kind: task
  settings: {form: report, assign: [{by: initiator}], fields: [{field: remark, access: required, when: 'hours > 50'}]}
  edges: [{to: finish}]
- {name: finish, kind: end}
"""


async def test_what_is_required_differs_by_stage_and_earlier_answers_are_there(workshop: Workshop) -> None:
    office = Office(workshop.tenant)
    await workshop.form(STAGED)
    await office.publish("repair", REPAIR, object_name="job")
    job = await workshop.tenant.create("Job", title="Pump")
    started = await office.start("repair", job)
    (task,) = await office.tasks(workshop.tenant.admin)
    asked = await workshop.describe(task=task["id"])
    assert (asked["form"], asked["stage"], asked["record"]) == ("report", "inspect", job)
    assert [(one["key"], one["access"]) for one in asked["fields"]] == [("title", "read"), ("fault", "required")]

    refused = await workshop.try_submit({"hours": 3}, task=task["id"])
    assert sorted(refused.faults) == [
        ("BAD_USER_INPUT", "field_not_in_form", ("values", "hours")),
        ("BAD_USER_INPUT", "required", ("values", "fault")),
    ]
    done = await workshop.submit({"fault": "leaks"}, task=task["id"])
    assert (done["instance"], done["record"]) == (started["id"], job)

    (last,) = await office.tasks(workshop.tenant.admin)
    asked = await workshop.describe(task=last["id"])
    assert [(one["key"], one["access"], one["value"]) for one in asked["fields"][:3]] == [
        ("title", "read", "Pump"), ("fault", "read", "leaks"), ("hours", "required", 5),
    ]  # fmt: skip
    assert field_named(asked, "price")["access"] == "hidden"
    refused = await office.try_act("completeTask", workshop.tenant.admin, last["id"], values={"hours": 60})
    assert sorted(refused.faults) == [
        ("BAD_USER_INPUT", "required", ("values", "price")),
        ("BAD_USER_INPUT", "required", ("values", "remark")),
    ]
    ended = await office.act("completeTask", workshop.tenant.admin, last["id"], values={})
    assert ended["status"] == "DONE"
    assert await workshop.job(job, "fault hours") == {"fault": "leaks", "hours": 5}


async def test_a_rejection_needs_nothing_filled_in(workshop: Workshop) -> None:
    office = Office(workshop.tenant)
    await workshop.form(STAGED.replace("inspect", "decide"))
    await office.publish("approve", """
- {name: begin, kind: start, edges: [{to: decide}]}
- {name: decide, kind: approval, settings: {form: report, assign: [{by: initiator}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
""", object_name="job")  # fmt: skip
    await office.start("approve", await workshop.tenant.create("Job", title="Pump"))
    (task,) = await office.tasks(workshop.tenant.admin)
    refused = await office.try_act("approveTask", workshop.tenant.admin, task["id"])
    assert refused.faults == [("BAD_USER_INPUT", "required", ("values", "fault"))]
    ended = await office.act("rejectTask", workshop.tenant.admin, task["id"])
    assert ended["status"] == "REJECTED"


async def test_a_step_pinned_to_a_version_keeps_it_and_others_follow(workshop: Workshop) -> None:
    office, admin = Office(workshop.tenant), workshop.tenant.admin
    await workshop.form("- {name: fault, field: fault, access: required}")
    nodes = """
- {name: begin, kind: start, edges: [{to: work}]}
- {name: work, kind: task, settings: {form: report, form_version: %s, assign: [{by: initiator}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
    await office.publish("pinned", nodes % 1, object_name="job")
    await office.publish("following", nodes % 0, object_name="job")
    for flow in ("pinned", "following"):
        await office.start(flow, await workshop.tenant.create("Job", title=flow))
    await workshop.form("- {name: hours, field: hours, access: required}\n- {name: fault, field: fault}")
    following, pinned = reversed(await office.tasks(admin))
    assert (await office.try_act("completeTask", admin, pinned["id"])).faults[0][2] == ("values", "fault")
    assert (await office.try_act("completeTask", admin, following["id"])).faults[0][2] == ("values", "hours")
    outdated = await workshop.try_submit({"fault": "x", "hours": 1}, task=following["id"], version=1)
    assert outdated.faults == [("CONFLICT", "form_changed", ("version",))]
    assert (await workshop.submit({"fault": "x"}, task=pinned["id"], version=1))["version"] == 1


async def test_another_form_than_the_tasks_own_is_refused(workshop: Workshop) -> None:
    office, admin = Office(workshop.tenant), workshop.tenant.admin
    await workshop.form(STAGED)
    await workshop.form("- {name: fault, field: fault}", name="other")
    await office.publish("repair", REPAIR, object_name="job")
    await office.start("repair", await workshop.tenant.create("Job", title="Pump"))
    (task,) = await office.tasks(admin)
    refused = await workshop.try_submit({"fault": "x"}, task=task["id"], form="other")
    assert refused.faults == [("BAD_USER_INPUT", "wrong_form", ("form",))]
    stranger = await workshop.try_submit({"fault": "x"}, task=task["id"], person=workshop.tenant.member)
    assert stranger.faults == [("NOT_FOUND", "unknown_task", ("task",))]
