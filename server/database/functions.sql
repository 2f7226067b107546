-- Functions that composed statements call, and what triggers of tenants' tables run. Applied after migrations; every statement can be run again.
-- Functions are strict and schema-qualified because sessions have an empty search_path.

-- grams: the overlapping character pairs of a text, folded, for substring search in any script.
-- The last character of a word stands alone, so that a prefix search finds single characters anywhere.
create or replace function tangram.grams(folded text) returns text[]
language sql immutable strict parallel safe
set search_path = pg_catalog
as $$
    select coalesce(array_agg(distinct case when following ~ '\S' then character || following else character end), '{}')
    from (
        select character, lead(character) over (order by place) as following
        from string_to_table(left(folded, 20000), null) with ordinality as characters (character, place)
    ) as pairs
    where character ~ '\S'
$$;

-- fold: how search compares text: compatibility forms unified (full-width letters and digits), case dropped.
create or replace function tangram.fold(value text) returns text
language sql immutable strict parallel safe
as $$ select lower(normalize(value, NFKC)) $$;

-- shown_text: what HTML shows: tags within a word vanish, others part words, character references are read.
create or replace function tangram.shown_text(value text) returns text
language sql immutable strict parallel safe
as $$
    select replace(replace(replace(replace(replace(
        regexp_replace(
            regexp_replace(
                value, '</?(?:a|abbr|b|bdi|bdo|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|tt|u)'
                '(?:\s(?:[^>"]|"[^"]*")*)?>', '', 'gi'
            ),
            '<[a-z/!](?:[^>"]|"[^"]*")*>', ' ', 'gi'
        ),
        '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&')
$$;

-- search_vector: what the generated column of a searchable object holds.
create or replace function tangram.search_vector(value text) returns tsvector
language sql immutable parallel safe
as $$ select array_to_tsvector(tangram.grams(tangram.fold(coalesce(value, '')))) $$;

create or replace function tangram.search_vector(items text[]) returns tsvector
language sql immutable parallel safe
as $$ select tangram.search_vector(array_to_string(items, ' ')) $$;

-- refuse: stop a statement with a coded fault; the server turns SQLSTATE TG001 into the API's error.
create or replace function tangram.refuse(reason text, detail text) returns boolean
language plpgsql volatile
as $$
begin
    raise exception using errcode = 'TG001', message = reason, detail = detail;
end
$$;

-- require_none: refuse with everything that was found wrong, all of it at once; nothing found is true.
create or replace function tangram.require_none(reason text, broken text[]) returns boolean
language plpgsql volatile
as $$
begin
    if cardinality(broken) > 0 then
        raise exception using errcode = 'TG001', message = reason, detail = array_to_json(broken)::text;
    end if;
    return true;
end
$$;

-- distance_km: great-circle distance (haversine, mean earth radius 6371.0088 km).
create or replace function tangram.distance_km(lat1 double precision, lng1 double precision, lat2 double precision, lng2 double precision)
returns double precision
language sql immutable strict parallel safe
as $$
    select 2 * 6371.0088 * asin(least(1, sqrt(
        power(sin(radians(lat2 - lat1) / 2), 2)
        + cos(radians(lat1)) * cos(radians(lat2)) * power(sin(radians(lng2 - lng1) / 2), 2)
    )))
$$;

-- audit: append to a tenant's audit log, also in the middle of a statement that shows what is logged.
create or replace function tangram.audit(
    tenant uuid, kind text, actor_id uuid, actor_kind text, actor_name text, object text, records text[],
    fields text[], address text, agent text, request_id text, detail jsonb
) returns bigint
language plpgsql volatile
as $$
declare
    entry_id bigint;
begin
    insert into tangram.audit_entry
        (tenant_id, kind, actor_id, actor_kind, actor_name, object, records, fields, address, agent, request_id, detail)
    values
        (tenant, kind, actor_id, actor_kind, actor_name, object, records, fields, address, agent, request_id, detail)
    returning id into entry_id;
    insert into tangram.audit_unsealed (entry_id, tenant_id) values (entry_id, tenant);
    return entry_id;
end
$$;

-- move_epoch: have every process look at a tenant's rights anew; once a transaction, however many rows ask for it.
create or replace function tangram.move_epoch(whose uuid) returns void
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    mark constant text := whose || ' ' || pg_current_xact_id();
    moved bigint;
begin
    if current_setting('tangram.moved', true) = mark then
        return;
    end if;
    update tangram.tenant set epoch = epoch + 1 where id = whose returning epoch into moved;
    perform pg_notify('tangram_tenant', whose || ':' || moved);
    perform set_config('tangram.moved', mark, true);
end
$$;

-- tenant_of: whose schema it is; see `metadata.naming.tenant_schema`.
create or replace function tangram.tenant_of(schema_name text) returns uuid
language sql stable strict
set search_path = pg_catalog
as $$ select id from tangram.tenant where slug = replace(substr(schema_name, 3), '_', '-') $$;

-- keep_paths: after records of a tree were made or moved, the paths of these and of all below them. Moves in one tree
-- wait for each other, since two at once could close a circle that neither sees.
-- Argument: the column of the record above.
create or replace function tangram.keep_paths() returns trigger
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    source constant text := format('%I.%I', tg_table_schema, tg_table_name);
    above constant text := quote_ident(tg_argv[0]);
    moved uuid[];
    looping uuid;
begin
    if tg_op = 'INSERT' then
        moved := array(select id from changed);
    else
        execute format(
            'select array(select n.id from changed as n join former as o on o.id = n.id where n.%1$s is distinct from o.%1$s)',
            above
        ) into moved;
    end if;
    if cardinality(moved) = 0 then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('tangram tree ' || tg_relid, 0));
    execute format($query$
        with recursive upward as (
            select t.id, t.%2$s as above from %1$s as t where t.id = any($1)
            union all
            select t.id, t.%2$s from upward as u join %1$s as t on t.id = u.above
        ) cycle id set is_looping using trail
        select id from upward where is_looping limit 1
    $query$, source, above) into looping using moved;
    if looping is not null then
        perform tangram.refuse('tree_cycle', jsonb_build_array(tg_table_name, tg_argv[0], looping)::text);
    end if;
    execute format($query$
        with recursive upward as (
            select t.id as start, t.id, t.%2$s as above, 0 as distance from %1$s as t where t.id = any($1)
            union all
            select u.start, t.id, t.%2$s, u.distance + 1 from upward as u join %1$s as t on t.id = u.above
        ),
        tops as (
            select start from upward group by start having not bool_or(distance > 0 and id = any($1))
        ),
        downward as (
            select t.id, coalesce(p.path, '/') || t.id || '/' as path
            from tops
            join %1$s as t on t.id = tops.start
            left join %1$s as p on p.id = t.%2$s
            union all
            select t.id, d.path || t.id || '/' from downward as d join %1$s as t on t.%2$s = d.id
        )
        update %1$s as t
        set path = d.path
        from downward as d
        where t.id = d.id
            and t.path is distinct from d.path
            and (length(d.path) <= 64 * 37 + 1
                or tangram.refuse('tree_too_deep', jsonb_build_array($2, $3, d.id)::text))
    $query$, source, above) using moved, tg_table_name, tg_argv[0];
    return null;
end
$$;

-- mirror_account: the record of the object `user` that stands for an account.
create or replace function tangram.mirror_account() returns trigger
language plpgsql volatile
set search_path = pg_catalog
as $$
declare
    schema_name text;
begin
    select 't_' || replace(slug, '-', '_') into schema_name from tangram.tenant
    where id = coalesce(new.tenant_id, old.tenant_id);
    if to_regclass(format('%I."user"', schema_name)) is null then
        return null;
    end if;
    if tg_op = 'DELETE' then
        execute format('update %I."user" set deleted_at = now() where id = $1 and deleted_at is null', schema_name)
            using old.id;
        return null;
    end if;
    execute format($query$
        insert into %1$I."user" as mirror (
            id, name, email, status, roles, department_id, created_at, created_by, updated_at, updated_by, deleted_at
        )
        values (
            ($1).id, ($1).name, ($1).email, ($1).status, ($1).roles, ($1).department_id, ($1).created_at,
            ($1).created_by, ($1).updated_at, ($1).updated_by, ($1).deleted_at
        )
        on conflict (id) do update
        set name = excluded.name,
            email = excluded.email,
            status = excluded.status,
            roles = excluded.roles,
            department_id = excluded.department_id,
            updated_at = excluded.updated_at,
            updated_by = excluded.updated_by,
            deleted_at = excluded.deleted_at,
            version = mirror.version + 1
        where (mirror.name, mirror.email, mirror.status, mirror.roles, mirror.department_id, mirror.deleted_at)
            is distinct from (excluded.name, excluded.email, excluded.status, excluded.roles, excluded.department_id,
                excluded.deleted_at)
    $query$, schema_name) using new;
    return null;
end
$$;

create or replace trigger account_mirrored
after insert or delete or update of name, email, status, roles, department_id, deleted_at on tangram.account
for each row execute function tangram.mirror_account();

-- The ledger: what is booked sums to zero by booking and currency, and nothing enters a month that is closed. The entries of a booking are added by one statement.
create or replace function tangram.check_entries() returns trigger
language plpgsql as $$
declare
    found record;
begin
    select booking_id, currency, sum(amount) as total into found
    from added group by booking_id, currency having sum(amount) <> 0 limit 1;
    if found is not null then
        raise exception 'entries of booking % sum to % %', found.booking_id, found.total, found.currency
            using errcode = 'check_violation';
    end if;
    select lock.plan, lock.period into found
    from added join tangram.ledger_lock as lock
        on lock.tenant_id = added.tenant_id and lock.plan = added.plan and lock.period = added.period
        and lock.reopened_at is null
    limit 1;
    if found is not null then
        perform tangram.refuse('period_closed', format('%s of %s', found.period, found.plan));
    end if;
    return null;
end
$$;
create or replace trigger entries_checked
    after insert on tangram.ledger_entry referencing new table as added for each statement
    execute function tangram.check_entries();

-- last_sales: the last sale of each of some parties, in the one order of events. Without a sort there is one plan that needs no other: backwards
-- along price_booking_order. PostgreSQL would find it too, once it knows how much there is; until then it reads all that the plan has booked.
create or replace function tangram.last_sales(whose uuid, plan_name text, parties text[])
returns table (party text, at timestamptz, key text)
language sql stable
set search_path = pg_catalog
set enable_sort = off
as $$
    select given.party, last.effective_at, last.key
    from unnest(parties) as given (party)
    cross join lateral (
        select booking.effective_at, booking.key from tangram.price_booking as booking
        where booking.tenant_id = whose and booking.plan = plan_name and booking.party = given.party
            and booking.kind = 'sale'
        order by booking.effective_at desc, booking.key collate "C" desc
        limit 1
    ) as last
$$;

-- posted_shares: what a sale that a run has booked comes to for whom: its own lines, and what it changes of others'.
-- Argument: the booking's outcome.
create or replace function tangram.posted_shares(outcome text)
returns table (component text, rate text, "window" text, payee text, amount bigint)
language sql immutable
as $$
    select line ->> 0, line ->> 1, line ->> 2, share.payee, share.amount::bigint
    from jsonb_array_elements(outcome::jsonb -> 'lines') as line
    cross join lateral rows from (jsonb_array_elements_text(line -> 3), jsonb_array_elements_text(line -> 4))
        as share (payee, amount)
    where share.amount <> '0'
    union all
    select side ->> 0, null, side ->> 1, side ->> 2, (side ->> 3)::bigint
    from jsonb_array_elements(outcome::jsonb -> 'again') as side
$$;
