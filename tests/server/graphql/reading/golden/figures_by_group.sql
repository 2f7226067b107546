/* request
{ ordersAggregate(groupBy: [{status: VALUE}, {due: MONTH}], having: {count: {gt: 0}}, orderBy: [{count: DESC}]) { key { status due } count sum { quantity } avg { unitPrice } } }
*/

/* data
{
 "ordersAggregate": [
  {
   "key": {
    "status": "DRAFT",
    "due": "2026-01"
   },
   "count": 1,
   "sum": {
    "quantity": "2"
   },
   "avg": {
    "unitPrice": null
   }
  },
  {
   "key": {
    "status": "PAID",
    "due": "2026-01"
   },
   "count": 1,
   "sum": {
    "quantity": "1"
   },
   "avg": {
    "unitPrice": null
   }
  }
 ]
}
*/

select convert_to(answer.data, 'UTF8') as data, tenant.epoch
from tangram.tenant as tenant
left join lateral (
select '[' || coalesce(string_agg(lines.line, ','), '') || ']' as data
from (select '{"key":{"status":' || coalesce('"' || upper(r1."status") || '"', 'null') || ',"due":' || coalesce(to_json(to_char(r1."due", 'YYYY-MM'))::text, 'null') || '},"count":' || ((count(*))::text) || ',"sum":{"quantity":' || coalesce('"' || (sum(r1."quantity"))::text || '"', 'null') || '},"avg":{"unitPrice":' || coalesce('"' || (trim_scale(round(div(sum(r1."unit_price")::numeric * 10000000000000, nullif(count(r1."unit_price")::numeric, 0)) * 0.0000000000001, 12)))::text || '"', 'null') || '}}' as line
from "t_east"."order" as r1
where (r1.deleted_at is null)
group by r1."status", to_char(r1."due", 'YYYY-MM')
having ((((count(*)) > $1::bigint)))
order by count(*) desc, array_position('{draft,paid,shipped,cancelled}'::text[], r1."status"), to_char(r1."due", 'YYYY-MM')
limit 1000) as lines
) as answer on true
where tenant.id = $2::uuid;
