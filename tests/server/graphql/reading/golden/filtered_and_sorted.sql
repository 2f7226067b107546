/* request
query($f: CustomerFilter) {
  customers(filter: $f, orderBy: [{points: DESC_NULLS_LAST}, {name: ASC}], first: 2) { totalCount nodes { name level } }
}
*/

/* variables
{"f": {"level": {"in": ["GOLD", "NORMAL"]}, "points": {"gte": 1}}}
*/

/* data
{
 "customers": {
  "totalCount": 1,
  "nodes": [
   {
    "name": "Anna",
    "level": "NORMAL"
   }
  ]
 }
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select (select '{"totalCount":' || (select count(*)::text
from "t_east"."customer" as r2
where (r2.deleted_at is null)
  and (((r2."level" = any($1::text[])) and (r2."points" >= $2::bigint)))) || ',"nodes":[' || coalesce(string_agg(p.n0, ','), '') || ']}'
from (select '{"name":' || coalesce(to_json(r1."name")::text, 'null') || ',"level":' || coalesce('"' || upper(r1."level") || '"', 'null') || '}' as n0
from "t_east"."customer" as r1
where (r1.deleted_at is null)
  and (((r1."level" = any($1::text[])) and (r1."points" >= $2::bigint)))
order by r1."points" desc nulls last, r1."name" asc, r1.id asc
limit 2
) as p) as data
) as answer on true
where tenant.id = $3::uuid;
