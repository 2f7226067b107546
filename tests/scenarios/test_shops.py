"""Questions, alerts and care in shops: who gets them, by place, goods, duty and rank, and what follows by the clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding

CHENGHUANGMIAO = {"lat": 31.2256, "lng": 121.4920}


async def shop_at(company: Company, code: str, north_km: float, *, person: str = "") -> tuple[str, Person]:
    """A shop so many kilometres north of the customer, with a guide."""
    place = {**CHENGHUANGMIAO, "lat": round(31.2256 + north_km / 111.2, 6)}
    store = await company.tenant.create("Store", code=code, name=f"{code}店", openedOn="2020-01-01", location=place)
    guide = await company.hire(person or f"guide-{code}", "guide")
    await company.change("User", guide.id, storeId=store)
    return store, guide


async def stocked(company: Company, sku: str, **available: tuple[str, int]) -> None:
    for store, pieces in available.values():
        await company.tenant.create("Stock", storeId=store, skuId=sku, onHand=pieces)


async def goods(company: Company) -> str:
    product = await company.tenant.create("Product", productNo="P1", name="连衣裙")
    return await company.tenant.create("Sku", skuNo="P1-M", productId=product, spec="M 码", price={"amount": "299.00"})


async def asked(company: Company, timeline: Timeline, **values: Any) -> str:
    ticket = await company.tenant.create("Ticket", title="M 码还有吗", **values)
    await timeline.settle()
    return ticket


async def attendant(company: Company, ticket: str) -> str | None:
    found = (await company.values("ticket", ticket, "attendant { name }"))["attendant"]
    return None if found is None else str(found["name"])


async def test_a_size_question_goes_to_the_nearest_shop_on_duty_that_has_it(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    sku = await goods(company)
    near, near_guide = await shop_at(company, "near", 0.5)
    away, _ = await shop_at(company, "away", 1)
    north, north_guide = await shop_at(company, "north", 2)
    south, south_guide = await shop_at(company, "south", -2)
    far, far_guide = await shop_at(company, "far", 9)
    await stocked(company, sku, near=(near, 0), away=(away, 3), north=(north, 1), south=(south, 1), far=(far, 5))
    desk = await company.staff("service_agent")
    for guide in (near_guide, north_guide, south_guide, far_guide):  # the one of `away` is not on duty
        await company.shift(guide, "DUTY", timeline.now, hours=12)
    first = await asked(company, timeline, skuId=sku, place=CHENGHUANGMIAO)
    tied = {await attendant(company, first), await attendant(company, await asked(
        company, timeline, skuId=sku, place=CHENGHUANGMIAO))}  # fmt: skip
    assert tied == {"guide-north", "guide-south"}  # as near as each other: the longest idle, then the other
    assert await company.values("ticket", first, "status store { code }") in (
        {"status": "PROCESSING", "store": {"code": "north"}}, {"status": "PROCESSING", "store": {"code": "south"}},
    )  # fmt: skip
    customer = await company.tenant.create("Customer", name="王芳", storeId=far)
    nowhere = await asked(company, timeline, skuId=sku, customerId=customer)
    assert await attendant(company, nowhere) == "guide-far"  # no place is known: the customer's own shop
    without_goods = await asked(company, timeline, place=CHENGHUANGMIAO)
    assert await attendant(company, without_goods) == "guide-near"
    for store in (north, south, far, away):
        query = "query($s: ID!) { stocks(filter: {storeId: {eq: $s}}) { nodes { id } } }"
        (stock,) = (await company.tenant.data(query, {"s": store}))["stocks"]["nodes"]
        await company.change("Stock", stock["id"], onHand=0)
    sold_out = await asked(company, timeline, skuId=sku, place=CHENGHUANGMIAO)
    assert await attendant(company, sold_out) == desk.name
    told = await company.tenant.data(
        'query($t: ID!) { explainRouting(object: "ticket", record: $t) { decisions { act queue agents { out } } } }',
        {"t": sold_out},
    )
    assert {one["queue"] for one in told["explainRouting"]["decisions"]} == {"retail_shops", "retail_shops_desk"}


async def test_a_customer_follows_the_answer_and_a_third_reminder_opens_the_specialists_task(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    _, guide = await shop_at(company, "near", 0.5)
    specialist = await company.staff("service_agent")
    await company.shift(guide, "DUTY", timeline.now, hours=12)
    customer = await company.tenant.create("Customer", name="王芳")
    ticket = await asked(company, timeline, place=CHENGHUANGMIAO, customerId=customer)
    assert await company.values("ticket", ticket, "customer { name } attendant { name }", guide) == {
        "customer": None, "attendant": {"name": "guide-near"},
    }  # fmt: skip
    page = await company.progress_page(ticket, days=1)
    assert "导购处理中" in (await page())[1]
    history = "query($i: ID!) { flowHistory(instance: $i) { act node } }"
    (run,) = await company.running("ticket", ticket)

    async def reminders() -> int:
        lines = (await company.tenant.data(history, {"i": run["id"]}))["flowHistory"]
        return [line["act"] for line in lines].count("timer")

    for minutes, reminded in ((5, 1), (5, 2)):
        await timeline.later(minutes=minutes)
        assert (await reminders(), await company.tasks(specialist)) == (reminded, [])
    await timeline.later(minutes=5)
    assert [task["node"] for task in await company.tasks(specialist)] == ["specialist"]
    assert await company.tasks(guide) == []
    assert "资深客服处理中" in (await page())[1]
    await company.do(specialist, "specialist", values={"solution": "有货，已预留"})
    assert "请您评价" in (await page())[1]
    await timeline.later(days=1)
    assert (await page())[0] in (404, 410)
    await company.change("Ticket", ticket, satisfaction=5)
    await timeline.settle()
    assert await company.values("ticket", ticket, "status") == {"status": "CLOSED"}


async def test_a_quality_problem_is_two_tasks_at_once_and_a_second_report_is_merged(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    keeper, marketer = await company.staff("stock_keeper"), await company.staff("marketer")
    customer = await company.tenant.create("Customer", name="王芳")
    order = await company.tenant.create("Order", customerId=customer, amount={"amount": "299.00"})
    first, second = [
        await company.tenant.create("Ticket", title=f"开线{n}", kind="QUALITY", orderId=order) for n in (1, 2)
    ]
    await timeline.settle()
    assert await company.values("ticket", second, "status") == {"status": "CLOSED"}
    assert [task["node"] for task in await company.tasks(keeper)] == ["check_stock"]
    assert [task["node"] for task in await company.tasks(marketer)] == ["compensate"]
    await company.do(marketer, "compensate", values={"compensation": {"amount": "50.00"}})
    assert await company.values("ticket", first, "status") == {"status": "OPEN"}
    await company.do(keeper, "check_stock", values={"solution": "同批次下架"})
    assert await company.values("ticket", first, "status compensation { amount }") == {
        "status": "RESOLVED", "compensation": {"amount": "50.00"},
    }  # fmt: skip
    again = await company.tenant.create("Ticket", title="又开线", kind="QUALITY", orderId=order)
    await timeline.settle()
    assert await company.values("ticket", again, "status") == {"status": "OPEN"}  # the first one is settled


async def test_who_joins_a_group_is_cared_for_step_by_step_until_they_leave(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    create = company.tenant.create
    seller = await company.staff("guide")
    store = await create("Store", code="S1", name="南京路店", openedOn="2020-01-01")
    today = timeline.now.date()
    batch = await create(
        "CouponBatch", name="入群券", faceValue={"amount": "20.00"}, validFrom=today.isoformat(),
        validUntil=(today + timedelta(days=60)).isoformat(),
    )  # fmt: skip
    stays, leaves = [await create("Customer", name=name, ownerId=seller.id) for name in ("王芳", "李娜")]
    joined = [
        await create("GroupMember", customerId=one, storeId=store, groupName="南京路福利群", couponBatchId=batch)
        for one in (stays, leaves)
    ]
    await timeline.settle()
    assert (await company.tenant.data("{ coupons { totalCount } }"))["coupons"]["totalCount"] == 2
    assert await company.tasks(seller) == []
    await create("Interaction", customerId=stays, kind="TRY_ON", summary="试穿 M 码")
    await timeline.settle()
    await company.do(seller, "advise", values={"advice": "配同色系腰带"})
    await company.change("GroupMember", joined[1], leftAt=timeline.now.isoformat())
    await timeline.later(days=1)
    await create("Interaction", customerId=leaves, kind="TRY_ON", summary="试穿 S 码")
    order = await create("Order", customerId=stays, amount={"amount": "299.00"})
    await timeline.settle()
    assert await company.values("groupMember", joined[0], "reviewInvitedAt") == {"reviewInvitedAt": None}
    await company.change("Order", order, status="PAID", paidAt=timeline.now.isoformat())
    await timeline.settle()
    assert (await company.values("groupMember", joined[0], "reviewInvitedAt"))["reviewInvitedAt"] is not None
    ended = [(await company.running("group_member", one))[0]["status"] for one in joined]
    assert (ended, await company.tasks(seller)) == (["DONE", "CANCELLED"], [])


# ── alerts ───────────────────────────────────────────────────────────────────────────────────────────


async def alert(company: Company, timeline: Timeline, store: str, **values: Any) -> dict[str, Any]:
    await company.tenant.create("Review", title="等了两小时", score=1, content="凉了", storeId=store, **values)
    await timeline.settle()
    query = "{ tickets(orderBy: {createdAt: DESC}, first: 1) { nodes { id status owner { name } } } }"
    (ticket,) = (await company.tenant.data(query))["tickets"]["nodes"]
    return dict(ticket)


async def test_of_two_managers_who_sign_at_once_one_does_and_whoever_is_off_duty_is_not_asked(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    region = await company.staff("regional_manager", "headquarters")
    manager = await company.hire("manager", "store_manager")
    deputy = await company.hire("deputy", "store_manager")
    store = await company.tenant.create("Store", code="S1", name="南京路店", openedOn="2020-01-01")
    branch = await company.tenant.create("Department", name="南京路店")
    guides = {}
    for number, person in enumerate((manager, deputy)):
        await company.change("User", person.id, superiorId=region.id, departmentId=branch)
        guides[person.name] = await company.tenant.create(
            "Guide", employeeNo=f"G{number}", name=person.name, accountId=person.id, storeId=store
        )
    await company.change("Store", store, managerId=guides["manager"], deputyId=guides["deputy"])

    await alert(company, timeline, store, departmentId=branch)
    tasks = [(await company.task(person, "sign"))["id"] for person in (manager, deputy)]
    assert [title.partition("：")[2] for title in await company.inbox(deputy)] == ["差评：等了两小时"]
    both = await asyncio.gather(
        *[company.try_act("completeTask", person, task) for person, task in zip((manager, deputy), tasks, strict=True)]
    )
    assert sorted("errors" in reply.body for reply in both) == [False, True]
    assert [reply.faults[0][1] for reply in both if "errors" in reply.body] == ["task_closed"]

    unsigned = await alert(company, timeline, store, departmentId=branch)
    await timeline.later(seconds=30)  # nobody has taken it: it goes to the superior of those who were asked
    assert [task["node"] for task in await company.tasks(region)] == ["sign"]
    assert [title.partition("：")[0] for title in await company.inbox(region)] == ["升级"]
    await company.do(region, "sign")
    assert await company.values("ticket", unsigned["id"], "status") == {"status": "SIGNED"}

    await company.change("Guide", guides["manager"], status="LEAVE")
    await alert(company, timeline, store, departmentId=branch)
    assert "sign" not in [task["node"] for task in await company.tasks(manager)]
    await company.do(deputy, "sign")


async def test_an_alert_goes_round_the_managers_on_duty_and_then_to_the_region(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    first, second = await company.hire("first", "store_manager"), await company.hire("second", "store_manager")
    await company.hire("absent", "store_manager")
    region = await company.staff("regional_manager")
    for person in (first, second):
        await company.online(person, timeline)
    store = await company.tenant.create("Store", code="S1", name="南京路店", openedOn="2020-01-01")
    ticket = await alert(company, timeline, store)

    async def offered() -> dict[str, list[str]]:
        return {person.name: [one["queue"] for one in await company.work(person)] for person in (first, second, region)}

    one, other = (first, second) if (await offered())["first"] else (second, first)
    assert await offered() == {one.name: ["retail_duty"], other.name: [], region.name: []}
    await timeline.later(seconds=30)
    assert await offered() == {one.name: [], other.name: ["retail_duty"], region.name: []}
    await timeline.later(seconds=30)
    assert await offered() == {one.name: [], other.name: [], region.name: ["retail_escalated"]}
    assert (await company.values("ticket", ticket["id"], "owner { name }"))["owner"] == {"name": region.name}


# ── many at once ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_weekend_backlog_above_its_limit_brings_standby_and_a_vip_overtakes_everybody(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    agent, standby = await company.hire("agent", "service_agent"), await company.hire("standby", "guide")
    await timeline.until_day(6, "09:00")
    await company.shift(standby, "STANDBY", timeline.now, hours=39, queue="retail_service")  # until Sunday night
    plain = await company.tenant.create("Customer", name="王")
    vip = await company.tenant.create("Customer", name="李", level="DIAMOND", phone="13800000001")
    many = "mutation($inputs: [CreateTicketInput!]!) { made: createTickets(inputs: $inputs) { id } }"
    inputs = [{"title": f"第{n}个", "customerId": plain, "kind": "REPAIR"} for n in range(50)]
    await company.tenant.data(many, {"inputs": inputs})
    await timeline.settle()
    await company.online(standby, timeline)
    assert await company.work(standby) == []  # fifty are no backlog yet
    await company.tenant.create("Ticket", title="贵宾", customerId=vip, kind="REPAIR")
    await timeline.settle()
    served = await company.work(standby)
    assert len(served) == 8
    titles = [(await company.values("ticket", one["record"], "title"))["title"] for one in served]
    assert "贵宾" in titles
    await company.online(agent, timeline)
    assert len(await company.work(agent)) == 8
    assert (await company.queue("retail_service"))["levels"] == ["deep"]
    await timeline.until_day(1, "00:00")
    for one in served:
        await company.tenant.data("mutation($id: ID!) { completeWork(id: $id) }", {"id": one["id"]}, person=standby)
    await timeline.settle()
    assert await company.work(standby) == []  # the shift is over
