from __future__ import annotations

from decimal import Decimal

from server.database.connections import Connections
from server.events.log import history
from tests.server.events.conftest import OTHER_TENANT, TENANT, new_id, write


async def test_history_gives_a_records_events_newest_first(connections: Connections) -> None:
    record = new_id()
    created = await write(connections, record=record, name="Ann")
    updated = await write(connections, record=record, kind="update", name=["Ann", "Anna"])
    await write(connections, record=new_id(), name="Bob")

    async with connections.acquire() as connection:
        events = await history(connection, TENANT, "customer", record)

    assert [event.id for event in events] == [updated, created]
    assert events[0].changes == {"name": ["Ann", "Anna"]}
    assert events[0].actor_name == "ann@example.com"


async def test_history_continues_below_an_event(connections: Connections) -> None:
    record = new_id()
    ids = [await write(connections, record=record, points=number) for number in range(3)]

    async with connections.acquire() as connection:
        events = await history(connection, TENANT, "customer", record, first=1, before=ids[2])

    assert [event.id for event in events] == [ids[1]]


async def test_history_of_another_tenant_is_empty(connections: Connections) -> None:
    record = new_id()
    await write(connections, record=record)

    async with connections.acquire() as connection:
        assert await history(connection, OTHER_TENANT, "customer", record) == []


async def test_decimals_in_changes_stay_exact(connections: Connections) -> None:
    record = new_id()
    amount = Decimal("12345678901234567890.0001")
    await write(connections, record=record, amount=amount)

    async with connections.acquire() as connection:
        (event,) = await history(connection, TENANT, "customer", record)

    assert event.pairs == {"amount": (None, amount)}


async def test_pairs_of_a_destruction_have_only_a_before(connections: Connections) -> None:
    record = new_id()
    await write(connections, record=record, kind="destroy", tags=["a", "b"])

    async with connections.acquire() as connection:
        (event,) = await history(connection, TENANT, "customer", record)

    assert event.pairs == {"tags": (["a", "b"], None)}
