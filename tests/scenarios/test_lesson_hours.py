"""Lesson hours of teachers (SP-20): asked for, approved by somebody else, booked, locked, taken back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.fixtures.tenants import Person, Tenant
from tests.fixtures.timeline import Timeline
from tests.scenarios.conftest import Founding

ASK = "mutation($id: ID!, $v: UpdateLessonInput!) { updateLesson(id: $id, input: $v) { id } }"
BOOKED = """
query($r: ID!) { explainSettlement(plan: "teacher_hours", record: $r) { entries { account amount } } }
"""
TAKE_BACK = """
mutation($r: String!) { refundSettlement(plan: "teacher_hours", of: $r, key: "wrong", reason: "误报") { key } }
"""


STATEMENTS = """
{ teacherStatements { nodes { lessons fee { amount } bonus { amount } amount { amount }
    lines(filter: {component: {eq: "lesson_fee"}}) { nodes { lesson { id } amount { amount } } } } } }
"""


async def statements(tenant: Tenant, person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await tenant.data(STATEMENTS, person=person))["teacherStatements"]["nodes"]
    return found


async def test_hours_are_approved_booked_and_locked_and_taken_back_by_a_counter_entry(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("education")
    await timeline.until_day(3, "15:00")
    create, tenant = company.tenant.create, company.tenant
    teacher, head = await company.staff("teacher"), await company.staff("campus_manager")
    campus = await create("Campus", code="C1", name="徐汇校区", openedOn="2020-01-01")
    own = await create(
        "Teacher", employeeNo="T1", name="王老师", accountId=teacher.id, campusId=campus, lessonFee={"amount": "200.00"}
    )
    course = await create("Course", courseNo="K1", name="少儿编程", lessonHours=10, price={"amount": "1000.00"})
    group = await create("ClassGroup", classNo="G1", name="周六班", courseId=course, campusId=campus, teacherId=own)
    ends = timeline.now - timedelta(hours=1)
    span = {"startsAt": (ends - timedelta(hours=2)).isoformat(), "endsAt": ends.isoformat()}

    async def lesson(number: int, status: str) -> str:
        title = f"第{number}课"
        about = {"classGroupId": group, "teacherId": own, "lessonNo": number, "status": status}
        return await create("Lesson", title=title, **about, **span)

    given, refused, planned = [await lesson(1, "FINISHED"), await lesson(2, "FINISHED"), await lesson(3, "PLANNED")]

    async def asks(record: str, **values: Any) -> list[str]:
        found = await tenant.graphql(ASK, {"id": record, "v": values}, person=teacher)
        await timeline.settle()
        return [error["extensions"]["reason"] for error in found.body.get("errors", [])]

    async def booked(record: str) -> list[Decimal]:
        found = (await tenant.graphql(BOOKED, {"r": record})).body
        if "errors" in found:
            assert found["errors"][0]["extensions"]["reason"] == "unknown_booking"
            return []
        bookings = found["data"]["explainSettlement"]
        entries = [one for booking in bookings for one in booking["entries"] if one["account"] == "payable"]
        return [Decimal(one["amount"]) for one in entries]

    # A lesson that was not given is not settled, and nobody approves by hand.
    assert await asks(planned, settlement="REQUESTED") == ["validation"]
    assert await asks(given, settlement="APPROVED") != []
    assert await asks(given, settlement="REQUESTED") == await asks(refused, settlement="REQUESTED") == []
    assert [await booked(one) for one in (given, refused)] == [[], []]
    first, second = await company.tasks(head)
    await company.act("approveTask", head, first["id"])
    await company.act("rejectTask", head, second["id"], comment="课时不符")
    await timeline.settle()
    states = [(await company.values("lesson", one, "settlement"))["settlement"] for one in (given, refused)]
    assert sorted(states) == ["APPROVED", "REJECTED"]
    if states[0] == "REJECTED":
        given, refused = refused, given

    # What was approved is booked once and stays as it is; what was refused may be corrected and asked for again.
    assert await booked(given) == [Decimal("-200.00")]
    assert await asks(given, hours=4) != []
    assert (await company.values("lesson", given, "hours"))["hours"] == 2
    assert await asks(refused, topic="改正") == await asks(refused, settlement="REQUESTED") == []
    assert await booked(refused) == []

    # From the next midnight on it stands on the teacher's statement of the month, which colleagues do not see.
    colleague = await company.hire("colleague", "teacher")
    assert await statements(tenant, teacher) == []
    await timeline.later(hours=9)
    assert await statements(tenant, teacher) == [
        {"lessons": 1, "fee": {"amount": "200.00"}, "bonus": {"amount": "0.00"}, "amount": {"amount": "200.00"},
         "lines": {"nodes": [{"lesson": {"id": given}, "amount": {"amount": "200.00"}}]}}
    ]  # fmt: skip
    assert await statements(tenant, colleague) == []
    await tenant.data(TAKE_BACK, {"r": given})
    assert await booked(given) == [Decimal("-200.00"), Decimal("200.00")]
