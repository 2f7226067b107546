"""Segments, benefits and journeys of a retail chain: scenarios A01, A10, A18, A20, A21, A22, A37, C02, C14, D07."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml

from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding
from tests.server.notifications.desk import counting_channel, offer
from tests.server.webhooks.conftest import Receiver, receiver

__all__ = ["receiver"]  # a fixture

APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
FIELD = 'mutation($f: FieldInput!) { createField(object: "customer", field: $f) { version } }'
PAID = 'status in ["paid", "shipped", "completed"]'
DOCUMENT = """
message_templates:
  - {name: birthday, object: customer, title: {zh: "{{ record.name }}，生日快乐"}}
  - {name: guide, object: customer, title: {zh: 新妈妈奶粉指南}}
  - {name: diapers, object: customer, title: {zh: 该换大一号纸尿裤了}}
  - {name: bag, object: customer, title: {zh: 待产包清单}}
  - {name: plan, object: customer, title: {zh: 专属方案}}
  - {name: outline, object: customer, title: {zh: 课程大纲}}
  - {name: trial, object: customer, title: {zh: 试听视频}}
  - {name: nudge, object: customer, title: {zh: 短信}}
benefits:
  - {name: birthday, object: customer, kind: coupon, settings: {value: "30", valid: P30D}}
  - {name: exclusive, object: customer, kind: coupon, settings: {value: "100"}}
  - {name: full_reduction, object: customer, kind: coupon, settings: {value: "20"}}
  - {name: lipstick, object: customer, kind: coupon, settings: {value: "199"}}
  - {name: friday, object: customer, kind: coupon, settings: {value: "10"}}
segments:
  - name: formula_without_food
    object: customer
    when: >-
      addMonths(baby_born, 6) <= today()
      && orders.some(status in ["paid", "shipped", "completed"] && lines.some(product.category.name == "奶粉"))
      && orders.none(status in ["paid", "shipped", "completed"] && lines.some(product.category.name == "辅食"))
  - name: high_value_in_promotion
    object: customer
    when: order_total >= 5000 && today() >= date("2027-03-05") && today() <= date("2027-03-08")
  - {name: new_mothers, object: customer, when: 'baby_born != null && addMonths(baby_born, 6) > today()'}
  - {name: growing, object: customer, when: 'baby_born != null && addMonths(baby_born, 6) <= today()'}
  - name: dormant
    object: customer
    when: addMonths(date(interactions.max(happened_at, direction == "inbound")), 6) <= today()
  - {name: trial_leads, object: customer, when: '"trial" in preferences'}
rules:
  - name: birthday
    object: customer
    trigger: date
    settings: {of: birthday, yearly: true, at: "09:00", leap: before}
    actions:
      - {name: coupon, kind: give, settings: {benefit: birthday, key: "=text(year(today()))"}}
      - {name: say, kind: send, settings: {template: birthday, channels: [sms], key: "=text(year(today()))"}}
  - name: bag
    object: customer
    trigger: date
    settings: {of: "addMonths(due_on, -1)", at: "09:00"}
    actions: [{name: say, kind: send, settings: {template: bag, channels: [sms]}}]
  - name: exclusive
    object: customer
    trigger: event
    settings: {source: segment, event: entered, name: high_value_in_promotion}
    actions: [{name: coupon, kind: give, settings: {benefit: exclusive, key: spring}}]
  - name: guide
    object: customer
    trigger: event
    settings: {source: segment, event: entered, name: new_mothers}
    actions: [{name: say, kind: send, settings: {template: guide, channels: [sms]}}]
  - name: diapers
    object: customer
    trigger: event
    settings: {source: segment, event: entered, name: growing}
    actions: [{name: say, kind: send, settings: {template: diapers, channels: [sms]}}]
  - name: dormant
    object: customer
    trigger: event
    settings: {source: segment, event: entered, name: dormant}
    actions:
      - {name: coupon, kind: give, settings: {benefit: full_reduction}}
      - {name: say, kind: send, settings: {template: plan, channels: [sms]}}
  - name: invited
    object: customer
    trigger: record
    settings: {events: [create]}
    when: referrer != null
    order: 10
    actions: [{name: mark, kind: set, settings: {values: [{field: invited, value: true}]}}]
  - name: three_friends
    object: customer
    trigger: field
    settings: {field: invited, after: "true"}
    when: referrer.referrals.count(invited == true) >= 3
    actions:
      - name: gift
        kind: give
        settings:
          benefit: lipstick
          to: referrer
          key: "=text(floor(referrer.referrals.count(invited == true) / 3))"
