"""What advisers owe families, and what families hear: C13, C21, D06, P02, P04, and leads that go from hand to hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding
from tests.scenarios.ruled import acts_of, apply, calm, fired, owner_of, told
from tests.server.notifications.desk import counting_channel, offer

CLAIM = 'mutation($r: ID!) { done: claimFromPool(pool: "education_sea", record: $r) { owner } }'
DECIDE = """
mutation($r: ID!, $a: Boolean!) {
  done: decideRecycle(pool: "education_sea", record: $r, approve: $a, reason: "seen") { state dueAt }
}
"""
EVIDENCE = """
query($gaps: Boolean) {
  flowEvidence(flow: "advice", gaps: $gaps) { runs { record gaps steps { node state actorName } } }
}
"""
DECLARED = """
objects:
  - name: lead
    plural: leads
    fields: [{name: former_adviser, type: user}]
pools:
  - {name: education_sea, object: lead, former: former_adviser, protection: P7D, extension: P3D, maximum: P30D,
     first_contact: PT72H, members: [course_adviser], managers: [campus_manager, headquarters],
     activity: [{object: follow_up, relation: subject, when: effective}], approve: intent >= 4,
     approval_within: P2D, approval_extends: P10D}
queues:
  - name: taken_back
    object: lead
    members: [{role: course_adviser}]
    capacity: "100"
    online: false
    steps:
      - {by: where, expression: former_adviser == null or former_adviser.id != actor.id, required: true}
      - {by: least_loaded}
routing_rules:
  - {name: taken_back, object: lead, queue: taken_back, order: 1, events: [update],
     when: 'note == "首联" and owner == null and old.owner != null'}
rules:
  - name: anxious
    live: true
    object: lead
    trigger: tag
    settings: {field: tags, tag: exam_anxiety}
    actions: [{name: reply, kind: create, settings: {object: outreach, values: [
      {field: lead, value: =id}, {field: channel, value: official_account}, {field: subject, value: 备考减压指南}]}}]
  - name: careful
    live: true
    object: lead
    trigger: tag
    settings: {field: tags, tag: price_sensitive}
    actions: [{name: reply, kind: create, settings: {object: outreach, values: [
      {field: lead, value: =id}, {field: channel, value: official_account}, {field: subject, value: 奖学金与分期}]}}]
  - name: homework_tomorrow
    live: true
    object: homework
    trigger: date
    settings: {of: due_on, offset: -P1D, at: "18:00"}
    when: >-
      status == "assigned"
      and student.enrollments.some(status == "active" and class_group.id == parent.lesson.class_group.id)
    actions: [{name: say, kind: send, settings: {template: homework_due, channels: [homework_mail]}}]
  - name: homework_marked
    live: true
    object: homework
    trigger: field
    settings: {field: status, after: marked}
    when: student.enrollments.some(status == "active" and class_group.id == parent.lesson.class_group.id)
    actions: [{name: say, kind: send, settings: {template: homework_result, channels: [homework_mail]}}]
message_templates:
  - {name: homework_due, object: homework, title: {zh: '明天交：{{ record.title }}'}, body: {zh: '{{ record.due_on }}'}}
  - {name: homework_result, object: homework, body: {zh: 已批改},
     title: {zh: '{{ record.title }}：{{ record.score }} 分'}}
contact_channels:
  - {name: homework_mail, object: homework, via: email, address: student.guardian.email,
     consent: student.guardian.marketing_consent}
flows:
  - name: advice
    object: lead
    live: true
    nodes:
      - {name: begin, kind: start, edges: [{to: profile}]}
      - {name: profile, kind: task, required: true, label: {zh: 需求测评},
         settings: {assign: [{by: role, value: study_manager}], nobody: skip}, edges: [{to: both}]}
      - {name: both, kind: parallel, settings: {join: met}, edges: [{to: disclose}, {to: recommend}]}
      - {name: disclose, kind: task, required: true, label: {zh: 退费政策告知},
         settings: {assign: [{by: owner}]}, edges: [{to: met}]}
      - {name: recommend, kind: task, required: true, label: {zh: 方案推荐},
         settings: {assign: [{by: owner}]}, edges: [{to: met}]}
      - {name: met, kind: join, edges: [{to: over}]}
      - {name: over, kind: end}
