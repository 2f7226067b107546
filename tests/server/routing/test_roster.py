"""Who is there by the clock: hours in the zone of a calendar, shifts, leave, standby while the backlog is too deep."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.routing.roster import every_week
from tests.fixtures.tenants import Person
from tests.server.routing.desk import Desk

HOURS = """
calendars:
  - {name: tokyo, timezone: Asia/Tokyo, windows: [{days: [1, 2, 3, 4, 5], begins: "09:00", ends: "18:00"}]}
queues:
  - {name: service, object: order, members: [{role: agent, calendar: tokyo}], online: false}
routing_rules: [{name: paid, object: order, queue: service, when: status == "paid"}]
"""
ROSTER = """
queues:
  - name: service
    object: order
    members: [{role: agent}]
    online: false
    roster: true
    capacity: "1"
    levels: [{name: deep, depth: 2, clear: 0, standby: true}, {name: old, age: PT20M}]
routing_rules: [{name: paid, object: order, queue: service, when: status == "paid"}]
"""
ADD = "mutation($shifts: [RosterShiftInput!]!) { made: addShifts(shifts: $shifts) { id account kind queue } }"


async def add(desk: Desk, person: Person, kind: str, begins: datetime, hours: float, **more: Any) -> dict[str, Any]:
    shift = {"account": person.email, "kind": kind, "begins": begins.isoformat(), **more}
    shift["ends"] = (begins + timedelta(hours=hours)).isoformat()
    data = await desk.office.tenant.data(ADD, {"shifts": [shift]})
    await desk.time.settle()
    found: dict[str, Any] = data["made"][0]
    return found


async def levels(desk: Desk) -> list[tuple[str, str]]:
    """What was told of levels, in order."""
    rows = await desk.time.database.fetch(
        "select changes ->> 'act' as act, changes ->> 'level' as level from tangram.event"
        " where object = 'routing__queue' and changes ? 'level' order by id"
    )
    return [(row["act"], row["level"]) for row in rows]


async def test_hours_are_those_of_the_agents_zone(desk: Desk) -> None:
    await desk.declare(HOURS)
    ann = await desk.hire("ann")
    await desk.time.until_day(1, "07:59", zone="Asia/Shanghai")  # 08:59 in Tokyo
    order = await desk.order(status="PAID")
    assert await desk.records(ann) == []
    assert (await desk.state("service"))["agents"][0]["absent"] == "off_hours"
    await desk.time.later(minutes=1)
    assert await desk.records(ann) == [order]
    await desk.time.until_day(1, "17:00", zone="Asia/Shanghai")
    await desk.order(status="PAID")
    assert await desk.records(ann) == [order]


async def test_a_shift_that_begins_brings_the_work(desk: Desk) -> None:
    await desk.declare(ROSTER)
    ann = await desk.hire("ann")
    order = await desk.order(status="PAID")
    assert (await desk.state("service"))["agents"][0]["absent"] == "no_shift"
    await add(desk, ann, "DUTY", desk.time.now + timedelta(hours=2), 8)
    await desk.time.later(hours=1, minutes=59)
    assert await desk.records(ann) == []
    await desk.time.later(minutes=1)
    assert await desk.records(ann) == [order]


def test_every_week_is_the_same_time_of_the_zones_clocks() -> None:
    berlin, friday = ZoneInfo("Europe/Berlin"), datetime(2026, 10, 23, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    found = every_week(friday, 3, berlin)
    assert [one.astimezone(berlin).isoformat() for one in found] == [
        "2026-10-23T09:00:00+02:00", "2026-10-30T09:00:00+01:00", "2026-11-06T09:00:00+01:00",
    ]  # fmt: skip


async def test_a_weekly_shift_is_there_every_week_until_it_ends(desk: Desk) -> None:
    await desk.declare(ROSTER)
    ann = await desk.hire("ann")
    await desk.time.until_day(6, "09:00")
    await add(desk, ann, "DUTY", desk.time.now, 8, weeks=2)
    await desk.time.until_day(6, "08:00")
    order = await desk.order(status="PAID")
    assert await desk.records(ann) == []
    await desk.time.later(hours=1)
    assert await desk.records(ann) == [order]
    assert len((await desk.office.tenant.data("{ roster { begins } }", person=ann))["roster"]) == 1
    shift = {"account": ann.id, "kind": "DUTY", "begins": desk.time.now.isoformat(), "weeks": 54,
             "ends": (desk.time.now + timedelta(hours=1)).isoformat()}  # fmt: skip
    faults = await desk.office.tenant.faults(ADD, {"shifts": [shift]})
    assert faults == [("BAD_USER_INPUT", "out_of_range", ("shifts", 0, "weeks"))]


async def test_leave_is_stronger_than_a_shift_and_ends(desk: Desk) -> None:
    await desk.declare(ROSTER)
    ann = await desk.hire("ann")
    await add(desk, ann, "DUTY", desk.time.now, 8)
    await add(desk, ann, "LEAVE", desk.time.now, 2)
    order = await desk.order(status="PAID")
    assert (await desk.state("service"))["agents"][0]["absent"] == "on_leave"
    await desk.time.later(hours=2)
    assert await desk.records(ann) == [order]


async def test_a_duty_shift_that_names_a_queue_makes_a_member_for_its_time(desk: Desk) -> None:
    await desk.declare(ROSTER)
    guest = await desk.hire("guest", "other")
    first, second = await desk.orders(2, status="PAID")
    shift = await add(desk, guest, "DUTY", desk.time.now, 1, queue="service")
    assert await desk.records(guest) == [first]
    await desk.office.tenant.data("mutation($id: ID!) { removeShift(id: $id) }", {"id": shift["id"]})
    (work,) = await desk.work(guest)
    await desk.does(guest, "completeWork", work["id"])
    assert (await desk.records(guest), (await desk.state("service"))["depth"]) == ([], 1)
    assert (await desk.explain(second))["now"]["outcome"] == "NO_MEMBERS"


async def test_a_backlog_that_is_too_deep_adds_those_on_standby_until_it_has_fallen(desk: Desk) -> None:
    await desk.declare(ROSTER)
    ann, bob = await desk.hire("ann"), await desk.hire("bob", "other")
    await add(desk, ann, "DUTY", desk.time.now, 48)
    await add(desk, bob, "STANDBY", desk.time.now, 48, queue="service")
    orders = await desk.orders(3, status="PAID")
    assert (await desk.records(ann), await desk.records(bob)) == (orders[:1], [])
    orders += await desk.orders(1, status="PAID")
    assert await desk.records(bob) == [orders[1]]
    assert await levels(desk) == [("level_crossed", "deep")]
    for person in (bob, ann, bob, ann):
        (work,) = await desk.work(person)
        await desk.does(person, "completeWork", work["id"])
    assert await levels(desk) == [("level_crossed", "deep"), ("level_over", "deep")]
    await desk.orders(2, status="PAID")
    assert (len(await desk.work(ann)), await desk.work(bob)) == (1, [])


async def test_an_old_backlog_is_told_once_when_it_is_too_old(desk: Desk) -> None:
    await desk.declare(ROSTER)
    await desk.hire("ann")
    await desk.order(status="PAID")
    await desk.time.later(minutes=20)
    assert await levels(desk) == []
    await desk.time.later(seconds=1)
    assert await levels(desk) == [("level_crossed", "old")]
    await desk.order(status="PAID")
    await desk.time.later(hours=1)
    assert await levels(desk) == [("level_crossed", "old")]
    assert (await desk.state("service"))["levels"] == ["old"]


async def test_shifts_are_kept_by_those_who_configure_queues(desk: Desk) -> None:
    await desk.declare(ROSTER)
    ann, bob = await desk.hire("ann"), await desk.hire("bob")
    await add(desk, bob, "DUTY", desk.time.now, 8)
    await add(desk, ann, "DUTY", desk.time.now, 8)
    seen = await desk.office.tenant.data("{ roster { account kind } }", person=ann)
    assert seen["roster"] == [{"account": ann.id, "kind": "DUTY"}]
    assert len((await desk.office.tenant.data("{ roster { account } }"))["roster"]) == 2


async def test_all_that_is_wrong_with_shifts_is_told_together(desk: Desk) -> None:
    await desk.declare(ROSTER)
    ann = await desk.hire("ann")
    now = desk.time.now.isoformat()
    later = (desk.time.now + timedelta(hours=1)).isoformat()
    shifts = [
        {"account": "nobody@example.com", "kind": "DUTY", "begins": now, "ends": later},
        {"account": ann.id, "kind": "STANDBY", "begins": later, "ends": now},
        {"account": ann.id, "kind": "DUTY", "queue": "nowhere", "begins": now, "ends": later},
    ]
    faults = await desk.office.tenant.faults(ADD, {"shifts": shifts})
    assert [(reason, path) for _code, reason, path in faults] == [
        ("unknown_person", ("shifts", 0, "account")),
        ("out_of_range", ("shifts", 1, "ends")),
        ("missing", ("shifts", 1, "queue")),
        ("unknown_queue", ("shifts", 2, "queue")),
    ]
