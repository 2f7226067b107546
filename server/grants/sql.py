"""Statements over `tangram.access_grant`; the tenant is always the first parameter."""

from __future__ import annotations

from typing import Final, LiteralString

from metadata.expressions.tree import Parameter
from metadata.expressions.types import ID, TEXT
from server.records.statements import ParameterList

__all__ = [
    "APPROVE",
    "CLOSINGS",
    "GRANTS",
    "INSERT",
    "MOVE_EPOCH",
    "PENDING",
    "REVOKE",
    "USER",
    "end_closed",
]

_COLUMNS: Final[LiteralString] = """
given.id::text, given.batch_id::text, given.user_id::text, given.object, given.record_id::text, given.condition,
given.actions, given.fields, given.valid_from, given.valid_until, given.until_closed::text, given.reason,
given.requested_by::text, given.requested_at, given.approved_by::text, given.approved_at, given.revoked_at,
given.revoked_by::text, given.ended_by,
given.approved_by is not null
    and given.revoked_at is null
    and given.valid_from <= now()
    and (given.valid_until is null or given.valid_until > now()) as holds
"""

USER: Final[LiteralString] = """
select id from tangram.account where tenant_id = $1 and id = $2 and deleted_at is null and status = 'active'
for key share
"""

INSERT: Final[LiteralString] = f"""
with given as (
    insert into tangram.access_grant (
        id, tenant_id, batch_id, user_id, object, record_id, condition, actions, fields, shape, valid_from,
        valid_until, until_closed, reason, requested_by, requested_at, approved_by, approved_at
    )
    select one.id, $1, $2, $3, $4, one.record, nullif($5, ''), $6, $7, $8, coalesce($9, now()), $10,
        $11::text::jsonb, $12, $13, now(),
        $14::uuid, case when $14::uuid is not null then now() end
    from unnest($15::uuid[], $16::uuid[]) as one (id, record)
    returning *
)
select {_COLUMNS} from given order by given.id
"""

GRANTS: Final[LiteralString] = f"""
select {_COLUMNS}
from tangram.access_grant as given
where given.tenant_id = $1
    and ($2::uuid is null or given.user_id = $2)
    and ($3::text is null or given.object = $3)
    and ($4::uuid is null or given.record_id = $4)
    and ($5::uuid is null or $5 in (given.user_id, given.requested_by, given.approved_by))
    and ($6::uuid is null or given.id < $6)
    and (not $7::boolean or (
        given.approved_by is not null and given.revoked_at is null
        and (given.valid_until is null or given.valid_until > now())
    ))
order by given.id desc
limit $8
"""

PENDING: Final[LiteralString] = f"""
select {_COLUMNS}
from tangram.access_grant as given
where given.tenant_id = $1
    and given.approved_by is null
    and given.revoked_at is null
    and (given.valid_until is null or given.valid_until > now())
    and ($2::uuid is null or given.batch_id = $2)
order by given.id
limit 1000
"""

APPROVE: Final[LiteralString] = f"""
with given as (
    update tangram.access_grant
    set approved_by = $3, approved_at = now(), fields = $4, shape = $5
    where tenant_id = $1 and batch_id = $2 and approved_by is null and revoked_at is null
    returning *
)
select {_COLUMNS} from given order by given.id
"""

REVOKE: Final[LiteralString] = f"""
with given as (
    update tangram.access_grant
    set revoked_at = now(), revoked_by = $4, ended_by = $5
    where tenant_id = $1
        and (id = $2 or batch_id = $3)
        and revoked_at is null
        and (valid_until is null or valid_until > now())
        and ($6::uuid is null or $6 in (user_id, requested_by, approved_by))
    returning *
)
select {_COLUMNS} from given order by given.id
"""

CLOSINGS: Final[LiteralString] = """
select distinct given.tenant_id::text as tenant_id, given.until_closed ->> 'object' as object,
    given.until_closed ->> 'condition' as condition
from tangram.access_grant as given
where given.revoked_at is null
    and given.until_closed is not null
    and (given.valid_until is null or given.valid_until > now())
"""


def end_closed(still_open: str, parameters: ParameterList) -> tuple[str, tuple[str, ...]]:
    """The statement that ends grants of one tenant whose record is not open, with the names of its parameters.

    Args:
        still_open: SQL, over the row `given`: that the record is there and open.
        parameters: Those that it was compiled with.
    """
    tenant = parameters.parameter(Parameter("tenant.id", ID))
    closing = parameters.parameter(Parameter("closing.object", TEXT))
    condition = parameters.parameter(Parameter("closing.condition", TEXT))
    text = f"""
update tangram.access_grant as given
set revoked_at = now(), ended_by = 'closed'
where given.tenant_id = {tenant}
    and given.revoked_at is null
    and given.until_closed ->> 'object' = {closing}
    and given.until_closed ->> 'condition' = {condition}
    and not ({still_open})
returning given.batch_id::text, given.record_id::text
"""
    return text, parameters.names()


MOVE_EPOCH: Final[LiteralString] = "select tangram.move_epoch($1)"
