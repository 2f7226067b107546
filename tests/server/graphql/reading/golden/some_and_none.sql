/* request
{ customers(filter: {orders: {some: {status: {eq: PAID}}, none: {quantity: {gt: 5}}}}) { nodes { name } } }
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
  and (((exists (select 1 from "t_east"."order" as r2
where r2."customer_id" = r1.id and r2.deleted_at is null and (r2."status" = $1::text))) and (not exists (select 1 from "t_east"."order" as r3
where r3."customer_id" = r1.id and r3.deleted_at is null and (r3."quantity" > $2::bigint)))))
order by r1."created_at" desc, r1.id desc
limit 20
) as p) as data
) as answer on true
where tenant.id = $3::uuid;
