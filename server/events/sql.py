"""Every statement over the event log, jobs, marks and timers.

Leases are compared with the database's clock, due times with the caller's clock (a parameter).
"""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "ADD_JOBS",
    "ADD_MARK",
    "APPEND_EVENT",
    "APPEND_EVENTS",
    "CLAIM_JOB",
    "CLAIM_NEXT_DUE",
    "CLAIM_NEXT_IN_STREAM",
    "COUNT_JOBS",
    "DEAD_JOBS",
    "DUE_TENANTS",
    "EVENTS_BY_ID",
    "EVENT_HISTORY",
    "EVENT_HISTORY_BEFORE",
    "EXPIRED_JOBS",
    "FAIL_JOB",
    "FINISH_AND_MARK",
    "FINISH_JOB",
    "FIRE_TIMERS",
    "FIRE_TIMERS_BY_TURNS",
    "JOBS_SENT",
    "LOCK_TENANT_STREAM",
    "LOCK_TIMERS",
    "MARK_HANDLED",
    "NEXT_TIMER",
    "PENDING_TENANTS",
    "PRUNE_DEAD_JOBS",
    "PRUNE_EVENTS",
    "PRUNE_MARKS",
    "PRUNE_TIMERS",
    "RELEASE_JOBS",
    "RENEW_LEASES",
    "RETRY_DEAD_JOBS",
    "SET_NO_LATER",
    "SET_TIMERS",
    "STOP_TIMERS",
    "TAKE_READY_JOBS",
    "UNHANDLED_EVENTS",
    "UNSEND_JOB",
    "WAKE_TIMERS",
]

_EVENT: Final[LiteralString] = """
id, tenant_id, at, kind, object, record_id, actor_id, actor_kind, actor_name, changes, cause, request_id, version
"""

_JOB: Final[LiteralString] = """
job.id, job.tenant_id, job.handler, job.key, job.stream, job.event_ids, job.payload, job.state, job.attempts,
job.sends, job.next_at, job.last_error, job.created_at
"""

# --- event log

# APPEND_EVENT: one event of a writer that has no statement of its own for it.
APPEND_EVENT: Final[LiteralString] = """
with logged as (
    insert into tangram.event
        (tenant_id, kind, object, record_id, actor_id, actor_kind, actor_name, changes, cause, request_id, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    returning id, tenant_id
),
queued as (
    insert into tangram.event_queue (event_id, tenant_id) select id, tenant_id from logged
)
select id from logged
"""

# APPEND_EVENTS: several of one tenant, in order.
APPEND_EVENTS: Final[LiteralString] = """
with logged as (
    insert into tangram.event
        (tenant_id, kind, object, record_id, actor_id, actor_kind, actor_name, changes, cause, request_id, version)
    select $1::uuid, given.kind, given.object, given.record, given.actor_id, given.actor_kind, given.actor_name,
        given.changes::jsonb, given.cause::bigint[], given.request_id, given.version
    from unnest(
        $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::int[]
    ) with ordinality as given (
        kind, object, record, actor_id, actor_kind, actor_name, changes, cause, request_id, version, place
    )
    order by given.place
    returning id, tenant_id
)
insert into tangram.event_queue (event_id, tenant_id) select id, tenant_id from logged
"""

# EVENT_HISTORY: the newest events of one record; EVENT_HISTORY_BEFORE continues below an event id.
EVENT_HISTORY: Final[LiteralString] = f"""
select {_EVENT}
from tangram.event
where tenant_id = $1 and object = $2 and record_id = $3
order by id desc
limit $4
"""
EVENT_HISTORY_BEFORE: Final[LiteralString] = f"""
select {_EVENT}
from tangram.event
where tenant_id = $1 and object = $2 and record_id = $3 and id < $5
order by id desc
limit $4
"""

EVENTS_BY_ID: Final[LiteralString] = f"""
select {_EVENT}
from tangram.event
where tenant_id = $1 and id = any ($2::bigint[])
order by id
"""

# --- relay

