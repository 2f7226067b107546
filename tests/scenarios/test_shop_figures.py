"""Figures that shops steer by, in one company: A36, A37, A38, B12, P17, P26, P28."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding
from tests.scenarios.ruled import apply, declare

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOTATIONS = ("1380013{0:04d}", "+86 1380013{0:04d}", "0086-138-0013-{0:04d}", "86 1380013{0:04d}")
UPSERT = "mutation ($i: [CreateCustomerInput!]!) { upsertCustomers(by: [PHONE], inputs: $i) { id } }"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


async def many(company: Company, object_type: str, inputs: list[dict[str, Any]]) -> list[str]:
    """Records made at once."""
    query = f"mutation($i: [Create{object_type}Input!]!) {{ made: create{object_type}s(inputs: $i) {{ id }} }}"
    return [one["id"] for one in (await company.tenant.data(query, {"i": inputs}))["made"]]


async def look(company: Company, text: str) -> Any:
    return await company.tenant.data(text)


@pytest.fixture
async def shops(timeline: Timeline, company_of: Founding) -> Company:
    await timeline.set(at("2027-04-05T12:00"))  # a Monday
    company = await company_of("retail_chain")
    await apply(company, DECLARED)
    return company


DECLARED = """
objects:
  - name: budget_line
    plural: budget_lines
    label: {zh: 投放预算, en: Budget}
    display: name
    fields:
      - {name: name, type: text, required: true, unique: true}
      - {name: acquired, type: rollup, settings: {relation: customers, function: count}}
      - {name: came_back, type: rollup, settings: {relation: customers, function: count, where: order_count >= 2}}
      - {name: rate, type: formula, settings: {expression: 'acquired > 0 ? came_back * 100 / acquired : null'}}
  - name: customer
    plural: customers
    fields:
      - {name: budget_line, type: relation, settings: {to: budget_line, inverse: customers}}
      - {name: taste, type: tags}
  - name: coupon
    plural: coupons
    fields:
      - {name: issued_hour, type: formula, settings: {expression: hour(issued_at)}}
  - name: sku
    plural: skus
    fields:
      - {name: days_of_supply, type: integer}
      - {name: sold, type: rollup, settings: {relation: order_lines, function: count}}
  - name: order_line
    plural: order_lines
    fields:
      - name: needed_again_on
        type: formula
        settings: {expression: 'addDays(date(order.ordered_at), quantity * sku.days_of_supply)'}
  - name: store
    plural: stores
    fields:
      - {name: waiting, type: rollup, settings: {relation: orders, function: count, where: status == "pending"}}
      - name: critical
        type: rollup
        settings: {relation: tickets, function: count, where: 'urgency == "critical" and status != "closed"'}
      - {name: members, type: rollup, settings: {relation: customers, function: count}}
      - {name: waiting_light, type: formula,
         settings: {expression: 'waiting >= 3 ? "red" : (waiting > 0 ? "yellow" : "green")'}}
      - {name: critical_light, type: formula, settings: {expression: 'critical > 0 ? "red" : "green"'}}
      - {name: members_light, type: formula, settings: {expression: 'members >= 2 ? "green" : "yellow"'}}
tag_groups:
  - name: tastes
    object: customer
    field: taste
    label: {zh: 口味, en: Taste}
    tags: [{key: spicy, label: {zh: 辣, en: Spicy}}, {key: sweet, label: {zh: 甜, en: Sweet}}]
message_templates:
  - {name: weekend, object: customer, title: {zh: 周末套餐}}
contact_channels:
  - {name: sms, object: customer, via: webhook, url: "http://127.0.0.1:1/", address: phone, consent: marketing_consent}
segments:
  - name: friday_claimers
    object: customer
    when: 'coupons.some(coupon_batch.name == "周五券" and weekday(issued_at) == 5 and hour(issued_at) == 18)'
  - {name: spicy_eaters, object: customer, when: '"spicy" in taste'}
