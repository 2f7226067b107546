from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from arq.constants import in_progress_key_prefix

from server.database.connections import Connections
from server.events import jobs
from server.events.handlers import GiveUpError, Handler, Retries, RetryLaterError, Run
from server.events.queue import QueueWorker
from tests.server.events.conftest import OTHER_TENANT, TENANT, OpenEngine, write
from tests.server.events.test_relay import always

QUICK = Retries(delays_s=(10, 60), jitter=0)


async def rows(connections: Connections) -> list[Any]:
    async with connections.acquire() as connection:
        found: list[Any] = await connection.fetch("select * from tangram.job order by id")
    return found


async def test_poison_handler_ends_as_dead_letter_and_can_be_retried(
    connections: Connections, open_engine: OpenEngine
) -> None:
    attempts: list[tuple[int, bool]] = []
    cured = False

    async def poison(run: Run) -> None:
        attempts.append((run.attempt, run.is_last_attempt))
        if not cured:
            raise ValueError("cannot digest")

    await write(connections)
    async with open_engine(Handler("poison", poison, always, retries=QUICK)) as engine:
        for _ in range(4):
            await engine.work()
            engine.clock.advance(timedelta(minutes=2))
        assert attempts == [(1, False), (2, False), (3, True)]
        async with connections.acquire() as connection:
            (letter,) = await jobs.dead_letters(connection, TENANT)
            assert await jobs.dead_letters(connection, OTHER_TENANT) == []
        assert (letter.handler, letter.attempts, letter.last_error) == ("poison", 3, "ValueError: cannot digest")

        cured = True
        which = jobs.DeadLetterFilter(handler="poison")
        assert await jobs.retry_dead_letters(connections, OTHER_TENANT, which, engine.clock) == []
        assert await jobs.retry_dead_letters(connections, TENANT, which, engine.clock) == [letter.id]
        await engine.work()

    assert await rows(connections) == []


async def test_failed_job_waits_for_its_back_off(connections: Connections, open_engine: OpenEngine) -> None:
    attempts: list[int] = []

    async def fail_once(run: Run) -> None:
        attempts.append(run.attempt)
        if run.attempt == 1:
            raise ConnectionError("no route")

    await write(connections)
    async with open_engine(Handler("fail_once", fail_once, always, retries=QUICK)) as engine:
        await engine.work()
        await engine.work()
        assert attempts == [1]
        engine.clock.advance(timedelta(seconds=11))
        await engine.work()

    assert attempts == [1, 2]


@pytest.mark.parametrize(
    ("error", "state", "wait"),
    [
        pytest.param(GiveUpError("no use"), "dead", timedelta(), id="give up"),
        pytest.param(RetryLaterError("busy", 500), "ready", timedelta(seconds=500), id="retry later"),
    ],
)
async def test_handler_decides_what_follows_a_failure(
    connections: Connections, open_engine: OpenEngine, error: Exception, state: str, wait: timedelta
) -> None:
    async def fail(_run: Run) -> None:
        raise error

    await write(connections)
    async with open_engine(Handler("fail", fail, always, retries=QUICK)) as engine:
        await engine.work()
        (row,) = await rows(connections)
        assert (row["state"], row["last_error"]) == (state, str(error))
        assert abs(row["next_at"] - engine.clock.now() - wait) < timedelta(seconds=5)


async def test_job_without_handler_is_a_dead_letter(connections: Connections, open_engine: OpenEngine) -> None:
    async def nothing(_run: Run) -> None: ...

    await write(connections)
    async with open_engine(Handler("gone", nothing, always)) as before, open_engine() as after:
        await before.relay.relay_all()
        await after.work()
    (row,) = await rows(connections)

    assert row["state"] == "dead"
    assert "no handler 'gone'" in row["last_error"]


async def test_run_that_takes_too_long_fails(connections: Connections, open_engine: OpenEngine) -> None:
    async def sleep(_run: Run) -> None:
        await asyncio.sleep(30)

    await write(connections)
    async with open_engine(Handler("sleep", sleep, always, timeout_s=0.05)) as engine:
        await engine.work()
    (row,) = await rows(connections)

    assert (row["state"], row["last_error"]) == ("ready", "The run took too long.")


async def test_effects_inside_once_happen_once_when_the_job_is_run_again(
    connections: Connections, open_engine: OpenEngine
) -> None:
    async with connections.acquire() as connection:
        await connection.execute("create table public.effect (event_id bigint)")
    await write(connections)

    async def effect_then_crash(run: Run) -> None:
        async with run.once() as connection:
            if connection is not None:
                await connection.execute("insert into public.effect values ($1)", run.event.id)
        if run.attempt < 3:
            raise RuntimeError("killed after the effect")

    handler = Handler("effect", effect_then_crash, always, retries=QUICK)
    async with open_engine(handler) as engine:
        for _ in range(3):
            await engine.work()
            engine.clock.advance(timedelta(minutes=2))

    async with connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from public.effect") == 1
    assert await rows(connections) == []


async def test_once_leaves_no_mark_when_the_effect_fails(connections: Connections, open_engine: OpenEngine) -> None:
    async def fail_inside(run: Run) -> None:
        async with run.once() as connection:
            assert connection is not None
            raise RuntimeError("half done")

    await write(connections)
    async with open_engine(Handler("fail_inside", fail_inside, always)) as engine:
        await engine.work()
    async with connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from tangram.handler_mark") == 0


