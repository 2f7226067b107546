"""Machines whose maintenance and warranty come by themselves, what they say, what fits: E01, E02, E05, E08, E18."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.outbound.signing import signed_headers
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding
from tests.scenarios.ruled import acts_of, apply, calm, fired, owner_of, told
from tests.server.notifications.desk import counting_channel, offer

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_maintenance_by_date_and_by_hours_and_customers_whom_nobody_works_for(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("equipment_service")
    await calm(company, "equipment_warranty_ending", "equipment_maintenance_near")
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
    await check_usual_engineers(company, timeline, device)
    await check_readings(company, timeline, model, customer)


async def check_usual_engineers(company: Company, timeline: Timeline, device: str) -> None:
    """E01: the engineer of the plan gets the order; the desk gets it while they are on leave."""
    create = company.tenant.create
    query = "{ found: workOrders(filter: {kind: {eq: MAINTENANCE}, status: {in: [OPEN, ASSIGNED]}}) { nodes { id } } }"
    for order in (await company.tenant.data(query))["found"]["nodes"]:
        await company.change("WorkOrder", order["id"], status="CANCELLED")
    soon = (timeline.now.astimezone(SHANGHAI).date() + timedelta(days=9)).isoformat()
    found = {}
    for status in ("ON_DUTY", "LEAVE"):
        person = await company.hire(f"engineer-{status.lower()}", "engineer")
        usual = await create("Engineer", employeeNo=status, name=status, accountId=person.id, status=status)
        own = await create("Device", serialNo=f"SN-{status}",
                           deviceModelId=(await company.values("device", device, "deviceModelId"))["deviceModelId"],
                           customerId=(await company.values("device", device, "customerId"))["customerId"])  # fmt: skip
        await create("MaintenancePlan", name=status, deviceId=own, everyDays=90, nextDueOn=soon, engineerId=usual)
        found[status] = (person, own)
    await timeline.later(days=3)
    made = "query($d: ID!) { found: workOrders(filter: {deviceId: {eq: $d}}) { nodes { status engineer { name } } } }"
    orders = {
        status: (await company.tenant.data(made, {"d": own}))["found"]["nodes"] for status, (_, own) in found.items()
    }
    assert orders == {
        "ON_DUTY": [{"status": "ASSIGNED", "engineer": {"name": "ON_DUTY"}}],
        "LEAVE": [{"status": "OPEN", "engineer": None}],
    }
    heard = {status: await told(company, person) for status, (person, _) in found.items()}
    assert heard == {"ON_DUTY": ["保养派单：ON_DUTY"], "LEAVE": []}


READINGS = """
objects:
  - name: device
    plural: devices
    fields: [{name: temperature, type: decimal}]
rules:
  - name: reading
    live: true
    object: device
    trigger: webhook
    settings: {find: {field: serial_no, given: device.sn}, save: [{field: temperature, given: reading.celsius}]}
    actions: [{name: none, kind: webhook, settings: {event: reading}}]
  - name: too_hot
    live: true
    object: device
    trigger: crossing
    settings: {field: temperature, above: "80", rearm: "70"}
    actions:
      - {name: repair, kind: create, settings: {object: work_order, values: [
          {field: title, value: '=concat("温度 ", text(temperature))'}, {field: kind, value: repair},
          {field: customer, value: =customer.id}, {field: device, value: =id}]}}
"""


async def check_readings(company: Company, timeline: Timeline, model: str, customer: str) -> None:
    """E02: a reading above the line is an order with the reading, once; a sensor that flaps makes no other."""
    await apply(company, READINGS)
    made = (await company.tenant.data('mutation { made: createRuleSecret(rule: "reading") { secret } }'))["made"]
    device = await company.tenant.create("Device", serialNo="IOT1", deviceModelId=model, customerId=customer)
    query = """query($d: ID!) { found: workOrders(filter: {deviceId: {eq: $d}}, orderBy: [{createdAt: ASC}]) {
        nodes { title } } }"""
    orders = []
    for number, celsius in enumerate((80, 80.5, 79, 81, 79.9, 82, 69.9, 80.1)):
        body = json.dumps({"device": {"sn": "IOT1"}, "reading": {"celsius": celsius}})
        for _ in range(2):  # as gateways do
            headers = dict(signed_headers(f"m{number}", timeline.now.astimezone(UTC), body, [made["secret"]]))
            where = f"/hooks/{company.tenant.slug}/reading"
            answer = await company.tenant.client.post(where, content=body, headers=headers)
            assert answer.status_code == 200, answer.text
        await timeline.later(minutes=1)
        orders.append(len((await company.tenant.data(query, {"d": device}))["found"]["nodes"]))
    assert orders == [0, 1, 1, 1, 1, 1, 1, 2]
    found = (await company.tenant.data(query, {"d": device}))["found"]["nodes"]
    assert [one["title"] for one in found] == ["温度 80.5", "温度 80.1"]


CONSUMABLES = """
objects:
  - name: work_order
    plural: work_orders
    fields:
      - {name: suggestion, type: text}
