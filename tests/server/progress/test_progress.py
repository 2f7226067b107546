"""Customers follow their matter by a link, see what is meant for them alone, and rate it once."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
import yaml

from server.progress.wording import language_of
from tests.fixtures.tenants import Person, Tenant
from tests.fixtures.timeline import Timeline
from tests.governed import allow, govern, hire
from tests.server.flows.quotes import Office
from tests.server.notifications.desk import declare, inbox

REPAIR = """
- name: repair
  object: order
  live: true
  progress:
    title: {zh: 维修进度, en: Your repair}
    fields: [order_no, status, customer.name, amount]
    rating: quantity
    comment: note_text
    days: 30
  nodes:
    - {name: begin, kind: start, public_label: {zh: 已受理, en: Received}, edges: [{to: check}]}
    - name: check
      kind: task
      label: {zh: 内部质检小组核对, en: Secret internal check}
      public_label: {zh: 检测中, en: Inspection}
      settings: {assign: [{by: user, value: admin@example.com}], outcomes: [fix, give_up]}
      edges: [{to: fix, outcome: fix}, {to: given_up, outcome: give_up}]
    - name: fix
      kind: task
      public_label: {zh: 维修, en: Repair}
      settings: {assign: [{by: user, value: admin@example.com}]}
      edges: [{to: finish}]
    - {name: given_up, kind: end, settings: {result: cancelled}, public_label: {zh: 无法维修, en: Beyond repair}}
    - {name: finish, kind: end, public_label: {zh: 完成, en: Done}}
