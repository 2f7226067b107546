"""What is asked of lines that were rated: themselves, what makes running totals, where the ledger differs."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "DIFFERENCES",
    "LINES",
    "TALLIES",
]

LINES: Final[LiteralString] = """
select key, version, component, tariff, party, "window", total::text as total, exact::text as exact,
    amount::text as amount, shares::text[] as shares, names
from shared
order by no, ordinal
"""

TALLIES: Final[LiteralString] = """
select component, party, "window", version, tariff, switch, happened, measured::text as measured, total::text as total,
    exact::text as exact, events, amount::text as amount
from shared
where component = any($16::text[]) and "window" = any($17::text[])
order by no
"""
"""What makes running totals: the lines of some windows."""

DIFFERENCES: Final[LiteralString] = """,
wanted as (
    select shared.component, shared.party, shared."window", part.payee, sum(part.amount) as amount
    from shared
    cross join lateral unnest(shared.names, shared.shares) as part (payee, amount)
    group by shared.component, shared.party, shared."window", part.payee
),
booked as (
    select entry.component, entry.party, entry."window", entry.payee,
        sum(entry.amount * case when named.kind = 'price' then 1 else -1 end) as amount
    from tangram.ledger_entry as entry
    join (select distinct on (name) name, kind from component order by name, version desc) as named
        on named.name = entry.component
    where entry.tenant_id = $5::uuid and entry.plan = $6::text and entry.account in ('receivable', 'payable')
        and entry."window" not in ('adjustment', 'true_up') and ($7::text[] is null or entry.party = any($7))
        and hashtextextended(entry.party, 1) & ($12::bigint - 1) between $13::bigint and $14::bigint
    group by entry.component, entry.party, entry."window", entry.payee
)
select component, party, "window", payee, coalesce(wanted.amount, 0)::text as wanted,
    coalesce(booked.amount, 0)::text as booked
from wanted
full join booked using (component, party, "window", payee)
where coalesce(wanted.amount, 0) <> coalesce(booked.amount, 0)
    and not exists (  -- what keeps its highest tier after a refund is not what rating anew comes to
        select from component
        join tangram.price_booking as refund on refund.tenant_id = $5::uuid and refund.plan = $6::text
            and refund.kind = 'refund' and refund.party = coalesce(wanted.party, booked.party)
        where component.name = coalesce(wanted.component, booked.component) and component.falling <> 'recompute'
    )
order by component, party, "window", payee
limit 1000
"""
"""Where the ledger is not what its sales come to: none, unless something went wrong."""
