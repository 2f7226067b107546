"""Journeys of customers: they come in, are told things by channels they want, do something or not, arrive or leave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from server.notifications.definitions import Outgoing
from tests.fixtures.timeline import Timeline
from tests.server.notifications.desk import counting_channel, offer
from tests.server.rules.house import House
from tests.server.webhooks.conftest import Receiver, receiver

__all__ = ["receiver"]  # a fixture

MONDAY = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
TEMPLATES = [
    {"name": "outline", "object": "customer", "title": {"zh": "{{ record.name }}，课程大纲"},
     "body": {"zh": "请看 https://example.com/outline?c=1 与 https://example.com/more"}},
    {"name": "video", "object": "customer", "title": {"zh": "试听视频"}, "body": {"zh": "您好 {{ receiver.name }}"}},
    {"name": "short", "object": "customer", "title": {"zh": "短信"}, "body": {"zh": "{{ record.points }} 分"}},
]  # fmt: skip


def channels(url: str = "http://127.0.0.1:1/") -> list[dict[str, Any]]:
    """Mail for those who like it by day, and a gateway for short messages."""
    return [
        {"name": "mail", "object": "customer", "via": "email", "address": "email", "consent": '"mail" in interests',
         "quiet_begins": "21:00", "quiet_ends": "09:00", "cap": 2, "cap_within": "P2D",
         "unsubscribe": {"values": [
             {"field": "interests", "value": []}, {"field": "remark", "value": "=concat(name, now())"}]}},
        {"name": "sms", "object": "customer", "via": "webhook", "url": url, "address": "phone",
         "consent": '"sms" in interests'},
    ]  # fmt: skip


def send(template: str, *by: str) -> dict[str, Any]:
    return {"action": "send", "settings": {"template": template, "channels": list(by or ("mail",))}}


SEVEN_DAYS = {
    "name": "seven_days",
    "object": "customer",
    "live": True,
    "journey": {"goal": 'orders.some(status == "paid")', "exit": 'level == "vip"', "again": "P30D"},
    "nodes": [
        {"name": "begin", "kind": "start", "settings": {"trigger": "segment", "segment": "leads"},
         "edges": [{"to": "one"}]},
        {"name": "one", "kind": "delay", "settings": {"duration": "P1D"}, "edges": [{"to": "outline"}]},
        {"name": "outline", "kind": "perform", "settings": send("outline"), "edges": [{"to": "three"}]},
        {"name": "three", "kind": "delay", "settings": {"duration": "P2D"}, "edges": [{"to": "video"}]},
        {"name": "video", "kind": "perform", "settings": send("video"), "edges": [{"to": "seven"}]},
        {"name": "seven", "kind": "delay", "settings": {"duration": "P4D"}, "edges": [{"to": "call"}]},
        {"name": "call", "kind": "update", "settings": {"values": [{"field": "remark", "value": "call"}]},
         "edges": [{"to": "over"}]},
        {"name": "over", "kind": "end"},
    ],
}  # fmt: skip
LEADS = [{"name": "leads", "object": "customer", "when": '"lead" in interests'}]
UNREAD = {
    "name": "unread",
    "object": "customer",
    "live": True,
    "journey": {"goal": "points > 100"},
    "nodes": [
        {"name": "begin", "kind": "start", "settings": {"trigger": "record", "events": ["create"]},
         "edges": [{"to": "mailed"}]},
        {"name": "mailed", "kind": "perform", "settings": send("outline"), "edges": [{"to": "read"}]},
        {"name": "read", "kind": "wait_message", "settings": {"step": "mailed", "until": "opened", "deadline": "P3D"},
         "edges": [{"to": "over", "outcome": "happened"}, {"to": "text", "default": True}]},
        {"name": "text", "kind": "perform", "settings": send("short", "sms"), "edges": [{"to": "over"}]},
        {"name": "over", "kind": "end"},
    ],
}  # fmt: skip
SENT = """
query($r: ID!) { sentMessages(object: "customer", record: $r) { template channel state why } }
"""
FIGURES = """
query($s: String!) { messageFigures(source: $s) { step channel queued sent delivered opened clicked converted failed } }
"""


async def opened(timeline: Timeline, *flows: Mapping[str, Any], url: str = "http://127.0.0.1:1/") -> House:
    house = House(timeline.east)
    await timeline.set(MONDAY)
    await house.declare(
        "[]", message_templates=TEMPLATES, contact_channels=channels(url), segments=LEADS, flows=list(flows)
    )
    return house


async def customer(house: House, number: int, *interests: str, **values: Any) -> str:
    return await house.customer(
        name=f"客{number}",
        email=f"c{number}@example.com",
        phone=f"1380013800{number}",
        interests=list(interests),
        **values,
    )


async def sent(house: House, record: str) -> list[tuple[str, str | None, str]]:
    """(template, channel, state) of what was sent to somebody, oldest first."""
    found = (await house.ask(SENT, {"r": record}))["sentMessages"]
    return [(one["template"], one["channel"], one["state"]) for one in reversed(found)]


async def figures(house: House, flow: str) -> dict[str, int]:
    query = (
        "query($f: String!) { found: journeyFigures(flow: $f)"
        " { entered running reached exited finished heldOut heldOutReached } }"
    )
    found: dict[str, int] = (await house.ask(query, {"f": flow}))["found"]
    return {name: value for name, value in found.items() if value}


def mail(timeline: Timeline) -> list[Outgoing]:
    channel, given = counting_channel("email")
    offer(timeline.tenants, channel)
    return given


async def test_who_buys_on_day_four_leaves_and_who_does_not_is_called_on_day_seven(timeline: Timeline) -> None:
    mails = mail(timeline)
    house = await opened(timeline, SEVEN_DAYS)
    buyer = await customer(house, 1, "mail", "lead")
    other = await customer(house, 2, "mail", "lead")
    unasked = await customer(house, 3, "lead")
    leaver = await customer(house, 4, "mail", "lead")
    await customer(house, 5, "mail")
    await timeline.settle()
    await timeline.later(days=1)
    assert [(one.receiver.email, one.title) for one in mails] == [
        (f"c{number}@example.com", f"客{number}，课程大纲") for number in (1, 2, 4)
    ]
    await house.change("Customer", leaver, level="VIP")
    await timeline.later(days=3)
    order = await house.order(customerId=buyer, status="DRAFT")
    await house.change("Order", order, status="PAID")
    await timeline.settle()
    assert await figures(house, "seven_days") == {"entered": 4, "running": 2, "reached": 1, "exited": 1}
    await timeline.later(days=4)
    remarks = [(await house.look("customer", one, "remark"))["remark"] for one in (buyer, other, unasked, leaver)]
    assert remarks == [None, "call", "call", None]
    assert await sent(house, buyer) == [("outline", "mail", "SENT"), ("video", "mail", "SENT")]
    assert await sent(house, unasked) == [("outline", None, "SKIPPED"), ("video", None, "SKIPPED")]
    assert await figures(house, "seven_days") == {"entered": 4, "reached": 1, "exited": 1, "finished": 2}
    steps = (await house.ask(FIGURES, {"s": "seven_days"}))["messageFigures"]
    assert [(one["step"], one["channel"], one["sent"], one["converted"]) for one in steps] == [
        ("outline", "mail", 3, 0), ("outline", None, 0, 0), ("video", "mail", 2, 1), ("video", None, 0, 0),
    ]  # fmt: skip
    # again only after thirty days, and not for who has what it is for
    for record in (buyer, other):
        await house.change("Customer", record, interests=["mail"])
        await timeline.settle()
        await house.change("Customer", record, interests=["mail", "lead"])
        await timeline.settle()
    assert (await figures(house, "seven_days"))["entered"] == 4
    await house.change("Customer", other, interests=["mail"])
    await timeline.later(days=30)
    await house.change("Customer", other, interests=["mail", "lead"])
    await timeline.settle()
    assert (await figures(house, "seven_days"))["entered"] == 5


async def test_mail_that_is_not_opened_for_three_days_is_followed_by_a_short_message(
    timeline: Timeline, receiver: Receiver
) -> None:
    mails = mail(timeline)
    house = await opened(timeline, UNREAD, url=receiver.url)
    late, early, bounced, nobody = [
        await customer(house, number, *wants)
        for number, wants in enumerate((("mail", "sms"), ("mail", "sms"), ("mail", "sms"), ("sms",)))
    ]
    await timeline.settle()
    by_name = {one.receiver.email: one for one in mails}
    assert sorted(by_name) == ["c0@example.com", "c1@example.com", "c2@example.com"]
    assert await sent(house, nobody) == [("outline", None, "SKIPPED"), ("short", "sms", "SENT")]
    client = timeline.east.client
    told = await client.post(link_of(by_name["c2@example.com"], "status"), json={"status": "bounced"})
    assert told.status_code == 204
    await timeline.settle()
    assert await sent(house, bounced) == [("outline", "mail", "FAILED"), ("short", "sms", "SENT")]
    await timeline.later(days=2, hours=23, minutes=59, seconds=59)
    picture = await client.get(link_of(by_name["c1@example.com"], "open.gif"))
    assert (picture.headers["content-type"], len(receiver.messages)) == ("image/gif", 2)
    await timeline.later(seconds=1)
    assert await sent(house, early) == [("outline", "mail", "OPENED")]
    assert await sent(house, late) == [("outline", "mail", "SENT"), ("short", "sms", "SENT")]
    await check_call(house, receiver)


async def check_call(house: House, gateway: Receiver) -> None:
    """What the gateway was given is signed, and says where to tell what became of it."""
    secret = (await house.ask("{ contactChannelSecret }"))["contactChannelSecret"]
    call = gateway.messages[-1]
    body = Webhook(secret).verify(call.body, dict(call.headers))
    assert {name: body[name] for name in ("channel", "to", "body", "template")} == {
        "channel": "sms", "to": "+8613800138000", "body": "0 分", "template": "short",
    }  # fmt: skip
    client = house.tenant.client
    assert (await client.post(body["statusUrl"], json={"status": "delivered"})).status_code == 204
    assert (await client.post(body["statusUrl"], json={"status": "eaten"})).status_code == 400
    forged = body["statusUrl"].replace("/m/", "/m/A")
    assert (await client.post(forged, json={"status": "delivered"})).status_code == 404


def link_of(outgoing: Outgoing, end: str) -> str:
    found = re.search(r'src="([^"]*)/open\.gif"', outgoing.html)
    assert found is not None
    return f"{found[1]}/{end}"


async def test_a_link_is_followed_where_the_words_lead_and_noted_once(timeline: Timeline) -> None:
    mails = mail(timeline)
    house = await opened(timeline, UNREAD)
    record = await customer(house, 1, "mail")
    await timeline.settle()
    (given,) = mails
    *links, way_out = re.findall(r"https?://\S+/m/\S+", given.body)
    assert (len(links), way_out.endswith("/unsubscribe")) == (2, True)
    assert "example.com" not in given.body
    client = timeline.east.client
    for _ in range(2):
        answer = await client.get(links[0])
        assert (answer.status_code, answer.headers["location"]) == (302, "https://example.com/outline?c=1")
    assert (await client.get(links[1][:-1] + "7")).status_code == 404
    assert await sent(house, record) == [("outline", "mail", "CLICKED")]
    await house.change("Customer", record, points=101)
    await timeline.settle()
    (step,) = (await house.ask(FIGURES, {"s": "unread"}))["messageFigures"]
    assert step == {
        "step": "mailed", "channel": "mail", "queued": 1, "sent": 1, "delivered": 1, "opened": 1, "clicked": 1,
        "converted": 0, "failed": 0,
    }  # fmt: skip


RULES = """
- {name: hello, object: customer, trigger: field, settings: {field: points}, when: points > 0,
   actions: [{name: say, kind: send, settings: {template: video, channels: [mail], expires: P1D,
              key: "=text(points)"}}]}
