"""Segments, benefits and journeys of a retail chain: scenarios A01, A10, A18, A20, A21, A22, A37, D07."""

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
DOCUMENT = """
message_templates:
  - {name: plan, object: customer, title: {zh: 专属方案}}
benefits:
  - {name: exclusive, object: customer, kind: coupon, settings: {value: "100"}}
  - {name: full_reduction, object: customer, kind: coupon, settings: {value: "20"}}
  - {name: lipstick, object: customer, kind: coupon, settings: {value: "199"}}
  - {name: friday, object: customer, kind: coupon, settings: {value: "10"}}
segments:
  - name: high_value_in_promotion
    object: customer
    when: order_total >= 5000 && today() >= date("2027-03-05") && today() <= date("2027-03-08")
  - name: half_a_year
    object: customer
    when: addMonths(date(interactions.max(happened_at, direction == "inbound")), 6) <= today()
rules:
  - name: exclusive
    object: customer
    trigger: event
    settings: {source: segment, event: entered, name: high_value_in_promotion}
    actions: [{name: coupon, kind: give, settings: {benefit: exclusive, key: spring}}]
  - name: plan
    object: customer
    trigger: event
    settings: {source: segment, event: entered, name: half_a_year}
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
"""
SENT = 'query($r: ID!) { sentMessages(object: "customer", record: $r) { template state } }'
COUPONS = "query($r: ID!) { benefitCoupons(record: $r) { benefit code state } }"


