"""Speed of scopes: ways to ask for the records of a department and all below it, among 1,000,000.

python -m bench.scopes [rows]

    array     department_id = any(<array of ids, from one sub-query a statement>)   as the compiler writes it
    join      department.path >= … and department.path < …, by a join
    semi      department_id in (<sub-query>)
    path      a path on every record, and a range of it
    chain     department.parent.parent … = …, eight levels, by joins

Each is asked for the newest 20 and for the count, by somebody high up and by somebody at the bottom.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg

from server.embedded.servers import embedded_postgres

ROWS = 1_000_000
LEVELS, FAN = 6, 4
ROUNDS = 7

SETUP = """
drop schema if exists scopes cascade;
create schema scopes;
create table scopes.department (id uuid primary key, parent_id uuid, path text collate "C", level integer);
create table scopes."user" (id uuid primary key, department_id uuid);
create table scopes.record (
    id uuid primary key, created_at timestamptz not null, department_id uuid, owner_id uuid, path text collate "C",
    body text
);
insert into scopes.department
with recursive tree as (
    select gen_random_uuid() as id, null::uuid as parent_id, 1 as level
    union all
    select gen_random_uuid(), tree.id, tree.level + 1 from tree, generate_series(1, {fan}) where tree.level < {levels}
)
select id, parent_id, null, level from tree;
with recursive placed as (
    select id, '/' || id || '/' as path from scopes.department where parent_id is null
    union all
    select d.id, p.path || d.id || '/' from placed as p join scopes.department as d on d.parent_id = p.id
)
update scopes.department as d set path = p.path from placed as p where p.id = d.id;
insert into scopes."user" select gen_random_uuid(), id from scopes.department;
create temporary table places as select row_number() over () as n, id, path from scopes.department where level > 2;
insert into scopes.record
select gen_random_uuid(), timestamptz '2026-01-01' + g.k * interval '1 second', p.id, null, p.path, repeat('x', 100)
from generate_series(1, {rows}) as g (k)
join places as p on p.n = 1 + (g.k::bigint * 7919) % (select count(*) from places);
create index on scopes.department (path);
create index on scopes.department (parent_id);
create index on scopes.record (created_at desc, id desc);
create index on scopes.record (department_id);
create index on scopes.record (path);
"""

_OWN = 'select d.path from scopes."user" as u join scopes.department as d on d.id = u.department_id where u.id = $1'
_BELOW = "select s.id from scopes.department as s where s.path >= d.path and s.path < d.path || '~'"
_CHAIN = " or ".join(
    f'd{level}.id = (select u.department_id from scopes."user" as u where u.id = $1)' for level in range(9)
)
_JOINS = "left join scopes.department as d0 on d0.id = r.department_id " + " ".join(
    f"left join scopes.department as d{level} on d{level}.id = d{level - 1}.parent_id" for level in range(1, 9)
)

WAYS = {
    "array": (
        "",
        f"r.department_id = any((select array({_BELOW})"
        ' from scopes."user" as u left join scopes.department as d on d.id = u.department_id where u.id = $1)::uuid[])',
    ),
    "join": (
        "join scopes.department as x on x.id = r.department_id",
        f"x.path >= ({_OWN}) and x.path < ({_OWN}) || '~'",
    ),
    "semi": (
        "",
        f"r.department_id in (select x.id from scopes.department as x where x.path >= ({_OWN})"
        f" and x.path < ({_OWN}) || '~')",
    ),
    "path": ("", f"r.path >= ({_OWN}) and r.path < ({_OWN}) || '~'"),
    "chain": (_JOINS, f"({_CHAIN})"),
}
QUESTIONS = {
    "newest 20": "select r.id from scopes.record as r {joins} where {where}"
    " order by r.created_at desc, r.id desc limit 20",
    "count": "select count(*) from scopes.record as r {joins} where {where}",
}


async def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_postgres(Path(folder), durable=False) as server:
            connection = await asyncpg.connect(server.url(), command_timeout=600)
            try:
                await measure(connection, rows)
            finally:
                await connection.close()


async def measure(connection: Any, rows: int) -> None:
    await connection.execute(SETUP.format(rows=rows, levels=LEVELS, fan=FAN))
    await connection.execute("vacuum analyze scopes.record; ")
    await connection.execute('analyze scopes.department; analyze scopes."user"')
    actors = {
        what: await connection.fetchval(
            'select u.id from scopes."user" as u join scopes.department as d on d.id = u.department_id'
            " where d.level = $1 order by d.path limit 1",
            level,
        )
        for what, level in (("second level", 2), ("bottom", LEVELS))
    }
    everything = QUESTIONS["newest 20"].format(joins="", where="$1::uuid is not null")
    print(f"administrator, newest 20: {await timed(connection, everything, actors['bottom']):.2f} ms")
    for question, text in QUESTIONS.items():
        for what, actor in actors.items():
            for way, (joins, where) in WAYS.items():
                took = await timed(connection, text.format(joins=joins, where=where), actor)
                print(f"{question:10} {what:13} {way:6} {took:9.2f} ms", flush=True)


async def timed(connection: Any, sql: str, actor: str) -> float:
    """Median milliseconds of a prepared statement."""
    statement = await connection.prepare(sql)
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        await statement.fetch(actor)
        found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
