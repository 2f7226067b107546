"""Machines whose maintenance comes by itself (E01), and customers whom nobody works for (E18)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.fixtures.timeline import Timeline
from tests.scenarios.conftest import Founding
from tests.scenarios.ruled import acts_of, fired, owner_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_maintenance_by_date_and_by_hours_and_customers_whom_nobody_works_for(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("equipment_service")
    create = company.tenant.create
    customer = await create("Customer", name="精工厂")
    model = await create("DeviceModel", modelNo="M1", name="压缩机", brand="甲", category="AIR_COMPRESSOR")
    device = await create("Device", serialNo="SN1", deviceModelId=model, customerId=customer, runningHours="1999")
    day = timeline.now.astimezone(SHANGHAI).date() + timedelta(days=20)
    plan = await create("MaintenancePlan", name="季度保养", deviceId=device, basis="DAYS", everyDays=90,
                        nextDueOn=day.isoformat())  # fmt: skip
    due = datetime.combine(day - timedelta(days=7), datetime.min.time(), SHANGHAI).replace(hour=8)
    await timeline.until(due - timedelta(seconds=1))
    await company.change("Device", device, runningHours="2000")
    orders = "{ workOrders { nodes { id title kind device { id } status } } }"
    await timeline.settle()
    assert (await company.tenant.data(orders))["workOrders"]["nodes"] == []
    await timeline.until(due)
    await company.change("Device", device, runningHours="2000.1")  # both at once: one order
    await timeline.settle()
    (order,) = (await company.tenant.data(orders))["workOrders"]["nodes"]
    assert (order["title"], order["kind"], order["device"]) == ("保养：季度保养", "MAINTENANCE", {"id": device})
    assert await fired(company, "equipment_maintenance_due") == [plan]
    assert await fired(company, "equipment_hours_due") == []
    queued = await company.tenant.data('{ queuedWork(queue: "equipment_dispatch") { record } }')
    assert [one["record"] for one in queued["queuedWork"]] == [order["id"]]
    # E18: three days without work, and another account manager has the customer
    ann, bob = [await company.hire(name, "account_manager") for name in ("ann", "bob")]
    idle, busy = [await create("Customer", name=name) for name in ("闲", "忙")]
    for one in (idle, busy):
        await company.change("Customer", one, ownerId=ann.id)
    begun = timeline.now
    await timeline.until(begun + timedelta(days=2, hours=23))
    await create(
        "Quotation",
        title="报价",
        customerId=busy,
        quotedOn=day.isoformat(),
        validUntil=(day + timedelta(days=30)).isoformat(),
    )
    await timeline.until(begun + timedelta(days=3) - timedelta(seconds=1))
    assert await owner_of(company, "customer", idle) == ann.id
    await timeline.until(begun + timedelta(days=3))
    assert [await owner_of(company, "customer", one) for one in (idle, busy)] == [bob.id, ann.id]
    assert [line["act"] for line in await acts_of(company, "customer", idle)][-2:] == ["recycle", "assign"]
    heard = await company.tenant.data("{ myNotifications(first: 9) { nodes { event } } }", person=ann)
    assert "pool_taken" in [one["event"] for one in heard["myNotifications"]["nodes"]]
