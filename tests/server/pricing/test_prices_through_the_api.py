"""Price plans through the public API: drafted, checked, published, asked, simulated, gone back to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml

from tests.fixtures.tenants import Tenant, Tenants
from tests.server.flows.quotes import Office

APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
PUBLISH = """
mutation($plan: String!, $version: Int, $from: DateTime, $override: String) {
  made: publishPricePlan(plan: $plan, version: $version, validFrom: $from, override: $override) { number }
}
"""
HEAD = """
object: order
when: status != "cancelled"
party: customer.id
quantity: quantity
bases: [{name: gross, value: amount}]
clocks: [{name: ordered_at, value: ordered_at}]
dimensions: [{name: level, value: customer.level}, {name: city, value: store.city}]
"""
REBATE = f"""
{HEAD}
components: [{{name: rebate, kind: rebate, switch: retroactive_period, bound_rule: more_than}}]
rates:
  - name: ladder
    component: rebate
    model: graduated_percentage
    settings: {{tiers: [{{percent: 0}}, {{lower: 100000, percent: 5}}]}}
"""


async def declare(tenant: Tenant, name: str, text: str, **changes: Any) -> None:
    body = {"name": name, **yaml.safe_load(text), **changes}
    await tenant.data(APPLY, {"document": {"price_plans": [body]}}, path="/metadata")


async def publish(tenant: Tenant, plan: str, **more: Any) -> int:
    number: int = (await tenant.data(PUBLISH, {"plan": plan, **more}))["made"]["number"]
    return number


async def order(tenant: Tenant, yuan: str, day: str = "2026-06-05", level: str = "NORMAL", **more: Any) -> str:
    customer = await tenant.create(
        "Customer", name="王", level=level, phone=None if level != "VIP" else "+8613800000000"
    )
    currency = more.pop("currency", "CNY")
    at = f"{day}T09:00:00+08:00"
    return await tenant.create(
        "Order", customerId=customer, amount={"amount": yuan, "currency": currency}, orderedAt=at, **more
    )


async def rebate(tenant: Tenant, record: str, **arguments: Any) -> str:
    query = """
    query($plan: String!, $record: ID!, $version: Int, $draft: Boolean) {
      priceOf(plan: $plan, record: $record, version: $version, draft: $draft) { lines { amount } }
    }
    """
    data = await tenant.data(query, {"plan": "rebate", "record": record, **arguments})
    amount: str = data["priceOf"]["lines"][0]["amount"]
    return amount


async def test_finance_changes_a_ladder_and_goes_back(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, "rebate", REBATE)
    record = await order(east, "100000.01", "2030-06-05")
    assert await rebate(east, record, draft=True) == "5000.00"
    asked = 'query($r: ID!) { priceOf(plan: "rebate", record: $r) { key } }'
    assert await east.faults(asked, {"r": record}) == [("NOT_FOUND", "unknown_version", ("plan",))]
    assert await publish(east, "rebate") == 1
    higher = yaml.safe_load(REBATE)["rates"]
    higher[0]["settings"]["tiers"][1]["percent"] = "6.5"
    await declare(east, "rebate", REBATE, rates=higher)
    assert await rebate(east, record) == "5000.00", "a draft is not in force"
    assert await publish(east, "rebate") == 2
    assert (await rebate(east, record), await rebate(east, record, version=1)) == ("6500.00", "5000.00")
    assert await publish(east, "rebate", version=1) == 3
    assert await rebate(east, record) == "5000.00"
    versions = await east.data('{ pricePlanVersions(plan: "rebate") { number definition } }')
    third, second, first = versions["pricePlanVersions"]
    assert third["definition"] == first["definition"] != second["definition"]


async def test_a_version_is_in_force_from_its_day_on(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, "rebate", REBATE)
    await publish(east, "rebate", **{"from": "2026-01-01T00:00:00+08:00"})
    await publish(east, "rebate", **{"from": "2031-01-01T00:00:00+08:00"})
    ask = 'query($at: DateTime!) { priceOf(plan: "rebate", facts: {}, at: $at) { version } }'
    for at, version in (
        ("2026-01-01T00:00:00+08:00", 1),
        ("2030-12-31T23:59:59+08:00", 1),
        ("2031-01-01T00:00:00+08:00", 2),
    ):
        assert await east.data(ask, {"at": at}) == {"priceOf": {"version": version}}
    assert await east.faults(ask, {"at": "2025-12-31T23:59:59+08:00"}) == [("NOT_FOUND", "unknown_version", ("plan",))]


async def test_a_price_is_explained_line_by_line(tenants: Tenants) -> None:
    east = tenants.east
    await declare(
        east,
        "service",
        HEAD,
        components=[
            {"name": "price", "kind": "price", "window": "year"},
            {
                "name": "pool",
                "kind": "commission",
                "shares": [{"payee": "customer.name", "percent": 60}, {"payee": "order_no", "percent": 40}],
            },
        ],
        rates=[
            {"name": "standard", "component": "price", "model": "per_unit", "settings": {"price": "88.5"}},
            {
                "name": "vip",
                "component": "price",
                "model": "per_unit",
                "scope": [{"dimension": "level", "values": ["vip"]}],
                "settings": {"price": 80},
            },
            {"name": "tenth", "component": "pool", "model": "percentage", "settings": {"percent": "3.333"}},
        ],
        live=True,
    )
    record = await order(east, "1000.00", level="VIP", quantity=3, orderNo=None)
    ask = 'query($r: ID!, $at: DateTime) { explainPrice(plan: "service", record: $r, at: $at) }'
    told = await east.data(ask, {"r": record, "at": "2030-01-01T00:00:00Z"})
    words = told["explainPrice"]
    number = (await east.data("query($r: ID!) { order(id: $r) { orderNo customer { id } } }", {"r": record}))["order"]
    whose = number["customer"]["id"]
    assert words == [
        "service, version 1, in CNY",
        f"price: 240.00 by rate vip, window 2026-01-01 of {whose}",
        "  not by standard: less special",
        "  counted before: 0, after: 3",
        "  3 × 80.00 = 240.00",
        f"pool: 33.33 by rate tenth, window 2026-06-01 of {whose}",
        "  counted before: 0.00, after: 1000.00",
        "  1000.00 × 3.333 % = 33.33",
        "  to 王: 60 % = 20.00",
        f"  to {number['orderNo']}: 40 % = 13.33",
    ]


COUPONS = f"""
{HEAD}
groups: [{{name: promotion, policy: sum}}]
guards: [{{limit: margin_floor, percent: 0, breach: block}}]
components:
  - {{name: coupon, kind: discount, group: promotion}}
  - {{name: full_reduction, kind: discount, group: promotion}}
