/* request
{ customers { nodes { name } } }
*/

/* data
{
 "customers": {
  "nodes": [
   {
    "name": "Ben"
   },
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
order by r1."created_at" desc, r1.id desc
limit 20
) as p) as data
) as answer on true
where tenant.id = $1::uuid;
