"""Every statement over the table of stock; each with the tenant first."""

from __future__ import annotations

from typing import Final, LiteralString

HOLDS: Final[LiteralString] = """
select line_id::text as line, holder_id::text as holder, quantity, state
from tangram.stock_hold
where tenant_id = $1 and stock = $2 and line_id = any($3::uuid[])
"""
SAVE: Final[LiteralString] = """
insert into tangram.stock_hold (
    tenant_id, stock, object, line_id, holder_id, quantity, state, changed_at, changed_by
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (tenant_id, stock, line_id) do update
set holder_id = excluded.holder_id, quantity = excluded.quantity, state = excluded.state,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""