"""


class School:
    """A school with two advisers and the head of its campus."""

    def __init__(self, company: Company, timeline: Timeline) -> None:
        self.company, self.timeline, self.create = company, timeline, company.tenant.create
        self.ask = company.tenant.data

    async def begin(self) -> None:
        await apply(self.company, DECLARED)
        await calm(self.company, "education_silent_leads")
        self.ann, self.bob = [await self.company.hire(name, "course_adviser") for name in ("ann", "bob")]
        self.campus = await self.create("Department", name="徐汇校区")
        self.head = await self.company.staff("campus_manager", department=self.campus)
        self.top = await self.company.staff("headquarters")

    async def held(self, by: Person, **values: Any) -> str:
        """A lead that somebody has claimed."""
        lead = await self.create("Lead", **{"name": "赵妈妈", "departmentId": self.campus, **values})
        await self.company.change("Lead", lead, ownerId=None)
        await self.timeline.settle()
        await self.ask(CLAIM, {"r": lead}, person=by)
        return lead

    async def talk(self, lead: str, *, effective: bool = True) -> None:
        about = {"subjectType": "lead", "subjectId": lead}
        await self.create("FollowUp", **about, effective=effective, content="电话")
        await self.timeline.later(minutes=1)

    async def owner(self, lead: str) -> str | None:
        return await owner_of(self.company, "lead", lead)


async def check_first_contact(school: School) -> None:
    """P02: without a talk in 72 hours another adviser has the lead; both are told, the one before loses it at once."""
    lead = await school.held(school.ann)
    await school.company.change("Lead", lead, note="首联")
    await school.talk(lead, effective=False)
    await school.timeline.later(hours=71, minutes=58, seconds=59)
    assert await school.owner(lead) == school.ann.id
    read = "query($id: ID!) { lead(id: $id) { name } }"
    assert (await school.ask(read, {"id": lead}, person=school.ann))["lead"] == {"name": "赵妈妈"}
    await school.timeline.later(seconds=1)
    assert await school.owner(lead) == school.bob.id
    assert [line["act"] for line in await acts_of(school.company, "lead", lead)][-2:] == ["recycle", "assign"]
    assert (await school.ask(read, {"id": lead}, person=school.ann))["lead"] is None
    notes = "query($id: ID!) { lead(id: $id) { notes { nodes { content } } } }"
    known = (await school.ask(notes, {"id": lead}, person=school.bob))["lead"]
    assert known == {"notes": {"nodes": [{"content": "电话"}]}}  # what was said before is known to the next one
    heard = "{ myNotifications(first: 9) { nodes { event } } }"
    for person, event in ((school.ann, "pool_taken"), (school.bob, "pool_given")):
        events = [one["event"] for one in (await school.ask(heard, person=person))["myNotifications"]["nodes"]]
        assert event in events, (person.name, events)


async def check_attempts(school: School) -> None:
    """P04: three talks without progress and a lead goes back; of a keen one the head of the campus is asked."""
    plain, booked, trivial, keen, lost = [
        await school.held(school.ann, name=name, **more)
        for name, more in (("平", {}), ("约", {}), ("闲", {}), ("好", {"intent": 5}), ("坏", {"intent": 5}))
    ]
    await school.company.change("Lead", booked, status="APPOINTED")
    for lead in (plain, booked, keen, lost):
        for _ in range(2):
            await school.talk(lead)
    for _ in range(3):
        await school.talk(trivial, effective=False)
    assert await fired(school.company, "education_three_attempts") == []
    for lead in (plain, booked, keen, lost):
        await school.talk(lead)
    assert [await school.owner(lead) for lead in (plain, booked, trivial)] == [None, school.ann.id, school.ann.id]
    assert (await acts_of(school.company, "lead", plain))[-1]["reason"] == "有效沟通三次未推进"
    assert [await school.owner(lead) for lead in (keen, lost)] == [school.ann.id] * 2  # until somebody decides
    asked_at = school.timeline.now
    refused = (await school.ask(DECIDE, {"r": keen, "a": False}, person=school.head))["done"]
    assert refused["state"] == "held"
    assert datetime.fromisoformat(refused["dueAt"]) >= asked_at + timedelta(days=10)
    assert (await school.ask(DECIDE, {"r": lost, "a": True}, person=school.head))["done"]["state"] == "free"
    assert [await school.owner(lead) for lead in (keen, lost)] == [school.ann.id, None]


async def check_words(school: School) -> None:
    """C13: words give a tag and an article each, at once; both words give both."""
    both, one, none = [await school.held(school.ann, name=name) for name in ("双", "单", "无")]
    sent = "query($id: ID!) { lead(id: $id) { tags outreaches { nodes { subject sentAt } } } }"
    at = school.timeline.now
    for lead, note in ((both, "备考压力大，课程太贵"), (one, "有没有优惠"), (none, "周末有空")):
        await school.company.change("Lead", lead, note=note)
    await school.timeline.settle()
    found = {lead: (await school.ask(sent, {"id": lead}))["lead"] for lead in (both, one, none)}
    replies = {
        lead: sorted(reply["subject"] for reply in value["outreaches"]["nodes"]) for lead, value in found.items()
    }
    assert replies == {both: ["备考减压指南", "奖学金与分期"], one: ["奖学金与分期"], none: []}
    assert [found[lead]["tags"] for lead in (both, one, none)] == [
        ["exam_anxiety", "price_sensitive"], ["price_sensitive"], None,
    ]  # fmt: skip
    assert {datetime.fromisoformat(reply["sentAt"]) for reply in found[both]["outreaches"]["nodes"]} == {at}


async def check_evidence(school: School) -> None:
    """D06: which step an adviser left out or took out of order, as the audit's report tells it."""
    unasked = await school.held(school.ann, name="漏")
    await school.company.start("advice", unasked)  # there is no study manager yet, so that the profile is left out
    study = await school.company.hire("study", "study_manager")
    good, turned = [await school.held(school.ann, name=name) for name in ("全", "反")]
    for lead, steps in ((good, ("disclose", "recommend")), (turned, ("recommend", "disclose"))):
        await school.company.start("advice", lead)
        await school.company.do(study, "profile")
        for node in steps:
            (task,) = [one for one in await school.company.tasks(school.ann) if one["node"] == node][-1:]
            await school.company.act("completeTask", school.ann, task["id"])
            await school.timeline.later(minutes=1)
    runs = (await school.ask(EVIDENCE, person=school.top))["flowEvidence"]["runs"]
    states = {run["record"]: [step["state"] for step in run["steps"]] for run in runs}
    assert states == {
        unasked: ["MISSING", "PENDING", "PENDING"],
        good: ["DONE", "DONE", "DONE"],
        turned: ["DONE", "DONE", "OUT_OF_ORDER"],
    }
    gaps = (await school.ask(EVIDENCE, {"gaps": True}, person=school.top))["flowEvidence"]["runs"]
    assert {run["record"] for run in gaps} == {unasked, turned}
    assert {step["actorName"] for run in gaps for step in run["steps"] if step["state"] == "DONE"} == {"study", "ann"}


