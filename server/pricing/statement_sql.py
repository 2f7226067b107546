"""Statements over the ledger by whom it belongs to: pools, statements, what is due, what keeps a month open."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "BLOCKERS",
    "DUE",
    "LINES",
    "MATCHED",
    "POOLS",
    "SAVE_PLATFORM_LINES",
    "SAVE_STATEMENT",
    "STATEMENTS",
    "UNDER_MINIMUM",
]

_PARTS: Final[LiteralString] = """
-- what each booking comes to by component; the turnover stands beside them as a component without a name
with base as (
    select booking.id, booking.key, booking.kind, booking.record_id, booking.effective_at, booking.period,
        booking.original_period, booking.party, booking.currency, booking.event::jsonb -> 'dimensions' as dimensions,
        case when booking.run_id is not null then booking.outcome end as posted,
        coalesce(booking.reverses, booking.id) as sale_id,
        case booking.kind when 'sale' then 1 when 'refund' then -1 else 0 end
            * coalesce((booking.event::jsonb -> 'bases' ->> $5::text)::bigint, 0) as turnover
    from tangram.price_booking as booking
    where booking.tenant_id = $1::uuid and booking.plan = $2::text and booking.kind not in ('payout', 'run')
        and ($3::date is null or booking.period = $3::date)
        and ($8::date is null or (booking.effective_at at time zone $9::text)::date = $8::date)
        and ($10::timestamptz is null or booking.booked_at <= $10::timestamptz)
),
side as (
    select base.id, entry.component, entry.payee,
        entry.amount * case when entry.component = any($6::text[]) then 1 else -1 end as amount
    from base
    join tangram.ledger_entry as entry on entry.tenant_id = $1::uuid and entry.booking_id = base.id
        and entry.account in ('receivable', 'payable')
    union all
    select base.id, share.component, share.payee, share.amount
    from base
    cross join lateral tangram.posted_shares(base.posted) as share
    where base.posted is not null
),
part as (
    select base.*, side.component, side.payee, side.amount
    from (
        select id, component, payee, sum(amount) as amount from side
        group by id, component, payee having sum(amount) <> 0
    ) as side
    join base using (id)
),
whole as (
    select id, key, kind, record_id, effective_at, period, original_period, party, currency, dimensions, sale_id,
        component, case when $4::text = 'payee' then payee else '' end as payee, sum(amount) as amount
    from part
    group by id, key, kind, record_id, effective_at, period, original_period, party, currency, dimensions, sale_id,
        component, case when $4::text = 'payee' then payee else '' end
    union all
    select id, key, kind, record_id, effective_at, period, original_period, party, currency, dimensions, sale_id,
        '', '', turnover
    from base where turnover <> 0 and $4::text not in ('payee', 'component')
),
held as (
    select distinct on (it.booking_id, it.place) it.*
    from tangram.price_holder as it
    join (
        select booking_id, max(revision) as revision from tangram.price_holder
        where tenant_id = $1::uuid and attribution = $4::text
            and ($10::timestamptz is null or held_at is null or held_at <= $10::timestamptz)
        group by booking_id
    ) as newest using (booking_id, revision)
    where it.tenant_id = $1::uuid and it.attribution = $4::text
    order by it.booking_id, it.place
),
-- parts of an amount by largest remainders, the first of equals
cut as (
    select whole.*, coalesce(held.holder, case $4::text
            when 'party' then whole.party when 'payee' then whole.payee when 'component' then whole.component
            else coalesce(whole.dimensions ->> $4::text, '') end) as holder,
        coalesce(held.role, '') as role, coalesce(held.rule, '') as rule,
        coalesce(trim_scale(held.percent), 100) as percent, coalesce(held.place, 0) as place
    from whole
    left join held on held.booking_id = whole.sale_id
),
attributed as (
    select *, sign(amount::numeric) * (floor + (turn <= rest)::int) as share
    from (
        select *, abs(amount) - sum(floor) over split as rest,
            row_number() over (split order by floor - wanted, place) as turn
        from (
            select *, abs(amount) * percent * 0.01 as wanted, trunc(abs(amount) * percent * 0.01) as floor from cut
        ) as wanting
        window split as (partition by id, component, payee)
    ) as counted
    where $7::text is null or holder = $7::text
)
"""

POOLS: Final[LiteralString] = f"""
{_PARTS}
select holder, component, currency, sum(share)::text as amount, count(distinct id) as bookings
from attributed
group by holder, component, currency
order by holder, component
limit 20000
"""
"""What each holder's pool comes to, by component; the one without a name is what is unassigned."""

