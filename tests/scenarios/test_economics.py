"""What work orders cost and earn: parts, prices matched by themselves, shares, profit; each sees their own part."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding

FIELDS = "priceTier serviceFee { amount } totalCost totalAmount shareTotal profit"

HIDDEN = [("BAD_USER_INPUT", "invalid_operation", ())]
"""What is hidden from somebody is no field of their schema."""


class Works:
    """A servicer of equipment, with a customer, parts on shelves and engineers."""

    def __init__(self, company: Company, timeline: Timeline) -> None:
        self.company, self.timeline, self.create = company, timeline, company.tenant.create

    async def begin(self) -> None:
        self.people = {
            role: await self.company.staff(role)
            for role in ("engineer", "dispatcher", "warehouse_keeper", "accountant")
        }
        self.customer = await self.create("Customer", name="华东医院")
        accounts = {"lead": self.people["engineer"].id, "helper": None, "master": None}
        self.engineers = {
            name: await self.create("Engineer", employeeNo=name, name=name, accountId=account)
            for name, account in accounts.items()
        }
        self.model = await self.create("DeviceModel", name="空压机", modelNo="X1")
        self.item = await self.create(
            "ServiceItem", code="S1", name="年度保养", kind="MAINTENANCE", listPrice=yuan(1000)
        )

    async def part(self, cost: int, **places: int) -> str:
        number = f"P{cost}"
        part = await self.create(
            "SparePart", partNo=number, name="滤芯", cost=yuan(cost), price=yuan(2 * cost), safetyLevel=2
        )
        for shelf, count in places.items():
            house = await self.create("Warehouse", code=f"{number}{shelf}", name=f"{shelf}仓")
            await self.create("PartStock", warehouseId=house, sparePartId=part, shelf="3层", onHand=count)
        return part

    async def order(self, **values: Any) -> str:
        given = {"title": "保养", "kind": "MAINTENANCE", "customerId": self.customer, "serviceItemId": self.item}
        order = await self.create("WorkOrder", **{**given, "chargeable": True, **values})
        await self.timeline.settle()
        return order

    async def use(self, order: str, part: str, cost: int, quantity: int = 1, *, free: bool = True) -> str:
        return await self.create(
            "WorkOrderPart", workOrderId=order, sparePartId=part, description="滤芯", quantity=quantity,
            unitCost=yuan(cost), unitPrice=yuan(2 * cost), costAmount=yuan(cost * quantity),
            amount=yuan(0 if free else 2 * cost * quantity), underWarranty=free,
        )  # fmt: skip

    async def finish(self, order: str, **values: Any) -> None:
        given = {
            "engineerId": self.engineers["lead"],
            "solution": "已保养",
            "completedAt": self.timeline.now.isoformat(),
        }
        await self.company.change("WorkOrder", order, status="COMPLETED", **{**given, **values})
        await self.timeline.settle()

    async def look(self, order: str, fields: str = FIELDS, person: Person | None = None) -> dict[str, Any]:
        return await self.company.values("workOrder", order, fields, person)


def yuan(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00"}


def plain(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value["amount"] if isinstance(value, dict) else value for name, value in found.items()}


async def test_what_an_order_earns_is_seen_at_once_by_who_may_see_it(timeline: Timeline, company_of: Founding) -> None:
    works = Works(await company_of("equipment_service"), timeline)
    await works.begin()
    tenant, people = works.company.tenant, works.people
    part = await works.part(210, A=3, B=1)
    project = await works.create("Project", name="改造", customerId=works.customer, status="RUNNING")
    order = await works.order(
        projectId=project, assistantId=works.engineers["helper"], supervisorId=works.engineers["master"]
    )
    assert plain(await works.look(order))["serviceFee"] == "1000.00"
    line = await works.use(order, part, 210, 2)

    # On dispatch it is seen where the parts are; they are promised, used up once, and what moved is noted.
    query = 'query($r: ID!) { stockFor(stock: "parts", record: $r) { line places { place available enough } } }'
    (need,) = (await tenant.data(query, {"r": order}, person=people["dispatcher"]))["stockFor"]
    assert need == {
        "line": line,
        "places": [
            {"place": "A仓 3层", "available": "3", "enough": True},
            {"place": "B仓 3层", "available": "1", "enough": False},
        ],
    }
    reserve = 'mutation($r: ID!) { reserveStock(stock: "parts", record: $r) { state } }'
    await tenant.data(reserve, {"r": order}, person=people["dispatcher"])
    await works.finish(order)
    assert plain(await works.look(order)) == {
        "priceTier": "STANDARD", "serviceFee": "1000.00", "totalCost": "420.00", "totalAmount": "1000.00",
        "shareTotal": "100.00", "profit": "480.00",
    }  # fmt: skip
    stock = "{ partStocks(orderBy: [{onHand: DESC}]) { nodes { onHand reserved } } }"
    assert (await tenant.data(stock))["partStocks"]["nodes"] == [
        {"onHand": 1, "reserved": 0}, {"onHand": 1, "reserved": 0},
    ]  # fmt: skip
    moved = (await tenant.data("{ partMovements { nodes { kind quantity } } }"))["partMovements"]["nodes"]
    assert moved == [{"kind": "ISSUE", "quantity": -2}]
    await works.company.change("WorkOrder", order, status="CLOSED")
    await timeline.settle()
    assert len((await tenant.data("{ partMovements { nodes { id } } }"))["partMovements"]["nodes"]) == 1

    # The keeper of the stock is told that it runs low.
    inbox = await tenant.data("{ myNotifications { nodes { title } } }", person=people["warehouse_keeper"])
    assert [one["title"] for one in inbox["myNotifications"]["nodes"]] == ["低库存：滤芯 余 1"]

    # Shares: all of them for finance, one's own for the engineer, who sees neither cost nor profit.
    shares = "{ workOrderShares(orderBy: [{percent: DESC}]) { nodes { engineer { name } amount { amount } } } }"
    everything = (await tenant.data(shares, person=people["accountant"]))["workOrderShares"]["nodes"]
    assert [(one["engineer"]["name"], one["amount"]["amount"]) for one in everything] == [
        ("lead", "60.00"), ("helper", "25.00"), ("master", "15.00"),
    ]  # fmt: skip
    own = (await tenant.data(shares, person=people["engineer"]))["workOrderShares"]["nodes"]
    assert [one["amount"]["amount"] for one in own] == ["60.00"]
    seen = await works.look(order, "priceTier serviceFee { amount }", people["engineer"])
    assert plain(seen) == {"priceTier": "STANDARD", "serviceFee": "1000.00"}
    asked = "query($id: ID!) { workOrder(id: $id) { profit } }"
    assert await tenant.faults(asked, {"id": order}, person=people["engineer"]) == HIDDEN
    accountant = await works.look(order, "profit", people["accountant"])
    assert accountant == {"profit": "480.00"}

    # The project sums it up, for those who may see it.
    figures = "revenue actualCost profit"
    assert plain(await works.company.values("project", project, figures)) == {
        "revenue": "1000.00", "actualCost": "420.00", "profit": "480.00",
    }  # fmt: skip
    asked = "query($id: ID!) { project(id: $id) { profit } }"
    assert await tenant.faults(asked, {"id": project}, person=people["dispatcher"]) == HIDDEN

    # Figures of all of it, in whatever way they are told; accountants see them, engineers do not.
    figures_of = "found: settlementFigures(plan: $p, by: $by) { keys { value } due charged margin }"
    told = f"query($p: String!, $by: [String!]!) {{ {figures_of} }}"
    for plan, by, expected in (
        ("engineer_commission", "rate", {"tenth": ("100.00", "0.00")}),
        ("service_price", "rate", {"standard": ("0.00", "1000.00")}),
        ("service_price", "level", {"standard": ("0.00", "1000.00")}),
        ("engineer_commission", "payee", {
            works.engineers["lead"]: ("60.00", "0.00"),
            works.engineers["helper"]: ("25.00", "0.00"),
            works.engineers["master"]: ("15.00", "0.00"),
        }),
    ):  # fmt: skip
        for person in (None,) if by == "level" else (None, people["accountant"]):
            found = (await tenant.data(told, {"p": plan, "by": [by]}, person=person))["found"]
            assert {one["keys"][0]["value"]: (one["due"], one["charged"]) for one in found} == expected
            margin = {"engineer_commission": "480.00", "service_price": "580.00"}[plan]
            assert sum(Decimal(one["margin"]) for one in found) == Decimal(margin)
        refused = await tenant.faults(told, {"p": plan, "by": [by]}, person=people["engineer"])
        assert refused == [("FORBIDDEN", "action_not_allowed", ())]
    by_level = {"p": "service_price", "by": ["level"]}  # of customers, of whom accountants see nothing
    refused = await tenant.faults(told, by_level, person=people["accountant"])
    assert refused == [("BAD_USER_INPUT", "unknown_dimension", ("by", 0))]

    # What was booked explains itself.
    told = (
        'query($r: ID!) { explainSettlement(plan: "engineer_commission", record: $r) { entries { account amount } } }'
    )
    (booked,) = (await tenant.data(told, {"r": order}))["explainSettlement"]
    due = [entry["amount"] for entry in booked["entries"] if entry["account"] == "payable"]
    assert sorted(due) == ["-15.00", "-25.00", "-60.00"]


async def test_prices_are_matched_by_customer_promotion_and_warranty(timeline: Timeline, company_of: Founding) -> None:
    works = Works(await company_of("equipment_service"), timeline)
    await works.begin()
    tenant = works.company.tenant

    async def tier(order: str) -> tuple[str, str]:
        found = plain(await works.look(order, "priceTier serviceFee { amount }"))
        return found["priceTier"], found["serviceFee"]

    ordinary = await works.order(reportedAt="2026-11-02T09:00:00+08:00")
    promoted = await works.order(reportedAt="2026-12-31T23:00:00+08:00")
    late = await works.order(reportedAt="2027-01-01T00:00:00+08:00")
    assert [await tier(one) for one in (ordinary, promoted, late)] == [
        ("STANDARD", "1000.00"), ("PROMOTIONAL", "700.00"), ("STANDARD", "1000.00"),
    ]  # fmt: skip

    # The customer becomes a key account: what is settled stays, what is finished later has the better price; a
    # promotion that was on when the job was reported counts still.
    at = {"completedAt": "2027-01-02T09:00:00+08:00"}
    await works.finish(ordinary, **at)
    await works.company.change("Customer", works.customer, grade="KEY_ACCOUNT")
    await works.finish(late, **at)
    await works.finish(promoted, **at)
    assert [await tier(one) for one in (ordinary, late, promoted)] == [
        ("STANDARD", "1000.00"), ("VIP", "800.00"), ("PROMOTIONAL", "700.00"),
    ]  # fmt: skip

    # A project has a price book: its orders choose an item of it, others cannot; dispatchers see no price.
    project = await works.create("Project", name="改造", customerId=works.customer, status="RUNNING")
    book = await works.create(
        "Quotation",
        title="改造",
        customerId=works.customer,
        projectId=project,
        validUntil="2099-01-01",
        status="ACCEPTED",
    )
    line = await works.create(
        "QuotationLine", quotationId=book, kind="SERVICE", serviceItemId=works.item, description="年度保养",
        unitPrice=yuan(650), amount=yuan(650),
    )  # fmt: skip
    agreed = await works.order(projectId=project, agreedLineId=line, serviceItemId=None)
    assert await tier(agreed) == ("AGREED", "650.00")
    items = "{ quotationLines { nodes { description serviceItem { name } } } }"
    seen = (await tenant.data(items, person=works.people["dispatcher"]))["quotationLines"]["nodes"]
    assert seen == [{"description": "年度保养", "serviceItem": {"name": "年度保养"}}]
    priced = "{ quotationLines { nodes { unitPrice { amount } } } }"
    assert await tenant.faults(priced, person=works.people["dispatcher"]) == HIDDEN
    other = "mutation($i: CreateWorkOrderInput!) { createWorkOrder(input: $i) { id } }"
    values = {"title": "x", "kind": "MAINTENANCE", "customerId": works.customer, "agreedLineId": line}
    assert await tenant.faults(other, {"i": values}) == [("BAD_USER_INPUT", "validation", ("input", "agreedLine"))]

    # Parts that fit: those that are usual for what is done to the model.
    fitting = await works.part(30, A=1)
    item = await works.create("ServiceItem", code="S2", name="换滤芯", kind="REPAIR", listPrice=yuan(80))
    link = """mutation($item: ID!, $model: ID!, $part: ID!) { updateServiceItem(id: $item, input: {
        deviceModels: {connect: [{id: $model}]}, spareParts: {connect: [{id: $part}]}}) { id } }"""
    await tenant.data(link, {"item": item, "model": works.model, "part": fitting})
    fits = """query($model: ID!) {
        spareParts(filter: {serviceItems: {some: {deviceModels: {some: {id: {eq: $model}}}}}}) {
            nodes { id onHand } } }"""
    found = (await tenant.data(fits, {"model": works.model}, person=works.people["dispatcher"]))["spareParts"]["nodes"]
    assert found == [{"id": fitting, "onHand": "1"}]

    # Model and warranty come with the device; when it is over, the job is charged.
    covered = await works.create(
        "Device", serialNo="D1", deviceModelId=works.model, customerId=works.customer, warrantyUntil="2099-01-01"
    )
    over = await works.create(
        "Device", serialNo="D2", deviceModelId=works.model, customerId=works.customer, warrantyUntil="2020-01-01"
    )
    free, charged = [await works.order(deviceId=device, chargeable=False) for device in (covered, over)]
    assert [await tier(one) for one in (free, charged)] == [("WARRANTY", "0.00"), ("VIP", "800.00")]
    filled = await works.look(charged, "chargeable deviceModel { id }")
    assert filled == {"chargeable": True, "deviceModel": {"id": works.model}}

    # Of two who need the last piece one gets it, the other is told what can be had; cancelled, it is free again.
    part = await works.part(100, A=1)
    first, second = [await works.order() for _ in range(2)]
    for order in (first, second):
        await works.use(order, part, 100)
    reserve = 'mutation($r: ID!) { reserveStock(stock: "parts", record: $r) { state } }'
    dispatcher = works.people["dispatcher"]
    replies = await asyncio.gather(
        *(tenant.graphql(reserve, {"r": order}, person=dispatcher) for order in (first, second))
    )
    won = ["errors" not in reply.body for reply in replies]
    assert sorted(won) == [False, True]
    lost = replies[won.index(False)]
    assert lost.body["errors"][0]["message"] == "滤芯 needs 1 of 'parts'; 0 can be had."
    await works.company.change("WorkOrder", (first, second)[won.index(True)], status="CANCELLED")
    await timeline.settle()
    await tenant.data(reserve, {"r": (first, second)[won.index(False)]}, person=dispatcher)
