/* request
{ search(text: "an", objects: ["customer", "store"]) { object title } }
*/

/* data
{
 "search": [
  {
   "object": "customer",
   "title": "Anna"
  }
 ]
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select '[' || coalesce(string_agg('{"object":' || (to_json(h.object)::text) || ',"title":' || coalesce(to_json(h.title)::text, 'null') || '}', ','), '') || ']' as data
from (select * from (
(select 'customer'::text as object, r1.id as id, r1."name"::text as title,
case when tangram.fold((r1."name")::text) like ($1::text[])[1] then left((r1."name")::text, 200) when tangram.fold((r1."phone")::text) like ($1::text[])[1] then left((r1."phone")::text, 200) when tangram.fold((r1."remark")::text) like ($1::text[])[1] then left((r1."remark")::text, 200) end as snippet, '{}'::text[] as seen, r1.updated_at as updated_at
from "t_east"."customer" as r1
where r1.deleted_at is null and r1.search_vector @@ $2::text::tsquery and tangram.fold(coalesce((r1."name")::text, '') || E'\n' || coalesce((r1."phone")::text, '') || E'\n' || coalesce((r1."remark")::text, '')) like all ($1::text[])
order by r1.updated_at desc, r1.id desc limit 20)
union all
(select 'store'::text as object, r2.id as id, r2."name"::text as title,
case when tangram.fold((r2."name")::text) like ($1::text[])[1] then left((r2."name")::text, 200) when tangram.fold((r2."city")::text) like ($1::text[])[1] then left((r2."city")::text, 200) end as snippet, '{}'::text[] as seen, r2.updated_at as updated_at
from "t_east"."store" as r2
where r2.deleted_at is null and r2.search_vector @@ $2::text::tsquery and tangram.fold(coalesce((r2."name")::text, '') || E'\n' || coalesce((r2."city")::text, '')) like all ($1::text[])
order by r2.updated_at desc, r2.id desc limit 20)
) as found order by found.updated_at desc, found.id desc limit 20) as h
) as answer on true
where tenant.id = $3::uuid;
