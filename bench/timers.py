"""Timers that fall due at once: how fast they become effects; none is lost or doubled when workers are killed."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg

from bench.installation import POOL_SIZE, REPOSITORY, Installation
from bench.pgbench import run_script
from bench.timer_worker import KIND

__all__ = ["TimerFigures", "measure"]

_WAIT_S = 300
_KILLS = (0.25, 0.6)
"""Shares of the timers after which a worker is killed."""

_TABLES = """
create schema if not exists bench;
create table if not exists bench.fired (id bigint generated always as identity primary key, key text);
truncate bench.fired;
grant usage on schema bench to public;
grant select, insert on bench.fired to public;
"""
_TIMERS = """
insert into tangram.timer (tenant_id, kind, key, stream, due_at, payload)
select $1, $2, 'timer-' || n, '', now() - make_interval(secs => 100000 - n % 100000), '{"bench": true}'
from generate_series(1, $3::int) as n
"""
_ONE_BY_HAND = """
begin;
insert into tangram.timer (tenant_id, kind, key, stream, due_at, payload)
    values (:tenant::uuid, 'bench.none', uuidv7()::text, '', now(), '{"bench": true}') returning key \\gset
update tangram.timer set fired_at = now() where tenant_id = :tenant::uuid and kind = 'bench.none'
    and key = :key;
commit;
insert into tangram.job (tenant_id, handler, key, stream, event_ids, payload, state, attempts, sends, next_at)
    values (:tenant::uuid, 'bench.none', :key, '', '{}', '{}', 'sent', 0, 1, now()) returning id \\gset
update tangram.job set state = 'running', attempts = 1, lease_until = now() where id = :id;
begin;
insert into tangram.handler_mark (tenant_id, handler, key) values (:tenant::uuid, 'bench.none', :key);
insert into bench.fired (key) values (:key);
commit;
delete from tangram.job where id = :id;
"""


@dataclass(frozen=True, slots=True)
class TimerFigures:
    """What one run found.

    Attributes:
        timers: How many were due at once.
        per_s: Effects a second, from the start of the workers to the last effect, kills included.
        kills: Workers that were killed in the middle.
        lost, doubled: Timers without an effect, and effects too many.
        pgbench_per_s: What pgbench reaches with the rows of one timer.
    """

    timers: int
    per_s: float
    kills: int
    lost: int
    doubled: int
    pgbench_per_s: float

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "timers": f"{self.timers:,}",
            "effects per s": f"{self.per_s:,.0f}",
            "workers killed": self.kills,
            "lost": self.lost,
            "doubled": self.doubled,
            "pgbench, per s": f"{self.pgbench_per_s:,.0f}",
        }


async def measure(place: Installation, tenant_id: str, *, timers: int, seconds: int) -> TimerFigures:
    """Have timers fire while workers are killed.

    Raises:
        RuntimeError: They did not all fire in five minutes.
    """
    connection = await asyncpg.connect(place.administrator_url)
    try:
        await connection.execute(_TABLES)
        await connection.execute(_TIMERS, tenant_id, KIND, timers)
        await connection.execute("analyze tangram.timer")
        began = time.perf_counter()
        kills = await asyncio.to_thread(_run, place, timers)
        took = time.perf_counter() - began
        fired, different = await connection.fetchrow("select count(*), count(distinct key) from bench.fired")
    finally:
        await connection.close()
    by_hand = await asyncio.to_thread(
        run_script, place, _ONE_BY_HAND, {"tenant": tenant_id}, clients=8, seconds=seconds
    )
    return TimerFigures(timers, timers / took, kills, timers - different, fired - different, by_hand)


def _run(place: Installation, timers: int) -> int:
    return asyncio.run(_watch(place, timers))


async def _watch(place: Installation, timers: int) -> int:
    """Keep two workers running until every timer has had its effect; kill one now and then."""
    kills, until = 0, time.monotonic() + _WAIT_S
    connection = await asyncpg.connect(place.administrator_url)
    try:
        with contextlib.ExitStack() as stack:
            workers = [stack.enter_context(_worker(place)) for _ in range(2)]
            while True:
                fired = await _fired(connection, timers)
                if fired >= timers:
                    return kills
                if time.monotonic() > until:
                    raise RuntimeError(f"only {fired} of {timers} timers fired in {_WAIT_S} s")
                if kills < len(_KILLS) and fired >= timers * _KILLS[kills]:
                    workers[kills % 2].kill()
                    workers[kills % 2] = stack.enter_context(_worker(place))
                    kills += 1
                await asyncio.sleep(0.05)
    finally:
        await connection.close()


async def _fired(connection: Any, timers: int) -> int:
    found: int = await connection.fetchval("select coalesce(max(id), 0) from bench.fired")
    if found < timers:
        return found
    counted: int = await connection.fetchval("select count(*) from bench.fired")  # what was undone took ids as well
    return counted


@contextlib.contextmanager
def _worker(place: Installation) -> Iterator[subprocess.Popen[bytes]]:
    environment = place.environment(pool_size=POOL_SIZE, log_level="error", demo=0)
    with (place.folder / "timer-worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.timer_worker"], env=environment, cwd=REPOSITORY, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
