"""Statements of the ledger and of running totals."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "ALL_BOOKINGS",
    "BALANCES",
    "BOOK",
    "BOOKED",
    "BY_KEYS",
    "BY_RECORD",
    "ENTRIES",
    "HOLD",
    "HOLD_AGAIN",
    "HOLD_PLAN",
    "KEYS",
    "KNOWN",
    "PARTIES",
    "PINNED",
    "REFUNDS",
    "SALES",
    "SALES_OF_PERIOD",
    "TALLIES",
    "VERSIONS",
]

HOLD: Final[LiteralString] = """
select pg_advisory_xact_lock_shared(hashtextextended($1::text, 7288)),
    (
        select count(pg_advisory_xact_lock(it.lock))
        from (select hashtextextended(name, 7288) as lock from unnest($2::text[]) as given (name) order by 1) as it
    )
"""
"""Share a plan with others that book for it, and have some of its keys and parties alone, taken in one order."""

HOLD_PLAN: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1::text, 7288))"
"""Have a plan alone."""

_BOOKING: Final[LiteralString] = """
    booking.id, booking.plan, booking.key, booking.payload_hash, booking.kind, booking.reverses, booking.record_id,
    booking.party, booking.version, booking.currency, booking.effective_at, booking.period, booking.original_period,
    booking.event, booking.outcome, booking.note, booking.hash, booking.booked_at, booking.booked_by, booking.run_id
"""

_WITH_KEYS: Final[LiteralString] = """
from unnest($3::text[]) as given (name)
cross join lateral (
    select * from tangram.price_booking
    where (tenant_id, plan, key) >= ($1::uuid, $2::text, given.name)
    order by tenant_id, plan, key
    limit 1
) as booking
where booking.tenant_id = $1 and booking.plan = $2 and booking.key = given.name
"""
"""Bookings by their keys. The order has each looked up by its unique index: of a ledger that grows as fast as this one
may, statistics tell too late that other indexes lead to too much of it."""

BY_KEYS: Final[LiteralString] = f"select {_BOOKING} {_WITH_KEYS}"

PINNED: Final[LiteralString] = f"select booking.key, booking.version {_WITH_KEYS}"

KEYS: Final[LiteralString] = f"select booking.key {_WITH_KEYS}"

BY_RECORD: Final[LiteralString] = f"""
select {_BOOKING} from tangram.price_booking as booking
where booking.tenant_id = $1 and booking.plan = $2 and booking.record_id = $3
order by booking.booked_at, booking.id
limit 200
"""

KNOWN: Final[LiteralString] = f"""
with latest as materialized (
    select party, at, key from tangram.last_sales($1::uuid, $2::text, $4::text[])
)
select
    (
        select coalesce(json_agg(json_build_array(booking.key, encode(booking.payload_hash, 'hex'))), '[]')::text
        {_WITH_KEYS}
    ) as payloads,
    array(select party from latest order by party) as parties,
    array(select at from latest order by party) as ats,
    array(select key from latest order by party) as keys,
    (
        select coalesce(json_agg(json_build_array(component, party, "window", state)), '[]')::text
        from tangram.price_tally
        where tenant_id = $1 and plan = $2 and party = any($4::text[]) and "window" = any($5::text[])
    ) as tallies,
    array(
        select period from tangram.ledger_lock where tenant_id = $1 and plan = $2 and reopened_at is null
    ) as closed
"""
"""What is booked with some keys, the last sale of some parties, their running totals, and closed months."""

REFUNDS: Final[LiteralString] = f"""
select {_BOOKING} from tangram.price_booking as booking
where booking.tenant_id = $1 and booking.reverses = $2
order by booking.booked_at, booking.id
"""

ENTRIES: Final[LiteralString] = """
select component, "window", account, payee, amount
from tangram.ledger_entry
where tenant_id = $1 and booking_id = $2
order by id
"""

SALES: Final[LiteralString] = """
select sale.event, sale.version,
    array(
        select refund.event from tangram.price_booking as refund
        where refund.tenant_id = sale.tenant_id and refund.reverses = sale.id
        order by refund.booked_at, refund.id
    ) as refunds
from tangram.price_booking as sale
where (sale.tenant_id, sale.plan, sale.party, sale.effective_at) >= ($1::uuid, $2::text, $3::text, $4::timestamptz)
    and (sale.tenant_id, sale.plan, sale.party) <= ($1::uuid, $2::text, $3::text)
    and ($5::text is null or (sale.effective_at, sale.key collate "C") > ($4::timestamptz, $5))
    and sale.kind = 'sale'
limit $6::bigint
"""
"""What a party has booked since an instant, or after a sale of it: from one end of an index to the other."""

VERSIONS: Final[LiteralString] = """
select number, definition, currency from tangram.price_version
where tenant_id = $1 and plan = $2 and number = any($3::int[])
"""

BOOKED: Final[LiteralString] = """
select component, "window", payee, sum(amount)::text as amount
from tangram.ledger_entry
where tenant_id = $1 and plan = $2 and party = $3 and ($4::text[] is null or "window" = any($4::text[]))
    and account in ('receivable', 'payable')
