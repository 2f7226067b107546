/* request
{ customers(last: 1, orderBy: [{name: ASC}]) { edges { node { name } } } }
*/

/* data
{
 "customers": {
  "edges": [
   {
    "node": {
     "name": "Ben"
    }
   }
  ]
 }
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select (select '{"edges":[' || coalesce(string_agg(p.n0, ',' order by p.place desc), '') || ']}'
from (select row_number() over () as place, x.*
from (select '{"node":{"name":' || coalesce(to_json(r1."name")::text, 'null') || '}}' as n0
from "t_east"."customer" as r1
where (r1.deleted_at is null)
order by r1."name" desc, r1.id desc
limit 1
) as x) as p) as data
) as answer on true
where tenant.id = $1::uuid;
