"""Fixed statements over installed templates."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = ["ADD_INSTALLED", "DROP_INSTALLED", "FIRST_NAMES", "INSTALLED", "MOVE_COUNTERS", "MOVE_INSTALLED"]

INSTALLED: Final[LiteralString] = """
select name, version, options, installed_at
from tangram.installed_template
where tenant_id = $1
order by installed_at, name
"""

ADD_INSTALLED: Final[LiteralString] = """
insert into tangram.installed_template (id, tenant_id, name, version, options, installed_at)
values ($1, $2, $3, $4, $5, $6)
"""

MOVE_INSTALLED: Final[LiteralString] = """
update tangram.installed_template
set version = $3, options = $4
where tenant_id = $1 and name = $2
"""

DROP_INSTALLED: Final[LiteralString] = "delete from tangram.installed_template where tenant_id = $1 and name = $2"

FIRST_NAMES: Final[LiteralString] = """
select distinct on (change ->> 'id') change ->> 'id' as id, change ->> 'name' as name
from tangram.metadata_version
cross join lateral jsonb_array_elements(changes) as change
where tenant_id = $1 and change ->> 'op' = 'rename'
order by change ->> 'id', version
"""
"""Names of renamed items before their first renaming: those that a template knows them by."""

MOVE_COUNTERS: Final[LiteralString] = """
insert into tangram.counter as known (tenant_id, key, value)
select $1, counter.key, counter.value
from jsonb_to_recordset($2::jsonb) as counter (key text, value bigint)
on conflict (tenant_id, key) do update set value = greatest(known.value, excluded.value)
"""
"""Let auto numbers go on after those of sample records."""
