"""What a tenant pays: metered by the server, charged by a price plan of the operator's own tenant."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from server.identity.usage import Asked, Usage, usage_of
from tests.fixtures.tenants import Tenant, Tenants
from tests.scenarios.settlement import APPLY

OPERATOR: dict[str, Any] = {
    "objects": [
        {
            "name": "tenant_usage",
            "plural": "tenant_usages",
            "display": "tenant",
            "fields": [
                {"name": "tenant", "type": "text", "required": True},
                {"name": "month", "type": "date", "required": True},
                {"name": "meter", "type": "text", "required": True},
                {"name": "quantity", "type": "decimal", "required": True},
            ],
            "uniques": [{"name": "once", "fields": ["tenant", "month", "meter"]}],
        }
    ],
    "price_plans": [
        {
            "name": "bill",
            "object": "tenant_usage",
            "live": True,
            "party": "tenant",
            "quantity": "quantity",
            "clocks": [{"name": "month", "value": "month"}],
            "dimensions": [{"name": "meter", "value": "meter"}],
            "components": [
                {"name": name, "kind": "price", "when": f'meter == "{meter}"'}
                for name, meter in (
                    ("service", "days"),
                    ("users", "seats"),
                    ("customers", "count customer"),
                    ("orders", "created order"),
                    ("forecast", "module forecast"),
                )
            ],
            "rates": [
                {"name": "a_day", "component": "service", "model": "per_unit", "settings": {"price": "1.5"}},
                {"name": "a_user", "component": "users", "model": "per_unit", "settings": {"price": "30"}},
                {"name": "ladder", "component": "customers", "model": "graduated",
                 "settings": {"tiers": [{"price": 0}, {"lower": 2, "price": "10"}, {"lower": 4, "price": "5"}]}},
                {"name": "tens", "component": "orders", "model": "package",
                 "settings": {"size": 2, "price": "4", "free": 1}},
                {"name": "a_module", "component": "forecast", "model": "flat", "settings": {"amount": "99"}},
            ],
        }
    ],
}  # fmt: skip
PUT = """mutation($inputs: [CreateTenantUsageInput!]!) {
    upsertTenantUsages(by: [ONCE], inputs: $inputs) { id } }"""
RUN = """mutation($from: DateTime!, $to: DateTime!) {
    made: settlePeriod(plan: "bill", from: $from, to: $to) { settled known } }"""
BILL = """query($month: Date!) { found: settlementStatement(plan: "bill", by: "party", holder: "west", period: $month) {
    totals { component amount } } }"""


async def metered(tenant: Tenant, month: date, *modules: str) -> list[Usage]:
    model = (await tenant.services.tenants.get(tenant.id)).model
    asked = Asked(month, counted=["customer", "unheard_of"], created=["order"])
    async with tenant.services.connections.acquire(tenant.id) as connection:
        return await usage_of(connection, model, modules, asked)


async def test_days_users_customers_and_services_of_a_tenant_are_metered_and_billed_by_a_plan(tenants: Tenants) -> None:
    operator, west = tenants.east, tenants.west
    await operator.data(APPLY, {"document": OPERATOR}, path="/metadata")
    now = tenants.services.clock.now().astimezone(ZoneInfo("America/New_York"))
    month = now.date().replace(day=1)
    after = (month + timedelta(days=31)).replace(day=1)
    customers = [await west.create("Customer", name=name) for name in "abcdef"]
    for customer in customers[:4]:
        await west.create("Order", customerId=customer)
    await operator.create("Customer", name="another tenant's")

    # The days from the one on which it was made, and what there is and was of the month, none of another tenant's.
    days = (after - now.date()).days
    found = {one.meter: one.quantity for one in await metered(west, month, "forecast")}
    assert found == {"days": days, "seats": 2, "module forecast": 1, "count customer": 6, "created order": 4}
    before = {one.meter: one.quantity for one in await metered(west, (month - timedelta(days=1)).replace(day=1))}
    assert before == {"days": 0, "seats": 2, "count customer": 0, "created order": 0}

    # Sent twice it is there once; the plan charges it by ladder, by tens, by days and per head.
    inputs = [
        {"tenant": "west", "month": month.isoformat(), "meter": meter, "quantity": str(quantity)}
        for meter, quantity in found.items()
    ]
    for _ in range(2):
        await operator.data(PUT, {"inputs": inputs})
    zone = ZoneInfo("Asia/Shanghai")
    span = {
        name: datetime.combine(day, datetime.min.time(), zone).isoformat()
        for name, day in (("from", month), ("to", after))
    }
    assert (await operator.data(RUN, span))["made"] == {"settled": 5, "known": 0}
    assert (await operator.data(RUN, span))["made"] == {"settled": 0, "known": 5}
    totals = (await operator.data(BILL, {"month": month.isoformat()}))["found"]["totals"]
    assert {one["component"]: Decimal(one["amount"]) for one in totals} == {
        "service": Decimal("1.5") * days,
        "users": Decimal("60.00"),
        "customers": Decimal("30.00"),  # two free, two at 10, two at 5
        "orders": Decimal("8.00"),  # one free, two packages for three
        "forecast": Decimal("99.00"),
    }
