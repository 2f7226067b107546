-- Who holds which role: what posts give, what may be held together, who may give what, and that all of it is logged.
-- Applied after migrations and `functions.sql`; every statement can be run again.
--
-- Roles are held by the account and by `tangram.role_assignment`. Whatever way they are given (an administrator, a post,
-- an import, a promotion), the same triggers of these two tables judge and log it.

-- held_roles: what somebody holds, or will hold when its time comes.
create or replace function tangram.held_roles(tenant uuid, holder uuid) returns text[]
language sql stable
set search_path = pg_catalog
as $$
    select coalesce(array_agg(distinct held.role order by held.role), '{}')
    from (
        select unnest(account.roles) as role
        from tangram.account as account
        where account.tenant_id = tenant and account.id = holder
        union all
        select assignment.role
        from tangram.role_assignment as assignment
        where assignment.tenant_id = tenant
            and assignment.account_id = holder
            and assignment.revoked_at is null
            and (assignment.valid_until is null or assignment.valid_until > now())
    ) as held
$$;

-- with_inherited: roles, and those that they inherit at any depth.
create or replace function tangram.with_inherited(tenant uuid, given text[]) returns text[]
language sql stable
set search_path = pg_catalog
as $$
    with recursive declared as (
        select item.name, item.body
        from tangram.metadata_item as item
        where item.tenant_id = tenant and item.kind = 'role' and item.removed_at is null
    ),
    held as (
        select unnest(given) as name
        union
        select above.name
        from held
        join declared on declared.name = held.name
        cross join jsonb_array_elements_text(declared.body -> 'inherits') as above (name)
    )
    select coalesce(array_agg(held.name), '{}') from held
$$;

-- require_separate: nobody holds two roles, themselves or inherited, of which one excludes the other.
-- Argument: the column of who holds them.
create or replace function tangram.require_separate() returns trigger
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    holder constant uuid := (to_jsonb(new) ->> tg_argv[0])::uuid;
    held text[];
    conflicts jsonb;
begin
    if not exists (
        select from tangram.metadata_item as item
        where item.tenant_id = new.tenant_id and item.kind = 'role' and item.removed_at is null and item.body ? 'excludes'
    ) then
        return null;
    end if;
    perform from tangram.account where id = holder for no key update;  -- two at once would each see half
    held := tangram.with_inherited(new.tenant_id, tangram.held_roles(new.tenant_id, holder));
    select jsonb_agg(distinct jsonb_build_array(least(item.name, other.name), greatest(item.name, other.name)))
    into conflicts
    from tangram.metadata_item as item
    cross join jsonb_array_elements_text(item.body -> 'excludes') as other (name)
    where item.tenant_id = new.tenant_id
        and item.kind = 'role'
        and item.removed_at is null
        and item.name = any(held)
        and other.name = any(held);
    if conflicts is not null then
        perform tangram.refuse('roles_exclude_each_other', conflicts::text);
    end if;
    return null;
end
$$;

-- author_of: the newest event of one of some records that tells of a change of some key; null where there is none.
create or replace function tangram.author_of(tenant uuid, objects text[], records uuid[], key text) returns tangram.event
language sql stable
set search_path = pg_catalog
as $$
    select newest.event
    from unnest(objects, records) as told (object, record_id)
    cross join lateral (
        select logged as event
        from tangram.event as logged
        where logged.tenant_id = tenant
            and logged.object = told.object
            and logged.record_id = told.record_id
            and (key = '' or logged.changes ? key)
        order by logged.id desc
        limit 1
    ) as newest
    order by (newest.event).id desc
    limit 1
$$;

-- require_givable: somebody gives roles that they hold, or that are of no higher layer than their own.
create or replace function tangram.require_givable(tenant uuid, given text[], author tangram.event) returns void
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    layers constant text[] := '{operate,manage,decide}';
    own text[];
    rank integer;
    refused text[];