async def test_failing_job_holds_its_stream_and_no_other(connections: Connections, open_engine: OpenEngine) -> None:
    done: list[int] = []
    first = await write(connections)
    second = await write(connections)
    other = await write(connections, kind="update")

    async def work(run: Run) -> None:
        if run.event.id == first and run.attempt == 1:
            raise RuntimeError("not yet")
        done.append(run.event.id)

    handler = Handler("work", work, always, stream=lambda event: event.kind, retries=QUICK)
    async with open_engine(handler) as engine:
        await engine.work()
        assert done == [other]
        engine.clock.advance(timedelta(seconds=11))
        await engine.work()

    assert done == [other, first, second]


async def test_dead_job_lets_its_stream_go_on(connections: Connections, open_engine: OpenEngine) -> None:
    done: list[int] = []
    first = await write(connections)
    second = await write(connections)

    async def work(run: Run) -> None:
        if run.event.id == first:
            raise GiveUpError("never")
        done.append(run.event.id)

    async with open_engine(Handler("work", work, always, stream=lambda _event: "all")) as engine:
        await engine.work()

    assert done == [second]


async def test_tenant_with_many_jobs_leaves_room_for_another(connections: Connections, open_engine: OpenEngine) -> None:
    async def nothing(_run: Run) -> None: ...

    for _ in range(20):
        await write(connections)
    await write(connections, tenant=OTHER_TENANT)
    async with open_engine(Handler("nothing", nothing, always), share=3) as engine:
        await engine.relay.relay_all()
        sent = [row["tenant_id"] for row in await rows(connections) if row["state"] == "sent"]

    assert sorted(sent) == [TENANT] * 3 + [OTHER_TENANT]


async def test_emptied_queue_loses_no_job(connections: Connections, open_engine: OpenEngine) -> None:
    done: list[int] = []

    async def note(run: Run) -> None:
        done.append(run.event.id)

    ids = [await write(connections) for _ in range(4)]
    async with open_engine(Handler("note", note, always)) as engine:
        await engine.relay.relay_all()
        await engine.queue.flushdb()
        await engine.dispatcher.sweep(sent_before_s=0)
        await engine.work()

    assert sorted(done) == ids


async def test_stale_message_runs_nothing(connections: Connections, open_engine: OpenEngine) -> None:
    done: list[int] = []

    async def note(run: Run) -> None:
        done.append(run.event.id)

    await write(connections)
    async with open_engine(Handler("note", note, always)) as engine:
        await engine.relay.relay_all()
        (message,) = await engine.queue.queued_jobs()
        await engine.runner.run(*message.args)
        assert await engine.runner.run(*message.args) is None

    assert len(done) == 1


async def test_job_of_a_dead_worker_is_run_again(connections: Connections, open_engine: OpenEngine) -> None:
    done: list[int] = []

    async def note(run: Run) -> None:
        done.append(run.attempt)

    await write(connections)
    handler = Handler("note", note, always, retries=Retries((0,), jitter=0))
    async with open_engine(handler, lease_s=0) as dead, open_engine(handler) as living:
        await dead.relay.relay_all()
        (message,) = await dead.queue.queued_jobs()
        async with connections.acquire() as connection:
            await jobs.claim(connection, *message.args, worker="dead", lease_s=0)
        await living.runner.take_back_expired()
        await living.work()

    assert done == [2]


async def test_cancelled_run_is_released_and_costs_no_attempt(
    connections: Connections, open_engine: OpenEngine
) -> None:
    started = asyncio.Event()

    async def wait(_run: Run) -> None:
        started.set()
        await asyncio.sleep(30)

    await write(connections)
    async with open_engine(Handler("wait", wait, always)) as engine:
        await engine.relay.relay_all()
        (message,) = await engine.queue.queued_jobs()
        running = asyncio.create_task(engine.runner.run(*message.args))
        await started.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    (row,) = await rows(connections)

    assert (row["state"], row["attempts"], row["worker"]) == ("ready", 0, "")


async def test_message_that_a_killed_worker_has_picked_up_is_delivered_again(
    connections: Connections, open_engine: OpenEngine
) -> None:
    kept_ms: list[int] = []
    done = asyncio.Event()

    async def note(run: Run) -> None:
        kept_ms.append(await queue.pttl(f"{in_progress_key_prefix}{run.job_id}.{run.sends}"))
        done.set()

    await write(connections)
    async with open_engine(Handler("note", note, always)) as engine:
        queue = engine.queue
        await engine.relay.relay_all()
        (message,) = await queue.queued_jobs()
        await queue.psetex(in_progress_key_prefix + message.job_id, 200, b"1")  # then it was killed
        worker = QueueWorker(queue, engine.runner, engine.dispatcher, asyncio.Event(), jobs=2)
        serving = asyncio.create_task(worker.serve(every_s=0.02))
        async with asyncio.timeout(30):
            await done.wait()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await worker.drain(5)

    (kept,) = kept_ms
    assert 0 < kept <= 15_000
    assert await rows(connections) == []
