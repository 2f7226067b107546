"""Every statement over the tables of segments; each with the tenant first."""

from __future__ import annotations

from typing import Final, LiteralString

# LOCK: who is in a segment is judged and written by one transaction at a time.
LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7289))"

STATES: Final[LiteralString] = """
select segment, object, condition, round, refreshed_at from tangram.segment_state where tenant_id = $1
"""
DECLARE: Final[LiteralString] = """
insert into tangram.segment_state (tenant_id, segment, object, condition, round) values ($1, $2, $3, $4, 1)
on conflict (tenant_id, segment) do update
set object = excluded.object, condition = excluded.condition, round = segment_state.round + 1, refreshed_at = null
returning round
"""
ROUND: Final[LiteralString] = """
select round from tangram.segment_state where tenant_id = $1 and segment = $2
"""
REFRESHED: Final[LiteralString] = """
update tangram.segment_state set refreshed_at = $3 where tenant_id = $1 and segment = $2
"""
UNDECLARE: Final[LiteralString] = "delete from tangram.segment_state where tenant_id = $1 and segment = any($2::text[])"

# NEXT_RECORD, NEXT_MEMBER: where a page ends that begins after a record; nothing where none is that long.
NEXT_RECORD: Final[LiteralString] = "select id::text from {table} where id > $1 order by id offset $2 limit 1"
NEXT_MEMBER: Final[LiteralString] = """
select record_id::text from tangram.segment_member
where tenant_id = $1 and segment = $2 and record_id > $3
order by record_id
offset $4
limit 1
"""
AMONG: Final[LiteralString] = """
select record_id::text from tangram.segment_member
where tenant_id = $1 and segment = $2 and record_id = any($3::uuid[])
"""
ENTER: Final[LiteralString] = """
insert into tangram.segment_member (tenant_id, segment, record_id, entered_at)
select $1, $2, given.id, $4 from unnest($3::uuid[]) as given (id)
on conflict (tenant_id, segment, record_id) do nothing
returning record_id::text
"""
LEAVE: Final[LiteralString] = """
delete from tangram.segment_member where tenant_id = $1 and segment = $2 and record_id = any($3::uuid[])
returning record_id::text
"""
FORGET: Final[LiteralString] = """
delete from tangram.segment_member
where id in (select id from tangram.segment_member where tenant_id = $1 and segment = $2 limit $3)
"""
OF_RECORD: Final[LiteralString] = """
select segment, entered_at from tangram.segment_member where tenant_id = $1 and record_id = $2
order by entered_at, segment
"""