begin
    if author.actor_id is null or author.actor_kind not in ('user', 'api_key')
        or not exists (select from tangram.account where id = author.actor_id and tenant_id = tenant)
    then
        return;  -- the server itself, or who acts for all tenants
    end if;
    select array_agg(held.role) into own
    from (
        select unnest(account.roles) as role from tangram.account as account where account.id = author.actor_id
        union all
        select assignment.role
        from tangram.role_assignment as assignment
        where assignment.tenant_id = tenant
            and assignment.account_id = author.actor_id
            and assignment.revoked_at is null
            and (assignment.valid_from is null or assignment.valid_from <= now())
            and (assignment.valid_until is null or assignment.valid_until > now())
    ) as held
    where author.actor_kind = 'user' or exists (
        select from tangram.api_key as key
        where key.tenant_id = tenant
            and key.account_id = author.actor_id
            and key.name = author.actor_name
            and key.revoked_at is null
            and held.role = any(key.roles)
    );
    if 'administrator' = any(own) then
        return;
    end if;
    own := tangram.with_inherited(tenant, coalesce(own, '{}'));
    select max(array_position(layers, item.body ->> 'layer')) into rank
    from tangram.metadata_item as item
    where item.tenant_id = tenant and item.kind = 'role' and item.removed_at is null and item.name = any(own);
    select array_agg(role.name) into refused
    from unnest(given) as role (name)
    left join tangram.metadata_item as item
        on item.tenant_id = tenant and item.kind = 'role' and item.removed_at is null and item.name = role.name
    where not role.name = any(own)
        and coalesce(array_position(layers, item.body ->> 'layer') > coalesce(rank, 0), true);
    if refused is not null then
        perform tangram.refuse('role_above_yours', to_jsonb(refused)::text);
    end if;
end
$$;

-- origin: where the request that writes in this transaction came from: its `address`, its `agent`.
create or replace function tangram.origin(part text) returns text
language sql stable
set search_path = pg_catalog
as $$
    select coalesce(nullif(current_setting('tangram.origin', true), '')::jsonb ->> part, '')
$$;

-- hold_roles: the roles of the posts that somebody holds, as assignments of the source `post`; roles that are declared.
create or replace function tangram.hold_roles(schema_name text, tenant uuid, holder uuid, author tangram.event)
returns void
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    wanted text[];
    lacking text[];
    ended bigint;
begin
    execute format($query$
        select coalesce(array_agg(distinct role), '{}')
        from %1$I.post__holders as held
        join %1$I.post as post on post.id = held.source_id and post.deleted_at is null
        cross join unnest(post.roles) as role
        where held.target_id = $1
            and (role = 'member' or exists (
                select from tangram.metadata_item as item
                where item.tenant_id = $2 and item.kind = 'role' and item.removed_at is null and item.name = role
            ))
    $query$, schema_name) into wanted using holder, tenant;
    perform set_config('tangram.notes', jsonb_build_object(
        'actor_id', author.actor_id,
        'actor_kind', coalesce(author.actor_kind, 'system'),
        'actor_name', coalesce(author.actor_name, 'system'),
        'request_id', coalesce(author.request_id, ''),
        'address', tangram.origin('address'),
        'agent', tangram.origin('agent')
    )::text, true);
    update tangram.role_assignment
    set revoked_at = now(), revoked_by = author.actor_id
    where account_id = holder
        and tenant_id = tenant
        and source = 'post'
        and revoked_at is null
        and not role = any(wanted);
    get diagnostics ended = row_count;
    lacking := array(
        select role.name
        from unnest(wanted) as role (name)
        where not exists (
            select from tangram.role_assignment as known
            where known.account_id = holder
                and known.tenant_id = tenant
                and known.source = 'post'
                and known.revoked_at is null
                and known.role = role.name
        )
    );
    if cardinality(lacking) > 0 then
        perform tangram.require_givable(tenant, lacking, author);
        insert into tangram.role_assignment (id, tenant_id, account_id, role, source, reason, created_at, created_by)
        select gen_random_uuid(), tenant, holder, role.name, 'post', '', now(), author.actor_id
        from unnest(lacking) as role (name);
    end if;
    if ended + cardinality(lacking) > 0 then
        perform tangram.move_epoch(tenant);
    end if;
end
$$;

