from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from server.database.connections import Connections
from server.webhooks.definitions import (
    ENDPOINT_OBJECT,
    DeliveryState,
    EndpointChanges,
    EndpointInput,
    EventFilter,
    WebhookPolicy,
)
from server.webhooks.sending import prune_deliveries, retry_after_s
from tests.server.events.conftest import OTHER_TENANT, TENANT, new_id, write
from tests.server.webhooks.conftest import Message, Receiver, Setting, context, make_table, with_policy


def said(message: Message) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(message.body)
    return decoded


async def states(setting: Setting) -> list[tuple[str, int]]:
    found = await setting.webhooks.deliveries(context())
    return [(delivery.state.value, delivery.attempts) for delivery in reversed(found)]


async def test_event_arrives_signed(connections: Connections, setting: Setting, receiver: Receiver) -> None:
    created = await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook"))
    record = new_id()
    await write(connections, record=record, kind="update", full_name=["Ann", "Anna"])
    await setting.engine.work()

    (message,) = receiver.messages
    decoded = Webhook(created.secret).verify(message.body, dict(message.headers))
    assert decoded["type"] == "customer.updated"
    assert decoded["data"]["id"] == record
    assert decoded["data"]["changes"] == {"fullName": {"before": "Ann", "after": "Anna"}}
    with pytest.raises(WebhookVerificationError):
        Webhook(created.secret).verify(message.body + b" ", dict(message.headers))
    (delivery,) = await setting.webhooks.deliveries(context())
    assert (delivery.state, delivery.status, delivery.attempts) == (DeliveryState.DELIVERED, 204, 1)
    assert message.headers["webhook-id"] == f"msg_{delivery.id}"
    assert message.body.decode() == delivery.body


