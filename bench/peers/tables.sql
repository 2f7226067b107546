-- What peers need besides the tenant's own tables, which stay as Tangram made them.
-- Ids and times that Tangram fills in itself get defaults, so that others can insert too.
alter table {schema}.work_order
    alter column id set default uuidv7(),
    alter column created_at set default now(),
    alter column updated_at set default now(),
    alter column version set default 1;

create schema if not exists {peers};

-- Figures by status: PostGraphile offers a grouped count through a function, as its documentation shows.
create or replace function {peers}.work_order_figures()
returns table (status text, count bigint, sum_amount numeric)
language sql stable parallel safe
as $$
    select status, count(*), sum(amount)
    from {schema}.work_order
    where deleted_at is null
    group by status
    order by status
$$;
