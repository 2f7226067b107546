from __future__ import annotations

import asyncio

from metadata.model.tenant import TenantModel
from server.database.connections import Connections
from server.events.handlers import Handler, Run
from server.events.log import Event
from tests.server.events.conftest import OTHER_TENANT, TENANT, OpenEngine, write


def always(_event: Event, _model: TenantModel) -> bool:
    return True


async def unhandled(connections: Connections) -> int:
    async with connections.acquire() as connection:
        count: int = await connection.fetchval("select count(*) from tangram.event_queue")
    return count


async def job_count(connections: Connections) -> int:
    async with connections.acquire() as connection:
        count: int = await connection.fetchval("select count(*) from tangram.job")
    return count


async def test_every_event_reaches_its_handler_in_the_tenants_order(
    connections: Connections, open_engine: OpenEngine
) -> None:
    seen: dict[str, list[int]] = {TENANT: [], OTHER_TENANT: []}

    async def note(run: Run) -> None:
        seen[run.tenant_id].append(run.event.id)

    written: dict[str, list[int]] = {TENANT: [], OTHER_TENANT: []}
    for number in range(30):
        tenant = OTHER_TENANT if number % 3 else TENANT
        written[tenant].append(await write(connections, tenant=tenant))
    handler = Handler("note", note, always, stream=lambda _event: "all")

    async with open_engine(handler, batch=7) as engine:
        await engine.work()

    assert seen == written
    assert await unhandled(connections) == 0
    assert await job_count(connections) == 0


async def test_two_relays_at_once_record_each_job_once(connections: Connections, open_engine: OpenEngine) -> None:
    async def nothing(_run: Run) -> None: ...

    for number in range(40):
        await write(connections, tenant=TENANT if number % 2 else OTHER_TENANT)
    handler = Handler("nothing", nothing, always)

    async with open_engine(handler, batch=5) as one, open_engine(handler, batch=5) as two:
        while await unhandled(connections):
            await asyncio.gather(one.relay.relay_all(), two.relay.relay_all())

    assert await job_count(connections) == 40


async def test_relay_leaves_a_tenant_that_another_relay_works_on(
    connections: Connections, open_engine: OpenEngine
) -> None:
    await write(connections)
    async with open_engine() as engine, connections.transaction() as connection:
        await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 7283))", TENANT)

        assert await engine.relay.relay_tenant(TENANT) is None


async def test_events_of_a_tenant_that_is_gone_are_handled_without_jobs(
    connections: Connections, open_engine: OpenEngine
) -> None:
    async def nothing(_run: Run) -> None: ...

    await write(connections, tenant="00000000-0000-7000-8000-00000000dead")
    async with open_engine(Handler("nothing", nothing, always)) as engine:
        assert await engine.relay.relay_all() == 1

    assert await job_count(connections) == 0


async def test_failing_interest_shows_as_a_job(connections: Connections, open_engine: OpenEngine) -> None:
    async def nothing(_run: Run) -> None: ...

    def broken(_event: Event, _model: TenantModel) -> bool:
        raise KeyError("name")

    await write(connections)
    async with open_engine(Handler("nothing", nothing, broken)) as engine:
        await engine.relay.relay_all()

    assert await job_count(connections) == 1


async def test_batched_handler_gets_one_job_for_a_batch(connections: Connections, open_engine: OpenEngine) -> None:
    seen: list[list[int]] = []

    async def note(run: Run) -> None:
        seen.append([event.id for event in run.events])

    ids = [await write(connections) for _ in range(5)]
    handler = Handler("note", note, always, stream=lambda _event: "all", batched=True)
    async with open_engine(handler, batch=3) as engine:
        await engine.work()

    assert seen == [ids[:3], ids[3:]]
