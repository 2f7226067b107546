"""Every statement over the tables of routing, by name.

Locks are taken in one order everywhere: the tenant's routing (by whoever hands work out), agents by id, pieces of work,
records. So nobody waits in a circle.
"""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "ADD_DECISIONS",
    "ADD_ITEMS",
    "ADD_SHIFT",
    "AGENTS_STATE",
    "ASSIGN",
    "BACKLOG",
    "BY_DEPARTMENT",
    "BY_EMAIL",
    "BY_ID",
    "BY_ROLE",
    "CLAIM_NEXT",
    "DECISIONS",
    "EXPIRED",
    "HAND_OVER",
    "HELD",
    "ITEM",
    "ITEM_COLUMNS",
    "KNOWN_SHIFT",
    "LAST_AGENTS",
    "LOCK_AGENTS",
    "LOCK_ITEM",
    "LOCK_QUEUE",
    "LOCK_ROUTING",
    "MAKE_AGENTS",
    "MAKE_QUEUE",
    "MOVE",
    "NEXT_EXPIRY",
    "NEXT_SHIFT",
    "NEXT_WAITED",
    "NOTE_ASSIGNED",
    "NOTE_REASONS",
    "OF_AGENT",
    "OF_RECORD",
    "OVERDUE",
    "PEEK_QUEUE",
    "PRESENCE",
    "QUEUED",
    "REMOVE_SHIFT",
    "SAVE_QUEUE",
    "SET_PRESENCE",
    "SET_RANK",
    "SHIFTS",
    "STATE",
    "WAITING",
    "WAITING_AFTER",
    "WAITING_QUEUES",
]

_ACTIVE: Final[LiteralString] = "tenant_id = $1 and status = 'active' and deleted_at is null"

# ── people ───────────────────────────────────────────────────────────────────────────────────────

BY_ID: Final[LiteralString] = f"select id from tangram.account where {_ACTIVE} and id = any($2::uuid[])"
BY_EMAIL: Final[LiteralString] = f"select id from tangram.account where {_ACTIVE} and email = lower($2)"

# BY_ROLE: who holds a role now, by the account, a post, or for a time.
BY_ROLE: Final[LiteralString] = f"""
select id from tangram.account
where {_ACTIVE}
    and (
        $2 = any(roles)
        or id in (
            select account_id from tangram.role_assignment
            where tenant_id = $1 and role = $2 and revoked_at is null
                and (valid_from is null or valid_from <= now()) and (valid_until is null or valid_until > now())
        )
    )
"""

# BY_DEPARTMENT: who is in one of these departments.
BY_DEPARTMENT: Final[LiteralString] = f"select id from tangram.account where {_ACTIVE} and department_id = any($2)"

# AGENTS_STATE: of some accounts: whether they are there, their shifts now, and what of a kind they have under way.
AGENTS_STATE: Final[LiteralString] = """
select wanted.id, agent.presence, agent.heard_at, agent.assigned_at,
    coalesce(held.units, 0) as used,
    exists (
        select from tangram.routing_shift as shift
        where shift.tenant_id = $1 and shift.account_id = wanted.id and shift.kind = 'leave'
            and shift.begins <= $5 and shift.ends > $5 and shift.queue in ('', $4)
    ) as on_leave,
    exists (
        select from tangram.routing_shift as shift
        where shift.tenant_id = $1 and shift.account_id = wanted.id and shift.kind in ('duty', 'standby')
            and shift.begins <= $5 and shift.ends > $5 and shift.queue in ('', $4)
    ) as on_duty
from unnest($2::uuid[]) as wanted (id)
left join tangram.routing_agent as agent on agent.tenant_id = $1 and agent.account_id = wanted.id
left join (
    select item.agent_id, sum(item.units) as units
    from tangram.routing_item as item
    where item.tenant_id = $1 and item.agent_id = any($2) and item.kind = $3 and item.status in ('offered', 'active')
    group by item.agent_id
) as held on held.agent_id = wanted.id
order by wanted.id
"""