"""
RULES = """
- name: taste
  object: order
  trigger: field
  settings: {field: status, after: paid}
  when: 'customer.orders.count(status == "paid" and lines.some(description == "麻辣锅底")) >= 2'
  actions: [{name: mark, kind: set, settings: {target: customer, values: [{field: taste, value: [spicy]}]}}]
- name: weekend
  object: customer
  trigger: schedule
  settings: {at: "10:00", days: [6]}
  when: 'coupons.some(coupon_batch.name == "周五券" and status == "redeemed" and within(issued_at, 7, "day"))'
  actions: [{name: push, kind: send, settings: {template: weekend, channels: [sms]}}]
"""


async def check_coupons_of_the_night(company: Company) -> None:
    """A36: claims by hour in the tenant's zone, from which the roster follows."""
    day = {"validFrom": "2027-04-01", "validUntil": "2027-04-30", "faceValue": {"amount": "10"}}
    night, _friday = [await company.tenant.create("CouponBatch", name=name, **day) for name in ("夜间券", "周五券")]
    hours = [22] * 3 + [23] * 4 + [0] * 2 + [9]
    await many(company, "Coupon", [
        {"code": f"N{place}", "couponBatchId": night, "issuedAt": at(f"2027-04-01T{hour:02}:30").isoformat()}
        for place, hour in enumerate(hours)
    ])  # fmt: skip
    query = """{ found: couponsAggregate(filter: {couponBatch: {name: {eq: "夜间券"}}},
        groupBy: [{issuedHour: VALUE}], orderBy: [{count: DESC}], first: 3) { key { issuedHour } count } }"""
    found = (await look(company, query))["found"]
    assert [(one["key"]["issuedHour"], one["count"]) for one in found] == [(23, 4), (22, 3), (0, 2)]
    agent = await company.staff("service_agent")  # and whoever answers is there in these hours
    for one in found:
        begins = datetime(2027, 4, 6, one["key"]["issuedHour"], tzinfo=SHANGHAI)
        await company.shift(agent, "DUTY", begins, hours=1, queue="retail_service")
    roster = (await company.tenant.data("{ roster { begins ends } }", person=agent))["roster"]
    assert {datetime.fromisoformat(one["begins"]).astimezone(SHANGHAI).hour for one in roster} == {22, 23, 0}


async def check_friday(company: Company, timeline: Timeline) -> None:
    """A37: of those who claim on Fridays at six 72 % redeem in the shop, and are offered a package at the weekend."""
    (batch,) = (await look(company, '{ b: couponBatches(filter: {name: {eq: "周五券"}}) { nodes { id } } }'))["b"][
        "nodes"
    ]
    await timeline.until(at("2027-04-09T18:59"))
    people = await many(
        company, "Customer", [{"name": f"客{n}", "marketingConsent": True, "stage": "ACTIVE"} for n in range(26)]
    )
    claims = [{"code": f"F{place}", "customerId": one} for place, one in enumerate([*people[:25], people[0]])]
    claims.append({"code": "late", "customerId": people[25], "issuedAt": at("2027-04-09T17:59:59").isoformat()})
    await many(company, "Coupon", [{"couponBatchId": batch["id"], **claim} for claim in claims])
    redeem = "mutation($f: CouponFilter!, $v: UpdateCouponInput!) { updateCoupons(filter: $f, input: $v) { count } }"
    codes = {"code": {"in": [f"F{place}" for place in range(18)]}}
    used = {"status": "REDEEMED", "redeemedAt": at("2027-04-09T19:30").isoformat()}
    await company.tenant.data(redeem, {"f": codes, "v": used})
    query = """{
      claimed: customersAggregate(filter: {inSegment: FRIDAY_CLAIMERS}) { count }
      came: customersAggregate(
        filter: {inSegment: FRIDAY_CLAIMERS, coupons: {some: {status: {eq: REDEEMED}}}}
      ) { count }
    }"""
    found = await look(company, query)
    assert found == {"claimed": [{"count": 25}], "came": [{"count": 18}]}  # 72 %; who claims twice is one
    await timeline.until(at("2027-04-10T10:00"))
    sent = 'query($r: ID!) { sentMessages(object: "customer", record: $r) { template } }'
    pushed = [
        (await company.tenant.data(sent, {"r": one}))["sentMessages"] for one in (people[0], people[17], people[18])
    ]
    assert pushed == [[{"template": "weekend"}], [{"template": "weekend"}], []]


