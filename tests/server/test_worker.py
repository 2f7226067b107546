from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from standardwebhooks.webhooks import Webhook

from metadata.model.reading import read_document
from server.access.plan import ADMINISTRATOR
from server.app import Services
from server.configuration.requests import Author
from server.configuration.tenancy import create_tenant
from server.context import Actor, ActorKind, Context
from server.events.log import append, draft_for
from server.outbound.transport import webhook_client
from server.webhooks.definitions import EndpointInput
from server.worker import all_chores, all_handlers, work
from tests.server.events.conftest import new_id
from tests.server.webhooks.conftest import Receiver, receiver

__all__ = ["receiver"]

AUTHOR = Author(None, "test")


async def tenant(services: Services, slug: str) -> Context:
    document, faults = read_document(
        {
            "objects": [
                {
                    "name": "customer",
                    "plural": "customers",
                    "label": {"en": "Customer"},
                    "fields": [{"name": "full_name", "type": "text"}],
                }
            ]
        }
    )
    assert document is not None, list(faults)
    applied = await create_tenant(services.connections, slug=slug, name=slug, author=AUTHOR, document=document)
    actor = Actor(new_id(), ActorKind.USER, "ann@example.com", ("administrator",))
    return Context(applied.model, actor, ADMINISTRATOR, applied.epoch)


@pytest.fixture
async def running(services: Services) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(work(services, stop))
    yield
    stop.set()
    await task


async def test_write_reaches_the_webhook_and_the_subscribers_of_its_tenant(
    services: Services, running: None, receiver: Receiver
) -> None:
    one, two = await tenant(services, "one-shop"), await tenant(services, "two-shop")
    created = await services.webhooks.create(one, EndpointInput(url=f"{receiver.url}/one"))
    await services.webhooks.create(two, EndpointInput(url=f"{receiver.url}/two"))
    record = new_id()
    async with services.bus.subscribe(one.model.tenant_id, "customer") as notices:
        async with services.connections.transaction() as connection:
            await append(connection, draft_for(one, "create", "customer", record, {"full_name": "Ann"}))
        services.wake.nudge()
        async with asyncio.timeout(20):
            assert (await anext(notices)).record_id == record
            while not receiver.messages:  # noqa: ASYNC110 - the receiver has no event to wait for
                await asyncio.sleep(0.01)

    (message,) = receiver.messages
    assert message.path == "/one"
    assert Webhook(created.secret).verify(message.body, dict(message.headers))
    assert json.loads(message.body)["data"]["changes"] == {"fullName": {"before": None, "after": "Ann"}}


async def test_chores_of_a_worker_find_what_is_to_be_removed(services: Services) -> None:
    """Each runs once here against the tables as they are; what each removes is told by the tests of its module."""
    await tenant(services, "one-shop")
    for chore in all_chores(services):
        await chore.run()

    assert {chore.name for chore in all_chores(services)} == {
        "prune messages",
        "prune messages to customers",
        "prune webhook deliveries",
        "forget old idempotency keys",
        "forget what rules were considered for",
        "end grants that are closed",
        "look at work that waits",
        "remove old exports",
        "evaluate promotion rules",
        "seal the audit log",
        "purge the audit log",
        "finish changes of big tables",
        "purge removed metadata",
        "purge ended sign-ins",
        "remove files that nothing holds",
    }


async def test_names_of_handlers_are_unique(services: Services) -> None:
    async with webhook_client(allow_private=True, timeout_s=1) as client:
        names = [handler.name for handler in all_handlers(services, client)]

    assert sorted(set(names)) == sorted(names) == [
        "benefits.lapse", "benefits.level", "classifiers.events",
        "exports.write", "flows.due", "flows.entering", "flows.events", "flows.schedule",
        "keys.recrypt",
        "notifications.deliver",
        "notifications.flush",
        "notifications.page",
        "notifications.tell",
        "outreach.convert", "outreach.send",
        "pool.events", "pool.run",
        "routing.moved", "routing.wake", "routing.written",
        "rules.again", "rules.arm", "rules.due", "rules.event", "rules.events", "rules.schedule",
        "segments.clock", "segments.event", "segments.events", "segments.forget", "segments.sweep",
        "settlement.nightly",
        "sla.due",
        "sla.events",
        "sla.step", "stock.events", "tags.lapse", "webhooks.match", "webhooks.send",
    ]  # fmt: skip
