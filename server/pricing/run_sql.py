"""Statements of what is before a run, and of what it comes to: records as sales, and sales as lines.

`settlement_sale` holds the sales that are before the run, and those that their parties have booked before (`is_new` is
false); `settlement_line` what each component comes to for each. Both go with the transaction. Sales are rated some
parties at a time, so that what is sorted fits into memory.
"""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "ANALYZE",
    "ANALYZE_LINES",
    "CHOSEN",
    "COUNT",
    "FALLING",
    "FIGURES",
    "FROM_SALES",
    "INTO_LINES",
    "KEEP_FIRST",
    "KNOWN",
    "LINES",
    "LOAD",
    "NAMELESS",
    "NO_LINES",
    "PAYEES",
    "RECORDS",
    "SALES",
    "SPAN",
    "TABLES",
    "TAKE_BOOKED",
    "TAKE_OUT",
    "UNBOOKED",
    "UNDER",
    "UNSOUND",
]

TABLES: Final[LiteralString] = """
drop table if exists pg_temp.settlement_sale, pg_temp.settlement_line, pg_temp.settlement_rest,
    pg_temp.settlement_hash;
create temp table settlement_sale (
    id uuid, key text, record_id uuid, party text, at timestamptz, event text, version int, payload bytea,
    period date, is_sound boolean, is_new boolean, held int[], who text[]
) on commit drop;
create temp table settlement_line (
    key text, is_new boolean, period date, no bigint, ordinal int, component text, kind text, party text, "window" text,
    version int, tariff text, switch text, happened timestamptz, measured numeric, total numeric, exact numeric,
    events bigint, place_before int, place_after int, amount bigint, names text[], shares bigint[]
) on commit drop;
create temp table settlement_rest (
    key text, period date, component text, kind text, "window" text, party text, payee text, amount bigint
) on commit drop;
create temp table settlement_hash (run_id uuid, id uuid, hash bytea) on commit drop;
"""

LOAD: Final[LiteralString] = """
insert into pg_temp.settlement_sale (
    id, key, record_id, party, at, event, is_sound, held, who, version, payload, period, is_new
)
select (left({base}::text, 24) || lpad(to_hex({offset}::bigint + row_number() over ()), 12, '0'))::uuid, it.key,
    it.record_id, it.party, it.at, it.event, it.is_sound, it.held, it.who, {version}::int,
    sha256(convert_to('{{"event":' || it.event || ',"plan":' || to_json({plan}::text)::text || '}}', 'UTF8')),
    case when month.day = any({closed}::date[]) then {open}::date else month.day end, true
from ({records}) as it
cross join lateral (select date_trunc('month', it.at at time zone {zone})::date as day) as month
where hashtextextended(it.party, 1) & ({slots}::bigint - 1) >= {first}::bigint
    and hashtextextended(it.party, 1) & ({slots}::bigint - 1) < {after}::bigint
"""
"""Records as sales that are to be booked, with the month that they are booked in; of parties that fall into slots."""

RECORDS: Final[LiteralString] = "select count(*) from ({records}) as it"
"""How many records there are."""

UNBOOKED: Final[LiteralString] = """
with found as materialized (select it.record_id, it.key, it.is_sound from ({records}) as it)
select
    (
        select count(*) filter (where booked.key is null and found.is_sound and {version}::int >= 0)
        from found
        full join (
            select key from tangram.price_booking where tenant_id = {tenant} and plan = {plan}
        ) as booked on booked.key = found.key
    ) as count,
    array(select record_id::text from found where not is_sound) as unsound,
    (select count(*) from found where is_sound and {version}::int < 0) as nameless
"""
"""What of some records is not booked. A full join is hashed, however few the planner takes either side to be."""

ANALYZE: Final[LiteralString] = "analyze pg_temp.settlement_sale (key, party, version, period, is_new)"

UNSOUND: Final[LiteralString] = """
with gone as (delete from pg_temp.settlement_sale where not is_sound returning record_id)
select record_id::text as id from gone
"""

NAMELESS: Final[LiteralString] = """
with gone as (delete from pg_temp.settlement_sale where version < 0 returning 1)
select count(*) from gone
"""