# PENDING_TENANTS: tenants with unhandled events, by skipping from tenant to tenant over the queue's index.
PENDING_TENANTS: Final[LiteralString] = """
with recursive pending (tenant_id) as (
    (select tenant_id from tangram.event_queue order by tenant_id limit 1)
    union all
    select (
        select queue.tenant_id
        from tangram.event_queue as queue
        where queue.tenant_id > pending.tenant_id
        order by queue.tenant_id
        limit 1
    )
    from pending
    where pending.tenant_id is not null
)
select tenant_id from pending where tenant_id is not null limit $1
"""

# LOCK_TENANT_STREAM: whether this transaction may relay the tenant's events; a hash clash only delays.
LOCK_TENANT_STREAM: Final[LiteralString] = "select pg_try_advisory_xact_lock(hashtextextended($1, 7283))"

UNHANDLED_EVENTS: Final[LiteralString] = f"""
select {_EVENT}
from tangram.event
where id in (
    select queue.event_id
    from tangram.event_queue as queue
    where queue.tenant_id = $1
    order by queue.event_id
    limit $2
    for update skip locked
)
order by id
"""

MARK_HANDLED: Final[LiteralString] = "delete from tangram.event_queue where event_id = any ($1::bigint[])"

# --- jobs

# ADD_JOBS: jobs of one tenant from a JSON list, in its order; one that exists already is left as it is.
ADD_JOBS: Final[LiteralString] = """
insert into tangram.job (tenant_id, handler, key, stream, event_ids, payload, state, next_at)
select $1, draft.handler, draft.key, draft.stream, draft.event_ids, draft.payload, 'ready', draft.next_at
from jsonb_to_recordset($2::jsonb)
    as draft (handler text, key text, stream text, event_ids bigint[], payload jsonb, next_at timestamptz)
on conflict (tenant_id, handler, key) do nothing
"""

# DUE_TENANTS: tenants with a job that is due, by skipping over the partial index.
DUE_TENANTS: Final[LiteralString] = """
with recursive due (tenant_id, next_at) as (
    (select tenant_id, next_at from tangram.job where state = 'ready' order by tenant_id, next_at limit 1)
    union all
    select following.tenant_id, following.next_at
    from due
    cross join lateral (
        select job.tenant_id, job.next_at
        from tangram.job
        where job.state = 'ready' and job.tenant_id > due.tenant_id
        order by job.tenant_id, job.next_at
        limit 1
    ) as following
)
select tenant_id from due where next_at <= $1 limit $2
"""

# TAKE_READY_JOBS: mark due jobs of one tenant as sent, as far as its share ($3) goes. Of a stream only the first
# job that is neither done nor dead is eligible. Those that are due first are looked at first; only where they do not
# fill the share, since long streams are ahead of them, all streams are found by skipping over the partial index.
TAKE_READY_JOBS: Final[LiteralString] = """
with recursive room (jobs) as (
    select greatest(
        0, $3 - (select count(*) from tangram.job where tenant_id = $1 and state in ('sent', 'running'))
    )
),
first_due as (
    select due.id, due.next_at
    from (
        select id, stream, next_at
        from tangram.job
        where tenant_id = $1 and state = 'ready' and next_at <= $2
        order by next_at, id
        limit 200
    ) as due
    where due.stream = ''
        or not exists (
            select from tangram.job as earlier
            where earlier.tenant_id = $1 and earlier.stream = due.stream and earlier.stream <> ''
                and earlier.state <> 'dead' and earlier.id < due.id
        )
    order by due.next_at, due.id
    limit (select jobs from room)
),
heads (id, stream, state, next_at) as (
    (
        select id, stream, state, next_at
        from tangram.job
        where tenant_id = $1 and stream <> '' and state <> 'dead'
            and (select count(*) from first_due) < (select jobs from room)
        order by stream, id
        limit 1
    )
    union all
    select following.id, following.stream, following.state, following.next_at
    from heads
    cross join lateral (
        select job.id, job.stream, job.state, job.next_at
        from tangram.job
        where job.tenant_id = $1 and job.stream <> '' and job.state <> 'dead' and job.stream > heads.stream
        order by job.stream, job.id
        limit 1
    ) as following
),
eligible as (
    select id, next_at from first_due
    union
    (select id, next_at from (select * from heads limit 5000) as head where state = 'ready' and next_at <= $2)
    union
    (
        select id, next_at
        from tangram.job
        where tenant_id = $1 and state = 'ready' and stream = '' and next_at <= $2
            and (select count(*) from first_due) < (select jobs from room)
        order by next_at, id
        limit $3
    )
),
chosen as (
    select id
    from eligible
    order by next_at, id
    limit (select jobs from room)
),
locked as (
    select job.id
    from tangram.job
    where job.id in (select id from chosen) and job.state = 'ready'
    for update skip locked
)
update tangram.job
set state = 'sent', sends = job.sends + 1, sent_at = clock_timestamp()
from locked
where job.id = locked.id
returning job.id, job.sends
"""

