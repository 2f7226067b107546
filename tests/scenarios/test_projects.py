"""Projects by type, what hangs on them, milestones; parts by price tier, by history, and too long on the shelf.

Rows PJ-01 to PJ-03, PT-06, PT-08 and SP-29 of a servicer of equipment, in one company.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding
from tests.scenarios.ruled import told

SHANGHAI = ZoneInfo("Asia/Shanghai")

SUBMIT = 'mutation($v: JSON!) { submitForm(form: "project_brief", values: $v) { record } }'
HANGS_ON = """
query($id: ID!) {
  project(id: $id) {
    serviceContracts { nodes { contractNo } }
    workOrders(orderBy: [{reportedAt: ASC}]) { nodes { title } }
    logs(filter: {kind: {ne: MILESTONE}}, orderBy: [{happenedAt: ASC}]) { nodes { kind subject } }
  }
}
"""
SUGGESTED = """
query($order: ID!) {
  workOrderParts(filter: {suggested: {eq: true}, workOrder: {customer: {workOrders: {some: {id: {eq: $order}}}}}}) {
    nodes { sparePart { name } suggestionReason }
  }
}
"""


class Service:
    """A servicer with a customer, a project manager and one part on a shelf."""

    def __init__(self, company: Company, timeline: Timeline) -> None:
        self.company, self.timeline = company, timeline
        self.tenant, self.create = company.tenant, company.tenant.create

    async def begin(self) -> None:
        self.lead = await self.company.staff("project_manager")
        self.keeper = await self.company.staff("warehouse_keeper")
        self.dispatcher = await self.company.staff("dispatcher")
        self.approver = await self.company.staff("service_manager")
        self.manager = await self.create("Engineer", employeeNo="E1", name="项目经理", accountId=self.lead.id)
        self.customer = await self.create("Customer", name="华东医院")
        self.site = await self.create("Site", siteNo="ST1", name="一号楼", customerId=self.customer)
        self.item = await self.create(
            "ServiceItem", code="S1", name="保养", kind="MAINTENANCE", listPrice=yuan("1000.00")
        )

    async def project(self, kind: str, **values: Any) -> str:
        """A project set up through the form, and given to the project manager."""
        given = {"name": kind, "kind": kind, "customer": self.customer, "manager": self.manager, **values}
        record: str = (await self.tenant.data(SUBMIT, {"v": given}))["submitForm"]["record"]
        await self.company.change("Project", record, ownerId=self.lead.id)
        await self.timeline.settle()
        return record

    async def refused(self, kind: str) -> list[str]:
        """The fields for whose sake a project of a kind without any of them is refused."""
        given = {"name": kind, "kind": kind, "customer": self.customer}
        faults = await self.tenant.faults(SUBMIT, {"v": given})
        return [str(path[-1]) for _, _, path in faults]

    async def order(self, **values: Any) -> str:
        given = {"title": "维修", "kind": "REPAIR", "customerId": self.customer, "chargeable": True}
        order = await self.create("WorkOrder", **{**given, **values})
        await self.timeline.settle()
        return order

    async def use(self, order: str, part: str, quantity: int = 1, *, free: bool = False) -> str:
        """A line with made-up amounts: the plan sets them."""
        line = await self.create(
            "WorkOrderPart", workOrderId=order, sparePartId=part, description="滤芯", quantity=quantity,
            unitCost=yuan("40.00"), costAmount=yuan(f"{40 * quantity}.00"), unitPrice=yuan("1.00"),
            amount=yuan("0.00" if free else "1.00"), underWarranty=free,
        )  # fmt: skip
        await self.timeline.settle()
        return line

    async def finish(self, order: str) -> None:
        done: dict[str, Any] = {
            "solution": "已更换",
            "completedAt": self.timeline.now.isoformat(),
            "engineerId": self.manager,
        }
        await self.company.change("WorkOrder", order, status="COMPLETED", **done)
        await self.timeline.settle()


def yuan(amount: str) -> dict[str, str]:
    return {"amount": amount}


async def test_projects_and_parts_of_a_servicer(timeline: Timeline, company_of: Founding) -> None:
    service = Service(await company_of("equipment_service"), timeline)
    await service.begin()
    await a_project_manager_sets_up_the_first_project_of_a_customer(service)
    kinds = await the_kind_decides_on_form_flow_and_price(service)
    await one_query_tells_what_hangs_on_a_project(service, kinds["maintenance"])
    await milestones_are_told_three_days_before_and_when_they_are_missed(service, kinds["maintenance"])
    part = await parts_are_priced_by_the_tier(service, kinds["maintenance"])
    await what_was_bought_before_is_suggested_on_a_repair(service, part)
    await what_nobody_issues_is_told_and_listed(service, part)


async def a_project_manager_sets_up_the_first_project_of_a_customer(service: Service) -> None:
    """It is theirs; how to reach a customer is seen with the project, and only then."""
    new, other = [
        await service.create("Customer", name=name, phone=f"+86138000000{place}1")
        for place, name in enumerate(("新客户", "别的客户"))
    ]
    site = await service.create("Site", siteNo="ST2", name="新厂房", customerId=new)
    given = {"name": "首个", "kind": "installation", "customer": new, "site": site}
    query = "query($id: ID!) { customer(id: $id) { name phone } }"

    async def seen(customer: str) -> dict[str, Any]:
        found: dict[str, Any] = (await service.tenant.data(query, {"id": customer}, person=service.lead))["customer"]
        return found

    assert await seen(new) == {"name": "新客户", "phone": None}
    made = (await service.tenant.data(SUBMIT, {"v": given}, person=service.lead))["submitForm"]["record"]
    assert (await service.company.values("project", made, "owner { id }"))["owner"]["id"] == service.lead.id
    assert await seen(new) == {"name": "新客户", "phone": "+8613800000001"}
    assert await seen(other) == {"name": "别的客户", "phone": None}
    refused = 'mutation($id: ID!) { updateCustomer(id: $id, input: {name: "x"}) { id } }'
    assert await service.tenant.faults(refused, {"id": new}, person=service.lead) == [
        ("BAD_USER_INPUT", "invalid_operation", ())
    ]
    await service.tenant.data("mutation($id: ID!) { deleteProject(id: $id) { id } }", {"id": made})


async def the_kind_decides_on_form_flow_and_price(service: Service) -> dict[str, str]:
    """PJ-01: new, maintenance, upgrade."""
    wanted = {kind: await service.refused(kind) for kind in ("installation", "maintenance", "refit")}
    assert wanted == {"installation": ["site"], "maintenance": ["endsOn"], "refit": ["budget"]}
    kinds = {
        "installation": await service.project("installation", site=service.site),
        "maintenance": await service.project("maintenance", endsOn="2099-12-31"),
        "refit": await service.project("refit", budget={"amount": "5000.00"}),
    }

    # Each begins in its own way; an upgrade with the approval of somebody else.
    nodes = sorted(task["node"] for task in await service.company.tasks(service.lead))
    assert nodes == ["plan_visits", "survey"]
    assert [task["node"] for task in await service.company.tasks(service.approver)] == ["approve_upgrade"]
    await service.company.do(service.lead, "survey")
    await service.company.do(service.lead, "plan_visits")
    await service.company.reject(service.approver, "approve_upgrade", comment="预算不足")
    stages = [(await service.company.values("project", one, "status"))["status"] for one in kinds.values()]
    assert stages == ["RUNNING", "RUNNING", "SUSPENDED"]

    # The same service has another price; a key account keeps its better one.
    async def tier(kind: str) -> tuple[str, str]:
        order = await service.order(kind="MAINTENANCE", serviceItemId=service.item, projectId=kinds[kind])
        found = await service.company.values("workOrder", order, "priceTier serviceFee { amount }")
        return found["priceTier"], found["serviceFee"]["amount"]

    assert {kind: await tier(kind) for kind in kinds} == {
        "installation": ("STANDARD", "1000.00"),
        "maintenance": ("MAINTENANCE_PROJECT", "900.00"),
        "refit": ("UPGRADE_PROJECT", "950.00"),
    }
    await service.company.change("Customer", service.customer, grade="KEY_ACCOUNT")
    assert await tier("maintenance") == ("VIP", "800.00")
    await service.company.change("Customer", service.customer, grade="STANDARD")
    return kinds


async def one_query_tells_what_hangs_on_a_project(service: Service, project: str) -> None:
    """PJ-02: contracts, service records, talks; for who leads the project, and nobody else's."""
    days = {"startsOn": "2026-01-01", "endsOn": "2099-12-31", "customerId": service.customer}
    for number, where in (("C1", project), ("C2", None)):
        await service.create(
            "ServiceContract", contractNo=number, name="维保", amount=yuan("1.00"), projectId=where, **days
        )
    log = "mutation($v: CreateProjectLogInput!) { createProjectLog(input: $v) { id } }"
    said = {"projectId": project, "kind": "CALL", "subject": "确认时间"}
    await service.tenant.data(log, {"v": said}, person=service.lead)
    other = await service.company.hire("other", "project_manager")
    found = (await service.tenant.data(HANGS_ON, {"id": project}, person=service.lead))["project"]
    assert [one["contractNo"] for one in found["serviceContracts"]["nodes"]] == ["C1"]
    assert [one["title"] for one in found["workOrders"]["nodes"]] == ["维修", "维修"]
    assert found["logs"]["nodes"] == [{"kind": "CALL", "subject": "确认时间"}]
    assert (await service.tenant.data(HANGS_ON, {"id": project}, person=other))["project"] is None