- {name: heard, object: customer, trigger: event, settings: {source: message, event: sent, name: video},
   actions: [{name: mark, kind: set, settings: {values: [{field: remark, value: sent}]}}]}
"""


async def test_the_way_out_asks_first_and_withdraws_consent_once_with_source_and_instant(timeline: Timeline) -> None:
    mails = mail(timeline)
    house = await opened(timeline)
    await house.declare(RULES + WAY_OUT)
    record = await customer(house, 1, "mail")
    await house.change("Customer", record, points=1)
    await timeline.settle()
    (given,) = mails
    way_out = given.headers["List-Unsubscribe"].strip("<>")
    assert given.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert given.body.endswith(f"退订：{way_out}")
    await house.change("Customer", record, points=2)  # put down before, and asked again when it leaves
    client, before = timeline.east.client, timeline.now
    page = await client.get(way_out, headers={"accept-language": "zh-CN"})
    assert (page.status_code, "确认退订" in page.text) == (200, True)
    assert await house.look("customer", record, "interests") == {"interests": ["mail"]}  # readers look at links
    for _ in range(2):
        done = await client.post(way_out, data={"List-Unsubscribe": "One-Click"}, headers={"accept-language": "en"})
        assert (done.status_code, "Unsubscribed" in done.text) == (200, True)
    forged = way_out.replace("/m/", "/m/A")
    assert [(await client.get(forged)).status_code, (await client.post(forged)).status_code] == [404, 404]
    await timeline.settle()
    assert len(mails) == 1
    query = 'query($r: ID!) { sentMessages(object: "customer", record: $r) { state unsubscribedAt } }'
    later, first = (await house.ask(query, {"r": record}))["sentMessages"]
    assert (later["state"], first["state"]) == ("SKIPPED", "SENT")
    assert datetime.fromisoformat(first["unsubscribedAt"]) == before
    changes = "history { at actor { name } changes { field after } }"
    found = await house.look("customer", record, changes)
    (line,) = [one for one in found["history"] if one["actor"]["name"].startswith("unsubscribed")]
    assert (line["actor"]["name"], datetime.fromisoformat(line["at"])) == ("unsubscribed from mail", before)
    assert ("interests", []) in [(one["field"], one["after"]) for one in line["changes"]]
    figures = 'query { messageFigures(source: "hello") { sent unsubscribed } }'
    assert {"sent": 1, "unsubscribed": 1} in (await house.ask(figures))["messageFigures"]
    assert [run["rule"] for run in await house.runs("gone", outcome="FIRED")] == ["gone"]
    await house.declare(RULES.replace("points > 0", "points > 1") + WAY_OUT)
    await house.change("Customer", record, points=3)
    await timeline.settle()
    by_version = '{ messageFigures(source: "hello") { version channel sent skipped } }'
    assert [tuple(one.values()) for one in (await house.ask(by_version))["messageFigures"]] == [
        (1, "mail", 1, 0), (1, None, 0, 1), (2, None, 0, 1),
    ]  # fmt: skip


WAY_OUT = """
- {name: gone, object: customer, trigger: event, settings: {source: message, event: unsubscribed},
   actions: [{name: tell, kind: webhook, settings: {event: gone}}]}
