"""Every statement over the tables of pools; each with the tenant first."""

from __future__ import annotations

from typing import Final, LiteralString

_HOLDING: Final[LiteralString] = """
pool, owner_id::text, state, since, due_at, max_at, former_id::text, freed_at, look_at, warn_at
"""

LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7287))"
ENSURE: Final[LiteralString] = """
insert into tangram.pool_holding (tenant_id, object, record_id, pool, state) values ($1, $2, $3, $4, 'free')
on conflict (tenant_id, object, record_id) do nothing
"""
HOLDING: Final[LiteralString] = f"""
select {_HOLDING} from tangram.pool_holding
where tenant_id = $1 and object = $2 and record_id = $3 for update
"""
HOLDINGS: Final[LiteralString] = f"""
select record_id::text, {_HOLDING} from tangram.pool_holding
where tenant_id = $1 and object = $2 and record_id = any($3::uuid[])
order by record_id
for update
"""
# SAVE: how several records of one object type are held from now on.
SAVE: Final[LiteralString] = """
update tangram.pool_holding as holding
set pool = $3, owner_id = given.owner, state = given.state, since = given.since, due_at = given.due, max_at = given.max,
    former_id = given.former, freed_at = given.freed, look_at = given.look, warn_at = given.warn
from unnest(
    $4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::uuid[],
    $11::timestamptz[], $12::timestamptz[], $13::timestamptz[]
) as given (record, owner, state, since, due, max, former, freed, look, warn)
where holding.tenant_id = $1 and holding.object = $2 and holding.record_id = given.record
"""
# OWNERS: who holds some records, each named by its object type's table and id.
OWNERS: Final[LiteralString] = """
select holding.object, holding.record_id::text, holding.owner_id::text
from unnest($2::text[], $3::uuid[]) as given (object, record)
join tangram.pool_holding as holding
    on holding.tenant_id = $1 and holding.object = given.object and holding.record_id = given.record
"""
ADD_LINES: Final[LiteralString] = """
insert into tangram.pool_ledger (
    tenant_id, pool, object, actor_id, actor_name, at, version, record_id, act, from_id, to_id, reason, due_at
)
select $1, $2, $3, $4, $5, $6, $7, given.*
from unnest($8::uuid[], $9::text[], $10::uuid[], $11::uuid[], $12::text[], $13::timestamptz[]) as given
"""
# What is due in a pool, the first first; what others are at work on is left to a later run.
_DUE: Final[LiteralString] = f"""
select record_id::text, {_HOLDING} from tangram.pool_holding
where tenant_id = $1 and pool = $2 and due_column <= $3
order by due_column, record_id
limit $4
for update skip locked
"""
LOOKED_AT: Final[LiteralString] = _DUE.replace("due_column", "look_at")
WARNED: Final[LiteralString] = _DUE.replace("due_column", "warn_at")
# LOOK_NOW: everything that is due is looked at at once, also what waits for its next day; how much that is.
LOOK_NOW: Final[LiteralString] = """
with due as (
    select object, record_id from tangram.pool_holding
    where tenant_id = $1 and pool = $2 and owner_id is not null and state = 'held' and due_at <= $3
    order by record_id
    for update
), looked_at as (
    update tangram.pool_holding as holding set look_at = $3
    from due
    where holding.tenant_id = $1 and holding.object = due.object and holding.record_id = due.record_id
)
select count(*) from due
"""
NEXT_LOOK: Final[LiteralString] = """
select least(
    (select min(look_at) from tangram.pool_holding where tenant_id = $1 and pool = $2),
    (select min(warn_at) from tangram.pool_holding where tenant_id = $1 and pool = $2)
)
"""
# ENROL: records that have an owner and were never in a pool.
ENROL: Final[LiteralString] = """
insert into tangram.pool_holding (
    tenant_id, object, record_id, pool, owner_id, state, since, due_at, max_at, look_at, warn_at
)
select $1, $2, given.record, $3, given.owner, 'held', $4, given.due, given.max, given.due, given.warn
from unnest($5::uuid[], $6::uuid[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[])
    as given (record, owner, due, max, warn)
on conflict (tenant_id, object, record_id) do nothing
returning record_id::text
"""
CLAIMS: Final[LiteralString] = """
select count(*) filter (where at >= $4) as today, max(at) as last
from tangram.pool_ledger
where tenant_id = $1 and pool = $2 and to_id = $3 and act = 'claim'
"""
VIEWED: Final[LiteralString] = """
select distinct record_id::text from tangram.pool_ledger
where tenant_id = $1 and pool = $2 and to_id = $3 and act = 'view' and at >= $4
"""
HELD: Final[LiteralString] = """
select record_id::text from tangram.pool_holding where tenant_id = $1 and owner_id = $2 and pool = $3
"""
HISTORY: Final[LiteralString] = """
select id, pool, act, actor_id, actor_name, from_id, to_id, reason, at, due_at, version
from tangram.pool_ledger
where tenant_id = $1 and object = $2 and record_id = $3
order by id desc
limit 200
"""
DUE: Final[LiteralString] = """
select record_id::text, owner_id::text, state, since, due_at, max_at
from tangram.pool_holding
where tenant_id = $1 and pool = $2 and owner_id is not null and due_at <= $3 and ($4::uuid is null or owner_id = $4)
order by due_at, id
limit $5
"""
