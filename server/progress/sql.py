"""Every statement over links, by name; the tenant is always the first parameter."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = ["EPOCH", "INSERT", "LINK", "LINKS_OF_RECORD", "LOCK_INSTANCE", "NOTE_RATING", "RATED", "REVOKE", "TENANT"]

_SHOWN: Final[LiteralString] = """
id::text, instance_id::text, object, record_id::text, created_at, expires_at, revoked_at, rated_at, rating
"""

INSERT: Final[LiteralString] = f"""
insert into tangram.progress_link (id, tenant_id, instance_id, object, record_id, created_at, created_by, expires_at)
values ($2, $1, $3, $4, $5, $6, $7, $8)
returning {_SHOWN}
"""

LINK: Final[LiteralString] = f"select {_SHOWN} from tangram.progress_link where tenant_id = $1 and id = $2"

LINKS_OF_RECORD: Final[LiteralString] = f"""
select {_SHOWN} from tangram.progress_link where tenant_id = $1 and record_id = $2 order by id desc limit 100
"""

REVOKE: Final[LiteralString] = f"""
update tangram.progress_link set revoked_at = coalesce(revoked_at, $3), revoked_by = coalesce(revoked_by, $4)
where tenant_id = $1 and id = $2
returning {_SHOWN}
"""

# LOCK_INSTANCE: two ratings of one matter are taken one after the other.
LOCK_INSTANCE: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 8131))"

# RATED: whether a matter was rated, by any of its links.
RATED: Final[LiteralString] = """
select rating from tangram.progress_link
where tenant_id = $1 and instance_id = $2 and rated_at is not null
limit 1
"""

NOTE_RATING: Final[LiteralString] = """
update tangram.progress_link set rated_at = $3, rating = $4 where tenant_id = $1 and id = $2
"""

TENANT: Final[LiteralString] = "select name, status from tangram.tenant where id = $1"

EPOCH: Final[LiteralString] = "select epoch from tangram.tenant where id = $1"
