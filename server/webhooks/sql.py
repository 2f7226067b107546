"""Every statement over endpoints and deliveries; the tenant is always the first parameter."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "ADD_DELIVERIES",
    "COUNT_ENDPOINTS",
    "DELIVERIES",
    "DELIVERY",
    "DELIVERY_TO_SEND",
    "DISABLE_ENDPOINT",
    "ENABLED_ENDPOINTS",
    "ENDPOINT",
    "ENDPOINTS",
    "INSERT_ENDPOINT",
    "NOTE_FAILURE",
    "NOTE_SUCCESS",
    "PRUNE_DELIVERIES",
    "RECORD_ATTEMPT",
    "REDELIVER",
    "REDELIVER_SINCE",
    "REMOVE_DELIVERIES",
    "REMOVE_ENDPOINT",
    "ROTATE_SECRET",
    "SKIP_DELIVERY",
    "UPDATE_ENDPOINT",
]

_ENDPOINT: Final[LiteralString] = """
id, url, description, filters, include_record, ordered, enabled, disabled_reason, failing_since, previous_until,
created_at, updated_at, version, roles
"""

_DELIVERY: Final[LiteralString] = """
id, endpoint_id, event_id, type, body, state, attempts, status, latency_ms, response, error, log, run,
created_at, attempted_at, delivered_at
"""

ENDPOINTS: Final[LiteralString] = f"""
select {_ENDPOINT} from tangram.webhook_endpoint where tenant_id = $1 order by created_at, id
"""

ENDPOINT: Final[LiteralString] = f"""
select {_ENDPOINT} from tangram.webhook_endpoint where tenant_id = $1 and id = $2
"""

COUNT_ENDPOINTS: Final[LiteralString] = "select count(*) from tangram.webhook_endpoint where tenant_id = $1"

# ENABLED_ENDPOINTS: what the relay and the matching handler need to know, for one tenant.
ENABLED_ENDPOINTS: Final[LiteralString] = """
select id, filters, include_record, ordered, roles
from tangram.webhook_endpoint
where tenant_id = $1 and enabled
order by created_at, id
"""

INSERT_ENDPOINT: Final[LiteralString] = f"""
insert into tangram.webhook_endpoint
    (tenant_id, id, url, description, filters, include_record, ordered, enabled, secret, previous_secret,
     disabled_reason, created_at, created_by, updated_at, version, roles)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', $11, $12, $11, 1, $10)
returning {_ENDPOINT}
"""

# UPDATE_ENDPOINT: null leaves a column; enabling clears what was held against it. $9 is the version expected or null.
UPDATE_ENDPOINT: Final[LiteralString] = f"""
update tangram.webhook_endpoint
set url = coalesce($3, url),
    description = coalesce($4, description),
    filters = coalesce($5, filters),
    include_record = coalesce($6, include_record),
    ordered = coalesce($7, ordered),
    enabled = coalesce($8, enabled),
    disabled_reason = case when $8 then '' else disabled_reason end,
    failing_since = case when $8 then null else failing_since end,
    roles = coalesce($11, roles),
    updated_at = $10,
    version = version + 1
where tenant_id = $1 and id = $2 and ($9::int is null or version = $9)
returning {_ENDPOINT}
"""

ROTATE_SECRET: Final[LiteralString] = f"""
update tangram.webhook_endpoint
set previous_secret = secret, previous_until = $4, secret = $3, updated_at = $5, version = version + 1
where tenant_id = $1 and id = $2
returning {_ENDPOINT}
"""

REMOVE_ENDPOINT: Final[LiteralString] = """
delete from tangram.webhook_endpoint where tenant_id = $1 and id = $2 returning url
"""

REMOVE_DELIVERIES: Final[LiteralString] = """
delete from tangram.webhook_delivery where tenant_id = $1 and endpoint_id = $2
"""

NOTE_SUCCESS: Final[LiteralString] = """
update tangram.webhook_endpoint
set failing_since = null
where tenant_id = $1 and id = $2 and failing_since is not null
"""

NOTE_FAILURE: Final[LiteralString] = """
update tangram.webhook_endpoint
set failing_since = coalesce(failing_since, $3)
where tenant_id = $1 and id = $2
returning failing_since
"""

DISABLE_ENDPOINT: Final[LiteralString] = """
update tangram.webhook_endpoint
set enabled = false, disabled_reason = $3, updated_at = $4, version = version + 1
where tenant_id = $1 and id = $2 and enabled
returning url
"""

ADD_DELIVERIES: Final[LiteralString] = """
insert into tangram.webhook_delivery
    (tenant_id, id, endpoint_id, event_id, type, body, state, attempts, response, error, log, run, created_at)
