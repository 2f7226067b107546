"""From the first click to the next course: what schools send, ask and arrange by themselves, by the calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding


async def sent(company: Company, lead: str) -> list[tuple[str, str]]:
    """What a lead was sent, oldest first: (channel, content)."""
    query = "query($l: ID!) { lead(id: $l) { outreaches(orderBy: {createdAt: ASC}) { nodes { channel content } } } }"
    nodes = (await company.tenant.data(query, {"l": lead}))["lead"]["outreaches"]["nodes"]
    return [(node["channel"], node["content"]) for node in nodes]


async def campus_of(company: Company) -> str:
    return await company.tenant.create("Campus", code="C1", name="徐汇校区", openedOn="2020-01-01")


async def test_seven_days_convert_or_stop_and_an_unread_mail_becomes_a_text_message(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("education")
    create = company.tenant.create
    adviser = await company.staff("course_adviser")
    teacher = await create(
        "Teacher", employeeNo="T1", name="顾问", accountId=adviser.id, campusId=await campus_of(company)
    )
    account = await create("Channel", code="OA", name="公众号", kind="OFFICIAL_ACCOUNT")
    follows = await create("Lead", name="李女士", channelId=account)
    stays, buys = [await create("Lead", name=name, adviserId=teacher) for name in ("陈女士", "王先生")]
    await timeline.settle()
    assert await sent(company, follows) == [("OFFICIAL_ACCOUNT", "TRIAL_LINK")]
    for lead in (stays, buys):
        await company.change("Lead", lead, status="APPOINTED")
    await timeline.later(days=1, seconds=-1)
    assert await sent(company, stays) == []
    await timeline.later(seconds=1)
    assert await sent(company, stays) == [("WECOM", "OUTLINE")]
    await timeline.later(days=2)
    assert await sent(company, stays) == await sent(company, buys) == [("WECOM", "OUTLINE"), ("WECOM", "TRIAL_VIDEO")]
    await timeline.later(days=1)
    student = await create("Student", name="小王")
    await company.change("Lead", buys, status="WON", studentId=student)
    await timeline.later(days=3, seconds=-1)
    assert await company.tasks(adviser) == []
    await timeline.later(seconds=1)
    (task,) = await company.tasks(adviser)
    (run,) = await company.running("lead", stays)
    assert (task["node"], task["instance"]) == ("convert", run["id"])
    assert [one["status"] for one in await company.running("lead", buys)] == ["CANCELLED"]
    figures = await company.tenant.data(
        '{ found: journeyFigures(flow: "conversion_week") { entered reached running } }'
    )
    assert figures["found"] == {"entered": 2, "reached": 1, "running": 1}

    mails = {
        name: await create("Outreach", leadId=follows, channel="EMAIL", subject=name)
        for name in ("unread", "late", "read", "bounced")
    }
    await company.change("Outreach", mails["bounced"], status="BOUNCED")
    await timeline.settle()

    async def texts() -> set[str]:
        query = "{ outreaches(filter: {channel: {eq: SMS}}) { nodes { insteadOf { subject } } } }"
        nodes = (await company.tenant.data(query))["outreaches"]["nodes"]
        return {node["insteadOf"]["subject"] for node in nodes}

    assert await texts() == {"bounced"}
    await timeline.later(days=3, seconds=-1)
    await company.change("Outreach", mails["read"], openedAt=timeline.now.isoformat(), status="OPENED")
    assert await texts() == {"bounced"}
    await timeline.later(seconds=1)
    assert await texts() == {"bounced", "unread", "late"}


async def contract(company: Company, student: str) -> str:
    return await company.tenant.create("Contract", studentId=student, hours=20, amount={"amount": "5000.00"})


async def test_payment_and_enrolment_in_any_order_put_a_student_into_class_and_its_end_asks_for_a_renewal(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("education")
    create, now = company.tenant.create, timeline.now
    manager = await company.staff("study_manager")
    campus = await campus_of(company)
    study, other = [
        await create("Teacher", employeeNo=number, name=number, position="STUDY_MANAGER", **more)
        for number, more in (("M1", {"accountId": manager.id}), ("M2", {}))
    ]
    course = await create("Course", courseNo="K1", name="少儿编程", lessonHours=10, price={"amount": "1000.00"})
    first, second = [
        await create("ClassGroup", classNo=number, name=number, courseId=course, campusId=campus, studyManagerId=one)
        for number, one in (("K1-1", study), ("K1-2", other))
    ]

    async def pays(student: str, agreed: str) -> None:
        await create(
            "TuitionPayment", contractId=agreed, studentId=student, amount={"amount": "100.00"}, status="RECEIVED",
            paidAt=now.isoformat(),
        )  # fmt: skip
        await timeline.settle()

    async def enrols(student: str, agreed: str, group: str) -> str:
        made = await create("Enrollment", studentId=student, classGroupId=group, contractId=agreed)
        await timeline.settle()
        return made

    async def status(enrollment: str) -> str:
        return str((await company.values("enrollment", enrollment, "status"))["status"])

    early, late = [await create("Student", name=name) for name in ("小陈", "小王")]
    agreed = {student: await contract(company, student) for student in (early, late)}
    enrolled = await enrols(late, agreed[late], first)
    assert await status(enrolled) == "PENDING"
    await pays(late, agreed[late])
    await pays(early, agreed[early])
    ready = await enrols(early, agreed[early], first)
    assert [await status(one) for one in (enrolled, ready)] == ["ACTIVE", "ACTIVE"]
    managed = "studyManager { employeeNo }"
    assert await company.values("student", early, managed) == {"studyManager": {"employeeNo": "M1"}}
    again = await enrols(late, agreed[late], second)
    assert await status(again) == "ACTIVE"
    assert await company.values("student", late, managed) == {"studyManager": {"employeeNo": "M1"}}  # once

    await company.change("Enrollment", ready, status="FINISHED")
    await company.change("Enrollment", enrolled, status="FINISHED")
    await timeline.settle()
    (task,) = await company.tasks(manager)  # the other one has enrolled again
    assert (task["node"], (await company.running("enrollment", ready))[0]["status"]) == ("renew", "RUNNING")
    assert (await company.act("completeTask", manager, task["id"], outcome="left"))["status"] == "REJECTED"

    await company.change("Enrollment", again, status="FINISHED")
    await timeline.settle()
    assert [task["node"] for task in await company.tasks(manager)] == ["renew"]
    await enrols(late, agreed[late], first)  # who enrols again is asked no longer
    assert await company.tasks(manager) == []
    runs = await company.running("enrollment", again)
    assert [run["status"] for run in runs if run["flow"] == "renewal"] == ["CANCELLED"]
    figures = await company.tenant.data('{ journeyFigures(flow: "renewal") { entered reached running } }')
    assert figures["journeyFigures"] == {"entered": 2, "reached": 1, "running": 0}


async def asked_back(company: Company, timeline: Timeline, amount: str) -> str:
    student = await company.tenant.create("Student", name="小陈")
    made = await company.tenant.create(
        "RefundRequest", studentId=student, contractId=await contract(company, student), reason="搬家", hours=2,
        amount={"amount": amount},
    )  # fmt: skip
    await timeline.settle()
    return made


async def test_what_is_refused_goes_back_to_the_node_that_was_chosen_and_a_leave_to_who_asked(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("education")
    create = company.tenant.create
    campus, director = await company.staff("campus_manager"), await company.staff("academic_director")
    accountant = await company.staff("accountant")
    request = await asked_back(company, timeline, "5000.00")
    large = await asked_back(company, timeline, "4999.99")
    for _ in range(2):
        await company.act("approveTask", campus, (await company.tasks(campus))[0]["id"])
    assert await company.tasks(director) == []  # five thousand is not above five thousand
    tasks = {task["instance"]: task["id"] for task in await company.tasks(accountant)}
    (run,), (other,) = [await company.running("refund_request", one) for one in (request, large)]
    back = await company.act("rejectTask", accountant, tasks[run["id"]], to="campus", comment="课时不符")
    assert [(token["node"], token["phase"]) for token in back["tokens"]] == [("campus", "WAITING")]
    nowhere = await company.try_act("rejectTask", accountant, tasks[other["id"]], to="gone")
    assert [(code, reason) for code, reason, _ in nowhere.faults] == [("BAD_USER_INPUT", "unknown_node")]
    await company.approve(campus, "campus")
    await company.act("approveTask", accountant, (await company.tasks(accountant))[-1]["id"])
    assert await company.values("refundRequest", request, "status") == {"status": "PAID"}

    parent = await company.hire("asker", "study_manager", "administrator")
    study = await create("Teacher", employeeNo="M1", name="学管师", position="STUDY_MANAGER", accountId=campus.id)
    student = await create("Student", name="小王", studyManagerId=study)
    course = await create("Course", courseNo="K1", name="少儿编程", lessonHours=10, price={"amount": "1000.00"})
    group = await create("ClassGroup", classNo="K1-1", name="一班", courseId=course, campusId=await campus_of(company))
    starts = timeline.now + timedelta(days=2)
    lesson = await create(
        "Lesson", title="第一课", classGroupId=group, lessonNo=1, startsAt=starts.isoformat(),
        endsAt=(starts + timedelta(hours=2)).isoformat(),
    )  # fmt: skip
    reply: Any = await company.tenant.graphql(
        "mutation($v: CreateLeaveRequestInput!) { made: createLeaveRequest(input: $v) { id } }",
        {"v": {"studentId": student, "lessonId": lesson, "reason": "发烧"}},
        person=parent,
    )
    leave = reply.data["made"]["id"]
    await timeline.settle()
    await company.reject(campus, "manager", comment="请附病历")
    await company.do(parent, "asked", outcome="resubmitted")
    await company.approve(campus, "manager")
    assert await company.values("leaveRequest", leave, "status") == {"status": "APPROVED"}
    assert (await company.do(campus, "make_up"))["status"] == "DONE"
