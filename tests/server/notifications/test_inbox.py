"""Messages in inboxes: who is told, in which words, and that nobody is told what they may not read."""

from __future__ import annotations

import os

import pytest

from server.notifications.receiving import PAGE
from tests.fixtures.tenants import Tenant
from tests.fixtures.timeline import Timeline
from tests.governed import allow, field_rights, govern, hire
from tests.server.flows.quotes import Office
from tests.server.notifications.desk import declare, inbox, say

ASKED = """
- {name: begin, kind: start, edges: [{to: answer}]}
- name: answer
  kind: task
  label: {zh: 回复客户, en: Answer}
  settings: {assign: [{by: role, value: manager}], due: PT2H}
  timers: [{name: remind, after: PT1H, act: urge}]
  edges: [{to: copy}]
- {name: copy, kind: cc, settings: {assign: [{by: initiator}]}, edges: [{to: tell}]}
- name: tell
  kind: message
  settings: {to: [{by: role, value: manager}], subject: "Order of {customer.name}", body: "{quantity} pieces"}
  edges: [{to: finish}]
- {name: finish, kind: end}
"""
_PEOPLE = int(os.environ.get("MESSAGE_RECEIVERS", "1000"))
"""Accounts, beside two, that one message is sent to."""

UPDATE = "mutation($id: ID!) { updateOrder(id: $id, input: {status: PAID}) { id } }"


async def test_a_flow_tells_whom_it_asks_and_reminds_and_copies(timeline: Timeline) -> None:
    office = Office(timeline.east)
    li = await office.hire("li", "manager")
    await say(timeline.east, li, language="en")
    await office.publish("ask", ASKED)
    order = await office.order(quantity=3)
    started = await office.start("ask", order)
    await timeline.later(hours=1)
    reminder, task = await inbox(timeline.east, li)
    number = (await timeline.east.data("query($id: ID!) { order(id: $id) { orderNo } }", {"id": order}))["order"][
        "orderNo"
    ]
    assert (task["event"], task["title"], task["record"]) == ("task_opened", f"Something to do ({number})", order)
    assert task["body"].startswith("ask: Answer, due ")
    assert (reminder["event"], reminder["title"]) == ("urged", f"Reminder ({number})")
    (asked,) = await office.tasks(li)
    await office.act("completeTask", li, asked["id"])
    await timeline.settle()
    told, *_ = await inbox(timeline.east, li)
    assert (told["event"], told["title"], told["body"]) == ("flow_message", "Order of 王", "3 pieces")
    (copy,) = await inbox(timeline.east, timeline.east.admin)
    assert (copy["event"], copy["title"]) == ("cc", f"抄送给您（{number}）")
    assert started["status"] == "RUNNING"


async def test_an_inbox_is_read_by_its_owner_alone_and_counted(timeline: Timeline) -> None:
    office = Office(timeline.east)
    li = await office.hire("li", "manager")
    await office.publish("ask", ASKED)
    for _ in range(3):
        await office.start("ask", await office.order(quantity=1))
    await timeline.settle()
    newest, *others = await inbox(timeline.east, li)
    mark = "mutation($ids: [ID!]!) { markRead(ids: $ids) }"
    assert await timeline.east.data(mark, {"ids": [newest["id"]]}) == {"markRead": 0}
    assert await timeline.west.data(mark, {"ids": [newest["id"]]}) == {"markRead": 0}
    assert await timeline.east.data(mark, {"ids": [newest["id"]]}, person=li) == {"markRead": 1}
    unread = "{ myNotifications(unread: true, first: 1) { totalCount unreadCount pageInfo { hasNextPage endCursor } } }"
    page = (await timeline.east.data(unread, person=li))["myNotifications"]
    assert (page["totalCount"], page["unreadCount"], page["pageInfo"]["hasNextPage"]) == (2, 2, True)
    assert page["pageInfo"]["endCursor"] == others[0]["id"]
    assert await timeline.east.data("mutation { markAllRead }", person=li) == {"markAllRead": 2}
    assert [one["readAt"] is not None for one in await inbox(timeline.east, li)] == [True, True, True]


