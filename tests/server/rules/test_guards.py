"""What keeps rules from doing too much, and what becomes of those that cannot do what they say."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

SHANGHAI = ZoneInfo("Asia/Shanghai")

TELL = """
- name: tell
  object: order
  trigger: record
  settings: {events: [update]}
  GUARD
  actions: [{name: tell, kind: webhook, settings: {event: told}}]
"""


async def told(house: House, guard: str) -> None:
    await house.declare(TELL.replace("GUARD", guard))


async def test_once_is_once_for_a_record(house: House, timeline: Timeline) -> None:
    await told(house, "guard: {once: true}")
    first, second = await house.order(), await house.order()
    for order in (first, first, second):
        await house.change("Order", order, quantity=len(await house.runs()) + 1)
        await timeline.settle()
    assert [(run["record"], run["outcome"]) for run in await house.runs("tell")] == [
        (first, "FIRED"), (first, "SKIPPED"), (second, "FIRED"),
    ]  # fmt: skip


async def test_a_rule_rests_for_a_record_after_it_has_fired(house: House, timeline: Timeline) -> None:
    await told(house, "guard: {cooldown: PT2H}")
    order = await house.order()
    for quantity, minutes in ((1, 60), (2, 60), (3, 0)):
        await house.change("Order", order, quantity=quantity)
        await timeline.later(minutes=minutes)
    assert await house.outcomes("tell") == ["FIRED", "SKIPPED", "FIRED"]


async def test_caps_count_days_in_the_tenants_zone(house: House, timeline: Timeline) -> None:
    await told(house, "guard: {per_day: 2}")
    await timeline.until(datetime(2027, 3, 1, 23, tzinfo=SHANGHAI))
    order = await house.order()
    for quantity in (1, 2, 3):
        await house.change("Order", order, quantity=quantity)
    await timeline.later(hours=1)
    await house.change("Order", order, quantity=4)
    await timeline.settle()
    assert await house.outcomes("tell") == ["FIRED", "FIRED", "SKIPPED", "FIRED"]


async def test_in_quiet_hours_it_waits_and_is_done_at_their_end_if_it_still_holds(
    house: House, timeline: Timeline
) -> None:
    await told(house, "guard: {quiet_begins: '22:00', quiet_ends: '08:00'}\n  when: customer.level != 'vip'")
    await timeline.until(datetime(2027, 3, 1, 23, tzinfo=SHANGHAI))
    customer = await house.customer(phone="+8613800000000")
    kept, changed = await house.order(), await house.order(customerId=customer)
    for order in (kept, changed):
        await house.change("Order", order, quantity=1)
    await timeline.settle()
    assert await house.outcomes("tell") == ["DEFERRED", "DEFERRED"]
    await house.change("Customer", customer, level="VIP")
    await timeline.until(datetime(2027, 3, 2, 7, 59, tzinfo=SHANGHAI))
    assert await house.outcomes("tell") == ["DEFERRED", "DEFERRED"]
    await timeline.until(datetime(2027, 3, 2, 8, tzinfo=SHANGHAI))
    assert {run["record"]: run["outcome"] for run in await house.runs("tell")} == {kept: "FIRED", changed: "NOT_MET"}


async def test_a_rule_counts_only_in_its_period(house: House, timeline: Timeline) -> None:
    await told(house, "begins: '2027-11-11T00:00:00+08:00'\n  ends: '2027-11-12T00:00:00+08:00'")
    order = await house.order()
    for hour, minute, month_day in ((23, 59, 10), (0, 0, 11), (23, 59, 11), (0, 0, 12)):
        await timeline.until(datetime(2027, 11, month_day, hour, minute, tzinfo=SHANGHAI))
        await house.change("Order", order, quantity=hour * 60 + minute + month_day)
        await timeline.settle()
    assert await house.outcomes("tell") == ["FIRED", "FIRED"]


async def test_a_circle_of_rules_comes_to_rest_and_says_so(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - name: ping
      object: order
      trigger: field
      settings: {field: quantity}
      actions: [{name: go, kind: set, settings: {values: [{field: unit_price, value: "=quantity + 0.5"}]}}]
    - name: pong
      object: order
      trigger: field
      settings: {field: unit_price}
      actions: [{name: go, kind: set, settings: {values: [{field: quantity, value: "=quantity + 1"}]}}]
    """)
    await house.order(quantity=1)
    await timeline.settle()
    runs = await house.runs()
    assert [(run["rule"], run["outcome"]) for run in runs] == [
        ("ping", "FIRED"), ("pong", "FIRED"), ("ping", "SKIPPED"),
    ]  # fmt: skip
    assert "circle" in runs[-1]["why"]


