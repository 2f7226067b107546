"""What campaigns, purchases, reviews, forms, ages and many questions set off: A25, A26, B01, B06, MA-16, MA-17."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding
from tests.scenarios.ruled import apply, calm, told
from tests.server.notifications.desk import counting_channel, offer

SHANGHAI = ZoneInfo("Asia/Shanghai")
DECLARED = """
objects:
  - name: campaign
    plural: campaigns
    fields: [{name: stacking_offer, type: boolean, default: false}]
  - name: region
    plural: regions
    fields:
      - {name: bot_priority, type: integer, default: 0}
      - {name: questions, type: formula,
         settings: {expression: 'stores.sum(tickets.count(kind == "consult" and status == "open"))'}}
  - name: ticket
    plural: tickets
    fields:
      - {name: asked_on, type: formula, settings: {expression: weekday(created_at)}}
      - {name: asked_at, type: formula, settings: {expression: hour(created_at)}}
  - name: need_band
    plural: need_bands
    label: {zh: 月龄对照, en: Needs by age}
    display: advice
    fields:
      - {name: store, type: relation, required: true, settings: {to: store, inverse: need_bands}}
      - {name: from_day, type: integer, required: true}
      - {name: advice, type: text, required: true}
forms:
  - name: join
    object: customer
    live: true
    public_role: website_visitor
    fields: [{name: name, field: name, access: required}, {name: phone, field: phone, access: required},
             {name: email, field: email, access: required},
             {name: consent, field: marketing_consent, access: required}]
policies:
  - {name: visitors_join, kind: allow, role: website_visitor, object: customer, actions: [create],
     fields: [name, phone, email, marketing_consent]}
message_templates:
  - {name: welcome, object: customer, title: {zh: '欢迎，{{ record.name }}'}, body: {zh: 很高兴认识您}}
contact_channels:
  - {name: welcome_mail, object: customer, via: email, address: email, consent: marketing_consent}
segments:
  - {name: surging, object: region, when: questions > 5}
  - {name: helping, object: guide, when: status == "active" and store.region.bot_priority > 0}
flows:
  - name: help_online
    object: guide
    live: true
    journey: {goal: store.region.bot_priority == 0, again: PT1M}
    nodes:
      - {name: begin, kind: start, settings: {trigger: segment, segment: helping}, edges: [{to: help}]}
      - {name: help, kind: task, label: {zh: 支援线上咨询}, settings: {assign: [{by: field, value: account}],
         nobody: administrator}, edges: [{to: over}]}
      - {name: over, kind: end}
