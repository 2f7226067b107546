"""Tasks, instances, history and figures, as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, LiteralString

__all__ = [
    "DWELL",
    "INSTANCE",
    "INSTANCES_OF_RECORD",
    "INSTANCES_STARTED",
    "INVOLVED",
    "MY_TASKS",
    "OPEN_TASKS_OF",
    "TASKS_OF_INSTANCE",
    "instance_shown",
    "task_shown",
]

_TASK: Final[LiteralString] = """
task.id, task.instance_id, instance.flow, instance.number, task.node, task.kind, task.status, task.assignee,
task.candidates, task.opened_at, task.due_at, task.done_at, task.done_by, task.outcome, task.delegated_by,
instance.object, instance.record_id, instance.version
"""

MY_TASKS: Final[LiteralString] = f"""
select {_TASK}
from tangram.flow_task as task
join tangram.flow_instance as instance on instance.id = task.instance_id
where task.tenant_id = $1
    and (task.assignee = $2 or (task.assignee is null and $2::uuid = any(task.candidates)) or task.done_by = $2)
    and task.status = any($3::text[])
    and ($4::text is null or instance.flow = $4)
    and ($5::uuid is null or task.id < $5)
    and instance.status <> 'suspended'
order by task.id desc
limit $6
"""

TASKS_OF_INSTANCE: Final[LiteralString] = f"""
select {_TASK}
from tangram.flow_task as task
join tangram.flow_instance as instance on instance.id = task.instance_id
where task.tenant_id = $1 and task.instance_id = $2
order by task.number
"""

_INSTANCE: Final[LiteralString] = """
instance.id, instance.flow, instance.number, instance.object, instance.record_id, instance.status, instance.initiator,
instance.started_at, instance.ended_at, instance.version, instance.variables, instance.failures,
(
    select coalesce(json_agg(json_build_object(
        'id', number, 'node', node, 'phase', phase, 'since', since, 'failure', failure, 'item', item
    ) order by number), '[]')
    from tangram.flow_token where instance_id = instance.id
) as tokens
"""

INSTANCE: Final[LiteralString] = f"""
select {_INSTANCE} from tangram.flow_instance as instance where instance.tenant_id = $1 and instance.id = $2
"""

INSTANCES_OF_RECORD: Final[LiteralString] = f"""
select {_INSTANCE}
from tangram.flow_instance as instance
where instance.tenant_id = $1 and instance.object = $2 and instance.record_id = $3
order by instance.id desc
limit 200
"""

# INSTANCES_STARTED: those one has started; all for whoever configures flows.
INSTANCES_STARTED: Final[LiteralString] = f"""
select {_INSTANCE}
from tangram.flow_instance as instance
where instance.tenant_id = $1
    and ($2::uuid is null or instance.initiator = $2)
    and ($3::text is null or instance.flow = $3)
    and ($4::text is null or instance.status = $4)
    and (not $5::boolean or instance.failures > 0)
    and ($6::uuid is null or instance.id < $6)
order by instance.id desc
limit $7
"""

# INVOLVED: whether somebody started an instance or has had a task of it.
INVOLVED: Final[LiteralString] = """
select exists (
    select from tangram.flow_instance where tenant_id = $1 and id = $2 and initiator = $3
    union all
    select from tangram.flow_task
    where tenant_id = $1 and instance_id = $2
        and (assignee = $3 or done_by = $3 or delegated_by = $3 or $3::uuid = any(candidates))
)
"""

OPEN_TASKS_OF: Final[LiteralString] = """
select task.id, task.instance_id
from tangram.flow_task as task
where task.tenant_id = $1 and task.assignee = $2 and task.status = 'open'
order by task.instance_id, task.id
limit 1000
"""

# DWELL: how long tokens have stayed at each node of each version, how often it sent work back, who waits there now.
DWELL: Final[LiteralString] = """
with of_flow as (
    select id, number from tangram.flow_instance where tenant_id = $1 and flow = $2
),
passed as (
    select of_flow.number, history.node,
        count(*) filter (where history.act = 'left') as passed,
        percentile_cont(0.5) within group (order by history.dwell_s) filter (where history.act = 'left') as p50_s,
        percentile_cont(0.9) within group (order by history.dwell_s) filter (where history.act = 'left') as p90_s,
        count(*) filter (where history.act = 'rejected') as rejected,
        count(*) filter (where history.act = 'failed') as failed
    from tangram.flow_history as history
    join of_flow on of_flow.id = history.instance_id
    where history.node <> '' and history.act in ('left', 'rejected', 'failed')
    group by of_flow.number, history.node
),
here as (
    select of_flow.number, token.node, count(*) as waiting
    from tangram.flow_token as token
    join of_flow on of_flow.id = token.instance_id
    where token.phase in ('waiting', 'failed')
    group by of_flow.number, token.node
)
select number, node, coalesce(passed, 0) as passed, p50_s, p90_s, coalesce(rejected, 0) as rejected,
    coalesce(failed, 0) as failed, coalesce(waiting, 0) as waiting
from passed full join here using (number, node)
order by number desc, node
"""


def task_shown(row: Mapping[str, Any], object_name: str) -> dict[str, Any]:
    """A task as it is answered."""
    return {
        "id": row["id"],
        "instance": row["instance_id"],
        "flow": row["flow"],
        "number": row["number"],
        "node": row["node"],
        "kind": row["kind"].upper(),
        "status": row["status"].upper(),
        "assignee": row["assignee"],
        "candidates": list(row["candidates"]),
        "openedAt": row["opened_at"],
        "dueAt": row["due_at"],
        "doneAt": row["done_at"],
        "doneBy": row["done_by"],
        "outcome": row["outcome"],
        "delegatedBy": row["delegated_by"],
        "object": object_name,
        "record": row["record_id"],
        "version": row["version"],
    }


def instance_shown(row: Mapping[str, Any], object_name: str) -> dict[str, Any]:
    """An instance as it is answered; its tokens are JSON of the statement, its tasks are added by the caller."""
    return {
        "id": row["id"],
        "flow": row["flow"],
        "number": row["number"],
        "object": object_name,
        "record": row["record_id"],
        "status": row["status"].upper(),
        "initiator": row["initiator"],
        "startedAt": row["started_at"],
        "endedAt": row["ended_at"],
        "version": row["version"],
        "failures": row["failures"],
    }
