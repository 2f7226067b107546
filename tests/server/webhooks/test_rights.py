"""A webhook is sent what its roles may read, and is given roles by those who hold them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.worker import work
from tests.fixtures.tenants import Tenants
from tests.governed import allow, field_rights, govern, hire, mask
from tests.server.webhooks.conftest import Receiver, receiver

__all__ = ["receiver"]

CREATE = "mutation ($w: WebhookInput!) { createWebhook(webhook: $w) { webhook { id roles } } }"
UPDATE = "mutation ($id: ID!, $i: UpdateCustomerInput!) { updateCustomer(id: $id, input: $i) { id } }"
LIST = "{ webhooks { id } webhookDeliveries { body } }"


@pytest.fixture
async def relayed(tenants: Tenants) -> AsyncIterator[Tenants]:
    """Both tenants, with a worker that relays their events."""
    stop = asyncio.Event()
    running = asyncio.create_task(work(tenants.services, stop))
    yield tenants
    stop.set()
    await running


async def messages(receiver: Receiver, count: int) -> list[dict[str, Any]]:
    """The data of the first messages that arrived, once there are so many."""
    async with asyncio.timeout(30):
        while len(receiver.messages) < count:  # noqa: ASYNC110 the receiver is a plain server
            await asyncio.sleep(0.05)
    return [json.loads(message.body)["data"] for message in receiver.messages]


async def test_a_webhook_is_sent_the_records_and_fields_that_its_roles_read(
    relayed: Tenants, receiver: Receiver
) -> None:
    east = relayed.east
    await govern(
        east,
        roles=["partner"],
        policies=[
            allow("partner", "customer", condition='level == "gold"'),
            field_rights("partner", "customer", "remark", read="none"),
            field_rights("partner", "customer", "points", read="none", condition="points > 100"),
            mask("partner", "customer", "phone", "phone"),
        ],
    )
    hook = {"url": f"{receiver.url}/partner", "includeRecord": True, "roles": ["partner"]}
    await east.data(CREATE, {"w": hook}, path="/metadata")
    await east.create("Customer", name="ordinary")
    gold = await east.create("Customer", name="g", level="GOLD", remark="r", points=5, phone="+8613812341234")
    await east.data(UPDATE, {"id": gold, "i": {"remark": "hidden alone"}})
    await east.data(UPDATE, {"id": gold, "i": {"points": 500, "remark": "x", "email": "a@example.com"}})
    await east.data(UPDATE, {"id": gold, "i": {"name": "last"}})
    created, changed, last = await messages(receiver, 3)
    assert created["id"] == changed["id"] == last["id"] == gold
    assert {"name", "level"} <= set(created["changes"])
    assert {"remark", "phone"}.isdisjoint({*created["changes"], *created["record"]})
    assert set(changed["changes"]) == {"email"}  # of the record as it is when it is told
    assert "13812341234" not in json.dumps([created, changed, last])


async def test_a_condition_does_not_look_at_what_the_roles_may_not_read(relayed: Tenants, receiver: Receiver) -> None:
    east = relayed.east
    hidden = field_rights("partner", "customer", "remark", read="none")
    await govern(east, roles=["partner"], policies=[allow("partner", "customer"), hidden])
    events = [{"object": "customer", "condition": 'remark == "secret"'}]
    hook = {"url": f"{receiver.url}/guess", "roles": ["partner"], "events": events}
    await east.data(CREATE, {"w": hook}, path="/metadata")
    await east.data(CREATE, {"w": {"url": f"{receiver.url}/all"}}, path="/metadata")
    await east.create("Customer", name="a", remark="secret")
    await east.create("Customer", name="b")
    await messages(receiver, 2)
    assert {message.path for message in receiver.messages} == {"/all"}


async def test_who_configures_webhooks_gives_only_roles_that_they_hold(tenants: Tenants) -> None:
    east = tenants.east
    configure = allow("integrator", "*", "configure:webhook", object="*")
    await govern(
        east,
        roles=["partner", {"name": "integrator", "inherits": ["partner"]}, "clerk"],
        policies=[configure, allow("partner", "customer"), allow("clerk", "customer")],
    )
    integrator, clerk = await hire(east, "Ivo", "integrator"), await hire(east, "Cora", "clerk")
    url = "http://127.0.0.1:9/hook"
    assert await east.faults(CREATE, {"w": {"url": url}}, person=clerk, path="/metadata") == [
        ("FORBIDDEN", "kind_not_allowed", ())
    ]
    mine = await east.data(CREATE, {"w": {"url": url}}, person=integrator, path="/metadata")
    assert mine["createWebhook"]["webhook"]["roles"] == ["integrator"]
    partner = {"w": {"url": url, "roles": ["partner"]}}
    assert await east.data(CREATE, partner, person=integrator, path="/metadata")
    greedy = {"w": {"url": url, "roles": ["administrator", "clerk", "nobody"]}}
    assert await east.faults(CREATE, greedy, person=integrator, path="/metadata") == [
        ("BAD_USER_INPUT", "role_not_held", ("roles", 0)),
        ("BAD_USER_INPUT", "role_not_held", ("roles", 1)),
        ("BAD_USER_INPUT", "unknown_role", ("roles", 2)),
    ]
    theirs = await east.data(CREATE, {"w": {"url": url}}, path="/metadata")
    assert theirs["createWebhook"]["webhook"]["roles"] == ["administrator"]
    test = "mutation ($id: ID!) { testWebhook(id: $id) { id } }"
    await east.data(test, {"id": theirs["createWebhook"]["webhook"]["id"]}, path="/metadata")
    seen = await east.data(LIST, person=integrator, path="/metadata")
    assert (len(seen["webhooks"]), seen["webhookDeliveries"]) == (2, [])
    id = {"id": theirs["createWebhook"]["webhook"]["id"]}
    rotate = "mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret } }"
    for act in (test, rotate):
        assert await east.faults(act, id, person=integrator, path="/metadata") == [
            ("NOT_FOUND", "unknown_endpoint", ("id",))
        ]
