"""Flows that have not come to an end: approvals that wait, runs that stopped at an incident, or were suspended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from server.hindrances import Hindrance

__all__ = ["flow_hindrances"]

_STUCK: Final[LiteralString] = """
select instance.flow, instance.record_id::text,
    case when instance.failures > 0 then 'failed' when instance.status = 'suspended' then 'frozen' else 'waiting' end
        as reason
from tangram.flow_instance as instance
where instance.tenant_id = $1 and instance.status in ('running', 'suspended')
    and (
        instance.failures > 0 or instance.status = 'suspended' or exists (
            select from tangram.flow_task as task
            where task.instance_id = instance.id and task.kind = 'approval' and task.status in ('open', 'held')
        )
    )
order by instance.flow, instance.record_id
"""


async def flow_hindrances(connection: Any, tenant_id: str) -> Sequence[Hindrance]:
    """What flows have not come to an end with; a flow that merely runs, such as a journey, hinders nothing."""
    rows = await connection.fetch(_STUCK, tenant_id)
    return [Hindrance(row["reason"], f"flow {row['flow']}", row["record_id"]) for row in rows]
