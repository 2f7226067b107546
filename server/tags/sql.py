"""Every statement over the table of tags; each with the tenant first."""

from __future__ import annotations

from typing import Final, LiteralString

LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7288))"
OPEN: Final[LiteralString] = """
select tag, tag_group, valid_until from tangram.tag_assignment
where tenant_id = $1 and object = $2 and record_id = $3 and ended_at is null
"""
ADD: Final[LiteralString] = """
insert into tangram.tag_assignment (
    tenant_id, tag_group, tag, object, record_id, source, given_by, reason, given_at, valid_until, end_reason,
    raw_words
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11::text::jsonb)
"""
# PROLONG: what platforms called it is added to what they did before.
PROLONG: Final[LiteralString] = """
update tangram.tag_assignment
set valid_until = $5,
    raw_words = case when raw_words @> $6::text::jsonb then raw_words else raw_words || $6::text::jsonb end
where tenant_id = $1 and object = $2 and record_id = $3 and tag = $4 and ended_at is null
"""
END: Final[LiteralString] = """
update tangram.tag_assignment set ended_at = $5, end_reason = $6
where tenant_id = $1 and object = $2 and record_id = $3 and tag = any($4::text[]) and ended_at is null
"""
OF_RECORD: Final[LiteralString] = """
select tag_group, tag, source, given_by, reason, given_at, valid_until, ended_at, end_reason, raw_words::text as raw
from tangram.tag_assignment
where tenant_id = $1 and object = $2 and record_id = $3
order by id desc
limit 200
"""
