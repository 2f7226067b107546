/* request
{ orders(filter: {customer: {store: {city: {eq: "杭州"}}}}) { totalCount } }
*/

/* data
{
 "orders": {
  "totalCount": 2
 }
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select ('{"totalCount":' || (select count(*)::text
from "t_east"."order" as r1
left join "t_east"."customer" as j2 on j2.id = r1."customer_id" and j2.deleted_at is null
left join "t_east"."store" as j3 on j3.id = j2."store_id" and j3.deleted_at is null
where (r1.deleted_at is null)
  and ((j3."city" = $1::text))) || '}') as data
) as answer on true
where tenant.id = $2::uuid;
