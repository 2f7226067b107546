"""Statements over requests to see masked fields plainly; the tenant is always the first parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, LiteralString

from metadata.expressions.tree import Parameter
from metadata.expressions.types import ID, TEXT, list_of
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from metadata.naming import camel
from server.access.plan import AccessPlan
from server.database.sql import quote_literal
from server.records.compiler import Compiler
from server.records.plans import NodePlan, PartSelection, Selection, ValueSelection
from server.records.statements import Statement

__all__ = ["AUDIT_ARGUMENTS", "DECIDE", "END", "INSERT", "ONE", "REQUESTS", "WAITING", "compile_view"]

_COLUMNS: Final[LiteralString] = """
asked.id::text, asked.user_id::text, asked.object, asked.record_ids::text[], asked.fields, asked.reason, asked.hours,
asked.views, asked.views_used, asked.break_glass, asked.requested_at, asked.decided_at, asked.decided_by::text,
asked.approved, asked.valid_until, asked.ended_at,
case
    when asked.ended_at is not null then 'ENDED'
    when asked.approved is null then 'REQUESTED'
    when not asked.approved then 'REFUSED'
    when asked.valid_until <= now() then 'OUT_OF_TIME'
    when asked.views_used >= asked.views then 'USED_UP'
    else 'OPEN'
end as state
"""

INSERT: Final[LiteralString] = f"""
with asked as (
    insert into tangram.unmask_request (
        id, tenant_id, user_id, object, record_ids, fields, reason, hours, views, views_used, break_glass, requested_at,
        decided_at, decided_by, approved, valid_until
    )
    select $2, $1, $3::uuid, $4, $5, $6, $7, $8::int, $9, 0, $10::boolean, now(),
        case when $10 then now() end, case when $10 then $3::uuid end, case when $10 then true end,
        case when $10 then now() + make_interval(hours => $8) end
    returning *
)
select {_COLUMNS} from asked
"""

ONE: Final[LiteralString] = f"""
select {_COLUMNS} from tangram.unmask_request as asked where asked.tenant_id = $1 and asked.id = $2
"""

DECIDE: Final[LiteralString] = f"""
with asked as (
    update tangram.unmask_request
    set approved = $4, decided_by = $3, decided_at = now(), hours = $5, views = $6,
        valid_until = case when $4 then now() + make_interval(mins => $7) end
    where tenant_id = $1 and id = $2 and approved is null and ended_at is null
    returning *
)
select {_COLUMNS} from asked
"""

END: Final[LiteralString] = f"""
with asked as (
    update tangram.unmask_request
    set ended_at = now(), ended_by = $3
    where tenant_id = $1
        and id = $2
        and ended_at is null
        and approved is distinct from false
        and ($4::uuid is null or $4 in (user_id, decided_by))
    returning *
)
select {_COLUMNS} from asked
"""

REQUESTS: Final[LiteralString] = f"""
select {_COLUMNS}
from tangram.unmask_request as asked
where asked.tenant_id = $1
    and ($2::uuid is null or $2 in (asked.user_id, asked.decided_by))
    and ($3::uuid is null or asked.id < $3)
order by asked.id desc
limit $4
"""

WAITING: Final[LiteralString] = f"""
select {_COLUMNS}
from tangram.unmask_request as asked
where asked.tenant_id = $1 and asked.approved is null and asked.ended_at is null and asked.user_id <> $2
order by asked.id
limit 500
"""

AUDIT_ARGUMENTS: Final = (
    ("audit.tenant", "uuid"),
    ("audit.kind", "text"),
    ("audit.actor", "uuid"),
    ("audit.actor_kind", "text"),
    ("audit.actor_name", "text"),
    ("audit.object", "text"),
    ("audit.records", "text[]"),
    ("audit.fields", "text[]"),
    ("audit.address", "text"),
    ("audit.agent", "text"),
    ("audit.request", "text"),
    ("audit.detail", "jsonb"),
)
"""What the audit log's SQL function takes, by the names of the statement's parameters."""


def compile_view(object_type: ObjectType, model: TenantModel, access: AccessPlan, fields: Sequence[Field]) -> Statement:
    """Spend one view of a request, log it, and answer the plain values: one statement.

    Its parameters are `view.request`, `view.record`, `actor.id`, `tenant.id` and AUDIT_ARGUMENTS. It gives one row
    (`data`, `views_left`, `valid_until`), or none when nothing may be seen, and then nothing was spent or logged.
    The view is counted under the lock of the request's row, so that a request is never overdrawn.
    """
    compiler = Compiler(model, access)
    names = compiler.parameters
    seen = compiler.open(object_type)
    record = names.parameter(Parameter("view.record", ID))
    visible = " and ".join(compiler.visible(seen))
    shown = compiler.open(object_type)
    plain = compiler.unrestricted(shown)
    node = plain.compiler.node(NodePlan(object_type, tuple(map(_selection, fields))), plain, ())
    arguments = ", ".join(
        f"{names.parameter(Parameter(name, _AUDIT_TYPES.get(cast, TEXT)))}::{cast}" for name, cast in AUDIT_ARGUMENTS
    )
    sql = f"""with spent as (
    update tangram.unmask_request as asked
    set views_used = asked.views_used + 1
    where asked.tenant_id = {names.parameter(Parameter("tenant.id", ID))}
        and asked.id = {names.parameter(Parameter("view.request", ID))}
        and asked.user_id = {names.parameter(Parameter("actor.id", ID))}
        and asked.object = {quote_literal(object_type.table)}
        and asked.approved
        and asked.ended_at is null
        and asked.valid_until > clock_timestamp()
        and asked.views_used < asked.views
        and {record} = any(asked.record_ids)
        and exists (select {seen.from_clause} where {seen.alias}.id = {record} and {visible})
    returning asked.views - asked.views_used as views_left, asked.valid_until
), logged as materialized (
    select tangram.audit({arguments}) as entry from spent
)
select convert_to({node}, 'UTF8') as data, spent.views_left, spent.valid_until, logged.entry
{shown.from_clause}
cross join spent
cross join logged
where {shown.alias}.id = {record}"""
    return Statement(sql, names.names(), tuple(compiler.transforms))


_AUDIT_TYPES = {"uuid": ID, "text[]": list_of(TEXT)}


def _selection(field: Field) -> Selection:
    field_type = FIELD_TYPES[field.type]
    key = camel(field.name)
    if field_type.output is Output.OBJECT:
        parts = tuple((part.name, part) for part in field_type.subfields)
        return PartSelection(key, field, parts, field_type.scalar)
    return ValueSelection(key, field, field_type.transform)