async def test_a_chain_that_grows_through_new_records_is_cut_and_is_an_incident(
    house: House, timeline: Timeline
) -> None:
    await house.declare("""
    - name: breed
      object: store
      trigger: record
      settings: {events: [create]}
      guard: {depth: 3}
      actions: [{name: more, kind: create, settings: {object: store, values: [{field: name, value: "=name"}]}}]
    """)
    await house.tenant.create("Store", name="x")
    await timeline.settle()
    assert await house.outcomes("breed") == ["FIRED", "FIRED", "FAILED"]


FRAGILE = """
- name: fragile
  object: order
  trigger: field
  settings: {field: quantity}
  actions:
    - {name: mark, kind: set, settings: {values: [{field: labels, value: [gift]}]}}
    - {name: raise, kind: set, settings: {target: customer, values: [{field: points, value: "=0 - quantity"}]}}
- name: sound
  object: order
  trigger: field
  settings: {field: quantity}
  actions: [{name: price, kind: set, settings: {values: [{field: unit_price, value: "5"}]}}]
"""


async def check_told(house: House, timeline: Timeline) -> None:
    """An administrator is told that a rule fails, or who is responsible for it, once while it goes on."""
    inbox = "{ myNotifications(first: 9) { nodes { event body } } }"

    async def told(person: Person) -> list[str]:
        found = (await house.ask(inbox, person=person))["myNotifications"]["nodes"]
        return [one["body"] for one in found if one["event"] == "rule_failed"]

    assert [await told(one) for one in (house.tenant.admin, house.tenant.member)] == [
        ["fragile 需要处理，原因见规则日志"], [],
    ]  # fmt: skip
    await house.declare(
        FRAGILE.replace("- name: fragile", f"- name: fragile\n  responsible: {house.tenant.member.email}")
    )
    for minutes, count in ((1, 0), (60, 1), (1, 1)):
        await timeline.later(minutes=minutes)
        await house.change("Order", await house.order(), quantity=1)
        await timeline.settle()
        assert len(await told(house.tenant.member)) == count


async def test_an_action_that_is_refused_undoes_the_rule_alone_and_can_be_tried_again(
    house: House, timeline: Timeline
) -> None:
    await house.declare(FRAGILE)
    order = await house.order(quantity=1)
    await timeline.settle()
    assert await house.look("order", order, "labels unitPrice") == {"labels": None, "unitPrice": "5.0000"}
    (failed,) = await house.runs("fragile")
    assert failed["outcome"] == "FAILED"
    assert "points" in failed["why"]
    await check_told(house, timeline)
    await house.declare(FRAGILE.replace("0 - quantity", "quantity"))
    data = await house.ask("mutation($run: ID!) { retryRuleRun(run: $run) { outcome number } }", {"run": failed["id"]})
    assert data == {"retryRuleRun": {"outcome": "FIRED", "number": 3}}
    assert await house.look("order", order, "labels") == {"labels": ["GIFT"]}
    again = await house.tenant.faults(
        "mutation($run: ID!) { retryRuleRun(run: $run) { outcome } }", {"run": failed["id"]}
    )
    assert again == [("CONFLICT", "not_failed", ("run",))]


async def test_a_condition_over_a_field_that_is_gone_is_an_incident_and_others_go_on(
    house: House, timeline: Timeline
) -> None:
    await house.declare(
        """
        - name: lost
          live: false
          object: order
          trigger: record
          settings: {events: [create]}
          when: extra == "x"
          actions: [{name: tell, kind: webhook, settings: {event: a}}]
        - name: kept
          object: order
          trigger: record
          settings: {events: [create]}
          actions: [{name: tell, kind: webhook, settings: {event: b}}]
        """,
        objects=[{"name": "order", "plural": "orders", "fields": [{"name": "extra", "type": "text"}]}],
    )
    await house.ask('mutation { publishRule(rule: "lost") { number } }')
    await house.ask('mutation { updateRule(name: "lost", rule: {when: ""}) { version } }', path="/metadata")
    await house.ask('mutation { removeField(object: "order", name: "extra") { version } }', path="/metadata")
    await house.order()
    await timeline.settle()
    assert {run["rule"]: run["outcome"] for run in await house.runs()} == {"lost": "FAILED", "kept": "FIRED"}