async def test_other_tenants_events_do_not_arrive(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    mine = EndpointInput(url=f"{receiver.url}/one")
    theirs = EndpointInput(url=f"{receiver.url}/two")
    await setting.webhooks.create(context(), mine)
    await setting.webhooks.create(context(OTHER_TENANT), theirs)
    await write(connections, tenant=OTHER_TENANT)
    await setting.engine.work()

    assert [message.path for message in receiver.messages] == ["/two"]
    assert await setting.webhooks.deliveries(context()) == []


async def test_filters_choose_objects_and_kinds(connections: Connections, setting: Setting, receiver: Receiver) -> None:
    for path, filters in {
        "/stores": (EventFilter(object="store"),),
        "/created": (EventFilter(object="customer", kinds=("create",)),),
        "/all": (),
    }.items():
        await setting.webhooks.create(context(), EndpointInput(url=receiver.url + path, events=filters))
    await write(connections, kind="create")
    await write(connections, kind="update")
    await setting.engine.work()

    assert sorted((message.path, said(message)["type"]) for message in receiver.messages) == [
        ("/all", "customer.created"),
        ("/all", "customer.updated"),
        ("/created", "customer.created"),
    ]


async def test_condition_and_record_are_taken_from_the_row(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    await make_table(connections)
    record = new_id()
    async with connections.acquire() as connection:
        await connection.execute(
            "insert into t_one.customer (id, full_name, level, points, card) values ($1, 'Ann', 'vip', 70, 'v1.1.x')",
            record,
        )
    rich = EventFilter(object="customer", condition='points > 50 && old.level == "new" && level == "vip"')
    poor = EventFilter(object="customer", condition="points < 50")
    await setting.webhooks.create(
        context(), EndpointInput(url=f"{receiver.url}/rich", events=(rich,), include_record=True)
    )
    await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/poor", events=(poor,)))
    await write(connections, kind="update", record=record, level=["new", "vip"])
    await setting.engine.work()

    (message,) = receiver.messages
    assert message.path == "/rich"
    assert said(message)["data"]["record"]["points"] == 70
    assert "card" not in said(message)["data"]["record"]


async def test_failed_delivery_is_tried_again_on_schedule_and_then_dead(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook"))
    receiver.answer("/hook", 500, 503, 404, body="no such thing")
    await write(connections)
    await setting.engine.work()
    assert await states(setting) == [("pending", 1)]
    setting.clock.advance(timedelta(seconds=11))
    await setting.engine.work()
    assert await states(setting) == [("pending", 2)]
    setting.clock.advance(timedelta(seconds=61))
    await setting.engine.work()

    (delivery,) = await setting.webhooks.deliveries(context())
    assert (delivery.state, delivery.status, delivery.response) == (DeliveryState.DEAD, 404, "no such thing")
    assert [entry["status"] for entry in delivery.log] == [500, 503, 404]
    assert len({message.headers["webhook-id"] for message in receiver.messages}) == 1
    async with connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from tangram.job") == 0


async def test_failing_delivery_holds_later_ones_of_its_endpoint_only(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/ordered"))
    await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/free", ordered=False))
    receiver.answer("/ordered", 500)
    receiver.answer("/free", 500)
    first, second = new_id(), new_id()
    await write(connections, record=first)
    await write(connections, record=second)
    await setting.engine.work()

    def arrived(path: str) -> list[str]:
        return [said(message)["data"]["id"] for message in receiver.messages if message.path == path]

    assert arrived("/ordered") == [first]
    assert sorted(arrived("/free")) == sorted([first, second])
    setting.clock.advance(timedelta(seconds=11))
    await setting.engine.work()
    assert arrived("/ordered") == [first, first, second]


async def test_redelivery_sends_the_same_message_again(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook"))
    await write(connections)
    await setting.engine.work()
    (delivery,) = await setting.webhooks.deliveries(context())
    await setting.webhooks.redeliver(context(), delivery.id)
    await setting.engine.work()

    one, two = receiver.messages
    assert (one.body, one.headers["webhook-id"]) == (two.body, two.headers["webhook-id"])
    assert await states(setting) == [("delivered", 1)]


async def test_what_an_endpoint_missed_is_redelivered_in_order(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    created = await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook"))
    since = setting.clock.now()
    receiver.answer("/hook", *[410])
    records = [new_id() for _ in range(3)]
    for record in records:
        await write(connections, record=record)
    await setting.engine.work()
    assert await states(setting) == [("dead", 1), ("skipped", 0), ("skipped", 0)]
    endpoint = await setting.webhooks.endpoint(context(), created.endpoint.id)
    assert not endpoint.enabled
    assert "410" in endpoint.disabled_reason

    receiver.messages.clear()
    await setting.webhooks.update(context(), endpoint.id, EndpointChanges(enabled=True))
    assert await setting.webhooks.redeliver_since(context(), endpoint.id, since) == 3
    await setting.engine.work()
    assert [said(message)["data"]["id"] for message in receiver.messages] == records
    assert [state for state, _ in await states(setting)] == ["delivered"] * 3


async def test_endpoint_that_fails_for_days_is_disabled_with_a_notice(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    created = await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook"))
    receiver.answer("/hook", *[500] * 9)
    for _ in range(2):
        await write(connections)
        await setting.engine.work()
        setting.clock.advance(timedelta(days=6))
    await setting.engine.work()

    endpoint = await setting.webhooks.endpoint(context(), created.endpoint.id)
    assert not endpoint.enabled
    assert "5 days" in endpoint.disabled_reason
    async with connections.acquire() as connection:
        notice = await connection.fetchrow(
            "select actor_name, changes from tangram.event where object = $1 order by id desc limit 1", ENDPOINT_OBJECT
        )
    assert notice["actor_name"] == "webhooks"
    assert json.loads(notice["changes"])["enabled"] == [True, False]


async def test_rotated_secret_signs_beside_the_one_before_for_a_day(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    created = await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook"))
    rotated = await setting.webhooks.rotate_secret(context(), created.endpoint.id)
    await write(connections)
    await setting.engine.work()
    (both,) = receiver.messages
    for secret in (created.secret, rotated.secret):
        assert Webhook(secret).verify(both.body, dict(both.headers))

    setting.clock.advance(timedelta(days=2))
    await write(connections)
    await setting.engine.work()
    later = receiver.messages[-1]
    assert Webhook(rotated.secret).verify(later.body, dict(later.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(created.secret).verify(later.body, dict(later.headers))


async def test_secret_is_stored_encrypted(connections: Connections, setting: Setting) -> None:
    created = await setting.webhooks.create(context(), EndpointInput(url="https://example.com/"))
    async with connections.acquire() as connection:
        row = await connection.fetchrow("select * from tangram.webhook_endpoint")
        events = await connection.fetchval("select string_agg(changes::text, '') from tangram.event")

    assert created.secret.removeprefix("whsec_") not in "".join(map(str, row.values()))
    assert created.secret not in events


async def test_test_message_reaches_a_disabled_endpoint(setting: Setting, receiver: Receiver) -> None:
    created = await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook", enabled=False))
    delivery = await setting.webhooks.test(context(), created.endpoint.id)
    await setting.engine.work()

    assert [said(message)["type"] for message in receiver.messages] == ["webhook.test"]
    assert (await setting.webhooks.delivery(context(), delivery.id)).state is DeliveryState.DELIVERED


async def test_answer_is_read_only_as_far_as_it_is_kept(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook"))
    receiver.answer("/hook", 200, body="x" * 2_000_000)
    await write(connections)
    await setting.engine.work()

    (delivery,) = await setting.webhooks.deliveries(context())
    assert (delivery.state, len(delivery.response)) == (DeliveryState.DELIVERED, 1_024)


async def test_removed_endpoint_gets_nothing_more(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    created = await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook"))
    await write(connections)
    await setting.engine.relay.relay_all()
    await setting.webhooks.remove(context(), created.endpoint.id)
    await setting.engine.work()

    assert receiver.messages == []
    assert await setting.webhooks.endpoints(context()) == []
    async with connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from tangram.job") == 0


async def test_old_deliveries_are_pruned(connections: Connections, setting: Setting, receiver: Receiver) -> None:
    await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook"))
    await write(connections)
    await setting.engine.work()
    policy = setting.webhooks.policy
    assert await prune_deliveries(connections, policy, setting.clock) == 0
    setting.clock.advance(timedelta(days=policy.retention_days + 1))
    assert await prune_deliveries(connections, policy, setting.clock) == 1


class TestPrivateAddresses:
    @pytest.fixture
    async def policy(self) -> WebhookPolicy:
        return with_policy(allow_private=False)

    async def test_delivery_to_a_private_address_is_never_sent(
        self, connections: Connections, setting: Setting, receiver: Receiver
    ) -> None:
        created = await setting.webhooks.create(context(), EndpointInput(url="https://example.com/hook"))
        async with connections.acquire() as connection:
            await connection.execute(
                "update tangram.webhook_endpoint set url = $1", receiver.url.replace("127.0.0.1", "localhost")
            )
        await setting.webhooks.test(context(), created.endpoint.id)
        await setting.engine.work()

        (delivery,) = await setting.webhooks.deliveries(context())
        assert receiver.messages == []
        assert delivery.state is DeliveryState.PENDING
        assert "private or reserved" in delivery.error


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("", 0), ("120", 120), ("9999999", 86_400), ("Sat, 31 Jan 2026 01:00:30 GMT", 30), ("soon", 0), ("-5", 0)],
)
def test_retry_after_is_read_in_both_forms(header: str, seconds: float) -> None:
    assert retry_after_s(header, datetime(2026, 1, 31, 1, 0, 0, tzinfo=UTC)) == seconds


async def test_receiver_that_asks_to_wait_is_left_alone_so_long(
    connections: Connections, setting: Setting, receiver: Receiver
) -> None:
    await setting.webhooks.create(context(), EndpointInput(url=f"{receiver.url}/hook"))
    receiver.answer("/hook", 429, headers="Retry-After: 600\r\n")
    await write(connections, tenant=TENANT)
    await setting.engine.work()
    setting.clock.advance(timedelta(seconds=300))
    await setting.engine.work()
    assert len(receiver.messages) == 1
    setting.clock.advance(timedelta(seconds=301))
    await setting.engine.work()
    assert len(receiver.messages) == 2
