"""Draft → tried on yesterday's events → conflicts → published → back, by calls of the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

OFFERS = """
- name: coupon
  live: false
  object: order
  trigger: field
  settings: {field: status, after: paid}
  when: amount.amount >= 100
  benefit: {value: amount.amount * 0.3, price: amount.amount, cost: amount.amount * 0.6}
  actions: [{name: tell, kind: webhook, settings: {event: coupon}}]
- name: reduction
  live: false
  object: order
  trigger: field
  settings: {field: status, after: paid}
  when: amount.amount >= 200
  benefit: {value: "50", price: amount.amount, cost: amount.amount * 0.6}
  actions: [{name: mark, kind: set, settings: {values: [{field: labels, value: [gift]}]}}]
"""
TRY = """
query($rules: [String!]!, $record: ID) {
  tryRules(rules: $rules, record: $record) {
    considered fired totalLoss losses verdicts { rule record outcome why actions microseconds }
  }
}
"""


async def test_stacked_offers_are_seen_before_they_lose_money(house: House, timeline: Timeline) -> None:
    await house.declare(OFFERS)
    big, small = [
        await house.order(amount={"amount": amount, "currency": "CNY"}, status="PAID") for amount in ("300", "150")
    ]
    await timeline.settle()
    trial = (await house.ask(TRY, {"rules": ["coupon", "reduction"]}))["tryRules"]
    assert (trial["considered"], trial["fired"]) == (4, 3)
    assert all(one["microseconds"] > 0 for one in trial["verdicts"])
    assert [(one["rule"], one["record"], one["outcome"], one["why"]) for one in trial["verdicts"]] == [
        ("coupon", big, "FIRED", None),
        ("reduction", big, "FIRED", None),
        ("coupon", small, "FIRED", None),
        ("reduction", small, "NOT_MET", "amount.amount >= 200"),
    ]
    assert [(one["record"], one["loss"]) for one in trial["losses"]] == [(big, "20")]
    assert trial["totalLoss"] == "20"
    assert await house.look("order", big, "labels") == {"labels": None}
    assert await house.runs() == []
    await timeline.settle()
    assert await timeline.database.fetchval("select count(*) from tangram.event where object = 'rule__run'") == 0


async def test_publishing_is_refused_for_a_conflict_until_a_reason_is_given_and_goes_back(
    house: House, timeline: Timeline
) -> None:
    await house.declare(OFFERS)
    publish = "mutation($rule: String!, $override: String, $version: Int) {"
    publish += " publishRule(rule: $rule, override: $override, version: $version) { number current override } }"
    first = await house.ask(publish, {"rule": "coupon"})
    assert first["publishRule"] == {"number": 1, "current": True, "override": None}
    refused = await house.tenant.graphql(publish, {"rule": "reduction"})
    assert refused.faults == [("CONFLICT", "rule_conflict", ("rule",))]
    found = (await house.ask('{ ruleConflicts(rule: "reduction") { kind rules witness } }'))["ruleConflicts"]
    assert [(one["kind"], one["rules"]) for one in found] == [("stacked_benefits", ["coupon", "reduction"])]
    assert found[0]["witness"]["record"]["status"] == "paid"
    taken = await house.ask(publish, {"rule": "reduction", "override": "only for a day"})
    assert taken["publishRule"]["override"] == "only for a day"
    await house.ask(publish, {"rule": "coupon", "version": 1, "override": "back"})
    versions = (await house.ask('{ ruleVersions(rule: "coupon") { number current } }'))["ruleVersions"]
    assert versions == [{"number": 2, "current": True}, {"number": 1, "current": False}]
    assert (await house.ask('mutation { retireRule(rule: "reduction") }')) == {"retireRule": True}
    await house.order(amount={"amount": "300", "currency": "CNY"}, status="PAID")
    await timeline.settle()
    assert [run["rule"] for run in await house.runs()] == ["coupon"]


async def test_guards_count_what_is_tried(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - name: once
      live: false
      object: order
      trigger: record
      settings: {events: [update]}
      guard: {once: true}
      actions: [{name: tell, kind: webhook, settings: {event: x}}]
    """)
    order = await house.order()
    for quantity in (1, 2):
        await house.change("Order", order, quantity=quantity)
    trial = (await house.ask(TRY, {"rules": ["once"]}))["tryRules"]
    assert [one["outcome"] for one in trial["verdicts"]] == ["FIRED", "SKIPPED"]