async def milestones_are_told_three_days_before_and_when_they_are_missed(service: Service, project: str) -> None:
    """PJ-03: whoever leads the project hears of it; what is done in time is quiet."""
    due = service.timeline.now.astimezone(SHANGHAI).date() + timedelta(days=10)
    missed, done = [
        await service.create("ProjectLog", projectId=project, kind="MILESTONE", subject=name, dueOn=due.isoformat())
        for name in ("验收", "到货")
    ]
    faults = await service.tenant.faults(
        "mutation($v: CreateProjectLogInput!) { createProjectLog(input: $v) { id } }",
        {"v": {"projectId": project, "kind": "MILESTONE", "subject": "无期"}},
    )
    assert faults == [("BAD_USER_INPUT", "validation", ("input", "dueOn"))]
    await service.company.change("ProjectLog", done, doneOn=(due - timedelta(days=5)).isoformat())
    near = datetime.combine(due - timedelta(days=3), datetime.min.time(), SHANGHAI).replace(hour=9)
    await service.timeline.until(near - timedelta(seconds=1))
    assert await heard(service, service.lead, "节点") == []
    await service.timeline.until(near)
    assert await heard(service, service.lead, "节点") == ["节点将到期：maintenance 验收"]
    await service.timeline.until(near + timedelta(days=4) - timedelta(seconds=1))
    assert len(await heard(service, service.lead, "节点")) == 1
    await service.timeline.until(near + timedelta(days=4))
    assert await heard(service, service.lead, "节点") == [
        "节点将到期：maintenance 验收",
        "节点已逾期：maintenance 验收",
    ]
    late = "{ projectLogs(filter: {overdue: {eq: true}}) { nodes { id } } }"
    assert (await service.tenant.data(late))["projectLogs"]["nodes"] == [{"id": missed}]