async def check_medicines(company: Company) -> None:
    """A38: who needs what again when, by SKU and shop; what hardly sells."""
    product = await company.tenant.create("Product", productNo="M", name="降压药")
    skus = await many(company, "Sku", [
        {"skuNo": f"M{n}", "productId": product, "spec": str(n), "price": {"amount": "20"}, "daysOfSupply": days}
        for n, days in enumerate((30, 7, 7, 7))
    ])  # fmt: skip
    north, south = await many(company, "Store", [{"code": code, "name": code} for code in ("北", "南")])
    bought = at("2027-04-01T10:00").isoformat()
    line = {"description": "药", "unitPrice": {"amount": "0"}, "amount": {"amount": "0"}}
    await many(company, "Order", [
        {"storeId": store, "amount": {"amount": "20"}, "status": "PAID", "orderedAt": bought,
         "lines": {"create": [{**line, "skuId": sku, "quantity": quantity}]}}
        for store, sku, quantity in ((north, skus[0], 1), (north, skus[0], 2), (south, skus[1], 2), (south, skus[1], 1))
    ])  # fmt: skip
    query = """{ found: orderLinesAggregate(filter: {neededAgainOn: {gte: "2027-04-08", lte: "2027-04-15"}},
        groupBy: [{sku: {skuNo: VALUE}}, {order: {store: {code: VALUE}}}]) {
        key { sku { skuNo } order { store { code } } } count } }"""
    found = [{"key": {"sku": {"skuNo": "M1"}, "order": {"store": {"code": "南"}}}, "count": 2}]
    assert (await look(company, query))["found"] == found
    await company.change("Sku", skus[0], daysOfSupply=7)  # the dosage is raised: both are needed sooner
    assert [one["count"] for one in (await look(company, query))["found"]] == [2, 2]
    slow = """{
      all: skusAggregate(filter: {skuNo: {startsWith: "M"}}) { count }
      slow: skusAggregate(filter: {sold: {eq: 0}}) { count }
    }"""
    assert await look(company, slow) == {"all": [{"count": 4}], "slow": [{"count": 2}]}


async def check_tastes(company: Company, timeline: Timeline) -> None:
    """B12: what somebody orders twice is their taste; once is none."""
    fond, once = await many(company, "Customer", [{"name": name} for name in ("辣", "淡")])
    line = {"description": "麻辣锅底", "unitPrice": {"amount": "60"}, "amount": {"amount": "60"}}
    for customer in (fond, fond, once):
        order = await company.tenant.create(
            "Order", customerId=customer, amount={"amount": "60"}, lines={"create": [line]}
        )
        await company.change("Order", order, status="PAID")
    await timeline.settle()
    found = await look(company, "{ found: customers(filter: {inSegment: SPICY_EATERS}) { nodes { id } } }")
    assert found["found"]["nodes"] == [{"id": fond}]


