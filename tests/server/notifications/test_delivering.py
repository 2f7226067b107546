"""Messages on their way: by a real mail server, by signed posts, and by channels that are down."""

from __future__ import annotations

from dataclasses import replace

import pytest
from standardwebhooks.webhooks import Webhook

from server.events.handlers import Retries
from server.events.jobs import DeadLetterFilter, retry_dead_letters
from server.notifications.channels.email import SmtpSettings, email_channel
from tests.fixtures.tenants import Person, Tenant
from tests.fixtures.timeline import Timeline
from tests.governed import hire
from tests.server.notifications.desk import SAY, attempts, counting_channel, declare, inbox, mail_server, offer, say
from tests.server.webhooks.conftest import Receiver, receiver

__all__ = ["receiver"]

NEWS = {"name": "news", "title": {"zh": "新闻", "en": "News"}, "body": {"en": "All of it."}}
SEND = "mutation($users: [ID!]!, $template: String!) { sendMessage(template: $template, users: $users) }"


async def channels(tenant: Tenant, *names: str, **settings: object) -> None:
    await declare(tenant, settings={"message_channels": list(names), **settings}, message_templates=[
        NEWS, {**NEWS, "name": "alarm", "urgent": True}])  # fmt: skip


async def send(timeline: Timeline, person: Person, template: str = "news", times: int = 1) -> None:
    for _ in range(times):
        await timeline.east.data(SEND, {"users": [person.id], "template": template})
    await timeline.settle()


async def li_of(timeline: Timeline, *names: str, **settings: object) -> Person:
    await channels(timeline.east, *names, **settings)
    li = await hire(timeline.east, "Li")
    await say(timeline.east, li, language="en")
    return li


async def test_what_stays_unread_is_mailed_and_what_was_read_is_not(timeline: Timeline) -> None:
    li = await li_of(timeline, "inbox", "email")
    async with mail_server(timeline.tenants) as mail:
        await send(timeline, li)
        await timeline.later(minutes=14)
        assert mail.taken == []
        await timeline.later(minutes=1)
        (message,) = mail.taken
        (told,) = await inbox(timeline.east, li)
        assert (message["To"], message["Subject"]) == ("li@example.com", "News")
        assert message["Message-ID"] == f"<{told['id']}@tangram.test>"
        assert message.get_content().splitlines() == ["All of it.", "", "-- ", "East"]
        await send(timeline, li)
        await timeline.east.data("mutation { markAllRead }", person=li)
        await timeline.later(hours=1)
        assert len(mail.taken) == 1
    assert await attempts(timeline.east) == [("email", "SENT", 1, None)]


async def test_a_mail_server_that_is_down_is_tried_again_and_then_the_next_channel(timeline: Timeline) -> None:
    li = await li_of(timeline, "email", "chat")
    chat, given = counting_channel("chat")
    offer(timeline.tenants, chat)
    down = SmtpSettings("127.0.0.1", 1, "none", "", "", "no-reply@tangram.test")
    offer(timeline.tenants, replace(email_channel(down), retries=Retries((10, 60), jitter=0)))
    await send(timeline, li)
    assert given == []
    await timeline.later(seconds=71)
    assert [one.title for one in given] == ["News"]
    error = "The mail server cannot be reached: SMTPConnectError."
    assert await attempts(timeline.east, li) == [("email", "FAILED", 3, error), ("chat", "SENT", 1, None)]


@pytest.mark.parametrize(
    ("answer", "tries"), [("550 no such person", 1), ("451 later", 3)], ids=["refused for good", "refused for now"]
)
async def test_what_nobody_takes_is_a_dead_letter(timeline: Timeline, answer: str, tries: int) -> None:
    li = await li_of(timeline, "email")
    async with mail_server(timeline.tenants) as mail:
        known = timeline.tenants.services.channels_of_messages["email"]
        offer(timeline.tenants, replace(known, retries=Retries((10, 60), jitter=0)))
        mail.answer = answer
        await send(timeline, li)
        await timeline.later(hours=1)
        assert [one[1:3] for one in await attempts(timeline.east)] == [("FAILED", tries)]
        mail.answer = "250 OK"
        connections = timeline.tenants.services.connections
        which = DeadLetterFilter(handler="notifications.deliver")
        assert len(await retry_dead_letters(connections, timeline.east.id, which, timeline.clock)) == 1
        await timeline.settle()
        assert mail.subjects == ["News"]
        assert [one[1] for one in await attempts(timeline.east)] == ["SENT"]


async def test_a_channel_that_is_not_set_up_or_cannot_reach_somebody_is_skipped(timeline: Timeline) -> None:
    li = await li_of(timeline, "email", "webhook", "pigeon", "chat")
    chat, given = counting_channel("chat")
    offer(timeline.tenants, chat)
    await send(timeline, li)
    assert len(given) == 1
    assert [one[:2] for one in await attempts(timeline.east, li)] == [
        ("email", "SKIPPED"),
        ("webhook", "SKIPPED"),
        ("pigeon", "SKIPPED"),
        ("chat", "SENT"),
    ]


