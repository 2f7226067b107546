"""Statements of a run that books many sales at once: from records to postings, without leaving PostgreSQL.

`settlement_sale` holds the sales that are before the run, and those that their parties have booked before (`is_new` is
false); `settlement_line` what each component comes to for each. Both go with the transaction. Sales are rated some
parties at a time, so that what is sorted fits into memory.
"""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "ANALYZE",
    "ANALYZE_LINES",
    "BOOK_SALES",
    "CHOSEN",
    "COUNT",
    "ENTER",
    "ENTRIES_HASH",
    "FALLING",
    "FIGURES",
    "FROM_SALES",
    "HOLD",
    "INTO_LINES",
    "KEEP_FIRST",
    "KNOWN",
    "LINES",
    "LOAD",
    "NAMELESS",
    "NO_LINES",
    "PAYEES",
    "PERIODS",
    "POSTED_ENTRIES",
    "POSTED_SALES",
    "REST",
    "SALES",
    "SALE_HASH",
    "SAVE_TALLIES",
    "SPAN",
    "TABLES",
    "TAKE_BOOKED",
    "TAKE_OUT",
    "TALLIES_BEFORE",
    "TIERS",
    "UNDER",
    "UNEQUAL",
    "UNSOUND",
]

TABLES: Final[LiteralString] = """
drop table if exists pg_temp.settlement_sale, pg_temp.settlement_line, pg_temp.settlement_rest;
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
"""

LOAD: Final[LiteralString] = """
insert into pg_temp.settlement_sale (
    id, key, record_id, party, at, event, is_sound, held, who, version, payload, period, is_new
)
select it.id, it.key, it.record_id, it.party, it.at, it.event, it.is_sound, it.held, it.who, {version}::int,
    sha256(convert_to('{{"event":' || it.event || ',"plan":' || to_json({plan}::text)::text || '}}', 'UTF8')),
    case when month.day = any({closed}::date[]) then {open}::date else month.day end, true
from ({records}) as it
cross join lateral (select date_trunc('month', it.at at time zone {zone})::date as day) as month
"""
"""Records as sales that are to be booked, with the month that they are booked in."""

ANALYZE: Final[LiteralString] = "analyze pg_temp.settlement_sale"

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

ANALYZE_LINES: Final[LiteralString] = "analyze pg_temp.settlement_line"

REST: Final[LiteralString] = """
with touched as materialized (
    select component, kind, party, "window", max(no) filter (where is_new) as last
    from pg_temp.settlement_line
    group by component, kind, party, "window"
    having max(no) filter (where not is_new) > min(no) filter (where is_new)
),
wanted as (
    select touched.component, touched.kind, touched.party, touched."window", part.payee, sum(part.amount) as amount
    from touched
    join pg_temp.settlement_line as line using (component, kind, party, "window")
    cross join lateral unnest(line.names, line.shares) as part (payee, amount)
    where not line.is_new
    group by 1, 2, 3, 4, 5
),
booked as (
    select touched.component, touched.kind, touched.party, touched."window", entry.payee,
        sum(entry.amount) * case when touched.kind = 'price' then 1 else -1 end as amount
    from touched
    join tangram.ledger_entry as entry using (component, party, "window")
    where entry.tenant_id = $1 and entry.plan = $2 and entry.account in ('receivable', 'payable')
    group by 1, 2, 3, 4, 5
)
insert into pg_temp.settlement_rest
select line.key, line.period, it.component, it.kind, it."window", it.party, it.payee, it.amount
from (
    select component, kind, party, "window", payee,
        coalesce(wanted.amount, 0) - coalesce(booked.amount, 0) as amount
    from wanted full join booked using (component, kind, party, "window", payee)
) as it
join touched using (component, kind, party, "window")
join pg_temp.settlement_line as line on line.no = touched.last and line.component = touched.component
    and line.party = touched.party
where it.amount <> 0
"""
"""What sales that came late change of those that are booked: it goes with the last new one of the window."""

PERIODS: Final[LiteralString] = """
select period, max(at) as at, count(*) as sales
from pg_temp.settlement_sale
where is_new
group by period
order by period
"""

BOOK_SALES: Final[LiteralString] = """
with run as materialized (select * from unnest($6::date[], $7::uuid[]) as it (period, id)),
-- what each sale comes to; then what it changes of others
outcome as materialized (
    select key, string_agg(
            '[' || to_json(component)::text || ',' || to_json(tariff)::text || ',' || to_json("window")::text || ','
                || to_json(names)::text || ',' || to_json(shares)::text || ']',
            ','
        ) as lines
    from pg_temp.settlement_line where is_new
    group by key
),
again as materialized (
    select key, string_agg(json_build_array(component, "window", payee, amount)::text, ',' order by
            component, "window", payee) as sides
    from pg_temp.settlement_rest
    group by key
),
made as (
    select sale.id, $2::text as plan, sale.key, sale.payload as payload_hash, 'sale'::text as kind, sale.record_id,
        sale.party, sale.version, $8::text as currency, sale.at as effective_at, sale.period,
        date_trunc('month', sale.at at time zone $5)::date as original_period, sale.event,
        '{"lines":[' || coalesce(outcome.lines, '') || ']' || coalesce(',"again":[' || again.sides || ']', '')
            || '}' as outcome,
        ''::text as note, run.id as run_id
    from pg_temp.settlement_sale as sale
    join run on run.period = sale.period
    left join outcome on outcome.key = sale.key
    left join again on again.key = sale.key
    where sale.is_new
),
booked as (
    insert into tangram.price_booking (
        tenant_id, booked_at, booked_by, id, plan, key, payload_hash, kind, record_id, party, version, currency,
        effective_at, period, original_period, event, outcome, note, run_id, hash
    )
    select $1::uuid, $3::timestamptz, $4::uuid, sale.*, {hash}
    from made as sale
    returning run_id, id, hash
)
select run_id::text as run_id, count(*) as sales,
    encode(sha256(string_agg(hash, ''::bytea order by id)), 'hex') as digest
from booked
group by run_id
"""
"""The sales, each with its own hash; and a hash over all of a run's."""