# KNOWN_SHIFT: who works a queue by a shift that names it.
KNOWN_SHIFT: Final[LiteralString] = """
select distinct shift.account_id as id
from tangram.routing_shift as shift
join tangram.account as account on account.id = shift.account_id
where shift.tenant_id = $1 and shift.queue = $2 and shift.kind = any($3) and shift.begins <= $4 and shift.ends > $4
    and account.status = 'active' and account.deleted_at is null
"""

MAKE_AGENTS: Final[LiteralString] = """
insert into tangram.routing_agent (tenant_id, account_id, presence)
select $1::uuid, wanted.id, 'offline' from unnest($2::uuid[]) as wanted (id)
where not exists (select from tangram.routing_agent where tenant_id = $1 and account_id = wanted.id)
order by wanted.id
on conflict (tenant_id, account_id) do nothing
"""

# LOCK_AGENTS: whoever reserves capacity holds these; what is read afterwards is what others have left.
LOCK_AGENTS: Final[LiteralString] = """
select account_id from tangram.routing_agent
where tenant_id = $1 and account_id = any($2::uuid[])
order by account_id
for update
"""

NOTE_ASSIGNED: Final[LiteralString] = """
update tangram.routing_agent as agent
set assigned_at = given.at
from unnest($2::uuid[], $3::timestamptz[]) as given (id, at)
where agent.tenant_id = $1 and agent.account_id = given.id
"""

SET_PRESENCE: Final[LiteralString] = """
insert into tangram.routing_agent as agent (tenant_id, account_id, presence, since, heard_at)
values ($1, $2, $3, $4, $4)
on conflict (tenant_id, account_id) do update set
    since = case when agent.presence = excluded.presence then agent.since else excluded.since end,
    presence = excluded.presence, heard_at = excluded.heard_at
returning since
"""

PRESENCE: Final[LiteralString] = """
select presence, since, heard_at from tangram.routing_agent where tenant_id = $1 and account_id = $2
"""

# ── shifts ───────────────────────────────────────────────────────────────────────────────────────

ADD_SHIFT: Final[LiteralString] = """
insert into tangram.routing_shift (id, tenant_id, account_id, kind, queue, begins, ends, note, created_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

REMOVE_SHIFT: Final[LiteralString] = """
delete from tangram.routing_shift where tenant_id = $1 and id = $2 returning account_id, queue
"""

SHIFTS: Final[LiteralString] = """
select id, account_id, kind, queue, begins, ends, note
from tangram.routing_shift
where tenant_id = $1 and ends > $2 and begins < $3 and ($4::uuid is null or account_id = $4)
order by begins, id
limit 1000
"""

# NEXT_SHIFT: when a shift begins, or a leave ends, that may bring somebody to a queue.
NEXT_SHIFT: Final[LiteralString] = """
select min(found.at) from (
    select begins as at from tangram.routing_shift
    where tenant_id = $1 and kind <> 'leave' and begins > $4 and (queue = $2 or account_id = any($3::uuid[]))
    union all
    select ends from tangram.routing_shift
    where tenant_id = $1 and kind = 'leave' and begins <= $4 and ends > $4 and account_id = any($3::uuid[])
) as found
"""

# ── queues ───────────────────────────────────────────────────────────────────────────────────────

MAKE_QUEUE: Final[LiteralString] = """
insert into tangram.routing_queue (tenant_id, queue, credits, levels)
values ($1, $2, '{}', '{}')
on conflict (tenant_id, queue) do nothing
"""

# LOCK_ROUTING: one go at a time hands work of a tenant out.
LOCK_ROUTING: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 3907))"

# LOCK_QUEUE: what it remembers, for whoever chooses for it.
LOCK_QUEUE: Final[LiteralString] = """
select cursor, credits::text as credits, levels from tangram.routing_queue
where tenant_id = $1 and queue = $2 for update
"""

SAVE_QUEUE: Final[LiteralString] = """
update tangram.routing_queue set cursor = $3, credits = $4, levels = $5 where tenant_id = $1 and queue = $2
"""

# PEEK_QUEUE: the same without a lock.
PEEK_QUEUE: Final[LiteralString] = """
select cursor, credits::text as credits, levels from tangram.routing_queue where tenant_id = $1 and queue = $2
"""

STATE: Final[LiteralString] = "select levels from tangram.routing_queue where tenant_id = $1 and queue = $2"

# BACKLOG: how many pieces of work wait in a queue, since when the oldest does, and how many are under way.
BACKLOG: Final[LiteralString] = """
select count(*) filter (where status = 'waiting') as depth,
    min(entered_at) filter (where status = 'waiting') as oldest,
    count(*) filter (where status = 'offered') as offered,
    count(*) filter (where status = 'active') as active