# CLAIM_JOB: start the run that a message asks for; no row when the message is stale.
CLAIM_JOB: Final[LiteralString] = f"""
update tangram.job
set state = 'running', attempts = attempts + 1, worker = $3,
    lease_until = clock_timestamp() + make_interval(secs => $4)
where id = $1 and sends = $2 and state = 'sent'
returning {_JOB}
"""

# CLAIM_NEXT_IN_STREAM: after one job of a stream, start the next one directly if it is due.
CLAIM_NEXT_IN_STREAM: Final[LiteralString] = f"""
update tangram.job
set state = 'running', attempts = attempts + 1, sends = sends + 1, worker = $3,
    lease_until = clock_timestamp() + make_interval(secs => $4)
where id = (
        select head.id
        from tangram.job as head
        where head.tenant_id = $1 and head.stream = $2 and head.stream <> '' and head.state <> 'dead'
        order by head.stream, head.id
        limit 1
    )
    and state = 'ready'
    and next_at <= $5
returning {_JOB}
"""

# CLAIM_NEXT_DUE: after a job, start what is due next of the tenant directly: jobs without stream, or the first of
# theirs. With handlers given ($6), jobs of theirs that are run for the first time; else of any.
CLAIM_NEXT_DUE: Final[LiteralString] = f"""
update tangram.job
set state = 'running', attempts = attempts + 1, sends = sends + 1, worker = $2,
    lease_until = clock_timestamp() + make_interval(secs => $3)
where id in (
    select ready.id
    from (
        select id, stream, next_at
        from tangram.job
        where tenant_id = $1 and state = 'ready' and next_at <= $4
            and ($6::text[] is null or (handler = any ($6) and attempts = 0))
        order by next_at, id
        limit 50 + 4 * $5::int
    ) as due
    join tangram.job as ready on ready.id = due.id
    where ready.state = 'ready'
        and (
            due.stream = ''
            or not exists (
                select from tangram.job as earlier
                where earlier.tenant_id = $1 and earlier.stream = due.stream and earlier.stream <> ''
                    and earlier.state <> 'dead' and earlier.id < due.id
            )
        )
    order by due.next_at, due.id
    limit $5::int
    for update of ready skip locked
)
returning {_JOB}
"""

FINISH_JOB: Final[LiteralString] = "delete from tangram.job where id = $1 and sends = $2 and state = 'running'"

# FAIL_JOB: the run failed; try again at $4, or never when the state given is 'dead'.
FAIL_JOB: Final[LiteralString] = """
update tangram.job
set state = $3, next_at = $4, last_error = $5, worker = '', lease_until = null
where id = $1 and sends = $2 and state = 'running'
"""

# RELEASE_JOBS: the runs were called off at shutdown, or never begun, and do not count as attempts.
RELEASE_JOBS: Final[LiteralString] = """
update tangram.job
set state = 'ready', attempts = greatest(0, job.attempts - 1), worker = '', lease_until = null
from unnest($1::bigint[], $2::int[]) as given (id, sends)
where job.id = given.id and job.sends = given.sends and job.state = 'running'
"""

# RENEW_LEASES: a row that a run has locked is being finished just now, and is not waited for.
RENEW_LEASES: Final[LiteralString] = """
update tangram.job
set lease_until = clock_timestamp() + make_interval(secs => $2)
where id in (
    select id from tangram.job
    where state = 'running' and worker = $1 and id = any ($3::bigint[])
    for update skip locked
)
"""

