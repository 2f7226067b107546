"""Every statement over the tables of flows, by name."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "CHILDREN",
    "CURRENT_OBJECT",
    "CURRENT_VERSION",
    "DRAW_STOCK",
    "HISTORY",
    "LOAD_INSTANCE",
    "LOCK_BY_TASK",
    "LOCK_INSTANCE",
    "LOCK_RECORDS",
    "MESSAGE_RESULTS",
    "RUNNING_FOR_RECORDS",
    "SAVE",
    "SUBMITTED",
    "TASK",
    "TRIGGERED",
    "TRIGGERS",
    "VERSION",
    "WAITING_AMONG",
    "WAITING_FOR",
]

# LOCK_INSTANCE: the one lock of a transition; what is read afterwards is what the transition before has left.
LOCK_INSTANCE: Final[LiteralString] = """
select id from tangram.flow_instance where tenant_id = $1 and id = $2 for update
"""

# LOCK_BY_TASK: the same, found by a task; also the task's number.
LOCK_BY_TASK: Final[LiteralString] = """
select task.instance_id as id, task.number
from tangram.flow_task as task
join tangram.flow_instance as instance on instance.id = task.instance_id
where task.tenant_id = $1 and task.id = $2
for update of instance
"""

# LOAD_INSTANCE: an instance with its tokens, and the tasks that still count.
LOAD_INSTANCE: Final[LiteralString] = """
select instance.id, instance.flow, instance.number, instance.object, instance.parent_id, instance.parent_token,
    instance.parent_visit, instance.started_at, version.definition,
    json_build_object(
        'id', instance.id,
        'status', instance.status,
        'initiator', coalesce(instance.initiator::text, ''),
        'record', instance.record_id,
        'variables', instance.variables,
        'next_id', instance.next_id,
        'trail', instance.trail,
        'agreed', instance.agreed,
        'last_task', instance.last_task,
        'version', instance.version
    ) as head,
    (
        select coalesce(json_agg(json_build_object(
            'id', number, 'node', node, 'parent', parent, 'phase', phase, 'since', since, 'visit', visit,
            'outcome', outcome, 'expected', expected, 'arrived', arrived, 'pending', pending, 'item', item,
            'side', side, 'back_to', back_to, 'failure', failure
        )), '[]')
        from tangram.flow_token where instance_id = instance.id
    ) as tokens,
    (
        select coalesce(json_agg(json_build_object(
            'id', task.number, 'token', task.token, 'node', task.node, 'kind', task.kind, 'status', task.status,
            'opened_at', task.opened_at, 'assignee', coalesce(task.assignee::text, ''), 'candidates', task.candidates,
            'place', task.place, 'weight', task.weight, 'due_at', task.due_at, 'outcome', task.outcome,
            'done_by', coalesce(task.done_by::text, ''), 'delegated_by', coalesce(task.delegated_by::text, ''),
            'after', task.after
        )), '[]')
        from tangram.flow_task as task
        where task.instance_id = instance.id
            and (
                task.status in ('open', 'held')
                or task.number = instance.last_task
                or exists (
                    select from tangram.flow_token as token
                    where token.instance_id = instance.id and token.number = task.token and token.node = task.node
                )
            )
    ) as tasks
from tangram.flow_instance as instance
join tangram.flow_version as version
    on version.tenant_id = instance.tenant_id and version.flow = instance.flow and version.number = instance.number
