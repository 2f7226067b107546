"""Every statement over the tables of rules; each with the tenant first."""

from __future__ import annotations

from typing import Final, LiteralString

LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7286))"

STAMP: Final[LiteralString] = """
select count(*) || ':' || coalesce(max(id), 0) from tangram.rule_version where tenant_id = $1 and current
"""
CURRENT: Final[LiteralString] = """
select rule, number, definition from tangram.rule_version where tenant_id = $1 and current order by rule
"""
RETIRE: Final[LiteralString] = """
update tangram.rule_version set current = false where tenant_id = $1 and rule = any($2::text[]) and current
returning rule
"""
INSERT_VERSION: Final[LiteralString] = """
insert into tangram.rule_version (
    tenant_id, rule, number, current, definition, note, override, published_at, published_by
)
select $1::uuid, $2::text, coalesce(max(number), 0) + 1, true, $3, $4, $5, $6::timestamptz, $7::uuid
from tangram.rule_version where tenant_id = $1 and rule = $2
returning number
"""
VERSIONS: Final[LiteralString] = """
select number, current, note, override, published_at, published_by, definition
from tangram.rule_version
where tenant_id = $1 and rule = $2
order by number desc
limit 200
"""

# ADD_RUNS: what became of one rule for several records.
ADD_RUNS: Final[LiteralString] = """
insert into tangram.rule_run (
    tenant_id, rule, number, key, event_id, object, record_id, at, outcome, why, actions, took_us, depth
)
select $1::uuid, given.rule, given.number, given.key, given.event_id, given.object, given.record_id, $2::timestamptz,
    given.outcome, given.why, given.actions::jsonb, given.took_us, given.depth
from unnest(
    $3::text[], $4::int[], $5::text[], $6::bigint[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::text[],
    $12::bigint[], $13::int[]
) as given (rule, number, key, event_id, object, record_id, outcome, why, actions, took_us, depth)
on conflict (tenant_id, rule, key) do update set
    number = excluded.number, at = excluded.at, outcome = excluded.outcome, why = excluded.why,
    actions = excluded.actions, took_us = excluded.took_us
where rule_run.outcome in ('deferred', 'failed')
"""
# FAILED_LATELY: which of some rules have failed since an instant.
FAILED_LATELY: Final[LiteralString] = """
select distinct rule from tangram.rule_run
where tenant_id = $1 and rule = any($2::text[]) and outcome = 'failed' and at > $3
"""
# DECIDED: which of some occasions are decided for which of some rules. The order has each looked up by its unique key:
# of a log that grows as fast as this, statistics tell too late that other indexes lead to too much of it.
DECIDED: Final[LiteralString] = """
select asked.key, asked.rule
from (select key, rule from unnest($2::text[]) as key cross join unnest($3::text[]) as rule) as asked
cross join lateral (
    select tenant_id, rule, key, outcome
    from tangram.rule_run
    where (tenant_id, rule, key) >= ($1::uuid, asked.rule, asked.key)
    order by tenant_id, rule, key
    limit 1
) as run
where run.tenant_id = $1 and run.rule = asked.rule and run.key = asked.key
    and run.outcome <> all(array['deferred', 'failed'])
"""
# GUARD_FACTS: how a rule stands with some records, each with the events that led here; how often it has acted today in
# all only where that is asked for ($7).
GUARD_FACTS: Final[LiteralString] = """
select given.record::text as record,
    (select max(at) from tangram.rule_run
     where tenant_id = $1 and object = $3 and record_id = given.record and rule = $2 and outcome = 'fired') as last,
    case when $7::boolean then (
        select count(*) from tangram.rule_run
        where tenant_id = $1 and rule = $2 and outcome = 'fired' and at >= $5
    ) else 0 end as today,
    (select count(*) from tangram.rule_run
     where tenant_id = $1 and object = $3 and record_id = given.record and rule = $2 and outcome = 'fired' and at >= $5)
        as record_today,
    exists (
        select from tangram.rule_run
        where tenant_id = $1 and object = $3 and record_id = given.record and rule = $2 and outcome = 'fired'
            and event_id = any(given.cause::bigint[])
    ) as in_chain
from unnest($4::uuid[], $6::text[]) as given (record, cause)
"""
RUNS: Final[LiteralString] = """
select id, rule, number, event_id, object, record_id, at, outcome, why, actions, took_us, depth
from tangram.rule_run
where tenant_id = $1 and ($2::text is null or rule = $2) and ($3::uuid is null or record_id = $3)
    and ($4::text is null or outcome = $4) and ($5::bigint is null or id < $5)
order by id desc
limit $6
"""
RUN: Final[LiteralString] = """
select id, rule, key, event_id, object, record_id, outcome from tangram.rule_run
where tenant_id = $1 and id = $2 for update
"""
# FORGET_RUNS: the log grows with every event, so it is not gone through: what there is of each rule and outcome is
# found by skipping over their index, and of that only what is old is read.
FORGET_RUNS: Final[LiteralString] = """
with recursive lines (tenant_id, rule, outcome) as (
    (select tenant_id, rule, outcome from tangram.rule_run order by tenant_id, rule, outcome limit 1)
    union all
    select following.tenant_id, following.rule, following.outcome
    from lines
    cross join lateral (
        select run.tenant_id, run.rule, run.outcome
        from tangram.rule_run as run
        where (run.tenant_id, run.rule, run.outcome) > (lines.tenant_id, lines.rule, lines.outcome)
        order by run.tenant_id, run.rule, run.outcome
        limit 1
    ) as following
),
forgotten as (
    select lines.*, case when outcome in ('fired', 'failed', 'deferred') then $1::timestamptz else $2 end as before
    from lines
    where not (outcome = 'fired' and exists (
        select from tangram.rule_version as version
        where version.tenant_id = lines.tenant_id and version.rule = lines.rule and version.current
            and version.definition::jsonb -> 'guard' ->> 'once' = 'true'
    ))
),
old as (
    select run.id
    from forgotten
    cross join lateral (
        select id
        from tangram.rule_run
        where tenant_id = forgotten.tenant_id and rule = forgotten.rule and outcome = forgotten.outcome
            and at < forgotten.before
        order by at
        limit 10000
    ) as run
    limit 10000
)
delete from tangram.rule_run where id = any(array(select id from old))
"""