# EXPIRED_JOBS: running jobs whose worker has not been heard of, and has no transaction open that finishes them.
EXPIRED_JOBS: Final[LiteralString] = """
select id, tenant_id, handler, attempts, sends
from tangram.job
where state = 'running' and lease_until < clock_timestamp()
limit $1
for update skip locked
"""

# JOBS_SENT: messages that should be in the queue since a while.
JOBS_SENT: Final[LiteralString] = """
select id, sends
from tangram.job
where state = 'sent' and sent_at < clock_timestamp() - make_interval(secs => $1)
order by sent_at
limit $2
"""

UNSEND_JOB: Final[LiteralString] = """
update tangram.job set state = 'ready' where id = $1 and sends = $2 and state = 'sent'
"""

COUNT_JOBS: Final[LiteralString] = """
select state, count(*) as jobs from tangram.job where tenant_id = $1 group by state
"""

# DEAD_JOBS: the dead letters of a tenant, newest first; $2 a handler or null, $3 ids below or null.
DEAD_JOBS: Final[LiteralString] = f"""
select {_JOB}
from tangram.job
where tenant_id = $1 and state = 'dead' and ($2::text is null or handler = $2) and ($3::bigint is null or id < $3)
order by id desc
limit $4
"""

# RETRY_DEAD_JOBS: give dead letters their attempts back; each condition counts when it is not null.
RETRY_DEAD_JOBS: Final[LiteralString] = """
update tangram.job
set state = 'ready', attempts = 0, next_at = $2
where tenant_id = $1
    and state = 'dead'
    and ($3::text is null or handler = $3)
    and ($4::bigint[] is null or id = any ($4))
    and ($5::timestamptz is null or created_at >= $5)
returning id
"""

# ADD_MARK: no row when the effects of this handler for this key happened before.
ADD_MARK: Final[LiteralString] = """
insert into tangram.handler_mark (tenant_id, handler, key)
values ($1, $2, $3)
on conflict (tenant_id, handler, key) do nothing
returning id
"""

# FINISH_AND_MARK: the same, and nothing is owed any more: the job is removed with its effects.
FINISH_AND_MARK: Final[LiteralString] = """
with finished as (
    delete from tangram.job where id = $4 and sends = $5 and state = 'running'
)
insert into tangram.handler_mark (tenant_id, handler, key)
values ($1, $2, $3)
on conflict (tenant_id, handler, key) do nothing
returning id
"""

# --- timers

# SET_TIMERS: set or move timers; one that had fired will fire again.
SET_TIMERS: Final[LiteralString] = """
insert into tangram.timer (tenant_id, kind, key, stream, due_at, payload)
select $1::uuid, given.kind, given.key, given.stream, given.due_at, given.payload::jsonb
from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
    with ordinality as given (kind, key, stream, due_at, payload, place)
order by given.place
on conflict (tenant_id, kind, key) do update
set due_at = excluded.due_at, payload = excluded.payload, stream = excluded.stream, fired_at = null
"""

# SET_NO_LATER: set timers that are not set for then or sooner; one that is, is neither moved nor locked, so that many
# transactions may ask for the same one at once.
SET_NO_LATER: Final[LiteralString] = """
insert into tangram.timer (tenant_id, kind, key, stream, due_at, payload)
select $1::uuid, $2::text, given.key, given.stream, given.due_at, given.payload::jsonb
from unnest($3::text[], $4::text[], $5::timestamptz[], $6::text[]) as given (key, stream, due_at, payload)
where not exists (
    select from tangram.timer as sooner
    where sooner.tenant_id = $1 and sooner.kind = $2 and sooner.key = given.key
        and coalesce(sooner.fired_at, 'infinity') = 'infinity' and sooner.due_at <= given.due_at
)
on conflict (tenant_id, kind, key) do update
set due_at = excluded.due_at, payload = excluded.payload, stream = excluded.stream, fired_at = null
where timer.fired_at < 'infinity' or timer.due_at > excluded.due_at
"""

STOP_TIMERS: Final[LiteralString] = """
delete from tangram.timer
where tenant_id = $1 and kind = $2 and key = any($3::text[]) and coalesce(fired_at, 'infinity') = 'infinity'
returning id
"""

# LOCK_TIMERS: one process fires at a time, so that timers fire in the order they fall due.
LOCK_TIMERS: Final[LiteralString] = "select pg_try_advisory_xact_lock(7283, 1)"