ENTER: Final[LiteralString] = """
with run as materialized (select * from unnest($3::date[], $4::uuid[]) as it (period, id)),
side as materialized (
    select period, component, kind, "window", party, payee, sum(amount) as amount
    from (
        select it.period, it.component, it.kind, it."window", it.party, part.payee, part.amount
        from (
            select period, component, kind, "window", party, names,
                array[{sums}] as amounts
            from pg_temp.settlement_line where is_new
            group by period, component, kind, "window", party, names
        ) as it
        cross join lateral unnest(it.names, it.amounts[1:cardinality(it.names)]) as part (payee, amount)
        union all
        select period, component, kind, "window", party, payee, amount from pg_temp.settlement_rest
    ) as it
    group by period, component, kind, "window", party, payee
    having sum(amount) <> 0
),
entry as (
    select period, component, "window", party, payee,
        case when kind in ('price', 'discount') then 'receivable' else 'payable' end as account,
        amount * case when kind = 'price' then 1 else -1 end as amount
    from side
    union all
    select period, component, "window", '', '',
        case kind when 'price' then 'revenue' when 'discount' then 'discount' when 'cost' then 'cost'
            else 'expense' end,
        sum(amount) * case when kind = 'price' then -1 else 1 end
    from side
    group by period, component, kind, "window"
    having sum(amount) <> 0
),
entered as (
    insert into tangram.ledger_entry (
        tenant_id, booking_id, plan, party, currency, period, component, "window", account, payee, amount
    )
    select $1::uuid, run.id, $2::text, entry.party, $5::text, entry.period, entry.component, entry."window",
        entry.account, entry.payee, entry.amount::bigint
    from entry
    join run using (period)
    order by entry.period, entry.component, entry."window", entry.party, entry.payee, entry.account
    returning *
)
select booking_id::text as run_id, count(*) as entries, {hash} as digest
from entered as entry
group by booking_id
"""
"""What the sales come to together: one entry for each payee of a party's total, one for each account of our own."""

_TALLIES: Final[LiteralString] = """
seen as (
    select last.place, last.upto, every.*
    from last
    join pg_temp.settlement_line as every using (component, party, "window")
    where every.no <= last.upto
        and (every.switch = 'retroactive_period' or every.component = any($3::text[]))
),
sums as (
    select place, json_object_agg(rate, measured::text)::text as sums
    from (
        select place, tariff || '@' || version as rate, sum(measured) as measured
        from seen
        where switch = 'retroactive_period'
        group by place, rate
    ) as it
    group by place
),
recent as (
    select seen.place, json_agg(json_build_array(
            to_char(seen.happened at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), seen.measured::text
        ) order by seen.no)::text as recent
    from seen
    join unnest($3::text[], $4::int[]) as rolling (component, days) on rolling.component = seen.component
    join pg_temp.settlement_line as line on line.no = seen.upto and line.component = seen.component
        and line.party = seen.party and line."window" = seen."window"
    where seen.happened >= line.happened - make_interval(hours => 24 * rolling.days)
    group by seen.place
),
tally as (
    select last.place, last.component, last.party, last."window",
        '{"total":"' || line.total || '","count":' || line.events + 1 || ',"exact":"' || line.exact || '","sums":'
            || coalesce(sums.sums, '{}') || ',"booked":' || last.booked || ',"recent":'
            || coalesce(recent.recent, '[]') || '}' as state
    from last
    join pg_temp.settlement_line as line on line.no = last.upto and line.component = last.component
        and line.party = last.party and line."window" = last."window"
    left join sums on sums.place = last.place
    left join recent on recent.place = last.place
)
"""

SAVE_TALLIES: Final[LiteralString] = f"""
with last as materialized (
    select row_number() over () as place, component, party, "window", max(no) as upto, sum(amount) as booked
    from pg_temp.settlement_line
    group by component, party, "window"
    having bool_or(is_new)
),
{_TALLIES}
insert into tangram.price_tally (tenant_id, plan, party, component, "window", state)
select $1::uuid, $2::text, party, component, "window", state
from tally
on conflict (tenant_id, plan, component, party, "window") do update set state = excluded.state
"""
"""Running totals as they are afterwards, from which sales one by one go on."""

