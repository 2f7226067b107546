"""A pool of very many records: what is due is taken back by one run, in sets, by the terms of ten segments."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import yaml

from bench.installation import Installation, signed_in, tangram_processes
from server.app import open_services

__all__ = ["RecycleFigures", "measure"]

_SEGMENTS = 10
_OBJECT = "prospect"
_DOCUMENT = f"""
objects:
  - name: {_OBJECT}
    plural: {_OBJECT}s
    fields:
      - {{name: title, type: text, required: true}}
      - {{name: part, type: integer, required: true}}
      - {{name: won, type: boolean}}
pools:
  - name: lake
    object: {_OBJECT}
    protection: P10D
    extension: P3D
    maximum: P20D
    exempt: won == true
    segments:
"""
_APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"


@dataclass(frozen=True, slots=True)
class RecycleFigures:
    """What one run found.

    Attributes:
        records: Owned records of the pool.
        enrolled_s: Seconds in which the clocks of all of them were started, after the pool was declared.
        due: Of them, those whose time had come, a like number of each segment.
        run_s: Seconds from the moment they were due until the last of them was free.
        wrong: Records that were taken back and were not due, or were due and not taken back, or lack their event or
            line of the ledger, or have two.
    """

    records: int
    enrolled_s: float
    due: int
    run_s: float
    wrong: int

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "owned records": f"{self.records:,}",
            "clocks started, s": f"{self.enrolled_s:.1f}",
            "due": f"{self.due:,}",
            "taken back, s": f"{self.run_s:.1f}",
            "records/s": f"{self.due / self.run_s:,.0f}",
            "wrong": f"{self.wrong:,}",
        }


async def measure(
    place: Installation, tenant: str, email: str, *, records: int, due: int, say: Callable[[str], None]
) -> RecycleFigures:
    """Measure in a tenant of any content.

    Args:
        place: The installation.
        tenant: Its slug.
        email: Its administrator.
        records: How many are owned.
        due: How many of them are due at once.
        say: Told what is going on.
    """
    segments = [
        f"      - {{name: part_{n}, when: part == {n}, protection: P{5 + n}D, maximum: P{10 + n}D}}\n"
        for n in range(_SEGMENTS)
    ]
    whole = yaml.safe_load(_DOCUMENT + "".join(segments))
    async with open_services(place.config) as services:
        with tangram_processes(place, background=True) as process:
            async with signed_in(process.url, tenant, email) as client:
                await client.ask("/metadata", _APPLY, {"document": {"objects": whole["objects"]}})
                model = (await services.tenants.get(tenant)).model
                table = f'"{model.schema}".{_OBJECT}'
                connection = await asyncpg.connect(place.administrator_url)
                try:
                    say(f"making {records:,} records that somebody owns")
                    await connection.execute(
                        _FILL.format(table=table, user=f'"{model.schema}"'), records, model.tenant_id
                    )
                    await connection.execute(f"analyze {table}")
                    say("starting their clocks")
                    began = time.perf_counter()
                    await client.ask("/metadata", _APPLY, {"document": {"pools": whole["pools"]}})
                    await _until(connection, _ENROLLED, (model.tenant_id,), records)
                    enrolled_s = time.perf_counter() - began
                    await connection.execute("vacuum analyze tangram.pool_holding")
                    await connection.execute("checkpoint")
                    say(f"taking back {due:,} of them")
                    began = time.perf_counter()
                    await connection.execute(_MAKE_DUE, model.tenant_id, due, records)
                    await connection.execute(_FIRE, model.tenant_id)
                    began = time.perf_counter()
                    await _until(connection, _FREE, (model.tenant_id,), due)
                    run_s = time.perf_counter() - began
                    wrong = await connection.fetchval(_WRONG.format(table=table), model.tenant_id)
                finally:
                    await connection.close()
    return RecycleFigures(records, enrolled_s, due, run_s, wrong)


async def _until(connection: Any, statement: str, arguments: tuple[Any, ...], wanted: int) -> None:
    """Wait until so many are counted; counting takes at most a twentieth of the time."""
    while True:
        began = time.perf_counter()
        if await connection.fetchval(statement, *arguments) >= wanted:
            return
        await asyncio.sleep(max(0.25, 20 * (time.perf_counter() - began)))


_FILL = """
insert into {table} (id, created_at, updated_at, owner_id, title, part)
select gen_random_uuid(), now(), now(), account.id, 'prospect ' || n, n % 10
from generate_series(1, $1::int) as n, (select id from tangram.account where tenant_id = $2 limit 1) as account
"""
_ENROLLED = "select count(*) from tangram.pool_holding where tenant_id = $1 and pool = 'lake'"
_FREE = "select count(*) from tangram.pool_holding where tenant_id = $1 and pool = 'lake' and state = 'free'"
_MAKE_DUE = """
update tangram.pool_holding
set due_at = now() - interval '1 second', look_at = now() - interval '1 second'
where tenant_id = $1 and pool = 'lake' and id in (
    select id from (select id, row_number() over (order by id) as place from tangram.pool_holding
    where tenant_id = $1 and pool = 'lake') as each where place % ($3::int / $2::int) = 0
)
"""
_FIRE = """
insert into tangram.timer (tenant_id, kind, key, stream, due_at, payload)
values ($1, 'pool.run', 'lake bench', 'pool lake', now(), '{"pool": "lake", "minute": "2026-01-01T00:00:00+00:00"}')
"""
_WRONG = """
with taken as (
    select holding.record_id, record.owner_id,
        (select count(*) from tangram.pool_ledger as line
         where line.tenant_id = $1 and line.object = holding.object and line.record_id = holding.record_id
            and line.act = 'recycle') as lines
    from tangram.pool_holding as holding
    join {table} as record on record.id = holding.record_id
    where holding.tenant_id = $1 and holding.pool = 'lake' and holding.state = 'free'
)
select (select count(*) from taken where owner_id is not null or lines <> 1)
    + abs((select count(*) from taken) - (select count(*) from tangram.event
           where tenant_id = $1 and object = 'pool__holding' and kind = 'recycled'))
    + abs((select count(*) from taken) - (select count(*) from {table} where owner_id is null))
"""
