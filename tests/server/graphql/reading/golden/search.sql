/* request
{ customers(search: "an") { nodes { name } } }
*/

/* data
{
 "customers": {
  "nodes": [
   {
    "name": "Anna"
   }
  ]
 }
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select (select '{"nodes":[' || coalesce(string_agg(p.n0, ','), '') || ']}'
from (select '{"name":' || coalesce(to_json(r1."name")::text, 'null') || '}' as n0
from "t_east"."customer" as r1
where (r1.deleted_at is null)
  and (r1.search_vector @@ $2::text::tsquery and tangram.fold(coalesce((r1."name")::text, '') || E'\n' || coalesce((r1."phone")::text, '') || E'\n' || coalesce((r1."remark")::text, '')) like all ($1::text[]))
order by r1."created_at" desc, r1.id desc
limit 20
) as p) as data
) as answer on true
where tenant.id = $3::uuid;
