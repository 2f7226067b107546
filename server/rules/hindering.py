"""Rules that went wrong for records, and were not tried again with success."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from server.hindrances import Hindrance

__all__ = ["rule_hindrances"]

_FAILED: Final[LiteralString] = """
select distinct rule, record_id::text from tangram.rule_run
where tenant_id = $1 and outcome = 'failed'
order by rule, record_id
"""


async def rule_hindrances(connection: Any, tenant_id: str) -> Sequence[Hindrance]:
    """Incidents of rules."""
    rows = await connection.fetch(_FAILED, tenant_id)
    return [Hindrance("failed", f"rule {row['rule']}", row["record_id"]) for row in rows]
