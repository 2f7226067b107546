"""Masked fields shown plainly, asked for and approved, through the API."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.fixtures.timeline import Timeline
from tests.governed import allow, govern, hire, mask

ASK = "mutation($input: UnmaskInput!) { requestUnmask(input: $input) { id state } }"
DECIDE = """
mutation($request: ID!, $approve: Boolean!, $hours: Int, $views: Int) {
  decideUnmask(request: $request, approve: $approve, hours: $hours, views: $views) { state hours views }
}
"""
UNMASK = """
mutation($request: ID!, $record: ID!) { unmask(request: $request, record: $record) { record values viewsLeft } }
"""
BREAK = "mutation($input: UnmaskInput!) { breakGlass(input: $input) { id state breakGlass hours } }"
PHONE = "+8613812341234"


async def staffed(tenant: Tenant) -> tuple[Person, Person]:
    """A consultant who sees phone numbers masked and may ask, and a manager who approves."""
    await govern(
        tenant,
        roles=["consultant", "manager"],
        policies=[
            allow("consultant", "customer", "read", "unmask"),
            mask("consultant", "customer", "phone", "phone"),
            allow("manager", "customer", "read", "approve"),
        ],
    )
    return await hire(tenant, "Li", "consultant"), await hire(tenant, "Ma", "manager")


def about(*records: str, **more: Any) -> dict[str, Any]:
    given = {"object": "customer", "records": list(records), "fields": ["phone"], "reason": "Asked to be called back."}
    return {"input": {**given, **more}}


async def approved(tenant: Tenant, person: Person, manager: Person, record: str, **more: Any) -> str:
    request: str = (await tenant.data(ASK, about(record, **more), person=person))["requestUnmask"]["id"]
    await tenant.data(DECIDE, {"request": request, "approve": True}, person=manager)
    return request


async def logged(tenant: Tenant, kind: str) -> list[tuple[str, list[str], list[str]]]:
    async with tenant.services.connections.acquire() as connection:
        rows = await connection.fetch(
            "select actor_name, records, fields from tangram.audit_entry"
            " where tenant_id = $1 and kind = $2 order by id",
            tenant.id,
            kind,
        )
    return [tuple(row) for row in rows]


async def test_phone_numbers_are_shown_for_an_hour_after_approval_and_each_view_is_logged(tenants: Tenants) -> None:
    east = tenants.east
    consultant, manager = await staffed(east)
    anna = await east.create("Customer", name="Anna", phone=PHONE)
    request = (await east.data(ASK, about(anna, hours=1, views=5), person=consultant))["requestUnmask"]
    assert request["state"] == "REQUESTED"
    spend = {"request": request["id"], "record": anna}
    assert await east.faults(UNMASK, spend, person=consultant) == [("FORBIDDEN", "unmask_not_open", ("request",))]
    waiting = await east.data("{ unmaskRequests(waiting: true) { id } }", person=manager)
    assert waiting == {"unmaskRequests": [{"id": request["id"]}]}
    await east.data(DECIDE, {"request": request["id"], "approve": True, "views": 2}, person=manager)
    for left in (1, 0):
        shown = (await east.data(UNMASK, spend, person=consultant))["unmask"]
        assert shown == {"record": anna, "values": {"phone": PHONE}, "viewsLeft": left}
    assert await east.faults(UNMASK, spend, person=consultant) == [("FORBIDDEN", "unmask_not_open", ("request",))]
    assert await logged(east, "unmask.viewed") == [(consultant.email, [anna], ["phone"])] * 2


async def test_full_data_is_shown_for_thirty_minutes_by_the_clock(timeline: Timeline) -> None:
    east = timeline.east
    consultant, manager = await staffed(east)
    anna = await east.create("Customer", name="Anna", phone=PHONE)
    request = (await east.data(ASK, about(anna, hours=1, views=5), person=consultant))["requestUnmask"]
    decide = """mutation($request: ID!) {
        decideUnmask(request: $request, approve: true, minutes: 30) { state validUntil } }"""
    decided = (await east.data(decide, {"request": request["id"]}, person=manager))["decideUnmask"]
    until = datetime.fromisoformat(decided["validUntil"])
    assert until == timeline.now + timedelta(minutes=30)
    spend = {"request": request["id"], "record": anna}
    await timeline.set(until - timedelta(seconds=1))
    assert (await east.data(UNMASK, spend, person=consultant))["unmask"]["values"] == {"phone": PHONE}
    await timeline.set(until)
    assert await east.faults(UNMASK, spend, person=consultant) == [("FORBIDDEN", "unmask_not_open", ("request",))]
    assert await logged(east, "unmask.viewed") == [(consultant.email, [anna], ["phone"])]


async def test_the_hour_ends_by_the_clock_of_the_database(tenants: Tenants) -> None:
    east = tenants.east
    consultant, manager = await staffed(east)
    anna = await east.create("Customer", name="Anna", phone=PHONE)
    request = await approved(east, consultant, manager, anna, views=9)
    assert await east.data(UNMASK, {"request": request, "record": anna}, person=consultant)
    async with east.services.connections.acquire() as connection:
        await connection.execute("update tangram.unmask_request set valid_until = now() - interval '1 second'")
    assert await east.faults(UNMASK, {"request": request, "record": anna}, person=consultant) == [
        ("FORBIDDEN", "unmask_not_open", ("request",))
    ]
    assert len(await logged(east, "unmask.viewed")) == 1


async def test_views_at_the_same_time_never_share_the_last_one(tenants: Tenants) -> None:
    east = tenants.east
    consultant, manager = await staffed(east)
    anna = await east.create("Customer", name="Anna", phone=PHONE)
    request = await approved(east, consultant, manager, anna, views=3)
    spend = {"request": request, "record": anna}
    replies = await asyncio.gather(*(east.graphql(UNMASK, spend, person=consultant) for _ in range(8)))
    assert sum("errors" not in reply.body for reply in replies) == 3
    assert len(await logged(east, "unmask.viewed")) == 3


async def test_a_view_is_of_the_records_asked_for_by_whom_they_were_asked_for(tenants: Tenants) -> None:
    east = tenants.east
    consultant, manager = await staffed(east)
    peer = await hire(east, "Wu", "consultant")
    anna, bert = await east.create("Customer", name="Anna", phone=PHONE), await east.create("Customer", name="Bert")
    request = await approved(east, consultant, manager, anna, views=9)
    assert await east.faults(UNMASK, {"request": request, "record": bert}, person=consultant) == [
        ("NOT_FOUND", "unknown_record", ("record",))
    ]
    unknown = [("NOT_FOUND", "unknown_unmask_request", ())]
    assert await east.faults(UNMASK, {"request": request, "record": anna}, person=peer) == unknown
    assert await tenants.west.faults(UNMASK, {"request": request, "record": anna}) == unknown
    await east.data("mutation($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": anna})
    assert await east.faults(UNMASK, {"request": request, "record": anna}, person=consultant) == [
        ("NOT_FOUND", "unknown_record", ("record",))
    ]
    assert await logged(east, "unmask.viewed") == []


async def test_encrypted_and_composite_fields_are_shown_whole(tenants: Tenants) -> None:
    east = tenants.east
    consultant, manager = await staffed(east)
    balance = {"amount": "12.50", "currency": "CNY"}
    anna = await east.create("Customer", name="Anna", idCard="110101199003070000", balance=balance)
    request = await approved(east, consultant, manager, anna, fields=["idCard", "balance"])
    shown = await east.data(UNMASK, {"request": request, "record": anna}, person=consultant)
    assert shown["unmask"]["values"] == {"idCard": "110101199003070000", "balance": balance}


async def test_the_applicant_never_decides_and_who_may_not_approve_finds_nothing(tenants: Tenants) -> None:
    east = tenants.east
    consultant, manager = await staffed(east)
    await govern(east, policies=[{"name": "managers_ask", **allow("manager", "customer", "unmask")}])
    anna = await east.create("Customer", name="Anna", phone=PHONE)
    request = (await east.data(ASK, about(anna), person=manager))["requestUnmask"]["id"]
    decide = {"request": request, "approve": True}
    assert await east.faults(DECIDE, decide, person=manager) == [("FORBIDDEN", "own_request", ())]
    assert await east.faults(DECIDE, decide, person=consultant) == [("NOT_FOUND", "unknown_unmask_request", ())]
    refused = await east.data(DECIDE, {"request": request, "approve": False})
    assert refused["decideUnmask"]["state"] == "REFUSED"
    assert await east.faults(UNMASK, {"request": request, "record": anna}, person=manager) == [
        ("FORBIDDEN", "unmask_not_open", ("request",))
    ]


async def test_every_fault_of_a_request_is_told_at_once(tenants: Tenants) -> None:
    east = tenants.east
    consultant, _manager = await staffed(east)
    bad = about("x", fields=["wings", "store"], reason="", hours=1_000, views=0)
    assert [(reason, path[1]) for _, reason, path in await east.faults(ASK, bad, person=consultant)] == [
        ("wrong_type", "records"),
        ("unknown_field", "fields"),
        ("unknown_field", "fields"),
        ("unmask_too_long", "hours"),
        ("unmask_too_long", "views"),
        ("reason_missing", "reason"),
    ]


async def test_breaking_the_glass_takes_its_right_and_is_loud(tenants: Tenants) -> None:
    east = tenants.east
    consultant, _manager = await staffed(east)
    anna = await east.create("Customer", name="Anna", phone=PHONE)
    refused = [("FORBIDDEN", "unmask_not_allowed", ())]
    assert await east.faults(BREAK, about(anna), person=consultant) == refused
    await govern(east, policies=[{"name": "emergency", **allow("consultant", "customer", "run:break_glass")}])
    taken = (await east.data(BREAK, about(anna, views=2), person=consultant))["breakGlass"]
    assert (taken["state"], taken["breakGlass"], taken["hours"]) == ("OPEN", True, 1)
    shown = await east.data(UNMASK, {"request": taken["id"], "record": anna}, person=consultant)
    assert shown["unmask"]["values"] == {"phone": PHONE}
    assert await logged(east, "break_glass.used") == [(consultant.email, [anna], ["phone"])]
    history = await east.data("query($id: ID!) { customer(id: $id) { history { kind actor { name } } } }", {"id": anna})
    assert history["customer"]["history"][0] == {"kind": "break_glass", "actor": {"name": consultant.email}}
