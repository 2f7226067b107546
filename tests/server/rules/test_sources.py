"""Rules that hear of promises, tiers, journeys and pools: what other parts of the server say of a record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.fixtures.timeline import Timeline
from tests.server.pricing.test_ledger_through_the_api import sale, settle, start
from tests.server.rules.house import House

DECLARED: dict[str, Any] = {
    "sla_policies": [{"name": "ship", "object": "order", "metrics": [
        {"name": "shipping", "start": 'status == "paid"', "stop": 'status == "shipped"',
         "targets": [{"within": "PT2H"}]}]}],
    "pools": [{"name": "sea", "object": "customer", "protection": "P3D", "warning": "P1D"}],
    "flows": [{"name": "week", "object": "customer", "live": True, "journey": {"goal": "points > 5"}, "nodes": [
        {"name": "begin", "kind": "start", "edges": [{"to": "rest"}]},
        {"name": "rest", "kind": "delay", "settings": {"duration": "P7D"}, "edges": [{"to": "over"}]},
        {"name": "over", "kind": "end"}]}],
}  # fmt: skip
RULES = """
- {name: late, object: order, trigger: event, settings: {source: sla, event: sla_breach, name: ship},
   actions: [{name: mark, kind: set, settings: {values: [{field: quantity, value: 99}]}}]}
- {name: goal, object: customer, trigger: event, settings: {source: journey, event: goal, name: week},
   actions: [{name: mark, kind: set, settings: {values: [{field: remark, value: goal}]}}]}
- {name: warned, object: customer, trigger: event, settings: {source: pool, event: warned},
   actions: [{name: mark, kind: set, settings: {values: [{field: remark, value: warned}]}}]}
- {name: gone, object: customer, trigger: event, settings: {source: pool, event: recycled, name: sea},
   actions: [{name: mark, kind: set, settings: {values: [{field: remark, value: gone}]}}]}
"""
RISEN = """
- {name: risen, object: order, trigger: event, settings: {source: price, event: tier_reached, name: rebate},
   actions: [{name: mark, kind: set, settings: {target: customer, values: [{field: level, value: gold}]}}]}
"""


async def test_promises_journeys_and_pools_set_rules_off_once_each(house: House, timeline: Timeline) -> None:
    await house.declare(RULES, **DECLARED)
    order, kept = [await house.order(status="PAID") for _ in range(2)]
    await timeline.later(hours=2, seconds=-1)
    await house.change("Order", kept, status="SHIPPED")
    assert await house.runs("late") == []
    await timeline.later(seconds=2)
    assert [run["record"] for run in await house.runs("late")] == [order]

    arrives, stays = [await house.customer() for _ in range(2)]
    for record in (arrives, stays):
        await house.ask('mutation($r: ID!) { startFlow(flow: "week", record: $r) { id } }', {"r": record})
    await house.change("Customer", arrives, points=6)
    await timeline.later(days=8)
    assert [run["record"] for run in await house.runs("goal")] == [arrives]

    held = await house.customer(ownerId=house.tenant.admin.id)
    await timeline.settle()
    begun = timeline.now
    await timeline.until(begun + timedelta(days=2))
    assert (await house.look("customer", held, "remark"))["remark"] == "warned"
    await timeline.until(begun + timedelta(days=3))
    assert (await house.look("customer", held, "remark"))["remark"] == "gone"
    assert [run["record"] for run in await house.runs("gone")].count(held) == 1


async def test_a_tier_that_is_reached_sets_a_rule_off_once(house: House, timeline: Timeline) -> None:
    who = await start(house.tenant)
    await house.declare(RISEN)
    levels = []
    for yuan in ("99999.99", "0.02", "50000.00"):
        await settle(house.tenant, await sale(house.tenant, who, yuan, "2030-06-05"))
        await timeline.settle()
        levels.append((await house.look("customer", who[0], "level"))["level"])
    assert levels == ["NORMAL", "GOLD", "GOLD"]
    assert await house.outcomes("risen") == ["FIRED"]
