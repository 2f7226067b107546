"""The calendar of messages: what is planned, day by day, for how many, and what goes to the same customers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from metadata.flows.values import Flow
from metadata.outreach.planning import sent_after
from tests.fixtures.timeline import Timeline
from tests.server.notifications.desk import counting_channel, offer
from tests.server.outreach.test_journeys import SEVEN_DAYS, UNREAD, customer, opened
from tests.server.rules.house import House

RULES = """
- {name: news, object: customer, trigger: schedule, settings: {at: "10:00", days: [3, 5]}, when: '"mail" in interests',
   ends: '2026-03-06T00:00:00+08:00', actions: [{name: say, kind: send, settings: {template: video, channels: [mail]}}]}
- {name: due, object: order, trigger: date, settings: {of: due, at: "09:00"},
   actions: [{name: mark, kind: set, settings: {values: [{field: quantity, value: "1"}]}}]}
- {name: joined, object: customer, trigger: date, settings: {of: joined, offset: P3D, at: "09:30"},
   actions: [{name: say, kind: send, settings: {template: short, channels: [sms]}}]}
- {name: hello, object: customer, trigger: manual,
   actions: [{name: say, kind: send, settings: {template: video, channels: [mail]}}]}
"""
CALENDAR = """
query($days: Int) {
  days: messageCalendar(days: $days) {
    day sends { ...planned } collisions { first { source } second { source } records }
  }
}
fragment planned on PlannedMessages { kind source step template object at records }
"""


async def days(house: House, days: int = 31) -> dict[str, list[tuple[Any, ...]]]:
    """(kind, source, step, template, time of day in UTC, records) of what is planned, by day."""
    found = (await house.ask(CALENDAR, {"days": days}))["days"]
    return {
        one["day"]: [
            (each["kind"], each["source"], each["step"], each["template"], each["at"][11:16], each["records"])
            for each in one["sends"]
        ]
        for one in found
    }


async def test_the_calendar_tells_what_is_planned_by_day_and_what_coincides(timeline: Timeline) -> None:
    channel, given = counting_channel("email")
    offer(timeline.tenants, channel)
    house = await opened(timeline, SEVEN_DAYS)
    await house.declare(RULES)
    await customer(house, 1, "mail", "lead", joined="2026-03-01")
    second = await customer(house, 2, "mail", joined="2026-02-01")
    await house.tenant.create("Order", customerId=second, due="2026-03-05")
    await timeline.settle()
    wednesday = ("RULE", "news", None, "video", "02:00", 2)
    assert await days(house) == {
        "2026-03-03": [("JOURNEY", "seven_days", "outline", "outline", "02:00", 1)],
        "2026-03-04": [("RULE", "joined", None, "short", "01:30", 1), wednesday],
    }
    assert list(await days(house, 2)) == ["2026-03-03"]
    weekly: dict[str, Any] = {"live": True, "name": "weekly", "object": "customer", "nodes": [
        {"name": "begin", "kind": "start", "edges": [{"to": "say"}],
         "settings": {"trigger": "schedule", "at": "10:00", "days": [3], "when": '"mail" in interests'}},
        {"name": "say", "kind": "perform", "edges": [{"to": "rest"}],
         "settings": {"action": "send", "settings": {"template": "video", "channels": ["mail"]}}},
        {"name": "rest", "kind": "delay", "settings": {"duration": "P1D"}, "edges": [{"to": "later"}]},
        {"name": "later", "kind": "perform", "edges": [{"to": "over"}],
         "settings": {"action": "send", "settings": {"template": "short", "channels": ["sms"]}}},
        {"name": "over", "kind": "end"}]}  # fmt: skip
    await house.declare("[]", flows=[weekly])
    first, second_week = (day for day in (await days(house, 10)).items() if "weekly" in str(day))
    started = ("JOURNEY", "weekly", "say", "video", "02:00", 2)
    assert (first[0], started in first[1]) == ("2026-03-04", True)
    assert second_week == ("2026-03-11", [started])
    await house.declare(
        "[]", flows=[{**weekly, "nodes": [{**weekly["nodes"][0], "settings": {}}, *weekly["nodes"][1:]]}]
    )
    assert "weekly" not in str(await days(house, 10))
    await timeline.later(days=1)
    await timeline.until(datetime.fromisoformat("2026-03-03T22:00:00+08:00"))
    ask = 'mutation($r: ID!) { fireRule(rule: "hello", record: $r) { outcome } }'
    assert await house.ask(ask, {"r": second}) == {"fireRule": {"outcome": "FIRED"}}
    await timeline.settle()
    assert len(given) == 1  # quiet hours
    assert await days(house) == {
        "2026-03-04": [
            ("MESSAGE", "hello", None, "video", "01:00", 1), ("RULE", "joined", None, "short", "01:30", 1), wednesday,
        ],
        "2026-03-05": [("JOURNEY", "seven_days", "video", "video", "02:00", 1)],
    }  # fmt: skip
    first, _ = (await house.ask(CALENDAR, {"days": 31}))["days"]
    assert [(one["first"]["source"], one["second"]["source"], one["records"]) for one in first["collisions"]] == [
        ("hello", "news", 1), ("joined", "news", 1),
    ]  # fmt: skip
    await timeline.until(datetime.fromisoformat("2026-03-05T12:00:00+08:00"))
    assert await days(house) == {}
    await check_who_asks(timeline, house)


async def check_who_asks(timeline: Timeline, house: House) -> None:
    """Another tenant's calendar is its own, and days are bounded."""
    assert await timeline.west.data("{ messageCalendar { day } }") == {"messageCalendar": []}
    for wrong in (0, 63):
        refused = await house.tenant.faults(CALENDAR, {"days": wrong})
        assert refused == [("BAD_USER_INPUT", "bad_days", ("days",))]


def test_a_wait_that_comes_to_its_deadline_leads_to_what_is_sent_then_and_no_further_than_the_next_wait() -> None:
    nodes = [{**one} for one in UNREAD["nodes"]]  # type: ignore[attr-defined]
    nodes[2]["edges"] = [{"to": "mailed", "outcome": "happened"}, {"to": "text", "default": True}]
    flow = msgspec.convert({**UNREAD, "nodes": nodes}, Flow)
    assert [(step, send.template) for step, send in sent_after(flow, "read")] == [("text", "short")]
    assert [(step, send.template) for step, send in sent_after(flow, "begin")] == [("mailed", "outline")]
    assert list(sent_after(flow, "gone")) == []
