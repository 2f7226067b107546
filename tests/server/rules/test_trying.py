"""Draft → tried on yesterday's events → conflicts → published → back, by calls of the API."""

from __future__ import annotations

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


async def test_members_may_neither_look_at_rules_nor_try_them(house: House) -> None:
    await house.declare(OFFERS)
    (fault,) = await house.tenant.faults('{ lintRule(rule: "coupon") { reason } }', person=house.tenant.member)
    assert fault[1] == "invalid_operation"


async def test_kinds_are_listed_with_the_schema_of_their_settings(house: House) -> None:
    data = await house.ask("{ ruleKinds { triggers { key settings } actions { key help settings } } }")
    kinds = data["ruleKinds"]
    assert {"record", "field", "crossing", "date", "absence", "count"} <= {one["key"] for one in kinds["triggers"]}
    (assign,) = [one for one in kinds["actions"] if one["key"] == "assign"]
    assert [setting["name"] for setting in assign["settings"]] == ["by", "value"]