select $1, draft.id, draft.endpoint_id, draft.event_id, draft.type, draft.body, draft.state, 0, '', draft.error, '[]',
    1, $3
from jsonb_to_recordset($2::jsonb)
    as draft (id uuid, endpoint_id uuid, event_id bigint, type text, body text, state text, error text)
"""

DELIVERY: Final[LiteralString] = f"""
select {_DELIVERY} from tangram.webhook_delivery where tenant_id = $1 and id = $2
"""

# DELIVERIES: newest first; $2 endpoint or null, $3 state or null, $4 ids below or null, $6 endpoints left out.
DELIVERIES: Final[LiteralString] = f"""
select {_DELIVERY}
from tangram.webhook_delivery
where tenant_id = $1
    and ($2::uuid is null or endpoint_id = $2)
    and ($3::text is null or state = $3)
    and ($4::uuid is null or id < $4)
    and endpoint_id <> all ($6::uuid[])
order by id desc
limit $5
"""

# DELIVERY_TO_SEND: a pending delivery with all that sending needs; no row when it was removed or is settled.
DELIVERY_TO_SEND: Final[LiteralString] = """
select delivery.id, delivery.endpoint_id, delivery.type, delivery.body, delivery.event_id,
    endpoint.url, endpoint.enabled, endpoint.secret, endpoint.previous_secret, endpoint.previous_until
from tangram.webhook_delivery as delivery
join tangram.webhook_endpoint as endpoint
    on endpoint.tenant_id = delivery.tenant_id and endpoint.id = delivery.endpoint_id
where delivery.tenant_id = $1 and delivery.id = $2 and delivery.run = $3 and delivery.state = 'pending'
"""

# RECORD_ATTEMPT: the outcome of one attempt; the log keeps the latest 20.
RECORD_ATTEMPT: Final[LiteralString] = """
update tangram.webhook_delivery
set state = $3::text,
    attempts = attempts + 1,
    status = $4,
    latency_ms = $5,
    response = $6,
    error = $7,
    attempted_at = $8,
    delivered_at = case when $3::text = 'delivered' then $8 else delivered_at end,
    log = case when jsonb_array_length(log) >= 20 then log - 0 else log end || $9::jsonb
where tenant_id = $1 and id = $2
"""

SKIP_DELIVERY: Final[LiteralString] = """
update tangram.webhook_delivery
set state = 'skipped', error = $3
where tenant_id = $1 and id = $2 and state = 'pending'
"""

# REDELIVER: send a settled delivery again, as a new run.
REDELIVER: Final[LiteralString] = f"""
update tangram.webhook_delivery
set state = 'pending', attempts = 0, run = run + 1
where tenant_id = $1 and id = $2 and state <> 'pending'
returning {_DELIVERY}
"""

REDELIVER_SINCE: Final[LiteralString] = """
update tangram.webhook_delivery
set state = 'pending', attempts = 0, run = run + 1
where tenant_id = $1
    and id in (
        select id
        from tangram.webhook_delivery
        where tenant_id = $1 and endpoint_id = $2 and created_at >= $3 and state = any ($4::text[])
        order by id
        limit $5
        for update
    )
returning id, run
"""

PRUNE_DELIVERIES: Final[LiteralString] = """
delete from tangram.webhook_delivery
where id in (
    select id from tangram.webhook_delivery where created_at < $1 and state <> 'pending' limit $2
)
"""
