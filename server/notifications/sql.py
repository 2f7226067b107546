"""Every statement over the tables of messages, by name; the tenant is always the first parameter."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "DELIVERIES",
    "DELIVERY_LOG",
    "EPOCH",
    "HOLD",
    "INBOX",
    "INSERT",
    "MARK_ALL_READ",
    "MARK_READ",
    "MESSAGE",
    "ONE",
    "ONE_AT_A_TIME",
    "PREFERENCE",
    "PRUNE",
    "PRUNE_DELIVERIES",
    "RECEIVERS",
    "RECORD_TRY",
    "SENT_LATELY",
    "SET_PREFERENCE",
    "SKIP",
    "TAKE",
    "TAKE_HELD",
    "TENANT_NAME",
    "UNREAD",
]

EPOCH: Final[LiteralString] = "select epoch from tangram.tenant where id = $1"

TENANT_NAME: Final[LiteralString] = "select name from tangram.tenant where id = $1"

# RECEIVERS: a page of the accounts that a notice is for, with their preferences: active ones, each once, by id.
RECEIVERS: Final[LiteralString] = """
select account.id::text, account.email, account.name, account.tenant_id::text, preference.channels,
    preference.unread_minutes, preference.quiet_from, preference.quiet_until, preference.timezone, preference.language,
    preference.muted, preference.digest_minutes, preference.webhook_url, preference.webhook_secret
from tangram.account as account
left join tangram.notification_preference as preference
    on preference.tenant_id = account.tenant_id and preference.user_id = account.id
where account.tenant_id = $1
    and account.status = 'active'
    and account.deleted_at is null
    and ($5::uuid is null or account.id > $5)
    and (
        $4
        or account.id = any($2::uuid[])
        or account.roles && $3::text[]
        or account.id in (
            select account_id from tangram.role_assignment
            where tenant_id = $1 and role = any($3::text[]) and revoked_at is null
                and (valid_from is null or valid_from <= now()) and (valid_until is null or valid_until > now())
        )
    )
order by account.id
limit $6
"""

# INSERT: messages of one page, those that are there already left out; gives what is new.
INSERT: Final[LiteralString] = """
insert into tangram.notification (
    id, tenant_id, user_id, key, event, template, language, title, body, urgent, object, record_id, detail, fault,
    created_at, expires_at
)
select m.id, $1::uuid, m.user_id, m.key, m.event, m.template, m.language, m.title, m.body, m.urgent, m.object,
    m.record_id, m.detail, m.fault, $3::timestamptz, m.expires_at
from json_to_recordset($2::text::json) as m (
    id uuid, user_id uuid, key text, event text, template text, language text, title text, body text, urgent boolean,
    object text, record_id uuid, detail jsonb, fault text, expires_at timestamptz
)
on conflict (tenant_id, user_id, key) do nothing
returning id::text, user_id::text
"""

_SHOWN: Final[LiteralString] = """
id::text, event, template, language, title, body, urgent, object, record_id::text, detail::text, fault, created_at,
read_at, expires_at
"""

# INBOX: a page of somebody's inbox, newest first: one more than asked for.
INBOX: Final[LiteralString] = f"""
select {_SHOWN}
from tangram.notification
where tenant_id = $1 and user_id = $2 and expires_at > $3
    and ($4::uuid is null or id < $4)
    and (not $5 or read_at is null)
    and ($6::text[] is null or event = any($6))
order by id desc
limit $7
"""

ONE: Final[LiteralString] = f"""
select {_SHOWN} from tangram.notification where tenant_id = $1 and user_id = $2 and id = $3 and expires_at > $4
"""

# UNREAD: how many messages of an inbox match, and how many are not read.
UNREAD: Final[LiteralString] = """
select count(*) as total, count(*) filter (where read_at is null) as unread
from tangram.notification
where tenant_id = $1 and user_id = $2 and expires_at > $3 and ($4::text[] is null or event = any($4))
    and (not $5 or read_at is null)
"""

MARK_READ: Final[LiteralString] = """
update tangram.notification set read_at = $4
where tenant_id = $1 and user_id = $2 and id = any($3::uuid[]) and read_at is null
returning id
"""

MARK_ALL_READ: Final[LiteralString] = """
update tangram.notification set read_at = $4
where tenant_id = $1 and user_id = $2 and read_at is null and created_at <= $3
returning id
"""

PREFERENCE: Final[LiteralString] = """
select id::text, channels, unread_minutes, quiet_from, quiet_until, timezone, language, muted, digest_minutes,
    webhook_url, webhook_secret
