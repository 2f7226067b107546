"""Fixed statements of promotion rules; the tenant is always the first parameter where there is one."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = ["ADD_FINDINGS", "AUTHOR", "FINDINGS", "HELD", "LOCK", "PEOPLE", "TENANTS"]

TENANTS: Final[LiteralString] = """
select distinct item.tenant_id::text as tenant_id
from tangram.metadata_item as item
join tangram.tenant as tenant on tenant.id = item.tenant_id and tenant.status = 'active'
where item.kind = 'promotion' and item.removed_version is null
"""

LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended('promotions ' || $1, 0))"

# Who wrote a rule last, with the roles that they hold now; no row for the server itself.
AUTHOR: Final[LiteralString] = """
select account.roles || coalesce((
        select array_agg(held.role::text)
        from tangram.role_assignment as held
        where held.account_id = account.id
            and held.tenant_id = account.tenant_id
            and held.revoked_at is null
            and (held.valid_from is null or held.valid_from <= now())
            and (held.valid_until is null or held.valid_until > now())
    ), '{}') as roles,
    written.author_id is null as is_server
from (
    select version.author_id
    from tangram.metadata_version as version
    where version.tenant_id = $1
        and version.changes @> jsonb_build_array(jsonb_build_object('kind', 'promotion', 'name', $2::text))
    order by version.version desc
    limit 1
) as written
left join tangram.account as account
    on account.id = written.author_id
    and account.tenant_id = $1
    and account.status = 'active'
    and account.deleted_at is null
"""

PEOPLE: Final[LiteralString] = """
select account.id::text as id, account.name,
    account.roles || coalesce(array_agg(held.role::text) filter (where held.role is not null), '{}') as roles
from tangram.account as account
left join tangram.role_assignment as held
    on held.account_id = account.id
    and held.tenant_id = account.tenant_id
    and held.revoked_at is null
    and (held.valid_from is null or held.valid_from <= now())
    and (held.valid_until is null or held.valid_until > now())
where account.tenant_id = $1 and account.status = 'active' and account.deleted_at is null
group by account.id
order by account.id
limit 10000
"""

# Until when a rule has given its role, by user.
HELD: Final[LiteralString] = """
select account_id::text as user_id, max(valid_until) as until
from tangram.role_assignment
where tenant_id = $1
    and role = $2
    and source = 'rule'
    and reason like $3
    and revoked_at is null
    and valid_until > now()
group by account_id
"""

FINDINGS: Final[LiteralString] = """
select user_id::text as user_id, value from tangram.promotion_finding
where tenant_id = $1 and rule = $2 and period = $3
"""

ADD_FINDINGS: Final[LiteralString] = """
insert into tangram.promotion_finding (id, tenant_id, rule, user_id, period, value, met, at)
select one.id, $1, $2, one.user_id, $3, one.value, one.met, now()
from unnest($4::uuid[], $5::uuid[], $6::numeric[], $7::boolean[]) as one (id, user_id, value, met)
on conflict do nothing
"""