where instance.tenant_id = $1 and instance.id = $2
"""

# SAVE: one transition: instance, tokens, tasks, history, timers and the event, in one statement.
SAVE: Final[LiteralString] = """
with head as (
    select * from json_to_record($3::text::json) as h (
        flow text, number int, object text, record_id uuid, status text, initiator uuid, parent_id uuid,
        parent_token int, parent_visit int, variables jsonb, next_id int, trail text[], agreed text[], last_task int,
        failures int, version int, started_at timestamptz, ended_at timestamptz
    )
),
instance as (
    insert into tangram.flow_instance (
        id, tenant_id, flow, number, object, record_id, status, initiator, parent_id, parent_token, parent_visit,
        variables, next_id, trail, agreed, last_task, failures, version, started_at, ended_at
    )
    select $2::uuid, $1::uuid, head.* from head
    on conflict (id) do update set
        number = excluded.number, status = excluded.status, variables = excluded.variables,
        next_id = excluded.next_id, trail = excluded.trail, agreed = excluded.agreed, last_task = excluded.last_task,
        failures = excluded.failures, version = excluded.version, ended_at = excluded.ended_at
    returning version
),
gone as (
    delete from tangram.flow_token where instance_id = $2 and number = any($4::int[])
),
tokens as (
    insert into tangram.flow_token (
        tenant_id, instance_id, number, node, parent, phase, since, visit, outcome, expected, arrived, pending, item,
        side, back_to, failure
    )
    select $1::uuid, $2::uuid, t.*
    from json_to_recordset($5::text::json) as t (
        id int, node text, parent int, phase text, since timestamptz, visit int, outcome text, expected int,
        arrived int, pending text[], item text, side boolean, back_to text, failure text
    )
    on conflict (instance_id, number) do update set
        node = excluded.node, parent = excluded.parent, phase = excluded.phase, since = excluded.since,
        visit = excluded.visit, outcome = excluded.outcome, expected = excluded.expected, arrived = excluded.arrived,
        pending = excluded.pending, item = excluded.item, side = excluded.side, back_to = excluded.back_to,
        failure = excluded.failure
),
tasks as (
    insert into tangram.flow_task (
        id, tenant_id, instance_id, number, token, node, kind, status, assignee, candidates, place, weight, opened_at,
        due_at, done_at, done_by, outcome, delegated_by, after
    )
    select t.uid, $1::uuid, $2::uuid, t.id, t.token, t.node, t.kind, t.status, t.assignee, t.candidates, t.place,
        t.weight, t.opened_at, t.due_at, t.done_at, t.done_by, t.outcome, t.delegated_by, t.after
    from json_to_recordset($6::text::json) as t (
        uid uuid, id int, token int, node text, kind text, status text, assignee uuid, candidates uuid[], place int,
        weight int, opened_at timestamptz, due_at timestamptz, done_at timestamptz, done_by uuid, outcome text,
        delegated_by uuid, after int
    )
    on conflict (instance_id, number) do update set
        node = excluded.node, status = excluded.status, assignee = excluded.assignee, candidates = excluded.candidates,
        opened_at = excluded.opened_at, due_at = excluded.due_at, done_at = excluded.done_at,
        done_by = excluded.done_by, outcome = excluded.outcome, delegated_by = excluded.delegated_by,
        after = excluded.after
),
lines as (
    insert into tangram.flow_history (
        tenant_id, instance_id, at, act, node, token, task, actor, outcome, comment, "to", dwell_s
    )
    select $1::uuid, $2::uuid, $8::timestamptz, n.act, n.node, n.token, n.task, n.actor, n.outcome, n.comment, n."to",
        n.dwell_s
    from json_to_recordset($7::text::json) as n (
        act text, node text, token int, task int, actor uuid, outcome text, comment text, "to" text, dwell_s bigint
    )
),
stopped as (
    delete from tangram.timer
    where tenant_id = $1 and kind = 'flows.due' and key = any($9::text[])
        and coalesce(fired_at, 'infinity') = 'infinity'
),
timers as (
    insert into tangram.timer (tenant_id, kind, key, stream, due_at, payload)
    select $1::uuid, 'flows.due', t.key, 'flow:' || $2::uuid::text, t.due_at, t.payload
    from json_to_recordset($10::text::json) as t (key text, due_at timestamptz, payload jsonb)
    on conflict (tenant_id, kind, key) do update
    set due_at = excluded.due_at, payload = excluded.payload, fired_at = null
),
logged as (
    insert into tangram.event
        (tenant_id, kind, object, record_id, actor_id, actor_kind, actor_name, changes, cause, request_id, version)
    select $1::uuid, 'flow', 'flow__instance', $2::uuid, $11::uuid, $12, $13, $14::text::jsonb, $15::bigint[], $16, $17
    where $14 <> ''
    returning id, tenant_id
),
queued as (
    insert into tangram.event_queue (event_id, tenant_id) select id, tenant_id from logged
)
select version from instance
"""

# TASK: where a task belongs.
TASK: Final[LiteralString] = """
select instance_id, number from tangram.flow_task where tenant_id = $1 and id = $2
"""

CURRENT_OBJECT: Final[LiteralString] = """
select object from tangram.flow_version where tenant_id = $1 and flow = $2 and current
"""

CURRENT_VERSION: Final[LiteralString] = """
select number, definition, suspended from tangram.flow_version where tenant_id = $1 and flow = $2 and current
"""

VERSION: Final[LiteralString] = """
select number, definition from tangram.flow_version where tenant_id = $1 and flow = $2 and number = $3
"""

# LOCK_RECORDS: a flow is started for a record by one transaction at a time; in the order of the records, so that two
# batches do not wait for each other.
LOCK_RECORDS: Final[LiteralString] = """
select pg_advisory_xact_lock(hashtextextended(record.key, 7284))
from (select $1 || record as key from unnest($2::text[]) as record order by 1) as record
"""

# RUNNING_FOR_RECORDS: the runs of a flow that are under way for some records. Each record is looked up by itself: of
# runs that grow by thousands at once, statistics know too little to say that an index over flows leads to all of them.
RUNNING_FOR_RECORDS: Final[LiteralString] = """
select asked.id::text as record, instance.id
from unnest($4::uuid[]) as asked (id)
cross join lateral (
    select * from tangram.flow_instance where tenant_id = $1 and object = $3 and record_id = asked.id offset 0
) as instance
where instance.flow = $2 and instance.status in ('running', 'suspended')
"""

# WAITING_AMONG: those of some records, each named by its table and id, for which a run waits. Each is looked up by
# itself, as in RUNNING_FOR_RECORDS.
WAITING_AMONG: Final[LiteralString] = """
select distinct asked.object, asked.record::text
from unnest($2::text[], $3::uuid[]) as asked (object, record)
cross join lateral (
    select * from tangram.flow_instance
    where tenant_id = $1 and object = asked.object and record_id = asked.record offset 0
) as instance
where instance.status = 'running'
    and exists (
        select from tangram.flow_token as token where token.instance_id = instance.id and token.phase = 'waiting'
    )