async def check_homework(school: School, mails: list[Any]) -> None:
    """C21: guardians hear of homework and of its result by themselves, until the child has left the class."""
    create = school.create
    campus = await create("Campus", code="C1", name="徐汇校区", openedOn="2020-01-01")
    course = await create("Course", courseNo="K1", name="少儿编程", lessonHours=10, price={"amount": "1000.00"})
    group = await create("ClassGroup", classNo="K1-1", name="一班", courseId=course, campusId=campus)
    starts = school.timeline.now
    lesson = await create(
        "Lesson", title="第一课", classGroupId=group, lessonNo=1, startsAt=starts.isoformat(),
        endsAt=(starts + timedelta(hours=2)).isoformat(),
    )  # fmt: skip
    due = (starts + timedelta(days=3)).date()
    works, enrolled = {}, {}
    for number, name in enumerate(("在", "离", "拒")):
        guardian = await create("Guardian", name=f"{name}家长", phone=f"1380000000{number}",
                                email=f"g{number}@example.com", marketingConsent=name != "拒")  # fmt: skip
        student = await create("Student", name=name, guardianId=guardian)
        enrolled[name] = await create("Enrollment", studentId=student, classGroupId=group, status="ACTIVE")
        works[name] = await create(
            "Homework", title="循环", lessonId=lesson, studentId=student, dueOn=due.isoformat(), content="画图"
        )
    await school.timeline.later(days=1)
    before = len(mails)
    await school.company.change("Enrollment", enrolled["离"], status="CANCELLED", leftOn=due.isoformat())
    await school.timeline.later(days=2)
    for work in works.values():
        await school.company.change("Homework", work, status="MARKED", score=95)
    await school.timeline.settle()
    heard = [(one.receiver.email, one.title) for one in mails[before:] if one.receiver.email.startswith("g")]
    assert heard == [("g0@example.com", "明天交：循环"), ("g0@example.com", "循环：95 分")]


async def test_what_is_owed_to_families_is_watched_and_leads_go_on_to_somebody_else(
    timeline: Timeline, company_of: Founding
) -> None:
    channel, mails = counting_channel("email")
    offer(timeline.tenants, channel)
    await timeline.set(datetime.fromisoformat("2027-04-05T12:00:00+08:00"))
    school = School(await company_of("education"), timeline)
    await school.begin()
    await check_first_contact(school)
    await check_attempts(school)
    await check_words(school)
    await check_evidence(school)
    await check_homework(school, mails)
    assert "客户已移出您的名下" in "".join(await told(school.company, school.ann))
