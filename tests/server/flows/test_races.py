"""Two things at the same instant: one wins, the other is told, and nothing is left half done."""

from __future__ import annotations

import asyncio
from typing import Any

from server.identity.accounts import AccountChange
from tests.fixtures.timeline import Timeline
from tests.server.flows.quotes import Office, nodes_of, open_tasks
from tests.server.flows.test_management import SIGN

TWO = """
- {name: begin, kind: start, edges: [{to: first}]}
- {name: first, kind: approval, settings: {assign: [{by: role, value: manager}]}, edges: [{to: second}]}
- {name: second, kind: approval, settings: {assign: [{by: role, value: director}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
LATE = """
- {name: begin, kind: start, edges: [{to: answer}]}
- name: answer
  kind: task
  settings: {assign: [{by: role, value: manager}]}
  timers: [{name: late, after: PT2H, to: specialist, interrupting: true}]
  edges: [{to: finish}]
- {name: specialist, kind: task, settings: {assign: [{by: role, value: director}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""


async def test_of_a_take_back_and_the_next_approval_one_wins(office: Office) -> None:
    manager, director = await office.hire("li", "manager"), await office.hire("zhao", "director")
    await office.publish("quote", TWO)
    for _ in range(3):
        started = await office.start("quote", await office.order(quantity=1))
        (task,) = await office.tasks(manager)
        await office.act("approveTask", manager, task["id"])
        (following,) = await office.tasks(director)
        back, on = await asyncio.gather(
            office.try_act("takeBackTask", manager, task["id"]),
            office.try_act("approveTask", director, following["id"]),
        )
        lost = [reply.faults for reply in (back, on) if "errors" in reply.body]
        assert lost in ([[("CONFLICT", "task_closed", ())]], [[("CONFLICT", "cannot_take_back", ())]],
                        [[("CONFLICT", "instance_over", ())]])  # fmt: skip
        found = await office.instance(started["id"])
        if "errors" in back.body:
            assert (found["status"], found["tokens"]) == ("DONE", [])
        else:
            assert (nodes_of(found), open_tasks(found)) == (["first"], ["first"])
            await office.tenant.data("mutation($id: ID!) { withdraw(instance: $id) { id } }", {"id": started["id"]})


async def test_of_a_boundary_timer_and_completion_one_wins(timeline: Timeline) -> None:
    office = Office(timeline.east)
    manager = await office.hire("li", "manager")
    await office.hire("zhao", "director")
    await office.publish("answer", LATE)
    for _ in range(3):
        started = await office.start("answer", await office.order(quantity=1))
        (task,) = await office.tasks(manager)
        await timeline.down(hours=2)
        reply, _ = await asyncio.gather(office.try_act("completeTask", manager, task["id"]), timeline.settle())
        found = await office.instance(started["id"])
        if "errors" in reply.body:
            assert reply.faults == [("CONFLICT", "task_closed", ())]
            assert (nodes_of(found), open_tasks(found)) == (["specialist"], ["specialist"])
        else:
            assert (found["status"], found["tokens"], found["failures"]) == ("DONE", [], 0)


async def test_an_approver_who_is_disabled_is_seen_and_their_work_is_handed_over(office: Office) -> None:
    leaver, heir = await office.hire("li", "manager"), await office.hire("qian")
    await office.publish("quote", SIGN)
    started = await office.start("quote", await office.order(quantity=1))
    (task,) = await office.tasks(leaver)
    await office.tenant.services.identity.accounts.update(
        office.tenant.id, leaver.id, AccountChange(status="disabled"), updated_by=office.tenant.admin.id
    )
    refused: Any = await office.try_act("approveTask", leaver, task["id"])
    assert refused.faults[0][0] == "UNAUTHENTICATED"
    data = await office.tenant.data("query($id: ID!) { whoCanAct(task: $id) { name active } }", {"id": task["id"]})
    assert data["whoCanAct"] == [{"name": "li", "active": False}]
    await office.tenant.data(
        "mutation($from: ID!, $to: String!) { handOverTasks(from: $from, to: $to) { done } }",
        {"from": leaver.id, "to": heir.email},
    )
    assert (await office.act("approveTask", heir, task["id"]))["status"] == "DONE"
    again = await office.start("quote", await office.order(quantity=1))
    assert [(token["node"], token["phase"]) for token in again["tokens"]] == [("sign", "FAILED")]
    assert started["id"] != again["id"]


async def test_the_one_who_applies_never_approves_their_own_settlement(office: Office) -> None:
    seller = office.tenant.member
    await office.publish(
        "settle",
        SIGN.replace("{assign: [{by: role, value: manager}], mode: all, due: PT2H}",
                     "{assign: [{by: initiator}], separate: true, nobody: administrator}"),
    )  # fmt: skip
    started = await office.start("settle", await office.order(quantity=1), seller)
    assert await office.tasks(seller) == []
    (task,) = await office.tasks(office.tenant.admin)
    refused = await office.try_act("transferTask", office.tenant.admin, task["id"], to=seller.id)
    assert refused.faults == [("BAD_USER_INPUT", "separation", ("to",))]
    assert (await office.act("approveTask", office.tenant.admin, task["id"]))["status"] == "DONE"
    assert started["status"] == "RUNNING"
