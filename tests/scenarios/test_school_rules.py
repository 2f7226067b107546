"""Schools whose rules and pool of leads work by themselves: C01, C06, C08, C12, C13, C20, P01, P02, P04, revisits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding
from tests.scenarios.ruled import acts_of, apply, calm, declare, fired, owner_of, told

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLAIM = 'mutation($r: ID!) { done: claimFromPool(pool: "education_sea", record: $r) { owner dueAt latestAt } }'
DECIDE = """
mutation($r: ID!, $approve: Boolean!) {
  done: decideRecycle(pool: "education_sea", record: $r, approve: $approve, reason: "seen") { owner state dueAt }
}
"""


async def adviser_of(company: Company, name: str) -> tuple[Person, str]:
    """An adviser, and the record of the teacher that they are."""
    person = await company.hire(name, "course_adviser")
    number = f"T-{name}"
    return person, await company.tenant.create("Teacher", employeeNo=number, name=name, accountId=person.id)


async def free_lead(company: Company, timeline: Timeline, **values: Any) -> str:
    lead = await company.tenant.create("Lead", **{"name": "赵妈妈", "phone": "13812345678", **values})
    await company.change("Lead", lead, ownerId=None)
    await timeline.settle()
    return lead


async def claim(company: Company, lead: str, person: Person) -> Any:
    return (await company.tenant.data(CLAIM, {"r": lead}, person=person))["done"]


async def contact(company: Company, lead: str, *, effective: bool = True, content: str = "聊了课程") -> str:
    about = {"subjectType": "lead", "subjectId": lead}
    return await company.tenant.create("FollowUp", **about, effective=effective, content=content)


async def test_steps_that_are_stuck_worries_and_third_classes(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("education")
    await calm(company, "education_silent_leads")
    person, adviser = await adviser_of(company, "ann")
    create = company.tenant.create
    # C13: both words at once
    lead = await create("Lead", name="李妈妈", adviserId=adviser, ownerId=person.id)
    await company.change("Lead", lead, note="备考压力大，课程太贵")
    await timeline.settle()
    assert (await company.values("lead", lead, "tags"))["tags"] == ["exam_anxiety", "price_sensitive"]
    # C12: the third open class; the same one again counts once
    first, second, third = [
        await create(
            "Course",
            courseNo=f"K{n}",
            name=f"课{n}",
            subject="ENGLISH",
            level="STARTER",
            lessonHours=10,
            price={"amount": "100", "currency": "CNY"},
        )
        for n in range(3)
    ]
    for course in (first, first, second):
        await create("TrialClass", title="公开课", leadId=lead, courseId=course, status="ATTENDED",
                     startsAt=timeline.now.isoformat())  # fmt: skip
        await timeline.later(hours=1)
    assert await fired(company, "education_third_class") == []
    await create("TrialClass", title="公开课", leadId=lead, courseId=third, status="ATTENDED",
                 startsAt=timeline.now.isoformat())  # fmt: skip
    await timeline.settle()
    assert await fired(company, "education_third_class") == [lead]
    assert (await company.values("lead", lead, "intent"))["intent"] == 5
    # C08: 48 hours exactly are not more than 48 hours; an appointment in time calls it off
    stuck, booked = [await create("Lead", name=name, adviserId=adviser, ownerId=person.id) for name in ("卡住", "约好")]
    for one in (stuck, booked):
        await company.change("Lead", one, status="CONTACTED")
    await timeline.later(hours=47)
    await company.change("Lead", booked, status="APPOINTED")
    await timeline.later(hours=1)
    assert await fired(company, "education_stuck") == []
    await timeline.later(seconds=1)
    assert await fired(company, "education_stuck") == [stuck]
    assert "超过48小时未约试听：卡住" in await told(company, person)
    # revisits on day 3, 7 and 30
    day = timeline.now.astimezone(SHANGHAI).date()
    guardian = await create("Guardian", name="钱妈妈", phone="13912345678")
    student = await create("Student", name="钱小弟", guardianId=guardian, studyManagerId=adviser, status="STUDYING",
                           ownerId=person.id, enrolledOn=day.isoformat())  # fmt: skip
    for passed in (3, 7, 30):
        moment = datetime.combine(day + timedelta(days=passed), datetime.min.time(), SHANGHAI).replace(hour=10)
        await timeline.until(moment - timedelta(seconds=1))
        assert f"第{passed}天回访：钱小弟" not in await told(company, person)
        await timeline.until(moment)
        assert (await told(company, person)).count(f"第{passed}天回访：钱小弟") == 1
    assert await fired(company, "education_revisit_30") == [student]


async def test_a_contract_that_ends_is_told_fourteen_days_before_and_made_up_for_once(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("education")
    await calm(company, "education_silent_leads")
    person, adviser = await adviser_of(company, "ann")
    create = company.tenant.create
    student = await create("Student", name="钱小弟")
    rule = """
    - name: education_contract_ends
      object: contract
      trigger: date
      settings: {of: valid_until, offset: -%s, at: '09:00', catch_up: true}
      when: status == "active"
      actions: [{name: tell, kind: notify, settings: {to: [adviser.account], subject: '到期：{contract_no}'}}]
    """
    await declare(company, rule % "P7D")
    day = timeline.now.astimezone(SHANGHAI).date()
    near, far = [
        await create("Contract", studentId=student, adviserId=adviser, status="ACTIVE", hours=10,
                     amount={"amount": "1000", "currency": "CNY"}, signedOn=day.isoformat(),
                     validUntil=(day + timedelta(days=days)).isoformat())
        for days in (10, 40)
    ]  # fmt: skip
    await timeline.settle()
    assert await fired(company, "education_contract_ends") == []
    await declare(company, rule % "P14D")  # C06: seven days become fourteen; D-10 is made up for once
    await timeline.settle()
    assert await fired(company, "education_contract_ends") == [near]
    await timeline.later(days=20)
    assert await fired(company, "education_contract_ends") == [near]
    await timeline.later(days=7)
    assert await fired(company, "education_contract_ends") == [near, far]
    assert len(await told(company, person)) == 2


async def test_leads_go_back_to_the_pool_by_three_clocks(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("education")
    boss = await company.hire("boss", "headquarters")
    ann, bob = [(await adviser_of(company, name))[0] for name in ("ann", "bob")]
    # P02: no first contact within 72 hours; a test message is none; 71:59 is in time
    silent, tested, called = [await free_lead(company, timeline, name=name) for name in ("甲", "乙", "丙")]
    masked = "query($id: ID!) { lead(id: $id) { name phone } }"
    assert (await company.tenant.data(masked, {"id": silent}, person=bob))["lead"]["phone"] == "138****5678"
    for lead in (silent, tested, called):
        await claim(company, lead, ann)
    assert (await company.tenant.data(masked, {"id": silent}, person=bob))["lead"] is None
    begun = timeline.now
    await timeline.until(begun + timedelta(hours=71, minutes=59))
    await contact(company, tested, effective=False, content="测试")
    await contact(company, called)
    await timeline.settle()
    assert [await owner_of(company, "lead", lead) for lead in (silent, tested, called)] == [ann.id] * 3
    await timeline.until(begun + timedelta(hours=72))
    assert [await owner_of(company, "lead", lead) for lead in (silent, tested, called)] == [None, None, ann.id]
    # the rights of the owner before end at once, and the next owner sees what was noted
    update = 'mutation($id: ID!) { updateLead(id: $id, input: {note: "mine"}) { id } }'
    assert (await company.tenant.faults(update, {"id": silent}, person=ann))[0][0] in ("FORBIDDEN", "NOT_FOUND")
    assert "客户已移出您的名下" in "".join(await told(company, ann))
    again = await company.tenant.faults(CLAIM, {"r": silent}, person=ann)
    assert [reason for _, reason, _ in again] == ["cooling"]
    await company.change("Lead", silent, note="喜欢周末的课")
    await claim(company, silent, bob)
    note = "query($id: ID!) { lead(id: $id) { note phone } }"
    seen = (await company.tenant.data(note, {"id": silent}, person=bob))["lead"]
    assert seen == {"note": "喜欢周末的课", "phone": "+8613812345678"}
    # P01: no deal within seven days of claiming, although there was contact
    await timeline.until(begun + timedelta(days=7) - timedelta(seconds=1))
    assert await owner_of(company, "lead", called) == ann.id
    await timeline.until(begun + timedelta(days=7))
    assert await owner_of(company, "lead", called) is None
    assert (await acts_of(company, "lead", called))[-1]["reason"] == "Its protection has ended."
    # P04: good leads are taken back only when a manager agrees
    agreed, kept, unheard = [await free_lead(company, timeline, name=name, intent=5) for name in ("丁", "戊", "己")]
    for lead in (agreed, kept, unheard):
        await claim(company, lead, ann)
    await timeline.later(hours=72)
    assert [await owner_of(company, "lead", lead) for lead in (agreed, kept, unheard)] == [ann.id] * 3
    await company.tenant.data(DECIDE, {"r": agreed, "approve": True}, person=boss)
    await company.tenant.data(DECIDE, {"r": kept, "approve": False}, person=boss)
    await timeline.later(days=2)  # and whoever is silent has agreed
    assert [await owner_of(company, "lead", lead) for lead in (agreed, kept, unheard)] == [None, ann.id, None]


async def test_material_that_is_opened_more_than_three_times_protects_for_longer(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("education")
    await apply(
        company,
        """
    objects:
      - name: material_view
        plural: material_views
        label: {zh: 资料打开, en: Opened}
        display: material
        fields:
          - {name: material, type: text, required: true}
          - {name: lead, type: relation, required: true, settings: {to: lead, inverse: material_views}}
    pools:
      - name: education_sea
        object: lead
        members: [course_adviser]
        protection: P7D
        extension: P5D
        maximum: P14D
        activity: [{object: material_view, relation: lead, when: 'lead.material_views.count() > 3'}]
    """,
    )
    ann, _ = await adviser_of(company, "ann")
    lead = await free_lead(company, timeline)
    claimed = await claim(company, lead, ann)
    begun = timeline.now
    due = 'query { poolDue(pool: "education_sea", days: 30) { dueAt latestAt } }'

    async def due_at() -> datetime:
        (one,) = (await company.tenant.data(due))["poolDue"]
        return datetime.fromisoformat(one["dueAt"])

    async def opened(times: int) -> None:
        for _ in range(times):
            await company.tenant.create("MaterialView", material="大纲", leadId=lead)
        await timeline.settle()

    assert datetime.fromisoformat(claimed["dueAt"]) == begun + timedelta(days=7)
    await timeline.later(days=6)
    await opened(3)
    assert await due_at() == begun + timedelta(days=7)
    await opened(1)
    assert await due_at() == begun + timedelta(days=11)
    await timeline.later(days=4)
    await opened(1)
    assert await due_at() == begun + timedelta(days=14)  # and no further
    await timeline.later(days=4)
    assert await owner_of(company, "lead", lead) is None


async def test_a_trial_class_without_follow_up_becomes_a_task_after_seven_days(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("education")
    person, adviser = await adviser_of(company, "ann")
    forgotten, followed = [await company.tenant.create("Lead", name=name, adviserId=adviser) for name in ("甲", "乙")]
    for lead in (forgotten, followed):
        await company.tenant.create("TrialClass", title="试听", leadId=lead, startsAt=timeline.now.isoformat(),
                                    status="ATTENDED")  # fmt: skip
    await timeline.later(days=6)
    await contact(company, followed)
    await timeline.later(hours=23)
    assert await company.tasks(person) == []
    await timeline.later(hours=1)
    assert [task["node"] for task in await company.tasks(person)] == ["follow_up"]