KNOWN: Final[LiteralString] = """
with gone as (
    delete from pg_temp.settlement_sale as sale
    using tangram.price_booking as booking
    where booking.tenant_id = $1 and booking.plan = $2 and booking.key = sale.key
    returning booking.payload_hash = sale.payload as is_same
)
select count(*) filter (where is_same) as known, count(*) filter (where not is_same) as other from gone
"""
"""What is booked already is not booked again; `other` were booked with other facts."""

COUNT: Final[LiteralString] = "select count(*) from pg_temp.settlement_sale"

KEEP_FIRST: Final[LiteralString] = """
delete from pg_temp.settlement_sale
where key in (select key from pg_temp.settlement_sale order by at, key collate "C" offset $1)
"""

UNDER: Final[LiteralString] = "update pg_temp.settlement_sale set version = $1"

NO_LINES: Final[LiteralString] = "truncate pg_temp.settlement_line"

SALES: Final[LiteralString] = """
select key, record_id::text as record_id, event, version, held, who
from pg_temp.settlement_sale
order by at, key collate "C"
"""

FALLING: Final[LiteralString] = """
select distinct party from pg_temp.settlement_sale
where party in (
    select party from tangram.price_booking where tenant_id = $1 and plan = $2 and kind = 'refund'
)
"""
"""Parties that gave something back."""

TAKE_OUT: Final[LiteralString] = """
with gone as (
    delete from pg_temp.settlement_sale where party = any($1::text[])
    returning key, record_id, event, version, held, who, at
)
select key, record_id::text as record_id, event, version, held, who from gone order by at, key collate "C"
"""

SPAN: Final[LiteralString] = "select min(at) from pg_temp.settlement_sale"

TAKE_BOOKED: Final[LiteralString] = """
insert into pg_temp.settlement_sale (key, party, at, event, version, is_new)
select it.event ->> 'key', it.event ->> 'party', it.at, it.event::text, it.version, false from ({source}) as it
"""
"""What the parties have booked before, as it is left by refunds."""

FROM_SALES: Final[LiteralString] = """
    select sale.event::jsonb as event, sale.version, sale.is_new, sale.period
    from pg_temp.settlement_sale as sale
    where $6::bigint = 1 or mod(hashtextextended(sale.party, 0), $6::bigint) in ($5::bigint, $5::bigint - $6::bigint)
"""
"""One batch of parties; the number of batches is a parameter."""

LINES: Final[LiteralString] = """
select line.key, line.is_new, line.period, line.no, line.ordinal, line.component, line.kind, line.party, line."window",
    line.version, line.tariff, line.switch, line.happened, line.measured, line.total, line.exact, line.events,
    line.place_before, line.place_after, line.amount::bigint, line.names, line.shares::bigint[]
from shared as line
"""

INTO_LINES: Final[LiteralString] = "insert into pg_temp.settlement_line\n"

ANALYZE_LINES: Final[LiteralString] = (
    'analyze pg_temp.settlement_line (key, is_new, no, component, party, "window", period)'
)

FIGURES: Final[LiteralString] = """
select sale.key,
    coalesce(line.price, (sale.facts -> 'bases' ->> $1)::bigint, 0) as revenue,
    coalesce(line.discount, 0) as discount, coalesce(line.payout, 0) as payout,
    (sale.facts ->> 'cost')::bigint + coalesce(line.cost, 0) as cost
from (
    select key, event::jsonb as facts
    from pg_temp.settlement_sale
    where is_new and version = $3
    offset 0
) as sale
left join (
    select key, sum(amount) filter (where kind = 'price')::bigint as price,
        sum(amount) filter (where kind = 'discount')::bigint as discount,
        sum(amount) filter (where kind = any($2::text[]))::bigint as payout,
        sum(amount) filter (where kind = 'cost')::bigint as cost
    from pg_temp.settlement_line
    group by key
) as line on line.key = sale.key
"""
"""What each sale of a version comes to for the company."""

PAYEES: Final[LiteralString] = """
select share.payee, sum(share.amount)::text as amount
from (
    select names, array[{sums}] as amounts from pg_temp.settlement_line group by names
) as it
cross join lateral unnest(it.names, it.amounts[1:cardinality(it.names)]) as share (payee, amount)
group by share.payee
"""
"""What sales come to for each payee."""

CHOSEN: Final[LiteralString] = """
select sale.key, sale.event, (select min(line.no) from pg_temp.settlement_line as line where line.key = sale.key) as no
from pg_temp.settlement_sale as sale
where sale.key = any($1::text[])
"""
"""Some sales, with their place in the one order."""