async def check_board(company: Company) -> None:
    """P26: three numbers of a shop with their lights are those of the lists behind them."""
    store = await company.tenant.create("Store", code="看板", name="看板店")
    await many(company, "Order", [{"storeId": store, "amount": {"amount": "1"}} for _ in range(3)])
    await many(company, "Ticket", [
        {"title": title, "storeId": store, "urgency": "CRITICAL", "status": status, "solution": "已答"}
        for title, status in (("开", "OPEN"), ("关", "CLOSED"))
    ])  # fmt: skip
    await company.tenant.create("Customer", name="新", storeId=store)
    query = """query($s: ID!) {
      store(id: $s) { waiting waitingLight critical criticalLight members membersLight }
      waiting: orders(filter: {storeId: {eq: $s}, status: {eq: PENDING}}) { totalCount }
      critical: tickets(filter: {storeId: {eq: $s}, urgency: {eq: CRITICAL}, status: {ne: CLOSED}}) { totalCount }
      members: customers(filter: {storeId: {eq: $s}}) { totalCount }
    }"""
    found = await company.tenant.data(query, {"s": store})
    board = found.pop("store")
    assert {name: board.pop(f"{name}Light") for name in found} == {
        "waiting": "red", "critical": "red", "members": "yellow",
    }  # fmt: skip
    assert board == {name: one["totalCount"] for name, one in found.items()} == {
        "waiting": 3, "critical": 1, "members": 1,
    }  # fmt: skip


async def check_attribution(company: Company) -> None:
    """P28: of those whom one budget brought three times as many buy again as of those of the other."""
    lines = await many(company, "BudgetLine", [{"name": name} for name in ("小红书", "搜索")])
    buyers = [(lines[0], 2)] * 6 + [(lines[0], 1)] * 4 + [(lines[1], 2)] * 2 + [(lines[1], 1)] * 8
    await many(company, "Customer", [
        {"name": "买", "budgetLineId": line, "orders": {"create": [{"amount": {"amount": "1"}}] * orders}}
        for line, orders in buyers
    ])  # fmt: skip
    query = "{ found: budgetLines(orderBy: [{rate: DESC}]) { nodes { name acquired cameBack rate } } }"
    best, other = (await look(company, query))["found"]["nodes"]
    assert (best["name"], best["acquired"], best["cameBack"]) == ("小红书", 10, 6)
    assert float(best["rate"]) / float(other["rate"]) == 3.0


async def check_repeat_buyers(company: Company) -> None:
    """P17: 26 of 100 buy again by their mobile numbers, however a platform wrote them."""

    async def sell(number: str, *phones: str) -> None:
        made = await company.tenant.data(UPSERT, {"i": [{"name": "买家", "phone": phone} for phone in phones]})
        buyers = enumerate(made["upsertCustomers"])
        values = {"amount": {"amount": "60.00"}, "status": "PAID"}
        await many(
            company, "Order", [{"orderNo": f"{number}-{n}", "customerId": one["id"], **values} for n, one in buyers]
        )

    report = """{
      known: customersAggregate(filter: {phone: {isNull: false}}) { count }
      again: customersAggregate(filter: {phone: {isNull: false}, orderCount: {gte: 2}}) { count }
    }"""
    await sell("tb", *(NOTATIONS[0].format(buyer) for buyer in range(100)))
    await sell("jd", *(NOTATIONS[1 + buyer % 3].format(buyer) for buyer in range(26)))
    assert await look(company, report) == {"known": [{"count": 100}], "again": [{"count": 26}]}

    relay = "95013 8888 1234 ext. 5678"  # a platform's number that hides the buyer's, another one for every order
    faults: list[Any] = await company.tenant.faults(UPSERT, {"i": [{"name": "买家", "phone": relay}]})
    assert [(code, reason) for code, reason, _path in faults] == [("BAD_USER_INPUT", "bad_value")]
    await many(
        company, "Order", [{"orderNo": f"pv-{n}", "amount": {"amount": "60"}, "status": "PAID"} for n in range(2)]
    )
    assert await look(company, report) == {"known": [{"count": 100}], "again": [{"count": 26}]}


async def test_what_shops_steer_by_is_asked_of_records_and_is_right(timeline: Timeline, shops: Company) -> None:
    await declare(shops, RULES)
    await check_coupons_of_the_night(shops)
    await check_friday(shops, timeline)
    await check_tastes(shops, timeline)
    await check_repeat_buyers(shops)
    await check_attribution(shops)
    await check_board(shops)
    await check_medicines(shops)
