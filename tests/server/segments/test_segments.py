"""Segments: who meets a condition, in lists and figures, and events of those who come in and go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from server.segments import handlers, members
from tests.fixtures.timeline import Timeline
from tests.governed import allow, field_rights, govern
from tests.server.rules.house import House

SEGMENTS = [
    {
        "name": "tea_no_cake",
        "object": "customer",
        "label": {"zh": "买茶未买饼", "en": "Tea, never cake"},
        "when": 'orders.some(status == "paid" && "gift" in labels)'
        ' && orders.none(status == "paid" && "fragile" in labels)',
    },
    {"name": "big", "object": "customer", "when": "order_total > 1000"},
    {"name": "old_hands", "object": "customer", "when": "addMonths(joined, 6) <= today()"},
    {"name": "in_shanghai", "object": "customer", "when": 'store.city == "上海"'},
]
RULES = """
- {name: welcome, object: customer, trigger: event, settings: {source: segment, event: entered},
   actions: [{name: mark, kind: set, settings: {values: [{field: points, value: "=points + 1"}]}}]}
- {name: goodbye, object: customer, trigger: event, settings: {source: segment, event: left, name: tea_no_cake},
   actions: [{name: mark, kind: set, settings: {values: [{field: remark, value: left}]}}]}
"""
LIST = "query($f: CustomerFilter!) { customers(filter: $f, orderBy: {name: ASC}) { totalCount nodes { name } } }"
FIGURES = "{ segmentFigures { segment count } }"


async def listed(house: House, filter_: Any) -> list[str]:
    found = (await house.ask(LIST, {"f": filter_}))["customers"]
    assert found["totalCount"] == len(found["nodes"])
    return [one["name"] for one in found["nodes"]]


async def counts(house: House, **more: Any) -> dict[str, int]:
    return {one["segment"]: one["count"] for one in (await house.ask(FIGURES, **more))["segmentFigures"]}


async def inside(house: House, record: str) -> list[str]:
    query = 'query($r: ID!) { segmentsOf(object: "customer", record: $r) { segment } }'
    return [one["segment"] for one in (await house.ask(query, {"r": record}))["segmentsOf"]]


async def test_a_segment_filters_lists_alone_and_with_other_conditions_and_through_relations(
    timeline: Timeline,
) -> None:
    house = House(timeline.east)
    await house.declare("[]", segments=SEGMENTS)
    tea = await house.customer(name="a", level="GOLD", joined="2020-01-01")
    both = await house.customer(name="b", joined="2020-01-01")
    draft = await house.customer(name="c")
    for customer, status, label in (
        (tea, "PAID", "GIFT"), (both, "PAID", "GIFT"), (both, "SHIPPED", "FRAGILE"), (both, "PAID", "FRAGILE"),
        (draft, "DRAFT", "GIFT"),
    ):  # fmt: skip
        await house.order(customerId=customer, status=status, labels=[label])
    assert await listed(house, {"inSegment": "TEA_NO_CAKE"}) == ["a"]
    assert await listed(house, {"not": {"inSegment": "TEA_NO_CAKE"}, "inSegment": "OLD_HANDS"}) == ["b"]
    assert await listed(house, {"or": [{"inSegment": "TEA_NO_CAKE"}, {"name": {"eq": "c"}}]}) == ["a", "c"]
    orders = "query($f: OrderFilter!) { orders(filter: $f) { totalCount } }"
    through = {"customer": {"inSegment": "TEA_NO_CAKE"}}
    assert (await house.ask(orders, {"f": through}))["orders"] == {"totalCount": 1}
    stores = "query($f: StoreFilter!) { stores(filter: $f) { totalCount } }"
    store = await timeline.east.create("Store", name="s")
    await house.change("Customer", tea, storeId=store)
    inner = {"customers": {"some": {"inSegment": "TEA_NO_CAKE"}}}
    assert (await house.ask(stores, {"f": inner}))["stores"] == {"totalCount": 1}
    assert await counts(house) == {"tea_no_cake": 1, "big": 0, "old_hands": 2, "in_shanghai": 0}
    assert (await timeline.west.data(FIGURES))["segmentFigures"] == []


async def test_who_may_not_read_what_a_segment_asks_for_is_not_offered_it(timeline: Timeline) -> None:
    house = House(timeline.east)
    await house.declare("[]", segments=SEGMENTS)
    await house.customer(joined="2020-01-01")
    policies = [
        allow("sales", "customer"),
        field_rights("sales", "customer", "joined", read="none", write=False, priority=10),
        allow("sales", "store"),
    ]
    await govern(timeline.east, roles=["sales"], policies=policies)
    member = timeline.east.member
    assert await counts(house, person=member) == {"in_shanghai": 0}
    refused = await timeline.east.graphql(LIST, {"f": {"inSegment": "OLD_HANDS"}}, person=member)
    assert refused.faults[0][:2] == ("BAD_USER_INPUT", "wrong_type")


async def test_coming_in_and_going_out_are_events_that_rules_hear_each_once(timeline: Timeline) -> None:
    house = House(timeline.east)
    await house.declare(RULES, segments=SEGMENTS[:2])
    record = await house.customer()
    await timeline.settle()
    assert await inside(house, record) == []
    tea = await house.order(customerId=record, status="PAID", labels=["GIFT"])
    await timeline.settle()
    assert await inside(house, record) == ["tea_no_cake"]
    await house.change("Customer", record, name="renamed")
    await house.order(customerId=record, status="PAID", labels=["GIFT"])
    await timeline.settle()
    assert await house.look("customer", record, "points remark") == {"points": 1, "remark": None}
    # an order is handed to somebody else: both sides are looked at
    other = await house.customer(name="other")
    for order in [tea, *await orders_of(house, record, but=tea)]:
        await house.change("Order", order, customerId=other)
    await timeline.settle()
    assert (await inside(house, record), await inside(house, other)) == ([], ["tea_no_cake"])
    assert await house.look("customer", record, "points remark") == {"points": 1, "remark": "left"}
    cake = await house.order(customerId=other, status="PAID", labels=["FRAGILE"])
    await timeline.settle()
    assert await inside(house, other) == []
    # a refund: the condition is met again, which is a new event
    await house.change("Order", cake, status="CANCELLED")
    await timeline.settle()
    assert await house.look("customer", other, "points") == {"points": 2}
    await house.ask("mutation($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": other})
    await timeline.settle()
    assert await inside(house, other) == []


async def test_those_who_come_in_by_one_bulk_write_are_judged_together_each_by_its_own_cause(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(timeline.east)
    rich = {"name": "rich", "object": "customer", "when": "points >= 10"}
    await house.declare("[]", segments=[rich])
    records = [await house.customer(name=f"n{place}") for place in range(3)]
    await timeline.settle()
    asked: list[int] = []
    judge = members.Members.judge

    async def counted(self: Any, connection: Any, context: Any, segment: Any, causes: Any, now: Any) -> None:
        asked.append(len(causes))
        await judge(self, connection, context, segment, causes, now)

    monkeypatch.setattr(members.Members, "judge", counted)
    await house.ask("mutation { updateCustomers(filter: {points: {lt: 10}}, input: {points: 10}) { count } }")
    await timeline.settle()
    assert asked == [3]
    causes = await timeline.database.fetch(
        "select told.record_id::text as record, wrote.record_id::text as cause from tangram.event as told"
        " join tangram.event as wrote on told.cause = array[wrote.id] where told.kind = 'entered'"
    )
    assert sorted(tuple(row) for row in causes) == sorted((record, record) for record in records)


async def orders_of(house: House, record: str, *, but: str) -> list[str]:
    query = "query($f: OrderFilter!) { orders(filter: $f) { nodes { id } } }"
    found = await house.ask(query, {"f": {"customerId": {"eq": record}}})
    return [one["id"] for one in found["orders"]["nodes"] if one["id"] != but]


async def test_time_and_what_is_far_away_move_records_too(timeline: Timeline) -> None:
    house = House(timeline.east)
    await timeline.set(datetime.fromisoformat("2026-01-31T10:20:00+08:00"))
    store = await timeline.east.create("Store", name="s", city="北京")
    await house.declare(RULES, segments=SEGMENTS[2:])
    record = await house.customer(joined="2025-08-01", storeId=store)
    await timeline.settle()
    await timeline.until(datetime.fromisoformat("2026-01-31T23:59:59+08:00"))
    assert await inside(house, record) == []
    await timeline.later(seconds=1)
    assert await inside(house, record) == ["old_hands"]
    await house.change("Store", store, city="上海")
    await timeline.settle()
    assert await inside(house, record) == ["old_hands"]
    await timeline.later(minutes=1)
    assert await inside(house, record) == ["old_hands", "in_shanghai"]
    assert await house.look("customer", record, "points") == {"points": 2}


async def test_many_come_in_batch_by_batch_and_declaring_tells_only_where_it_is_asked_for(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "BATCH", 3)
    monkeypatch.setattr(members, "PAGE", 4)
    monkeypatch.setattr(handlers, "BATCH", 3)
    house = House(timeline.east)
    records = [await house.customer(name=f"n{place}", points=10) for place in range(8)]
    await timeline.settle()
    silent = {"name": "rich", "object": "customer", "when": "points >= 10"}
    await house.declare(RULES, segments=[silent])
    await timeline.settle()
    assert [await inside(house, one) for one in records] == [["rich"]] * 8
    assert await house.runs() == []
    batches = await timeline.database.fetch(
        "select count(*) as rows, xmin::text from tangram.segment_member group by xmin::text"
    )
    assert sorted(row["rows"] for row in batches) == [2, 3, 3]
    await house.declare(RULES, segments=[{**silent, "when": "points >= 11", "announce": True}])
    await timeline.settle()
    assert [await inside(house, one) for one in records] == [[]] * 8
    await house.declare(RULES, segments=[{**silent, "when": "points >= 9", "announce": True}])
    await timeline.settle()
    assert await house.outcomes("welcome") == ["FIRED"] * 8
    assert [(await house.look("customer", one, "points"))["points"] for one in records] == [11] * 8
    await house.ask('mutation { refreshSegment(segment: "rich") }')
    await timeline.settle()
    assert len(await house.runs("welcome")) == 8
    remove = 'mutation { removeSegment(name: "rich") { version } }'
    await house.ask(remove, path="/metadata")
    await timeline.settle()
    assert await timeline.database.fetchval("select count(*) from tangram.segment_member") == 0


async def test_what_is_wrong_with_a_segment_is_told_at_once(timeline: Timeline) -> None:
    house = House(timeline.east)
    bad = [
        {"name": "nowhere", "object": "planet", "when": "true"},
        {"name": "unknown", "object": "customer", "when": "colour == 1", "every": "PT1M"},
        {"name": "secret", "object": "customer", "when": "isNull(id_card)"},
    ]
    assert await house.refused("[]", segments=bad) == [
        ("BAD_USER_INPUT", "unknown_object", ("segments", "nowhere", "object")),
        ("BAD_USER_INPUT", "unknown_field", ("segments", "unknown", "when")),
        ("BAD_USER_INPUT", "bad_duration", ("segments", "unknown", "every")),
        ("BAD_USER_INPUT", "encrypted", ("segments", "secret", "when")),
    ]
    unknown = await timeline.east.faults('mutation { refreshSegment(segment: "x") }')
    assert unknown == [("NOT_FOUND", "unknown_segment", ("segment",))]
