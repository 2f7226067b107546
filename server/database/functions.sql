-- Functions that composed statements call. Applied after migrations; every statement can be run again.
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
