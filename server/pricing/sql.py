"""Statements of the ledger and of running totals."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "ADD_BOOKING",
    "ADD_ENTRIES",
    "ALL_BOOKINGS",
    "BALANCES",
    "BOOKED",
    "BOOKED_KEYS",
    "BY_KEY",
    "BY_RECORD",
    "ENTRIES",
    "IS_LATE",
    "LOCK",
    "LOCKED_PERIODS",
    "LOCK_PERIOD",
    "REFUNDS",
    "SALES",
    "SAVE_TALLIES",
    "TALLIES",
]

LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7288))"
"""One writer for a key, and one for a party of a plan."""

_BOOKING: Final[LiteralString] = """
    booking.id, booking.plan, booking.key, booking.payload_hash, booking.kind, booking.reverses, booking.record_id,
    booking.party, booking.version, booking.currency, booking.effective_at, booking.period, booking.original_period,
    booking.event, booking.outcome, booking.note, booking.hash, booking.booked_at, booking.booked_by
"""

BY_KEY: Final[LiteralString] = f"""
select {_BOOKING} from tangram.price_booking as booking
where booking.tenant_id = $1 and booking.plan = $2 and booking.key = $3
"""

BY_RECORD: Final[LiteralString] = f"""
select {_BOOKING} from tangram.price_booking as booking
where booking.tenant_id = $1 and booking.plan = $2 and booking.record_id = $3
order by booking.booked_at, booking.id
limit 200
"""

BOOKED_KEYS: Final[LiteralString] = """
select key from tangram.price_booking where tenant_id = $1 and plan = $2 and key = any($3::text[])
"""

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

IS_LATE: Final[LiteralString] = """
select exists (
    select from tangram.price_booking
    where tenant_id = $1 and plan = $2 and party = $3 and kind = 'sale'
        and (effective_at > $4 or (effective_at = $4 and key collate "C" > $5 collate "C"))
)
"""
"""Whether something was booked that comes after it in the one order of events."""

SALES: Final[LiteralString] = """
select sale.event, sale.version, version.definition, version.currency,
    array(
        select refund.event from tangram.price_booking as refund
        where refund.tenant_id = sale.tenant_id and refund.reverses = sale.id
        order by refund.booked_at, refund.id
    ) as refunds
from tangram.price_booking as sale
join tangram.price_version as version
    on version.tenant_id = sale.tenant_id and version.plan = sale.plan and version.number = sale.version
where sale.tenant_id = $1 and sale.plan = $2 and sale.party = $3 and sale.kind = 'sale' and sale.effective_at >= $4
"""

BOOKED: Final[LiteralString] = """
select component, "window", payee, sum(amount)::text as amount
from tangram.ledger_entry
where tenant_id = $1 and plan = $2 and party = $3 and "window" = any($4::text[])
    and account in ('receivable', 'payable')
group by component, "window", payee
"""

TALLIES: Final[LiteralString] = """
select component, "window", state
from tangram.price_tally
where tenant_id = $1 and plan = $2 and party = $3 and "window" = any($4::text[])
"""

SAVE_TALLIES: Final[LiteralString] = """
insert into tangram.price_tally (tenant_id, plan, party, component, "window", state)
select $1::uuid, $2::text, $3::text, tally.component, tally."window", tally.state
from unnest($4::text[], $5::text[], $6::text[]) as tally (component, "window", state)
on conflict (tenant_id, plan, component, party, "window") do update set state = excluded.state
"""

ADD_BOOKING: Final[LiteralString] = """
insert into tangram.price_booking (
    id, tenant_id, plan, key, payload_hash, kind, reverses, record_id, party, version, currency, effective_at, period,
    original_period, event, outcome, note, hash, booked_at, booked_by
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
"""

ADD_ENTRIES: Final[LiteralString] = """
insert into tangram.ledger_entry (
    tenant_id, booking_id, plan, party, currency, period, component, "window", account, payee, amount
)
select $1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::date,
    entry.component, entry."window", entry.account, entry.payee, entry.amount
from unnest($7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[])
    with ordinality as entry (component, "window", account, payee, amount, place)
order by entry.place
"""

LOCKED_PERIODS: Final[LiteralString] = """
select period from tangram.ledger_lock where tenant_id = $1 and plan = $2
"""

LOCK_PERIOD: Final[LiteralString] = """
insert into tangram.ledger_lock (tenant_id, plan, period, reason, locked_at, locked_by)
values ($1, $2, $3, $4, $5, $6)
on conflict (tenant_id, plan, period) do nothing
returning id
"""

BALANCES: Final[LiteralString] = """
select account, payee, component, currency, sum(amount)::text as amount, count(*) as entries
from tangram.ledger_entry
where tenant_id = $1 and plan = $2
    and ($3::date is null or period = $3)
    and ($4::text is null or payee = $4)
group by account, payee, component, currency
order by account, payee, component
limit 2000
"""

ALL_BOOKINGS: Final[LiteralString] = f"""
select {_BOOKING},
    (
        select json_agg(
            json_build_array(entry.component, entry."window", entry.account, entry.payee, entry.amount)
            order by entry.id
        )
        from tangram.ledger_entry as entry where entry.booking_id = booking.id and entry.tenant_id = booking.tenant_id
    )::text as entries,
    (
        select min(logged.detail ->> 'hash') from tangram.audit_entry as logged
        where logged.tenant_id = booking.tenant_id and logged.object = 'price_booking'
            and logged.records = array[booking.id::text]
    ) as logged
from tangram.price_booking as booking
where booking.tenant_id = $1
order by booking.booked_at, booking.id
"""
