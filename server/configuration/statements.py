"""Fixed statements over the tables of tenants and metadata."""

from __future__ import annotations

from typing import LiteralString

__all__ = [
    "ADD_PENDING",
    "ADD_TENANT",
    "ADD_VERSION",
    "BIG_TABLES",
    "DROP_PENDING",
    "FAIL_PENDING",
    "FORGET_TEMPLATES",
    "FREE_NAMES",
    "LOCK_TENANT",
    "MOVE_TENANT",
    "NOTIFY_TENANT",
    "PENDING",
    "PENDING_TENANTS",
    "PURGEABLE_TENANTS",
    "PURGE_ITEMS",
    "PUT_ITEMS",
    "READ_TENANT",
    "VERSIONS",
    "VERSIONS_SINCE",
]

LOCK_TENANT: LiteralString = """
select slug, name, version, epoch from tangram.tenant where id = $1 for no key update
"""
"""One change at a time; others may still refer to the row."""

READ_TENANT: LiteralString = "select slug, name, version, epoch from tangram.tenant where id = $1"

ADD_TENANT: LiteralString = """
insert into tangram.tenant (id, slug, name, status, settings, template, version, epoch, created_at)
values ($1, $2, $3, 'active', $4, $5, 1, 1, now())
"""

MOVE_TENANT: LiteralString = """
update tangram.tenant
set version = $2, epoch = epoch + 1, settings = coalesce($3::jsonb, settings)
where id = $1
returning epoch
"""
"""The change becomes visible: every statement compiled for the old epoch is refused from here on."""

NOTIFY_TENANT: LiteralString = "select pg_notify('tangram_tenant', $1)"

FREE_NAMES: LiteralString = """
update tangram.metadata_item set name = id::text where tenant_id = $1 and id = any($2::uuid[])
"""
"""Names may be swapped within one change, and the unique index looks at every row by itself."""

PUT_ITEMS: LiteralString = """
insert into tangram.metadata_item (
    id, tenant_id, kind, parent_id, name, position, body, physical, origin, origin_body, created_version,
    removed_at, removed_version, removed_by
)
select
    item.id, $1, item.kind, coalesce(item.parent_id, $1), item.name, item.position, item.body, item.physical,
    item.origin, nullif(item.origin_body, 'null'::jsonb), item.created_version,
    case when item.removed_version is not null then now() end, item.removed_version,
    case when item.removed_version is not null then $3::uuid end
from jsonb_to_recordset($2::jsonb) as item (
    id uuid, kind text, parent_id uuid, name text, position bigint, body jsonb, physical text, origin text,
    origin_body jsonb, created_version int, removed_version int
)
on conflict (id) do update set
    name = excluded.name,
    position = excluded.position,
    body = excluded.body,
    physical = excluded.physical,
    origin = excluded.origin,
    origin_body = excluded.origin_body,
    removed_version = excluded.removed_version,
    removed_at = case
        when excluded.removed_version is null then null
        when metadata_item.removed_version is null then excluded.removed_at
        else metadata_item.removed_at
    end,
    removed_by = case
        when excluded.removed_version is null then null
        when metadata_item.removed_version is null then excluded.removed_by
        else metadata_item.removed_by
    end
"""

PURGE_ITEMS: LiteralString = """
delete from tangram.metadata_item where tenant_id = $1 and removed_at < $2 returning id::text
"""

ADD_VERSION: LiteralString = """
insert into tangram.metadata_version (id, tenant_id, version, author_id, author_name, at, message, changes, plan)
values ($1, $2, $3, $4, $5, now(), $6, $7, $8)
"""

VERSIONS: LiteralString = """
select version, author_id, author_name, at, message, changes, plan
from tangram.metadata_version
where tenant_id = $1 and version < $2
order by version desc
limit $3
"""

VERSIONS_SINCE: LiteralString = """
select version, author_id, author_name, at, message, changes, plan
from tangram.metadata_version
where tenant_id = $1 and version > $2
order by version
"""

BIG_TABLES: LiteralString = """
select relname
from pg_catalog.pg_class
where relnamespace = (select oid from pg_catalog.pg_namespace where nspname = $1)
    and relname = any($2::text[])
    and case when reltuples >= 0 then reltuples else pg_relation_size(oid) / 100 end >= $3
"""
"""Estimates: the planner's row count, or a hundred bytes a row where the table was never analysed."""

ADD_PENDING: LiteralString = """
insert into tangram.pending_work (id, tenant_id, kind, name, step, created_at, attempts, last_error)
values ($1, $2, $3, $4, $5, now(), 0, '')
on conflict (tenant_id, name) do update set kind = excluded.kind, step = excluded.step, attempts = 0, last_error = ''
"""

FORGET_TEMPLATES: LiteralString = """
delete from tangram.installed_template as installed
where installed.tenant_id = $1
    and not exists (
        select
        from tangram.metadata_item as item
        where item.tenant_id = $1 and item.origin = installed.name and item.removed_at is null
    )
"""
"""After going back to before a template was installed, it is not installed any more."""

DROP_PENDING: LiteralString = """
delete from tangram.pending_work where tenant_id = $1 and name = any($2::text[])
"""

PENDING: LiteralString = """
select id::text, kind, name from tangram.pending_work where tenant_id = $1 and attempts < $2 order by created_at, name
"""

FAIL_PENDING: LiteralString = """
update tangram.pending_work set attempts = attempts + 1, last_error = $2 where id = $1
"""

PENDING_TENANTS: LiteralString = """
select distinct tenant_id::text as id from tangram.pending_work where attempts < $1
"""

PURGEABLE_TENANTS: LiteralString = """
select distinct tenant_id::text as id from tangram.metadata_item where removed_at < $1
"""