from tangram.notification_preference
where tenant_id = $1 and user_id = $2
"""

SET_PREFERENCE: Final[LiteralString] = """
insert into tangram.notification_preference (
    id, tenant_id, user_id, channels, unread_minutes, quiet_from, quiet_until, timezone, language, muted,
    digest_minutes, webhook_url, webhook_secret, updated_at
)
values ($3, $1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (tenant_id, user_id) do update set
    channels = excluded.channels, unread_minutes = excluded.unread_minutes, quiet_from = excluded.quiet_from,
    quiet_until = excluded.quiet_until, timezone = excluded.timezone, language = excluded.language,
    muted = excluded.muted, digest_minutes = excluded.digest_minutes, webhook_url = excluded.webhook_url,
    webhook_secret = excluded.webhook_secret, updated_at = excluded.updated_at
"""

# MESSAGE: one message with whom it is for, while they may sign in.
MESSAGE: Final[LiteralString] = """
select message.id::text, message.event, message.title, message.body, message.urgent, message.created_at,
    message.read_at, message.expires_at, account.id::text as user_id, account.email, account.name,
    preference.channels, preference.unread_minutes, preference.quiet_from, preference.quiet_until, preference.timezone,
    preference.language, preference.muted, preference.digest_minutes, preference.webhook_url, preference.webhook_secret
from tangram.notification as message
join tangram.account as account on account.id = message.user_id and account.tenant_id = message.tenant_id
left join tangram.notification_preference as preference
    on preference.tenant_id = message.tenant_id and preference.user_id = message.user_id
where message.tenant_id = $1 and message.id = $2 and account.status = 'active' and account.deleted_at is null
"""

# TAKE: a message's delivery by a channel, made where it is not there yet.
TAKE: Final[LiteralString] = """
insert into tangram.notification_delivery (
    id, tenant_id, notification_id, user_id, channel, state, attempts, tries, error, created_at
)
values ($2, $1, $3, $4, $5, 'waiting', 0, '[]', '', $6)
on conflict (notification_id, channel) do update set channel = excluded.channel
returning id::text, state, attempts
"""

SKIP: Final[LiteralString] = """
update tangram.notification_delivery set state = 'skipped', error = $3, due_at = null where tenant_id = $1 and id = $2
"""

HOLD: Final[LiteralString] = """
update tangram.notification_delivery set state = 'held', due_at = $3 where tenant_id = $1 and id = $2
"""

# ONE_AT_A_TIME: two messages to one person by one channel are decided one after the other, so that both are counted.
ONE_AT_A_TIME: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 5310))"

# SENT_LATELY: when other messages went out to somebody by a channel since an instant, or are about to; a digest is one.
SENT_LATELY: Final[LiteralString] = """
select distinct coalesce(sent_at, created_at) as at
from tangram.notification_delivery
where tenant_id = $1 and user_id = $2 and channel = $3 and state in ('sent', 'waiting')
    and coalesce(sent_at, created_at) > $4 and notification_id <> $5
order by at
"""

# TAKE_HELD: what is held for somebody by a channel and due, oldest first, for one sender.
TAKE_HELD: Final[LiteralString] = """
select delivery.id::text, delivery.notification_id::text as notification, message.read_at, message.expires_at,
    message.title, message.body, message.event, message.urgent, message.created_at
from tangram.notification_delivery as delivery
join tangram.notification as message on message.id = delivery.notification_id
where delivery.tenant_id = $1 and delivery.user_id = $2 and delivery.channel = $3 and delivery.state = 'held'
    and delivery.due_at <= $4
order by message.id
limit $5
for update of delivery
"""

# RECORD_TRY: what came of an attempt, for every delivery that it was made for.
RECORD_TRY: Final[LiteralString] = """
update tangram.notification_delivery
set state = $3::text, attempts = attempts + 1, tries = tries || $4::text::jsonb, error = $5, due_at = null,
    sent_at = case when $3::text = 'sent' then $6::timestamptz else sent_at end
where tenant_id = $1 and id = any($2::uuid[])
"""

DELIVERIES: Final[LiteralString] = """
select id::text, notification_id::text, user_id::text, channel, state, attempts, tries::text, error, due_at, sent_at,
    created_at
from tangram.notification_delivery
where tenant_id = $1 and notification_id = $2 and ($3::uuid is null or user_id = $3)
order by id
"""

# DELIVERY_LOG: deliveries of the tenant, newest first, for administrators.
DELIVERY_LOG: Final[LiteralString] = """
select id::text, notification_id::text, user_id::text, channel, state, attempts, tries::text, error, due_at, sent_at,
    created_at
from tangram.notification_delivery
where tenant_id = $1 and ($2::uuid is null or user_id = $2) and ($3::text is null or state = $3)
    and ($4::uuid is null or id < $4)
order by id desc
limit $5
"""

PRUNE_DELIVERIES: Final[LiteralString] = """
delete from tangram.notification_delivery
where notification_id in (select id from tangram.notification where expires_at < $1 order by expires_at limit $2)
"""

PRUNE: Final[LiteralString] = """
delete from tangram.notification
where id in (select id from tangram.notification where expires_at < $1 order by expires_at limit $2)
"""
