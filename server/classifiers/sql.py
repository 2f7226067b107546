"""Every statement over the table of judgements; each with the tenant first."""

from __future__ import annotations

from typing import Final, LiteralString

# JUDGED: records whose text is judged by this version already, or was told by somebody since.
JUDGED: Final[LiteralString] = """
select judged.record_id::text
from unnest($3::uuid[], $4::text[]) as given (record_id, digest)
join tangram.text_class as judged
    on judged.tenant_id = $1 and judged.record_id = given.record_id and judged.classifier = $2
where judged.digest = given.digest and (judged.version = $5 or judged.told_by <> '')
"""
# KEEP: the last judgement of each record stands; events keep those before.
KEEP: Final[LiteralString] = """
insert into tangram.text_class (
    tenant_id, classifier, object, record_id, key, likely, confidence, words, version, digest, told_by, judged_at
)
select $1, $2, $3, given.record_id, given.key, given.likely, given.confidence, given.words::jsonb, $4, given.digest,
    $5, $6
from unnest($7::uuid[], $8::text[], $9::text[], $10::numeric[], $11::text[], $12::text[])
    as given (record_id, key, likely, confidence, words, digest)
on conflict (tenant_id, record_id, classifier) do update
set key = excluded.key, likely = excluded.likely, confidence = excluded.confidence, words = excluded.words,
    version = excluded.version, digest = excluded.digest, told_by = excluded.told_by, judged_at = excluded.judged_at
"""
OF_RECORD: Final[LiteralString] = """
select classifier, key, likely, confidence::text, words::text as words, version, told_by, judged_at
from tangram.text_class
where tenant_id = $1 and object = $2 and record_id = $3
order by classifier
"""
# FIGURES: by class, with how many of them people told otherwise.
FIGURES: Final[LiteralString] = """
select key, count(*) as records, count(*) filter (where told_by <> '') as told
from tangram.text_class
where tenant_id = $1 and classifier = $2
group by key
"""