-- transfer: whoever changes post or department loses at once what was granted for a time.
create or replace function tangram.transfer(tenant uuid, holder uuid, author tangram.event) returns void
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    batch record;
begin
    for batch in
        with ended as (
            update tangram.access_grant
            set revoked_at = now(), revoked_by = author.actor_id, ended_by = 'transfer'
            where tenant_id = tenant
                and user_id = holder
                and revoked_at is null
                and (valid_until is null or valid_until > now())
            returning batch_id, object, record_id, actions
        )
        select batch_id, object, array_remove(array_agg(record_id::text), null) as records, min(actions) as actions
        from ended
        group by batch_id, object
    loop
        perform tangram.audit(
            tenant, 'grant.revoked', author.actor_id, coalesce(author.actor_kind, 'system'),
            coalesce(author.actor_name, 'system'), batch.object, batch.records, '{}', tangram.origin('address'),
            tangram.origin('agent'), coalesce(author.request_id, ''),
            jsonb_build_object('state', 'transfer', 'user', holder, 'actions', batch.actions)
        );
        perform tangram.log_event(
            tenant, 'revoke', 'access__grant', batch.batch_id, author.actor_id, coalesce(author.actor_kind, 'system'),
            coalesce(author.actor_name, 'system'), coalesce(author.request_id, ''),
            jsonb_build_object('records', jsonb_build_array(batch.records, null))
        );
    end loop;
    perform tangram.move_epoch(tenant);
end
$$;

-- log_event: an event of something that the server itself keeps, to be handled like any other.
create or replace function tangram.log_event(
    tenant uuid, kind text, object text, record_id uuid, actor_id uuid, actor_kind text, actor_name text,
    request_id text, changes jsonb
) returns void
language sql volatile
set search_path = pg_catalog
as $$
    with logged as (
        insert into tangram.event
            (tenant_id, kind, object, record_id, actor_id, actor_kind, actor_name, changes, request_id, version)
        values (
            tenant, kind, object, record_id, actor_id, actor_kind, actor_name, changes, request_id,
            (select known.version from tangram.tenant as known where known.id = log_event.tenant)
        )
        returning id, tenant_id
    )
    insert into tangram.event_queue (event_id, tenant_id) select id, tenant_id from logged
$$;

-- log_roles: an audit entry for each role given or ended, and one event for whoever holds other roles now.
-- Who and where from are the setting `tangram.notes` of the transaction.
create or replace function tangram.log_roles() returns trigger
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    notes constant jsonb := coalesce(nullif(current_setting('tangram.notes', true), '')::jsonb, '{}');
    actor_id constant uuid := notes ->> 'actor_id';
    actor_kind constant text := coalesce(notes ->> 'actor_kind', 'system');
    actor_name constant text := coalesce(notes ->> 'actor_name', 'system');
    given boolean := tg_op = 'INSERT';
    ids uuid[];
    one tangram.role_assignment;
    moved record;
    before text[];
    after text[];
begin
    if given then
        ids := array(select n.id from changed as n);
    else
        ids := array(
            select n.id from changed as n join former as o on o.id = n.id
            where o.revoked_at is null and n.revoked_at is not null
        );
    end if;
    for one in select * from tangram.role_assignment where id = any(ids) order by account_id, role loop
        perform tangram.audit(
            one.tenant_id, case when given then 'role.assigned' else 'role.revoked' end, actor_id, actor_kind, actor_name,
            'account', array[one.account_id::text], '{}', coalesce(notes ->> 'address', ''),
            coalesce(notes ->> 'agent', ''), coalesce(notes ->> 'request_id', ''),
            jsonb_strip_nulls(jsonb_build_object(
                'role', one.role, 'source', one.source, 'reason', nullif(one.reason, ''), 'assignment', one.id,
                'from', one.valid_from, 'until', one.valid_until
            ))
        );
    end loop;
    for moved in
        select n.tenant_id, n.account_id, array_agg(n.role::text) as roles
        from tangram.role_assignment as n
        where n.id = any(ids)
        group by n.tenant_id, n.account_id
    loop
        after := tangram.held_roles(moved.tenant_id, moved.account_id);
        if given then
            before := array(
                select distinct role from (
                    select unnest(roles) as role from tangram.account where id = moved.account_id
                    union all
                    select role from tangram.role_assignment
                    where account_id = moved.account_id
                        and revoked_at is null
                        and (valid_until is null or valid_until > now())
                        and not id = any(ids)
                ) as held order by role
            );
        else
            before := array(select distinct unnest(after || moved.roles) as role order by role);
        end if;
        if before is distinct from after then
            perform tangram.log_event(
                moved.tenant_id, 'update', 'identity__account', moved.account_id, actor_id, actor_kind, actor_name,
                coalesce(notes ->> 'request_id', ''),
                jsonb_build_object('held_roles', jsonb_build_array(before, after))
            );
        end if;
    end loop;
    return null;
