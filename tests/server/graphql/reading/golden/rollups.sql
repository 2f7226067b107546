/* request
{ customers(filter: {orderTotal: {gt: "0"}}, orderBy: [{orderTotal: DESC}]) { nodes { name orderTotal isBig } } }
*/

/* data
{
 "customers": {
  "nodes": [
   {
    "name": "Anna",
    "orderTotal": "18.00",
    "isBig": false
   }
  ]
 }
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select (select '{"nodes":[' || coalesce(string_agg(p.n0, ','), '') || ']}'
from (select '{"name":' || coalesce(to_json(r1."name")::text, 'null') || ',"orderTotal":' || coalesce('"' || (c3.value)::text || '"', 'null') || ',"isBig":' || coalesce((((c3.value > 1000)))::text, 'null') || '}' as n0
from "t_east"."customer" as r1
cross join lateral (select ((select coalesce(sum(taken.value), 0) from (select r2."amount" as value from "t_east"."order" as r2
where r2."customer_id" = r1.id and r2.deleted_at is null and (r2."status" <> 'cancelled'::text)) as taken)) as value offset 0) as c3
where (r1.deleted_at is null)
  and ((c3.value > $1::numeric))
order by c3.value desc, r1.id desc
limit 20
) as p) as data
) as answer on true
where tenant.id = $2::uuid;
