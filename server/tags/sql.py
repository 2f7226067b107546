"""Every statement over the table of tags; each with the tenant first."""

from __future__ import annotations

from typing import Final, LiteralString

OPEN: Final[LiteralString] = """
select record_id::text as record, tag, valid_until from tangram.tag_assignment
where tenant_id = $1 and object = $2 and record_id = any($3::uuid[]) and ended_at is null
"""
ADD: Final[LiteralString] = """
insert into tangram.tag_assignment (
    tenant_id, tag_group, tag, object, record_id, source, given_by, reason, given_at, valid_until, end_reason,
    raw_words, confidence
)
select $1::uuid, $2::text, given.tag, $3::text, given.record, $4::text, $5::text, $6::text, $7::timestamptz,
    $8::timestamptz, '', given.raw::jsonb, $12::numeric
from unnest($9::uuid[], $10::text[], $11::text[]) with ordinality as given (record, tag, raw, place)
order by given.place
"""
# PROLONG: what platforms called it is added to what they did before.
PROLONG: Final[LiteralString] = """
update tangram.tag_assignment as held
set valid_until = $4, confidence = coalesce($7::numeric, held.confidence),
    raw_words = case when raw_words @> given.raw::jsonb then raw_words else raw_words || given.raw::jsonb end
from unnest($5::text[], $6::text[]) as given (tag, raw)
where held.tenant_id = $1 and held.object = $2 and held.record_id = any($3::uuid[]) and held.tag = given.tag
    and held.ended_at is null
"""
END: Final[LiteralString] = """
update tangram.tag_assignment set ended_at = $5, end_reason = $6
where tenant_id = $1 and object = $2 and record_id = any($3::uuid[]) and tag = any($4::text[]) and ended_at is null
"""
OF_RECORD: Final[LiteralString] = """
select tag_group, tag, source, given_by, reason, given_at, valid_until, ended_at, end_reason, raw_words::text as raw,
    confidence::text
from tangram.tag_assignment
where tenant_id = $1 and object = $2 and record_id = $3
order by id desc
limit 200
"""