LINES: Final[LiteralString] = f"""
{_PARTS}
select holder, key, kind, record_id, effective_at, period, original_period, component, currency,
    share::text as amount, role, rule, percent::text as percent, place, dimensions::text as dimensions
from attributed
order by effective_at, key, component, place
limit $11
"""
"""The lines of one holder, or of all; by what was booked, and attributed, until an instant."""

DUE: Final[LiteralString] = """
select (-sum(amount))::text
from tangram.ledger_entry
where tenant_id = $1 and plan = $2 and payee = $3 and account = 'payable' and currency = $4
"""
"""What is still to be paid to somebody: below 0 where they have had too much."""

UNDER_MINIMUM: Final[LiteralString] = """
select tally.component, tally.party, tally."window", (tally.state::jsonb ->> 'booked')::numeric as booked,
    array(
        select entry.payee from tangram.ledger_entry as entry
        where entry.tenant_id = $1 and entry.plan = $2 and entry.party = tally.party
            and entry.component = tally.component and entry."window" = tally."window"
            and entry.account in ('receivable', 'payable')
        group by entry.payee having sum(entry.amount) <> 0 order by entry.payee
    ) as payees,
    array(
        select abs(sum(entry.amount)) from tangram.ledger_entry as entry
        where entry.tenant_id = $1 and entry.plan = $2 and entry.party = tally.party
            and entry.component = tally.component and entry."window" = tally."window"
            and entry.account in ('receivable', 'payable')
        group by entry.payee having sum(entry.amount) <> 0 order by entry.payee
    ) as amounts
from tangram.price_tally as tally
where tally.tenant_id = $1 and tally.plan = $2 and tally.component = any($3::text[])
    and tally."window" = any($4::text[])
order by tally.component, tally.party, tally."window"
"""
"""Totals of windows that end, with who got what of them."""

SAVE_PLATFORM_LINES: Final[LiteralString] = """
insert into tangram.platform_line (
    tenant_id, plan, source, period, currency, imported_at, imported_by, order_no, amount
)
select $1::uuid, $2::text, $3::text, $4::date, $5::text, $6::timestamptz, $7::uuid, line.order_no, line.amount
from unnest($8::text[], $9::bigint[]) as line (order_no, amount)
on conflict (tenant_id, plan, source, order_no) do update
    set amount = excluded.amount, period = excluded.period, imported_at = excluded.imported_at,
        imported_by = excluded.imported_by
"""

MATCHED: Final[LiteralString] = """
with ours as (
    select coalesce(booking.event::jsonb -> 'dimensions' ->> $5::text, booking.key) as order_no,
        sum(case booking.kind when 'sale' then 1 else -1 end
            * coalesce((booking.event::jsonb -> 'bases' ->> $6::text)::bigint, 0)) as amount
    from tangram.price_booking as booking
    where booking.tenant_id = $1 and booking.plan = $2 and booking.kind in ('sale', 'refund') and booking.period = $4
        and ($8::text is null or booking.event::jsonb -> 'dimensions' ->> $8::text = $9::text)
    group by 1
),
theirs as (
    select order_no, amount from tangram.platform_line
    where tenant_id = $1 and plan = $2 and source = $3 and period = $4
)
select order_no, ours.amount::text as ours, theirs.amount::text as theirs,
    case
        when theirs.order_no is null then 'missing_there'
        when ours.order_no is null then 'missing_here'
        when abs(ours.amount - theirs.amount) <= $7::bigint then 'matched'
        else 'different'
    end as state
from ours
full join theirs using (order_no)
order by order_no
limit 100000
"""
"""Orders as a platform has them beside as they are booked; what does not match stays in suspense."""

BLOCKERS: Final[LiteralString] = """
with held as (
    select held.attribution, held.holder, held.revision,
        max(held.revision) over (partition by held.booking_id, held.attribution) as newest
    from tangram.price_booking as booking
    join tangram.price_holder as held on held.tenant_id = $1::uuid and held.booking_id = booking.id
    where booking.tenant_id = $1::uuid and booking.plan = $2::text and booking.period = $3::date
)
select attribution, count(*) as count
from held
where revision = newest and holder = ''
group by attribution
order by attribution
"""
"""Sales of a month that no rule of an attribution fits."""

STATEMENTS: Final[LiteralString] = """
select distinct on (holder) holder, revision, record_id, figures
from tangram.price_statement
where tenant_id = $1 and plan = $2 and form = $3 and first_day = $4
order by holder, revision desc
"""

SAVE_STATEMENT: Final[LiteralString] = """
insert into tangram.price_statement (tenant_id, plan, form, holder, first_day, revision, record_id, figures, written_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (tenant_id, plan, form, holder, first_day, revision) do update
    set figures = excluded.figures, written_at = excluded.written_at
"""
