/* request
{ customers(filter: {not: {or: [{name: {eq: "Ben"}}, {points: {isNull: true}}]}}) { totalCount } }
*/

/* data
{
 "customers": {
  "totalCount": 1
 }
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select ('{"totalCount":' || (select count(*)::text
from "t_east"."customer" as r1
where (r1.deleted_at is null)
  and ((not ((r1."name" = $1::text) or (r1."points" is null))))) || '}') as data
) as answer on true
where tenant.id = $2::uuid;
