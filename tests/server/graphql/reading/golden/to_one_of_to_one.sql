/* request
{ orders(orderBy: [{quantity: ASC}]) { nodes { quantity customer { name store { name } } } } }
*/

/* data
{
 "orders": {
  "nodes": [
   {
    "quantity": 1,
    "customer": {
     "name": "Anna",
     "store": {
      "name": "West Lake"
     }
    }
   },
   {
    "quantity": 2,
    "customer": {
     "name": "Anna",
     "store": {
      "name": "West Lake"
     }
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
from (select '{"quantity":' || coalesce((r1."quantity")::text, 'null') || ',"customer":' || coalesce((select '{"name":' || coalesce(to_json(r2."name")::text, 'null') || ',"store":' || coalesce((select '{"name":' || coalesce(to_json(r3."name")::text, 'null') || '}'
from "t_east"."store" as r3
where r3.id = r2."store_id" and r3.deleted_at is null), 'null') || '}'
from "t_east"."customer" as r2
where r2.id = r1."customer_id" and r2.deleted_at is null), 'null') || '}' as n0
from "t_east"."order" as r1
where (r1.deleted_at is null)
order by r1."quantity" asc, r1.id asc
limit 20
) as p) as data
) as answer on true
where tenant.id = $1::uuid;