flows:
  - name: seven_days
    object: customer
    live: true
    journey: {goal: orders.some(status == "paid")}
    nodes:
      - {name: begin, kind: start, settings: {trigger: segment, segment: trial_leads}, edges: [{to: one}]}
      - {name: one, kind: delay, settings: {duration: P1D}, edges: [{to: outline}]}
      - name: outline
        kind: perform
        settings: {action: send, settings: {template: outline, channels: [mail]}}
        edges: [{to: three}]
      - {name: three, kind: delay, settings: {duration: P2D}, edges: [{to: trial}]}
      - name: trial
        kind: perform
        settings: {action: send, settings: {template: trial, channels: [mail]}}
        edges: [{to: read}]
      - name: read
        kind: wait_message
        settings: {step: trial, until: opened, deadline: P3D}
        edges: [{to: seven, outcome: happened}, {to: nudge, default: true}]
      - name: nudge
        kind: perform
        settings: {action: send, settings: {template: nudge, channels: [sms]}}
        edges: [{to: seven}]
      - {name: seven, kind: wait_until, settings: {until: "addDays(trial_from, 7)"}, edges: [{to: advise}]}
      - {name: advise, kind: task, settings: {assign: [{by: role, value: administrator}]}, edges: [{to: over}]}
      - {name: over, kind: end}
