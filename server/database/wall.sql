-- The wall: each row of a platform table is there only for connections that work for its tenant, or for the platform.
--
-- `tangram.tenant` is set by `server.database.connections`: the id of the tenant a connection is lent for, or `*` for
-- work that concerns all of them (the relay, sign-in, chores). Without it nothing is there. Sub-queries that depend on
-- no row are computed once a statement, which a scan of many rows needs; `tenant` is read a row at a time, with every
-- request, and there the plain comparison is cheaper. Applied after migrations, so that it holds for every table.
do $$
declare
    walled record;
    one_row constant text := 'current_setting(''tangram.tenant'', true) in (''*'', id::text)';
    many_rows constant text :=
        'tenant_id = (select nullif(nullif(current_setting(''tangram.tenant'', true), ''*''), '''')::uuid)'
        ' or (select current_setting(''tangram.tenant'', true) = ''*'')';
begin
    for walled in
        select format('%I.%I', 'tangram', class.relname) as name,
            case when class.relname = 'tenant' then one_row else many_rows end as condition
        from pg_catalog.pg_class as class
        join pg_catalog.pg_attribute as attribute
            on attribute.attrelid = class.oid
            and attribute.attname = case when class.relname = 'tenant' then 'id' else 'tenant_id' end
            and not attribute.attisdropped
        where class.relnamespace = 'tangram'::regnamespace and class.relkind in ('r', 'p')
    loop
        execute format('drop policy if exists tenant_wall on %s', walled.name);
        execute format('create policy tenant_wall on %s using (%s)', walled.name, walled.condition);
        execute format('alter table %s enable row level security, force row level security', walled.name);
    end loop;
end
$$;
