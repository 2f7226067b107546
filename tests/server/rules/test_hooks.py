"""What other systems send to rules: signed, once, and nothing of what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from server.context import Actor, ActorKind
from server.identity.seats import agree
from server.outbound.signing import new_secret, signed_headers
from server.terms import Terms
from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

OPERATOR = Actor("", ActorKind.SYSTEM, "command line", ())

RULE = """
- name: reading
  object: customer
  trigger: webhook
  settings:
    find: {field: phone, given: who.phone}
    save: [{field: points, given: reading.points}, {field: name, given: who.name}]
    create: true
    per_hour: 5
  when: points > 80
  actions: [{name: mark, kind: set, settings: {values: [{field: level, value: gold}]}}]
"""


class Sender:
    """Another system, which knows the secret."""

    def __init__(self, house: House, timeline: Timeline, secret: str) -> None:
        self.house, self.timeline, self.secret = house, timeline, secret

    async def send(
        self, message: Any, id: str = "m1", *, ago: float = 0, secret: str = "", tenant: str = ""
    ) -> httpx.Response:
        body = orjson.dumps(message).decode()
        at = self.timeline.now - timedelta(seconds=ago)
        headers = signed_headers(id, at, body, [secret or self.secret])
        where = f"/hooks/{tenant or self.house.tenant.slug}/reading"
        return await self.house.tenant.client.post(where, content=body, headers=dict(headers))


async def made(house: House) -> str:
    text = 'mutation { made: createRuleSecret(rule: "reading") { url secret } }'
    found: dict[str, str] = (await house.tenant.data(text))["made"]
    assert found["url"].endswith(f"/hooks/{house.tenant.slug}/reading")
    return found["secret"]


@pytest.fixture
async def sender(house: House, timeline: Timeline) -> Sender:
    await house.declare(RULE)
    return Sender(house, timeline, await made(house))


def message(points: Any = 90, **who: Any) -> dict[str, Any]:
    return {"who": {"phone": "13812345678", "name": "李", **who}, "reading": {"points": points}}


async def test_a_signed_message_makes_or_changes_a_record_and_asks_the_rule_once(
    sender: Sender, house: House, timeline: Timeline
) -> None:
    first = await sender.send(message())
    assert first.status_code == 200, first.text
    record = first.json()["record"]
    assert first.json() == {"accepted": True, "repeated": False, "record": record, "outcome": "fired"}
    assert (await sender.send(message())).json() == {"accepted": True, "repeated": True}
    assert await house.look("customer", record, "name points level") == {"name": "李", "points": 90, "level": "GOLD"}
    low = (await sender.send(message(10), "m2")).json()
    assert (low["record"], low["outcome"]) == (record, "not_met")
    assert await house.look("customer", record, "points level") == {"points": 10, "level": "GOLD"}
    assert await house.outcomes("reading") == ["FIRED", "NOT_MET"]
    refused = await sender.send(message("many"), "m3")  # and nothing of it is there, so that it may be cured
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["reason"]) == (400, "bad_value")
    assert (await sender.send(message(95), "m3")).json()["outcome"] == "fired"
    nameless = await sender.send({"reading": {"points": 1}}, "m4")
    assert nameless.json()["errors"][0]["extensions"]["reason"] == "missing_value"
    too_many = [(await sender.send(message(), f"n{place}")).status_code for place in range(3)]
    assert too_many[-1] == 429


async def test_what_is_not_signed_by_the_secret_is_refused_alike_whatever_is_there(
    sender: Sender, house: House, timeline: Timeline
) -> None:
    before = sender.secret
    refused = [
        await sender.send(message(), secret=new_secret()),
        await sender.send(message(), ago=301),
        await sender.send(message(), ago=-301),
        await sender.send(message(), "x" * 101),
        await sender.send(message(), tenant=timeline.west.slug),
        await sender.send(message(), tenant="nobody"),
        await house.tenant.client.post(f"/hooks/{house.tenant.slug}/reading", json=message()),
    ]
    said = {(one.status_code, one.json()["errors"][0]["extensions"]["reason"]) for one in refused}
    assert said == {(401, "bad_signature")}
    assert await house.runs("reading") == []
    sender.secret = await made(house)
    assert (await sender.send(message(), "old", secret=before)).status_code == 200  # for a day more
    assert (await sender.send(message(), "new")).status_code == 200
    await timeline.later(days=1)
    assert (await sender.send(message(), "late", secret=before)).status_code == 401


async def test_after_the_trial_of_a_tenant_messages_are_refused_and_may_be_sent_again_later(
    sender: Sender, house: House, timeline: Timeline
) -> None:
    connections = timeline.tenants.services.connections
    await agree(connections, house.tenant.id, Terms(trial_ends_at=timeline.now), by=OPERATOR)
    await timeline.tenants.services.tenants.refresh(house.tenant.id)
    refused = await sender.send(message())
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["reason"]) == (403, "trial_over")
    assert (await sender.send(message(), secret=new_secret())).status_code == 401  # who cannot sign learns nothing
    await agree(connections, house.tenant.id, Terms(), by=OPERATOR)
    await timeline.tenants.services.tenants.refresh(house.tenant.id)
    assert (await sender.send(message())).json()["outcome"] == "fired"


async def test_faults_of_a_trigger_are_told_together(house: House) -> None:
    found = await house.refused("""
    - name: reading
      object: customer
      trigger: webhook
      settings: {find: {field: points, given: ""}, save: [{field: nowhere, given: a..b}], per_hour: 0}
      actions: [{name: mark, kind: set, settings: {values: [{field: level, value: gold}]}}]
    """)
    assert {reason for _, reason, _ in found} == {"unfit_field", "unknown_field", "bad_given", "out_of_range"}
