"""Every statement over the table of messages to customers; each with the tenant first."""

from __future__ import annotations

from typing import Final, LiteralString

_SHOWN: Final[LiteralString] = """
id::text, object, record_id::text, template, channels, channel, address, title, links::text as links, source, node,
instance_id::text, state, why, attempts, queued_at, expires_at, sent_at, delivered_at, opened_at, clicked_at,
unsubscribed_at, failed_at, converted_at
"""

LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7292))"
TENANT_NAME: Final[LiteralString] = "select name from tangram.tenant where id = $1"
ADD: Final[LiteralString] = """
insert into tangram.outreach_message (
    id, tenant_id, key, object, record_id, template, channels, channel, address, title, links, source, node,
    instance_id, state, why, attempts, queued_at, expires_at, version
)
select given.id, $1::uuid, given.key, $2::text, given.record, $3::text, $4, '', '', '', '[]'::jsonb, $5::text,
    given.node, given.instance, 'queued', '', 0, $6::timestamptz, $7::timestamptz, $8::int
from unnest($9::uuid[], $10::text[], $11::uuid[], $12::text[], $13::uuid[])
    with ordinality as given (id, key, record, node, instance, place)
order by given.place
on conflict (tenant_id, key) do nothing
returning key, id::text
"""
MESSAGE: Final[LiteralString] = f"""
select {_SHOWN} from tangram.outreach_message where tenant_id = $1 and id = $2
"""
HELD: Final[LiteralString] = f"""
select {_SHOWN} from tangram.outreach_message where tenant_id = $1 and id = $2 for update
"""
LATELY: Final[LiteralString] = """
select sent_at from tangram.outreach_message
where tenant_id = $1 and record_id = $2 and channel = $3 and sent_at > $4 and id <> $5
"""
TAKE: Final[LiteralString] = """
update tangram.outreach_message
set channel = $3, address = $4, title = $5, links = $6::text::jsonb, sent_at = $7, attempts = attempts + 1
where tenant_id = $1 and id = $2
"""
DONE: Final[LiteralString] = """
update tangram.outreach_message
set state = case when $3::text = 'sent' and state <> 'queued' then state else $3::text end, why = $4,
    sent_at = case when $3::text = 'sent' then sent_at end,
    failed_at = case when $3::text in ('failed', 'skipped') then $5::timestamptz end
where tenant_id = $1 and id = $2
"""
NEXT: Final[LiteralString] = """
update tangram.outreach_message set channels = $3, why = $4, sent_at = null where tenant_id = $1 and id = $2
"""
WAITS: Final[LiteralString] = "update tangram.outreach_message set why = $3 where tenant_id = $1 and id = $2"
# HEARD: each thing is noted once, and what comes before it is implied; a message that failed hears no more.
HEARD: Final[LiteralString] = """
update tangram.outreach_message
set state = $3::text,
    delivered_at = coalesce(delivered_at, $4::timestamptz),
    opened_at = case when $3::text in ('opened', 'clicked') then coalesce(opened_at, $4) else opened_at end,
    clicked_at = case when $3::text = 'clicked' then coalesce(clicked_at, $4) else clicked_at end
where tenant_id = $1 and id = $2 and sent_at is not null and state = any($5::text[])
returning id::text
"""
UNSUBSCRIBED: Final[LiteralString] = """
update tangram.outreach_message set unsubscribed_at = $3
where tenant_id = $1 and id = $2 and unsubscribed_at is null
returning id::text
"""
BOUNCED: Final[LiteralString] = """
update tangram.outreach_message set state = 'failed', why = $3, failed_at = $4
where tenant_id = $1 and id = $2 and state in ('sent', 'delivered')
returning id::text
"""
CONVERT: Final[LiteralString] = """
update tangram.outreach_message set converted_at = $3
where id = (
    select id from tangram.outreach_message
    where tenant_id = $1 and instance_id = $2 and sent_at is not null and state <> 'failed'
    order by sent_at desc
    limit 1
) and converted_at is null
"""
OF_RECORD: Final[LiteralString] = f"""
select {_SHOWN} from tangram.outreach_message
where tenant_id = $1 and object = $2 and record_id = $3
order by id desc
limit $4
"""
FIGURES: Final[LiteralString] = """
select source, version, node, template, channel,
    count(*) as queued,
    count(*) filter (where sent_at is not null) as sent,
    count(*) filter (where delivered_at is not null) as delivered,
    count(*) filter (where opened_at is not null) as opened,
    count(*) filter (where clicked_at is not null) as clicked,
    count(*) filter (where converted_at is not null) as converted,
    count(*) filter (where unsubscribed_at is not null) as unsubscribed,
    count(*) filter (where state = 'failed') as failed,
    count(*) filter (where state = 'skipped') as skipped
from tangram.outreach_message
where tenant_id = $1 and ($2::text is null or source = $2) and ($3::timestamptz is null or queued_at >= $3)
    and ($4::timestamptz is null or queued_at < $4)
group by source, version, node, template, channel
order by source, version, min(queued_at), node, channel = '', channel
limit 1000
"""