WORDS = {
    "message_templates": [
        {
            "name": "asked",
            "object": "order",
            "event": "task_opened",
            "title": {"zh": "请处理 {{ record.customer.name }}", "en": "Please see to {{ record.customer.name }}"},
            "body": {
                "en": "{{ record.status }}{% if record.quantity > 2 %}, many{% endif %}"
                "{% if record.amount %}, {{ record.amount }}{% endif %}, {{ receiver.name }}, {{ message.step }}"
            },
        }
    ]
}


async def told(tenant: Tenant, timeline: Timeline, *people_roles: str) -> None:
    await declare(tenant, **WORDS)
    office = Office(tenant)
    await office.publish("ask", ASKED)
    customer = await tenant.create("Customer", name="Anna")
    order = await tenant.create("Order", customerId=customer, quantity=5, amount={"amount": "12.50"})
    await office.start("ask", order)
    await timeline.settle()


async def test_everybody_is_told_in_their_language_and_of_what_they_may_read(timeline: Timeline) -> None:
    east = timeline.east
    await govern(
        east,
        roles=["manager", "auditor"],
        policies=[
            allow("auditor", "order"),
            allow("auditor", "customer"),
            allow("manager", "order", condition="quantity > 100"),
            field_rights("auditor", "order", "amount", actions=["read"], kind="deny"),
        ],
    )
    sees, blind = await hire(east, "Sees", "manager", "auditor"), await hire(east, "Blind", "manager")
    await say(east, sees, language="en")
    await told(east, timeline)
    (seen,) = await inbox(east, sees)
    assert (seen["title"], seen["body"]) == ("Please see to Anna", "draft, many, Sees, Answer")
    (unseen,) = await inbox(east, blind)
    assert (unseen["title"], unseen["object"], unseen["record"]) == ("请处理", None, None)
    assert "Anna" not in str(unseen)
    assert "12.5" not in str(unseen)


async def test_words_that_fail_give_way_to_those_that_come_along(timeline: Timeline) -> None:
    office = Office(timeline.east)
    li = await office.hire("li", "manager")
    template = {"name": "bad", "object": "order", "event": "task_opened",
                "title": {"zh": "{% if record.quantity > record.order_no %}x{% endif %}"}}  # fmt: skip
    await declare(timeline.east, message_templates=[template])
    await office.publish("ask", ASKED)
    await office.start("ask", await office.order(quantity=1))
    await timeline.settle()
    (message,) = await inbox(timeline.east, li)
    assert message["title"].startswith("您有新的待办")
    assert message["fault"].startswith("TypeError")


async def test_a_promise_tells_the_role_it_names_or_the_owner(timeline: Timeline) -> None:
    office = Office(timeline.east)
    li = await office.hire("li", "manager")
    steps = [{"name": "warn", "percent": 50, "act": "notify", "value": "manager"}, {"name": "late", "minutes": 0}]
    metric = {"name": "ship", "label": {"zh": "发货"}, "start": 'status == "paid"', "stop": 'status == "shipped"',
              "targets": [{"within": "PT2H"}], "steps": steps}  # fmt: skip
    await declare(timeline.east, sla_policies=[{"name": "p", "object": "order", "metrics": [metric]}])
    order = await office.order(quantity=1)
    await timeline.east.data(UPDATE, {"id": order})
    await timeline.later(hours=3)
    (warned,) = await inbox(timeline.east, li)
    assert (warned["event"], warned["body"].split("，")[0]) == ("sla_step", "p：发货")
    (late,) = await inbox(timeline.east, timeline.east.admin)
    assert late["event"] == "sla_step"


