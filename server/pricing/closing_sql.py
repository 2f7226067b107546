"""Statements over months that are closed, and opened again."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "ASK",
    "CLOSED",
    "CLOSINGS",
    "CONCERNED",
    "COUNT",
    "LOCKED_PERIODS",
    "LOCK_PERIOD",
    "MADE_UP",
    "REFUSE",
    "REOPEN",
    "REVISION",
]

_COLUMNS: Final[LiteralString] = """
id, plan, period, revision, reason, locked_at, locked_by::text, reopen_reason, reopen_asked_at,
reopen_asked_by::text, reopened_at, reopened_by::text
"""

LOCKED_PERIODS: Final[LiteralString] = """
select period from tangram.ledger_lock where tenant_id = $1 and plan = $2 and reopened_at is null
"""

LOCK_PERIOD: Final[LiteralString] = """
insert into tangram.ledger_lock (tenant_id, plan, period, reason, locked_at, locked_by, revision)
select $1::uuid, $2::text, $3::date, $4::text, $5::timestamptz, $6::uuid, coalesce(max(revision), 0) + 1
from tangram.ledger_lock
where tenant_id = $1::uuid and plan = $2::text and period = $3::date
having bool_and(reopened_at is not null) is not false
returning revision
"""
"""The next revision of a month; nothing where it is closed already. Under the plan's lock."""

CLOSINGS: Final[LiteralString] = f"""
select {_COLUMNS} from tangram.ledger_lock
where tenant_id = $1 and plan = $2 and ($3::date is null or period = $3)
order by period desc, revision desc
limit 1000
"""

CLOSED: Final[LiteralString] = f"""
select {_COLUMNS} from tangram.ledger_lock
where tenant_id = $1 and plan = $2 and period = $3 and reopened_at is null
"""

ASK: Final[LiteralString] = f"""
update tangram.ledger_lock set reopen_asked_at = $3, reopen_asked_by = $4, reopen_reason = $5
where tenant_id = $1 and id = $2
returning {_COLUMNS}
"""

REFUSE: Final[LiteralString] = f"""
update tangram.ledger_lock set reopen_asked_at = null, reopen_asked_by = null, reopen_reason = ''
where tenant_id = $1 and id = $2 and $3::timestamptz >= reopen_asked_at and $4::uuid <> reopen_asked_by
returning {_COLUMNS}
"""

REOPEN: Final[LiteralString] = f"""
update tangram.ledger_lock set reopened_at = $3, reopened_by = $4
where tenant_id = $1 and id = $2
returning {_COLUMNS}
"""

MADE_UP: Final[LiteralString] = """
select party, outcome from tangram.price_booking
where tenant_id = $1 and plan = $2 and kind = 'true_up' and party = any($3::text[])
"""
"""What was made up before, of some parties."""

CONCERNED: Final[LiteralString] = """
select booking.record_id::text as id from tangram.price_booking as booking
where booking.tenant_id = $1::uuid and booking.plan = $2::text and booking.record_id = any($4::text[]::uuid[])
    and $3::date in (booking.period, booking.original_period)
union
select booking.party from tangram.price_booking as booking
where booking.tenant_id = $1::uuid and booking.plan = $2::text and booking.party = any($4::text[])
    and $3::date in (booking.period, booking.original_period)
union
select statement.record_id::text from tangram.price_statement as statement
where statement.tenant_id = $1::uuid and statement.plan = $2::text and statement.record_id = any($4::text[]::uuid[])
    and statement.first_day >= $3::date and statement.first_day < ($3::date + interval '1 month')
"""
"""Which of some records a month is about: its sales, their parties, its statements."""

REVISION: Final[LiteralString] = """
select coalesce(max(revision), 0) + 1 from tangram.ledger_lock where tenant_id = $1 and plan = $2 and period = $3
"""
"""Which revision of a month will be closed next."""

COUNT: Final[LiteralString] = """
select count(*) from (select from tangram.price_booking where tenant_id = $1 and plan = $2 limit $3) as it
"""
"""How many bookings a plan has, counted to a number."""
