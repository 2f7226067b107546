"""The ledger through the public API: booked once, in any order, taken back as recorded, closed, verified."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest

from server.audit.sealing import Sealer
from server.pricing.verifying import LedgerVerifier
from tests.fixtures.tenants import Tenant, Tenants
from tests.server.pricing.test_prices_through_the_api import REBATE, declare

SHARED = f"""
{REBATE}
live: true
"""
SHARES = [{"payee": "customer.name", "percent": "66.6"}, {"payee": "store.name", "percent": "33.4", "residue": True}]
BOOKING = "{ key kind version period originalPeriod entries { component account payee amount } }"
SETTLE = f'mutation($r: ID!) {{ made: settle(plan: "rebate", record: $r) {BOOKING} }}'
REFUND = f"""
mutation($of: String!, $key: String!, $amount: Decimal) {{
  made: refundSettlement(plan: "rebate", of: $of, key: $key, amount: $amount) {BOOKING}
}}
"""
BALANCES = """
query($period: Date) { settlementBalances(plan: "rebate", period: $period) { account payee amount } }
"""


async def start(tenant: Tenant, **component: Any) -> tuple[str, str]:
    """The plan, live, with a customer and a store that share the rebate."""
    components = [{"name": "rebate", "kind": "rebate", "switch": "retroactive_period", "shares": SHARES, **component}]
    await declare(tenant, "rebate", SHARED, components=components)
    return await tenant.create("Customer", name="王"), await tenant.create("Store", name="朝阳")


async def sale(tenant: Tenant, who: tuple[str, str], yuan: str, day: str) -> str:
    customer, store = who
    at = f"{day}T09:00:00+08:00"
    amount = {"amount": yuan, "currency": "CNY"}
    return await tenant.create("Order", customerId=customer, storeId=store, amount=amount, orderedAt=at)


async def settle(tenant: Tenant, record: str) -> Any:
    return (await tenant.data(SETTLE, {"r": record}))["made"]


async def due(tenant: Tenant, period: str | None = None) -> dict[str, str]:
    """What is due to each payee."""
    found = (await tenant.data(BALANCES, {"period": period}))["settlementBalances"]
    return {one["payee"]: one["amount"].removeprefix("-") for one in found if one["account"] == "payable"}


async def test_what_is_booked_is_the_same_in_every_order(tenants: Tenants) -> None:
    east = tenants.east
    _, store = await start(east)
    for order in itertools.permutations(range(3)):
        name = f"客{order}"
        who = (await east.create("Customer", name=name), store)
        records = [
            await sale(east, who, yuan, day)
            for yuan, day in (("60000.00", "2030-06-05"), ("70000.01", "2030-06-10"), ("0.05", "2030-06-20"))
        ]
        for place in order:
            await settle(east, records[place])
        assert (await due(east))[name] == "4329.00", "66.6 % of 5 % of 130,000.06"


async def test_it_is_booked_once_and_never_with_other_facts(tenants: Tenants) -> None:
    east = tenants.east
    who = await start(east)
    record = await sale(east, who, "200000.00", "2030-06-05")
    first = await settle(east, record)
    assert first == await settle(east, record)
    assert first["entries"] == [
        {"component": "rebate", "account": "payable", "payee": "朝阳", "amount": "-3340.00"},
        {"component": "rebate", "account": "expense", "payee": None, "amount": "3340.00"},
        {"component": "rebate", "account": "payable", "payee": "王", "amount": "-6660.00"},
        {"component": "rebate", "account": "expense", "payee": None, "amount": "6660.00"},
    ]
    update = 'mutation($id: ID!) { updateOrder(id: $id, input: {amount: {amount: "1", currency: "CNY"}}) { id } }'
    await east.data(update, {"id": record})
    assert await east.faults(SETTLE, {"r": record}) == [("CONFLICT", "other_payload", ("key",))]
    assert await due(east) == {"朝阳": "3340.00", "王": "6660.00"}


@pytest.mark.parametrize("parts", [[None], ["0.01", None], ["33333.33", "66666.66", None]])
async def test_a_sale_and_its_refunds_leave_nothing_with_anybody(tenants: Tenants, parts: list[str | None]) -> None:
    east = tenants.east
    who = await start(east)
    small = await sale(east, who, "50000.00", "2030-06-01")
    big = await sale(east, who, "200000.00", "2030-06-05")
    await settle(east, small)
    await settle(east, big)
    assert await due(east) == {"朝阳": "4175.00", "王": "8325.00"}
    for place, part in enumerate(parts):
        made = (await east.data(REFUND, {"of": big, "key": f"r{place}", "amount": part}))["made"]
        assert made["kind"] == "REFUND"
    assert await due(east) == {"朝阳": "0.00", "王": "0.00"}, "50,000 alone earns nothing"
    again = await east.faults(REFUND, {"of": big, "key": "more", "amount": "0.01"})
    assert again == [("BAD_USER_INPUT", "refund_too_large", ("amount",))]
    assert (await east.data(REFUND, {"of": big, "key": "r0", "amount": parts[0]}))["made"]["key"] == "r0"
    assert await east.faults(REFUND, {"of": small, "key": "r0"}) == [("CONFLICT", "other_payload", ("key",))]


@pytest.mark.parametrize(("falling", "left"), [("recompute", "0.00"), ("keep_highest", "3330.00")])
async def test_below_a_tier_after_a_refund(tenants: Tenants, falling: str, left: str) -> None:
    east = tenants.east
    who = await start(east, falling=falling, switch="step_forward")
    first = await sale(east, who, "99999.00", "2030-06-01")
    second = await sale(east, who, "99999.99", "2030-06-05")
    for record in (first, second):
        await settle(east, record)
    assert (await due(east))["王"] == "3330.00"
    await east.data(REFUND, {"of": first, "key": "back"})
    assert (await due(east))["王"] == left, "99,999.99 alone reach no tier"


async def test_a_late_sale_leaves_a_closed_month_as_it_was(tenants: Tenants) -> None:
    east = tenants.east
    who = await start(east)
    await settle(
        east,
        await sale(east, who, "200000.00", "2030-06-05"),
    )
    close = 'mutation { closePeriod(plan: "rebate", period: "2030-06-01", reason: "month end") { period } }'
    assert (await east.data(close))["closePeriod"] == {"period": "2030-06-01"}
    assert await east.faults(close) == [("CONFLICT", "period_closed", ("period",))]
    before = await due(east, "2030-06-01")
    late = await settle(east, await sale(east, who, "100000.00", "2030-06-02"))
    assert late["originalPeriod"] == "2030-06-01" != late["period"]
    assert await due(east, "2030-06-01") == before
    assert (await due(east))["王"] == "9990.00"
    assert (await due(east, late["period"]))["王"] == "3330.00"


async def test_a_tier_that_is_reached_is_an_event(tenants: Tenants) -> None:
    east = tenants.east
    who = await start(east)
    await settle(east, await sale(east, who, "100000.01", "2030-06-05"))
    async with east.services.connections.acquire(east.id) as connection:
        rows = await connection.fetch(
            "select changes::text as changes from tangram.event where tenant_id = $1 and kind = 'tier_reached'", east.id
        )
    assert len(rows) == 1
    assert '"after": 2' in rows[0]["changes"].replace('"after":2', '"after": 2')


async def test_an_adjustment_has_a_reason_and_is_booked_once(tenants: Tenants) -> None:
    east = tenants.east
    await start(east)
    adjust = f"""
    mutation($amount: Decimal!, $reason: String!) {{
      made: adjustSettlement(
        plan: "rebate", component: "rebate", payee: "王", amount: $amount, reason: $reason, key: "a1"
      ) {BOOKING}
    }}
    """
    assert await east.faults(adjust, {"amount": "5", "reason": " "}) == [("BAD_USER_INPUT", "missing", ("reason",))]
    assert await east.faults(adjust, {"amount": "5.001", "reason": "x"}) == [
        ("BAD_USER_INPUT", "too_precise", ("amount",))
    ]
    for _ in range(2):
        await east.data(adjust, {"amount": "5", "reason": "goodwill"})
    assert await due(east) == {"王": "5.00"}
    refused = await east.faults(adjust, {"amount": "5", "reason": "x"}, person=east.member)
    assert refused[0][0] in ("BAD_USER_INPUT", "FORBIDDEN"), "it is not in a member's schema"


async def test_what_is_changed_behind_the_servers_back_is_found(tenants: Tenants) -> None:
    east = tenants.east
    who = await start(east)
    record = await sale(east, who, "200000.00", "2030-06-05")
    await settle(east, record)
    services = east.services
    await Sealer(services.connections, services.keys, services.clock).seal(east.id)
    verifier = LedgerVerifier(services.connections, services.keys)
    report = await verifier.verify(east.id)
    assert (report.is_whole, report.count) == (True, 1)
    assert (await verifier.verify(tenants.west.id)).is_whole
    async with services.connections.definer.acquire(east.id) as connection:
        await connection.execute(
            "update tangram.ledger_entry set amount = amount + sign(amount)::int where tenant_id = $1", east.id
        )
    changed = await verifier.verify(east.id)
    assert [problem for _, problem in changed.findings] == ["it, or an entry of it, is not what was booked"]
    async with services.connections.definer.acquire(east.id) as connection:
        await connection.execute("delete from tangram.ledger_entry where tenant_id = $1", east.id)
        await connection.execute("delete from tangram.price_booking where tenant_id = $1", east.id)
    assert [problem for _, problem in (await verifier.verify(east.id)).findings] == ["it was removed"]


async def test_another_tenants_bookings_are_not_found(tenants: Tenants) -> None:
    east, west = tenants.both
    record = await sale(east, await start(east), "200000.00", "2030-06-05")
    await settle(east, record)
    await start(west)
    ask = f'query($r: ID!) {{ explainSettlement(plan: "rebate", record: $r) {BOOKING} }}'
    assert await west.faults(ask, {"r": record}) == [("NOT_FOUND", "unknown_booking", ("record",))]
    assert await west.faults(SETTLE, {"r": record}) == [("NOT_FOUND", "unknown_record", ("record",))]
    assert await due(west) == {}
    found = (await east.data(ask, {"r": record}))["explainSettlement"]
    assert [one["kind"] for one in found] == ["SALE"]


async def test_a_run_books_a_span_of_time_once_and_agrees_with_the_simulation(tenants: Tenants) -> None:
    east = tenants.east
    who = await start(east)
    for yuan, day in (("60000.00", "2030-06-05"), ("70000.01", "2030-06-10"), ("0.05", "2030-06-20")):
        await sale(east, who, yuan, day)
    await settle(east, await sale(east, who, "12345.67", "2030-06-15"))
    await sale(east, who, "5.00", "2030-07-01")
    span = 'plan: "rebate", from: "2030-06-01T00:00:00+08:00", to: "2030-07-01T00:00:00+08:00"'
    run = f"mutation {{ settlePeriod({span}, first: 2) {{ settled known refused left }} }}"
    found = [(await east.data(run))["settlePeriod"] for _ in range(3)]
    assert [tuple(one.values()) for one in found] == [(2, 1, {}, 1), (1, 3, {}, 0), (0, 4, {}, 0)]
    data = await east.data(f"{{ simulatePlan({span}, version: 1) {{ events after {{ payout }} }} }}")
    assert data["simulatePlan"] == {"events": 4, "after": {"payout": "7117.29"}}
    assert sum(map(Decimal, (await due(east)).values())) == Decimal("7117.29")


@pytest.mark.parametrize("switch", ["marginal", "step_forward", "retroactive_period"])
async def test_the_set_based_run_agrees_with_what_was_booked_late_and_refunded(tenants: Tenants, switch: str) -> None:
    east = tenants.east
    who = await start(east, switch=switch)
    other = (await east.create("Customer", name="李"), who[1])
    for place, (customer, yuan, day) in enumerate(
        [(who, "60000.00", 20), (other, "150000.00", 3), (who, "70000.01", 5), (who, "0.05", 10), (other, "33.33", 1)]
    ):
        await settle(east, await sale(east, customer, yuan, f"2030-06-{day:02}"))
        if place == 2:
            record = await sale(east, who, "200000.00", "2030-06-07")
            await settle(east, record)
            await east.data(REFUND, {"of": record, "key": "some", "amount": "123456.78"})
    ask = '{ settlementDifferences(plan: "rebate") { party component wanted booked } }'
    assert await east.data(ask) == {"settlementDifferences": []}
    async with east.services.connections.definer.acquire(east.id) as connection:
        await connection.execute(
            "delete from tangram.ledger_entry where tenant_id = $1 and party = $2::text", east.id, other[0]
        )
    found = (await east.data(ask))["settlementDifferences"]
    assert {one["party"] for one in found} == {other[0]}
    assert {one["booked"] for one in found} == {"0.00"}
    assert sum(Decimal(one["wanted"]) for one in found) in (Decimal("2501.67"), Decimal("7500.00"), Decimal("7501.67"))
