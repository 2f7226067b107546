"""Statements that book what a run has rated, and hold the ledger of runs to what was booked."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "BOOK_RECEIVED",
    "BOOK_SALES",
    "EMPTY_RECEIVED",
    "ENTER",
    "HASHES",
    "HOLD",
    "OWN",
    "PERIODS",
    "POSTED_ENTRIES",
    "POSTED_SALES",
    "RECEIVED",
    "RECEIVING",
    "REST",
    "SEND_SALES",
    "SEND_SIDES",
    "TIERS",
    "UNEQUAL",
]

_HASH: Final[LiteralString] = """sha256(convert_to(concat_ws(' ',
        sale.id, sale.plan, to_json(sale.key), encode(sale.payload_hash, 'hex'), coalesce(sale.record_id::text, '-'),
        to_json(sale.party), sale.version, sale.currency, extract(epoch from sale.effective_at), sale.period,
        sale.original_period, sale.run_id, sale.event, sale.outcome, to_json(sale.note)
    ), 'UTF8'))"""
"""The hash of a sale of a run."""

_ENTRIES: Final[LiteralString] = """encode(sha256(convert_to(string_agg(json_build_array(
        entry.component, entry."window", entry.party, entry.account, entry.payee, entry.amount
    )::text, ',' order by entry.id), 'UTF8')), 'hex')"""
"""The hash of a run's entries, among the rows of one run."""

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
select period, max(at) as at
from pg_temp.settlement_sale
where is_new
group by period
order by period
"""

_MADE: Final[LiteralString] = """
with run as materialized (select * from unnest($3::date[], $4::uuid[]) as it (period, id)),
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
    select sale.id, $1::text as plan, sale.key, sale.payload as payload_hash, sale.record_id, sale.party, sale.version,
        $5::text as currency, sale.at as effective_at, sale.period,
        date_trunc('month', sale.at at time zone $2)::date as original_period, sale.event,
        '{"lines":[' || coalesce(outcome.lines, '') || ']' || coalesce(',"again":[' || again.sides || ']', '')
            || '}' as outcome,
        ''::text as note, run.id as run_id, sale.held, sale.who
    from pg_temp.settlement_sale as sale
    join run on run.period = sale.period
    left join outcome on outcome.key = sale.key
    left join again on again.key = sale.key
    where sale.is_new
)
"""

_INTO: Final[LiteralString] = """
    insert into tangram.price_booking (
        tenant_id, booked_at, booked_by, plan, currency, kind, note, id, key, payload_hash, record_id, party, version,
        effective_at, period, original_period, event, outcome, run_id, hash
    )
"""

_COLUMNS: Final[LiteralString] = """
    sale.id, sale.key, sale.payload_hash, sale.record_id, sale.party, sale.version, sale.effective_at, sale.period,
    sale.original_period, sale.event, sale.outcome, sale.run_id
"""

BOOK_SALES: Final[LiteralString] = f"""
{_MADE},
booked as (
    {_INTO}
    select $6::uuid, $7::timestamptz, $8::uuid, sale.plan, sale.currency, 'sale', sale.note, {_COLUMNS}, {_HASH}
    from made as sale
    returning run_id, id, hash
)
insert into pg_temp.settlement_hash select run_id, id, hash from booked
"""
"""The sales, each with its own hash."""

SEND_SALES: Final[LiteralString] = f"""
{_MADE}
select {_COLUMNS}, {_HASH} as hash, sale.held, sale.who from made as sale
"""
"""The same, for the connection that books them."""

RECEIVING: Final[LiteralString] = """
drop table if exists pg_temp.received_sale, pg_temp.received_side, pg_temp.received_tally;
create temp table received_sale (
    id uuid, key text, payload_hash bytea, record_id uuid, party text, version int, effective_at timestamptz,
    period date, original_period date, event text, outcome text, run_id uuid, hash bytea, held int[], who text[]
) on commit drop;
create temp table received_side (
    period date, component text, kind text, "window" text, party text, payee text, amount numeric
) on commit drop;
create temp table received_tally (component text, party text, "window" text, state text) on commit drop;
"""
"""What another connection has rated, for the one that books it."""

BOOK_RECEIVED: Final[LiteralString] = f"""
with booked as (
    {_INTO}
    select $1::uuid, $2::timestamptz, $3::uuid, $4::text, $5::text, 'sale', '', {_COLUMNS}, sale.hash
    from pg_temp.received_sale as sale
    returning run_id, id, hash
)
insert into pg_temp.settlement_hash select run_id, id, hash from booked
"""
"""Its sales."""

HASHES: Final[LiteralString] = """
select run_id::text as run_id, count(*) as sales,
    encode(sha256(string_agg(hash, ''::bytea order by id)), 'hex') as digest