"""
SENT = 'query($r: ID!) { sentMessages(object: "customer", record: $r) { template state } }'
COUPONS = "query($r: ID!) { benefitCoupons(record: $r) { benefit code state } }"


async def marketing(timeline: Timeline, company: Company, url: str) -> None:
    """What the marketing department declares on top of the template."""
    for field in (
        {"name": "baby_born", "type": "DATE"}, {"name": "due_on", "type": "DATE"},
        {"name": "invited", "type": "BOOLEAN"}, {"name": "trial_from", "type": "DATETIME"},
    ):  # fmt: skip
        await company.tenant.data(FIELD, {"f": field}, path="/metadata")
    document = yaml.safe_load(DOCUMENT)
    document["rules"] = [{"live": True, **rule} for rule in document["rules"]]
    document["contact_channels"] = [
        {"name": "sms", "object": "customer", "via": "webhook", "url": url, "address": "phone",
         "consent": "marketing_consent"},
        {"name": "mail", "object": "customer", "via": "email", "address": "email", "consent": "marketing_consent"},
    ]  # fmt: skip
    await company.tenant.data(APPLY, {"document": document}, path="/metadata")
    await timeline.settle()


class Shop:
    """What happens in the shops, and what comes of it."""

    def __init__(self, company: Company) -> None:
        self.company, self._number = company, 0
        self._products: dict[str, str] = {}

    async def member(self, *, consent: bool = True, **values: Any) -> str:
        self._number += 1
        given = {
            "name": f"会员{self._number}", "phone": f"139001390{self._number:02}",
            "email": f"m{self._number}@example.com", "marketingConsent": consent, "joinedOn": "2026-01-01",
        }  # fmt: skip
        return await self.company.tenant.create("Customer", **{**given, **values})

    async def buys(self, customer: str, category: str, amount: str = "100") -> str:
        create = self.company.tenant.create
        if category not in self._products:
            found = await create("Category", name=category)
            self._products[category] = await create(
                "Product", productNo=f"P-{category}", name=category, categoryId=found
            )
        money = {"amount": amount}
        line = {"description": category, "productId": self._products[category], "unitPrice": money, "amount": money}
        return await create("Order", customerId=customer, status="PAID", amount=money, lines={"create": [line]})

    async def sent(self, customer: str) -> list[tuple[str, str]]:
        found = (await self.company.tenant.data(SENT, {"r": customer}))["sentMessages"]
        return [(one["template"], one["state"]) for one in reversed(found)]

    async def coupons(self, customer: str) -> list[str]:
        found = (await self.company.tenant.data(COUPONS, {"r": customer}))["benefitCoupons"]
        return [one["benefit"] for one in reversed(found)]

    async def within(self, segment: str) -> set[str]:
        query = "query($f: CustomerFilter!) { customers(filter: $f) { nodes { id } } }"
        found = await self.company.tenant.data(query, {"f": {"inSegment": segment}})
        return {one["id"] for one in found["customers"]["nodes"]}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


async def test_customers_are_met_on_their_days_and_in_their_groups(
    timeline: Timeline, company_of: Founding, receiver: Receiver
) -> None:
    await timeline.set(at("2027-02-20T12:00:00"))
    company = await company_of("retail_chain")
    await marketing(timeline, company, receiver.url)
    shop = Shop(company)
    # A01: a leap day's child, one who wants no messages
    leap = await shop.member(birthday="1992-02-29")
    quiet = await shop.member(birthday="1990-02-28", consent=False)
    # A20: due on 31 March
    expecting = await shop.member(dueOn="2027-03-31")
    # A18, A21: half a year on 1 March
    half = await shop.member(babyBorn="2026-09-01")
    nearly = await shop.member(babyBorn="2026-09-02")
    eater = await shop.member(babyBorn="2026-01-01")
    orders = {customer: await shop.buys(customer, "奶粉") for customer in (half, nearly, eater)}
    cereal = await shop.buys(eater, "辅食")
    # A10: much was spent before the promotion
    rich = await shop.member()
    big = await shop.buys(rich, "礼盒", "5000")
    poor = await shop.member()
    await shop.buys(poor, "礼盒", "4999.99")
    # D07: half a year without a word
    silent = await shop.member()
    create = company.tenant.create
    told = {"customerId": silent, "summary": "咨询", "happenedAt": "2026-09-10T15:00:00+08:00"}
    await create("Interaction", **told, direction="INBOUND")
    await timeline.settle()
    assert await shop.sent(half) == [("guide", "SENT")]
    assert await shop.within("FORMULA_WITHOUT_FOOD") == set()

    await timeline.until(at("2027-02-28T08:59:59"))
    assert (await shop.coupons(leap), await shop.sent(expecting)) == ([], [])
    await timeline.later(seconds=1)
    assert await shop.coupons(leap) == await shop.coupons(quiet) == ["birthday"]
    assert (await shop.sent(leap), await shop.sent(quiet)) == ([("birthday", "SENT")], [("birthday", "SKIPPED")])
    assert await shop.sent(expecting) == [("bag", "SENT")]

    # the month turns: half moves on, nearly does not
    await timeline.until(at("2027-03-01T00:00:00"))
    assert await shop.sent(half) == [("guide", "SENT"), ("diapers", "SENT")]
    assert await shop.sent(nearly) == [("guide", "SENT")]
    assert await shop.within("FORMULA_WITHOUT_FOOD") == {half}
    await company.change("Order", cereal, status="CANCELLED")
    assert await shop.within("FORMULA_WITHOUT_FOOD") == {half, eater}
    await company.change("Order", orders[half], status="CANCELLED")  # the formula was given back
    assert await shop.within("FORMULA_WITHOUT_FOOD") == {eater}

    # the promotion: once, also for one whose value falls and rises again
    await timeline.until(at("2027-03-05T00:00:00"))
    assert (await shop.coupons(rich), await shop.coupons(poor)) == (["exclusive"], [])
    await company.change("Order", big, status="CANCELLED")
    await timeline.settle()
    await company.change("Order", big, status="PAID")
    await timeline.settle()
    assert await shop.coupons(rich) == ["exclusive"]

    # half a year of silence, which our own messages do not end
    await create("Interaction", customerId=silent, summary="系统消息", direction="OUTBOUND")
    await timeline.until(at("2027-03-09T23:59:59"))
    assert await shop.coupons(silent) == []
    await timeline.later(seconds=1)
    assert (await shop.coupons(silent), await shop.sent(silent)) == (["full_reduction"], [("plan", "SENT")])
    await timeline.later(days=30)
    assert len(await shop.sent(silent)) == 1


async def test_three_new_friends_bring_one_gift_and_claims_are_counted_by_person(
    timeline: Timeline, company_of: Founding, receiver: Receiver
) -> None:
    company = await company_of("retail_chain")
    await marketing(timeline, company, receiver.url)
    shop = Shop(company)
    referrer = await shop.member()
    old = await shop.member()
    await timeline.settle()
    await company.change("Customer", old, referrerId=referrer)  # was a customer already
    first = await shop.member(referrerId=referrer)
    await timeline.settle()
    change = "mutation($id: ID!, $r: ID) { updateCustomer(id: $id, input: {referrerId: $r}) { id } }"
    oneself = await company.tenant.faults(change, {"id": referrer, "r": referrer})
    assert oneself == [("BAD_USER_INPUT", "validation", ("input", "referrer"))]
    again = await company.tenant.graphql(
        "mutation($v: CreateCustomerInput!) { createCustomer(input: $v) { id } }",
        {"v": {"name": "同号", "phone": "13900139003", "referrerId": referrer}},
    )
    assert again.faults[0][:2] == ("CONFLICT", "not_unique")
    await shop.member(referrerId=referrer)
    await company.tenant.data("mutation($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": first})
    await company.tenant.data("mutation($id: ID!) { restoreCustomer(id: $id) { id } }", {"id": first})
    await timeline.settle()
    assert await shop.coupons(referrer) == []
    for count, gifts in ((3, 1), (4, 1), (5, 1), (6, 2)):
        await shop.member(referrerId=referrer)
        await timeline.settle()
        assert await shop.coupons(referrer) == ["lipstick"] * gifts, count

    # A37: 25 people claim, one of them twice; 18 come to the shop
    claim = """
    mutation($r: ID!, $k: String!) {
      moved: giveBenefit(benefit: "friday", record: $r, key: $k) { coupon { code } }
    }
    """
    redeem = 'mutation($c: String!) { redeemCoupon(code: $c, reference: "till") { state } }'
    codes = []
    for _ in range(25):
        person = await shop.member()
        given: Mapping[str, Any] = await company.tenant.data(claim, {"r": person, "k": f"{person}:friday"})
        codes.append(given["moved"]["coupon"]["code"])
    await company.tenant.data(claim, {"r": person, "k": f"{person}:friday"})
    for code in codes[:18]:
        await company.tenant.data(redeem, {"c": code})
    figures = '{ benefitFigures(benefit: "friday") { holders users usedShare } }'
    assert (await company.tenant.data(figures))["benefitFigures"] == {"holders": 25, "users": 18, "usedShare": "0.7200"}


async def test_a_week_of_trial_ends_with_a_purchase_a_short_message_or_the_advisers_task(
    timeline: Timeline, company_of: Founding, receiver: Receiver
) -> None:
    channel, mails = counting_channel("email")
    offer(timeline.tenants, channel)
    company = await company_of("retail_chain")
    await marketing(timeline, company, receiver.url)
    shop = Shop(company)
    started = timeline.now.isoformat()
    buyer, reader, other = [await shop.member(preferences=["trial"], trialFrom=started) for _ in range(3)]
    await timeline.later(days=1)
    assert [one.title for one in mails].count("课程大纲") == 3
    await timeline.later(days=2)
    lessons = [one for one in mails if one.title == "试听视频"]
    assert len(lessons) == 3
    opened = next(one for one in lessons if one.receiver.id == reader)
    picture = opened.html.split('src="')[1].split('"')[0]
    await timeline.later(days=1)
    await shop.buys(buyer, "课程")
    await timeline.settle()
    await timeline.later(days=1, hours=23, minutes=59, seconds=59)
    await company.tenant.client.get(picture)
    await timeline.later(seconds=1)
    assert await shop.sent(reader) == [("outline", "SENT"), ("trial", "OPENED")]
    assert await shop.sent(other) == [("outline", "SENT"), ("trial", "SENT"), ("nudge", "SENT")]
    assert await shop.sent(buyer) == [("outline", "SENT"), ("trial", "SENT")]
    assert await company.tasks(company.tenant.admin) == []
    await timeline.later(days=1)
    assert [task["node"] for task in await company.tasks(company.tenant.admin)] == ["advise", "advise"]