async def marketing(timeline: Timeline, company: Company, url: str) -> None:
    """What the marketing department declares on top of the template."""
    await company.tenant.data(FIELD, {"f": {"name": "invited", "type": "BOOLEAN"}}, path="/metadata")
    document = yaml.safe_load(DOCUMENT)
    document["rules"] = [{"live": True, **rule} for rule in document["rules"]]
    document["contact_channels"] = [
        {"name": "sms", "object": "customer", "via": "webhook", "url": url, "address": "phone",
         "consent": "marketing_consent"},
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
            "email": f"m{self._number}@example.com", "marketingConsent": consent, "stage": "ACTIVE",
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
        return [(one["template"].removeprefix("retail_"), one["state"]) for one in reversed(found)]

    async def coupons(self, customer: str) -> list[str]:
        found = (await self.company.tenant.data(COUPONS, {"r": customer}))["benefitCoupons"]
        return [one["benefit"].removeprefix("retail_") for one in reversed(found)]

    async def publish(self, what: str, name: str) -> None:
        await self.company.tenant.data(f'mutation {{ publish{what}({what.lower()}: "{name}") {{ number }} }}')

    async def within(self, segment: str) -> set[str]:
        query = "query($f: CustomerFilter!) { customers(filter: $f) { nodes { id } } }"
        found = await self.company.tenant.data(query, {"f": {"inSegment": segment}})
        return {one["id"] for one in found["customers"]["nodes"]}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


async def test_customers_are_met_on_their_days_and_in_their_groups(
    timeline: Timeline, company_of: Founding, receiver: Receiver
) -> None:
    channel, _mails = counting_channel("email")
    offer(timeline.tenants, channel)
    await timeline.set(at("2027-02-20T12:00:00"))
    company = await company_of("retail_chain")
    await marketing(timeline, company, receiver.url)
    shop = Shop(company)
    await shop.publish("Rule", "retail_birthday_gift")
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
    assert await shop.sent(half) == [("formula_mail", "SENT")]
    assert await shop.sent(eater) == [("diapers_mail", "SENT")]
    assert await shop.within("RETAIL_FORMULA_WITHOUT_FOOD") == set()

    # MA-17: which product fits which age is a table that a rule reads
    bands = {"孕期": (-10, 0), "纸尿裤S": (0, 6), "纸尿裤M": (6, 12)}
    for number, (name, (first, last)) in enumerate(bands.items()):
        price = {"amount": "99", "currency": "CNY"}
        fits = {"fitsFromMonths": first, "fitsUntilMonths": last}
        await create("Product", productNo=f"D{number}", name=name, status="ON_SALE", tagPrice=price, **fits)

    async def fitting() -> list[str | None]:
        found = [await company.values("customer", one, "fittingProduct { name }") for one in (expecting, half, nearly)]
        return [one["fittingProduct"] and one["fittingProduct"]["name"] for one in found]

    await timeline.until(at("2027-02-28T08:59:59"))
    assert await fitting() == ["孕期", "纸尿裤S", "纸尿裤S"]
    assert (await shop.coupons(leap), await shop.sent(expecting)) == ([], [])
    await timeline.later(seconds=1)
    assert (await shop.coupons(leap), await shop.coupons(quiet)) == (["birthday_coupon"], [])
    assert (await shop.sent(leap), await shop.sent(quiet)) == ([("birthday_mail", "SENT")], [])
    assert await shop.sent(expecting) == [("hospital_bag_mail", "SENT")]

    # the month turns: half moves on, and is told when the quiet hours end; nearly does not
    await timeline.until(at("2027-03-01T00:00:00"))
    assert await shop.within("RETAIL_FORMULA_WITHOUT_FOOD") == {half}
    await timeline.until(at("2027-03-01T09:00:00"))
    assert sorted(await shop.sent(half)) == [("diapers_mail", "SENT"), ("food_mail", "SENT"), ("formula_mail", "SENT")]
    assert await shop.sent(nearly) == [("formula_mail", "SENT")]
    assert await fitting() == ["孕期", "纸尿裤M", "纸尿裤S"]
    await company.change("Order", cereal, status="CANCELLED")
    assert await shop.within("RETAIL_FORMULA_WITHOUT_FOOD") == {half, eater}
    await company.change("Order", orders[half], status="CANCELLED")  # the formula was given back
    assert await shop.within("RETAIL_FORMULA_WITHOUT_FOOD") == {eater}

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


async def test_new_members_are_welcomed_and_dormant_ones_won_back_by_the_journeys_of_the_template(
    timeline: Timeline, company_of: Founding
) -> None:
    channel, mails = counting_channel("email")
    offer(timeline.tenants, channel)
    await timeline.set(at("2027-03-01T12:00:00"))
    company = await company_of("retail_chain")
    shop = Shop(company)
    await shop.publish("Flow", "retail_win_back")
    guide = await company.hire("ann", "guide")
    ann = await company.tenant.create("Guide", employeeNo="G1", name="ann", accountId=guide.id)
    people = [await shop.member(stage="NEW", guideId=ann) for _ in range(8)]
    refuses = await shop.member(stage="NEW", consent=False)
    longer = await shop.member()
    await timeline.settle()
    in_it = [one for one in people if await shop.sent(one)]  # the others are held out, to be compared
    buyer, reader, leaver, late = in_it[:4]
    assert await shop.sent(refuses) == await shop.sent(longer) == []
    by_person = {one.receiver.id: one for one in mails}
    await timeline.later(hours=1)
    await company.tenant.client.get(by_person[reader].html.split('src="')[1].split('"')[0])
    way_out = by_person[leaver].headers["List-Unsubscribe"].strip("<>")
    assert way_out in by_person[leaver].body
    assert (await company.tenant.client.post(way_out)).status_code == 200
    withdrawn = await company.values("customer", leaver, "marketingConsent consentEndedBy consentEndedAt")
    assert datetime.fromisoformat(withdrawn.pop("consentEndedAt")) == timeline.now
    assert withdrawn == {"marketingConsent": False, "consentEndedBy": "邮件退订"}
    await shop.buys(buyer, "裙")
    await timeline.later(days=1)
    invited = [("welcome_mail", "OPENED"), ("first_order_mail", "SENT")]
    assert await shop.sent(reader) == invited
    await timeline.later(days=6)
    assert [len(await shop.sent(one)) for one in (buyer, leaver, late)] == [1, 1, 2]
    query = "query($f: String!) { found: journeyFigures(flow: $f) { entered reached exited heldOut } }"
    figures = (await company.tenant.data(query, {"f": "retail_welcome"}))["found"]
    assert figures == {"entered": len(in_it), "reached": 1, "exited": 1, "heldOut": 8 - len(in_it)}

    # fallen asleep: a coupon and a mail; who does not look at it within a week is called
    await timeline.later(days=30)
    for one in in_it[:4]:
        await company.change("Customer", one, stage="DORMANT")
    await timeline.settle()
    asked = [one for one in (buyer, reader, late) if await shop.coupons(one) == ["win_back_coupon"]]
    assert asked
    assert await shop.coupons(leaver) == []
    await timeline.later(days=7)
    assert [task["node"] for task in await company.tasks(guide)] == ["call"] * len(asked)
    await company.change("Customer", asked[0], stage="ACTIVE")
    await timeline.settle()
    figures = (await company.tenant.data(query, {"f": "retail_win_back"}))["found"]
    assert (figures["reached"], figures["entered"]) == (1, len(asked))
    assert len(await company.tasks(guide)) == len(asked) - 1