async def test_a_message_is_sent_by_template_to_thousands_in_bounded_steps_and_to_each_once(timeline: Timeline) -> None:
    east = timeline.east
    # Without the triggers that keep the records of users in step: this is about messages.
    await timeline.database.execute("set session_replication_role = replica")
    await timeline.database.execute(
        "insert into tangram.account (id, tenant_id, email, name, password_hash, roles, status,"
        " platform_administrator, must_change_password, failed_attempts, created_at, updated_at, version)"
        " select gen_random_uuid(), $1, 'p' || n || '@example.com', 'P', '', '{staff}', 'active', false, false, 0,"
        " now(), now(), 1 from generate_series(1, $2::int) as n",
        east.id,
        _PEOPLE,
    )
    await declare(east, message_templates=[{"name": "news", "title": {"zh": "新闻", "en": "News"}}])
    send = 'mutation { sendMessage(template: "news", everybody: true) }'
    await east.data(send)
    await timeline.settle()
    async with east.services.connections.acquire() as connection:
        counted = await connection.fetchrow(
            "select count(*) as messages, count(distinct user_id) as people,"
            " (select count(*) from tangram.handler_mark where handler = 'notifications.page') as pages"
            " from tangram.notification where tenant_id = $1",
            east.id,
        )
    everybody = _PEOPLE + 2
    assert dict(counted) == {"messages": everybody, "people": everybody, "pages": everybody // PAGE}
    assert await inbox(timeline.west, timeline.west.admin) == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ('template: "nothing", everybody: true', "unknown_message_template"),
        ('template: "news"', "nobody_to_tell"),
        ('template: "news", users: ["x"]', "bad_id"),
        ('template: "of_orders", everybody: true', "unknown_record"),
        ('template: "of_orders", everybody: true, record: "00000000-0000-0000-0000-000000000000"', "unknown_record"),
    ],
)
async def test_what_cannot_be_sent_is_refused(timeline: Timeline, arguments: str, reason: str) -> None:
    templates = [
        {"name": "news", "title": {"zh": "新"}},
        {"name": "of_orders", "object": "order", "title": {"zh": "单"}},
    ]
    await declare(timeline.east, message_templates=templates)
    faults = await timeline.east.faults(f"mutation {{ sendMessage({arguments}) }}")
    assert [one[1] for one in faults] == [reason]
    offered = await timeline.east.faults(f"mutation {{ sendMessage({arguments}) }}", person=timeline.east.member)
    assert [one[0] for one in offered] == ["BAD_USER_INPUT"]


async def test_a_preview_shows_what_its_reader_may_read(timeline: Timeline) -> None:
    east = timeline.east
    await declare(east, **WORDS)
    customer = await east.create("Customer", name="Anna")
    order = await east.create("Order", customerId=customer, quantity=1)
    ask = 'query($id: ID!) { previewMessage(template: "asked", record: $id, language: "en") { title body fault } }'
    shown = (await east.data(ask, {"id": order}))["previewMessage"]
    assert shown == {"title": "Please see to Anna", "body": "draft, Admin, ‹step›", "fault": None}
    assert (await timeline.west.faults(ask, {"id": order}))[0][1] == "unknown_message_template"


async def test_mute_and_preferences_are_ones_own(timeline: Timeline) -> None:
    office = Office(timeline.east)
    li, wu = await office.hire("li", "manager"), await office.hire("wu", "manager")
    await say(timeline.east, li, muted=["task_opened"])
    await office.publish("ask", ASKED)
    await office.start("ask", await office.order(quantity=1))
    await timeline.settle()
    assert (len(await inbox(timeline.east, li)), len(await inbox(timeline.east, wu))) == (0, 1)


async def test_renaming_a_field_renames_it_in_templates(timeline: Timeline) -> None:
    east = timeline.east
    await declare(east, **WORDS)
    rename = 'mutation { updateField(object: "customer", name: "name", field: {name: "full_name"}) { version } }'
    reply = await east.graphql(rename, path="/metadata")
    assert reply.data
    titles = (await east.data("{ messageTemplates { name title } }", path="/metadata"))["messageTemplates"]
    assert titles == [
        {
            "name": "asked",
            "title": {
                "zh": "请处理 {{ record.customer.full_name }}",
                "en": "Please see to {{ record.customer.full_name }}",
            },
        }
    ]
