"""Every statement over the tables of pools; each with the tenant first."""

from __future__ import annotations

from typing import Final, LiteralString

_HOLDING: Final[LiteralString] = "pool, owner_id, state, since, due_at, max_at, former_id, freed_at"

LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7287))"
ENSURE: Final[LiteralString] = """
insert into tangram.pool_holding (tenant_id, object, record_id, pool, state) values ($1, $2, $3, $4, 'free')
on conflict (tenant_id, object, record_id) do nothing
"""
HOLDING: Final[LiteralString] = f"""
select {_HOLDING} from tangram.pool_holding
where tenant_id = $1 and object = $2 and record_id = $3 for update
"""
SAVE: Final[LiteralString] = """
update tangram.pool_holding
set pool = $4, owner_id = $5, state = $6, since = $7, due_at = $8, max_at = $9, former_id = $10, freed_at = $11
where tenant_id = $1 and object = $2 and record_id = $3
"""
ADD_LINE: Final[LiteralString] = """
insert into tangram.pool_ledger (
    tenant_id, pool, object, record_id, act, actor_id, actor_name, from_id, to_id, reason, at, due_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
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
select id, pool, act, actor_id, actor_name, from_id, to_id, reason, at, due_at
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
