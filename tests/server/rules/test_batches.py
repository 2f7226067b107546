"""A bulk write: its events are considered together, and each record is treated as if it had been written alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.rules.engine import RuleEngine
from tests.fixtures.timeline import Timeline
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
