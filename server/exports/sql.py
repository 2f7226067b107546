"""Statements over exports and watermarks; the tenant is always the first parameter where there is one."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "BEGIN",
    "EXPIRED",
    "EXPORT",
    "EXPORTS",
    "FETCHED",
    "FINISH",
    "GONE",
    "INSERT",
    "INSERT_WATERMARK",
    "LATEST_VIEWER_MARK",
    "PROGRESS",
    "TENANT_VERSION",
    "TRIAL_END",
    "WATERMARKS",
]

_COLUMNS: Final[LiteralString] = """
id::text, tenant_id::text, user_id::text, object, format, fields, query::text, state, row_count, row_limit, truncated,
reason, message, watermark, file_name, size_bytes, created_at, finished_at, expires_at
"""

INSERT: Final[LiteralString] = f"""
insert into tangram.export (
    id, tenant_id, user_id, object, format, fields, query, state, row_count, row_limit, truncated, reason, message,
    watermark, file_name, fetches, created_at
)
values ($2, $1, $3, $4, $5, $6, $7::text::jsonb, 'waiting', 0, $8, false, '', '', $9, $10, 0, now())
returning {_COLUMNS}
"""

EXPORT: Final[LiteralString] = f"select {_COLUMNS} from tangram.export where tenant_id = $1 and id = $2"

EXPORTS: Final[LiteralString] = f"""
select {_COLUMNS}
from tangram.export
where tenant_id = $1 and ($2::uuid is null or user_id = $2) and ($3::uuid is null or id < $3)
order by id desc
limit $4
"""

BEGIN: Final[LiteralString] = f"""
update tangram.export
set state = 'running', row_count = 0
where tenant_id = $1 and id = $2 and state in ('waiting', 'running')
returning {_COLUMNS}
"""

PROGRESS: Final[LiteralString] = """
update tangram.export set row_count = $3 where tenant_id = $1 and id = $2 and state = 'running'
"""

FINISH: Final[LiteralString] = """
update tangram.export
set state = $3, row_count = $4, truncated = $5, size_bytes = $6, reason = $7, message = $8, finished_at = now(),
    expires_at = now() + make_interval(hours => $9)
where tenant_id = $1 and id = $2 and state = 'running'
"""

FETCHED: Final[LiteralString] = """
update tangram.export set fetches = fetches + 1 where tenant_id = $1 and id = $2 and state = 'done'
"""

EXPIRED: Final[LiteralString] = """
select id::text, tenant_id::text, format from tangram.export
where (expires_at < now() and state in ('done', 'failed'))
    or (created_at < now() - interval '2 days' and state in ('waiting', 'running'))
limit 1000
"""

GONE: Final[LiteralString] = "update tangram.export set state = 'gone' where tenant_id = $1 and id = $2"

TENANT_VERSION: Final[LiteralString] = "select version from tangram.tenant where id = $1"

INSERT_WATERMARK: Final[LiteralString] = """
insert into tangram.watermark (id, tenant_id, code, kind, user_id, user_name, export_id, at)
values ($2, $1, $3, $4, $5, $6, $7, now())
"""

LATEST_VIEWER_MARK: Final[LiteralString] = """
select code from tangram.watermark
where tenant_id = $1 and user_id = $2 and kind = 'viewer' and at > now() - interval '1 hour'
order by at desc
limit 1
"""

TRIAL_END: Final[LiteralString] = "select trial_ends_at from tangram.tenant where id = $1"

WATERMARKS: Final[LiteralString] = """
select watermark.code, watermark.kind, watermark.user_id::text, watermark.user_name, watermark.export_id::text,
    watermark.at, export.object, export.file_name
from tangram.watermark as watermark
left join tangram.export as export on export.id = watermark.export_id
where watermark.tenant_id = $1 and watermark.code = any($2::text[])
order by watermark.at
"""
