/* request
{ stores { nodes { name fans(first: 1) { nodes { name } } } } }
*/

/* data
{
 "stores": {
  "nodes": [
   {
    "name": "West Lake",
    "fans": {
     "nodes": [
      {
       "name": "Ben"
      }
     ]
    }
   }
  ]
 }
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select (select '{"nodes":[' || coalesce(string_agg(p.n0, ','), '') || ']}'
from (select '{"name":' || coalesce(to_json(r1."name")::text, 'null') || ',"fans":' || (select '{"nodes":[' || coalesce(string_agg(p.n0, ','), '') || ']}'
from (select '{"name":' || coalesce(to_json(r2."name")::text, 'null') || '}' as n0
from "t_east"."customer" as r2
join "t_east"."customer__favourites" as m3 on m3.source_id = r2.id
where (m3.target_id = r1.id)
  and (r2.deleted_at is null)
order by r2."created_at" desc, r2.id desc
limit 1
) as p) || '}' as n0
from "t_east"."store" as r1
where (r1.deleted_at is null)
order by r1."created_at" desc, r1.id desc
limit 20
) as p) as data
) as answer on true
where tenant.id = $1::uuid;