from tangram.routing_item
where tenant_id = $1 and queue = $2 and status in ('waiting', 'offered', 'active')
"""

NEXT_EXPIRY: Final[LiteralString] = """
select min(expires_at) from tangram.routing_item where tenant_id = $1 and queue = $2 and status = 'offered'
"""

# NEXT_WAITED: since when the next piece of work waits that came after an instant.
NEXT_WAITED: Final[LiteralString] = """
select min(queued_at) from tangram.routing_item
where tenant_id = $1 and queue = $2 and status = 'waiting' and queued_at > $3
"""

# WAITING_QUEUES: queues of every tenant in which something waits.
WAITING_QUEUES: Final[LiteralString] = """
select distinct tenant_id, queue from tangram.routing_item where status = 'waiting' order by tenant_id, queue
"""

# ── pieces of work ───────────────────────────────────────────────────────────────────────────────

ITEM_COLUMNS: Final[LiteralString] = """
item.id, item.queue, item.object, item.record_id, item.purpose, item.kind, item.units, item.status, item.rank,
item.entered_at, item.queued_at, item.agent_id, item.assigned_at, item.expires_at, item.accepted_at, item.hops,
item.tried, item.reason, item.version
"""

# ADD_ITEMS: put records into a queue, in their order; not those that are in one already.
ADD_ITEMS: Final[LiteralString] = f"""
insert into tangram.routing_item as item (
    id, tenant_id, queue, object, record_id, purpose, kind, units, status, rank, entered_at, queued_at, hops, tried,
    sticky, reason, version
)
select given.id, $1::uuid, $2::text, $3::text, given.record, $4::text, $5::text, $6::int, 'waiting',
    given.rank::numeric, $7::timestamptz, $7, 0, '{{}}'::uuid[], '', '', 1
from unnest($8::uuid[], $9::uuid[], $10::text[]) with ordinality as given (id, record, rank, place)
order by given.place
on conflict do nothing
returning {ITEM_COLUMNS}
"""

ITEM: Final[LiteralString] = f"""
select {ITEM_COLUMNS} from tangram.routing_item as item where item.tenant_id = $1 and item.id = $2
"""

LOCK_ITEM: Final[LiteralString] = f"{ITEM} for update"

OF_RECORD: Final[LiteralString] = f"""
select {ITEM_COLUMNS} from tangram.routing_item as item
where item.tenant_id = $1 and item.object = $2 and item.record_id = $3
    and item.status in ('waiting', 'offered', 'active')
order by item.id
"""

# HELD: which of some records are in queues.
HELD: Final[LiteralString] = """
select distinct item.object, item.record_id
from unnest($2::text[], $3::uuid[]) as given (object, record)
join tangram.routing_item as item
    on item.tenant_id = $1 and item.object = given.object and item.record_id = given.record
where item.status in ('waiting', 'offered', 'active')
"""

OF_AGENT: Final[LiteralString] = f"""
select {ITEM_COLUMNS} from tangram.routing_item as item
where item.tenant_id = $1 and item.agent_id = $2 and item.status in ('offered', 'active')
order by item.rank, item.entered_at, item.id
limit 500
"""

QUEUED: Final[LiteralString] = f"""
select {ITEM_COLUMNS} from tangram.routing_item as item
where item.tenant_id = $1 and item.queue = $2 and item.status = 'waiting'
order by item.rank, item.entered_at, item.id
limit $3
"""

# WAITING: what is served next; what somebody else is taking just now is left to them.
WAITING: Final[LiteralString] = f"""
select {ITEM_COLUMNS} from tangram.routing_item as item
where item.tenant_id = $1 and item.queue = $2 and item.status = 'waiting'
order by item.rank, item.entered_at, item.id
limit $3
for update skip locked
"""

WAITING_AFTER: Final[LiteralString] = f"""
select {ITEM_COLUMNS} from tangram.routing_item as item
where item.tenant_id = $1 and item.queue = $2 and item.status = 'waiting'
    and (item.rank, item.entered_at, item.id) > ($4::numeric, $5::timestamptz, $6::uuid)