"""

# TRIGGERS: kinds of events of records that start flows, by table.
TRIGGERS: Final[LiteralString] = """
select object, events from tangram.flow_version
where tenant_id = $1 and current and not suspended and trigger = 'record'
"""

# WAITING_FOR: tokens that may wait for a change of one of these records.
WAITING_FOR: Final[LiteralString] = """
select distinct instance.id
from tangram.flow_instance as instance
join tangram.flow_token as token on token.instance_id = instance.id
where instance.tenant_id = $1 and instance.object = $2 and instance.record_id = $3 and instance.status = 'running'
    and token.phase = 'waiting'
"""

# DRAW_STOCK: take one of an edge's stock; nothing when it is used up. The row lock makes it exact.
DRAW_STOCK: Final[LiteralString] = """
insert into tangram.flow_stock as stock (tenant_id, flow, node, edge, taken)
select $1::uuid, $2::text, $3::text, $4::int, 1 where $5::int > 0
on conflict (tenant_id, flow, node, edge) do update set taken = stock.taken + 1 where stock.taken < $5::int
returning taken
"""

# TRIGGERED: current versions that an event of an object's records starts.
TRIGGERED: Final[LiteralString] = """
select flow, definition from tangram.flow_version
where tenant_id = $1 and object = $2 and current and not suspended and trigger = 'record' and $3 = any(events)
order by flow
"""

# MESSAGE_RESULTS: what has become of what a step of a run has sent to a customer.
MESSAGE_RESULTS: Final[LiteralString] = """
select kind from tangram.event
where tenant_id = $1 and object = 'outreach__message' and record_id = $2
    and changes ->> 'instance' = $3 and changes ->> 'node' = $4
"""

# SUBMITTED: current versions that a form, submitted for an object's record, or a segment starts.
SUBMITTED: Final[LiteralString] = """
select flow, definition from tangram.flow_version
where tenant_id = $1 and object = $2 and current and not suspended and trigger = $4 and $3 = any(events)
order by flow
"""

# CHILDREN: instances that an instance has started and that are under way.
CHILDREN: Final[LiteralString] = """
select id from tangram.flow_instance
where tenant_id = $1 and parent_id = $2 and parent_token > 0 and status in ('running', 'suspended')
"""

HISTORY: Final[LiteralString] = """
select history.id, history.at, history.act, history.node, history.actor, account.name as actor_name, history.outcome,
    history.comment, history."to", history.dwell_s
from tangram.flow_history as history
left join tangram.account on account.tenant_id = history.tenant_id and account.id = history.actor
where history.tenant_id = $1 and history.instance_id = $2 and history.id > $3
order by history.id
limit $4
"""