"""
NOTE = {"name": "order", "plural": "orders", "fields": [{"name": "note_text", "type": "long_text"}]}
MAKE = "mutation($id: ID!, $days: Int) { progressLink(record: $id, days: $days) { id url expiresAt instance } }"
REVOKE = "mutation($id: ID!) { revokeProgressLink(id: $id) { revokedAt } }"
LINKS = "query($id: ID!) { progressLinks(record: $id) { id url rating ratedAt revokedAt } }"


async def set_up(tenant: Tenant) -> Office:
    await tenant.data(
        'mutation { createField(object: "order", field: {name: "note_text", type: LONG_TEXT}) { version } }',
        path="/metadata",
    )
    await declare(tenant, flows=yaml.safe_load(REPAIR))
    return Office(tenant)


async def repair(office: Office, **values: Any) -> tuple[str, str]:
    """An order under repair, and the path of its page."""
    customer = await office.tenant.create("Customer", name="<b>王</b>")
    order = await office.tenant.create("Order", customerId=customer, **values)
    await office.start("repair", order)
    made = (await office.tenant.data(MAKE, {"id": order}))["progressLink"]
    return order, re.sub(r"^https?://[^/]+", "", made["url"])


async def visit(tenant: Tenant, path: str, language: str = "zh-CN,zh;q=0.9", **form: str) -> tuple[int, str]:
    """The status and the text of a page; a form is posted."""
    headers = {"accept-language": language}
    answer = await (
        tenant.client.post(path, data=form, headers=headers) if form else tenant.client.get(path, headers=headers)
    )
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return answer.status_code, answer.text


def stages(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<li class="(\w+)"[^>]*>\s*<span class="label">([^<]*)</span>', html)


async def done(office: Office, **arguments: Any) -> None:
    (task,) = await office.tasks(office.tenant.admin)
    await office.act("completeTask", None, task["id"], **arguments)


async def test_the_page_shows_stages_and_declared_fields_and_nothing_else(timeline: Timeline) -> None:
    office = await set_up(timeline.east)
    order, path = await repair(office, amount={"amount": "12.50"})
    status, html = await visit(timeline.east, path)
    assert status == 200
    assert stages(html) == [
        ("done", "已受理"),
        ("current", "检测中"),
        ("next", "维修"),
        ("next", "无法维修"),
        ("next", "完成"),
    ]
    assert "维修进度" in html
    assert "&lt;b&gt;王&lt;/b&gt;" in html
    assert "12.50" in html
    for hidden in ("内部", "Secret", "check", "Admin", "admin@example.com", order, timeline.east.id, "<form"):
        assert hidden not in html
    await done(office, outcome="fix")
    await timeline.later(seconds=1)
    _, html = await visit(timeline.east, path, "en-GB,en;q=0.9")
    assert stages(html) == [("done", "Received"), ("done", "Inspection"), ("current", "Repair"), ("next", "Done")]
    assert "Times are in Asia/Shanghai" in html


async def test_a_matter_is_rated_once_in_fields_of_its_record(timeline: Timeline) -> None:
    east = timeline.east
    office = await set_up(east)
    order, path = await repair(office)
    assert (await visit(east, path, rating="5"))[0] == 409  # it is not done yet
    await timeline.later(seconds=5)
    await done(office, outcome="fix")
    await done(office)
    _, html = await visit(east, path)
    assert stages(html) == [("done", "已受理"), ("done", "检测中"), ("done", "维修"), ("done", "完成")]
    assert "<form" in html
    await timeline.later(seconds=5)
    for rating, comment in (("6", ""), ("", "x"), ("5", "x" * 2_001)):
        status, html = await visit(east, path, rating=rating, comment=comment)
        assert (status, "<form" in html) == (422, True)
        await timeline.later(seconds=5)
    status, html = await visit(east, path, rating="2", comment="太慢 <script>")
    assert (status, "感谢您的评价" in html, "<form" in html) == (200, True, False)
    await timeline.later(seconds=5)
    second = re.sub(r"^https?://[^/]+", "", (await east.data(MAKE, {"id": order}))["progressLink"]["url"])
    for again in (path, second):
        status, html = await visit(east, again, rating="5")
        assert (status, "您已经评价过了" in html) == (409, True)
    record = await east.data("query($id: ID!) { order(id: $id) { quantity noteText } }", {"id": order})
    assert record == {"order": {"quantity": 2, "noteText": "太慢 <script>"}}
    links = (await east.data(LINKS, {"id": order}))["progressLinks"]
    assert [one["rating"] for one in links] == [None, 2]
    (told,) = [one for one in await inbox(east, east.admin) if one["event"] == "rated"]
    assert told["body"] == "2 分：太慢 <script>"


async def test_of_two_ratings_at_once_one_counts(timeline: Timeline) -> None:
    office = await set_up(timeline.east)
    _order, path = await repair(office)
    await done(office, outcome="fix")
    await done(office)
    found = await asyncio.gather(*(visit(timeline.east, path, rating=str(stars)) for stars in (1, 5)))
    assert sorted(status for status, _html in found) == [200, 409]


BAD = """
- {name: begin, kind: start, settings: {trigger: record, events: [update], when: quantity <= 2}, edges: [{to: see}]}
- {name: see, kind: task, settings: {assign: [{by: user, value: admin@example.com}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""


async def test_a_bad_rating_may_open_a_complaint(timeline: Timeline) -> None:
    office = await set_up(timeline.east)
    await office.publish("complaint", BAD)
    _order, path = await repair(office, quantity=9)
    await done(office, outcome="fix")
    await done(office)
    await visit(timeline.east, path, rating="1")
    await timeline.settle()
    assert [task["node"] for task in await office.tasks(timeline.east.admin)] == ["see"]


async def test_links_that_do_not_hold_give_one_page_whatever_is_wrong_with_them(timeline: Timeline) -> None:
    east, west = timeline.east, timeline.west
    office = await set_up(east)
    order, path = await repair(office)
    _other, revoked = await repair(office)
    (link,) = (await east.data(LINKS, {"id": _other}))["progressLinks"]
    assert await west.faults(REVOKE, {"id": link["id"]}) == [("NOT_FOUND", "unknown_link", ("id",))]
    await east.data(REVOKE, {"id": link["id"]})
    token = path.removeprefix("/progress/")
    changed = token[:30] + ("A" if token[30] != "A" else "B") + token[31:]
    short = re.sub(r"^https?://[^/]+", "", (await east.data(MAKE, {"id": order, "days": 1}))["progressLink"]["url"])
    await timeline.later(days=2)
    answers = {
        await visit(east, where)
        for where in (revoked, f"/progress/{changed}", "/progress/x", "/progress/%E4%BD%A0", short, f"{path}x")
    }
    assert len(answers) == 1
    ((status, html),) = answers
    assert (status, "链接已失效" in html) == (410, True)
    assert (await visit(east, path))[0] == 200
    await east.data("mutation($id: ID!) { deleteOrder(id: $id) { id } }", {"id": order})
    await timeline.later(seconds=5)
    assert await visit(east, path) == (status, html)
    assert (await visit(east, path, rating="5"))[0] == 410


async def test_who_comes_too_often_is_asked_to_wait(timeline: Timeline) -> None:
    office = await set_up(timeline.east)
    _order, path = await repair(office)
    statuses = [(await visit(timeline.east, path))[0] for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429]
    await timeline.later(seconds=2)
    assert (await visit(timeline.east, path))[0] == 200


async def test_links_are_made_by_who_sees_the_record(timeline: Timeline) -> None:
    east = timeline.east
    office = await set_up(east)
    order, _path = await repair(office)
    await govern(east, roles=["seller"], policies=[allow("seller", "order", scope="own")])
    seller = await hire(east, "Li", "seller")

    async def refused(person: Person | None, record: str, tenant: Tenant = east) -> list[str]:
        return [one[1] for one in await tenant.faults(MAKE, {"id": record}, person=person)]

    assert await refused(seller, order) == ["no_progress_page"]
    assert await refused(None, order, timeline.west) == ["no_progress_page"]
    assert await refused(None, "x") == ["bad_id"]
    assert (await east.data(LINKS, {"id": order}, person=seller))["progressLinks"] == []
    faults = await east.faults(MAKE, {"id": order, "days": 0})
    assert [one[1] for one in faults] == ["out_of_range"]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ({"fields": ["nothing"]}, "unknown_field"),
        ({"fields": ["customer.id_card"]}, "not_shown"),
        ({"fields": ["owner.email"]}, "not_shown"),
        ({"fields": ["customer"]}, "not_shown"),
        ({"rating": "status"}, "bad_rating_field"),
        ({"comment": "note_text"}, "missing"),
        ({"rate_from": "nowhere"}, "unknown_node"),
        ({"days": 0}, "out_of_range"),
        ({"title": {}}, "missing"),
    ],
)
async def test_a_page_that_shows_what_it_may_not_is_refused(
    timeline: Timeline, page: dict[str, Any], reason: str
) -> None:
    (flow,) = yaml.safe_load(REPAIR)
    flow["progress"] = {"title": {"en": "It"}, **page}
    apply = "mutation($d: JSON!) { applyMetadata(document: $d) { version } }"
    faults = await timeline.east.faults(apply, {"d": {"flows": [flow]}}, path="/metadata")
    assert reason in [one[1] for one in faults]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh"),
        ("*", "zh"),
        ("zh-TW,en;q=0.5", "zh"),
        ("en-GB,zh;q=0.5", "en"),
        ("zh;q=0.1,en;q=0.9", "en"),
        ("de-DE,fr;q=0.5", "en"),
        ("zh;q=0, en;q=x", "zh"),
    ],
)
def test_the_page_speaks_what_its_visitor_prefers(accepted: str, language: str) -> None:
    assert language_of(accepted) == language