"""


async def test_quiet_hours_and_caps_put_a_message_off_to_the_next_allowed_instant(timeline: Timeline) -> None:
    mails = mail(timeline)
    house = await opened(timeline)
    await house.declare(RULES)
    record = await customer(house, 1, "mail")
    await timeline.until(datetime.fromisoformat("2026-03-02T21:00:00+08:00"))
    for points in (1, 1, 2, 3):
        await house.change("Customer", record, points=points)
        await timeline.settle()
    assert mails == []
    waiting = (await house.ask(SENT, {"r": record}))["sentMessages"][0]
    assert (waiting["state"], waiting["why"]) == ("QUEUED", "Waits until 2026-03-03T09:00:00+08:00.")
    await timeline.until(datetime.fromisoformat("2026-03-03T08:59:59+08:00"))
    assert mails == []
    await timeline.later(seconds=1)
    # two in two days; the third would have to wait longer than it may
    assert [one.title for one in mails] == ["试听视频", "试听视频"]
    assert sorted(state for _, _, state in await sent(house, record)) == ["SENT", "SENT", "SKIPPED"]
    assert await house.look("customer", record, "remark") == {"remark": "sent"}
    # consent is asked when it leaves
    await timeline.until(datetime.fromisoformat("2026-03-06T22:00:00+08:00"))
    await house.change("Customer", record, points=9)
    await timeline.settle()
    await house.change("Customer", record, interests=[])
    await timeline.later(hours=12)
    assert len(mails) == 2


DOWN = """
- {name: hello, object: customer, trigger: manual,
   actions: [{name: say, kind: send, settings: {template: video, channels: [mail, sms]}}]}