rules:
  - name: consumables
    live: true
    object: work_order
    trigger: record
    settings: {events: [create]}
    when: >-
      kind == "repair" and device.device_model.category == "printer"
      and device.work_orders.none(
        parts.some(spare_part.category == "consumable" and created_at >= addMonths(now(), -3)))
    actions:
      - {name: suggest, kind: set, settings: {values: [{field: suggestion, value: '="硒鼓：" + device.model_name'}]}}
"""


async def test_a_warranty_that_ends_is_told_and_followed_up_and_a_repair_knows_what_was_bought(
    timeline: Timeline, company_of: Founding
) -> None:
    channel, mails = counting_channel("email")
    offer(timeline.tenants, channel)
    await timeline.set(datetime.fromisoformat("2027-04-05T12:00:00+08:00"))
    company = await company_of("equipment_service")
    await apply(company, CONSUMABLES)
    await calm(company, "equipment_maintenance_near")
    create = company.tenant.create
    manager = await company.hire("ann", "account_manager")
    customer = await create("Customer", name="精工厂", email="works@example.com", ownerId=manager.id)
    model = await create("DeviceModel", modelNo="M1", name="打印机", category="PRINTER")
    ends = {"ending": "2027-05-05", "later": "2027-06-30", "kept": "2027-05-05"}
    devices = {
        name: await create(
            "Device", serialNo=name, deviceModelId=model, customerId=customer, warrantyUntil=day, ownerId=manager.id
        )
        for name, day in ends.items()
    }
    # E05: toner is suggested with a repair, unless it was bought within three months
    part = await create("SparePart", partNo="T1", name="硒鼓", cost={"amount": "1.00"}, price={"amount": "2.00"})
    bought = await create(
        "WorkOrder", title="换硒鼓", customerId=customer, deviceId=devices["later"], kind="MAINTENANCE"
    )
    money = {"amount": "1.00"}
    await create("WorkOrderPart", workOrderId=bought, sparePartId=part, description="硒鼓", quantity=1, unitCost=money,
                 unitPrice=money, costAmount=money, amount=money)  # fmt: skip
    suggested = []
    for name in ("ending", "later"):
        repair = await create("WorkOrder", title="卡纸", customerId=customer, deviceId=devices[name], kind="REPAIR")
        await timeline.settle()
        suggested.append((await company.values("workOrder", repair, "suggestion"))["suggestion"])
        await company.change("WorkOrder", repair, status="CANCELLED")
    await company.change("WorkOrder", bought, status="CANCELLED")
    assert suggested == ["硒鼓：打印机", None]
    # E08: three years of a device at its reception, and nothing older
    for day in ("2024-04-04", "2024-04-06", "2026-01-01"):
        await create("WorkOrder", title=day, customerId=customer, deviceId=devices["kept"], kind="MAINTENANCE",
                     reportedAt=f"{day}T09:00:00+08:00", status="CANCELLED")  # fmt: skip
    query = """query($d: ID!) { found: workOrders(
        filter: {deviceId: {eq: $d}, reportedAt: {within: {last: 3, unit: YEAR}}}, orderBy: [{reportedAt: ASC}]
    ) { nodes { title } } }"""
    found = (await company.tenant.data(query, {"d": devices["kept"]}))["found"]["nodes"]
    assert [one["title"] for one in found] == ["2024-04-06", "2026-01-01"]
    # thirty days before its end, and once
    assert sorted(one.title for one in mails if one.receiver.email == "works@example.com") == [
        "设备 ending 的保修将于 2027年5月5日 到期", "设备 kept 的保修将于 2027年5月5日 到期",
    ]  # fmt: skip
    await timeline.later(days=3)
    await company.change("Device", devices["kept"], warrantyUntil="2028-05-05")
    await timeline.later(days=11)
    figures = await company.tenant.data(
        '{ found: journeyFigures(flow: "warranty_renewal") { entered reached running } }'
    )
    assert figures["found"] == {"entered": 2, "reached": 1, "running": 1}
    assert [task["node"] for task in await company.tasks(manager)] == ["offer"]
    assert len([one for one in mails if one.receiver.email == "works@example.com"]) == 2
