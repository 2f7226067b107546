"""Tasks, instances, history and figures, as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, LiteralString

from server.flows.definition import Step

__all__ = [
    "DEFINITIONS",
    "DWELL",
    "INSTANCE",
    "INSTANCES_OF_RECORD",
    "INSTANCES_STARTED",
    "INVOLVED",
    "MY_TASKS",
    "TASKS_OF_INSTANCE",
    "instance_shown",
    "task_shown",
]

_TASK: Final[LiteralString] = """
task.id, task.instance_id, instance.flow, instance.number, task.node, task.kind, task.status, task.assignee,
task.candidates, task.opened_at, task.due_at, task.done_at, task.done_by, task.outcome, task.delegated_by,
instance.object, instance.record_id, instance.version
"""

# MY_TASKS: what is asked of an account and of those it stands in for, or what it has done.
MY_TASKS: Final[LiteralString] = f"""
with others as (
    select account_id, flow from tangram.flow_proxy
    where tenant_id = $1 and proxy_id = $2 and ended_at is null and valid_from <= $7 and valid_until > $7
)
select {_TASK}
from tangram.flow_task as task
join tangram.flow_instance as instance on instance.id = task.instance_id
where task.tenant_id = $1
    and (
        task.assignee = $2
        or (task.assignee is null and $2::uuid = any(task.candidates))
        or task.done_by = $2
        or (
            task.status = 'open'
            and exists (
                select from others
                where others.flow in ('', instance.flow)
                    and (
                        task.assignee = others.account_id
                        or (task.assignee is null and others.account_id = any(task.candidates))
                    )
            )
        )
    )
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

# DEFINITIONS: of the versions that tasks belong to: $2 the flows, $3 their numbers.
DEFINITIONS: Final[LiteralString] = """
select flow, number, definition from tangram.flow_version
where tenant_id = $1 and (flow, number) in (select * from unnest($2::text[], $3::integer[]))
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

# INVOLVED: whether an instance asks something of somebody now ($4 false), or they started it or have had a task of it.
INVOLVED: Final[LiteralString] = """
select exists (
    select from tangram.flow_instance where tenant_id = $1 and id = $2 and initiator = $3 and $4
    union all
    select from tangram.flow_task
    where tenant_id = $1 and instance_id = $2
        and (assignee = $3 or done_by = $3 or delegated_by = $3 or $3::uuid = any(candidates))
        and ($4 or status in ('open', 'held'))
)
"""

# DWELL: the heat map of a flow, by version and node, and by the department of whoever acted where $4 says so: how long
# tokens stayed, how often work came back, tasks that were done late, and what waits or is late now.
DWELL: Final[LiteralString] = """
with of_flow as (
    select id, number from tangram.flow_instance where tenant_id = $1 and flow = $2
),
passed as (
    select of_flow.number, history.node, team.department_id as department,
        count(*) filter (where history.act = 'left') as passed,
        percentile_cont(0.5) within group (order by history.dwell_s) filter (where history.act = $6) as p50_s,
        percentile_cont(0.9) within group (order by history.dwell_s) filter (where history.act = $6) as p90_s,
        count(*) filter (where history.act = 'rejected') as rejected,
        count(*) filter (where history.act = 'failed') as failed
    from tangram.flow_history as history
    join of_flow on of_flow.id = history.instance_id
    left join tangram.account as team
        on $4::boolean and team.tenant_id = history.tenant_id and team.id = history.actor
    where history.node <> '' and history.act in ('left', 'rejected', 'failed', $6)
        and ($3::timestamptz is null or history.at >= $3)
    group by of_flow.number, history.node, team.department_id
),
asked as (
    select of_flow.number, task.node, team.department_id as department,
        count(*) filter (where task.status = 'done' and task.done_at > task.due_at) as breached,
        count(*) filter (where task.status = 'open' and task.due_at < $5) as overdue
    from tangram.flow_task as task
    join of_flow on of_flow.id = task.instance_id
    left join tangram.account as team
        on $4::boolean and team.tenant_id = task.tenant_id and team.id = coalesce(task.done_by, task.assignee)
    where task.due_at is not null and ($3::timestamptz is null or task.opened_at >= $3)
    group by of_flow.number, task.node, team.department_id
),
here as (
    select of_flow.number, token.node, null::uuid as department, count(*) as waiting
    from tangram.flow_token as token
    join of_flow on of_flow.id = token.instance_id
    where token.phase in ('waiting', 'failed')
    group by of_flow.number, token.node
),
places as (
    select number, node, department from passed
    union select number, node, department from asked
    union select number, node, department from here
)
select places.number, places.node, places.department, coalesce(passed.passed, 0) as passed, passed.p50_s, passed.p90_s,
    coalesce(passed.rejected, 0) as rejected, coalesce(passed.failed, 0) as failed,
    coalesce(here.waiting, 0) as waiting, coalesce(asked.breached, 0) as breached,
    coalesce(asked.overdue, 0) as overdue
from places
left join passed
    on passed.number = places.number and passed.node = places.node
    and passed.department is not distinct from places.department
left join asked
    on asked.number = places.number and asked.node = places.node
    and asked.department is not distinct from places.department
left join here
    on here.number = places.number and here.node = places.node and places.department is null
order by places.number desc, places.node, places.department
"""


def task_shown(row: Mapping[str, Any], object_name: str, step: Step | None) -> dict[str, Any]:
    """A task as it is answered, with what its step says to people."""
    return {
        "label": dict(step.node.label) if step else {},
        "description": dict(step.node.description) if step else {},
        "outcomes": list(step.kind.outcomes(step.settings)) if step else [],
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
