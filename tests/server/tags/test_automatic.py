"""Tags that rules give by the hour, by what was ordered and in a campaign; and very many tags in one field."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

BEGINS = datetime.fromisoformat("2027-11-11T00:00:00+08:00")
ENDS = datetime.fromisoformat("2027-11-12T00:00:00+08:00")
GROUPS = [
    {
        "name": "habits",
        "object": "customer",
        "field": "interests",
        "tags": [{"key": "at_night"}, {"key": "breakable"}, {"key": "singles_day"}],
    }
]
RULES = """
- {name: night, object: customer, trigger: count,
   settings: {object: order, relation: customer, times: 1, within: P1D, where: 'hour(ordered_at) == 3'},
   actions: [{name: tag, kind: tag, settings: {group: habits, tags: [at_night]}}]}
- {name: breaks, object: customer, trigger: count,
   settings: {object: order, relation: customer, times: 1, within: P1D, where: '"fragile" in labels'},
   actions: [{name: tag, kind: tag, settings: {group: habits, tags: [breakable]}}]}
- {name: campaign, object: customer, trigger: field, settings: {field: remark}, when: 'contains(remark, "打折")',
   begins: '2027-11-11T00:00:00+08:00', ends: '2027-11-12T00:00:00+08:00',
   actions: [{name: tag, kind: tag, settings: {group: habits, tags: [singles_day]}}]}
"""
LIST = "query($f: CustomerFilter!) { customers(filter: $f) { totalCount } }"
_FILL = """
insert into {table} (id, created_at, updated_at, name, interests)
select gen_random_uuid(), now(), now(), 'n' || n,
    array['g' || n % 30 || '_t' || n / 30 % 10, 'g' || (n + 7) % 30 || '_t' || n % 10]
from generate_series(1, 1000) as n
"""


async def test_rules_tag_by_the_hour_by_a_value_of_the_order_and_in_the_time_of_a_campaign(timeline: Timeline) -> None:
    house = House(timeline.east)
    await house.declare(RULES, tag_groups=GROUPS)
    second = timedelta(seconds=1)
    asked = []
    for at in (BEGINS - second, BEGINS, ENDS - second, ENDS):
        await timeline.until(at)
        record = await house.customer()
        await house.change("Customer", record, remark="打折吗")
        await timeline.settle()
        asked.append(await house.look("customer", record, "interests"))
    tagged = {"interests": ["singles_day"]}
    assert [one if one == tagged else None for one in asked] == [None, tagged, tagged, None]
    for hour, labels, tags in (
        ("03:59:59+08:00", ["GIFT"], ["at_night"]),
        ("03:59:59+00:00", ["FRAGILE"], ["breakable"]),  # noon where the tenant is
        ("04:00:00+08:00", [], None),
    ):
        record = await house.customer()
        await house.order(customerId=record, orderedAt=f"2027-11-11T{hour}", labels=labels)
        await timeline.settle()
        assert await house.look("customer", record, "interests") == {"interests": tags}


async def test_three_hundred_tags_in_thirty_groups_make_segments_of_a_thousand_customers(timeline: Timeline) -> None:
    groups = [
        {
            "name": f"g{group}",
            "object": "customer",
            "field": "interests",
            "tags": [{"key": f"g{group}_t{tag}"} for tag in range(10)],
        }
        for group in range(30)
    ]
    segment = {
        "name": "chosen",
        "object": "customer",
        "when": '"g3_t4" in interests || ("g10_t3" in interests && not ("g3_t0" in interests))',
    }
    house = House(timeline.east)
    await house.declare("[]", tag_groups=groups, segments=[segment])
    model = (await timeline.tenants.services.tenants.get("east")).model
    table = f'"{model.schema}"."{model.object("customer").table}"'
    await timeline.database.execute(_FILL.format(table=table))
    held = [{f"g{n % 30}_t{n // 30 % 10}", f"g{(n + 7) % 30}_t{n % 10}"} for n in range(1, 1001)]
    meant = sum("g3_t4" in tags or ("g10_t3" in tags and "g3_t0" not in tags) for tags in held)
    assert 0 < meant < 100
    assert await house.ask("{ segmentFigures { segment count } }") == {
        "segmentFigures": [{"segment": "chosen", "count": meant}]
    }
    assert (await house.ask(LIST, {"f": {"inSegment": "CHOSEN"}}))["customers"]["totalCount"] == meant