STATE: Final[LiteralString] = """
select armed, since from tangram.rule_state where tenant_id = $1 and rule = $2 and record_id = $3
"""
SET_STATE: Final[LiteralString] = """
insert into tangram.rule_state (tenant_id, rule, record_id, armed, since) values ($1, $2, $3, $4, $5)
on conflict (tenant_id, rule, record_id) do update set armed = excluded.armed, since = excluded.since
"""
STATES: Final[LiteralString] = """
select record_id::text as record, armed from tangram.rule_state
where tenant_id = $1 and rule = $2 and record_id = any($3::uuid[])
"""
FORGET_STATE: Final[LiteralString] = """
delete from tangram.rule_state where tenant_id = $1 and rule = $2 and record_id = $3
"""

HOOK: Final[LiteralString] = """
select id::text, secret, previous_secret, previous_until from tangram.rule_hook where tenant_id = $1 and rule = $2
"""
# NEW_HOOK: the id stays, since ciphertexts are bound to it.
NEW_HOOK: Final[LiteralString] = """
insert into tangram.rule_hook (id, tenant_id, rule, secret, previous_secret, created_at, created_by)
values ($1, $2, $3, $4, '', $5, $6)
on conflict (tenant_id, rule) do update set
    previous_secret = rule_hook.secret, previous_until = $7, secret = excluded.secret,
    created_at = excluded.created_at, created_by = excluded.created_by
"""

PAST_EVENTS: Final[LiteralString] = """
select id, tenant_id::text, at, kind, object, record_id::text, actor_id::text, actor_kind, actor_name,
    changes::text as changes, cause, request_id, version
from tangram.event
where tenant_id = $1 and object = any($2::text[]) and ($3::bigint[] is null or id = any($3))
    and ($4::uuid is null or record_id = $4) and ($5::timestamptz is null or at >= $5)
order by id desc
limit $6
"""

ROLE_HOLDERS: Final[LiteralString] = """
select id::text from tangram.account
where tenant_id = $1 and status = 'active' and deleted_at is null
    and (
        roles && $2::text[]
        or id in (
            select account_id from tangram.role_assignment
            where tenant_id = $1 and role = any($2) and revoked_at is null
                and (valid_from is null or valid_from <= $3) and (valid_until is null or valid_until > $3)
        )
    )
order by id
limit 1000
"""
ACCOUNT: Final[LiteralString] = """
select id::text from tangram.account
where tenant_id = $1 and status = 'active' and deleted_at is null and (id::text = $2 or email = lower($2))
"""
