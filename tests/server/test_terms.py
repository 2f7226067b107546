"""Fifteen days of trial end at midnight of the fifteenth, in the tenant's zone; then the tenant can only be read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp

from metadata.problems import BadInputError
from server.app import open_services
from server.context import Actor, ActorKind
from server.http.application import build
from server.identity.seats import agree, agree_first
from server.terms import Terms, check_terms, end_of_day, end_of_trial
from tests.fixtures.tenants import PASSWORD, Tenant
from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

_OPERATOR = Actor("", ActorKind.SYSTEM, "command line", ())
_ZONES = ("Asia/Shanghai", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "UTC")

_CREATE = 'mutation { createCustomer(input: {name: "王"}) { name } }'
_READ = "{ customers { nodes { name } } }"
_OVER = [("FORBIDDEN", "trial_over", ())]


@given(
    st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(year=2000 + at.year % 50, day=min(at.day, 28))),
    st.integers(1, 400),
    st.sampled_from(_ZONES),
)
def test_a_trial_has_its_days_and_ends_with_the_last_second_of_the_last_one(
    made: datetime, days: int, zone: str
) -> None:
    end = end_of_trial(made, days, zone).astimezone(ZoneInfo(zone))
    last = (end.astimezone(UTC) - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    assert (last.date() - made.astimezone(ZoneInfo(zone)).date()).days == days - 1
    assert end.date() > last.date()


def test_the_first_day_is_that_of_the_tenants_zone_and_the_fifteenth_ends_at_midnight() -> None:
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight of the 23rd in Shanghai
    assert end_of_trial(late, 15, "Asia/Shanghai").isoformat() == "2026-12-07T16:00:00+00:00"
    assert end_of_trial(late, 15, "America/New_York").isoformat() == "2026-12-07T05:00:00+00:00"
    assert end_of_day(date(2026, 3, 7), "America/New_York") == datetime(2026, 3, 8, 5, tzinfo=UTC)


def test_numbers_that_nobody_means_are_refused_together() -> None:
    with pytest.raises(BadInputError) as refused:
        check_terms(0, -1)
    assert [fault.reason for fault in refused.value.faults] == ["bad_seats", "bad_trial"]


async def _thin(tenant: Tenant, app: ASGIApp, query: str) -> tuple[bool, dict[str, Any]]:
    """Whether the thin route answers a request itself, and what: what httpx sends in parts, it would hand on."""
    headers = {"authorization": f"Bearer {tenant.admin.token}", "content-type": "application/json"}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "client": ("127.0.0.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    said, headers_sent = b"", dict[bytes, bytes]()

    async def receive() -> Any:
        return {"type": "http.request", "body": json.dumps({"query": query}).encode(), "more_body": False}

    async def send(message: Any) -> None:
        nonlocal said
        headers_sent.update(message.get("headers", ()))
        said += message.get("body", b"")

    await app(scope, receive, send)
    return b"x-frame-options" not in headers_sent, json.loads(said)


async def _refused(tenant: Tenant) -> None:
    assert await tenant.faults(_CREATE) == _OVER
    assert await tenant.faults(_CREATE, idempotency_key="once") == _OVER


async def test_after_the_last_second_of_the_trial_a_tenant_is_read_exported_and_signed_in_to_but_not_changed(
    timeline: Timeline,
) -> None:
    east, west, connections = timeline.east, timeline.west, timeline.tenants.services.connections
    await timeline.database.execute(
        "update tangram.tenant set created_at = '2026-11-22 09:30+08' where id = $1", east.id
    )
    model = (await timeline.tenants.services.tenants.get(east.id)).model
    async with connections.transaction(east.id) as connection:
        await agree_first(connection, model, 5, 15, by=_OPERATOR)

    await timeline.set(datetime.fromisoformat("2026-12-06T23:59:59+08:00"))
    assert await east.data(_CREATE) == {"createCustomer": {"name": "王"}}
    thin, answer = await _thin(east, timeline.tenants.app, _CREATE)
    assert (thin, answer["data"]) == (True, {"createCustomer": {"name": "王"}})
    tenant = await east.data("{ tenant { seats seatsTaken trialEndsAt } }", path="/metadata")
    assert tenant == {"tenant": {"seats": 5, "seatsTaken": 2, "trialEndsAt": "2026-12-06T16:00:00+00:00"}}

    await timeline.set(datetime.fromisoformat("2026-12-07T00:00:00+08:00"))
    reply = await east.graphql(_CREATE)
    assert reply.faults == _OVER
    assert "since 2026-12-07T00:00+08:00" in reply.errors[0]["message"]
    assert "Subscribe" in reply.errors[0]["extensions"]["hint"]
    await _refused(east)
    thin, answer = await _thin(east, timeline.tenants.app, _CREATE)  # it knows the operation, and hands it on
    assert (thin, [error["extensions"]["reason"] for error in answer["errors"]]) == (False, ["trial_over"])
    assert await east.faults('mutation { createRole(role: {name: "helper"}) { version } }', path="/metadata") == _OVER
    assert (
        await east.faults(
            'mutation { createAccount(account: {email: "li@example.com", name: "Li"}) { account { id } } }',
            path="/metadata",
        )
        == _OVER
    )

    # reading, exporting and signing in go on; so does taking rights away
    assert len((await east.data(_READ))["customers"]["nodes"]) == 2
    viewer = (await east.data("{ viewer { trialEndsAt } }"))["viewer"]
    assert datetime.fromisoformat(viewer["trialEndsAt"]) == timeline.now
    export = await east.data('mutation { startExport(object: "customer", fields: ["name"]) { state } }')
    assert export["startExport"]["state"]
    signed_in = await east.post(
        {"grant_type": "password", "tenant": "east", "email": east.member.email, "password": PASSWORD},
        path="/auth/token",
    )
    assert signed_in.status_code == 200, signed_in.text
    await east.data(f'mutation {{ disableAccount(id: "{east.member.id}") {{ status }} }}', path="/metadata")

    assert await west.data(_CREATE)  # another tenant notices nothing


async def test_more_time_counts_from_the_next_request_on_in_every_process(timeline: Timeline) -> None:
    here, connections = timeline.east, timeline.tenants.services.connections
    config = timeline.tenants.config
    async with open_services(config, timeline.clock) as services:
        transport = httpx.ASGITransport(app=build(config, services), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://tangram.test", timeout=60) as client:
            there = Tenant(here.declared, client, services)
            for process in (here, there, here, there):
                assert await process.data(_CREATE)
            await agree(connections, here.id, Terms(trial_ends_at=timeline.now), by=_OPERATOR)
            await _refused(there)
            await _refused(here)
            for ends_at in (timeline.now + timedelta(seconds=1), None):
                await agree(connections, here.id, Terms(trial_ends_at=ends_at), by=_OPERATOR)
                assert await there.data(_CREATE)
                assert await here.data(_CREATE)

    log = await here.data("{ auditLog(filter: {kinds: [TERMS_CHANGED]}) { detail } }", path="/metadata")
    assert len(log["auditLog"]) == 3


_JOURNEY = {
    "name": "welcome", "object": "customer", "live": True, "journey": {"goal": "points > 100"},
    "nodes": [
        {"name": "begin", "kind": "start", "settings": {"trigger": "record", "events": ["create"]},
         "edges": [{"to": "day"}]},
        {"name": "day", "kind": "delay", "settings": {"duration": "P5D"}, "edges": [{"to": "mark"}]},
        {"name": "mark", "kind": "update", "settings": {"values": [{"field": "points", "value": "=points + 1"}]},
         "edges": [{"to": "rest"}]},
        {"name": "rest", "kind": "delay", "settings": {"duration": "P1D"}, "edges": [{"to": "again"}]},
        {"name": "again", "kind": "update", "settings": {"values": [{"field": "points", "value": "=points + 10"}]},
         "edges": [{"to": "over"}]},
        {"name": "over", "kind": "end"},
    ],
}  # fmt: skip
_NIGHTLY = {
    **_JOURNEY, "name": "nightly", "journey": None,
    "nodes": [
        {"name": "begin", "kind": "start", "settings": {"trigger": "schedule", "at": "03:00"},
         "edges": [{"to": "over"}]},
        {"name": "over", "kind": "end"},
    ],
}  # fmt: skip
_POOL = {"name": "sea", "object": "customer", "protection": "P7D", "maximum": "P20D"}
_SEGMENT = {"name": "old_hands", "object": "customer", "when": "addMonths(joined, 6) <= today()"}
_STATE = """
select
    (select json_object_agg(name, points) from {customers})::text as points,
    (select count(*) from {customers} where owner_id is not null) as owned,
    (select count(*) from tangram.segment_member where tenant_id = $1) as members,
    (select count(*) from tangram.event where tenant_id = $1 and object = 'segment__member') as told,
    (select count(*) from tangram.pool_ledger where tenant_id = $1 and act = 'recycle') as recycled,
    (select count(*) from tangram.flow_instance where tenant_id = $1 and flow = 'nightly') as nights
