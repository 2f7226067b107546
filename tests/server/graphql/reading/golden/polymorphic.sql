/* request
{ notes { nodes { body target { __typename ... on Customer { name } ... on Order { quantity } } } } }
*/

/* data
{
 "notes": {
  "nodes": [
   {
    "body": "about Anna",
    "target": {
     "__typename": "Customer",
     "name": "Anna"
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
from (select '{"body":' || coalesce(to_json(r1."body")::text, 'null') || ',"target":' || coalesce(case r1."target_type" when 'customer' then (select '{"__typename":"Customer","name":' || coalesce(to_json(r2."name")::text, 'null') || '}'
from "t_east"."customer" as r2
where (r2.id = r1."target_id")
  and (r2.deleted_at is null)) when 'order' then (select '{"__typename":"Order","quantity":' || coalesce((r3."quantity")::text, 'null') || '}'
from "t_east"."order" as r3
where (r3.id = r1."target_id")
  and (r3.deleted_at is null)) end, 'null') || '}' as n0
from "t_east"."note" as r1
where (r1.deleted_at is null)
order by r1."created_at" desc, r1.id desc
limit 20
) as p) as data
) as answer on true
where tenant.id = $1::uuid;
