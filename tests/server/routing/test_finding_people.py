"""Steps find the right person: by skill, region, distance and stock, by who had it before, by weight, by turns."""

from __future__ import annotations

from collections import Counter

from tests.server.routing.desk import Desk

RULE = 'routing_rules: [{name: paid, object: order, queue: service, events: [create, update], when: status == "paid"}]'


def queue(steps: str, more: str = "", objects: str = "") -> str:
    """A queue that everybody with the role `agent` works."""
    return f"""
objects: [{objects}]
queues:
  - name: service
    object: order
    members: [{{role: agent}}]
    capacity: "100"
    steps: {steps}
    {more}
{RULE}
"""


async def test_a_hundred_records_go_round_four_people_twenty_five_each(desk: Desk) -> None:
    await desk.declare(queue("[{by: round_robin}]"))
    people = [await desk.hire(name) for name in ("ann", "bob", "cai", "dan")]
    orders = await desk.orders(60, status="PAID") + await desk.orders(40, status="PAID")
    owners = Counter([await desk.owner(order) for order in orders[:8]])
    assert owners == Counter({person.id: 2 for person in people})
    assert [len(await desk.work(person)) for person in people] == [25, 25, 25, 25]


async def test_a_skill_is_required_until_the_work_has_waited_too_long(desk: Desk) -> None:
    steps = (
        "[{by: where, expression: '\"gift\" in actor.skills', required: true, relax_after: PT10M, when: quantity > 1}]"
    )
    await desk.declare(queue(steps, "heartbeat: PT9H"))
    plain, skilled = await desk.hire("ann"), await desk.hire("zoe", skills=["gift", "size"], online=False)
    first, second = await desk.order(status="PAID", quantity=5), await desk.order(status="PAID", quantity=1)
    assert await desk.records(plain) == [second]
    assert (await desk.explain(first))["now"]["outcome"] == "NOBODY_FREE"
    await desk.says(skilled, "ONLINE")
    assert await desk.records(skilled) == [first]
    await desk.says(skilled, "OFFLINE")
    third = await desk.order(status="PAID", quantity=9)
    await desk.time.later(minutes=9, seconds=59)
    assert await desk.owner(third) is None or third not in await desk.records(plain)
    await desk.time.later(seconds=1)
    assert third in await desk.records(plain)
    (assigned,) = [one for one in (await desk.explain(third))["decisions"] if one["act"] == "assigned"]
    assert assigned["passedOver"] == ["1:where"]


async def test_a_skill_that_nobody_has_leads_to_the_catch_all(desk: Desk) -> None:
    await desk.declare(
        queue(
            "[{by: where, expression: '\"gift\" in actor.skills', required: true}]",
            "\n  - {name: hall, object: order, members: [{role: chief}], catch_all: true}",
        )
    )
    ann, chief = await desk.hire("ann"), await desk.hire("chief", "chief")
    order = await desk.order(status="PAID")
    assert (await desk.records(ann), await desk.records(chief)) == ([], [order])
    (moved,) = [one for one in (await desk.explain(order))["decisions"] if one["act"] == "moved"]
    assert moved["reason"] == "nobody_fits"


async def test_regions_fall_back_from_the_city_to_whoever_is_there(desk: Desk) -> None:
    steps = "[{by: where, expression: store == actor.home_store}, {by: where, expression: store.city == actor.speaks}]"
    await desk.declare(queue(steps))
    north = await desk.office.tenant.create("Store", name="North", city="Beijing")
    south = await desk.office.tenant.create("Store", name="South", city="Shenzhen")
    other = await desk.office.tenant.create("Store", name="East", city="Beijing")
    near = await desk.hire("ann", homeStoreId=north)
    city = await desk.hire("bob", speaks="Beijing")
    placed = [await desk.order(status="PAID", storeId=store) for store in (north, other, south)]
    assert (await desk.records(near))[0] == placed[0]
    assert (await desk.records(city))[0] == placed[1]
    assert await desk.owner(placed[2]) == near.id


STOCK = """
  {name: product, plural: products, fields: [{name: name, type: text}]},
  {name: stock, plural: stocks, fields: [
    {name: product, type: relation, settings: {to: product, inverse: stocks}},
    {name: store, type: relation, settings: {to: store, inverse: stocks}},
    {name: quantity, type: integer}
  ]},
  {name: order, plural: orders, fields: [
    {name: place, type: geo_point}, {name: product, type: relation, settings: {to: product}}
  ]}
"""