CLOCKED = """
- name: christmas
  live: false
  object: customer
  trigger: schedule
  settings: {at: "09:00"}
  when: month(today()) == 12 and name == "王"
  actions: [{name: tell, kind: webhook, settings: {event: christmas}}]
- name: paid
  live: false
  object: order
  trigger: field
  settings: {field: status, after: paid}
  actions: [{name: tell, kind: webhook, settings: {event: paid}}]
"""
AT = """
query($rules: [String!]!, $events: [ID!], $since: DateTime, $last: Int, $now: DateTime) {
  tryRules(rules: $rules, events: $events, since: $since, last: $last, now: $now) {
    verdicts { record event outcome }
  }
}
"""


async def test_a_trial_takes_chosen_events_and_a_clock_of_its_own(house: House, timeline: Timeline) -> None:
    await house.declare(CLOCKED)
    customer = await house.customer()

    async def tried(rule: str, **how: Any) -> list[tuple[str, str]]:
        found = (await house.ask(AT, {"rules": [rule], **how}))["tryRules"]["verdicts"]
        return [(one["record"], one["outcome"]) for one in found]

    for month, outcome in ((11, "NOT_MET"), (12, "FIRED")):
        found = await tried("christmas", now=f"2026-{month}-10T09:00:00+08:00")
        assert (customer, outcome) in found or (outcome == "NOT_MET" and found == [])
    orders = []
    for _ in range(3):
        orders.append(await house.order(customerId=customer, status="PAID"))
        await timeline.later(hours=1)
    assert await tried("paid") == [(one, "FIRED") for one in orders]
    assert await tried("paid", last=1) == [(orders[2], "FIRED")]
    since = (timeline.now - timedelta(hours=2, minutes=1)).isoformat()
    assert await tried("paid", since=since) == [(one, "FIRED") for one in orders[1:]]
    events = (await house.ask(AT, {"rules": ["paid"]}))["tryRules"]["verdicts"]
    chosen = [one["event"] for one in events if one["record"] == orders[1]]
    assert await tried("paid", events=chosen) == [(orders[1], "FIRED")]
    assert await house.runs() == []


async def test_versions_tell_who_published_what_when(house: House, timeline: Timeline) -> None:
    responsible = house.tenant.member.email
    owned = OFFERS.replace("- name: coupon", f"- name: coupon\n  responsible: {responsible}")
    await house.declare(owned)
    begun = timeline.now
    await house.ask('mutation { publishRule(rule: "coupon", note: "spring") { number } }')
    await timeline.later(hours=1)
    await house.declare(owned.replace("amount.amount >= 100", "amount.amount >= 120"))
    await house.ask('mutation { publishRule(rule: "coupon", note: "dearer") { number } }')
    text = '{ found: ruleVersions(rule: "coupon") { number note publishedBy publishedAt definition } }'
    second, first = (await house.ask(text))["found"]
    assert [(one["number"], one["note"], one["publishedBy"]) for one in (first, second)] == [
        (1, "spring", house.tenant.admin.id), (2, "dearer", house.tenant.admin.id),
    ]  # fmt: skip
    published = [datetime.fromisoformat(one["publishedAt"]) for one in (first, second)]
    assert published == [begun, begun + timedelta(hours=1)]
    changed = {name for name, value in first["definition"].items() if second["definition"].get(name) != value}
    assert changed == {"when"}
    assert first["definition"]["responsible"] == responsible


async def test_members_may_neither_look_at_rules_nor_try_them(house: House) -> None:
    await house.declare(OFFERS)
    (fault,) = await house.tenant.faults('{ lintRule(rule: "coupon") { reason } }', person=house.tenant.member)
    assert fault[1] == "invalid_operation"


async def test_kinds_are_listed_with_the_schema_of_their_settings(house: House) -> None:
    data = await house.ask("{ ruleKinds { triggers { key settings } actions { key help settings } } }")
    kinds = data["ruleKinds"]
    assert {one["key"] for one in kinds["triggers"]} >= {
        "record", "field", "crossing", "tag", "date", "absence", "count", "schedule", "event", "webhook", "manual",
    }  # fmt: skip
    assert {one["key"] for one in kinds["actions"]} >= {
        "set", "create", "tag", "untag", "assign", "notify", "start_flow", "webhook", "send", "give", "take_back",
        "to_pool", "price", "reserve", "consume", "release",
    }  # fmt: skip
    assert all(one["help"] and one["settings"] for one in kinds["actions"])
    (assign,) = [one for one in kinds["actions"] if one["key"] == "assign"]
    assert [setting["name"] for setting in assign["settings"]] == ["by", "value"]
