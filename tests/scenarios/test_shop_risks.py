"""What a shop loses or keeps: credit, stacked offers, questions, revisits, worries: A12, A33, D02, E14, E21."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding
from tests.scenarios.ruled import apply, fired, told

ORDER = "mutation($v: CreateOrderInput!) { createOrder(input: $v) { id } }"
TRY = "query($rules: [String!]!) { tryRules(rules: $rules) { fired totalLoss } }"
PUBLISH = "mutation($rule: String!, $why: String) { publishRule(rule: $rule, override: $why) { override } }"
DECLARED = """
objects:
  - name: customer
    plural: customers
    fields:
      - {name: cycle_days, type: decimal}
      - {name: frozen, type: boolean, required: true, default: false}
      - {name: worries, type: tags}
  - name: settings
    plural: settings_rows
    label: {zh: 参数, en: Settings}
    display: name
    fields:
      - {name: name, type: text, required: true}
      - {name: average_days, type: decimal}
policies:
  - {name: frozen_credit, kind: deny, role: guide, object: order, actions: [create], condition: customer.frozen,
     reason: Credit is frozen until what is owed is paid or somebody approves.}
  - {name: worries_hidden, kind: field, role: guide, object: customer, fields: [worries], read: none, write: false}
flows:
  - name: thaw
    object: customer
    live: true
    nodes:
      - {name: begin, kind: start, edges: [{to: decide}]}
      - {name: decide, kind: approval, settings: {assign: [{by: role, value: headquarters}]},
         edges: [{to: free, outcome: approved}, {to: stays, outcome: rejected}]}
      - {name: free, kind: update, settings: {values: [{field: frozen, value: false}]}, edges: [{to: over}]}
      - {name: over, kind: end}
      - {name: stays, kind: end, settings: {result: rejected}}
rules:
  - name: freeze
    live: true
    object: customer
    trigger: crossing
    settings: {field: cycle_days, above: "60"}   # the trade's mean of 50 days, and 20 % of it
    actions: [{name: stop, kind: set, settings: {values: [{field: frozen, value: true}]}}]
  - name: money_in
    live: true
    object: payment
    trigger: field
    settings: {field: status, after: succeeded}
    when: order.unpaid_amount <= 0
    actions: [{name: paid, kind: set, settings: {target: order, values: [{field: status, value: paid}]}}]
  - name: nothing_owed
    live: true
    object: order
    trigger: field
    settings: {field: status, after: paid}
    when: customer.frozen and customer.orders.none(status == "pending")
    actions: [{name: free, kind: set, settings: {target: customer, values: [{field: frozen, value: false}]}}]
  - name: revisit
    live: true
    object: interaction
    trigger: absence
    settings: {within: P1D, since: happened_at}
    when: >-
      kind == "browse" and mentions(summary, "复诊")
      and customer.interactions.none(kind in ["call", "visit"] and happened_at >= parent.happened_at)
    actions: [{name: tell, kind: notify, settings: {to: [store.manager.account], subject: 复诊机会}}]
  - name: usage
    live: true
    object: interaction
    trigger: record
    settings: {events: [create]}
    when: direction == "inbound" and mentions(summary, "怎么用")
    branches:
      - {name: has_it, when: customer.orders.some(lines.some(product.name == "精华"))}
      - {name: lacks_it}
    actions:
      - {name: video, kind: create, branch: has_it, settings: {object: interaction, values: [
          {field: customer, value: =customer.id}, {field: direction, value: outbound},
          {field: summary, value: 教程视频}]}}
      - {name: both, kind: create, branch: lacks_it, settings: {object: interaction, values: [
          {field: customer, value: =customer.id}, {field: direction, value: outbound},
          {field: summary, value: 教程视频；搭配精华}]}}
  - name: senior
    live: true
    object: interaction
    trigger: record
    settings: {events: [create]}
    when: direction == "inbound" and mentions(summary, "首付不够", "征信问题")
    actions:
      - {name: hand, kind: set, settings: {target: customer, values: [
          {field: owner, value: =store.manager.account.id}, {field: worries, value: [credit]}]}}
  - name: coupon
    object: order
    trigger: field
    settings: {field: status, after: completed}
    benefit: {value: amount.amount * 0.3, price: amount.amount, cost: amount.amount * 0.6}
    actions: [{name: tell, kind: webhook, settings: {event: coupon}}]
  - name: reduction
    object: order
    trigger: field
    settings: {field: status, after: completed}
    benefit: {value: '200000', price: amount.amount, cost: amount.amount * 0.6}
    actions: [{name: tell, kind: webhook, settings: {event: reduction}}]