async def parts_are_priced_by_the_tier(service: Service, project: str) -> str:
    """SP-29: whatever was typed, unit price and amount are those of the list and the tier."""
    part = await service.create(
        "SparePart",
        partNo="P1",
        name="滤芯",
        category="CONSUMABLE",
        cost=yuan("40.00"),
        price=yuan("70.01"),
        slowDays=30,
    )
    house = await service.create("Warehouse", code="A", name="A仓")
    await service.create("PartStock", warehouseId=house, sparePartId=part, shelf="3层", onHand=9)
    ordinary = await service.order(title="一")
    of_project = await service.order(title="二", projectId=project)

    async def priced(line: str) -> tuple[str, str, str]:
        found = await service.company.values("workOrderPart", line, "priceTier unitPrice { amount } amount { amount }")
        return found["priceTier"], found["unitPrice"]["amount"], found["amount"]["amount"]

    line = await service.use(ordinary, part, 3)
    assert await priced(line) == ("STANDARD", "70.01", "210.03")
    assert await priced(await service.use(ordinary, part, free=True)) == ("WARRANTY", "70.01", "0.00")
    assert await priced(await service.use(of_project, part, 3)) == ("PROJECT", "70.01", "199.53")
    await service.company.change("Customer", service.customer, grade="KEY_ACCOUNT")
    await service.company.change("WorkOrderPart", line, quantity=1, costAmount=yuan("40.00"))
    await service.timeline.settle()
    assert await priced(line) == ("VIP", "70.01", "63.01")
    return part


async def what_was_bought_before_is_suggested_on_a_repair(service: Service, part: str) -> None:
    """PT-06: the customer's own consumables with the reason; nothing for whoever bought none."""
    for order in await unfinished(service):
        await service.finish(order)
    bought = service.timeline.now.astimezone(SHANGHAI).date()
    stranger = await service.create("Customer", name="新客户")
    none = await service.order(customerId=stranger)
    assert (await service.tenant.data(SUGGESTED, {"order": none}, person=service.dispatcher))["workOrderParts"][
        "nodes"
    ] == []
    assert await heard(service, service.dispatcher, "建议备料") == []
    repair = await service.order(title="漏油")
    found = (await service.tenant.data(SUGGESTED, {"order": repair}, person=service.dispatcher))["workOrderParts"][
        "nodes"
    ]
    assert found == [{"sparePart": {"name": "滤芯"}, "suggestionReason": f"购买 3 次，最近 {bought}，可用库存 4"}]
    assert await heard(service, service.dispatcher, "建议备料") == ["建议备料：漏油"]


async def what_nobody_issues_is_told_and_listed(service: Service, part: str) -> None:
    """PT-08: a part tells by itself when it is slow; one that is empty does not."""
    slow = "{ spareParts(filter: {slowMoving: {eq: true}}) { nodes { id } } }"
    assert (await service.tenant.data(slow))["spareParts"]["nodes"] == []
    issued = datetime.fromisoformat((await service.company.values("sparePart", part, "lastIssuedAt"))["lastIssuedAt"])
    await service.timeline.until(issued + timedelta(days=30) - timedelta(seconds=1))
    assert await heard(service, service.keeper, "滞销备件") == []
    await service.timeline.until(issued + timedelta(days=30))
    assert (await service.tenant.data(slow))["spareParts"]["nodes"] == [{"id": part}]
    assert await heard(service, service.keeper, "滞销备件") == ["滞销备件：滤芯 库存 4"]


async def heard(service: Service, person: Person, begins: str) -> list[str]:
    return [title for title in await told(service.company, person) if title.startswith(begins)]


async def unfinished(service: Service) -> list[str]:
    query = "{ workOrders(filter: {status: {eq: OPEN}}, orderBy: [{reportedAt: ASC}]) { nodes { id } } }"
    return [one["id"] for one in (await service.tenant.data(query))["workOrders"]["nodes"]]