async def test_quiet_hours_hold_what_is_not_urgent_and_end_with_one_message(timeline: Timeline) -> None:
    await timeline.until_day(1, "23:00")
    li = await li_of(timeline, "chat")
    chat, given = counting_channel("chat")
    offer(timeline.tenants, chat)
    await say(timeline.east, li, **{"from": "22:00", "until": "08:00"})
    await send(timeline, li, times=2)
    assert given == []
    await send(timeline, li, "alarm")
    assert [(one.title, one.urgent) for one in given] == [("News", True)]
    await timeline.until_day(2, "07:59")
    assert len(given) == 1
    await timeline.until_day(2, "08:00")
    assert (given[1].event, given[1].title, len(given[1].items)) == ("digest", "You have 2 unread messages", 2)
    assert [one[1] for one in await attempts(timeline.east)] == ["SENT", "SENT", "SENT"]


async def test_more_than_the_hours_cap_goes_out_together_afterwards(timeline: Timeline) -> None:
    li = await li_of(timeline, "chat", messages_per_hour=3)
    chat, given = counting_channel("chat")
    offer(timeline.tenants, chat)
    for _ in range(9):
        await send(timeline, li)
        await timeline.later(seconds=1)
    assert len(given) == 3
    await timeline.later(minutes=61)
    assert [len(one.items) for one in given] == [0, 0, 0, 6]


async def test_messages_that_come_together_are_sent_together_where_somebody_wants_it(timeline: Timeline) -> None:
    li = await li_of(timeline, "chat")
    chat, given = counting_channel("chat")
    offer(timeline.tenants, chat)
    await say(timeline.east, li, digest=30)
    await send(timeline, li, times=4)
    await timeline.later(minutes=31)
    assert [len(one.items) for one in given] == [0, 3]


async def test_a_digest_that_fails_goes_on_message_by_message(timeline: Timeline) -> None:
    li = await li_of(timeline, "chat", "phone")
    chat, given = counting_channel("chat", fails="It is down.")
    phone, called = counting_channel("phone")
    offer(timeline.tenants, replace(chat, retries=Retries((10,), jitter=0)))
    offer(timeline.tenants, phone)
    await say(timeline.east, li, **{"from": "00:00", "until": "23:59"})
    await timeline.until_day(1, "12:00")
    await send(timeline, li, times=2)
    await say(timeline.east, li, **{"from": None, "until": None})
    await timeline.later(hours=12)
    assert [len(one.items) for one in given] == [2, 2]
    assert [one.title for one in called] == ["News", "News"]
    states = sorted(one[:3] for one in await attempts(timeline.east))
    assert states == [("chat", "FAILED", 2), ("chat", "FAILED", 2), ("phone", "SENT", 1), ("phone", "SENT", 1)]


async def test_a_post_is_signed_with_the_secret_that_was_shown_once(timeline: Timeline, receiver: Receiver) -> None:
    li = await li_of(timeline, "webhook")
    said = await say(timeline.east, li, url=f"{receiver.url}/li")
    again = await say(timeline.east, li, minutes=5)
    assert (said["webhookSecret"][:6], again["webhookSecret"]) == ("whsec_", None)
    await send(timeline, li)
    (call,) = receiver.messages
    body = Webhook(said["webhookSecret"]).verify(call.body, dict(call.headers))
    assert (body["title"], body["body"], body["receiver"]) == ("News", "All of it.", li.id)


@pytest.mark.parametrize(
    ("preferences", "reason"),
    [
        ({"channels": ["pigeon"]}, "unknown_channel"),
        ({"channels": ["inbox", "inbox"]}, "unknown_channel"),
        ({"muted": ["everything"]}, "unknown_value"),
        ({"from": "25:00", "until": "08:00"}, "bad_time"),
        ({"from": "22:00"}, "missing"),
        ({"zone": "Mars/Olympus"}, "unknown_timezone"),
        ({"language": "Klingon!"}, "unknown_language"),
        ({"digest": 61}, "out_of_range"),
        ({"minutes": 0}, "out_of_range"),
        ({"url": "ftp://example.com"}, "bad_webhook_url"),
    ],
)
async def test_preferences_that_cannot_be_are_refused(
    timeline: Timeline, preferences: dict[str, object], reason: str
) -> None:
    assert [one[1] for one in await timeline.east.faults(SAY, preferences)] == [reason]


async def test_deliveries_are_seen_by_their_owner_and_by_who_manages_templates(timeline: Timeline) -> None:
    li = await li_of(timeline, "chat")
    wu = await hire(timeline.east, "Wu")
    chat, _given = counting_channel("chat")
    offer(timeline.tenants, chat)
    await send(timeline, li)
    assert [len(await attempts(timeline.east, person)) for person in (li, wu, None)] == [1, 0, 1]
    assert await attempts(timeline.west) == []
