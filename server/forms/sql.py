"""Every statement over forms, links and submissions; the tenant is always the first parameter, where there is one."""

from __future__ import annotations

from typing import Final, LiteralString

from server.database.sql import quote_identifier

__all__ = [
    "CURRENT",
    "CURRENTS",
    "FILES",
    "INSERT_LINK",
    "INSERT_SUBMISSION",
    "INSERT_VERSION",
    "LINKS",
    "LINK_BY_TOKEN",
    "LOCK_VERSIONS",
    "RETIRE",
    "REVOKE_LINK",
    "SUBMISSION_OF_KEY",
    "TAKE_LINK",
    "VERSION",
    "VERSIONS",
    "lock_record",
    "own_lines",
]

FILES: Final[LiteralString] = """
select id, size_bytes, content_type from tangram.file where tenant_id = $1 and id = any($2::uuid[])
"""

# ── versions ─────────────────────────────────────────────────────────────────────────────────────────

_VERSION: Final[LiteralString] = "form, number, current, definition, note, published_at, published_by"

LOCK_VERSIONS: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7286))"

CURRENTS: Final[LiteralString] = """
select form, definition from tangram.form_version where tenant_id = $1 and current
"""

CURRENT: Final[LiteralString] = f"""
select {_VERSION} from tangram.form_version where tenant_id = $1 and form = $2 and current
"""

VERSION: Final[LiteralString] = f"""
select {_VERSION} from tangram.form_version where tenant_id = $1 and form = $2 and number = $3
"""

VERSIONS: Final[LiteralString] = f"""
select {_VERSION} from tangram.form_version where tenant_id = $1 and form = $2 order by number desc limit 200
"""

RETIRE: Final[LiteralString] = """
update tangram.form_version set current = false where tenant_id = $1 and form = $2 and current
"""

INSERT_VERSION: Final[LiteralString] = """
insert into tangram.form_version (
    tenant_id, form, number, current, object, definition, note, published_at, published_by
)
select $1::uuid, $2::text, coalesce(max(number), 0) + 1, true, $3, $4, $5, $6::timestamptz, $7::uuid
from tangram.form_version where tenant_id = $1 and form = $2
returning number
"""

# ── public links ─────────────────────────────────────────────────────────────────────────────────────

_LINK: Final[LiteralString] = """
id, tenant_id, form, version, name, record_id, constants, max_submissions, submissions, per_hour, expires_at,
revoked_at, created_at, created_by
"""

INSERT_LINK: Final[LiteralString] = f"""
insert into tangram.form_link (
    tenant_id, id, token_hash, form, version, name, record_id, constants, max_submissions, submissions, per_hour,
    expires_at, revoked_at, created_at, created_by
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, null, $12, $13)
returning {_LINK}
"""

LINKS: Final[LiteralString] = f"""
select {_LINK} from tangram.form_link
where tenant_id = $1 and ($2::text is null or form = $2) and ($3::uuid is null or id < $3)
order by id desc
limit $4
"""

# LINK_BY_TOKEN: before it is known whose link it is; on a connection of the platform.
LINK_BY_TOKEN: Final[LiteralString] = f"""
select {_LINK} from tangram.form_link where token_hash = $1
"""

REVOKE_LINK: Final[LiteralString] = f"""
update tangram.form_link set revoked_at = coalesce(revoked_at, $3::timestamptz)
where tenant_id = $1 and id = $2
returning {_LINK}
"""

# TAKE_LINK: counts one submission, where one is left; whoever comes at the same time waits for the row.
TAKE_LINK: Final[LiteralString] = """
update tangram.form_link set submissions = submissions + 1
where tenant_id = $1 and id = $2 and revoked_at is null and (expires_at is null or expires_at > $3::timestamptz)
    and (max_submissions is null or submissions < max_submissions)
returning submissions
"""

# ── submissions ──────────────────────────────────────────────────────────────────────────────────────

INSERT_SUBMISSION: Final[LiteralString] = """
insert into tangram.form_submission (
    tenant_id, id, form, number, object, record_id, link_id, task_id, key, submitted_at, submitted_by
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""

SUBMISSION_OF_KEY: Final[LiteralString] = """
select id, form, number, object, record_id, link_id, task_id, submitted_at, submitted_by
from tangram.form_submission
where tenant_id = $1 and key = $2
"""


def own_lines(table: str, column: str) -> str:
    """Which of some records hang on a record by this column; locked, so that they stay there."""
    return (
        f"select id from {table} where {quote_identifier(column)} = $1 and id = any($2::uuid[])"
        " and deleted_at is null for no key update"
    )


def lock_record(table: str) -> str:
    """Keep a record as it is until the submission is done."""
    return f"select true from {table} where id = $1 and deleted_at is null for no key update"