rules:
  - name: welcome
    live: true
    object: customer
    trigger: record
    settings: {events: [create]}
    when: email != null
    actions: [{name: say, kind: send, settings: {template: welcome, channels: [welcome_mail], key: welcome}}]
  - name: what_is_needed
    live: true
    object: customer
    trigger: schedule
    settings: {at: "09:00"}
    when: store.need_bands.some(from_day == daysBetween(record.baby_born, today()))
    actions:
      - name: push
        kind: create
        settings:
          object: interaction
          values:
            - {field: customer, value: =id}
            - {field: direction, value: outbound}
            - field: summary
              value: '=store.need_bands.max(advice, from_day == daysBetween(record.baby_born, today()))'
  - name: offer_on
    live: true
    object: campaign
    trigger: date
    settings: {of: starts_at, catch_up: true}
    when: kind == "full_reduction" and starts_at <= now() and now() < ends_at
    actions:
      - {name: "on", kind: set, settings: {values: [{field: stacking_offer, value: true}]}}
      - {name: tell, kind: notify, settings: {roles: [service_agent], subject: '叠加券开始：{name}'}}
  - name: offer_off
    live: true
    object: campaign
    trigger: date
    settings: {of: ends_at}
    when: stacking_offer
    actions:
      - {name: "off", kind: set, settings: {values: [{field: stacking_offer, value: false}]}}
      - {name: tell, kind: notify, settings: {roles: [service_agent], subject: '叠加券结束：{name}'}}
  - name: formula_bought
    live: true
    object: order
    trigger: field
    settings: {field: status, after: paid}
    when: 'channel == "taobao" and lines.some(product.category.name == "奶粉")'
    branches:
      - {name: member, when: customer.group_memberships.some(left_at == null)}
      - {name: stranger}
    actions:
      - {name: live, kind: create, branch: member, settings: {object: interaction, values: [
          {field: customer, value: =customer.id}, {field: direction, value: outbound},
          {field: summary, value: 辅食教程直播}]}}
      - {name: invite, kind: create, branch: stranger, settings: {object: interaction, values: [
          {field: customer, value: =customer.id}, {field: direction, value: outbound},
          {field: summary, value: 邀请入群}]}}
  - name: came_in
    live: true
    object: group_member
    trigger: record
    settings: {events: [create]}
    when: customer.interactions.some(summary == "邀请入群") and customer.interactions.none(summary == "辅食教程直播")
    actions:
      - {name: live, kind: create, settings: {object: interaction, values: [
          {field: customer, value: =customer.id}, {field: direction, value: outbound},
          {field: summary, value: 辅食教程直播}]}}
  - name: surge
    live: true
    object: region
    trigger: event
    settings: {source: segment, event: entered, name: surging}
    when: weekday(today()) >= 6
    actions: [{name: bot, kind: set, settings: {values: [{field: bot_priority, value: 10}]}}]
  - name: calm
    live: true
    object: region
    trigger: event
    settings: {source: segment, event: left, name: surging}
    when: bot_priority > 0
    actions: [{name: bot, kind: set, settings: {values: [{field: bot_priority, value: 0}]}}]
