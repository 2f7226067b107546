"""Repairs in the field at their edges: hours that count, who reports, dispatches and watches, parts of returns."""

from __future__ import annotations

from typing import Any

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding

AT_NIGHT = {
    "calendars": [{"name": "day_shift", "windows": [
        {"days": [1, 2, 3, 4, 5], "begins": "08:00", "ends": "18:00"}]}],
    "flows": [{"name": "repair", "live": True, "object": "work_order", "nodes": [{
        "name": "accept",
        "kind": "task",
        "label": {"zh": "接单", "en": "Acceptance"},
        "settings": {
            "assign": [{"by": "field", "value": "engineer.account"}],
            "nobody": "administrator",
            "outcomes": ["accepted", "declined"],
        },
        "timers": [
            {"name": "silent", "after": "PT2H", "calendar": "day_shift", "act": "escalate"},
            {"name": "urgent", "after": "PT2H", "calendar": "day_shift", "to": "mark_critical"},
        ],
        "edges": [{"to": "on_the_way", "outcome": "accepted"}, {"to": "dispatch", "outcome": "declined"}],
    }]}],
}  # fmt: skip


async def dispatched(company: Company, timeline: Timeline, dispatcher: Person, engineer: str) -> str:
    customer = await company.tenant.create("Customer", name="华东医院")
    order = await company.tenant.create("WorkOrder", title="CT 无法开机", customerId=customer)
    await timeline.settle()
    await company.do(dispatcher, "dispatch", values={"engineer": engineer})
    return order


async def test_two_hours_of_silence_are_told_to_the_second_and_may_be_counted_by_a_calendar(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("equipment_service")
    dispatcher, manager = await company.staff("dispatcher"), await company.staff("service_manager")
    person = await company.staff("engineer", superior=manager)
    engineer = await company.tenant.create("Engineer", employeeNo="E1", name="李工", accountId=person.id, capacity=5)
    order = await dispatched(company, timeline, dispatcher, engineer)
    await timeline.later(hours=1, minutes=59, seconds=59)
    await company.do(person, "accept", outcome="accepted")
    await timeline.later(hours=3)
    assert await company.values("workOrder", order, "status urgency") == {"status": "ACCEPTED", "urgency": "NORMAL"}
    assert await company.tasks(manager) == []

    await company.tenant.data(
        "mutation($document: JSON!) { applyMetadata(document: $document) { version } }",
        {"document": AT_NIGHT},
        path="/metadata",
    )
    await timeline.until_day(3, "17:30")
    evening = await dispatched(company, timeline, dispatcher, engineer)
    await timeline.until_day(4, "09:29:59")
    assert await company.tasks(manager) == []
    await timeline.later(seconds=1)  # half an hour in the evening, an hour and a half in the morning
    assert [task["node"] for task in await company.tasks(manager)] == ["accept"]
    assert await company.values("workOrder", evening, "urgency") == {"urgency": "CRITICAL"}


async def test_a_failed_inspection_is_reported_dispatched_and_watched_by_three_persons(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("equipment_service")
    create = company.tenant.create
    north, south = [await create("Department", name=name) for name in ("北区", "南区")]
    inspector = await company.staff("engineer", department=north)
    dispatcher = await company.staff("dispatcher")
    heads = [
        await company.hire(name, "service_manager") for name in ("north-head", "south-head")
    ]  # fmt: skip
    for head, area in zip(heads, (north, south), strict=True):
        await company.change("User", head.id, departmentId=area)
    engineer = await create("Engineer", employeeNo="E1", name="督导", accountId=inspector.id, capacity=5)
    maker = await create("DeviceModel", modelNo="CT-1", name="CT", brand="联影", category="IMAGING")
    customer = await create("Customer", name="华东医院")
    device = await create("Device", serialNo="SN-1", deviceModelId=maker, customerId=customer)
    await create(
        "WorkOrder", title="保养", kind="MAINTENANCE", status="ASSIGNED", customerId=customer, deviceId=device,
        engineerId=engineer,
    )  # fmt: skip
    reply = await company.tenant.graphql(
        "mutation($v: CreateInspectionInput!) { made: createInspection(input: $v) { id } }",
        {"v": {"deviceId": device, "engineerId": engineer, "result": "FAILED", "findings": "异响",
               "photo": await company.photo(inspector), "location": {"lat": 31.2, "lng": 121.4}}},
        person=inspector,
    )  # fmt: skip
    assert reply.data["made"]["id"]
    await timeline.settle()
    board = """query($area: ID!) { workOrders(filter: {departmentId: {eq: $area}}) {
        nodes { title urgency status device { serialNo } faultDescription } } }"""

    async def watched(head: Person, area: str) -> Any:
        return (await company.tenant.data(board, {"area": area}, person=head))["workOrders"]["nodes"]

    seen = [await watched(head, area) for head, area in zip(heads, (north, south), strict=True)]
    assert seen == [
        [{"title": "巡检不合格：SN-1", "urgency": "HIGH", "status": "OPEN", "device": {"serialNo": "SN-1"},
          "faultDescription": "异响"}],
        [],
    ]  # fmt: skip
    await company.do(dispatcher, "dispatch", values={"engineer": engineer})
    (ticket,) = await watched(heads[0], north)
    assert ticket["status"] == "ASSIGNED"


async def test_parts_of_an_order_are_returned_side_by_side_and_an_exchange_like_them(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    create = company.tenant.create
    agent, keeper, accountant = [await company.staff(role) for role in ("service_agent", "stock_keeper", "accountant")]
    order = await create("Order", customerId=await create("Customer", name="王芳"), amount={"amount": "500.00"})
    refunds = [
        await create("Refund", orderId=order, kind=kind, reason="WRONG_SIZE", amount={"amount": amount})
        for kind, amount in (("RETURN", "200.00"), ("RETURN", "300.00"), ("EXCHANGE", "100.00"))
    ]
    await timeline.settle()

    async def everything(person: Person, node: str) -> None:
        waiting = [task["id"] for task in await company.tasks(person) if task["node"] == node]
        outcome = "done" if node == "collect" else "approved"
        query = """mutation($tasks: [ID!]!, $o: String!) { done: completeTasks(tasks: $tasks, outcome: $o) {
            faults { reason } } }"""
        data = await company.tenant.data(query, {"tasks": waiting, "o": outcome}, person=person)
        assert data["done"] == [{"faults": []}] * 3

    for person, node in ((agent, "service"), (keeper, "inspect"), (agent, "collect"), (accountant, "pay")):
        await everything(person, node)
    for refund in refunds:
        assert await company.values("refund", refund, "status") == {"status": "REFUNDED"}
    assert await company.values("order", order, "refundedAmount") == {"refundedAmount": "600.00"}
