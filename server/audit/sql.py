"""Statements of the audit log. Appending is the SQL function `tangram.audit`, which any statement may call."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "ADD_CHECKPOINT",
    "ADD_LINKS",
    "APPEND",
    "CHECKPOINTS",
    "ENTRY_COLUMNS",
    "HEAD",
    "LAST_CHECKPOINT",
    "LINKED",
    "LOCK_CHAIN",
    "PAGE",
    "PURGE_ENTRIES",
    "PURGE_LINKS",
    "PURGE_POINT",
    "TENANTS_TO_PURGE",
    "TENANTS_TO_SEAL",
    "TENANT_OF",
    "UNQUEUE",
    "UNSEALED",
    "UNSEALED_GONE",
    "UNSEALED_UNKNOWN",
]

APPEND: Final[LiteralString] = """
select tangram.audit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""

ENTRY_COLUMNS: Final[LiteralString] = """
    entry.id, entry.tenant_id, entry.at, entry.kind, entry.actor_id, entry.actor_kind, entry.actor_name, entry.object,
    entry.records, entry.fields, entry.address, entry.agent, entry.request_id, entry.detail
"""

TENANTS_TO_SEAL: Final[LiteralString] = "select distinct tenant_id from tangram.audit_unsealed"

TENANT_OF: Final[LiteralString] = "select id from tangram.tenant where id::text = $1 or slug = $1 limit 1"

LOCK_CHAIN: Final[LiteralString] = "select pg_try_advisory_xact_lock(hashtextextended('audit ' || $1::text, 7283))"
"""One sealer a tenant; whoever finds another at work leaves the tenant to it."""

HEAD: Final[LiteralString] = """
select seq, hash from (
    (select seq, hash from tangram.audit_link where tenant_id = $1 order by seq desc limit 1)
    union all
    (select seq, hash from tangram.audit_checkpoint where tenant_id = $1 order by seq desc limit 1)
) as known
order by seq desc
limit 1
"""
"""The last link, or the checkpoint that stands for links past their time."""

UNSEALED: Final[LiteralString] = f"""
select {ENTRY_COLUMNS}
from tangram.audit_unsealed as queued
join tangram.audit_entry as entry on entry.id = queued.entry_id and entry.tenant_id = queued.tenant_id
where queued.tenant_id = $1
order by queued.entry_id
limit $2
"""

ADD_LINKS: Final[LiteralString] = """
insert into tangram.audit_link (entry_id, tenant_id, seq, previous, hash)
select link.entry_id, $1, link.seq, link.previous, link.hash
from unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[]) as link (entry_id, seq, previous, hash)
"""

UNQUEUE: Final[LiteralString] = """
delete from tangram.audit_unsealed where tenant_id = $1 and entry_id = any($2::bigint[])
"""

ADD_CHECKPOINT: Final[LiteralString] = """
insert into tangram.audit_checkpoint (tenant_id, seq, hash, at, reason, key_id, signature)
values ($1, $2, $3, $4, $5, $6, $7)
"""

CHECKPOINTS: Final[LiteralString] = """
select seq, hash, at, reason, key_id, signature from tangram.audit_checkpoint where tenant_id = $1 order by seq, id
"""

LAST_CHECKPOINT: Final[LiteralString] = """
select seq, hash, at, reason, key_id, signature
from tangram.audit_checkpoint
where tenant_id = $1
order by seq desc, id desc
limit 1
"""

LINKED: Final[LiteralString] = f"""
select link.seq, link.previous, link.hash, link.entry_id, {ENTRY_COLUMNS}
from tangram.audit_link as link
left join tangram.audit_entry as entry on entry.id = link.entry_id
where link.tenant_id = $1
order by link.seq
"""

UNSEALED_GONE: Final[LiteralString] = """
select queued.entry_id
from tangram.audit_unsealed as queued
left join tangram.audit_entry as entry on entry.id = queued.entry_id and entry.tenant_id = queued.tenant_id
where queued.tenant_id = $1 and entry.id is null
order by queued.entry_id
"""
"""Entries that were removed before they were sealed."""

UNSEALED_UNKNOWN: Final[LiteralString] = """
select entry.id
from tangram.audit_entry as entry
where entry.tenant_id = $1
    and not exists (select from tangram.audit_link as link where link.entry_id = entry.id)
    and not exists (select from tangram.audit_unsealed as queued where queued.entry_id = entry.id)
order by entry.id
"""
"""Entries that came in by another door than `tangram.audit`."""

PAGE: Final[LiteralString] = f"""
select {ENTRY_COLUMNS}, link.seq, link.hash
from tangram.audit_entry as entry
left join tangram.audit_link as link on link.entry_id = entry.id
where entry.tenant_id = $1
    and ($2::bigint is null or entry.id < $2)
    and ($3::text[] is null or entry.kind = any($3))
    and ($4::uuid is null or entry.actor_id = $4)
    and ($5::text is null or entry.object = $5)
    and ($6::text is null or entry.records @> array[$6::text])
    and ($7::text is null or entry.fields @> array[$7::text])
    and ($8::timestamptz is null or entry.at >= $8)
    and ($9::timestamptz is null or entry.at < $9)
    and ($10::text is null or entry.address = $10)
order by entry.id desc
limit $11
"""

TENANTS_TO_PURGE: Final[LiteralString] = "select distinct tenant_id from tangram.audit_entry where at < $1"

PURGE_POINT: Final[LiteralString] = """
select link.seq, link.hash
from tangram.audit_link as link
where link.tenant_id = $1
    and link.seq < coalesce(
        (
            select min(younger.seq)
            from tangram.audit_link as younger
            join tangram.audit_entry as entry on entry.id = younger.entry_id
            where younger.tenant_id = $1 and entry.at >= $2
        ),
        9223372036854775807
    )
order by link.seq desc
limit 1
"""
"""The last link before the first that is to stay."""

PURGE_ENTRIES: Final[LiteralString] = """
delete from tangram.audit_entry as entry
using tangram.audit_link as link
where link.entry_id = entry.id and link.tenant_id = $1 and link.seq <= $2
"""

PURGE_LINKS: Final[LiteralString] = "delete from tangram.audit_link where tenant_id = $1 and seq <= $2"