"""


class Shops:
    """A shop in each of two cities."""

    def __init__(self, company: Company, timeline: Timeline) -> None:
        self.company, self.timeline, self.create = company, timeline, company.tenant.create
        self.ask = company.tenant.data

    async def begin(self) -> None:
        await apply(self.company, DECLARED)
        await calm(self.company, "retail_new_mothers", "retail_growing_babies", "retail_formula_without_food")
        self.agent = await self.company.staff("service_agent")
        self.regions, self.stores, self.guides = {}, {}, dict[str, Person]()
        for city in ("上海", "杭州"):
            self.regions[city] = await self.create("Region", code=city, name=city)
            self.stores[city] = await self.create("Store", code=city, name=city, regionId=self.regions[city])
            person = await self.company.hire(f"guide-{len(self.guides)}", "guide")
            await self.create("Guide", employeeNo=city, name=city, accountId=person.id, storeId=self.stores[city])
            self.guides[city] = person
        await self.timeline.settle()

    async def told_customers(self, customer: str) -> list[str]:
        query = """query($c: ID!) { found: interactions(filter: {customerId: {eq: $c}, direction: {eq: OUTBOUND}},
            orderBy: [{createdAt: ASC}]) { nodes { summary } } }"""
        return [one["summary"] for one in (await self.ask(query, {"c": customer}))["found"]["nodes"]]


async def check_campaigns(shops: Shops) -> None:
    """A25: the stacking offer is on from start to end, also where a campaign is moved midway."""
    company, timeline, begun = shops.company, shops.timeline, shops.timeline.now

    async def on(campaign: str) -> bool:
        return bool((await company.values("campaign", campaign, "stackingOffer"))["stackingOffer"])

    day = timedelta(days=1)
    kept, moved = [
        await shops.create("Campaign", name=name, kind="FULL_REDUCTION", startsAt=(begun + day).isoformat(),
                           endsAt=(begun + 3 * day).isoformat())
        for name in ("照旧", "改期")
    ]  # fmt: skip
    await timeline.until(begun + day - timedelta(seconds=1))
    assert [await on(one) for one in (kept, moved)] == [False, False]
    await timeline.until(begun + day)
    assert [await on(one) for one in (kept, moved)] == [True, True]
    await company.change("Campaign", moved, endsAt=(begun + 2 * day).isoformat())
    await timeline.until(begun + 2 * day)
    assert [await on(one) for one in (kept, moved)] == [True, False]
    await company.change("Campaign", kept, endsAt=(begun + 4 * day).isoformat())
    await timeline.until(begun + 3 * day)
    assert await on(kept)
    await timeline.until(begun + 4 * day)
    assert not await on(kept)
    heard = [title for title in await told(company, shops.agent) if title.startswith("叠加券")]
    assert sorted(heard) == ["叠加券开始：改期", "叠加券开始：照旧", "叠加券结束：改期", "叠加券结束：照旧"]


async def check_formula(shops: Shops) -> None:
    """A26: whoever bought formula is led to the live tutorial; a stranger is asked into the group first."""
    category = await shops.create("Category", name="奶粉")
    product = await shops.create("Product", productNo="F1", name="奶粉一段", categoryId=category)
    member, stranger, other = [await shops.create("Customer", name=name) for name in ("群友", "新客", "他")]
    await shops.create("GroupMember", customerId=member, storeId=shops.stores["上海"], groupName="辅食群")
    money = {"amount": "299.00"}
    for customer, goods in ((member, {"productId": product}), (stranger, {"productId": product}), (other, {})):
        line = {"description": "奶粉", "unitPrice": money, "amount": money, **goods}
        order = await shops.create(
            "Order", customerId=customer, channel="TAOBAO", amount=money, lines={"create": [line]}
        )
        await shops.timeline.settle()
        assert await shops.told_customers(customer) == []  # not paid yet
        await shops.company.change("Order", order, status="PAID", paidAt=shops.timeline.now.isoformat())
    await shops.timeline.settle()
    assert [await shops.told_customers(one) for one in (member, stranger, other)] == [
        ["辅食教程直播"], ["邀请入群"], [],
    ]  # fmt: skip
    await shops.create("GroupMember", customerId=stranger, storeId=shops.stores["上海"], groupName="辅食群")
    await shops.timeline.settle()
    assert await shops.told_customers(stranger) == ["邀请入群", "辅食教程直播"]


async def check_reviews(shops: Shops) -> None:
    """B01: thirty seconds count from the receipt, whatever the clock of the platform says; signed in time is enough."""
    company, timeline = shops.company, shops.timeline
    region, manager = await company.staff("regional_manager"), await company.hire("manager", "store_manager")
    await company.change("User", manager.id, superiorId=region.id)
    leading = await shops.create("Guide", employeeNo="M1", name="店长", accountId=manager.id)
    store = await shops.create("Store", code="M", name="人民广场店", managerId=leading)
    for skew in (timedelta(minutes=-10), timedelta(minutes=10)):
        for signed in (True, False):
            written = (timeline.now + skew).isoformat()
            await shops.create("Review", title="等太久", score=2, content="凉", storeId=store, reviewedAt=written)
            await timeline.settle()
            await timeline.later(seconds=29.999)
            assert [task["node"] for task in await company.tasks(region)] == []
            if signed:
                await company.do(manager, "sign")
            await timeline.later(seconds=0.001)
            assert [task["node"] for task in await company.tasks(region)] == ([] if signed else ["sign"])
            if not signed:
                await company.do(region, "sign")
            await company.do(manager, "solve", values={"solution": "道歉"})


async def check_joining(shops: Shops, mails: list[Any]) -> None:
    """MA-16: whoever fills in the form is welcomed by mail at once, and once."""
    text = 'mutation { made: createFormLink(input: {form: "join"}) { url } }'
    url = (await shops.ask(text))["made"]["url"]
    given = {"name": "刘女士", "phone": "13900139009", "email": "liu@example.com", "marketing_consent": True}
    client, answers = shops.company.tenant.client, list[int]()
    for _ in range(2):
        answers.append((await client.post(url, json={"values": given})).status_code)
        await shops.timeline.settle()
    assert (answers[0], answers[1] >= 400) == (201, True)
    welcomes = [one.receiver.email for one in mails if one.title == "欢迎，刘女士"]  # beside those of the template
    assert welcomes == ["liu@example.com"]


async def check_needs(shops: Shops) -> None:
    """MA-17: a table says what is needed from which age on; who changes it changes what is sent."""
    store, day = shops.stores["上海"], shops.timeline.now.astimezone(SHANGHAI).date()
    born = {age: (day - timedelta(days=age)).isoformat() for age in (179, 180)}
    babies = {
        age: await shops.create("Customer", name=str(age), storeId=store, babyBorn=on) for age, on in born.items()
    }
    elsewhere = await shops.create("Customer", name="杭", storeId=shops.stores["杭州"], babyBorn=born[179])
    band = await shops.create("NeedBand", storeId=store, fromDay=180, advice="换 L 码")
    await shops.create("NeedBand", storeId=store, fromDay=365, advice="换 XL 码")
    await shops.timeline.later(days=1)
    await shops.company.change("NeedBand", band, fromDay=182, advice="换 M 码")
    await shops.timeline.later(days=1)
    sent = [await shops.told_customers(one) for one in (babies[179], babies[180], elsewhere)]
    assert sent == [["换 L 码"], ["换 M 码"], []]


async def check_surge(shops: Shops) -> None:
    """B06: many questions on a Saturday put guides of that city to work and the robot in front, until they are few."""
    company, timeline = shops.company, shops.timeline

    async def asked(city: str, count: int) -> list[str]:
        inputs = [{"title": "有货吗", "kind": "CONSULT", "storeId": shops.stores[city]} for _ in range(count)]
        made = await shops.ask(
            "mutation($i: [CreateTicketInput!]!) { made: createTickets(inputs: $i) { id } }", {"i": inputs}
        )
        await timeline.later(minutes=2)
        return [one["id"] for one in made["made"]]

    async def state() -> dict[str, tuple[int, list[str]]]:
        return {
            city: (
                (await company.values("region", region, "botPriority"))["botPriority"],
                [task["node"] for task in await company.tasks(shops.guides[city])],
            )
            for city, region in shops.regions.items()
        }

    calm: dict[str, tuple[int, list[str]]] = {"上海": (0, []), "杭州": (0, [])}
    await timeline.until_day(5, "15:00")
    friday = await asked("上海", 6)
    assert await state() == calm  # no weekend
    for ticket in friday:
        await company.change("Ticket", ticket, status="CLOSED", solution="已答")
    await timeline.until_day(6, "15:00")
    tickets = await asked("上海", 5)
    await asked("杭州", 2)
    assert await state() == calm
    tickets += await asked("上海", 1)
    assert await state() == {"上海": (10, ["help"]), "杭州": (0, [])}
    heat = """{ found: ticketsAggregate(filter: {kind: {eq: CONSULT}}, groupBy: [{askedOn: VALUE}, {askedAt: VALUE}],
        orderBy: [{count: DESC}], first: 1) { key { askedOn askedAt } count } }"""
    found: Any = (await shops.ask(heat))["found"]
    assert found == [{"key": {"askedOn": 6, "askedAt": 15}, "count": 8}]
    await company.change("Ticket", tickets[0], status="CLOSED", solution="已答")
    await timeline.later(minutes=3)
    assert await state() == calm


async def test_what_happens_around_shops_sets_off_what_is_due_and_ends_it(
    timeline: Timeline, company_of: Founding
) -> None:
    channel, mails = counting_channel("email")
    offer(timeline.tenants, channel)
    await timeline.set(datetime(2027, 4, 5, 12, tzinfo=SHANGHAI))  # a Monday
    shops = Shops(await company_of("retail_chain"), timeline)
    await shops.begin()
    await check_joining(shops, mails)
    await check_needs(shops)
    await check_campaigns(shops)
    await check_formula(shops)
    await check_reviews(shops)
    await check_surge(shops)