order by item.rank, item.entered_at, item.id
limit $3
for update skip locked
"""

CLAIM_NEXT: Final[LiteralString] = f"""
select {ITEM_COLUMNS} from tangram.routing_item as item
where item.tenant_id = $1 and item.queue = any($2::text[]) and item.status = 'waiting'
    and not ($3::uuid = any(item.tried))
order by item.rank, item.entered_at, item.id
limit 1
for update skip locked
"""

EXPIRED: Final[LiteralString] = f"""
select {ITEM_COLUMNS} from tangram.routing_item as item
where item.tenant_id = $1 and item.queue = $2 and item.status = 'offered' and item.expires_at <= $3
order by item.id
limit 1000
for update skip locked
"""

# OVERDUE: what has waited here too long.
OVERDUE: Final[LiteralString] = f"""
select {ITEM_COLUMNS} from tangram.routing_item as item
where item.tenant_id = $1 and item.queue = $2 and item.status = 'waiting' and item.queued_at <= $3
order by item.rank, item.entered_at, item.id
limit 1000
for update skip locked
"""

ASSIGN: Final[LiteralString] = """
update tangram.routing_item as item
set status = given.status, agent_id = given.agent, assigned_at = $2::timestamptz, expires_at = given.expires,
    accepted_at = case when given.status = 'active' then $2::timestamptz end, sticky = given.sticky, reason = '',
    version = item.version + 1
from unnest($3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::text[])
    as given (id, agent, status, expires, sticky)
where item.tenant_id = $1 and item.id = given.id
"""

NOTE_REASONS: Final[LiteralString] = """
update tangram.routing_item as item
set reason = given.reason
from unnest($2::uuid[], $3::text[]) as given (id, reason)
where item.tenant_id = $1 and item.id = given.id
"""

# MOVE: back to waiting, here or in another queue; the age stays.
MOVE: Final[LiteralString] = """
update tangram.routing_item
set status = 'waiting', queue = $3, queued_at = $4, agent_id = null, assigned_at = null, expires_at = null,
    accepted_at = null, hops = $5, tried = $6, rank = $7, kind = $8, units = $9, reason = '', version = version + 1
where tenant_id = $1 and id = $2
"""

HAND_OVER: Final[LiteralString] = """
update tangram.routing_item
set status = $3, agent_id = $4, assigned_at = coalesce($5, assigned_at), expires_at = null,
    accepted_at = coalesce(accepted_at, $5), ended_at = $6, version = version + 1
where tenant_id = $1 and id = $2
"""

SET_RANK: Final[LiteralString] = """
update tangram.routing_item set rank = $3 where tenant_id = $1 and id = $2 and rank <> $3
"""

# LAST_AGENTS: by key, who had the last piece of work of it since an instant.
LAST_AGENTS: Final[LiteralString] = """
select distinct on (sticky) sticky, agent_id
from tangram.routing_item
where tenant_id = $1 and queue = $2 and sticky = any($3::text[]) and assigned_at > $4 and agent_id is not null
order by sticky, assigned_at desc
"""

# ── decisions ────────────────────────────────────────────────────────────────────────────────────

ADD_DECISIONS: Final[LiteralString] = """
insert into tangram.routing_decision (
    tenant_id, item_id, object, record_id, queue, at, act, agent_id, actor_id, reason, detail
)
select $1::uuid, given.item, given.object, given.record, given.queue, $2::timestamptz, given.act, given.agent,
    $3::uuid, given.reason, given.detail::jsonb
from unnest($4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::uuid[], $10::text[], $11::text[])
    with ordinality as given (item, object, record, queue, act, agent, reason, detail, place)
order by given.place
"""

DECISIONS: Final[LiteralString] = """
select item_id, queue, at, act, agent_id, actor_id, reason, detail::text as detail
from tangram.routing_decision
where tenant_id = $1 and object = $2 and record_id = $3
order by id
limit 500
"""
