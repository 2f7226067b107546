from __future__ import annotations

import asyncio
from datetime import timedelta

from server.database.connections import Connections
from server.events.handlers import Handler, Run
from server.events.timers import TimerDraft, Timers, set_timer, stop_timer
from tests.server.events.conftest import OTHER_TENANT, TENANT, Engine, OpenEngine


def remind(into: list[tuple[str, object]]) -> Handler:
    async def note(run: Run) -> None:
        into.append((run.tenant_id, run.payload))

    return Handler("remind", note)


async def set_in(connections: Connections, engine: Engine, key: str, minutes: int, tenant: str = TENANT) -> None:
    due_at = engine.clock.now() + timedelta(minutes=minutes)
    async with connections.transaction() as connection:
        await set_timer(connection, TimerDraft(tenant, "remind", key, due_at, {"key": key}, stream="reminders"))


async def test_overdue_timers_fire_once_in_the_order_they_fell_due(
    connections: Connections, open_engine: OpenEngine
) -> None:
    seen: list[tuple[str, object]] = []
    async with open_engine(remind(seen)) as engine:
        timers = Timers(connections, engine.dispatcher, engine.clock)
        await set_in(connections, engine, "late", 30)
        await set_in(connections, engine, "early", 10)
        await set_in(connections, engine, "far", 600)
        assert await timers.fire_due() == 0

        engine.clock.advance(timedelta(hours=2))
        assert await timers.fire_due() == 2
        assert await timers.fire_due() == 0
        await engine.work()

    assert seen == [(TENANT, {"key": "early"}), (TENANT, {"key": "late"})]


async def test_two_processes_fire_a_timer_once(connections: Connections, open_engine: OpenEngine) -> None:
    seen: list[tuple[str, object]] = []
    async with open_engine(remind(seen)) as engine:
        one, two = (Timers(connections, engine.dispatcher, engine.clock) for _ in range(2))
        for number in range(10):
            await set_in(connections, engine, str(number), 0, OTHER_TENANT if number % 2 else TENANT)
        await asyncio.gather(one.fire_due(), two.fire_due())
        await one.fire_due()
        await engine.work()

    assert sorted(str(payload) for _, payload in seen) == [f"{{'key': '{n}'}}" for n in range(10)]


async def test_tenant_with_many_overdue_timers_leaves_another_its_turn(
    connections: Connections, open_engine: OpenEngine
) -> None:
    async with open_engine() as engine:
        async with connections.acquire() as connection:
            await connection.execute(
                "insert into tangram.timer (tenant_id, kind, key, due_at)"
                " select $1, 'remind', n::text, $2 from generate_series(1, 1500) as n",
                TENANT,
                engine.clock.now() - timedelta(hours=10),
            )
        await set_in(connections, engine, "newest", 0, OTHER_TENANT)
        assert await Timers(connections, engine.dispatcher, engine.clock).fire_due() == 1_501
        async with connections.acquire() as connection:
            before = await connection.fetchval(
                "select count(*) from tangram.job where id < (select id from tangram.job where tenant_id = $1)",
                OTHER_TENANT,
            )

    assert before <= 600


async def test_timer_set_again_moves(connections: Connections, open_engine: OpenEngine) -> None:
    seen: list[tuple[str, object]] = []
    async with open_engine(remind(seen)) as engine:
        timers = Timers(connections, engine.dispatcher, engine.clock)
        await set_in(connections, engine, "visit", 10)
        await set_in(connections, engine, "visit", 60)
        engine.clock.advance(timedelta(minutes=30))
        assert await timers.fire_due() == 0
        engine.clock.advance(timedelta(minutes=31))
        assert await timers.fire_due() == 1


async def test_stopped_timer_does_not_fire(connections: Connections, open_engine: OpenEngine) -> None:
    async with open_engine() as engine:
        timers = Timers(connections, engine.dispatcher, engine.clock)
        await set_in(connections, engine, "visit", 0)
        async with connections.transaction() as connection:
            assert not await stop_timer(connection, OTHER_TENANT, "remind", "visit")
            assert await stop_timer(connection, TENANT, "remind", "visit")
        assert await timers.fire_due() == 0


async def test_waiting_ends_when_the_next_timer_is_due(connections: Connections, open_engine: OpenEngine) -> None:
    async with open_engine() as engine:
        timers = Timers(connections, engine.dispatcher, engine.clock)
        assert await timers.seconds_to_next(60) == 60
        await set_in(connections, engine, "soon", 0)
        assert await timers.seconds_to_next(60) == 0