TALLIES_BEFORE: Final[LiteralString] = f"""
with last as materialized (
    select target.place, target.component, target.party, target."window", max(every.no) as upto,
        sum(every.amount) as booked
    from unnest($1::int[], $2::bigint[], $5::text[], $6::text[], $7::text[])
        as target (place, no, component, party, "window")
    join pg_temp.settlement_line as every using (component, party, "window")
    where every.no < target.no
    group by target.place, target.component, target.party, target."window"
),
{_TALLIES}
select place, component, party, "window", state from tally
"""
"""Running totals before some sales: before the line `no` of a window."""

FIGURES: Final[LiteralString] = """
select sale.key, sale.id::text as id, sale.record_id::text as record_id,
    coalesce(line.price, (sale.facts -> 'bases' ->> $1)::bigint, 0) as revenue,
    coalesce(line.discount, 0) as discount, coalesce(line.payout, 0) as payout,
    (sale.facts ->> 'cost')::bigint + coalesce(line.cost, 0) as cost
from (
    select id, record_id, key, event::jsonb as facts
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

HOLD: Final[LiteralString] = """
insert into tangram.price_holder (tenant_id, revision, booking_id, attribution, place, holder, role, percent, rule)
select $1::uuid, 1, sale.id, target.attribution, target.place, coalesce(sale.who[target.number], ''), target.role,
    target.percent::numeric, target.rule
from pg_temp.settlement_sale as sale
join unnest($2::int[], $3::int[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[])
    as target (ordinal, fitting, attribution, place, number, role, percent, rule)
    on sale.held[target.ordinal] = target.fitting
where sale.is_new and sale.version = $10
"""
"""Whom the sales of a version belong to."""

TIERS: Final[LiteralString] = """
select sale.id::text as id, sale.record_id::text as record_id, line.component, line.party, line."window",
    line.tariff as rate, line.place_before - 1 as before, line.place_after - 1 as after, line.switch,
    line.amount as difference
from pg_temp.settlement_line as line
join pg_temp.settlement_sale as sale on sale.key = line.key
where line.is_new and line.place_before <> line.place_after
order by line.no, line.ordinal
"""

SALE_HASH: Final[LiteralString] = """sha256(convert_to(concat_ws(' ',
        sale.id, sale.plan, to_json(sale.key), encode(sale.payload_hash, 'hex'), coalesce(sale.record_id::text, '-'),
        to_json(sale.party), sale.version, sale.currency, extract(epoch from sale.effective_at), sale.period,
        sale.original_period, sale.run_id, sale.event, sale.outcome, to_json(sale.note)
    ), 'UTF8'))"""
"""The hash of a sale of a run."""

ENTRIES_HASH: Final[LiteralString] = """encode(sha256(convert_to(string_agg(json_build_array(
        entry.component, entry."window", entry.party, entry.account, entry.payee, entry.amount
    )::text, ',' order by entry.id), 'UTF8')), 'hex')"""
"""The hash of a run's entries, among the rows of one run."""

POSTED_SALES: Final[LiteralString] = f"""
select sale.run_id::text as run_id, count(*) as count,
    encode(sha256(string_agg(sale.hash, ''::bytea order by sale.id)), 'hex') as digest,
    array_agg(sale.id::text) filter (where sale.hash <> {SALE_HASH}) as changed
from tangram.price_booking as sale
where sale.tenant_id = $1 and sale.run_id is not null
group by sale.run_id
"""
"""The sales of all runs, as they are now."""

POSTED_ENTRIES: Final[LiteralString] = f"""
select entry.booking_id::text as run_id, count(*) as count, sum(entry.amount)::text as total, {ENTRIES_HASH} as digest
from tangram.ledger_entry as entry
join tangram.price_booking as booking on booking.id = entry.booking_id and booking.tenant_id = entry.tenant_id
where entry.tenant_id = $1 and booking.kind = 'run'
group by entry.booking_id
"""
"""The entries of all runs, as they are now."""

UNEQUAL: Final[LiteralString] = """
with posted as (
    select sale.run_id, share.component, share."window", share.payee, sale.party, sum(share.amount) as amount
    from tangram.price_booking as sale
    cross join lateral tangram.posted_shares(sale.outcome) as share
    where sale.tenant_id = $1 and sale.run_id is not null
    group by sale.run_id, share.component, share."window", share.payee, sale.party
),
entered as (
    select entry.booking_id as run_id, entry.component, entry."window", entry.payee, entry.party,
        sum(entry.amount) as amount
    from tangram.ledger_entry as entry
    join tangram.price_booking as booking on booking.id = entry.booking_id and booking.tenant_id = entry.tenant_id
    where entry.tenant_id = $1 and booking.kind = 'run' and entry.account in ('receivable', 'payable')
    group by entry.booking_id, entry.component, entry."window", entry.payee, entry.party
)
select distinct run_id::text as run_id
from posted
full join entered using (run_id, component, "window", payee, party)
where abs(coalesce(posted.amount, 0)) <> abs(coalesce(entered.amount, 0))
"""
"""Runs whose entries are not what their sales come to."""