# _FIRED: what is picked fires, or rests where the trial of its tenant is over and its kind is not among $3: `fired_at`
# is infinity then, so that nobody comes across it again before it is woken.
_FIRED: Final[LiteralString] = """
due as (
    select picked.id, picked.kind <> all($3::text[]) and coalesce(tenant.trial_ends_at <= $1, false) as rests
    from picked
    left join tangram.tenant on tenant.id = picked.tenant_id
),
fired as (
    update tangram.timer
    set fired_at = case when due.rests then 'infinity' else $1::timestamptz end
    from due
    where timer.id = due.id
    returning timer.id, timer.tenant_id, timer.kind, timer.key, timer.stream, timer.due_at, timer.payload, due.rests
),
added as (
    insert into tangram.job (tenant_id, handler, key, stream, event_ids, payload, state, next_at)
    select tenant_id, kind, key || to_char(due_at at time zone 'UTC', '"@"YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), stream,
        '{}'::bigint[], payload, 'ready', due_at
    from fired
    where not rests
    order by due_at, id
    on conflict (tenant_id, handler, key) do nothing
)
select tenant_id, count(*) as timers from fired group by tenant_id
"""

# FIRE_TIMERS: timers that are due become jobs, those that fell due first; how many of each tenant.
FIRE_TIMERS: Final[LiteralString] = f"""
with picked as (
    select id, tenant_id, kind
    from tangram.timer
    where fired_at is null and due_at <= $1
    order by due_at, id
    limit $2
    for update skip locked
),
{_FIRED}
"""

# FIRE_TIMERS_BY_TURNS: the same with as many of each tenant, for when more are due than are fired at a time.
FIRE_TIMERS_BY_TURNS: Final[LiteralString] = f"""
with recursive owner (tenant_id) as (
    (select tenant_id from tangram.timer where fired_at is null order by tenant_id limit 1)
    union all
    select (
        select timer.tenant_id
        from tangram.timer
        where timer.fired_at is null and timer.tenant_id > owner.tenant_id
        order by timer.tenant_id
        limit 1
    )
    from owner
    where owner.tenant_id is not null
),
picked as (
    select timer.id, timer.tenant_id, timer.kind
    from owner
    cross join lateral (
        select id, tenant_id, kind
        from tangram.timer
        where tenant_id = owner.tenant_id and fired_at is null and due_at <= $1
        order by due_at, id
        limit $2
        for update skip locked
    ) as timer
),
{_FIRED}
"""

# WAKE_TIMERS: those of a tenant that rest are due again, at the instants that they were due at.
WAKE_TIMERS: Final[LiteralString] = """
update tangram.timer set fired_at = null where tenant_id = $1 and fired_at = 'infinity'
"""

NEXT_TIMER: Final[LiteralString] = "select min(due_at) from tangram.timer where fired_at is null"

# --- removing what is old

PRUNE_MARKS: Final[LiteralString] = """
delete from tangram.handler_mark
where id in (
    select mark.id
    from tangram.handler_mark as mark
    where mark.at < $1
        and not exists (
            select from tangram.job
            where job.tenant_id = mark.tenant_id and job.handler = mark.handler and job.key = mark.key
        )
    limit $2
)
"""

PRUNE_TIMERS: Final[LiteralString] = """
delete from tangram.timer where id in (select id from tangram.timer where fired_at < $1 limit $2)
"""

# PRUNE_DEAD_JOBS: jobs that were given up before an instant.
PRUNE_DEAD_JOBS: Final[LiteralString] = """
delete from tangram.job where id in (select id from tangram.job where state = 'dead' and next_at < $1 limit $2)
"""

# PRUNE_EVENTS: of the oldest events, those that are handled, older than asked for, and not needed by any job.
PRUNE_EVENTS: Final[LiteralString] = """
delete from tangram.event
where id in (
    select oldest.id
    from (select id, at from tangram.event order by id limit $2) as oldest
    where oldest.at < $1
        and not exists (select from tangram.event_queue as queue where queue.event_id = oldest.id)
        and not exists (select from tangram.job where oldest.id = any (job.event_ids))
)
"""