group by component, "window", payee
"""

PARTIES: Final[LiteralString] = """
select distinct party from tangram.price_booking where tenant_id = $1 and plan = $2 and kind = 'sale' order by party
"""

TALLIES: Final[LiteralString] = """
select component, party, "window", state
from tangram.price_tally
where tenant_id = $1 and plan = $2 and party = any($3::text[]) and "window" = any($4::text[])
"""

BOOK: Final[LiteralString] = """
with given as materialized (
    select * from unnest(
        $3::uuid[], $4::text[], $5::bytea[], $6::text[], $7::uuid[], $8::uuid[], $9::text[], $10::int[], $11::text[],
        $12::timestamptz[], $13::date[], $14::date[], $15::text[], $16::text[], $17::text[], $18::bytea[],
        $19::timestamptz[], $20::uuid[]
    ) as it (
        id, key, payload_hash, kind, reverses, record_id, party, version, currency, effective_at, period,
        original_period, event, outcome, note, hash, booked_at, booked_by
    )
),
booked as (
    insert into tangram.price_booking (
        tenant_id, plan, id, key, payload_hash, kind, reverses, record_id, party, version, currency, effective_at,
        period, original_period, event, outcome, note, hash, booked_at, booked_by
    )
    select $1::uuid, $2::text, given.* from given
),
entered as (
    insert into tangram.ledger_entry (
        tenant_id, booking_id, plan, party, currency, period, component, "window", account, payee, amount
    )
    select $1::uuid, given.id, $2::text, given.party, given.currency, given.period, entry.component,
        entry."window", entry.account, entry.payee, entry.amount
    from unnest($21::uuid[], $22::text[], $23::text[], $24::text[], $25::text[], $26::bigint[])
        with ordinality as entry (booking_id, component, "window", account, payee, amount, place)
    join given on given.id = entry.booking_id
    order by entry.place
),
saved as (
    insert into tangram.price_tally (tenant_id, plan, party, component, "window", state)
    select $1::uuid, $2::text, tally.party, tally.component, tally."window", tally.state
    from unnest($27::text[], $28::text[], $29::text[], $30::text[]) as tally (component, party, "window", state)
    on conflict (tenant_id, plan, component, party, "window") do update set state = excluded.state
),
held as (
    insert into tangram.price_holder (tenant_id, revision, booking_id, attribution, place, holder, role, percent, rule)
    select $1::uuid, 1, it.booking_id, it.attribution, it.place, it.holder, it.role, it.percent::numeric, it.rule
    from unnest($31::uuid[], $32::text[], $33::int[], $34::text[], $35::text[], $36::text[], $37::text[])
        as it (booking_id, attribution, place, holder, role, percent, rule)
)
select count(tangram.audit(
    $1::uuid, $38::text, logged.actor_id, logged.actor_kind, logged.actor_name, $39::text, array[logged.id::text],
    array[]::text[], logged.address, logged.agent, logged.request_id, logged.detail::jsonb
))
from unnest($3::uuid[], $40::uuid[], $41::text[], $42::text[], $43::text[], $44::text[], $45::text[], $46::text[])
    as logged (id, actor_id, actor_kind, actor_name, address, agent, request_id, detail)
"""
"""Bookings of one plan with their entries, the running totals that they leave, and their hashes in the audit log."""

HOLD_AGAIN: Final[LiteralString] = """
with given as (
    select * from unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[])
        as it (booking_id, attribution, place, holder, role, percent, rule)
),
newest as (
    select distinct on (booking_id, attribution) booking_id, attribution, revision
    from tangram.price_holder
    where tenant_id = $1 and booking_id = any($2::uuid[])
    order by booking_id, attribution, revision desc
),
differing as (
    select given.booking_id, given.attribution, coalesce(newest.revision, 0) + 1 as revision
    from given
    left join newest using (booking_id, attribution)
    group by given.booking_id, given.attribution, newest.revision
    having array_agg(
            array[given.holder, given.role, trim_scale(given.percent::numeric)::text, given.rule] order by place
        ) is distinct from (
            select array_agg(array[was.holder, was.role, trim_scale(was.percent)::text, was.rule] order by was.place)
            from tangram.price_holder as was
            where was.tenant_id = $1 and was.booking_id = given.booking_id and was.attribution = given.attribution
                and was.revision = newest.revision
        )
),
added as (
    insert into tangram.price_holder (
        tenant_id, revision, booking_id, attribution, place, holder, role, percent, rule, held_at
    )
    select $1::uuid, differing.revision, given.booking_id, given.attribution, given.place, given.holder, given.role,
        given.percent::numeric, given.rule, $9::timestamptz
    from differing
    join given using (booking_id, attribution)
)
select count(distinct booking_id) from differing
"""
"""Attributions as they are now, of those that differ."""

SALES_OF_PERIOD: Final[LiteralString] = """
select id::text as id, record_id::text as record_id
from tangram.price_booking
where tenant_id = $1 and plan = $2 and period = $3 and kind = 'sale' and record_id is not null
order by effective_at, id
"""

BALANCES: Final[LiteralString] = """
select account, payee, component, currency, sum(amount)::text as amount, count(*) as entries
from tangram.ledger_entry
where tenant_id = $1 and plan = $2
    and ($3::date is null or period = $3)
    and ($4::text is null or payee = $4)
    and ($5::timestamptz is null or exists (
        select from tangram.price_booking as booking
        where booking.tenant_id = $1 and booking.id = ledger_entry.booking_id and booking.booked_at <= $5
    ))
group by account, payee, component, currency
order by account, payee, component
limit 2000
"""

ALL_BOOKINGS: Final[LiteralString] = f"""
select {_BOOKING},
    case when booking.kind <> 'run' then (
        select json_agg(
            json_build_array(entry.component, entry."window", entry.account, entry.payee, entry.amount)
            order by entry.id
        )
        from tangram.ledger_entry as entry where entry.booking_id = booking.id and entry.tenant_id = booking.tenant_id
    )::text end as entries,
    (
        select min(logged.detail ->> 'hash') from tangram.audit_entry as logged
        where logged.tenant_id = booking.tenant_id and logged.object = 'price_booking'
            and logged.records = array[booking.id::text]
    ) as logged
from tangram.price_booking as booking
where booking.tenant_id = $1 and booking.run_id is null
order by booking.booked_at, booking.id
"""
"""All that have entries of their own; and runs, which have their sales'."""
