/* request
{ customers(orderBy: [{name: ASC}]) { nodes { name orders(first: 2, orderBy: [{quantity: DESC}]) { totalCount nodes { quantity } } } } }
*/

/* data
{
 "customers": {
  "nodes": [
   {
    "name": "Anna",
    "orders": {
     "totalCount": 2,
     "nodes": [
      {
       "quantity": 2
      },
      {
       "quantity": 1
      }
     ]
    }
   },
   {
    "name": "Ben",
    "orders": {
     "totalCount": 0,
     "nodes": []
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
from (select '{"name":' || coalesce(to_json(r1."name")::text, 'null') || ',"orders":' || (select '{"totalCount":' || (select count(*)::text
from "t_east"."order" as r3
where (r3."customer_id" = r1.id)
  and (r3.deleted_at is null)) || ',"nodes":[' || coalesce(string_agg(p.n0, ','), '') || ']}'
from (select '{"quantity":' || coalesce((r2."quantity")::text, 'null') || '}' as n0
from "t_east"."order" as r2
where (r2."customer_id" = r1.id)
  and (r2.deleted_at is null)
order by r2."quantity" desc, r2.id desc
limit 2
) as p) || '}' as n0
from "t_east"."customer" as r1
where (r1.deleted_at is null)
order by r1."name" asc, r1.id asc
limit 20
) as p) as data
) as answer on true
where tenant.id = $1::uuid;