# RULES: every rule that counts, as it was published.
RULES: Final[LiteralString] = """
select definition from tangram.rule_version where tenant_id = $1 and current order by rule
"""
# SCHEDULED_FLOWS: every flow that counts and is started by time, as it was published.
SCHEDULED_FLOWS: Final[LiteralString] = """
select definition from tangram.flow_version
where tenant_id = $1 and current and not suspended and trigger = 'schedule'
order by flow
"""
# DUE_RULES: which rules come for which records, by dates that these hold.
DUE_RULES: Final[LiteralString] = """
select payload ->> 'rule' as source, payload ->> 'record' as record, greatest(due_at, $2) as due_at
from tangram.timer
where tenant_id = $1 and kind = 'rules.due' and fired_at is null and due_at < $3
order by due_at
limit $4
"""
# DUE_STEPS: nodes that runs of flows leave at a time, or at a deadline; not what happens meanwhile at boundaries.
DUE_STEPS: Final[LiteralString] = """
select instance.flow as source, instance.object, instance.record_id::text as record, token.node, version.definition,
    greatest(timer.due_at, $2) as due_at
from tangram.timer
join tangram.flow_instance as instance
    on instance.tenant_id = timer.tenant_id and instance.id = (timer.payload ->> 'instance')::uuid
join tangram.flow_token as token
    on token.tenant_id = timer.tenant_id and token.instance_id = instance.id
    and token.number = (timer.payload ->> 'token')::int and token.visit = (timer.payload ->> 'visit')::int
join tangram.flow_version as version
    on version.tenant_id = timer.tenant_id and version.flow = instance.flow and version.number = instance.number
where timer.tenant_id = $1 and timer.kind = 'flows.due' and timer.payload ->> 'timer' = '' and timer.fired_at is null
    and timer.due_at < $3
order by timer.due_at
limit $4
"""
# DUE_MESSAGES: messages that were put down, and wait for quiet hours, caps or their turn.
DUE_MESSAGES: Final[LiteralString] = """
select message.source, message.node, message.template, message.object, message.record_id::text as record,
    greatest(timer.due_at, $2) as due_at
from tangram.timer
join tangram.outreach_message as message
    on message.tenant_id = timer.tenant_id and message.id = (timer.payload ->> 'message')::uuid
where timer.tenant_id = $1 and timer.kind = 'outreach.send' and timer.fired_at is null and timer.due_at < $3
    and message.state = 'queued'
order by timer.due_at
limit $4
"""

# PRUNE: of the oldest messages (ids begin with their time), those that are older than asked for and do not wait.
PRUNE: Final[LiteralString] = """
delete from tangram.outreach_message
where id in (
    select oldest.id
    from (select id, queued_at, state from tangram.outreach_message order by id limit $2) as oldest
    where oldest.queued_at < $1 and oldest.state <> 'queued'
)
"""