from pg_temp.settlement_hash
group by run_id
"""
"""A hash over all sales of a run."""

_SIDES: Final[LiteralString] = """
select period, component, kind, "window", party, payee, sum(amount) as amount
from (
    select it.period, it.component, it.kind, it."window", it.party, part.payee, part.amount
    from (
        select period, component, kind, "window", party, names, array[{sums}] as amounts
        from pg_temp.settlement_line where is_new
        group by period, component, kind, "window", party, names
    ) as it
    cross join lateral unnest(it.names, it.amounts[1:cardinality(it.names)]) as part (payee, amount)
    union all
    select period, component, kind, "window", party, payee, amount from pg_temp.settlement_rest
) as it
group by period, component, kind, "window", party, payee
having sum(amount) <> 0
"""

SEND_SIDES: Final = _SIDES
"""What sales come to for each payee of a party's total, for the connection that books it."""

ENTER: Final[LiteralString] = f"""
with run as materialized (select * from unnest($3::date[], $4::uuid[]) as it (period, id)),
side as materialized ({_SIDES} union all select * from pg_temp.received_side),
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
select booking_id::text as run_id, count(*) as entries, {_ENTRIES} as digest
from entered as entry
group by booking_id
"""
"""What the sales come to together: one entry for each payee of a party's total, one for each account of our own."""

HOLD: Final[LiteralString] = """
insert into tangram.price_holder (tenant_id, revision, booking_id, attribution, place, holder, role, percent, rule)
select $1::uuid, 1, sale.id, target.attribution, target.place, coalesce(sale.who[target.number], ''), target.role,
    target.percent::numeric, target.rule
from {sales} as sale
join unnest($2::int[], $3::int[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[])
    as target (ordinal, fitting, attribution, place, number, role, percent, rule)
    on sale.held[target.ordinal] = target.fitting
where sale.version = $10
"""
"""Whom sales of a version belong to."""

OWN: Final[LiteralString] = "(select * from pg_temp.settlement_sale where is_new)"
RECEIVED: Final[LiteralString] = "pg_temp.received_sale"
EMPTY_RECEIVED: Final[LiteralString] = "truncate pg_temp.received_sale"

TIERS: Final[LiteralString] = """
select sale.id::text as id, sale.record_id::text as record_id, line.component, line.party, line."window",
    line.tariff as rate, line.place_before - 1 as before, line.place_after - 1 as after, line.switch,
    line.amount as difference
from pg_temp.settlement_line as line
join pg_temp.settlement_sale as sale on sale.key = line.key
where line.is_new and line.place_before <> line.place_after
order by line.no, line.ordinal
"""

POSTED_SALES: Final[LiteralString] = f"""
select sale.run_id::text as run_id, count(*) as count,
    encode(sha256(string_agg(sale.hash, ''::bytea order by sale.id)), 'hex') as digest,
    array_agg(sale.id::text) filter (where sale.hash <> {_HASH}) as changed
from tangram.price_booking as sale
where sale.tenant_id = $1 and sale.run_id is not null
group by sale.run_id
"""
"""The sales of all runs, as they are now."""

POSTED_ENTRIES: Final[LiteralString] = f"""
select entry.booking_id::text as run_id, count(*) as count, sum(entry.amount)::text as total, {_ENTRIES} as digest
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
