"""Work that follows from writes of records, and was given up: dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from server.hindrances import Hindrance

__all__ = ["job_hindrances"]

_DEAD: Final[LiteralString] = """
select distinct job.handler, event.record_id::text
from tangram.job as job
join tangram.event as event on event.tenant_id = job.tenant_id and event.id = any(job.event_ids)
where job.tenant_id = $1 and job.state = 'dead'
order by 1, 2
"""


async def job_hindrances(connection: Any, tenant_id: str) -> Sequence[Hindrance]:
    """Dead letters about records."""
    rows = await connection.fetch(_DEAD, tenant_id)
    return [Hindrance("failed", f"job {row['handler']}", row["record_id"]) for row in rows]
