"""What the templates settle by themselves: statements of shops with their channels, handed in and revised."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding
from tests.scenarios.test_settlement import rows_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
STATEMENTS = """
{ settlementRequests(orderBy: [{revision: ASC}]) { nodes {
    id status revision turnover { amount } amount { amount } store { name }
    lines { nodes { channel component amount { amount } } } } } }
"""
EXPORT = """
mutation { startExport(object: "settlementLine", fields: ["orderNo", "channel", "component", "amount.amount"],
    filter: {component: {eq: "commission"}}, orderBy: [{amount: DESC}], format: CSV) { id } }
"""
HAND_IN = """
mutation($id: ID!, $payee: String) {
  updateSettlementRequest(id: $id, input: {status: SUBMITTED, payee: $payee}) { id } }
"""


class Shops:
    """Two shops of a chain, each with its manager."""

    def __init__(self, company: Company, timeline: Timeline) -> None:
        self.company, self.timeline, self.tenant = company, timeline, company.tenant

    async def open(self, code: str, superior: Person) -> tuple[str, Person]:
        person = await self.company.hire(code, "store_manager")
        await self.company.change("User", person.id, superiorId=superior.id)
        store = await self.tenant.create("Store", code=code, name=code)
        guide = await self.tenant.create("Guide", employeeNo=code, name=code, accountId=person.id, storeId=store)
        await self.company.change("Store", store, managerId=guide)
        return store, person

    async def order(self, store: str, yuan: str, channel: str) -> str:
        at = self.timeline.now.isoformat()
        amount = {"amount": yuan}
        return await self.tenant.create(
            "Order", storeId=store, amount=amount, channel=channel, orderedAt=at, paidAt=at, status="PAID"
        )

    async def statements(self, person: Person) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.tenant.data(STATEMENTS, person=person))["settlementRequests"]["nodes"]
        return found

    async def exported(self, person: Person) -> list[list[str]]:
        made = (await self.tenant.data(EXPORT, person=person))["startExport"]
        await self.timeline.settle()
        told = "query($id: ID!) { export(id: $id) { url } }"
        url = (await self.tenant.data(told, made, person=person))["export"]["url"]
        rows = rows_of((await self.tenant.client.get(url)).content, "CSV")
        return [row[1:4] for row in rows[1:]]


async def test_a_shop_has_its_statement_next_morning_by_channel_and_hands_it_in(
    timeline: Timeline, company_of: Founding
) -> None:
    shops = Shops(await company_of("retail_chain"), timeline)
    company, tenant = shops.company, shops.tenant
    region = await company.staff("regional_manager")
    (here, manager), (there, other) = await shops.open("S1", region), await shops.open("S2", region)
    first = (timeline.now.astimezone(SHANGHAI).replace(day=1) + timedelta(days=40)).replace(day=1)
    noon = datetime(first.year, first.month, 11, 12, tzinfo=SHANGHAI)
    await timeline.until(noon)
    await shops.order(here, "1000.00", "STORE")
    await shops.order(here, "500.00", "LIVE")
    await shops.order(there, "70.00", "TAOBAO")

    # From midnight on, each manager has their own: the fee of two orders, 5 % of one, and 12 % of the live stream.
    await timeline.until(noon + timedelta(hours=12) - timedelta(seconds=1))
    assert await shops.statements(manager) == []
    await timeline.until(noon + timedelta(hours=12))
    (draft,) = await shops.statements(manager)
    assert (draft["store"]["name"], draft["status"], draft["revision"]) == ("S1", "DRAFT", 1)
    assert (draft["turnover"]["amount"], draft["amount"]["amount"]) == ("1500.00", "114.00")
    lines = [(one["channel"], one["component"], one["amount"]["amount"]) for one in draft["lines"]["nodes"]]
    assert sorted(lines, key=str) == [
        ("live", "base_fee", "2.00"), ("live", "commission", "60.00"), ("live", None, "500.00"),
        ("store", "base_fee", "2.00"), ("store", "commission", "50.00"), ("store", None, "1000.00"),
    ]  # fmt: skip
    assert [one["store"]["name"] for one in await shops.statements(other)] == ["S2"]
    assert await shops.exported(manager) == [["live", "commission", "60.00"], ["store", "commission", "50.00"]]

    # It grows with the month; handed in it stays, and what comes then is a revision of it.
    await timeline.until(noon + timedelta(days=1))
    await shops.order(here, "100.00", "STORE")
    await timeline.until(noon + timedelta(days=2))
    (grown,) = await shops.statements(manager)
    assert (grown["id"], grown["amount"]["amount"], len(grown["lines"]["nodes"])) == (draft["id"], "121.00", 9)
    refused = await tenant.faults(HAND_IN, {"id": grown["id"]}, person=manager)
    assert refused == [("BAD_USER_INPUT", "validation", ("input", "payee"))]
    await tenant.data(HAND_IN, {"id": grown["id"], "payee": "S1"}, person=manager)
    await timeline.settle()
    assert [task["node"] for task in await company.tasks(region)] == ["superior"]
    await shops.order(here, "10.00", "LIVE")
    await timeline.until(noon + timedelta(days=3))
    handed_in, revision = await shops.statements(manager)
    assert (handed_in["status"], handed_in["amount"]["amount"]) == ("SUBMITTED", "121.00")
    assert (revision["status"], revision["revision"], revision["amount"]["amount"]) == ("DRAFT", 2, "124.20")
    assert (len(handed_in["lines"]["nodes"]), len(revision["lines"]["nodes"])) == (9, 12)

    # Points of members are counted by what they are given for, and nobody types them.
    member = await tenant.create("Customer", name="会员", storeId=here)
    give = (
        """mutation($r: ID!) { giveBenefit(benefit: "retail_points", record: $r, amount: "120", key: "1") { key } }"""
    )
    await tenant.data(give, {"r": member})
    assert await company.values("customer", member, "points") == {"points": 120}
    typed = "mutation($id: ID!) { updateCustomer(id: $id, input: {points: 5}) { id } }"
    refused = await tenant.faults(typed, {"id": member}, person=manager)
    assert refused == [("BAD_USER_INPUT", "invalid_operation", ())]