"""


async def test_what_the_clock_drives_rests_after_a_trial_and_is_made_up_for_once_when_the_tenant_goes_on(
    timeline: Timeline,
) -> None:
    await timeline.set(datetime.fromisoformat("2026-11-23T10:00:00+08:00"))
    connections, tenants = timeline.tenants.services.connections, (timeline.east, timeline.west)
    for tenant in tenants:
        await House(tenant).declare(
            "[]", pools=[_POOL], segments=[_SEGMENT], flows=[_JOURNEY, {k: v for k, v in _NIGHTLY.items() if v}]
        )
        await tenant.create("Customer", name="王", joined="2026-05-28")
    await timeline.settle()
    await agree(connections, timeline.east.id, Terms(trial_ends_at=timeline.now + timedelta(days=1)), by=_OPERATOR)

    async def state(tenant: Tenant) -> tuple[Any, ...]:
        model = (await timeline.tenants.services.tenants.get(tenant.id)).model
        customers = f'"{model.schema}"."{model.object("customer").table}"'
        row = await timeline.database.fetchrow(_STATE.format(customers=customers), tenant.id)
        return tuple(row)

    await timeline.later(days=9)
    assert await state(timeline.east) == ('{ "王" : 0 }', 1, 0, 0, 0, 1)
    assert await state(timeline.west) == ('{ "王" : 11 }', 0, 1, 1, 1, 9), "another tenant notices nothing"
    due = "select count(*) from tangram.timer where tenant_id = $1 and fired_at is null and due_at <= $2"
    assert await timeline.database.fetchval(due, timeline.east.id, timeline.now) == 0, "nobody comes across it again"

    await agree(connections, timeline.east.id, Terms(), by=_OPERATOR)
    await timeline.settle()
    assert await state(timeline.east) == ('{ "王" : 1 }', 0, 1, 1, 1, 1)
    await timeline.later(days=2)
    assert await state(timeline.east) == ('{ "王" : 11 }', 0, 1, 1, 1, 3)
