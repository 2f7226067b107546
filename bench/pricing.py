"""Prices asked through GraphQL: one plan with ladders, scopes, a stack group, guards and shares, over many records."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from bench.installation import Client, Installation, signed_in, tangram_processes

__all__ = ["PricingFigures", "measure"]

_PAGE = 500
_CLIENTS = 4
_LEVELS = ("normal", "gold", "vip")
_DOCUMENT = """
objects:
  - name: sale
    plural: sales
    fields:
      - {name: title, type: text, required: true}
      - {name: agent, type: text}
      - {name: level, type: text}
      - {name: channel, type: text}
      - {name: quantity, type: integer}
      - {name: amount, type: money}
      - {name: cost, type: money}
      - {name: sold_at, type: datetime}
price_plans:
  - name: selling
    object: sale
    live: true
    party: agent
    quantity: quantity
    cost: cost
    bases: [{name: gross, value: amount}]
    clocks: [{name: sold_at, value: sold_at}]
    dimensions: [{name: level, value: level}, {name: channel, value: channel}]
    groups: [{name: offers, policy: best_for_payee}]
    guards: [{limit: margin_floor, percent: 5, breach: cap}]
    components:
      - {name: base_fee, kind: base_fee}
      - {name: rebate, kind: rebate, switch: retroactive_period, bound_rule: more_than}
      - {name: commission, kind: commission, window: day, switch: step_forward,
         shares: [{payee: agent, percent: 60}, {payee: level, percent: 25}, {payee: channel, percent: 15}]}
      - {name: coupon, kind: discount, group: offers}
      - {name: reduction, kind: discount, group: offers}
    rates:
      - {name: each, component: base_fee, model: flat, settings: {amount: 2}}
      - name: ladder
        component: rebate
        model: graduated_percentage
        settings: {tiers: [{percent: 0}, {lower: 100000, percent: 5}]}
      - name: live
        component: commission
        model: percentage
        scope: [{dimension: channel, values: [live]}]
        settings: {percent: 12}
      - name: daily
        component: commission
        model: graduated_percentage
        settings: {tiers: [{percent: 5}, {lower: 50000, percent: 7}]}
      - name: for_vips
        component: coupon
        model: percentage
        scope: [{dimension: level, values: [vip]}]
        settings: {percent: 4}
      - {name: all, component: reduction, model: percentage, settings: {percent: 3}}
"""
_APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
_MAKE = "mutation($inputs: [CreateSaleInput!]!) { made: createSales(inputs: $inputs) { id } }"
_SETTLE = 'mutation($r: ID!) { settle(plan: "selling", record: $r) { id } }'
_QUOTE = """
query($r: ID!) {
  priceOf(plan: "selling", record: $r) {
    total margin version
    lines {
      component amount rate parts { label quantity rate amount } shares { payee amount } candidates { rate lost }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class PricingFigures:
    """What one run found.

    Attributes:
        quotes: How many prices were asked.
        median_ms, p95_ms: Time of one, with one client that waits for each answer.
        busy_p95_ms: With several clients at once, of one web process.
        per_s: Prices in a second with these.
    """

    quotes: int
    median_ms: float
    p95_ms: float
    busy_p95_ms: float
    per_s: float

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "quotes": f"{self.quotes:,}",
            "median, ms": f"{self.median_ms:.1f}",
            "p95, ms": f"{self.p95_ms:.1f}",
            f"p95 with {_CLIENTS} clients, ms": f"{self.busy_p95_ms:.1f}",
            "per s": f"{self.per_s:,.0f}",
        }


async def measure(
    place: Installation, tenant: str, email: str, *, quotes: int, say: Callable[[str], None]
) -> PricingFigures:
    """Measure on an empty tenant.

    Args:
        place: The installation.
        tenant: Its slug.
        email: Its administrator.
        quotes: How many prices are asked.
        say: Told what is going on.
    """
    say("creating records to price")
    with tangram_processes(place) as process:
        async with signed_in(process.url, tenant, email) as client:
            await client.ask("/metadata", _APPLY, {"document": yaml.safe_load(_DOCUMENT)})
            made = await client.ask("/graphql", _MAKE, {"inputs": [_sale(number) for number in range(_PAGE)]})
            records = [one["id"] for one in made["made"]]
            for record in records[::10]:  # some running totals
                await client.ask("/graphql", _SETTLE, {"r": record})
            say("asking for prices")
            await _asked(client, records, 50)
            alone = await _asked(client, records, quotes)
            began = time.perf_counter()
            each = quotes // _CLIENTS
            together = await asyncio.gather(*(_asked(client, records[at::_CLIENTS], each) for at in range(_CLIENTS)))
            took = time.perf_counter() - began
    busy = [one for part in together for one in part]
    return PricingFigures(quotes, statistics.median(alone), _p95(alone), _p95(busy), len(busy) / took)


def _sale(number: int) -> dict[str, Any]:
    return {
        "title": f"sale {number}",
        "agent": f"agent {number % 7}",
        "level": _LEVELS[number % 3],
        "channel": "live" if number % 5 == 0 else "store",
        "quantity": 1 + number % 4,
        "amount": {"amount": f"{100 + 37 * (number % 400)}.00"},
        "cost": {"amount": "40.00"},
        "soldAt": f"2026-06-{1 + number % 28:02d}T09:00:00+08:00",
    }


async def _asked(client: Client, records: list[str], times: int) -> list[float]:
    """Milliseconds of each of some quotes, one after the other."""
    found = []
    for number in range(times):
        began = time.perf_counter()
        await client.ask("/graphql", _QUOTE, {"r": records[number % len(records)]})
        found.append(1_000 * (time.perf_counter() - began))
    return found


def _p95(found: list[float]) -> float:
    return statistics.quantiles(found, n=20)[-1]
