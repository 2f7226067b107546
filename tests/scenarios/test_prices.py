"""Prices of a chain: packages by days, stacked offers that lose money, a change that is live in minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding

APPLY = "mutation($changes: [MetadataChange!]!) { done: applyMetadata(changes: $changes) { version } }"
PUBLISH = """
mutation($plan: String!, $override: String) { done: publishPricePlan(plan: $plan, override: $override) { number } }
"""
PRICE = """
query($plan: String!, $record: ID, $draft: Boolean) {
  priceOf(plan: $plan, record: $record, draft: $draft) { total version lines { component amount rate } }
}
"""


DECLARE = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
UNLOCKED = {
    "roles": [{"name": "analyst", "label": {"zh": "分析员", "en": "Analyst"}}],
    "policies": [
        {
            "name": "forecast_orders", "kind": "allow", "role": "analyst", "object": "order", "actions": ["read"],
            "condition": 'store.store_packages.some(package == "premium" && has(modules, "forecast")'
            " && starts_on <= today() && ends_on > today())",
        },
    ],
}  # fmt: skip
"""The module of forecasts in the premium package: orders are there for analysts while their store has it."""


async def priced(company: Company, plan: str, record: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await company.tenant.data(PRICE, {"plan": plan, "record": record, **more}))["priceOf"]
    return found


def update(plan: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"changes": [{"op": "UPDATE", "kind": "price_plan", "name": plan, "attributes": attributes}]}


async def shop(company: Company) -> str:
    region = await company.tenant.create("Region", code="HD", name="华东")
    return await company.tenant.create("Store", code="S1", name="社区店", area="300", regionId=region)


async def package(company: Company, store: str, kind: str, begins: str, ends: str, *modules: str) -> str:
    values = {"name": kind, "package": kind, "startsOn": begins, "endsOn": ends, "modules": list(modules)}
    return await company.tenant.create("StorePackage", storeId=store, **values)


async def order(company: Company, store: str, yuan: str, at: str, **values: Any) -> str:
    return await company.tenant.create(
        "Order", storeId=store, amount={"amount": yuan}, orderedAt=at, paidAt=at, status="PAID", **values
    )


async def test_a_community_store_saves_two_thousand_a_month_and_pays_by_the_day(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    store = await shop(company)

    async def total(record: str) -> str:
        return str((await priced(company, "service_package", record))["total"])

    before = await package(company, store, "PREMIUM", "2026-10-01", "2026-11-01")
    after = await package(company, store, "STANDARD", "2026-11-01", "2026-12-01")
    assert (await total(before), await total(after)) == ("5000.00", "3000.00")
    # A change on the 11th of December: ten days of one, twenty-one of the other.
    first = await package(company, store, "STANDARD", "2026-12-01", "2026-12-11")
    second = await package(company, store, "PREMIUM", "2026-12-11", "2027-01-01", "RECOMMENDATION", "FORECAST")
    assert await total(first) == "967.74"
    quote = await priced(company, "service_package", second)
    assert [(line["component"], line["amount"]) for line in quote["lines"] if line["rate"]] == [
        ("package_fee", "3387.10"), ("recommendation", "541.94"), ("forecast", "406.45"),
    ]  # fmt: skip
    # The month's statement has both, booked once however often it is run.
    run = """
    mutation { settlePeriod(plan: "service_package", from: "2026-12-01T00:00:00+08:00", to: "2027-01-01T00:00:00+08:00")
      { settled known refused } }
    """
    assert (await company.tenant.data(run))["settlePeriod"] == {"settled": 2, "known": 0, "refused": {}}
    assert (await company.tenant.data(run))["settlePeriod"] == {"settled": 0, "known": 2, "refused": {}}
    asked = '{ settlementBalances(plan: "service_package", period: "2026-12-01") { account payee component amount } }'
    found = (await company.tenant.data(asked))["settlementBalances"]
    assert {one["component"]: one["amount"] for one in found if one["account"] == "receivable"} == {
        "package_fee": "4354.84", "recommendation": "541.94", "forecast": "406.45",
    }  # fmt: skip

    # What a package unlocks is a policy that asks for it: an upgrade counts with the next request, and ends by its day.
    await company.tenant.data(DECLARE, {"document": UNLOCKED}, path="/metadata")
    analyst = await company.staff("analyst")
    await order(company, store, "100", "2026-11-01T12:00:00+08:00")
    today = timeline.now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    other = await company.tenant.create("Store", code="S2", name="另一家", area="100")

    async def seen() -> int:
        return len((await company.tenant.data("{ orders { nodes { id } } }", person=analyst))["orders"]["nodes"])

    async def has(kind: str, at: str, *modules: str) -> int:
        await package(company, at, kind, today.isoformat(), (today + timedelta(days=2)).isoformat(), *modules)
        return await seen()

    assert await has("BASIC", store) == 0
    assert await has("PREMIUM", other, "FORECAST") == 0  # that is another store's
    assert await has("STANDARD", store, "RECOMMENDATION") == 0
    assert await has("PREMIUM", store, "FORECAST") == 1
    await timeline.set(timeline.now + timedelta(days=2))
    assert await seen() == 0
    await what_is_used_is_counted_charged_and_told_on_one_bill(timeline, company, store, other)


METERS = """
{ storePackages(filter: {meter: {ne: PACKAGE}, startsOn: {eq: "2027-01-02"}}, orderBy: [{meter: ASC}]) {
    nodes { id meter quantity package name } } }