"""


async def test_a_channel_that_is_down_is_tried_again_and_then_the_next_one_is_taken(
    timeline: Timeline, receiver: Receiver
) -> None:
    channel, tried = counting_channel("email", fails="The mail server sleeps.")
    offer(timeline.tenants, channel)
    house = await opened(timeline, url=receiver.url)
    await house.declare(DOWN)
    record = await customer(house, 1, "mail", "sms")
    receiver.answer("/", 503, 503)
    await house.ask('mutation($r: ID!) { fireRule(rule: "hello", record: $r) { outcome } }', {"r": record})
    await timeline.settle()
    assert (len(tried), len(receiver.messages)) == (1, 0)
    await timeline.later(hours=3)
    assert (len({one.id for one in tried}), len(tried)) == (1, 5)
    assert len({one.headers["webhook-id"] for one in receiver.messages}) == 1
    assert len(receiver.messages) == 3
    assert await sent(house, record) == [("video", "sms", "SENT")]


async def test_half_take_one_way_and_some_are_held_out_always_the_same(timeline: Timeline) -> None:
    flow = {
        "name": "halves",
        "object": "customer",
        "live": True,
        "journey": {"goal": "points == 7", "hold_out": 30},
        "nodes": [
            {"name": "begin", "kind": "start", "settings": {"trigger": "record", "events": ["create"]},
             "edges": [{"to": "toss"}]},
            {"name": "toss", "kind": "random", "settings": {"stable": True},
             "edges": [{"to": "a", "weight": 50}, {"to": "b", "weight": 50}]},
            *({"name": name, "kind": "update", "settings": {"values": [{"field": "remark", "value": name}]},
               "edges": [{"to": "over"}]} for name in ("a", "b")),
            {"name": "over", "kind": "end"},
        ],
    }  # fmt: skip
    house = await opened(timeline, flow)
    records = [await house.customer(name=str(number)) for number in range(40)]
    await timeline.settle()
    ways = [(await house.look("customer", one, "remark"))["remark"] for one in records]
    found = await figures(house, "halves")
    assert found["heldOut"] == ways.count(None)
    assert 3 <= ways.count(None) <= 22
    assert min(ways.count("a"), ways.count("b")) >= 5
    await house.change("Customer", records[ways.index(None)], points=7)
    await timeline.settle()
    assert (await figures(house, "halves"))["heldOutReached"] == 1


async def test_what_is_wrong_with_a_journey_and_its_channels_is_told_at_once(timeline: Timeline) -> None:
    house = House(timeline.east)
    bad = {
        **UNREAD,
        "journey": {"goal": "", "exit": "nothing", "hold_out": 100},
        "nodes": [
            {"name": "begin", "kind": "start", "settings": {"trigger": "segment", "segment": "none"},
             "edges": [{"to": "mailed"}]},
            {"name": "mailed", "kind": "perform", "settings": send("none", "pigeon"), "edges": [{"to": "read"}]},
            {"name": "read", "kind": "wait_message", "settings": {"step": "x", "deadline": "soon"},
             "edges": [{"to": "over"}]},
            {"name": "over", "kind": "end"},
        ],
    }  # fmt: skip
    way = {"name": "way", "object": "customer", "via": "webhook", "address": "phone", "consent": "phone"}
    refused = {(reason, path) for _, reason, path in await house.refused("[]", flows=[bad], contact_channels=[way])}
    at = ("flows", "unread")
    assert refused >= {
        ("missing", (*at, "journey", "goal")),
        ("unknown_field", (*at, "journey", "exit")),
        ("out_of_range", (*at, "journey", "hold_out")),
        ("missing", ("contact_channels", "way", "url")),
        ("wrong_type", ("contact_channels", "way", "consent")),
    }
    assert {"unknown_segment", "unknown_message_template", "unknown_channel", "bad_duration", "unknown_node"} <= {
        reason for reason, _ in refused
    }
