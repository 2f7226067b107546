"""Jobs whose handler does all in one transaction: several are taken at a time, each is removed with its effects."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.database.connections import Connections
from server.events import running, sql
from server.events.handlers import Handler, Retries, Run
from server.events.jobs import claim
from server.events.log import Event
from tests.server.events.conftest import Engine, OpenEngine, write

QUICK = Retries((10,) * 5, jitter=0)


@pytest.fixture(autouse=True)
def quick_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is just now, jobs count as quick."""
    monkeypatch.setattr(running, "_TAKEN_S", 60.0)
    monkeypatch.setattr(running, "_MAX_RUNS_S", 60.0)


def always(_event: Event, _model: Any) -> bool:
    return True


async def rows(connections: Connections) -> list[Any]:
    async with connections.acquire() as connection:
        return list(await connection.fetch("select state, attempts, worker from tangram.job order by id"))


async def start_one(engine: Engine) -> int | str | None:
    """Relay, and run the first message of the queue."""
    await engine.relay.relay_all()
    message = (await engine.queue.queued_jobs())[0]
    return await engine.runner.run(*message.args)


async def test_job_is_removed_by_the_transaction_of_its_effects(
    connections: Connections, open_engine: OpenEngine
) -> None:
    seen: list[tuple[int, int]] = []

    async def look(run: Run) -> None:
        async with run.once() as connection:
            assert connection is not None
            inside = await connection.fetchval("select count(*) from tangram.job")
            seen.append((inside, len(await rows(connections))))

    await write(connections)
    async with open_engine(Handler("look", look, always, atomic=True)) as engine:
        await engine.work()

    assert seen == [(0, 1)]
    assert await rows(connections) == []


async def test_effects_that_fail_leave_the_job_to_be_tried_again(
    connections: Connections, open_engine: OpenEngine
) -> None:
    attempts: list[int] = []

    async def fail_once(run: Run) -> None:
        async with run.once() as connection:
            assert connection is not None
            attempts.append(run.attempt)
            if run.attempt == 1:
                raise ConnectionError("no route")

    await write(connections)
    async with open_engine(Handler("fail", fail_once, always, atomic=True, retries=QUICK)) as engine:
        await engine.work()
        assert [(row["state"], row["attempts"]) for row in await rows(connections)] == [("ready", 1)]
        engine.clock.advance(timedelta(seconds=11))
        await engine.work()

    assert attempts == [1, 2]
    assert await rows(connections) == []


async def test_quick_jobs_are_taken_several_at_a_time_and_done_in_their_order(
    connections: Connections, open_engine: OpenEngine
) -> None:
    done: list[int] = []
    under_way: list[int] = []

    async def note(run: Run) -> None:
        async with run.once() as connection:
            assert connection is not None
            done.append(run.event.id)
            under_way.append(await connection.fetchval("select count(*) from tangram.job where state = 'running'"))

    ids = [await write(connections) for _ in range(12)]
    async with open_engine(Handler("note", note, always, atomic=True), share=1) as engine:
        await engine.work()

    assert done == ids
    assert max(under_way) > 1


async def test_job_that_was_run_before_is_taken_by_itself(connections: Connections, open_engine: OpenEngine) -> None:
    async def nothing(run: Run) -> None:
        async with run.once():
            pass

    for _ in range(4):
        await write(connections)
    beside: list[int] = []

    async def note(run: Run) -> None:
        async with run.once() as connection:
            assert connection is not None
            if run.attempt > 1:
                statement = "select count(*) from tangram.job where state = 'running' and id <> $1"
                beside.append(await connection.fetchval(statement, run.job_id))

    async with open_engine(Handler("note", note, always, atomic=True), share=1) as engine:
        await engine.relay.relay_all()
        async with connections.acquire() as connection:
            await connection.execute("update tangram.job set attempts = 1")
        await engine.work()

    assert beside == [0, 0, 0, 0]


async def test_jobs_not_begun_are_given_back_when_a_run_is_called_off(
    connections: Connections, open_engine: OpenEngine
) -> None:
    begun: list[int] = []
    hanging = asyncio.Event()

    async def hang_at_the_third(run: Run) -> None:
        async with run.once() as connection:
            assert connection is not None
            begun.append(run.event.id)
            if len(begun) == 3:
                hanging.set()
                await asyncio.sleep(30)

    for _ in range(10):
        await write(connections)
    async with open_engine(Handler("hang", hang_at_the_third, always, atomic=True), share=1) as engine:
        called_off = asyncio.create_task(start_one(engine))
        await hanging.wait()
        assert sum(row["state"] == "running" for row in await rows(connections)) > 1
        called_off.cancel()
        with pytest.raises(asyncio.CancelledError):
            await called_off
    left = await rows(connections)

    assert len(left) == 8
    assert {(row["state"], row["attempts"], row["worker"]) for row in left} == {("ready", 0, "")}


async def test_job_whose_transaction_is_open_is_not_taken_from_its_worker(
    connections: Connections, open_engine: OpenEngine
) -> None:
    done: list[int] = []

    async def outlive_the_lease(run: Run) -> None:
        async with run.once() as connection:
            assert connection is not None
            await connection.execute("select 1")
            await engine.runner.renew_leases()  # does not wait for this very transaction
            await engine.runner.take_back_expired()
            done.append(run.attempt)

    await write(connections)
    handler = Handler("long", outlive_the_lease, always, atomic=True, retries=QUICK)
    async with open_engine(handler, lease_s=0) as engine:
        await engine.work()

    assert done == [1]
    assert await rows(connections) == []


async def test_run_that_was_given_to_another_worker_has_its_effects_once(
    connections: Connections, open_engine: OpenEngine
) -> None:
    effects: list[bool] = []

    async def note(run: Run) -> None:
        async with run.once() as connection:
            effects.append(connection is not None)

    await write(connections)
    handler = Handler("note", note, always, atomic=True, retries=Retries((0,), jitter=0))
    async with open_engine(handler, lease_s=0) as first, open_engine(handler) as second:
        await first.relay.relay_all()
        (message,) = await first.queue.queued_jobs()
        async with connections.acquire() as connection:
            await claim(connection, *message.args, worker="silent", lease_s=0)
            mark = await connection.fetchrow("select tenant_id, handler, key from tangram.job")
        await second.runner.take_back_expired()
        async with connections.acquire() as connection:  # the silent one commits its effects after all
            await connection.execute(sql.FINISH_AND_MARK, *mark, *message.args)
        await second.work()

    assert effects == [False]
    assert await rows(connections) == []
