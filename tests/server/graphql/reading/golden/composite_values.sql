/* request
{ customers(orderBy: [{name: ASC}]) { nodes { balance { amount currency } interests } } }
*/

/* data
{
 "customers": {
  "nodes": [
   {
    "balance": {
     "amount": "1.50",
     "currency": "CNY"
    },
    "interests": null
   },
   {
    "balance": null,
    "interests": [
     "tea"
    ]
   }
  ]
 }
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select (select '{"nodes":[' || coalesce(string_agg(p.n0, ','), '') || ']}'
from (select '{"balance":' || case when r1."balance" is null then 'null' else '{"amount":' || coalesce('"' || (r1."balance")::text || '"', 'null') || ',"currency":' || coalesce(to_json(r1."balance_currency")::text, 'null') || '}' end || ',"interests":' || coalesce(to_json(r1."interests")::text, 'null') || '}' as n0
from "t_east"."customer" as r1
where (r1.deleted_at is null)
order by r1."name" asc, r1.id asc
limit 20
) as p) as data
) as answer on true
where tenant.id = $1::uuid;
