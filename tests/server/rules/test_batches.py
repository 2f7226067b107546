"""A bulk write: its events are considered together, and each record is treated as if it had been written alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.pricing import booking
from server.rules.engine import RuleEngine
from tests.fixtures.timeline import Timeline
from tests.server.pricing.test_prices_through_the_api import REBATE, declare
from tests.server.rules.house import House

ALL = 'mutation { updateCustomers(filter: {points: {lt: 100}}, input: {remark: "go"}) { count } }'
RULES = """
- name: praise
  object: customer
  trigger: field
  settings: {field: remark, after: go}
  when: points > 0
  order: 1
  actions: [{name: add, kind: set, settings: {values: [{field: points, value: "=points * 10"}]}}]
- name: vip
  object: customer
  trigger: field
  settings: {field: remark, after: go}
  order: 2
  actions: [{name: raise, kind: set, settings: {values: [{field: level, value: vip}]}}]
- name: two
  object: customer
  trigger: field
  settings: {field: remark, after: go}
  order: 3
  guard: {per_day: 2}
  actions: [{name: tell, kind: webhook, settings: {event: two}}]
"""


async def written(house: House, timeline: Timeline) -> list[str]:
    """Five customers with 0 to 4 points, the last without a phone, all changed by one write."""
    records = [
        await house.customer(name=f"王{place}", points=place, **({} if place == 4 else {"phone": f"1381234567{place}"}))
        for place in range(5)
    ]
    await timeline.settle()
    await house.ask(ALL)
    await timeline.settle()
    return records


async def test_each_record_of_a_bulk_write_is_decided_guarded_and_refused_by_itself(
    house: House, timeline: Timeline
) -> None:
    await house.declare(RULES)
    records = await written(house, timeline)
    found = [await house.look("customer", one, "points level") for one in records]
    assert [one["points"] for one in found] == [0, 10, 20, 30, 40]
    assert [one["level"] for one in found] == ["VIP"] * 4 + ["NORMAL"], "a VIP needs a phone"
    outcomes = {
        rule: {run["record"]: run["outcome"] for run in await house.runs(rule)} for rule in ("praise", "vip", "two")
    }
    assert [outcomes["praise"][one] for one in records] == ["NOT_MET"] + ["FIRED"] * 4
    assert [outcomes["vip"][one] for one in records] == ["FIRED"] * 4 + ["FAILED"]
    assert sorted(outcomes["two"].values()) == ["FIRED"] * 2 + ["SKIPPED"] * 3
    history = (await house.look("customer", records[2], "history(first: 9) { actor { name } cause }"))["history"]
    causes = {entry["actor"]["name"]: entry["cause"] for entry in history}
    assert causes["rule vip v1"] == causes["rule praise v1"]
    others = (await house.look("customer", records[3], "history(first: 9) { actor { name } cause }"))["history"]
    assert causes["rule vip v1"] not in [entry["cause"] for entry in others], "each has its own event as its cause"


async def test_an_event_that_cannot_be_handled_holds_up_no_other(
    house: House, timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.declare(RULES)
    consider, bad = RuleEngine.consider_all, set[str]()

    async def consider_but_one(self: RuleEngine, connection: Any, context: Any, occasions: Any) -> Any:
        if any(occasion.record_id in bad for occasion, _ in occasions):
            raise RuntimeError("a fault of the server's own")
        return await consider(self, connection, context, occasions)

    monkeypatch.setattr(RuleEngine, "consider_all", consider_but_one)
    records = [await house.customer(name=f"王{n}", points=1, phone=f"1381234567{n}") for n in range(3)]
    await timeline.settle()
    bad.add(records[1])
    await house.ask(ALL)
    await timeline.settle()
    points = [(await house.look("customer", one, "points"))["points"] for one in records]
    assert points == [10, 1, 10]
    bad.clear()  # it is mended while the one event waits to be tried again
    await timeline.later(hours=1)
    points = [(await house.look("customer", one, "points"))["points"] for one in records]
    assert points == [10, 10, 10]


async def test_records_of_a_bulk_write_that_change_the_same_other_record_see_what_those_before_have_done(
    house: House, timeline: Timeline
) -> None:
    await house.declare("""
    - {name: thank, object: order, trigger: field, settings: {field: status, after: paid},
       actions: [{name: add, kind: set, settings: {target: customer, values: [
          {field: points, value: "=customer.points + 1"}]}}]}
    """)
    who = await house.customer(points=0)
    for _ in range(3):
        await house.order(customerId=who)
    await timeline.settle()
    await house.ask("mutation { updateOrders(filter: {status: {eq: DRAFT}}, input: {status: PAID}) { count } }")
    await timeline.settle()
    assert (await house.look("customer", who, "points"))["points"] == 3


async def test_what_a_bulk_write_sells_is_booked_together_and_what_is_not_sold_yet_fails_alone(
    house: House, timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, some = list[int](), booking.settle_some

    async def counted(run: Any, plan: str, sales: Any) -> Any:
        sizes.append(len(sales))
        return await some(run, plan, sales)

    monkeypatch.setattr(booking, "settle_some", counted)
    await declare(house.tenant, "rebate", REBATE, live=True)
    await house.declare("""
    - {name: sold, object: order, trigger: field, settings: {field: status, after: paid},
       actions: [{name: price, kind: price, settings: {plan: rebate, settle: true, fields: [
          {field: unit_price, component: rebate}]}}]}
    """)
    who = await house.customer()

    async def sell(days: list[str | None]) -> list[str]:
        values = {"customerId": who, "amount": {"amount": "60000.00", "currency": "CNY"}}
        records = [await house.order(**values, orderedAt=day and f"{day}T09:00:00+08:00") for day in days]
        await timeline.settle()
        await house.ask("mutation { updateOrders(filter: {status: {eq: DRAFT}}, input: {status: PAID}) { count } }")
        await timeline.settle()
        return records

    records = await sell(["2030-06-05", "2030-06-06", "2030-06-07"])
    assert sizes == [3]
    prices = [(await house.look("order", one, "unitPrice"))["unitPrice"] for one in records]
    assert [float(price) for price in prices] == [0, 6_000, 3_000]
    records += await sell(["2030-06-09", None, "2030-06-08"])
    outcomes = {run["record"]: run["outcome"] for run in await house.runs("sold")}
    assert [outcomes[one] for one in records] == ["FIRED"] * 4 + ["FAILED", "FIRED"]
    due = await house.ask('{ settlementBalances(plan: "rebate") { account amount } }')
    assert {one["account"]: one["amount"] for one in due["settlementBalances"]}["expense"] == "15000.00"


async def test_a_clock_that_jumps_does_nothing_twice(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - {name: soon, object: customer, trigger: date, settings: {of: joined, offset: -P3D, at: "09:00"},
       actions: [{name: add, kind: set, settings: {values: [{field: points, value: "=points + 1"}]}}]}
    """)
    record = await house.customer(joined=(timeline.now + timedelta(days=10)).date().isoformat())
    await timeline.later(days=9)
    assert (await house.look("customer", record, "points"))["points"] == 1
    await timeline.set(timeline.now - timedelta(days=5))
    await house.change("Customer", record, remark="seen")  # its moment lies ahead again, and has been
    await timeline.later(days=30)
    assert (await house.look("customer", record, "points"))["points"] == 1


async def test_of_two_processes_that_publish_at_once_each_makes_a_version_and_one_counts(
    house: House, timeline: Timeline
) -> None:
    await house.declare(RULES)
    publish = 'mutation { done: publishRule(rule: "praise") { number } }'
    made = await asyncio.gather(*(house.ask(publish) for _ in range(4)))
    assert sorted(one["done"]["number"] for one in made) == [2, 3, 4, 5]
    versions = await house.ask('{ ruleVersions(rule: "praise") { number current } }')
    assert [one["number"] for one in versions["ruleVersions"] if one["current"]] == [5]
    record = (await written(house, timeline))[1]
    assert (await house.look("customer", record, "points"))["points"] == 10