"""
BILL = """
query($store: String!, $month: Date!) {
  settlementStatement(plan: "service_package", by: "party", holder: $store, period: $month) {
    totals { component amount } lines { component amount marks } }
  settlementFigures(plan: "service_package", by: ["party", "package"], from: "2027-01-01T00:00:00+08:00") {
    keys { value } charged margin }
}
"""


async def what_is_used_is_counted_charged_and_told_on_one_bill(
    timeline: Timeline, company: Company, store: str, other: str
) -> None:
    """BL-03 to BL-05: customers by a ladder, services by tens, and what is left, by store and package."""
    tenant = company.tenant
    rates = {"customer_ladder": {"tiers": [{"price": 0}, {"lower": "0.1", "price": 10}]},
             "service_tens": {"size": 2, "price": 20, "free": 1}}  # fmt: skip
    change: dict[str, Any] = {"op": "UPDATE", "kind": "price_rate", "parent": "service_package"}
    changes = [{**change, "name": name, "attributes": {"settings": one}} for name, one in rates.items()]
    await tenant.data(APPLY, {"changes": changes}, path="/metadata")
    begins = datetime(2027, 1, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
    ends = begins + timedelta(days=3)
    await timeline.until(begins)
    await package(company, store, "STANDARD", "2027-01-02", "2027-01-05")
    for place in range(3):
        await tenant.create("Customer", name=f"客{place}", storeId=store)
    await tenant.create("Customer", name="别店的", storeId=other)
    for at in (
        begins - timedelta(seconds=1),
        begins,
        *[begins + timedelta(hours=1)] * 2,
        ends - timedelta(seconds=1),
        ends,
    ):
        await tenant.create("Ticket", title="咨询", storeId=store, openedAt=at.isoformat())

    # The night after its last day, and once: what there was of the store's in its days, the first instant to the last.
    await timeline.until(ends + timedelta(minutes=30) - timedelta(seconds=1))
    assert (await tenant.data(METERS))["storePackages"]["nodes"] == []
    await timeline.until(ends + timedelta(days=2))
    customers, services = (await tenant.data(METERS))["storePackages"]["nodes"]
    assert [(one["meter"], one["quantity"], one["package"]) for one in (customers, services)] == [
        ("CUSTOMERS", "3.00", "STANDARD"), ("SERVICES", "4.00", "STANDARD"),
    ]  # fmt: skip
    await company.change("StorePackage", services["id"], cost={"amount": "15.00"})

    # 3 of 31 days: a package, three customers above a tenth of a month's, and of four services three that are not free.
    run = """mutation { settlePeriod(plan: "service_package",
        from: "2027-01-01T00:00:00+08:00", to: "2027-02-01T00:00:00+08:00") { settled known } }"""
    assert (await tenant.data(run))["settlePeriod"] == {"settled": 3, "known": 0}
    bill = await tenant.data(BILL, {"store": store, "month": "2027-01-01"})
    assert {one["component"]: one["amount"] for one in bill["settlementStatement"]["totals"]} == {
        "package_fee": "290.32", "customer_fee": "1.90", "service_fee": "40.00",
    }  # fmt: skip
    assert {one["marks"]["meter"] for one in bill["settlementStatement"]["lines"]} == {
        "package",
        "customers",
        "services",
    }
    (figures,) = bill["settlementFigures"]
    assert [one["value"] for one in figures["keys"]] == [store, "standard"]
    assert (figures["charged"], figures["margin"]) == ("332.22", "317.22")
    differences = '{ settlementDifferences(plan: "service_package") { party } }'
    assert (await tenant.data(differences))["settlementDifferences"] == []


async def test_offers_that_lose_money_together_do_not_go_live(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("retail_chain")
    tenant, store = company.tenant, await shop(company)
    for yuan in ("200.00", "300.00"):
        await order(company, store, yuan, "2026-11-01T10:00:00+08:00")
    stacked = {"groups": [{"name": "offers", "policy": "sum"}]}
    # Live, the change itself is refused; as a draft it is tried first.
    refused = await tenant.graphql(APPLY, update("order_discount", stacked), path="/metadata")
    assert [reason for _, reason, _ in refused.faults] == ["may_lose_money"]
    await tenant.data(APPLY, update("order_discount", {**stacked, "live": False}), path="/metadata")
    reply = await tenant.graphql(PUBLISH, {"plan": "order_discount"})
    assert [reason for _, reason, _ in reply.faults] == ["may_lose_money"]
    assert reply.body["errors"][0]["message"] == (
        "Price plan 'order_discount' passes its margin_floor of 10 %: an order of 1000.00 CNY comes to "
        "member_coupon 400.00, spend_and_save 300.00, goods 450.00, and -150.00 are left."
    )
    simulate = """
    { simulatePlan(plan: "order_discount", from: "2026-10-01T00:00:00+08:00", to: "2026-12-01T00:00:00+08:00") {
        events loss breaches { guard count } records { after } } }
    """
    found = (await tenant.data(simulate))["simulatePlan"]
    assert (found["events"], found["loss"]) == (2, "75.00")
    assert found["breaches"] == [{"guard": "margin_floor", "count": 2}]
    done = await tenant.data(PUBLISH, {"plan": "order_discount", "override": "clearance of the season"})
    assert done["done"]["number"] >= 1


async def test_a_price_is_changed_tried_and_live_by_four_calls(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("retail_chain")
    tenant, store = company.tenant, await shop(company)
    under_way = await order(company, store, "1000.00", timeline.now.isoformat())
    assert (await priced(company, "store_split", under_way))["lines"][1]["amount"] == "50.00"
    await timeline.later(minutes=1)
    begun = timeline.now
    rate = {"model": "percentage", "settings": {"percent": 8}}
    change = {"op": "UPDATE", "kind": "price_rate", "parent": "store_split", "name": "daily_line", "attributes": rate}
    draft_of = update("store_split", {"live": False})
    await tenant.data(APPLY, {"changes": [*draft_of["changes"], change]}, path="/metadata")  # 1: the draft
    draft = await priced(company, "store_split", under_way, draft=True)  # 2: tried in the sandbox
    assert draft["lines"][1]["amount"] == "80.00"
    assert (await priced(company, "store_split", under_way))["lines"][1]["amount"] == "50.00"
    await tenant.data(PUBLISH, {"plan": "store_split"})  # 3: published
    await timeline.later(seconds=1)
    later = await order(company, store, "1000.00", timeline.now.isoformat())
    assert (await priced(company, "store_split", later))["lines"][1]["amount"] == "80.00"  # 4: effective
    assert (await priced(company, "store_split", under_way))["lines"][1]["amount"] == "50.00"
    assert timeline.now - begun < timedelta(minutes=5)

    # A live stream has its own rule; the fee, the commission and the subsidy of a campaign are listed apart.
    campaign = await tenant.create(
        "Campaign", name="直播节", kind="LIVE", startsAt="2026-11-01T00:00:00+08:00", endsAt="2026-12-31T00:00:00+08:00"
    )
    streamed = await order(company, store, "1000.00", timeline.now.isoformat(), channel="LIVE", campaignId=campaign)
    assert [tuple(line.values()) for line in (await priced(company, "store_split", streamed))["lines"]] == [
        ("base_fee", "2.00", "each_order"),
        ("commission", "120.00", "live_stream"),
        ("subsidy", "20.00", "campaign_two"),
    ]  # fmt: skip


async def test_an_agent_who_buys_for_half_a_million_in_a_year_rises_from_the_next_order_on(
    timeline: Timeline, company_of: Founding
) -> None:
    company = await company_of("retail_chain")
    tenant, store = company.tenant, await shop(company)
    manager, regional = await company.staff("headquarters"), await company.staff("regional_manager")
    region = await tenant.create("Region", code="JS", name="江苏", managerId=regional.id)

    async def found(name: str) -> str:
        return await tenant.create("Agent", code=name, name=name, managerId=manager.id, regionId=region)

    async def buy(agent: str, yuan: str) -> tuple[str, str]:
        """An order that is paid: its id, and the discount that it was made with."""
        at = timeline.now.isoformat()
        made = await tenant.create(
            "Order", storeId=store, agentId=agent, amount={"amount": yuan}, orderedAt=at, paidAt=at
        )
        await timeline.settle()
        discount = (await company.values("order", made, "discount { amount }"))["discount"]["amount"]
        await company.change("Order", made, status="PAID")
        await timeline.settle()
        return made, discount

    async def level(agent: str) -> tuple[str, str | None]:
        found = await company.values("agent", agent, "level dedicatedManager { id }")
        return found["level"], found["dedicatedManager"] and found["dedicatedManager"]["id"]

    # 500,000 is not more than 500,000; the fen above is. The order that passes has the discount it was made with.
    agent = await found("苏南商贸")
    for yuan, discount in (("400000.00", "8000.00"), ("100000.00", "2000.00"), ("0.50", "0.01")):
        assert await level(agent) == ("NORMAL", None)
        crossing, given = await buy(agent, yuan)
        assert given == discount
    assert await level(agent) == ("GOLD", regional.id)
    for person in (manager, regional):
        assert await company.inbox(person) == ["代理升级：苏南商贸"]
    assert (await company.values("order", crossing, "discount { amount }"))["discount"]["amount"] == "0.01"
    later, given = await buy(agent, "100.00")
    assert given == "5.00"
    rebate = await priced(company, "agent_rebate", later)
    assert [line["component"] for line in rebate["lines"] if line["rate"]] == ["rebate", "level_bonus"]

    # What comes back takes no level away, and passing the line again tells nobody anew.
    await company.change("Order", crossing, status="CANCELLED")
    await company.change("Order", later, status="CANCELLED")
    await timeline.settle()
    assert await level(agent) == ("GOLD", regional.id)
    await buy(agent, "200.00")
    assert await company.inbox(regional) == ["代理升级：苏南商贸"]

    # What was bought last year does not count this year.
    other = await found("浙北日化")
    await timeline.until(datetime(2026, 12, 31, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai")))
    await buy(other, "500000.00")
    await timeline.later(minutes=1)
    await buy(other, "1000.00")
    assert await level(other) == ("NORMAL", None)
    await buy(other, "499000.01")
    assert await level(other) == ("GOLD", regional.id)
