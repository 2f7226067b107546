"""Orders, invoices and collection in one chain; collection by region; campaigns that cost more than they bring.

Rows SP-23, SP-27 and SP-28 of a chain of shops, in one company.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding
from tests.scenarios.ruled import told

SHANGHAI = ZoneInfo("Asia/Shanghai")

COLLECTION = "{ regions(orderBy: [{code: ASC}]) { nodes { code dueThisMonth collectedThisMonth collectionProgress } } }"
DRILLED = """
query($id: ID!) { campaign(id: $id) {
  health healthReason refundRate roi
  orders(filter: {refunds: {some: {status: {eq: REFUNDED}}}}) { nodes { id refunds { nodes { amount { amount } } } } }
} }
"""


class Chain:
    """Two regions with a shop each."""

    def __init__(self, company: Company, timeline: Timeline) -> None:
        self.company, self.timeline = company, timeline
        self.tenant, self.create = company.tenant, company.tenant.create

    async def begin(self) -> None:
        self.stores = {}
        for code in ("EAST", "WEST"):
            region = await self.create("Region", code=code, name=code)
            self.stores[code] = await self.create("Store", code=code, name=code, regionId=region)

    async def order(self, amount: str, store: str = "EAST", **values: Any) -> str:
        return await self.create("Order", storeId=self.stores[store], amount=yuan(amount), **values)

    async def pay(self, order: str, amount: str) -> None:
        at = self.timeline.now.isoformat()
        await self.create("Payment", orderId=order, amount=yuan(amount), status="SUCCEEDED", paidAt=at)

    async def give_back(self, order: str, amount: str) -> None:
        at = self.timeline.now.isoformat()
        await self.create("Refund", orderId=order, amount=yuan(amount), status="REFUNDED", refundedAt=at)

    async def morning(self) -> None:
        """Past eight in the morning of the next day."""
        day = self.timeline.now.astimezone(SHANGHAI).date() + timedelta(days=1)
        await self.timeline.until(datetime.combine(day, datetime.min.time(), SHANGHAI).replace(hour=8))


def yuan(amount: str) -> dict[str, str]:
    return {"amount": amount}


async def test_receivables_collection_and_campaigns_of_a_chain(timeline: Timeline, company_of: Founding) -> None:
    chain = Chain(await company_of("retail_chain"), timeline)
    await chain.begin()
    await the_receivable_follows_from_order_invoice_and_payments(chain)
    await collection_is_told_by_region_since_the_first_of_the_month(chain)
    await a_campaign_turns_red_or_orange_with_the_reason(chain)


async def the_receivable_follows_from_order_invoice_and_payments(chain: Chain) -> None:
    """SP-27."""
    order = await chain.order("100.00")
    invoice: dict[str, Any] = {"invoiceNo": "F1", "invoicedAt": chain.timeline.now.isoformat()}

    async def state() -> str:
        found: str = (await chain.company.values("order", order, "receivableState"))["receivableState"]
        return found

    states = [await state()]
    change = "mutation($id: ID!, $v: UpdateOrderInput!) { updateOrder(id: $id, input: $v) { id } }"
    for wrong, field in (({**invoice, "invoicedAmount": yuan("100.01")}, "invoicedAmount"), (invoice, "invoiceNo")):
        faults = await chain.tenant.faults(change, {"id": order, "v": wrong})
        assert faults == [("BAD_USER_INPUT", "validation", ("input", field))]
    await chain.company.change("Order", order, **invoice, invoicedAmount=yuan("100.00"))
    states.append(await state())
    for amount in ("99.99", "0.01"):
        await chain.pay(order, amount)
        states.append(await state())
    assert states == ["to_invoice", "to_collect", "partly_collected", "settled"]
    unbilled = await chain.order("5.00", "WEST")
    await chain.pay(unbilled, "5.00")
    gone = await chain.order("7.00", "WEST", status="CANCELLED")
    query = "{ orders(orderBy: [{amount: ASC}]) { nodes { id receivableState } } }"
    nodes = (await chain.tenant.data(query))["orders"]["nodes"]
    assert {one["id"]: one["receivableState"] for one in nodes} == {
        order: "settled", unbilled: "collected_uninvoiced", gone: "none"
    }  # fmt: skip


async def collection_is_told_by_region_since_the_first_of_the_month(chain: Chain) -> None:
    """SP-28: no order of the month before; a regional manager sees their own region's, who only sells none."""
    first = chain.timeline.now.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    await chain.order("60.00", orderedAt=first.isoformat())
    await chain.order("900.00", orderedAt=(first - timedelta(seconds=1)).isoformat())
    accountant, guide = [await chain.company.staff(role) for role in ("accountant", "guide")]
    found = (await chain.tenant.data(COLLECTION, person=accountant))["regions"]["nodes"]
    assert [[str(value) for value in one.values()] for one in found] == [
        ["EAST", "160.00", "100.00", "62.5"], ["WEST", "5.00", "5.00", "100.0"],
    ]  # fmt: skip
    manager = await chain.company.staff("regional_manager")
    assign = 'mutation($id: ID!) { updateRegions(filter: {code: {eq: "EAST"}}, input: {managerId: $id}) { count } }'
    await chain.tenant.data(assign, {"id": manager.id})
    found = (await chain.tenant.data(COLLECTION, person=manager))["regions"]["nodes"]
    assert [[one and str(one) for one in row.values()] for row in found] == [
        ["EAST", "160.00", "100.00", "62.5"], ["WEST", None, None, None],
    ]  # fmt: skip
    refused = await chain.tenant.faults(COLLECTION, person=guide)
    assert {fault[1] for fault in refused} == {"invalid_operation"}


async def a_campaign_turns_red_or_orange_with_the_reason(chain: Chain) -> None:
    """SP-23: at its lines a campaign is fine; past them it has a colour, a reason, and the refunds behind it."""
    marketing = await chain.company.staff("marketing_manager")
    now = chain.timeline.now
    span = {"startsAt": (now - timedelta(days=1)).isoformat(), "endsAt": (now + timedelta(days=60)).isoformat()}
    many, low = [
        await chain.create("Campaign", name=name, status="RUNNING", budget=yuan("100.00"), **span)
        for name in ("退", "亏")
    ]
    orders = [await chain.order("250.00", status="COMPLETED", campaignId=one) for one in (many, low)]
    await chain.give_back(orders[0], "25.00")  # 10 % of 250
    await chain.give_back(orders[1], "25.00")
    await chain.order("0.01", status="COMPLETED", campaignId=low)

    async def health(campaign: str) -> tuple[str, str | None]:
        found = await chain.company.values("campaign", campaign, "health healthReason")
        return found["health"], found["healthReason"]

    await chain.morning()
    assert [await health(one) for one in (many, low)] == [("FINE", None)] * 2
    await chain.give_back(orders[0], "0.03")
    await chain.company.change("Campaign", low, budget=yuan("112.51"))
    await chain.morning()
    assert await health(many) == ("MANY_REFUNDS", "退款率 10.01% 高于 10%")
    await chain.company.change("Campaign", low, budget=yuan("113.00"))
    await chain.morning()
    assert await health(low) == ("LOW_RETURN", "投产比 1.99 低于 2")
    assert await told(chain.company, marketing) == ["活动预警：退", "活动预警：亏"]
    found = (await chain.tenant.data(DRILLED, {"id": many}))["campaign"]
    assert [one["id"] for one in found["orders"]["nodes"]] == [orders[0]]
    assert len(found["orders"]["nodes"][0]["refunds"]["nodes"]) == 2
