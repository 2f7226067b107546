"""Events that are rated: sent, or booked before."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = [
    "BOOKED_BEFORE",
    "FROM_LEDGER",
    "FROM_VALUES",
]

FROM_VALUES: Final[LiteralString] = """
    select given.event::jsonb as event, given.version, true as is_new, null::date as period
    from unnest($5::text[], $6::int[]) as given (event, version)
"""
"""Events that are sent: their JSON and versions."""

_FROM_LEDGER: Final[LiteralString] = """
    select
        case when back.events is null then sale.facts else sale.facts || jsonb_build_object(
            'quantity', greatest(0, (sale.facts ->> 'quantity')::numeric - back.quantity)::text,
            'bases', (
                select coalesce(jsonb_object_agg(base.key, greatest(0, base.value::text::numeric - coalesce((
                    select sum((refund.event -> 'bases' ->> base.key)::numeric)
                    from unnest(back.events) as refund (event)
                ), 0))), '{}'::jsonb)
                from jsonb_each(sale.facts -> 'bases') as base
            ),
            'amounts', (
                select coalesce(jsonb_object_agg(came.key, greatest(0, came.value::text::numeric - coalesce((
                    select sum((refund.event -> 'amounts' ->> came.key)::numeric)
                    from unnest(back.events) as refund (event)
                ), 0))), '{}'::jsonb)
                from jsonb_each(sale.facts -> 'amounts') as came
            ),
            'refunded', true
        ) end as event,
        sale.version, false as is_new, null::date as period%(at)s
    from (
        select event::jsonb as facts, version, id, effective_at
        from tangram.price_booking
        where tenant_id = $5::uuid and plan = $6::text and kind = 'sale' and %(whose)s
            and ($8::timestamptz is null or effective_at >= $8)
            and ($9::text is null or (effective_at, key collate "C") < ($10::timestamptz, $9))
            and ($11::timestamptz is null or booked_at <= $11)
        offset 0
    ) as sale
    left join (
        select reverses, array_agg(event::jsonb) as events, sum((event::jsonb ->> 'quantity')::numeric) as quantity
        from tangram.price_booking
        where tenant_id = $5::uuid and plan = $6::text and kind = 'refund' and %(whose)s
            and ($11::timestamptz is null or booked_at < $11)
        group by reverses
    ) as back on back.reverses = sale.id
"""

_SOME: Final[LiteralString] = """($7::text[] is null or party = any($7))
            and hashtextextended(party, 1) & ($12::bigint - 1) between $13::bigint and $14::bigint"""
_WAITING: Final[LiteralString] = "$7::text[] is null and party in (select party from pg_temp.settlement_sale)"

FROM_LEDGER: Final = _FROM_LEDGER % {"whose": _SOME, "at": ""}
"""Sales of a plan as refunds leave them: of some parties, since an instant, before an event, as booked then."""

BOOKED_BEFORE: Final = _FROM_LEDGER % {"whose": _WAITING, "at": ", sale.effective_at as at"}
"""The same, of the parties that a run is about, with their instants."""
