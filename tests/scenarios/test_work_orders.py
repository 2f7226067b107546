"""Work orders in motion: the flows of the shipped templates, through the public API, with the clock moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding

# ── retail: complaints ───────────────────────────────────────────────────────────────────────────────


async def bad_review(company: Company, store: str, *, score: int = 1) -> str:
    return await company.tenant.create("Review", title="等了两小时", score=score, content="凉了", storeId=store)


async def shop(company: Company, manager: Any) -> str:
    store = await company.tenant.create("Store", code="S1", name="南京路店", openedOn="2020-01-01")
    guide = await company.tenant.create("Guide", employeeNo="G1", name="店长", accountId=manager.id, storeId=store)
    await company.change("Store", store, managerId=guide)
    return store


async def complaint(company: Company) -> dict[str, Any]:
    query = "{ tickets { nodes { id kind urgency status title } } }"
    (ticket,) = (await company.tenant.data(query))["tickets"]["nodes"]
    return dict(ticket)


async def test_a_bad_review_is_signed_within_thirty_seconds_and_solved(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    manager = await company.staff("store_manager")
    store = await shop(company, manager)
    await bad_review(company, store)
    await timeline.settle()
    ticket = await complaint(company)
    assert (ticket["kind"], ticket["urgency"], ticket["title"]) == ("COMPLAINT", "CRITICAL", "差评：等了两小时")
    await timeline.later(seconds=29)
    await company.do(manager, "sign")
    await timeline.later(seconds=60)
    assert (await complaint(company))["status"] == "SIGNED"
    solved = await company.do(manager, "solve", values={"solution": "重做一份并道歉"})
    assert solved["status"] == "DONE"
    assert (await complaint(company))["status"] == "RESOLVED"


async def test_a_critical_complaint_that_nobody_signs_goes_to_the_superior_at_thirty_seconds(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    region = await company.staff("regional_manager")
    manager = await company.staff("store_manager", superior=region)
    await bad_review(company, await shop(company, manager))
    await timeline.settle()
    await timeline.later(seconds=29)
    assert [task["node"] for task in await company.tasks(region)] == []
    await timeline.later(seconds=1)
    assert [task["node"] for task in await company.tasks(region)] == ["sign"]
    await company.do(region, "sign")
    assert (await complaint(company))["status"] == "SIGNED"


async def test_three_stars_open_nothing(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("retail_chain")
    store = await shop(company, await company.staff("store_manager"))
    await bad_review(company, store, score=3)
    await timeline.settle()
    assert (await company.tenant.data("{ tickets { totalCount } }"))["tickets"]["totalCount"] == 0


# ── retail: returns and exchanges ────────────────────────────────────────────────────────────────────


async def returned(company: Company, timeline: Timeline, *, kind: str = "RETURN", **values: Any) -> str:
    create = company.tenant.create
    customer = await create("Customer", name="王芳")
    order = await create("Order", customerId=customer, amount={"amount": "500.00"})
    refund = await create(
        "Refund", orderId=order, kind=kind, reason="WRONG_SIZE", amount={"amount": "300.00"}, **values
    )
    await timeline.settle()
    return refund


async def test_three_departments_work_side_by_side_and_the_return_closes_when_all_are_done(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    agent, keeper, accountant = [await company.staff(role) for role in ("service_agent", "stock_keeper", "accountant")]
    create = company.tenant.create
    store = await create("Store", code="S1", name="徐汇店", openedOn="2020-01-01")
    product = await create("Product", productNo="P1", name="连衣裙")
    sku = await create("Sku", skuNo="P1-M", productId=product, spec="M 码", price={"amount": "150.00"})
    held = await create("Stock", storeId=store, skuId=sku, onHand=5, reserved=3)
    refund = await returned(company, timeline, stockId=held, quantity=2)
    await company.approve(agent, "service")
    shown = await company.values("refund", refund, "status logistics stock { reserved available }")
    assert shown == {"status": "APPROVED", "logistics": "TO_COLLECT", "stock": {"reserved": 1, "available": 4}}
    open_at = {node for person in (agent, keeper, accountant) for node in
               [task["node"] for task in await company.tasks(person)]}  # fmt: skip
    assert open_at == {"collect", "inspect", "pay"}
    await company.approve(accountant, "pay")
    await company.do(agent, "collect")
    found = await company.values("refund", refund, "status logistics")
    assert found == {"status": "APPROVED", "logistics": "ON_THE_WAY"}
    ended = await company.approve(keeper, "inspect")
    assert ended["status"] == "DONE"
    found = await company.values("refund", refund, "status logistics")
    assert found == {"status": "REFUNDED", "logistics": "ARRIVED"}


async def test_what_finance_refuses_calls_off_the_other_branches(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("retail_chain")
    agent, keeper, accountant = [await company.staff(role) for role in ("service_agent", "stock_keeper", "accountant")]
    refund = await returned(company, timeline, kind="EXCHANGE")
    await company.approve(agent, "service")
    ended = await company.reject(accountant, "pay", comment="已在平台退款")
    assert (ended["status"], ended["tokens"]) == ("REJECTED", [])
    assert await company.tasks(keeper) == await company.tasks(agent) == []
    assert await company.values("refund", refund, "status") == {"status": "REJECTED"}


async def test_a_return_that_takes_longer_than_two_hours_is_a_breach_and_its_ticket_after_six(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    await company.staff("service_agent")
    ticket = await company.tenant.create("Ticket", title="退货", kind="RETURN")
    refund = await returned(company, timeline)

    async def is_late(object_name: str, record: str) -> bool:
        query = "query($o: String!, $r: ID!) { slaClocks(object: $o, record: $r) { breachedAt } }"
        (clock,) = (await company.tenant.data(query, {"o": object_name, "r": record}))["slaClocks"]
        return clock["breachedAt"] is not None

    await timeline.later(hours=2, seconds=-1)
    assert not await is_late("refund", refund)
    await timeline.later(seconds=2)
    assert await is_late("refund", refund)
    await timeline.later(hours=4, seconds=-2)
    assert not await is_late("ticket", ticket)
    await timeline.later(seconds=2)
    assert await is_late("ticket", ticket)


# ── retail: settlement ───────────────────────────────────────────────────────────────────────────────


async def settlement(company: Company, person: Any, amount: str) -> str:
    store = await company.tenant.create("Store", code=f"S{amount}", name=f"门店{amount}", openedOn="2020-01-01")
    values = {
        "storeId": store, "payee": "南京路店", "periodFrom": "2026-10-01", "periodTo": "2026-10-31",
        "amount": {"amount": amount}, "status": "SUBMITTED",
    }  # fmt: skip
    reply = await company.tenant.graphql(
        "mutation($input: CreateSettlementRequestInput!) { made: createSettlementRequest(input: $input) { id } }",
        {"input": values},
        person=person,
    )
    made: str = reply.data["made"]["id"]
    return made


async def test_a_branch_submits_headquarters_approves_and_finance_pays(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    region, top = await company.staff("regional_manager"), await company.staff("headquarters")
    branch = await company.tenant.create("Department", name="南京路店")
    manager = await company.staff("store_manager", superior=region, department=branch)
    finance, accountant = await company.staff("finance_manager"), await company.staff("accountant")
    request = await settlement(company, manager, "50000.01")
    await timeline.settle()
    await company.approve(region, "superior")
    await company.approve(top, "headquarters")
    await company.approve(finance, "finance")
    refused = await company.try_act("completeTask", accountant, (await company.task(accountant, "pay"))["id"])
    assert [fault[1] for fault in refused.faults] == ["required"]
    await company.do(accountant, "pay", values={"voucherNo": "V-1"})
    assert await company.values("settlementRequest", request, "status voucherNo") == {
        "status": "PAID", "voucherNo": "V-1",
    }  # fmt: skip


async def test_fifty_thousand_needs_no_headquarters_and_a_refusal_goes_back_to_draft(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    region, top = await company.staff("regional_manager"), await company.staff("headquarters")
    branch = await company.tenant.create("Department", name="南京路店")
    manager = await company.staff("store_manager", superior=region, department=branch)
    finance = await company.staff("finance_manager")
    request = await settlement(company, manager, "50000.00")
    await timeline.settle()
    await company.approve(region, "superior")
    assert await company.tasks(top) == []
    assert (await company.reject(finance, "finance", comment="发票缺失"))["status"] == "REJECTED"
    assert await company.values("settlementRequest", request, "status") == {"status": "DRAFT"}


async def test_nobody_decides_on_their_own_request(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("retail_chain")
    branch = await company.tenant.create("Department", name="南京路店")
    both = await company.staff("store_manager", "finance_manager", department=branch)
    other = await company.hire("other", "finance_manager")
    region = await company.staff("regional_manager")
    await company.change("User", both.id, superiorId=region.id)
    await settlement(company, both, "100.00")
    await timeline.settle()
    await company.approve(region, "superior")
    assert await company.tasks(both) == []
    assert [task["node"] for task in await company.tasks(other)] == ["finance"]


# ── equipment: a repair from report to rating ────────────────────────────────────────────────────────


async def repair(company: Company, timeline: Timeline) -> str:
    customer = await company.tenant.create("Customer", name="华东医院")
    order = await company.tenant.create("WorkOrder", title="CT 无法开机", customerId=customer)
    await timeline.settle()
    return order


async def engineer_of(company: Company, person: Any) -> str:
    return await company.tenant.create("Engineer", employeeNo="E1", name="李工", accountId=person.id, capacity=5)


async def test_a_repair_from_report_to_rating(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("equipment_service")
    await timeline.until_day(1, "09:00")
    dispatcher, keeper = await company.staff("dispatcher"), await company.staff("warehouse_keeper")
    person, manager = await company.staff("engineer"), await company.staff("service_manager")
    engineer, order = await engineer_of(company, person), await repair(company, timeline)
    await company.do(dispatcher, "dispatch", values={"engineer": engineer})
    assert await company.values("workOrder", order, "status") == {"status": "ASSIGNED"}
    await company.do(person, "accept", outcome="accepted")
    await timeline.later(minutes=30)
    await company.do(person, "check_in", values={"arrivedAt": timeline.now.isoformat()})
    await company.do(person, "diagnose", outcome="needs_parts", values={"faultCode": "PSU"})
    assert await company.values("workOrder", order, "status") == {"status": "WAITING_PARTS"}
    await company.approve(keeper, "issue_parts")
    task = await company.task(person, "repair")
    without = await company.try_act("completeTask", person, task["id"], values={"solution": "更换电源"})
    assert [(code, reason) for code, reason, _ in without.faults] == [("BAD_USER_INPUT", "required")]
    photo = await company.photo(person)
    await company.do(person, "repair", values={"solution": "更换电源", "photos": photo})
    assert await company.values("workOrder", order, "status solution") == {
        "status": "COMPLETED", "solution": "更换电源",
    }  # fmt: skip
    await company.change("WorkOrder", order, satisfaction=2, satisfactionComment="太慢")
    await timeline.settle()
    ratings = (await company.tenant.data("{ ratings { nodes { score comment } } }"))["ratings"]["nodes"]
    assert ratings == [{"score": 2, "comment": "太慢"}]
    await company.do(manager, "call_back")
    (flow,) = await company.running("work_order", order)
    assert (flow["status"], await company.values("workOrder", order, "status")) == ("DONE", {"status": "CLOSED"})


async def test_an_engineer_who_is_silent_for_two_hours_loses_it_to_the_superior_and_it_becomes_critical(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("equipment_service")
    dispatcher, manager = await company.staff("dispatcher"), await company.staff("service_manager")
    person = await company.staff("engineer", superior=manager)
    engineer, order = await engineer_of(company, person), await repair(company, timeline)
    await company.do(dispatcher, "dispatch", values={"engineer": engineer})
    await timeline.later(hours=1, minutes=59, seconds=59)
    assert await company.values("workOrder", order, "urgency") == {"urgency": "NORMAL"}
    assert await company.tasks(manager) == []
    await timeline.later(seconds=1)
    assert await company.values("workOrder", order, "urgency") == {"urgency": "CRITICAL"}
    assert [task["node"] for task in await company.tasks(manager)] == ["accept"]


async def test_no_rating_within_a_week_closes_the_order(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("equipment_service")
    dispatcher, person = await company.staff("dispatcher"), await company.staff("engineer")
    engineer, order = await engineer_of(company, person), await repair(company, timeline)
    await company.do(dispatcher, "dispatch", values={"engineer": engineer})
    await company.do(person, "accept", outcome="accepted")
    await company.do(person, "check_in", values={"arrivedAt": timeline.now.isoformat()})
    await company.do(person, "diagnose", outcome="no_parts")
    await company.do(person, "repair", values={"solution": "复位", "photos": await company.photo(person)})
    await timeline.later(days=7, seconds=-1)
    assert await company.values("workOrder", order, "status") == {"status": "COMPLETED"}
    await timeline.later(seconds=2)
    assert await company.values("workOrder", order, "status") == {"status": "CLOSED"}


# ── equipment: quotations by amount ──────────────────────────────────────────────────────────────────


async def quoted(company: Company, timeline: Timeline, price: str) -> str:
    customer = await company.tenant.create("Customer", name="华东医院")
    today = timeline.now.date()
    quotation = await company.tenant.create(
        "Quotation", title="年度维保", customerId=customer, validUntil=(today + timedelta(days=30)).isoformat()
    )
    await company.tenant.create(
        "QuotationLine",
        quotationId=quotation,
        description="维保",
        unitPrice={"amount": price},
        amount={"amount": price},
    )
    await company.change("Quotation", quotation, status="APPROVING")
    await timeline.settle()
    return quotation


async def test_a_quotation_above_a_threshold_needs_another_level(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("equipment_service")
    manager, finance = await company.staff("service_manager"), await company.staff("finance_manager")
    top = await company.staff("headquarters")
    quotation = await quoted(company, timeline, "500000.01")
    await company.approve(manager, "manager")
    await company.approve(finance, "finance")
    assert await company.values("quotation", quotation, "status") == {"status": "APPROVING"}
    await company.approve(top, "headquarters")
    assert await company.values("quotation", quotation, "status") == {"status": "APPROVED"}


async def test_a_quotation_at_the_threshold_does_not(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("equipment_service")
    manager, finance = await company.staff("service_manager"), await company.staff("finance_manager")
    quotation = await quoted(company, timeline, "100000.00")
    await company.approve(manager, "manager")
    assert await company.tasks(finance) == []
    assert await company.values("quotation", quotation, "status") == {"status": "APPROVED"}


# ── education: after the trial class ─────────────────────────────────────────────────────────────────


async def trial(company: Company, timeline: Timeline) -> tuple[str, str, Any]:
    adviser = await company.staff("course_adviser")
    create = company.tenant.create
    campus = await create("Campus", code="C1", name="徐汇校区", openedOn="2020-01-01")
    teacher = await create("Teacher", employeeNo="T1", name="顾问", accountId=adviser.id, campusId=campus)
    lead = await create("Lead", name="陈女士", adviserId=teacher, campusId=campus)
    course = await create("Course", courseNo="K1", name="少儿编程", lessonHours=10, price={"amount": "1000.00"})
    taken = await create(
        "TrialClass", title="试听", leadId=lead, courseId=course, startsAt=timeline.now.isoformat(), status="ATTENDED"
    )
    await timeline.settle()
    return lead, taken, adviser


async def test_seven_days_after_a_trial_without_follow_up_the_adviser_is_asked(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("education")
    _, _, adviser = await trial(company, timeline)
    await timeline.later(days=7, seconds=-1)
    assert await company.tasks(adviser) == []
    await timeline.later(seconds=1)
    assert [task["node"] for task in await company.tasks(adviser)] == ["follow_up"]


async def test_a_follow_up_on_the_sixth_day_cancels_it(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("education")
    lead, taken, adviser = await trial(company, timeline)
    await timeline.later(days=6)
    await company.tenant.create(
        "FollowUp", subjectType="lead", subjectId=lead, content="电话沟通", followedAt=timeline.now.isoformat()
    )
    await timeline.later(days=2)
    assert await company.tasks(adviser) == []
    (flow,) = await company.running("trial_class", taken)
    assert flow["status"] == "DONE"