async def test_the_nearest_store_on_duty_with_stock_gets_it(desk: Desk) -> None:
    steps = (
        "[{by: where, expression: 'actor.home_store.stocks.some(product == record.product && quantity > 0)',"
        " required: true},"
        " {by: least, expression: 'distanceKm(place, actor.place)'}]"
    )
    await desk.declare(queue(steps, "heartbeat: PT9H", STOCK))
    tenant = desk.office.tenant
    stores = [await tenant.create("Store", name=name) for name in ("A", "B", "C")]
    product = await tenant.create("Product", name="Coat, size M")
    for store, quantity in zip(stores, (3, 1, 0), strict=True):
        await tenant.create("Stock", productId=product, storeId=store, quantity=quantity)
    places = [{"lat": 39.9, "lng": 116.5}, {"lat": 39.9, "lng": 116.9}, {"lat": 39.9, "lng": 116.41}]
    near, far, empty = [
        await desk.hire(name, homeStoreId=store, place=place)
        for name, store, place in zip(("ann", "bob", "cai"), stores, places, strict=True)
    ]
    asked = {"place": {"lat": 39.9, "lng": 116.4}, "productId": product, "status": "PAID"}
    order = await desk.order(**asked)
    assert await desk.owner(order) == near.id
    (assigned,) = [one for one in (await desk.explain(order))["decisions"] if one["act"] == "assigned"]
    seen = {line["agent"]: (line["out"], line["figures"]) for line in assigned["agents"]}
    assert (seen[near.id][0], seen[far.id][0], seen[empty.id]) == (None, "2:least", ("1:where", None))
    assert float(seen[near.id][1]["2:least"]) < 10 < float(seen[far.id][1]["2:least"])
    await desk.says(near, "OFFLINE")
    assert await desk.owner(await desk.order(**asked)) == far.id
    placeless = await desk.order(productId=product, status="PAID")
    assert await desk.owner(placeless) == far.id


async def test_a_customer_comes_back_to_the_same_person_for_a_time(desk: Desk) -> None:
    await desk.declare(queue("[{by: sticky, expression: customer, within: P7D}, {by: round_robin}]", "online: false"))
    ann, bob = await desk.hire("ann"), await desk.hire("bob")
    customer = await desk.office.tenant.create("Customer", name="王")

    async def order() -> str | None:
        made = await desk.office.tenant.create("Order", customerId=customer, status="PAID")
        await desk.time.settle()
        return await desk.owner(made)

    assert await desk.owner(await desk.order(status="PAID")) == min(ann.id, bob.id)
    last = max(ann.id, bob.id)
    assert [await order(), await order(), await order()] == [last, last, last]
    await desk.time.later(days=7)
    assert await order() == min(ann.id, bob.id)


async def test_vip_work_overtakes_in_the_queue(desk: Desk) -> None:
    await desk.declare(
        queue("[]", "priority: 'customer.level == \"vip\" ? 10 : 0'\n    kind: slow").replace('"100"', '"1"')
    )
    ann = await desk.hire("ann")
    first, second = await desk.order(status="PAID"), await desk.order(status="PAID")
    vip = await desk.office.tenant.create("Customer", name="贵", level="VIP", phone="13800138000")
    urgent = await desk.office.tenant.create("Order", customerId=vip, status="PAID")
    await desk.time.settle()
    seen = []
    for _ in range(3):
        (work,) = await desk.work(ann)
        seen.append(work["record"])
        await desk.does(ann, "completeWork", work["id"])
    assert seen == [first, urgent, second]


async def test_weights_and_capacity_are_figures_of_people(desk: Desk) -> None:
    text = queue("[{by: weighted, expression: actor.rate}]").replace('"100"', "'limit_of_work > 0 ? limit_of_work : 3'")
    await desk.declare(text)
    strong, weak = await desk.hire("ann", rate=3, limitOfWork=6), await desk.hire("bob", rate=1)
    await desk.orders(8, status="PAID")
    assert (len(await desk.work(strong)), len(await desk.work(weak))) == (6, 2)
    await desk.orders(4, status="PAID")
    assert (len(await desk.work(strong)), len(await desk.work(weak))) == (6, 3)
    assert (await desk.state("service"))["depth"] == 3


async def test_the_superior_of_whom_a_field_names(desk: Desk) -> None:
    await desk.declare(queue("[{by: field, field: customer.manager, superior: 1, required: true}]", "online: false"))
    head, seller = await desk.hire("head"), await desk.hire("ann")
    tenant = desk.office.tenant
    for text, given in (
        ("updateDepartment", {"managerId": head.id}),
        ("updateUser", {"departmentId": tenant.department_id}),
    ):
        target = tenant.department_id if text == "updateDepartment" else seller.id
        type_name = text.removeprefix("update")
        await tenant.data(
            f"mutation($id: ID!, $input: Update{type_name}Input!) {{ {text}(id: $id, input: $input) {{ id }} }}",
            {"id": target, "input": given},
        )
    customer = await tenant.create("Customer", name="王", managerId=seller.id)
    order = await tenant.create("Order", customerId=customer, status="PAID")
    await desk.time.settle()
    assert await desk.owner(order) == head.id


async def test_roles_of_the_agent_count_as_in_policies(desk: Desk) -> None:
    await desk.declare(queue("[{by: where, expression: '\"senior\" in actor.roles'}]"))
    await desk.hire("ann")
    senior = await desk.hire("zoe", "agent", "senior")
    assert await desk.owner(await desk.order(status="PAID")) == senior.id
