"""Rules by the clock: dates, absences, times of day, counts in a window; each moment once, late rather than never."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.context import Actor, ActorKind
from server.identity.seats import agree
from server.terms import Terms
from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

SHANGHAI = ZoneInfo("Asia/Shanghai")

OPERATOR = Actor("", ActorKind.SYSTEM, "command line", ())

COUNT = "actions: [{name: count, kind: set, settings: {values: [{field: points, value: '=points + 1'}]}}]"


async def points(house: House, customer: str) -> int:
    found: int = (await house.look("customer", customer, "points"))["points"]
    return found


def day(timeline: Timeline, days: int) -> str:
    return (timeline.now.astimezone(SHANGHAI).date() + timedelta(days=days)).isoformat()


async def test_days_before_a_date_at_a_time_of_day_in_the_tenants_zone(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - name: soon
      object: order
      trigger: date
      settings: {of: due, offset: -P3D, at: "09:00"}
      when: status != "cancelled"
      actions: [{name: mark, kind: set, settings: {values: [{field: labels, value: [urgent]}]}}]
    """)
    due = timeline.now.astimezone(SHANGHAI).date() + timedelta(days=10)
    order, cancelled = await house.order(due=due.isoformat()), await house.order(due=due.isoformat())
    await house.change("Order", cancelled, status="CANCELLED")
    moment = datetime(due.year, due.month, due.day, 9, tzinfo=SHANGHAI) - timedelta(days=3)
    await timeline.until(moment - timedelta(seconds=1))
    assert await house.runs("soon") == []
    await timeline.until(moment)
    assert {run["record"]: run["outcome"] for run in await house.runs("soon")} == {order: "FIRED", cancelled: "NOT_MET"}
    await timeline.later(days=30)
    assert len(await house.runs("soon")) == 2


async def test_a_date_that_moves_moves_its_moment(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - name: after
      object: order
      trigger: date
      settings: {of: due, offset: P1D}
      actions: [{name: mark, kind: set, settings: {values: [{field: quantity, value: 1}]}}]
    """)
    order = await house.order(due=day(timeline, 2))
    await house.change("Order", order, due=day(timeline, 9))
    await timeline.later(days=5)
    assert await house.runs("after") == []
    await timeline.later(days=6)
    assert await house.outcomes("after") == ["FIRED"]


async def test_ten_days_of_downtime_make_a_moment_late_not_lost(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - name: after
      object: order
      trigger: date
      settings: {of: due, offset: P1D}
      actions: [{name: mark, kind: set, settings: {values: [{field: quantity, value: 1}]}}]
    """)
    await house.order(due=day(timeline, 2))
    await timeline.settle()
    await timeline.down(days=13)
    await timeline.settle()
    assert await house.outcomes("after") == ["FIRED"]


async def test_a_birthday_comes_every_year_once_also_on_29_february(house: House, timeline: Timeline) -> None:
    await timeline.set(datetime(2027, 1, 15, tzinfo=SHANGHAI))
    await house.declare(f"""
    - name: birthday
      object: customer
      trigger: date
      settings: {{of: joined, yearly: true, at: "08:00"}}
      {COUNT}
    """)
    leap = await house.customer(joined="2024-02-29")
    await timeline.until(datetime(2027, 2, 28, 7, 59, tzinfo=SHANGHAI))
    assert await points(house, leap) == 0
    await timeline.until(datetime(2027, 3, 1, tzinfo=SHANGHAI))
    assert await points(house, leap) == 1
    await timeline.until(datetime(2028, 2, 29, 8, tzinfo=SHANGHAI))
    assert await timeline.database.fetchval("select count(*) from tangram.rule_run where outcome = 'fired'") == 2


async def test_times_of_day_meet_nobody_after_the_trial_of_a_tenant_and_go_on_when_it_subscribes(
    house: House, timeline: Timeline
) -> None:
    connections, clients = timeline.tenants.services.connections, timeline.tenants.services.tenants
    await house.declare(f"""
    - name: daily
      object: customer
      trigger: schedule
      settings: {{at: "09:00"}}
      {COUNT}
    """)
    wang = await house.customer(points=0)
    await timeline.later(days=2)
    assert await points(house, wang) == 2
    await agree(connections, house.tenant.id, Terms(trial_ends_at=timeline.now), by=OPERATOR)
    await clients.refresh(house.tenant.id)
    await timeline.later(days=3)
    assert await points(house, wang) == 2
    await agree(connections, house.tenant.id, Terms(), by=OPERATOR)
    await clients.refresh(house.tenant.id)
    await timeline.later(days=1)
    assert await points(house, wang) == 3