rates:
  - {{name: coupon, component: coupon, model: percentage, settings: {{percent: 40}}}}
  - {{name: full_reduction, component: full_reduction, model: percentage, settings: {{percent: 70}}}}
"""


async def test_a_coupon_on_top_of_a_reduction_is_refused_with_the_order_that_loses(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, "promotion", COUPONS)
    reply = await east.graphql(PUBLISH, {"plan": "promotion"})
    assert reply.faults == [("BAD_USER_INPUT", "may_lose_money", ("guards", 0))]
    assert reply.errors[0]["message"] == (
        "Price plan 'promotion' passes its margin_floor of 0 %: an order of 1000.00 CNY comes to "
        "coupon 400.00, full_reduction 700.00, and -100.00 are left."
    )
    record = await order(east, "500.00")
    simulate = """
    { simulatePlan(plan: "promotion", from: "2026-06-01T00:00:00+08:00", to: "2026-07-01T00:00:00+08:00") {
        events loss breaches { guard outcome count } records { record after } } }
    """
    assert (await east.data(simulate))["simulatePlan"] == {
        "events": 1,
        "loss": "50.00",
        "breaches": [{"guard": "margin_floor", "outcome": "block", "count": 1}],
        "records": [{"record": record, "after": "-50.00"}],
    }
    groups = [{"name": "promotion", "policy": "exclusive"}]
    await declare(east, "promotion", COUPONS, groups=groups)
    assert await publish(east, "promotion") == 1
    await declare(east, "promotion", COUPONS)
    assert await publish(east, "promotion", override="clearance, agreed with finance") == 2
    versions = await east.data('{ pricePlanVersions(plan: "promotion") { note } }')
    assert versions["pricePlanVersions"][0]["note"] == "Overridden: clearance, agreed with finance"


PROPOSE = """
mutation($plan: String!, $note: String!) { made: proposePricePlan(plan: $plan, note: $note) { moved askedBy } }
"""
DECIDE = """
mutation($plan: String!, $approve: Boolean!) { made: decidePricePlan(plan: $plan, approve: $approve) { note } }
"""


async def test_what_moves_more_than_a_plan_says_is_published_by_two_people(tenants: Tenants) -> None:
    east = tenants.east
    other = await Office(east).hire("other", "administrator")
    four_eyes = {"above": "2000", "days": 30}
    await declare(east, "rebate", REBATE, four_eyes=four_eyes)
    yesterday = (tenants.services.clock.now() - timedelta(days=1)).date().isoformat()
    record = await order(east, "200000.00", yesterday)

    def ladder(percent: str, **more: Any) -> dict[str, Any]:
        (rate,) = yaml.safe_load(REBATE)["rates"]
        tiers = [{"percent": 0}, {"lower": 100000, "percent": percent}]
        return {"four_eyes": four_eyes, "rates": [{**rate, "settings": {"tiers": tiers}}], **more}

    async def refused(query: str, **given: Any) -> list[tuple[str, str]]:
        found = await east.faults(query, {"plan": "rebate", **given})
        return [(code, reason) for code, reason, _ in found]

    async def versions() -> list[tuple[int, str | None]]:
        query = '{ found: pricePlanVersions(plan: "rebate") { number publishedBy } }'
        return [(one["number"], one["publishedBy"]) for one in (await east.data(query))["found"]]

    # The first version alone would have moved 10,000.00 of the past days.
    needed = [("CONFLICT", "approval_needed")]
    assert await refused(PUBLISH) == needed
    assert await refused(DECIDE, approve=True) == [("CONFLICT", "nothing_asked")]
    assert await refused(PROPOSE, note=" ") == [("BAD_USER_INPUT", "missing")]
    asked = (await east.data(PROPOSE, {"plan": "rebate", "note": "a ladder"}))["made"]
    assert asked == {"moved": "10000.00", "askedBy": east.admin.id}
    assert await refused(DECIDE, approve=True) == [("FORBIDDEN", "own_request")]
    proposals = await east.data("{ pricePlanProposals { plan note moved } }")
    assert proposals["pricePlanProposals"] == [{"plan": "rebate", "note": "a ladder", "moved": "10000.00"}]
    assert await refused('mutation($plan: String!) { settle(plan: $plan, record: "' + record + '") { key } }') == [
        ("NOT_FOUND", "unknown_version")
    ]
    await east.data(DECIDE, {"plan": "rebate", "approve": True}, person=other)
    assert await versions() == [(1, other.id)]

    # 5 % to 6 % moves 2,000.00, which one may publish; a fen more takes two, whatever the change says of that itself.
    await declare(east, "rebate", REBATE, **ladder("6"))
    assert await publish(east, "rebate") == 2
    await declare(east, "rebate", REBATE, **ladder("7.000005", four_eyes=None))
    assert await refused(PUBLISH) == needed
    body = {"name": "rebate", **yaml.safe_load(REBATE), **ladder("9", four_eyes=None, live=True)}
    live = {"price_plans": [body]}
    assert [reason for _, reason, _ in await east.faults(APPLY, {"document": live}, path="/metadata")] == [
        "approval_needed"
    ]
    body["four_eyes"] = four_eyes
    assert [reason for _, reason, _ in await east.faults(APPLY, {"document": live}, path="/metadata")] == [
        "four_eyes_live"
    ]
    await east.data(PROPOSE, {"plan": "rebate", "note": "more"})
    await east.data(DECIDE, {"plan": "rebate", "approve": False}, person=other)
    assert await versions() == [(2, east.admin.id), (1, other.id)]

    # What was asked for before another version was published is asked for again.
    await east.data(PROPOSE, {"plan": "rebate", "note": "more"})
    await declare(east, "rebate", REBATE, **ladder("6.5"))
    assert await publish(east, "rebate") == 3
    found = await east.faults(DECIDE, {"plan": "rebate", "approve": True}, person=other)
    assert [reason for _, reason, _ in found] == ["proposal_outdated"]
    audited = "{ auditLog(filter: {kinds: [PRICE_PROPOSED]}, first: 9) { detail } }"
    log = (await east.data(audited, path="/metadata"))["auditLog"]
    assert [one["detail"]["done"] for one in log] == ["asked", "refused", "asked", "published", "asked"]


async def test_a_simulation_shows_what_payees_would_get_more(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, "rebate", REBATE)
    await publish(east, "rebate")
    big, small = await order(east, "200000.00"), await order(east, "60000.00")
    await order(east, "900000.00", "2026-07-01")
    higher = yaml.safe_load(REBATE)["rates"]
    higher[0]["settings"]["tiers"] = [{"percent": 1}, {"lower": 100000, "percent": 4}]
    await declare(east, "rebate", REBATE, rates=higher)
    simulate = """
    { simulatePlan(plan: "rebate", from: "2026-06-01T00:00:00+08:00", to: "2026-07-01T00:00:00+08:00") {
        events before { payout } after { payout }
        payees { difference } records { record difference } } }
    """
    assert (await east.data(simulate))["simulatePlan"] == {
        "events": 2,
        "before": {"payout": "10000.00"},
        "after": {"payout": "8600.00"},
        "payees": [{"difference": "-2000.00"}, {"difference": "600.00"}],
        "records": [
            {"record": small, "difference": "-600.00"},
            {"record": big, "difference": "2000.00"},
        ],
    }


@pytest.mark.parametrize(
    ("facts", "faults"),
    [
        ({"bases": {"gross": "-1"}}, [("negative_amount", ("facts", "bases", "gross"))]),
        ({"quantity": "-2"}, [("negative_quantity", ("facts", "quantity"))]),
        ({"bases": {"brutto": "1"}}, [("unknown_name", ("facts", "bases", "brutto"))]),
        ({"bases": {"gross": "1e30"}}, [("amount_too_large", ("facts", "bases", "gross"))]),
        (
            {"bases": {"gross": "x"}, "clocks": {"ordered_at": "yesterday"}},
            [("wrong_type", ("facts", "bases", "gross")), ("bad_date", ("facts", "clocks", "ordered_at"))],
        ),
    ],
)
async def test_bad_facts_are_told_together(tenants: Tenants, facts: Any, faults: Any) -> None:
    await declare(tenants.east, "rebate", REBATE, live=True)
    ask = 'query($facts: PriceFacts!) { priceOf(plan: "rebate", facts: $facts) { key } }'
    found = await tenants.east.faults(ask, {"facts": facts})
    assert [(reason, path) for _, reason, path in found] == faults
    assert (await tenants.east.data(ask, {"facts": {"bases": {"gross": "90071992547409.93"}}})) == {
        "priceOf": {"key": "facts"}
    }


async def test_an_order_in_another_currency_is_not_mixed_in(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, "rebate", REBATE, live=True)
    record = await order(east, "5.00", currency="USD")
    found = await east.faults('query($r: ID!) { priceOf(plan: "rebate", record: $r) { key } }', {"r": record})
    assert found == [("BAD_USER_INPUT", "currency_mix", ())]


async def test_prices_are_each_tenants_own_and_drafts_the_configurers(tenants: Tenants) -> None:
    east, west = tenants.both
    await declare(east, "rebate", REBATE, live=True)
    record = await order(east, "100000.01")
    ask = 'query($r: ID!, $d: Boolean) { priceOf(plan: "rebate", record: $r, draft: $d) { key } }'
    assert await west.faults(ask, {"r": record}) == [("NOT_FOUND", "unknown_version", ("plan",))]
    await declare(west, "rebate", REBATE, live=True)
    assert await west.faults(ask, {"r": record}) == [("NOT_FOUND", "unknown_record", ("record",))]
    assert await east.data(ask, {"r": record}, person=east.member) == {"priceOf": {"key": record}}
    refused = await east.faults(ask, {"r": record, "d": True}, person=east.member)
    assert refused == [("FORBIDDEN", "not_administrator", ())]


async def test_renaming_a_component_takes_its_rates_along(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, "rebate", REBATE)
    change = {"op": "RENAME", "kind": "price_component", "parent": "rebate", "name": "rebate", "to": "bonus"}
    await east.data(
        "mutation($changes: [MetadataChange!]!) { applyMetadata(changes: $changes) { version } }",
        {"changes": [change]},
        path="/metadata",
    )
    assert await publish(east, "rebate") == 1
    versions = await east.data('{ pricePlanVersions(plan: "rebate") { definition } }')
    definition = versions["pricePlanVersions"][0]["definition"]
    assert [one["name"] for one in definition["components"]] == ["bonus"]
    assert [one["component"] for one in definition["rates"]] == ["bonus"]