end
$$;

-- holder_changed: somebody took or left a post.
create or replace function tangram.holder_changed() returns trigger
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    tenant constant uuid := tangram.tenant_of(tg_table_schema);
    post constant uuid := coalesce(new.source_id, old.source_id);
    holder constant uuid := coalesce(new.target_id, old.target_id);
    author constant tangram.event :=
        tangram.author_of(tenant, array['user', 'post'], array[holder, post], tg_table_name);
begin
    perform tangram.hold_roles(tg_table_schema, tenant, holder, author);
    if tg_op = 'DELETE' then
        perform tangram.transfer(tenant, holder, author);
    end if;
    return null;
end
$$;

-- post_changed: a post was made, has other roles, or was deleted or restored. Its roles are declared ones.
create or replace function tangram.post_changed() returns trigger
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    tenant constant uuid := tangram.tenant_of(tg_table_schema);
    former text[] := '{}';
    unknown text[];
    author tangram.event;
    holder uuid;
begin
    if tg_op = 'UPDATE' then
        former := old.roles;
        if new.roles is not distinct from old.roles and (new.deleted_at is null) = (old.deleted_at is null) then
            return null;
        end if;
    end if;
    unknown := array(
        select role.name
        from unnest(new.roles) as role (name)
        where not role.name = any(coalesce(former, '{}'))
            and role.name not in ('member', 'administrator', 'platform_administrator')
            and not exists (
                select from tangram.metadata_item as item
                where item.tenant_id = tenant and item.kind = 'role' and item.removed_at is null and item.name = role.name
            )
    );
    if cardinality(unknown) > 0 then
        perform tangram.refuse('unknown_role', to_jsonb(unknown)::text);
    end if;
    if tg_op = 'UPDATE' then
        author := tangram.author_of(tenant, array['post'], array[new.id], '');
        for holder in
            execute format('select target_id from %I.post__holders where source_id = $1', tg_table_schema) using new.id
        loop
            perform tangram.hold_roles(tg_table_schema, tenant, holder, author);
        end loop;
    end if;
    return null;
end
$$;

-- place_changed: somebody is in another department.
create or replace function tangram.place_changed() returns trigger
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    tenant constant uuid := tangram.tenant_of(tg_table_schema);
begin
    if new.department_id is distinct from old.department_id then
        update tangram.account
        set department_id = new.department_id
        where id = new.id and tenant_id = tenant and department_id is distinct from new.department_id;
        perform tangram.transfer(tenant, new.id, tangram.author_of(tenant, array['user'], array[new.id], 'department_id'));
    end if;
    return null;
end
$$;

drop function if exists tangram.hold_roles(text, uuid, uuid);
drop function if exists tangram.transfer(uuid, uuid);

create or replace trigger roles_separate
after insert or update of role, revoked_at, valid_until on tangram.role_assignment
for each row when (new.revoked_at is null) execute function tangram.require_separate('account_id');

create or replace trigger roles_separate
after insert or update of roles on tangram.account
for each row execute function tangram.require_separate('id');

create or replace trigger roles_given_logged
after insert on tangram.role_assignment referencing new table as changed
for each statement execute function tangram.log_roles();

create or replace trigger roles_ended_logged
after update on tangram.role_assignment referencing old table as former new table as changed
for each statement execute function tangram.log_roles();
