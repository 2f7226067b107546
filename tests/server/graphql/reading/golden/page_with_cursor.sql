/* request
{ customers(first: 1, orderBy: [{name: ASC}]) { nodes { name } pageInfo { hasNextPage hasPreviousPage } } }
*/

/* data
{
 "customers": {
  "nodes": [
   {
    "name": "Anna"
   }
  ],
  "pageInfo": {
   "hasNextPage": true,
   "hasPreviousPage": false
  }
 }
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select (select '{"nodes":[' || coalesce(p.n0, '') || '],"pageInfo":{"hasNextPage":' || (p.fetched > p.size)::text || ',"hasPreviousPage":' || (false)::text || '}}'
from (select count(*) as fetched, (1)::bigint as size, string_agg(q.n0, ',' order by q.place) filter (where q.place <= 1) as n0, array_agg(q.c1 order by q.place) filter (where q.place <= 1) as c1
from (select row_number() over () as place, x.*
from (select '{"name":' || coalesce(to_json(r1."name")::text, 'null') || '}' as n0, translate(encode(convert_to(json_build_array('0a777335c112'::text, (r1."name")::text, r1.id)::text, 'UTF8'), 'base64'), E'+/=\n', '-_') as c1
from "t_east"."customer" as r1
where (r1.deleted_at is null)
order by r1."name" asc, r1.id asc
limit 1 + 1
) as x) as q) as p) as data
) as answer on true
where tenant.id = $1::uuid;