async def test_a_wider_offset_is_made_up_for_once_where_the_rule_says_so(house: House, timeline: Timeline) -> None:
    text = """
    - name: expiry
      object: order
      trigger: date
      settings: {of: due, offset: -OFFSET, catch_up: true}
      actions: [{name: mark, kind: webhook, settings: {event: expires}}]
    """
    await house.declare(text.replace("OFFSET", "P7D"))
    near, far, past = [await house.order(due=day(timeline, days)) for days in (10, 20, -1)]
    await timeline.settle()
    assert await house.runs("expiry") == []
    await house.declare(text.replace("OFFSET", "P14D"))
    await timeline.settle()
    assert [run["record"] for run in await house.runs("expiry")] == [near]
    await timeline.later(days=6)
    assert [run["record"] for run in await house.runs("expiry")] == [near, far]
    assert past not in [run["record"] for run in await house.runs("expiry")]


CART = """
- name: cart
  object: order
  trigger: absence
  settings: {within: P3D}
  when: status == "draft"
  actions: [{name: coupon, kind: webhook, settings: {event: coupon}}]
"""


async def test_what_does_not_happen_in_time_fires_once_and_is_called_off_when_it_does(
    house: House, timeline: Timeline
) -> None:
    await house.declare(CART)
    left, paid = await house.order(), await house.order()
    await timeline.later(days=2, hours=23)
    await house.change("Order", paid, status="PAID")
    await house.change("Order", left, quantity=4)
    await timeline.later(minutes=59)
    assert await house.runs("cart") == []
    await timeline.later(minutes=1)
    assert [(run["record"], run["outcome"]) for run in await house.runs("cart")] == [(left, "FIRED")]
    await house.change("Order", left, quantity=5)
    await timeline.later(days=9)
    assert len(await house.runs("cart")) == 1
    await house.change("Order", left, status="PAID")
    await house.change("Order", left, status="DRAFT")
    await timeline.later(days=3)
    assert len(await house.runs("cart")) == 2


async def test_records_that_were_there_before_a_rule_have_their_moments_too(house: House, timeline: Timeline) -> None:
    order = await house.order(due=day(timeline, 5))
    await house.declare("""
    - name: before
      object: order
      trigger: date
      settings: {of: due, offset: -P1D}
      actions: [{name: mark, kind: webhook, settings: {event: due}}]
    """)
    await timeline.later(days=6)
    assert [run["record"] for run in await house.runs("before")] == [order]


async def test_a_time_of_day_comes_for_every_record_that_meets_the_condition(house: House, timeline: Timeline) -> None:
    await house.declare(f"""
    - name: wednesday
      object: customer
      trigger: schedule
      settings: {{at: "10:00", days: [3]}}
      when: level == "gold"
      {COUNT}
    """)
    gold, normal = await house.customer(level="GOLD"), await house.customer()
    await timeline.until_day(3, "10:00")
    late = await house.customer(level="GOLD")
    await timeline.later(days=7)
    assert [await points(house, one) for one in (gold, normal, late)] == [2, 0, 1]


NIGHTS = """
- name: nights
  object: customer
  trigger: count
  settings: {object: order, relation: customer, at: ordered_at, times: 3, within: P7D, by: night, in_a_row: true,
             where: 'quantity > 0'}
  actions: [{name: coupon, kind: webhook, settings: {event: coupon}}]
"""


@pytest.mark.parametrize(
    ("views", "fires"),
    [
        (["01 23:30", "02 23:30", "04 00:30"], True),
        (["01 23:30", "02 00:30", "02 23:30"], False),
        (["01 23:30", "02 23:30", "04 23:30"], False),
        (["01 12:00", "02 23:30", "03 23:30"], False),
    ],
    ids=["a night goes over midnight", "one night counts once", "a gap", "noon is no night"],
)
async def test_three_nights_in_a_row(house: House, timeline: Timeline, views: list[str], fires: bool) -> None:
    await timeline.set(datetime(2027, 6, 1, 8, tzinfo=SHANGHAI))
    await house.declare(NIGHTS)
    customer = await house.customer()
    for view in views:
        at = datetime.strptime(f"2027-06-{view} +0800", "%Y-%m-%d %H:%M %z")
        await timeline.until(max(at, timeline.now))
        await house.order(customerId=customer, quantity=1, orderedAt=at.isoformat())
        await timeline.settle()
    assert await house.outcomes("nights") == (["FIRED"] if fires else [])


async def test_counting_starts_anew_when_it_has_fired(house: House, timeline: Timeline) -> None:
    await house.declare(f"""
    - name: gift
      object: customer
      trigger: count
      settings: {{object: customer, relation: referrer, times: 3, within: P365D}}
      {COUNT}
    """)
    customer = await house.customer()
    had = []
    for _ in range(7):
        await house.customer(referrerId=customer)
        await timeline.later(seconds=1)
        had.append(await points(house, customer))
    assert had == [0, 0, 1, 1, 1, 2, 2]