"""


class Risks:
    """A chain with a store, its manager and a seller."""

    def __init__(self, company: Company, timeline: Timeline) -> None:
        self.company, self.timeline, self.create = company, timeline, company.tenant.create

    async def begin(self) -> None:
        await apply(self.company, DECLARED)
        self.seller = await self.company.hire("seller", "guide")
        self.manager = await self.company.hire("manager", "store_manager")
        self.top = await self.company.hire("top", "headquarters")
        leading = await self.create("Guide", employeeNo="G1", name="店长", accountId=self.manager.id)
        self.store = await self.create("Store", code="S1", name="一号店", managerId=leading)

    async def customer(self, name: str, **values: Any) -> str:
        return await self.create("Customer", name=name, ownerId=self.seller.id, **values)

    async def orders(self, customer: str, person: Person) -> list[tuple[str, str]]:
        values = {"customerId": customer, "amount": {"amount": "100.00"}}
        reply = await self.company.tenant.graphql(ORDER, {"v": values}, person=person)
        return [fault[:2] for fault in reply.faults] if "errors" in reply.body else []

    async def says(self, customer: str, summary: str, **values: Any) -> None:
        given = {"direction": "INBOUND", "storeId": self.store, **values}
        await self.create("Interaction", customerId=customer, summary=summary, **given)
        await self.timeline.settle()


async def check_credit(risks: Risks) -> None:
    """E14: 60.0 days are not over the mean by more than 20 %, 60.1 are; payment thaws, and so does an approval."""
    company = risks.company
    late = await risks.customer("拖", cycleDays="60")
    await risks.timeline.settle()
    assert await risks.orders(late, risks.seller) == []
    await company.change("Customer", late, cycleDays="60.1")
    await risks.timeline.settle()
    assert await risks.orders(late, risks.seller) == [("FORBIDDEN", "row_not_allowed")]
    (owed,) = (await company.tenant.data("{ orders(filter: {status: {eq: PENDING}}) { nodes { id } } }"))["orders"][
        "nodes"
    ]
    for amount, frozen in (("99.99", True), ("0.01", False)):
        paid = await risks.create("Payment", orderId=owed["id"], amount={"amount": amount})
        await company.change("Payment", paid, status="SUCCEEDED", paidAt=risks.timeline.now.isoformat())
        await risks.timeline.settle()
        assert (await company.values("customer", late, "frozen"))["frozen"] is frozen
    assert await risks.orders(late, risks.seller) == []
    other = await risks.customer("欠", cycleDays="90")
    await company.change("Customer", other, frozen=True)
    for outcome, frozen in (("rejectTask", True), ("approveTask", False)):
        await company.start("thaw", other)
        await company.act(outcome, risks.top, (await company.task(risks.top, "decide"))["id"])
        assert (await company.values("customer", other, "frozen"))["frozen"] is frozen
    assert await risks.orders(other, risks.seller) == []


async def check_revisits(risks: Risks) -> None:
    """D02: who looks at revisits and does not come forward within a day is told to the clinic."""
    silent, calls = [await risks.customer(name) for name in ("静", "约")]
    for one in (silent, calls):
        await risks.says(one, "复诊须知", kind="BROWSE")
    await risks.timeline.later(hours=23, minutes=59)
    assert "复诊机会" not in await told(risks.company, risks.manager)
    await risks.says(calls, "预约", kind="CALL")
    await risks.timeline.later(minutes=1)
    assert (await told(risks.company, risks.manager)).count("复诊机会") == 1
    (browsed,) = await fired(risks.company, "revisit")
    assert (await risks.company.values("interaction", browsed, "customerId"))["customerId"] == silent


async def check_questions(risks: Risks) -> None:
    """A33: the answer has the video and what goes with it, unless that was bought before."""
    new, owner = [await risks.customer(name) for name in ("新", "有")]
    product = await risks.create("Product", productNo="P1", name="精华")
    money = {"amount": "1.00"}
    line = {"description": "精华", "productId": product, "unitPrice": money, "amount": money}
    await risks.create("Order", customerId=owner, amount=money, lines={"create": [line]})
    query = """query($c: ID!) { found: interactions(filter: {customerId: {eq: $c}, direction: {eq: OUTBOUND}}) {
        nodes { summary } } }"""
    for one, answer in ((new, "教程视频；搭配精华"), (owner, "教程视频")):
        await risks.says(one, "洁面仪怎么用")
        found = (await risks.company.tenant.data(query, {"c": one}))["found"]["nodes"]
        assert found == [{"summary": answer}]


async def check_worries(risks: Risks) -> None:
    """E21: who worries about credit goes to somebody senior, and the first seller learns nothing of why."""
    asked = "query($id: ID!) { customer(id: $id) { %s } }"
    buyer = await risks.customer("首付")
    hidden = [("BAD_USER_INPUT", "invalid_operation", ())]
    assert await risks.company.tenant.faults(asked % "worries", {"id": buyer}, person=risks.seller) == hidden
    await risks.says(buyer, "首付不够怎么办")
    found = await risks.company.values("customer", buyer, "worries owner { id }")
    assert found == {"worries": ["credit"], "owner": {"id": risks.manager.id}}
    seen = await risks.company.tenant.data(asked % "name", {"id": buyer}, person=risks.seller)
    assert seen == {"customer": None}


async def check_stacked_offers(risks: Risks) -> None:
    """A12: a coupon and a reduction that together lose 300,000 are seen before they are published."""
    ask = risks.company.tenant.data
    for _ in range(3):
        order = await risks.create("Order", amount={"amount": "1000000.00"}, status="SHIPPED")
        await risks.company.change("Order", order, status="COMPLETED", completedAt=risks.timeline.now.isoformat())
    await risks.timeline.settle()
    trial = (await ask(TRY, {"rules": ["coupon", "reduction"]}))["tryRules"]
    assert (trial["fired"], trial["totalLoss"]) == (6, "300000")
    assert (await ask(TRY, {"rules": ["coupon"]}))["tryRules"]["totalLoss"] == "0"
    await ask(PUBLISH, {"rule": "coupon"})
    refused = await risks.company.tenant.faults(PUBLISH, {"rule": "reduction"})
    assert refused == [("CONFLICT", "rule_conflict", ("rule",))]
    # that one of them does not stack is enough
    alone = """
    rules: [{name: reduction, object: order, trigger: field, settings: {field: status, after: completed},
             benefit: {value: '200000', price: amount.amount, cost: amount.amount * 0.6, stacks: false},
             actions: [{name: tell, kind: webhook, settings: {event: reduction}}]}]
    """
    stacked = alone.replace(", stacks: false", "")
    await apply(risks.company, alone)
    assert (await ask(PUBLISH, {"rule": "reduction"}))["publishRule"]["override"] is None
    await apply(risks.company, stacked)
    assert await risks.company.tenant.faults(PUBLISH, {"rule": "reduction"}) == refused
    taken = await ask(PUBLISH, {"rule": "reduction", "why": "season's end"})
    assert taken["publishRule"]["override"] == "season's end"


async def test_what_is_risked_is_seen_frozen_or_handed_on_in_time(timeline: Timeline, company_of: Founding) -> None:
    await timeline.set(datetime.fromisoformat("2027-04-05T12:00:00+08:00"))
    risks = Risks(await company_of("retail_chain"), timeline)
    await risks.begin()
    await check_stacked_offers(risks)
    await check_credit(risks)
    await check_questions(risks)
    await check_worries(risks)
    await check_revisits(risks)
